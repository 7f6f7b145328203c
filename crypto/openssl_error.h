/* openssl_error.h -- whether OpenSSL can work, and what its error queue says.  Internal to crypto. */
#ifndef CRYPTO_OPENSSL_ERROR_H
#define CRYPTO_OPENSSL_ERROR_H

#include "base/status.h"

#include <stdbool.h>
/* Both empty the queue.  A library that could not work must never pass for bytes that are wrong, nor for an answer "no".
 *
 * After a call that says why whenever it refuses what came from outside: `otherwise`, unless it says that it failed itself.
 * Silence is such a failure too: there was no memory even for the queue. */
enum status openssl_refused(enum status otherwise);

/* After a call whose "no" or "none" needs no word in the queue: `answer`, unless it says there that it failed itself. */
enum status openssl_answered(enum status answer);

/* To be asked before the first algorithm is looked up.  OpenSSL sets itself up once in a process; if there was no memory for
 * that it never tries again, and 3.0 then crashes in EVP_MD_fetch() and its like, or calls good certificates wrong. */
bool openssl_is_ready(void);

#endif
