#include "tools/verifier/verifier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/bundle.h"
#include "crypto/certificate.h"
#include "tools/shared/terminal.h"

enum { ROOT_FILE_LEN_MAX = 64 << 10, TRUST_WARNING_S = 90 * 86400 };

/* What is trusted: the roots, the bundle and the verifier over them. */
struct trusted { struct buf bundle; void *workspace; struct yp_verifier *verifier; };

void
tally_add(struct tally *t, enum yp_verdict v)
{
	int code = v == YP_VALID ? EXIT_ALL_VALID : v == YP_NOT_JUDGED ? EXIT_NOT_JUDGED : EXIT_NOT_VALID;
	t->inputs++;
	t->by_verdict[(unsigned)v < VERDICTS ? (unsigned)v : 0]++;
	t->exit_code = code > t->exit_code ? code : t->exit_code;
}

void
tally_merge(struct tally *into, const struct tally *from)
{
	into->inputs += from->inputs;
	for (size_t v = 0; v < VERDICTS; v++)
		into->by_verdict[v] += from->by_verdict[v];
	into->exit_code = from->exit_code > into->exit_code ? from->exit_code : into->exit_code;
}

/* Status lists in the bundle, at least one; a damaged one is told by the library. */
static size_t
lists_in(struct bytes bundle)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	size_t n = 0;
	if (bundle_open(bundle, &b) == OK)
		while (bundle_next(&b, &token, &typ) && n < BUNDLE_LISTS_MAX)
			n += typ == TYP_STATUS_LIST;
	return n > 0 ? n : 1;
}

