/* remake.h -- the sealed store made anew beside itself and put in its place: under another key (re-sealing), or without a person
 * (erasure).  No page of the new data file was ever part of the old one, so nothing of the old rows is left in free pages.
 *
 * The new store is <dir>.next, filled in transactions of some thousand rows.  When all rows are in it the two directories are
 * exchanged in one step (renameat2 with RENAME_EXCHANGE; ext4, xfs, btrfs and tmpfs know it), and the old store is overwritten with
 * zeros and removed.  A program killed at any moment leaves the old store or the new one in place, whole; the next remake goes on
 * with what it finds in <dir>.next if that is under the new key, and wipes it otherwise.
 * Meanwhile nobody else has the store open (sealed.h).  What a flash disk, a journalling file system, a snapshot or a backup keeps of
 * the old file is beyond it. */
#ifndef REGISTRY_REMAKE_H
#define REGISTRY_REMAKE_H

#include "registry/sealed.h"

struct remake {
	const char *dir;                       /* the sealed store; not open in this process */
	enum profile profile;
	const struct secret *from, *to;        /* its key, and that of the new one (the same for an erasure) */
	struct bytes without;                  /* the person left out; empty: nobody */
	uint64_t generation;                   /* of the new one */
	uint64_t rows_per_commit;              /* 0: some thousand */
	void (*progress)(void *ctx, uint64_t rows); void *ctx;   /* so many more rows are in it, durably; may be NULL */
};
/* *rows: in the new store.  ERR_CONFLICT: another process has the store open and keeps it. */
MUST_CHECK enum status sealed_remake(const struct remake *m, uint64_t *rows, struct err *err);
/* Wipe <dir>.next, which a remake that was killed left behind.  *was_there may be NULL. */
MUST_CHECK enum status remake_leftover_wipe(const char *dir, bool *was_there, struct err *err);

#endif
