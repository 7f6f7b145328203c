#include "tools/picture/answer.h"

_Static_assert(ANSWER_LEN_MAX == ANSWER_HEAD_LEN + PICTURE_CODES_MAX * (2 + PICTURE_TEXT_LEN_MAX), "room for the longest answer");

static void
put_be(struct buf *out, uint32_t value, unsigned bytes)
{
	while (bytes-- > 0)
		out->ptr[out->len++] = (uint8_t)(value >> (8 * bytes));
}

static uint32_t
take_be(struct bytes *in, unsigned bytes)
{
	uint32_t value = 0;
	for (unsigned i = 0; i < bytes; i++)
		value = value << 8 | in->ptr[i];
	*in = (struct bytes){ in->ptr + bytes, in->len - bytes };
	return value;
}

enum status
answer_encode(const struct picture_answer *a, struct buf *out)
{
	if (a->n > PICTURE_CODES_MAX || out->cap - out->len < ANSWER_HEAD_LEN)
		return ERR_LIMIT;
	put_be(out, ANSWER_VERSION, 1);
	put_be(out, a->width, 4);
	put_be(out, a->height, 4);
	put_be(out, (uint32_t)a->n, 2);
	for (size_t i = 0; i < a->n; i++) {
		size_t len = a->code[i].len < PICTURE_TEXT_LEN_MAX ? a->code[i].len : PICTURE_TEXT_LEN_MAX;
		if (out->cap - out->len < len + 2)
			return ERR_LIMIT;
		put_be(out, (uint32_t)len, 2);
		if (len > 0)
			memcpy(out->ptr + out->len, a->code[i].ptr, len);
		out->len += len;
	}
	return OK;
}

enum status
answer_decode(struct bytes in, struct picture_answer *out)
{
	struct picture_answer a = { 0 };
	if (in.len < ANSWER_HEAD_LEN)
		return ERR_FORMAT;
	if (take_be(&in, 1) != ANSWER_VERSION)
		return ERR_UNSUPPORTED;
	a.width = take_be(&in, 4);
	a.height = take_be(&in, 4);
	a.n = take_be(&in, 2);
	if (a.n > PICTURE_CODES_MAX)
		return ERR_FORMAT;
	for (size_t i = 0; i < a.n; i++) {
		if (in.len < 2)
			return ERR_FORMAT;
		size_t len = take_be(&in, 2);
		if (len > PICTURE_TEXT_LEN_MAX || len > in.len)
			return ERR_FORMAT;
		a.code[i] = (struct bytes){ in.ptr, len };
		in = (struct bytes){ in.ptr + len, in.len - len };
	}
	if (in.len > 0)
		return ERR_FORMAT;
	*out = a;
	return OK;
}
