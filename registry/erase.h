/* erase.h -- a person's sealed data erased, on lawful request.
 *
 * EVENT_ERASED payload: map {0: 1, 1: person id, 2: ground, 3: organ, 4: document number, 5: reviewer (optional), 6: in spite of what,
 * and by whose order (optional)}.  The person's record then carries the event's sequence (person.h).  The event comes first, the rows
 * after it (remake.h): killed in between, the same erasure asked for again goes on.
 *
 * Identity number and its hash go; the random person id stays under the certificates, and so do name, entries and tokens, which
 * stand in the journal: it is chained and cannot forget.  The same number entered later is a new person. */
#ifndef REGISTRY_ERASE_H
#define REGISTRY_ERASE_H

#include "registry/registry.h"

struct erasure {
	struct bytes person_id;
	struct bytes ground, organ, document;  /* compulsory */
	struct bytes reviewer, despite;        /* may be empty */
};
MUST_CHECK enum status erasure_encode(const struct erasure *e, struct buf out, struct bytes *payload);
MUST_CHECK enum status erasure_decode(struct bytes payload, struct erasure *out);

/* When the last of the person's certificates has been kept long enough: keep_years after it would have expired, or became void if that
 * was later.  Reads all holders.  A certificate that is not void nor expired at now, or a ban on re-applying that runs: ERR_CONFLICT
 * with which. */
MUST_CHECK enum status erase_due(struct txn *t, struct bytes person_id, int keep_years, int64_t now_unix_s, int64_t *due_unix_s,
    struct err *err);
/* The event and the person's mark.  Erased before: ERR_CONFLICT.  What may be erased when is the caller's to ask (erase_due). */
MUST_CHECK enum status erase_person(struct batch *b, const struct erasure *e, struct err *err);

#endif
