#include "crypto/certify.h"

#include "base/limits.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/openssl_error.h"
#include "crypto/openssl_key.h"
#include "crypto/random.h"
#include "crypto/signature.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define SERIAL_LEN 16u
enum { PUBLIC_KEY_FILE_MAX = 4096 }; /* an SM2 key with written-out curve parameters, as PEM, is under 600 bytes */
#define KEY_ID_LEN 20u   /* RFC 7093 2 (1): leftmost 160 bits of SHA-256 of the key's bits */

static bool
set_serial(X509 *x)
{
	uint8_t serial[SERIAL_LEN];
	if (random_fill(serial, sizeof(serial)) != OK)
		return false;
	serial[0] &= 0x7f;
	serial[SERIAL_LEN - 1] |= 0x01; /* RFC 5280 4.1.2.2: a positive integer */
	BIGNUM *n = BN_bin2bn(serial, (int)SERIAL_LEN, NULL);
	bool ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
	BN_free(n);
	return ok;
}

static bool
add_name(X509_NAME *name, int nid, struct bytes text)
{
	return text.len == 0
	    || X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, text.ptr, (int)text.len, -1, 0) == 1;
}

static bool
set_term(X509 *x, const struct certificate_request *rq)
{
	return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)rq->not_before_unix_s) != NULL
	    && ASN1_TIME_set(X509_getm_notAfter(x), (time_t)rq->not_after_unix_s) != NULL;
}

static bool
add_basic_constraints(X509 *x, bool is_ca)
{
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();
	bool ok = bc != NULL;
	if (ok && is_ca) {
		bc->ca = 0xff;
		bc->pathlen = ASN1_INTEGER_new();
		ok = bc->pathlen != NULL && ASN1_INTEGER_set(bc->pathlen, 0) == 1;
	}
	ok = ok && X509_add1_ext_i2d(x, NID_basic_constraints, bc, 1, X509V3_ADD_DEFAULT) == 1;
	BASIC_CONSTRAINTS_free(bc);
	return ok;
}

static bool
add_key_usage(X509 *x, bool is_ca)
{
	enum { DIGITAL_SIGNATURE = 0, KEY_CERT_SIGN = 5 }; /* RFC 5280 4.2.1.3: bit numbers */
	ASN1_BIT_STRING *ku = ASN1_BIT_STRING_new();
	/* A root also signs trust lists. */
	bool ok = ku != NULL && ASN1_BIT_STRING_set_bit(ku, DIGITAL_SIGNATURE, 1) == 1
	    && (!is_ca || ASN1_BIT_STRING_set_bit(ku, KEY_CERT_SIGN, 1) == 1)
	    && X509_add1_ext_i2d(x, NID_key_usage, ku, 1, X509V3_ADD_DEFAULT) == 1;
	ASN1_BIT_STRING_free(ku);
	return ok;
}

static bool
add_subject_key_id(X509 *x)
{
	struct digest d;
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x);
	if (bits == NULL || sha256((struct bytes){ bits->data, (size_t)bits->length }, &d) != OK)
		return false;
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	bool ok = id != NULL && ASN1_OCTET_STRING_set(id, d.b, (int)KEY_ID_LEN) == 1
	    && X509_add1_ext_i2d(x, NID_subject_key_identifier, id, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_OCTET_STRING_free(id);
	return ok;
}

static bool
add_authority_key_id(X509 *x, X509 *issuer)
{
	int critical = 0;
	ASN1_OCTET_STRING *id = X509_get_ext_d2i(issuer, NID_subject_key_identifier, &critical, NULL);
	if (id == NULL) /* negative: there is none, as a root made elsewhere may do without */
		return critical < 0 && openssl_answered(OK) == OK;
	AUTHORITY_KEYID *a = AUTHORITY_KEYID_new();
	if (a == NULL) {
		ASN1_OCTET_STRING_free(id);
		return false;
	}
	a->keyid = id;
	bool ok = X509_add1_ext_i2d(x, NID_authority_key_identifier, a, 0, X509V3_ADD_DEFAULT) == 1;
	AUTHORITY_KEYID_free(a); /* and id with it */
	return ok;
}

