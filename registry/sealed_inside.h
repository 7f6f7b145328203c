/* sealed_inside.h -- what the sealed store's own files share: opening without the lock, rows put as they are.  Only sealed*.c include it. */
#ifndef REGISTRY_SEALED_INSIDE_H
#define REGISTRY_SEALED_INSIDE_H

#include "registry/sealed.h"

/* Hold the directory (flock), shared or alone; waits for others at most half a minute, then ERR_CONFLICT.  *fd: close(2) lets go. */
MUST_CHECK enum status sealed_lock(const char *dir, bool alone, int *fd, struct err *err);
/* As sealed_open, by a caller who holds the lock. */
MUST_CHECK enum status sealed_open_locked(const char *dir, enum store_mode mode, enum profile profile, const struct secret *key,
    struct sealed **out, struct err *err);
/* Row and hash of a person that has neither yet; a failure sticks in t. */
void sealed_put(struct sealed *s, struct txn *t, struct bytes person_id, struct bytes idnumber);
void sealed_put_generation(struct sealed *s, struct txn *t, uint64_t generation);

#endif
