/* asked.h -- one certificate that a question names: found by its number, with all that the rules look at. */
#ifndef REGISTRY_ASKED_H
#define REGISTRY_ASKED_H

#include "registry/condition.h"

struct asked { struct holder holder; struct entries entries; struct condition_at condition; };   /* views until t ends */

/* The certificate alone, in whatever state: ERR_NOT_FOUND, ERR_DAMAGED with a sentence. */
MUST_CHECK enum status asked_holder(struct txn *t, struct bytes number, struct holder *out, struct err *err);
/* ERR_LIMIT, too: the instant lies before all that its standing still tells. */
MUST_CHECK enum status asked_find(struct txn *t, struct bytes number, int64_t unix_s, struct asked *out, struct err *err);
bool asked_same_person(const struct holder *a, const struct holder *b);
const char *asked_number(const struct holder *h, char shown[48]);   /* for a sentence */
/* A body that a question names: ERR_NOT_FOUND, ERR_DAMAGED with a sentence. */
MUST_CHECK enum status asked_body(struct txn *t, struct bytes uscc, struct body *out, struct err *err);

#endif
