/* The shapes of a signature: two numbers of 32 bytes, or DER of them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/signature.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define ZEROS   "00000000000000000000000000000000" /* half a number */
#define N30     "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
#define ONE     "00000000000000000000000000000000" "00000000000000000000000000000001"
#define LOW     "7f" N30 "1f"   /* its highest bit is clear: 32 bytes in DER */
#define HIGH    "80" N30 "1f"   /* it is set: a 00 goes before it */
#define SHORT   "0000" N30
#define SIGNED  "00ff" N30      /* a zero byte in front that has to stay */

static struct bytes
unhex(const char *hex, struct buf *out)
{
	out->len = 0;
	assert_int_equal(hex_decode(bytes_str(hex), out), OK);
	return buf_view(out);
}

static const struct { const char *pair, *der; } right[] = {
	{ LOW LOW, "3044" "0220" LOW "0220" LOW },
	{ HIGH LOW, "3045" "022100" HIGH "0220" LOW },
	{ HIGH HIGH, "3046" "022100" HIGH "022100" HIGH },
	{ SHORT SIGNED, "3042" "021e" N30 "0220" "00ff" N30 },
	{ ONE ONE, "3006" "020101" "020101" },
	{ ZEROS ZEROS ONE, "3006" "020100" "020101" },
	{ ONE ZEROS ZEROS, "3006" "020101" "020100" },
};

static void
two_numbers_and_their_der_are_the_same_signature(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		uint8_t pair_mem[SIGNATURE_LEN], want_mem[80], der[SIGNATURE_DER_MAX], back[SIGNATURE_LEN];
		struct buf pair = BUF_OF(pair_mem), want = BUF_OF(want_mem);
		assert_int_equal(unhex(right[i].pair, &pair).len, SIGNATURE_LEN);
		size_t len = signature_to_der(pair_mem, der);
		if (!bytes_eq((struct bytes){ der, len }, unhex(right[i].der, &want)))
			fail_msg("row %zu: other DER", i);
		assert_true(signature_from_der((struct bytes){ der, len }, back));
		assert_memory_equal(back, pair_mem, SIGNATURE_LEN);
	}
}

static const struct { const char *why, *der; } wrong[] = {
	{ "nothing", "" },
	{ "two numbers without a SEQUENCE", "020101" "020101" },
	{ "a SET", "3106" "020101" "020101" },
	{ "a byte behind it", "3006" "020101" "020101" "00" },
	{ "a length that is cut", "3007" "020101" "020101" },
	{ "a long length where a short one would do", "308106" "020101" "020101" },
	{ "an empty SEQUENCE", "3000" },
	{ "one number", "3003" "020101" },
	{ "three numbers", "3009" "020101" "020101" "020101" },
	{ "r as OCTET STRING", "3006" "040101" "020101" },
	{ "s as OCTET STRING", "3006" "020101" "040101" },
	{ "r of no bytes", "3005" "0200" "020101" },
	{ "s of no bytes", "3005" "020101" "0200" },
	{ "r negative", "3006" "020180" "020101" },
	{ "s negative", "3006" "020101" "0201ff" },
	{ "r with a zero byte it does not need", "3007" "02020001" "020101" },
	{ "r with a zero byte too many", "3027" "02220000" HIGH "020101" },
	{ "s with a zero byte it does not need", "3007" "020101" "0202007f" },
	{ "r of 257 bits", "3026" "022101" HIGH "020101" },
	{ "s of 257 bits", "3026" "020101" "022101" HIGH },
};

static void
what_is_no_strict_der_is_refused_and_nothing_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		uint8_t mem[80], pair[SIGNATURE_LEN], untouched[SIGNATURE_LEN];
		struct buf der = BUF_OF(mem);
		memset(pair, 0xee, sizeof(pair));
		memset(untouched, 0xee, sizeof(untouched));
		if (signature_from_der(unhex(wrong[i].der, &der), pair))
			fail_msg("taken: %s", wrong[i].why);
		assert_memory_equal(pair, untouched, sizeof(pair));
	}
}

static void
every_truncation_of_der_is_refused(void **state)
{
	(void)state;
	uint8_t mem[80], pair[SIGNATURE_LEN];
	struct buf der = BUF_OF(mem);
	struct bytes whole = unhex(right[2].der, &der);
	for (size_t n = 0; n < whole.len; n++)
		assert_false(signature_from_der((struct bytes){ whole.ptr, n }, pair));
}

#define P256_N "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define SM2_N  "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"
#define SM2_LESS_1 "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122"
#define SM2_LESS_2 "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121"

static void
numbers_are_in_range_from_one_to_the_order(void **state)
{
	(void)state;
	static const struct { enum key_type type; const char *pair; bool in; } cases[] = {
		{ KEY_P256, ONE ONE, true }, { KEY_P256, ZEROS ZEROS ONE, false }, { KEY_P256, ONE ZEROS ZEROS, false },
		{ KEY_P256, P256_N ONE, false }, { KEY_P256, ONE P256_N, false }, { KEY_P256, SM2_N ONE, true },
		{ KEY_P256, SM2_LESS_1 ONE, true }, /* the sum is of no concern here */
		{ KEY_SM2, ONE ONE, true }, { KEY_SM2, SM2_N ONE, false }, { KEY_SM2, ONE SM2_N, false },
		{ KEY_SM2, ONE SM2_LESS_1, false }, { KEY_SM2, SM2_LESS_1 ONE, false }, { KEY_SM2, ONE SM2_LESS_2, true },
		{ KEY_SM2, SM2_LESS_1 SM2_LESS_1, true },
		{ KEY_ED25519, ZEROS ZEROS ZEROS ZEROS, true }, /* its range is the library's to look at */
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t mem[SIGNATURE_LEN];
		struct buf pair = BUF_OF(mem);
		assert_int_equal(unhex(cases[i].pair, &pair).len, SIGNATURE_LEN);
		if (signature_is_in_range(cases[i].type, mem) != cases[i].in)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_numbers_and_their_der_are_the_same_signature),
		cmocka_unit_test(what_is_no_strict_der_is_refused_and_nothing_is_written),
		cmocka_unit_test(every_truncation_of_der_is_refused),
		cmocka_unit_test(numbers_are_in_range_from_one_to_the_order),
	};
	return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
