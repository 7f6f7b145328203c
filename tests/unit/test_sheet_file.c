/* A spreadsheet file, told by its content (tools/office/sheet_file.h, csv_file.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/support/scratch.h"
#include "tools/office/sheet_file.h"

static bool
knows(const void *ctx, struct bytes cell)
{
	(void)ctx;
	return bytes_eq(cell, BYTES_LIT("姓名")) || bytes_eq(cell, BYTES_LIT("证号"));
}

static enum status
load_as(void **state, struct bytes content, enum encoding e, struct sheet_rows *out, struct err *err)
{
	char path[300];
	(void)snprintf(path, sizeof(path), "%s/sheet", (const char *)*state);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(content.ptr, 1, content.len, f), content.len);
	assert_int_equal(fclose(f), 0);
	struct sheet_wanted wanted = { .encoding = e, .is_heading = knows };
	*err = (struct err){ .status = OK };
	return sheet_load(path, &wanted, out, err);
}

static void
the_same_rows_in_every_form(void **state)
{
	const struct { struct bytes content; const char *source; uint32_t number; } cases[] = {
		{ BYTES_LIT("姓名,证号\n张三,1\n"), "CSV, UTF-8 (detected)", 2 },
		{ BYTES_LIT("\xef\xbb\xbf姓名,证号\r\n张三,1\r\n"), "CSV, UTF-8 (detected)", 2 },
		{ BYTES_LIT("姓名,证号\r张三,1\r"), "CSV, UTF-8 (detected)", 2 },
		{ BYTES_LIT("姓名,证号\n张三,1"), "CSV, UTF-8 (detected)", 2 },
		{ BYTES_LIT("姓名\t证号\n张三\t1\n"), "CSV, UTF-8 (detected)", 2 },
		{ BYTES_LIT("\"姓名\",\"证号\"\n\"张三\",\"1\"\n"), "CSV, UTF-8 (detected)", 2 },
		{ BYTES_LIT("\xd0\xd5\xc3\xfb,\xd6\xa4\xba\xc5\n\xd5\xc5\xc8\xfd,1\n"), "CSV, GB18030 (detected)", 2 },
		{ BYTES_LIT("\xff\xfe\xd3\x59\x0d\x54\t\0\xc1\x8b\xf7\x53\r\0\n\0\x20\x5f\x09\x4e\t\0" "1\0\r\0\n\0"), "CSV, UTF-16LE (detected)", 2 },
		{ BYTES_LIT("花名册,\n,\n姓名,证号\n张三,1\n"), "CSV, UTF-8 (detected)", 4 },
		{ BYTES_LIT("\r\n花名册\r\n\r\n姓名,证号\r\n\r\n  \r\n张三,1\r\n,\r\n"), "CSV, UTF-8 (detected)", 7 },
		{ BYTES_LIT("\"花\n名\n册\"\n姓名,证号\n张三,1\n"), "CSV, UTF-8 (detected)", 3 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sheet_rows f;
		struct err err;
		if (load_as(state, cases[i].content, ENCODING_DETECT, &f, &err) != OK)
			fail_msg("case %zu: %s", i, err.text);
		assert_string_equal(f.source, cases[i].source);
		if (f.rows_n != 2 || f.rows[1].number != cases[i].number || f.rows[0].n != 2)
			fail_msg("case %zu: %zu rows, row %u", i, f.rows_n, f.rows[f.rows_n - 1].number);
		assert_true(bytes_eq(sheet_cell(&f, &f.rows[0], 0), BYTES_LIT("姓名")));
		assert_true(bytes_eq(sheet_cell(&f, &f.rows[1], 0), BYTES_LIT("张三")));
		assert_true(bytes_eq(sheet_cell(&f, &f.rows[1], 1), BYTES_LIT("1")));
		sheet_rows_free(&f);
	}
}

static void
what_a_file_is_may_be_said(void **state)
{
	struct sheet_rows f;
	struct err err;
	struct bytes no_heading = BYTES_LIT("\xd0\xd5,\xd6\xa4\n\xd5\xc5\xc8\xfd,1\n");
	assert_int_equal(load_as(state, no_heading, ENCODING_DETECT, &f, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "--encoding"));
	assert_int_equal(load_as(state, no_heading, ENCODING_GB18030, &f, &err), OK);
	assert_string_equal(f.source, "CSV, GB18030");
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[1], 0), BYTES_LIT("张三")));
	sheet_rows_free(&f);
	assert_int_equal(load_as(state, no_heading, ENCODING_UTF8, &f, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "line 1 is not UTF-8"));
}

static void
a_cell_made_inert_is_itself_again(void **state)
{
	struct sheet_rows f;
	struct err err;
	assert_int_equal(load_as(state, BYTES_LIT("姓名,证号\n\"'=1\",\"''-1\"\n'1,x\n"), ENCODING_DETECT, &f, &err), OK);
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[1], 0), BYTES_LIT("=1")));
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[1], 1), BYTES_LIT("'-1")));
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[2], 0), BYTES_LIT("'1")));
	sheet_rows_free(&f);
}

static void
a_formula_that_keeps_a_number_text_is_read_as_it_stands(void **state)
{
	struct sheet_rows f;
	struct err err;
	struct bytes content = BYTES_LIT("姓名,证号\n=\"1,=\"2\"\n张三,=\"15\"\n=\"\",\"=\"\"16\"\"\"\n");
	if (load_as(state, content, ENCODING_DETECT, &f, &err) != OK)
		fail_msg("%s", err.text);
	assert_int_equal(f.rows_n, 4);
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[1], 0), BYTES_LIT("=\"1")));    /* left open: it ends with its cell */
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[1], 1), BYTES_LIT("=\"2\"")));
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[2], 1), BYTES_LIT("=\"15\"")));
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[3], 0), BYTES_LIT("=\"\"")));
	assert_true(bytes_eq(sheet_cell(&f, &f.rows[3], 1), BYTES_LIT("=\"16\"")));
	sheet_rows_free(&f);
	assert_int_equal(load_as(state, BYTES_LIT("姓名,证号\n=\"1\"\"2,1\n"), ENCODING_DETECT, &f, &err), ERR_FORMAT);
	assert_int_equal(load_as(state, BYTES_LIT("姓名,证号\n=\"1,2\n=1\"2,1\n"), ENCODING_DETECT, &f, &err), ERR_FORMAT);
}

