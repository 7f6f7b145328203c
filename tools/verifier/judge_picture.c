#include "tools/verifier/verifier.h"

#include <stdio.h>

#include "base/text.h"
#include "tools/verifier/picture.h"

enum { NAME_SHOWN_LEN = 200 };

static enum status
judge_codes(const struct session *s, const struct picture_answer *a, struct tally *tally, struct err *err)
{
	struct json out = json_open(stdout);
	struct checks checks = { .n = 0 };
	for (size_t i = 0; i < a->n; i++)
		judge_one(s, a->code[i], a->n > 1 || s->settings->output == OUTPUT_JSON ? i + 1 : 0, &out, tally, &checks);
	enum status st = checks_log(&checks, s, err);
	checks_free(&checks);
	if (!json_close(&out) && st == OK)
		st = err_set(err, ERR_SYSTEM, "writing the answer failed");
	return st;
}

/* A picture that cannot be judged has an answer where answers are counted, and its sentence for people in any case. */
static enum status
tell_not_judged(const struct session *s, const char *shown, const struct err *why, struct tally *tally, struct err *err)
{
	struct yp_answer a = { .verdict = YP_NOT_JUDGED };
	struct json out = json_open(stdout);
	(void)fflush(stdout);
	(void)fprintf(stderr, "yaopai-verify: %s: %s\n", shown, why->text);
	(void)snprintf(a.sentence, sizeof(a.sentence), "%s", why->text);
	tally_add(tally, a.verdict);
	if (s->settings->output == OUTPUT_JSON)
		print_json(s, &a, &(struct beside){ .now_unix_s = session_now(s) }, &out);
	else if (s->settings->output == OUTPUT_BRIEF)
		print_brief(&a, &out.text);
	return json_close(&out) ? OK : err_set(err, ERR_SYSTEM, "writing the answer failed");
}

enum status
judge_picture(const struct session *s, const char *path, struct tally *tally, struct err *err)
{
	static const char no_code[] = "no QR code in this picture; photograph it whole, flat and near, without glare";
	static const char damaged[] = "the picture is cut short or damaged; there may be more codes in it than were judged";
	struct session own = *s;
	struct picture_codes codes = { 0 };
	struct err why = { 0 };
	char shown[NAME_SHOWN_LEN];
	text_escape(bytes_str(strcmp(path, "-") == 0 ? "standard input" : path), shown, sizeof(shown));
	own.picture = shown;
	enum status st = picture_read(path, &codes, &why);
	if (st == OK && codes.answer.n == 0)
		st = err_set(&why, ERR_NOT_FOUND, "%s", no_code);
	if (st != OK)
		st = tell_not_judged(&own, shown, &why, tally, err);
	else
		st = judge_codes(&own, &codes.answer, tally, err);
	if (st == OK && codes.damaged) {
		(void)fflush(stdout);
		(void)fprintf(stderr, "yaopai-verify: %s: %s\n", shown, damaged);
		tally->exit_code = EXIT_NOT_JUDGED;
	}
	picture_codes_free(&codes);
	return st;
}
