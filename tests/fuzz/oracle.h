/* oracle.h -- the verdict on an example issuer's credential in the golden world, as docs/formats.md 8 read as plain conditions gives it:
 * no table of rules, no shared code but the decoder of claims, which has its own target. */
#ifndef TESTS_FUZZ_ORACLE_H
#define TESTS_FUZZ_ORACLE_H

#include "crypto/credential.h"
#include "verify/yaopai_verify.h"

/* A verifier with the golden ES256 bundle loaded; the same each time. */
struct yp_verifier *oracle_verifier(void);

/* Rules 1 to 9 on claims signed by the example issuer; YP_VALID with *c filled if they hold. */
enum yp_verdict oracle_verdict(struct bytes payload, int64_t now_unix_s, struct credential *c);

/* The trust list's presentation window. */
int64_t oracle_window_s(void);

#endif
