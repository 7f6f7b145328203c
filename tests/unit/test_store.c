/* store -- what was put comes back, or it is seen that it does not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "registry/store.h"
#include "tests/unit/support/scratch.h"

enum { A, B, TABLES };
static const char *const names[TABLES] = { "a", "b" };
static const struct secret key = { "a key for tests" }, other_key = { "another key" };
#define LIT BYTES_LIT

static struct store *
opened(const char *dir, enum store_mode mode)
{
	struct store *s = NULL;
	struct err err = { .status = OK };
	if (store_open(dir, names, TABLES, mode, PROFILE_INTL, &key, &s, &err) != OK)
		fail_msg("%s", err.text);
	return s;
}

static void
put_one(struct store *s, unsigned table, struct bytes k, struct bytes v)
{
	struct txn t;
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, table, k, v);
	assert_int_equal(txn_commit(&t), OK);
}

static enum status
get_one(struct store *s, unsigned table, struct bytes k, struct bytes want)
{
	struct txn t;
	struct bytes v;
	assert_int_equal(txn_begin_read(s, &t), OK);
	enum status st = txn_get(&t, table, k, &v);
	if (st == OK && !bytes_eq(v, want))
		fail_msg("another value than was put");
	txn_end(&t);
	return st;
}

/* ---- records ---- */

static void
what_was_put_is_there_after_closing_and_nothing_else_is(void **state)
{
	struct store *s = opened(*state, STORE_CREATE);
	put_one(s, A, LIT("k"), LIT("v"));
	put_one(s, A, LIT("empty"), (struct bytes){ NULL, 0 });
	put_one(s, A, LIT("k"), LIT("replaced"));
	store_close(s);
	s = opened(*state, STORE_READ);
	assert_int_equal(get_one(s, A, LIT("k"), LIT("replaced")), OK);
	assert_int_equal(get_one(s, A, LIT("empty"), LIT("")), OK);
	assert_int_equal(get_one(s, B, LIT("k"), LIT("")), ERR_NOT_FOUND);
	assert_int_equal(get_one(s, A, LIT("kk"), LIT("")), ERR_NOT_FOUND);
	store_close(s);
	store_close(NULL);
}

static void
absence_is_an_answer_that_does_not_stick(void **state)
{
	struct store *s = opened(*state, STORE_CREATE);
	static const uint8_t long_key[600];
	struct bytes v;
	struct txn t;
	put_one(s, A, LIT("k"), LIT("v"));
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
	struct store *s = opened(*state, STORE_CREATE);
	struct txn t;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 >> 3);
	put_one(s, A, (struct bytes){ bytes, 511 }, LIT("v"));
	put_one(s, A, LIT("long"), (struct bytes){ bytes, sizeof(bytes) });
	assert_int_equal(get_one(s, A, (struct bytes){ bytes, 511 }, LIT("v")), OK);
	assert_int_equal(get_one(s, A, LIT("long"), (struct bytes){ bytes, sizeof(bytes) }), OK);
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
	struct store *s = opened(*state, STORE_CREATE);
	struct txn t;
	struct bytes v;
	put_one(s, A, LIT("k"), LIT("first"));
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
	assert_int_equal(get_one(s, A, LIT("k"), LIT("first")), OK);
	static const char *const gone[] = { "before", "new", "after" };
	for (size_t i = 0; i < COUNT(gone); i++)
		assert_int_equal(get_one(s, A, bytes_str(gone[i]), LIT("")), ERR_NOT_FOUND);
	put_one(s, A, LIT("later"), LIT("the store itself goes on"));
	store_close(s);
}

static void
a_transaction_ended_without_commit_leaves_nothing(void **state)
{
	struct store *s = opened(*state, STORE_CREATE);
	struct txn t, zero = { 0 };
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, A, LIT("k"), LIT("v"));
	txn_end(&t);
	txn_end(&t);
	txn_end(&zero);
	assert_int_equal(get_one(s, A, LIT("k"), LIT("")), ERR_NOT_FOUND);
	put_one(s, A, LIT("k"), LIT("v"));
	store_close(s);
}

