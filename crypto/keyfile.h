/* keyfile.h -- private keys in PEM (PKCS#8) in memory, and the signer made of one.
 *
 * Part of the signing library (yp_signer), never of the verifier.  Files are read
 * and written by the caller (tools), with mode 0600 checked there. */
#ifndef CRYPTO_KEYFILE_H
#define CRYPTO_KEYFILE_H

#include "crypto/signer.h"

struct private_key;                        /* opaque, owned: private_key_free wipes it */
MUST_CHECK enum status private_key_generate(enum key_type type, struct private_key **out);
MUST_CHECK enum status private_key_from_pem(struct bytes pem, struct private_key **out, struct err *err);
/* PKCS#8 PEM appended to out (out->cap >= 1024); the caller wipes it. */
MUST_CHECK enum status private_key_to_pem(const struct private_key *k, struct buf *out);
void private_key_free(struct private_key *k);
enum key_type private_key_type(const struct private_key *k);
/* SubjectPublicKeyInfo DER appended to out. */
MUST_CHECK enum status private_key_spki(const struct private_key *k, struct buf *out);

/* A signer with its own copy of the key. cert_der gives the kid and must hold the same
 * public key: otherwise ERR_CONFLICT.  cert_der empty: kid is all zero (a device key). */
MUST_CHECK enum status signer_from_key(const struct private_key *k, struct bytes cert_der,
    struct signer **out, struct err *err);

#endif
