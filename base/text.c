#include "base/text.h"

#include <assert.h>
#include <stdio.h>

/* Decode one UTF-8 character: its length, or 0 if it is not well formed (Unicode table 3-7). */
static size_t
utf8_next(struct bytes t, uint32_t *cp)
{
	uint8_t a = t.ptr[0];
	if (a < 0x80) {
		*cp = a;
		return 1;
	}
	size_t n = a >= 0xc2 && a <= 0xdf ? 2 : a >= 0xe0 && a <= 0xef ? 3 : a >= 0xf0 && a <= 0xf4 ? 4 : 0;
	if (n == 0 || n > t.len)
		return 0;
	uint8_t low = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80;
	uint8_t high = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
	if (t.ptr[1] < low || t.ptr[1] > high)
		return 0;
	uint32_t v = (uint32_t)(a & (0xff >> (n + 1))) << 6 | (t.ptr[1] & 0x3f);
	for (size_t i = 2; i < n; i++) {
		if ((t.ptr[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (t.ptr[i] & 0x3f);
	}
	*cp = v;
	return n;
}

bool
text_is_utf8(struct bytes text)
{
	uint32_t cp;
	for (size_t n; text.len > 0; text.ptr += n, text.len -= n) {
		n = utf8_next(text, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

/* docs/formats.md 1: control, zero-width, bidirectional, private-use and non-characters */
static bool
is_forbidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200b || (c >= 0x200e && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || (c >= 0xe000 && c <= 0xf8ff) ||
	    c >= 0xf0000 || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

/* Length of the character t begins with if it is plainly clean: printable ASCII, or U+3000-9FFF (nearly every
 * Chinese character), none of which is forbidden.  0: look closer. */
static size_t
plain_len(struct bytes t)
{
	uint8_t a = t.ptr[0];
	if (a >= 0x20 && a < 0x7f)
		return 1;
	bool plain = a >= 0xe3 && a <= 0xe9 && t.len >= 3 && (t.ptr[1] & 0xc0) == 0x80 && (t.ptr[2] & 0xc0) == 0x80;
	return plain ? 3 : 0;
}

bool
text_is_clean(struct bytes text)
{
	uint32_t cp;
	for (size_t n; text.len > 0; text.ptr += n, text.len -= n) {
		n = plain_len(text);
		if (n > 0)
			continue;
		n = utf8_next(text, &cp);
		if (n == 0 || is_forbidden(cp))
			return false;
	}
	return true;
}

static bool
is_wide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f) || (c >= 0xac00 && c <= 0xd7a3) ||
	    (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	    (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f) || (c >= 0x20000 && c <= 0x3fffd);
}

size_t
text_columns(struct bytes text)
{
	size_t columns = 0;
	uint32_t cp;
	for (size_t n; text.len > 0; text.ptr += n, text.len -= n) {
		n = utf8_next(text, &cp);
		if (n == 0)
			return columns + text.len;
		columns += is_wide(cp) ? 2 : 1;
	}
	return columns;
}

/* Length of the next character of text, and of what text_escape makes of it. */
static size_t
escape_next(struct bytes text, size_t *shown)
{
	uint32_t cp = 0;
	size_t n = utf8_next(text, &cp);
	bool plain = n > 0 && !is_forbidden(cp);
	n = n > 0 ? n : 1;
	*shown = plain ? n : 4 * n;
	return n;
}

static bool
escape_fits(struct bytes text, size_t room)
{
	size_t shown;
	for (size_t n; text.len > 0; text.ptr += n, text.len -= n) {
		n = escape_next(text, &shown);
		if (shown > room)
			return false;
		room -= shown;
	}
	return true;
}

const char *
text_escape(struct bytes text, char *out, size_t cap)
{
	assert(cap >= 8);
	bool fits = escape_fits(text, cap - 1);
	size_t at = 0, room = fits ? cap - 1 : cap - 4, shown;
	for (size_t n; text.len > 0; text.ptr += n, text.len -= n, at += shown) {
		n = escape_next(text, &shown);
		if (shown > room - at)
			break;
		if (shown == n)
			memcpy(out + at, text.ptr, n);
		for (size_t i = 0; shown != n && i < n; i++)
			(void)snprintf(out + at + 4 * i, 5, "\\x%02X", text.ptr[i]);
	}
	memcpy(out + at, fits ? "" : "...", fits ? 1 : 4);
	return out;
}

void
hex_encode(struct bytes in, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < in.len; i++) {
		out[2 * i] = digits[in.ptr[i] >> 4];
		out[2 * i + 1] = digits[in.ptr[i] & 15];
	}
	out[2 * in.len] = '\0';
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum status
hex_decode(struct bytes text, struct buf *out)
{
	if (text.len % 2 != 0)
		return ERR_FORMAT;
	if (text.len / 2 > out->cap)
		return ERR_LIMIT;
	for (size_t i = 0; i < text.len; i += 2) {
		int high = hex_value(text.ptr[i]), low = hex_value(text.ptr[i + 1]);
		if (high < 0 || low < 0)
			return ERR_FORMAT;
		out->ptr[i / 2] = (uint8_t)(high << 4 | low);
	}
	out->len = text.len / 2;
	return OK;
}

size_t
base32_len(size_t len)
{
	return len / 5 * 8 + (len % 5 * 8 + 4) / 5;
}

void
base32_encode(struct bytes in, char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t hold = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < in.len; i++) {
		hold = hold << 8 | in.ptr[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*out++ = alphabet[hold >> (bits - 5) & 31];
	}
	if (bits > 0)
		*out++ = alphabet[hold << (5 - bits) & 31];
	*out = '\0';
}

static int
base32_value(uint8_t c)
{
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	c &= 0xdf;
	return c >= 'A' && c <= 'Z' ? c - 'A' : -1;
}

enum status
base32_decode(struct bytes text, struct buf *out)
{
	size_t tail = text.len % 8, len = text.len * 5 / 8;
	if (tail == 1 || tail == 3 || tail == 6)
		return ERR_FORMAT;
	if (len > out->cap)
		return ERR_LIMIT;
	uint32_t hold = 0;
	unsigned bits = 0;
	size_t at = 0;
	for (size_t i = 0; i < text.len; i++) {
		int v = base32_value(text.ptr[i]);
		if (v < 0)
			return ERR_FORMAT;
		hold = (hold << 5 | (uint32_t)v) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			out->ptr[at++] = (uint8_t)(hold >> bits);
		}
	}
	if ((hold & ((1u << bits) - 1)) != 0)
		return ERR_FORMAT; /* spare bits must be zero: one text for one token */
	out->len = at;
	return OK;
}

enum status
text_uint(struct bytes text, uint64_t *out)
{
	uint64_t v = 0;
	if (text.len < 1 || text.len > 19)
		return ERR_FORMAT;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return ERR_FORMAT;
		v = v * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	*out = v;
	return OK;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes
text_trim(struct bytes text)
{
	while (text.len > 0 && is_space(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && is_space(text.ptr[text.len - 1]))
		text.len--;
	return text;
}
