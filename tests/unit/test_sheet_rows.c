/* A spreadsheet as rows of cells (tools/office/sheet_rows.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "tests/unit/support/scratch.h"
#include "tools/office/sheet_rows.h"

static void
add(struct sheet_rows *f, enum cell_kind kind, const char *text)
{
	assert_int_equal(sheet_cell_add(f, kind, bytes_str(text)), OK);
}

static void
cells_come_back_as_they_stood_and_trimmed(void **state)
{
	(void)state;
	struct sheet_rows f = { .rows_n = 0 };
	add(&f, CELL_IS_TEXT, "姓名");
	add(&f, CELL_IS_TEXT, "");
	assert_int_equal(sheet_row_end(&f, 1), OK);
	add(&f, CELL_IS_TEXT, " 张三\t");
	add(&f, CELL_IS_NUMBER, "42");
	add(&f, CELL_IS_ERROR, "#N/A");
	assert_int_equal(sheet_cells_open(&f), 3);
	assert_int_equal(sheet_row_end(&f, 5), OK);
	assert_int_equal(f.rows_n, 2);
	const struct sheet_row *row = &f.rows[1];
	assert_int_equal(row->number, 5);
	assert_int_equal(row->n, 3);
	assert_true(bytes_eq(sheet_cell(&f, row, 0), BYTES_LIT("张三")));
	assert_true(bytes_eq(sheet_cell_whole(&f, row, 0), BYTES_LIT(" 张三\t")));
	assert_int_equal(sheet_cell_kind(&f, row, 0), CELL_IS_TEXT);
	assert_int_equal(sheet_cell_kind(&f, row, 1), CELL_IS_NUMBER);
	assert_int_equal(sheet_cell_kind(&f, row, 2), CELL_IS_ERROR);
	assert_int_equal(sheet_cell(&f, row, 3).len, 0);
	assert_int_equal(sheet_cell_kind(&f, row, 3), CELL_IS_TEXT);
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[0], 0), BYTES_LIT("姓名")));
	sheet_rows_drop(&f, 1);
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[0], 2), BYTES_LIT("#N/A")));
	sheet_rows_free(&f);
	sheet_rows_free(&f);
}

static void
rows_without_text_are_left_out(void **state)
{
	(void)state;
	struct sheet_rows f = { .rows_n = 0 };
	assert_int_equal(sheet_row_end(&f, 1), OK);
	add(&f, CELL_IS_TEXT, "");
	add(&f, CELL_IS_TEXT, " \t");
	assert_int_equal(sheet_row_end(&f, 2), OK);
	assert_int_equal(f.rows_n, 0);
	assert_int_equal(sheet_cells_open(&f), 0);
	add(&f, CELL_IS_TEXT, "a");
	assert_int_equal(sheet_row_end(&f, 3), OK);
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[0], 0), BYTES_LIT("a")));
	sheet_rows_free(&f);
}

static void
many_rows_keep_their_own_cells(void **state)
{
	(void)state;
	enum { ROWS = 20000 };
	struct sheet_rows f = { .rows_n = 0 };
	char text[32];
	for (unsigned i = 0; i < ROWS; i++) {
		for (unsigned k = 0; k < 1 + i % 3; k++) {
			(void)snprintf(text, sizeof(text), "%u.%u", i, k);
			add(&f, CELL_IS_TEXT, text);
		}
		assert_int_equal(sheet_row_end(&f, i + 1), OK);
	}
	for (unsigned i = 0; i < ROWS; i++) {
		assert_int_equal(f.rows[i].n, 1 + i % 3);
		(void)snprintf(text, sizeof(text), "%u.%u", i, i % 3);
		assert_true(bytes_eq(sheet_cell(&f, &f.rows[i], i % 3), bytes_str(text)));
	}
	sheet_rows_free(&f);
}

static void
a_row_holds_as_much_as_the_limits_say(void **state)
{
	(void)state;
	struct sheet_rows f = { .rows_n = 0 };
	uint8_t *big = malloc(SHEET_CELL_LEN_MAX + 1);
	assert_non_null(big);
	memset(big, 'x', SHEET_CELL_LEN_MAX + 1);
	assert_int_equal(sheet_cell_add(&f, CELL_IS_TEXT, (struct bytes){ big, SHEET_CELL_LEN_MAX + 1 }), ERR_LIMIT);
	for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++)
		assert_int_equal(sheet_cell_add(&f, CELL_IS_ERROR, (struct bytes){ big, SHEET_CELL_LEN_MAX }), OK);
	assert_int_equal(sheet_cell_add(&f, CELL_IS_TEXT, BYTES_LIT("x")), ERR_LIMIT);
	assert_int_equal(sheet_row_end(&f, SHEET_ROWS_MAX), OK);
	assert_int_equal(sheet_cell(&f, &f.rows[0], SHEET_COLUMNS_MAX - 1).len, SHEET_CELL_LEN_MAX);
	add(&f, CELL_IS_TEXT, "x");
	assert_int_equal(sheet_row_end(&f, SHEET_ROWS_MAX + 1), ERR_LIMIT);
	sheet_rows_free(&f);
	free(big);
}

static void
columns_have_the_letters_a_spreadsheet_shows(void **state)
{
	(void)state;
	static const struct { size_t i; const char *letters; } cases[] = { { 0, "A" }, { 25, "Z" }, { 26, "AA" }, { 51, "AZ" }, { 52, "BA" },
		{ 127, "DX" }, { 701, "ZZ" }, { 702, "AAA" }, { 16383, "XFD" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[COLUMN_LETTERS_MAX];
		assert_string_equal(column_letters(cases[i].i, out), cases[i].letters);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_come_back_as_they_stood_and_trimmed),
		cmocka_unit_test(rows_without_text_are_left_out),
		cmocka_unit_test(many_rows_keep_their_own_cells),
		cmocka_unit_test(a_row_holds_as_much_as_the_limits_say),
		cmocka_unit_test(columns_have_the_letters_a_spreadsheet_shows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
