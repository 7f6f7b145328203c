/* cose.h -- COSE_Sign1 (RFC 9052 4.2), tag 18: the envelope of every signed object.
 *
 * cose_decode only takes the envelope apart; who signed, and whether, is the caller's
 * next question (signature_check over cose_to_be_signed).  Making one: cose_sign.h. */
#ifndef CRYPTO_COSE_H
#define CRYPTO_COSE_H

#include "base/limits.h"
#include "crypto/key.h"

enum typ { TYP_UNKNOWN = 0, TYP_CREDENTIAL, TYP_STATUS_LIST, TYP_TRUST_LIST, TYP_PRESENTATION,
	TYP_RECEIPT, TYP_RECEIPT_ROOT, TYP_COUNT };
const char *typ_text(enum typ typ);            /* "application/yp-cred+cwt", ...; NULL for UNKNOWN */
enum typ    typ_of(struct bytes text);         /* TYP_UNKNOWN if none of ours */

struct cose {
	struct bytes protected_header;         /* content of the bstr, as received */
	struct bytes payload;
	struct bytes signature;                /* 64 bytes */
	int64_t      alg;                      /* from the protected header only */
	struct bytes kid;                      /* may be empty (a presentation; a standard object) */
	enum typ     typ;                      /* TYP_UNKNOWN with typ_seen set: another typ */
	struct bytes typ_seen;                 /* the text as received, empty if absent */
};

enum cose_profile {
	COSE_OURS,      /* CBOR_CANONICAL; protected exactly alg, kid (but no kid for a presentation), typ;
	                 * unprotected empty */
	COSE_STANDARD,  /* CBOR_RELAXED; alg, typ and crit protected only; kid in either, not both; typ
	                 * text if present; other header labels: ERR_UNSUPPORTED if in crit, else ignored */
};

/* Views point into `in`.  ERR_FORMAT: not a COSE_Sign1 of this profile (includes a signature that
 * is not 64 bytes).  ERR_UNSUPPORTED: a header label we do not list. */
MUST_CHECK enum status cose_decode(struct bytes in, enum cose_profile profile, struct cose *out);

/* Sig_structure (RFC 9052 4.4) of the received bytes; out.cap >= payload + header + 64. */
MUST_CHECK enum status cose_to_be_signed(struct bytes protected_header, struct bytes payload,
    struct buf out, struct bytes *tbs);

#endif
