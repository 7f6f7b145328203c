/* certificate.h -- X.509 certificates as this system uses them (RFC 5280 profile, docs/formats.md 6):
 * a self-signed root and, directly under it, certificates of issuer, status and receipt keys.
 *
 * Decoding copies nothing: the DER must outlive nothing but the call; the certificate
 * owns its key.  Not a path builder: depth is always one. */
#ifndef CRYPTO_CERTIFICATE_H
#define CRYPTO_CERTIFICATE_H

#include "crypto/key.h"

#define SUBJECT_TEXT_MAX 160u

struct certificate {
	struct public_key *key;               /* owned */
	uint8_t kid[KID_LEN];                 /* first 8 bytes of SHA-256 of the DER */
	int64_t not_before_unix_s, not_after_unix_s;
	bool    is_ca, is_self_issued;
	bool    is_example;                   /* subject or issuer contains the word EXAMPLE */
	char    subject[SUBJECT_TEXT_MAX];    /* RFC 4514-like text, escaped, for messages */
};

/* X.509 v3, version and extensions as the profile allows (no unknown critical extension),
 * no trailing bytes.  ERR_FORMAT, ERR_UNSUPPORTED (key or algorithm), ERR_CRYPTO. */
MUST_CHECK enum status certificate_decode(struct bytes der, struct certificate *out, struct err *err);
void certificate_clear(struct certificate *c);   /* frees what it owns; idempotent */

/* *good: cert_der is signed by root's key, names root's subject as its issuer, and root is a
 * CA.  For a self-signed root pass it as both. */
MUST_CHECK enum status certificate_check_signature(struct bytes cert_der, struct bytes root_der,
    const struct certificate *root, bool *good);

/* PEM ("CERTIFICATE") or DER in, DER out (appended to out). */
MUST_CHECK enum status certificate_der_of(struct bytes pem_or_der, struct buf *out, struct err *err);
/* DER to PEM text, appended. */
MUST_CHECK enum status certificate_to_pem(struct bytes der, struct buf *out);

#endif
