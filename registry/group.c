#include "registry/group.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "registry/asked.h"

enum { MEMBERS_LEAST = 2 };

struct meeting {
	const struct asked *members;
	size_t n;
	const struct group_question *question;
	struct group_answer *out;
};

typedef enum group_verdict group_rule_fn(struct meeting *m);
static group_rule_fn enough, all_good, right_kind, different_people, bodies, fields, jurisdiction;
static group_rule_fn *const rules[] = { enough, all_good, right_kind, different_people, bodies, fields, jurisdiction, NULL };

#define SAY(m, ...) (void)snprintf((m)->out->sentence, ANSWER_SENTENCE_MAX, __VA_ARGS__)

static enum group_verdict
enough(struct meeting *m)
{
	SAY(m, "%zu certificate%s: an inspection or a penalty needs at least two officers", m->n, m->n == 1 ? "" : "s");
	return m->n >= MEMBERS_LEAST ? GROUP_GOOD : GROUP_TOO_FEW;
}

static enum group_verdict
all_good(struct meeting *m)
{
	char shown[48], why[CONDITION_SENTENCE_MAX];
	for (size_t i = 0; i < m->n; i++) {
		const struct condition_at *c = &m->members[i].condition;
		m->out->member = i;
		if (c->is == CONDITION_VALID)
			continue;
		SAY(m, "certificate %zu (%s) is %s: %s", i + 1, asked_number(&m->members[i].holder, shown), condition_text(c->is),
		    condition_explain(c, why));
		return GROUP_MEMBER_NOT_GOOD;
	}
	return GROUP_GOOD;
}

static enum group_verdict
right_kind(struct meeting *m)
{
	char shown[48];
	for (size_t i = 0; i < m->n; i++) {
		m->out->member = i;
		if (m->members[i].holder.kind == KIND_ENFORCEMENT)
			continue;
		SAY(m, "certificate %zu (%s) is no enforcement certificate, so its holder is no officer here", i + 1,
		    asked_number(&m->members[i].holder, shown));
		return GROUP_WRONG_KIND;
	}
	return GROUP_GOOD;
}

static enum group_verdict
different_people(struct meeting *m)
{
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!asked_same_person(&m->members[i].holder, &m->members[k].holder))
				continue;
			m->out->member = i;
			SAY(m, "certificates %zu and %zu have the same person: one person cannot be two officers", k + 1, i + 1);
			return GROUP_SAME_PERSON;
		}
	}
	return GROUP_GOOD;
}

static bool
is_named(const struct group_question *q, struct bytes uscc)
{
	for (size_t b = 0; b < q->bodies_n; b++)
		if (bytes_eq(q->bodies[b], uscc))
			return true;
	return q->bodies_n == 0;
}

static enum group_verdict
two_of(struct meeting *m, struct bytes uscc)
{
	char shown[64];
	size_t n = 0;
	for (size_t i = 0; i < m->n; i++)
		n += bytes_eq(m->members[i].holder.uscc, uscc);
	SAY(m, "body %s has sent %zu; a joint inspection needs two of each body", text_escape(uscc, shown, sizeof(shown)), n);
	return n >= MEMBERS_LEAST ? GROUP_GOOD : GROUP_TOO_FEW;
}

static enum group_verdict
two_of_each(struct meeting *m)
{
	char shown[64];
	const struct group_question *q = m->question;
	enum group_verdict v = GROUP_GOOD;
	for (size_t i = 0; i < m->n && v == GROUP_GOOD; i++) {
		struct bytes uscc = m->members[i].holder.uscc;
		m->out->member = i;
		if (!is_named(q, uscc)) {
			SAY(m, "certificate %zu is of body %s, which was not named", i + 1, text_escape(uscc, shown, sizeof(shown)));
			return GROUP_OTHER_BODY;
		}
		v = two_of(m, uscc);
	}
	for (size_t b = 0; b < q->bodies_n && v == GROUP_GOOD; b++)
		v = two_of(m, q->bodies[b]);
	return v;
}

