/* Certificates: made, read, chained, and every way to be wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/certify.h"
#include "crypto/digest.h"

#define FROM 1704067200
#define TO 1893456000

static const enum key_type types[] = { KEY_P256, KEY_ED25519, KEY_SM2 };
#define TYPES_N (sizeof(types) / sizeof(types[0]))
static const struct bytes none = { NULL, 0 };

struct made { uint8_t mem[CERTIFICATE_DER_LEN_MAX]; struct buf der; };
struct pair { struct private_key *root_key, *key; struct made root, cert; };

static const struct certificate_request root_rq = {
	.common_name = { (const uint8_t *)"Invented root 1 EXAMPLE", 23 },
	.organisation = { (const uint8_t *)"\xe8\x99\x9a\xe6\x9e\x84\xe5\x8e\x85", 9 }, /* 虚构厅 */
	.not_before_unix_s = FROM, .not_after_unix_s = TO, .is_ca = true,
};
static const struct certificate_request leaf_rq = {
	.common_name = { (const uint8_t *)"Invented issuer 1", 17 }, .organisation = { NULL, 0 },
	.not_before_unix_s = FROM, .not_after_unix_s = TO, .is_ca = false,
};

static void
make(const struct certificate_request *rq, const struct private_key *key, const struct private_key *root_key,
    struct bytes root_der, struct made *out)
{
	struct err err = { OK, "" };
	out->der = BUF_OF(out->mem);
	if (certify(rq, key, root_key, root_der, &out->der, &err) != OK)
		fail_msg("%s", err.text);
}

static void
make_pair(enum key_type root_type, enum key_type type, struct pair *p)
{
	assert_int_equal(private_key_generate(root_type, &p->root_key), OK);
	assert_int_equal(private_key_generate(type, &p->key), OK);
	make(&root_rq, p->root_key, p->root_key, none, &p->root);
	make(&leaf_rq, p->key, p->root_key, buf_view(&p->root.der), &p->cert);
}

static void
free_pair(struct pair *p)
{
	private_key_free(p->root_key);
	private_key_free(p->key);
}

static struct certificate
decoded(struct bytes der)
{
	struct certificate c = { 0 };
	struct err err = { OK, "" };
	if (certificate_decode(der, &c, &err) != OK)
		fail_msg("%s", err.text);
	return c;
}

static bool
is_signed(struct bytes cert, struct bytes root_der, const struct certificate *root)
{
	bool good = true;
	assert_int_equal(certificate_check_signature(cert, root_der, root, &good), OK);
	return good;
}

static void
what_was_certified_is_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < TYPES_N; i++) {
		static struct pair p;
		struct digest d;
		make_pair(types[i], types[TYPES_N - 1 - i], &p);
		struct certificate root = decoded(buf_view(&p.root.der)), leaf = decoded(buf_view(&p.cert.der));
		assert_true(root.is_ca && root.is_self_issued && root.is_example);
		assert_true(!leaf.is_ca && !leaf.is_self_issued && leaf.is_example); /* by its issuer's name */
		assert_string_equal(root.subject, "CN=Invented root 1 EXAMPLE,O=\xe8\x99\x9a\xe6\x9e\x84\xe5\x8e\x85");
		assert_string_equal(leaf.subject, "CN=Invented issuer 1");
		assert_int_equal(leaf.not_before_unix_s, FROM);
		assert_int_equal(leaf.not_after_unix_s, TO);
		assert_int_equal(public_key_type(root.key), types[i]);
		assert_int_equal(public_key_type(leaf.key), types[TYPES_N - 1 - i]);
		assert_int_equal(sha256(buf_view(&p.cert.der), &d), OK);
		assert_memory_equal(leaf.kid, d.b, KID_LEN);
		certificate_clear(&root);
		certificate_clear(&leaf);
		certificate_clear(&leaf);
		free_pair(&p);
	}
}

