#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "registry/journal.h"
#include "tools/office/audit_child.h"
#include "tools/office/commands.h"

static const char usage[] =
    "usage: yaopai rebuild\n"
    "Makes the tables again from the journal, beside the register; proves them; puts them in the register's place. What was there is kept as\n"
    "data/registry.damaged-<time> until you remove it. Refused if the journal itself is damaged: restore a backup then (yaopai restore).\n"
    "Nothing can be written meanwhile; restart yaopaid afterwards.\n"
    "Exit: 0 done; 2 could not, and the register is as it was.\n";

enum { TEXT_LEN = 512 };

struct rebuild {
	struct office *o;
	char data[PATH_MAX_LEN], registry[PATH_MAX_LEN];
	char work[PATH_MAX_LEN], fresh[PATH_MAX_LEN];  /* data/rebuilt-<time>, and registry in it */
	char kept[PATH_MAX_LEN];                       /* data/registry.damaged-<time> */
	struct progress progress;
	bool started;
	pid_t child;
	int from_child, to_child;
};

/* ---- the child: reads the damaged register, so it may die of it; and holds the writers' lock until all is done ---- */

static void
on_fault(void *ctx, uint64_t sequence, const char *what)
{
	(void)ctx;
	(void)fprintf(stderr, "yaopai rebuild: event %" PRIu64 ": %s\n", sequence, what);
}

static void
on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct rebuild *x = ctx;
	if (!x->started)
		progress_start(&x->progress, "replaying the journal", total, office_progress(x->o));
	x->started = true;
	progress_add(&x->progress, done - x->progress.done);
}

static enum status
replay_into(struct rebuild *x, struct txn *t, enum profile profile, struct err *err)
{
	struct store *to = NULL;
	struct replay_state state;
	enum status st = store_open(x->fresh, table_names, TABLE_COUNT, STORE_SCRATCH, profile, &x->o->keys.check, &to, err);
	struct journal_copy c = { .from = t, .to = to, .profile = profile, .check_key = &x->o->keys.check, .fault = on_fault,
		.progress = on_progress, .ctx = x };
	if (st == OK)
		st = journal_replay(&c, &state, err);
	if (x->started)
		progress_end(&x->progress);
	store_close(to);
	return st;
}

/* Answer "E<status> <sentence>", then wait for the parent's end. */
static int
run_child(struct rebuild *x, int answer, int ended)
{
	char text[TEXT_LEN];
	struct store *from = NULL;
	enum profile profile = PROFILE_INTL;
	struct txn t = { 0 };
	struct err err = { .status = OK };
	enum status st = journal_open(x->registry, STORE_WRITE, &x->o->keys.check, &from, &profile, &err);
	if (st == OK) {
		st = txn_begin_write(from, &t);
		if (st)
			err_set(&err, st, "the register cannot be locked: %s", txn_reason(&t));
	}
	if (st == OK)
		st = replay_into(x, &t, profile, &err);
	int n = snprintf(text, sizeof(text), "E%d %s", st, st ? err.text : "");
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
	bool told = write(answer, text, len) == (ssize_t)len && close(answer) == 0;
	if (told && st == OK)
		(void)!read(ended, text, 1);
	txn_end(&t);
	store_close(from);
	return told ? 0 : 2;
}

static enum status
start_child(struct rebuild *x)
{
	int answer[2], ended[2];
	if (pipe(answer) != 0 || pipe(ended) != 0)
		return err_set(&x->o->err, ERR_SYSTEM, "no pipe: %s", strerror(errno));
	(void)fflush(NULL);
	x->child = fork();
	if (x->child == 0) {
		(void)close(answer[0]);
		(void)close(ended[1]);
		_exit(run_child(x, answer[1], ended[0]));
	}
	(void)close(answer[1]);
	(void)close(ended[0]);
	x->from_child = answer[0];
	x->to_child = ended[1];
	return x->child > 0 ? OK : err_set(&x->o->err, ERR_SYSTEM, "no process could be started: %s", strerror(errno));
}

