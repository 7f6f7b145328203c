#include "tests/fuzz/tree.h"

#include "tests/fuzz/fuzz.h"

enum { WORK_MAX = 1 << 20 };

struct change {
	const struct grammar *g;
	struct tree *t;
	uint8_t *data;
	size_t size, max;
	uint32_t random;
};

static uint32_t
draw(struct change *c, uint32_t below)
{
	c->random ^= c->random << 13; /* xorshift32 */
	c->random ^= c->random >> 17;
	c->random ^= c->random << 5;
	return c->random % below;
}

struct node *
tree_add(struct tree *t, struct node n)
{
	if (t->n == TREE_NODES_MAX)
		return NULL;
	n.place = n.parent >= 0 ? t->nodes[n.parent].children++ : 0;
	t->nodes[t->n] = n;
	return &t->nodes[t->n++];
}

static void
parse(const struct grammar *g, struct tree *t, const uint8_t *data, size_t size)
{
	t->n = 0;
	t->in = (struct bytes){ data, size };
	for (size_t at = 0, len; at < size; at += len) {
		len = g->parse(t, at, size, -1, 0);
		if (len == 0)
			break;
	}
}

static size_t
whole_len(const struct node *n)
{
	return n->head_len + n->len;
}

/* Put `with` in place of [from, from + len): false if it does not fit. */
static bool
splice(struct change *c, size_t from, size_t len, struct bytes with)
{
	if (c->size - len + with.len > c->max)
		return false;
	memmove(c->data + from + with.len, c->data + from + len, c->size - from - len);
	if (with.len > 0)
		memcpy(c->data + from, with.ptr, with.len);
	c->size += with.len - len;
	return true;
}

/* The same below `inner`, whose head and those around it are written anew; items: how many more its content counts. */
static bool
edit(struct change *c, int inner, size_t from, size_t len, struct bytes with, int items)
{
	uint8_t head[TREE_HEAD_MAX];
	ptrdiff_t grown = (ptrdiff_t)with.len - (ptrdiff_t)len;
	bool fits = splice(c, from, len, with);
	for (int i = inner; fits && i >= 0; i = c->t->nodes[i].parent) {
		struct node *n = &c->t->nodes[i];
		n->len = (size_t)((ptrdiff_t)n->len + grown);
		n->items = (size_t)((ptrdiff_t)n->items + items);
		items = 0; /* only the nearest container counts it */
		size_t head_len = c->g->head(n, n->len, n->items, head);
		fits = splice(c, n->at, n->head_len, (struct bytes){ head, head_len });
		grown += (ptrdiff_t)head_len - (ptrdiff_t)n->head_len;
		n->head_len = head_len;
	}
	return fits;
}

/* The node and, where siblings come in pairs, its partner: one range. */
static void
unit_of(const struct change *c, int i, size_t *from, size_t *len)
{
	const struct node *n = &c->t->nodes[i];
	*from = n->at;
	*len = whole_len(n);
	if (n->parent < 0 || c->g->siblings_apart(&c->t->nodes[n->parent]) == 1)
		return;
	for (int k = 0; k < c->t->n; k++) {
		const struct node *other = &c->t->nodes[k];
		if (other->parent != n->parent || other->place != (n->place ^ 1u))
			continue;
		*from = other->at < n->at ? other->at : n->at;
		*len += whole_len(other);
	}
}

static bool
change_content(struct change *c, int i)
{
	static uint8_t work[WORK_MAX];
	const struct node n = c->t->nodes[i];
	if (n.len > sizeof(work) / 2)
		return false;
	memcpy(work, c->data + n.at + n.head_len, n.len);
	size_t room = c->max - c->size + n.len;
	room = room < sizeof(work) ? room : sizeof(work);
	if (room == 0)
		return false;
	size_t len = LLVMFuzzerMutate(work, n.len, room);
	return edit(c, i, n.at + n.head_len, n.len, (struct bytes){ work, len }, 0);
}

static bool
put_fresh(struct change *c, int i)
{
	uint8_t fresh[TREE_HEAD_MAX];
	const struct node n = c->t->nodes[i];
	size_t len = c->g->fresh(draw(c, UINT32_MAX), fresh);
	return edit(c, n.parent, n.at, whole_len(&n), (struct bytes){ fresh, len }, 0);
}

static bool
put_other(struct change *c, int i)
{
	static uint8_t work[WORK_MAX];
	const struct node n = c->t->nodes[i], *other = &c->t->nodes[draw(c, (uint32_t)c->t->n)];
	size_t len = whole_len(other);
	if (len > sizeof(work))
		return false;
	memcpy(work, c->data + other->at, len);
	return edit(c, n.parent, n.at, whole_len(&n), (struct bytes){ work, len }, 0);
}

static bool
take_away(struct change *c, int i)
{
	size_t from, len;
	unit_of(c, i, &from, &len);
	return edit(c, c->t->nodes[i].parent, from, len, (struct bytes){ NULL, 0 }, -1);
}

static bool
put_twice(struct change *c, int i)
{
	static uint8_t work[WORK_MAX];
	size_t from, len;
	unit_of(c, i, &from, &len);
	if (len > sizeof(work))
		return false;
	memcpy(work, c->data + from, len);
	return edit(c, c->t->nodes[i].parent, from, 0, (struct bytes){ work, len }, 1);
}

/* With the unit behind it; no head changes. */
static bool
change_places(struct change *c, int i)
{
	static uint8_t work[WORK_MAX];
	size_t from, len, next_from, next_len;
	unit_of(c, i, &from, &len);
	for (int k = 0; k < c->t->n; k++) {
		unit_of(c, k, &next_from, &next_len);
		if (c->t->nodes[k].parent != c->t->nodes[i].parent || next_from != from + len || len > sizeof(work))
			continue;
		memcpy(work, c->data + from, len);
		memmove(c->data + from, c->data + next_from, next_len);
		memcpy(c->data + from + next_len, work, len);
		return true;
	}
	return false;
}

static bool
change_one(struct change *c)
{
	int i = (int)draw(c, (uint32_t)c->t->n);
	uint32_t what = draw(c, 16);
	if (what < 7)
		return c->t->nodes[i].is_leaf && c->t->nodes[i].len > 0 ? change_content(c, i) : put_fresh(c, i);
	switch (what) {
	case 7: case 8:   return put_fresh(c, i);
	case 9: case 10:  return put_other(c, i);
	case 11: case 12: return take_away(c, i);
	case 13:          return put_twice(c, i);
	case 14:          return change_places(c, i);
	default:          return c->t->nodes[i].is_leaf && change_content(c, i); /* an empty one, too */
	}
}

size_t
tree_mutate(const struct grammar *g, uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static struct tree t;
	struct change c = { g, &t, data, size, max_size, seed * 2654435761u | 1u };
	if (size == 0 || draw(&c, 8) == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	for (uint32_t n = 1 + draw(&c, 3); n > 0; n--) {
		parse(g, &t, c.data, c.size);
		if (t.n == 0)
			return LLVMFuzzerMutate(data, c.size, max_size);
		if (!change_one(&c) || c.size == 0)
			break;
	}
	return c.size > 0 ? c.size : LLVMFuzzerMutate(data, size, max_size);
}
