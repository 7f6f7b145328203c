/* store -- damage, wrong keys, other files, failed commits and killed writers are seen. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/stores.h"

static const struct secret other_key = { "another key" };

/* ---- the keyed check ---- */

static void
under_another_key_or_profile_every_record_is_damaged(void **state)
{
	static const struct { enum profile profile; const struct secret *key; } wrong[] = {
		{ PROFILE_INTL, &other_key }, { PROFILE_GM, &store_key }, { PROFILE_GM, &other_key },
	};
	struct store *s = store_opened(*state, STORE_CREATE);
	store_put(s, A, LIT("k"), LIT("v"));
	store_close(s);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct txn t;
		struct cursor c;
		struct bytes k, v;
		assert_int_equal(store_open(*state, store_names, TABLES, STORE_WRITE, wrong[i].profile, wrong[i].key, &s, NULL), OK);
		assert_int_equal(txn_begin_write(s, &t), OK);
		assert_int_equal(txn_get(&t, A, LIT("k"), &v), ERR_DAMAGED);
		assert_int_equal(txn_get(&t, A, LIT("absent"), &v), ERR_DAMAGED);
		assert_int_equal(txn_commit(&t), ERR_DAMAGED);
		assert_int_equal(txn_begin_read(s, &t), OK);
		assert_int_equal(cursor_open(&t, A, LIT(""), &c), OK);
		assert_int_equal(cursor_next(&c, &k, &v), ERR_DAMAGED);
		cursor_close(&c);
		txn_end(&t);
		store_close(s);
	}
}

static enum status
reopened_get(const char *dir, unsigned table, struct bytes k, struct bytes want)
{
	struct store *s = store_opened(dir, STORE_READ);
	enum status st = store_get(s, table, k, want);
	store_close(s);
	return st;
}

static void
every_bit_of_a_value_and_its_check_counts(void **state)
{
	char path[256];
	struct bytes value = LIT("a value found but once");
	uint8_t stored[22 + CHECK_LEN];
	(void)snprintf(path, sizeof(path), "%s/data.mdb", (const char *)*state);
	struct store *s = store_opened(*state, STORE_CREATE);
	store_put(s, A, LIT("k"), value);
	store_close(s);
	long at = file_find(path, value, 0);
	assert_true(at > 0 && file_find(path, value, 1) < 0);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fread(stored, 1, sizeof(stored), f), sizeof(stored));
	assert_int_equal(fclose(f), 0);
	for (size_t bit = 0; bit < sizeof(stored) * 8; bit++) {
		uint8_t bent = stored[bit / 8] ^ (uint8_t)(1u << bit % 8);
		file_patch(path, at + (long)(bit / 8), (struct bytes){ &bent, 1 });
		if (reopened_get(*state, A, LIT("k"), value) != ERR_DAMAGED)
			fail_msg("bit %zu", bit);
		file_patch(path, at + (long)(bit / 8), (struct bytes){ &stored[bit / 8], 1 });
	}
	assert_int_equal(reopened_get(*state, A, LIT("k"), value), OK);
}

