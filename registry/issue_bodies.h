/* issue_bodies.h -- bodies' own certificates (credential kind 4): one for every body that is good.
 *
 * The number is the body's USCC (docs/formats.md 3): it is unique and known, and a second number would only have to be looked up.
 * The term ends with the setting, or with the entrustment if that ends before.  A body that is suspended, abolished or not entrusted
 * today gets none.  One that is reissued for a compromised key keeps its end, and stays suspended if it is.
 *
 * Signs on one core: a province has some thousand.  Can be killed and run again, as issue.h. */
#ifndef REGISTRY_ISSUE_BODIES_H
#define REGISTRY_ISSUE_BODIES_H

#include "registry/issue.h"

struct body_issue_terms {
	const struct issue_terms *terms;       /* signer, times, validity, changed, reissue, kinds, operator, transaction_rows, progress */
	bool only_again;                       /* only in place of one issued before, as terms say: nobody's first */
	int64_t renew_until_unix_s;            /* also those whose credential ends by then; one that has ended is always replaced */
	void (*refused)(void *ctx, struct bytes uscc, const char *why); void *refused_ctx;   /* may be NULL */
};
struct body_issue_result {
	uint64_t issued, replaced, already, abolished, not_good, refused, changed_waiting, other_kind;
};
/* Also after a failure *out tells what was committed. */
MUST_CHECK enum status issue_bodies_run(struct registry *r, const struct body_issue_terms *terms, struct body_issue_result *out,
    struct err *err);

#endif
