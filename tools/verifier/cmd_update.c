/* `yaopai-verify update`: a newer bundle into the state directory, or no change at all. */
#include "tools/verifier/verifier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/time.h"
#include "tools/shared/terminal.h"
#include "tools/verifier/bundle_keep.h"
#include "tools/verifier/statedir.h"
#include "tools/verifier/trusted.h"

struct update {
	const struct settings *settings;
	int64_t now_unix_s;
	struct buf fresh, installed, merged;  /* owned */
	struct trusted trusted;
	struct yp_bundle_info before, after;
	bool had_before, is_same, refused;
	size_t kept;                          /* parts of other authorities that stay */
};

static enum status
stdin_load(struct buf *out, struct err *err)
{
	size_t cap = 1 << 20;
	*out = (struct buf){ malloc(cap), cap, 0 };
	for (ssize_t n = 1; out->ptr != NULL && n != 0;) {
		if (out->len == out->cap && out->cap < BUNDLE_LEN_MAX + 1u) {
			uint8_t *more = realloc(out->ptr, 2 * out->cap);
			if (more == NULL)
				break;
			out->ptr = more;
			out->cap *= 2;
		}
		if (out->len > BUNDLE_LEN_MAX)
			return err_set(err, ERR_LIMIT, "standard input: more than %u bytes", BUNDLE_LEN_MAX);
		n = read(STDIN_FILENO, out->ptr + out->len, out->cap - out->len);
		if (n < 0 && errno != EINTR)
			return err_set(err, ERR_SYSTEM, "standard input: %s", strerror(errno));
		out->len += n > 0 ? (size_t)n : 0;
		if (n == 0)
			return OK;
	}
	return err_set(err, ERR_SYSTEM, "out of memory");
}

static enum status
inputs_load(struct update *u, struct err *err)
{
	const char *path = u->settings->inputs[0].text;
	enum status st = strcmp(path, "-") == 0 ? stdin_load(&u->fresh, err) : file_load(path, BUNDLE_LEN_MAX, &u->fresh, err);
	if (st == OK)
		st = statedir_load(u->settings->state, "bundle", BUNDLE_LEN_MAX, &u->installed, err);
	u->is_same = st == OK && u->installed.ptr != NULL && bytes_eq(buf_view(&u->fresh), buf_view(&u->installed));
	return st;
}

static enum status
load(struct update *u, struct bytes bundle, struct err *err)
{
	char sentence[YP_SENTENCE_MAX] = "";
	enum status st = (enum status)yp_load_bundle(u->trusted.verifier, bundle.ptr, bundle.len, u->now_unix_s, sentence);
	if (st == OK)
		return OK;
	u->refused = st != ERR_SYSTEM && st != ERR_CRYPTO;
	return err_set(err, st, "%s", sentence);
}

/* What is there now: for telling the change, and so that it is remembered even if the memory was lost.  A damaged one does not stand in
 * the way of a good one. */
static void
look_before(struct update *u)
{
	char sentence[YP_SENTENCE_MAX];
	u->had_before = u->installed.ptr != NULL && yp_load_bundle(u->trusted.verifier, u->installed.ptr, u->installed.len, u->now_unix_s,
	    sentence) == YP_OK;
	if (u->had_before)
		yp_bundle_info(u->trusted.verifier, &u->before);
}

/* The new bundle alone must hold; then together with what stays. */
static enum status
check(struct update *u, struct err *err)
{
	size_t lists = yp_bundle_lists(u->fresh.ptr, u->fresh.len);
	lists += u->installed.ptr != NULL ? yp_bundle_lists(u->installed.ptr, u->installed.len) : 0;
	enum status st = trusted_open(u->settings, lists < BUNDLE_LISTS_MAX ? lists : BUNDLE_LISTS_MAX, &u->trusted, err);
	if (st == OK) {
		look_before(u);
		st = load(u, buf_view(&u->fresh), err);
	}
	if (st == OK)
		st = bundle_keep(buf_view(&u->fresh), u->had_before ? buf_view(&u->installed) : (struct bytes){ NULL, 0 }, &u->merged, &u->kept, err);
	if (st == OK)
		st = load(u, buf_view(&u->merged), err);
	if (st == OK)
		yp_bundle_info(u->trusted.verifier, &u->after);
	return st;
}

