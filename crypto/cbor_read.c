#include "crypto/cbor.h"

#include "base/limits.h"
#include "base/text.h"

enum { INFO_MASK = 31, INFO_1 = 24, INFO_8 = 27, FALSE_BYTE = 0xf4, TRUE_BYTE = 0xf5 };

struct head { enum cbor_type type; uint64_t value; size_t len; };

struct cbor_reader
cbor_reader(struct bytes in, enum cbor_mode mode)
{
	return (struct cbor_reader){ .left = in, .status = OK, .mode = mode };
}

void
cbor_fail(struct cbor_reader *r, enum status st)
{
	if (r->status == OK)
		r->status = st;
}

enum cbor_type
cbor_peek(const struct cbor_reader *r)
{
	if (r->status != OK || r->left.len == 0)
		return CBOR_NONE;
	return (enum cbor_type)(r->left.ptr[0] >> 5);
}

/* Decode the head that b begins with, without judging its value: false if it is not one we accept. */
static bool
head_decode(struct bytes b, enum cbor_mode mode, struct head *h)
{
	if (b.len == 0)
		return false;
	unsigned info = b.ptr[0] & INFO_MASK;
	h->type = (enum cbor_type)(b.ptr[0] >> 5);
	h->value = info;
	h->len = 1;
	if (info < INFO_1)
		return true;
	if (info > INFO_8) /* reserved, or indefinite length */
		return false;
	size_t n = (size_t)1 << (info - INFO_1);
	if (n > b.len - 1)
		return false;
	h->value = 0;
	for (size_t i = 0; i < n; i++)
		h->value = h->value << 8 | b.ptr[1 + i];
	h->len = 1 + n;
	if (mode == CBOR_RELAXED)
		return true;
	/* RFC 8949 4.2.1: "as short as possible" */
	return n == 1 ? h->value >= INFO_1 : h->value >> (4 * n) != 0;
}

static uint64_t
take_head(struct cbor_reader *r, enum cbor_type type)
{
	struct head h;
	if (r->status != OK)
		return 0;
	if (!head_decode(r->left, r->mode, &h) || h.type != type) {
		r->status = ERR_FORMAT;
		return 0;
	}
	r->left.ptr += h.len;
	r->left.len -= h.len;
	return h.value;
}

static struct bytes
take(struct cbor_reader *r, uint64_t n)
{
	struct bytes none = { NULL, 0 };
	if (r->status != OK)
		return none;
	if (n > r->left.len) {
		r->status = ERR_FORMAT;
		return none;
	}
	struct bytes got = { r->left.ptr, (size_t)n };
	r->left.ptr += n;
	r->left.len -= (size_t)n;
	return got;
}

uint64_t
cbor_read_uint(struct cbor_reader *r)
{
	return take_head(r, CBOR_UINT);
}

int64_t
cbor_read_int(struct cbor_reader *r)
{
	bool negative = cbor_peek(r) == CBOR_NINT;
	uint64_t v = take_head(r, negative ? CBOR_NINT : CBOR_UINT);
	if (v > INT64_MAX) {
		cbor_fail(r, ERR_LIMIT);
		return 0;
	}
	return negative ? -1 - (int64_t)v : (int64_t)v;
}

struct bytes
cbor_read_bytes(struct cbor_reader *r)
{
	uint64_t n = take_head(r, CBOR_BYTES);
	return take(r, n);
}

struct bytes
cbor_read_text(struct cbor_reader *r)
{
	uint64_t n = take_head(r, CBOR_TEXT);
	struct bytes text = take(r, n);
	if (!(r->mode == CBOR_CANONICAL ? text_is_clean(text) : text_is_utf8(text)))
		cbor_fail(r, ERR_FORMAT);
	return r->status == OK ? text : (struct bytes){ NULL, 0 };
}

struct bytes
cbor_read_filled_text(struct cbor_reader *r)
{
	struct bytes text = cbor_read_text(r);
	if (text.len == 0)
		cbor_fail(r, ERR_FORMAT);
	return text;
}

bool
cbor_read_bool(struct cbor_reader *r)
{
	struct bytes b = take(r, 1);
	if (b.len == 1 && b.ptr[0] != FALSE_BYTE && b.ptr[0] != TRUE_BYTE)
		cbor_fail(r, ERR_FORMAT);
	return r->status == OK && b.ptr[0] == TRUE_BYTE;
}

