/* trusted.h -- what a judgement rests on: the pinned roots, the memory of what was accepted, a bundle, and the verifier over them. */
#ifndef VERIFIER_TRUSTED_H
#define VERIFIER_TRUSTED_H

#include "tools/verifier/verifier.h"

struct trusted {
	struct buf bundle;                    /* owned; the verifier looks into it */
	struct buf memory;                    /* owned; as it was found in the state directory */
	void *workspace;                      /* owned */
	struct yp_verifier *verifier;
};

/* A verifier with room for `lists` status lists, with the roots of the options and of the state directory pinned and the memory
 * of the state directory put in; no bundle yet.  No root at all: ERR_ARGUMENT.  Close it also after a failure. */
MUST_CHECK enum status trusted_open(const struct settings *s, size_t lists, struct trusted *t, struct err *err);

/* Open with the bundle of the options, or the one installed, loaded. */
MUST_CHECK enum status trusted_load(const struct settings *s, int64_t now_unix_s, struct trusted *t, struct err *err);

/* If the bundle taught something new, write the memory to the state directory, after another process's if there was one
 * meanwhile.  Without a state directory: nothing. */
MUST_CHECK enum status trusted_remember(const struct settings *s, int64_t now_unix_s, struct trusted *t, struct err *err);

/* The verifier's memory as bytes; owned: free(out->ptr). */
MUST_CHECK enum status trusted_memory(const struct trusted *t, struct buf *out, struct err *err);

void trusted_close(struct trusted *t);

/* How the bundle stands at an instant, by the oldest of its lists. */
enum freshness { FRESH, STALE, EXPIRED };
enum freshness freshness_of(const struct yp_bundle_info *info, int64_t now_unix_s);
const char *freshness_text(enum freshness f, bool chinese);    /* "fresh", "最新", ... */

/* By how many seconds the clock is behind what was accepted already, beyond the 300 s that clocks may differ; 0: it is not. */
int64_t clock_behind_s(const struct yp_bundle_info *info, int64_t now_unix_s);

#endif
