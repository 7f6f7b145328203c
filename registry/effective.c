#include "registry/effective.h"

#include <stdlib.h>

#include "crypto/statuslist.h"

const char *
cause_text(enum cause c)
{
	switch (c) {
	case CAUSE_NONE:        return "none";
	case CAUSE_CREDENTIAL:  return "credential";
	case CAUSE_CERTIFICATE: return "certificate";
	case CAUSE_PERSON:      return "person";
	case CAUSE_BODY:        return "body";
	case CAUSE_ENTRUSTMENT: return "entrustment";
	case CAUSE_QUALIFICATION: return "qualification";
	}
	return "unknown";
}

/* At what time and by which rules it is judged. */
struct when { int64_t now_unix_s; struct rules rules; };

/* Whether this subject is what fails, and how it is published: void for ever only for credential and certificate. */
static bool
fails(const struct standing *s, const struct when *w, enum cause cause, bool void_is_final, struct effective *e)
{
	struct standing_at at = standing_by_rules(s, w->now_unix_s, &w->rules);
	if (at.state == STATE_GOOD)
		return false;
	*e = (struct effective){ .value = at.state == STATE_VOID && void_is_final ? STATUS_INVALID : STATUS_SUSPENDED, .cause = cause,
		.change = at.cause, .overdue = at.overdue };
	return true;
}

/* Its own standing and term. */
static struct effective
body_by_itself(const struct body *b, const struct when *w)
{
	int64_t now_unix_s = w->now_unix_s;
	struct effective e = { .value = STATUS_VALID };
	if (fails(&b->standing, w, CAUSE_BODY, false, &e) || b->kind != BODY_ENTRUSTED)
		return e;
	bool within = b->entrusted_from_unix_s <= now_unix_s && (b->entrusted_to_unix_s == 0 || now_unix_s < b->entrusted_to_unix_s);
	if (!within) {
		bool over = b->entrusted_to_unix_s != 0 && now_unix_s >= b->entrusted_to_unix_s;
		e = (struct effective){ .value = STATUS_SUSPENDED, .cause = CAUSE_ENTRUSTMENT,
			.change = { .effective_unix_s = over ? b->entrusted_to_unix_s : b->entrusted_from_unix_s } };
	}
	return e;
}

/* The entrustment stands and falls with the organ in whose name the body acts; organ: that organ by itself. */
static void
add_organ(struct effective *e, int64_t entrusted_from_unix_s, enum body_kind organ_kind, const struct effective *organ)
{
	if (e->value != STATUS_VALID || (organ_kind != BODY_ENTRUSTED && organ->cause != CAUSE_BODY))
		return;
	bool fails = organ->cause == CAUSE_BODY;
	*e = (struct effective){ .value = STATUS_SUSPENDED, .cause = CAUSE_ENTRUSTMENT, .overdue = organ->overdue,
		.change = fails ? organ->change : (struct change){ .effective_unix_s = entrusted_from_unix_s } };
}

static enum status
body_at(struct txn *t, const struct body *b, const struct when *w, struct effective *out)
{
	struct body organ;
	struct effective e = body_by_itself(b, w);
	enum status st = e.value == STATUS_VALID && b->entrusting_uscc.len > 0 ? body_get(t, b->entrusting_uscc, &organ) : ERR_NOT_FOUND;
	if (st == OK) {
		struct effective by_itself = body_by_itself(&organ, w);
		add_organ(&e, b->entrusted_from_unix_s, organ.kind, &by_itself);
	} else if (st != ERR_NOT_FOUND)
		return st == ERR_FORMAT ? ERR_DAMAGED : st;
	*out = e;
	return OK;
}

/* A record that another one points at must be there. */
static enum status
must_be_there(enum status st)
{
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}

static enum status
person_effective(struct txn *t, const struct holder *h, const struct when *w, struct effective *e, bool *found)
{
	struct person p;
	enum status st = must_be_there(person_get(t, (struct bytes){ h->person_id, PERSON_ID_LEN }, &p));
	if (st == OK)
		*found = fails(&p.standing, w, CAUSE_PERSON, false, e);
	return st;
}

