#include "registry/eligible.h"

#include "registry/qualification.h"

static const char *
person_reason(const struct person *p, const struct holder *h, const struct eligible_terms *terms)
{
	struct standing_at at = standing_by_rules(&p->standing, terms->now_unix_s, &terms->rules);
	if (at.state == STATE_VOID)
		return "the person has left";
	if (at.state != STATE_GOOD)
		return "the person is not in post";
	if (h->serial == 0 && terms->now_unix_s < p->ban_until_unix_s)
		return "the person is under a ban on re-applying";
	if (p->holder_id[h->kind] != h->id)
		return "the person has another certificate of this kind";
	return NULL;
}

static bool
is_asked(int asked, const struct holder *h)
{
	return asked == ASKED_OF_ALL || (asked == ASKED_OF_NEW && h->number.len == 0);
}

static const char *
enforcement_reason(const struct holder *h, const struct entries *e, const struct eligible_terms *terms)
{
	bool examined = e->examined_on.year != 0 && date_start_unix_s(e->examined_on) <= terms->now_unix_s;
	if (is_asked(terms->asked.staff, h) && e->staff == STAFF_UNKNOWN)
		return "its staff type (编制类型) is not recorded";
	if (is_asked(terms->asked.exam, h) && !examined)
		return "no passed exam (考试日期) is recorded";
	return NULL;
}

static const char *
moderator_reason(const struct entries *e, int64_t now_unix_s)
{
	switch (training_shortfall(e, now_unix_s)) {
	case SHORTFALL_NOT_TRAINED:  return "no training (培训日期) is recorded";
	case SHORTFALL_NOT_EXAMINED: return "no passed exam (考试日期) is recorded";
	default:                     return NULL;
	}
}

/* Valid: neither void nor expired; a suspended one is held all the same. */
static enum status
ministry_reason(struct txn *t, const struct person *p, const struct eligible_terms *terms, const char **why)
{
	struct holder h;
	struct entries e;
	if (terms->asked.ministry != MINISTRY_INSTEAD || p->holder_id[KIND_MINISTRY] == 0)
		return OK;
	enum status st = holder_get(t, p->holder_id[KIND_MINISTRY], &h);
	if (st == OK)
		st = holder_entries(t, &h, &e);
	if (st)
		return st;
	bool runs = e.valid_until.year == 0 || terms->now_unix_s < date_end_unix_s(e.valid_until);
	if (runs && standing_at(&h.standing, terms->now_unix_s).state != STATE_VOID)
		*why = "the person holds a valid ministry certificate (部委证)";
	return OK;
}

enum status
eligible_check(struct txn *t, const struct eligible_terms *terms, const struct holder *h, const struct entries *e, const char **why)
{
	struct person p;
	enum status st = person_get(t, (struct bytes){ h->person_id, PERSON_ID_LEN }, &p);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	*why = person_reason(&p, h, terms);
	if (*why == NULL && h->kind == KIND_MODERATOR)
		*why = moderator_reason(e, terms->now_unix_s);
	if (*why == NULL && h->kind == KIND_ENFORCEMENT)
		*why = enforcement_reason(h, e, terms);
	if (*why == NULL && h->kind == KIND_ENFORCEMENT)
		st = ministry_reason(t, &p, terms, why);
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}
