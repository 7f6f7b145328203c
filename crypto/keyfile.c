#include "crypto/keyfile.h"

#include "crypto/certificate.h"
#include "crypto/openssl_error.h"
#include "crypto/openssl_key.h"
#include "crypto/signature.h"

#include <assert.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#define SPKI_LEN_MAX 256u  /* of our three types: 91 at most, with room for explicit curves to be refused by name */

static enum status
key_own(EVP_PKEY *pkey, enum key_type type, struct private_key **out)
{
	struct private_key *k = malloc(sizeof(*k));
	if (k == NULL) {
		EVP_PKEY_free(pkey);
		return ERR_SYSTEM;
	}
	k->type = type;
	k->pkey = pkey;
	*out = k;
	return OK;
}

enum status
private_key_generate(enum key_type type, struct private_key **out)
{
	assert(type == KEY_P256 || type == KEY_ED25519 || type == KEY_SM2);
	if (!openssl_is_ready())
		return ERR_CRYPTO;
	EVP_PKEY *pkey = type == KEY_P256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
	    : EVP_PKEY_Q_keygen(NULL, NULL, type == KEY_SM2 ? "SM2" : "ED25519");
	if (pkey == NULL)
		return openssl_refused(ERR_CRYPTO);
	return key_own(pkey, type, out);
}

void
private_key_free(struct private_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey); /* OpenSSL wipes the private half with the last reference */
	free(k);
}

enum key_type
private_key_type(const struct private_key *k)
{
	return k->type;
}

static enum status
append(struct buf *out, const void *p, long len)
{
	if (len < 0 || (size_t)len > out->cap - out->len)
		return ERR_LIMIT;
	memcpy(out->ptr + out->len, p, (size_t)len);
	out->len += (size_t)len;
	return OK;
}

static enum status
pkey_spki(const EVP_PKEY *pkey, struct buf *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der);
	enum status st = len > 0 ? append(out, der, len) : openssl_refused(ERR_CRYPTO);
	OPENSSL_free(der);
	return st;
}

/* EVP_PKEY_is_a() says "no" also when it got no memory; its public half cannot. */
static enum status
pkey_type(const EVP_PKEY *pkey, enum key_type *type)
{
	uint8_t mem[SPKI_LEN_MAX];
	struct buf spki = BUF_OF(mem);
	struct public_key *pub = NULL;

	enum status st = pkey_spki(pkey, &spki);
	if (st == OK)
		st = public_key_from_spki(buf_view(&spki), &pub);
	if (st == OK)
		*type = public_key_type(pub);
	public_key_free(pub);
	return st == ERR_LIMIT ? ERR_UNSUPPORTED : st; /* longer than any key of ours: RSA */
}

/* A file may hold a public half that is not its private half's: its signatures would be no good. */
static bool
halves_match(EVP_PKEY *pkey)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	bool ok = ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static enum status
pkey_decode(const unsigned char *der, long len, EVP_PKEY **out)
{
	const unsigned char *p = der;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, len);
	enum status st = info == NULL ? openssl_refused(ERR_FORMAT) : p != der + len ? ERR_FORMAT : OK;

	if (st == OK && (*out = EVP_PKCS82PKEY(info)) == NULL)
		st = openssl_refused(ERR_FORMAT);
	PKCS8_PRIV_KEY_INFO_free(info);
	return st;
}

static enum status
pkey_from_pkcs8(const unsigned char *der, long len, EVP_PKEY **out, enum key_type *type, struct err *err)
{
	EVP_PKEY *pkey = NULL;

	ERR_clear_error(); /* what is said from here on is about this key */
	enum status st = pkey_decode(der, len, &pkey);
	if (st != OK)
		return err_set(err, st, "private key: the PEM block holds no PKCS#8 key this program can read");
	st = pkey_type(pkey, type);
	if (st != OK)
		err_set(err, st, "private key: it must be P-256, Ed25519 or SM2");
	else if (!halves_match(pkey))
		st = err_set(err, openssl_refused(ERR_FORMAT), "private key: its private and public halves do not belong together");
	if (st != OK) {
		EVP_PKEY_free(pkey);
		return st;
	}
	*out = pkey;
	return OK;
}

/* Where OpenSSL computes a public half it may hide behind a reason of the key's that it got no memory: only what it says
 * twice is believed. */