static void
a_certificate_is_signed_by_its_own_root_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < TYPES_N; i++) {
		static struct pair p, q; /* q: the same names, other keys */
		make_pair(types[i], KEY_P256, &p);
		make_pair(types[i], KEY_P256, &q);
		struct bytes root_der = buf_view(&p.root.der), other_der = buf_view(&q.root.der);
		struct bytes cert_der = buf_view(&p.cert.der);
		struct certificate root = decoded(root_der), other = decoded(other_der), leaf = decoded(cert_der);
		assert_true(is_signed(cert_der, root_der, &root));
		assert_true(is_signed(root_der, root_der, &root));
		assert_false(is_signed(cert_der, other_der, &other));
		assert_false(is_signed(root_der, other_der, &other));
		assert_false(is_signed(root_der, cert_der, &leaf));
		leaf.is_ca = true; /* even then its name is not the issuer's */
		assert_false(is_signed(cert_der, cert_der, &leaf));
		root.is_ca = false;
		assert_false(is_signed(cert_der, root_der, &root));
		certificate_clear(&root);
		certificate_clear(&other);
		certificate_clear(&leaf);
		free_pair(&p);
		free_pair(&q);
	}
}

static void
no_root_of_another_kind_of_key_signs(void **state)
{
	(void)state;
	static struct pair p, q;
	for (size_t i = 0; i < TYPES_N; i++) {
		make_pair(types[i], KEY_P256, &p);
		make_pair(types[(i + 1) % TYPES_N], KEY_P256, &q);
		struct certificate other = decoded(buf_view(&q.root.der));
		assert_false(is_signed(buf_view(&p.cert.der), buf_view(&q.root.der), &other));
		certificate_clear(&other);
		free_pair(&p);
		free_pair(&q);
	}
}

static void
no_flipped_bit_keeps_a_certificate_signed(void **state)
{
	(void)state;
	static struct pair p;
	make_pair(KEY_ED25519, KEY_P256, &p);
	struct bytes root_der = buf_view(&p.root.der), cert = buf_view(&p.cert.der);
	struct certificate root = decoded(root_der);
	for (size_t bit = 0; bit < cert.len * 8; bit++) {
		bool good = true;
		p.cert.mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
		enum status st = certificate_check_signature(cert, root_der, &root, &good);
		if (good || st == ERR_CRYPTO)
			fail_msg("bit %zu: good %d, status %s", bit, good, status_text(st));
		p.cert.mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(is_signed(cert, root_der, &root));
	certificate_clear(&root);
	free_pair(&p);
}

static void
no_truncation_and_no_trailing_byte_is_a_certificate(void **state)
{
	(void)state;
	static struct pair p;
	make_pair(KEY_P256, KEY_P256, &p);
	for (size_t n = 0; n <= p.cert.der.len + 1; n++) {
		struct certificate c = { 0 };
		enum status st = certificate_decode((struct bytes){ p.cert.mem, n }, &c, NULL);
		assert_int_equal(st, n == p.cert.der.len ? OK : ERR_FORMAT);
		certificate_clear(&c);
	}
	free_pair(&p);
}

static size_t
find(struct bytes in, struct bytes what)
{
	for (size_t i = 0; i + what.len <= in.len; i++)
		if (memcmp(in.ptr + i, what.ptr, what.len) == 0)
			return i;
	fail_msg("the pattern is not there");
	return 0;
}

static void
what_the_profile_forbids_is_refused_with_a_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *why; struct bytes from, to; bool root; enum status want; const char *says;
	} cases[] = {
#define CHANGE(from, to) { (const uint8_t *)(from), sizeof(from) - 1 }, { (const uint8_t *)(to), sizeof(to) - 1 }
		{ "version 2", CHANGE("\xa0\x03\x02\x01\x02", "\xa0\x03\x02\x01\x01"), false, ERR_FORMAT, "version" },
		{ "basicConstraints not critical", CHANGE("\x55\x1d\x13\x01\x01\xff", "\x55\x1d\x13\x01\x01\x00"),
		  false, ERR_FORMAT, "basicConstraints" },
		{ "no basicConstraints", CHANGE("\x55\x1d\x13\x01\x01\xff", "\x55\x1d\x09\x01\x01\x00"),
		  false, ERR_FORMAT, "basicConstraints" },
		{ "unknown critical extension", CHANGE("\x55\x1d\x0f\x01\x01\xff", "\x55\x1d\x7f\x01\x01\xff"),
		  false, ERR_UNSUPPORTED, "critical" },
		{ "critical nameConstraints", CHANGE("\x55\x1d\x0f\x01\x01\xff", "\x55\x1d\x1e\x01\x01\xff"),
		  false, ERR_UNSUPPORTED, "critical" },
		{ "no keyUsage", CHANGE("\x55\x1d\x0f\x01\x01\xff", "\x55\x1d\x7f\x01\x01\x00"),
		  false, ERR_FORMAT, "keyUsage" },
		{ "the same extension twice", CHANGE("\x55\x1d\x0e", "\x55\x1d\x23"), false, ERR_FORMAT, "twice" },
		{ "an issuer without digitalSignature", CHANGE("\x03\x02\x07\x80", "\x03\x02\x05\x20"),
		  false, ERR_FORMAT, "digitalSignature" },
		{ "an issuer with keyCertSign", CHANGE("\x03\x02\x07\x80", "\x03\x02\x02\x84"),
		  false, ERR_FORMAT, "keyCertSign" },
		{ "a root without keyCertSign", CHANGE("\x03\x02\x02\x84", "\x03\x02\x02\x80"),
		  true, ERR_FORMAT, "keyCertSign" },
		{ "it ends before it begins", CHANGE("240101000000Z", "400101000000Z"), false, ERR_FORMAT, "term" },
		{ "it ends in a month 13", CHANGE("300101000000Z", "301301000000Z"), false, ERR_FORMAT, "term" },
		{ "a month 13", CHANGE("240101000000Z", "241301000000Z"), false, ERR_FORMAT, "" },
		{ "key of another curve", CHANGE("\x2a\x86\x48\xce\x3d\x03\x01\x07", "\x2a\x86\x48\xce\x3d\x03\x01\x06"),
		  false, ERR_UNSUPPORTED, "key" },
		/* the first of the two names of the algorithm only */
		{ "two algorithms", CHANGE("\x2a\x86\x48\xce\x3d\x04\x03\x02", "\x2a\x86\x48\xce\x3d\x04\x03\x03"),
		  false, ERR_FORMAT, "two different" },
	};
	static struct pair p;
	make_pair(KEY_P256, KEY_P256, &p);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct made copy = cases[i].root ? p.root : p.cert;
		struct bytes der = { copy.mem, copy.der.len };
		struct certificate c = { 0 };
		struct err err = { OK, "" };
		memcpy(copy.mem + find(der, cases[i].from), cases[i].to.ptr, cases[i].to.len);
		enum status st = certificate_decode(der, &c, &err);
		if (st != cases[i].want || c.key != NULL || strstr(err.text, cases[i].says) == NULL)
			fail_msg("%s: %s, \"%s\"", cases[i].why, status_text(st), err.text);
	}
	free_pair(&p);
}

