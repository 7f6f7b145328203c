/* answer.h -- what must hold of every answer of the verifier, and the golden bundles to ask it with. */
#ifndef TESTS_FUZZ_ANSWER_H
#define TESTS_FUZZ_ANSWER_H

#include "base/bytes.h"
#include "verify/yaopai_verify.h"

/* A verdict this library gives, a clean sentence, facts that lie within the token kept in the answer. */
void answer_check(const struct yp_answer *a);

/* Both golden bundles in one: trust lists first, then status lists.  Static. */
const struct buf *both_bundles(void);

/* Nothing is remembered of bundles loaded before. */
void forget(struct yp_verifier *v);
/* Those two are in force, and nothing else is remembered. */
void load_good(struct yp_verifier *v);
/* ... and still are: the golden tokens are both VALID, and remembered is what the last of the two calls above left. */
void still_valid(const struct yp_verifier *v);

#endif
