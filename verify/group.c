/* Several officers together (domain.md: two officers; joint inspection), as a table of rules like the single judgement. */
#include "verify/verifier.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

enum { MEMBERS_LEAST = 2 };

struct meeting {
	const struct yp_answer *const *members;
	size_t n;
	const struct yp_group_question *question;
	struct yp_group_answer *out;
};

typedef enum yp_group_verdict group_rule_fn(struct meeting *m);
static group_rule_fn enough, all_good, right_kind, different_people, bodies, fields, jurisdiction;
static group_rule_fn *const rules[] = { enough, all_good, right_kind, different_people, bodies, fields, jurisdiction, NULL };

#define SAY(m, ...) (void)snprintf((m)->out->sentence, YP_SENTENCE_MAX, __VA_ARGS__)

static struct bytes
bytes_of(struct yp_text t)
{
	return (struct bytes){ (const uint8_t *)t.ptr, t.len };
}

static const char *
number_of(const struct yp_answer *a, char shown[48])
{
	return a->facts_proven ? text_escape(bytes_of(a->number), shown, 48) : "not proven";
}

static enum yp_group_verdict
enough(struct meeting *m)
{
	SAY(m, "%zu certificate%s: an inspection or a penalty needs at least two officers", m->n, m->n == 1 ? "" : "s");
	return m->n >= MEMBERS_LEAST ? YP_GROUP_GOOD : YP_GROUP_TOO_FEW;
}

static enum yp_group_verdict
all_good(struct meeting *m)
{
	char shown[48];
	for (size_t i = 0; i < m->n; i++) {
		m->out->member = i;
		if (m->members[i]->verdict == YP_VALID)
			continue;
		SAY(m, "certificate %zu (%s) is %s", i + 1, number_of(m->members[i], shown), yp_verdict_text(m->members[i]->verdict));
		return YP_GROUP_MEMBER_NOT_GOOD;
	}
	return YP_GROUP_GOOD;
}

static enum yp_group_verdict
right_kind(struct meeting *m)
{
	char shown[48];
	for (size_t i = 0; i < m->n; i++) {
		m->out->member = i;
		if (m->members[i]->kind == KIND_ENFORCEMENT)
			continue;
		SAY(m, "certificate %zu (%s) is no enforcement certificate, so its holder is no officer here", i + 1,
		    number_of(m->members[i], shown));
		return YP_GROUP_WRONG_KIND;
	}
	return YP_GROUP_GOOD;
}

/* A person has one enforcement certificate; so one number is one person, and so is one face or one device. */
static const char *
same_person(const struct yp_answer *a, const struct yp_answer *b)
{
	if (bytes_eq(bytes_of(a->iss), bytes_of(b->iss)) && bytes_eq(bytes_of(a->number), bytes_of(b->number)))
		return "number";
	if (a->has_device_key && b->has_device_key && memcmp(a->device_key, b->device_key, sizeof(a->device_key)) == 0)
		return "device";
	if (a->has_portrait_digest && b->has_portrait_digest &&
	    memcmp(a->portrait_digest, b->portrait_digest, sizeof(a->portrait_digest)) == 0)
		return "portrait";
	return NULL;
}

static enum yp_group_verdict
different_people(struct meeting *m)
{
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < i; k++) {
			const char *same = same_person(m->members[i], m->members[k]);
			if (same == NULL)
				continue;
			m->out->member = i;
			SAY(m, "certificates %zu and %zu have the same %s: one person cannot be two officers", k + 1, i + 1, same);
			return YP_GROUP_SAME_PERSON;
		}
	}
	return YP_GROUP_GOOD;
}

static size_t
count_of_body(const struct meeting *m, struct bytes uscc)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n; i++)
		n += bytes_eq(bytes_of(m->members[i]->body_uscc), uscc);
	return n;
}

static bool
is_named(const struct yp_group_question *q, struct bytes uscc)
{
	for (size_t b = 0; b < q->bodies_n; b++)
		if (bytes_eq(bytes_of(q->bodies[b]), uscc))
			return true;
	return q->bodies_n == 0;
}

static enum yp_group_verdict
two_of(struct meeting *m, struct bytes uscc)
{
	char shown[64];
	size_t n = count_of_body(m, uscc);
	SAY(m, "body %s has sent %zu; a joint inspection needs two of each body", text_escape(uscc, shown, sizeof(shown)), n);
	return n >= MEMBERS_LEAST ? YP_GROUP_GOOD : YP_GROUP_TOO_FEW;
}