static enum group_verdict
bodies(struct meeting *m)
{
	char one[64], other[64];
	struct bytes first = m->members[0].holder.uscc;
	if (m->question->joint)
		return two_of_each(m);
	for (size_t i = 1; i < m->n; i++) {
		struct bytes uscc = m->members[i].holder.uscc;
		m->out->member = i;
		if (bytes_eq(uscc, first))
			continue;
		SAY(m, "certificate %zu is of body %s, the first of %s: officers act for one body unless the inspection is joint", i + 1,
		    text_escape(uscc, one, sizeof(one)), text_escape(first, other, sizeof(other)));
		return GROUP_OTHER_BODY;
	}
	return GROUP_GOOD;
}

static enum group_verdict
fields(struct meeting *m)
{
	for (size_t f = 0; f < m->question->fields_n; f++) {
		size_t n = 0;
		for (size_t i = 0; i < m->n; i++)
			n += memchr(m->members[i].entries.fields, m->question->fields[f], m->members[i].entries.fields_n) != NULL;
		if (n >= MEMBERS_LEAST)
			continue;
		SAY(m, "%zu of the officers may act in field %u; two are needed", n, m->question->fields[f]);
		return GROUP_FIELD;
	}
	return GROUP_GOOD;
}

static enum group_verdict
jurisdiction(struct meeting *m)
{
	uint32_t place = m->question->jurisdiction;
	for (size_t i = 0; i < m->n && place != 0; i++) {
		uint32_t area = m->members[i].entries.jurisdiction;
		m->out->member = i;
		if (jurisdiction_covers(area, place))
			continue;
		SAY(m, "certificate %zu is for %" PRIu32 ", which does not cover %" PRIu32, i + 1, area, place);
		return GROUP_JURISDICTION;
	}
	return GROUP_GOOD;
}

static enum status
check_question(struct txn *t, const struct group_question *q, struct err *err)
{
	struct body body;
	enum status st = OK;
	if (q->numbers_n > GROUP_MEMBERS_MAX || q->bodies_n > GROUP_MEMBERS_MAX || q->fields_n > FIELDS_MAX)
		return err_set(err, ERR_LIMIT, "at most %u certificates, %u bodies and %u fields are judged together", GROUP_MEMBERS_MAX,
		    GROUP_MEMBERS_MAX, FIELDS_MAX);
	if (q->jurisdiction != 0 && !jurisdiction_is_wellformed(q->jurisdiction))
		return err_set(err, ERR_ARGUMENT, "%" PRIu32 " is no division code of 2, 4 or 6 digits", q->jurisdiction);
	for (size_t i = 0; st == OK && i < q->bodies_n; i++)
		st = asked_body(t, q->bodies[i], &body, err);
	return st;
}

static void
judge(struct meeting *m)
{
	enum group_verdict v = GROUP_GOOD;
	for (group_rule_fn *const *rule = rules; *rule != NULL && v == GROUP_GOOD; rule++)
		v = (*rule)(m);
	if (v == GROUP_GOOD) {
		m->out->member = 0;
		SAY(m, "all rules hold for %zu officers together", m->n);
	}
	m->out->verdict = v;
}

enum status
group_judge(struct txn *t, const struct group_question *q, struct group_answer *out, struct err *err)
{
	*out = (struct group_answer){ .verdict = GROUP_NOT_JUDGED };
	enum status st = check_question(t, q, err);
	if (st)
		return st;
	struct asked *members = calloc(q->numbers_n + 1, sizeof(*members));
	if (members == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	for (size_t i = 0; st == OK && i < q->numbers_n; i++)
		st = asked_find(t, q->numbers[i], q->unix_s, &members[i], err);
	if (st == OK)
		judge(&(struct meeting){ members, q->numbers_n, q, out });
	free(members);
	return st;
}

const char *
group_verdict_text(enum group_verdict v)
{
	switch (v) {
	case GROUP_NOT_JUDGED:      return "NOT_JUDGED";
	case GROUP_GOOD:            return "GOOD";
	case GROUP_TOO_FEW:         return "TOO_FEW";
	case GROUP_MEMBER_NOT_GOOD: return "MEMBER_NOT_GOOD";
	case GROUP_WRONG_KIND:      return "WRONG_KIND";
	case GROUP_SAME_PERSON:     return "SAME_PERSON";
	case GROUP_OTHER_BODY:      return "OTHER_BODY";
	case GROUP_FIELD:           return "FIELD_NOT_COVERED";
	case GROUP_JURISDICTION:    return "JURISDICTION_NOT_COVERED";
	}
	return "UNKNOWN_VERDICT";
}
