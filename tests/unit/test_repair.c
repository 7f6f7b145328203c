/* What spreadsheets and people do to a cell, undone (tools/office/repair.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/scratch.h"
#include "tools/office/repair.h"

enum { NOTHING = REPAIR_COUNT };

/* As given, one repair of this kind was counted, and no other. */
static void
assert_counted(const struct repairs *r, int kind, size_t i)
{
	for (int k = 0; k < REPAIR_COUNT; k++)
		if (r->n[k] != (k == kind))
			fail_msg("case %zu: %s counted %u times", i, repair_name((enum repair)k), (unsigned)r->n[k]);
}

static void
words_lose_what_cannot_be_seen(void **state)
{
	(void)state;
	static const struct { const char *cell, *text, *name; int kind; } cases[] = {
		{ "张三", "张三", "张三", NOTHING },
		{ "", "", "", NOTHING },
		{ "John Smith", "John Smith", "John Smith", NOTHING },
		{ "张三\xe3\x80\x80", "张三", "张三", REPAIR_SPACES },
		{ "张\xe3\x80\x80三", "张 三", "张三", REPAIR_SPACES },
		{ "张  三", "张 三", "张三", REPAIR_SPACES },
		{ "\xc2\xa0张三", "张三", "张三", REPAIR_SPACES },
		{ "张\xe2\x80\x8b三", "张三", "张三", REPAIR_SPACES },
		{ "\xef\xbb\xbf张三", "张三", "张三", REPAIR_SPACES },
		{ "副局长\n兼队长", "副局长 兼队长", "副局长兼队长", REPAIR_SPACES },
		{ "A \t\r\n B", "A B", "A B", REPAIR_SPACES },
		{ "张 A", "张 A", "张 A", NOTHING },
		{ "阿依古丽·买买提", "阿依古丽·买买提", "阿依古丽·买买提", NOTHING },
		{ "１级", "１级", "１级", NOTHING },                       /* wide signs in words are words */
		{ "张\xe2\x80\xae三", "张\xe2\x80\xae三", "张\xe2\x80\xae三", NOTHING },   /* for others to refuse */
		{ "\xe3\x80\x80\xe2\x80\x8b", "", "", REPAIR_SPACES },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct repairs r = { .used = 0 };
		struct bytes text = repair_words(&r, bytes_str(cases[i].cell), false);
		if (!bytes_eq(text, bytes_str(cases[i].text)))
			fail_msg("case %zu: %.*s", i, BYTES_FMT(text));
		assert_counted(&r, cases[i].kind, i);
		text = repair_words(&r, bytes_str(cases[i].cell), true);
		if (!bytes_eq(text, bytes_str(cases[i].name)))
			fail_msg("case %zu, as a name: %.*s", i, BYTES_FMT(text));
	}
	struct repairs r = { .used = 0 };
	assert_true(bytes_eq(repair_words(&r, BYTES_LIT("张 三"), false), BYTES_LIT("张 三")));
	assert_counted(&r, NOTHING, 0);
	assert_true(bytes_eq(repair_words(&r, BYTES_LIT("张 三"), true), BYTES_LIT("张三")));
	assert_counted(&r, REPAIR_SPACES, 0);
}

static void
codes_become_plain(void **state)
{
	(void)state;
	static const struct { const char *cell, *upper; int kind; } cases[] = {
		{ "11010519491231002X", "11010519491231002X", NOTHING },
		{ "11010519491231002x", "11010519491231002X", REPAIR_CASE },
		{ "１５900000001", "15900000001", REPAIR_WIDTH },
		{ "\xef\xbc\xb8", "X", REPAIR_WIDTH },
		{ "1101 0519 4912", "110105194912", REPAIR_SPACES },
		{ "\xe3\x80\x80" "15", "15", REPAIR_SPACES },
		{ "\xe2\x80\xad" "15\xe2\x80\xac", "15", REPAIR_SPACES },  /* as Windows copies a number */
		{ "'15", "15", REPAIR_QUOTES },
		{ "=\"15\"", "15", REPAIR_QUOTES },
		{ "=\"15", "=\"15", NOTHING },
		{ "''15", "'15", REPAIR_QUOTES },                          /* one is enough for a spreadsheet */
		{ "=15", "=15", NOTHING },
		{ "行政编制", "行政编制", NOTHING },
		{ "行政 编制", "行政编制", REPAIR_SPACES },
		{ "《é》", "《é》", NOTHING },
		{ "", "", NOTHING },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct repairs r = { .used = 0 };
		struct bytes text = repair_code(&r, bytes_str(cases[i].cell), true);
		if (!bytes_eq(text, bytes_str(cases[i].upper)))
			fail_msg("case %zu: %.*s", i, BYTES_FMT(text));
		assert_counted(&r, cases[i].kind, i);
	}
	struct repairs r = { .used = 0 };
	assert_true(bytes_eq(repair_code(&r, BYTES_LIT("ab"), false), BYTES_LIT("ab")));
}

