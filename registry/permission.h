/* permission.h -- an approved proposal that lets one run be done: an issue, or a change of keys.
 *
 * It is open from its approval until its own end or until the run is done, whichever is first; a run that was killed goes on under it.
 * What is done under it is counted in the proposal's record, and its end is an event. */
#ifndef REGISTRY_PERMISSION_H
#define REGISTRY_PERMISSION_H

#include "registry/proposal.h"
#include "registry/registry.h"

struct permission { uint8_t mem[EVENT_LEN_MAX]; struct proposed proposed; uint64_t used; };   /* proposed: views of mem */
/* ERR_NOT_FOUND, ERR_CONFLICT with the reason: of another kind, not approved, used up, its time over. */
MUST_CHECK enum status permission_get(struct txn *t, uint64_t sequence, enum proposed_kind kind, int64_t now_unix_s, struct permission *out,
    struct err *err);
/* n more were issued under it; a failure sticks in t. */
void permission_count(struct txn *t, uint64_t sequence, uint64_t n);
/* The run is done: EVENT_RESOLVED, used. */
MUST_CHECK enum status permission_end(struct batch *b, uint64_t sequence, struct err *err);

#endif
