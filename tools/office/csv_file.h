/* csv_file.h -- a whole CSV file as rows of cells (RFC 4180; CRLF, LF or CR).
 *
 * The only door to libcsv.  UTF-8 with or without its mark, GB18030, or UTF-16 with its mark; commas, or tabs if the first line has
 * tabs and no comma (what Excel saves as "Unicode text").  Everything that makes a file as a whole unusable is found here, before
 * anything is entered: empty, binary, of no known encoding, a cell too long, quotes that do not close, cut off in its last row.
 * ="123" without quotation marks around it, as programs write it, is read as it stands.  An apostrophe with which we made a cell inert (csvtext.h) is taken off. */
#ifndef OFFICE_CSV_FILE_H
#define OFFICE_CSV_FILE_H

#include "base/err.h"
#include "tools/office/encoding.h"
#include "tools/office/sheet_rows.h"

/* text: the file's bytes; path: for sentences.  *encoding: ENCODING_DETECT to look; what was found on return.  Rows as they stand,
 * the first of them not yet known to be a heading. */
MUST_CHECK enum status csv_read(const char *path, struct bytes text, enum encoding *encoding, struct sheet_rows *out, struct err *err);

#endif
