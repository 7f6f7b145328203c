/* Each function of calls.def, wrapped: it works, or it is this one's turn to fail. */
#include "tests/fault/calls.h"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <zlib.h>

#define WRAPPED(name, type, params, args, failure, is_also_an_answer) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params { return call_fails(CALL_##name, is_also_an_answer) ? (failure) : __real_##name args; }

#define CALL(name, type, params, args, failure) WRAPPED(name, type, params, args, failure, false)
#define ANSWER(name, type, params, args, failure) WRAPPED(name, type, params, args, failure, true)
#define BY_HAND(name)
#include "tests/fault/calls.def"

EVP_PKEY *__real_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *ctx, const char *query, const char *type, ...);
EVP_PKEY *__wrap_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *ctx, const char *query, const char *type, ...);

EVP_PKEY *
__wrap_EVP_PKEY_Q_keygen(OSSL_LIB_CTX *ctx, const char *query, const char *type, ...)
{
	va_list more;
	if (call_fails(CALL_EVP_PKEY_Q_keygen, false))
		return NULL;
	if (strcmp(type, "EC") != 0)
		return __real_EVP_PKEY_Q_keygen(ctx, query, type);
	va_start(more, type);
	const char *curve = va_arg(more, const char *);
	va_end(more);
	return __real_EVP_PKEY_Q_keygen(ctx, query, type, curve);
}

int __real_inflateInit_(z_streamp strm, const char *version, int stream_size);
int __wrap_inflateInit_(z_streamp strm, const char *version, int stream_size);

int
__wrap_inflateInit_(z_streamp strm, const char *version, int stream_size)
{
	if (strm->zalloc == Z_NULL)
		heap_of_zlib_used();
	return call_fails(CALL_inflateInit_, false) ? Z_STREAM_ERROR : __real_inflateInit_(strm, version, stream_size);
}