/* Bundle before memory: killed between the two, the next run only learns again what it would have known. */
static enum status
install(struct update *u, struct err *err)
{
	struct buf memory = { 0 };
	enum status st = trusted_memory(&u->trusted, &memory, err);
	if (st == OK && !bytes_eq(buf_view(&u->merged), buf_view(&u->installed)))
		st = statedir_save(u->settings->state, "bundle", buf_view(&u->merged), err);
	if (st == OK && !bytes_eq(buf_view(&memory), buf_view(&u->trusted.memory)))
		st = statedir_save(u->settings->state, "memory", buf_view(&memory), err);
	free(memory.ptr);
	return st;
}

static void
report_json(const struct update *u)
{
	char text[INSTANT_TEXT_LEN + 1];
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "installed"), json_bool(&j, !u->is_same);
	json_key(&j, "bundle"), json_str(&j, freshness_text(freshness_of(&u->after, u->now_unix_s), false));
	json_key(&j, "trust_lists"), json_uint(&j, u->after.trust_lists);
	json_key(&j, "status_lists"), json_uint(&j, u->after.status_lists);
	json_key(&j, "kept_parts"), json_uint(&j, u->kept);
	json_key(&j, "made_at"), json_str(&j, instant_text(u->after.oldest_list_iat_unix_s, text));
	if (u->had_before)
		json_key(&j, "made_before"), json_str(&j, instant_text(u->before.oldest_list_iat_unix_s, text));
	json_key(&j, "clock_behind_seconds"), json_int(&j, clock_behind_s(&u->after, u->now_unix_s));
	json_object_end(&j);
	(void)json_close(&j);
}

static void
report(const struct update *u)
{
	char made[INSTANT_TEXT_LEN + 1], was[INSTANT_TEXT_LEN + 1];
	bool zh = terminal_is_chinese();
	const char *state = freshness_text(freshness_of(&u->after, u->now_unix_s), zh);
	(void)instant_text(u->after.oldest_list_iat_unix_s, made);
	(void)instant_text(u->before.oldest_list_iat_unix_s, was);
	if (u->is_same)
		(void)printf(zh ? "该数据包已安装:%s,状态截至 %s\n" : "installed already: %s, status as of %s\n", state, made);
	else if (u->had_before)
		(void)printf(zh ? "已更新:%s,状态截至 %s(此前为 %s)\n" : "installed: %s, status as of %s (before: %s)\n", state, made, was);
	else
		(void)printf(zh ? "已安装:%s,状态截至 %s\n" : "installed: %s, status as of %s\n", state, made);
	if (u->kept > 0)
		(void)printf(zh ? "其他机关的 %zu 个列表保留不变\n" : "%zu lists of other authorities stay as they were\n", u->kept);
	int64_t behind = clock_behind_s(&u->after, u->now_unix_s);
	if (behind > 0)
		(void)printf(zh ? "注意:本机时钟至少慢 %lld 秒,校正之前不能核验\n" :
		    "WARNING: this device's clock is at least %lld s behind; set it, nothing can be judged before\n", (long long)behind);
	if (freshness_of(&u->after, u->now_unix_s) == EXPIRED)
		(void)printf("%s\n", zh ? "注意:该数据包已失效,请带来更新的数据包" : "WARNING: it has expired already: bring a newer one");
}

static enum status
update(struct update *u, struct err *err)
{
	int lock = -1;
	enum status st = statedir_check(u->settings->state, err);
	if (st == OK)
		st = statedir_lock(u->settings->state, &lock, err);
	if (st == OK)
		st = inputs_load(u, err);
	if (st == OK)
		st = check(u, err);
	if (st == OK)
		st = install(u, err);
	statedir_unlock(lock);
	return st;
}

int
cmd_update(const struct settings *s)
{
	struct err err = { 0 };
	struct update u = { .settings = s, .now_unix_s = clock_unix_s() };
	enum status st = update(&u, &err);
	if (st == OK && s->output == OUTPUT_JSON)
		report_json(&u);
	else if (st == OK)
		report(&u);
	else if (u.refused)
		(void)fprintf(stderr, "yaopai-verify update: REFUSED, nothing was changed: %s\n", err.text);
	else
		(void)fprintf(stderr, "yaopai-verify update: %s\n", err.text);
	trusted_close(&u.trusted);
	free(u.fresh.ptr);
	free(u.installed.ptr);
	free(u.merged.ptr);
	return st == OK ? EXIT_ALL_VALID : u.refused ? EXIT_NOT_VALID : EXIT_NOT_JUDGED;
}
