/* `yaopai-verify judge`: what is trusted, the log, the inputs one after the other, the group. */
#include "tools/verifier/verifier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/shared/terminal.h"
#include "tools/verifier/renewal.h"
#include "tools/verifier/replay_file.h"
#include "tools/verifier/statedir.h"
#include "tools/verifier/trusted.h"

enum { TRUST_WARNING_S = 90 * 86400 };

static void
note(const struct session *s, const char *sentence)
{
	if (!s->settings->quiet)
		(void)fprintf(stderr, "yaopai-verify: note: %s\n", sentence);
}

static void
log_note(void *ctx, const char *sentence)
{
	note(ctx, sentence);
}

static void
warn(const struct session *s)
{
	char end[INSTANT_TEXT_LEN + 1], sentence[200];
	if (s->settings->state == NULL)
		note(s, "without --state nothing is remembered: an older bundle than one seen before would not be noticed");
	if (s->info.trust_exp_unix_s - session_now(s) >= TRUST_WARNING_S)
		return;
	(void)snprintf(sentence, sizeof(sentence), "the trust list ends at %s; get a newer bundle", instant_text(s->info.trust_exp_unix_s, end));
	note(s, sentence);
}

/* A clock that is behind what was accepted already would make an expired certificate good. */
static enum status
clock_check(const struct session *s, struct err *err)
{
	char now[INSTANT_TEXT_LEN + 1], floor[INSTANT_TEXT_LEN + 1];
	int64_t at = session_now(s);
	if (s->settings->now_given || clock_behind_s(&s->info, at) == 0)
		return OK;
	return err_set(err, ERR_CONFLICT, "this device's clock says %s, but a list made at %s was accepted already: the clock is behind, set it. "
	    "To examine the past, give --now", instant_text(at, now), instant_text(s->info.clock_floor_unix_s, floor));
}

/* ---- inputs ---- */

static enum status
judge_text(const struct session *s, struct bytes text, struct tally *tally, struct err *err)
{
	struct json out = json_open(stdout);
	struct checks checks = { .n = 0 };
	judge_one(s, text, 0, &out, tally, &checks);
	enum status st = checks_log(&checks, s, err);
	checks_free(&checks);
	if (!json_close(&out) && st == OK)
		st = err_set(err, ERR_SYSTEM, "writing the answer failed");
	return st;
}

static enum status
judge_raw(const struct session *s, const char *path, struct tally *tally, struct err *err)
{
	struct buf file = { 0 };
	struct err own = { 0 };
	enum status st = file_load(path, QR_TEXT_LEN_MAX, &file, &own);
	if (st == ERR_LIMIT) /* an answer, not a failure: no certificate is as long */
		return judge_text(s, (struct bytes){ NULL, 0 }, tally, err);
	if (st != OK)
		return err_set(err, st, "%s", own.text);
	st = judge_text(s, buf_view(&file), tally, err);
	free(file.ptr);
	return st;
}

static enum status
judge_input(const struct session *s, const struct input *in, struct tally *tally, struct err *err)
{
	switch (in->kind) {
	case INPUT_TOKEN:   return judge_text(s, bytes_str(in->text), tally, err);
	case INPUT_RAW:     return judge_raw(s, in->text, tally, err);
	case INPUT_PICTURE: return judge_picture(s, in->text, tally, err);
	case INPUT_LINES:   break;
	}
	return judge_lines(s, in->text, tally, err);
}

static void
summarise(const struct session *s, const struct tally *t)
{
	struct textbuf text = { 0 };
	if (s->settings->output != OUTPUT_HUMAN || s->settings->quiet || t->inputs < 2 || s->group != NULL)
		return;
	print_summary(s, t, &text);
	(void)fwrite(text.ptr, 1, text.len, stdout);
	textbuf_free(&text);
}

static enum status
judge_all(const struct session *s, struct tally *tally, struct err *err)
{
	enum status st = OK;
	for (size_t i = 0; i < s->settings->inputs_n && st == OK; i++)
		st = judge_input(s, &s->settings->inputs[i], tally, err);
	if (st == OK && tally->inputs == 0) /* a scanner that found nothing must not look like a good certificate */
		st = err_set(err, ERR_NOT_FOUND, "nothing to judge: the input is empty");
	if (st == OK && s->group != NULL)
		st = judge_group(s, tally, err);
	if (st == OK)
		summarise(s, tally);
	return st;
}

/* ---- what it needs ---- */

static enum status
site_load(const struct settings *s, struct buf *site, struct err *err)
{
	if (s->site != NULL || s->state == NULL)
		return OK;
	return statedir_load(s->state, "site", SITE_LEN_MAX, site, err);
}

