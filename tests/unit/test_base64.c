/* Base64 -- RFC 4648 4 and 5. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/base64.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
the_vectors_of_rfc_4648_10_hold_both_ways(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[16];
		uint8_t mem[16];
		struct buf out = BUF_OF(mem);
		base64_encode(bytes_str(cases[i][0]), text);
		assert_string_equal(text, cases[i][1]);
		assert_int_equal(base64_decode(bytes_str(text), &out), OK);
		assert_true(bytes_eq(buf_view(&out), bytes_str(cases[i][0])));
		out.len = 0;
		struct bytes bare = { (const uint8_t *)text, strcspn(text, "=") }; /* without padding too */
		assert_int_equal(base64_decode(bare, &out), OK);
		assert_true(bytes_eq(buf_view(&out), bytes_str(cases[i][0])));
	}
}

static void
every_length_and_every_byte_comes_back(void **state)
{
	(void)state;
	uint8_t in[256], mem[256];
	char text[4 * 86 + 1];
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof(in); n++) {
		struct buf out = BUF_OF(mem);
		base64_encode((struct bytes){ in, n }, text);
		assert_int_equal(strlen(text), 4 * ((n + 2) / 3));
		assert_int_equal(base64_decode(bytes_str(text), &out), OK);
		assert_true(bytes_eq(buf_view(&out), (struct bytes){ in, n }));
	}
}

static void
both_alphabets_are_read_and_not_mixed(void **state)
{
	(void)state;
	uint8_t mem[16];
	struct buf out = BUF_OF(mem);
	assert_int_equal(base64_decode(BYTES_LIT("+/+/"), &out), OK);
	assert_int_equal(base64_decode(BYTES_LIT("-_-_"), &out), OK);
	assert_memory_equal(mem, mem + 3, 3);
	assert_int_equal(base64_decode(BYTES_LIT("+_AA"), &out), ERR_FORMAT);
	assert_int_equal(out.len, 6);
}

static void
what_is_not_base64_is_refused(void **state)
{
	(void)state;
	static const struct { const char *text, *why; } cases[] = { { "A", "one character" }, { "AAAAA", "one too many" },
		{ "AA=", "padding cut" }, { "AAA==", "padding too long" }, { "A===", "three of padding" }, { "====", "only padding" },
		{ "=AAA", "padding first" }, { "AA=A", "padding within" }, { "AA A", "a space" }, { "AAA\n", "a line end" }, { "AB==", "spare bits" },
		{ "AAB=", "spare bits of two" }, { "AAB", "spare bits, unpadded" }, { "AAA*", "a star" }, { "AAA=AAAA", "two texts" },
		{ "\xc3\xa9" "AA", "no ASCII" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t mem[32];
		struct buf out = BUF_OF(mem);
		if (base64_decode(bytes_str(cases[i].text), &out) != ERR_FORMAT)
			fail_msg("taken: %s", cases[i].why);
		assert_int_equal(out.len, 0);
	}
}

static void
too_little_room_is_a_limit(void **state)
{
	(void)state;
	uint8_t mem[5];
	struct buf out = BUF_OF(mem);
	assert_int_equal(base64_decode(BYTES_LIT("AAAAAAAA"), &out), ERR_LIMIT);
	assert_int_equal(base64_decode(BYTES_LIT("AAAAAAA="), &out), OK);
	assert_int_equal(out.len, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc_4648_10_hold_both_ways),
		cmocka_unit_test(every_length_and_every_byte_comes_back),
		cmocka_unit_test(both_alphabets_are_read_and_not_mixed),
		cmocka_unit_test(what_is_not_base64_is_refused),
		cmocka_unit_test(too_little_room_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
