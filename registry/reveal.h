/* reveal.h -- somebody is shown sealed data, and why: journalled before it is shown.
 *
 * EVENT_REVEALED payload: map {0: 1, 1: person id (absent: a whole list), 2: reason, 3: how many persons}.  It changes no table. */
#ifndef REGISTRY_REVEAL_H
#define REGISTRY_REVEAL_H

#include "registry/registry.h"

struct revelation { struct bytes person_id, reason; uint64_t count; };   /* person_id empty: a list; else count is 1 */
MUST_CHECK enum status revelation_encode(const struct revelation *r, struct buf out, struct bytes *payload);
MUST_CHECK enum status revelation_decode(struct bytes payload, struct revelation *out);

/* The event, committed: only then may sealed_reveal's answer be shown to anybody.  A transaction of its own. */
MUST_CHECK enum status reveal_record(struct registry *r, const struct revelation *what, struct bytes operator, int64_t now_ms,
    struct err *err);

#endif
