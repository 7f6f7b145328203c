#include "crypto/key.h"

#include "crypto/der.h"
#include "crypto/openssl_error.h"
#include "crypto/signature.h"

#include <assert.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define COORDINATE_LEN 32u
#define COMPRESSED_LEN 33u

/* Nothing here changes once made: each check works on its own copy of the template context,
 * which costs a twentieth of making one from the key. */
struct public_key {
	enum key_type type;
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *ecdsa;           /* template: P-256 and SM2 */
	EVP_MD_CTX *eddsa;             /* template: Ed25519 */
	size_t point_len;
	uint8_t point[POINT_LEN_MAX];  /* as it was given */
	struct digest z;               /* SM2 */
};

static const struct { enum alg alg; enum key_type type; } algs[] = {
	{ ALG_ES256, KEY_P256 }, { ALG_ESP256, KEY_P256 },
	{ ALG_EDDSA, KEY_ED25519 }, { ALG_ED25519, KEY_ED25519 },
	{ ALG_SM2, KEY_SM2 },
};

bool
alg_fits(int64_t alg, enum key_type type)
{
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (algs[i].alg == alg)
			return algs[i].type == type;
	return false;
}

enum alg
alg_written(enum key_type type)
{
	assert(type == KEY_P256 || type == KEY_ED25519 || type == KEY_SM2);
	return type == KEY_P256 ? ALG_ES256 : type == KEY_ED25519 ? ALG_EDDSA : ALG_SM2;
}

const char *
key_type_text(enum key_type type)
{
	switch (type) {
	case KEY_P256:    return "ES256";
	case KEY_ED25519: return "Ed25519";
	case KEY_SM2:     return "SM2";
	}
	return "unknown";
}

void
public_key_free(struct public_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_CTX_free(k->ecdsa);
	EVP_MD_CTX_free(k->eddsa);
	EVP_PKEY_free(k->pkey);
	OPENSSL_free(k);
}

enum key_type
public_key_type(const struct public_key *k)
{
	return k->type;
}

static enum status
pkey_from_ec_point(enum key_type type, struct bytes point, EVP_PKEY **out)
{
	char group[2][6] = { "P-256", "SM2" };
	uint8_t copy[POINT_LEN_MAX];
	memcpy(copy, point.ptr, point.len);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group[type == KEY_SM2], 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, point.len),
		OSSL_PARAM_construct_end(),
	};
	enum status st = OK;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type == KEY_SM2 ? "SM2" : "EC", NULL);
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1)
		st = openssl_refused(ERR_CRYPTO);
	else if (EVP_PKEY_fromdata(ctx, out, EVP_PKEY_PUBLIC_KEY, params) != 1)
		st = openssl_refused(ERR_FORMAT); /* no point of the curve */
	EVP_PKEY_CTX_free(ctx);
	return st;
}

static bool
put_coordinate(const EVP_PKEY *pkey, const char *name, uint8_t *to)
{
	BIGNUM *v = NULL;
	bool ok = EVP_PKEY_get_bn_param(pkey, name, &v) == 1
	    && BN_bn2binpad(v, to, (int)COORDINATE_LEN) == (int)COORDINATE_LEN;
	BN_free(v);
	return ok;
}

/* The point as 04 || x || y.  Asking OpenSSL for coordinates costs as much as a third of a signature check, so only on demand. */
static enum status
point_uncompressed(const struct public_key *k, uint8_t out[POINT_LEN_MAX])
{
	if (k->point_len == POINT_LEN_MAX) {
		memcpy(out, k->point, POINT_LEN_MAX);
		return OK;
	}
	out[0] = POINT_CONVERSION_UNCOMPRESSED;
	if (!put_coordinate(k->pkey, OSSL_PKEY_PARAM_EC_PUB_X, out + 1)
	    || !put_coordinate(k->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, out + 1 + COORDINATE_LEN))
		return openssl_refused(ERR_CRYPTO);
	return OK;
}

