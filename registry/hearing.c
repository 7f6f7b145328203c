#include "registry/hearing.h"

#include <stdio.h>

#include "base/text.h"
#include "registry/asked.h"

struct hearing {
	const struct hearing_question *question;
	struct asked moderator;
	struct holder investigators[GROUP_MEMBERS_MAX];
	struct body body;                          /* if asked */
	struct condition_at body_condition;
	struct hearing_answer *out;
};

typedef enum hearing_verdict hearing_rule_fn(struct hearing *h);
static hearing_rule_fn right_kind, is_good, did_not_investigate, body_is_good, right_body;
static hearing_rule_fn *const rules[] = { right_kind, is_good, did_not_investigate, body_is_good, right_body, NULL };

#define SAY(h, ...) (void)snprintf((h)->out->sentence, ANSWER_SENTENCE_MAX, __VA_ARGS__)

static enum hearing_verdict
right_kind(struct hearing *h)
{
	char shown[48];
	SAY(h, "%s is no hearing moderator's certificate", asked_number(&h->moderator.holder, shown));
	return h->moderator.holder.kind == KIND_MODERATOR ? HEARING_MAY_PRESIDE : HEARING_WRONG_KIND;
}

static enum hearing_verdict
is_good(struct hearing *h)
{
	char shown[48], why[CONDITION_SENTENCE_MAX];
	const struct condition_at *c = &h->moderator.condition;
	SAY(h, "certificate %s is %s: %s", asked_number(&h->moderator.holder, shown), condition_text(c->is), condition_explain(c, why));
	return c->is == CONDITION_VALID ? HEARING_MAY_PRESIDE : HEARING_MODERATOR_NOT_GOOD;
}

static enum hearing_verdict
did_not_investigate(struct hearing *h)
{
	char shown[48], number[48];
	for (size_t i = 0; i < h->question->investigators_n; i++) {
		if (!asked_same_person(&h->moderator.holder, &h->investigators[i]))
			continue;
		h->out->investigator = i;
		SAY(h, "the moderator %s is the investigator %s: the same person", asked_number(&h->moderator.holder, shown),
		    asked_number(&h->investigators[i], number));
		return HEARING_INVESTIGATED;
	}
	return HEARING_MAY_PRESIDE;
}

static enum hearing_verdict
body_is_good(struct hearing *h)
{
	char why[CONDITION_SENTENCE_MAX], shown[64];
	if (h->question->uscc.len == 0 || h->body_condition.is == CONDITION_VALID)
		return HEARING_MAY_PRESIDE;
	SAY(h, "body %s may hold no hearing: %s", text_escape(h->question->uscc, shown, sizeof(shown)),
	    condition_explain(&h->body_condition, why));
	return HEARING_BODY_NOT_GOOD;
}

static enum hearing_verdict
right_body(struct hearing *h)
{
	char shown[48], own[64], asked[64];
	struct bytes uscc = h->moderator.holder.uscc, wanted = h->question->uscc;
	bool of_entrusting = h->body.entrusting_uscc.len > 0 && bytes_eq(uscc, h->body.entrusting_uscc);
	if (wanted.len == 0 || h->question->from_elsewhere || bytes_eq(uscc, wanted) || of_entrusting)
		return HEARING_MAY_PRESIDE;
	SAY(h, "the moderator %s is of body %s, not of %s, which holds the hearing", asked_number(&h->moderator.holder, shown),
	    text_escape(uscc, own, sizeof(own)), text_escape(wanted, asked, sizeof(asked)));
	return HEARING_OTHER_BODY;
}

static enum status
gather(struct txn *t, struct hearing *h, struct err *err)
{
	const struct hearing_question *q = h->question;
	if (q->investigators_n < 1)
		return err_set(err, ERR_ARGUMENT, "name who investigated the case: without the investigators nobody can say who may preside");
	if (q->investigators_n > GROUP_MEMBERS_MAX)
		return err_set(err, ERR_LIMIT, "%zu investigators; at most %u are compared", q->investigators_n, GROUP_MEMBERS_MAX);
	enum status st = asked_find(t, q->moderator, q->unix_s, &h->moderator, err);
	for (size_t i = 0; st == OK && i < q->investigators_n; i++)
		st = asked_holder(t, q->investigators[i], &h->investigators[i], err);
	if (st == OK && q->uscc.len > 0) {
		st = asked_body(t, q->uscc, &h->body, err);
		if (st == OK)
			st = condition_of_body(t, &h->body, q->unix_s, &h->body_condition);
	}
	return st;
}

static void
judge(struct hearing *h)
{
	char shown[48];
	enum hearing_verdict v = HEARING_MAY_PRESIDE;
	for (hearing_rule_fn *const *rule = rules; *rule != NULL && v == HEARING_MAY_PRESIDE; rule++)
		v = (*rule)(h);
	if (v == HEARING_MAY_PRESIDE)
		SAY(h, "the moderator %s may preside: the certificate is good, and none of the %zu investigators is the same person",
		    asked_number(&h->moderator.holder, shown), h->question->investigators_n);
	h->out->verdict = v;
}

enum status
hearing_judge(struct txn *t, const struct hearing_question *q, struct hearing_answer *out, struct err *err)
{
	struct hearing h = { .question = q, .out = out };
	*out = (struct hearing_answer){ .verdict = HEARING_NOT_JUDGED };
	enum status st = gather(t, &h, err);
	if (st == OK)
		judge(&h);
	return st;
}

const char *
hearing_verdict_text(enum hearing_verdict v)
{
	switch (v) {
	case HEARING_NOT_JUDGED:         return "NOT_JUDGED";
	case HEARING_MAY_PRESIDE:        return "MAY_PRESIDE";
	case HEARING_WRONG_KIND:         return "WRONG_KIND";
	case HEARING_MODERATOR_NOT_GOOD: return "MODERATOR_NOT_GOOD";
	case HEARING_INVESTIGATED:       return "INVESTIGATED";
	case HEARING_BODY_NOT_GOOD:      return "BODY_NOT_GOOD";
	case HEARING_OTHER_BODY:         return "OTHER_BODY";
	}
	return "UNKNOWN_VERDICT";
}
