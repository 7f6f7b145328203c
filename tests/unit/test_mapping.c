/* An office's own headings (tools/office/mapping.h), and those that are known (rows.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/file.h"
#include "tests/unit/support/scratch.h"
#include "tools/office/rows.h"

static void
a_heading_is_the_same_however_it_is_written(void **state)
{
	(void)state;
	static const struct { const char *heading, *plain; } cases[] = {
		{ "姓名", "姓名" }, { " 姓\xe3\x80\x80名 ", "姓名" }, { "姓名*", "姓名" }, { "*姓名", "姓名" }, { "证件\n状态", "证件状态" },
		{ "姓名（必填）", "姓名" }, { "姓名(选填)", "姓名" }, { "ID_Number", "idnumber" }, { "Id-number (required)", "idnumber" },
		{ "ＵＳＣＣ", "uscc" }, { "", "" }, { "***", "" }, { "(必填)", "(必填)" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct heading_text plain;
		heading_plain(bytes_str(cases[i].heading), &plain);
		assert_string_equal(plain.text, cases[i].plain);
	}
	char longest[HEADING_LEN_MAX + 2];
	struct heading_text plain;
	memset(longest, 'x', sizeof(longest));
	heading_plain((struct bytes){ (uint8_t *)longest, HEADING_LEN_MAX }, &plain);
	assert_int_equal(strlen(plain.text), HEADING_LEN_MAX);
	heading_plain((struct bytes){ (uint8_t *)longest, HEADING_LEN_MAX + 1 }, &plain);
	assert_int_equal(strlen(plain.text), 0);
}

static void
a_file_says_which_column_a_heading_stands_for(void **state)
{
	char path[300];
	struct mapping m;
	struct err err = { .status = OK };
	int column = 99;
	(void)snprintf(path, sizeof(path), "%s/mapping", (const char *)*state);
	assert_int_equal(file_save(path, BYTES_LIT("\xef\xbb\xbf# ours\r\n\r\n门 类 = 执法领域\r\na=b = name\n绩效=-\n* = -\n"), 0600, &err), OK);
	if (columns_mapping(SHEET_HOLDERS, path, &m, &err) != OK)
		fail_msg("%s", err.text);
	struct heading_text h;
	heading_plain(BYTES_LIT("门类"), &h);
	assert_true(mapping_find(&m, &h, &column));
	assert_int_equal(column, COLUMN_FIELDS);
	heading_plain(BYTES_LIT("a=b"), &h);
	assert_true(mapping_find(&m, &h, &column));
	assert_int_equal(column, COLUMN_NAME);
	heading_plain(BYTES_LIT("绩效"), &h);
	assert_true(mapping_find(&m, &h, &column));
	assert_int_equal(column, MAPPING_IGNORE);
	heading_plain(BYTES_LIT("姓名"), &h);
	assert_false(mapping_find(&m, &h, &column));
	assert_true(m.ignores_rest);
	assert_true(heading_is_known(SHEET_HOLDERS, &m, BYTES_LIT("门类")));
	assert_false(heading_is_known(SHEET_HOLDERS, NULL, BYTES_LIT("门类")));
	assert_true(heading_is_known(SHEET_HOLDERS, NULL, BYTES_LIT("身份证号码")));
	assert_false(heading_is_known(SHEET_BODIES, NULL, BYTES_LIT("身份证号码")));
	mapping_free(&m);
	mapping_free(&m);
}

static void
what_is_wrong_with_a_mapping_is_said(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "门类\n", "line 1: there is no =" },
		{ "\n= 姓名\n", "line 2: there is no heading before" },
		{ "门类 = 执法领或", "did you mean 执法领域" },
		{ "门类 =", "is no heading of a file of holders" },
		{ "门类 = 设备公钥", "is no heading of a file of holders" },
		{ "门类 = -\n门 类 = 姓名\n", "line 2: this heading stands" },
		{ "* = 姓名\n", "line 1: * stands for all" },
		{ "\xd0\xd5 = -\n", "not UTF-8" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char path[300];
		struct mapping m;
		struct err err = { .status = OK };
		(void)snprintf(path, sizeof(path), "%s/mapping", (const char *)*state);
		assert_int_equal(file_save(path, bytes_str(cases[i].text), 0600, &err), OK);
		if (columns_mapping(SHEET_HOLDERS, path, &m, &err) == OK || strstr(err.text, cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, err.text);
	}
}

static void
a_mapping_has_as_many_lines_as_the_limit_says(void **state)
{
	char path[300];
	for (unsigned lines = MAPPING_LINES_MAX; lines <= MAPPING_LINES_MAX + 1; lines++) {
		struct mapping m;
		struct err err = { .status = OK };
		(void)snprintf(path, sizeof(path), "%s/mapping", (const char *)*state);
		FILE *f = fopen(path, "wb");
		assert_non_null(f);
		for (unsigned i = 0; i < lines; i++)
			(void)fprintf(f, "h%u = -\n", i);
		assert_int_equal(fclose(f), 0);
		enum status st = columns_mapping(SHEET_HOLDERS, path, &m, &err);
		assert_int_equal(st, lines <= MAPPING_LINES_MAX ? OK : ERR_LIMIT);
		if (st == OK)
			mapping_free(&m);
	}
}

/* The heading row alone, matched. */
static enum status
match(const struct mapping *m, const char *const cells[], size_t n, struct columns *out, struct err *err)
{
	struct sheet_rows f = { .rows_n = 0 };
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sheet_cell_add(&f, CELL_IS_TEXT, bytes_str(cells[i])), OK);
	assert_int_equal(sheet_row_end(&f, 3), OK);
	*err = (struct err){ .status = OK };
	enum status st = columns_match(SHEET_BODIES, m, &f, out, err);
	sheet_rows_free(&f);
	return st;
}

