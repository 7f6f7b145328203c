/* xlsx_file.h -- one sheet of an XLSX workbook (Office Open XML, transitional or strict) as rows of cells, streamed.
 *
 * The first sheet that is not hidden, or the one of that name.  Rows that a filter hides are read like others.  In memory are
 * the rows and the shared strings, never the XML.  All is bounded: parts, strings, columns, ratio of packing (base/limits.h). */
#ifndef OFFICE_XLSX_FILE_H
#define OFFICE_XLSX_FILE_H

#include "base/err.h"
#include "tools/office/sheet_rows.h"

/* sheet: its name, or NULL. */
MUST_CHECK enum status xlsx_load(const char *path, const char *sheet, struct sheet_rows *out, struct err *err);

#endif
