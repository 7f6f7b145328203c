/* sheet_to_xlsx -- a CSV file as an XLSX workbook, by another implementation (libxlsxwriter), for tests and measurements.
 * usage: sheet_to_xlsx IN.csv OUT.xlsx [inline]     inline: strings in their cells, not shared */
#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "tools/office/sheet_file.h"

static bool
nothing_is_known(const void *ctx, struct bytes cell)
{
	(void)ctx, (void)cell;
	return false;
}

int
main(int argc, char **argv)
{
	struct sheet_rows f;
	struct err err = { .status = OK };
	struct sheet_wanted wanted = { .is_heading = nothing_is_known };
	if (argc < 3 || sheet_load(argv[1], &wanted, &f, &err) != OK) {
		(void)fprintf(stderr, "sheet_to_xlsx: %s\n", argc < 3 ? "IN.csv OUT.xlsx" : err.text);
		return 2;
	}
	lxw_workbook_options options = { .constant_memory = argc > 3 && strcmp(argv[3], "inline") == 0, .tmpdir = NULL };
	lxw_workbook *book = workbook_new_opt(argv[2], &options);
	lxw_worksheet *sheet = workbook_add_worksheet(book, "名单");
	for (size_t i = 0; i < f.rows_n; i++) {
		for (size_t k = 0; k < f.rows[i].n; k++) {
			char text[4096];
			struct bytes cell = sheet_cell(&f, &f.rows[i], k);
			(void)snprintf(text, sizeof(text), "%.*s", BYTES_FMT(cell));
			if (cell.len > 0 && worksheet_write_string(sheet, (lxw_row_t)i, (lxw_col_t)k, text, NULL) != LXW_NO_ERROR)
				return 2;
		}
	}
	sheet_rows_free(&f);
	return workbook_close(book) == LXW_NO_ERROR ? 0 : 2;
}
