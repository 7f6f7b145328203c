/* fuzz_xlsx -- the XML of a workbook's parts, fed in pieces.
 * Link with: office.  The first byte of an input chooses the part, the second the length of the pieces. */
#include "tests/fuzz/fuzz.h"
#include "tools/office/xlsx_book.h"

enum { INPUT_MAX = 16384 };

static enum status
read_part(enum xlsx_part part, struct xlsx_book *b, struct sheet_rows *rows, struct bytes xml, size_t piece, struct err *err)
{
	struct xlsx_reading *r = NULL;
	enum status st = xlsx_open(part, b, rows, "part.xml", &r, err);
	while (st == OK && xml.len > 0) {
		size_t n = xml.len < piece ? xml.len : piece;
		st = xlsx_feed(r, (struct bytes){ xml.ptr, n });
		xml.ptr += n;
		xml.len -= n;
	}
	if (st == OK)
		st = xlsx_finish(r);
	xlsx_close(r);
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct bytes strings = { (const uint8_t *)"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>a</t></si>"
		"<si/></sst>", 99 };
	struct xlsx_book b = { .sheets_n = 0 };
	struct sheet_rows f = { .rows_n = 0 };
	struct err err = { .status = OK };
	if (size < 2 || size > INPUT_MAX)
		return -1;
	enum xlsx_part part = (enum xlsx_part)(data[0] % (XLSX_SHEET + 1));
	must(part != XLSX_SHEET || read_part(XLSX_STRINGS, &b, NULL, strings, 100, &err) == OK);
	enum status st = read_part(part, &b, &f, (struct bytes){ data + 2, size - 2 }, (size_t)data[1] + 1, &err);
	must(st == OK || is_sentence(err.text, sizeof(err.text)));
	struct bytes all = { f.text, f.text_n };
	for (size_t i = 0; i < f.rows_n; i++)
		for (size_t k = 0; k < f.rows[i].n; k++)
			must(lies_in(sheet_cell(&f, &f.rows[i], k), all) && text_is_utf8(sheet_cell_whole(&f, &f.rows[i], k)));
	for (size_t i = 0; i < b.strings_n; i++)
		must(text_is_utf8(xlsx_string(&b, i)));
	sheet_rows_free(&f);
	xlsx_book_free(&b);
	return 0;
}
