/* codes.h -- the QR codes in a grey picture.  The only door to zbar.
 *
 * Only QR codes: zbar's bar codes are off, since their readers find digits in stripes of anything.  zbar converts
 * texts by iconv, which loads modules from files; here it is handed an iconv that copies bytes (codes.c), so that
 * a code's text is its bytes, no character set is guessed, and no file is opened while a picture is searched. */
#ifndef PICTURE_CODES_H
#define PICTURE_CODES_H

#include "tools/picture/grey.h"

struct codes { size_t n; struct code { int top, left; uint8_t *ptr; size_t len; } code[PICTURE_CODES_MAX]; };
void codes_free(struct codes *c);

/* Search as it is: PICTURE_READ (n may be 0), PICTURE_TOO_MANY or PICTURE_NO_MEMORY (then none).  c starts zeroed. */
MUST_CHECK enum picture_exit codes_find(const struct grey *g, struct codes *c);

/* Search until something is found: as it is; at half size, where the noise of a large photograph vanishes; at twice the
 * size if it is small, where modules of one pixel become legible; then all of these with light and dark exchanged.
 * g is left inverted if that was needed. */
MUST_CHECK enum picture_exit codes_search(struct grey *g, struct codes *c);

#endif
