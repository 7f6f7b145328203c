/* signed_by.h -- which key signed a credential, read from the kid in its token; and how many live ones a key has signed.
 *
 * The kid is not a field of the credential's record: it is asked for when a key is retired, compromised or a root ended, which is
 * rare, and then a look at each holder's token costs about a second for a province.  Ordinary issuing never asks. */
#ifndef REGISTRY_SIGNED_BY_H
#define REGISTRY_SIGNED_BY_H

#include "crypto/key.h"
#include "registry/registry.h"

/* The kid in the credential's token, and when it was signed (may be NULL). */
MUST_CHECK enum status issued_signer(struct txn *t, const struct issued *c, uint8_t kid[KID_LEN], int64_t *iat_unix_s);

struct signed_by {
	uint8_t kid[KID_LEN];
	int64_t since_unix_s;                  /* count only what was signed from then on */
	uint64_t live;                         /* out: current credentials, not expired, of certificates that are not void */
};
MUST_CHECK enum status signed_by_count(struct registry *r, struct signed_by *keys, size_t n, int64_t now_unix_s, struct err *err);

#endif
