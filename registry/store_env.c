#include "registry/store_inside.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

enum { READERS_MAX = 512 };

enum status
store_status(int rc)
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

const char *
store_words(int rc)
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

void
store_reader_free(struct reader *r)
{
	if (r->h != NULL)
		mdb_txn_abort(r->h);
	mac_close(r->mac);
	*r = (struct reader){ 0 };
}

static bool
makes(enum store_mode mode)
{
	return mode == STORE_CREATE || mode == STORE_SCRATCH;
}

static int
open_tables(struct store *s, const char *const names[], size_t always, enum store_mode mode)
{
	MDB_txn *h = NULL;
	int rc = mdb_txn_begin(s->env, NULL, mode == STORE_READ ? MDB_RDONLY : 0, &h);
	for (size_t i = 0; rc == 0 && i < s->tables_n; i++) {
		bool make = makes(mode) || (mode == STORE_WRITE && i >= always);
		s->name[i] = bytes_str(names[i]);
		rc = mdb_dbi_open(h, names[i], make ? MDB_CREATE : 0, &s->dbi[i]);
		s->absent[i] = rc == MDB_NOTFOUND && i >= always;
		rc = s->absent[i] ? 0 : rc;
	}
	if (rc == 0)
		return mdb_txn_commit(h);
	if (h != NULL)
		mdb_txn_abort(h);
	return rc;
}

