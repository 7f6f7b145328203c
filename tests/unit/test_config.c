/* yaopai.conf: one table makes the file, the reader and the list; docs/configuration.md says something of each (tools/office/config.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "tests/unit/support/scratch.h"
#include "tools/office/config.h"

enum { DOCUMENT_MAX = 1 << 20, PATH_LEN = 300 };

static char path[PATH_LEN];

static enum status
load_text(const char *dir, const char *text, struct config *c, struct err *err)
{
	(void)snprintf(path, sizeof(path), "%s/yaopai.conf", dir);
	*err = (struct err){ .status = OK };
	assert_int_equal(file_save(path, bytes_str(text), 0600, err), OK);
	return config_load(path, c, err);
}

static void
a_written_file_is_read_again_with_the_same_values(void **state)
{
	struct config c, again;
	struct err err = { .status = OK };
	size_t n = 0;
	const struct config_entry *all = config_entries(&n);
	(void)snprintf(path, sizeof(path), "%s/yaopai.conf", (const char *)*state);
	config_defaults(&c);
	assert_int_equal(config_save(path, &c, &err), OK);
	assert_int_equal(config_load(path, &again, &err), OK);
	for (size_t i = 0; i < n; i++) {
		char a[256], b[256];
		assert_string_equal(config_value(&c, &all[i], a, sizeof(a)), config_value(&again, &all[i], b, sizeof(b)));
		assert_true(a[0] != '\0');
	}
}

/* The row of a setting in its section of the document. */
static bool
is_documented(const char *document, const struct config_entry *e, const char *value)
{
	char title[64], row[320];
	(void)snprintf(title, sizeof(title), "\n## [%s]\n", e->section);
	(void)snprintf(row, sizeof(row), "\n| `%s` | %s | ", e->name, value);
	const char *section = strstr(document, title);
	const char *next = section != NULL ? strstr(section + 1, "\n## ") : NULL;
	const char *found = section != NULL ? strstr(section, row) : NULL;
	return found != NULL && (next == NULL || found < next);
}

static void
the_document_has_every_setting_with_its_default_and_no_other(void **state)
{
	struct buf document = { 0 };
	struct config c;
	size_t n = 0, rows = 0;
	const struct config_entry *all = config_entries(&n);
	(void)state;
	config_defaults(&c);
	assert_int_equal(file_load("docs/configuration.md", DOCUMENT_MAX, &document, NULL), OK);
	const char *text = (const char *)document.ptr;
	for (size_t i = 0; i < n; i++) {
		char value[256];
		if (!is_documented(text, &all[i], config_value(&c, &all[i], value, sizeof(value))))
			fail_msg("[%s] %s = %s is not so in docs/configuration.md", all[i].section, all[i].name, value);
	}
	for (const char *p = text; (p = strstr(p, "\n| `")) != NULL; p++)
		rows++;
	assert_int_equal(rows, n);
	free(document.ptr);
}

static void
a_wrong_value_is_refused_with_its_line(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "[review]\ncycle_months = 121\n", "line 2: cycle_months: a number from 0 to 120" },
		{ "[review]\noverdue = maybe\n", "line 2: overdue: one of report|suspend" },
		{ "[review]\noverdue = rep\n", "line 2: overdue: one of report|suspend" },
		{ "[review]\ngrace_days = -1\n", "line 2: grace_days: a number" },
		{ "[validity]\nenforcement = 0\n", "line 2: enforcement: a number from 1 to 240" },
		{ "[validity]\n\n; a comment\ncolour = 3\n", "line 4: there is no setting colour in [validity]" },
		{ "[numbers]\nmoderator = 15\n", "line 2: " },
		{ "[authority]\norgan =\n", "line 2: organ: a text of 1 to" },
		{ "[publication]\nttl_seconds = 86401\n", "line 2: ttl_seconds: a number from 1 to 86400" },
		{ "[fields]\n0 = off\n", "a code from 1 to 255" }, { "[fields]\n256 = 甲, a\n", "a code from 1 to 255" },
		{ "[fields]\n63 = 甲, a\n", "codes below 64 are the program's" }, { "[fields]\n60 = off\n", "knows no field with this code" },
		{ "[fields]\n64 = 甲\n", "English name" }, { "[fields]\n64 = , a\n", "Chinese name" },
		{ "[fields]\n64 = 甲, a\n64 = 乙, b\n", "line 3: [fields] 64 stands twice" },
		{ "[fields]\n64 = 甲, a\n65 = 甲, b\n", "another field bears" }, { "[fields]\n64 = 市场监管, a\n", "another field bears" },
		{ "no section\n", "line 1: neither a [section] nor name = value" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config c;
		struct err err;
		assert_int_not_equal(load_text(*state, cases[i].text, &c, &err), OK);
		if (strstr(err.text, cases[i].says) == NULL)
			fail_msg("%s: got \"%s\"", cases[i].says, err.text);
	}
}

