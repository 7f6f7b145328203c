/* repair.h -- what spreadsheets and people do to a cell, undone where nothing is lost by it; each repair is counted.
 *
 * Spaces are those of ASCII and Unicode (also U+00A0, U+3000); invisible characters are U+00AD, U+200B, U+2060 and U+FEFF, and in
 * codes the marks of direction too, which Windows puts around a number that is copied.  What a repaired cell is lives in the
 * struct repairs until repairs_next_row; a cell that needs none is a view of the file, as it is.  Cells of more than
 * REPAIR_CELL_LEN_MAX bytes are left alone: no column holds so much. */
#ifndef OFFICE_REPAIR_H
#define OFFICE_REPAIR_H

#include "base/bytes.h"
#include "base/status.h"
#include "base/time.h"

#define REPAIR_CELL_LEN_MAX 1024u

enum repair { REPAIR_SPACES, REPAIR_WIDTH, REPAIR_CASE, REPAIR_QUOTES, REPAIR_SERIAL, REPAIR_TIME, REPAIR_COUNT };
const char *repair_text(enum repair k);                   /* "full-width letters, digits or signs" */
const char *repair_name(enum repair k);                   /* "width" */

struct repairs {
	bool silent;                                           /* do not count: the file is read a second time */
	uint64_t n[REPAIR_COUNT];                              /* cells */
	size_t used;
	uint8_t mem[8u * REPAIR_CELL_LEN_MAX];
};
void repairs_next_row(struct repairs *r);

/* A name or other text: no outer spaces, inner ones single or, in a name, none between two characters that are not ASCII
 * (张　三); no invisible characters. */
struct bytes repair_words(struct repairs *r, struct bytes cell, bool is_name);
/* A number, a code, a date or a chosen word: no spaces, full-width to ASCII, without the apostrophe or ="..." that kept it text;
 * upper: in capitals. */
struct bytes repair_code(struct repairs *r, struct bytes cell, bool upper);
/* A date in any of the styles of date_parse, with a time of day behind it, or as the serial number of a spreadsheet (five digits,
 * the years 1927 to 2173).  ERR_FORMAT if it is none. */
MUST_CHECK enum status repair_date(struct repairs *r, struct bytes cell, bool from_1904, struct date *out);

/* What has lost digits: 3.70102E+17. */
bool cell_is_rounded(struct bytes cell);
/* ####, as a column too narrow shows and some programs save. */
bool cell_is_hashes(struct bytes cell);
/* #N/A, #REF! and the other errors of formulas. */
bool cell_is_formula_error(struct bytes cell);

#endif
