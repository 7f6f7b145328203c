/* audit_child.h -- an audit in a process of its own, bounded in memory and time.
 *
 * LMDB 0.9 trusts its pages: on a damaged one it may read beyond the map, fail an assertion, or go round in circles.  In a child that is no
 * accident but a finding: the parent tells at what the child was looking when it died.
 *
 * Bounds: private memory (RLIMIT_DATA: the maps of LMDB are shared and count for nothing there, while 64 GiB of address space for each
 * environment would make RLIMIT_AS say nothing) and processor time, by the number of events. */
#ifndef OFFICE_AUDIT_CHILD_H
#define OFFICE_AUDIT_CHILD_H

#include "registry/audit.h"

/* Like audit_run (audit.h), with its callbacks called in this process; the scratch store is made in a fresh directory in scratch_dir and
 * removed.  No environment of LMDB may be open in this process. */
MUST_CHECK enum status audit_in_child(const struct audit_terms *terms, const char *scratch_dir, struct audit_result *out, struct err *err);

#endif
