/* wrap.h -- a 32-byte secret wrapped under a passphrase (docs/formats.md 9, "Wrapped key").
 *
 * A CBOR sequence, canonical: the text "yp-wrapped-key-1", then
 *   [profile, purpose tstr, kdf, cost, block, lanes, salt 16 bytes, sealed secret, digest 8 bytes]
 * kdf and its costs as in kdf.h.  What the kdf makes of passphrase and salt is the key of seal.h in that profile; under it the
 * secret is sealed, with all that stands before it as associated data, so that purpose and costs cannot be changed.  digest: the
 * first 8 bytes of SHA-256 of all before its own head.  It needs no key, so that a damaged file (its digest does not hold) is told
 * from a wrong passphrase (it holds, the seal does not).  Whoever changes a file on purpose can make the digest hold; then it looks
 * like a wrong passphrase, and opens as little.
 *
 * The passphrase's bytes are taken as they are: UTF-8 as typed, never normalised. */
#ifndef CRYPTO_WRAP_H
#define CRYPTO_WRAP_H

#include "base/err.h"
#include "base/limits.h"
#include "crypto/kdf.h"

enum wrap_purpose { WRAP_SEAL = 1, WRAP_CHECK = 2 };        /* "seal", "check": the sealed store's key, the register's check key */

/* A file appended to out (room for WRAPPED_LEN_MAX).  cost NULL: the default. */
MUST_CHECK enum status secret_wrap(enum profile profile, enum wrap_purpose purpose, const struct kdf_cost *cost, struct bytes passphrase,
    const struct secret *secret, struct buf *out);
bool secret_is_wrapped(struct bytes file);                  /* it begins like one; also if it is damaged behind that */
/* ERR_CONFLICT: the passphrase is wrong; ERR_DAMAGED: the file is; ERR_ARGUMENT: wrapped for another purpose; ERR_LIMIT: it asks for
 * less or more work than any file of ours; ERR_UNSUPPORTED: of a newer version; a sentence each. */
MUST_CHECK enum status secret_unwrap(struct bytes file, enum wrap_purpose purpose, struct bytes passphrase, struct secret *out,
    struct err *err);

#endif
