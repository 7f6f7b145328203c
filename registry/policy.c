#include "registry/policy.h"

#include "registry/tables.h"

enum { VERSION = 1, ITEMS = 7, IS_POLICY = 2, DAY_S = 86400, UTC8_S = 8 * 3600 };
enum { KEY_VERSION = 0, KEY_WHAT = 1, KEY_STATUS = 9, KEY_KEYS = 10, KEY_BULK = 11, KEY_APPROVAL = 20 };

bool
policy_asks(const struct policy *p)
{
	return p->status_changes || p->key_changes || p->bulk_over != 0;
}

bool
policy_is_laxer(const struct policy *a, const struct policy *than)
{
	bool bulk = than->bulk_over != 0 && (a->bulk_over == 0 || a->bulk_over > than->bulk_over);
	return bulk || (than->status_changes && !a->status_changes) || (than->key_changes && !a->key_changes);
}

bool
policy_is_same(const struct policy *a, const struct policy *b)
{
	return a->status_changes == b->status_changes && a->key_changes == b->key_changes && a->bulk_over == b->bulk_over;
}

/* ---- the event's payload ---- */

enum status
policy_entry_encode(const struct policy *p, uint64_t approval, struct buf out, struct bytes *payload)
{
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, approval != 0 ? 6 : 5);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_WHAT);
	cbor_write_uint(&w, IS_POLICY);
	cbor_write_int(&w, KEY_STATUS);
	cbor_write_bool(&w, p->status_changes);
	cbor_write_int(&w, KEY_KEYS);
	cbor_write_bool(&w, p->key_changes);
	cbor_write_int(&w, KEY_BULK);
	cbor_write_uint(&w, p->bulk_over);
	cbor_write_int_pair(&w, KEY_APPROVAL, (int64_t)approval);
	return cbor_write_finish(&w, payload);
}

enum status
policy_entry_decode(struct bytes payload, struct policy *out, uint64_t *approval)
{
	struct policy p = { .bulk_over = 0 };
	uint64_t version = 0, what = 0, under = 0;
	int64_t k = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		switch (k) {
		case KEY_VERSION:  version = cbor_read_uint(&r); break;
		case KEY_WHAT:     what = cbor_read_uint(&r); break;
		case KEY_STATUS:   p.status_changes = cbor_read_bool(&r); break;
		case KEY_KEYS:     p.key_changes = cbor_read_bool(&r); break;
		case KEY_BULK:     p.bulk_over = cbor_read_uint(&r); break;
		case KEY_APPROVAL: under = cbor_read_uint(&r); break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || what != IS_POLICY)
		return ERR_UNSUPPORTED;
	if (given != (under != 0 ? 6u : 5u))
		return ERR_FORMAT;
	*out = p;
	*approval = under;
	return OK;
}

enum status
policy_is_entry(struct bytes payload, bool *is_policy)
{
	int64_t k = 0;
	uint64_t what = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k);) {
		if (k == KEY_WHAT)
			what = cbor_read_uint(&r);
		else
			(void)cbor_read_item(&r);
	}
	enum status st = cbor_finish(&r);
	*is_policy = what == IS_POLICY;
	return st;
}

/* ---- the record ---- */

enum status
policy_decode(struct bytes enc, struct policy *out)
{
	struct policy p = { .bulk_over = 0 };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	p.status_changes = cbor_read_bool(&r);
	p.key_changes = cbor_read_bool(&r);
	p.bulk_over = cbor_read_uint(&r);
	p.sequence = cbor_read_uint(&r);
	p.day = cbor_read_uint(&r);
	p.issued = cbor_read_uint(&r);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (items != ITEMS || p.sequence == 0)
		return ERR_FORMAT;
	*out = p;
	return OK;
}

enum status
policy_get(struct txn *t, struct policy *out)
{
	struct bytes enc;
	enum status st = txn_get(t, TABLE_META, BYTES_LIT("policy"), &enc);
	if (st == ERR_NOT_FOUND) {
		*out = (struct policy){ .bulk_over = 0 };
		return OK;
	}
	return st ? st : policy_decode(enc, out);
}

enum status
policy_encode(const struct policy *p, struct buf out, struct bytes *enc)
{
	if (p->sequence == 0)
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_bool(&w, p->status_changes);
	cbor_write_bool(&w, p->key_changes);
	cbor_write_uint(&w, p->bulk_over);
	cbor_write_uint(&w, p->sequence);
	cbor_write_uint(&w, p->day);
	cbor_write_uint(&w, p->issued);
	return cbor_write_finish(&w, enc);
}

void
policy_put(struct txn *t, const struct policy *p)
{
	uint8_t mem[128];
	struct bytes enc;
	enum status st = policy_encode(p, BUF_OF(mem), &enc);
	if (st)
		txn_fail(t, st);
	else
		txn_put(t, TABLE_META, BYTES_LIT("policy"), enc);
}

/* The day's count goes on from one bound to another: a new policy does not give the day a second quota. */
void
policy_apply(struct txn *t, const struct policy *entry, uint64_t sequence)
{
	struct policy now, before;
	enum status st = policy_get(t, &before);
	if (st) {
		txn_fail(t, st);
		return;
	}
	now = *entry;
	now.sequence = sequence;
	now.day = now.bulk_over != 0 ? before.day : 0;
	now.issued = now.bulk_over != 0 ? before.issued : 0;
	policy_put(t, &now);
}

/* ---- the day's count ---- */

static uint64_t
day_of(int64_t unix_s)
{
	return (uint64_t)(unix_s + UTC8_S) / DAY_S;
}

void
policy_count(struct policy *p, uint64_t n, int64_t unix_s)
{
	uint64_t day = day_of(unix_s);
	if (p->bulk_over == 0 || n == 0)
		return;
	if (day > p->day) {
		p->day = day;
		p->issued = 0;
	}
	p->issued += n;
}

uint64_t
policy_left(const struct policy *p, int64_t unix_s)
{
	if (p->bulk_over == 0)
		return UINT64_MAX;
	uint64_t issued = day_of(unix_s) > p->day ? 0 : p->issued; /* a clock set back opens no new day */
	return issued >= p->bulk_over ? 0 : p->bulk_over - issued;
}
