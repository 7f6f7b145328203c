"""make_odd_xlsx.py DIR < holders.csv: workbooks by another implementation (openpyxl), and archives that are none or worse."""
import csv
import datetime
import sys
import zipfile

import openpyxl

MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships'
where = sys.argv[1]
rows = list(csv.reader(sys.stdin))
heading, people = rows[0], rows[1:]
ISSUED, UNTIL, IDNUMBER = heading.index('发证日期'), heading.index('有效期至'), heading.index('身份证号')


def day(text):
    return datetime.date(*map(int, text.replace('/', '-').split('-')))


def save(name, epoch=None, change=None):
    """A title, the heading in row 3, dates as dates, a hidden sheet in front and a second one behind."""
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    hidden = book.active
    hidden.title = '说明'
    hidden['A1'] = '填表说明'
    hidden.sheet_state = 'hidden'
    sheet = book.create_sheet('名单')
    sheet['B1'] = '花名册'
    for k, text in enumerate(heading):
        sheet.cell(row=3, column=k + 1, value=text)
    for i, row in enumerate(people):
        for k, text in enumerate(row):
            if text:
                sheet.cell(row=4 + i, column=k + 1, value=day(text) if k in (ISSUED, UNTIL) else text)
    book.create_sheet('汇总')['A1'] = '=1+1'
    if change:
        change(sheet)
    book.save(f'{where}/{name}')


save('book.xlsx')
save('book1904.xlsx', epoch=openpyxl.utils.datetime.CALENDAR_MAC_1904)


def damage(sheet):
    sheet.cell(row=4, column=IDNUMBER + 1, value=370102199001010000)
    sheet.cell(row=5, column=IDNUMBER + 1, value='=NA()')


save('damaged.xlsx', change=damage)


def archive(name, parts, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(f'{where}/{name}', 'w', method) as z:
        for path, text in parts.items():
            z.writestr(path, text)


def parts(sheet, doctype=''):
    return {
        '_rels/.rels': f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{REL}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        'xl/workbook.xml': f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="x" sheetId="1" r:id="s"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': f'<Relationships xmlns="{PACKAGE}"><Relationship Id="s" Type="{REL}/worksheet" Target="../xl/sheet.xml"/></Relationships>',
        'xl/sheet.xml': f'{doctype}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }


def row(cells):
    return '<row>' + ''.join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in cells) + '</row>'


archive('least.xlsx', parts(row(heading) + ''.join(row(p) for p in people)))
archive('doctype.xlsx', parts('', '<!DOCTYPE x [<!ENTITY a "b">]>'))
archive('bomb.xlsx', parts(' ' * (20 << 20)))
archive('nosheet.xlsx', {k: v for k, v in parts('').items() if k != 'xl/sheet.xml'})
archive('bzip2.xlsx', parts(row(heading)), zipfile.ZIP_BZIP2)
archive('plain.zip', {'a.txt': 'a'})
archive('sheet.ods', {'mimetype': 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<a/>'})
binary = parts('')
binary['_rels/.rels'] = binary['_rels/.rels'].replace('workbook.xml', 'workbook.bin')
archive('binary.xlsb', binary)
chart = parts('')
chart['xl/_rels/workbook.xml.rels'] = chart['xl/_rels/workbook.xml.rels'].replace('/worksheet"', '/chartsheet"')
archive('chart.xlsx', chart)

whole = open(f'{where}/book.xlsx', 'rb').read()
open(f'{where}/cut.xlsx', 'wb').write(whole[:len(whole) // 2])
bent = bytearray(open(f'{where}/least.xlsx', 'rb').read())
at = bent.index(b'xl/sheet.xml') + 400
bent[at] ^= 0x55
open(f'{where}/bent.xlsx', 'wb').write(bent)
old = bytes.fromhex('d0cf11e0a1b11ae1') + bytes(504)
open(f'{where}/old.xls', 'wb').write(old + 'Workbook'.encode('utf-16-le'))
open(f'{where}/locked.xlsx', 'wb').write(old + 'EncryptedPackage'.encode('utf-16-le'))
