/* decide.h -- office actions that change how a certificate, person or body stands. */
#ifndef REGISTRY_DECIDE_H
#define REGISTRY_DECIDE_H

#include "registry/registry.h"

/* The certificate with this number.  ERR_NOT_FOUND, ERR_CONFLICT with the reason (standing.h). REVOKE with a ban
 * sets it on the person. */
MUST_CHECK enum status decide_holder(struct batch *b, struct bytes number, const struct decision *d, struct err *err);
/* The person who holds that number: suspend = not in post, reinstate = back, cancel = left.  Who left can be
 * reinstated once every certificate of before is void; a new row then enters a new one. */
MUST_CHECK enum status decide_person(struct batch *b, struct bytes number, const struct decision *d, struct err *err);
/* suspend, reinstate, cancel (= abolish) a body. */
MUST_CHECK enum status decide_body(struct batch *b, struct bytes uscc, const struct decision *d, struct err *err);

#endif