static void
dates_in_every_style(void **state)
{
	(void)state;
	static const struct { const char *cell; bool from_1904; struct date d; int kind; } cases[] = {
		{ "2024-01-05", false, { 2024, 1, 5 }, NOTHING },
		{ "2024/1/5", false, { 2024, 1, 5 }, NOTHING },
		{ "2024.01.05", false, { 2024, 1, 5 }, NOTHING },
		{ "20240105", false, { 2024, 1, 5 }, NOTHING },
		{ "2024年1月5日", false, { 2024, 1, 5 }, NOTHING },
		{ "2024 年 1 月 5 日", false, { 2024, 1, 5 }, REPAIR_SPACES },
		{ "２０２４－１－５", false, { 2024, 1, 5 }, REPAIR_WIDTH },
		{ "'2024-01-05", false, { 2024, 1, 5 }, REPAIR_QUOTES },
		{ "45296", false, { 2024, 1, 5 }, REPAIR_SERIAL },
		{ "43834", true, { 2024, 1, 5 }, REPAIR_SERIAL },
		{ "45296.75", false, { 2024, 1, 5 }, REPAIR_SERIAL },
		{ "10000", false, { 1927, 5, 18 }, REPAIR_SERIAL },
		{ "99999", false, { 2173, 10, 13 }, REPAIR_SERIAL },
		{ "2024-01-05 00:00:00", false, { 2024, 1, 5 }, REPAIR_TIME },
		{ "2024/1/5 8:30", false, { 2024, 1, 5 }, REPAIR_TIME },
		{ "2024-01-05T08:30:00.000", false, { 2024, 1, 5 }, REPAIR_TIME },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct repairs r = { .used = 0 };
		struct date d = { 0 };
		if (repair_date(&r, bytes_str(cases[i].cell), cases[i].from_1904, &d) != OK || date_cmp(d, cases[i].d) != 0)
			fail_msg("case %zu: %d-%d-%d", i, d.year, d.month, d.day);
		assert_counted(&r, cases[i].kind, i);
	}
	static const char *const none[] = { "", "2024", "2024-01", "2024年1月", "9999", "100000", "45296.", "45296.x", "4529x", "1/5/2024", "24/1/5",
		"2024-02-30", "2024-01-05 ", "2024-01-05 x", "2024-01-05 8", "2024-01-05 8:", "2024-01-05 1:2:3:4", "08:30", "45296 08:30", "10000.5.5" };
	for (size_t i = 0; i < COUNT(none); i++) {
		struct repairs r = { .used = 0 };
		struct date d = { 0 };
		if (repair_date(&r, bytes_str(none[i]), false, &d) == OK && strcmp(none[i], "2024-01-05 ") != 0)
			fail_msg("%s is taken for a date", none[i]);
		assert_int_equal(r.n[REPAIR_SERIAL] + r.n[REPAIR_TIME], 0);
	}
}

static void
what_is_beyond_repair_is_known(void **state)
{
	(void)state;
	static const struct { const char *cell; bool rounded, hashes, error; } cases[] = {
		{ "3.70102E+17", true, false, false }, { "3.7e+17", true, false, false }, { "4E+17", true, false, false },
		{ "E+17", false, false, false }, { "3.7E17", false, false, false }, { "3.7E+", false, false, false }, { "3.7E+1x", false, false, false },
		{ "370102", false, false, false }, { "", false, false, false },
		{ "##", false, true, false }, { "#########", false, true, false }, { "#", false, false, false }, { "##a", false, false, false },
		{ "#N/A", false, false, true }, { "#REF!", false, false, true }, { "#DIV/0!", false, false, true }, { "#1楼", false, false, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes t = bytes_str(cases[i].cell);
		if (cell_is_rounded(t) != cases[i].rounded || cell_is_hashes(t) != cases[i].hashes || cell_is_formula_error(t) != cases[i].error)
			fail_msg("case %zu: %s", i, cases[i].cell);
	}
}

static void
a_row_has_room_for_its_repairs_and_a_long_cell_is_left_alone(void **state)
{
	(void)state;
	uint8_t cell[REPAIR_CELL_LEN_MAX + 1];
	struct repairs r = { .used = 0 };
	memset(cell, ' ', sizeof(cell));
	cell[0] = cell[sizeof(cell) - 2] = 'x';
	for (int i = 0; i < 100; i++) {
		repairs_next_row(&r);
		assert_int_equal(repair_words(&r, (struct bytes){ cell, REPAIR_CELL_LEN_MAX }, false).len, 3);
	}
	assert_int_equal(r.n[REPAIR_SPACES], 100);
	struct bytes whole = { cell, sizeof(cell) };
	assert_true(bytes_eq(repair_words(&r, whole, false), whole));
	assert_true(bytes_eq(repair_code(&r, whole, true), whole));
	assert_int_equal(r.n[REPAIR_SPACES], 100);
	r.silent = true;
	assert_true(bytes_eq(repair_code(&r, BYTES_LIT("1 2"), true), BYTES_LIT("12")));
	assert_int_equal(r.n[REPAIR_SPACES], 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_lose_what_cannot_be_seen),
		cmocka_unit_test(codes_become_plain),
		cmocka_unit_test(dates_in_every_style),
		cmocka_unit_test(what_is_beyond_repair_is_known),
		cmocka_unit_test(a_row_has_room_for_its_repairs_and_a_long_cell_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
