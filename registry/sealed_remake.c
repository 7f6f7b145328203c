#define _GNU_SOURCE /* renameat2 */
#include "registry/remake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/seal.h"
#include "registry/sealed_inside.h"

enum { ROWS_PER_COMMIT = 4096, DIR_LEN_MAX = 4096 };

static enum status
next_of(const char *dir, char out[DIR_LEN_MAX], struct err *err)
{
	int n = snprintf(out, DIR_LEN_MAX, "%s.next", dir);
	return n > 0 && n < DIR_LEN_MAX ? OK : err_set(err, ERR_LIMIT, "the name of the sealed store's directory is too long");
}

static enum status
wipe_store(const char *dir, struct err *err)
{
	static const char *const names[] = { "data.mdb", "lock.mdb" };
	char path[DIR_LEN_MAX];
	enum status st = OK;
	for (size_t i = 0; st == OK && i < sizeof(names) / sizeof(names[0]); i++) {
		st = path_join(dir, names[i], path, sizeof(path), err);
		if (st == OK && access(path, F_OK) == 0)
			st = file_wipe(path, err);
	}
	if (st == OK && rmdir(dir) != 0)
		st = err_set(err, ERR_SYSTEM, "remove %s: %s", dir, strerror(errno));
	return st;
}

enum status
remake_leftover_wipe(const char *dir, bool *was_there, struct err *err)
{
	char next[DIR_LEN_MAX];
	enum status st = next_of(dir, next, err);
	bool there = st == OK && access(next, F_OK) == 0;
	if (was_there != NULL)
		*was_there = there;
	return there ? wipe_store(next, err) : st;
}

/* ---- the copy ---- */

struct copying { const struct remake *m; struct sealed *from, *to; uint64_t rows, left_out; };

static enum status
count(struct txn *t, unsigned table, uint64_t *n)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	enum status st = cursor_open(t, table, (struct bytes){ NULL, 0 }, &c);
	for (*n = 0; st == OK; *n += st == OK)
		st = cursor_next(&c, &key, &value);
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
copy_row(struct copying *c, struct txn *from, struct txn *to, struct bytes id)
{
	uint8_t mem[IDNUMBER_LEN + SEAL_OVERHEAD_MAX];
	struct buf number = BUF_OF(mem);
	struct bytes there;
	enum status st = txn_get(to, SEALED_ROW, id, &there);
	if (st != ERR_NOT_FOUND)
		return st; /* from the run before */
	st = sealed_reveal(c->from, from, id, &number);
	if (st == OK)
		sealed_put(c->to, to, id, buf_view(&number));
	secret_wipe(mem, sizeof(mem));
	return st ? st : to->status;
}

/* Some rows from the cursor into one transaction; *more: perhaps there are others. */
static enum status
copy_some(struct copying *c, struct txn *from, struct cursor *rows, bool *more)
{
	struct txn to;
	struct bytes id, row;
	uint64_t n = 0, most = c->m->rows_per_commit != 0 ? c->m->rows_per_commit : ROWS_PER_COMMIT;
	enum status st = sealed_begin_write(c->to, &to);
	while (st == OK && n < most) {
		st = cursor_next(rows, &id, &row);
		if (st)
			break;
		if (bytes_eq(id, c->m->without)) {
			c->left_out++;
			continue;
		}
		st = copy_row(c, from, &to, id);
		n++;
	}
	*more = st == OK;
	if (st == OK || st == ERR_NOT_FOUND)
		st = txn_commit(&to);
	txn_end(&to);
	c->rows += n;
	if (st == OK && c->m->progress != NULL)
		c->m->progress(c->m->ctx, n);
	return st;
}

/* Every row once, every hash once, and none beside. */
static enum status
check_copy(struct copying *c)
{
	struct txn t;
	uint64_t rows = 0, hashes = 0;
	enum status st = sealed_begin_read(c->to, &t);
	if (st == OK)
		st = count(&t, SEALED_ROW, &rows);
	if (st == OK)
		st = count(&t, SEALED_HASH, &hashes);
	txn_end(&t);
	return st ? st : rows == c->rows && hashes == c->rows ? OK : ERR_DAMAGED;
}

static enum status
copy_all(struct copying *c, struct err *err)
{
	struct txn from;
	struct cursor rows = { 0 };
	bool more = true;
	enum status st = sealed_begin_read(c->from, &from);
	if (st == OK)
		st = cursor_open(&from, SEALED_ROW, (struct bytes){ NULL, 0 }, &rows);
	while (st == OK && more)
		st = copy_some(c, &from, &rows, &more);
	cursor_close(&rows);
	txn_end(&from);
	if (st == OK)
		st = check_copy(c);
	return st ? err_set(err, st, "the sealed rows cannot be taken into the new store: %s; the present one is as it was", status_text(st)) : OK;
}

/* ---- the new store ---- */

static enum status
create_next(const struct remake *m, const char *next, struct sealed **out, struct err *err)
{
	struct txn t;
	enum status st = remake_leftover_wipe(m->dir, NULL, err);
	if (st == OK)
		st = dir_make(next, 0700, err);
	if (st == OK)
		st = sealed_open_locked(next, STORE_CREATE, m->profile, m->to, out, err);
	if (st)
		return st;
	st = sealed_begin_write(*out, &t);
	if (st == OK) {
		sealed_put_generation(*out, &t, m->generation);
		st = txn_commit(&t);
	}
	txn_end(&t);
	return st ? err_set(err, st, "the new sealed store cannot be written: %s", txn_reason(&t)) : OK;
}

/* What an earlier run for the same made is gone on with; an erasure begins afresh, lest what it finds still has the person. */
static enum status
open_next(const struct remake *m, const char *next, struct sealed **out, struct err *err)
{
	struct err unwanted = { .status = OK };
	bool goes_on = m->without.len == 0 && access(next, F_OK) == 0;
	if (goes_on && sealed_open_locked(next, STORE_WRITE, m->profile, m->to, out, &unwanted) == OK) {
		if (sealed_generation(*out) == m->generation)
			return OK;
		sealed_close(*out);
		*out = NULL;
	}
	return create_next(m, next, out, err);
}

static enum status
exchange(const char *dir, const char *next, struct err *err)
{
	char parent[DIR_LEN_MAX];
	(void)snprintf(parent, sizeof(parent), "%s/..", dir);
	if (renameat2(AT_FDCWD, next, AT_FDCWD, dir, RENAME_EXCHANGE) != 0)
		return err_set(err, ERR_SYSTEM, "exchange %s and %s: %s%s", dir, next, strerror(errno),
		    errno == EINVAL || errno == ENOSYS ? "; a register belongs on a local file system that can exchange directories (ext4, xfs, btrfs)" : "");
	return dir_sync(parent, err);
}

enum status
sealed_remake(const struct remake *m, uint64_t *rows, struct err *err)
{
	char next[DIR_LEN_MAX];
	struct copying c = { .m = m };
	int lock = -1;
	enum status st = next_of(m->dir, next, err);
	if (st == OK)
		st = sealed_lock(m->dir, true, &lock, err);
	if (st)
		return st;
	st = sealed_open_locked(m->dir, STORE_READ, m->profile, m->from, &c.from, err);
	if (st == OK)
		st = open_next(m, next, &c.to, err);
	if (st == OK)
		st = copy_all(&c, err);
	sealed_close(c.from);
	sealed_close(c.to);
	if (st == OK)
		st = exchange(m->dir, next, err);
	if (st == OK)
		st = wipe_store(next, err);
	(void)close(lock);
	*rows = c.rows;
	return st;
}
