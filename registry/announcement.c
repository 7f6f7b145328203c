#include "registry/announcement.h"

#include <stdlib.h>

#include "crypto/cose.h"

static enum status
damaged(enum status st)
{
	return st == ERR_NOT_FOUND || st == ERR_FORMAT ? ERR_DAMAGED : st;
}

static enum status
event_at(struct txn *t, uint64_t sequence, struct event *out)
{
	struct bytes enc;
	enum status st = journal_get(t, sequence, &enc);
	if (st == OK)
		st = event_decode(enc, out);
	return damaged(st);
}

/* Both ends of the period, with the time of the event it begins behind. */
struct period { struct announce_period asked; int64_t since_unix_s; };

static enum status
period_open(struct txn *t, const struct announce_period *asked, struct period *out)
{
	struct event e;
	*out = (struct period){ .asked = *asked, .since_unix_s = asked->since_unix_s };
	if (asked->since_sequence == 0)
		return OK;
	struct bytes enc;
	enum status st = journal_get(t, asked->since_sequence, &enc); /* ERR_NOT_FOUND is the caller's mistake */
	if (st == OK)
		st = event_decode(enc, &e);
	if (st == OK)
		out->since_unix_s = e.time_ms / 1000;
	return st == ERR_FORMAT ? ERR_DAMAGED : st;
}

/* What is in force as soon as it is recorded follows the order of the journal, what is for later the clock. */
static bool
is_within(const struct period *p, int64_t recorded_unix_s, int64_t effective_unix_s, uint64_t sequence, int64_t *at_unix_s)
{
	bool at_once = effective_unix_s <= recorded_unix_s;
	*at_unix_s = at_once ? recorded_unix_s : effective_unix_s;
	if (*at_unix_s >= p->asked.until_unix_s)
		return false;
	if (p->asked.since_sequence == 0)
		return *at_unix_s >= p->since_unix_s;
	return at_once ? sequence > p->asked.since_sequence : effective_unix_s > p->since_unix_s;
}

/* ---- issued ---- */

struct issues {
	struct txn *txn;
	struct period period;
	uint8_t *seen;                         /* a bit for each holder: it has a credential already */
	uint64_t holders;
	announced_fn *fn;
	void *ctx;
};

static bool
is_first(struct issues *x, uint64_t holder_id)
{
	uint8_t bit = (uint8_t)(1u << holder_id % 8);
	bool first = (x->seen[holder_id / 8] & bit) == 0;
	x->seen[holder_id / 8] |= bit;
	return first;
}

static enum status
tell_issued(struct issues *x, const struct issued *c, enum announced_what what, int64_t at_unix_s)
{
	struct bytes token;
	struct cose cose;
	struct credential k;
	enum status st = issued_token(x->txn, c, &token);
	if (st == OK)
		st = cose_decode(token, COSE_OURS, &cose);
	if (st == OK)
		st = credential_decode(cose.payload, &k);
	if (st)
		return damaged(st);
	struct announced a = { .what = what, .at_unix_s = at_unix_s, .sequence = c->sequence, .kind = k.kind, .number = k.sub, .name = k.name,
		.body_name = k.body_name, .uscc = k.body_uscc, .entrusting_name = k.entrusting_name, .post = k.post, .fields_n = k.fields_n,
		.jurisdiction = k.jurisdiction, .from_unix_s = k.nbf_unix_s, .to_unix_s = k.exp_unix_s };
	memcpy(a.fields, k.fields, sizeof(a.fields));
	x->fn(x->ctx, &a);
	return OK;
}

static enum status
look_at_issued(struct issues *x, const struct issued *c)
{
	struct event e;
	int64_t at_unix_s = 0;
	if (c->holder_id == 0) /* a body's own */
		return OK;
	if (c->holder_id >= x->holders)
		return ERR_DAMAGED;
	enum announced_what what = is_first(x, c->holder_id) ? ANNOUNCED_ISSUED : ANNOUNCED_REPLACED;
	if (c->sequence <= x->period.asked.since_sequence)
		return OK;
	enum status st = event_at(x->txn, c->sequence, &e);
	if (st != OK || !is_within(&x->period, e.time_ms / 1000, e.time_ms / 1000, c->sequence, &at_unix_s))
		return st;
	return tell_issued(x, c, what, at_unix_s);
}

enum status
announce_issued(struct txn *t, const struct announce_period *p, announced_fn *fn, void *ctx)
{
	struct issues x = { .txn = t, .fn = fn, .ctx = ctx };
	struct cursor c = { 0 };
	struct bytes key, enc;
	struct counters counters;
	struct issued issued;
	enum status st = period_open(t, p, &x.period);
	if (st == OK)
		st = counters_get(t, &counters);
	if (st)
		return st;
	x.holders = counters.next_holder_id;
	x.seen = calloc((size_t)(x.holders / 8 + 1), 1);
	if (x.seen == NULL)
		return ERR_SYSTEM;
	st = cursor_open(t, TABLE_CREDENTIAL, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &enc)) == OK) {
		st = damaged(issued_decode(key64_value(key), enc, &issued));
		if (st == OK)
			st = look_at_issued(&x, &issued);
	}
	cursor_close(&c);
	free(x.seen);
	return st == ERR_NOT_FOUND ? OK : st;
}

/* ---- void ---- */

/* A decision of an office has an organ and a document; what an import carried over has neither. */
static bool
was_decided_here(const struct decision *d)
{
	return d->organ.len > 0 || d->document.len > 0;
}

static enum status
look_at_void(struct txn *t, const struct period *p, const struct roll_row *row, announced_fn *fn, void *ctx)
{
	const struct change *c = &row->condition.effective.change;
	struct event e;
	enum subject subject;
	struct bytes key, typed;
	struct announced a = { .what = ANNOUNCED_VOID, .sequence = c->sequence };
	enum status st = event_at(t, c->sequence, &e);
	if (st == OK)
		st = damaged(decision_decode(e.payload, &subject, &key, &a.decision, &typed));
	if (st)
		return st;
	if (!was_decided_here(&a.decision) || !is_within(p, e.time_ms / 1000, c->effective_unix_s, c->sequence, &a.at_unix_s))
		return OK;
	const struct entries *n = &row->entries;
	a.kind = row->holder.kind;
	a.number = row->holder.number;
	a.name = n->name;
	a.body_name = row->body->name;
	a.uscc = row->holder.uscc;
	a.entrusting_name = row->body->entrusting_name;
	a.post = n->post;
	a.fields_n = n->fields_n;
	memcpy(a.fields, n->fields, sizeof(a.fields));
	a.jurisdiction = n->jurisdiction;
	a.from_unix_s = row->condition.from_unix_s;
	a.to_unix_s = row->condition.to_unix_s;
	fn(ctx, &a);
	return OK;
}

enum status
announce_void(struct txn *t, const struct announce_period *p, announced_fn *fn, void *ctx)
{
	struct period period;
	struct roll *roll = NULL;
	struct roll_row row;
	const struct roll_filter voided = { .conditions = 1u << CONDITION_VOID };
	enum status st = period_open(t, p, &period);
	if (st)
		return st;
	st = roll_open(t, &voided, p->until_unix_s - 1, &roll);
	while (st == OK && (st = roll_next(roll, &row, NULL)) == OK)
		st = look_at_void(t, &period, &row, fn, ctx);
	roll_close(roll);
	return st == ERR_NOT_FOUND ? OK : st;
}
