#include "crypto/seal.h"

#include "crypto/openssl_error.h"
#include "crypto/random.h"

#include <assert.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#define GCM_NONCE_LEN 12u
#define SM4_NONCE_LEN 16u
#define SM4_KEY_LEN 16u
#define TAG_LEN 16u
#define POOL_LEN 4080u /* a multiple of both nonce lengths */

_Static_assert(POOL_LEN % GCM_NONCE_LEN == 0 && POOL_LEN % SM4_NONCE_LEN == 0, "whole nonces");
_Static_assert(SM4_NONCE_LEN + TAG_LEN <= SEAL_OVERHEAD_MAX, "room");

struct sealer {
	enum profile profile;
	size_t nonce_len;
	EVP_CIPHER_CTX *encrypt, *decrypt;
	struct mac *mac;            /* gm only */
	size_t pool_used;
	pid_t pool_owner;
	uint8_t pool[POOL_LEN];     /* random bytes in stock: asking for 12 costs as much as for 4080 */
};

static enum status
failed(void)
{
	ERR_clear_error();
	return ERR_CRYPTO;
}

/* A child of fork() must not spend its parent's nonces. */
static enum status
nonce_take(struct sealer *s, uint8_t *nonce)
{
	if (s->pool_used == POOL_LEN || s->pool_owner != getpid()) {
		enum status st = random_fill(s->pool, POOL_LEN);
		if (st != OK)
			return st;
		s->pool_used = 0;
		s->pool_owner = getpid();
	}
	memcpy(nonce, s->pool + s->pool_used, s->nonce_len);
	s->pool_used += s->nonce_len;
	return OK;
}

static bool
set_keys(struct sealer *s, const char *cipher_name, const uint8_t *key)
{
	EVP_CIPHER *cipher = !openssl_is_ready() ? NULL : EVP_CIPHER_fetch(NULL, cipher_name, NULL);
	s->encrypt = EVP_CIPHER_CTX_new();
	s->decrypt = EVP_CIPHER_CTX_new();
	bool ok = cipher != NULL && s->encrypt != NULL && s->decrypt != NULL
	    && EVP_EncryptInit_ex2(s->encrypt, cipher, key, NULL, NULL) == 1
	    && EVP_DecryptInit_ex2(s->decrypt, cipher, key, NULL, NULL) == 1;
	EVP_CIPHER_free(cipher);
	return ok;
}

static enum status
open_gm(struct sealer *s, const struct secret *key)
{
	struct secret enc = { { 0 } }, mac = { { 0 } };
	_Static_assert(SM4_KEY_LEN <= SECRET_LEN, "the first bytes are the key");

	enum status st = secret_derive(PROFILE_GM, key, "yp-seal-sm4", &enc);
	if (st == OK)
		st = secret_derive(PROFILE_GM, key, "yp-seal-mac", &mac);
	if (st == OK)
		st = mac_open(PROFILE_GM, &mac, &s->mac);
	if (st == OK && !set_keys(s, "SM4-CTR", enc.b))
		st = failed();
	secret_wipe(&enc, sizeof(enc));
	secret_wipe(&mac, sizeof(mac));
	return st;
}

enum status
sealer_open(enum profile profile, const struct secret *key, struct sealer **out)
{
	assert(profile == PROFILE_INTL || profile == PROFILE_GM);
	struct sealer *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return ERR_SYSTEM;
	s->profile = profile;
	s->nonce_len = profile == PROFILE_GM ? SM4_NONCE_LEN : GCM_NONCE_LEN;
	s->pool_used = POOL_LEN;

	enum status st = OK;
	if (profile == PROFILE_GM)
		st = open_gm(s, key);
	else if (!set_keys(s, "AES-256-GCM", key->b))
		st = failed();
	if (st != OK) {
		sealer_close(s);
		return st;
	}
	*out = s;
	return OK;
}

void
sealer_close(struct sealer *s)
{
	if (s == NULL)
		return;
	EVP_CIPHER_CTX_free(s->encrypt);
	EVP_CIPHER_CTX_free(s->decrypt);
	mac_close(s->mac);
	secret_wipe(s, sizeof(*s));
	free(s);
}

static enum status
gcm_put(struct sealer *s, const uint8_t *nonce, struct bytes aad, struct bytes plain, uint8_t *to)
{
	int n = 0;
	bool ok = EVP_EncryptInit_ex2(s->encrypt, NULL, NULL, nonce, NULL) == 1;
	if (ok && aad.len > 0)
		ok = EVP_EncryptUpdate(s->encrypt, NULL, &n, aad.ptr, (int)aad.len) == 1;
	if (ok && plain.len > 0)
		ok = EVP_EncryptUpdate(s->encrypt, to, &n, plain.ptr, (int)plain.len) == 1;
	ok = ok && EVP_EncryptFinal_ex(s->encrypt, to + plain.len, &n) == 1
	    && EVP_CIPHER_CTX_ctrl(s->encrypt, EVP_CTRL_AEAD_GET_TAG, (int)TAG_LEN, to + plain.len) == 1;
	return ok ? OK : failed();
}

