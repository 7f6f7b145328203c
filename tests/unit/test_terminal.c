#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tools/shared/progress.h"
#include "tools/shared/terminal.h"

static void
the_language_is_that_of_the_first_variable_that_is_set(void **state)
{
	(void)state;
	static const struct { const char *all, *messages, *lang; bool chinese; } cases[] = {
		{ "zh_CN.UTF-8", "", "", true }, { "", "zh_CN.UTF-8", "en_US.UTF-8", true }, { "", "", "zh_TW.UTF-8", true },
		{ "C.UTF-8", "zh_CN.UTF-8", "zh_CN.UTF-8", false }, { "", "en_GB", "zh_CN.UTF-8", false }, { "", "", "", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(setenv("LC_ALL", cases[i].all, 1), 0);
		assert_int_equal(setenv("LC_MESSAGES", cases[i].messages, 1), 0);
		assert_int_equal(setenv("LANG", cases[i].lang, 1), 0);
		assert_int_equal(terminal_is_chinese(), cases[i].chinese);
	}
}

static void
a_file_is_no_terminal_and_gets_no_colour(void **state)
{
	(void)state;
	FILE *f = tmpfile();
	assert_non_null(f);
	assert_false(terminal_is(f));
	assert_false(terminal_has_colour(f));
	assert_int_equal(terminal_width(f), 80);
	assert_string_equal(terminal_colour(false, COLOUR_RED), "");
	assert_string_not_equal(terminal_colour(true, COLOUR_RED), "");
	(void)fclose(f);
}

/* Standard error into a file while a step runs; what was written comes back. */
static size_t
written_by(enum progress_mode mode, char *text, size_t cap)
{
	struct progress p;
	FILE *kept = stderr, *f = tmpfile();
	assert_non_null(f);
	stderr = f;
	progress_start(&p, "counting", 1000, mode);
	for (int i = 0; i < 1000; i++)
		progress_add(&p, 1);
	progress_end(&p);
	progress_end(&p);
	stderr = kept;
	rewind(f);
	size_t n = fread(text, 1, cap - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return n;
}

static void
progress_into_a_file_is_plain_lines_or_nothing(void **state)
{
	(void)state;
	char text[1000];
	assert_int_equal(written_by(PROGRESS_QUIET, text, sizeof(text)), 0);
	assert_int_equal(written_by(PROGRESS_TERMINAL, text, sizeof(text)), 0);
	assert_true(written_by(PROGRESS_AUTO, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "counting 1000 of 1000, "));
	assert_null(strchr(text, '\r'));
	assert_null(strchr(text, '\033'));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line for so short a step */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_language_is_that_of_the_first_variable_that_is_set),
		cmocka_unit_test(a_file_is_no_terminal_and_gets_no_colour),
		cmocka_unit_test(progress_into_a_file_is_plain_lines_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
