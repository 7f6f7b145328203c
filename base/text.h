/* text.h -- text codecs and the rules for text from outside.
 *
 * Encoders write into the caller's buffer and never allocate.  All are pure. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"
#include "base/status.h"

/* Well-formed UTF-8 (Unicode 15 table 3-7: no overlongs, no surrogates). */
bool text_is_utf8(struct bytes text);

/* Well-formed UTF-8 without control, zero-width, bidirectional, private-use and
 * non-characters (docs/formats.md 1).  Empty text is clean. */
bool text_is_clean(struct bytes text);

/* How many terminal columns clean text takes: East Asian wide = 2. */
size_t text_columns(struct bytes text);

/* Copy at most cap-1 bytes of text to out for a message (cap >= 8): what is not clean
 * becomes \xNN, what does not fit ends in "...".  Returns out. */
const char *text_escape(struct bytes text, char *out, size_t cap);

/* Lower-case hex.  out needs 2*len+1 bytes; NUL-terminated. */
void hex_encode(struct bytes in, char *out);
/* Either case; odd length or another character: ERR_FORMAT.  out.cap >= len/2. */
MUST_CHECK enum status hex_decode(struct bytes text, struct buf *out);

/* RFC 4648 6 Base32, upper case, no padding.  Length of the text of len bytes. */
size_t base32_len(size_t len);
/* out needs base32_len(in.len)+1 bytes; NUL-terminated. */
void base32_encode(struct bytes in, char *out);
/* Either case.  Padding, white space, another character, a length of 1, 3 or 6
 * mod 8, or non-zero spare bits: ERR_FORMAT; more than out->cap: ERR_LIMIT. */
MUST_CHECK enum status base32_decode(struct bytes text, struct buf *out);

/* Decimal digits only, 1..19 of them, no sign: the value.  Else ERR_FORMAT. */
MUST_CHECK enum status text_uint(struct bytes text, uint64_t *out);

/* View without leading and trailing ASCII white space (space, \t \r \n). */
struct bytes text_trim(struct bytes text);

#endif
