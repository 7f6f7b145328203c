/* statement.h -- what an operator signs: that something is proposed, approved, rejected or taken back.
 *
 * A COSE_Sign1 (RFC 9052 4.2) with the protected header {1: alg, 4: kid, 16: "application/yp-statement+cbor"}, nothing unprotected; kid is
 * the first 8 bytes of SHA-256 of the operator's SubjectPublicKeyInfo.  Its payload is a canonical map
 *   {0: 1, 1: what (1 propose, 2 approve, 3 reject, 4 retract), 2: iss, 3: operator, 4: time s, 5: sequence, 6: SHA-256,
 *    7: action map (propose), 8: expires s (propose), 9: why (reject, retract; may be absent)}
 * 5 and 6 bind it to one register and one place in its journal: of a proposal the last event its maker saw, of the others the event of
 * the proposal.  Not one of the signed objects that a verifier reads (crypto/cose.h): it never leaves the register. */
#ifndef REGISTRY_STATEMENT_H
#define REGISTRY_STATEMENT_H

#include "crypto/digest.h"
#include "crypto/signer.h"
#include "base/limits.h"

enum statement_what { STATEMENT_PROPOSE = 1, STATEMENT_APPROVE = 2, STATEMENT_REJECT = 3, STATEMENT_RETRACT = 4 };

struct statement {                         /* views */
	enum statement_what what;
	struct bytes iss, operator;
	int64_t  time_unix_s;
	uint64_t sequence;
	struct bytes hash;                     /* DIGEST_LEN */
	struct bytes action;                   /* encoded map (proposed.h); propose only */
	int64_t  expires_unix_s;               /* propose only */
	struct bytes why;                      /* reject and retract only */
};

/* Sign and write; *token is a view of out.  signer->kid must be the operator's (operator_kid).  ERR_ARGUMENT, ERR_LIMIT. */
MUST_CHECK enum status statement_sign(struct signer *signer, const struct statement *s, struct buf out, struct bytes *token);
/* What it says and whose key it names; the signature is not looked at.  Views into token. */
MUST_CHECK enum status statement_decode(struct bytes token, struct statement *out, uint8_t kid[KID_LEN]);
/* Is it signed by this key (SubjectPublicKeyInfo), and does it name it?  ERR_CRYPTO: nothing is known. */
MUST_CHECK enum status statement_check(struct bytes token, struct bytes spki, bool *good);

#endif
