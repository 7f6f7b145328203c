/* journal.h -- the journal alone, when the tables are not to be believed: for audit, rebuild and backup. */
#ifndef REGISTRY_JOURNAL_H
#define REGISTRY_JOURNAL_H

#include "registry/replay.h"

/* Open a register's environment (its own directory) without asking its tables anything: the profile is the one under which the
 * journal's first events hold.  ERR_CONFLICT: none holds, so it is another register's key.  ERR_DAMAGED: the file is no store. */
MUST_CHECK enum status journal_open(const char *dir, enum store_mode mode, const struct secret *check_key, struct store **out,
    enum profile *profile, struct err *err);

/* Hand every event to `take`, from the first, in order: whole, in its place.  What is not ends it with ERR_DAMAGED and a sentence; so
 * does a status of take.  *count (may be NULL) counts those handed over. */
typedef enum status (*journal_taker)(void *ctx, struct bytes event, struct err *err);
MUST_CHECK enum status journal_each(struct txn *t, journal_taker take, void *ctx, uint64_t *count, struct err *err);

struct journal_copy {
	struct txn *from;
	struct store *to;                      /* fresh */
	enum profile profile;
	const struct secret *check_key;
	void (*fault)(void *ctx, uint64_t sequence, const char *what);
	void (*progress)(void *ctx, uint64_t done, uint64_t total); /* may be NULL */
	void *ctx;
};
/* Replay the journal into `to` and flush it. */
MUST_CHECK enum status journal_replay(const struct journal_copy *c, struct replay_state *out, struct err *err);

#endif
