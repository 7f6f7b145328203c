/* seal.h -- authenticated encryption of small secrets (identity-card numbers).
 *
 * intl: AES-256-GCM (NIST SP 800-38D), random 96-bit nonce, 128-bit tag.
 * gm:   SM4-CTR then HMAC-SM3 over len(aad) in 64 bits, aad, nonce and ciphertext
 *       (encrypt then MAC), random 128-bit nonce, tag cut to 128 bits; both keys derived
 *       from the one (labels "yp-seal-sm4", first 16 bytes, and "yp-seal-mac").
 * Sealed form: nonce || ciphertext || tag.  Not thread-safe: one for each thread. */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "crypto/digest.h"

#define SEAL_OVERHEAD_MAX 32u

struct sealer;
MUST_CHECK enum status sealer_open(enum profile profile, const struct secret *key, struct sealer **out);
void sealer_close(struct sealer *s);
/* out needs plain.len + SEAL_OVERHEAD_MAX of room; appended at out->len.  aad is bound, not stored. */
MUST_CHECK enum status seal_put(struct sealer *s, struct bytes aad, struct bytes plain, struct buf *out);
/* ERR_DAMAGED if it was not sealed under this key with this aad. */
MUST_CHECK enum status seal_get(struct sealer *s, struct bytes aad, struct bytes sealed, struct buf *out);

#endif
