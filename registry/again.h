/* again.h -- a certificate's entries entered again with a change: what attach.h and amend.h have in common.
 *
 * find, change a->e (and a->h.uscc with e.uscc), enter.  The credential is then older than the entries, and a reissue replaces it. */
#ifndef REGISTRY_AGAIN_H
#define REGISTRY_AGAIN_H

#include "registry/attach.h"

struct again {
	struct batch *b;
	struct holder h;
	struct entries e;                      /* without occasion; views of the register until the first write */
	struct err *err;
	uint8_t text[USCC_LEN + NUMBER_LEN_MAX];
};
/* ERR_NOT_FOUND: no such number.  ERR_CONFLICT: void, now or by a decision for later. */
MUST_CHECK enum status again_find(struct again *a, struct bytes number);
/* Enter the changed entries (EVENT_HOLDER_ENTERED) and write the holder; afterwards the views in a->e are stale. */
MUST_CHECK enum status again_enter(struct again *a);
void again_tell(const struct again *a, enum entered what, struct attached *out);

/* Before entries of a certificate that has a credential change: keep the day of its first one, from which the periodic review is
 * counted, since the reissue brings another. */
MUST_CHECK enum status entries_keep_first_issue(struct txn *t, const struct holder *h, struct entries *e);

#endif
