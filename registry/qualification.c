#include "registry/qualification.h"

#include <stdlib.h>

const char *
shortfall_text(enum shortfall s)
{
	switch (s) {
	case SHORTFALL_NONE:           return "none";
	case SHORTFALL_REVIEW_FAILED:  return "the periodic review was not passed";
	case SHORTFALL_REVIEW_OVERDUE: return "the periodic review is overdue";
	case SHORTFALL_NOT_TRAINED:    return "no training is recorded";
	case SHORTFALL_NOT_EXAMINED:   return "no exam is recorded";
	}
	return "unknown";
}

/* ---- all reviews in memory ---- */

struct brief { uint64_t holder_id; struct date due; bool failed; struct date reviewed_on; };
struct review_cache { struct brief *all; size_t n, cap, next; };

static enum status
cache_add(struct review_cache *c, struct bytes key, struct bytes enc)
{
	struct review r;
	enum status st = review_decode(key64_value(key), enc, &r);
	if (st)
		return st == ERR_FORMAT ? ERR_DAMAGED : st;
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 1024;
		struct brief *grown = realloc(c->all, cap * sizeof(*grown));
		if (grown == NULL)
			return ERR_SYSTEM;
		c->all = grown;
		c->cap = cap;
	}
	c->all[c->n++] = (struct brief){ r.holder_id, r.due, r.result == REVIEW_FAILED, r.reviewed_on };
	return OK;
}

enum status
review_cache_open(struct txn *t, struct review_cache **out)
{
	struct bytes key, value;
	struct cursor cursor = { 0 };
	struct review_cache *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return ERR_SYSTEM;
	enum status st = cursor_open(t, TABLE_REVIEW, (struct bytes){ NULL, 0 }, &cursor);
	while (st == OK && (st = cursor_next(&cursor, &key, &value)) == OK)
		st = cache_add(c, key, value);
	cursor_close(&cursor);
	if (st != ERR_NOT_FOUND) {
		review_cache_close(c);
		return st;
	}
	*out = c;
	return OK;
}

void
review_cache_close(struct review_cache *c)
{
	if (c != NULL)
		free(c->all);
	free(c);
}

static int
by_holder(const void *key, const void *element)
{
	const uint64_t *id = key;
	const struct brief *b = element;
	return (*id > b->holder_id) - (*id < b->holder_id);
}

/* Passes go through the holders nearly in order: the next one is looked at first. */
static const struct brief *
cache_find(struct review_cache *c, uint64_t holder_id)
{
	const struct brief *found = c->next < c->n && c->all[c->next].holder_id == holder_id ? &c->all[c->next]
	    : c->n > 0 ? bsearch(&holder_id, c->all, c->n, sizeof(*c->all), by_holder) : NULL;
	if (found != NULL)
		c->next = (size_t)(found - c->all) + 1;
	return found;
}

static enum status
find_review(struct txn *t, uint64_t holder_id, struct review_cache *cache, struct review *out)
{
	if (cache == NULL)
		return review_get(t, holder_id, out);
	const struct brief *b = cache_find(cache, holder_id);
	if (b == NULL)
		return ERR_NOT_FOUND;
	*out = (struct review){ .holder_id = holder_id, .result = b->failed ? REVIEW_FAILED : REVIEW_PASSED, .reviewed_on = b->reviewed_on,
		.due = b->due };
	return OK;
}

/* ---- the rules ---- */

enum shortfall
training_shortfall(const struct entries *e, int64_t now_unix_s)
{
	bool trained = e->trained_on.year != 0 && date_start_unix_s(e->trained_on) <= now_unix_s;
	bool examined = e->examined_on.year != 0 && date_start_unix_s(e->examined_on) <= now_unix_s;
	return !trained ? SHORTFALL_NOT_TRAINED : !examined ? SHORTFALL_NOT_EXAMINED : SHORTFALL_NONE;
}

static enum status
judge_review(struct txn *t, const struct holder *h, const struct rules *rules, int64_t now_unix_s, struct review_cache *cache,
    struct qualification *out)
{
	struct review last = { .holder_id = 0 };
	struct date due = { 0 };
	enum status st = find_review(t, h->id, cache, &last);
	if (st == OK && last.result == REVIEW_FAILED) {
		*out = (struct qualification){ SHORTFALL_REVIEW_FAILED, date_start_unix_s(last.reviewed_on) };
		return OK;
	}
	if (st == OK)
		due = last.due;
	bool first = st == ERR_NOT_FOUND;
	if (rules->review_overdue != OVERDUE_SUSPEND)
		return st == OK || first ? OK : st;
	st = first ? review_first_due(t, h, rules, &due) : st;
	if (st == OK && due.year != 0 && now_unix_s >= review_overdue_from(due, rules))
		*out = (struct qualification){ SHORTFALL_REVIEW_OVERDUE, review_overdue_from(due, rules) };
	return st;
}

static enum status
judge_training(struct txn *t, const struct holder *h, int64_t now_unix_s, struct qualification *out)
{
	struct entries e;
	enum status st = holder_entries(t, h, &e);
	if (st == OK)
		out->shortfall = training_shortfall(&e, now_unix_s);
	return st;
}

enum status
qualification_of(struct txn *t, const struct holder *h, const struct rules *rules, int64_t now_unix_s, struct review_cache *cache,
    struct qualification *out)
{
	struct qualification q = { .shortfall = SHORTFALL_NONE };
	enum status st = judge_review(t, h, rules, now_unix_s, cache, &q);
	if (st == OK && q.shortfall == SHORTFALL_NONE && h->kind == KIND_MODERATOR)
		st = judge_training(t, h, now_unix_s, &q);
	if (st == OK)
		*out = q;
	return st;
}
