/* carry.h -- writing records back, and recording a decision on one, inside a batch.  For the office actions. */
#ifndef REGISTRY_CARRY_H
#define REGISTRY_CARRY_H

#include "registry/registry.h"

/* Encode and put; a failure sticks in b->txn. */
void batch_put_body(struct batch *b, const struct body *body);
void batch_put_person(struct batch *b, const struct person *p);
void batch_put_holder(struct batch *b, const struct holder *h);
void batch_put_issued(struct batch *b, const struct issued *c);

/* May b change the status of what is on record?  With four eyes only by an approval: ERR_CONFLICT with what to do.  batch_decide asks it;
 * an action that changes a status in another way asks it first. */
MUST_CHECK enum status batch_may_change_status(const struct batch *b, struct err *err);

/* Append EVENT_STANDING_CHANGED and add the change to s.  ERR_CONFLICT with the reason: then nothing was written.
 * A status that comes with the entry of what is not on record yet is part of that entry, and needs no second operator. */
MUST_CHECK enum status batch_decide(struct batch *b, enum subject kind, struct bytes key, struct bytes number,
    const struct decision *d, struct standing *s, struct err *err);

/* The decision that an import carries over from a status word; effective now. */
struct decision carried_decision(const struct batch *b, enum action action);

#endif
