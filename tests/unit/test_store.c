/* store -- what was put comes back, in one state, and nothing of what was not committed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/support/stores.h"

/* ---- records ---- */

static void
what_was_put_is_there_after_closing_and_nothing_else_is(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	store_put(s, A, LIT("k"), LIT("v"));
	store_put(s, A, LIT("empty"), (struct bytes){ NULL, 0 });
	store_put(s, A, LIT("k"), LIT("replaced"));
	store_close(s);
	s = store_opened(*state, STORE_READ);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("replaced")), OK);
	assert_int_equal(store_get(s, A, LIT("empty"), LIT("")), OK);
	assert_int_equal(store_get(s, B, LIT("k"), LIT("")), ERR_NOT_FOUND);
	assert_int_equal(store_get(s, A, LIT("kk"), LIT("")), ERR_NOT_FOUND);
	store_close(s);
	store_close(NULL);
}

static void
absence_is_an_answer_that_does_not_stick(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	static const uint8_t long_key[600];
	struct bytes v;
	struct txn t;
	store_put(s, A, LIT("k"), LIT("v"));
	assert_int_equal(txn_begin_read(s, &t), OK);
	assert_int_equal(txn_get(&t, A, LIT("absent"), &v), ERR_NOT_FOUND);
	assert_int_equal(txn_get(&t, A, LIT(""), &v), ERR_NOT_FOUND);
	assert_int_equal(txn_get(&t, A, (struct bytes){ long_key, sizeof(long_key) }, &v), ERR_NOT_FOUND);
	assert_int_equal(txn_get(&t, A, LIT("k"), &v), OK);
	txn_end(&t);
	store_close(s);
}

static void
keys_have_1_to_511_bytes_and_values_may_be_long(void **state)
{
	static uint8_t bytes[64 << 10];
	struct store *s = store_opened(*state, STORE_CREATE);
	struct txn t;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 >> 3);
	store_put(s, A, (struct bytes){ bytes, 511 }, LIT("v"));
	store_put(s, A, LIT("long"), (struct bytes){ bytes, sizeof(bytes) });
	assert_int_equal(store_get(s, A, (struct bytes){ bytes, 511 }, LIT("v")), OK);
	assert_int_equal(store_get(s, A, LIT("long"), (struct bytes){ bytes, sizeof(bytes) }), OK);
	const size_t wrong[] = { 0, 512 };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(txn_begin_write(s, &t), OK);
		txn_put(&t, A, (struct bytes){ bytes, wrong[i] }, LIT("v"));
		assert_int_equal(txn_commit(&t), ERR_ARGUMENT);
	}
	store_close(s);
}

static void
the_first_failure_sticks_and_nothing_of_the_transaction_stays(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	struct txn t;
	struct bytes v;
	store_put(s, A, LIT("k"), LIT("first"));
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, A, LIT("before"), LIT("v"));
	txn_put_new(&t, A, LIT("new"), LIT("v"));
	assert_int_equal(t.status, OK);
	txn_put_new(&t, A, LIT("k"), LIT("second"));
	assert_int_equal(t.status, ERR_CONFLICT);
	txn_put(&t, A, LIT("after"), LIT("v"));
	txn_fail(&t, ERR_SYSTEM);
	assert_int_equal(txn_get(&t, A, LIT("before"), &v), ERR_CONFLICT);
	assert_int_equal(txn_commit(&t), ERR_CONFLICT);
	assert_true(txn_reason(&t)[0] != '\0');
	assert_int_equal(store_get(s, A, LIT("k"), LIT("first")), OK);
	static const char *const gone[] = { "before", "new", "after" };
	for (size_t i = 0; i < COUNT(gone); i++)
		assert_int_equal(store_get(s, A, bytes_str(gone[i]), LIT("")), ERR_NOT_FOUND);
	store_put(s, A, LIT("later"), LIT("the store itself goes on"));
	store_close(s);
}

static void
a_transaction_ended_without_commit_leaves_nothing(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	struct txn t, zero = { 0 };
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, A, LIT("k"), LIT("v"));
	txn_end(&t);
	txn_end(&t);
	txn_end(&zero);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("")), ERR_NOT_FOUND);
	store_put(s, A, LIT("k"), LIT("v"));
	store_close(s);
}

