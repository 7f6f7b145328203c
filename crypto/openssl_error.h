/* openssl_error.h -- what OpenSSL's error queue says.  Internal to crypto. */
#ifndef CRYPTO_OPENSSL_ERROR_H
#define CRYPTO_OPENSSL_ERROR_H

#include "base/status.h"

/* After OpenSSL refused something from outside: ERR_CRYPTO if it ran out of memory, else
 * `otherwise`.  Empties the queue. */
enum status openssl_refused(enum status otherwise);

#endif
