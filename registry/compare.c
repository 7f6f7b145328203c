#include "registry/compare.h"

#include <string.h>

enum { KEY_LEN_MAX = 511 };     /* LMDB's */

struct side { struct cursor cursor; struct bytes key, value; bool holds, ended; };

struct comparison {
	struct txn *found;
	unsigned table;
	bool has_wanted;
	struct side w, f;
	uint8_t last[KEY_LEN_MAX];             /* key of the record found before */
	size_t last_len;
	compare_told told;
	void *ctx;
};

static const struct bytes none = { NULL, 0 };

static enum status
step(struct side *s, bool survey)
{
	s->holds = true;
	enum status st = survey ? cursor_survey(&s->cursor, &s->key, &s->value, &s->holds) : cursor_next(&s->cursor, &s->key, &s->value);
	s->ended = st == ERR_NOT_FOUND;
	return s->ended ? OK : st;
}

static void
tell(const struct comparison *c, int order)
{
	const struct side *w = &c->w, *f = &c->f;
	if (order < 0)
		c->told(c->ctx, DIFFERENCE_MISSING, w->key, w->value, none);
	else if (!f->holds)
		c->told(c->ctx, DIFFERENCE_DAMAGED, f->key, order == 0 && c->has_wanted ? w->value : none, f->value);
	else if (order > 0)
		c->told(c->ctx, DIFFERENCE_TOO_MUCH, f->key, none, f->value);
	else if (c->has_wanted && !bytes_eq(w->value, f->value))
		c->told(c->ctx, DIFFERENCE_OTHER, w->key, w->value, f->value);
}

/* Keys ascend, or the pass would not end; and each key leads to its record. */
static bool
found_in_order(struct comparison *c)
{
	struct bytes last = { c->last, c->last_len };
	const struct side *f = &c->f;
	if (f->key.len > KEY_LEN_MAX || (last.len > 0 && bytes_cmp(f->key, last) <= 0)) {
		c->told(c->ctx, DIFFERENCE_ORDER, f->key, none, none);
		return false;
	}
	memcpy(c->last, f->key.ptr, f->key.len);
	c->last_len = f->key.len;
	if (f->holds && !txn_leads_to(c->found, c->table, f->key, f->value))
		c->told(c->ctx, DIFFERENCE_LOST, f->key, none, f->value);
	return true;
}

static enum status
merge(struct comparison *c, uint64_t *records)
{
	enum status st = OK;
	while (st == OK && !(c->w.ended && c->f.ended)) {
		int order = c->w.ended ? 1 : c->f.ended ? -1 : bytes_cmp(c->w.key, c->f.key);
		if (!c->has_wanted)
			order = 0;
		if (order >= 0 && !found_in_order(c))
			return OK;
		tell(c, order);
		*records += order >= 0;
		if (order <= 0 && c->has_wanted)
			st = step(&c->w, false);
		if (st == OK && order >= 0)
			st = step(&c->f, true);
	}
	return st;
}

enum status
table_compare(struct txn *wanted, struct txn *found, unsigned table, compare_told told, void *ctx, uint64_t *records)
{
	struct comparison c = { .found = found, .table = table, .has_wanted = wanted != NULL, .told = told, .ctx = ctx };
	*records = 0;
	c.w.ended = wanted == NULL;
	enum status st = wanted != NULL ? cursor_open(wanted, table, none, &c.w.cursor) : OK;
	if (st == OK)
		st = cursor_open(found, table, none, &c.f.cursor);
	if (st == OK && wanted != NULL)
		st = step(&c.w, false);
	if (st == OK)
		st = step(&c.f, true);
	if (st == OK)
		st = merge(&c, records);
	cursor_close(&c.w.cursor);
	cursor_close(&c.f.cursor);
	return st;
}
