/* hearing.h -- may this moderator preside over the hearing of a case, given who investigated it?
 *
 * A penalty hearing is presided over by somebody whom the organ designates and who did not investigate the case (Administrative Penalty
 * Law, article 64).  Persons are compared, so a moderator who investigated under an enforcement certificate, or under a number
 * that is void by now, is found.  Read top-down, the first that fails:
 *   WRONG_KIND          the number is not that of a hearing moderator's certificate
 *   MODERATOR_NOT_GOOD  it is not VALID (condition.h), which includes person, body and qualification
 *   INVESTIGATED        the moderator is one of the investigators
 *   BODY_NOT_GOOD       the body that holds the hearing is suspended, abolished or outside its entrustment
 *   OTHER_BODY          the moderator is neither of that body nor of the organ that entrusts it (whose name the hearing bears); unless
 *                       the question says that one from elsewhere is designated */
#ifndef REGISTRY_HEARING_H
#define REGISTRY_HEARING_H

#include "registry/group.h"

enum hearing_verdict { HEARING_NOT_JUDGED = 0, HEARING_MAY_PRESIDE = 1, HEARING_WRONG_KIND = 80, HEARING_MODERATOR_NOT_GOOD = 81,
	HEARING_INVESTIGATED = 82, HEARING_BODY_NOT_GOOD = 83, HEARING_OTHER_BODY = 84 };
const char *hearing_verdict_text(enum hearing_verdict v);  /* "MAY_PRESIDE", "WRONG_KIND", ...; static */

struct hearing_question {
	struct bytes moderator;                    /* number */
	const struct bytes *investigators; size_t investigators_n;     /* 1 to GROUP_MEMBERS_MAX numbers, of any kind and state */
	struct bytes uscc;                         /* the body that holds the hearing; empty: not asked */
	bool from_elsewhere;                       /* the organ has designated a moderator of another body */
	int64_t unix_s;
};
struct hearing_answer {
	enum hearing_verdict verdict;
	size_t investigator;                       /* INVESTIGATED: which, from 0 */
	char sentence[ANSWER_SENTENCE_MAX];
};

/* ERR_NOT_FOUND: a number or the body is not in the register; ERR_LIMIT, ERR_ARGUMENT; ERR_DAMAGED; a sentence each. Reads only. */
MUST_CHECK enum status hearing_judge(struct txn *t, const struct hearing_question *q, struct hearing_answer *out, struct err *err);

#endif
