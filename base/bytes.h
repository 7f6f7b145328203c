/* bytes.h -- views of memory somebody else owns.
 *
 * A view never owns and is never freed.  It is valid exactly as long as the
 * thing it was cut from: a caller's buffer, or an LMDB transaction. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes { const uint8_t *ptr; size_t len; };            /* a view */
struct buf   { uint8_t *ptr; size_t cap; size_t len; };      /* the caller's room */

#define BYTES_LIT(s) ((struct bytes){ (const uint8_t *)("" s), sizeof(s) - 1 })
#define BUF_OF(array) ((struct buf){ (array), sizeof(array), 0 })

static inline bool
bytes_eq(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytewise lexicographic order, a shorter prefix first: <0, 0, >0. */
static inline int
bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* View of a NUL-terminated string, without its NUL. */
static inline struct bytes
bytes_str(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

static inline bool
bytes_starts_with(struct bytes b, struct bytes head)
{
	return b.len >= head.len && (head.len == 0 || memcmp(b.ptr, head.ptr, head.len) == 0);
}

static inline struct bytes
buf_view(const struct buf *b)
{
	return (struct bytes){ b->ptr, b->len };
}

/* printf("%.*s", BYTES_FMT(b)) -- only for text already known to be clean. */
#define BYTES_FMT(b) (int)(b).len, (const char *)(b).ptr

#endif
