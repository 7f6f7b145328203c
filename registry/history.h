/* history.h -- which events of the journal are about a certificate, a person or a body, in order.
 *
 * The journal has no index by subject: the records keep the sequence of the last entries and of the last status changes, which is what
 * judging needs, and an index of everything would be one more table to write, to check and to make again for each event. So the whole
 * journal is skimmed, on all cores: 0.1 to 0.2 s for a province.  What is found is read again with its check by whoever shows it; an
 * event damaged so that it seems to be about somebody else is missed here and found by the audit, and the caller can tell when one
 * is missing that a record names (history_has).
 *
 * Whom an event is about stands in the first pairs of its payload; history.c has one table of it, where a new kind of event gets its line. */
#ifndef REGISTRY_HISTORY_H
#define REGISTRY_HISTORY_H

#include "registry/registry.h"

/* Whose events.  Nothing in it: no events. */
struct history_of {
	const uint64_t *holder_ids; size_t holders_n;          /* of these certificates, ascending */
	struct bytes person_id;                    /* and decisions on this person; empty: on nobody */
	struct bytes owner_id;                     /* and entries of this person's certificates; empty: of nobody's */
	struct bytes uscc;                         /* and of this body; empty: of none */
};

struct history { uint64_t *sequences; size_t n; };         /* ascending; owned */
/* As t sees the journal.  threads 0: one for each core. */
MUST_CHECK enum status history_find(struct registry *r, struct txn *t, const struct history_of *of, unsigned threads, struct history *out);
bool history_has(const struct history *h, uint64_t sequence);
void history_free(struct history *h);                      /* idempotent */

/* The certificates of a person, of any kind and state, ascending.  *ids is owned. */
MUST_CHECK enum status person_holders(struct registry *r, struct txn *t, struct bytes person_id, unsigned threads, uint64_t **ids, size_t *n);

#endif