/* SM2's distinguishing id is set explicitly: OpenSSL 3.0 would use an empty one. */
static bool
sign(X509 *x, const struct private_key *key)
{
	EVP_PKEY_CTX *pctx = NULL; /* belongs to ctx */
	const EVP_MD *md = key->type == KEY_P256 ? EVP_sha256() : key->type == KEY_SM2 ? EVP_sm3() : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestSignInit(ctx, &pctx, md, NULL, key->pkey) == 1
	    && (key->type != KEY_SM2 || EVP_PKEY_CTX_set1_id(pctx, SM2_ID, (int)(sizeof(SM2_ID) - 1)) == 1)
	    && X509_sign_ctx(x, ctx) > 0;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* What the request says: the only part that can fail for what it says. */
static bool
fill(X509 *x, const struct certificate_request *rq)
{
	X509_NAME *name = X509_get_subject_name(x);
	return add_name(name, NID_organizationName, rq->organisation)
	    && add_name(name, NID_commonName, rq->common_name)
	    && set_term(x, rq);
}

/* issuer NULL: self-signed. */
static bool
complete(X509 *x, bool is_ca, EVP_PKEY *subject, X509 *issuer)
{
	return X509_set_version(x, X509_VERSION_3) == 1
	    && set_serial(x)
	    && X509_set_issuer_name(x, X509_get_subject_name(issuer != NULL ? issuer : x)) == 1
	    && X509_set_pubkey(x, subject) == 1
	    && add_basic_constraints(x, is_ca)
	    && add_key_usage(x, is_ca)
	    && add_subject_key_id(x)
	    && add_authority_key_id(x, issuer != NULL ? issuer : x);
}

static enum status
append_der(X509 *x, struct buf *out, struct err *err)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);
	enum status st = OK;

	if (len <= 0)
		st = err_set(err, openssl_refused(ERR_CRYPTO), "the certificate could not be encoded");
	else if ((size_t)len > CERTIFICATE_DER_LEN_MAX || (size_t)len > out->cap - out->len)
		st = err_set(err, ERR_LIMIT, "the certificate would be longer than %u bytes", CERTIFICATE_DER_LEN_MAX);
	else {
		memcpy(out->ptr + out->len, der, (size_t)len);
		out->len += (size_t)len;
	}
	OPENSSL_free(der);
	return st;
}

static enum status
check_request(const struct certificate_request *rq, struct err *err)
{
	if (rq->common_name.len == 0 || rq->common_name.len > SUBJECT_TEXT_MAX || rq->organisation.len > SUBJECT_TEXT_MAX
	    || !text_is_clean(rq->common_name) || !text_is_clean(rq->organisation))
		return err_set(err, ERR_ARGUMENT, "certificate: name and organisation must be clean text of at most %u bytes, "
		    "the name not empty", SUBJECT_TEXT_MAX);
	if (rq->not_before_unix_s >= rq->not_after_unix_s)
		return err_set(err, ERR_ARGUMENT, "certificate: it must end after it begins");
	return OK;
}

/* The certificate that root_key signs with, checked to be a root that outlives what it signs. */
static enum status
load_issuer(struct bytes der, const struct private_key *root_key, const struct certificate_request *rq, X509 **out,
    struct err *err)
{
	struct certificate c = { 0 };
	struct signer *fits = NULL;
	const unsigned char *p = der.ptr;

	enum status st = certificate_decode(der, &c, err);
	if (st != OK)
		return err_in(err, st, "root");
	if (!c.is_ca)
		st = err_set(err, ERR_CONFLICT, "\"%s\" is no root certificate", c.subject);
	else if (rq->not_before_unix_s < c.not_before_unix_s || rq->not_after_unix_s > c.not_after_unix_s)
		st = err_set(err, ERR_CONFLICT, "the certificate's term must lie within that of its root \"%s\"", c.subject);
	else
		st = signer_from_key(root_key, der, &fits, err);
	signer_close(fits);
	certificate_clear(&c);
	if (st != OK)
		return st;
	*out = d2i_X509(NULL, &p, (long)der.len);
	return *out != NULL ? OK : err_set(err, openssl_refused(ERR_CRYPTO), "root certificate could not be read");
}

static enum status
certify_key(const struct certificate_request *rq, EVP_PKEY *subject, const struct private_key *root_key, struct bytes root_der,
    struct buf *out, struct err *err)
{
	X509 *x = NULL, *issuer = NULL;

