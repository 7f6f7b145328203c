/* qrtext -- the text in a QR code, and what people hand in as one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/qrtext.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOKEN ((struct bytes){ (const uint8_t *)"\xd2\x84\x43\xa1\x01\x26", 6 })

static void
good_prefixes_pass(void **state)
{
	(void)state;
	static const char *const good[] = { "HTTPS://V.EXAMPLE.CN/V/", "HTTP://V.EXAMPLE.CN/V/", "HTTPS://A/V/",
		"HTTPS://V.EXAMPLE.CN/AB/V/", "HTTP://127.0.0.1:8080/V/" };
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(qr_prefix_check(bytes_str(good[i]), NULL), OK);
}

static void
wrong_prefixes_are_refused_with_a_sentence(void **state)
{
	(void)state;
	static const struct { const char *prefix; enum status st; const char *why; } wrong[] = {
		{ "", ERR_FORMAT, "empty" },
		{ "HTTPS://V.EXAMPLE.COM.CN/V/", ERR_LIMIT, "27 characters" },
		{ "https://V.EXAMPLE.CN/V/", ERR_FORMAT, "lower-case scheme" },
		{ "HTTPS://v.EXAMPLE.CN/V/", ERR_FORMAT, "lower-case host" },
		{ "HTTPS://V.EXAMPLE.CN/v/", ERR_FORMAT, "lower-case end" },
		{ "HTTPS://V.EXAMPLE.CN/V", ERR_FORMAT, "no final slash" },
		{ "HTTPS://V.EXAMPLE.CN/", ERR_FORMAT, "no /V/" },
		{ "FTP://V.EXAMPLE.CN/V/", ERR_FORMAT, "not http" },
		{ "V.EXAMPLE.CN/V/", ERR_FORMAT, "no scheme" },
		{ "HTTPS://V/", ERR_FORMAT, "no path" },
		{ "HTTPS:///V/", ERR_FORMAT, "no host" },
		{ "HTTPS:///A/V/", ERR_FORMAT, "a path and no host" },
		{ "HTTPS://V EXAMPLE/V/", ERR_FORMAT, "space" },
		{ "HTTPS://V_EXAMPLE/V/", ERR_FORMAT, "character outside the set" },
		{ "HTTPS://V?A=/V/", ERR_FORMAT, "question mark" },
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct err err = { 0 };
		if (qr_prefix_check(bytes_str(wrong[i].prefix), &err) != wrong[i].st || err.text[0] == '\0')
			fail_msg("not refused as it should be: %s", wrong[i].why);
	}
	assert_int_equal(qr_prefix_check((struct bytes){ (const uint8_t *)"HTTPS://A\0/V/", 13 }, NULL), ERR_FORMAT);
}

static void
a_prefix_may_have_26_characters_and_not_27(void **state)
{
	(void)state;
	struct bytes longer = BYTES_LIT("HTTPS://ABCDEFGHIJKLMNOP/V/");
	assert_int_equal(longer.len, QR_PREFIX_LEN_MAX + 1);
	assert_int_equal(qr_prefix_check(longer, NULL), ERR_LIMIT);
	assert_int_equal(qr_prefix_check(BYTES_LIT("HTTPS://ABCDEFGHIJKLMNO/V/"), NULL), OK);
}

static void
the_text_is_prefix_and_base32_and_ends(void **state)
{
	(void)state;
	uint8_t mem[23 + 10 + 1];
	struct buf out = BUF_OF(mem);
	assert_int_equal(qr_text_encode(BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/"), TOKEN, &out), OK);
	assert_string_equal((const char *)mem, "HTTPS://V.EXAMPLE.CN/V/2KCEHIIBEY");
	assert_int_equal(out.len, sizeof(mem) - 1);
	struct buf small = { mem, sizeof(mem) - 1, 0 };
	assert_int_equal(qr_text_encode(BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/"), TOKEN, &small), ERR_LIMIT);
	struct buf tiny = { mem, 5, 0 };
	assert_int_equal(qr_text_encode(BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/"), TOKEN, &tiny), ERR_LIMIT);
}

static void
a_code_without_prefix_needs_no_address_of_one(void **state)
{
	(void)state;
	uint8_t mem[10 + 1];
	struct buf out = BUF_OF(mem);
	assert_int_equal(qr_text_encode((struct bytes){ NULL, 0 }, TOKEN, &out), OK); /* the sanitizer would tell */
	assert_string_equal((const char *)mem, "2KCEHIIBEY");
}

