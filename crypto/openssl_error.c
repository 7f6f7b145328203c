#include "crypto/openssl_error.h"

#include <openssl/err.h>

enum status
openssl_refused(enum status otherwise)
{
	enum status st = otherwise;
	unsigned long e;

	while ((e = ERR_get_error()) != 0)
		if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
			st = ERR_CRYPTO;
	return st;
}
