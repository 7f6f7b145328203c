#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/support/scratch.h"
#include "tools/verifier/replay_file.h"
#include "tools/verifier/statedir.h"

static struct err err;

static void
made(char dir[STATE_PATH_MAX], void **state)
{
	err = (struct err){ 0 };
	(void)snprintf(dir, STATE_PATH_MAX, "%s/site", (const char *)*state);
	assert_int_equal(statedir_make(dir, &err), OK);
}

static void
a_directory_is_made_for_its_owner_only_and_again_without_harm(void **state)
{
	char dir[STATE_PATH_MAX];
	struct stat s;
	(void)snprintf(dir, sizeof(dir), "%s/site", (const char *)*state);
	assert_int_equal(statedir_check(dir, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "yaopai-verify setup"));
	made(dir, state);
	made(dir, state);
	assert_int_equal(statedir_check(dir, &err), OK);
	assert_int_equal(stat(dir, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0700);
}

static void
a_file_that_is_not_there_is_empty_and_one_that_is_comes_back(void **state)
{
	char dir[STATE_PATH_MAX];
	struct buf out = { 0 };
	made(dir, state);
	assert_int_equal(statedir_load(dir, "memory", 100, &out, &err), OK);
	assert_null(out.ptr);
	assert_int_equal(statedir_save(dir, "memory", BYTES_LIT("12345"), &err), OK);
	assert_int_equal(statedir_load(dir, "memory", 5, &out, &err), OK);
	assert_true(bytes_eq(buf_view(&out), BYTES_LIT("12345")));
	free(out.ptr);
	assert_int_equal(statedir_load(dir, "memory", 4, &out, &err), ERR_LIMIT);
}

struct visit { size_t n; char last[STATE_PATH_MAX]; };

static enum status
visit(void *ctx, const char *path, struct err *e)
{
	struct visit *v = ctx;
	(void)e;
	assert_true(strcmp(path, v->last) > 0); /* in order */
	(void)snprintf(v->last, sizeof(v->last), "%s", path);
	v->n++;
	return OK;
}

static void
sixteen_roots_are_pinned_once_each_and_visited_in_order(void **state)
{
	char dir[STATE_PATH_MAX], stray[STATE_PATH_MAX];
	struct visit v = { .n = 0 };
	bool is_new = false;
	made(dir, state);
	for (uint8_t i = 0; i < TRUST_ROOTS_MAX; i++) {
		assert_int_equal(statedir_pin(dir, (struct bytes){ &i, 1 }, &is_new, &err), OK);
		assert_true(is_new);
		assert_int_equal(statedir_pin(dir, (struct bytes){ &i, 1 }, &is_new, &err), OK);
		assert_false(is_new);
	}
	(void)snprintf(stray, sizeof(stray), "%.4000s/roots/notes.txt", dir);
	FILE *f = fopen(stray, "w"); /* what is no root's name is not looked at */
	assert_non_null(f);
	(void)fclose(f);
	assert_int_equal(statedir_roots(dir, visit, &v, &err), OK);
	assert_int_equal(v.n, TRUST_ROOTS_MAX);
	assert_int_equal(statedir_pin(dir, BYTES_LIT("seventeen"), &is_new, &err), OK);
	assert_int_equal(statedir_roots(dir, visit, &v, &err), ERR_LIMIT);
}

static void
a_name_that_is_too_long_is_refused(void **state)
{
	(void)state;
	static char dir[STATE_PATH_MAX + 10];
	char out[STATE_PATH_MAX];
	memset(dir, 'x', STATE_PATH_MAX - 6);
	err = (struct err){ 0 };
	assert_int_equal(statedir_path(dir, "roots", out, &err), ERR_LIMIT);
	assert_true(err.text[0] != '\0');
}

static void
the_replay_memory_lasts_in_its_file_and_belongs_to_one_at_a_time(void **state)
{
	char dir[STATE_PATH_MAX], path[STATE_PATH_MAX];
	struct replay_file first, second;
	made(dir, state);
	assert_int_equal(replay_file_open(dir, &first, &err), OK);
	assert_int_equal(replay_file_open(dir, &second, &err), ERR_CONFLICT);
	assert_non_null(strstr(err.text, "state directory of its own"));
	replay_file_close(&first);
	replay_file_close(&first);
	err = (struct err){ 0 };
	assert_int_equal(replay_file_open(dir, &second, &err), OK);
	assert_false(second.begun_anew);
	replay_file_close(&second);
	assert_int_equal(statedir_path(dir, "replay", path, &err), OK);
	file_patch(path, 0, BYTES_LIT("?"));
	assert_int_equal(replay_file_open(dir, &second, &err), OK); 
	assert_true(second.begun_anew);
	assert_string_equal(err.text, "");
	replay_file_close(&second);
	assert_int_equal(replay_file_open(NULL, &second, &err), OK); /* without a directory */
	replay_file_close(&second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_directory_is_made_for_its_owner_only_and_again_without_harm, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_empty_and_one_that_is_comes_back, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(sixteen_roots_are_pinned_once_each_and_visited_in_order, scratch_make, scratch_clear),
		cmocka_unit_test(a_name_that_is_too_long_is_refused),
		cmocka_unit_test_setup_teardown(the_replay_memory_lasts_in_its_file_and_belongs_to_one_at_a_time, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
