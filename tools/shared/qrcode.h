/* qrcode.h -- QR symbols (ISO/IEC 18004) of our texts: alphanumeric mode, error correction level M.
 * The only door to libqrencode. */
#ifndef SHARED_QRCODE_H
#define SHARED_QRCODE_H

#include "base/bytes.h"
#include "base/err.h"

struct qrcode { unsigned version, width; uint8_t *dark; };   /* dark[y * width + x], 1 or 0; owned */

/* text must be of the alphanumeric set.  Too long for version 40: ERR_LIMIT. */
MUST_CHECK enum status qrcode_make(struct bytes text, struct qrcode *out, struct err *err);
void qrcode_free(struct qrcode *q);

/* The version that an alphanumeric text of len characters takes at level M, by ISO/IEC 18004 table 7; 0: none. */
unsigned qrcode_version(size_t len);

#endif
