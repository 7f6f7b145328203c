/* Hashes, keyed hashes, derivation and randomness against published vectors. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"

static void
assert_hex(const void *got, size_t len, const char *want)
{
	char text[2 * 64 + 1];
	assert_true(len <= 64);
	hex_encode((struct bytes){ got, len }, text);
	assert_string_equal(text, want);
}

static void
sha256_agrees_with_fips_180(void **state)
{
	(void)state;
	static const struct { const char *in, *want; } cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digest d;
		assert_int_equal(sha256(bytes_str(cases[i].in), &d), OK);
		assert_hex(d.b, DIGEST_LEN, cases[i].want);
	}
}

static void
sm3_agrees_with_gbt_32905(void **state)
{
	(void)state;
	struct digest d;
	assert_int_equal(sm3(BYTES_LIT("abc"), &d), OK);
	assert_hex(d.b, DIGEST_LEN, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
	assert_int_equal(sm3(BYTES_LIT("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"), &d), OK);
	assert_hex(d.b, DIGEST_LEN, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

static void
parts_hash_as_their_concatenation(void **state)
{
	(void)state;
	struct bytes whole = BYTES_LIT("one two three");
	struct bytes parts[] = { BYTES_LIT("one "), { NULL, 0 }, BYTES_LIT("two three") };
	struct digest a, b;
	assert_int_equal(sha256(whole, &a), OK);
	assert_int_equal(sha256_parts(parts, 3, &b), OK);
	assert_memory_equal(a.b, b.b, DIGEST_LEN);
	assert_int_equal(sm3(whole, &a), OK);
	assert_int_equal(sm3_parts(parts, 3, &b), OK);
	assert_memory_equal(a.b, b.b, DIGEST_LEN);
}

/* RFC 4231 4.3 with its key filled up with zeros, which HMAC does anyway. */
static const struct secret jefe = { "Jefe" };
static const char jefe_sha256[] = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

static void
mac_agrees_with_rfc_4231_each_time_it_is_used(void **state)
{
	(void)state;
	struct mac *m = NULL;
	struct digest d;
	struct bytes parts[] = { BYTES_LIT("what do ya want "), BYTES_LIT("for nothing?") };
	struct bytes other = BYTES_LIT("something else");
	assert_int_equal(mac_open(PROFILE_INTL, &jefe, &m), OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(mac_compute(m, parts, 2, &d), OK);
		assert_hex(d.b, DIGEST_LEN, jefe_sha256);
		assert_int_equal(mac_compute(m, &other, 1, &d), OK);
	}
	mac_close(m);
}

static void
a_duplicate_mac_outlives_its_original(void **state)
{
	(void)state;
	struct mac *m = NULL, *copy = NULL;
	struct digest d;
	struct bytes in = BYTES_LIT("what do ya want for nothing?");
	assert_int_equal(mac_open(PROFILE_INTL, &jefe, &m), OK);
	assert_int_equal(mac_compute(m, &in, 1, &d), OK);
	assert_int_equal(mac_dup(m, &copy), OK);
	mac_close(m);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mac_compute(copy, &in, 1, &d), OK);
		assert_hex(d.b, DIGEST_LEN, jefe_sha256);
	}
	mac_close(copy);
	mac_close(NULL);
}

/* HMAC by its definition (RFC 2104), so that the gm profile is checked by something else. */
static void
gm_mac_is_hmac_with_sm3(void **state)
{
	(void)state;
	struct mac *m = NULL;
	struct digest inner, want, got;
	uint8_t ipad[64], opad[64];
	struct bytes in = BYTES_LIT("a stored record");
	for (size_t i = 0; i < 64; i++) {
		uint8_t k = i < SECRET_LEN ? jefe.b[i] : 0;
		ipad[i] = k ^ 0x36;
		opad[i] = k ^ 0x5c;
	}
	struct bytes first[] = { { ipad, 64 }, in };
	assert_int_equal(sm3_parts(first, 2, &inner), OK);
	struct bytes second[] = { { opad, 64 }, { inner.b, DIGEST_LEN } };
	assert_int_equal(sm3_parts(second, 2, &want), OK);
	assert_int_equal(mac_open(PROFILE_GM, &jefe, &m), OK);
	assert_int_equal(mac_compute(m, &in, 1, &got), OK);
	assert_memory_equal(got.b, want.b, DIGEST_LEN);
	mac_close(m);
}

static void
derived_secrets_are_hkdf_expand_and_differ_by_label(void **state)
{
	(void)state;
	struct mac *m = NULL;
	struct digest want;
	struct secret a, b, c;
	struct bytes in = BYTES_LIT("records\x01");
	assert_int_equal(mac_open(PROFILE_INTL, &jefe, &m), OK);
	assert_int_equal(mac_compute(m, &in, 1, &want), OK);
	mac_close(m);
	assert_int_equal(secret_derive(PROFILE_INTL, &jefe, "records", &a), OK);
	assert_memory_equal(a.b, want.b, SECRET_LEN);
	assert_int_equal(secret_derive(PROFILE_INTL, &jefe, "sealed", &b), OK);
	assert_memory_not_equal(a.b, b.b, SECRET_LEN);
	assert_int_equal(secret_derive(PROFILE_GM, &jefe, "records", &c), OK);
	assert_memory_not_equal(a.b, c.b, SECRET_LEN);
}

static void
random_bytes_fill_all_the_room_and_do_not_repeat(void **state)
{
	(void)state;
	uint8_t a[40] = { 0 }, b[40] = { 0 };
	static const uint8_t zero[8];
	assert_int_equal(random_fill(a, 32), OK);
	assert_int_equal(random_fill(b, 32), OK);
	assert_memory_not_equal(a, b, 32);
	assert_memory_not_equal(a + 24, zero, 8);
	assert_memory_equal(a + 32, zero, 8);
	assert_int_equal(random_fill(a, 0), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_agrees_with_fips_180),
		cmocka_unit_test(sm3_agrees_with_gbt_32905),
		cmocka_unit_test(parts_hash_as_their_concatenation),
		cmocka_unit_test(mac_agrees_with_rfc_4231_each_time_it_is_used),
		cmocka_unit_test(a_duplicate_mac_outlives_its_original),
		cmocka_unit_test(gm_mac_is_hmac_with_sm3),
		cmocka_unit_test(derived_secrets_are_hkdf_expand_and_differ_by_label),
		cmocka_unit_test(random_bytes_fill_all_the_room_and_do_not_repeat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
