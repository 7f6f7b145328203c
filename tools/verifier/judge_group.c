#include "tools/verifier/verifier.h"

#include <stdio.h>

static int
exit_code_of(enum yp_group_verdict v, const struct tally *members)
{
	if (v == YP_GROUP_GOOD)
		return EXIT_ALL_VALID;
	return members->by_verdict[YP_NOT_JUDGED] > 0 ? EXIT_NOT_JUDGED : EXIT_NOT_VALID;
}

/* In the log the group's entry stands before its members', so that a reader knows what they belong to. */
static enum status
group_log(const struct session *s, const struct yp_group_answer *g, struct err *err)
{
	struct checks all = { .n = 0 };
	checks_add_group(&all, s, g, session_now(s));
	checks_join(&all, &s->group->checks);
	enum status st = checks_log(&all, s, err);
	checks_free(&all);
	return st;
}

enum status
judge_group(const struct session *s, struct tally *tally, struct err *err)
{
	const struct yp_answer *members[GROUP_MEMBERS_MAX];
	struct yp_group_answer g;
	if (s->group->n > GROUP_MEMBERS_MAX)
		return err_set(err, ERR_LIMIT, "%zu certificates in one group; at most %u can be judged together", s->group->n, GROUP_MEMBERS_MAX);
	for (size_t i = 0; i < s->group->n; i++)
		members[i] = &s->group->answers[i];
	enum status st = (enum status)yp_judge_group(members, s->group->n, &s->settings->group_question, &g);
	if (st != OK)
		return err_set(err, st, "the group cannot be judged: %s", status_text(st));
	struct json out = json_open(stdout);
	print_group(s, &g, session_now(s), &out);
	tally->exit_code = exit_code_of(g.verdict, tally);
	st = group_log(s, &g, err);
	if (!json_close(&out) && st == OK)
		st = err_set(err, ERR_SYSTEM, "writing the answer failed");
	return st;
}
