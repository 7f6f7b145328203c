#include "tools/verifier/renewal.h"

#include <stdio.h>

#include "tools/verifier/statedir.h"

static bool
is_watched(const struct settings *s)
{
	return s->state != NULL && s->bundle == NULL && !s->now_given;
}

static bool
bundle_stat(const struct settings *s, struct stat *out)
{
	char path[STATE_PATH_MAX];
	return statedir_path(s->state, "bundle", path, NULL) == OK && stat(path, out) == 0;
}

void
renewal_open(struct renewal *r, const struct settings *s, struct trusted *t)
{
	*r = (struct renewal){ .settings = s, .trusted = t };
	if (is_watched(s))
		(void)bundle_stat(s, &r->seen);
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool
renewal_look(struct renewal *r, int64_t now_unix_s)
{
	struct stat now;
	struct trusted fresh = { .workspace = NULL };
	struct err err = { 0 };
	r->refused[0] = '\0';
	if (!is_watched(r->settings) || !bundle_stat(r->settings, &now) || is_same_file(&now, &r->seen))
		return false;
	r->seen = now;
	enum status st = trusted_load(r->settings, now_unix_s, &fresh, &err);
	if (st == OK)
		st = trusted_remember(r->settings, now_unix_s, &fresh, &err);
	if (st != OK) {
		(void)snprintf(r->refused, sizeof(r->refused), "%s", err.text);
		trusted_close(&fresh);
		return false;
	}
	trusted_close(r->trusted);
	*r->trusted = fresh;
	return true;
}
