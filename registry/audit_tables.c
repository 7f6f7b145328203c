#include "registry/auditing.h"

#include <stdio.h>

#include "registry/compare.h"
#include "registry/record_text.h"

enum { RECORD_TEXT_MAX = 160, KEY_TEXT_MAX = 80 };

struct telling { struct auditing *a; unsigned table; char where[32]; };

static void
on_difference(void *ctx, enum difference what, struct bytes key, struct bytes wanted, struct bytes found)
{
	struct telling *t = ctx;
	char k[KEY_TEXT_MAX], w[RECORD_TEXT_MAX], f[RECORD_TEXT_MAX];
	/* The journal of version 1 did not say which numbers of a template were passed over; its upgrade does. */
	if (t->a->settings.version == 1 && t->table == TABLE_META && bytes_eq(key, BYTES_LIT("counters")) && what == DIFFERENCE_OTHER)
		return;
	(void)key_text(t->table, key, k, sizeof(k));
	(void)record_text(wanted, w, sizeof(w));
	(void)record_text(found, f, sizeof(f));
	t->a->whole = t->a->whole && what != DIFFERENCE_DAMAGED && what != DIFFERENCE_ORDER && what != DIFFERENCE_LOST;
	switch (what) {
	case DIFFERENCE_MISSING:
		audit_found(t->a, t->where, "record %s is missing; the journal makes %s", k, w);
		break;
	case DIFFERENCE_TOO_MUCH:
		audit_found(t->a, t->where, "record %s (%s) is there; the journal makes none", k, f);
		break;
	case DIFFERENCE_OTHER:
		audit_found(t->a, t->where, "record %s is %s; the journal makes %s", k, f, w);
		break;
	case DIFFERENCE_DAMAGED:
		audit_found(t->a, t->where, "record %s is damaged: its check does not hold", k);
		break;
	case DIFFERENCE_ORDER:
		audit_found(t->a, t->where, "record %s is out of order: a page is damaged, and nothing behind it was looked at", k);
		break;
	case DIFFERENCE_LOST:
		audit_found(t->a, t->where, "record %s stands there and is not found by its key: a page is damaged", k);
		break;
	}
}

static enum status
audit_table(struct auditing *a, struct txn *made, unsigned table)
{
	struct telling t = { .a = a, .table = table };
	uint64_t records = 0;
	(void)snprintf(t.where, sizeof(t.where), "table %s", table_names[table]);
	audit_progress(a, t.where, 0, 0);
	enum status st = table_compare(a->replayed ? made : NULL, &a->txn, table, on_difference, &t, &records);
	a->result->records += records;
	if (st == OK || made->status != OK)
		return st ? err_set(a->err, made->status, "the scratch store cannot be read: %s", txn_reason(made)) : OK;
	a->whole = false;
	audit_found(a, t.where, "a page cannot be read: %s", txn_reason(&a->txn));
	txn_end(&a->txn);
	st = txn_begin_read(a->store, &a->txn);
	return st ? err_set(a->err, st, "the register cannot be read: %s", txn_reason(&a->txn)) : OK;
}

enum status
audit_tables(struct auditing *a)
{
	struct txn made = { 0 };
	a->whole = true;
	enum status st = txn_begin_read(a->scratch, &made);
	if (st)
		return err_set(a->err, st, "the scratch store cannot be read: %s", txn_reason(&made));
	for (unsigned table = 0; st == OK && table < TABLE_COUNT; table++)
		if (table != TABLE_EVENT)
			st = audit_table(a, &made, table);
	txn_end(&made);
	return st;
}
