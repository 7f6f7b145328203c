#!/bin/sh
# Workbooks as offices have them, made by other programs, and what only looks like one.
set -u
. "$(dirname "$0")/lib.sh.inc"

home=$work/home
"$bin/yaopai" sample "$work/sheets" --scale 0.1 --today 2026-06-01 >/dev/null 2>&1
office init --demo >/dev/null && office import bodies "$work/sheets/bodies.csv" >/dev/null || { not_ok "a register"; finish; }
mkdir "$work/odd"
check "odd workbooks are made" sh -c '/usr/bin/python3 "$1/tests/tool/make_odd_xlsx.py" "$2/odd" <"$2/sheets/holders.csv"' _ "$top" "$work"
holders() { office import holders "$work/odd/$1" "${2:---json}" "${3:---json}" "${4:---json}"; }

exits 0 "a workbook of openpyxl" holders book.xlsx
says "every row is new" '"rows":101,"new":101,"updated":0,"unchanged":0,"refused":0'
says "the sheet is told, and that there is another" 'XLSX, sheet .*名单.*, the first of 2'
exits 0 "the CSV that it was made of" office import holders "$work/sheets/holders.csv" --json
says "changes nothing" '"unchanged":101'
exits 0 "with dates from 1904" holders book1904.xlsx
says "nothing changes" '"unchanged":101'
exits 0 "the least of workbooks" holders least.xlsx
says "nothing changes" '"unchanged":101'
for form in shared inline; do
	check "libxlsxwriter makes one, strings $form" "$bin/../helper/sheet_to_xlsx" "$work/sheets/holders.csv" "$work/odd/x.xlsx" "$form"
	exits 0 "it is read" holders x.xlsx
	says "nothing changes" '"unchanged":101'
done
exits 0 "a sheet may be named" holders book.xlsx --sheet 名单
exits 2 "a sheet that has no such rows" holders book.xlsx --sheet 说明
exits 2 "a sheet that is not there" holders book.xlsx --sheet 花名册
says "those that are there are named" '说明, 名单, 汇总'

exits 1 "a damaged workbook" holders damaged.xlsx --errors "$work/errors.csv"
says "the number that lost its digits is refused, by row and column" 'row 4, column D 身份证号 "370\*+00": it is a number in the spreadsheet'
says "so is the formula that was never reckoned" 'row 5, column D 身份证号'
says "the others are read" '"unchanged":99,"refused":2'
is_csv() { head -c 3 "$1" | od -An -tx1 | grep -q 'ef bb bf' && [ "$(wc -l <"$1")" -eq 3 ]; }
check "what was refused is in a CSV file" is_csv "$work/errors.csv"

none() { # none <file> <pattern>: it is refused, and told for what it is
	exits 2 "$1 is refused" holders "$1"
	says "  and says: $2" "$1(: | is ).*$2|$1 .*$2"
}
none doctype.xlsx 'declares a document type'
none bomb.xlsx 'unpacks to more than 250 times its size'
none nosheet.xlsx 'no part for that sheet'
none bzip2.xlsx 'not common'
none plain.zip 'no XLSX workbook'
none sheet.ods 'OpenDocument'
none binary.xlsb 'binary workbook'
none chart.xlsx 'a chart or a macro'
none cut.xlsx 'cannot be opened as a ZIP'
none bent.xlsx 'damaged'
none old.xls 'old kind'
none locked.xlsx 'encrypted with a password'
exits 2 "--encoding of a workbook" holders book.xlsx --encoding utf-8
exits 2 "--sheet of a CSV file" office import holders "$work/sheets/holders.csv" --sheet x
finish
