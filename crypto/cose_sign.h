/* cose_sign.h -- making a COSE_Sign1 (RFC 9052 4.2).  Part of the signing library, never of the verifier. */
#ifndef CRYPTO_COSE_SIGN_H
#define CRYPTO_COSE_SIGN_H

#include "crypto/cose.h"
#include "crypto/signer.h"

/* Sign payload under typ and write the object; *enc is a view of out.  scratch: as for cose_to_be_signed.
 * A presentation carries no kid. */
MUST_CHECK enum status cose_sign(struct signer *signer, enum typ typ, struct bytes payload,
    struct buf scratch, struct buf out, struct bytes *enc);

#endif
