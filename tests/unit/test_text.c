/* text -- codecs, and what text from outside may hold. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct { struct bytes text; const char *why; } not_utf8[] = {
	{ { (const uint8_t *)"\x80", 1 }, "a continuation byte alone" },
	{ { (const uint8_t *)"\xc0\x80", 2 }, "overlong NUL" },
	{ { (const uint8_t *)"\xc1\xbf", 2 }, "overlong 7F" },
	{ { (const uint8_t *)"\xe0\x9f\xbf", 3 }, "overlong 7FF" },
	{ { (const uint8_t *)"\xf0\x8f\xbf\xbf", 4 }, "overlong FFFF" },
	{ { (const uint8_t *)"\xed\xa0\x80", 3 }, "surrogate D800" },
	{ { (const uint8_t *)"\xed\xbf\xbf", 3 }, "surrogate DFFF" },
	{ { (const uint8_t *)"\xf4\x90\x80\x80", 4 }, "beyond 10FFFF" },
	{ { (const uint8_t *)"\xf5\x80\x80\x80", 4 }, "lead byte F5" },
	{ { (const uint8_t *)"\xff", 1 }, "FF" },
	{ { (const uint8_t *)"\xe7\x8e", 2 }, "cut after two of three" },
	{ { (const uint8_t *)"\xf0\xa0\x80", 3 }, "cut after three of four" },
	{ { (const uint8_t *)"\xc3" "A", 2 }, "second byte is ASCII" },
	{ { (const uint8_t *)"\xe7\x8e" "A", 3 }, "third byte is ASCII" },
	{ { (const uint8_t *)"\xf0\xa0\x80\xc0", 4 }, "fourth byte is no continuation" },
	{ { (const uint8_t *)"ok\xfe", 3 }, "good text, then FE" },
};

static void
text_that_is_not_utf8_is_neither_well_formed_nor_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(not_utf8); i++) {
		if (text_is_utf8(not_utf8[i].text) || text_is_clean(not_utf8[i].text))
			fail_msg("accepted: %s", not_utf8[i].why);
	}
}

static size_t
utf8_of(uint32_t c, uint8_t out[4])
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
	out[0] = (uint8_t)((0xf00u >> n & 0xffu) | c);
	return n;
}

static bool
in(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

static void
every_character_is_clean_but_the_ones_of_the_format_document(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		uint8_t mem[4];
		struct bytes t = { mem, utf8_of(c, mem) };
		bool surrogate = in(c, 0xd800, 0xdfff);
		bool refused = in(c, 0, 0x1f) || in(c, 0x7f, 0x9f) || c == 0x200b || in(c, 0x200e, 0x200f) || in(c, 0x2028, 0x202e) ||
		    in(c, 0x2066, 0x2069) || c == 0xfeff || in(c, 0xe000, 0xf8ff) || in(c, 0xfdd0, 0xfdef) || c >= 0xf0000 ||
		    c % 0x10000 >= 0xfffe;
		if (text_is_utf8(t) == surrogate)
			fail_msg("U+%04X: well-formedness is wrong", c);
		if (text_is_clean(t) != (!surrogate && !refused))
			fail_msg("U+%04X: cleanness is wrong", c);
	}
}

static void
names_are_clean_and_so_is_nothing(void **state)
{
	(void)state;
	assert_true(text_is_clean(BYTES_LIT("")));
	assert_true(text_is_clean((struct bytes){ NULL, 0 }));
	assert_true(text_is_clean(BYTES_LIT("示例市市场监督管理局")));
	assert_true(text_is_clean(BYTES_LIT("买买提·示例 (甲)")));
	assert_true(text_is_clean(BYTES_LIT("\xf0\xa0\x80\x80"))); /* U+20000, a rare ideograph */
	assert_false(text_is_clean(BYTES_LIT("张\xe2\x80\x8b示"))); /* U+200B inside */
	assert_true(text_is_utf8(BYTES_LIT("张\xe2\x80\x8b示")));
}

static void
columns_count_wide_characters_twice(void **state)
{
	(void)state;
	assert_int_equal(text_columns(BYTES_LIT("")), 0);
	assert_int_equal(text_columns(BYTES_LIT("abc")), 3);
	assert_int_equal(text_columns(BYTES_LIT("示例")), 4);
	assert_int_equal(text_columns(BYTES_LIT("a示，·")), 1 + 2 + 2 + 1);
}

