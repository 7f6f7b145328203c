/* reseal.h -- the sealed store is under another key, as the journal keeps it.
 *
 * EVENT_RESEALED payload: map {0: 1, 1: generation}, from 2 (the first key made generation 1), always the one before plus 1.
 * Meta "resealed": [1, generation, sequence of its event].  What re-seals is remake.h. */
#ifndef REGISTRY_RESEAL_H
#define REGISTRY_RESEAL_H

#include "registry/registry.h"

MUST_CHECK enum status resealing_encode(uint64_t generation, struct buf out, struct bytes *payload);
MUST_CHECK enum status resealing_decode(struct bytes payload, uint64_t *generation);

/* The generation that the journal knows: 1 if it was never re-sealed. */
MUST_CHECK enum status resealed_get(struct txn *t, uint64_t *generation);
void resealed_put(struct txn *t, uint64_t generation, uint64_t sequence);   /* a failure sticks in t */

/* The event and the record, in a transaction of its own. */
MUST_CHECK enum status reseal_record(struct registry *r, uint64_t generation, struct bytes operator, int64_t now_ms, struct err *err);

#endif