/* The template and Z. */
static enum status
prepare_ec(struct public_key *k)
{
	uint8_t point[POINT_LEN_MAX];
	k->ecdsa = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	if (k->ecdsa == NULL || EVP_PKEY_verify_init(k->ecdsa) != 1)
		return openssl_refused(ERR_CRYPTO);
	if (k->type != KEY_SM2)
		return OK;
	enum status st = point_uncompressed(k, point);
	return st == OK ? sm2_z(point, &k->z) : st;
}

static enum status
prepare_ed25519(struct public_key *k)
{
	k->pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, k->point, k->point_len);
	k->eddsa = EVP_MD_CTX_new();
	if (k->pkey == NULL || k->eddsa == NULL
	    || EVP_DigestVerifyInit_ex(k->eddsa, NULL, NULL, NULL, NULL, k->pkey, NULL) != 1)
		return openssl_refused(ERR_CRYPTO);
	return OK;
}

static bool
point_is_wellformed(enum key_type type, struct bytes point)
{
	if (type == KEY_ED25519)
		return point.len == COORDINATE_LEN;
	if (point.len == COMPRESSED_LEN)
		return point.ptr[0] == 0x02 || point.ptr[0] == 0x03;
	return point.len == POINT_LEN_MAX && point.ptr[0] == 0x04;
}

enum status
public_key_from_point(enum key_type type, struct bytes point, struct public_key **out)
{
	assert(type == KEY_P256 || type == KEY_ED25519 || type == KEY_SM2);
	if (!point_is_wellformed(type, point))
		return ERR_FORMAT;
	if (!openssl_is_ready())
		return ERR_CRYPTO;
	struct public_key *k = OPENSSL_zalloc(sizeof(*k)); /* beside what OpenSSL keeps of it */
	if (k == NULL)
		return openssl_refused(ERR_CRYPTO);

	k->type = type;
	k->point_len = point.len;
	memcpy(k->point, point.ptr, point.len);
	enum status st = OK;
	if (type == KEY_ED25519)
		st = prepare_ed25519(k);
	else
		st = pkey_from_ec_point(type, point, &k->pkey);
	if (st == OK && type != KEY_ED25519)
		st = prepare_ec(k);
	if (st != OK) {
		public_key_free(k);
		return st;
	}
	*out = k;
	return OK;
}

static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };         /* 1.2.840.10045.2.1 */
static const uint8_t oid_p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }; /* 1.2.840.10045.3.1.7 */
static const uint8_t oid_sm2[] = { 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d };  /* 1.2.156.10197.1.301 */
static const uint8_t oid_ed25519[] = { 0x2b, 0x65, 0x70 };                            /* 1.3.101.112 */

#define OID_IS(b, oid) bytes_eq((b), (struct bytes){ (oid), sizeof(oid) })

/* AlgorithmIdentifier: the algorithm's OID and, but for Ed25519, the curve's. */
static enum status
algorithm_decode(struct bytes alg, enum key_type *type)
{
	struct bytes name = { 0 }, curve = { 0 };

	if (!der_take(&alg, DER_OID, &name, NULL))
		return ERR_FORMAT;
	if (OID_IS(name, oid_ed25519)) {
		*type = KEY_ED25519; /* RFC 8410 3: "the parameters MUST be absent" */
		return alg.len == 0 ? OK : ERR_FORMAT;
	}
	if (!OID_IS(name, oid_ec) && !OID_IS(name, oid_sm2))
		return ERR_UNSUPPORTED;
	if (!der_take(&alg, DER_OID, &curve, NULL) || alg.len != 0)
		return ERR_UNSUPPORTED; /* explicit or absent curve parameters */
	if (OID_IS(curve, oid_sm2))
		*type = KEY_SM2;
	else if (OID_IS(curve, oid_p256) && OID_IS(name, oid_ec))
		*type = KEY_P256;
	else
		return ERR_UNSUPPORTED;
	return OK;
}

