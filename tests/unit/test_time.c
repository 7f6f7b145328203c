/* time -- civil dates of UTC+8, whatever TZ says. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/time.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
a_day_starts_at_midnight_of_utc_plus_8_and_ends_at_the_next(void **state)
{
	(void)state;
	static const struct { struct date d; int64_t start; } rows[] = { /* date -u -d '... +0800' +%s */
		{ { 1970, 1, 1 }, -28800 }, { { 1970, 1, 2 }, 57600 }, { { 2000, 2, 29 }, 951753600 },
		{ { 2024, 1, 5 }, 1704384000 }, { { 2038, 1, 19 }, 2147443200 }, { { 1900, 1, 1 }, -2209017600 },
		{ { 9999, 12, 31 }, 253402185600 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(date_start_unix_s(rows[i].d) == rows[i].start);
		assert_true(date_end_unix_s(rows[i].d) == rows[i].start + 86400);
		assert_true(date_utc_start_unix_s(rows[i].d) == rows[i].start + 8 * 3600);
		assert_int_equal(date_cmp(date_of_unix_s(rows[i].start), rows[i].d), 0);
		assert_int_equal(date_cmp(date_of_unix_s(rows[i].start + 86399), rows[i].d), 0);
		assert_int_equal(date_cmp(date_of_unix_s(rows[i].start - 1), rows[i].d), -1);
		assert_int_equal(date_cmp(date_of_unix_s(rows[i].start + 86400), rows[i].d), 1);
	}
}

static void
every_day_from_1900_to_9999_follows_the_one_before(void **state)
{
	(void)state;
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t at = -2209017600;
	for (struct date d = { 1900, 1, 1 }; d.year <= 9999;) {
		struct date got = date_of_unix_s(at);
		if (date_start_unix_s(d) != at || date_cmp(got, d) != 0 || !date_is_valid(got))
			fail_msg("wrong at %d-%d-%d", d.year, d.month, d.day);
		bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);
		if (++d.day > days[d.month - 1] + (d.month == 2 && leap)) {
			d.day = 1;
			d.year += d.month == 12;
			d.month = d.month % 12 + 1;
		}
		at += 86400;
	}
}

static void
the_time_zone_of_the_machine_does_not_matter(void **state)
{
	(void)state;
	char text[INSTANT_TEXT_LEN + 1];
	assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
	assert_string_equal(instant_text(1704384000, text), "2024-01-05T00:00:00+08:00");
	assert_int_equal(unsetenv("TZ"), 0);
}

static void
dates_that_do_not_exist_are_not_valid(void **state)
{
	(void)state;
	static const struct date wrong[] = { { 1899, 12, 31 }, { 10000, 1, 1 }, { 2024, 0, 1 }, { 2024, 13, 1 }, { 2024, 1, 0 },
		{ 2024, 1, 32 }, { 2024, 4, 31 }, { 2023, 2, 29 }, { 2100, 2, 29 }, { 2024, -1, 1 }, { 0, 0, 0 } };
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(date_is_valid(wrong[i]));
	assert_true(date_is_valid((struct date){ 2024, 2, 29 }));
	assert_true(date_is_valid((struct date){ 2000, 2, 29 }));
	assert_true(date_is_valid((struct date){ 1900, 1, 1 }));
	assert_true(date_is_valid((struct date){ 9999, 12, 31 }));
}

static void
adding_months_clamps_to_the_end_of_the_month(void **state)
{
	(void)state;
	static const struct { struct date from; int months; struct date want; } rows[] = {
		{ { 2024, 1, 31 }, 1, { 2024, 2, 29 } }, { { 2023, 1, 31 }, 1, { 2023, 2, 28 } },
		{ { 2024, 2, 29 }, 12, { 2025, 2, 28 } }, { { 2024, 2, 29 }, 48, { 2028, 2, 29 } },
		{ { 2024, 12, 15 }, 1, { 2025, 1, 15 } }, { { 2024, 1, 15 }, -1, { 2023, 12, 15 } },
		{ { 2024, 3, 31 }, -1, { 2024, 2, 29 } }, { { 2024, 5, 31 }, 60, { 2029, 5, 31 } },
		{ { 2024, 5, 31 }, 0, { 2024, 5, 31 } },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(date_cmp(date_add_months(rows[i].from, rows[i].months), rows[i].want), 0);
	assert_false(date_is_valid(date_add_months((struct date){ 9999, 12, 1 }, 1)));
	assert_false(date_is_valid(date_add_months((struct date){ 2024, 1, 1 }, INT32_MAX)));
	assert_false(date_is_valid(date_add_months((struct date){ 2024, 1, 1 }, INT32_MIN)));
}

static void
dates_are_read_in_the_five_ways_people_write_them(void **state)
{
	(void)state;
	static const char *const rows[] = { "2024-01-05", "2024/1/5", "2024/01/05", "2024.01.05", "2024.1.5", "20240105",
		"2024年1月5日", "2024年01月05日" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct date d = { 0 };
		if (date_parse(bytes_str(rows[i]), &d) != OK || date_cmp(d, (struct date){ 2024, 1, 5 }) != 0)
			fail_msg("not read: %s", rows[i]);
	}
}

static const char *const wrong_dates[] = { "", "2024", "2024-01", "2024-01-", "2024-01-32", "2024-13-01", "2024-00-01", "2024-01-00",
	"2023-02-29", "2024-01/05", "2024/01-05", "24-01-05", "02024-01-05", "2024-01-05 ", " 2024-01-05", "2024-01-05x",
	"2024-001-05", "2024-01-005", "2024015", "202401055", "2024010", "2024年1月5", "2024年1月5号", "45296", "长期", "2024--1-5",
	"+2024-1-5", "1899-12-31", "2024-1-5-", "３024-01-05" };

static void
other_dates_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong_dates); i++) {
		struct date d = { 7, 7, 7 };
		int64_t t = 7;
		if (date_parse(bytes_str(wrong_dates[i]), &d) != ERR_FORMAT || d.year != 7)
			fail_msg("read as a date: %s", wrong_dates[i]);
		if (instant_parse(bytes_str(wrong_dates[i]), &t) != ERR_FORMAT || t != 7)
			fail_msg("read as an instant: %s", wrong_dates[i]);
	}
}