	enum status st = check_request(rq, err);
	if (st == OK && root_der.len > 0)
		st = load_issuer(root_der, root_key, rq, &issuer, err);
	if (st != OK)
		return st;

	ERR_clear_error(); /* what is said from here on is about this request */
	x = X509_new();
	if (x == NULL)
		st = err_set(err, openssl_refused(ERR_CRYPTO), "the certificate could not be made");
	else if (!fill(x, rq))
		st = err_set(err, openssl_refused(ERR_ARGUMENT), "certificate: name or organisation is too long (64 characters) "
		    "or a date is out of range");
	else if (!complete(x, rq->is_ca, subject, issuer) || !sign(x, root_key))
		st = err_set(err, openssl_refused(ERR_CRYPTO), "the certificate could not be made and signed");
	else
		st = append_der(x, out, err);
	X509_free(x);
	X509_free(issuer);
	return st;
}

static enum status
check_own_key(const struct private_key *subject_key, const struct private_key *root_key, struct err *err)
{
	uint8_t subject_mem[PUBLIC_KEY_FILE_MAX], root_mem[PUBLIC_KEY_FILE_MAX];
	struct buf subject = BUF_OF(subject_mem), root = BUF_OF(root_mem);
	enum status st = private_key_spki(subject_key, &subject);
	if (st == OK)
		st = private_key_spki(root_key, &root);
	if (st != OK)
		return err_set(err, st, "certificate: the public half of its key cannot be read");
	return bytes_eq(buf_view(&subject), buf_view(&root)) ? OK
	    : err_set(err, ERR_ARGUMENT, "certificate: without a root it must be signed by its own key");
}

enum status
certify(const struct certificate_request *rq, const struct private_key *subject_key, const struct private_key *root_key,
    struct bytes root_der, struct buf *out, struct err *err)
{
	enum status st = root_der.len == 0 ? check_own_key(subject_key, root_key, err) : OK;
	return st == OK ? certify_key(rq, subject_key->pkey, root_key, root_der, out, err) : st;
}

/* ---- a key of which only the public half is here ---- */

/* The next PEM block's content, owned by the caller, and whether it is a public key. */
static enum status
public_block(BIO *bio, unsigned char **data, long *len, bool *is_public)
{
	char *name = NULL, *header = NULL;
	enum status st = OK;
	if (PEM_read_bio(bio, &name, &header, data, len) != 1)
		st = openssl_refused(ERR_FORMAT);
	else
		*is_public = strcmp(name, PEM_STRING_PUBLIC) == 0;
	OPENSSL_free(name);
	OPENSSL_free(header);
	return st;
}

/* Of the first PEM block that is a public key; *own is to be freed. */
static enum status
public_from_pem(struct bytes pem, unsigned char **own, struct bytes *der)
{
	long len = 0;
	bool is_public = false;
	ERR_clear_error(); /* what is said from here on is about this text */
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	enum status st = bio != NULL ? OK : openssl_refused(ERR_CRYPTO);
	while (st == OK && !is_public) {
		OPENSSL_free(*own);
		*own = NULL;
		st = public_block(bio, own, &len, &is_public);
	}
	if (st == OK)
		*der = (struct bytes){ *own, (size_t)len };
	BIO_free(bio);
	return st;
}

/* Ours says what type it is and whether it is well formed, so what is left for OpenSSL to refuse is a name of SM2 that it does not know;
 * said twice, since it may hide behind that that it got no memory. */
static enum status
pkey_from_spki(struct bytes der, EVP_PKEY **out)
{
	struct public_key *known = NULL;
	enum status st = public_key_from_spki(der, &known);
	public_key_free(known);
	for (int i = 0; st == OK && *out == NULL && i < 2; i++) {
		const unsigned char *p = der.ptr;
		ERR_clear_error();
		*out = d2i_PUBKEY(NULL, &p, (long)der.len);
	}
	return st == OK && *out == NULL ? openssl_refused(ERR_UNSUPPORTED) : st;
}

