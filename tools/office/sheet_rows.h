/* sheet_rows.h -- a spreadsheet as rows of cells, whatever file it came from: what the readers of CSV and XLSX fill, and all that
 * everything after them looks at.
 *
 * Cells are kept as they stood in the file, since a row that is refused goes back with them; sheet_cell trims them.  Rows without any
 * text are left out, but counted: a row's number is the one that a spreadsheet shows.  In memory a cell costs its text and four
 * bytes.  The text may hold identity numbers: it is wiped when it is moved and when it is freed. */
#ifndef OFFICE_SHEET_ROWS_H
#define OFFICE_SHEET_ROWS_H

#include "base/bytes.h"
#include "base/status.h"

/* A number is told from text because a spreadsheet keeps only 15 of its digits. */
enum cell_kind { CELL_IS_TEXT = 0, CELL_IS_NUMBER = 1, CELL_IS_ERROR = 2 };     /* CELL_IS_ERROR: #N/A and its like */

struct sheet_row { size_t text, cells; uint32_t n, number; };
struct sheet_rows {
	struct sheet_row *rows; size_t rows_n, rows_cap;       /* rows[0] is the heading */
	uint32_t *cells; size_t cells_n, cells_cap;            /* where each ends in the text of its row, and its kind */
	uint8_t *text; size_t text_n, text_cap;
	bool may_be_short;                                     /* rows may end before the heading does, as in XLSX */
	bool ends_in_row;                                      /* the file ends without a line end: it may be cut off */
	bool dates_from_1904;                                  /* serial numbers of dates count from there */
	char source[192];                                      /* what was read, for people: "CSV, GB18030 (detected)" */
};

/* ---- filling: a row's cells from the left, then the row ---- */

/* ERR_LIMIT: longer than SHEET_CELL_LEN_MAX, or more than SHEET_COLUMNS_MAX in the row. */
MUST_CHECK enum status sheet_cell_add(struct sheet_rows *f, enum cell_kind kind, struct bytes text);
size_t sheet_cells_open(const struct sheet_rows *f);           /* how many the row being filled has */
/* number: as a spreadsheet counts; at most SHEET_ROWS_MAX of them (ERR_LIMIT). */
MUST_CHECK enum status sheet_row_end(struct sheet_rows *f, size_t number);
void sheet_rows_drop(struct sheet_rows *f, size_t n);          /* the first n: what stands above the heading */
void sheet_rows_free(struct sheet_rows *f);                    /* idempotent */

/* ---- reading; views until the sheet is freed ---- */

struct bytes sheet_cell(const struct sheet_rows *f, const struct sheet_row *row, size_t i);       /* trimmed; empty beyond its last */
struct bytes sheet_cell_whole(const struct sheet_rows *f, const struct sheet_row *row, size_t i); /* as it stood */
enum cell_kind sheet_cell_kind(const struct sheet_rows *f, const struct sheet_row *row, size_t i);

/* "A" for 0, "AB" for 27. */
#define COLUMN_LETTERS_MAX 4
const char *column_letters(size_t i, char out[COLUMN_LETTERS_MAX]);

#endif