static enum status
root_pin(struct yp_verifier *v, const char *path, struct err *err)
{
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
trusted_open(const struct settings *s, int64_t now_unix_s, struct trusted *t, struct err *err)
{
	char sentence[YP_SENTENCE_MAX] = "";
	enum status st = file_load(s->bundle, BUNDLE_LEN_MAX, &t->bundle, err);
	if (st != OK)
		return st;
	/* untouched room costs nothing: the largest lists, eight bits each */
	size_t len = yp_workspace_len(lists_in(buf_view(&t->bundle)), STATUS_LIST_BITS_LOG2_MAX, 8);
	t->workspace = malloc(len);
	if (t->workspace == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory: %zu bytes for the status lists", len);
	st = (enum status)yp_open(t->workspace, len, &t->verifier);
	if (st != OK)
		return err_set(err, st, "the verifier cannot be opened: %s", status_text(st));
	for (size_t r = 0; r < s->roots_n && st == OK; r++)
		st = root_pin(t->verifier, s->roots[r], err);
	if (st != OK)
		return st;
	st = (enum status)yp_load_bundle(t->verifier, t->bundle.ptr, t->bundle.len, now_unix_s, sentence);
	return st == OK ? OK : err_set(err, st, "%s: %s", s->bundle, sentence);
}

static void
trusted_close(struct trusted *t)
{
	yp_close(t->verifier);
	free(t->workspace);
	free(t->bundle.ptr);
}

static void
warn_of_end(const struct session *s)
{
	struct yp_bundle_info info;
	char end[INSTANT_TEXT_LEN + 1];
	yp_bundle_info(s->verifier, &info);
	if (!s->settings->quiet && info.trust_exp_unix_s - s->now_unix_s < TRUST_WARNING_S)
		(void)fprintf(stderr, "yaopai-verify: warning: the trust list ends at %s; get a newer bundle\n",
		    instant_text(info.trust_exp_unix_s, end));
}

void
judge_one(const struct session *s, struct bytes text, uint64_t line, struct json *out, struct tally *tally)
{
	static const uint8_t nothing[1] = { 0 };
	struct yp_answer a;
	bool is_list = line > 0, too_long = text.ptr == NULL || text.len > QR_TEXT_LEN_MAX;
	enum yp_status st = yp_judge(s->verifier, too_long ? nothing : text.ptr, too_long ? 0 : text.len, s->now_unix_s, &a);
	if (st != YP_OK)
		(void)snprintf(a.sentence, sizeof(a.sentence), "could not judge: %s", status_text((enum status)st));
	else if (too_long)
		(void)snprintf(a.sentence, sizeof(a.sentence), "longer than any QR code's text, %u characters", QR_TEXT_LEN_MAX);
	tally_add(tally, a.verdict);
	if (s->settings->output == OUTPUT_JSON)
		print_json(s, &a, line, out);
	else if (s->settings->output == OUTPUT_BRIEF)
		print_brief(&a, &out->text);
	else if (is_list)
		print_listed(s, &a, line, &out->text);
	else
		print_human(s, &a, &out->text);
}

static enum status
judge_text(const struct session *s, struct bytes text, struct tally *tally, struct err *err)
{
	struct json out = json_open(stdout);
	judge_one(s, text, 0, &out, tally);
	return json_close(&out) ? OK : err_set(err, ERR_SYSTEM, "writing the answer failed");
}

static enum status
judge_raw(const struct session *s, const char *path, struct tally *tally, struct err *err)
{
	struct buf file = { 0 };
	enum status st = file_load(path, QR_TEXT_LEN_MAX, &file, err);
	if (st == ERR_LIMIT) { /* an answer, not a failure: no certificate is as long */
		if (err != NULL)
			*err = (struct err){ 0 };
		return judge_text(s, (struct bytes){ NULL, 0 }, tally, err);
	}
	if (st == OK)
		st = judge_text(s, buf_view(&file), tally, err);
	free(file.ptr);
	return st;
}

static enum status
judge_input(const struct session *s, const struct input *in, struct tally *tally, struct err *err)
{
	switch (in->kind) {
	case INPUT_TOKEN: return judge_text(s, bytes_str(in->text), tally, err);
	case INPUT_RAW:   return judge_raw(s, in->text, tally, err);
	case INPUT_PICTURE: return judge_picture(s, in->text, tally, err);
	case INPUT_LINES: break;
	}
	return judge_lines(s, in->text, tally, err);
}

static void
summarise(const struct session *s, const struct tally *t)
{
	struct textbuf text = { 0 };
	if (s->settings->output != OUTPUT_HUMAN || s->settings->quiet || t->inputs < 2)
		return;
	print_summary(s, t, &text);
	(void)fwrite(text.ptr, 1, text.len, stdout);
	textbuf_free(&text);
}

static int
failed(const struct err *err)
{
	(void)fprintf(stderr, "yaopai-verify: %s\n", err->text);
	return EXIT_NOT_JUDGED;
}

int
verifier_run(const struct settings *settings)
{
	struct err err = { 0 };
	struct tally tally = { 0 };
	struct trusted trusted = { 0 };
	struct session s = { .settings = settings, .chinese = terminal_is_chinese(), .colour = terminal_has_colour(stdout) };
	s.now_unix_s = settings->now_given ? settings->now_unix_s : clock_unix_s();
	enum status st = trusted_open(settings, s.now_unix_s, &trusted, &err);
	s.verifier = trusted.verifier;
	if (st == OK)
		warn_of_end(&s);
	for (size_t i = 0; i < settings->inputs_n && st == OK; i++)
		st = judge_input(&s, &settings->inputs[i], &tally, &err);
	if (st == OK && tally.inputs == 0) /* a scanner that found nothing must not look like a good certificate */
		st = err_set(&err, ERR_NOT_FOUND, "nothing to judge: the input is empty");
	int code = st == OK ? tally.exit_code : failed(&err);
	if (st == OK)
		summarise(&s, &tally);
	trusted_close(&trusted);
	if (fflush(stdout) == 0)
		return code;
	(void)err_set(&err, ERR_SYSTEM, "writing the answers failed: %s", strerror(errno));
	return failed(&err);
}