static enum status
pkey_from_public(struct bytes spki_pem_or_der, EVP_PKEY **out, struct err *err)
{
	unsigned char *own = NULL;
	struct bytes der = spki_pem_or_der;
	enum status st = der.ptr[0] == DER_SEQUENCE ? OK : public_from_pem(spki_pem_or_der, &own, &der);
	if (st == OK)
		st = pkey_from_spki(der, out);
	OPENSSL_free(own);
	if (st == ERR_UNSUPPORTED)
		err_set(err, st, "public key: it must be P-256, Ed25519 or SM2");
	else if (st == ERR_FORMAT)
		err_set(err, st, "public key: wanted one PEM block \"PUBLIC KEY\" or its DER; from a private key "
		    "openssl pkey -pubout makes it, from a certificate request openssl req -pubkey -noout");
	else if (st != OK)
		err_set(err, st, "public key: OpenSSL could not read it");
	return st;
}

enum status
certify_public(const struct certificate_request *rq, struct bytes spki_pem_or_der, const struct private_key *root_key,
    struct bytes root_der, struct buf *out, struct err *err)
{
	if (spki_pem_or_der.len == 0 || spki_pem_or_der.len > PUBLIC_KEY_FILE_MAX || root_der.len == 0)
		return err_set(err, ERR_FORMAT, "public key: wanted a SubjectPublicKeyInfo of at most %d bytes, and a root to certify it",
		    PUBLIC_KEY_FILE_MAX);
	EVP_PKEY *key = NULL;
	enum status st = pkey_from_public(spki_pem_or_der, &key, err);
	if (st == OK)
		st = certify_key(rq, key, root_key, root_der, out, err);
	EVP_PKEY_free(key);
	return st;
}

/* ---- public keys as files ---- */

static enum status
append_spki(EVP_PKEY *key, struct buf *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	enum status st = len <= 0 ? openssl_refused(ERR_CRYPTO) : (size_t)len > out->cap - out->len ? ERR_LIMIT : OK;
	if (st == OK) {
		memcpy(out->ptr + out->len, der, (size_t)len);
		out->len += (size_t)len;
	}
	OPENSSL_free(der);
	return st;
}

static enum status
pkey_from_certificate(struct bytes pem_or_der, EVP_PKEY **out, struct err *err)
{
	uint8_t mem[CERTIFICATE_DER_LEN_MAX];
	struct buf der = BUF_OF(mem);
	struct certificate c = { .key = NULL };
	enum status st = certificate_der_of(pem_or_der, &der, err);
	if (st == OK)
		st = certificate_decode(buf_view(&der), &c, err); /* a certificate of ours, with a key of ours */
	certificate_clear(&c);
	if (st)
		return st;
	const unsigned char *p = der.ptr;
	X509 *x = d2i_X509(NULL, &p, (long)der.len);
	*out = x != NULL ? X509_get_pubkey(x) : NULL;
	X509_free(x);
	return *out != NULL ? OK : err_set(err, openssl_refused(ERR_CRYPTO), "the certificate's key cannot be read");
}

enum status
public_key_of(struct bytes pem_or_der, struct buf *spki, struct err *err)
{
	EVP_PKEY *key = NULL;
	struct err as_certificate = { .status = OK }, as_key = { .status = OK };
	if (pem_or_der.len == 0 || pem_or_der.len > 2 * CERTIFICATE_DER_LEN_MAX)
		return err_set(err, ERR_FORMAT, "public key: wanted a SubjectPublicKeyInfo or a certificate, PEM or DER");
	enum status st = pkey_from_certificate(pem_or_der, &key, &as_certificate);
	if (st == ERR_FORMAT)
		st = pkey_from_public(pem_or_der, &key, &as_key);
	if (st == OK)
		st = append_spki(key, spki);
	EVP_PKEY_free(key);
	if (st == OK)
		return OK;
	const struct err *why = as_key.status != OK ? &as_key : &as_certificate;
	return err_set(err, st, "%s", why->status != OK ? why->text : "public key: it cannot be written");
}

enum status
public_key_to_pem(struct bytes spki, struct buf *out)
{
	char *p = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	enum status st = OK;
	if (bio == NULL || PEM_write_bio(bio, PEM_STRING_PUBLIC, "", spki.ptr, (long)spki.len) <= 0)
		st = openssl_refused(ERR_CRYPTO);
	long len = st == OK ? BIO_get_mem_data(bio, &p) : 0;
	if (st == OK && (len <= 0 || (size_t)len > out->cap - out->len))
		st = ERR_LIMIT;
	if (st == OK) {
		memcpy(out->ptr + out->len, p, (size_t)len);
		out->len += (size_t)len;
	}
	BIO_free(bio);
	return st;
}
