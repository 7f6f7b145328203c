/* Private keys in PEM, and the signers made of them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "crypto/certify.h"
#include "crypto/digest.h"

static const enum key_type types[] = { KEY_P256, KEY_ED25519, KEY_SM2 };
#define TYPES_N (sizeof(types) / sizeof(types[0]))

static struct private_key *
generate(enum key_type type)
{
	struct private_key *k = NULL;
	assert_int_equal(private_key_generate(type, &k), OK);
	assert_int_equal(private_key_type(k), type);
	return k;
}

static struct public_key *
public_of(const struct private_key *k)
{
	uint8_t mem[256];
	struct buf spki = BUF_OF(mem);
	struct public_key *pub = NULL;
	assert_int_equal(private_key_spki(k, &spki), OK);
	assert_int_equal(public_key_from_spki(buf_view(&spki), &pub), OK);
	return pub;
}

static bool
signs_for(struct signer *s, const struct public_key *pub, struct bytes message)
{
	uint8_t sig[SIGNATURE_LEN];
	bool good = false;
	assert_int_equal(signer_sign(s, message, sig), OK);
	assert_int_equal(signature_check(pub, alg_written(s->type), message, (struct bytes){ sig, sizeof(sig) }, &good), OK);
	return good;
}

static void
a_generated_key_signs_what_its_public_half_checks_many_times(void **state)
{
	(void)state;
	static const uint8_t message[300] = { 0xd2, 0x84 };
	for (size_t i = 0; i < TYPES_N; i++) {
		struct private_key *k = generate(types[i]);
		struct public_key *pub = public_of(k);
		struct signer *s = NULL;
		static const uint8_t zero[KID_LEN];
		assert_int_equal(signer_from_key(k, (struct bytes){ NULL, 0 }, &s, NULL), OK);
		private_key_free(k); /* the signer has its own */
		assert_int_equal(s->type, types[i]);
		assert_memory_equal(s->kid, zero, KID_LEN);
		for (size_t n = 0; n < sizeof(message); n += 13)
			assert_true(signs_for(s, pub, (struct bytes){ message, n }));
		signer_close(s);
		public_key_free(pub);
	}
	private_key_free(NULL);
	signer_close(NULL);
}

static void
a_duplicate_signer_signs_the_same_key_after_its_original_is_gone(void **state)
{
	(void)state;
	for (size_t i = 0; i < TYPES_N; i++) {
		struct private_key *k = generate(types[i]);
		struct public_key *pub = public_of(k);
		struct signer *s = NULL, *copy = NULL;
		assert_int_equal(signer_from_key(k, (struct bytes){ NULL, 0 }, &s, NULL), OK);
		assert_true(signs_for(s, pub, BYTES_LIT("one")));
		assert_int_equal(signer_dup(s, &copy), OK);
		signer_close(s);
		private_key_free(k);
		assert_memory_equal(copy->kid, ((uint8_t[KID_LEN]){ 0 }), KID_LEN);
		assert_true(signs_for(copy, pub, BYTES_LIT("two")));
		signer_close(copy);
		public_key_free(pub);
	}
}

static void
a_key_comes_back_from_its_pem(void **state)
{
	(void)state;
	for (size_t i = 0; i < TYPES_N; i++) {
		uint8_t mem[1024], again_mem[1024];
		struct buf pem = BUF_OF(mem), again = BUF_OF(again_mem), small = { again_mem, 100, 0 };
		struct private_key *k = generate(types[i]), *back = NULL;
		struct public_key *pub = public_of(k);
		struct signer *s = NULL;
		assert_int_equal(private_key_to_pem(k, &pem), OK);
		assert_int_equal(private_key_to_pem(k, &small), ERR_LIMIT);
		assert_int_equal(small.len, 0);
		assert_true(bytes_starts_with(buf_view(&pem), BYTES_LIT("-----BEGIN PRIVATE KEY-----\n")));
		assert_int_equal(private_key_from_pem(buf_view(&pem), &back, NULL), OK);
		assert_int_equal(private_key_type(back), types[i]);
		assert_int_equal(private_key_to_pem(back, &again), OK);
		assert_true(bytes_eq(buf_view(&pem), buf_view(&again)));
		assert_int_equal(signer_from_key(back, (struct bytes){ NULL, 0 }, &s, NULL), OK);
		assert_true(signs_for(s, pub, BYTES_LIT("back again")));
		for (size_t n = 0; n + 30 < pem.len; n += 7) {
			struct private_key *none = NULL;
			assert_int_not_equal(private_key_from_pem((struct bytes){ mem, n }, &none, NULL), OK);
			assert_null(none);
		}
		signer_close(s);
		private_key_free(k);
		private_key_free(back);
		public_key_free(pub);
	}
}

