/* `yaopai-verify status`: what is installed at this site, how old it is, and what to do about it. */
#include "tools/verifier/verifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate.h"
#include "tools/shared/terminal.h"
#include "tools/verifier/statedir.h"
#include "tools/verifier/trusted.h"

enum { TRUST_WARNING_S = 90 * 86400 };

struct view { struct json *json; bool chinese; };

static void
say_instant(const struct view *w, const char *key, const char *zh, const char *en, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (unix_s == 0)
		return;
	(void)instant_text(unix_s, text);
	if (w->json != NULL)
		json_key(w->json, key), json_str(w->json, text);
	else
		(void)printf("  %s %s\n", w->chinese ? zh : en, text);
}

static void
say_count(const struct view *w, const char *key, const char *zh, const char *en, uint64_t n)
{
	if (w->json != NULL)
		json_key(w->json, key), json_uint(w->json, n);
	else
		(void)printf("  %s %" PRIu64 "\n", w->chinese ? zh : en, n);
}

static enum status
say_root(void *ctx, const char *path, struct err *err)
{
	const struct view *w = ctx;
	struct buf file = { 0 };
	struct certificate c = { .key = NULL };
	enum status st = file_load(path, CERTIFICATE_DER_LEN_MAX, &file, err);
	if (st == OK)
		st = certificate_decode(buf_view(&file), &c, err);
	if (st == OK && w->json != NULL)
		json_str(w->json, c.subject);
	else if (st == OK)
		(void)printf("  %s %s\n", w->chinese ? "信任的根证书:" : "pinned root:    ", c.subject);
	certificate_clear(&c);
	free(file.ptr);
	return st;
}

static void
say_advice(const struct view *w, enum freshness f, const struct yp_bundle_info *info, int64_t now_unix_s)
{
	int64_t behind = clock_behind_s(info, now_unix_s);
	if (w->json != NULL) {
		json_key(w->json, "clock_behind_seconds"), json_int(w->json, behind);
		return;
	}
	if (behind > 0)
		(void)printf(w->chinese ? "本机时钟至少慢 %" PRId64 " 秒:请校正,之前不能核验。\n" :
		    "This device's clock is at least %" PRId64 " s behind: set it; nothing can be judged before.\n", behind);
	if (f == STALE)
		(void)printf("%s\n", w->chinese ? "数据包较旧:可以核验,但此后的变更看不到。请尽快更新。" :
		    "The bundle is stale: it can be used, but later changes do not show. Bring a newer one soon.");
	if (f == EXPIRED)
		(void)printf("%s\n", w->chinese ? "数据包已失效:请更新后再核验。" : "The bundle has expired: bring a newer one before judging.");
	if (info->trust_exp_unix_s - now_unix_s < TRUST_WARNING_S && f != EXPIRED)
		(void)printf("%s\n", w->chinese ? "信任列表将在 90 天内到期,请更新数据包。" : "A trust list ends within 90 days: bring a newer bundle.");
}

static enum status
say_all(const struct view *w, const struct settings *s, const struct yp_bundle_info *info, int64_t now_unix_s, struct err *err)
{
	enum freshness f = freshness_of(info, now_unix_s);
	if (w->json != NULL)
		json_key(w->json, "bundle"), json_str(w->json, freshness_text(f, false));
	else
		(void)printf("%s %s%s\n", w->chinese ? "核验数据包:" : "bundle:", freshness_text(f, w->chinese),
		    !info->demonstration ? "" : w->chinese ? "(演示,无法律效力)" : " (DEMONSTRATION, no legal effect)");
	say_instant(w, "made_at", "状态截至:", "status as of:   ", info->oldest_list_iat_unix_s);
	say_instant(w, "stale_from", "此后为较旧:", "stale from:     ", info->earliest_stale_unix_s + 1);
	say_instant(w, "expired_from", "此后失效:", "expired from:   ", info->earliest_list_exp_unix_s);
	say_instant(w, "trust_until", "信任列表至:", "trust list ends:", info->trust_exp_unix_s);
	say_instant(w, "clock_floor", "时钟下限:", "clock floor:    ", info->clock_floor_unix_s);
	say_count(w, "trust_lists", "信任列表数:", "trust lists:    ", info->trust_lists);
	say_count(w, "status_lists", "状态列表数:", "status lists:   ", info->status_lists);
	if (w->json != NULL)
		json_key(w->json, "roots"), json_array_begin(w->json);
	struct view view = *w;
	enum status st = statedir_roots(s->state, say_root, &view, err);
	if (w->json != NULL)
		json_array_end(w->json);
	say_advice(w, f, info, now_unix_s);
	return st;
}

int
cmd_status(const struct settings *s)
{
	struct err err = { 0 };
	struct trusted t = { .workspace = NULL };
	struct yp_bundle_info info = { 0 };
	struct json j = json_open(stdout);
	struct view w = { s->output == OUTPUT_JSON ? &j : NULL, terminal_is_chinese() };
	int64_t now = clock_unix_s();
	enum status st = statedir_check(s->state, &err);
	if (st == OK)
		st = trusted_load(s, now, &t, &err);
	if (st == OK) {
		yp_bundle_info(t.verifier, &info);
		if (w.json != NULL)
			json_object_begin(&j);
		st = say_all(&w, s, &info, now, &err);
		if (w.json != NULL)
			json_object_end(&j);
	}
	trusted_close(&t);
	if (!json_close(&j) && st == OK)
		st = err_set(&err, ERR_SYSTEM, "the answer could not be written");
	if (st != OK) {
		(void)fprintf(stderr, "yaopai-verify status: %s\n", err.text);
		return EXIT_NOT_JUDGED;
	}
	return freshness_of(&info, now) == FRESH && clock_behind_s(&info, now) == 0 ? EXIT_ALL_VALID : EXIT_NOT_VALID;
}