/* Both ends of each range, and the characters beside them. */
static void
wide_characters_are_those_of_these_ranges_and_no_more(void **state)
{
	(void)state;
	static const struct { uint32_t first, last; } wide[] = { { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3040, 0xa4cf },
		{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
		{ 0x20000, 0x3fffd } };
	for (size_t i = 0; i < COUNT(wide); i++) {
		const struct { uint32_t c; size_t columns; } at[] = { { wide[i].first - 1, 1 }, { wide[i].first, 2 }, { wide[i].last, 2 },
			{ wide[i].last + 1, 1 } };
		for (size_t k = 0; k < COUNT(at); k++) {
			uint8_t mem[4];
			if (text_columns((struct bytes){ mem, utf8_of(at[k].c, mem) }) != at[k].columns)
				fail_msg("U+%04X: wanted %zu columns", at[k].c, at[k].columns);
		}
	}
}

static void
what_is_not_utf8_counts_as_its_bytes(void **state)
{
	(void)state;
	assert_int_equal(text_columns(BYTES_LIT("示\xff")), 2 + 1);
	assert_int_equal(text_columns(BYTES_LIT("a\xe7\x8e")), 1 + 2);
}

static void
escaping_shows_the_unclean_and_cuts_the_long(void **state)
{
	(void)state;
	static const struct { struct bytes text; size_t cap; const char *want; } rows[] = {
		{ { (const uint8_t *)"", 0 }, 8, "" },
		{ { (const uint8_t *)"abcdefg", 7 }, 8, "abcdefg" },
		{ { (const uint8_t *)"abcdefgh", 8 }, 8, "abcd..." },
		{ { (const uint8_t *)"a\nb", 3 }, 16, "a\\x0Ab" },
		{ { (const uint8_t *)"a\x00z", 3 }, 16, "a\\x00z" },
		{ { (const uint8_t *)"\xff\xfe", 2 }, 9, "\\xFF\\xFE" },
		{ { (const uint8_t *)"\xff\xfe", 2 }, 8, "\\xFF..." },
		{ { (const uint8_t *)"\xe2\x80\xae" "x", 4 }, 32, "\\xE2\\x80\\xAEx" },
		{ { (const uint8_t *)"示例", 6 }, 8, "示例" },
		{ { (const uint8_t *)"示例市", 9 }, 9, "示..." }, /* never half a character */
		{ { (const uint8_t *)"示例市", 9 }, 10, "示例市" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[33];
		memset(out, '#', sizeof(out));
		assert_ptr_equal(text_escape(rows[i].text, out, rows[i].cap), out);
		assert_string_equal(out, rows[i].want);
		assert_int_equal(out[rows[i].cap], '#');
	}
}

static void
hex_goes_out_in_lower_case_and_comes_in_in_either(void **state)
{
	(void)state;
	char text[9];
	uint8_t mem[4];
	hex_encode((struct bytes){ (const uint8_t *)"\x00\x7f\xab\xff", 4 }, text);
	assert_string_equal(text, "007fabff");
	struct buf out = BUF_OF(mem);
	assert_int_equal(hex_decode(BYTES_LIT("007FabFf"), &out), OK);
	assert_int_equal(out.len, 4);
	assert_memory_equal(mem, "\x00\x7f\xab\xff", 4);
	assert_int_equal(hex_decode(BYTES_LIT(""), &out), OK);
	assert_int_equal(out.len, 0);
}

static void
wrong_hex_is_refused_and_leaves_the_length(void **state)
{
	(void)state;
	static const char *const wrong[] = { "0", "00f", "0g", "g0", "0x", " 0", "0 ", "@0", "`0", "/0", ":0" };
	uint8_t mem[4];
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct buf out = { mem, sizeof(mem), 77 };
		assert_int_equal(hex_decode(bytes_str(wrong[i]), &out), ERR_FORMAT);
		assert_int_equal(out.len, 77);
	}
	struct buf small = { mem, 2, 0 };
	assert_int_equal(hex_decode(BYTES_LIT("0011"), &small), OK);
	assert_int_equal(hex_decode(BYTES_LIT("001122"), &small), ERR_LIMIT);
}

/* RFC 4648 10, without the padding */
static const struct { const char *bytes, *text; } rfc4648[] = {
	{ "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" }, { "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" },
	{ "foobar", "MZXW6YTBOI" },
};

static void
base32_agrees_with_the_vectors_of_rfc_4648(void **state)
{
	(void)state;
	char text[32], lower[32];
	uint8_t mem[8];
	for (size_t i = 0; i < COUNT(rfc4648); i++) {
		struct bytes plain = bytes_str(rfc4648[i].bytes);
		base32_encode(plain, text);
		assert_string_equal(text, rfc4648[i].text);
		assert_int_equal(base32_len(plain.len), strlen(text));
		for (size_t k = 0; k <= strlen(text); k++)
			lower[k] = (char)(text[k] >= 'A' && text[k] <= 'Z' ? text[k] + 32 : text[k]);
		struct buf out = BUF_OF(mem);
		assert_int_equal(base32_decode(bytes_str(text), &out), OK);
		assert_true(bytes_eq(buf_view(&out), plain));
		memset(mem, 0, sizeof(mem));
		assert_int_equal(base32_decode(bytes_str(lower), &out), OK);
		assert_true(bytes_eq(buf_view(&out), plain));
	}
}

static void
base32_of_every_length_and_byte_comes_back(void **state)
{
	(void)state;
	uint8_t plain[256], mem[256];
	char text[411];
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 167 + 13);
	for (size_t n = 0; n <= sizeof(plain); n++) {
		struct buf out = { mem, n, 0 };
		base32_encode((struct bytes){ plain, n }, text);
		assert_int_equal(strlen(text), base32_len(n));
		assert_int_equal(base32_decode(bytes_str(text), &out), OK);
		assert_true(bytes_eq(buf_view(&out), (struct bytes){ plain, n }));
	}
}

