/* issue_plan.h -- who gets a credential, and the claims to sign: the reading half of issue.h. */
#ifndef REGISTRY_ISSUE_PLAN_H
#define REGISTRY_ISSUE_PLAN_H

#include "registry/issue.h"
#include "registry/issue_worker.h"

struct issue_plan;
MUST_CHECK enum status issue_plan_open(struct registry *r, const struct issue_terms *terms, struct issue_result *result,
    struct issue_plan **out, struct err *err);
/* Plan again from the register as t sees it: everything not yet issued. */
MUST_CHECK enum status issue_plan_restart(struct issue_plan *p, struct txn *t, const struct counters *counters, struct err *err);
/* Fill c with the next jobs; c->n 0: none left. */
MUST_CHECK enum status issue_plan_chunk(struct issue_plan *p, struct txn *t, struct issue_chunk *c, struct err *err);
uint64_t issue_plan_total(const struct issue_plan *p);
void issue_plan_close(struct issue_plan *p);

#endif