static void
appending_wants_keys_in_order(void **state)
{
	struct store *s = opened(*state, STORE_CREATE);
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
	struct store *s = opened(*state, STORE_CREATE);
	expect_scan(s, "", all + 4);
	for (size_t i = 4; i > 0; i--)
		put_one(s, A, bytes_str(all[i - 1]), bytes_str(all[i - 1]));
	put_one(s, B, LIT("c"), LIT("of another table"));
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
	struct store *s = opened(*state, STORE_CREATE);
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

/* ---- the keyed check ---- */

static void
under_another_key_or_profile_every_record_is_damaged(void **state)
{
	static const struct { enum profile profile; const struct secret *key; } wrong[] = {
		{ PROFILE_INTL, &other_key }, { PROFILE_GM, &key }, { PROFILE_GM, &other_key },
	};
	struct store *s = opened(*state, STORE_CREATE);
	put_one(s, A, LIT("k"), LIT("v"));
	store_close(s);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct txn t;
		struct cursor c;
		struct bytes k, v;
		assert_int_equal(store_open(*state, names, TABLES, STORE_WRITE, wrong[i].profile, wrong[i].key, &s, NULL), OK);
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
	struct store *s = opened(dir, STORE_READ);
	enum status st = get_one(s, table, k, want);
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
	struct store *s = opened(*state, STORE_CREATE);
	put_one(s, A, LIT("k"), value);
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
	struct store *s = opened(*state, STORE_CREATE);
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
	enum status st = store_open(dir, tables, TABLES, mode, PROFILE_INTL, &key, &s, &err);
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
		expect_refused(*state, names, modes[i], ERR_NOT_FOUND);
		expect_refused(missing, names, modes[i], ERR_NOT_FOUND);
	}
	expect_refused(missing, names, STORE_CREATE, ERR_SYSTEM);
	struct store *s = opened(*state, STORE_CREATE);
	store_close(s);
	expect_refused(*state, names, STORE_CREATE, ERR_CONFLICT);
}

static void
a_file_that_is_no_store_of_ours_is_refused_with_a_sentence(void **state)
{
	static const char *const other_names[TABLES] = { "a", "c" };
	static const uint8_t junk[8192] = "this is no LMDB file", version_2[] = { 2, 0, 0, 0 };
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/data.mdb", (const char *)*state);
	const enum store_mode modes[] = { STORE_READ, STORE_WRITE };
	store_close(opened(*state, STORE_CREATE));
	for (size_t i = 0; i < COUNT(modes); i++)
		expect_refused(*state, other_names, modes[i], ERR_DAMAGED);
	for (int page = 0; page < 2; page++) /* both meta pages: 16 bytes of page header, the magic, the version */
		file_patch(path, 4096 * page + 20, (struct bytes){ version_2, 4 });
	for (size_t i = 0; i < COUNT(modes); i++)
		expect_refused(*state, names, modes[i], ERR_UNSUPPORTED);
	file_patch(path, 0, (struct bytes){ junk, sizeof(junk) });
	for (size_t i = 0; i < COUNT(modes); i++)
		expect_refused(*state, names, modes[i], ERR_DAMAGED);
	assert_int_equal(truncate(path, 0), 0);
	struct store *s = NULL;
	for (size_t i = 0; i < COUNT(modes); i++)
		assert_int_not_equal(store_open(*state, names, TABLES, modes[i], PROFILE_INTL, &key, &s, NULL), OK);
}

static void
a_store_opened_for_reading_refuses_to_write(void **state)
{
	struct txn t;
	store_close(opened(*state, STORE_CREATE));
	struct store *s = opened(*state, STORE_READ);
	assert_int_equal(txn_begin_write(s, &t), ERR_SYSTEM);
	assert_non_null(strstr(txn_reason(&t), "reading only"));
	txn_end(&t);
	store_close(s);
}

/* ---- readers and writers ---- */

static void
a_reader_sees_the_state_at_its_beginning(void **state)
{
	struct store *s = opened(*state, STORE_CREATE);
	struct txn reader, writer;
	struct bytes v;
	put_one(s, A, LIT("k"), LIT("old"));
	assert_int_equal(txn_begin_read(s, &reader), OK);
	assert_int_equal(txn_begin_write(s, &writer), OK);
	txn_put(&writer, A, LIT("k"), LIT("new"));
	assert_int_equal(txn_get(&writer, A, LIT("k"), &v), OK);
	assert_true(bytes_eq(v, LIT("new")));
	assert_int_equal(txn_commit(&writer), OK);
	assert_int_equal(txn_get(&reader, A, LIT("k"), &v), OK);
	assert_true(bytes_eq(v, LIT("old")));
	txn_end(&reader);
	assert_int_equal(get_one(s, A, LIT("k"), LIT("new")), OK);
	store_close(s);
}