static enum status
key_from_pkcs8(const unsigned char *der, long len, struct private_key **out, struct err *err)
{
	enum key_type type = KEY_P256;
	EVP_PKEY *pkey = NULL;

	if (!openssl_is_ready())
		return err_set(err, ERR_CRYPTO, "private key: OpenSSL could not work");
	enum status st = pkey_from_pkcs8(der, len, &pkey, &type, NULL);
	if (st != OK)
		st = pkey_from_pkcs8(der, len, &pkey, &type, err);
	return st == OK ? key_own(pkey, type, out) : st;
}

static enum status
key_from_block(const char *name, const char *header, const unsigned char *der, long len, struct private_key **out,
    struct err *err)
{
	if (strcmp(name, PEM_STRING_PKCS8) == 0 || strstr(header, "ENCRYPTED") != NULL)
		return err_set(err, ERR_UNSUPPORTED, "private key: it is encrypted with a pass phrase, which this program "
		    "never asks for; decrypt it first (openssl pkey -in KEY -out PLAIN) and keep it mode 0600");
	if (strcmp(name, PEM_STRING_PKCS8INF) != 0)
		return err_set(err, ERR_UNSUPPORTED, "private key: wanted one PEM block \"PRIVATE KEY\" (PKCS#8); "
		    "convert with openssl pkcs8 -topk8 -nocrypt");
	return key_from_pkcs8(der, len, out, err);
}

enum status
private_key_from_pem(struct bytes pem, struct private_key **out, struct err *err)
{
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len = 0;
	enum status st;
	BIO *bio = NULL;

	if (pem.len == 0 || pem.len > INT_MAX)
		st = err_set(err, ERR_FORMAT, "private key: no PEM block in it");
	else if ((bio = BIO_new_mem_buf(pem.ptr, (int)pem.len)) == NULL)
		st = err_set(err, openssl_refused(ERR_CRYPTO), "private key: cannot read this text");
	else if (PEM_read_bio_ex(bio, &name, &header, &der, &len, PEM_FLAG_SECURE) != 1)
		st = err_set(err, openssl_refused(ERR_FORMAT), "private key: no PEM block in it");
	else
		st = key_from_block(name, header, der, len, out, err);
	OPENSSL_secure_free(name);
	OPENSSL_secure_free(header);
	OPENSSL_secure_clear_free(der, (size_t)len);
	BIO_free(bio);
	return st;
}

enum status
private_key_to_pem(const struct private_key *k, struct buf *out)
{
	char *p = NULL;
	enum status st;
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		st = openssl_refused(ERR_CRYPTO);
	} else {
		long len = BIO_get_mem_data(bio, &p);
		st = append(out, p, len);
	}
	BIO_free(bio);
	return st;
}

enum status
private_key_spki(const struct private_key *k, struct buf *out)
{
	return pkey_spki(k->pkey, out);
}

/* Contexts made once and used for every signature: making one costs as much as hashing ten tokens. */
struct key_signer {
	struct signer base;       /* first: a struct signer * of ours is one of these */
	EVP_PKEY *pkey;           /* shared by reference count; never changes */
	EVP_PKEY_CTX *ecdsa;      /* P-256, SM2 */
	EVP_MD_CTX *eddsa;        /* Ed25519 */
	struct digest z;          /* SM2 */
};

static enum status
sign_ecdsa(struct signer *self, struct bytes message, uint8_t sig[SIGNATURE_LEN])
{
	struct key_signer *s = (struct key_signer *)self;
	struct digest d;
	uint8_t der[SIGNATURE_DER_MAX];
	size_t len = sizeof(der);

	enum status st = signature_digest(s->base.type, &s->z, message, &d);
	if (st != OK)
		return st;
	if (EVP_PKEY_sign(s->ecdsa, der, &len, d.b, DIGEST_LEN) != 1)
		return openssl_refused(ERR_CRYPTO);
	return signature_from_der((struct bytes){ der, len }, sig) ? OK : ERR_CRYPTO;
}

static enum status
sign_eddsa(struct signer *self, struct bytes message, uint8_t sig[SIGNATURE_LEN])
{
	struct key_signer *s = (struct key_signer *)self;
	uint8_t made[SIGNATURE_LEN];
	size_t len = sizeof(made);

	/* Again with the key it has: later releases of OpenSSL refuse a context once used. */
	if (EVP_DigestSignInit(s->eddsa, NULL, NULL, NULL, NULL) != 1
	    || EVP_DigestSign(s->eddsa, made, &len, message.ptr, message.len) != 1 || len != SIGNATURE_LEN)
		return openssl_refused(ERR_CRYPTO);
	memcpy(sig, made, SIGNATURE_LEN);
	return OK;
}

