/* signature.h -- the shapes of a signature, and what of a message is signed.
 *
 * Shared by the checking side (key.c, certificate.c) and the signing library
 * (keyfile.c, certify.c); other files want key.h or signer.h.  Internal to crypto. */
#ifndef CRYPTO_SIGNATURE_H
#define CRYPTO_SIGNATURE_H

#include "crypto/digest.h"
#include "crypto/key.h"

#define SIGNATURE_DER_MAX 72u   /* SEQUENCE of two INTEGERs of at most 33 bytes */
#define POINT_LEN_MAX 65u

/* r and s both in 1..n-1 of the curve, and for SM2 r + s not n (GB/T 32918.2 7.1 B1, B2, B5);
 * true for Ed25519, whose S OpenSSL checks (RFC 8032 5.1.7). */
bool signature_is_in_range(enum key_type type, const uint8_t sig[SIGNATURE_LEN]);
/* r || s to DER Ecdsa-Sig-Value; returns the length. */
size_t signature_to_der(const uint8_t sig[SIGNATURE_LEN], uint8_t der[SIGNATURE_DER_MAX]);
/* Strict DER only; false: not such a value, or r or s negative or over 256 bits. */
bool signature_from_der(struct bytes der, uint8_t sig[SIGNATURE_LEN]);

/* Z of GB/T 32918.2 5.5 for SM2_ID and this uncompressed point. */
MUST_CHECK enum status sm2_z(const uint8_t point[POINT_LEN_MAX], struct digest *out);
/* What EVP_PKEY_sign and EVP_PKEY_verify are given: SHA-256(message), or SM3(z || message). */
MUST_CHECK enum status signature_digest(enum key_type type, const struct digest *z, struct bytes message,
    struct digest *out);

#endif
