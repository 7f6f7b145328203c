/* staging.h -- several files of the register's home put in place as one change: all of them or none, whatever happens in between.
 *
 * A change is written whole into HOME/next.tmp, at the same names as under HOME, and made durable.  Renaming next.tmp to next
 * is the decision; then every file of it is moved to its place and next is removed.  A program that died before the decision has
 * changed nothing, and the next change wipes what it left; one that died after it is finished by the next change.
 * What stands in next/wipe is wiped once the rest is in its place: second names (hard links) of files that were replaced.
 * Meanwhile nothing signs with a key from a half-moved set: loading a key asks staging_is_settled.
 *
 * One change at a time: the directory keys/ is locked (flock), so the lock ends with the program. */
#ifndef OFFICE_STAGING_H
#define OFFICE_STAGING_H

#include "tools/office/office.h"

#define STAGING_BASE "next.tmp/"              /* what is written under HOME/next.tmp/ ... */

struct staging { struct office *o; int lock; bool finished_earlier; };

/* Take the lock, finish what was decided and interrupted before (finished_earlier tells), wipe what was not decided.
 * Another change at work: ERR_CONFLICT. */
MUST_CHECK enum status staging_open(struct office *o, struct staging *out);
/* Make the directory of a file to come, HOME/next.tmp/<dir>, with those above it. */
MUST_CHECK enum status staging_dir(struct staging *s, const char *dir);
/* Decide, and move everything to its place. */
MUST_CHECK enum status staging_commit(struct staging *s);
void staging_close(struct staging *s);        /* wipes what was not decided; idempotent */
/* OK, or ERR_CONFLICT with a sentence if a decided change waits to be finished. */
MUST_CHECK enum status staging_is_settled(struct office *o);

#endif
