#include "tools/verifier/trusted.h"

#include <stdlib.h>

#include "base/file.h"
#include "crypto/certificate.h"
#include "tools/verifier/statedir.h"

enum { ROOT_FILE_LEN_MAX = 64 << 10 };

static enum status
root_pin(void *ctx, const char *path, struct err *err)
{
	struct yp_verifier *v = ctx;
	struct buf file = { 0 };
	uint8_t room[CERTIFICATE_DER_LEN_MAX];
	struct buf der = BUF_OF(room);
	char sentence[YP_SENTENCE_MAX] = "";
	enum status st = file_load(path, ROOT_FILE_LEN_MAX, &file, err);
	if (st == OK) {
		st = certificate_der_of(buf_view(&file), &der, err);
		if (st != OK)
			err_in(err, st, "%s: wanted the root certificate", path);
	}
	if (st == OK && (st = (enum status)yp_pin_root(v, der.ptr, der.len, sentence)) != OK)
		err_set(err, st, "%s: %s", path, sentence);
	free(file.ptr);
	return st;
}

static enum status
roots_pin(const struct settings *s, struct yp_verifier *v, struct err *err)
{
	enum status st = OK;
	for (size_t r = 0; r < s->roots_n && st == OK; r++)
		st = root_pin(v, s->roots[r], err);
	if (st == OK && s->state != NULL)
		st = statedir_roots(s->state, root_pin, v, err);
	return st;
}

static enum status
memory_put(struct trusted *t, struct err *err)
{
	char sentence[YP_SENTENCE_MAX] = "";
	if (t->memory.len == 0)
		return OK; /* nothing was accepted yet */
	enum status st = (enum status)yp_put_memory(t->verifier, t->memory.ptr, t->memory.len, sentence);
	return st == OK ? OK : err_set(err, ERR_DAMAGED, "the state directory's memory: %s; without it an older bundle would not be "
	    "noticed. Restore it from a backup, or set the directory up afresh and bring the newest bundle", sentence);
}

