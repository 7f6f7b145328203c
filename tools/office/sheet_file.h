/* sheet_file.h -- a spreadsheet file as sheet rows: told by its content what it is, its heading row found.
 *
 * A heading may stand below a title: it is the first of the first ten rows in which at least two known headings stand; if there is
 * none, the first row, and it is for columns_match to say what is wrong.  Bytes that are not UTF-8 are taken for GB18030 only if
 * a known heading comes out. */
#ifndef OFFICE_SHEET_FILE_H
#define OFFICE_SHEET_FILE_H

#include "base/err.h"
#include "tools/office/encoding.h"
#include "tools/office/sheet_rows.h"

struct sheet_wanted {
	enum encoding encoding;                                /* of CSV; ENCODING_DETECT: look */
	const char *sheet;                                     /* of XLSX, its name; NULL: the first that is shown */
	bool (*is_heading)(const void *ctx, struct bytes cell);
	const void *ctx;
};

MUST_CHECK enum status sheet_load(const char *path, const struct sheet_wanted *wanted, struct sheet_rows *out, struct err *err);

#endif
