#include "tools/shared/textbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

static bool
textbuf_room(struct textbuf *t, size_t more)
{
	if (t->failed)
		return false;
	if (more <= t->cap - t->len)
		return true;
	size_t cap = t->cap < 1024 ? 1024 : t->cap;
	while (cap - t->len < more && cap < SIZE_MAX / 2)
		cap *= 2;
	uint8_t *grown = cap - t->len >= more ? realloc(t->ptr, cap) : NULL;
	if (grown == NULL) {
		t->failed = true;
		return false;
	}
	t->ptr = grown;
	t->cap = cap;
	return true;
}

void
textbuf_add_bytes(struct textbuf *t, struct bytes b)
{
	if (b.len == 0 || !textbuf_room(t, b.len))
		return;
	memcpy(t->ptr + t->len, b.ptr, b.len);
	t->len += b.len;
}

void
textbuf_add(struct textbuf *t, const char *text)
{
	textbuf_add_bytes(t, bytes_str(text));
}

void
textbuf_addf(struct textbuf *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !textbuf_room(t, (size_t)n + 1))
		return;
	va_start(ap, fmt);
	(void)vsnprintf((char *)t->ptr + t->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->len += (size_t)n;
}

/* Length of the well-formed UTF-8 character that b begins with, or 0. */
static size_t
character_len(struct bytes b)
{
	size_t n = b.ptr[0] < 0x80 ? 1 : b.ptr[0] < 0xe0 ? 2 : b.ptr[0] < 0xf0 ? 3 : 4;
	return n <= b.len && text_is_utf8((struct bytes){ b.ptr, n }) ? n : 0;
}

typedef const char *escape_fn(uint8_t c, char scratch[8]); /* NULL: stands for itself */

static void
add_escaped(struct textbuf *t, struct bytes b, escape_fn *escape)
{
	size_t from = 0, at = 0;
	while (at < b.len) {
		char scratch[8];
		size_t n = character_len((struct bytes){ b.ptr + at, b.len - at });
		const char *instead = n == 0 ? "\xef\xbf\xbd" : n == 1 ? escape(b.ptr[at], scratch) : NULL;
		if (instead != NULL) {
			textbuf_add_bytes(t, (struct bytes){ b.ptr + from, at - from });
			textbuf_add(t, instead);
			from = at + 1;
		}
		at += n == 0 ? 1 : n;
	}
	textbuf_add_bytes(t, (struct bytes){ b.ptr + from, at - from });
}

static const char *
json_escape(uint8_t c, char scratch[8])
{
	if (c == '"')
		return "\\\"";
	if (c == '\\')
		return "\\\\";
	if (c >= 0x20 && c != 0x7f)
		return NULL;
	(void)snprintf(scratch, 8, "\\u%04x", c);
	return scratch;
}

static const char *
html_escape(uint8_t c, char scratch[8])
{
	(void)scratch;
	switch (c) {
	case '&':  return "&amp;";
	case '<':  return "&lt;";
	case '>':  return "&gt;";
	case '"':  return "&quot;";
	case '\'': return "&#39;";
	default:   return c < 0x20 && c != '\n' && c != '\t' ? " " : NULL;
	}
}

void
textbuf_json(struct textbuf *t, struct bytes b)
{
	textbuf_add(t, "\"");
	add_escaped(t, b, json_escape);
	textbuf_add(t, "\"");
}

void
textbuf_html(struct textbuf *t, struct bytes b)
{
	add_escaped(t, b, html_escape);
}

void
textbuf_free(struct textbuf *t)
{
	free(t->ptr);
	*t = (struct textbuf){ 0 };
}
