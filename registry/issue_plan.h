/* issue_plan.h -- who gets a credential, and the claims to sign: the reading half of issue.h. */
#ifndef REGISTRY_ISSUE_PLAN_H
#define REGISTRY_ISSUE_PLAN_H

#include "registry/issue.h"
#include "registry/issue_worker.h"

struct issue_plan;
MUST_CHECK enum status issue_plan_open(struct registry *r, const struct issue_terms *terms, struct issue_plan **out, struct err *err);
/* Plan from here on, as t sees the register now. */
MUST_CHECK enum status issue_plan_from(struct issue_plan *p, struct txn *t, const struct issue_scan *from,
    const struct counters *counters, struct err *err);
/* Fill c with the next jobs; c->n 0: none left, and c->scan tells the end. */
MUST_CHECK enum status issue_plan_chunk(struct issue_plan *p, struct txn *t, struct issue_chunk *c, struct err *err);
void issue_plan_close(struct issue_plan *p);

#endif
