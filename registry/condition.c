#include "registry/condition.h"

#include <stdio.h>

#include "crypto/statuslist.h"

const char *
condition_text(enum condition c)
{
	switch (c) {
	case CONDITION_VALID:         return "VALID";
	case CONDITION_SUSPENDED:     return "SUSPENDED";
	case CONDITION_VOID:          return "VOID";
	case CONDITION_EXPIRED:       return "EXPIRED";
	case CONDITION_NOT_YET_VALID: return "NOT_YET_VALID";
	case CONDITION_NOT_ISSUED:    return "NOT_ISSUED";
	}
	return "UNKNOWN";
}

static enum status
must_be_there(enum status st)
{
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}

/* The start of the day on which the credential was signed. */
static enum status
signed_on(struct txn *t, const struct issued *c, int64_t *unix_s)
{
	struct bytes enc;
	struct event e;
	enum status st = must_be_there(journal_get(t, c->sequence, &enc));
	if (st == OK)
		st = event_decode(enc, &e);
	if (st == OK)
		*unix_s = date_start_unix_s(date_of_unix_s(e.time_ms / 1000));
	return st;
}

static enum status
term_of(struct txn *t, const struct holder *h, const struct entries *e, struct condition_at *c)
{
	struct issued issued;
	if (h->serial == 0)
		return OK;
	enum status st = must_be_there(issued_get(t, h->serial, &issued));
	if (st)
		return st;
	c->to_unix_s = issued.exp_unix_s;
	if (e->issued_on.year == 0)
		return signed_on(t, &issued, &c->from_unix_s);
	c->from_unix_s = date_start_unix_s(e->issued_on);
	return OK;
}

static enum condition
condition_in(const struct condition_at *c, bool issued, int64_t unix_s)
{
	if (c->effective.value == STATUS_INVALID)
		return CONDITION_VOID;
	if (!issued)
		return CONDITION_NOT_ISSUED;
	if (unix_s < c->from_unix_s)
		return CONDITION_NOT_YET_VALID;
	if (unix_s >= c->to_unix_s)
		return CONDITION_EXPIRED;
	return c->effective.value == STATUS_VALID ? CONDITION_VALID : CONDITION_SUSPENDED;
}

enum status
condition_with(struct txn *t, const struct holder *h, const struct entries *e, const struct effective *effective, int64_t unix_s,
    struct condition_at *out)
{
	struct condition_at c = { .effective = *effective };
	enum status st = term_of(t, h, e, &c);
	if (st)
		return st;
	c.is = condition_in(&c, h->serial != 0, unix_s);
	*out = c;
	return OK;
}

enum status
condition_of_holder(struct txn *t, const struct holder *h, const struct entries *e, int64_t unix_s, struct condition_at *out)
{
	struct effective effective;
	enum status st = effective_of_holder(t, h, unix_s, &effective);
	return st ? st : condition_with(t, h, e, &effective, unix_s, out);
}

enum status
condition_of_body(struct txn *t, const struct body *b, int64_t unix_s, struct condition_at *out)
{
	struct condition_at c = { .is = CONDITION_VALID, .from_unix_s = b->entrusted_from_unix_s, .to_unix_s = b->entrusted_to_unix_s };
	enum status st = effective_of_body(t, b, unix_s, &c.effective);
	if (st)
		return st;
	bool is_over = c.to_unix_s != 0 && unix_s >= c.to_unix_s;
	if (c.effective.cause == CAUSE_BODY)
		c.is = c.effective.change.action == ACTION_SUSPEND ? CONDITION_SUSPENDED : CONDITION_VOID;
	else if (c.effective.value != STATUS_VALID)
		c.is = unix_s < c.from_unix_s ? CONDITION_NOT_YET_VALID : is_over ? CONDITION_EXPIRED : CONDITION_SUSPENDED;
	*out = c;
	return OK;
}

static void
explain_effective(const struct effective *e, char out[CONDITION_SENTENCE_MAX])
{
	char from[INSTANT_TEXT_LEN + 1], to[INSTANT_TEXT_LEN + 1];
	(void)instant_text(e->change.effective_unix_s, from);
	if (e->cause == CAUSE_QUALIFICATION)
		(void)snprintf(out, CONDITION_SENTENCE_MAX, "the qualification does not hold: %s%s%s", shortfall_text(e->shortfall),
		    e->change.effective_unix_s != 0 ? " from " : "", e->change.effective_unix_s != 0 ? from : "");
	else if (e->change.action == ACTION_NONE)
		(void)snprintf(out, CONDITION_SENTENCE_MAX, "the %s does not hold (%s)", cause_text(e->cause), from);
	else if (e->change.end_unix_s == 0)
		(void)snprintf(out, CONDITION_SENTENCE_MAX, "the %s is %s from %s", cause_text(e->cause), action_text(e->change.action), from);
	else
		(void)snprintf(out, CONDITION_SENTENCE_MAX, "the %s is %s from %s to %s%s", cause_text(e->cause), action_text(e->change.action),
		    from, instant_text(e->change.end_unix_s, to), e->overdue ? ", which is over, but nobody has reinstated it" : "");
}

const char *
condition_explain(const struct condition_at *c, char out[CONDITION_SENTENCE_MAX])
{
	char when[INSTANT_TEXT_LEN + 1];
	switch (c->is) {
	case CONDITION_VALID:         (void)snprintf(out, CONDITION_SENTENCE_MAX, "it is good"); break;
	case CONDITION_NOT_ISSUED:    (void)snprintf(out, CONDITION_SENTENCE_MAX, "no credential was issued yet"); break;
	case CONDITION_NOT_YET_VALID:
		(void)snprintf(out, CONDITION_SENTENCE_MAX, "it is valid from %s on", instant_text(c->from_unix_s, when)); break;
	case CONDITION_EXPIRED:
		(void)snprintf(out, CONDITION_SENTENCE_MAX, "it expired at %s", instant_text(c->to_unix_s, when)); break;
	case CONDITION_SUSPENDED:
	case CONDITION_VOID:          explain_effective(&c->effective, out); break;
	}
	return out;
}

bool
condition_is_known(const struct standing *s, int64_t unix_s)
{
	return s->n < STANDING_CHANGES_MAX || s->changes[0].effective_unix_s <= unix_s;
}
