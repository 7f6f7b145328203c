#include "tools/office/seen.h"

#include <assert.h>
#include <stdlib.h>

enum status
seen_open(struct seen *s, size_t n)
{
	size_t cap = 1024;
	while (cap < 2 * n)
		cap *= 2;
	*s = (struct seen){ .slots = calloc(cap, sizeof(*s->slots)), .cap = cap };
	return s->slots != NULL ? OK : ERR_SYSTEM;
}

static uint64_t
hash_of(struct bytes text)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a; a file made to collide only makes its own import slow */
	for (size_t i = 0; i < text.len; i++)
		h = (h ^ text.ptr[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

size_t
seen_add(struct seen *s, struct bytes text, size_t row)
{
	assert(row != 0 && s->n < s->cap / 2 + 1);
	size_t i = hash_of(text) & (s->cap - 1);
	for (; s->slots[i].row != 0; i = (i + 1) & (s->cap - 1))
		if (bytes_eq(s->slots[i].text, text))
			return s->slots[i].row;
	s->slots[i] = (struct seen_slot){ text, row };
	s->n++;
	return 0;
}

bool
seen_has(const struct seen *s, struct bytes text)
{
	size_t i = hash_of(text) & (s->cap - 1);
	for (; s->slots[i].row != 0; i = (i + 1) & (s->cap - 1))
		if (bytes_eq(s->slots[i].text, text))
			return true;
	return false;
}

void
seen_close(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){ .cap = 0 };
}
