/* operator_signer.h -- an operator's own private key, and the signer made of it.
 *
 * The file is PEM (PKCS#8) of mode 0600; who the operator is follows from the key: the register knows its public half. */
#ifndef OFFICE_OPERATOR_SIGNER_H
#define OFFICE_OPERATOR_SIGNER_H

#include "crypto/keyfile.h"
#include "tools/office/office.h"

struct operator_key { const char *path; };     /* --operator-key */

/* The register is open.  o's operator becomes the one whose key it is; one given with --operator must be the same. */
MUST_CHECK enum status operator_signer_open(struct office *o, const struct operator_key *k, struct signer **out);

/* A new pair: the private key in path (which must not exist), the public one in path.pub. */
MUST_CHECK enum status operator_key_make(struct office *o, const char *path, enum key_type type);

#endif
