#include "tools/office/restore.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "registry/journal.h"
#include "registry/sealed.h"
#include "tools/office/backup_files.h"

enum { ROWS_PER_COMMIT = 16384 };

/* The taker of a backup's records: each goes to its place under work. */
struct restoring {
	struct restored *r;
	struct office *o;
	struct store *store;
	struct replay *replay;
	struct sealed *sealed;
	struct txn rows;
	size_t in_txn;
	struct buf file;                              /* the file whose pieces come, BACKUP_FILE_LEN_MAX at most */
	struct progress progress;
	struct err *err;
};

static void
on_fault(void *ctx, uint64_t sequence, const char *what)
{
	struct restoring *x = ctx;
	x->r->faults++;
	(void)fprintf(stderr, "yaopai restore: event %" PRIu64 ": %s\n", sequence, what);
}

static enum status
under(struct restoring *x, const char *name, char *out)
{
	return path_join(x->r->work, name, out, PATH_MAX_LEN, x->err);
}

static enum status
make_dir(struct restoring *x, const char *name)
{
	char path[PATH_MAX_LEN];
	enum status st = under(x, name, path);
	return st ? st : dir_make(path, 0700, x->err);
}

/* ---- the stores ---- */

static enum status
take_head(struct restoring *x, const struct backup_item *i)
{
	char path[PATH_MAX_LEN];
	struct replay_terms t = { .profile = i->profile, .check_key = x->o->keys.check, .fault = on_fault, .fault_ctx = x };
	enum status st = make_dir(x, "data");
	if (st == OK)
		st = make_dir(x, "data/registry");
	if (st == OK)
		st = make_dir(x, "data/sealed");
	if (st == OK)
		st = under(x, "data/registry", path);
	if (st == OK)
		st = store_open(path, table_names, TABLE_COUNT, STORE_SCRATCH, i->profile, &x->o->keys.check, &x->store, x->err);
	t.store = x->store;
	if (st == OK)
		st = replay_open(&t, &x->replay, x->err);
	secret_wipe(&t.check_key, sizeof(t.check_key));
	if (st == OK)
		st = under(x, "data/sealed", path);
	if (st == OK)
		st = sealed_open(path, STORE_SCRATCH, i->profile, &x->o->keys.seal, &x->sealed, x->err);
	progress_start(&x->progress, "restoring events", 0, office_progress(x->o));
	return st;
}

static enum status
rows_commit(struct restoring *x)
{
	x->in_txn = 0;
	enum status st = x->rows.h != NULL ? txn_commit(&x->rows) : OK;
	return st ? err_set(x->err, st, "the sealed store cannot be written: %s", txn_reason(&x->rows)) : OK;
}

static enum status
take_sealed(struct restoring *x, const struct backup_item *i)
{
	unsigned table = 0;
	while (table < SEALED_COUNT && !bytes_eq(i->name, bytes_str(sealed_table_names[table])))
		table++;
	if (table == SEALED_COUNT)
		return err_set(x->err, ERR_UNSUPPORTED, "the sealed store has a table that this program does not know; a newer program wrote the backup");
	enum status st = x->rows.h != NULL ? OK : sealed_begin_write(x->sealed, &x->rows);
	if (st == OK) {
		txn_append(&x->rows, table, i->key, i->value);
		st = x->rows.status;
	}
	if (st)
		return err_set(x->err, st, "the sealed store cannot be written: %s", txn_reason(&x->rows));
	return ++x->in_txn < ROWS_PER_COMMIT ? OK : rows_commit(x);
}

/* ---- the files ---- */

static enum status
make_parents(struct restoring *x, const char *name)
{
	char part[BACKUP_NAME_LEN_MAX + 1];
	enum status st = OK;
	for (const char *slash = strchr(name, '/'); st == OK && slash != NULL; slash = strchr(slash + 1, '/')) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		st = make_dir(x, part);
	}
	return st;
}

static enum status
take_file(struct restoring *x, const struct backup_item *i)
{
	char name[BACKUP_NAME_LEN_MAX + 1], in_home[BACKUP_NAME_LEN_MAX + 8], path[PATH_MAX_LEN];
	memcpy(name, i->name.ptr, i->name.len);
	name[i->name.len] = '\0';
	if (!backup_file_is_known(name))
		return err_set(x->err, ERR_UNSUPPORTED, "it holds a file of a kind that no home of this program has; a newer program wrote the backup");
	if (i->offset == 0) {
		free(x->file.ptr);
		x->file = (struct buf){ malloc((size_t)i->size + 1), (size_t)i->size, 0 };
		if (x->file.ptr == NULL)
			return err_set(x->err, ERR_SYSTEM, "out of memory");
	}
	memcpy(x->file.ptr + x->file.len, i->value.ptr, i->value.len); /* backup_read saw that pieces follow each other and fit */
	x->file.len += i->value.len;
	if (x->file.len < x->file.cap)
		return OK;
	(void)snprintf(in_home, sizeof(in_home), "%s", name);
	enum status st = make_parents(x, in_home);
	if (st == OK)
		st = under(x, in_home, path);
	return st == OK ? file_save_unsynced(path, buf_view(&x->file), 0600, x->err) : st;
}