static void
close_signer(struct signer *self)
{
	struct key_signer *s = (struct key_signer *)self;
	EVP_PKEY_CTX_free(s->ecdsa);
	EVP_MD_CTX_free(s->eddsa);
	EVP_PKEY_free(s->pkey);
	free(s);
}

static enum status dup_signer(const struct signer *self, struct signer **out);

static bool
prepare(struct key_signer *s)
{
	if (s->base.type == KEY_ED25519) {
		s->eddsa = EVP_MD_CTX_new();
		return s->eddsa != NULL
		    && EVP_DigestSignInit_ex(s->eddsa, NULL, NULL, NULL, NULL, s->pkey, NULL) == 1;
	}
	s->ecdsa = EVP_PKEY_CTX_new_from_pkey(NULL, s->pkey, NULL);
	return s->ecdsa != NULL && EVP_PKEY_sign_init(s->ecdsa) == 1;
}

static enum status
make_signer(enum key_type type, EVP_PKEY *pkey, const uint8_t kid[KID_LEN], const struct digest *z, struct signer **out)
{
	struct key_signer *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return ERR_SYSTEM;
	s->base = (struct signer){
		.type = type, .sign = type == KEY_ED25519 ? sign_eddsa : sign_ecdsa,
		.dup = dup_signer, .close = close_signer,
	};
	memcpy(s->base.kid, kid, KID_LEN);
	s->z = *z;
	if (EVP_PKEY_up_ref(pkey) == 1)
		s->pkey = pkey;
	if (s->pkey == NULL || !prepare(s)) {
		close_signer(&s->base);
		return openssl_refused(ERR_CRYPTO);
	}
	*out = &s->base;
	return OK;
}

static enum status
dup_signer(const struct signer *self, struct signer **out)
{
	const struct key_signer *s = (const struct key_signer *)self;
	return make_signer(s->base.type, s->pkey, s->base.kid, &s->z, out);
}

static enum status
key_point(const struct private_key *k, uint8_t mem[POINT_LEN_MAX], struct bytes *point)
{
	uint8_t spki_mem[SPKI_LEN_MAX];
	struct buf spki = BUF_OF(spki_mem), out = { mem, POINT_LEN_MAX, 0 };
	struct public_key *pub = NULL;

	enum status st = private_key_spki(k, &spki);
	if (st == OK)
		st = public_key_from_spki(buf_view(&spki), &pub);
	if (st == OK)
		st = public_key_point(pub, &out);
	public_key_free(pub);
	*point = buf_view(&out);
	return st;
}

/* The kid of this certificate, which must be one for this key. */
static enum status
certificate_kid(struct bytes der, enum key_type type, struct bytes point, uint8_t kid[KID_LEN], struct err *err)
{
	struct certificate c = { 0 };
	uint8_t mem[POINT_LEN_MAX];
	struct buf other = BUF_OF(mem);

	enum status st = certificate_decode(der, &c, err);
	if (st != OK)
		return st;
	st = public_key_point(c.key, &other);
	if (st == OK && (public_key_type(c.key) != type || !bytes_eq(buf_view(&other), point)))
		st = err_set(err, ERR_CONFLICT, "the certificate of \"%s\" is for another key than this private key", c.subject);
	if (st == OK)
		memcpy(kid, c.kid, KID_LEN);
	certificate_clear(&c);
	return st;
}

enum status
signer_from_key(const struct private_key *k, struct bytes cert_der, struct signer **out, struct err *err)
{
	uint8_t mem[POINT_LEN_MAX], kid[KID_LEN] = { 0 };
	struct digest z = { { 0 } };
	struct bytes point;

	enum status st = key_point(k, mem, &point);
	if (st == OK && k->type == KEY_SM2)
		st = sm2_z(mem, &z);
	if (st != OK)
		return err_set(err, st, "private key: its public half cannot be read");
	if (cert_der.len > 0)
		st = certificate_kid(cert_der, k->type, point, kid, err);
	if (st != OK)
		return st;
	st = make_signer(k->type, k->pkey, kid, &z, out);
	return st == OK ? OK : err_set(err, st, "the signature library could not prepare this key");
}
