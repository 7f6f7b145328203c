#include "registry/device_index.h"

#include <assert.h>
#include <stdlib.h>

struct device_index { struct device_owner *slots; size_t cap, used; };

enum { CAP_FIRST = 1024 };

/* Coordinates are as good as random. */
static size_t
slot_of(const struct device_owner *slots, size_t cap, const uint8_t *point)
{
	uint64_t hash;
	memcpy(&hash, point + 1, sizeof(hash));
	size_t i = (size_t)(hash & (cap - 1));
	while (slots[i].point[0] != 0 && memcmp(slots[i].point, point, DEVICE_POINT_LEN) != 0)
		i = (i + 1) & (cap - 1);
	return i;
}

static enum status
grow(struct device_index *x)
{
	size_t cap = x->cap == 0 ? CAP_FIRST : 2 * x->cap;
	struct device_owner *slots = calloc(cap, sizeof(*slots));
	if (slots == NULL)
		return ERR_SYSTEM;
	x->used = 0;
	for (size_t i = 0; i < x->cap; i++)
		if (x->slots[i].certificates > 0) {
			slots[slot_of(slots, cap, x->slots[i].point)] = x->slots[i];
			x->used++;
		}
	free(x->slots);
	x->slots = slots;
	x->cap = cap;
	return OK;
}

const struct device_owner *
device_index_get(const struct device_index *x, struct bytes point)
{
	assert(point.len == DEVICE_POINT_LEN);
	const struct device_owner *o = &x->slots[slot_of(x->slots, x->cap, point.ptr)];
	return o->certificates > 0 ? o : NULL;
}

enum status
device_index_add(struct device_index *x, struct bytes point, const uint8_t person_id[PERSON_ID_LEN], uint64_t holder_id)
{
	assert(point.len == DEVICE_POINT_LEN);
	if (2 * (x->used + 1) > x->cap) {
		enum status st = grow(x);
		if (st)
			return st;
	}
	struct device_owner *o = &x->slots[slot_of(x->slots, x->cap, point.ptr)];
	x->used += o->point[0] == 0;
	if (o->certificates++ > 0)
		return OK;
	o->holder_id = holder_id;
	memcpy(o->point, point.ptr, DEVICE_POINT_LEN);
	memcpy(o->person_id, person_id, PERSON_ID_LEN);
	return OK;
}

void
device_index_drop(struct device_index *x, struct bytes point)
{
	assert(point.len == DEVICE_POINT_LEN);
	struct device_owner *o = &x->slots[slot_of(x->slots, x->cap, point.ptr)];
	if (o->certificates > 0)
		o->certificates--;
}

static enum status
add_holder(struct device_index *x, struct txn *t, uint64_t id, struct bytes record)
{
	struct holder h;
	struct entries e;
	enum status st = holder_decode(id, record, &h);
	if (st || standing_at(&h.standing, INT64_MAX).state == STATE_VOID)
		return st;
	st = holder_entries(t, &h, &e);
	return st == OK && e.device.len > 0 ? device_index_add(x, e.device, h.person_id, h.id) : st;
}

enum status
device_index_open(struct txn *t, struct device_index **out)
{
	struct bytes key, record;
	struct cursor c = { 0 };
	struct device_index *x = calloc(1, sizeof(*x));
	enum status st = x == NULL ? ERR_SYSTEM : grow(x);
	if (st == OK)
		st = cursor_open(t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &record)) == OK)
		st = add_holder(x, t, key64_value(key), record);
	cursor_close(&c);
	if (st != ERR_NOT_FOUND) {
		device_index_close(x);
		return st;
	}
	*out = x;
	return OK;
}

void
device_index_close(struct device_index *x)
{
	if (x != NULL)
		free(x->slots);
	free(x);
}