static enum status
take(void *ctx, const struct backup_item *i, struct err *err)
{
	struct restoring *x = ctx;
	switch (i->kind) {
	case BACKUP_HEAD:   return take_head(x, i);
	case BACKUP_EVENT:  progress_add(&x->progress, 1); return replay_event(x->replay, i->value, err);
	case BACKUP_SEALED: return take_sealed(x, i);
	case BACKUP_FILE:   return take_file(x, i);
	case BACKUP_END:    return OK;
	}
	return err_set(err, ERR_UNSUPPORTED, "a record of no kind");
}

/* ---- reading all of it ---- */

/* The store's own checks are made afresh, so only opening a row tells whether this is its key. */
static enum status
seal_key_fits(struct restoring *x)
{
	uint8_t mem[IDNUMBER_LEN + 64];
	struct buf number = BUF_OF(mem);
	struct txn t;
	struct cursor c = { 0 };
	struct bytes id, row;
	enum status st = sealed_begin_read(x->sealed, &t);
	if (st == OK)
		st = cursor_open(&t, SEALED_ROW, (struct bytes){ NULL, 0 }, &c);
	if (st == OK)
		st = cursor_next(&c, &id, &row);
	if (st == OK)
		st = sealed_reveal(x->sealed, &t, id, &number);
	secret_wipe(mem, sizeof(mem));
	cursor_close(&c);
	txn_end(&t);
	if (st == ERR_DAMAGED)
		return err_set(x->err, ERR_CONFLICT, "keys/seal.key is not the one under which the sealed rows of this backup were sealed; bring that one");
	return st == OK || st == ERR_NOT_FOUND ? OK : err_set(x->err, st, "the sealed store cannot be read: %s", status_text(st));
}

static enum status
finish(struct restoring *x)
{
	enum status st = rows_commit(x);
	if (st == OK)
		st = seal_key_fits(x);
	if (st == OK)
		st = replay_finish(x->replay, x->err);
	if (st == OK) {
		st = store_flush(x->store);
		if (st == OK)
			st = store_flush(sealed_store(x->sealed));
		if (st)
			err_set(x->err, st, "what was restored cannot be made durable: %s", status_text(st));
	}
	return st == OK ? disk_sync(x->r->work, x->err) : st;
}

static enum status
make_work(struct restored *r, struct office *o)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "restoring-%lld-%ld", (long long)clock_unix_s(), (long)getpid());
	enum status st = office_path(o, name, r->work);
	if (st == OK && mkdir(r->work, 0700) != 0) {
		st = err_set(&o->err, ERR_SYSTEM, "%s cannot be made: %s", r->work, strerror(errno));
		r->work[0] = '\0';
	}
	return st;
}

enum status
restored_read(struct restored *r, struct office *o, const char *file)
{
	struct restoring x = { .r = r, .o = o, .err = &o->err };
	enum status st = make_work(r, o);
	if (st)
		return st;
	FILE *f = fopen(file, "re");
	if (f == NULL)
		return err_set(&o->err, ERR_SYSTEM, "%s: %s", file, strerror(errno));
	st = backup_read(f, &o->keys.check, take, &x, &r->summary, &o->err);
	if (st == OK)
		st = finish(&x);
	if (x.progress.what != NULL)
		progress_end(&x.progress);
	(void)fclose(f);
	free(x.file.ptr);
	txn_end(&x.rows);
	replay_close(x.replay);
	sealed_close(x.sealed);
	store_close(x.store);
	return err_in(&o->err, st, "%s", file);
}

/* ---- against what was published ---- */

static enum status
check_event(struct store *s, const struct audit_published *p, struct err *err)
{
	struct txn t;
	struct bytes event;
	struct digest head;
	enum status st = txn_begin_read(s, &t);
	if (st == OK)
		st = journal_get(&t, p->sequence, &event);
	if (st == OK)
		st = sha256(event, &head);
	if (st)
		err_set(err, st, "event %" PRIu64 " cannot be read: %s", p->sequence, status_text(st));
	else if (memcmp(head.b, p->head.b, DIGEST_LEN) != 0)
		st = err_set(err, ERR_CONFLICT, "%s was published after an event %" PRIu64 " that is not the backup's: it is a backup of another register or another history",
		    p->uri, p->sequence);
	txn_end(&t);
	return st;
}

