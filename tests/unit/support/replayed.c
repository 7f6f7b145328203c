#include "tests/unit/support/replayed.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "registry/compare.h"
#include "registry/replay.h"

static void
on_fault(void *ctx, uint64_t sequence, const char *what)
{
	struct replayed *r = ctx;
	(void)sequence;
	if (r->faults++ == 0)
		(void)snprintf(r->first_fault, sizeof(r->first_fault), "%s", what);
}

static void
on_difference(void *ctx, enum difference what, struct bytes key, struct bytes wanted, struct bytes found)
{
	struct replayed *r = ctx;
	print_error("difference %d, key of %zu bytes, %zu wanted, %zu found\n", what, key.len, wanted.len, found.len);
	r->differences++;
}

static void
apply_all(struct replay *p, struct txn *journal)
{
	struct cursor c = { 0 };
	struct bytes key, event;
	struct err err = { .status = OK };
	assert_int_equal(cursor_open(journal, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c), OK);
	enum status st;
	while ((st = cursor_next(&c, &key, &event)) == OK)
		if (replay_event(p, event, &err) != OK)
			fail_msg("%s", err.text);
	assert_int_equal(st, ERR_NOT_FOUND);
	cursor_close(&c);
	assert_int_equal(replay_finish(p, &err), OK);
}

struct replayed
desk_replay(struct desk *d, const char *dir, enum profile profile)
{
	struct replayed r = { .faults = 0 };
	struct replay_terms terms = { .profile = profile, .fault = on_fault, .fault_ctx = &r };
	struct replay *p = NULL;
	struct txn journal, made;
	uint64_t records = 0;
	memset(terms.check_key.b, 1, SECRET_LEN); /* desk_open's */
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(store_open(dir, table_names, TABLE_COUNT, STORE_CREATE, profile, &terms.check_key, &terms.store, NULL), OK);
	assert_int_equal(replay_open(&terms, &p, NULL), OK);
	assert_int_equal(txn_begin_read(registry_store(d->registry), &journal), OK);
	apply_all(p, &journal);
	replay_close(p);
	assert_int_equal(txn_begin_read(terms.store, &made), OK);
	for (unsigned table = 0; table < TABLE_COUNT; table++)
		assert_int_equal(table_compare(&made, &journal, table, on_difference, &r, &records), OK);
	txn_end(&made);
	txn_end(&journal);
	store_close(terms.store);
	return r;
}
