#include "crypto/openssl_error.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

/* No memory, a bug, or an algorithm that could not be had: nothing that bytes from outside can bring about. */
static bool
is_own_failure(unsigned long e)
{
	return ERR_SYSTEM_ERROR(e) || ERR_FATAL_ERROR(e) || ERR_GET_REASON(e) == ERR_R_FETCH_FAILED;
}

enum status
openssl_answered(enum status answer)
{
	enum status st = answer;
	unsigned long e;

	while ((e = ERR_get_error()) != 0)
		if (is_own_failure(e))
			st = ERR_CRYPTO;
	return st;
}

enum status
openssl_refused(enum status otherwise)
{
	return openssl_answered(ERR_peek_error() != 0 ? otherwise : ERR_CRYPTO);
}

bool
openssl_is_ready(void)
{
	return OSSL_LIB_CTX_get0_global_default() != NULL;
}