static void
every_way_to_hand_in_a_token_gives_its_bytes(void **state)
{
	(void)state;
	static const char *const ways[] = { "2KCEHIIBEY", "2kcehiibey", "2kCEHIIbey", "HTTPS://V.EXAMPLE.CN/V/2KCEHIIBEY",
		"https://v.example.cn/v/2kcehiibey", "HTTP://OTHER.EXAMPLE/A/V/2KCEHIIBEY", "/V/2KCEHIIBEY",
		"HTTPS://V.EXAMPLE/V/V/2KCEHIIBEY", "HTTPS://V.EXAMPLE/V/X/V/2KCEHIIBEY", " \t\r\n2KCEHIIBEY\r\n",
		"\n/v/2KCEHIIBEY ", "示例/V/2KCEHIIBEY" };
	for (size_t i = 0; i < COUNT(ways); i++) {
		uint8_t mem[TOKEN_LEN_MAX];
		struct buf out = BUF_OF(mem);
		if (qr_text_decode(bytes_str(ways[i]), &out) != OK || !bytes_eq(buf_view(&out), TOKEN))
			fail_msg("not read: %s", ways[i]);
	}
	uint8_t mem[TOKEN_LEN_MAX];
	struct buf out = BUF_OF(mem);
	assert_int_equal(qr_text_decode(TOKEN, &out), OK);
	assert_true(bytes_eq(buf_view(&out), TOKEN));
}

static void
other_text_is_refused(void **state)
{
	(void)state;
	static const struct { const char *text, *why; } wrong[] = {
		{ "", "empty" }, { " \n", "white space" }, { "HTTPS://V.EXAMPLE.CN/V/", "prefix alone" },
		{ "HTTPS://V.EXAMPLE.CN/2KCEHIIBEY", "prefix does not end in /V/" }, { "V/2KCEHIIBEY", "no slash before V" },
		{ "HTTPS://V.EXAMPLE.CN/V/ 2KCEHIIBEY", "white space after the prefix" }, { "2KCEH IIBEY", "inner white space" },
		{ "2KCEHIIBEY======", "padding" }, { "2KCEHIIBEZ", "spare bits" }, { "2KCEHIIBE", "length 1 mod 8" },
		{ "2KC", "length 3 mod 8" }, { "2KCEHI", "length 6 mod 8" }, { "2KCEHIIBEY/V/", "ends in /V/" },
		{ "2KCEHIIBEY?X", "something after" }, { "2KCEHII1", "digit 1" },
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		uint8_t mem[TOKEN_LEN_MAX];
		struct buf out = { mem, sizeof(mem), 77 };
		if (qr_text_decode(bytes_str(wrong[i].text), &out) != ERR_FORMAT || out.len != 77)
			fail_msg("not refused: %s", wrong[i].why);
	}
}

static void
a_token_may_be_as_long_as_the_limit_and_not_longer(void **state)
{
	(void)state;
	static uint8_t token[TOKEN_LEN_MAX + 1], mem[TOKEN_LEN_MAX + 64], text_mem[QR_TEXT_LEN_MAX];
	memset(token, 0xd2, sizeof(token));
	for (size_t len = TOKEN_LEN_MAX; len <= TOKEN_LEN_MAX + 1; len++) {
		enum status want = len <= TOKEN_LEN_MAX ? OK : ERR_LIMIT;
		struct buf text = BUF_OF(text_mem), out = BUF_OF(mem);
		assert_int_equal(qr_text_decode((struct bytes){ token, len }, &out), want);
		assert_int_equal(qr_text_encode(BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/"), (struct bytes){ token, len }, &text), OK);
		out = BUF_OF(mem);
		assert_int_equal(qr_text_decode(buf_view(&text), &out), want);
		assert_int_equal(out.len, want == OK ? len : 0);
	}
}

static void
text_may_be_as_long_as_the_limit_and_not_longer(void **state)
{
	(void)state;
	uint8_t text[QR_TEXT_LEN_MAX + 1], mem[TOKEN_LEN_MAX];
	struct buf out = BUF_OF(mem);
	memset(text, ' ', sizeof(text));
	memcpy(text + 100, "2KCEHIIBEY", 10);
	assert_int_equal(qr_text_decode((struct bytes){ text, QR_TEXT_LEN_MAX }, &out), OK);
	assert_int_equal(qr_text_decode((struct bytes){ text, QR_TEXT_LEN_MAX + 1 }, &out), ERR_LIMIT);
}

static void
a_token_that_does_not_fit_the_room_is_a_limit(void **state)
{
	(void)state;
	uint8_t mem[5];
	struct buf out = BUF_OF(mem);
	assert_int_equal(qr_text_decode(TOKEN, &out), ERR_LIMIT);
	assert_int_equal(qr_text_decode(BYTES_LIT("2KCEHIIBEY"), &out), ERR_LIMIT);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_prefixes_pass),
		cmocka_unit_test(wrong_prefixes_are_refused_with_a_sentence),
		cmocka_unit_test(a_prefix_may_have_26_characters_and_not_27),
		cmocka_unit_test(the_text_is_prefix_and_base32_and_ends),
		cmocka_unit_test(a_code_without_prefix_needs_no_address_of_one),
		cmocka_unit_test(every_way_to_hand_in_a_token_gives_its_bytes),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(a_token_may_be_as_long_as_the_limit_and_not_longer),
		cmocka_unit_test(text_may_be_as_long_as_the_limit_and_not_longer),
		cmocka_unit_test(a_token_that_does_not_fit_the_room_is_a_limit),
	};
	return cmocka_run_group_tests_name("qrtext", tests, NULL, NULL);
}