static void
dates_and_instants_are_written_in_full(void **state)
{
	(void)state;
	char day[DATE_TEXT_LEN + 1], instant[INSTANT_TEXT_LEN + 1];
	assert_string_equal(date_text((struct date){ 2024, 1, 5 }, day), "2024-01-05");
	assert_string_equal(date_text((struct date){ 2024, 13, 5 }, day), "----------");
	assert_string_equal(instant_text(0, instant), "1970-01-01T08:00:00+08:00");
	assert_string_equal(instant_text(-1, instant), "1970-01-01T07:59:59+08:00");
	assert_string_equal(instant_text(-28801, instant), "1969-12-31T23:59:59+08:00");
	assert_string_equal(instant_text(1704418200, instant), "2024-01-05T09:30:00+08:00");
}

static void
instants_beyond_all_years_do_no_harm(void **state)
{
	(void)state;
	static const int64_t far[] = { INT64_MAX, INT64_MIN, INT64_MAX - 28800, INT64_C(1) << 55, -(INT64_C(1) << 55), 253402272000 };
	for (size_t i = 0; i < COUNT(far); i++) {
		char text[INSTANT_TEXT_LEN + 1];
		assert_false(date_is_valid(date_of_unix_s(far[i])));
		assert_int_equal(strlen(instant_text(far[i], text)), INSTANT_TEXT_LEN);
		assert_memory_equal(text, "----------T", 11);
	}
}

static void
instants_are_read_as_they_are_written(void **state)
{
	(void)state;
	static const struct { const char *text; int64_t want; } rows[] = {
		{ "2024-01-05T09:30:00+08:00", 1704418200 }, { "2024-01-05T01:30:00Z", 1704418200 }, { "2024-01-05", 1704384000 },
		{ "2024/1/5", 1704384000 }, { "2024-01-05T23:59:59+08:00", 1704470399 }, { "1970-01-01T00:00:00Z", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t t = 7;
		assert_int_equal(instant_parse(bytes_str(rows[i].text), &t), OK);
		assert_true(t == rows[i].want);
	}
	for (int64_t t = -2209017600; t < 253402272000; t += 86400 * 37 + 12345) {
		char text[INSTANT_TEXT_LEN + 1];
		int64_t back = 7;
		assert_int_equal(instant_parse(bytes_str(instant_text(t, text)), &back), OK);
		assert_true(back == t);
	}
}

static void
other_instants_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "2024-01-05T", "2024-01-05T09:30:00", "2024-01-05T09:30:00+0800",
		"2024-01-05T09:30:00+09:00", "2024-01-05T09:30:00z", "2024-01-05T24:00:00Z", "2024-01-05T09:60:00Z",
		"2024-01-05T09:30:60Z", "2024-01-05T9:30:00Z", "2024-01-05T09:3:00Z", "2024-01-05T09:30:0Z", "2024-01-05T09:30Z",
		"2024-01-05 09:30:00Z", "2024-01-05t09:30:00Z", "2024-01-05T09-30-00Z", "2024-02-30T09:30:00Z",
		"2024/01/05T09:30:00Z", "2024-1-05T09:30:00Z", "2024-01-05T09:30:00Z ", "2024-01-05T09:30:00.5Z" };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int64_t t = 7;
		if (instant_parse(bytes_str(wrong[i]), &t) != ERR_FORMAT || t != 7)
			fail_msg("read: %s", wrong[i]);
	}
}

static void
dates_are_ordered_by_day(void **state)
{
	(void)state;
	assert_int_equal(date_cmp((struct date){ 2024, 1, 5 }, (struct date){ 2024, 1, 5 }), 0);
	assert_int_equal(date_cmp((struct date){ 2023, 12, 31 }, (struct date){ 2024, 1, 1 }), -1);
	assert_int_equal(date_cmp((struct date){ 2024, 2, 1 }, (struct date){ 2024, 1, 31 }), 1);
}

static void
the_clock_is_after_2024_and_its_two_readings_agree(void **state)
{
	(void)state;
	int64_t s = clock_unix_s(), ms = clock_unix_ms();
	assert_true(s > 1704384000);
	assert_true(ms / 1000 - s >= 0 && ms / 1000 - s <= 5);
	double before = clock_elapsed_s();
	assert_true(clock_elapsed_s() >= before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_starts_at_midnight_of_utc_plus_8_and_ends_at_the_next),
		cmocka_unit_test(every_day_from_1900_to_9999_follows_the_one_before),
		cmocka_unit_test(the_time_zone_of_the_machine_does_not_matter),
		cmocka_unit_test(dates_that_do_not_exist_are_not_valid),
		cmocka_unit_test(adding_months_clamps_to_the_end_of_the_month),
		cmocka_unit_test(dates_are_read_in_the_five_ways_people_write_them),
		cmocka_unit_test(other_dates_are_refused),
		cmocka_unit_test(dates_and_instants_are_written_in_full),
		cmocka_unit_test(instants_beyond_all_years_do_no_harm),
		cmocka_unit_test(instants_are_read_as_they_are_written),
		cmocka_unit_test(other_instants_are_refused),
		cmocka_unit_test(dates_are_ordered_by_day),
		cmocka_unit_test(the_clock_is_after_2024_and_its_two_readings_agree),
	};
	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
