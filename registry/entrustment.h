/* entrustment.h -- what an entrusted body's good standing asks of the organ in whose name it acts, as far as this register knows it.
 *
 * The entrusting organ is known by its USCC; one that is not in the register, or whose code was not given, is taken as good.
 * The entrusted body may not pass the entrustment on: an entrusted body of this register entrusts nobody. */
#ifndef REGISTRY_ENTRUSTMENT_H
#define REGISTRY_ENTRUSTMENT_H

#include "registry/body.h"

/* May b be entrusted as its entries say?  ERR_CONFLICT with the reason: its organ is itself, an entrusted body, or abolished;
 * or b itself entrusts others (looked for among all bodies, if is_known: a body that was of another kind until now). */
MUST_CHECK enum status entrustment_check(struct txn *t, const struct body *b, bool is_known, int64_t now_unix_s,
    struct err *err);

/* How many bodies, not abolished at now_unix_s, act in the name of the organ; first: the code of one of them. */
MUST_CHECK enum status entrustment_count(struct txn *t, struct bytes organ, int64_t now_unix_s, uint64_t *n, char first[USCC_LEN + 1]);

#endif
