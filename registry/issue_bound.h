/* issue_bound.h -- how many certificates may be issued now: the day's bound of a policy, or what a permission allows.  For issue.c. */
#ifndef REGISTRY_ISSUE_BOUND_H
#define REGISTRY_ISSUE_BOUND_H

#include "registry/issue.h"

/* In a batch that issues, before it does: how many more.  ERR_CONFLICT: a permission that is not open, or not for these terms. */
MUST_CHECK enum status issue_bound(struct batch *b, const struct issue_terms *terms, uint64_t *left, struct err *err);
/* ... and after it did: n were. */
void issue_bound_count(struct batch *b, const struct issue_terms *terms, uint64_t n);
/* Before a run: what it would issue is within the bound, else nothing is issued. */
MUST_CHECK enum status issue_bound_check(struct registry *r, const struct issue_terms *terms, struct err *err);

#endif
