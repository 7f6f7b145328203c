/* der.h -- the little of DER (X.690) that keys and signatures need.
 *
 * Strict: one-byte tags, definite lengths in their shortest form, at most 65535.
 * Views point into the input; nothing is allocated.  Internal to crypto. */
#ifndef CRYPTO_DER_H
#define CRYPTO_DER_H

#include "base/bytes.h"

enum { DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_NULL = 0x05, DER_OID = 0x06, DER_SEQUENCE = 0x30 };

/* Take the element with this tag off the front of in.  False, and in untouched, if
 * something else stands there.  whole covers tag and length too; either may be NULL. */
bool der_take(struct bytes *in, uint8_t tag, struct bytes *content, struct bytes *whole);

#endif
