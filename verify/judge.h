/* judge.h -- the decision procedure with its evidence laid open (inside the library and, for the
 * register's own endpoint, beside it; not installed).
 *
 * docs/formats.md 9: a token the register issued, found by digest and equal byte for byte to
 * the stored one whose record's check holds, needs no second signature check (rule 6) and has its
 * status from the register (rules 8 and 9).  Every other rule runs.  No flag skips a rule: the caller
 * hands in the evidence that answers it. */
#ifndef VERIFY_JUDGE_H
#define VERIFY_JUDGE_H

#include "base/bytes.h"
#include "verify/yaopai_verify.h"

struct register_evidence {
	bool issued_here;                  /* these exact bytes stand in the register, their check holds */
	uint8_t status;                    /* 0 good, 1 void, 2 suspended (crypto/statuslist.h), if issued_here */
	int64_t as_of_unix_s;
};

/* yp_judge_asked with evidence; evidence NULL = none.  token: decoded COSE_Sign1 bytes (qr_text_decode), a credential or a
 * presentation; the evidence is about the credential (presentation_credential). */
YP_MUST_CHECK enum yp_status judge(const struct yp_verifier *v, struct bytes token, const struct yp_question *question,
    const struct register_evidence *evidence, struct yp_answer *out);

#endif
