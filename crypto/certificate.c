#include "crypto/certificate.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/openssl_error.h"
#include "crypto/signature.h"

#include <assert.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

/* The three signature algorithms a certificate may bear, as whole AlgorithmIdentifiers. */
static const uint8_t alg_es256[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
static const uint8_t alg_ed25519[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 };
static const uint8_t alg_sm2[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75 };
static const uint8_t alg_sm2_null[] = { 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75,
	0x05, 0x00 };

static const struct { struct bytes identifier; enum key_type type; } signature_algs[] = {
	{ { alg_es256, sizeof(alg_es256) }, KEY_P256 },
	{ { alg_ed25519, sizeof(alg_ed25519) }, KEY_ED25519 },
	{ { alg_sm2, sizeof(alg_sm2) }, KEY_SM2 },
	{ { alg_sm2_null, sizeof(alg_sm2_null) }, KEY_SM2 },
};

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }, as received. */
struct envelope {
	struct bytes tbs, claims; /* whole, and its content */
	enum key_type signed_by;
	struct bytes signature;   /* content of the BIT STRING */
};

static enum status
envelope_decode(struct bytes der, struct envelope *out)
{
	struct envelope e = { 0 };
	struct bytes body, alg, bits;

	if (der.len > CERTIFICATE_DER_LEN_MAX)
		return ERR_LIMIT;
	if (!der_take(&der, DER_SEQUENCE, &body, NULL) || der.len != 0
	    || !der_take(&body, DER_SEQUENCE, &e.claims, &e.tbs)
	    || !der_take(&body, DER_SEQUENCE, NULL, &alg)
	    || !der_take(&body, DER_BIT_STRING, &bits, NULL) || body.len != 0
	    || bits.len == 0 || bits.ptr[0] != 0)
		return ERR_FORMAT;
	e.signature = (struct bytes){ bits.ptr + 1, bits.len - 1 };
	for (size_t i = 0; i < sizeof(signature_algs) / sizeof(signature_algs[0]); i++)
		if (bytes_eq(alg, signature_algs[i].identifier))
			e.signed_by = signature_algs[i].type;
	if (e.signed_by == 0)
		return ERR_UNSUPPORTED;
	*out = e;
	return OK;
}

static enum status
x509_decode(struct bytes der, X509 **out, struct err *err)
{
	const unsigned char *p = der.ptr;
	ERR_clear_error(); /* what is said from here on is about this certificate */
	X509 *x = d2i_X509(NULL, &p, (long)der.len);
	enum status st = x == NULL ? openssl_refused(ERR_FORMAT) : p != der.ptr + der.len ? ERR_FORMAT : OK;

	if (st != OK) {
		X509_free(x);
		return err_set(err, st, st == ERR_FORMAT ? "not an X.509 certificate" : "certificate: OpenSSL could not read it");
	}
	*out = x;
	return OK;
}

