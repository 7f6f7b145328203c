/* devicekey.h -- the public key of a holder's device, as apps hand it in and as a credential's cnf names it.
 *
 * In: a SubjectPublicKeyInfo (RFC 5480; what Android Keystore and the iOS Secure Enclave's exporters give), or a SEC1 point of
 * 33 or 65 bytes (SecKeyCopyExternalRepresentation).  Out: the compressed point.  Only P-256, which is what the secure
 * hardware of phones can sign with. */
#ifndef CRYPTO_DEVICEKEY_H
#define CRYPTO_DEVICEKEY_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/credential.h"

/* ERR_UNSUPPORTED: a key of another kind, which is named.  ERR_FORMAT: no key, or no point of the curve.  The bytes are never
 * part of the sentence: somebody may hand in a private key. */
MUST_CHECK enum status device_key_decode(struct bytes in, uint8_t point[DEVICE_POINT_LEN], struct err *err);

#endif
