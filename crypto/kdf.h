/* kdf.h -- a key from a passphrase.  The door to OpenSSL's slow derivations.
 *
 * scrypt (RFC 7914) for profile intl; PBKDF2 (RFC 8018) with HMAC-SM3 for profile gm, which is the one derivation that
 * GM/T 0091-2020 knows (it wants at least 1,024 iterations and a salt of 8 bytes).  OpenSSL 3.0 has no Argon2. */
#ifndef CRYPTO_KDF_H
#define CRYPTO_KDF_H

#include "crypto/digest.h"

enum kdf { KDF_SCRYPT = 1, KDF_PBKDF2_SM3 = 2 };
/* scrypt: N = 2^cost, r = block, p = lanes.  PBKDF2: cost iterations; block and lanes are 0. */
struct kdf_cost { uint32_t cost, block, lanes; };

enum kdf kdf_of_profile(enum profile profile);
/* What is used for new files: each about a third of a second of one core of 2026 (docs/formats.md 9 has the figures). */
struct kdf_cost kdf_cost_default(enum kdf kdf);
/* Not below what protects anything, not above what a machine can do: ERR_LIMIT (base/limits.h).  ERR_UNSUPPORTED: a kdf not known. */
MUST_CHECK enum status kdf_cost_check(enum kdf kdf, const struct kdf_cost *cost);
/* ERR_CRYPTO if the library fails, also for want of memory. */
MUST_CHECK enum status secret_from_passphrase(enum kdf kdf, const struct kdf_cost *cost, struct bytes passphrase, struct bytes salt,
    struct secret *out);

#endif
