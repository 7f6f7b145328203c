/* restore.h -- a register made from a backup, in a directory of its own beside where it is to stand: HOME/restoring-<time>.
 *
 * restored_read fills it; the caller compares and audits; restored_place moves it to its place: first the files (one that is there already must be the
 * same), last the data, by one rename, so that a home has a register only when it has all of it. */
#ifndef OFFICE_RESTORE_H
#define OFFICE_RESTORE_H

#include "registry/audit.h"
#include "registry/backup.h"
#include "tools/office/office.h"

struct restored {
	char work[PATH_MAX_LEN];                      /* "" before it was made */
	struct backup_summary summary;
	uint64_t faults;                              /* rules that events broke when they were entered; told */
};
MUST_CHECK enum status restored_read(struct restored *r, struct office *o, const char *file);
/* Is the restored journal not behind these published lists, and of the same history?  older: behind is told and allowed; another history never is. */
MUST_CHECK enum status restored_check(struct restored *r, struct office *o, const struct audit_published *lists, size_t n, bool older);
MUST_CHECK enum status restored_place(struct restored *r, struct office *o);
void restored_clear(struct restored *r);              /* removes what is left in work */

#endif
