#include "crypto/kdf.h"

#include "base/limits.h"
#include "crypto/openssl_error.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

enum kdf
kdf_of_profile(enum profile profile)
{
	return profile == PROFILE_GM ? KDF_PBKDF2_SM3 : KDF_SCRYPT;
}

struct kdf_cost
kdf_cost_default(enum kdf kdf)
{
	return kdf == KDF_PBKDF2_SM3 ? (struct kdf_cost){ .cost = 600000 } : (struct kdf_cost){ .cost = 16, .block = 8, .lanes = 1 };
}

enum status
kdf_cost_check(enum kdf kdf, const struct kdf_cost *c)
{
	switch (kdf) {
	case KDF_SCRYPT:
		return c->cost >= SCRYPT_LOG2_MIN && c->cost <= SCRYPT_LOG2_MAX && c->block == SCRYPT_BLOCK && c->lanes >= 1 &&
		    c->lanes <= SCRYPT_LANES_MAX ? OK : ERR_LIMIT;
	case KDF_PBKDF2_SM3:
		return c->cost >= PBKDF2_ITERATIONS_MIN && c->cost <= PBKDF2_ITERATIONS_MAX && c->block == 0 && c->lanes == 0 ? OK : ERR_LIMIT;
	default:
		return ERR_UNSUPPORTED;
	}
}

static bool
derive(const char *name, const OSSL_PARAM params[], struct secret *out)
{
	EVP_KDF *kdf = !openssl_is_ready() ? NULL : EVP_KDF_fetch(NULL, name, NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	EVP_KDF_free(kdf); /* the context holds its own reference */
	bool ok = ctx != NULL && EVP_KDF_derive(ctx, out->b, SECRET_LEN, params) == 1;
	EVP_KDF_CTX_free(ctx); /* wipes its copy of the passphrase */
	return ok;
}

/* OpenSSL's parameters take pointers to what they only read. */
static void *
readable(struct bytes b)
{
	union { const uint8_t *in; void *out; } p = { .in = b.ptr };
	return p.out;
}

enum status
secret_from_passphrase(enum kdf kdf, const struct kdf_cost *cost, struct bytes passphrase, struct bytes salt, struct secret *out)
{
	enum status st = kdf_cost_check(kdf, cost);
	if (st)
		return st;
	bool is_scrypt = kdf == KDF_SCRYPT;
	char sm3_name[] = "SM3";
	uint64_t n = is_scrypt ? UINT64_C(1) << cost->cost : cost->cost, memory = UINT64_MAX; /* bounded by kdf_cost_check */
	uint32_t r = cost->block, p = cost->lanes;
	OSSL_PARAM secret_and_salt[] = { OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, readable(passphrase), passphrase.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, readable(salt), salt.len) };
	OSSL_PARAM scrypt[] = { secret_and_salt[0], secret_and_salt[1], OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r), OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory), OSSL_PARAM_construct_end() };
	OSSL_PARAM pbkdf2[] = { secret_and_salt[0], secret_and_salt[1], OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &n),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sm3_name, 0), OSSL_PARAM_construct_end() };
	struct secret key = { { 0 } };
	bool ok = derive(is_scrypt ? "SCRYPT" : "PBKDF2", is_scrypt ? scrypt : pbkdf2, &key);
	if (ok)
		*out = key;
	secret_wipe(&key, sizeof(key));
	if (ok)
		return OK;
	ERR_clear_error();
	return ERR_CRYPTO;
}