static enum status
gcm_get(struct sealer *s, const uint8_t *nonce, struct bytes aad, struct bytes cipher, uint8_t *to)
{
	int n = 0;
	uint8_t tag[TAG_LEN];
	memcpy(tag, cipher.ptr + cipher.len, TAG_LEN);
	ERR_clear_error(); /* what is said from here on is about this */

	bool ok = EVP_DecryptInit_ex2(s->decrypt, NULL, NULL, nonce, NULL) == 1
	    && EVP_CIPHER_CTX_ctrl(s->decrypt, EVP_CTRL_AEAD_SET_TAG, (int)TAG_LEN, tag) == 1;
	if (ok && aad.len > 0)
		ok = EVP_DecryptUpdate(s->decrypt, NULL, &n, aad.ptr, (int)aad.len) == 1;
	if (ok && cipher.len > 0)
		ok = EVP_DecryptUpdate(s->decrypt, to, &n, cipher.ptr, (int)cipher.len) == 1;
	if (!ok)
		return failed();
	uint8_t none[TAG_LEN]; /* GCM's final writes nothing */
	return EVP_DecryptFinal_ex(s->decrypt, none, &n) == 1 ? OK : openssl_answered(ERR_DAMAGED);
}

static enum status
gm_tag(struct sealer *s, const uint8_t *nonce, struct bytes aad, struct bytes cipher, struct digest *tag)
{
	uint8_t len[8];
	for (size_t i = 0; i < sizeof(len); i++)
		len[i] = (uint8_t)((uint64_t)aad.len >> (8 * (7 - i)));
	struct bytes parts[] = { { len, sizeof(len) }, aad, { nonce, SM4_NONCE_LEN }, cipher };
	return mac_compute(s->mac, parts, sizeof(parts) / sizeof(parts[0]), tag);
}

static enum status
gm_put(struct sealer *s, const uint8_t *nonce, struct bytes aad, struct bytes plain, uint8_t *to)
{
	int n = 0;
	struct digest tag;
	if (EVP_EncryptInit_ex2(s->encrypt, NULL, NULL, nonce, NULL) != 1)
		return failed();
	if (plain.len > 0 && EVP_EncryptUpdate(s->encrypt, to, &n, plain.ptr, (int)plain.len) != 1)
		return failed();
	enum status st = gm_tag(s, nonce, aad, (struct bytes){ to, plain.len }, &tag);
	if (st == OK)
		memcpy(to + plain.len, tag.b, TAG_LEN);
	return st;
}

static enum status
gm_get(struct sealer *s, const uint8_t *nonce, struct bytes aad, struct bytes cipher, uint8_t *to)
{
	int n = 0;
	struct digest tag;
	enum status st = gm_tag(s, nonce, aad, cipher, &tag);
	if (st != OK)
		return st;
	if (!secret_eq(tag.b, cipher.ptr + cipher.len, TAG_LEN))
		return ERR_DAMAGED;
	if (EVP_DecryptInit_ex2(s->decrypt, NULL, NULL, nonce, NULL) != 1)
		return failed();
	if (cipher.len > 0 && EVP_DecryptUpdate(s->decrypt, to, &n, cipher.ptr, (int)cipher.len) != 1)
		return failed();
	return OK;
}

enum status
seal_put(struct sealer *s, struct bytes aad, struct bytes plain, struct buf *out)
{
	size_t room = out->cap - out->len, overhead = s->nonce_len + TAG_LEN;
	uint8_t *nonce = out->ptr + out->len;

	if (plain.len > INT_MAX || aad.len > INT_MAX || room < overhead || room - overhead < plain.len)
		return ERR_LIMIT;
	enum status st = nonce_take(s, nonce);
	if (st == OK && s->profile == PROFILE_GM)
		st = gm_put(s, nonce, aad, plain, nonce + s->nonce_len);
	else if (st == OK)
		st = gcm_put(s, nonce, aad, plain, nonce + s->nonce_len);
	if (st == OK)
		out->len += overhead + plain.len;
	return st;
}

enum status
seal_get(struct sealer *s, struct bytes aad, struct bytes sealed, struct buf *out)
{
	size_t overhead = s->nonce_len + TAG_LEN;
	if (sealed.len < overhead)
		return ERR_DAMAGED;
	struct bytes cipher = { sealed.ptr + s->nonce_len, sealed.len - overhead };
	if (cipher.len > INT_MAX || aad.len > INT_MAX || out->cap - out->len < cipher.len)
		return ERR_LIMIT;

	uint8_t *to = out->ptr + out->len;
	enum status st = s->profile == PROFILE_GM ? gm_get(s, sealed.ptr, aad, cipher, to)
	    : gcm_get(s, sealed.ptr, aad, cipher, to);
	if (st == OK)
		out->len += cipher.len;
	else if (cipher.len > 0)
		secret_wipe(to, cipher.len); /* what GCM decrypted before it knew */
	return st;
}