/* Takes out n bytes at the place, and from the lengths of the certificate and of what is signed in it. */
static struct bytes
without(struct made *m, size_t at, size_t n)
{
	static const size_t lengths[] = { 2, 6 }; /* 30 82 nnnn 30 82 nnnn */
	for (size_t i = 0; i < 2; i++) {
		uint8_t *p = m->mem + lengths[i];
		assert_true(p[-1] == 0x82);
		size_t len = ((size_t)p[0] << 8 | p[1]) - n;
		assert_true(len >= 0x100); /* the same form of length */
		p[0] = (uint8_t)(len >> 8), p[1] = (uint8_t)len;
	}
	memmove(m->mem + at, m->mem + at + n, m->der.len - at - n);
	m->der.len -= n;
	return buf_view(&m->der);
}

static void
a_certificate_without_a_subject_is_refused(void **state)
{
	(void)state;
	static struct pair p;
	struct certificate c = { 0 };
	struct err err = { OK, "" };
	make_pair(KEY_P256, KEY_P256, &p);
	struct bytes name = BYTES_LIT("\x0c\x11Invented issuer 1");
	size_t subject = find(buf_view(&p.cert.der), name) - 11; /* 30 1c 31 1a 30 18 06 03 55 04 03 */
	assert_true(p.cert.mem[subject] == 0x30 && p.cert.mem[subject + 1] == 11 - 2 + 19);
	p.cert.mem[subject + 1] = 0;
	struct bytes nameless = without(&p.cert, subject + 2, 11 - 2 + 19);
	assert_int_equal(certificate_decode(nameless, &c, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "no readable name"));
	assert_null(c.key);
	free_pair(&p);
}

