/* condition.h -- what a certificate is worth at an instant: one word, its term, and what fails first.
 *
 * The words are those a verifier says of its credential (docs/formats.md 8), so that the office, the endpoint and a site speak
 * alike; NOT_ISSUED is the register's own.  Read top-down, the first that holds:
 *   VOID           the certificate is cancelled, revoked or withdrawn: for ever, also past its date
 *   NOT_ISSUED     no credential was signed yet
 *   NOT_YET_VALID  before the day of issue
 *   EXPIRED        past its last day
 *   SUSPENDED      every other cause of effective.h
 *   VALID
 * The term is that of the credential in force: from the day of issue that its entries give, else the day it was signed, to its end.
 * The instant may lie in the past or the future: what is recorded now is applied to it.  A standing keeps only its last
 * STANDING_CHANGES_MAX changes; condition_is_known tells an instant before them. */
#ifndef REGISTRY_CONDITION_H
#define REGISTRY_CONDITION_H

#include "registry/effective.h"

enum condition { CONDITION_VALID = 1, CONDITION_SUSPENDED, CONDITION_VOID, CONDITION_EXPIRED, CONDITION_NOT_YET_VALID,
	CONDITION_NOT_ISSUED };
enum { CONDITION_COUNT = CONDITION_NOT_ISSUED + 1 };
#define CONDITION_SENTENCE_MAX 160u

struct condition_at {
	enum condition is;
	struct effective effective;            /* of certificate, person, body, entrustment, whatever the term */
	int64_t from_unix_s, to_unix_s;        /* the term; both 0 while no credential is signed */
};

const char *condition_text(enum condition c);              /* "VALID", "SUSPENDED", ...; static */
/* ERR_DAMAGED if a record on the way is damaged or missing. */
MUST_CHECK enum status condition_of_holder(struct txn *t, const struct holder *h, const struct entries *e, int64_t unix_s,
    struct condition_at *out);
/* The same where the effective status is known already (effective_cached_holder). */
MUST_CHECK enum status condition_with(struct txn *t, const struct holder *h, const struct entries *e, const struct effective *effective,
    int64_t unix_s, struct condition_at *out);
/* Why, as the end of a sentence: "its body is suspended from 2026-01-05T00:00:00+08:00"; VALID: "it is good". */
const char *condition_explain(const struct condition_at *c, char out[CONDITION_SENTENCE_MAX]);
/* Of a body: void when abolished, expired and not yet valid by its entrustment's term. */
MUST_CHECK enum status condition_of_body(struct txn *t, const struct body *b, int64_t unix_s, struct condition_at *out);
bool condition_is_known(const struct standing *s, int64_t unix_s);

#endif
