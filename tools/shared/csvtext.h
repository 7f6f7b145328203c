/* csvtext.h -- write CSV (RFC 4180) that a spreadsheet opens without running anything.
 *
 * A cell that begins with = + - @ or a tab would be taken for a formula; it is made inert by a leading apostrophe. */
#ifndef SHARED_CSVTEXT_H
#define SHARED_CSVTEXT_H

#include "tools/shared/textbuf.h"

bool csv_is_formula_start(uint8_t c);
/* The cell as CSV text, quoted where needed, with a comma before it unless it is the first of its row. */
void csv_add_cell(struct textbuf *t, struct bytes cell, bool first);
/* The same for digits that are no number (certificate numbers, credit codes): a spreadsheet would drop leading zeros, round what is
 * longer than 15 digits and show what is longer than 11 as 3.70102E+17.  A tab behind the digits keeps them a text; importing trims it. */
void csv_add_code(struct textbuf *t, struct bytes cell, bool first);

#endif
