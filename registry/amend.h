/* amend.h -- office actions on a certificate in force: its entries corrected or moved to another body, and a new credential for one
 * that was damaged, lost or is about to expire.
 *
 * Each enters the entries again with its occasion and particulars (holder.h), effective now: entries stand in a signed credential,
 * so nothing here lies in the future.  The reissue that follows (issue.h, changed) makes the new credential; until it is published
 * the old one is as good as it was, unless it was lost: then it is declared void in the same transaction. */
#ifndef REGISTRY_AMEND_H
#define REGISTRY_AMEND_H

#include "registry/attach.h"

struct amendment {                             /* what is empty or 0 stays as it is */
	struct bytes uscc, name, post;
	enum staff staff;
	uint8_t fields_n, fields[FIELDS_MAX];
	uint32_t jurisdiction;
	struct particulars why;
};
/* The person must be in post; a body given must be registered and good.  Entries that are so already: unchanged, nothing is written.
 * ERR_NOT_FOUND, ERR_CONFLICT with the reason. */
MUST_CHECK enum status amend_certificate(struct batch *b, struct bytes number, const struct amendment *what, struct attached *out,
    struct err *err);

/* A new credential with the same entries and the same end.  Lost: the old credential is void from now on. */
MUST_CHECK enum status replace_damaged(struct batch *b, struct bytes number, const struct particulars *why, struct attached *out,
    struct err *err);
MUST_CHECK enum status replace_lost(struct batch *b, struct bytes number, const struct particulars *why, struct attached *out,
    struct err *err);

/* A new term.  It begins now and ends `months` after the end of the present one, so that nobody loses days by renewing early; if
 * that has ended, `months` from today.  Earlier than window_months before its end it is refused, and so is a renewal for someone who
 * is not in post, whose body is not good, whose review failed or is overdue, or whose certificate is suspended. */
struct renewal { int months, window_months; struct particulars why; };
MUST_CHECK enum status renew_certificate(struct batch *b, struct bytes number, const struct renewal *r, struct attached *out,
    struct err *err);

#endif
