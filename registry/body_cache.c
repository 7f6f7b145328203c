#include "registry/body_cache.h"

#include <stdlib.h>

#include "registry/tables.h"

struct body_cache { struct body_brief *bodies; size_t n, cap; };

static struct bytes
copied(uint8_t **at, struct bytes text)
{
	struct bytes copy = { *at, text.len };
	if (text.len > 0)
		memcpy(*at, text.ptr, text.len);
	*at += text.len;
	return copy;
}

static enum status
cache_add(struct body_cache *c, struct bytes uscc, struct bytes enc, int64_t now_unix_s)
{
	struct body b;
	enum status st = body_decode(uscc, enc, &b);
	if (st)
		return st;
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 1024;
		struct body_brief *grown = realloc(c->bodies, cap * sizeof(*grown));
		if (grown == NULL)
			return ERR_SYSTEM;
		c->bodies = grown;
		c->cap = cap;
	}
	uint8_t *text = malloc(b.uscc.len + b.name.len + b.entrusting_name.len);
	if (text == NULL)
		return ERR_SYSTEM;
	struct body_brief *brief = &c->bodies[c->n++];
	brief->uscc = copied(&text, b.uscc); /* first, so that its pointer is what to free */
	brief->name = copied(&text, b.name);
	brief->entrusting_name = copied(&text, b.entrusting_name);
	brief->state = standing_at(&b.standing, now_unix_s).state;
	brief->is_entrusted_now = b.kind != BODY_ENTRUSTED || (b.entrusted_from_unix_s <= now_unix_s &&
	    (b.entrusted_to_unix_s == 0 || now_unix_s < b.entrusted_to_unix_s));
	return OK;
}

enum status
body_cache_open(struct txn *t, int64_t now_unix_s, struct body_cache **out)
{
	struct bytes key, value;
	struct cursor cursor = { 0 };
	struct body_cache *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return ERR_SYSTEM;
	enum status st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &cursor);
	while (st == OK && (st = cursor_next(&cursor, &key, &value)) == OK)
		st = cache_add(c, key, value, now_unix_s);
	cursor_close(&cursor);
	if (st != ERR_NOT_FOUND) {
		body_cache_close(c);
		return st;
	}
	*out = c;
	return OK;
}

static int
by_uscc(const void *key, const void *element)
{
	return bytes_cmp(*(const struct bytes *)key, ((const struct body_brief *)element)->uscc);
}

const struct body_brief *
body_cache_get(const struct body_cache *c, struct bytes uscc)
{
	return c->n > 0 ? bsearch(&uscc, c->bodies, c->n, sizeof(*c->bodies), by_uscc) : NULL;
}

void
body_cache_close(struct body_cache *c)
{
	for (size_t i = 0; c != NULL && i < c->n; i++) {
		union { const uint8_t *in; void *out; } text = { .in = c->bodies[i].uscc.ptr };
		free(text.out);
	}
	if (c != NULL)
		free(c->bodies);
	free(c);
}
