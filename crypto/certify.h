/* certify.h -- make X.509 certificates: the root's own, and those it gives to keys.
 * Part of the signing library. */
#ifndef CRYPTO_CERTIFY_H
#define CRYPTO_CERTIFY_H

#include "crypto/keyfile.h"

struct certificate_request {
	struct bytes common_name;             /* UTF-8, e.g. "Shandong enforcement certificates root 1" */
	struct bytes organisation;            /* e.g. the issuing department */
	int64_t not_before_unix_s, not_after_unix_s;
	bool is_ca;
};

/* root_key signs a certificate for subject_key (for a root: the same key and root_der empty).
 * DER appended to out (cap >= CERTIFICATE_DER_LEN_MAX).  Random 127-bit serial. */
MUST_CHECK enum status certify(const struct certificate_request *rq, const struct private_key *subject_key,
    const struct private_key *root_key, struct bytes root_der, struct buf *out, struct err *err);

/* The same for a key held elsewhere (a city's office, a hardware module), of which only the public half is here: a
 * SubjectPublicKeyInfo, PEM ("PUBLIC KEY") or DER.  Whoever asks need not prove that the private half is theirs: a token names the
 * certificate it was signed under, so a certificate over somebody else's key lets nobody sign.
 * ERR_FORMAT: no public key; ERR_UNSUPPORTED: not P-256, Ed25519 or SM2. */
MUST_CHECK enum status certify_public(const struct certificate_request *rq, struct bytes spki_pem_or_der,
    const struct private_key *root_key, struct bytes root_der, struct buf *out, struct err *err);

/* A public key as people hand it in: a SubjectPublicKeyInfo, PEM ("PUBLIC KEY") or DER, or a certificate; its DER is appended to spki.
 * Errors as of certify_public. */
MUST_CHECK enum status public_key_of(struct bytes pem_or_der, struct buf *spki, struct err *err);
/* PEM ("PUBLIC KEY"), appended. */
MUST_CHECK enum status public_key_to_pem(struct bytes spki, struct buf *out);

#endif
