/* qrtext.h -- the text in a QR code: <prefix><Base32 of the token> (docs/formats.md 4). */
#ifndef CRYPTO_QRTEXT_H
#define CRYPTO_QRTEXT_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

/* Prefix: upper-case http(s) URL in the QR alphanumeric set, ending in /V/, at most
 * QR_PREFIX_LEN_MAX characters; the sentence says what is wrong. */
MUST_CHECK enum status qr_prefix_check(struct bytes prefix, struct err *err);
/* out.cap >= prefix + base32_len(token) + 1; NUL-terminated. */
MUST_CHECK enum status qr_text_encode(struct bytes prefix, struct bytes token, struct buf *out);
/* Any text ending in /V/ (either case) before the Base32, bare Base32 in either case, or the raw bytes of a
 * COSE_Sign1 (first byte 0xD2); outer white space trimmed.  out->cap >= TOKEN_LEN_MAX. ERR_FORMAT, ERR_LIMIT. */
MUST_CHECK enum status qr_text_decode(struct bytes text, struct buf *out);

#endif