static void
appending_wants_keys_in_order(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	struct txn t;
	assert_int_equal(txn_begin_write(s, &t), OK);
	for (uint64_t i = 1; i <= 1000; i++) {
		struct key64 k = key64(i);
		txn_append(&t, A, key64_view(&k), LIT("v"));
	}
	assert_int_equal(txn_commit(&t), OK);
	const uint64_t wrong[] = { 1000, 999, 0 };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct key64 k = key64(wrong[i]);
		assert_int_equal(txn_begin_write(s, &t), OK);
		txn_append(&t, A, key64_view(&k), LIT("v"));
		assert_int_equal(txn_commit(&t), ERR_CONFLICT);
	}
	store_close(s);
}

static void
integer_keys_sort_as_integers_do(void **state)
{
	(void)state;
	static const uint64_t v[] = { 0, 1, 255, 256, 65535, 65536, 1ull << 32, UINT64_MAX - 1, UINT64_MAX };
	for (size_t i = 0; i < COUNT(v); i++) {
		struct key64 k = key64(v[i]), before = key64(i > 0 ? v[i - 1] : 0);
		assert_int_equal(key64_value(key64_view(&k)), v[i]);
		assert_true(i == 0 || bytes_cmp(key64_view(&before), key64_view(&k)) < 0);
	}
}

/* ---- scanning ---- */

static void
expect_scan(struct store *s, const char *from, const char *const want[])
{
	struct txn t;
	struct cursor c;
	struct bytes k, v;
	assert_int_equal(txn_begin_read(s, &t), OK);
	assert_int_equal(cursor_open(&t, A, bytes_str(from), &c), OK);
	for (size_t i = 0; want[i] != NULL; i++) {
		assert_int_equal(cursor_next(&c, &k, &v), OK);
		assert_true(bytes_eq(k, bytes_str(want[i])) && bytes_eq(v, k));
	}
	for (int i = 0; i < 3; i++) /* the end stays the end */
		assert_int_equal(cursor_next(&c, &k, &v), ERR_NOT_FOUND);
	cursor_close(&c);
	cursor_close(&c);
	assert_int_equal(txn_get(&t, A, LIT("nowhere"), &v), ERR_NOT_FOUND);
	txn_end(&t);
}

static void
a_scan_goes_in_key_order_from_where_it_is_told(void **state)
{
	static const char *const all[] = { "a", "b", "ba", "d", NULL };
	struct store *s = store_opened(*state, STORE_CREATE);
	expect_scan(s, "", all + 4);
	for (size_t i = 4; i > 0; i--)
		store_put(s, A, bytes_str(all[i - 1]), bytes_str(all[i - 1]));
	store_put(s, B, LIT("c"), LIT("of another table"));
	expect_scan(s, "", all);
	expect_scan(s, "b", all + 1);
	expect_scan(s, "c", all + 3);
	expect_scan(s, "d", all + 3);
	expect_scan(s, "e", all + 4);
	store_close(s);
}

static void
the_last_record_is_found_also_in_the_writing_transaction(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	struct txn t;
	struct cursor c;
	struct bytes k, v;
	assert_int_equal(txn_begin_write(s, &t), OK);
	assert_int_equal(cursor_open(&t, A, LIT(""), &c), OK);
	assert_int_equal(cursor_last(&c, &k, &v), ERR_NOT_FOUND);
	cursor_close(&c);
	txn_append(&t, A, LIT("1"), LIT("one"));
	txn_append(&t, A, LIT("2"), LIT("two"));
	assert_int_equal(cursor_open(&t, A, LIT(""), &c), OK);
	assert_int_equal(cursor_last(&c, &k, &v), OK);
	assert_true(bytes_eq(k, LIT("2")) && bytes_eq(v, LIT("two")));
	assert_int_equal(cursor_next(&c, &k, &v), ERR_NOT_FOUND);
	cursor_close(&c);
	assert_int_equal(txn_commit(&t), OK);
	store_close(s);
}

/* ---- readers and writers ---- */

static void
a_reader_sees_the_state_at_its_beginning(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	struct txn reader, writer;
	struct bytes v;
	store_put(s, A, LIT("k"), LIT("old"));
	assert_int_equal(txn_begin_read(s, &reader), OK);
	assert_int_equal(txn_begin_write(s, &writer), OK);
	txn_put(&writer, A, LIT("k"), LIT("new"));
	assert_int_equal(txn_get(&writer, A, LIT("k"), &v), OK);
	assert_true(bytes_eq(v, LIT("new")));
	assert_int_equal(txn_commit(&writer), OK);
	assert_int_equal(txn_get(&reader, A, LIT("k"), &v), OK);
	assert_true(bytes_eq(v, LIT("old")));
	txn_end(&reader);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("new")), OK);
	store_close(s);
}

