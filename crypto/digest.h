/* digest.h -- hashes and keyed hashes.  The door to OpenSSL's digests.
 *
 * SHA-256 names things in both profiles (kid, token digest, event chain);
 * HMAC-SHA256 (intl) or HMAC-SM3 (gm) protects stored records. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "base/bytes.h"
#include "base/secret.h"
#include "base/status.h"

enum profile { PROFILE_INTL = 1, PROFILE_GM = 2 };   /* ES256/SHA-256/AES-256-GCM; SM2/SM3/SM4 */

#define DIGEST_LEN 32u
struct digest { uint8_t b[DIGEST_LEN]; };

/* One-shot SHA-256 (FIPS 180-4).  ERR_CRYPTO if the library fails. */
MUST_CHECK enum status sha256(struct bytes in, struct digest *out);
MUST_CHECK enum status sm3(struct bytes in, struct digest *out);      /* GB/T 32905 */
/* The same over the concatenation of the parts. */
MUST_CHECK enum status sha256_parts(const struct bytes *parts, size_t n, struct digest *out);
MUST_CHECK enum status sm3_parts(const struct bytes *parts, size_t n, struct digest *out);

/* A keyed hash ready to run many times.  Not thread-safe: one for each thread,
 * by mac_dup.  Owns OpenSSL memory: mac_close. */
struct mac;
MUST_CHECK enum status mac_open(enum profile profile, const struct secret *key, struct mac **out);
MUST_CHECK enum status mac_dup(const struct mac *m, struct mac **out);
void mac_close(struct mac *m);                                       /* NULL is fine */
/* HMAC over the concatenation of the parts. */
MUST_CHECK enum status mac_compute(struct mac *m, const struct bytes *parts, size_t n, struct digest *out);

/* HKDF-Expand (RFC 5869) with one block: out = HMAC(key, label || 0x01). */
MUST_CHECK enum status secret_derive(enum profile profile, const struct secret *key, const char *label, struct secret *out);

#endif
