#include "registry/store.h"

#include <assert.h>
#include <errno.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/limits.h"

enum { READERS_MAX = 512, POOL_MAX = 64, ADOPT_TRIES = 1000 };

struct reader { MDB_txn *h; struct mac *mac; }; /* a reset read transaction and its keyed hash, to be used again */

struct store {
	MDB_env *env;
	size_t tables_n;
	MDB_dbi dbi[STORE_TABLES_MAX];
	struct bytes name[STORE_TABLES_MAX];
	struct mac *mac; /* the template; never computes */
	bool read_only;
	atomic_bool broken;
	pthread_mutex_t lock;
	struct reader pool[POOL_MAX];
	size_t pooled;
	unsigned open_txns;
};

static enum status
from_lmdb(int rc)
{
	switch (rc) {
	case MDB_SUCCESS:  return OK;
	case MDB_NOTFOUND: return ERR_NOT_FOUND;
	case MDB_KEYEXIST: return ERR_CONFLICT;
	case MDB_MAP_FULL: return ERR_LIMIT;
	case MDB_BAD_VALSIZE: return ERR_ARGUMENT;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:  return ERR_DAMAGED;
	case MDB_VERSION_MISMATCH: return ERR_UNSUPPORTED;
	default:           return ERR_SYSTEM;
	}
}

static MDB_val
to_val(struct bytes b)
{
	union { const uint8_t *in; void *out; } p = { .in = b.ptr };
	return (MDB_val){ b.len, p.out };
}

static const char *
words_for(int rc)
{
	switch (rc) {
	case ENOSPC:
	case EDQUOT: return "no room is left on the disk; make room and try again";
	case EACCES:
	case EPERM:
	case EROFS:  return "the files may not be written; check their owner, their mode and whether the disk is read-only";
	case MDB_MAP_FULL:     return "the store has reached the greatest size it can have (STORE_MAP_BYTES)";
	case MDB_READERS_FULL: return "too many readers at once; close some programs that read the register";
	default:     return mdb_strerror(rc);
	}
}

