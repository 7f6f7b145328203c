#include "tests/unit/support/play.h"

#include "registry/amend.h"
#include "registry/decide.h"
#include "registry/review.h"

static const struct particulars why = { .ground = { (const uint8_t *)"art. 9", 6 }, .organ = { (const uint8_t *)"organ", 5 } };

static enum status
amend_something(struct play *p, struct batch *b, struct bytes number)
{
	static const char *const posts[] = { "科员", "科长", "处长" };
	struct attached out;
	struct amendment what = { .why = why, .post = bytes_str(posts[play_below(p, 3)]) };
	if (play_below(p, 2) == 0)
		what.uscc = play_below(p, 2) == 0 ? desk_body : desk_entrusted_body;
	if (play_below(p, 3) == 0) {
		what.fields_n = 1;
		what.fields[0] = (uint8_t)(1 + play_below(p, 4));
	}
	return amend_certificate(b, number, &what, &out, &p->desk->err);
}

static enum status
set_some_rules(struct play *p, struct batch *b)
{
	struct rules r = { .review_cycle_months = (int)play_below(p, 24), .review_overdue = 1 + (int)play_below(p, 2),
		.review_grace_days = (int)play_below(p, 30), .suspension_ended = 1 + (int)play_below(p, 2) };
	return rules_set(b, &r, &p->desk->err);
}

static enum status
review_something(struct play *p, struct batch *b, struct bytes number)
{
	enum entered what;
	struct review r = { .result = play_below(p, 3) == 0 ? REVIEW_FAILED : REVIEW_PASSED,
		.reviewed_on = date_of_unix_s(p->desk->now_unix_s - (int64_t)play_below(p, 90) * 86400) };
	return review_certificate(b, number, &r, &what, &p->desk->err);
}

/* Somebody who has left, perhaps, and has nothing of before: that is rare enough to help it along. */
static enum status
come_back(struct play *p, struct batch *b, struct bytes number)
{
	struct decision left = { .action = ACTION_CANCEL, .effective_unix_s = p->desk->now_unix_s, .ground = BYTES_LIT("退休") }, back = left;
	back.action = ACTION_REINSTATE;
	enum status st = decide_holder(b, number, &left, NULL);
	if (st == OK || st == ERR_CONFLICT) /* void before */
		st = decide_person(b, number, &left, NULL);
	return st != OK && st != ERR_CONFLICT ? st : decide_person(b, number, &back, &p->desk->err);
}

enum status
play_people(struct play *p, struct batch *b, struct bytes number)
{
	struct attached out;
	struct renewal renewal = { .months = 1 + (int)play_below(p, 60), .window_months = 60, .why = why };
	switch (play_below(p, 14)) {
	case 0:
	case 1:  return replace_lost(b, number, &why, &out, &p->desk->err);
	case 2:  return replace_damaged(b, number, &why, &out, &p->desk->err);
	case 3:
	case 4:  return renew_certificate(b, number, &renewal, &out, &p->desk->err);
	case 5:  return set_some_rules(p, b);
	case 6:
	case 7:  return review_something(p, b, number);
	case 8:
	case 9:  return come_back(p, b, number);
	default: return amend_something(p, b, number);
	}
}