/* *own is the name as UTF-8 text, RFC 4514 like; free it with BIO_free. */
static enum status
name_text(const X509_NAME *name, BIO **own, struct bytes *text)
{
	char *p = NULL;
	*own = BIO_new(BIO_s_mem());
	if (*own == NULL)
		return openssl_refused(ERR_CRYPTO);
	if (X509_NAME_print_ex(*own, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return openssl_refused(ERR_FORMAT);
	long len = BIO_get_mem_data(*own, &p);
	*text = (struct bytes){ (const uint8_t *)p, len > 0 ? (size_t)len : 0 };
	return OK;
}

static bool
has_word(struct bytes text, struct bytes word)
{
	for (size_t i = 0; i + word.len <= text.len; i++)
		if (memcmp(text.ptr + i, word.ptr, word.len) == 0)
			return true;
	return false;
}

static enum status
same_name(const X509_NAME *a, const X509_NAME *b, bool *same)
{
	int c = X509_NAME_cmp(a, b);
	*same = c == 0;
	return c < -1 ? openssl_refused(ERR_CRYPTO) : OK; /* -2: not compared at all */
}

static enum status
read_names(const X509 *x, struct certificate *c, struct err *err)
{
	BIO *subject = NULL, *issuer = NULL;
	struct bytes s = { 0 }, i = { 0 };

	enum status st = name_text(X509_get_subject_name(x), &subject, &s);
	if (st == OK)
		st = name_text(X509_get_issuer_name(x), &issuer, &i);
	if (st == OK) {
		text_escape(s, c->subject, sizeof(c->subject));
		c->is_example = has_word(s, BYTES_LIT("EXAMPLE")) || has_word(i, BYTES_LIT("EXAMPLE"));
		st = s.len > 0 ? same_name(X509_get_subject_name(x), X509_get_issuer_name(x), &c->is_self_issued) : ERR_FORMAT;
	}
	BIO_free(subject);
	BIO_free(issuer);
	return st == OK ? OK : err_set(err, st, "certificate: subject or issuer is no readable name");
}

static bool
instant_of(const ASN1_TIME *t, int64_t *unix_s)
{
	struct tm tm;
	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	struct date day = { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday }; /* timegm would read the system's zone file */
	*unix_s = date_utc_start_unix_s(day) + tm.tm_hour * INT64_C(3600) + tm.tm_min * 60 + tm.tm_sec;
	return true;
}

static enum status
read_term(const X509 *x, struct certificate *c, struct err *err)
{
	if (!instant_of(X509_get0_notBefore(x), &c->not_before_unix_s)
	    || !instant_of(X509_get0_notAfter(x), &c->not_after_unix_s)
	    || c->not_before_unix_s > c->not_after_unix_s)
		return err_set(err, ERR_FORMAT, "certificate: notBefore and notAfter are no term");
	return OK;
}

/* RFC 5280 4.2: "A certificate-using system MUST reject the certificate if it encounters a
 * critical extension it does not recognize"; "MUST NOT include more than one instance". */
static enum status
check_extensions(const X509 *x, struct err *err)
{
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *e = X509_get_ext(x, i);
		const ASN1_OBJECT *name = X509_EXTENSION_get_object(e);
		int nid = OBJ_obj2nid(name);
		if (X509_get_ext_by_OBJ(x, name, i) >= 0)
			return err_set(err, ERR_FORMAT, "certificate: the same extension twice");
		if (X509_EXTENSION_get_critical(e) && nid != NID_basic_constraints && nid != NID_key_usage)
			return err_set(err, openssl_answered(ERR_UNSUPPORTED),
			    "certificate: a critical extension this program does not know");
	}
	return OK;
}

/* *ext stays NULL if there is none, or none that can be decoded: ERR_FORMAT. */
static enum status
extension_of(const X509 *x, int nid, int *critical, void **ext)
{
	*critical = 0;
	*ext = X509_get_ext_d2i(x, nid, critical, NULL);
	if (*ext != NULL)
		return OK;
	return *critical < 0 ? openssl_answered(ERR_FORMAT) : openssl_refused(ERR_FORMAT); /* negative: there is none */
}

static enum status
read_usage(const X509 *x, struct certificate *c, struct err *err)
{
	int critical, any;
	void *bc_ext = NULL, *ku_ext = NULL;
	enum status st = extension_of(x, NID_basic_constraints, &critical, &bc_ext);
	if (st == OK && critical != 1)
		st = ERR_FORMAT;
	if (st != OK)
		err_set(err, st, "certificate: basicConstraints must be there and critical");
	else if ((st = extension_of(x, NID_key_usage, &any, &ku_ext)) != OK)
		err_set(err, st, "certificate: keyUsage must be there");
	BASIC_CONSTRAINTS *bc = bc_ext;
	ASN1_BIT_STRING *ku = ku_ext;
	if (st == OK) {
		enum { DIGITAL_SIGNATURE = 0, KEY_CERT_SIGN = 5 }; /* RFC 5280 4.2.1.3: bit numbers */
		bool signs = ASN1_BIT_STRING_get_bit(ku, DIGITAL_SIGNATURE) == 1;
		bool certifies = ASN1_BIT_STRING_get_bit(ku, KEY_CERT_SIGN) == 1;
		c->is_ca = bc->ca != 0;
		if (c->is_ca && !certifies)
			st = err_set(err, ERR_FORMAT, "certificate: a root's keyUsage must have keyCertSign");
		else if (!c->is_ca && (certifies || !signs))
			st = err_set(err, ERR_FORMAT, "certificate: keyUsage must be digitalSignature without keyCertSign");
	}
	BASIC_CONSTRAINTS_free(bc);
	ASN1_BIT_STRING_free(ku);
	return st;
}

static enum status
read_key(const X509 *x, struct certificate *c, struct err *err)
{
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	enum status st = len > 0 ? public_key_from_spki((struct bytes){ spki, (size_t)len }, &c->key)
	    : openssl_refused(ERR_CRYPTO); /* it was decoded, so it can be encoded */
	OPENSSL_free(spki);
	/* The decoder of OpenSSL also tried this key, and may have complained of SM2's other name. */
	ERR_clear_error();
	return st == OK ? OK : err_set(err, st, "certificate: the key must be P-256, Ed25519 or SM2");
}

static enum status
read_all(const X509 *x, struct certificate *c, struct err *err)
{
	const X509_ALGOR *outer = NULL;
	X509_get0_signature(NULL, &outer, x);
	if (X509_get_version(x) != X509_VERSION_3)
		return err_set(err, ERR_FORMAT, "certificate: version is not 3");
	if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x)) != 0)
		return err_set(err, ERR_FORMAT, "certificate: two different signature algorithms");

	enum status st = read_names(x, c, err);
	if (st == OK)
		st = read_term(x, c, err);
	if (st == OK)
		st = check_extensions(x, err);
	if (st == OK)
		st = read_usage(x, c, err);
	if (st == OK)
		st = read_key(x, c, err);
	return st;
}

