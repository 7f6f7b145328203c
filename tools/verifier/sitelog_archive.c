#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tools/verifier/sitelog_file.h"

/* The old log gets a second name, then the new one takes the first over: at every moment there is a log. */

enum { NAMES_MAX = 99 };

struct archive {
	struct sitelog *log;
	struct sitelog_place previous;   /* where the old chain stands, for the new opening */
	bool has_previous;
	bool gone;                       /* there is no old log, only its head */
	struct sitelog_archived *out;
};

static enum status
system_error(struct err *err, const char *what, const char *path)
{
	return err_set(err, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM, "cannot %s %s: %s", what, path, strerror(errno));
}

static bool
is_same_file(const char *a, const char *b)
{
	struct stat x, y;
	return lstat(a, &x) == 0 && lstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* A name left by an archiving that was interrupted will do. */
static enum status
name_old(struct archive *a, bool damaged, struct err *err)
{
	char what[64], *name = a->out->path;
	(void)snprintf(what, sizeof(what), "%" PRIu64, a->out->first);
	for (unsigned i = 1; i <= NAMES_MAX; i++) {
		if (damaged)
			sitelog_name(a->log, "damaged", i, name, sizeof(a->out->path));
		else if (i == 1)
			(void)snprintf(name, sizeof(a->out->path), "%s.%" PRIu64 "-%" PRIu64, a->log->path, a->out->first, a->out->last);
		else
			(void)snprintf(name, sizeof(a->out->path), "%s.%" PRIu64 "-%" PRIu64 ".%u", a->log->path, a->out->first, a->out->last, i);
		if (link(a->log->path, name) == 0 || is_same_file(a->log->path, name))
			return OK;
		if (errno != EEXIST)
			break;
	}
	return system_error(err, "give the old site log the name", name);
}

static enum status
keep_head(const struct archive *a, struct err *err)
{
	char kept[SITELOG_NAME_MAX + 64];
	struct buf head = { 0 };
	enum status st = file_load(a->log->head_path, 4096, &head, NULL);
	if (st)
		return OK; /* a damaged log may have none */
	(void)snprintf(kept, sizeof(kept), "%s" SITELOG_HEAD_SUFFIX, a->out->path);
	st = file_save(kept, buf_view(&head), SITELOG_MODE, err);
	free(head.ptr);
	return st;
}

static enum status
sync_directory(const char *path, struct err *err)
{
	char dir[SITELOG_NAME_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
	memcpy(dir, slash == NULL ? "." : path, n);
	dir[n] = '\0';
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status st = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL) ? OK : system_error(err, "write the directory", dir);
	if (fd >= 0)
		(void)close(fd);
	return st;
}

static enum status
begin_next(struct archive *a, bool damaged, struct err *err)
{
	char next[SITELOG_NAME_MAX];
	uint8_t mem[SITELOG_OPENING_LEN_MAX];
	struct bytes opening;
	struct sitelog *log = a->log;
	enum status st = sitelog_opening_make(damaged ? SITELOG_AFTER_DAMAGE : SITELOG_CONTINUED, a->has_previous ? &a->previous : NULL,
	    log->options.now_unix_s, BUF_OF(mem), &opening, err);
	if (st)
		return st;
	(void)snprintf(next, sizeof(next), "%s.new", log->path);
	st = file_save(next, opening, SITELOG_MODE, err);
	if (st == OK && rename(next, log->path) != 0)
		st = system_error(err, "put the new site log in place as", log->path);
	if (st == OK)
		st = sync_directory(log->path, err);
	log->walk.last = (struct sitelog_place){ .sequence = a->has_previous ? a->previous.sequence : 0, .end = opening.len };
	if (st == OK && (st = sha256(opening, &log->walk.last.hash)) != OK)
		err_set(err, st, "SHA-256 failed");
	return st == OK ? sitelog_head_write(log, err) : st;
}

/* ---- what the old log holds ---- */

static enum status
look_at_good(struct archive *a, struct err *err)
{
	struct sitelog *log = a->log;
	enum status st = sitelog_lock(log, err);
	if (st == OK)
		st = sitelog_catch_up(log, err);
	if (st)
		return st;
	if (log->walk.last.sequence == log->walk.opening.previous_sequence)
		return err_set(err, ERR_CONFLICT, "%s holds no record yet; there is nothing to archive", log->path);
	a->previous = log->walk.last;
	a->has_previous = true;
	return OK;
}

/* As far as it holds.  *whole: to its end, and its head agrees. */
static void
walk_damaged(struct archive *a, const struct sitelog_place *head, bool *whole)
{
	struct sitelog_walk *w = &a->log->walk;
	struct sitelog_record r;
	struct stat s;
	bool agrees = head == NULL;
	*whole = false;
	if (fstat(a->log->fd, &s) != 0 || sitelog_walk_begin(w, a->log->fd, (uint64_t)s.st_size, NULL) != OK) {
		w->last = (struct sitelog_place){ 0 };
		return;
	}
	a->previous = w->last;
	a->has_previous = true;
	enum status st = OK;
	do {
		a->previous = w->last;
		agrees = agrees || sitelog_place_eq(&w->last, head);
		a->out->last_unix_s = st == OK && w->last.start > 0 ? r.entry.time_unix_s : 0;
	} while ((st = sitelog_walk_next(w, &r, NULL)) == OK);
	*whole = agrees && (st == ERR_NOT_FOUND || w->torn);
}

static enum status
look_at_damaged(struct archive *a, struct err *err)
{
	struct sitelog_place head;
	bool whole = false, has_head = sitelog_head_load(a->log->head_path, &head, NULL) == OK;
	struct stat s;
	a->gone = lstat(a->log->path, &s) != 0 && errno == ENOENT;
	enum status st = a->gone ? OK : sitelog_lock(a->log, err);
	if (st == OK && !a->gone)
		walk_damaged(a, has_head ? &head : NULL, &whole);
	if (st == OK && whole)
		return err_set(err, ERR_CONFLICT, "%s holds; it needs no mending (to put it aside, leave --damaged out)", a->log->path);
	if (st == OK && has_head && (!a->has_previous || head.sequence > a->previous.sequence)) {
		a->previous = head; /* numbers that were given are not given again */
		a->has_previous = true;
	}
	return st;
}

enum status
sitelog_archive(const char *path, bool damaged, const struct sitelog_options *options, struct sitelog_archived *out, struct err *err)
{
	struct archive a = { .out = out };
	struct stat s;
	memset(out, 0, sizeof(*out));
	enum status st = sitelog_new(path, options, &a.log, err);
	if (st)
		return st;
	if (lstat(path, &s) != 0 && (!damaged || lstat(a.log->head_path, &s) != 0))
		st = err_set(err, ERR_NOT_FOUND, "there is no site log at %s", path);
	if (st == OK)
		st = damaged ? look_at_damaged(&a, err) : look_at_good(&a, err);
	if (st == OK) {
		out->first = a.log->walk.opening.previous_sequence + 1;
		out->last = a.log->walk.last.sequence;
	}
	if (st == OK && !a.gone)
		st = name_old(&a, damaged, err);
	if (st == OK && !a.gone)
		st = keep_head(&a, err);
	if (st == OK)
		st = begin_next(&a, damaged, err);
	sitelog_unlock(a.log);
	sitelog_close(a.log);
	return st;
}
