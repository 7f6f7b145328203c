#include "registry/standing.h"

#include <assert.h>

#include "base/time.h"

enum { CHANGE_ITEMS = 4 };

static bool
is_terminal(enum action a)
{
	return a == ACTION_CANCEL || a == ACTION_REVOKE || a == ACTION_WITHDRAW || a == ACTION_REPLACE;
}

const char *
action_text(enum action a)
{
	switch (a) {
	case ACTION_NONE:      return "none";
	case ACTION_SUSPEND:   return "suspended";
	case ACTION_REINSTATE: return "reinstated";
	case ACTION_CANCEL:    return "cancelled";
	case ACTION_REVOKE:    return "revoked";
	case ACTION_WITHDRAW:  return "withdrawn";
	case ACTION_REPLACE:   return "replaced";
	}
	return "unknown";
}

/* a before b in the order of (effective, recorded); the list is kept in that order. */
static bool
comes_before(const struct change *a, const struct change *b)
{
	return a->effective_unix_s < b->effective_unix_s ||
	    (a->effective_unix_s == b->effective_unix_s && a->sequence < b->sequence);
}

/* Recorded after a cancellation: a person who left and came back.  What was recorded before it has been overtaken. */
static bool
is_return(const struct change *left, const struct change *c)
{
	return left->action == ACTION_CANCEL && c->action == ACTION_REINSTATE && c->sequence > left->sequence;
}

struct standing_at
standing_at(const struct standing *s, int64_t unix_s)
{
	struct standing_at at = { .state = STATE_GOOD };
	for (size_t i = 0; i < s->n; i++) {
		const struct change *c = &s->changes[i];
		if (c->effective_unix_s > unix_s)
			break;
		if (at.state == STATE_VOID && !is_return(&at.cause, c))
			continue;
		at.cause = *c;
		at.state = is_terminal(c->action) ? STATE_VOID : c->action == ACTION_SUSPEND ? STATE_SUSPENDED : STATE_GOOD;
	}
	if (at.state == STATE_GOOD)
		at.cause = (struct change){ 0 };
	at.overdue = at.state == STATE_SUSPENDED && at.cause.end_unix_s != 0 && unix_s >= at.cause.end_unix_s;
	return at;
}

/* The last change with effective <= unix_s, NULL if there is none. */
static const struct change *
last_before(const struct standing *s, int64_t unix_s)
{
	const struct change *last = NULL;
	for (size_t i = 0; i < s->n && s->changes[i].effective_unix_s <= unix_s; i++)
		last = &s->changes[i];
	return last;
}

/* It follows what is in effect when it takes effect.  What is recorded for later may be overtaken by it: a
 * cancellation next month does not stop a revocation today. */
static enum status
may_follow(const struct standing *s, const struct change *c, int64_t now_unix_s, bool may_return, struct err *err)
{
	char when[INSTANT_TEXT_LEN + 1];
	const struct change *last = last_before(s, c->effective_unix_s), *now = last_before(s, now_unix_s);
	if (last != NULL && is_terminal(last->action) && !(may_return && is_return(last, c)))
		return err_set(err, ERR_CONFLICT, "it is already %s (from %s), which is final", action_text(last->action),
		    instant_text(last->effective_unix_s, when));
	if (now != NULL && c->effective_unix_s < now->effective_unix_s)
		return err_set(err, ERR_CONFLICT, "the effective time lies before the last change in effect (%s from %s)",
		    action_text(now->action), instant_text(now->effective_unix_s, when));
	bool suspended = last != NULL && last->action == ACTION_SUSPEND, left = last != NULL && last->action == ACTION_CANCEL;
	if (c->action == ACTION_SUSPEND && suspended)
		return err_set(err, ERR_CONFLICT, "it is already suspended (from %s); reinstate it first",
		    instant_text(last->effective_unix_s, when));
	if (c->action == ACTION_REINSTATE && !suspended && !left)
		return err_set(err, ERR_CONFLICT, "it is not suspended, so there is nothing to reinstate");
	if (c->end_unix_s != 0 && (c->action != ACTION_SUSPEND || c->end_unix_s <= c->effective_unix_s))
		return err_set(err, ERR_CONFLICT, c->action != ACTION_SUSPEND ? "only a suspension has an end"
		                                                                : "the suspension would end before it begins");
	return OK;
}

/* The first change says no more once the second is in effect; the journal keeps it. */
static void
fold_past(struct standing *s, int64_t now_unix_s)
{
	if (s->changes[1].effective_unix_s > now_unix_s)
		return;
	memmove(&s->changes[0], &s->changes[1], (s->n - 1) * sizeof(s->changes[0]));
	s->n--;
}

static enum status
add(struct standing *s, const struct change *c, int64_t now_unix_s, bool may_return, struct err *err)
{
	enum status st = may_follow(s, c, now_unix_s, may_return, err);
	if (st)
		return st;
	struct standing grown = *s;
	if (grown.n == STANDING_CHANGES_MAX)
		fold_past(&grown, now_unix_s);
	if (grown.n == STANDING_CHANGES_MAX)
		return err_set(err, ERR_LIMIT, "%u changes are recorded that have not taken effect yet; no more fit", STANDING_CHANGES_MAX);
	size_t at = grown.n; /* before what is recorded for later */
	while (at > 0 && grown.changes[at - 1].effective_unix_s > c->effective_unix_s)
		at--;
	memmove(&grown.changes[at + 1], &grown.changes[at], (grown.n - at) * sizeof(grown.changes[0]));
	grown.changes[at] = *c;
	grown.n++;
	*s = grown;
	return OK;
}

enum status
standing_add(struct standing *s, const struct change *c, int64_t now_unix_s, struct err *err)
{
	return add(s, c, now_unix_s, false, err);
}

enum status
standing_add_return(struct standing *s, const struct change *c, int64_t now_unix_s, struct err *err)
{
	return add(s, c, now_unix_s, true, err);
}

void
standing_write(struct cbor_writer *w, const struct standing *s)
{
	cbor_write_array(w, s->n);
	for (size_t i = 0; i < s->n; i++) {
		const struct change *c = &s->changes[i];
		assert(i == 0 || comes_before(&s->changes[i - 1], c));
		cbor_write_array(w, CHANGE_ITEMS);
		cbor_write_uint(w, (uint64_t)c->action);
		cbor_write_int(w, c->effective_unix_s);
		cbor_write_int(w, c->end_unix_s);
		cbor_write_uint(w, c->sequence);
	}
}

void
standing_read(struct cbor_reader *r, struct standing *s)
{
	size_t n = cbor_read_array(r);
	s->n = 0;
	if (n > STANDING_CHANGES_MAX) {
		cbor_fail(r, ERR_LIMIT);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct change *c = &s->changes[i];
		if (cbor_read_array(r) != CHANGE_ITEMS)
			cbor_fail(r, ERR_FORMAT);
		uint64_t action = cbor_read_uint(r);
		c->effective_unix_s = cbor_read_int(r);
		c->end_unix_s = cbor_read_int(r);
		c->sequence = cbor_read_uint(r);
		c->action = (enum action)(action <= ACTION_REPLACE ? action : ACTION_NONE);
		if (action == ACTION_NONE || action > ACTION_REPLACE)
			cbor_fail(r, ERR_UNSUPPORTED);
		else if (i > 0 && !comes_before(&s->changes[i - 1], c))
			cbor_fail(r, ERR_FORMAT);
	}
	s->n = r->status == OK ? n : 0;
}
