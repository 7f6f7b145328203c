/* csvtext.h -- write CSV (RFC 4180) that a spreadsheet opens without running anything, and read such cells back.
 *
 * A cell that begins with = + - @, a tab, a carriage return or a line feed would be taken for a formula, or run into one; it is made
 * inert by an apostrophe before it.  So that this can be undone exactly, a cell that begins with apostrophes and then one of those
 * gets one more: csv_cell_undone(what was written) is always what was given. */
#ifndef SHARED_CSVTEXT_H
#define SHARED_CSVTEXT_H

#include "tools/shared/textbuf.h"

#define CSV_BOM "\xef\xbb\xbf"            /* first in a file for Excel, which takes one without for the local encoding */

/* The cell as CSV text, inert, quoted where needed, with a comma before it unless it is the first of its row. */
void csv_add_cell(struct textbuf *t, struct bytes cell, bool first);
/* The same for digits that are no number (certificate numbers, credit codes): a spreadsheet would drop leading zeros, round what is
 * longer than 15 digits and show what is longer than 11 as 3.70102E+17.  A tab behind the digits keeps them a text; importing trims it. */
void csv_add_code(struct textbuf *t, struct bytes cell, bool first);
/* A view of a cell that was read, without the apostrophe that csv_add_cell put there (if it did). */
struct bytes csv_cell_undone(struct bytes cell);

#endif
