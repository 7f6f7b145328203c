#include "tools/office/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tools/office/key_command.h"

enum { DEPTH_MAX = 6 };

static enum status
refused(struct office *o, const char *what, const char *path)
{
	return err_set(&o->err, ERR_SYSTEM, "cannot %s %s: %s", what, path, strerror(errno));
}

static bool
exists(struct office *o, const char *name)
{
	char path[PATH_MAX_LEN];
	return office_path(o, name, path) == OK && access(path, F_OK) == 0;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Call `each` for every entry of HOME/dir, by its name under HOME. */
static enum status
for_entries(struct office *o, const char *dir, unsigned depth,
    enum status (*each)(struct office *o, const char *name, bool is_dir, unsigned depth))
{
	char path[PATH_MAX_LEN], name[PATH_MAX_LEN], entry[PATH_MAX_LEN];
	struct stat s;
	enum status st = office_path(o, dir, path);
	DIR *d = st == OK ? opendir(path) : NULL;
	if (st == OK && d == NULL)
		return refused(o, "look into", path);
	if (depth > DEPTH_MAX)
		st = err_set(&o->err, ERR_LIMIT, "%s is nested too deeply", path);
	for (struct dirent *e; st == OK && (e = readdir(d)) != NULL;) {
		if (is_dots(e->d_name))
			continue;
		st = path_join(dir, e->d_name, name, sizeof(name), &o->err);
		if (st == OK)
			st = office_path(o, name, entry);
		if (st == OK && lstat(entry, &s) != 0)
			st = refused(o, "look at", entry);
		if (st == OK)
			st = each(o, name, S_ISDIR(s.st_mode), depth);
	}
	if (d != NULL)
		(void)closedir(d);
	return st;
}

static enum status
remove_dir(struct office *o, const char *name)
{
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, name, path);
	return st != OK || rmdir(path) == 0 ? st : refused(o, "remove", path);
}

/* ---- what was not decided ---- */

static enum status
wipe_entry(struct office *o, const char *name, bool is_dir, unsigned depth)
{
	char path[PATH_MAX_LEN];
	enum status st = is_dir ? for_entries(o, name, depth + 1, wipe_entry) : office_path(o, name, path);
	if (st == OK)
		st = is_dir ? remove_dir(o, name) : file_wipe(path, &o->err);
	return st;
}

static enum status
wipe_undecided(struct office *o)
{
	return exists(o, "next.tmp") ? wipe_entry(o, "next.tmp", true, 0) : OK;
}

/* ---- what was ---- */

static const char *
under_home(const char *staged)
{
	return staged + strlen("next/");
}

static enum status
move_entry(struct office *o, const char *name, bool is_dir, unsigned depth)
{
	char from[PATH_MAX_LEN], to[PATH_MAX_LEN];
	if (strcmp(name, "next/wipe") == 0)
		return OK; /* last */
	enum status st = office_path(o, name, from);
	if (st == OK)
		st = office_path(o, under_home(name), to);
	if (st == OK && !is_dir)
		return rename(from, to) == 0 ? OK : refused(o, "put in place", to);
	if (st == OK)
		st = dir_make(to, 0700, &o->err);
	if (st == OK)
		st = for_entries(o, name, depth + 1, move_entry);
	if (st == OK)
		st = dir_sync(to, &o->err);
	return st == OK ? remove_dir(o, name) : st;
}

static enum status
finish_decided(struct office *o)
{
	enum status st = dir_sync(o->home, &o->err);
	if (st == OK)
		st = for_entries(o, "next", 0, move_entry);
	if (st == OK)
		st = dir_sync(o->home, &o->err);
	if (st == OK && exists(o, "next/wipe"))
		st = wipe_entry(o, "next/wipe", true, 0);
	if (st == OK)
		st = remove_dir(o, "next");
	return st == OK ? dir_sync(o->home, &o->err) : st;
}

/* ---- a change ---- */

enum status
staging_open(struct office *o, struct staging *out)
{
	enum status recorded = key_command_is_recorded(o);
	if (recorded)
		return recorded;
	char path[PATH_MAX_LEN];
	*out = (struct staging){ .o = o, .lock = -1 };
	enum status st = office_path(o, "keys", path);
	if (st)
		return st;
	out->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->lock < 0)
		return refused(o, "open", path);
	if (flock(out->lock, LOCK_EX | LOCK_NB) != 0) {
		(void)close(out->lock); /* what is staged belongs to the other */
		out->lock = -1;
		return err_set(&o->err, ERR_CONFLICT, "another yaopai keys or yaopai trust is at work on %s; try again when it is done", o->home);
	}
	if (exists(o, "next")) {
		st = finish_decided(o);
		out->finished_earlier = st == OK;
	}
	if (st == OK)
		st = wipe_undecided(o);
	if (st)
		staging_close(out);
	return st;
}

enum status
staging_dir(struct staging *s, const char *dir)
{
	char name[PATH_MAX_LEN], path[PATH_MAX_LEN];
	enum status st = path_join("next.tmp", dir, name, sizeof(name), &s->o->err);
	for (char *slash = name; st == OK && slash != NULL;) {
		slash = strchr(slash + 1, '/');
		if (slash != NULL)
			*slash = '\0';
		st = office_path(s->o, name, path);
		if (st == OK)
			st = dir_make(path, 0700, &s->o->err);
		if (slash != NULL)
			*slash = '/';
	}
	return st;
}

enum status
staging_commit(struct staging *s)
{
	char from[PATH_MAX_LEN], to[PATH_MAX_LEN];
	struct office *o = s->o;
	enum status st = office_path(o, "next.tmp", from);
	if (st == OK)
		st = office_path(o, "next", to);
	if (st == OK && rename(from, to) != 0)
		st = refused(o, "put in place", to);
	return st == OK ? finish_decided(o) : st;
}

void
staging_close(struct staging *s)
{
	struct err kept = s->o->err;
	if (s->lock < 0)
		return;
	(void)wipe_undecided(s->o); /* or the next change does */
	s->o->err = kept;
	(void)close(s->lock);
	s->lock = -1;
}

enum status
staging_is_settled(struct office *o)
{
	return !exists(o, "next") ? OK : err_set(&o->err, ERR_CONFLICT, "a change of keys was interrupted; run yaopai keys rotate again, which "
	    "finishes it (or wait, if it is running now)");
}