static void
what_makes_a_file_unusable_is_said(void **state)
{
	const struct { struct bytes content; const char *says; } cases[] = {
		{ BYTES_LIT(""), "is empty" },
		{ BYTES_LIT("\r\n \r\n"), "is empty" },
		{ BYTES_LIT("\xef\xbb\xbf"), "is empty" },
		{ BYTES_LIT("姓名,证号\n"), "a heading and no rows" },
		{ BYTES_LIT("姓名,证号\n张三"), "cut off: its last row 2 has 1 of 2 cells" },
		{ BYTES_LIT("姓名,证号\n\"张三"), "ends inside a quoted cell (row 2)" },
		{ BYTES_LIT("姓名,证号\n张\"三,1\n"), "row 2: a quotation mark" },
		{ BYTES_LIT("姓名,证号\n张\0三,1\n"), "byte 17 is zero" },
		{ BYTES_LIT("\xd0\xd5\xc3\xfb\xff\n"), "neither UTF-8 nor GB18030" },
		{ BYTES_LIT("姓名,证号\n\xd5\xc5\xc8\xfd,1\n"), "no known heading" },
		{ BYTES_LIT("\xff\xfe\xd3\x59\n\0\x00\xdc\n\0"), "line 2 is not UTF-16LE" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sheet_rows f;
		struct err err;
		enum status st = load_as(state, cases[i].content, ENCODING_DETECT, &f, &err);
		if (st != ERR_FORMAT || strstr(err.text, cases[i].says) == NULL)
			fail_msg("case %zu: %d, %s", i, (int)st, err.text);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(the_same_rows_in_every_form),
		T(what_a_file_is_may_be_said),
		T(a_cell_made_inert_is_itself_again),
		T(a_formula_that_keeps_a_number_text_is_read_as_it_stands),
		T(what_makes_a_file_unusable_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
