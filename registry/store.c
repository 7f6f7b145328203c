#include "registry/store_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum { ADOPT_TRIES = 1000 };

static MDB_val
to_val(struct bytes b)
{
	union { const uint8_t *in; void *out; } p = { .in = b.ptr };
	return (MDB_val){ b.len, p.out };
}

static void
txn_failed(struct txn *t, int rc)
{
	if (t->status != OK)
		return;
	t->status = store_status(rc);
	t->reason = store_words(rc);
}

void
txn_fail(struct txn *t, enum status st)
{
	assert(st != OK);
	if (t->status != OK)
		return;
	t->status = st;
	t->reason = status_text(st);
}

const char *
txn_reason(const struct txn *t)
{
	return t->reason != NULL ? t->reason : status_text(t->status);
}

/* HMAC(table name || 0x00 || key || value), cut to CHECK_LEN. */
static enum status
check_of(struct txn *t, unsigned table, struct bytes key, struct bytes value, struct digest *out)
{
	const struct bytes parts[] = { t->store->name[table], { (const uint8_t *)"", 1 }, key, value };
	return mac_compute(t->mac, parts, 4, out);
}

/* Cut the check off a stored value, if it holds. */
static enum status
value_checked(struct txn *t, unsigned table, struct bytes key, MDB_val stored, struct bytes *value)
{
	struct digest want;
	if (stored.mv_size < CHECK_LEN)
		return ERR_DAMAGED;
	struct bytes v = { stored.mv_data, stored.mv_size - CHECK_LEN };
	enum status st = check_of(t, table, key, v, &want);
	if (st)
		return st;
	if (!secret_eq(want.b, v.ptr + v.len, CHECK_LEN))
		return ERR_DAMAGED;
	*value = v;
	return OK;
}

/* ---- transactions ---- */

static bool
pool_take(struct store *s, struct reader *out)
{
	(void)pthread_mutex_lock(&s->lock);
	bool got = s->pooled > 0;
	if (got)
		*out = s->pool[--s->pooled];
	s->open_txns++;
	(void)pthread_mutex_unlock(&s->lock);
	return got;
}

/* Another process grew the map beyond ours: adopt its size if no transaction of ours looks at the old one, else wait
 * a little.  Whoever begins now comes here too, so the others run dry.  The caller does not count meanwhile. */