enum status
public_key_from_spki(struct bytes der, struct public_key **out)
{
	struct bytes spki, alg, bits;
	enum key_type type = KEY_P256;

	if (!der_take(&der, DER_SEQUENCE, &spki, NULL) || der.len != 0
	    || !der_take(&spki, DER_SEQUENCE, &alg, NULL))
		return ERR_FORMAT;
	enum status st = algorithm_decode(alg, &type);
	if (st != OK)
		return st;
	if (!der_take(&spki, DER_BIT_STRING, &bits, NULL) || spki.len != 0)
		return ERR_FORMAT;
	if (bits.len == 0 || bits.ptr[0] != 0) /* unused bits in the last octet */
		return ERR_FORMAT;
	return public_key_from_point(type, (struct bytes){ bits.ptr + 1, bits.len - 1 }, out);
}

enum status
public_key_point(const struct public_key *k, struct buf *out)
{
	uint8_t point[POINT_LEN_MAX] = { 0 };
	size_t len = k->type == KEY_ED25519 ? k->point_len : POINT_LEN_MAX;
	enum status st = OK;
	if (out->cap - out->len < len)
		return ERR_LIMIT;
	if (k->type == KEY_ED25519)
		memcpy(point, k->point, len);
	else
		st = point_uncompressed(k, point);
	if (st == OK) {
		memcpy(out->ptr + out->len, point, len);
		out->len += len;
	}
	return st;
}

/* result is not 1.  "No" leaves the error queue empty, or with the one thing arithmetic can say about
 * an r and s in range; whatever else is there means that the library could not work. */
static enum status
explain_refusal(int result)
{
	unsigned long e = ERR_peek_error();
	bool said_no = e == 0 ? result == 0
	    : ERR_GET_LIB(e) == ERR_LIB_EC && ERR_GET_REASON(e) == EC_R_POINT_AT_INFINITY;
	ERR_clear_error();
	return said_no ? OK : ERR_CRYPTO;
}

static enum status
check_ecdsa(const struct public_key *k, struct bytes message, const uint8_t *sig, bool *good)
{
	struct digest d;
	uint8_t der[SIGNATURE_DER_MAX];

	if (!signature_is_in_range(k->type, sig))
		return OK;
	enum status st = signature_digest(k->type, &k->z, message, &d);
	if (st != OK)
		return st;
	size_t der_len = signature_to_der(sig, der);

	ERR_clear_error();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(k->ecdsa);
	if (ctx == NULL)
		return openssl_refused(ERR_CRYPTO);
	int result = EVP_PKEY_verify(ctx, der, der_len, d.b, DIGEST_LEN);
	EVP_PKEY_CTX_free(ctx);
	*good = result == 1;
	return result == 1 ? OK : explain_refusal(result);
}

static enum status
try_eddsa(const struct public_key *k, struct bytes message, const uint8_t *sig, bool *good)
{
	ERR_clear_error();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_MD_CTX_copy_ex(ctx, k->eddsa) != 1) {
		EVP_MD_CTX_free(ctx);
		return openssl_refused(ERR_CRYPTO);
	}
	int result = EVP_DigestVerify(ctx, sig, SIGNATURE_LEN, message.ptr, message.len);
	EVP_MD_CTX_free(ctx);
	*good = result == 1;
	return result == 1 ? OK : explain_refusal(result);
}

/* OpenSSL 3.0's Ed25519 says a plain "no" also when it got no memory for its hash.  So a "no" must be said twice, and a hash
 * made in between. */
static enum status
check_eddsa(const struct public_key *k, struct bytes message, const uint8_t *sig, bool *good)
{
	struct digest d;

	enum status st = try_eddsa(k, message, sig, good);
	if (st != OK || *good)
		return st;
	st = sha256(message, &d);
	return st == OK ? try_eddsa(k, message, sig, good) : st;
}

enum status
signature_check(const struct public_key *k, int64_t alg, struct bytes message, struct bytes sig, bool *good)
{
	*good = false;
	if (sig.len != SIGNATURE_LEN || !alg_fits(alg, k->type))
		return OK;
	if (k->type == KEY_ED25519)
		return check_eddsa(k, message, sig.ptr, good);
	return check_ecdsa(k, message, sig.ptr, good);
}