enum status
trusted_open(const struct settings *s, size_t lists, struct trusted *t, struct err *err)
{
	enum status st = OK;
	/* untouched room costs nothing: the largest lists, eight bits each */
	size_t len = yp_workspace_len(lists, STATUS_LIST_BITS_LOG2_MAX, 8);
	t->workspace = malloc(len);
	if (t->workspace == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory: %zu bytes for the status lists", len);
	st = (enum status)yp_open(t->workspace, len, &t->verifier);
	if (st != OK)
		return err_set(err, st, "the verifier cannot be opened: %s", status_text(st));
	if (s->state != NULL && t->memory.ptr == NULL)
		st = statedir_load(s->state, "memory", YP_MEMORY_MAX, &t->memory, err);
	if (st == OK)
		st = roots_pin(s, t->verifier, err);
	return st == OK ? memory_put(t, err) : st;
}

static enum status
bundle_read(const struct settings *s, struct trusted *t, struct err *err)
{
	if (s->bundle != NULL)
		return file_load(s->bundle, BUNDLE_LEN_MAX, &t->bundle, err);
	enum status st = statedir_load(s->state, "bundle", BUNDLE_LEN_MAX, &t->bundle, err);
	if (st == OK && t->bundle.ptr == NULL)
		st = err_set(err, ERR_NOT_FOUND, "no bundle is installed in %s; bring one with yaopai-verify update BUNDLE --state %s", s->state,
		    s->state);
	return st;
}

static enum status
bundle_load(const struct settings *s, int64_t now_unix_s, struct trusted *t, struct err *err)
{
	char sentence[YP_SENTENCE_MAX] = "";
	enum status st = (enum status)yp_load_bundle(t->verifier, t->bundle.ptr, t->bundle.len, now_unix_s, sentence);
	return st == OK ? OK : err_set(err, st, "%s: %s", s->bundle != NULL ? s->bundle : "the installed bundle", sentence);
}

enum status
trusted_load(const struct settings *s, int64_t now_unix_s, struct trusted *t, struct err *err)
{
	enum status st = OK;
	if (s->state != NULL) /* memory before bundle: statedir.h */
		st = statedir_load(s->state, "memory", YP_MEMORY_MAX, &t->memory, err);
	if (st == OK)
		st = bundle_read(s, t, err);
	if (st == OK)
		st = trusted_open(s, yp_bundle_lists(t->bundle.ptr, t->bundle.len), t, err);
	return st == OK ? bundle_load(s, now_unix_s, t, err) : st;
}

enum status
trusted_memory(const struct trusted *t, struct buf *out, struct err *err)
{
	out->ptr = malloc(YP_MEMORY_MAX);
	if (out->ptr == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	out->cap = YP_MEMORY_MAX;
	enum status st = (enum status)yp_get_memory(t->verifier, out->ptr, out->cap, &out->len);
	return st == OK ? OK : err_set(err, st, "the memory of accepted lists cannot be written down: %s", status_text(st));
}

/* Under the lock.  What another process wrote meanwhile comes first; then the bundle must still fit. */
static enum status
remember_locked(const struct settings *s, int64_t now_unix_s, struct trusted *t, struct err *err)
{
	struct buf now = { 0 }, ours = { 0 };
	enum status st = statedir_load(s->state, "memory", YP_MEMORY_MAX, &now, err);
	if (st == OK && !bytes_eq(buf_view(&now), buf_view(&t->memory))) {
		free(t->memory.ptr);
		t->memory = now;
		now = (struct buf){ 0 };
		st = memory_put(t, err);
		if (st == OK)
			st = bundle_load(s, now_unix_s, t, err);
	}
	if (st == OK)
		st = trusted_memory(t, &ours, err);
	if (st == OK && !bytes_eq(buf_view(&ours), buf_view(&t->memory)))
		st = statedir_save(s->state, "memory", buf_view(&ours), err);
	free(now.ptr);
	free(ours.ptr);
	return st;
}

enum status
trusted_remember(const struct settings *s, int64_t now_unix_s, struct trusted *t, struct err *err)
{
	struct buf ours = { 0 };
	int lock = -1;
	if (s->state == NULL)
		return OK;
	enum status st = trusted_memory(t, &ours, err);
	bool learnt = st == OK && !bytes_eq(buf_view(&ours), buf_view(&t->memory));
	free(ours.ptr);
	if (st != OK || !learnt)
		return st;
	st = statedir_lock(s->state, &lock, err);
	if (st == OK)
		st = remember_locked(s, now_unix_s, t, err);
	statedir_unlock(lock);
	return st;
}

void
trusted_close(struct trusted *t)
{
	yp_close(t->verifier);
	free(t->workspace);
	free(t->bundle.ptr);
	free(t->memory.ptr);
	*t = (struct trusted){ .workspace = NULL };
}

enum freshness
freshness_of(const struct yp_bundle_info *info, int64_t now_unix_s)
{
	if (info->status_lists == 0 || now_unix_s >= info->trust_exp_unix_s ||
	    (info->earliest_list_exp_unix_s != 0 && now_unix_s >= info->earliest_list_exp_unix_s))
		return EXPIRED;
	return now_unix_s > info->earliest_stale_unix_s ? STALE : FRESH;
}

const char *
freshness_text(enum freshness f, bool chinese)
{
	static const char *const en[] = { "fresh", "stale", "expired" }, *const zh[] = { "最新", "较旧", "已失效" };
	return chinese ? zh[f] : en[f];
}

int64_t
clock_behind_s(const struct yp_bundle_info *info, int64_t now_unix_s)
{
	int64_t behind = info->clock_floor_unix_s - now_unix_s;
	return behind > CLOCK_TOLERANCE_S ? behind : 0;
}
