/* The store beyond one version and one place: tables that an older one lacks, absences that are proved, head pages, stores that are replaced
 * (registry/store.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/support/stores.h"

static const char *const grown[] = { "a", "b", "later" };
enum { LATER = 2, GROWN = 3, MANY = 2000 };

static enum status
open_grown(const char *dir, enum store_mode mode, struct store **out)
{
	return store_open_grown(dir, grown, GROWN, TABLES, mode, PROFILE_INTL, &store_key, out, NULL);
}

static void
an_older_store_lacks_a_table_until_it_is_written(void **state)
{
	struct store *s = NULL;
	struct txn t;
	struct cursor c = { 0 };
	struct bytes k, v;
	store_close(store_opened(*state, STORE_CREATE));
	assert_int_equal(store_open(*state, grown, GROWN, STORE_READ, PROFILE_INTL, &store_key, &s, NULL), ERR_DAMAGED);
	assert_int_equal(open_grown(*state, STORE_READ, &s), OK);
	assert_true(store_has(s, A));
	assert_false(store_has(s, LATER));
	assert_int_equal(txn_begin_read(s, &t), OK);
	assert_int_equal(txn_get(&t, LATER, LIT("k"), &v), ERR_NOT_FOUND);
	assert_int_equal(cursor_open(&t, LATER, (struct bytes){ NULL, 0 }, &c), OK);
	assert_int_equal(cursor_next(&c, &k, &v), ERR_NOT_FOUND);
	cursor_close(&c);
	txn_end(&t);
	struct store_size size;
	assert_int_equal(store_size(s, &size), OK);
	store_close(s);
	assert_int_equal(open_grown(*state, STORE_WRITE, &s), OK);
	assert_true(store_has(s, LATER));
	store_put(s, LATER, LIT("k"), LIT("v"));
	store_close(s);
	assert_int_equal(open_grown(*state, STORE_READ, &s), OK);
	assert_true(store_has(s, LATER));
	store_close(s);
}

static struct bytes
key_of(unsigned n, char mem[16])
{
	(void)snprintf(mem, 16, "key-%06u", n);
	return bytes_str(mem);
}

static struct store *
filled(const char *dir)
{
	struct txn t;
	char key[16];
	struct store *s = store_opened(dir, STORE_CREATE);
	assert_int_equal(txn_begin_write(s, &t), OK);
	for (unsigned i = 1; i <= MANY; i++) /* even ones only */
		txn_put(&t, A, key_of(2 * i, key), LIT("a value of some length, so that there are many pages"));
	assert_int_equal(txn_commit(&t), OK);
	return s;
}

static enum status
ask(struct store *s, unsigned n)
{
	struct txn t;
	struct bytes v;
	char key[16];
	assert_int_equal(txn_begin_read(s, &t), OK);
	enum status st = txn_get(&t, A, key_of(n, key), &v);
	txn_end(&t);
	return st;
}

static void
what_is_not_there_is_not_there(void **state)
{
	struct store *s = filled(*state);
	for (unsigned i = 0; i <= 2 * MANY + 3; i++)
		assert_int_equal(ask(s, i), i >= 2 && i <= 2 * MANY && i % 2 == 0 ? OK : ERR_NOT_FOUND);
	store_close(s);
}

/* The key of one record changed in place, in its leaf and in the branch above it: whoever asks for it is not told that it is absent. */
static void
a_changed_key_does_not_make_its_record_absent(void **state)
{
	char path[300], key[16], other[16];
	const unsigned victims[] = { 2, 1400, 2 * MANY };
	store_close(filled(*state));
	(void)snprintf(path, sizeof(path), "%s/data.mdb", (const char *)*state);
	for (size_t i = 0; i < COUNT(victims); i++) {
		struct bytes is = key_of(victims[i], key), becomes = key_of(victims[i] + 1, other);
		unsigned changed = 0;
		for (long at; (at = file_find(path, is, 0)) >= 0; changed++)
			file_patch(path, at, becomes);
		assert_true(changed > 0);
		struct store *s = store_opened(*state, STORE_READ);
		assert_int_equal(ask(s, victims[i]), ERR_DAMAGED);
		store_close(s);
		for (long at; (at = file_find(path, becomes, 0)) >= 0;)
			file_patch(path, at, is);
	}
}

static void
head_pages_are_of_two_commits_in_turn(void **state)
{
	char path[300];
	uint8_t head[8];
	struct err err = { .status = OK };
	store_close(store_opened(*state, STORE_CREATE));
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(store_heads_check(*state, &err), OK);
		struct store *s = store_opened(*state, STORE_WRITE);
		store_put(s, A, LIT("k"), LIT("v"));
		store_close(s);
	}
	(void)snprintf(path, sizeof(path), "%s/data.mdb", (const char *)*state);
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	for (unsigned page = 0; page < 2; page++) {
		for (unsigned bit = 0; bit < 64; bit++) {
			off_t at = (off_t)(page * 4096 + 16 + 128 + bit / 8);
			assert_int_equal(pread(fd, head, 1, at), 1);
			head[0] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(pwrite(fd, head, 1, at), 1);
			if (store_heads_check(*state, NULL) != ERR_DAMAGED)
				fail_msg("page %u, bit %u of the commit's number is not missed", page, bit);
			head[0] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(pwrite(fd, head, 1, at), 1);
		}
	}
	(void)close(fd);
	assert_int_equal(store_heads_check(*state, NULL), OK);
}

static void
a_store_knows_when_another_stands_in_its_place(void **state)
{
	char a[300], b[300];
	(void)snprintf(a, sizeof(a), "%s/a", (const char *)*state);
	(void)snprintf(b, sizeof(b), "%s/b", (const char *)*state);
	assert_int_equal(mkdir(a, 0700), 0);
	assert_int_equal(mkdir(b, 0700), 0);
	struct store *s = store_opened(a, STORE_CREATE);
	assert_true(store_is_in_place(s));
	store_close(store_opened(b, STORE_CREATE));
	assert_int_equal(path_exchange(a, b, NULL), OK);
	assert_false(store_is_in_place(s));
	assert_int_equal(path_exchange(a, b, NULL), OK);
	assert_true(store_is_in_place(s));
	store_close(s);
	assert_int_equal(path_exchange(a, "/nowhere/at/all", NULL), ERR_SYSTEM);
}

static void
a_scratch_store_is_whole_once_it_is_flushed(void **state)
{
	struct store *s = store_opened(*state, STORE_SCRATCH);
	store_put(s, A, LIT("k"), LIT("v"));
	assert_int_equal(store_flush(s), OK);
	store_close(s);
	s = store_opened(*state, STORE_READ);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("v")), OK);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_older_store_lacks_a_table_until_it_is_written, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_not_there, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_changed_key_does_not_make_its_record_absent, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(head_pages_are_of_two_commits_in_turn, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_store_knows_when_another_stands_in_its_place, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_scratch_store_is_whole_once_it_is_flushed, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