static void
adopt_map(struct store *s)
{
	const struct timespec pause = { 0, 1000000 };
	(void)pthread_mutex_lock(&s->lock);
	bool busy = --s->open_txns > 0;
	if (!busy) {
		while (s->pooled > 0)
			store_reader_free(&s->pool[--s->pooled]);
		(void)mdb_env_set_mapsize(s->env, 0); /* if it fails, the next begin says so again */
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (busy)
		(void)nanosleep(&pause, NULL);
	(void)pthread_mutex_lock(&s->lock);
	s->open_txns++;
	(void)pthread_mutex_unlock(&s->lock);
}

static int
start(struct store *s, struct reader *r, bool write)
{
	if (r->h != NULL)
		return mdb_txn_renew(r->h);
	return mdb_txn_begin(s->env, NULL, write ? 0 : MDB_RDONLY, &r->h);
}

static enum status
begin(struct store *s, struct txn *t, bool write)
{
	struct reader r = { 0 };
	*t = (struct txn){ .store = s, .write = write };
	bool pooled = !write && pool_take(s, &r);
	if (write) {
		(void)pthread_mutex_lock(&s->lock);
		s->open_txns++;
		(void)pthread_mutex_unlock(&s->lock);
	}
	int rc = pooled || mac_dup(s->mac, &r.mac) == OK ? start(s, &r, write) : ENOMEM;
	for (int i = 0; rc == MDB_MAP_RESIZED && i < ADOPT_TRIES; i++) {
		adopt_map(s);
		rc = start(s, &r, write);
	}
	t->h = r.h;
	t->mac = r.mac;
	if (rc != 0) {
		txn_failed(t, rc);
		enum status st = t->status;
		const char *why = t->reason;
		store_reader_free(&r);
		t->h = NULL;
		t->mac = NULL;
		txn_end(t);
		t->status = st;
		t->reason = why;
	}
	return t->status;
}

enum status
txn_begin_read(struct store *s, struct txn *t)
{
	return begin(s, t, false);
}

static enum status
refuse_write(struct txn *t, const char *why)
{
	txn_end(t);
	*t = (struct txn){ .status = ERR_SYSTEM, .reason = why };
	return ERR_SYSTEM;
}

enum status
txn_begin_write(struct store *s, struct txn *t)
{
	static const char broken[] = "an earlier commit failed, perhaps in the middle of a write to disk: close the register and open it again";
	*t = (struct txn){ 0 };
	if (s->read_only)
		return refuse_write(t, "the register is open for reading only");
	if (s->broken)
		return refuse_write(t, broken);
	enum status st = begin(s, t, true);
	return st == OK && s->broken ? refuse_write(t, broken) : st; /* broken by the writer we waited for */
}

void
txn_end(struct txn *t)
{
	struct store *s = t->store;
	if (s == NULL)
		return;
	struct reader r = { t->h, t->mac };
	bool keep = !t->write && r.h != NULL;
	if (keep)
		mdb_txn_reset(r.h);
	(void)pthread_mutex_lock(&s->lock);
	s->open_txns--;
	keep = keep && s->pooled < STORE_POOL_MAX;
	if (keep)
		s->pool[s->pooled++] = r;
	(void)pthread_mutex_unlock(&s->lock);
	if (!keep)
		store_reader_free(&r);
	*t = (struct txn){ .status = t->status, .reason = t->reason };
}

enum status
txn_commit(struct txn *t)
{
	if (t->status == OK) {
		int rc = mdb_txn_commit(t->h);
		t->h = NULL; /* LMDB frees it whether or not the commit worked */
		if (rc != 0) {
			txn_failed(t, rc);
			t->store->broken = true; /* a sync may have failed: what is on disk is not known */
		}
	}
	txn_end(t);
	return t->status;
}

/* ---- records ---- */

/* The record that a cursor stands on must be whole, so that its key is the one that was written. */
static enum status
neighbour_holds(struct txn *t, unsigned table, MDB_val k, MDB_val v, struct bytes *key)
{
	struct bytes value;
	*key = (struct bytes){ k.mv_data, k.mv_size };
	return value_checked(t, table, *key, v, &value);
}

/* The keys before and after the missing one stand beside each other: a search led astray by a damaged page ends elsewhere. */
static enum status
absence_holds(struct txn *t, unsigned table, struct bytes key)
{
	MDB_cursor *h = NULL;
	MDB_val k = to_val(key), v;
	struct bytes found;
	enum status st = OK;
	int rc = mdb_cursor_open(t->h, t->store->dbi[table], &h);
	if (rc == 0)
		rc = mdb_cursor_get(h, &k, &v, MDB_SET_RANGE);
	bool after = rc == 0;
	if (after)
		st = neighbour_holds(t, table, k, v, &found);
	if (st == OK && after && bytes_cmp(found, key) <= 0)
		st = ERR_DAMAGED;
	if (st == OK && (rc == 0 || rc == MDB_NOTFOUND))
		rc = mdb_cursor_get(h, &k, &v, after ? MDB_PREV : MDB_LAST);
	if (st == OK && rc == 0)
		st = neighbour_holds(t, table, k, v, &found);
	if (st == OK && rc == 0 && bytes_cmp(found, key) >= 0)
		st = ERR_DAMAGED;
	if (h != NULL)
		mdb_cursor_close(h);
	if (rc != 0 && rc != MDB_NOTFOUND)
		txn_failed(t, rc);
	else if (st)
		txn_fail(t, st);
	return t->status;
}

enum status
txn_get(struct txn *t, unsigned table, struct bytes key, struct bytes *value)
{
	if (t->status != OK)
		return t->status;
	assert(table < t->store->tables_n);
	if (t->store->absent[table])
		return ERR_NOT_FOUND;
	MDB_val k = to_val(key), v;
	int rc = mdb_get(t->h, t->store->dbi[table], &k, &v);
	if (rc == MDB_BAD_VALSIZE) /* no key is empty */
		return ERR_NOT_FOUND;
	if (rc == MDB_NOTFOUND) { /* absence is an answer, not a failure */
		enum status absent = t->write ? OK : absence_holds(t, table, key);
		return absent ? absent : ERR_NOT_FOUND;
	}
	if (rc != 0)
		txn_failed(t, rc);
	else {
		enum status st = value_checked(t, table, key, v, value);
		if (st)
			txn_fail(t, st);
	}
	return t->status;
}

bool
txn_leads_to(struct txn *t, unsigned table, struct bytes key, struct bytes value)
{
	MDB_val k = to_val(key), v;
	return t->status == OK && mdb_get(t->h, t->store->dbi[table], &k, &v) == 0 && v.mv_data == value.ptr;
}

static void
put(struct txn *t, unsigned table, struct bytes key, struct bytes value, unsigned flags)
{
	struct digest check;
	if (t->status != OK)
		return;
	assert(table < t->store->tables_n && t->write);
	enum status st = check_of(t, table, key, value, &check);
	if (st) {
		txn_fail(t, st);
		return;
	}
	MDB_val k = to_val(key), v = { value.len + CHECK_LEN, NULL };
	int rc = mdb_put(t->h, t->store->dbi[table], &k, &v, flags | MDB_RESERVE);
	if (rc != 0) {
		txn_failed(t, rc);
		return;
	}
	if (value.len > 0)
		memcpy(v.mv_data, value.ptr, value.len);
	memcpy((uint8_t *)v.mv_data + value.len, check.b, CHECK_LEN);
}

void txn_put(struct txn *t, unsigned table, struct bytes key, struct bytes value)     { put(t, table, key, value, 0); }
void txn_put_new(struct txn *t, unsigned table, struct bytes key, struct bytes value) { put(t, table, key, value, MDB_NOOVERWRITE); }
void txn_append(struct txn *t, unsigned table, struct bytes key, struct bytes value)  { put(t, table, key, value, MDB_APPEND); }

enum status
cursor_open(struct txn *t, unsigned table, struct bytes from, struct cursor *out)
{
	MDB_cursor *h = NULL;
	if (t->status != OK)
		return t->status;
	assert(table < t->store->tables_n);
	int rc = t->store->absent[table] ? 0 : mdb_cursor_open(t->h, t->store->dbi[table], &h);
	if (rc != 0)
		txn_failed(t, rc);
	else
		*out = (struct cursor){ .h = h, .txn = t, .table = table, .from = from };
	return t->status;
}

static enum status
cursor_step(struct cursor *c, MDB_cursor_op op, MDB_val *key, MDB_val *value)
{
	struct txn *t = c->txn;
	if (t->status != OK)
		return t->status;
	*key = to_val(c->from);
	if (c->h == NULL) /* a table that the store lacks */
		return ERR_NOT_FOUND;
	int rc = mdb_cursor_get(c->h, key, value, op);
	if (rc == MDB_NOTFOUND)
		return ERR_NOT_FOUND;
	if (rc != 0)
		txn_failed(t, rc);
	return t->status;
}

static MDB_cursor_op
op_next(struct cursor *c)
{
	MDB_cursor_op op = c->started ? MDB_NEXT : c->from.len > 0 ? MDB_SET_RANGE : MDB_FIRST;
	c->started = true;
	return op;
}

static enum status
cursor_get(struct cursor *c, MDB_cursor_op op, struct bytes *key, struct bytes *value)
{
	MDB_val k, v;
	enum status st = cursor_step(c, op, &k, &v);
	if (st)
		return st;
	struct bytes found = { k.mv_data, k.mv_size };
	st = value_checked(c->txn, c->table, found, v, value);
	if (st)
		txn_fail(c->txn, st);
	else
		*key = found;
	return st;
}

enum status
cursor_next(struct cursor *c, struct bytes *key, struct bytes *value)
{
	return cursor_get(c, op_next(c), key, value);
}

enum status
cursor_skim(struct cursor *c, struct bytes *key, struct bytes *value)
{
	MDB_val k, v;
	enum status st = cursor_step(c, op_next(c), &k, &v);
	if (st)
		return st;
	*key = (struct bytes){ k.mv_data, k.mv_size };
	*value = (struct bytes){ v.mv_data, v.mv_size < CHECK_LEN ? 0 : v.mv_size - CHECK_LEN };
	return OK;
}

enum status
cursor_survey(struct cursor *c, struct bytes *key, struct bytes *value, bool *holds)
{
	MDB_val k, v;
	enum status st = cursor_step(c, op_next(c), &k, &v);
	if (st)
		return st;
	*key = (struct bytes){ k.mv_data, k.mv_size };
	*value = (struct bytes){ v.mv_data, v.mv_size < CHECK_LEN ? 0 : v.mv_size - CHECK_LEN };
	st = value_checked(c->txn, c->table, *key, v, value);
	*holds = st == OK;
	if (st != OK && st != ERR_DAMAGED)
		txn_fail(c->txn, st);
	return st == ERR_DAMAGED ? OK : st;
}

enum status
cursor_last(struct cursor *c, struct bytes *key, struct bytes *value)
{
	c->started = true;
	return cursor_get(c, MDB_LAST, key, value);
}

void
cursor_close(struct cursor *c)
{
	if (c->h != NULL)
		mdb_cursor_close(c->h);
	c->h = NULL;
}

/* ---- keys ---- */

struct key64
key64(uint64_t v)
{
	struct key64 k = { { (uint8_t)(v >> 56), (uint8_t)(v >> 48), (uint8_t)(v >> 40), (uint8_t)(v >> 32), (uint8_t)(v >> 24),
		(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v } }; /* spelled out: compilers make one instruction of it */
	return k;
}

struct bytes
key64_view(const struct key64 *k)
{
	return (struct bytes){ k->b, sizeof(k->b) };
}

uint64_t
key64_value(struct bytes key)
{
	uint64_t v = 0;
	assert(key.len == 8);
	for (size_t i = 0; i < 8; i++)
		v = v << 8 | key.ptr[i];
	return v;
}
