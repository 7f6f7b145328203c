/* sitelog.h -- the site log: what was checked here, in a chain that shows tampering.
 *
 *	struct sitelog *log;
 *	st = sitelog_open("DIR/log", &(struct sitelog_options){ .now_unix_s = now, .say = say, .say_ctx = NULL }, &log, &err);
 *	st = sitelog_append(log, entries, n, &err);      as often as there are checks
 *	sitelog_close(log);
 *
 * Files: FILE, the log (sitelog_record.h); FILE.head, where it stands (sitelog_head.h); FILE.torn-N, what a power cut left half
 * written, moved aside before record N; FILE.A-B and its .head, an archived log of records A to B; FILE.damaged-N, one that did
 * not hold.  All are made with mode 0600.
 *
 * Any number of processes may append to one log: each append waits for an exclusive flock, reads what others have added and goes
 * on from there.  An append is all or nothing as long as the machine runs: when the disk is full the part written is taken back.  It
 * is on the disk (fdatasync) when it returns OK.  A power cut or kill leaves at most the append that was under way unfinished: whole
 * records of it stay, the bytes of a half-written one are moved aside when the log is next used.  That is told, and leaves a
 * record of its own; so does a head file that had to be made again.
 *
 * A log that does not hold is refused (ERR_DAMAGED) and left as it is: sitelog_archive with `damaged` puts it aside.  Only the end
 * is looked at when appending; sitelog_audit.h looks at all of it.
 *
 * A handle belongs to one thread.  Appending many entries at once is what makes long lists fast: one fdatasync each call. */
#ifndef VERIFIER_SITELOG_H
#define VERIFIER_SITELOG_H

#include "tools/verifier/sitelog_record.h"

#define SITELOG_PATH_MAX 4000u

struct sitelog;

/* What the person at the device should be told, one sentence: bytes were moved aside, a head was made again. */
typedef void sitelog_say(void *ctx, const char *sentence);

struct sitelog_options {
	int64_t now_unix_s;          /* stands in a new log's opening and in a record of mending */
	sitelog_say *say;            /* NULL: nobody to tell */
	void *say_ctx;
};

/* Open the log, or begin one where there is none.  Its end is found through the head file, or by reading all of it if that is
 * missing or damaged.  ERR_DAMAGED: the log does not hold, was cut off, or is gone while its head is still there.  ERR_UNSUPPORTED: a
 * newer program's.  Path too long: ERR_LIMIT.  *out is owned: sitelog_close. */
MUST_CHECK enum status sitelog_open(const char *path, const struct sitelog_options *options, struct sitelog **out, struct err *err);

/* Add n entries in order.  Their texts need to live only during the call.  A group's entry is followed by the checks of its
 * members in the same call.  n = 0: nothing happens.  On failure none was logged, and the handle can be used again:
 *   ERR_ARGUMENT  an entry is not well formed;
 *   ERR_SYSTEM    the disk is full or failing: "judged, but NOT logged";
 *   ERR_DAMAGED   as for sitelog_open. */
MUST_CHECK enum status sitelog_append(struct sitelog *log, const struct sitelog_entry *entries, size_t n, struct err *err);

void sitelog_close(struct sitelog *log);     /* NULL is fine */

struct sitelog_archived {
	char path[SITELOG_PATH_MAX + 64];   /* where the old log is now; "" if it was gone */
	uint64_t first, last;               /* its records, as far as they held; last < first: none */
	int64_t last_unix_s;                /* of its last record; 0 if not known */
};

/* Put the log aside and begin a new one, whose opening carries the old one's last sequence and hash, so that the chain and
 * the numbers go on.  Processes that wait to append go on in the new log.  A log without records: ERR_CONFLICT; no log: ERR_NOT_FOUND.
 * damaged: a log that does not hold is put aside too, whatever is wrong with it, and the opening says so; one that holds: ERR_CONFLICT. */
MUST_CHECK enum status sitelog_archive(const char *path, bool damaged, const struct sitelog_options *options,
    struct sitelog_archived *out, struct err *err);

#endif
