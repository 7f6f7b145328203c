#include "crypto/random.h"

#include "crypto/openssl_error.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/rand.h>

enum status
random_fill(void *out, size_t len)
{
	unsigned char *p = out;

	while (len > 0) {
		int n = len > INT_MAX ? INT_MAX : (int)len;
		if (!openssl_is_ready() || RAND_bytes(p, n) != 1) {
			ERR_clear_error();
			return ERR_CRYPTO;
		}
		p += n;
		len -= (size_t)n;
	}
	return OK;
}
