/* remake, sealed_lock -- the sealed store made anew: every row is found under the new key, the one left out is in no byte of it, and
 * what an earlier run left behind is gone on with or wiped. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "registry/remake.h"
#include "tests/unit/support/scratch.h"

enum { PEOPLE = 9000 }; /* three transactions of the copy */

static const struct secret old_key = { "the former key of the store" }, new_key = { "the key that is to come" };
static const struct bytes nobody = { NULL, 0 };
static uint8_t ids[PEOPLE][PERSON_ID_LEN];

static struct bytes
id_of(unsigned n)
{
	return (struct bytes){ ids[n], PERSON_ID_LEN };
}

static struct bytes
number_of(unsigned n, char mem[IDNUMBER_LEN + 1])
{
	(void)snprintf(mem, IDNUMBER_LEN + 1, "990000%012u", n);
	return bytes_str(mem);
}

static const char *
store_of(void *dir)
{
	static char path[256];
	(void)snprintf(path, sizeof(path), "%s/sealed", (const char *)dir);
	return path;
}

static bool
next_exists(void *dir)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/sealed.next", (const char *)dir);
	return access(path, F_OK) == 0;
}

static struct sealed *
opened(void *dir, enum store_mode mode, enum profile profile, const struct secret *key)
{
	struct sealed *s = NULL;
	struct err err = { .status = OK };
	if (sealed_open(store_of(dir), mode, profile, key, &s, &err) != OK)
		fail_msg("%s", err.text);
	return s;
}

static void
fill(struct sealed *s, unsigned from, unsigned to)
{
	char mem[IDNUMBER_LEN + 1];
	struct txn t;
	bool is_new = false;
	assert_int_equal(sealed_begin_write(s, &t), OK);
	for (unsigned n = from; n < to; n++)
		assert_int_equal(sealed_enter(s, &t, number_of(n, mem), ids[n], &is_new), OK);
	assert_int_equal(txn_commit(&t), OK);
}

static void
make(void *dir, enum profile profile, unsigned people)
{
	assert_int_equal(mkdir(store_of(dir), 0700), 0);
	struct sealed *s = opened(dir, STORE_CREATE, profile, &old_key);
	fill(s, 0, people);
	sealed_close(s);
}

static enum status
remake(void *dir, enum profile profile, const struct secret *to, struct bytes without, uint64_t *rows)
{
	struct err err = { .status = OK };
	struct remake m = { .dir = store_of(dir), .profile = profile, .from = &old_key, .to = to, .without = without, .generation = 2 };
	enum status st = sealed_remake(&m, rows, &err);
	if (st != OK)
		print_message("%s\n", err.text);
	return st;
}

static void
assert_all_found(void *dir, enum profile profile, const struct secret *key, unsigned people, unsigned but)
{
	char mem[IDNUMBER_LEN + 1];
	uint8_t shown[IDNUMBER_LEN];
	uint8_t id[PERSON_ID_LEN];
	struct txn t;
	struct sealed *s = opened(dir, STORE_READ, profile, key);
	assert_int_equal(sealed_begin_read(s, &t), OK);
	for (unsigned n = 0; n < people; n++) {
		struct buf out = BUF_OF(shown);
		enum status wanted = n == but ? ERR_NOT_FOUND : OK;
		assert_int_equal(sealed_find(s, &t, number_of(n, mem), id), wanted);
		assert_int_equal(sealed_reveal(s, &t, id_of(n), &out), wanted);
		if (n == but)
			continue;
		assert_memory_equal(id, ids[n], PERSON_ID_LEN);
		assert_memory_equal(shown, mem, IDNUMBER_LEN);
	}
	txn_end(&t);
	sealed_close(s);
}

