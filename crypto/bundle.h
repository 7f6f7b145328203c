/* bundle.h -- one file for a site without network (docs/formats.md 7): a CBOR sequence (RFC 8742)
 * of the text "yp-bundle-1", then byte strings: trust lists, then every status list token.
 * The file needs no signature: each part proves itself. */
#ifndef CRYPTO_BUNDLE_H
#define CRYPTO_BUNDLE_H

#include "crypto/cbor.h"
#include "crypto/cose.h"

#define BUNDLE_MAGIC "yp-bundle-1"

struct bundle_reader { struct cbor_reader r; enum typ last; size_t parts; };
/* ERR_FORMAT: not a bundle.  Then bundle_next until it yields false; then bundle_end. */
MUST_CHECK enum status bundle_open(struct bytes in, struct bundle_reader *out);
bool bundle_next(struct bundle_reader *b, struct bytes *token, enum typ *typ); /* trust lists first */
MUST_CHECK enum status bundle_end(const struct bundle_reader *b);              /* whole and in order? */

/* Start a bundle in out, then append each token. */
MUST_CHECK enum status bundle_start(struct buf *out);
MUST_CHECK enum status bundle_append(struct buf *out, struct bytes token);

#endif
