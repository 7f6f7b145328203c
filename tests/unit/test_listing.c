/* Lists as people and programs read them: widths, quotes, order, and what a spreadsheet must not touch. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/support/scratch.h"
#include "tools/shared/listing.h"

static const struct listing_column columns[] = { { "number", "证号", CELL_CODE }, { "name", "姓名", CELL_TEXT },
	{ "people", "人数", CELL_NUMBER }, { "fields", "领域", CELL_WORDS } };

struct made { char *text; size_t len; FILE *f; struct listing *l; };

static void
begin(struct made *m, enum listing_form form, size_t shown, const struct listing_key *keys, size_t keys_n)
{
	struct err err = { 0 };
	m->f = open_memstream(&m->text, &m->len);
	assert_non_null(m->f);
	struct listing_terms terms = { .out = m->f, .form = form, .columns = columns, .columns_n = 4, .shown_n = shown, .keys = keys, .keys_n = keys_n };
	assert_int_equal(listing_open(&terms, &m->l, &err), OK);
}

static void
row(struct made *m, const char *number, const char *name, const char *people, const char *fields)
{
	listing_cell(m->l, bytes_str(number));
	listing_cell(m->l, bytes_str(name));
	listing_cell(m->l, bytes_str(people));
	listing_cell(m->l, bytes_str(fields));
}

static void
expect(struct made *m, const char *wanted)
{
	struct err err = { 0 };
	assert_int_equal(listing_close(m->l, &err), OK);
	assert_int_equal(fclose(m->f), 0);
	assert_string_equal(m->text, wanted);
	free(m->text);
}

static void
columns_of_a_table_stand_under_each_other_though_chinese_is_two_wide(void **state)
{
	struct made m;
	(void)state;
	begin(&m, LISTING_TABLE, 4, NULL, 0);
	row(&m, "15000000001", "欧阳静", "7", "税务");
	row(&m, "1", "Li", "123456", "");
	expect(&m, "证号         姓名      人数  领域\n"
	           "15000000001  欧阳静       7  税务\n"
	           "1            Li      123456  \n");
}

static void
nothing_in_a_table_moves_the_terminal(void **state)
{
	struct made m;
	(void)state;
	begin(&m, LISTING_TABLE, 2, NULL, 0);
	row(&m, "1", "\x1b[31mred", "", "");
	expect(&m, "证号  姓名\n1     \\x1B[31mred\n");
}

static void
a_table_without_rows_is_its_heading(void **state)
{
	struct made m;
	(void)state;
	begin(&m, LISTING_TABLE, 2, NULL, 0);
	expect(&m, "证号  姓名\n");
}

static void
a_cell_that_comes_late_and_is_wider_pushes_its_own_row_only(void **state)
{
	struct made m;
	(void)state;
	begin(&m, LISTING_TABLE, 2, NULL, 0);
	for (size_t i = 0; i < 1000; i++)
		row(&m, "12345", "a", "", "");
	row(&m, "1234567", "b", "", "");
	row(&m, "1", "c", "", "");
	assert_int_equal(listing_rows(m.l), 1002);
	struct err err = { 0 };
	assert_int_equal(listing_close(m.l, &err), OK);
	assert_int_equal(fclose(m.f), 0);
	assert_non_null(strstr(m.text, "\n12345  a\n1234567  b\n1      c\n"));
	free(m.text);
}

static void
csv_is_what_excel_opens_without_harm(void **state)
{
	static const struct { const char *number, *name, *wanted; } cases[] = {
		{ "15000000001", "王", "15000000001,王" }, /* 11 digits: shown as they are */
		{ "150000000012", "王", "150000000012\t,王" },
		{ "05", "王", "05\t,王" }, { "0", "王", "0,王" }, { "1137010200000E0012", "王", "1137010200000E0012\t,王" },
		{ "11370102MB00000013", "王", "11370102MB00000013,王" }, { "E12", "王", "E12,王" }, { "12E", "王", "12E,王" },
		{ "1E2E3", "王", "1E2E3,王" }, { "", "", "," },
		{ "=1+1", "+1", "\"'=1+1\",\"'+1\"" }, { "-1", "@x", "\"'-1\",\"'@x\"" }, { "1", "\tx", "1,\"'\tx\"" },
		{ "1", "a,b", "1,\"a,b\"" }, { "1", "a\"b", "1,\"a\"\"b\"" }, { "1", "a\nb", "1,\"a\nb\"" },
		{ "1", "123456789012", "1,123456789012" }, /* a text column is not a code */
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made m;
		char wanted[200];
		begin(&m, LISTING_CSV, 2, NULL, 0);
		row(&m, cases[i].number, cases[i].name, "", "");
		(void)snprintf(wanted, sizeof(wanted), "\xef\xbb\xbf证号,姓名\r\n%s\r\n", cases[i].wanted);
		expect(&m, wanted);
	}
}

