/* identifier -- numbers with check characters, and certificate number templates. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/identifier.h"
#include "tests/unit/support/scratch.h"

static void
the_identity_numbers_of_the_standard_hold(void **state)
{
	(void)state;
	struct err err = { .status = OK };
	assert_int_equal(idnumber_check(BYTES_LIT("11010519491231002X"), &err), OK);
	assert_int_equal(idnumber_check(BYTES_LIT("440524188001010014"), &err), ERR_FORMAT); /* real rule, born in 1880 */
	assert_int_equal(idnumber_check_character("44052418800101001"), '4');
	assert_int_equal(idnumber_check_character("11010519491231002"), 'X');
}

/* 17 digits, and the check character that fits. */
static void
complete(const char *digits, char out[19])
{
	assert_int_equal(strlen(digits), 17);
	memcpy(out, digits, 17);
	out[17] = idnumber_check_character(digits);
	out[18] = '\0';
}

static void
a_birth_date_is_a_real_one_from_1900_on(void **state)
{
	(void)state;
	static const struct { const char *digits; enum status want; const char *why; } cases[] = {
		{ "99000019000101123", OK, "the first day" },
		{ "99000018991231123", ERR_FORMAT, "the day before" },
		{ "99000019960229123", OK, "a leap day" },
		{ "99000019950229123", ERR_FORMAT, "29 February of a common year" },
		{ "99000019000229123", ERR_FORMAT, "1900 was no leap year" },
		{ "99000020000229123", OK, "2000 was one" },
		{ "99000019900431123", ERR_FORMAT, "31 April" },
		{ "99000019901301123", ERR_FORMAT, "month 13" },
		{ "99000019900001123", ERR_FORMAT, "month 0" },
		{ "99000019900100123", ERR_FORMAT, "day 0" },
		{ "99000099991231123", OK, "the last day; whether it lies ahead is not judged here" },
	};
	char number[19];
	for (size_t i = 0; i < COUNT(cases); i++) {
		complete(cases[i].digits, number);
		struct err err = { .status = OK };
		if (idnumber_check(bytes_str(number), &err) != cases[i].want)
			fail_msg("%s", cases[i].why);
	}
}

static void
every_other_check_character_is_refused_and_no_sentence_holds_the_number(void **state)
{
	(void)state;
	char number[19];
	complete("99000019850704321", number);
	char right = number[17];
	size_t taken = 0;
	for (int c = 1; c < 256; c++) {
		struct err err = { .status = OK };
		number[17] = (char)c;
		enum status st = idnumber_check((struct bytes){ (const uint8_t *)number, 18 }, &err);
		taken += st == OK;
		assert_true((st == OK) == ((char)c == right));
		assert_null(strstr(err.text, "19850704"));
		assert_true(st == OK || err.text[0] != '\0');
	}
	assert_int_equal(taken, 1);
}

static void
what_has_not_the_shape_of_an_identity_number_is_refused(void **state)
{
	(void)state;
	static const struct { struct bytes text; const char *why; } cases[] = {
		{ { NULL, 0 }, "nothing" },
		{ { (const uint8_t *)"11010519491231002", 17 }, "17 characters" },
		{ { (const uint8_t *)"11010519491231002X0", 19 }, "19 characters" },
		{ { (const uint8_t *)"11010519491231002x", 18 }, "a small x" },
		{ { (const uint8_t *)"110105491231002", 15 }, "an old number of 15 digits" },
		{ { (const uint8_t *)"3.70102E+17       ", 18 }, "what Excel makes of it" },
		{ { (const uint8_t *)"1101051949123100 X", 18 }, "a space" },
		{ { (const uint8_t *)"X1010519491231002X", 18 }, "a letter before the end" },
		{ { (const uint8_t *)"\xef\xbc\x91" "10519491231002X", 18 }, "a full-width digit" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { .status = OK };
		if (idnumber_check(cases[i].text, &err) != ERR_FORMAT || err.text[0] == '\0')
			fail_msg("%s", cases[i].why);
		assert_int_equal(idnumber_check(cases[i].text, NULL), ERR_FORMAT);
	}
}

static void
a_mask_shows_five_characters_of_a_number_and_none_of_anything_else(void **state)
{
	(void)state;
	char out[IDNUMBER_LEN + 1];
	assert_string_equal(idnumber_mask(BYTES_LIT("11010519491231002X"), out), "110*************2X");
	assert_string_equal(idnumber_mask(BYTES_LIT("11010519491231002"), out), "*****************");
	assert_string_equal(idnumber_mask(BYTES_LIT("11010519491231002X0"), out), "******************");
	assert_string_equal(idnumber_mask(BYTES_LIT("110105\n9491231002X"), out), "******************");
	assert_string_equal(idnumber_mask(BYTES_LIT(""), out), "");
}

static void
the_credit_codes_published_as_examples_hold(void **state)
{
	(void)state;
	bool holds = false;
	assert_int_equal(uscc_check(BYTES_LIT("11370800MB28559184"), &holds, NULL), OK);
	assert_true(holds);
	holds = false;
	assert_int_equal(uscc_check(BYTES_LIT("91350200MA2YJ1XR9G"), &holds, NULL), OK);
	assert_true(holds);
	assert_int_equal(uscc_check_character("11370800MB2855918"), '4');
	assert_int_equal(uscc_check_character("91350200MA2YJ1XR9"), 'G');
}

static void
a_wrong_check_character_of_a_credit_code_warns_and_a_wrong_alphabet_refuses(void **state)
{
	(void)state;
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	size_t held = 0;
	char code[19] = "11370800MB28559184";
	for (int c = 1; c < 256; c++) {
		bool holds = true;
		struct err err = { .status = OK };
		code[17] = (char)c;
		enum status st = uscc_check((struct bytes){ (const uint8_t *)code, 18 }, &holds, &err);
		bool known = strchr(alphabet, c) != NULL;
		assert_int_equal(st, known ? OK : ERR_FORMAT);
		if (known)
			held += holds;
	}
	assert_int_equal(held, 1);
	static const char *const wrong[] = { "", "11370800MB2855918", "11370800MB285591844", "11370800IB28559184", "11370800mB28559184" };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		bool holds;
		struct err err = { .status = OK };
		assert_int_equal(uscc_check(bytes_str(wrong[i]), &holds, &err), ERR_FORMAT);
		assert_true(err.text[0] != '\0');
	}
	bool holds;
	assert_int_equal(uscc_check((struct bytes){ (const uint8_t *)"1137\0" "800MB28559184", 18 }, &holds, NULL), ERR_FORMAT);
}

