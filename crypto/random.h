/* random.h -- bytes from OpenSSL's generator.  Handed to the layers above as a function,
 * so that tests and the sample generator can use a seeded one. */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

MUST_CHECK enum status random_fill(void *out, size_t len);   /* ERR_CRYPTO if it fails */

#endif
