#include "tools/verifier/verifier.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

static struct sitelog_entry *
entry_new(struct checks *c)
{
	if (c->n == c->cap) {
		size_t cap = c->cap != 0 ? 2 * c->cap : 64;
		struct sitelog_entry *items = realloc(c->items, cap * sizeof(*items));
		c->failed |= items == NULL;
		if (items == NULL)
			return NULL;
		c->items = items;
		c->cap = cap;
	}
	return &c->items[c->n++];
}

static struct bytes
text_of(const char *text)
{
	return text != NULL ? bytes_str(text) : (struct bytes){ NULL, 0 };
}

static struct sitelog_entry
entry_of(const struct session *s, enum sitelog_kind kind, unsigned verdict, int64_t now_unix_s)
{
	struct sitelog_entry e = { .kind = kind, .verdict = verdict, .time_unix_s = now_unix_s, .site = text_of(s->site),
		.purpose = text_of(s->settings->purpose) };
	if (s->settings->now_given) { /* made now, about another time */
		e.judged_as_of_unix_s = now_unix_s;
		e.time_unix_s = clock_unix_s();
	}
	return e;
}

void
checks_add(struct checks *c, const struct session *s, const struct yp_answer *a, int64_t now_unix_s, struct bytes text)
{
	if (s->log == NULL)
		return;
	struct sitelog_entry e = entry_of(s, SITELOG_CHECK, (unsigned)a->verdict, now_unix_s);
	bool has_object = a->token_len > 0;
	struct bytes presented = has_object ? (struct bytes){ a->token, a->token_len } : text;
	e.flags = (a->stale ? SITELOG_STALE : 0u) | (a->demonstration ? SITELOG_DEMONSTRATION : 0u) | (has_object ? 0u : SITELOG_OF_TEXT);
	e.status_as_of_unix_s = a->status_as_of_unix_s;
	e.has_presented = has_object || text.ptr != NULL;
	e.has_credential = a->presented;
	if (e.has_presented)
		c->failed |= sha256(presented, &e.presented) != OK;
	if (e.has_credential)
		c->failed |= sha256((struct bytes){ a->credential.ptr, a->credential.len }, &e.credential) != OK;
	struct sitelog_entry *place = entry_new(c);
	if (place != NULL)
		*place = e;
}

void
checks_add_group(struct checks *c, const struct session *s, const struct yp_group_answer *g, int64_t now_unix_s)
{
	if (s->log == NULL)
		return;
	struct sitelog_entry *place = entry_new(c);
	if (place == NULL)
		return;
	*place = entry_of(s, SITELOG_GROUP, (unsigned)g->verdict, now_unix_s);
	place->members = (unsigned)s->group->n;
}

void
checks_join(struct checks *c, const struct checks *more)
{
	c->failed |= more->failed;
	for (size_t i = 0; i < more->n; i++) {
		struct sitelog_entry *place = entry_new(c);
		if (place != NULL)
			*place = more->items[i];
	}
}

enum status
checks_log(struct checks *c, const struct session *s, struct err *err)
{
	enum status st = OK;
	if (s->log != NULL && c->failed)
		st = err_set(err, ERR_SYSTEM, "out of memory");
	else if (s->log != NULL)
		st = sitelog_append(s->log, c->items, c->n, err);
	c->n = 0;
	c->failed = false;
	return st == OK ? OK : err_in(err, st, "judged, but NOT logged");
}

void
checks_free(struct checks *c)
{
	free(c->items);
	*c = (struct checks){ .n = 0 };
}