static void
any_one_character_changed_breaks_a_credit_code(void **state)
{
	(void)state;
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	for (size_t at = 0; at < 18; at++) {
		char code[19] = "91350200MA2YJ1XR9G", was = code[at];
		for (size_t c = 0; c < 31; c++) {
			bool holds = false;
			code[at] = alphabet[c];
			assert_int_equal(uscc_check(bytes_str(code), &holds, NULL), OK);
			assert_true(holds == (alphabet[c] == was));
		}
	}
}

static void
a_template_is_checked(void **state)
{
	(void)state;
	static const struct { const char *tmpl; enum status want; const char *why; } cases[] = {
		{ "15#########", OK, "the province's" },
		{ "#", OK, "one digit" },
		{ "AB-##-Z", OK, "letters and hyphens" },
		{ "##################", OK, "18 digits" },
		{ "###################", ERR_FORMAT, "19 digits" },
		{ "12345678901234567890123456789012", ERR_FORMAT, "no digit to count with" },
		{ "", ERR_FORMAT, "nothing" },
		{ "15a####", ERR_FORMAT, "a small letter" },
		{ "15 ####", ERR_FORMAT, "a space" },
		{ "15\n####", ERR_FORMAT, "a line feed" },
		{ "1234567890123456789012345678901#", OK, "32 characters" },
		{ "12345678901234567890123456789012#", ERR_FORMAT, "33 characters" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { .status = OK };
		if (number_template_check(bytes_str(cases[i].tmpl), &err) != cases[i].want)
			fail_msg("%s", cases[i].why);
		assert_true(cases[i].want == OK || (err.text[0] != '\0' && strchr(err.text, '\n') == NULL));
	}
}

static void
a_template_makes_numbers_that_match_it_up_to_its_last(void **state)
{
	(void)state;
	static const struct { const char *tmpl; uint64_t n; const char *want; } cases[] = {
		{ "15###", 1, "15001" }, { "15###", 999, "15999" }, { "15###", 1000, NULL }, { "15###", 0, "15000" },
		{ "#A#", 37, "3A7" }, { "#A#", 99, "9A9" }, { "#A#", 100, NULL },
		{ "##################", 999999999999999999u, "999999999999999999" },
		{ "##################", 1000000000000000000u, NULL }, { "#", UINT64_MAX, NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[NUMBER_LEN_MAX + 1] = "untouched";
		enum status st = number_make(bytes_str(cases[i].tmpl), cases[i].n, out);
		assert_int_equal(st, cases[i].want != NULL ? OK : ERR_LIMIT);
		assert_string_equal(out, cases[i].want != NULL ? cases[i].want : "untouched");
		assert_true(st != OK || number_matches(bytes_str(cases[i].tmpl), bytes_str(out)));
	}
}

static void
a_number_matches_only_its_template(void **state)
{
	(void)state;
	struct bytes tmpl = BYTES_LIT("15A##");
	assert_true(number_matches(tmpl, BYTES_LIT("15A07")));
	static const char *const wrong[] = { "", "15A0", "15A070", "15B07", "15A0x", "15A0#", "25A07", "15a07" };
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(number_matches(tmpl, bytes_str(wrong[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_identity_numbers_of_the_standard_hold),
		cmocka_unit_test(a_birth_date_is_a_real_one_from_1900_on),
		cmocka_unit_test(every_other_check_character_is_refused_and_no_sentence_holds_the_number),
		cmocka_unit_test(what_has_not_the_shape_of_an_identity_number_is_refused),
		cmocka_unit_test(a_mask_shows_five_characters_of_a_number_and_none_of_anything_else),
		cmocka_unit_test(the_credit_codes_published_as_examples_hold),
		cmocka_unit_test(a_wrong_check_character_of_a_credit_code_warns_and_a_wrong_alphabet_refuses),
		cmocka_unit_test(any_one_character_changed_breaks_a_credit_code),
		cmocka_unit_test(a_template_is_checked),
		cmocka_unit_test(a_template_makes_numbers_that_match_it_up_to_its_last),
		cmocka_unit_test(a_number_matches_only_its_template),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