bool
store_has(const struct store *s, unsigned table)
{
	return table < s->tables_n && !s->absent[table];
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
	return err_set(err, store_status(rc) == ERR_NOT_FOUND ? ERR_DAMAGED : store_status(rc), "open store %s: %s%s", dir, store_words(rc),
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
	if (makes(mode) && there)
		return err_set(err, ERR_CONFLICT, "%s holds a store already", dir);
	if (!there && errno != ENOENT && errno != ENOTDIR)
		return err_set(err, ERR_SYSTEM, "open store %s: %s", dir, strerror(errno));
	if (!makes(mode) && !there)
		return err_set(err, ERR_NOT_FOUND, "no register in %s (%s: %s)", dir, path, strerror(errno));
	if (there && st.st_size == 0)
		return err_set(err, ERR_DAMAGED, "%s is empty; restore a backup", path);
	return OK;
}

static int
env_open(struct store *s, const char *dir, const char *const names[], size_t always, enum store_mode mode)
{
	int dead = 0;
	unsigned flags = mode == STORE_READ ? MDB_RDONLY : mode == STORE_SCRATCH ? MDB_NOSYNC : 0;
	int rc = mdb_env_create(&s->env);
	if (rc == 0)
		rc = mdb_env_set_mapsize(s->env, STORE_MAP_BYTES);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(s->env, STORE_TABLES_MAX);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(s->env, READERS_MAX);
	if (rc == 0)
		rc = mdb_env_open(s->env, dir, MDB_NOTLS | flags, 0600);
	if (rc == 0)
		(void)mdb_reader_check(s->env, &dead); /* slots of killed processes */
	return rc == 0 ? open_tables(s, names, always, mode) : rc;
}

enum status
store_open(const char *dir, const char *const names[], size_t n, enum store_mode mode, enum profile profile,
    const struct secret *check_key, struct store **out, struct err *err)
{
	return store_open_grown(dir, names, n, n, mode, profile, check_key, out, err);
}

enum status
store_open_grown(const char *dir, const char *const names[], size_t n, size_t always, enum store_mode mode, enum profile profile,
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
	int rc = st == OK ? env_open(s, dir, names, always, mode) : 0;
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
		store_reader_free(&s->pool[--s->pooled]);
	if (s->env != NULL)
		mdb_env_close(s->env);
	mac_close(s->mac);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

enum status
store_flush(struct store *s)
{
	int rc = s->broken ? EIO : mdb_env_sync(s->env, 1);
	s->broken = s->broken || rc != 0;
	return store_status(rc);
}

bool
store_is_in_place(struct store *s)
{
	char path[4096];
	const char *dir = NULL;
	int fd = -1;
	struct stat ours, there;
	bool known = mdb_env_get_path(s->env, &dir) == 0 && mdb_env_get_fd(s->env, &fd) == 0 && fstat(fd, &ours) == 0;
	return known && path_join(dir, "data.mdb", path, sizeof(path), NULL) == OK && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	    ours.st_ino == there.st_ino;
}

/* ---- the head pages: what LMDB 0.9 lays out there on a 64-bit machine, as far as is needed ---- */

enum { HEADS = 2, PAGE_HEAD = 16, HEAD_LEN = PAGE_HEAD + 136, HEAD_MAGIC = PAGE_HEAD, HEAD_VERSION = PAGE_HEAD + 4, HEAD_PAGE_SIZE = PAGE_HEAD + 24,
	HEAD_FREE_ROOT = PAGE_HEAD + 64, HEAD_TXNID = PAGE_HEAD + 128, READS = 20, DEPTH_MAX = 32, PAGE_MAX = 65536, NODE_HEAD = 8 };
enum { PAGE_FLAGS = 10, PAGE_LOWER = 12, IS_BRANCH = 1, IS_LEAF = 2 };
#define LMDB_MAGIC 0xBEEFC0DEu

struct head { uint64_t number, free_root; };

static uint64_t
word_at(const uint8_t *p, size_t len)
{
	uint64_t v = 0;
	memcpy(&v, p, len); /* in the machine's order, which is little-endian, as LMDB writes it */
	return v;
}

static bool
head_read(int fd, unsigned n, size_t page, uint8_t mem[HEAD_LEN], struct head *out)
{
	if (pread(fd, mem, HEAD_LEN, (off_t)(n * page)) != HEAD_LEN)
		return false;
	*out = (struct head){ .number = word_at(mem + HEAD_TXNID, 8), .free_root = word_at(mem + HEAD_FREE_ROOT, 8) };
	return word_at(mem + HEAD_MAGIC, 4) == LMDB_MAGIC && word_at(mem + HEAD_VERSION, 4) == 1;
}

/* The last node of a page; NULL: there is none. */
static const uint8_t *
last_node(const uint8_t *mem, size_t page)
{
	size_t lower = (size_t)word_at(mem + PAGE_LOWER, 2);
	if (lower < PAGE_HEAD + 2 || lower > page)
		return NULL;
	size_t at = (size_t)word_at(mem + lower - 2, 2);
	return at >= PAGE_HEAD && at + NODE_HEAD + 8 <= page ? mem + at : NULL;
}

/* Every commit enters the pages it frees under its own number, so the last key of its list of free pages is that number. */
static bool
number_is_own(int fd, size_t page, const struct head *h)
{
	uint8_t mem[PAGE_MAX];
	uint64_t at = h->free_root;
	if (at == UINT64_MAX) /* the first commits freed nothing */
		return h->number <= 2;
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if (at > (uint64_t)INT64_MAX / PAGE_MAX || pread(fd, mem, page, (off_t)(at * page)) != (ssize_t)page)
			return false;
		uint64_t flags = word_at(mem + PAGE_FLAGS, 2);
		const uint8_t *node = last_node(mem, page);
		if (node == NULL || (flags != IS_BRANCH && flags != IS_LEAF))
			return false;
		if (flags == IS_LEAF)
			return word_at(node + NODE_HEAD, 8) == h->number;
		at = word_at(node, 6);
	}
	return false;
}

/* A commit may come between two reads, so a pair that does not fit is read again. */
static bool
heads_fit(int fd, size_t page)
{
	uint8_t mem[HEAD_LEN];
	struct head h[HEADS];
	for (int i = 0; i < READS; i++) {
		bool whole = head_read(fd, 0, page, mem, &h[0]) && head_read(fd, 1, page, mem, &h[1]);
		bool fresh = h[0].number == 0 && h[1].number == 0;
		bool in_turn = fresh || (h[0].number % HEADS == 0 && (h[0].number + 1 == h[1].number || h[1].number + 1 == h[0].number));
		if (whole && in_turn && number_is_own(fd, page, &h[0]) && number_is_own(fd, page, &h[1]))
			return true;
	}
	return false;
}

enum status
store_heads_check(const char *dir, struct err *err)
{
	char path[4096];
	uint8_t mem[HEAD_LEN];
	struct head first;
	enum status st = path_join(dir, "data.mdb", path, sizeof(path), err);
	int fd = st == OK ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (st == OK && fd < 0)
		st = err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	if (st)
		return st;
	bool fit = head_read(fd, 0, 0, mem, &first);
	size_t page = (size_t)word_at(mem + HEAD_PAGE_SIZE, 4);
	fit = fit && page >= 512 && page <= PAGE_MAX && heads_fit(fd, page);
	(void)close(fd);
	return fit ? OK : err_set(err, ERR_DAMAGED, "%s: its two head pages are not of two commits in turn; what is read may be what stood before the "
	    "last commit", path);
}

/* Pages of the tables; what remains of the file is free and will be used again. */
static int
live_pages(struct store *s, MDB_txn *h, uint64_t *pages)
{
	MDB_stat st;
	int rc = mdb_env_stat(s->env, &st); /* the table of tables */
	*pages = rc == 0 ? st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages + 2 : 0;
	for (size_t i = 0; rc == 0 && i < s->tables_n; i++) {
		if (!s->absent[i])
			rc = mdb_stat(h, s->dbi[i], &st);
		if (rc == 0 && !s->absent[i])
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
		return store_status(rc);
	*out = (struct store_size){ .live_bytes = pages * st.ms_psize, .file_bytes = (uint64_t)file.st_size,
		.map_bytes = info.me_mapsize, .readers = info.me_numreaders };
	return OK;
}