/* A log that cannot be opened does not keep an officer waiting: what is judged is told, and that it was not logged. */
static enum status
log_open(struct session *s, struct err *err)
{
	char path[STATE_PATH_MAX];
	struct sitelog_options options = { .now_unix_s = clock_unix_s(), .say = log_note, .say_ctx = s };
	if (s->settings->log == NULL && s->settings->state == NULL)
		return OK;
	enum status st = OK;
	if (s->settings->log == NULL)
		st = statedir_path(s->settings->state, "log", path, err);
	if (st == OK)
		st = sitelog_open(s->settings->log != NULL ? s->settings->log : path, &options, &s->log, err);
	return st == OK ? OK : err_in(err, st, "judged, but NOT logged");
}

/* The pack named, or the site's own if it has one. */
static enum status
faces_open(const struct settings *s, struct portraits *out, struct err *err)
{
	char path[STATE_PATH_MAX];
	if (s->portraits != NULL)
		return portraits_open(s->portraits, out, err);
	if (s->state == NULL || statedir_path(s->state, "portraits", path, err) != OK || access(path, F_OK) != 0)
		return OK;
	return portraits_open(path, out, err);
}

static void
question_fill(struct session *s, const struct replay_file *replay)
{
	const struct settings *o = s->settings;
	s->question = (struct yp_question){ .status_age_max_s = o->age_max_s, .must_be_live = o->must_be_live || o->once,
		.challenge = { o->challenge, o->challenge_len }, .replay = replay->replay };
	if (o->audience != NULL)
		s->question.audience = (struct yp_text){ o->audience, strlen(o->audience) };
}

static enum status
session_run(struct session *s, struct tally *tally, struct err *err)
{
	struct replay_file replay = { .fd = -1 };
	struct err unlogged = { 0 };
	struct portraits faces = { .fd = -1 };
	enum status st = faces_open(s->settings, &faces, err);
	s->portraits = faces.map != NULL ? &faces : NULL;
	if (st == OK && s->settings->once) {
		st = replay_file_open(s->settings->state, &replay, err);
		if (st == OK && replay.begun_anew)
			note(s, "the memory of live codes used here was damaged and begins anew");
	}
	question_fill(s, &replay);
	enum status logged = st == OK ? log_open(s, &unlogged) : OK;
	if (st == OK)
		st = judge_all(s, tally, err);
	if (st == OK && logged != OK)
		st = err_set(err, logged, "%s", unlogged.text);
	sitelog_close(s->log);
	replay_file_close(&replay);
	portraits_close(&faces);
	return st;
}

static enum status
judge_run(const struct settings *settings, struct tally *tally, struct err *err)
{
	struct trusted trusted = { .workspace = NULL };
	struct buf site = { 0 };
	struct renewal renewal;
	struct session s = { .settings = settings, .chinese = terminal_is_chinese(), .colour = terminal_has_colour(stdout) };
	enum status st = settings->state != NULL ? statedir_check(settings->state, err) : OK;
	if (st == OK)
		st = trusted_load(settings, session_now(&s), &trusted, err);
	if (st == OK)
		yp_bundle_info(trusted.verifier, &s.info);
	if (st == OK)
		st = clock_check(&s, err);
	if (st == OK)
		st = trusted_remember(settings, session_now(&s), &trusted, err);
	if (st == OK)
		st = site_load(settings, &site, err);
	if (st == OK && settings->group && (s.group = calloc(1, sizeof(*s.group))) == NULL)
		st = err_set(err, ERR_SYSTEM, "out of memory");
	if (st == OK) {
		renewal_open(&renewal, settings, &trusted);
		s.renewal = &renewal;
		s.verifier = trusted.verifier;
		s.site = settings->site != NULL ? settings->site : site.ptr != NULL ? (const char *)site.ptr : "";
		warn(&s);
		st = session_run(&s, tally, err);
	}
	if (s.group != NULL)
		checks_free(&s.group->checks);
	free(s.group);
	free(site.ptr);
	trusted_close(&trusted);
	return st;
}

static int
failed(const struct err *err)
{
	(void)fprintf(stderr, "yaopai-verify: %s\n", err->text);
	return EXIT_NOT_JUDGED;
}

int
cmd_judge(const struct settings *s)
{
	struct err err = { 0 };
	struct tally tally = { 0 };
	enum status st = judge_run(s, &tally, &err);
	bool written = fflush(stdout) == 0 && !ferror(stdout);
	if (st != OK)
		return failed(&err);
	if (written)
		return tally.exit_code;
	(void)err_set(&err, ERR_SYSTEM, "writing the answers failed: %s", strerror(errno));
	return failed(&err);
}