static void
reader_slots_are_used_again_and_the_513th_at_once_is_refused(void **state)
{
	enum { READERS = 512 };
	static struct txn t[READERS + 1];
	struct store_size size;
	struct store *s = opened(*state, STORE_CREATE);
	put_one(s, A, LIT("k"), LIT("v"));
	for (int i = 0; i < 2000; i++)
		assert_int_equal(get_one(s, A, LIT("k"), LIT("v")), OK);
	assert_int_equal(store_size(s, &size), OK);
	assert_int_equal(size.readers, 1);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(txn_begin_read(s, &t[i]), OK);
	assert_int_equal(txn_begin_read(s, &t[READERS]), ERR_SYSTEM);
	assert_non_null(strstr(txn_reason(&t[READERS]), "too many readers"));
	for (size_t i = 0; i <= READERS; i++)
		txn_end(&t[i]);
	assert_int_equal(get_one(s, A, LIT("k"), LIT("v")), OK);
	store_close(s);
}

static void
sizes_are_told(void **state)
{
	static uint8_t big[1 << 20];
	struct store_size before, after;
	struct store *s = opened(*state, STORE_CREATE);
	assert_int_equal(store_size(s, &before), OK);
	put_one(s, A, LIT("big"), (struct bytes){ big, sizeof(big) });
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
	struct store *s = opened(*state, STORE_CREATE);
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

/* ---- what goes wrong below us ---- */

static void
after_a_failed_commit_the_store_writes_no_more_until_it_is_opened_again(void **state)
{
	static uint8_t big[4 << 20];
	struct rlimit was, small;
	struct store_size size;
	struct txn t;
	struct store *s = opened(*state, STORE_CREATE);
	put_one(s, A, LIT("k"), LIT("v"));
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
	assert_int_equal(get_one(s, A, LIT("k"), LIT("v")), OK);
	store_close(s);
	s = opened(*state, STORE_WRITE);
	assert_int_equal(get_one(s, A, LIT("k"), LIT("v")), OK);
	put_one(s, A, LIT("k"), LIT("changed"));
	store_close(s);
}

static void
a_writer_killed_in_a_transaction_leaves_nothing_and_stops_nobody(void **state)
{
	struct store *s = opened(*state, STORE_CREATE);
	put_one(s, A, LIT("k"), LIT("v"));
	store_close(s);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct txn t, reader;
		if (store_open(*state, names, TABLES, STORE_WRITE, PROFILE_INTL, &key, &s, NULL) == OK && txn_begin_read(s, &reader) == OK &&
		    txn_begin_write(s, &t) == OK)
			txn_put(&t, A, LIT("k"), LIT("half done"));
		(void)raise(SIGKILL);
	}
	int how = 0;
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
	s = opened(*state, STORE_WRITE);
	assert_int_equal(get_one(s, A, LIT("k"), LIT("v")), OK);
	put_one(s, A, LIT("k"), LIT("by the next"));
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
		IN_SCRATCH(under_another_key_or_profile_every_record_is_damaged),
		IN_SCRATCH(every_bit_of_a_value_and_its_check_counts),
		IN_SCRATCH(a_good_record_under_another_key_or_in_another_table_is_damage),
		IN_SCRATCH(what_is_not_there_cannot_be_opened_and_what_is_there_not_be_made_again),
		IN_SCRATCH(a_file_that_is_no_store_of_ours_is_refused_with_a_sentence),
		IN_SCRATCH(a_store_opened_for_reading_refuses_to_write),
		IN_SCRATCH(a_reader_sees_the_state_at_its_beginning),
		IN_SCRATCH(reader_slots_are_used_again_and_the_513th_at_once_is_refused),
		IN_SCRATCH(sizes_are_told),
		IN_SCRATCH(threads_read_one_state_while_another_writes),
		IN_SCRATCH(after_a_failed_commit_the_store_writes_no_more_until_it_is_opened_again),
		IN_SCRATCH(a_writer_killed_in_a_transaction_leaves_nothing_and_stops_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