uint64_t
cbor_read_tag(struct cbor_reader *r)
{
	uint64_t tag = take_head(r, CBOR_TAG);
	if (r->mode == CBOR_CANONICAL && tag != 18)
		cbor_fail(r, ERR_FORMAT);
	return tag;
}

size_t
cbor_read_array(struct cbor_reader *r)
{
	uint64_t n = take_head(r, CBOR_ARRAY);
	if (n > r->left.len) { /* an item takes at least one byte */
		cbor_fail(r, ERR_FORMAT);
		return 0;
	}
	return (size_t)n;
}

struct cbor_map
cbor_read_map(struct cbor_reader *r)
{
	struct cbor_map m = { 0 };
	uint64_t n = take_head(r, CBOR_MAP);
	if (n > r->left.len / 2)
		cbor_fail(r, ERR_FORMAT);
	else if (r->mode == CBOR_RELAXED && n > CBOR_RELAXED_PAIRS_MAX)
		cbor_fail(r, ERR_LIMIT);
	m.left = r->status == OK ? (size_t)n : 0;
	m.start = r->left;
	return m;
}

static void
count_item(struct cbor_reader *r)
{
	if (r->items++ >= CBOR_ITEMS_MAX)
		cbor_fail(r, ERR_LIMIT);
}

/* Pass over one item that has been read before, and so is known to be good. */
static void
pass_item(struct cbor_reader *r)
{
	struct head h;
	for (uint64_t left = 1; left > 0 && r->status == OK; left--) {
		count_item(r);
		if (!head_decode(r->left, r->mode, &h)) {
			cbor_fail(r, ERR_FORMAT);
			return;
		}
		(void)take(r, h.len);
		if (h.type == CBOR_BYTES || h.type == CBOR_TEXT)
			(void)take(r, h.value);
		else if (h.type == CBOR_ARRAY || h.type == CBOR_MAP)
			left += h.type == CBOR_MAP ? 2 * h.value : h.value;
		else if (h.type == CBOR_TAG)
			left++;
	}
}

/* The same key, however long its head: an integer, text or bytes. */
static bool
key_eq(struct bytes a, struct bytes b)
{
	struct head x, y;
	if (!head_decode(a, CBOR_RELAXED, &x) || !head_decode(b, CBOR_RELAXED, &y))
		return false;
	return x.type == y.type && x.value == y.value &&
	    bytes_eq((struct bytes){ a.ptr + x.len, a.len - x.len }, (struct bytes){ b.ptr + y.len, b.len - y.len });
}

/* Is key already among the pairs from start up to it?  (relaxed maps come in any order, and are small) */
static bool
seen_before(struct cbor_reader *r, struct bytes start, struct bytes key)
{
	struct cbor_reader scan = { .left = { start.ptr, (size_t)(key.ptr - start.ptr) }, .mode = r->mode, .items = r->items };
	bool seen = false;
	while (!seen && scan.status == OK && scan.left.len > 0) {
		const uint8_t *from = scan.left.ptr;
		pass_item(&scan);
		seen = key_eq((struct bytes){ from, (size_t)(scan.left.ptr - from) }, key);
		pass_item(&scan);
	}
	r->items = scan.items;
	cbor_fail(r, scan.status);
	return seen;
}

/* One key: taken, and held against those before it. */
static struct bytes
take_key(struct cbor_reader *r, struct cbor_map *m)
{
	const uint8_t *from = r->left.ptr;
	count_item(r);
	switch (cbor_peek(r)) {
	case CBOR_UINT:
	case CBOR_NINT:  (void)take_head(r, cbor_peek(r)); break;
	case CBOR_TEXT:  (void)cbor_read_text(r); break;
	case CBOR_BYTES: (void)cbor_read_bytes(r); break;
	case CBOR_NONE:  cbor_fail(r, ERR_FORMAT); break;
	default:         cbor_fail(r, ERR_UNSUPPORTED); break;
	}
	if (r->status != OK)
		return (struct bytes){ NULL, 0 };
	struct bytes key = { from, (size_t)(r->left.ptr - from) };
	if (r->mode == CBOR_CANONICAL ? m->prev.len > 0 && bytes_cmp(m->prev, key) >= 0 : seen_before(r, m->start, key))
		cbor_fail(r, ERR_FORMAT);
	m->prev = key;
	return key;
}