/* Swap what is stored at two places, value and check together. */
static void
swap_stored(const char *path, struct bytes a, struct bytes b)
{
	uint8_t x[64], y[64];
	size_t n = a.len + CHECK_LEN;
	long at = file_find(path, a, 0), bt = file_find(path, b, 0);
	assert_true(a.len == b.len && n <= sizeof(x) && at > 0 && bt > 0 && file_find(path, a, 1) < 0 && file_find(path, b, 1) < 0);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fread(x, 1, n, f), n);
	assert_int_equal(fseek(f, bt, SEEK_SET), 0);
	assert_int_equal(fread(y, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	file_patch(path, at, (struct bytes){ y, n });
	file_patch(path, bt, (struct bytes){ x, n });
}

static void
a_good_record_under_another_key_or_in_another_table_is_damage(void **state)
{
	char path[256];
	struct txn t;
	(void)snprintf(path, sizeof(path), "%s/data.mdb", (const char *)*state);
	struct store *s = store_opened(*state, STORE_CREATE);
	assert_int_equal(txn_begin_write(s, &t), OK); /* all at once: each is in the file but once */
	txn_put(&t, A, LIT("k1"), LIT("certificate: void"));
	txn_put(&t, A, LIT("k2"), LIT("certificate: good"));
	txn_put(&t, A, LIT("same"), LIT("the one in table a"));
	txn_put(&t, B, LIT("same"), LIT("the one in table b"));
	assert_int_equal(txn_commit(&t), OK);
	store_close(s);
	swap_stored(path, LIT("certificate: void"), LIT("certificate: good"));
	swap_stored(path, LIT("the one in table a"), LIT("the one in table b"));
	assert_int_equal(reopened_get(*state, A, LIT("k1"), LIT("")), ERR_DAMAGED);
	assert_int_equal(reopened_get(*state, A, LIT("k2"), LIT("")), ERR_DAMAGED);
	assert_int_equal(reopened_get(*state, A, LIT("same"), LIT("")), ERR_DAMAGED);
	assert_int_equal(reopened_get(*state, B, LIT("same"), LIT("")), ERR_DAMAGED);
}

/* ---- opening ---- */

static void
expect_refused(const char *dir, const char *const tables[], enum store_mode mode, enum status want)
{
	struct store *s = NULL;
	struct err err = { .status = OK };
	enum status st = store_open(dir, tables, TABLES, mode, PROFILE_INTL, &store_key, &s, &err);
	if (st != want || err.status != want || strstr(err.text, dir) == NULL)
		fail_msg("mode %d: got %d (%s), want %d", (int)mode, (int)st, err.text, (int)want);
	assert_null(s);
}

static void
what_is_not_there_cannot_be_opened_and_what_is_there_not_be_made_again(void **state)
{
	char missing[256];
	(void)snprintf(missing, sizeof(missing), "%s/missing", (const char *)*state);
	const enum store_mode modes[] = { STORE_READ, STORE_WRITE };
	for (size_t i = 0; i < COUNT(modes); i++) {
		expect_refused(*state, store_names, modes[i], ERR_NOT_FOUND);
		expect_refused(missing, store_names, modes[i], ERR_NOT_FOUND);
	}
	expect_refused(missing, store_names, STORE_CREATE, ERR_SYSTEM);
	struct store *s = store_opened(*state, STORE_CREATE);
	store_close(s);
	expect_refused(*state, store_names, STORE_CREATE, ERR_CONFLICT);
}

static void
a_file_that_is_no_store_of_ours_is_refused_with_a_sentence(void **state)
{
	static const char *const other_names[TABLES] = { "a", "c" };
	static const uint8_t junk[8192] = "this is no LMDB file", version_2[] = { 2, 0, 0, 0 };
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/data.mdb", (const char *)*state);
	const enum store_mode modes[] = { STORE_READ, STORE_WRITE };
	store_close(store_opened(*state, STORE_CREATE));
	for (size_t i = 0; i < COUNT(modes); i++)
		expect_refused(*state, other_names, modes[i], ERR_DAMAGED);
	for (int page = 0; page < 2; page++) /* both meta pages: 16 bytes of page header, the magic, the version */
		file_patch(path, 4096 * page + 20, (struct bytes){ version_2, 4 });
	for (size_t i = 0; i < COUNT(modes); i++)
		expect_refused(*state, store_names, modes[i], ERR_UNSUPPORTED);
	file_patch(path, 0, (struct bytes){ junk, sizeof(junk) });
	for (size_t i = 0; i < COUNT(modes); i++)
		expect_refused(*state, store_names, modes[i], ERR_DAMAGED);
	assert_int_equal(truncate(path, 0), 0);
	struct store *s = NULL;
	for (size_t i = 0; i < COUNT(modes); i++)
		assert_int_not_equal(store_open(*state, store_names, TABLES, modes[i], PROFILE_INTL, &store_key, &s, NULL), OK);
}

static void
a_store_opened_for_reading_refuses_to_write(void **state)
{
	struct txn t;
	store_close(store_opened(*state, STORE_CREATE));
	struct store *s = store_opened(*state, STORE_READ);
	assert_int_equal(txn_begin_write(s, &t), ERR_SYSTEM);
	assert_non_null(strstr(txn_reason(&t), "reading only"));
	txn_end(&t);
	store_close(s);
}

/* ---- what goes wrong below us ---- */

static void
after_a_failed_commit_the_store_writes_no_more_until_it_is_opened_again(void **state)
{
	static uint8_t big[4 << 20];
	struct rlimit was, small;
	struct store_size size;
	struct txn t;
	struct store *s = store_opened(*state, STORE_CREATE);
	store_put(s, A, LIT("k"), LIT("v"));
	assert_int_equal(store_size(s, &size), OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = (struct rlimit){ .rlim_cur = size.file_bytes + 65536, .rlim_max = was.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, A, LIT("big"), (struct bytes){ big, sizeof(big) });
	txn_put(&t, A, LIT("k"), LIT("changed"));
	enum status st = txn_commit(&t);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(st, ERR_SYSTEM);
	assert_int_equal(txn_begin_write(s, &t), ERR_SYSTEM);
	assert_non_null(strstr(txn_reason(&t), "open it again"));
	txn_end(&t);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("v")), OK);
	store_close(s);
	s = store_opened(*state, STORE_WRITE);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("v")), OK);
	store_put(s, A, LIT("k"), LIT("changed"));
	store_close(s);
}

static void
a_writer_killed_in_a_transaction_leaves_nothing_and_stops_nobody(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	store_put(s, A, LIT("k"), LIT("v"));
	store_close(s);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct txn t, reader;
		if (store_open(*state, store_names, TABLES, STORE_WRITE, PROFILE_INTL, &store_key, &s, NULL) == OK && txn_begin_read(s, &reader) == OK &&
		    txn_begin_write(s, &t) == OK)
			txn_put(&t, A, LIT("k"), LIT("half done"));
		(void)raise(SIGKILL);
	}
	int how = 0;
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
	s = store_opened(*state, STORE_WRITE);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("v")), OK);
	store_put(s, A, LIT("k"), LIT("by the next"));
	store_close(s);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(under_another_key_or_profile_every_record_is_damaged),
		IN_SCRATCH(every_bit_of_a_value_and_its_check_counts),
		IN_SCRATCH(a_good_record_under_another_key_or_in_another_table_is_damage),
		IN_SCRATCH(what_is_not_there_cannot_be_opened_and_what_is_there_not_be_made_again),
		IN_SCRATCH(a_file_that_is_no_store_of_ours_is_refused_with_a_sentence),
		IN_SCRATCH(a_store_opened_for_reading_refuses_to_write),
		IN_SCRATCH(after_a_failed_commit_the_store_writes_no_more_until_it_is_opened_again),
		IN_SCRATCH(a_writer_killed_in_a_transaction_leaves_nothing_and_stops_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