/* Envelopes whose algorithm is known, so that what stands inside is looked at. */
#define ES256_ALG "300a06082a8648ce3d040302"
static const struct { const char *why, *tbs, *bits; } shells[] = {
	{ "nothing is signed", "3000", "030100" },
	{ "a version alone", "3005" "a003020102", "030100" },
	{ "no algorithm", "3008" "a003020102" "020101", "030100" },
	{ "no issuer", "300a" "a003020102" "020101" "3000", "030100" },
	{ "no term", "300c" "a003020102" "020101" "3000" "3000", "030100" },
	{ "no subject", "300e" "a003020102" "020101" "3000" "3000" "3000", "030100" },
	{ "a serial number that is none", "3010" "a003020102" "040101" "3000" "3000" "3000" "3000", "030100" },
	{ "a subject that is none", "3010" "a003020102" "020101" "3000" "3000" "3000" "3100", "030100" },
	{ "a signature of no bits at all", "3010" "a003020102" "020101" "3000" "3000" "3000" "3000", "0300" },
	{ "a signature with unused bits", "3010" "a003020102" "020101" "3000" "3000" "3000" "3000", "030101" },
	{ "an issuer that is no name", "3012" "a003020102" "020101" "3000" "30020500" "3000" "3000", "030100" },
};
enum { SHELLS = sizeof(shells) / sizeof(shells[0]), OTHERS_NAME = SHELLS - 1 }; /* as a root, the last one's name is a name */

static struct bytes
shell(size_t i, uint8_t mem[128])
{
	char hex[256];
	struct buf out = { mem, 128, 0 };
	size_t len = (strlen(shells[i].tbs) + strlen(ES256_ALG) + strlen(shells[i].bits)) / 2;
	assert_true(len < 0x80);
	(void)snprintf(hex, sizeof(hex), "30%02zx%s%s%s", len, shells[i].tbs, ES256_ALG, shells[i].bits);
	assert_int_equal(hex_decode(bytes_str(hex), &out), OK);
	return buf_view(&out);
}

static void
an_envelope_with_less_than_a_certificate_in_it_is_refused(void **state)
{
	(void)state;
	static struct pair p;
	make_pair(KEY_P256, KEY_P256, &p);
	struct bytes root_der = buf_view(&p.root.der);
	struct certificate root = decoded(root_der);
	for (size_t i = 0; i < SHELLS; i++) {
		uint8_t mem[128];
		struct certificate c = { 0 };
		bool as_cert = true, as_root = true;
		struct bytes der = shell(i, mem);
		if (certificate_decode(der, &c, NULL) != ERR_FORMAT || c.key != NULL)
			fail_msg("decoded: %s", shells[i].why);
		if (certificate_check_signature(der, root_der, &root, &as_cert) != ERR_FORMAT || as_cert)
			fail_msg("certified: %s", shells[i].why);
		enum status st = certificate_check_signature(root_der, der, &root, &as_root);
		if (st != (i == OTHERS_NAME ? OK : ERR_FORMAT) || as_root)
			fail_msg("as root: %s", shells[i].why);
	}
	certificate_clear(&root);
	free_pair(&p);
}

static void
a_certificate_may_be_as_long_as_its_limit_and_no_longer(void **state)
{
	(void)state;
	static uint8_t mem[CERTIFICATE_DER_LEN_MAX + 1];
	struct certificate c = { 0 };
	bool good = true;
	assert_int_equal(certificate_decode((struct bytes){ mem, CERTIFICATE_DER_LEN_MAX }, &c, NULL), ERR_FORMAT);
	assert_int_equal(certificate_decode((struct bytes){ mem, CERTIFICATE_DER_LEN_MAX + 1 }, &c, NULL), ERR_LIMIT);
	assert_int_equal(certificate_check_signature((struct bytes){ mem, CERTIFICATE_DER_LEN_MAX + 1 }, (struct bytes){ mem, 1 }, &c, &good), ERR_LIMIT);
	assert_false(good);
}

static void
a_certificate_whose_signature_is_no_der_is_not_signed(void **state)
{
	(void)state;
	static struct pair p;
	make_pair(KEY_P256, KEY_P256, &p);
	struct bytes root_der = buf_view(&p.root.der), cert = buf_view(&p.cert.der);
	struct certificate root = decoded(root_der);
	size_t bits = find(cert, BYTES_LIT("\x04\x03\x02\x03")) + 3; /* the BIT STRING behind the algorithm */
	assert_true(cert.ptr[bits + 2] == 0 && cert.ptr[bits + 3] == 0x30);
	p.cert.mem[bits + 3] = 0x31;
	assert_false(is_signed(cert, root_der, &root));
	p.cert.mem[bits + 3] = 0x30;
	assert_true(is_signed(cert, root_der, &root));
	certificate_clear(&root);
	free_pair(&p);
}

