/* presentation.h -- a certificate shown live: the complete credential, signed again just now by its holder's device
 * (CWT, RFC 8392; docs/formats.md 10).
 *
 * Payload, canonical CBOR map:
 *   3 aud tstr (optional) | 4 exp uint | 6 iat uint | 7 cti bstr 8 | 10 nonce bstr 8..64 (optional, RFC 9711 4.1) |
 *   -65538 the credential as a bstr, its COSE_Sign1 bytes exactly as issued
 * in a COSE_Sign1 of typ application/yp-pres+cwt without kid: the key is the one in the credential's cnf. */
#ifndef CRYPTO_PRESENTATION_H
#define CRYPTO_PRESENTATION_H

#include "base/limits.h"
#include "crypto/cose.h"

#define PRESENTATION_ID_LEN 8u

struct presentation {
	int64_t iat_unix_s, exp_unix_s;        /* iat < exp <= iat + PRESENTATION_LIFETIME_MAX_S */
	struct bytes id;                       /* cti, 8 random bytes */
	struct bytes audience, nonce;          /* empty if absent */
	struct bytes credential;
};

/* Encode the payload (not the envelope).  Too long a text, nonce or credential, or too little room: ERR_LIMIT.  Anything
 * else that presentation_decode would refuse: ERR_ARGUMENT. */
MUST_CHECK enum status presentation_encode(const struct presentation *p, struct buf out, struct bytes *payload);

/* ERR_FORMAT: not canonical or a rule above broken.  ERR_UNSUPPORTED: a claim not listed.  Views point into payload.  What
 * the credential's bytes are is not looked at. */
MUST_CHECK enum status presentation_decode(struct bytes payload, struct presentation *out);

/* The credential in a token: the embedded one if the token is a well-formed presentation, else the token itself. */
struct bytes presentation_credential(struct bytes token);

#endif
