/* statedir.h -- what a site keeps between checks, in a directory of its own.
 *
 *	DIR/roots/<16 hex digits>.der   the pinned roots, named by the beginning of their SHA-256
 *	DIR/bundle                      the newest bundle that was accepted
 *	DIR/memory                      what must not be forgotten (docs/formats.md 11)
 *	DIR/replay                      live codes already used here (--once)
 *	DIR/site                        the site's name, for the log
 *	DIR/log, DIR/log.head           the site log (sitelog.h)
 *	DIR/portraits                   a pack of portraits, put there by hand
 *	DIR/lock                        locked (flock) by whoever changes bundle, memory or replay
 *
 * Nothing in it is secret, but whoever can write it can make this device forget: mode 0700.  Files are replaced whole.  Bundle is
 * written before memory, and memory is read before bundle, so that a reader between the two never takes the older
 * bundle for a rollback. */
#ifndef VERIFIER_STATEDIR_H
#define VERIFIER_STATEDIR_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

#define STATE_PATH_MAX 4096u

/* Make the directory and DIR/roots where they are not there yet. */
MUST_CHECK enum status statedir_make(const char *dir, struct err *err);
/* A directory that is not there, or was not set up: ERR_NOT_FOUND with what to do. */
MUST_CHECK enum status statedir_check(const char *dir, struct err *err);

MUST_CHECK enum status statedir_path(const char *dir, const char *name, char out[STATE_PATH_MAX], struct err *err);

/* Write DIR/roots/<..>.der; *is_new: it was not there. */
MUST_CHECK enum status statedir_pin(const char *dir, struct bytes root_der, bool *is_new, struct err *err);
/* Visit each pinned root in order of name; stops at the first failure.  More than TRUST_ROOTS_MAX: ERR_LIMIT. */
MUST_CHECK enum status statedir_roots(const char *dir, enum status (*visit)(void *ctx, const char *path, struct err *err), void *ctx,
    struct err *err);

/* The whole file, owned (free(out->ptr)); one that is not there is empty, and OK. */
MUST_CHECK enum status statedir_load(const char *dir, const char *name, size_t len_max, struct buf *out, struct err *err);
MUST_CHECK enum status statedir_save(const char *dir, const char *name, struct bytes data, struct err *err);

/* Wait for the lock.  *fd is for statedir_unlock. */
MUST_CHECK enum status statedir_lock(const char *dir, int *fd, struct err *err);
void statedir_unlock(int fd);    /* -1 is fine */

#endif
