#include "registry/compare.h"

struct side { struct cursor cursor; struct bytes key, value; bool holds, ended; };

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
tell(const struct side *w, const struct side *f, int order, compare_told told, void *ctx)
{
	if (order < 0)
		told(ctx, DIFFERENCE_MISSING, w->key, w->value, none);
	else if (!f->holds)
		told(ctx, DIFFERENCE_DAMAGED, f->key, order == 0 ? w->value : none, f->value);
	else if (order > 0)
		told(ctx, DIFFERENCE_TOO_MUCH, f->key, none, f->value);
	else if (!bytes_eq(w->value, f->value))
		told(ctx, DIFFERENCE_OTHER, w->key, w->value, f->value);
}

enum status
table_compare(struct txn *wanted, struct txn *found, unsigned table, compare_told told, void *ctx, uint64_t *records)
{
	struct side w = { .ended = false }, f = { .ended = false };
	*records = 0;
	enum status st = cursor_open(wanted, table, none, &w.cursor);
	if (st == OK)
		st = cursor_open(found, table, none, &f.cursor);
	if (st == OK)
		st = step(&w, false);
	if (st == OK)
		st = step(&f, true);
	while (st == OK && !(w.ended && f.ended)) {
		int order = w.ended ? 1 : f.ended ? -1 : bytes_cmp(w.key, f.key);
		tell(&w, &f, order, told, ctx);
		*records += order >= 0;
		if (order <= 0)
			st = step(&w, false);
		if (st == OK && order >= 0)
			st = step(&f, true);
	}
	cursor_close(&w.cursor);
	cursor_close(&f.cursor);
	return st;
}
