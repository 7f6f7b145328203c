/* group.h -- may these officers act together?  Asked of the register; the offline verifier's twin is yp_judge_group.
 *
 * The rules, their order, the words and the codes are those of verify/yaopai_verify.h (a test holds the two together); only here persons
 * are compared, not faces and devices, and a certificate that is not good is told with its reason. Read top-down, the first that fails:
 *   TOO_FEW                   fewer than two certificates; in a joint inspection fewer than two of a body
 *   MEMBER_NOT_GOOD           one is not VALID (condition.h)
 *   WRONG_KIND                only enforcement certificates make an officer
 *   SAME_PERSON               under whichever number
 *   OTHER_BODY                not all of one body, and the inspection is not joint; or of none of the bodies named
 *   FIELD_NOT_COVERED         fewer than two hold a field asked for
 *   JURISDICTION_NOT_COVERED  a member may not act in the place asked for */
#ifndef REGISTRY_GROUP_H
#define REGISTRY_GROUP_H

#include "registry/condition.h"

enum group_verdict { GROUP_NOT_JUDGED = 0, GROUP_GOOD = 1, GROUP_TOO_FEW = 70, GROUP_MEMBER_NOT_GOOD = 71, GROUP_WRONG_KIND = 72,
	GROUP_SAME_PERSON = 73, GROUP_OTHER_BODY = 74, GROUP_FIELD = 75, GROUP_JURISDICTION = 76 };
const char *group_verdict_text(enum group_verdict v);      /* "GOOD", "TOO_FEW", ...; static */

#define ANSWER_SENTENCE_MAX 320u

struct group_question {
	const struct bytes *numbers; size_t numbers_n;         /* at most GROUP_MEMBERS_MAX */
	bool joint;                                /* 综合查一次: two of each body, bodies may differ */
	const struct bytes *bodies; size_t bodies_n;           /* joint: the bodies that must each send two; 0: those that came */
	uint8_t fields[FIELDS_MAX]; size_t fields_n;           /* each held by two at least */
	uint32_t jurisdiction;                     /* 0: not asked */
	int64_t unix_s;
};
struct group_answer {
	enum group_verdict verdict;
	size_t member;                             /* from 0, where one is to blame */
	char sentence[ANSWER_SENTENCE_MAX];
};

/* ERR_NOT_FOUND: a number or body is not in the register; ERR_LIMIT, ERR_ARGUMENT; ERR_DAMAGED; a sentence each. Reads only. */
MUST_CHECK enum status group_judge(struct txn *t, const struct group_question *q, struct group_answer *out, struct err *err);

#endif
