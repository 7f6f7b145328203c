#include "crypto/digest.h"

#include "crypto/openssl_error.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdatomic.h>
#include <stdlib.h>

/* OpenSSL 3.0 looks an algorithm up by name at every use of EVP_sha256(), which costs more than
 * hashing a token does.  Fetched once, never changed after; fetched again if it could not be had. */
struct algorithm { const char *name; _Atomic(EVP_MD *) md; };
static struct algorithm algorithm_sha256 = { "SHA256", NULL }, algorithm_sm3 = { "SM3", NULL };

static const EVP_MD *
fetched(struct algorithm *a)
{
	EVP_MD *md = atomic_load(&a->md), *fresh;
	if (md != NULL || !openssl_is_ready() || (fresh = EVP_MD_fetch(NULL, a->name, NULL)) == NULL)
		return md;
	if (atomic_compare_exchange_strong(&a->md, &md, fresh))
		return fresh;
	EVP_MD_free(fresh); /* another thread was first */
	return md;
}

static enum status
failed(void)
{
	ERR_clear_error();
	return ERR_CRYPTO;
}

static enum status
hash(struct algorithm *a, struct bytes in, struct digest *out)
{
	const EVP_MD *md = fetched(a);
	if (md == NULL || EVP_Digest(in.ptr, in.len, out->b, NULL, md, NULL) != 1)
		return failed();
	return OK;
}

static enum status
hash_parts(struct algorithm *a, const struct bytes *parts, size_t n, struct digest *out)
{
	const EVP_MD *md = fetched(a);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = md != NULL && ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1;
	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, out->b, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? OK : failed();
}

enum status
sha256(struct bytes in, struct digest *out)
{
	return hash(&algorithm_sha256, in, out);
}

enum status
sm3(struct bytes in, struct digest *out)
{
	return hash(&algorithm_sm3, in, out);
}

enum status
sha256_parts(const struct bytes *parts, size_t n, struct digest *out)
{
	return hash_parts(&algorithm_sha256, parts, n, out);
}

enum status
sm3_parts(const struct bytes *parts, size_t n, struct digest *out)
{
	return hash_parts(&algorithm_sm3, parts, n, out);
}

struct mac { EVP_MAC_CTX *ctx; };

static enum status
mac_own(EVP_MAC_CTX *ctx, struct mac **out)
{
	struct mac *m = ctx != NULL ? malloc(sizeof(*m)) : NULL;
	if (m == NULL) {
		EVP_MAC_CTX_free(ctx);
		return failed();
	}
	m->ctx = ctx;
	*out = m;
	return OK;
}

enum status
mac_open(enum profile profile, const struct secret *key, struct mac **out)
{
	assert(profile == PROFILE_INTL || profile == PROFILE_GM);
	char sha[] = "SHA256", sm[] = "SM3";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, profile == PROFILE_GM ? sm : sha, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *hmac = !openssl_is_ready() ? NULL : EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;
	EVP_MAC_free(hmac); /* the context holds its own reference */
	if (ctx != NULL && EVP_MAC_init(ctx, key->b, SECRET_LEN, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		ctx = NULL;
	}
	return mac_own(ctx, out);
}

enum status
mac_dup(const struct mac *m, struct mac **out)
{
	return mac_own(EVP_MAC_CTX_dup(m->ctx), out);
}

void
mac_close(struct mac *m)
{
	if (m == NULL)
		return;
	EVP_MAC_CTX_free(m->ctx);
	free(m);
}

enum status
mac_compute(struct mac *m, const struct bytes *parts, size_t n, struct digest *out)
{
	size_t len = 0;
	bool ok = EVP_MAC_init(m->ctx, NULL, 0, NULL) == 1; /* the same key again */
	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_MAC_update(m->ctx, parts[i].ptr, parts[i].len) == 1;
	ok = ok && EVP_MAC_final(m->ctx, out->b, &len, DIGEST_LEN) == 1 && len == DIGEST_LEN;
	return ok ? OK : failed();
}

enum status
secret_derive(enum profile profile, const struct secret *key, const char *label, struct secret *out)
{
	struct mac *m = NULL;
	struct digest d;
	static const uint8_t one = 0x01; /* RFC 5869 2.3: T(1) = HMAC-Hash(PRK, T(0) | info | 0x01) */
	struct bytes parts[] = { bytes_str(label), { &one, 1 } };

	enum status st = mac_open(profile, key, &m);
	if (st == OK)
		st = mac_compute(m, parts, 2, &d);
	mac_close(m);
	if (st == OK)
		memcpy(out->b, d.b, SECRET_LEN);
	secret_wipe(&d, sizeof(d));
	return st;
}
