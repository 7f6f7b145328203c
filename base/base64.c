#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(struct bytes in, char *out)
{
	for (size_t i = 0; i < in.len; i += 3) {
		size_t n = in.len - i < 3 ? in.len - i : 3;
		unsigned v = (unsigned)in.ptr[i] << 16 | (n > 1 ? (unsigned)in.ptr[i + 1] << 8 : 0) | (n > 2 ? in.ptr[i + 2] : 0);
		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = n > 1 ? alphabet[v >> 6 & 63] : '=';
		*out++ = n > 2 ? alphabet[v & 63] : '=';
	}
	*out = '\0';
}

/* 0..63, or -1.  *url tells which alphabet a text uses once it has shown: 0 not yet, 1 standard, 2 URL. */
static int
value_of(uint8_t c, int *url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	int kind = c == '+' || c == '/' ? 1 : c == '-' || c == '_' ? 2 : 0;
	if (kind == 0 || (*url != 0 && *url != kind))
		return -1;
	*url = kind;
	return c == '+' || c == '-' ? 62 : 63;
}

static bool
unpad(struct bytes *text)
{
	size_t pad = 0;
	while (pad < 2 && pad < text->len && text->ptr[text->len - 1 - pad] == '=')
		pad++;
	if (pad > 0 && text->len % 4 != 0)
		return false;
	text->len -= pad;
	return text->len % 4 != 1 && (pad == 0 || (text->len + pad) % 4 == 0);
}

enum status
base64_decode(struct bytes text, struct buf *out)
{
	int url = 0;
	if (!unpad(&text))
		return ERR_FORMAT;
	if (text.len * 3 / 4 > out->cap - out->len)
		return ERR_LIMIT;
	uint8_t *to = out->ptr + out->len;
	unsigned bits = 0, held = 0;
	for (size_t i = 0; i < text.len; i++) {
		int v = value_of(text.ptr[i], &url);
		if (v < 0)
			return ERR_FORMAT;
		held = (held << 6 | (unsigned)v) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*to++ = (uint8_t)(held >> bits);
		}
	}
	if ((held & ((1u << bits) - 1)) != 0)
		return ERR_FORMAT;
	out->len += text.len * 3 / 4;
	return OK;
}