static enum status
behind(const struct restored *r, const struct audit_published *p, bool older, struct err *err)
{
	if (!older)
		return err_set(err, ERR_CONFLICT, "the backup ends with event %" PRIu64 ", and %s was published after event %" PRIu64 ": the office did something since, "
		    "perhaps a revocation, that this register would forget. Find a newer backup; or --older, and repeat what was decided since", r->summary.sequence,
		    p->uri, p->sequence);
	(void)fprintf(stderr, "yaopai restore: %s was published after event %" PRIu64 "; the backup ends with event %" PRIu64 ". What the office did between is "
	              "forgotten: repeat it\n", p->uri, p->sequence, r->summary.sequence);
	return OK;
}

enum status
restored_check(struct restored *r, struct office *o, const struct audit_published *lists, size_t n, bool older)
{
	char path[PATH_MAX_LEN];
	struct store *s = NULL;
	enum profile profile;
	enum status st = path_join(r->work, "data/registry", path, sizeof(path), &o->err);
	if (st == OK)
		st = journal_open(path, STORE_READ, &o->keys.check, &s, &profile, &o->err);
	for (size_t i = 0; st == OK && i < n; i++)
		st = lists[i].sequence > r->summary.sequence ? behind(r, &lists[i], older, &o->err) : check_event(s, &lists[i], &o->err);
	store_close(s);
	return st;
}

/* ---- into place ---- */

struct placing { struct office *o; bool really; };

static enum status
is_same(const char *a, const char *b, bool *same, struct err *err)
{
	struct buf x = { 0 }, y = { 0 };
	enum status st = file_load(a, BACKUP_FILE_LEN_MAX, &x, err);
	if (st == OK)
		st = file_load(b, BACKUP_FILE_LEN_MAX, &y, err);
	*same = st == OK && bytes_eq(buf_view(&x), buf_view(&y));
	free(x.ptr);
	free(y.ptr);
	return st;
}

static enum status
make_home_dirs(struct office *o, const char *name)
{
	char part[BACKUP_NAME_LEN_MAX + 1], path[PATH_MAX_LEN];
	enum status st = OK;
	for (const char *slash = strchr(name, '/'); st == OK && slash != NULL; slash = strchr(slash + 1, '/')) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		st = office_path(o, part, path);
		if (st == OK)
			st = dir_make(path, 0700, &o->err);
	}
	return st;
}

static enum status
place_file(void *ctx, const char *name, const char *path)
{
	struct placing *p = ctx;
	char to[PATH_MAX_LEN];
	bool same = false;
	struct err *err = &p->o->err;
	enum status st = office_path(p->o, name, to);
	if (st)
		return st;
	if (access(to, F_OK) == 0) {
		st = is_same(path, to, &same, err);
		return st != OK || same ? st : err_set(err, ERR_CONFLICT, "%s is there already and is not the backup's; move it away", to);
	}
	if (!p->really)
		return OK;
	st = make_home_dirs(p->o, name);
	if (st == OK && rename(path, to) != 0)
		st = err_set(err, ERR_SYSTEM, "%s cannot be put in its place: %s", to, strerror(errno));
	return st;
}

enum status
restored_place(struct restored *r, struct office *o)
{
	char from[PATH_MAX_LEN], to[PATH_MAX_LEN];
	struct office work = { .home = r->work };
	struct placing p = { .o = o };
	enum status st = OK;
	for (int pass = 0; st == OK && pass < 2; pass++, p.really = true) { /* nothing is moved before all may be */
		st = backup_files_each(&work, true, place_file, &p);
		if (st)
			(void)err_set(&o->err, st, "%s", work.err.text);
	}
	if (st == OK)
		st = disk_sync(o->home, &o->err);
	if (st == OK)
		st = path_join(r->work, "data", from, sizeof(from), &o->err);
	if (st == OK)
		st = office_path(o, "data", to);
	if (st == OK && rename(from, to) != 0)
		st = err_set(&o->err, ERR_SYSTEM, "%s cannot be put in its place: %s", to, strerror(errno));
	return st == OK ? dir_sync(o->home, &o->err) : st;
}

static void
remove_all(const char *path)
{
	char inner[PATH_MAX_LEN];
	DIR *d = opendir(path);
	if (d == NULL) {
		(void)unlink(path);
		return;
	}
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && path_join(path, e->d_name, inner, sizeof(inner), NULL) == OK)
			remove_all(inner);
	(void)closedir(d);
	(void)rmdir(path);
}

void
restored_clear(struct restored *r)
{
	if (r->work[0] != '\0')
		remove_all(r->work);
	r->work[0] = '\0';
}
