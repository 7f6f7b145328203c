/* CBOR for tree.h.  Integers have no content: a fresh item takes their place. */
#include "crypto/cbor.h"
#include "tests/fuzz/tree.h"

/* Head of any well-formed item of definite length; false for the rest. */
static bool
take_head(struct bytes in, size_t *head_len, uint64_t *value)
{
	unsigned info = in.ptr[0] & 31u;
	size_t n = info < 24 ? 0 : (size_t)1 << (info - 24);
	if (info > 27 || n > in.len - 1)
		return false;
	*value = n == 0 ? info : 0;
	for (size_t i = 1; i <= n; i++)
		*value = *value << 8 | in.ptr[i];
	*head_len = 1 + n;
	return true;
}

static size_t cbor_parse(struct tree *t, size_t at, size_t end, int parent, unsigned depth);

/* A byte string may hold an encoded container, and nothing behind it. */
static void
parse_inside(struct tree *t, struct node *n, int self, unsigned depth)
{
	size_t from = n->at + n->head_len, to = from + n->len;
	int kept = t->n;
	if (n->len < 2 || t->in.ptr[from] >> 5 < CBOR_ARRAY || t->in.ptr[from] >> 5 > CBOR_TAG)
		return;
	if (cbor_parse(t, from, to, self, depth + 1) == n->len)
		n->is_leaf = false;
	else
		t->n = kept;
}

static size_t
cbor_parse(struct tree *t, size_t at, size_t end, int parent, unsigned depth)
{
	uint64_t value = 0;
	struct node new = { .at = at, .parent = parent };
	if (at >= end || depth > TREE_DEPTH_MAX || !take_head((struct bytes){ t->in.ptr + at, end - at }, &new.head_len, &value))
		return 0;
	enum cbor_type type = (enum cbor_type)(t->in.ptr[at] >> 5);
	int self = t->n;
	new.lead = t->in.ptr[at];
	bool is_string = type == CBOR_BYTES || type == CBOR_TEXT;
	if (is_string && value > end - at - new.head_len)
		return 0;
	new.len = is_string ? (size_t)value : 0;
	new.is_leaf = is_string;
	struct node *n = tree_add(t, new);
	if (n == NULL)
		return 0;
	if (type == CBOR_BYTES)
		parse_inside(t, n, self, depth);
	uint64_t inside = type == CBOR_ARRAY ? value : type == CBOR_MAP && value <= TREE_NODES_MAX ? 2 * value : type == CBOR_TAG;
	if (type == CBOR_MAP && value > TREE_NODES_MAX)
		return 0;
	n->items = type == CBOR_ARRAY || type == CBOR_MAP || type == CBOR_TAG ? (size_t)value : 0;
	for (uint64_t i = 0; i < inside; i++) {
		size_t len = cbor_parse(t, at + n->head_len + n->len, end, self, depth + 1);
		if (len == 0)
			return 0;
		n->len += len;
	}
	return n->head_len + n->len;
}

static size_t
write_head(uint8_t major, uint64_t v, uint8_t out[TREE_HEAD_MAX])
{
	struct bytes enc = { out, 0 };
	uint8_t mem[TREE_HEAD_MAX];
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_uint(&w, v);
	if (cbor_write_finish(&w, &enc) != OK)
		return 0;
	memcpy(out, enc.ptr, enc.len);
	out[0] = (uint8_t)(out[0] | major << 5);
	return enc.len;
}

static size_t
cbor_head(const struct node *n, size_t len, size_t items, uint8_t out[TREE_HEAD_MAX])
{
	enum cbor_type type = (enum cbor_type)(n->lead >> 5);
	bool is_string = type == CBOR_BYTES || type == CBOR_TEXT;
	return write_head((uint8_t)type, is_string ? len : items, out);
}

/* Integers on both sides of every boundary of a head, a year's seconds around a golden vector's, and the small items. */
static size_t
cbor_fresh(uint32_t random, uint8_t out[TREE_HEAD_MAX])
{
	static const uint64_t edges[] = { 0, 1, 2, 8, 23, 24, 255, 256, 65535, 65536, 65537, UINT32_MAX, 1ull << 32, INT64_MAX / 2,
		INT64_MAX, UINT64_MAX, 1800000000, 37, 3701, 370102, 60, 300 };
	static const uint8_t small[] = { 0xf4, 0xf5, 0x80, 0xa0, 0x40, 0x60, 0xf6, 0xf7 };
	uint32_t pick = random % 64, more = random / 64;
	if (pick < 8) {
		out[0] = small[pick];
		return 1;
	}
	uint64_t v = edges[pick % (sizeof(edges) / sizeof(edges[0]))] + more % 5 - 2;
	if (pick >= 48)
		v = more % (pick >= 56 ? 12 : 1u << 24);
	return write_head(more / 8 % 6 == 0 ? CBOR_NINT : CBOR_UINT, v, out);
}

static unsigned
cbor_apart(const struct node *parent)
{
	return parent->lead >> 5 == CBOR_MAP ? 2 : 1;
}

const struct grammar tree_cbor = { cbor_parse, cbor_head, cbor_fresh, cbor_apart };