static void
every_row_is_under_the_new_key_and_none_under_the_old(void **state)
{
	static const enum profile profiles[] = { PROFILE_INTL, PROFILE_GM };
	(void)state;
	for (size_t i = 0; i < COUNT(profiles); i++) {
		void *dir = NULL;
		uint64_t rows = 0;
		struct sealed *none = NULL;
		assert_int_equal(scratch_make(&dir), 0);
		make(dir, profiles[i], PEOPLE);
		assert_int_equal(remake(dir, profiles[i], &new_key, nobody, &rows), OK);
		assert_int_equal(rows, PEOPLE);
		assert_all_found(dir, profiles[i], &new_key, PEOPLE, PEOPLE);
		assert_int_equal(sealed_open(store_of(dir), STORE_READ, profiles[i], &old_key, &none, NULL), ERR_DAMAGED);
		assert_false(next_exists(dir));
		struct sealed *s = opened(dir, STORE_READ, profiles[i], &new_key);
		assert_int_equal(sealed_generation(s), 2);
		sealed_close(s);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
the_person_left_out_is_in_no_byte_of_the_new_file(void **state)
{
	char path[300];
	uint64_t rows = 0;
	make(*state, PROFILE_INTL, 300);
	(void)snprintf(path, sizeof(path), "%s/data.mdb", store_of(*state));
	assert_true(file_find(path, id_of(7), 0) > 0);
	assert_int_equal(remake(*state, PROFILE_INTL, &old_key, id_of(7), &rows), OK);
	assert_int_equal(rows, 299);
	assert_int_equal(file_find(path, id_of(7), 0), -1);
	assert_true(file_find(path, id_of(8), 0) > 0);
	assert_all_found(*state, PROFILE_INTL, &old_key, 300, 7);
	struct sealed *s = opened(*state, STORE_WRITE, PROFILE_INTL, &old_key);
	uint8_t before[PERSON_ID_LEN];
	memcpy(before, ids[7], PERSON_ID_LEN);
	fill(s, 7, 8); /* the same number again is a new person */
	assert_memory_not_equal(before, ids[7], PERSON_ID_LEN);
	sealed_close(s);
}

static void
die_after_the_first_commit(void *ctx, uint64_t rows)
{
	(void)ctx;
	(void)rows;
	_exit(3);
}

static void
add_up(void *ctx, uint64_t rows)
{
	unsigned *commits = ctx;
	assert_true(rows <= 3);
	(*commits)++;
}

static void
a_transaction_has_as_many_rows_as_was_said(void **state)
{
	uint64_t rows = 0;
	unsigned commits = 0;
	make(*state, PROFILE_INTL, 10);
	struct remake m = { .dir = store_of(*state), .profile = PROFILE_INTL, .from = &old_key, .to = &new_key, .generation = 2,
		.rows_per_commit = 3, .progress = add_up, .ctx = &commits };
	assert_int_equal(sealed_remake(&m, &rows, NULL), OK);
	assert_int_equal(rows, 10);
	assert_int_equal(commits, 4);
	assert_all_found(*state, PROFILE_INTL, &new_key, 10, 10);
}

static ino_t
data_inode(const char *store, const char *suffix)
{
	struct stat at;
	char path[300];
	(void)snprintf(path, sizeof(path), "%s%s/data.mdb", store, suffix);
	assert_int_equal(stat(path, &at), 0);
	return at.st_ino;
}

static void
a_copy_that_was_killed_is_gone_on_with_and_who_came_meanwhile_is_in_it(void **state)
{
	uint64_t rows = 0;
	int status = 0;
	make(*state, PROFILE_INTL, PEOPLE - 1);
	struct remake m = { .dir = store_of(*state), .profile = PROFILE_INTL, .from = &old_key, .to = &new_key, .generation = 2,
		.progress = die_after_the_first_commit };
	pid_t child = fork();
	if (child == 0)
		_exit(sealed_remake(&m, &rows, NULL) == OK ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_true(next_exists(*state));
	ino_t begun = data_inode(store_of(*state), ".next");
	struct sealed *s = opened(*state, STORE_WRITE, PROFILE_INTL, &old_key); /* the present one is in use as ever */
	fill(s, PEOPLE - 1, PEOPLE);
	sealed_close(s);
	assert_int_equal(remake(*state, PROFILE_INTL, &new_key, nobody, &rows), OK);
	assert_int_equal(rows, PEOPLE);
	assert_int_equal(data_inode(store_of(*state), ""), begun);
	assert_all_found(*state, PROFILE_INTL, &new_key, PEOPLE, PEOPLE);
}

/* An erasure does not trust what it finds: the person may be in it. */
static void
an_erasure_begins_afresh(void **state)
{
	uint64_t rows = 0;
	int status = 0;
	make(*state, PROFILE_INTL, 50);
	struct remake m = { .dir = store_of(*state), .profile = PROFILE_INTL, .from = &old_key, .to = &old_key, .generation = 2,
		.progress = die_after_the_first_commit };
	pid_t child = fork();
	if (child == 0)
		_exit(sealed_remake(&m, &rows, NULL) == OK ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_int_equal(remake(*state, PROFILE_INTL, &old_key, id_of(9), &rows), OK);
	assert_int_equal(rows, 49);
	assert_all_found(*state, PROFILE_INTL, &old_key, 50, 9);
}

static void
what_is_no_copy_of_ours_is_wiped(void **state)
{
	char next[256], file[300];
	uint64_t rows = 0;
	bool was_there = false;
	make(*state, PROFILE_INTL, 10);
	(void)snprintf(next, sizeof(next), "%s/sealed.next", (const char *)*state);
	(void)snprintf(file, sizeof(file), "%s/data.mdb", next);
	assert_int_equal(mkdir(next, 0700), 0);
	assert_int_equal(file_save(file, BYTES_LIT("no store at all"), 0600, NULL), OK);
	assert_int_equal(remake(*state, PROFILE_INTL, &new_key, nobody, &rows), OK);
	assert_all_found(*state, PROFILE_INTL, &new_key, 10, 10);
	assert_int_equal(remake_leftover_wipe(store_of(*state), &was_there, NULL), OK);
	assert_false(was_there);
	assert_int_equal(mkdir(next, 0700), 0);
	assert_int_equal(remake_leftover_wipe(store_of(*state), &was_there, NULL), OK);
	assert_true(was_there);
	assert_false(next_exists(*state));
}

static void
another_key_than_the_store_s_changes_nothing(void **state)
{
	uint64_t rows = 0;
	make(*state, PROFILE_INTL, 10);
	struct remake m = { .dir = store_of(*state), .profile = PROFILE_INTL, .from = &new_key, .to = &new_key, .generation = 2 };
	assert_int_equal(sealed_remake(&m, &rows, NULL), ERR_DAMAGED);
	assert_all_found(*state, PROFILE_INTL, &old_key, 10, 10);
	assert_false(next_exists(*state));
}

/* Another process has the store open for a moment: the remake waits for it. */
static void
a_store_in_use_is_waited_for(void **state)
{
	uint64_t rows = 0;
	int ready[2], status = 0;
	make(*state, PROFILE_INTL, 10);
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		struct sealed *s = NULL;
		bool ok = sealed_open(store_of(*state), STORE_WRITE, PROFILE_INTL, &old_key, &s, NULL) == OK && write(ready[1], "x", 1) == 1;
		(void)usleep(300000);
		fill(s, 10, 11); /* what it enters is not lost */
		sealed_close(s);
		_exit(ok ? 0 : 1);
	}
	char c;
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(remake(*state, PROFILE_INTL, &new_key, nobody, &rows), OK);
	assert_int_equal(rows, 11);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_under_the_new_key_and_none_under_the_old),
		cmocka_unit_test_setup_teardown(the_person_left_out_is_in_no_byte_of_the_new_file, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_copy_that_was_killed_is_gone_on_with_and_who_came_meanwhile_is_in_it, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(an_erasure_begins_afresh, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_is_no_copy_of_ours_is_wiped, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(another_key_than_the_store_s_changes_nothing, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_transaction_has_as_many_rows_as_was_said, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_store_in_use_is_waited_for, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