/* RFC 8410 10.3 */
static const char ed25519_pem[] = "-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

static void
a_published_pem_is_read(void **state)
{
	(void)state;
	static const uint8_t want[] = {
		0x19, 0xbf, 0x44, 0x09, 0x69, 0x84, 0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1, 0x67, 0xdc, 0x3b, 0x96,
		0xc8, 0x50, 0x86, 0xaa, 0x30, 0xb6, 0xb6, 0xcb, 0x0c, 0x5c, 0x38, 0xad, 0x70, 0x31, 0x66, 0xe1,
	};
	uint8_t mem[65];
	struct buf point = BUF_OF(mem);
	struct private_key *k = NULL;
	assert_int_equal(private_key_from_pem(bytes_str(ed25519_pem), &k, NULL), OK);
	struct public_key *pub = public_of(k);
	assert_int_equal(public_key_point(pub, &point), OK);
	assert_true(bytes_eq(buf_view(&point), (struct bytes){ want, sizeof(want) }));
	public_key_free(pub);
	private_key_free(k);
}

/* Keys made for this test and used nowhere else. */
static const char encrypted_pem[] =
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgitpmLIiO+tQICCAAw\n"
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECnDPzoPhQUt0aGI5p5ZN9YEgZBq\n"
	"Tldn7kD4McoehJevDcZdjZePcXKHrmmeVUBu6BU/1VqM599PphkZSTwFo97cYXhW\n"
	"ApF5AjAw+A1dZ1sLOySXgH+jqRqhttQWMRb3ewX2tzJMVUGLRaHZ06IJs7mhhxVb\n"
	"AsITK+8oy+Rzz92d5zFyGtHtU1ABOZ38U7zz3bP/sxk0C5q2IU8hOUWgrDYbOoo=\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n";
static const char old_encrypted_pem[] =
	"-----BEGIN EC PRIVATE KEY-----\n"
	"Proc-Type: 4,ENCRYPTED\n"
	"DEK-Info: AES-128-CBC,977A06C0C217DB12D50B17ED774198F5\n"
	"\n"
	"Wd+K5D7wKl1uqMnVrqLqnmk6NOLKs/4ve2V3qdy8aOwJVqpYj8+ndz7obbmSmXU6\n"
	"zZOUT3hc3IURWAdqQmHoEYWyBJmg8P2VI99eUHGwXWgvnstSyHL6nhIfKwT/xJJE\n"
	"hoS3Zdcl0kdmCtXPp1kQwmd0vfRsTVmp9VpfJtxJ9Uc=\n"
	"-----END EC PRIVATE KEY-----\n";
static const char sec1_pem[] =
	"-----BEGIN EC PRIVATE KEY-----\n"
	"MHcCAQEEIGuv7h8VK5KkfMCxKjhSU1HphfI26B4sq4jlues3ffWsoAoGCCqGSM49\n"
	"AwEHoUQDQgAEeiKUICZ3GdJv2U6Oah5Lsrjva1LKGlOGcYsrQSr0rUwefjihBAbj\n"
	"MCw0sDPrn9s/lContYV6RDFhskW1KPZIyg==\n"
	"-----END EC PRIVATE KEY-----\n";
static const char p384_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCQ/qCVtPOXJ8U4beAH\n"
	"49Ja4pZ7d+T7fIgwywDjYJ3ULaI0H9lXu4frt2yhcaHTURGhZANiAATlsaLqnYUj\n"
	"R0W3qT1YTIEu5CGI9fUrBg5KFMhrlTO3+q9u0waZMnJoXc2HuzW/0W7ShKxHwNN1\n"
	"d8CaeDslkPNlSnl6WQBbQwGlEI3gwvRkt+bX++S97O0H58/8J4698RY=\n"
	"-----END PRIVATE KEY-----\n";
static const char x25519_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VuBCIEIPhPnoW3W1+dCzu9XX9aDKxERjJ/ehOpXe3D2rzIyAFW\n"
	"-----END PRIVATE KEY-----\n";