static enum status
hear_child(struct rebuild *x)
{
	char text[TEXT_LEN];
	size_t len = 0;
	ssize_t n;
	while (len < sizeof(text) - 1 && (n = read(x->from_child, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	if (text[0] != 'E')
		return err_set(&x->o->err, ERR_DAMAGED, "reading the register ended the program: a page of its journal is damaged. Restore a backup (yaopai restore)");
	char *words = NULL;
	enum status st = (enum status)strtol(text + 1, &words, 10);
	if (st == ERR_DAMAGED)
		return err_set(&x->o->err, st, "the journal itself is damaged: %s. Restore a backup (yaopai restore)", words + 1);
	return st ? err_set(&x->o->err, st, "%s", words + 1) : OK;
}

static void
end_child(struct rebuild *x)
{
	if (x->child <= 0)
		return;
	(void)close(x->to_child);
	(void)close(x->from_child);
	while (waitpid(x->child, NULL, 0) < 0 && errno == EINTR)
		;
	x->child = 0;
}

/* ---- the parent ---- */

static enum status
prepare(struct rebuild *x)
{
	struct office *o = x->o;
	char name[64];
	long long now = (long long)clock_unix_s();
	enum status st = office_load(o, WITHOUT_SEAL);
	if (st == OK)
		st = office_path(o, "data", x->data);
	if (st == OK)
		st = path_join(x->data, "registry", x->registry, sizeof(x->registry), &o->err);
	(void)snprintf(name, sizeof(name), "rebuilt-%lld", now);
	if (st == OK)
		st = path_join(x->data, name, x->work, sizeof(x->work), &o->err);
	(void)snprintf(name, sizeof(name), "registry.damaged-%lld", now);
	if (st == OK)
		st = path_join(x->data, name, x->kept, sizeof(x->kept), &o->err);
	if (st == OK)
		st = path_join(x->work, "registry", x->fresh, sizeof(x->fresh), &o->err);
	if (st == OK && (mkdir(x->work, 0700) != 0 || mkdir(x->fresh, 0700) != 0))
		st = err_set(&o->err, ERR_SYSTEM, "%s cannot be made: %s", x->fresh, strerror(errno));
	return st;
}

static void
on_finding(void *ctx, const char *where, const char *what)
{
	uint64_t *n = ctx;
	if ((*n)++ == 0)
		(void)fprintf(stderr, "yaopai rebuild: %s: %s\n", where, what);
}

/* What was written is read again, replayed again and compared.  Rules that events broke are history, told already. */
static enum status
prove(struct rebuild *x)
{
	uint64_t findings = 0;
	struct audit_result r;
	struct audit_terms t = { .dir = x->work, .keys = &x->o->keys, .quick = true, .now_unix_s = clock_unix_s(), .finding = on_finding, .ctx = &findings };
	enum status st = audit_in_child(&t, x->work, &r, &x->o->err);
	if (st == OK && findings > 0)
		st = err_set(&x->o->err, ERR_DAMAGED, "the rebuilt tables do not audit clean (%" PRIu64 " findings); they are in %s", findings, x->work);
	return st;
}

/* The endpoint's user must be able to read what stands there as before. */
static enum status
copy_access(const char *from, const char *to, struct err *err)
{
	static const char *const names[] = { ".", "data.mdb", "lock.mdb" };
	char a[PATH_MAX_LEN], b[PATH_MAX_LEN];
	struct stat s;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		enum status st = path_join(from, names[i], a, sizeof(a), err);
		if (st == OK)
			st = path_join(to, names[i], b, sizeof(b), err);
		if (st)
			return st;
		if (stat(a, &s) == 0 && ((chown(b, s.st_uid, s.st_gid) != 0 && errno != EPERM) || chmod(b, s.st_mode & 07777) != 0))
			return err_set(err, ERR_SYSTEM, "%s: owner and mode cannot be set as they were: %s", b, strerror(errno));
	}
	return OK;
}

static enum status
swap(struct rebuild *x)
{
	struct err *err = &x->o->err;
	enum status st = copy_access(x->registry, x->fresh, err);
	if (st == OK)
		st = dir_sync(x->fresh, err);
	if (st == OK)
		st = path_exchange(x->registry, x->fresh, err);
	if (st == OK && rename(x->fresh, x->kept) != 0)
		(void)fprintf(stderr, "yaopai rebuild: what was there is in %s\n", x->fresh);
	(void)rmdir(x->work);
	return st == OK ? dir_sync(x->data, err) : st;
}

static void
clear_work(struct rebuild *x)
{
	static const char *const names[] = { "data.mdb", "lock.mdb" };
	char path[PATH_MAX_LEN];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (path_join(x->fresh, names[i], path, sizeof(path), NULL) == OK)
			(void)unlink(path);
	(void)rmdir(x->fresh);
	(void)rmdir(x->work);
}

static enum status
rebuild(struct rebuild *x)
{
	bool swapped = false;
	enum status st = prepare(x);
	if (st == OK)
		st = start_child(x);
	if (st == OK)
		st = hear_child(x);
	if (st == OK)
		st = prove(x);
	if (st == OK) {
		st = swap(x);
		swapped = st == OK;
	}
	end_child(x);
	if (!swapped && access(x->kept, F_OK) != 0)
		clear_work(x);
	return st;
}

int
cmd_rebuild(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;)
		return office_usage(usage, c == 'h');
	if (optind != argc)
		return office_usage(usage, false);
	struct rebuild *x = calloc(1, sizeof(*x));
	if (x == NULL)
		(void)err_set(&o->err, ERR_SYSTEM, "out of memory");
	else
		x->o = o;
	enum status st = x == NULL ? ERR_SYSTEM : rebuild(x);
	if (st == OK)
		(void)printf("The tables were made again from the journal and are in their place. What was there is kept in %s; remove it when you no longer "
		             "need it. Restart yaopaid.\n", x->kept);
	free(x);
	return st ? office_failed(o, "rebuild") : EXIT_DONE;
}
