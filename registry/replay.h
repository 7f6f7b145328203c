/* replay.h -- the tables made again from the journal: its events applied one after the other to fresh tables.
 *
 * It is a second writing of what the office's actions do (docs/decisions/015): it shares with them the codecs of events and records and
 * nothing else, so that it can find a fault in an action as well as a damaged table.  Under the same check key the tables of a
 * sound register come out equal byte for byte.
 *
 * Two kinds of trouble.  An event that cannot be applied (not the next one, not chained to the one before, not decodable, of a kind
 * or version that this program does not know, about what does not exist) ends the replay: ERR_DAMAGED or ERR_UNSUPPORTED with a sentence.
 * An event that can be applied but broke a rule of the office when it was entered (a second live certificate, claims that are not the
 * entries' ...) is a fault: told through terms.fault, counted, and applied, since what happened happened.
 *
 * The events go into the fresh store, too: it is a whole register when all are applied.  It commits by itself every few thousand
 * events; after a failure the fresh store is of no use.
 *
 * A new kind of event gets a line in the table of replay.c and a function in the file of its noun, declared in replaying.h. */
#ifndef REGISTRY_REPLAY_H
#define REGISTRY_REPLAY_H

#include "registry/registry.h"

struct replay_terms {
	struct store *store;                   /* a register's tables (tables.h), all empty */
	enum profile profile;
	struct secret check_key;               /* the register's: wiped by replay_close */
	/* A rule that an event broke; may be NULL.  The text is one sentence without the event's number. */
	void (*fault)(void *ctx, uint64_t sequence, const char *what); void *fault_ctx;
};

struct replay;
MUST_CHECK enum status replay_open(const struct replay_terms *terms, struct replay **out, struct err *err);
/* The next event, as it stands in the journal.  The view is not kept, but must not lie in the fresh store. */
MUST_CHECK enum status replay_event(struct replay *p, struct bytes event, struct err *err);
/* After the last one: what must still follow, the counters, the last commit. */
MUST_CHECK enum status replay_finish(struct replay *p, struct err *err);
void replay_close(struct replay *p);       /* NULL is fine */

struct replay_state {
	uint64_t sequence;                     /* of the last event applied */
	struct digest head;                    /* its SHA-256 */
	int64_t time_ms;                       /* its time */
	uint64_t faults;
	struct settings settings;              /* once the opening event was applied */
};
struct replay_state replay_state(const struct replay *p);

#endif
