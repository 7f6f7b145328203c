/* published.h -- what an office has told the world, read back: to which event of the journal each published status list is bound.
 *
 * From a directory that `yaopai publish` wrote (its bundle) or from a bundle.  Only lists signed by a status key of this home count. */
#ifndef OFFICE_PUBLISHED_H
#define OFFICE_PUBLISHED_H

#include "tools/office/signers.h"

struct published_state {
	struct audit_published *lists;
	size_t n;
	size_t foreign;                        /* lists that no key of this home signed, or that are bound to no event */
};
/* NULL: HOME/published, if it is there.  Free with published_free. */
MUST_CHECK enum status published_load(struct office *o, const char *path, const struct signers *signers, struct published_state *out);
void published_free(struct published_state *p);
/* The one bound to the latest event; NULL: none. */
const struct audit_published *published_newest(const struct published_state *p);

#endif
