/* csv_file.h -- a whole CSV file as rows of cells (RFC 4180; UTF-8 with or without BOM; CRLF or LF).
 *
 * The only door to libcsv.  Everything that makes a file as a whole unusable is found here, before anything is entered:
 * empty, binary, not UTF-8, a cell longer than CSV_FIELD_LEN_MAX, quotes that do not close, cut off in its last row. */
#ifndef OFFICE_CSV_FILE_H
#define OFFICE_CSV_FILE_H

#include "base/bytes.h"
#include "base/err.h"

struct csv_row { size_t first, n, number; };           /* cells first..first+n; number as a spreadsheet counts, heading = 1 */
struct csv_file {
	struct csv_row *rows; size_t rows_n, rows_cap;     /* rows[0] is the heading */
	struct csv_cell { size_t at; uint32_t len; } *cells; size_t cells_n, cells_cap;
	uint8_t *text; size_t text_n, text_cap;            /* the cells' bytes, trimmed of outer white space */
};

MUST_CHECK enum status csv_load(const char *path, struct csv_file *out, struct err *err);
void csv_file_free(struct csv_file *f);                     /* idempotent */
/* Cell i of a row; empty beyond its last. */
struct bytes csv_cell(const struct csv_file *f, const struct csv_row *row, size_t i);

#endif