static void
other_signature_algorithms_are_unsupported(void **state)
{
	(void)state;
	static struct pair p;
	make_pair(KEY_P256, KEY_P256, &p);
	struct bytes der = buf_view(&p.cert.der), oid = BYTES_LIT("\x2a\x86\x48\xce\x3d\x04\x03\x02");
	struct certificate c = { 0 };
	bool good = true;
	size_t first = find(der, oid);
	size_t second = first + 1 + find((struct bytes){ der.ptr + first + 1, der.len - first - 1 }, oid);
	p.cert.mem[first + 7] = p.cert.mem[second + 7] = 0x03; /* ecdsa-with-SHA384 */
	assert_int_equal(certificate_decode(der, &c, NULL), ERR_UNSUPPORTED);
	assert_int_equal(certificate_check_signature(der, der, &c, &good), ERR_UNSUPPORTED);
	assert_false(good);
	free_pair(&p);
}

/* SubjectPublicKeyInfo under 1.2.156.10197.1.301: one byte more, and so is all around it. */
static void
an_sm2_key_under_its_own_name_is_read(void **state)
{
	(void)state;
	static struct pair p;
	static const uint8_t own[] = { 0x30, 0x5a, 0x30, 0x14, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d };
	make_pair(KEY_SM2, KEY_SM2, &p);
	struct bytes der = buf_view(&p.cert.der);
	size_t at = find(der, BYTES_LIT("\x30\x59\x30\x13\x06\x07"));
	memmove(p.cert.mem + at + sizeof(own), p.cert.mem + at + sizeof(own) - 1, der.len - at - (sizeof(own) - 1));
	memcpy(p.cert.mem + at, own, sizeof(own));
	assert_true(p.cert.mem[3] != 0xff && p.cert.mem[7] != 0xff);
	p.cert.mem[3]++;
	p.cert.mem[7]++;
	struct certificate c = decoded((struct bytes){ der.ptr, der.len + 1 });
	assert_int_equal(public_key_type(c.key), KEY_SM2);
	certificate_clear(&c);
	free_pair(&p);
}

static void
pem_and_der_are_the_same_certificate(void **state)
{
	(void)state;
	static struct pair p;
	static uint8_t pem_mem[8192], der_mem[CERTIFICATE_DER_LEN_MAX];
	make_pair(KEY_P256, KEY_P256, &p);
	struct bytes cert = buf_view(&p.cert.der);
	struct buf pem = BUF_OF(pem_mem), der = BUF_OF(der_mem), small = { der_mem, cert.len - 1, 0 };
	assert_int_equal(certificate_to_pem(cert, &pem), OK);
	assert_true(bytes_starts_with(buf_view(&pem), BYTES_LIT("-----BEGIN CERTIFICATE-----\n")));
	assert_int_equal(certificate_der_of(buf_view(&pem), &der, NULL), OK);
	assert_true(bytes_eq(buf_view(&der), cert));
	der.len = 0;
	assert_int_equal(certificate_der_of(cert, &der, NULL), OK);
	assert_true(bytes_eq(buf_view(&der), cert));
	assert_int_equal(certificate_der_of(cert, &small, NULL), ERR_LIMIT);
	assert_int_equal(certificate_der_of(buf_view(&pem), &small, NULL), ERR_LIMIT);

	struct buf tight = { pem_mem + pem.len, pem.len - 1, 0 };
	assert_int_equal(certificate_to_pem(cert, &tight), ERR_LIMIT);
	assert_int_equal(certificate_to_pem(cert, &pem), OK); /* a second one behind it */
	der.len = 0;
	assert_int_equal(certificate_der_of(buf_view(&pem), &der, NULL), ERR_FORMAT);
	assert_int_equal(certificate_der_of(BYTES_LIT("not a certificate"), &der, NULL), ERR_FORMAT);
	assert_int_equal(certificate_der_of(none, &der, NULL), ERR_FORMAT);
	assert_int_equal(certificate_der_of((struct bytes){ cert.ptr, cert.len - 1 }, &der, NULL), ERR_FORMAT);
	assert_int_equal(certificate_der_of(BYTES_LIT("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n"),
	    &der, NULL), ERR_FORMAT);
	assert_int_equal(certificate_der_of((struct bytes){ pem_mem, (size_t)INT_MAX + 1 }, &der, NULL), ERR_FORMAT); /* by its length alone */
	p.cert.mem[cert.len] = 0;
	assert_int_equal(certificate_der_of((struct bytes){ cert.ptr, cert.len + 1 }, &der, NULL), ERR_FORMAT);
	assert_int_equal(der.len, 0);
	free_pair(&p);
}

