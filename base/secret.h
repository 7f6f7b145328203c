/* secret.h -- bytes that must be wiped when done and compared in constant time. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/bytes.h"

#define SECRET_LEN 32u
struct secret { uint8_t b[SECRET_LEN]; };

void secret_wipe(void *p, size_t len);                    /* not optimised away */
bool secret_eq(const void *a, const void *b, size_t len); /* time depends on len only */

#endif
