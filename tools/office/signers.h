/* signers.h -- every public key that this office ever signed with, as its home knows them: for whoever checks old signatures.
 *
 * From the present generation, the former ones and those whose root has ended: the certificates in keys/ and keys/former/, and those on
 * the generation's trust list.  Only what the generation's root signed counts.  The register need not be open. */
#ifndef OFFICE_SIGNERS_H
#define OFFICE_SIGNERS_H

#include "registry/audit.h"
#include "tools/office/keyring.h"

struct key_set { struct audit_key *keys; size_t n, cap; };
struct signers { struct key_set issuers, status; };

/* No root certificate at all: none, and OK.  Free with signers_free. */
MUST_CHECK enum status signers_load(struct office *o, struct signers *out);
void signers_free(struct signers *s);                      /* idempotent */
const struct public_key *key_set_find(const struct key_set *s, struct bytes kid);   /* NULL: not one of them */

#endif