static enum yp_group_verdict
two_of_each(struct meeting *m)
{
	char shown[64];
	const struct yp_group_question *q = m->question;
	enum yp_group_verdict v = YP_GROUP_GOOD;
	for (size_t i = 0; i < m->n && v == YP_GROUP_GOOD; i++) {
		struct bytes uscc = bytes_of(m->members[i]->body_uscc);
		m->out->member = i;
		if (!is_named(q, uscc)) {
			SAY(m, "certificate %zu is of body %s, which was not named", i + 1, text_escape(uscc, shown, sizeof(shown)));
			return YP_GROUP_OTHER_BODY;
		}
		v = two_of(m, uscc);
	}
	for (size_t b = 0; b < q->bodies_n && v == YP_GROUP_GOOD; b++)
		v = two_of(m, bytes_of(q->bodies[b]));
	return v;
}

static enum yp_group_verdict
bodies(struct meeting *m)
{
	char one[64], other[64];
	struct bytes first = bytes_of(m->members[0]->body_uscc);
	if (m->question->joint)
		return two_of_each(m);
	for (size_t i = 1; i < m->n; i++) {
		struct bytes uscc = bytes_of(m->members[i]->body_uscc);
		m->out->member = i;
		if (bytes_eq(uscc, first))
			continue;
		SAY(m, "certificate %zu is of body %s, the first of %s: officers act for one body unless the inspection is joint", i + 1,
		    text_escape(uscc, one, sizeof(one)), text_escape(first, other, sizeof(other)));
		return YP_GROUP_OTHER_BODY;
	}
	return YP_GROUP_GOOD;
}

static bool
holds_field(const struct yp_answer *a, uint8_t field)
{
	return memchr(a->fields, field, a->fields_n) != NULL;
}

static enum yp_group_verdict
fields(struct meeting *m)
{
	for (size_t f = 0; f < m->question->fields_n; f++) {
		size_t n = 0;
		for (size_t i = 0; i < m->n; i++)
			n += holds_field(m->members[i], m->question->fields[f]);
		if (n >= MEMBERS_LEAST)
			continue;
		SAY(m, "%zu of the officers may act in field %u; two are needed", n, m->question->fields[f]);
		return YP_GROUP_FIELD;
	}
	return YP_GROUP_GOOD;
}

static enum yp_group_verdict
jurisdiction(struct meeting *m)
{
	uint32_t place = m->question->jurisdiction;
	for (size_t i = 0; i < m->n && place != 0; i++) {
		uint32_t area = m->members[i]->jurisdiction;
		m->out->member = i;
		if (jurisdiction_covers(area, place))
			continue;
		SAY(m, "certificate %zu is for %" PRIu32 ", which does not cover %" PRIu32, i + 1, area, place);
		return YP_GROUP_JURISDICTION;
	}
	return YP_GROUP_GOOD;
}

static bool
can_judge(const struct yp_group_question *q, size_t n)
{
	return q->fields_n <= sizeof(q->fields) && q->bodies_n <= GROUP_MEMBERS_MAX && n <= GROUP_MEMBERS_MAX;
}

enum yp_status
yp_judge_group(const struct yp_answer *const *members, size_t n, const struct yp_group_question *question,
    struct yp_group_answer *out)
{
	struct meeting m = { members, n, question, out };
	enum yp_group_verdict v = YP_GROUP_GOOD;
	*out = (struct yp_group_answer){ .verdict = YP_GROUP_NOT_JUDGED };
	if (!can_judge(question, n))
		return YP_ERR_LIMIT;
	if (question->jurisdiction != 0 && !jurisdiction_is_wellformed(question->jurisdiction))
		return YP_ERR_ARGUMENT;
	for (group_rule_fn *const *rule = rules; *rule != NULL && v == YP_GROUP_GOOD; rule++)
		v = (*rule)(&m);
	if (v == YP_GROUP_GOOD) {
		out->member = 0;
		SAY(&m, "all rules hold for %zu officers together", n);
	}
	out->verdict = v;
	return YP_OK;
}

const char *
yp_group_verdict_text(enum yp_group_verdict v)
{
	switch (v) {
	case YP_GROUP_NOT_JUDGED:      return "NOT_JUDGED";
	case YP_GROUP_GOOD:            return "GOOD";
	case YP_GROUP_TOO_FEW:         return "TOO_FEW";
	case YP_GROUP_MEMBER_NOT_GOOD: return "MEMBER_NOT_GOOD";
	case YP_GROUP_WRONG_KIND:      return "WRONG_KIND";
	case YP_GROUP_SAME_PERSON:     return "SAME_PERSON";
	case YP_GROUP_OTHER_BODY:      return "OTHER_BODY";
	case YP_GROUP_FIELD:           return "FIELD_NOT_COVERED";
	case YP_GROUP_JURISDICTION:    return "JURISDICTION_NOT_COVERED";
	}
	return "UNKNOWN_VERDICT";
}
