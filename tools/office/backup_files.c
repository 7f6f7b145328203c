#include "tools/office/backup_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"

enum { DEPTH_MAX = 6, PORTRAIT_NAME_LEN = 36 };

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

static bool
ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), e = strlen(end);
	return n > e && strcmp(name + n - e, end) == 0;
}

static bool
begins_with(const char *name, const char *head)
{
	return strncmp(name, head, strlen(head)) == 0;
}

/* Parts of harmless letters, none hidden, none "..". */
static bool
parts_are_plain(const char *name)
{
	for (const char *p = name;;) {
		size_t n = strspn(p, name_characters);
		if (n == 0 || p[0] == '.')
			return false;
		if (p[n] == '\0')
			return true;
		if (p[n] != '/')
			return false;
		p += n + 1;
	}
}

static bool
is_portrait(const char *name)
{
	return begins_with(name, "portraits/") && strlen(name) == strlen("portraits/") + PORTRAIT_NAME_LEN && ends_with(name, ".jpg") &&
	    strspn(name + strlen("portraits/"), "0123456789abcdef") == PORTRAIT_NAME_LEN - strlen(".jpg");
}

bool
backup_file_is_known(const char *name)
{
	bool of_keys = begins_with(name, "keys/") || begins_with(name, "coming/") || begins_with(name, "roots/");
	if (strlen(name) > BACKUP_NAME_LEN_MAX || !parts_are_plain(name))
		return false;
	return strcmp(name, "yaopai.conf") == 0 || strcmp(name, "divisions.csv") == 0 || strcmp(name, "trust.cwt") == 0 ||
	    (of_keys && (ends_with(name, ".cert.pem") || ends_with(name, "/trust.cwt"))) || is_portrait(name);
}

struct walk { struct office *o; bool portraits; backup_file_taker take; void *ctx; };

static enum status walk_dir(struct walk *w, const char *name, unsigned depth);

static enum status
walk_entry(struct walk *w, const char *name, unsigned depth)
{
	char path[PATH_MAX_LEN];
	struct stat s;
	enum status st = office_path(w->o, name, path);
	if (st)
		return st;
	if (lstat(path, &s) != 0)
		return errno == ENOENT ? OK : err_set(&w->o->err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	if (S_ISDIR(s.st_mode))
		return depth < DEPTH_MAX ? walk_dir(w, name, depth + 1) : OK;
	return S_ISREG(s.st_mode) && backup_file_is_known(name) && (w->portraits || !is_portrait(name)) ? w->take(w->ctx, name, path) : OK;
}

static enum status
walk_dir(struct walk *w, const char *name, unsigned depth)
{
	char path[PATH_MAX_LEN], inner[PATH_MAX_LEN];
	enum status st = office_path(w->o, name, path);
	DIR *d = st == OK ? opendir(path) : NULL; /* none: there is nothing of that kind */
	for (struct dirent *e; d != NULL && st == OK && (e = readdir(d)) != NULL;) {
		if (e->d_name[0] != '.' && snprintf(inner, sizeof(inner), "%s/%s", name, e->d_name) < (int)sizeof(inner))
			st = walk_entry(w, inner, depth);
	}
	if (d != NULL)
		(void)closedir(d);
	return st;
}

enum status
backup_files_each(struct office *o, bool portraits, backup_file_taker take, void *ctx)
{
	static const char *const tops[] = { "yaopai.conf", "divisions.csv", "trust.cwt", "keys", "coming", "roots", "portraits" };
	struct walk w = { .o = o, .portraits = portraits, .take = take, .ctx = ctx };
	enum status st = OK;
	for (size_t i = 0; st == OK && i < sizeof(tops) / sizeof(tops[0]); i++)
		if (portraits || strcmp(tops[i], "portraits") != 0)
			st = walk_entry(&w, tops[i], 0);
	return st;
}