/* Asked last, when all else is good. */
static enum status
qualification_effective(struct txn *t, const struct holder *h, const struct when *w, struct review_cache *reviews, struct effective *e)
{
	struct qualification q;
	enum status st = must_be_there(qualification_of(t, h, &w->rules, w->now_unix_s, reviews, &q));
	if (st == OK && q.shortfall != SHORTFALL_NONE)
		*e = (struct effective){ .value = STATUS_SUSPENDED, .cause = CAUSE_QUALIFICATION, .shortfall = q.shortfall,
			.change = { .effective_unix_s = q.since_unix_s } };
	return st;
}

static enum status
holder_at(struct txn *t, const struct holder *h, const struct when *w, struct effective *out)
{
	struct effective e = { .value = STATUS_VALID };
	struct body body;
	bool found = fails(&h->standing, w, CAUSE_CERTIFICATE, true, &e);
	enum status st = found ? OK : person_effective(t, h, w, &e, &found);
	if (st == OK && !found) {
		st = must_be_there(body_get(t, h->uscc, &body));
		if (st == OK)
			st = body_at(t, &body, w, &e);
	}
	if (st == OK && e.value == STATUS_VALID)
		st = qualification_effective(t, h, w, NULL, &e);
	if (st == OK)
		*out = e;
	return st;
}

enum status
effective_of_body(struct txn *t, const struct body *b, int64_t now_unix_s, struct effective *out)
{
	struct when w = { .now_unix_s = now_unix_s };
	enum status st = rules_get(t, &w.rules);
	return st ? st : body_at(t, b, &w, out);
}

/* A body's own certificate ends with the body: abolished is void. */
static struct effective
of_its_own(struct effective body)
{
	if (body.cause == CAUSE_BODY && body.change.action == ACTION_CANCEL)
		body.value = STATUS_INVALID;
	return body;
}

static enum status
own_at(struct txn *t, const struct issued *c, const struct when *w, struct effective *out)
{
	struct body body;
	struct effective e;
	enum status st = must_be_there(body_get(t, (struct bytes){ c->uscc, USCC_LEN }, &body));
	if (st == OK)
		st = body_at(t, &body, w, &e);
	if (st == OK)
		*out = of_its_own(e);
	return st;
}

enum status
effective_of_holder(struct txn *t, const struct holder *h, int64_t now_unix_s, struct effective *out)
{
	struct when w = { .now_unix_s = now_unix_s };
	enum status st = rules_get(t, &w.rules);
	return st ? st : holder_at(t, h, &w, out);
}

enum status
effective_of_issued(struct txn *t, const struct issued *c, int64_t now_unix_s, struct effective *out)
{
	struct effective e;
	struct holder h;
	struct when w = { .now_unix_s = now_unix_s };
	enum status st = rules_get(t, &w.rules);
	if (st)
		return st;
	if (fails(&c->standing, &w, CAUSE_CREDENTIAL, true, &e)) {
		*out = e;
		return OK;
	}
	if (c->holder_id == 0)
		return own_at(t, c, &w, out);
	st = must_be_there(holder_get(t, c->holder_id, &h));
	return st ? st : holder_at(t, &h, &w, out);
}

/* ---- for passes over everything ---- */

struct body_state {
	uint8_t uscc[USCC_LEN], organ[USCC_LEN];
	bool has_organ;
	enum body_kind kind;
	int64_t entrusted_from_unix_s;
	struct effective effective;
};

struct effective_cache {
	struct txn *txn;
	struct when when;
	struct review_cache *reviews;
	struct body_state *bodies; /* in key order, as the table is */
	size_t n, cap;
};

