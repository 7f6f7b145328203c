/* What a cell of a workbook holds, as text (tools/office/xlsx_value.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "tests/unit/support/scratch.h"
#include "tools/office/xlsx_value.h"

static void
numbers_are_shown_in_plain_digits(void **state)
{
	(void)state;
	static const struct { const char *stored, *text; } cases[] = {
		{ "0", "0" }, { "42", "42" }, { "370102199001010", "370102199001010" },
		{ "3.7010219900101E+17", "370102199001010000" }, { "370102199001010012", "370102199001010000" }, /* as far as a binary64 is kept */
		{ "1.5000000001E10", "15000000001" }, { "-3.7010219900101E+17", "-370102199001010000" },
		{ "0.1", "0.1" }, { "0.30000000000000004", "0.3" }, { "1.5E-3", "0.0015" }, { "1E+21", "1e+21" }, { "1E+20", "100000000000000000000" },
		{ "999999999999999.9", "1000000000000000" }, { "-1", "-1" }, { ".5", "0.5" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[XLSX_NUMBER_LEN_MAX];
		bool date = false;
		if (!xlsx_number_text(bytes_str(cases[i].stored), &date, false, out) || strcmp(out, cases[i].text) != 0 || date)
			fail_msg("case %zu: %s", i, out);
	}
	static const char *const none[] = { "", "x", "1x", "nan", "inf", "1e999", " 1", "+1", "0x10",
		"1000000000000000000000000000000000000000000000000000000000000000" };
	for (size_t i = 0; i < COUNT(none); i++) {
		char out[XLSX_NUMBER_LEN_MAX];
		bool date = false;
		if (xlsx_number_text(bytes_str(none[i]), &date, false, out))
			fail_msg("%s is taken for a number: %s", none[i], out);
	}
}

static void
dates_are_counted_from_1900_or_1904(void **state)
{
	(void)state;
	static const struct { const char *stored; bool from_1904; const char *text; bool is_date; } cases[] = {
		{ "1", false, "1900-01-01", true }, { "59", false, "1900-02-28", true },
		{ "60", false, "60", false },                          /* 29 February 1900, which there was not */
		{ "61", false, "1900-03-01", true }, { "45296", false, "2024-01-05", true }, { "2958465", false, "9999-12-31", true },
		{ "2958466", false, "2958466", false }, { "20240105", false, "20240105", false }, { "0", false, "0", false },
		{ "0.5", false, "0.5", false }, { "-1", false, "-1", false },
		{ "45296.354166666664", false, "2024-01-05 08:30:00", true }, { "45296.999999", false, "2024-01-05", true },
		{ "0", true, "1904-01-01", true }, { "43834", true, "2024-01-05", true }, { "2957003", true, "9999-12-31", true },
		{ "2957004", true, "2957004", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[XLSX_NUMBER_LEN_MAX];
		bool date = true;
		if (!xlsx_number_text(bytes_str(cases[i].stored), &date, cases[i].from_1904, out) || strcmp(out, cases[i].text) != 0 ||
		    date != cases[i].is_date)
			fail_msg("case %zu: %s", i, out);
	}
}

static void
formats_that_show_dates_are_known(void **state)
{
	(void)state;
	static const unsigned dates[] = { 14, 15, 22, 27, 31, 36, 50, 57, 58 }, others[] = { 0, 1, 4, 10, 11, 13, 23, 37, 44, 48, 49, 59, 164 };
	for (size_t i = 0; i < COUNT(dates); i++)
		assert_true(xlsx_format_is_date(dates[i]));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(xlsx_format_is_date(others[i]));
	static const char *const date_codes[] = { "yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]yyyy/m/d;@", "m/d", "YYYY", "\\dyy", "[Red]dd" };
	static const char *const other_codes[] = { "General", "0", "0.00E+00", "@", "\"day\"0", "[Red]0", "[$¥-804]#,##0", "\\d0", "#,##0.00_);", "", "\"d",
		"0\\" };
	for (size_t i = 0; i < COUNT(date_codes); i++)
		if (!xlsx_code_is_date(date_codes[i]))
			fail_msg("%s shows a date", date_codes[i]);
	for (size_t i = 0; i < COUNT(other_codes); i++)
		if (xlsx_code_is_date(other_codes[i]))
			fail_msg("%s shows no date", other_codes[i]);
}

static void
escaped_characters_are_what_they_stand_for(void **state)
{
	(void)state;
	static const struct { const char *stored, *text; } cases[] = {
		{ "a_x000D_b", "a\rb" }, { "_x000A_", "\n" }, { "_x005F_x000D_", "_x000D_" }, { "_x59D3__x540d_", "姓名" }, { "_x00e9_", "é" },
		{ "_x000D", "_x000D" }, { "_x00G0_", "_x00G0_" }, { "_xD800_", "_xD800_" }, { "x000D_", "x000D_" }, { "", "" }, { "__x0041_", "_A" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[32];
		size_t n = strlen(cases[i].stored);
		(void)snprintf(text, sizeof(text), "%s", cases[i].stored);
		n = xlsx_unescape((uint8_t *)text, n);
		if (!bytes_eq((struct bytes){ (uint8_t *)text, n }, bytes_str(cases[i].text)))
			fail_msg("case %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_shown_in_plain_digits),
		cmocka_unit_test(dates_are_counted_from_1900_or_1904),
		cmocka_unit_test(formats_that_show_dates_are_known),
		cmocka_unit_test(escaped_characters_are_what_they_stand_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
