/* sitelog_walk.h -- go through a site log record by record, holding each against the one before.
 *
 *	sitelog_walk_begin(w, fd, end, &err);
 *	while ((st = sitelog_walk_next(w, &record, &err)) == OK) ...
 *	if (st == ERR_NOT_FOUND) all of it held; w->last is where the chain stands
 *
 * Reads with pread through a window of its own, so memory does not grow with the log; the file's position is left alone.  Looks at
 * the first `end` bytes only, whatever is appended meanwhile.  fd is borrowed. */
#ifndef VERIFIER_SITELOG_WALK_H
#define VERIFIER_SITELOG_WALK_H

#include "tools/verifier/sitelog_head.h"
#include "tools/verifier/sitelog_record.h"

struct sitelog_walk {
	int fd;
	uint64_t end;                      /* bytes of the log that are looked at */
	struct sitelog_opening opening;
	struct sitelog_place last;         /* the last record that held; at first the opening */
	bool torn;                         /* after ERR_DAMAGED: what follows `last` is what a write leaves that was cut short: the
	                                    * beginning of a record, or zeros, and nothing after */
	uint64_t window_at;                /* offset of window[0] */
	size_t window_len;
	uint8_t window[64 << 10];          /* large: keep the walk on the heap or static */
};

/* Reads the opening.  Not a site log: ERR_FORMAT; of a newer version: ERR_UNSUPPORTED. */
MUST_CHECK enum status sitelog_walk_begin(struct sitelog_walk *w, int fd, uint64_t end, struct err *err);

/* Go on after `place` instead, if the bytes there are what it says; after the opening if not: then *held is false.  After begin. */
MUST_CHECK enum status sitelog_walk_skip(struct sitelog_walk *w, const struct sitelog_place *place, bool *held, struct err *err);

/* The next record; its texts are valid until the next call.  ERR_NOT_FOUND: none is left, all held.  ERR_DAMAGED: what stands there is
 * not the next record; the sentence says where, what was found and what was wanted. */
MUST_CHECK enum status sitelog_walk_next(struct sitelog_walk *w, struct sitelog_record *out, struct err *err);

#endif
