#include "registry/tally.h"

#include <stdlib.h>

struct of_body { uint8_t uscc[USCC_LEN]; struct tally tally; };
struct tallies { struct of_body *all; size_t n, cap; };

static void
count(struct tally *t, const struct roll_row *row)
{
	t->people += row->condition.is != CONDITION_VOID;
	t->by[row->condition.is]++;
}

static int
by_uscc(const void *key, const void *element)
{
	return memcmp(key, ((const struct of_body *)element)->uscc, USCC_LEN);
}

static struct of_body *
find(const struct tallies *s, struct bytes uscc)
{
	return s->n > 0 ? bsearch(uscc.ptr, s->all, s->n, sizeof(*s->all), by_uscc) : NULL;
}

/* All bodies, in the order of the table, which is that of their codes. */
static enum status
add_bodies(struct tallies *s, struct txn *t)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	enum status st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		if (s->n == s->cap) {
			size_t cap = s->cap ? 2 * s->cap : 1024;
			struct of_body *grown = realloc(s->all, cap * sizeof(*grown));
			if (grown == NULL) {
				st = ERR_SYSTEM;
				break;
			}
			s->all = grown;
			s->cap = cap;
		}
		s->all[s->n] = (struct of_body){ .tally = { 0 } };
		memcpy(s->all[s->n++].uscc, key.ptr, USCC_LEN);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
count_all(struct tallies *s, struct txn *t, int64_t now_unix_s)
{
	struct roll *roll = NULL;
	struct roll_row row;
	enum status st = roll_open(t, &(struct roll_filter){ 0 }, now_unix_s, &roll);
	while (st == OK && (st = roll_next(roll, &row, NULL)) == OK) {
		struct of_body *b = find(s, row.holder.uscc);
		if (b == NULL)
			st = ERR_DAMAGED;
		else
			count(&b->tally, &row);
	}
	roll_close(roll);
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
tallies_open(struct txn *t, int64_t now_unix_s, struct tallies **out)
{
	struct tallies *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return ERR_SYSTEM;
	enum status st = add_bodies(s, t);
	if (st == OK)
		st = count_all(s, t, now_unix_s);
	if (st)
		tallies_close(s);
	else
		*out = s;
	return st;
}

const struct tally *
tally_of(const struct tallies *s, struct bytes uscc)
{
	static const struct tally none;
	const struct of_body *b = uscc.len == USCC_LEN ? find(s, uscc) : NULL;
	return b != NULL ? &b->tally : &none;
}

void
tallies_close(struct tallies *s)
{
	if (s != NULL)
		free(s->all);
	free(s);
}

enum status
tally_body(struct txn *t, struct bytes uscc, int64_t now_unix_s, struct tally *out)
{
	struct roll *roll = NULL;
	struct roll_row row;
	struct tally tally = { 0 };
	enum status st = roll_open(t, &(struct roll_filter){ .uscc = uscc }, now_unix_s, &roll);
	while (st == OK && (st = roll_next(roll, &row, NULL)) == OK)
		count(&tally, &row);
	roll_close(roll);
	if (st != ERR_NOT_FOUND)
		return st;
	*out = tally;
	return OK;
}
