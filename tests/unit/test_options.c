#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/shared/options.h"

static void
a_number_is_taken_within_its_limits_and_refused_by_name_beyond(void **state)
{
	(void)state;
	static const struct { const char *text; bool good; uint64_t value; } cases[] = {
		{ "1", true, 1 }, { "64", true, 64 }, { "0", false, 0 }, { "65", false, 0 }, { "-1", false, 0 }, { "", false, 0 },
		{ "1x", false, 0 }, { " 1", false, 0 }, { "0x10", false, 0 }, { "99999999999999999999", false, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { 0 };
		uint64_t value = 7;
		enum status st = option_uint("--jobs", cases[i].text, 1, 64, &value, &err);
		assert_int_equal(st, cases[i].good ? OK : ERR_ARGUMENT);
		assert_int_equal(value, cases[i].good ? cases[i].value : 7);
		if (!cases[i].good)
			assert_non_null(strstr(err.text, "--jobs"));
	}
}

static void
an_instant_is_a_date_or_a_time_and_anything_else_is_shown_escaped(void **state)
{
	(void)state;
	struct err err = { 0 };
	int64_t t = 0;
	assert_int_equal(option_instant("--now", "1970-01-01T08:00:10+08:00", &t, &err), OK);
	assert_int_equal(t, 10);
	assert_int_equal(option_instant("--now", "2024-01-05", &t, &err), OK);
	assert_int_equal(t, 1704384000);
	assert_int_equal(option_instant("--now", "\x1b[1m", &t, &err), ERR_ARGUMENT);
	assert_int_equal(t, 1704384000);
	assert_non_null(strstr(err.text, "\\x1B"));
}

static void
a_span_ahead_counts_calendar_months_and_ends_after_a_hundred_years(void **state)
{
	(void)state;
	const struct date from = { 2026, 8, 31 };
	static const struct { const char *text; bool good; struct date wanted; } cases[] = {
		{ "6m", true, { 2027, 2, 28 } }, { "1y", true, { 2027, 8, 31 } }, { "0m", true, { 2026, 8, 31 } }, { "1d", true, { 2026, 9, 1 } },
		{ "2w", true, { 2026, 9, 14 } }, { "100y", true, { 2126, 8, 31 } }, { "1200m", true, { 2126, 8, 31 } }, { "101y", false, { 0 } },
		{ "1201m", false, { 0 } }, { "36500d", true, { 2126, 8, 7 } }, { "36501d", false, { 0 } }, { "5201w", false, { 0 } },
		{ "6", false, { 0 } }, { "m", false, { 0 } }, { "", false, { 0 } }, { "-6m", false, { 0 } }, { "6M", false, { 0 } }, { "6 m", false, { 0 } },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { 0 };
		struct date day = { 1, 2, 3 };
		assert_int_equal(option_ahead("--within", cases[i].text, from, &day, &err), cases[i].good ? OK : ERR_ARGUMENT);
		const struct date wanted = cases[i].good ? cases[i].wanted : (struct date){ 1, 2, 3 };
		if (date_cmp(day, wanted) != 0)
			fail_msg("%s: %04d-%02d-%02d", cases[i].text, day.year, day.month, day.day);
		assert_true(cases[i].good || strstr(err.text, "--within") != NULL);
	}
}

static void
the_nearest_word_is_offered_only_if_it_is_near(void **state)
{
	(void)state;
	static const char *const words[] = { "suspend", "show", "sample", "issue", "import" };
	static const struct { const char *typed, *wanted; } cases[] = {
		{ "suspnd", "suspend" }, { "shwo", "show" }, { "isue", "issue" }, { "imprt", "import" }, { "show", "show" },
		{ "zzzzzz", NULL }, { "", NULL }, { "averyveryverylongwordthatnobodywouldtypebyhand", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = option_nearest(cases[i].typed, words, 5);
		if (cases[i].wanted == NULL)
			assert_null(got);
		else
			assert_string_equal(got == NULL ? "none" : got, cases[i].wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_taken_within_its_limits_and_refused_by_name_beyond),
		cmocka_unit_test(an_instant_is_a_date_or_a_time_and_anything_else_is_shown_escaped),
		cmocka_unit_test(a_span_ahead_counts_calendar_months_and_ends_after_a_hundred_years),
		cmocka_unit_test(the_nearest_word_is_offered_only_if_it_is_near),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