static void
json_has_numbers_words_and_null(void **state)
{
	struct made m;
	(void)state;
	begin(&m, LISTING_JSON, 4, NULL, 0);
	row(&m, "15000000001", "a\"b", "7", "市场监管、税务");
	row(&m, "", "", "", "");
	expect(&m, "[{\"number\":\"15000000001\",\"name\":\"a\\\"b\",\"people\":7,\"fields\":[\"市场监管\",\"税务\"]},"
	           "{\"number\":null,\"name\":null,\"people\":null,\"fields\":[]}]\n");
	begin(&m, LISTING_JSON, 1, NULL, 0);
	expect(&m, "[]\n");
	begin(&m, LISTING_JSONL, 1, NULL, 0);
	row(&m, "1", "", "", "");
	row(&m, "2", "", "", "");
	expect(&m, "{\"number\":\"1\"}\n{\"number\":\"2\"}\n");
}

static void
rows_are_sorted_by_value_or_code_point_and_equal_ones_keep_their_order(void **state)
{
	static const struct listing_key by_people[] = { { 2, true }, { 1, false } };
	struct made m;
	(void)state;
	begin(&m, LISTING_JSONL, 1, by_people, 2);
	row(&m, "1", "b", "9", "");
	row(&m, "2", "a", "9", "");
	row(&m, "3", "a", "10", "");
	row(&m, "4", "a", "9", "");
	row(&m, "5", "", "", "");
	expect(&m, "{\"number\":\"3\"}\n{\"number\":\"2\"}\n{\"number\":\"4\"}\n{\"number\":\"1\"}\n{\"number\":\"5\"}\n");
}

static void
a_full_disk_is_told(void **state)
{
	struct made m;
	struct err err = { 0 };
	(void)state;
	for (int form = LISTING_TABLE; form <= LISTING_JSONL; form++) {
		m.f = fopen("/dev/full", "wb");
		assert_non_null(m.f);
		struct listing_terms terms = { .out = m.f, .form = (enum listing_form)form, .columns = columns, .columns_n = 4, .shown_n = 4 };
		assert_int_equal(listing_open(&terms, &m.l, &err), OK);
		row(&m, "1", "2", "3", "4");
		err = (struct err){ 0 };
		assert_int_equal(listing_close(m.l, &err), ERR_SYSTEM);
		assert_non_null(strstr(err.text, "could not be written whole"));
		(void)fclose(m.f);
	}
}

static void
an_abandoned_list_writes_nothing_more(void **state)
{
	struct made m;
	(void)state;
	begin(&m, LISTING_JSON, 4, NULL, 0);
	listing_cell(m.l, bytes_str("1"));
	listing_abandon(m.l);
	listing_abandon(NULL);
	assert_int_equal(fclose(m.f), 0);
	assert_int_equal(m.len, 0);
	free(m.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_of_a_table_stand_under_each_other_though_chinese_is_two_wide),
		cmocka_unit_test(nothing_in_a_table_moves_the_terminal),
		cmocka_unit_test(a_table_without_rows_is_its_heading),
		cmocka_unit_test(a_cell_that_comes_late_and_is_wider_pushes_its_own_row_only),
		cmocka_unit_test(csv_is_what_excel_opens_without_harm),
		cmocka_unit_test(json_has_numbers_words_and_null),
		cmocka_unit_test(rows_are_sorted_by_value_or_code_point_and_equal_ones_keep_their_order),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(an_abandoned_list_writes_nothing_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
