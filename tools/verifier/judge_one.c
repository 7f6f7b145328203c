#include "tools/verifier/verifier.h"

#include <stdio.h>

#include "base/clock.h"

int64_t
session_now(const struct session *s)
{
	return s->settings->now_given ? s->settings->now_unix_s : clock_unix_s();
}

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

static void
say(const struct session *s, const struct yp_answer *a, const struct beside *b, struct json *out)
{
	if (s->settings->output == OUTPUT_JSON)
		print_json(s, a, b, out);
	else if (s->settings->output == OUTPUT_BRIEF)
		print_brief(a, &out->text);
	else if (b->line > 0)
		print_listed(s, a, b, &out->text);
	else
		print_human(s, a, b, &out->text);
}

void
judge_one(const struct session *s, struct bytes text, uint64_t line, struct json *out, struct tally *tally, struct checks *checks)
{
	static const uint8_t nothing[1] = { 0 };
	struct yp_answer alone, *a = &alone;
	struct yp_question q = s->question;
	bool too_long = text.ptr == NULL || text.len > QR_TEXT_LEN_MAX;
	q.now_unix_s = session_now(s);
	if (s->group != NULL) { /* a member too many is judged, counted, and told by judge_group */
		a = s->group->n < GROUP_MEMBERS_MAX ? &s->group->answers[s->group->n] : &alone;
		line = ++s->group->n;
		checks = &s->group->checks;
	}
	enum yp_status st = yp_judge_asked(s->verifier, too_long ? nothing : text.ptr, too_long ? 0 : text.len, &q, a);
	if (st != YP_OK)
		(void)snprintf(a->sentence, sizeof(a->sentence), "could not judge: %s", yp_status_text(st));
	else if (too_long)
		(void)snprintf(a->sentence, sizeof(a->sentence), "longer than any QR code's text, %u characters", QR_TEXT_LEN_MAX);
	tally_add(tally, a->verdict);
	checks_add(checks, s, a, q.now_unix_s, too_long ? (struct bytes){ NULL, 0 } : text);
	struct beside b = { .now_unix_s = q.now_unix_s, .line = line };
	portrait_take(s->portraits, a, s->settings->portrait_dir, &b.portrait);
	say(s, a, &b, out);
}
