/* refusals.h -- the rows of a file that were refused: the first on the terminal, all in a file to be mended.
 *
 * The file (mode 0600: it carries identity numbers) is CSV in UTF-8 with its mark and has all columns of the original as they were,
 * those that are not used too, then 行号 列 问题; it can be mended in Excel and imported again as it is.  It is written when the import ends, whole or not at all. */
#ifndef OFFICE_REFUSALS_H
#define OFFICE_REFUSALS_H

#include "tools/office/rows.h"
#include "tools/shared/textbuf.h"

struct refusals {
	const char *path;                      /* of the spreadsheet, for sentences */
	const struct sheet_rows *file;
	const struct columns *columns;
	uint64_t n;
	bool wants_file;
	struct textbuf text;                   /* of the file */
};

void refusals_open(struct refusals *r, const char *path, const struct sheet_rows *file, const struct columns *columns,
    bool wants_file);
void refusals_add(struct refusals *r, const struct sheet_row *row, const struct row_error *e);
/* Tell how many more there were; write the file if one is wanted and there were any. */
MUST_CHECK enum status refusals_end(struct refusals *r, const char *errors_path, struct err *err);
void refusals_close(struct refusals *r);

#endif
