#include "registry/record_text.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "crypto/cbor.h"
#include "registry/store.h"
#include "registry/tables.h"

enum { BYTES_SHOWN = 16, TEXT_ROOM = 200 };

struct line { char *out; size_t cap, len; };

static void
put(struct line *l, const char *text)
{
	size_t n = strlen(text), left = l->cap - 1 - l->len;
	if (n > left)
		n = left;
	memcpy(l->out + l->len, text, n);
	l->len += n;
	l->out[l->len] = '\0';
}

static void
put_bytes(struct line *l, struct bytes b)
{
	char hex[2 * BYTES_SHOWN + 1];
	hex_encode((struct bytes){ b.ptr, b.len < BYTES_SHOWN ? b.len : BYTES_SHOWN }, hex);
	put(l, "h'");
	put(l, hex);
	put(l, b.len > BYTES_SHOWN ? "...'" : "'");
}

static void
put_text(struct line *l, struct bytes b)
{
	char shown[TEXT_ROOM];
	put(l, "\"");
	put(l, text_escape(b, shown, sizeof(shown)));
	put(l, "\"");
}

static void put_item(struct line *l, struct cbor_reader *r, unsigned depth);

static void
put_array(struct line *l, struct cbor_reader *r, unsigned depth)
{
	size_t n = cbor_read_array(r);
	put(l, "[");
	for (size_t i = 0; i < n && r->status == OK; i++) {
		put(l, i > 0 ? ", " : "");
		put_item(l, r, depth + 1);
	}
	put(l, "]");
}

static void
put_item(struct line *l, struct cbor_reader *r, unsigned depth)
{
	char number[32];
	switch (depth > CBOR_DEPTH_MAX ? CBOR_NONE : cbor_peek(r)) {
	case CBOR_UINT:
	case CBOR_NINT:
		(void)snprintf(number, sizeof(number), "%lld", (long long)cbor_read_int(r));
		put(l, number);
		return;
	case CBOR_BYTES: put_bytes(l, cbor_read_bytes(r)); return;
	case CBOR_TEXT:  put_text(l, cbor_read_text(r)); return;
	case CBOR_ARRAY: put_array(l, r, depth); return;
	default:         put_bytes(l, cbor_read_item(r)); return;
	}
}

const char *
record_text(struct bytes record, char *out, size_t cap)
{
	struct line l = { out, cap, 0 };
	struct cbor_reader check = cbor_reader(record, CBOR_CANONICAL), r = check;
	out[0] = '\0';
	(void)cbor_read_item(&check);
	if (record.len > 0 && cbor_finish(&check) == OK)
		put_item(&l, &r, 0);
	else
		put_bytes(&l, record);
	return out;
}

const char *
key_text(unsigned table, struct bytes key, char *out, size_t cap)
{
	struct line l = { out, cap, 0 };
	bool is_id = table == TABLE_EVENT || table == TABLE_HOLDER || table == TABLE_CREDENTIAL || table == TABLE_REVIEW || table == TABLE_PROPOSAL;
	out[0] = '\0';
	if (is_id && key.len == 8)
		(void)snprintf(out, cap, "%llu", (unsigned long long)key64_value(key));
	else if (table == TABLE_PERSON || table == TABLE_DIGEST || is_id)
		put_bytes(&l, key);
	else
		put_text(&l, key);
	return out;
}
