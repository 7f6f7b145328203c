#include "registry/roll.h"

#include <stdlib.h>

struct roll {
	struct txn *txn;
	struct roll_filter filter;
	int64_t now_unix_s;
	struct rules rules;
	struct cursor cursor;
	struct effective_cache *effective;
	struct body_cache *bodies;
};

enum status
roll_open(struct txn *t, const struct roll_filter *filter, int64_t now_unix_s, struct roll **out)
{
	struct roll *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return ERR_SYSTEM;
	*r = (struct roll){ .txn = t, .filter = *filter, .now_unix_s = now_unix_s };
	enum status st = rules_get(t, &r->rules);
	if (st == OK)
		st = body_cache_open(t, now_unix_s, &r->bodies);
	if (st == OK)
		st = effective_cache_open(t, now_unix_s, &r->effective);
	if (st == OK)
		st = cursor_open(t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &r->cursor);
	if (st)
		roll_close(r);
	else
		*out = r;
	return st;
}

void
roll_close(struct roll *r)
{
	if (r == NULL)
		return;
	cursor_close(&r->cursor);
	effective_cache_close(r->effective);
	body_cache_close(r->bodies);
	free(r);
}

static bool
in_set(uint32_t set, unsigned member)
{
	return set == 0 || (set >> member & 1u) != 0;
}

/* By the record alone. */
static bool
record_passes(const struct roll_filter *f, const struct holder *h)
{
	return in_set(f->kinds, (unsigned)h->kind) && (f->uscc.len == 0 || bytes_eq(f->uscc, h->uscc));
}

static bool
entries_pass(const struct roll_filter *f, const struct entries *e)
{
	return (f->division == 0 || jurisdiction_covers(f->division, e->jurisdiction)) &&
	    (f->field == 0 || memchr(e->fields, f->field, e->fields_n) != NULL);
}

static bool
is_in_force(const struct condition_at *c)
{
	return c->is == CONDITION_VALID || c->is == CONDITION_SUSPENDED;
}

static bool
condition_passes(const struct roll_filter *f, const struct condition_at *c)
{
	return in_set(f->conditions, (unsigned)c->is) &&
	    (f->expires_by_unix_s == 0 || (is_in_force(c) && c->to_unix_s <= f->expires_by_unix_s));
}

static enum status
look_at_review(struct roll *r, struct roll_row *row, bool *passes)
{
	struct review last;
	row->reviewed_on = row->review_due = (struct date){ 0 };
	if (!*passes || (!r->filter.with_reviews && !r->filter.review_overdue))
		return OK;
	enum status st = review_get(r->txn, row->holder.id, &last);
	if (st == OK)
		row->reviewed_on = last.reviewed_on;
	if (st == OK || st == ERR_NOT_FOUND)
		st = review_due(r->txn, &row->holder, &r->rules, &row->review_due);
	if (r->filter.review_overdue)
		*passes = st == OK && is_in_force(&row->condition) && row->review_due.year != 0 &&
		    r->now_unix_s >= review_overdue_from(row->review_due, &r->rules);
	return st;
}

static enum status
look_at(struct roll *r, struct roll_row *row, bool *passes)
{
	struct effective effective;
	*passes = false;
	if (!record_passes(&r->filter, &row->holder))
		return OK;
	enum status st = holder_entries(r->txn, &row->holder, &row->entries);
	if (st != OK || !entries_pass(&r->filter, &row->entries))
		return st;
	st = effective_cached_holder(r->effective, &row->holder, &effective);
	if (st == OK)
		st = condition_with(r->txn, &row->holder, &row->entries, &effective, r->now_unix_s, &row->condition);
	row->body = body_cache_get(r->bodies, row->holder.uscc);
	if (st == OK && row->body == NULL)
		st = ERR_DAMAGED;
	*passes = st == OK && condition_passes(&r->filter, &row->condition);
	return st ? st : look_at_review(r, row, passes);
}

enum status
roll_next(struct roll *r, struct roll_row *out, uint64_t *id)
{
	struct bytes key, value;
	struct roll_row row;
	bool passes = false;
	enum status st = OK;
	while (st == OK && !passes) {
		st = cursor_next(&r->cursor, &key, &value);
		if (st)
			return st;
		if (id != NULL)
			*id = key64_value(key);
		st = holder_decode(key64_value(key), value, &row.holder);
		if (st == OK)
			st = look_at(r, &row, &passes);
	}
	if (st == OK)
		*out = row;
	return st == ERR_FORMAT ? ERR_DAMAGED : st;
}
