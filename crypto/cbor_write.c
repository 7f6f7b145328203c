#include "crypto/cbor.h"

struct cbor_writer
cbor_writer(struct buf out)
{
	return (struct cbor_writer){ .out = { out.ptr + out.len, out.cap - out.len, 0 }, .status = OK };
}

void
cbor_write_raw(struct cbor_writer *w, struct bytes item)
{
	if (w->status != OK)
		return;
	if (item.len > w->out.cap - w->out.len) { /* subtract: cannot overflow */
		w->status = ERR_LIMIT;
		return;
	}
	if (item.len > 0)
		memcpy(w->out.ptr + w->out.len, item.ptr, item.len);
	w->out.len += item.len;
}

static void
write_head(struct cbor_writer *w, enum cbor_type type, uint64_t v)
{
	uint8_t head[9];
	uint8_t major = (uint8_t)((unsigned)type << 5);
	if (v < 24) {
		head[0] = (uint8_t)(major | v);
		cbor_write_raw(w, (struct bytes){ head, 1 });
		return;
	}
	unsigned log2 = v <= UINT8_MAX ? 0 : v <= UINT16_MAX ? 1 : v <= UINT32_MAX ? 2 : 3;
	size_t n = (size_t)1 << log2;
	head[0] = (uint8_t)(major | (24 + log2));
	for (size_t i = 0; i < n; i++)
		head[1 + i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	cbor_write_raw(w, (struct bytes){ head, 1 + n });
}

void
cbor_write_uint(struct cbor_writer *w, uint64_t v)
{
	write_head(w, CBOR_UINT, v);
}

void
cbor_write_int(struct cbor_writer *w, int64_t v)
{
	if (v >= 0)
		write_head(w, CBOR_UINT, (uint64_t)v);
	else
		write_head(w, CBOR_NINT, (uint64_t)(-1 - v));
}

void
cbor_write_bytes_head(struct cbor_writer *w, uint64_t len)
{
	write_head(w, CBOR_BYTES, len);
}

void
cbor_write_bytes(struct cbor_writer *w, struct bytes b)
{
	write_head(w, CBOR_BYTES, b.len);
	cbor_write_raw(w, b);
}

void
cbor_write_text(struct cbor_writer *w, struct bytes b)
{
	write_head(w, CBOR_TEXT, b.len);
	cbor_write_raw(w, b);
}

void
cbor_write_bool(struct cbor_writer *w, bool v)
{
	uint8_t b = v ? 0xf5 : 0xf4;
	cbor_write_raw(w, (struct bytes){ &b, 1 });
}

void cbor_write_tag(struct cbor_writer *w, uint64_t tag)    { write_head(w, CBOR_TAG, tag); }
void cbor_write_array(struct cbor_writer *w, size_t items)  { write_head(w, CBOR_ARRAY, items); }
void cbor_write_map(struct cbor_writer *w, size_t pairs)    { write_head(w, CBOR_MAP, pairs); }

void
cbor_write_text_pair(struct cbor_writer *w, int64_t key, struct bytes text)
{
	if (text.len == 0)
		return;
	cbor_write_int(w, key);
	cbor_write_text(w, text);
}

void
cbor_write_int_pair(struct cbor_writer *w, int64_t key, int64_t value)
{
	if (value == 0)
		return;
	cbor_write_int(w, key);
	cbor_write_int(w, value);
}

enum status
cbor_write_finish(const struct cbor_writer *w, struct bytes *out)
{
	if (w->status == OK)
		*out = buf_view(&w->out);
	return w->status;
}
