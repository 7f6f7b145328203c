#include "tools/endpoint/trust.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/bundle.h"

struct trust_use {
	unsigned users; /* the trust itself counts as one */
	struct buf bundle;
	void *workspace;
	struct yp_verifier *verifier;
};

struct trust {
	char path[4096];
	struct { size_t len; uint8_t der[CERTIFICATE_DER_LEN_MAX]; } roots[TRUST_ROOTS_MAX];
	size_t roots_n;
	pthread_mutex_t lock;
	struct trust_use *now;
	struct stat seen;
	int64_t looked_unix_s;
};

static void
use_free(struct trust_use *u)
{
	if (u == NULL)
		return;
	yp_close(u->verifier);
	free(u->workspace);
	free(u->bundle.ptr);
	free(u);
}

static size_t
lists_in(struct bytes bundle)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	size_t n = 0;
	if (bundle_open(bundle, &b) != OK)
		return 1;
	while (bundle_next(&b, &token, &typ))
		n += typ == TYP_STATUS_LIST;
	return n > 0 ? n : 1;
}

static enum status
use_load(const struct trust *t, int64_t now_unix_s, struct trust_use **out, struct err *err)
{
	char sentence[YP_SENTENCE_MAX] = "";
	struct trust_use *u = calloc(1, sizeof(*u));
	if (u == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	u->users = 1;
	enum status st = file_load(t->path, BUNDLE_LEN_MAX, &u->bundle, err);
	if (st)
		goto out;
	size_t len = yp_workspace_len(lists_in(buf_view(&u->bundle)), STATUS_LIST_BITS_LOG2_MAX, 2);
	u->workspace = malloc(len);
	st = u->workspace == NULL ? ERR_SYSTEM : (enum status)yp_open(u->workspace, len, &u->verifier);
	for (size_t i = 0; st == OK && i < t->roots_n; i++)
		st = (enum status)yp_pin_root(u->verifier, t->roots[i].der, t->roots[i].len, sentence);
	if (st == OK)
		st = (enum status)yp_load_bundle(u->verifier, u->bundle.ptr, u->bundle.len, now_unix_s, sentence);
	if (st)
		err_set(err, st, "%s: %s", t->path, sentence[0] != '\0' ? sentence : status_text(st));
out:
	if (st)
		use_free(u);
	else
		*out = u;
	return st;
}

static enum status
roots_keep(struct trust *t, const struct bytes *roots, size_t n, struct err *err)
{
	if (n < 1 || n > TRUST_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "%zu root certificates; 1 to %u were wanted", n, TRUST_ROOTS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (roots[i].len > sizeof(t->roots[i].der))
			return err_set(err, ERR_LIMIT, "a root certificate is longer than %u bytes", CERTIFICATE_DER_LEN_MAX);
		memcpy(t->roots[i].der, roots[i].ptr, roots[i].len);
		t->roots[i].len = roots[i].len;
	}
	t->roots_n = n;
	return OK;
}

enum status
trust_open(const char *dir, const struct bytes *roots, size_t roots_n, int64_t now_unix_s, struct trust **out, struct err *err)
{
	struct trust *t = calloc(1, sizeof(*t));
	if (t == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	enum status st = path_join(dir, "bundle", t->path, sizeof(t->path), err);
	if (st == OK)
		st = roots_keep(t, roots, roots_n, err);
	if (st == OK) {
		t->looked_unix_s = now_unix_s;
		(void)stat(t->path, &t->seen); /* before loading: a change in between is seen later */
		st = use_load(t, now_unix_s, &t->now, err);
	}
	if (st == OK && pthread_mutex_init(&t->lock, NULL) != 0)
		st = err_set(err, ERR_SYSTEM, "no mutex");
	if (st) {
		use_free(t->now);
		free(t);
		return st;
	}
	*out = t;
	return OK;
}

void
trust_close(struct trust *t)
{
	if (t == NULL)
		return;
	use_free(t->now);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

struct trust_use *
trust_borrow(struct trust *t)
{
	(void)pthread_mutex_lock(&t->lock);
	struct trust_use *u = t->now;
	u->users++;
	(void)pthread_mutex_unlock(&t->lock);
	return u;
}

void
trust_return(struct trust *t, struct trust_use *u)
{
	(void)pthread_mutex_lock(&t->lock);
	bool last = --u->users == 0;
	(void)pthread_mutex_unlock(&t->lock);
	if (last)
		use_free(u);
}

static bool
changed_since(struct trust *t, int64_t now_unix_s)
{
	struct stat s;
	(void)pthread_mutex_lock(&t->lock);
	bool due = now_unix_s != t->looked_unix_s && stat(t->path, &s) == 0;
	t->looked_unix_s = now_unix_s;
	bool changed = due && (s.st_ino != t->seen.st_ino || s.st_size != t->seen.st_size ||
	    s.st_mtim.tv_sec != t->seen.st_mtim.tv_sec || s.st_mtim.tv_nsec != t->seen.st_mtim.tv_nsec);
	if (changed)
		t->seen = s;
	(void)pthread_mutex_unlock(&t->lock);
	return changed;
}

void
trust_renew(struct trust *t, int64_t now_unix_s)
{
	struct err err = { 0 };
	struct trust_use *fresh = NULL;
	if (!changed_since(t, now_unix_s))
		return;
	if (use_load(t, now_unix_s, &fresh, &err) != OK) {
		(void)fprintf(stderr, "yaopaid: the new bundle is not taken, the one before stays: %s\n", err.text);
		return;
	}
	(void)pthread_mutex_lock(&t->lock);
	struct trust_use *old = t->now;
	t->now = fresh;
	(void)pthread_mutex_unlock(&t->lock);
	trust_return(t, old);
}

const struct yp_verifier *
trust_verifier(const struct trust_use *u)
{
	return u->verifier;
}

struct bytes
trust_bundle(const struct trust_use *u)
{
	return buf_view(&u->bundle);
}
