/* bundle_keep.h -- a newer bundle of one authority, and what stays installed of others beside it.
 *
 * Parts belong to the root whose trust list names their signer.  The merged bundle has every part of `fresh`, and of `installed` the
 * parts of the roots that fresh has no trust list of.  Signatures are not looked at: load the result. */
#ifndef VERIFIER_BUNDLE_KEEP_H
#define VERIFIER_BUNDLE_KEEP_H

#include "base/bytes.h"
#include "base/err.h"

/* *out is owned (free(out->ptr)).  installed may be empty.  *kept: how many parts came from installed. */
MUST_CHECK enum status bundle_keep(struct bytes fresh, struct bytes installed, struct buf *out, size_t *kept, struct err *err);

#endif
