#include "tests/unit/support/stores.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

const char *const store_names[TABLES] = { "a", "b" };
const struct secret store_key = { "a key for tests" };

struct store *
store_opened(const char *dir, enum store_mode mode)
{
	struct store *s = NULL;
	struct err err = { .status = OK };
	if (store_open(dir, store_names, TABLES, mode, PROFILE_INTL, &store_key, &s, &err) != OK)
		fail_msg("%s", err.text);
	return s;
}

void
store_put(struct store *s, unsigned table, struct bytes k, struct bytes v)
{
	struct txn t;
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, table, k, v);
	assert_int_equal(txn_commit(&t), OK);
}

enum status
store_get(struct store *s, unsigned table, struct bytes k, struct bytes want)
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