static void
wrong_base32_is_refused(void **state)
{
	(void)state;
	static const struct { const char *text, *why; } wrong[] = {
		{ "M", "length 1 mod 8" }, { "MZX", "length 3 mod 8" }, { "MZXW6Y", "length 6 mod 8" },
		{ "MZXW6YTBO", "length 1 mod 8, later" }, { "MY======", "padding" }, { "MZXW 6YTB", "inner space" },
		{ "MZXW\n6YT", "inner line feed" }, { "M0XW6YTB", "digit 0" }, { "M1XW6YTB", "digit 1" }, { "M8XW6YTB", "digit 8" },
		{ "M9XW6YTB", "digit 9" }, { "MZXW6YT@", "character before A" }, { "MZXW6YT[", "character after Z" },
		{ "MZXW6YT`", "character before a" }, { "MZXW6YT{", "character after z" }, { "MZXW6YT\xcd", "high bit set" },
		{ "MZ", "spare bits set, 2 characters" }, { "MZXR", "spare bits set, 4" }, { "MZXW7", "spare bits set, 5" },
		{ "MZXW6YR", "spare bits set, 7" },
	};
	uint8_t mem[16];
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct buf out = { mem, sizeof(mem), 77 };
		if (base32_decode(bytes_str(wrong[i].text), &out) != ERR_FORMAT || out.len != 77)
			fail_msg("not refused: %s", wrong[i].why);
	}
	struct buf small = { mem, 4, 0 };
	assert_int_equal(base32_decode(BYTES_LIT("MZXW6YQ"), &small), OK);
	assert_int_equal(base32_decode(BYTES_LIT("MZXW6YTB"), &small), ERR_LIMIT);
}

static void
numbers_are_one_to_nineteen_digits(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "-1", "+1", " 1", "1 ", "1a", "0x1", "1.0", "12345678901234567890", "/", ":", "１" };
	uint64_t v = 0;
	assert_int_equal(text_uint(BYTES_LIT("0"), &v), OK);
	assert_int_equal(v, 0);
	assert_int_equal(text_uint(BYTES_LIT("0037"), &v), OK);
	assert_int_equal(v, 37);
	assert_int_equal(text_uint(BYTES_LIT("9999999999999999999"), &v), OK);
	assert_true(v == 9999999999999999999u);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		v = 77;
		assert_int_equal(text_uint(bytes_str(wrong[i]), &v), ERR_FORMAT);
		assert_int_equal(v, 77);
	}
}

static void
trimming_takes_only_outer_white_space(void **state)
{
	(void)state;
	static const struct { const char *in, *want; } rows[] = {
		{ "", "" }, { " \t\r\n", "" }, { "a", "a" }, { " a b\r\n", "a b" }, { "\va\f", "\va\f" }, { "　a", "　a" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(bytes_eq(text_trim(bytes_str(rows[i].in)), bytes_str(rows[i].want)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_is_not_utf8_is_neither_well_formed_nor_clean),
		cmocka_unit_test(every_character_is_clean_but_the_ones_of_the_format_document),
		cmocka_unit_test(names_are_clean_and_so_is_nothing),
		cmocka_unit_test(columns_count_wide_characters_twice),
		cmocka_unit_test(wide_characters_are_those_of_these_ranges_and_no_more),
		cmocka_unit_test(what_is_not_utf8_counts_as_its_bytes),
		cmocka_unit_test(escaping_shows_the_unclean_and_cuts_the_long),
		cmocka_unit_test(hex_goes_out_in_lower_case_and_comes_in_in_either),
		cmocka_unit_test(wrong_hex_is_refused_and_leaves_the_length),
		cmocka_unit_test(base32_agrees_with_the_vectors_of_rfc_4648),
		cmocka_unit_test(base32_of_every_length_and_byte_comes_back),
		cmocka_unit_test(wrong_base32_is_refused),
		cmocka_unit_test(numbers_are_one_to_nineteen_digits),
		cmocka_unit_test(trimming_takes_only_outer_white_space),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
