/* effective.h -- is this certificate good today, and if not, what fails first?  Computed, never stored.
 *
 * Order of naming: credential (replaced), certificate, person, body, entrustment, qualification.  An entrustment holds within its term
 * while the entrusting organ, if this register knows it, is neither suspended nor abolished nor itself entrusted (entrustment.h).
 * Published value (docs/formats.md 5):
 * 1 for ever if the credential or its certificate is void (cancelled, revoked, withdrawn, replaced), or the body abolished whose own
 * certificate it is; 2 for every other cause; else 0.  A body's own certificate asks for credential, body and entrustment. */
#ifndef REGISTRY_EFFECTIVE_H
#define REGISTRY_EFFECTIVE_H

#include "registry/qualification.h"

enum cause { CAUSE_NONE = 0, CAUSE_CREDENTIAL, CAUSE_CERTIFICATE, CAUSE_PERSON, CAUSE_BODY, CAUSE_ENTRUSTMENT,
	CAUSE_QUALIFICATION };
struct effective {
	uint8_t value;                         /* STATUS_VALID, STATUS_INVALID, STATUS_SUSPENDED (crypto/statuslist.h) */
	enum cause cause;
	struct change change;                  /* of an entrustment: its organ's; action NONE: outside its term, or passed on */
	enum shortfall shortfall;              /* of a qualification, whose change has no action; since when may be 0: not known */
	bool overdue;                          /* a suspension past its end date */
};
const char *cause_text(enum cause c);

/* ERR_DAMAGED if a record on the way is damaged or missing. */
MUST_CHECK enum status effective_of_issued(struct txn *t, const struct issued *c, int64_t now_unix_s, struct effective *out);
MUST_CHECK enum status effective_of_holder(struct txn *t, const struct holder *h, int64_t now_unix_s, struct effective *out);
/* Body and entrustment alone. */
MUST_CHECK enum status effective_of_body(struct txn *t, const struct body *b, int64_t now_unix_s, struct effective *out);

/* For passes over everything: bodies' states at one instant, computed once each.  Not thread-safe. */
struct effective_cache;
MUST_CHECK enum status effective_cache_open(struct txn *t, int64_t now_unix_s, struct effective_cache **out);
MUST_CHECK enum status effective_cached(struct effective_cache *c, const struct issued *issued, struct effective *out);
MUST_CHECK enum status effective_cached_holder(struct effective_cache *c, const struct holder *h, struct effective *out);
void effective_cache_close(struct effective_cache *c);

#endif