static void
reader_slots_are_used_again_and_the_513th_at_once_is_refused(void **state)
{
	enum { READERS = 512 };
	static struct txn t[READERS + 1];
	struct store_size size;
	struct store *s = store_opened(*state, STORE_CREATE);
	store_put(s, A, LIT("k"), LIT("v"));
	for (int i = 0; i < 2000; i++)
		assert_int_equal(store_get(s, A, LIT("k"), LIT("v")), OK);
	assert_int_equal(store_size(s, &size), OK);
	assert_int_equal(size.readers, 1);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(txn_begin_read(s, &t[i]), OK);
	assert_int_equal(txn_begin_read(s, &t[READERS]), ERR_SYSTEM);
	assert_non_null(strstr(txn_reason(&t[READERS]), "too many readers"));
	for (size_t i = 0; i <= READERS; i++)
		txn_end(&t[i]);
	assert_int_equal(store_get(s, A, LIT("k"), LIT("v")), OK);
	store_close(s);
}

static void
sizes_are_told(void **state)
{
	static uint8_t big[1 << 20];
	struct store_size before, after;
	struct store *s = store_opened(*state, STORE_CREATE);
	assert_int_equal(store_size(s, &before), OK);
	store_put(s, A, LIT("big"), (struct bytes){ big, sizeof(big) });
	assert_int_equal(store_size(s, &after), OK);
	assert_true(after.live_bytes - before.live_bytes >= sizeof(big));
	assert_true(after.live_bytes - before.live_bytes < sizeof(big) + 8 * 4096);
	assert_true(after.file_bytes >= after.live_bytes);
	assert_int_equal(after.map_bytes, STORE_MAP_BYTES);
	store_close(s);
}

struct reading { struct store *s; bool failed; };

static void *
read_pairs(void *ctx)
{
	struct reading *r = ctx;
	for (int i = 0; i < 500 && !r->failed; i++) {
		struct txn t;
		struct bytes a, b;
		if (txn_begin_read(r->s, &t) != OK || txn_get(&t, A, LIT("k"), &a) != OK || txn_get(&t, B, LIT("k"), &b) != OK ||
		    !bytes_eq(a, b))
			r->failed = true;
		txn_end(&t);
	}
	return NULL;
}

static void
threads_read_one_state_while_another_writes(void **state)
{
	struct store *s = store_opened(*state, STORE_CREATE);
	pthread_t threads[8];
	struct reading r[8];
	for (uint64_t i = 0; i <= 50; i++) {
		struct txn t;
		struct key64 v = key64(i);
		assert_int_equal(txn_begin_write(s, &t), OK);
		txn_put(&t, A, LIT("k"), key64_view(&v));
		txn_put(&t, B, LIT("k"), key64_view(&v));
		assert_int_equal(txn_commit(&t), OK);
		for (size_t n = 0; i == 0 && n < COUNT(threads); n++) {
			r[n] = (struct reading){ .s = s };
			assert_int_equal(pthread_create(&threads[n], NULL, read_pairs, &r[n]), 0);
		}
	}
	for (size_t n = 0; n < COUNT(threads); n++) {
		assert_int_equal(pthread_join(threads[n], NULL), 0);
		assert_false(r[n].failed);
	}
	store_close(s);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_was_put_is_there_after_closing_and_nothing_else_is),
		IN_SCRATCH(absence_is_an_answer_that_does_not_stick),
		IN_SCRATCH(keys_have_1_to_511_bytes_and_values_may_be_long),
		IN_SCRATCH(the_first_failure_sticks_and_nothing_of_the_transaction_stays),
		IN_SCRATCH(a_transaction_ended_without_commit_leaves_nothing),
		IN_SCRATCH(appending_wants_keys_in_order),
		cmocka_unit_test(integer_keys_sort_as_integers_do),
		IN_SCRATCH(a_scan_goes_in_key_order_from_where_it_is_told),
		IN_SCRATCH(the_last_record_is_found_also_in_the_writing_transaction),
		IN_SCRATCH(a_reader_sees_the_state_at_its_beginning),
		IN_SCRATCH(reader_slots_are_used_again_and_the_513th_at_once_is_refused),
		IN_SCRATCH(sizes_are_told),
		IN_SCRATCH(threads_read_one_state_while_another_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
