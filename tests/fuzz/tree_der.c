/* DER for tree.h.  Octet and bit strings that hold a whole item are entered: extensions, keys, signatures. */
#include "tests/fuzz/tree.h"

enum { CONSTRUCTED = 0x20, BIT_STRING = 0x03, OCTET_STRING = 0x04, LONG_TAG = 0x1f };

static size_t der_parse(struct tree *t, size_t at, size_t end, int parent, unsigned depth);

static bool
take_head(struct bytes in, struct node *n)
{
	if (in.len < 2 || (in.ptr[0] & LONG_TAG) == LONG_TAG)
		return false;
	size_t more = in.ptr[1] < 0x80 ? 0 : in.ptr[1] & 0x7fu, len = more == 0 ? in.ptr[1] : 0;
	if (in.ptr[1] == 0x80 || more > 3 || in.len - 2 < more)
		return false;
	for (size_t i = 0; i < more; i++)
		len = len << 8 | in.ptr[2 + i];
	n->lead = in.ptr[0];
	n->head_len = 2 + more;
	n->len = len;
	return len <= in.len - n->head_len;
}

/* All of [at, end) as items inside `parent`? */
static bool
parse_all(struct tree *t, size_t at, size_t end, int parent, unsigned depth)
{
	for (size_t len; at < end; at += len) {
		len = der_parse(t, at, end, parent, depth);
		if (len == 0)
			return false;
	}
	return true;
}

static size_t
der_parse(struct tree *t, size_t at, size_t end, int parent, unsigned depth)
{
	struct node new = { .at = at, .parent = parent, .is_leaf = true };
	if (depth > TREE_DEPTH_MAX || !take_head((struct bytes){ t->in.ptr + at, end - at }, &new))
		return 0;
	int self = t->n;
	struct node *n = tree_add(t, new);
	if (n == NULL)
		return 0;
	size_t from = at + n->head_len;
	bool is_constructed = (n->lead & CONSTRUCTED) != 0;
	size_t pad = n->lead == BIT_STRING ? 1 : 0; /* the number of unused bits */
	if ((is_constructed || n->lead == OCTET_STRING || n->lead == BIT_STRING) && n->len > pad + 1) {
		int kept = t->n;
		n->is_leaf = !parse_all(t, from + pad, from + n->len, self, depth + 1);
		if (n->is_leaf)
			t->n = kept;
	}
	return n->head_len + n->len;
}

static size_t
der_head(const struct node *n, size_t len, size_t items, uint8_t out[TREE_HEAD_MAX])
{
	(void)items;
	size_t more = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;
	out[0] = n->lead;
	out[1] = (uint8_t)(more == 0 ? len : 0x80 | more);
	for (size_t i = 0; i < more; i++)
		out[2 + i] = (uint8_t)(len >> 8 * (more - 1 - i));
	return 2 + more;
}

static size_t
der_fresh(uint32_t random, uint8_t out[TREE_HEAD_MAX])
{
	static const struct { uint8_t len, der[TREE_HEAD_MAX]; } small[] = {
		{ 2, { 0x05, 0x00 } }, { 3, { 0x01, 0x01, 0xff } }, { 3, { 0x01, 0x01, 0x00 } }, { 3, { 0x02, 0x01, 0x00 } },
		{ 3, { 0x02, 0x01, 0x02 } }, { 4, { 0x03, 0x02, 0x07, 0x80 } }, { 4, { 0x03, 0x02, 0x02, 0x84 } }, { 2, { 0x30, 0x00 } },
		{ 2, { 0x31, 0x00 } }, { 2, { 0x04, 0x00 } }, { 2, { 0x0c, 0x00 } }, { 4, { 0x1e, 0x02, 0x20, 0x2e } },
		{ 5, { 0x06, 0x03, 0x55, 0x1d, 0x13 } }, { 5, { 0x06, 0x03, 0x55, 0x1d, 0x0f } }, { 5, { 0x06, 0x03, 0x55, 0x04, 0x03 } },
		{ 5, { 0x06, 0x03, 0x2b, 0x65, 0x70 } }, { 4, { 0x0c, 0x02, 0x00, 0x0a } }, { 4, { 0x14, 0x02, 0xff, 0x1b } },
		{ 6, { 0x1c, 0x04, 0x00, 0x00, 0x20, 0x2e } },
	};
	size_t pick = random % (sizeof(small) / sizeof(small[0]));
	memcpy(out, small[pick].der, TREE_HEAD_MAX);
	return small[pick].len;
}

static unsigned
der_apart(const struct node *parent)
{
	(void)parent;
	return 1;
}

const struct grammar tree_der = { der_parse, der_head, der_fresh, der_apart };
