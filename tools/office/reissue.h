/* reissue.h -- credentials that an import has made old, replaced at once with the issuer's key.
 *
 * Only certificates that have a credential are reissued: what was never issued waits for yaopai issue as before.  A run that was
 * killed between import and reissue is healed by importing again: the rows change nothing, and their credentials are still older
 * than their entries. */
#ifndef OFFICE_REISSUE_H
#define OFFICE_REISSUE_H

#include "registry/issue.h"
#include "tools/office/office.h"

struct reissue_list { uint64_t *ids; size_t n, cap; bool failed; };     /* zeroed = none */

void reissue_add(struct reissue_list *r, uint64_t holder_id);           /* no memory sticks */
void reissue_free(struct reissue_list *r);

/* Can this machine issue?  To be asked before anything is entered. */
MUST_CHECK enum status reissue_check(struct office *o);
MUST_CHECK enum status reissue_run(struct office *o, struct reissue_list *r, struct issue_result *out);

/* Issue with the office's issuer key under its configuration; progress and refusals are told on standard error.  The register
 * is open for writing.  terms: what the caller chose, the rest is filled in.  cmd_issue.c. */
MUST_CHECK enum status office_issue(struct office *o, struct issue_terms *terms, struct issue_result *out);
/* Is the issuer's key here, and does the trust list let it sign? */
MUST_CHECK enum status office_can_issue(struct office *o);

#endif