static void
headings_are_matched_in_any_order_or_told(void **state)
{
	(void)state;
	struct columns c;
	struct err err;
	assert_int_equal(match(NULL, (const char *const[]){ "kind", "行号", "", "USCC", "Name" }, 5, &c, &err), OK);
	assert_int_equal(c.at[COLUMN_BODY_KIND], 0);
	assert_int_equal(c.at[COLUMN_USCC], 3);
	assert_int_equal(c.at[COLUMN_NAME], 4);
	assert_int_equal(c.at[COLUMN_DIVISION], -1);
	assert_int_equal(match(NULL, (const char *const[]){ "kind", "USCC" }, 2, &c, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "\"单位名称\" is missing"));
	assert_int_equal(match(NULL, (const char *const[]){ "kind", "USCC", "name", "主体名称" }, 4, &c, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "stands twice, in columns C and D"));
	assert_int_equal(match(NULL, (const char *const[]){ "kind", "USCC", "name", "主体状太", "绩效" }, 5, &c, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "row 3 has 2 headings"));
	assert_non_null(strstr(err.text, "D \"主体状太\" (did you mean 主体状态?), E \"绩效\""));
	const char *many[40] = { "kind", "USCC", "name" };
	for (size_t i = 3; i < COUNT(many); i++)
		many[i] = "一个很长的而且没有人认识的标题";
	assert_int_equal(match(NULL, many, COUNT(many), &c, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "row 3 has 37 headings"));
	assert_non_null(strstr(err.text, " ...; write what they are"));
	struct mapping rest = { .ignores_rest = true };
	assert_int_equal(match(&rest, many, COUNT(many), &c, &err), OK);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(a_heading_is_the_same_however_it_is_written),
		T(a_file_says_which_column_a_heading_stands_for),
		T(what_is_wrong_with_a_mapping_is_said),
		T(a_mapping_has_as_many_lines_as_the_limit_says),
		T(headings_are_matched_in_any_order_or_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
