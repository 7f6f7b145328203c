/* err -- one sentence, the first failure wins, context comes in front. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/err.h"

static void
setting_returns_the_status_and_writes_the_sentence(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_int_equal(err_set(&err, ERR_FORMAT, "row %d: %s", 17, "bad date"), ERR_FORMAT);
	assert_int_equal(err.status, ERR_FORMAT);
	assert_string_equal(err.text, "row 17: bad date");
}

static void
the_first_failure_wins(void **state)
{
	(void)state;
	struct err err = { 0 };
	(void)err_set(&err, ERR_LIMIT, "first");
	assert_int_equal(err_set(&err, ERR_SYSTEM, "second"), ERR_SYSTEM);
	assert_int_equal(err.status, ERR_LIMIT);
	assert_string_equal(err.text, "first");
}

static void
no_sentence_is_wanted_and_none_is_written(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_CRYPTO, "x"), ERR_CRYPTO);
	assert_int_equal(err_in(NULL, ERR_DAMAGED, "x"), ERR_DAMAGED);
}

static void
context_comes_in_front_and_keeps_the_status(void **state)
{
	(void)state;
	struct err err = { 0 };
	(void)err_set(&err, ERR_FORMAT, "bad date");
	assert_int_equal(err_in(&err, ERR_FORMAT, "row %d", 17), ERR_FORMAT);
	assert_int_equal(err_in(&err, ERR_FORMAT, "%s", "batch.csv"), ERR_FORMAT);
	assert_string_equal(err.text, "batch.csv: row 17: bad date");
	assert_int_equal(err.status, ERR_FORMAT);
}

static void
context_without_a_sentence_names_the_kind_of_failure(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_int_equal(err_in(&err, ERR_NOT_FOUND, "holder 7"), ERR_NOT_FOUND);
	assert_int_equal(err.status, ERR_NOT_FOUND);
	assert_string_equal(err.text, "holder 7: not found");
}

static void
success_gets_no_context(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_int_equal(err_in(&err, OK, "row 1"), OK);
	assert_string_equal(err.text, "");
	assert_int_equal(err.status, OK);
}

static void
a_long_sentence_is_cut_and_still_ends(void **state)
{
	(void)state;
	char longer[2 * sizeof(((struct err *)0)->text)];
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	struct err err = { 0 };
	(void)err_set(&err, ERR_FORMAT, "%s", longer);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	(void)err_in(&err, ERR_FORMAT, "in front");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_memory_equal(err.text, "in front: xxx", 13);
	for (size_t n = sizeof(err.text) - 5; n < sizeof(err.text) + 3; n++) { /* a context that fills all the room */
		(void)err_in(&err, ERR_FORMAT, "%.*s", (int)n, longer);
		assert_true(strlen(err.text) < sizeof(err.text));
		assert_int_equal(err.text[0], 'x');
	}
}

static void
every_status_has_its_own_words(void **state)
{
	(void)state;
	for (int a = OK; a <= ERR_CRYPTO; a++) {
		assert_true(strlen(status_text((enum status)a)) > 0);
		for (int b = OK; b < a; b++)
			assert_string_not_equal(status_text((enum status)a), status_text((enum status)b));
	}
	assert_string_equal(status_text((enum status)99), "unknown status");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_returns_the_status_and_writes_the_sentence),
		cmocka_unit_test(the_first_failure_wins),
		cmocka_unit_test(no_sentence_is_wanted_and_none_is_written),
		cmocka_unit_test(context_comes_in_front_and_keeps_the_status),
		cmocka_unit_test(context_without_a_sentence_names_the_kind_of_failure),
		cmocka_unit_test(success_gets_no_context),
		cmocka_unit_test(a_long_sentence_is_cut_and_still_ends),
		cmocka_unit_test(every_status_has_its_own_words),
	};
	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
