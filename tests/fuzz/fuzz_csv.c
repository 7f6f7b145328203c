/* fuzz_csv -- a CSV file in any encoding, and what is written of it read again: the same cells.
 * Link with: office.  The first byte of an input chooses the encoding: 0 to be found out, 1 to 4 as said. */
#include "tests/fuzz/fuzz.h"
#include "tools/office/csv_file.h"
#include "tools/shared/csvtext.h"

enum { INPUT_MAX = 8192 };

/* As the file of refused rows is written: all cells, and one more. */
static void
write_again(const struct sheet_rows *f, struct textbuf *out)
{
	textbuf_add(out, CSV_BOM);
	for (size_t i = 0; i < f->rows_n; i++) {
		for (size_t k = 0; k < f->rows[i].n; k++)
			csv_add_cell(out, sheet_cell_whole(f, &f->rows[i], k), k == 0);
		textbuf_add(out, ",1\r\n");
	}
	must(!out->failed);
}

static void
check_same(const struct sheet_rows *f, const struct sheet_rows *again)
{
	must(again->rows_n == f->rows_n);
	for (size_t i = 0; i < f->rows_n; i++) {
		must(again->rows[i].n == f->rows[i].n + 1);
		for (size_t k = 0; k < f->rows[i].n; k++)
			must(bytes_eq(sheet_cell_whole(f, &f->rows[i], k), sheet_cell_whole(again, &again->rows[i], k)));
	}
}

static void
check_rows(const struct sheet_rows *f)
{
	struct bytes all = { f->text, f->text_n };
	size_t before = 0;
	for (size_t i = 0; i < f->rows_n; i++) {
		must(f->rows[i].number > before);
		before = f->rows[i].number;
		for (size_t k = 0; k <= f->rows[i].n; k++)
			must(lies_in(sheet_cell(f, &f->rows[i], k), all) && text_is_utf8(sheet_cell_whole(f, &f->rows[i], k)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sheet_rows f, again;
	struct err err = { .status = OK };
	struct textbuf text = { 0 };
	if (size < 1 || size > INPUT_MAX)
		return -1;
	enum encoding e = (enum encoding)(data[0] % (ENCODING_UTF16BE + 1)), utf8 = ENCODING_DETECT;
	if (csv_read("f.csv", (struct bytes){ data + 1, size - 1 }, &e, &f, &err) != OK) {
		must(is_sentence(err.text, sizeof(err.text)));
		return 0;
	}
	check_rows(&f);
	write_again(&f, &text);
	bool has_nul = memchr(text.ptr, 0, text.len) != NULL;   /* only UTF-16 can bring one */
	bool fits = true;
	for (size_t i = 0; i < f.rows_n; i++)
		fits = fits && f.rows[i].n < 128;
	if (fits && !has_nul) {
		if (csv_read("g.csv", (struct bytes){ text.ptr, text.len }, &utf8, &again, &err) != OK)
			must_failed(err.text, __FILE__, __LINE__);
		check_same(&f, &again);
		sheet_rows_free(&again);
	}
	textbuf_free(&text);
	sheet_rows_free(&f);
	return 0;
}