enum status
certificate_decode(struct bytes der, struct certificate *out, struct err *err)
{
	struct certificate c = { 0 };
	struct envelope e;
	struct digest d;
	X509 *x = NULL;

	enum status st = envelope_decode(der, &e);
	if (st == ERR_UNSUPPORTED)
		return err_set(err, st, "certificate: signed neither by ES256, Ed25519 nor SM2 with SM3");
	if (st != OK)
		return err_set(err, st, "not an X.509 certificate of at most %u bytes", CERTIFICATE_DER_LEN_MAX);
	st = sha256(der, &d); /* first: if OpenSSL cannot work at all, it may call the certificate wrong */
	if (st == OK)
		st = x509_decode(der, &x, err);
	else
		err_set(err, st, "certificate: OpenSSL could not work");
	if (st == OK)
		st = read_all(x, &c, err);
	X509_free(x);
	if (st != OK) {
		certificate_clear(&c);
		return st;
	}
	memcpy(c.kid, d.b, KID_LEN);
	*out = c;
	return OK;
}

void
certificate_clear(struct certificate *c)
{
	public_key_free(c->key);
	c->key = NULL;
}

/* TBSCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, ... (RFC 5280 4.1) */
struct names { struct bytes issuer, subject; };

static bool
names_take(struct bytes in, struct names *out)
{
	enum { VERSION = 0xa0 };
	return der_take(&in, VERSION, NULL, NULL) && der_take(&in, DER_INTEGER, NULL, NULL)
	    && der_take(&in, DER_SEQUENCE, NULL, NULL) && der_take(&in, DER_SEQUENCE, NULL, &out->issuer)
	    && der_take(&in, DER_SEQUENCE, NULL, NULL) && der_take(&in, DER_SEQUENCE, NULL, &out->subject);
}

static enum status
name_decode(struct bytes der, X509_NAME **out)
{
	const unsigned char *p = der.ptr;
	ERR_clear_error(); /* what is said from here on is about this name */
	*out = d2i_X509_NAME(NULL, &p, (long)der.len);
	return *out != NULL ? OK : openssl_refused(ERR_FORMAT);
}

/* The names alone are decoded: a whole certificate costs OpenSSL twice a signature check, most of it for the key. */
static enum status
names_as_issuer(const struct envelope *e, const struct envelope *by, bool *yes)
{
	struct names cert, root;
	X509_NAME *issuer = NULL, *subject = NULL;
	if (!names_take(e->claims, &cert) || !names_take(by->claims, &root))
		return ERR_FORMAT;

	enum status st = name_decode(cert.issuer, &issuer);
	if (st == OK)
		st = name_decode(root.subject, &subject);
	if (st == OK)
		st = same_name(issuer, subject, yes);
	X509_NAME_free(issuer);
	X509_NAME_free(subject);
	return st;
}

/* The key and distinguishing id are ours to use, so OpenSSL's own certificate check is not asked. */
static enum status
is_signed_by(const struct envelope *e, const struct public_key *key, bool *good)
{
	uint8_t rs[SIGNATURE_LEN];
	struct bytes sig = e->signature;

	*good = false;
	if (e->signed_by != public_key_type(key))
		return OK;
	if (e->signed_by != KEY_ED25519) {
		if (!signature_from_der(sig, rs))
			return OK;
		sig = (struct bytes){ rs, SIGNATURE_LEN };
	}
	return signature_check(key, alg_written(e->signed_by), e->tbs, sig, good);
}

