/* The journal proves the tables (registry/replay.h, registry/compare.h): whatever an office does, its events make the same tables
 * again; and what an event may not say ends the replay or is told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "registry/compare.h"
#include "registry/replay.h"
#include "tests/unit/support/play.h"

enum { SEQUENCES = 6, BATCHES = 60, FIRST_LINES = 3 };

struct differences { const char *table; unsigned n; };

static void
tell_difference(void *ctx, enum difference what, struct bytes key, struct bytes wanted, struct bytes found)
{
	struct differences *d = ctx;
	if (d->n++ < FIRST_LINES)
		print_error("table %s, difference %d, key of %zu bytes, %zu bytes wanted, %zu found\n", d->table, what, key.len, wanted.len, found.len);
}

static void
tell_fault(void *ctx, uint64_t sequence, const char *what)
{
	unsigned *n = ctx;
	if ((*n)++ < FIRST_LINES)
		print_error("event %llu: %s\n", (unsigned long long)sequence, what);
}

static struct store *
fresh_store(const char *dir, enum profile profile, const struct secret *key)
{
	struct store *s = NULL;
	char path[400];
	(void)snprintf(path, sizeof(path), "%s/fresh", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(store_open(path, table_names, TABLE_COUNT, STORE_CREATE, profile, key, &s, NULL), OK);
	return s;
}

/* Replay the desk's journal into fresh and compare everything. */
static void
tables_follow(struct desk *d, struct store *fresh, enum profile profile)
{
	struct replay_terms terms = { .store = fresh, .profile = profile, .fault = tell_fault };
	struct replay *p = NULL;
	struct txn journal, made;
	struct cursor c = { 0 };
	struct bytes key, event;
	struct err err = { .status = OK };
	unsigned faults = 0;
	memset(terms.check_key.b, 1, SECRET_LEN);
	terms.fault_ctx = &faults;
	assert_int_equal(replay_open(&terms, &p, &err), OK);
	assert_int_equal(txn_begin_read(registry_store(d->registry), &journal), OK);
	assert_int_equal(cursor_open(&journal, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c), OK);
	enum status st;
	while ((st = cursor_next(&c, &key, &event)) == OK)
		if (replay_event(p, event, &err) != OK)
			fail_msg("%s", err.text);
	assert_int_equal(st, ERR_NOT_FOUND);
	cursor_close(&c);
	assert_int_equal(replay_finish(p, &err), OK);
	assert_int_equal(faults, 0);
	assert_int_equal(replay_state(p).faults, 0);
	replay_close(p);
	assert_int_equal(txn_begin_read(fresh, &made), OK);
	for (unsigned table = 0; table < TABLE_COUNT; table++) {
		struct differences told = { .table = table_names[table] };
		uint64_t records = 0;
		assert_int_equal(table_compare(&made, &journal, table, tell_difference, &told, &records), OK);
		assert_int_equal(told.n, 0);
	}
	txn_end(&made);
	txn_end(&journal);
}

static void
play_and_replay(void **state, enum profile profile, uint64_t seed)
{
	struct desk d;
	char dir[200], published[300];
	struct secret key;
	(void)snprintf(dir, sizeof(dir), "%s/%llu-%d", (const char *)*state, (unsigned long long)seed, profile);
	(void)snprintf(published, sizeof(published), "%s/published", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	memset(key.b, 1, SECRET_LEN);
	print_message("seed %llu, profile %d\n", (unsigned long long)seed, profile);
	desk_open(&d, dir, profile, 10);
	struct play p = { .desk = &d, .published = published, .random = seed * UINT64_C(0x9E3779B97F4A7C15) };
	for (unsigned i = 0; i < BATCHES; i++)
		play_batch(&p);
	assert_true(p.done > BATCHES && p.refused > BATCHES / 4); /* the play is no empty one */
	struct store *fresh = fresh_store(dir, profile, &key);
	tables_follow(&d, fresh, profile);
	store_close(fresh);
	desk_close(&d);
}

static void
any_sequence_of_actions_makes_the_same_tables_again(void **state)
{
	for (uint64_t seed = 1; seed <= SEQUENCES; seed++)
		play_and_replay(state, PROFILE_INTL, seed);
	play_and_replay(state, PROFILE_GM, SEQUENCES + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(any_sequence_of_actions_makes_the_same_tables_again, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