/* true, false; in standard objects also null, undefined and other simple values.  Floats are none of them. */
static void
skip_simple(struct cbor_reader *r)
{
	struct head h;
	if (r->mode == CBOR_CANONICAL) {
		(void)cbor_read_bool(r);
		return;
	}
	if (!head_decode(r->left, r->mode, &h) || h.len > 2 || (h.len == 2 && h.value < 32))
		cbor_fail(r, ERR_FORMAT);
	else
		(void)take(r, h.len);
}

static void skip_item(struct cbor_reader *r, unsigned depth);

static void
skip_map(struct cbor_reader *r, unsigned depth)
{
	struct cbor_map m = cbor_read_map(r);
	for (; r->status == OK && m.left > 0; m.left--) {
		(void)take_key(r, &m);
		skip_item(r, depth + 1);
	}
}

/* depth: containers around this item. */
static void
skip_item(struct cbor_reader *r, unsigned depth)
{
	enum cbor_type type = cbor_peek(r);
	if (depth >= CBOR_DEPTH_MAX && (type == CBOR_ARRAY || type == CBOR_MAP || type == CBOR_TAG)) {
		cbor_fail(r, ERR_FORMAT);
		return;
	}
	count_item(r);
	switch (type) {
	case CBOR_UINT:
	case CBOR_NINT:   (void)take_head(r, type); break;
	case CBOR_BYTES:  (void)cbor_read_bytes(r); break;
	case CBOR_TEXT:   (void)cbor_read_text(r); break;
	case CBOR_SIMPLE: skip_simple(r); break;
	case CBOR_MAP:    skip_map(r, depth); break;
	case CBOR_ARRAY:
		for (size_t n = cbor_read_array(r); r->status == OK && n > 0; n--)
			skip_item(r, depth + 1);
		break;
	case CBOR_TAG: /* docs/formats.md 1: no tag inside an object of ours */
		if (r->mode == CBOR_CANONICAL)
			cbor_fail(r, ERR_FORMAT);
		(void)take_head(r, CBOR_TAG);
		skip_item(r, depth + 1);
		break;
	case CBOR_NONE:   cbor_fail(r, ERR_FORMAT); break;
	}
}

struct bytes
cbor_read_item(struct cbor_reader *r)
{
	const uint8_t *from = r->left.ptr;
	r->items = 0;
	skip_item(r, 0);
	if (r->status != OK)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ from, (size_t)(r->left.ptr - from) };
}

bool
cbor_map_next_item(struct cbor_reader *r, struct cbor_map *m, struct bytes *key)
{
	if (r->status != OK || m->left == 0)
		return false;
	m->left--;
	r->items = 0;
	struct bytes got = take_key(r, m);
	if (r->status != OK)
		return false;
	*key = got;
	return true;
}

bool
cbor_map_next(struct cbor_reader *r, struct cbor_map *m, int64_t *key)
{
	struct bytes item;
	enum cbor_type type = cbor_peek(r);
	if (!cbor_map_next_item(r, m, &item))
		return false;
	if (type != CBOR_UINT && type != CBOR_NINT) {
		cbor_fail(r, ERR_UNSUPPORTED);
		return false;
	}
	struct cbor_reader k = cbor_reader(item, r->mode);
	*key = cbor_read_int(&k);
	cbor_fail(r, k.status);
	return r->status == OK;
}

bool
cbor_map_next_text(struct cbor_reader *r, struct cbor_map *m, struct bytes *key)
{
	struct bytes item;
	enum cbor_type type = cbor_peek(r);
	if (!cbor_map_next_item(r, m, &item))
		return false;
	if (type != CBOR_TEXT) {
		cbor_fail(r, ERR_UNSUPPORTED);
		return false;
	}
	struct cbor_reader k = cbor_reader(item, r->mode);
	*key = cbor_read_text(&k);
	return true;
}

enum status
cbor_finish(const struct cbor_reader *r)
{
	if (r->status != OK)
		return r->status;
	return r->left.len == 0 ? OK : ERR_FORMAT;
}
