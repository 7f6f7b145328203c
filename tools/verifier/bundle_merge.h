/* bundle_merge.h -- a newer bundle of one authority beside what is installed of others.
 *
 * Parts belong to the root whose trust list names their signer.  The merged bundle has every part of `fresh`, and of `installed` the
 * parts of the roots that fresh has no trust list of.  Signatures are not looked at: load the result. */
#ifndef VERIFIER_BUNDLE_MERGE_H
#define VERIFIER_BUNDLE_MERGE_H

#include "base/bytes.h"
#include "base/err.h"

/* *out is owned (free(out->ptr)).  installed may be empty.  *kept: how many parts came from installed. */
MUST_CHECK enum status bundle_merge(struct bytes fresh, struct bytes installed, struct buf *out, size_t *kept, struct err *err);

#endif