static void
pem_with_headers_or_no_base64_in_it_is_refused(void **state)
{
	(void)state;
	static struct pair p;
	static uint8_t pem_mem[8192], der_mem[CERTIFICATE_DER_LEN_MAX];
	static const char *const blocks[] = {
		"-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\nMAA=\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nMAA=\n",
		"-----BEGIN CERTIFICATE-----\nMAA=\n-----END PUBLIC KEY-----\n",
	};
	make_pair(KEY_P256, KEY_P256, &p);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct buf pem = BUF_OF(pem_mem), der = BUF_OF(der_mem);
		assert_int_equal(certificate_der_of(bytes_str(blocks[i]), &der, NULL), ERR_FORMAT);
		assert_int_equal(certificate_to_pem(buf_view(&p.cert.der), &pem), OK); /* nor may it stand behind a good one */
		memcpy(pem.ptr + pem.len, blocks[i], strlen(blocks[i]));
		pem.len += strlen(blocks[i]);
		assert_int_equal(certificate_der_of(buf_view(&pem), &der, NULL), ERR_FORMAT);
		assert_int_equal(der.len, 0);
	}
	free_pair(&p);
}

static void
what_no_root_should_sign_is_refused(void **state)
{
	(void)state;
	static struct pair p;
	static struct made m;
	make_pair(KEY_P256, KEY_P256, &p);
	struct bytes root_der = buf_view(&p.root.der), cert_der = buf_view(&p.cert.der);
	struct certificate_request empty = leaf_rq, backward = leaf_rq, dirty = leaf_rq, lengthy = leaf_rq, early = leaf_rq,
	    late = leaf_rq;
	static const uint8_t as[65] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	empty.common_name = none;
	backward.not_after_unix_s = backward.not_before_unix_s;
	dirty.common_name = BYTES_LIT("two\nlines");
	lengthy.common_name = (struct bytes){ as, 65 };
	early.not_before_unix_s--;
	late.not_after_unix_s++;
	const struct { const char *why; const struct certificate_request *rq; const struct private_key *by; struct bytes root;
		enum status want; } cases[] = {
		{ "no name",                   &empty, p.root_key, root_der, ERR_ARGUMENT },
		{ "no term",                   &backward, p.root_key, root_der, ERR_ARGUMENT },
		{ "a control character",       &dirty, p.root_key, root_der, ERR_ARGUMENT },
		{ "a name of 65 characters",   &lengthy, p.root_key, root_der, ERR_ARGUMENT },
		{ "older than its root",       &early, p.root_key, root_der, ERR_CONFLICT },
		{ "outlives its root",         &late, p.root_key, root_der, ERR_CONFLICT },
		{ "not the root's key",        &leaf_rq, p.key, root_der, ERR_CONFLICT },
		{ "an issuer as root",         &leaf_rq, p.key, cert_der, ERR_CONFLICT },
		{ "self-signed by another",    &root_rq, p.root_key, none, ERR_ARGUMENT },
		{ "no certificate as root",    &leaf_rq, p.root_key, { as, 65 }, ERR_FORMAT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { OK, "" };
		m.der = BUF_OF(m.mem);
		enum status st = certify(cases[i].rq, p.key, cases[i].by, cases[i].root, &m.der, &err);
		if (st != cases[i].want || m.der.len != 0 || err.text[0] == '\0')
			fail_msg("%s: %s, \"%s\"", cases[i].why, status_text(st), err.text);
	}
	lengthy.common_name.len = 64;
	make(&lengthy, p.key, p.root_key, root_der, &m);
	free_pair(&p);
}

static void
serial_numbers_are_positive_and_not_repeated(void **state)
{
	(void)state;
	static struct pair p;
	static struct made m;
	make_pair(KEY_P256, KEY_P256, &p);
	for (int i = 0; i < 8; i++) {
		make(&leaf_rq, p.key, p.root_key, buf_view(&p.root.der), &m);
		size_t at = find(buf_view(&m.der), BYTES_LIT("\xa0\x03\x02\x01\x02\x02")) + 6;
		assert_true(m.mem[at] >= 14 && m.mem[at] <= 16); /* 127 random bits, leading zeros dropped */
		assert_true(m.mem[at + 1] < 0x80);
		assert_true(memcmp(m.mem + at, p.cert.mem + at, 15) != 0);
	}
	free_pair(&p);
}

static void
a_key_is_certified_by_its_public_half_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct pair p;
		struct made m;
		uint8_t spki_mem[512], a[65], b[65];
		struct buf spki = BUF_OF(spki_mem), x = BUF_OF(a), y = BUF_OF(b);
		struct err err = { OK, "" };
		bool good = false;
		make_pair(KEY_P256, types[i], &p);
		assert_int_equal(private_key_spki(p.key, &spki), OK);
		m.der = BUF_OF(m.mem);
		assert_int_equal(certify_public(&leaf_rq, buf_view(&spki), p.root_key, buf_view(&p.root.der), &m.der, &err), OK);
		struct certificate root = decoded(buf_view(&p.root.der)), c = decoded(buf_view(&m.der)), same = decoded(buf_view(&p.cert.der));
		assert_int_equal(certificate_check_signature(buf_view(&m.der), buf_view(&p.root.der), &root, &good), OK);
		assert_true(good);
		assert_int_equal(public_key_point(c.key, &x), OK);
		assert_int_equal(public_key_point(same.key, &y), OK);
		assert_true(bytes_eq(buf_view(&x), buf_view(&y)));
		certificate_clear(&root);
		certificate_clear(&c);
		certificate_clear(&same);
		/* every truncation, and a byte too many, is no public key */
		for (size_t len = 0; len < spki.len; len++) {
			m.der.len = 0;
			assert_int_equal(certify_public(&leaf_rq, (struct bytes){ spki_mem, len }, p.root_key, buf_view(&p.root.der), &m.der, NULL), ERR_FORMAT);
			assert_int_equal(m.der.len, 0);
		}
		spki_mem[spki.len] = 0;
		assert_int_equal(certify_public(&leaf_rq, (struct bytes){ spki_mem, spki.len + 1 }, p.root_key, buf_view(&p.root.der), &m.der, NULL), ERR_FORMAT);
		assert_int_equal(certify_public(&leaf_rq, buf_view(&spki), p.root_key, none, &m.der, NULL), ERR_FORMAT);
		assert_int_equal(certify_public(&leaf_rq, BYTES_LIT("-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n"), p.root_key,
		    buf_view(&p.root.der), &m.der, NULL), ERR_FORMAT);
		free_pair(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_certified_is_read_back),
		cmocka_unit_test(a_certificate_is_signed_by_its_own_root_only),
		cmocka_unit_test(no_root_of_another_kind_of_key_signs),
		cmocka_unit_test(no_flipped_bit_keeps_a_certificate_signed),
		cmocka_unit_test(no_truncation_and_no_trailing_byte_is_a_certificate),
		cmocka_unit_test(what_the_profile_forbids_is_refused_with_a_sentence),
		cmocka_unit_test(a_certificate_without_a_subject_is_refused),
		cmocka_unit_test(an_envelope_with_less_than_a_certificate_in_it_is_refused),
		cmocka_unit_test(a_certificate_may_be_as_long_as_its_limit_and_no_longer),
		cmocka_unit_test(a_certificate_whose_signature_is_no_der_is_not_signed),
		cmocka_unit_test(other_signature_algorithms_are_unsupported),
		cmocka_unit_test(an_sm2_key_under_its_own_name_is_read),
		cmocka_unit_test(pem_and_der_are_the_same_certificate),
		cmocka_unit_test(pem_with_headers_or_no_base64_in_it_is_refused),
		cmocka_unit_test(what_no_root_should_sign_is_refused),
		cmocka_unit_test(serial_numbers_are_positive_and_not_repeated),
		cmocka_unit_test(a_key_is_certified_by_its_public_half_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