enum status
certificate_check_signature(struct bytes cert_der, struct bytes root_der, const struct certificate *root, bool *good)
{
	struct envelope e, by;
	bool named = false, signed_by = false;

	*good = false;
	enum status st = envelope_decode(cert_der, &e);
	if (st == OK)
		st = envelope_decode(root_der, &by);
	if (st != OK)
		return st;
	st = names_as_issuer(&e, &by, &named);
	if (st != OK || !named || !root->is_ca)
		return st;
	st = is_signed_by(&e, root->key, &signed_by);
	*good = st == OK && signed_by;
	return st;
}

static enum status
append(struct buf *out, const void *p, size_t len)
{
	if (len > out->cap - out->len)
		return ERR_LIMIT;
	memcpy(out->ptr + out->len, p, len);
	out->len += len;
	return OK;
}

/* The next PEM block's content; *label is its kind, empty if it has headers.  ERR_NOT_FOUND: no block is left. */
static enum status
pem_next(BIO *bio, char label[32], unsigned char **data, long *len)
{
	char *name = NULL, *header = NULL;
	enum status st = OK;

	ERR_clear_error(); /* what is said from here on is about this block */
	if (PEM_read_bio(bio, &name, &header, data, len) != 1)
		st = openssl_refused(ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE ? ERR_NOT_FOUND : ERR_FORMAT);
	else
		(void)snprintf(label, 32, "%s", header[0] == '\0' ? name : "");
	OPENSSL_free(name);
	OPENSSL_free(header);
	return st;
}

static enum status
pem_to_der(struct bytes pem, struct buf *out, struct err *err)
{
	char label[32] = "", label2[32];
	unsigned char *data = NULL, *data2 = NULL;
	long len = 0, len2 = 0;
	enum status st = pem.len > 0 && pem.len <= INT_MAX ? OK : ERR_NOT_FOUND;
	BIO *bio = st == OK ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;

	if (st == OK)
		st = bio != NULL ? pem_next(bio, label, &data, &len) : openssl_refused(ERR_CRYPTO);
	if (st == ERR_NOT_FOUND || st == ERR_FORMAT)
		st = err_set(err, ERR_FORMAT, "not a certificate: neither PEM nor DER");
	else if (st != OK)
		err_set(err, st, "certificate: cannot read this text");
	else if (strcmp(label, PEM_STRING_X509) != 0)
		st = err_set(err, ERR_FORMAT, "not a certificate: another kind of PEM block stands first");
	else if ((st = pem_next(bio, label2, &data2, &len2)) == OK || st == ERR_FORMAT)
		st = err_set(err, ERR_FORMAT, "more than one PEM block; wanted one certificate");
	else if (st != ERR_NOT_FOUND)
		err_set(err, st, "certificate: cannot read this text");
	else if ((st = append(out, data, (size_t)len)) != OK)
		err_set(err, st, "certificate longer than %u bytes", CERTIFICATE_DER_LEN_MAX);
	OPENSSL_free(data);
	OPENSSL_free(data2);
	BIO_free(bio);
	return st;
}

enum status
certificate_der_of(struct bytes pem_or_der, struct buf *out, struct err *err)
{
	struct bytes left = pem_or_der;

	if (left.len == 0 || left.ptr[0] != DER_SEQUENCE)
		return pem_to_der(pem_or_der, out, err);
	if (!der_take(&left, DER_SEQUENCE, NULL, NULL) || left.len != 0)
		return err_set(err, ERR_FORMAT, "not a certificate: neither PEM nor DER");
	enum status st = append(out, pem_or_der.ptr, pem_or_der.len);
	return st == OK ? OK : err_set(err, st, "certificate longer than %u bytes", CERTIFICATE_DER_LEN_MAX);
}

enum status
certificate_to_pem(struct bytes der, struct buf *out)
{
	char *p = NULL;
	enum status st = ERR_LIMIT;
	BIO *bio = BIO_new(BIO_s_mem());

	assert(der.len <= LONG_MAX);
	if (bio == NULL || PEM_write_bio(bio, PEM_STRING_X509, "", der.ptr, (long)der.len) <= 0)
		st = openssl_refused(ERR_CRYPTO);
	else if (BIO_get_mem_data(bio, &p) > 0)
		st = append(out, p, (size_t)BIO_get_mem_data(bio, &p));
	BIO_free(bio);
	return st;
}
