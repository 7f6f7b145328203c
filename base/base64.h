/* base64.h -- RFC 4648 4 and 5, for keys that people paste.
 *
 * Strict but for what pasting does: both alphabets (not mixed), padding or none. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/bytes.h"
#include "base/status.h"

/* out needs 4 * ((in.len + 2) / 3) + 1 bytes; standard alphabet, padded, NUL-terminated. */
void base64_encode(struct bytes in, char *out);
/* Appended to out.  Another character (white space too), wrong padding, a length of 1 mod 4, non-zero spare bits: ERR_FORMAT;
 * more than fits: ERR_LIMIT. */
MUST_CHECK enum status base64_decode(struct bytes text, struct buf *out);

#endif
