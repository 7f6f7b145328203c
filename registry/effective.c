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
	}
	return "unknown";
}

/* Whether this subject is what fails, and how it is published: void for ever only for credential and certificate. */
static bool
fails(const struct standing *s, int64_t now_unix_s, enum cause cause, bool void_is_final, struct effective *e)
{
	struct standing_at at = standing_at(s, now_unix_s);
	if (at.state == STATE_GOOD)
		return false;
	*e = (struct effective){ .value = at.state == STATE_VOID && void_is_final ? STATUS_INVALID : STATUS_SUSPENDED, .cause = cause,
		.change = at.cause, .overdue = at.overdue };
	return true;
}

/* Its own standing and term. */
static struct effective
body_by_itself(const struct body *b, int64_t now_unix_s)
{
	struct effective e = { .value = STATUS_VALID };
	if (fails(&b->standing, now_unix_s, CAUSE_BODY, false, &e) || b->kind != BODY_ENTRUSTED)
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

enum status
effective_of_body(struct txn *t, const struct body *b, int64_t now_unix_s, struct effective *out)
{
	struct body organ;
	struct effective e = body_by_itself(b, now_unix_s);
	enum status st = e.value == STATUS_VALID && b->entrusting_uscc.len > 0 ? body_get(t, b->entrusting_uscc, &organ) : ERR_NOT_FOUND;
	if (st == OK) {
		struct effective by_itself = body_by_itself(&organ, now_unix_s);
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
person_effective(struct txn *t, const struct holder *h, int64_t now_unix_s, struct effective *e, bool *found)
{
	struct person p;
	enum status st = must_be_there(person_get(t, (struct bytes){ h->person_id, PERSON_ID_LEN }, &p));
	if (st == OK)
		*found = fails(&p.standing, now_unix_s, CAUSE_PERSON, false, e);
	return st;
}

enum status
effective_of_holder(struct txn *t, const struct holder *h, int64_t now_unix_s, struct effective *out)
{
	struct effective e = { .value = STATUS_VALID };
	struct body body;
	bool found = fails(&h->standing, now_unix_s, CAUSE_CERTIFICATE, true, &e);
	enum status st = found ? OK : person_effective(t, h, now_unix_s, &e, &found);
	if (st == OK && !found) {
		st = must_be_there(body_get(t, h->uscc, &body));
		if (st == OK)
			st = effective_of_body(t, &body, now_unix_s, &e);
	}
	if (st == OK)
		*out = e;
	return st;
}

enum status
effective_of_issued(struct txn *t, const struct issued *c, int64_t now_unix_s, struct effective *out)
{
	struct effective e;
	struct holder h;
	if (fails(&c->standing, now_unix_s, CAUSE_CREDENTIAL, true, &e)) {
		*out = e;
		return OK;
	}
	enum status st = must_be_there(holder_get(t, c->holder_id, &h));
	return st ? st : effective_of_holder(t, &h, now_unix_s, out);
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
	int64_t now_unix_s;
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
		.effective = body_by_itself(&b, c->now_unix_s) };
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
	c->now_unix_s = now_unix_s;
	enum status st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &cursor);
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
effective_cached(struct effective_cache *c, const struct issued *issued, struct effective *out)
{
	struct effective e = { .value = STATUS_VALID };
	struct holder h;
	if (fails(&issued->standing, c->now_unix_s, CAUSE_CREDENTIAL, true, &e)) {
		*out = e;
		return OK;
	}
	enum status st = must_be_there(holder_get(c->txn, issued->holder_id, &h));
	if (st)
		return st;
	bool found = fails(&h.standing, c->now_unix_s, CAUSE_CERTIFICATE, true, &e);
	if (!found)
		st = person_effective(c->txn, &h, c->now_unix_s, &e, &found);
	if (st == OK && !found) {
		const struct body_state *b = state_of(c, h.uscc.ptr);
		if (b == NULL)
			return ERR_DAMAGED;
		e = b->effective;
	}
	if (st == OK)
		*out = e;
	return st;
}

void
effective_cache_close(struct effective_cache *c)
{
	if (c != NULL)
		free(c->bodies);
	free(c);
}