static void
txn_failed(struct txn *t, int rc)
{
	if (t->status != OK)
		return;
	t->status = from_lmdb(rc);
	t->reason = words_for(rc);
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

static void
reader_free(struct reader *r)
{
	if (r->h != NULL)
		mdb_txn_abort(r->h);
	mac_close(r->mac);
	*r = (struct reader){ 0 };
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
			reader_free(&s->pool[--s->pooled]);
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
		reader_free(&r);
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
	keep = keep && s->pooled < POOL_MAX;
	if (keep)
		s->pool[s->pooled++] = r;
	(void)pthread_mutex_unlock(&s->lock);
	if (!keep)
		reader_free(&r);
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

enum status
txn_get(struct txn *t, unsigned table, struct bytes key, struct bytes *value)
{
	if (t->status != OK)
		return t->status;
	assert(table < t->store->tables_n);
	MDB_val k = to_val(key), v;
	int rc = mdb_get(t->h, t->store->dbi[table], &k, &v);
	if (rc == MDB_NOTFOUND || rc == MDB_BAD_VALSIZE) /* absence is an answer, not a failure; no key is empty */
		return ERR_NOT_FOUND;
	if (rc != 0)
		txn_failed(t, rc);
	else {
		enum status st = value_checked(t, table, key, v, value);
		if (st)
			txn_fail(t, st);
	}
	return t->status;
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
	int rc = mdb_cursor_open(t->h, t->store->dbi[table], &h);
	if (rc != 0)
		txn_failed(t, rc);
	else
		*out = (struct cursor){ .h = h, .txn = t, .table = table, .from = from };
	return t->status;
}

static enum status
cursor_get(struct cursor *c, MDB_cursor_op op, struct bytes *key, struct bytes *value)
{
	struct txn *t = c->txn;
	if (t->status != OK)
		return t->status;
	MDB_val k = to_val(c->from), v;
	int rc = mdb_cursor_get(c->h, &k, &v, op);
	if (rc == MDB_NOTFOUND)
		return ERR_NOT_FOUND;
	if (rc != 0) {
		txn_failed(t, rc);
		return t->status;
	}
	struct bytes found = { k.mv_data, k.mv_size };
	enum status st = value_checked(t, c->table, found, v, value);
	if (st)
		txn_fail(t, st);
	else
		*key = found;
	return st;
}

enum status
cursor_next(struct cursor *c, struct bytes *key, struct bytes *value)
{
	MDB_cursor_op op = c->started ? MDB_NEXT : c->from.len > 0 ? MDB_SET_RANGE : MDB_FIRST;
	c->started = true;
	return cursor_get(c, op, key, value);
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

/* ---- the environment ---- */

static int
open_tables(struct store *s, const char *const names[], enum store_mode mode)
{
	MDB_txn *h = NULL;
	int rc = mdb_txn_begin(s->env, NULL, mode == STORE_READ ? MDB_RDONLY : 0, &h);
	for (size_t i = 0; rc == 0 && i < s->tables_n; i++) {
		s->name[i] = bytes_str(names[i]);
		rc = mdb_dbi_open(h, names[i], mode == STORE_CREATE ? MDB_CREATE : 0, &s->dbi[i]);
	}
	if (rc == 0)
		return mdb_txn_commit(h);
	if (h != NULL)
		mdb_txn_abort(h);
	return rc;
}

/* On a read-only mount LMDB 0.9 runs without a lock, and the writer would reuse pages under us. */
static bool
holds_reader_slot(struct store *s)
{
	MDB_txn *h = NULL;
	MDB_envinfo info = { 0 };
	if (mdb_txn_begin(s->env, NULL, MDB_RDONLY, &h) != 0)
		return false;
	bool holds = mdb_env_info(s->env, &info) == 0 && info.me_numreaders > 0;
	mdb_txn_abort(h);
	return holds;
}

static enum status
say_open_failed(const char *dir, int rc, struct err *err)
{
	const char *advice = "";
	if (rc == MDB_INVALID || rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND)
		advice = ": data.mdb is damaged or is no LMDB file; restore a backup";
	else if (rc == MDB_VERSION_MISMATCH)
		advice = ": it was made by another version of LMDB";
	else if (rc == MDB_NOTFOUND)
		advice = ": it has not the tables of a register";
	return err_set(err, from_lmdb(rc) == ERR_NOT_FOUND ? ERR_DAMAGED : from_lmdb(rc), "open store %s: %s%s", dir, words_for(rc),
	    advice);
}

static enum status
look_first(const char *dir, enum store_mode mode, struct err *err)
{
	char path[4096];
	struct stat st;
	enum status s = path_join(dir, "data.mdb", path, sizeof(path), err);
	if (s)
		return s;
	bool there = stat(path, &st) == 0;
	if (mode == STORE_CREATE && there)
		return err_set(err, ERR_CONFLICT, "%s holds a store already", dir);
	if (!there && errno != ENOENT && errno != ENOTDIR)
		return err_set(err, ERR_SYSTEM, "open store %s: %s", dir, strerror(errno));
	if (mode != STORE_CREATE && !there)
		return err_set(err, ERR_NOT_FOUND, "no register in %s (%s: %s)", dir, path, strerror(errno));
	return OK;
}

static int
env_open(struct store *s, const char *dir, const char *const names[], enum store_mode mode)
{
	int dead = 0;
	int rc = mdb_env_create(&s->env);
	if (rc == 0)
		rc = mdb_env_set_mapsize(s->env, STORE_MAP_BYTES);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(s->env, STORE_TABLES_MAX);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(s->env, READERS_MAX);
	if (rc == 0)
		rc = mdb_env_open(s->env, dir, MDB_NOTLS | (mode == STORE_READ ? MDB_RDONLY : 0u), 0600);
	if (rc == 0)
		(void)mdb_reader_check(s->env, &dead); /* slots of killed processes */
	return rc == 0 ? open_tables(s, names, mode) : rc;
}

enum status
store_open(const char *dir, const char *const names[], size_t n, enum store_mode mode, enum profile profile,
    const struct secret *check_key, struct store **out, struct err *err)
{
	assert(n <= STORE_TABLES_MAX);
	enum status st = look_first(dir, mode, err);
	if (st)
		return st;
	struct store *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	s->tables_n = n;
	s->read_only = mode == STORE_READ;
	(void)pthread_mutex_init(&s->lock, NULL); /* a default mutex cannot fail on Linux */
	st = mac_open(profile, check_key, &s->mac);
	if (st)
		err_set(err, st, "open store %s: no keyed hash: %s", dir, status_text(st));
	int rc = st == OK ? env_open(s, dir, names, mode) : 0;
	if (rc != 0)
		st = say_open_failed(dir, rc, err);
	if (st == OK && s->read_only && !holds_reader_slot(s))
		st = err_set(err, ERR_SYSTEM, "open store %s: no reader slot in lock.mdb, so a writer could change pages while they are "
		    "read; make lock.mdb writable for this user", dir);
	if (st) {
		store_close(s);
		return st;
	}
	*out = s;
	return OK;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	while (s->pooled > 0)
		reader_free(&s->pool[--s->pooled]);
	if (s->env != NULL)
		mdb_env_close(s->env);
	mac_close(s->mac);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Pages of the tables; what remains of the file is free and will be used again. */
static int
live_pages(struct store *s, MDB_txn *h, uint64_t *pages)
{
	MDB_stat st;
	int rc = mdb_env_stat(s->env, &st); /* the table of tables */
	*pages = rc == 0 ? st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages + 2 : 0;
	for (size_t i = 0; rc == 0 && i < s->tables_n; i++) {
		rc = mdb_stat(h, s->dbi[i], &st);
		if (rc == 0)
			*pages += st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages;
	}
	return rc;
}

enum status
store_size(struct store *s, struct store_size *out)
{
	struct txn t;
	MDB_envinfo info;
	MDB_stat st;
	struct stat file;
	int fd = -1;
	uint64_t pages = 0;
	enum status begun = txn_begin_read(s, &t);
	if (begun)
		return begun;
	int rc = live_pages(s, t.h, &pages);
	if (rc == 0)
		rc = mdb_env_info(s->env, &info);
	if (rc == 0)
		rc = mdb_env_stat(s->env, &st);
	if (rc == 0)
		rc = mdb_env_get_fd(s->env, &fd);
	if (rc == 0 && fstat(fd, &file) != 0)
		rc = errno;
	txn_end(&t);
	if (rc != 0)
		return from_lmdb(rc);
	*out = (struct store_size){ .live_bytes = pages * st.ms_psize, .file_bytes = (uint64_t)file.st_size,
		.map_bytes = info.me_mapsize, .readers = info.me_numreaders };
	return OK;
}