static const char mixed_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQga6/uHxUrkqR8wLEq\n"
	"OFJTUemF8jboHiyriOW56zd99ayhRANCAARsb6Hlo78yUcze7KG2vaTmcE5rcjmO\n"
	"NtNrT20Ic3B/mn5vY5xcyReKPEoHms3dezyKebiM1QWKlkqveLmljJrR\n"
	"-----END PRIVATE KEY-----\n";
static const char public_pem[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeiKUICZ3GdJv2U6Oah5Lsrjva1LK\n"
	"GlOGcYsrQSr0rUwefjihBAbjMCw0sDPrn9s/lContYV6RDFhskW1KPZIyg==\n"
	"-----END PUBLIC KEY-----\n";

static void
what_is_no_plain_key_of_ours_is_refused_with_a_sentence(void **state)
{
	(void)state;
	static const struct { const char *why, *pem; enum status want; const char *says; } cases[] = {
		{ "encrypted PKCS#8",        encrypted_pem, ERR_UNSUPPORTED, "pass phrase" },
		{ "encrypted the old way",   old_encrypted_pem, ERR_UNSUPPORTED, "pass phrase" },
		{ "SEC 1 form",              sec1_pem, ERR_UNSUPPORTED, "pkcs8" },
		{ "another curve",           p384_pem, ERR_UNSUPPORTED, "P-256" },
		{ "X25519",                  x25519_pem, ERR_UNSUPPORTED, "P-256" },
		{ "halves of two keys",      mixed_pem, ERR_FORMAT, "halves" },
		{ "a public key",            public_pem, ERR_UNSUPPORTED, "PRIVATE KEY" },
		{ "no key inside",           "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n", ERR_FORMAT, "PKCS#8" },
		{ "no PEM",                  "not a key", ERR_FORMAT, "no PEM" },
		{ "nothing",                 "", ERR_FORMAT, "no PEM" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct private_key *k = NULL;
		struct err err = { OK, "" };
		enum status st = private_key_from_pem(bytes_str(cases[i].pem), &k, &err);
		if (st != cases[i].want || k != NULL || strstr(err.text, cases[i].says) == NULL)
			fail_msg("%s: %s, \"%s\"", cases[i].why, status_text(st), err.text);
	}
	struct private_key *k = NULL;
	assert_int_equal(private_key_from_pem((struct bytes){ NULL, 0 }, &k, NULL), ERR_FORMAT);
}

static void
a_signer_takes_its_kid_from_its_own_certificate_only(void **state)
{
	(void)state;
	const struct certificate_request rq = {
		.common_name = BYTES_LIT("Invented root EXAMPLE"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = 1704067200, .not_after_unix_s = 1893456000, .is_ca = true,
	};
	for (size_t i = 0; i < TYPES_N; i++) {
		uint8_t mem[CERTIFICATE_DER_LEN_MAX];
		struct buf der = BUF_OF(mem);
		struct private_key *k = generate(types[i]), *other = generate(types[i]);
		struct signer *s = NULL, *copy = NULL, *none = NULL;
		struct err err = { OK, "" };
		struct digest d;
		assert_int_equal(certify(&rq, k, k, (struct bytes){ NULL, 0 }, &der, NULL), OK);
		assert_int_equal(sha256(buf_view(&der), &d), OK);
		assert_int_equal(signer_from_key(k, buf_view(&der), &s, NULL), OK);
		assert_memory_equal(s->kid, d.b, KID_LEN);
		assert_int_equal(signer_dup(s, &copy), OK);
		assert_memory_equal(copy->kid, d.b, KID_LEN);
		assert_int_equal(signer_from_key(other, buf_view(&der), &none, &err), ERR_CONFLICT);
		assert_non_null(strstr(err.text, "another key"));
		assert_int_equal(signer_from_key(k, BYTES_LIT("no certificate"), &none, NULL), ERR_FORMAT);
		assert_null(none);
		signer_close(s);
		signer_close(copy);
		private_key_free(k);
		private_key_free(other);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_generated_key_signs_what_its_public_half_checks_many_times),
		cmocka_unit_test(a_duplicate_signer_signs_the_same_key_after_its_original_is_gone),
		cmocka_unit_test(a_key_comes_back_from_its_pem),
		cmocka_unit_test(a_published_pem_is_read),
		cmocka_unit_test(what_is_no_plain_key_of_ours_is_refused_with_a_sentence),
		cmocka_unit_test(a_signer_takes_its_kid_from_its_own_certificate_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
