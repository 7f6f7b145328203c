#include "tools/verifier/statedir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/digest.h"

enum { NAME_BYTES = 8, NAME_LEN = 2 * NAME_BYTES + 4 }; /* "0123456789abcdef.der" */

enum status
statedir_path(const char *dir, const char *name, char out[STATE_PATH_MAX], struct err *err)
{
	return path_join(dir, name, out, STATE_PATH_MAX, err);
}

enum status
statedir_make(const char *dir, struct err *err)
{
	char roots[STATE_PATH_MAX];
	enum status st = statedir_path(dir, "roots", roots, err);
	if (st == OK)
		st = dir_make(dir, 0700, err);
	return st == OK ? dir_make(roots, 0700, err) : st;
}

enum status
statedir_check(const char *dir, struct err *err)
{
	char roots[STATE_PATH_MAX];
	struct stat s;
	enum status st = statedir_path(dir, "roots", roots, err);
	if (st != OK)
		return st;
	if (stat(roots, &s) == 0 && S_ISDIR(s.st_mode))
		return OK;
	return err_set(err, ERR_NOT_FOUND, "%s is no state directory of a site; make one with yaopai-verify setup --state %s --root CERT", dir, dir);
}

enum status
statedir_pin(const char *dir, struct bytes root_der, bool *is_new, struct err *err)
{
	char name[6 + NAME_LEN + 1], path[STATE_PATH_MAX], hex[2 * NAME_BYTES + 1];
	struct digest d;
	struct stat s;
	enum status st = sha256(root_der, &d);
	if (st != OK)
		return err_set(err, st, "the root's digest cannot be made: %s", status_text(st));
	hex_encode((struct bytes){ d.b, NAME_BYTES }, hex);
	(void)snprintf(name, sizeof(name), "roots/%s.der", hex);
	st = statedir_path(dir, name, path, err);
	if (st != OK)
		return st;
	*is_new = stat(path, &s) != 0;
	return *is_new ? file_save(path, root_der, 0600, err) : OK;
}

/* ---- the roots, in order of name ---- */

struct names { size_t n; char name[TRUST_ROOTS_MAX][NAME_LEN + 1]; };

static bool
is_root_name(const char *name)
{
	return strlen(name) == NAME_LEN && strspn(name, "0123456789abcdef") == (size_t)2 * NAME_BYTES && strcmp(name + 2 * NAME_BYTES, ".der") == 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum status
names_read(const char *path, struct names *out, struct err *err)
{
	enum status st = OK;
	DIR *d = opendir(path);
	if (d == NULL)
		return err_set(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
	for (struct dirent *e; st == OK && (e = readdir(d)) != NULL;) {
		if (!is_root_name(e->d_name))
			continue;
		if (out->n == TRUST_ROOTS_MAX)
			st = err_set(err, ERR_LIMIT, "%s: more than %u pinned roots", path, TRUST_ROOTS_MAX);
		else
			memcpy(out->name[out->n++], e->d_name, NAME_LEN + 1);
	}
	(void)closedir(d);
	qsort(out->name, out->n, sizeof(out->name[0]), by_name);
	return st;
}

enum status
statedir_roots(const char *dir, enum status (*visit)(void *ctx, const char *path, struct err *err), void *ctx, struct err *err)
{
	char roots[STATE_PATH_MAX], path[STATE_PATH_MAX];
	struct names names = { .n = 0 };
	enum status st = statedir_path(dir, "roots", roots, err);
	if (st == OK)
		st = names_read(roots, &names, err);
	for (size_t i = 0; st == OK && i < names.n; i++) {
		st = path_join(roots, names.name[i], path, sizeof(path), err);
		if (st == OK)
			st = visit(ctx, path, err);
	}
	return st;
}

/* ---- files ---- */

enum status
statedir_load(const char *dir, const char *name, size_t len_max, struct buf *out, struct err *err)
{
	char path[STATE_PATH_MAX];
	struct err own = { 0 };
	enum status st = statedir_path(dir, name, path, err);
	if (st != OK)
		return st;
	st = file_load(path, len_max, out, &own);
	if (st == ERR_NOT_FOUND) {
		*out = (struct buf){ 0 };
		return OK;
	}
	return st == OK ? OK : err_set(err, st, "%s", own.text);
}

enum status
statedir_save(const char *dir, const char *name, struct bytes data, struct err *err)
{
	char path[STATE_PATH_MAX];
	enum status st = statedir_path(dir, name, path, err);
	return st == OK ? file_save(path, data, 0600, err) : st;
}

enum status
statedir_lock(const char *dir, int *fd, struct err *err)
{
	char path[STATE_PATH_MAX];
	int rc;
	*fd = -1;
	enum status st = statedir_path(dir, "lock", path, err);
	if (st != OK)
		return st;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	do
		rc = flock(*fd, LOCK_EX);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return OK;
	st = err_set(err, ERR_SYSTEM, "%s cannot be locked: %s", path, strerror(errno));
	statedir_unlock(*fd);
	*fd = -1;
	return st;
}

void
statedir_unlock(int fd)
{
	if (fd >= 0)
		(void)close(fd); /* closing lets go of the lock */
}