static enum status
cache_add(struct effective_cache *c, struct bytes uscc, struct bytes enc)
{
	struct body b;
	enum status st = body_decode(uscc, enc, &b);
	if (st)
		return st == ERR_FORMAT ? ERR_DAMAGED : st;
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 1024;
		struct body_state *grown = realloc(c->bodies, cap * sizeof(*grown));
		if (grown == NULL)
			return ERR_SYSTEM;
		c->bodies = grown;
		c->cap = cap;
	}
	struct body_state *state = &c->bodies[c->n++];
	*state = (struct body_state){ .kind = b.kind, .entrusted_from_unix_s = b.entrusted_from_unix_s, .has_organ = b.entrusting_uscc.len > 0,
		.effective = body_by_itself(&b, &c->when) };
	memcpy(state->uscc, uscc.ptr, USCC_LEN);
	if (state->has_organ)
		memcpy(state->organ, b.entrusting_uscc.ptr, USCC_LEN);
	return OK;
}

static int
by_uscc(const void *key, const void *element)
{
	return memcmp(key, ((const struct body_state *)element)->uscc, USCC_LEN);
}

static struct body_state *
state_of(const struct effective_cache *c, const uint8_t *uscc)
{
	return c->n > 0 ? bsearch(uscc, c->bodies, c->n, sizeof(*c->bodies), by_uscc) : NULL;
}

/* Now that all bodies are there.  An organ's own entrustment is no cause: that it has one is. */
static void
add_organs(struct effective_cache *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct body_state *b = &c->bodies[i];
		const struct body_state *organ = b->has_organ ? state_of(c, b->organ) : NULL;
		if (organ != NULL)
			add_organ(&b->effective, b->entrusted_from_unix_s, organ->kind, &organ->effective);
	}
}

enum status
effective_cache_open(struct txn *t, int64_t now_unix_s, struct effective_cache **out)
{
	struct bytes key, value;
	struct cursor cursor = { 0 };
	struct effective_cache *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return ERR_SYSTEM;
	c->txn = t;
	c->when.now_unix_s = now_unix_s;
	enum status st = rules_get(t, &c->when.rules);
	if (st == OK)
		st = review_cache_open(t, &c->reviews);
	if (st == OK)
		st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &cursor);
	while (st == OK && (st = cursor_next(&cursor, &key, &value)) == OK)
		st = cache_add(c, key, value);
	cursor_close(&cursor);
	if (st != ERR_NOT_FOUND) {
		effective_cache_close(c);
		return st;
	}
	add_organs(c);
	*out = c;
	return OK;
}

enum status
effective_cached_holder(struct effective_cache *c, const struct holder *h, struct effective *out)
{
	struct effective e = { .value = STATUS_VALID };
	enum status st = OK;
	bool found = fails(&h->standing, &c->when, CAUSE_CERTIFICATE, true, &e);
	if (!found)
		st = person_effective(c->txn, h, &c->when, &e, &found);
	if (st == OK && !found) {
		const struct body_state *b = state_of(c, h->uscc.ptr);
		if (b == NULL)
			return ERR_DAMAGED;
		e = b->effective;
	}
	if (st == OK && e.value == STATUS_VALID)
		st = qualification_effective(c->txn, h, &c->when, c->reviews, &e);
	if (st == OK)
		*out = e;
	return st;
}

enum status
effective_cached(struct effective_cache *c, const struct issued *issued, struct effective *out)
{
	struct effective e;
	struct holder h;
	if (fails(&issued->standing, &c->when, CAUSE_CREDENTIAL, true, &e)) {
		*out = e;
		return OK;
	}
	if (issued->holder_id == 0) {
		const struct body_state *b = state_of(c, issued->uscc);
		if (b == NULL)
			return ERR_DAMAGED;
		*out = of_its_own(b->effective);
		return OK;
	}
	enum status st = must_be_there(holder_get(c->txn, issued->holder_id, &h));
	return st ? st : effective_cached_holder(c, &h, out);
}

void
effective_cache_close(struct effective_cache *c)
{
	if (c == NULL)
		return;
	review_cache_close(c->reviews);
	free(c->bodies);
	free(c);
}