static void
values_at_their_limits_are_taken(void **state)
{
	struct config c;
	struct err err;
	assert_int_equal(load_text(*state, "[review]\ncycle_months = 0\noverdue = suspend\ngrace_days = 366\n[suspension]\nended = reinstates\n"
	    "[validity]\nmoderator = 240\n[publication]\nttl_seconds = 86400\n[eligibility]\nexam = none\nministry = beside\n", &c, &err), OK);
	assert_int_equal(c.rules.review_cycle_months, 0);
	assert_int_equal(c.rules.review_overdue, OVERDUE_SUSPEND);
	assert_int_equal(c.rules.review_grace_days, REVIEW_GRACE_DAYS_MAX);
	assert_int_equal(c.rules.suspension_ended, ENDED_REINSTATES);
	assert_int_equal(c.validity_months[KIND_MODERATOR], 240);
	assert_int_equal(c.ttl_s, 86400);
	assert_int_equal(c.eligibility.exam, ASKED_OF_NOBODY);
	assert_int_equal(c.eligibility.staff, ASKED_OF_NEW);
	assert_int_equal(c.eligibility.ministry, MINISTRY_BESIDE);
}

static void
fields_are_switched_off_and_added(void **state)
{
	struct config c;
	struct err err;
	struct field_codes codes;
	assert_int_equal(load_text(*state, "[fields]\n23 = off\n64 = 海洋渔业, marine fishery\n255 = 盐业, salt\n", &c, &err), OK);
	assert_null(fieldset_parse(&c.fields, BYTES_LIT("海洋渔业、市场监管/salt，海洋渔业"), &codes));
	assert_int_equal(codes.n, 3);
	assert_int_equal(codes.codes[0], 1);
	assert_int_equal(codes.codes[1], 64);
	assert_int_equal(codes.codes[2], 255);
	assert_string_equal(fieldset_zh(&c.fields, 64), "海洋渔业");
	assert_string_equal(fieldset_en(&c.fields, 255), "salt");
	assert_non_null(fieldset_parse(&c.fields, BYTES_LIT("综合执法"), &codes)); /* off */
	assert_string_equal(fieldset_zh(&c.fields, 23), "综合执法"); /* and still shown */
	assert_null(fieldset_parse(NULL, BYTES_LIT("综合执法"), &codes));
	assert_non_null(fieldset_parse(&c.fields, BYTES_LIT("市场监管、"  "、教育"), &codes));
}

static void
sixteen_fields_of_one_certificate_and_sixty_four_of_the_office_fit(void **state)
{
	struct fieldset f = { .own_n = 0 };
	struct field_codes codes;
	struct err err = { .status = OK };
	char code[8], value[64], names[1024] = "";
	size_t at = 0;
	(void)state;
	for (unsigned i = 0; i < FIELDS_OWN_MAX; i++) {
		(void)snprintf(code, sizeof(code), "%u", FIELD_OWN_FIRST + i);
		(void)snprintf(value, sizeof(value), "甲%u, a%u", i, i);
		assert_int_equal(fieldset_put(&f, code, value, &err), OK);
		if (i < FIELDS_MAX + 1)
			at += (size_t)snprintf(names + at, sizeof(names) - at, "%sa%u", i > 0 ? ";" : "", i);
		if (i == FIELDS_MAX - 1)
			assert_null(fieldset_parse(&f, bytes_str(names), &codes));
	}
	assert_non_null(fieldset_parse(&f, bytes_str(names), &codes)); /* 17 */
	assert_int_equal(fieldset_put(&f, "200", "乙, b", &err), ERR_LIMIT);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(a_written_file_is_read_again_with_the_same_values),
		T(the_document_has_every_setting_with_its_default_and_no_other),
		T(a_wrong_value_is_refused_with_its_line),
		T(values_at_their_limits_are_taken),
		T(fields_are_switched_off_and_added),
		T(sixteen_fields_of_one_certificate_and_sixty_four_of_the_office_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
