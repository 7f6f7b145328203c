/* sitelog_file.h -- a site log held open and locked, for sitelog.c (appending) and sitelog_archive.c (putting aside).
 *
 * Lock order: only the log itself is locked, with flock.  Since archiving gives the name to another file, the lock counts only if the
 * name still leads to the file that is locked; sitelog_lock sees to that. */
#ifndef VERIFIER_SITELOG_FILE_H
#define VERIFIER_SITELOG_FILE_H

#include "tools/verifier/sitelog.h"
#include "tools/verifier/sitelog_walk.h"

enum { SITELOG_MODE = 0600, SITELOG_NAME_MAX = SITELOG_PATH_MAX + 64 };

struct sitelog {
	char path[SITELOG_PATH_MAX + 1], head_path[SITELOG_NAME_MAX];
	struct sitelog_options options;
	int fd, head_fd;                   /* -1: not open */
	bool known;                        /* walk.last is where this file's chain stood when it was last locked */
	struct sitelog_walk walk;
	uint8_t encoded[256 << 10];        /* records on their way to the disk */
};

MUST_CHECK enum status sitelog_new(const char *path, const struct sitelog_options *options, struct sitelog **out, struct err *err);

/* Lock the log that stands at the path now, making one where there is none (no head either).  Changing files forgets what was known.
 * No log but a head: ERR_DAMAGED. */
MUST_CHECK enum status sitelog_lock(struct sitelog *log, struct err *err);
void sitelog_unlock(struct sitelog *log);

/* Locked: go to the end of the chain, mend what an interrupted write left, and see to it that there is a head. */
MUST_CHECK enum status sitelog_catch_up(struct sitelog *log, struct err *err);
/* Locked and caught up: write n entries after the last.  All or none. */
MUST_CHECK enum status sitelog_write(struct sitelog *log, const struct sitelog_entry *entries, size_t n, struct err *err);
/* Locked: make the head file say walk.last. */
MUST_CHECK enum status sitelog_head_write(struct sitelog *log, struct err *err);

void sitelog_tell(const struct sitelog *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* FILE.what-N, N the number after the last record; from i = 2 on FILE.what-N.i, for a name that is taken. */
void sitelog_name(const struct sitelog *log, const char *what, unsigned i, char *out, size_t cap);

/* A new log's first bytes, with a random id. */
MUST_CHECK enum status sitelog_opening_make(enum sitelog_reason reason, const struct sitelog_place *previous, int64_t now_unix_s,
    struct buf out, struct bytes *enc, struct err *err);

#endif
