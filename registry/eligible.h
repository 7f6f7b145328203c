/* eligible.h -- who may be certified: what is asked of person and entries before a credential is signed (issue_plan.h).
 *
 * In this order, the first that fails is the reason:
 *   the person is in post: has not left, is not suspended;
 *   no ban on re-applying runs, for a certificate that has no credential yet;
 *   the person holds no other certificate of the kind;
 *   enforcement: the staff type and the passed exam are recorded, of whom the settings ask it; no valid ministry certificate stands
 *   instead (settings);
 *   moderators: training and exam are recorded.
 * A date in the future has not come.  The body is the plan's to look at. */
#ifndef REGISTRY_ELIGIBLE_H
#define REGISTRY_ELIGIBLE_H

#include "registry/issue.h"
#include "registry/rules.h"

struct eligible_terms { struct eligibility asked; struct rules rules; int64_t now_unix_s; };
/* *why NULL, or the reason, static.  ERR_DAMAGED: a record cannot be read. */
MUST_CHECK enum status eligible_check(struct txn *t, const struct eligible_terms *terms, const struct holder *h, const struct entries *e,
    const char **why);

#endif
