/* fuzz_text -- text from outside on its way to people: what is escaped is clean and fits; what is clean is told by a second, plain
 * reading of Unicode's table; hex and Base32 come back. */
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 4096, CAP_MIN = 8 };

/* One character, read the plain way: its code point, or -1; *len its bytes. */
static int64_t
plain_character(struct bytes t, size_t *len)
{
	static const struct { uint8_t mask, lead; uint32_t least; } forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };
	for (size_t n = 1; n <= 4; n++) {
		if ((t.ptr[0] & forms[n - 1].mask) != forms[n - 1].lead)
			continue;
		uint32_t c = t.ptr[0] & (uint8_t)~forms[n - 1].mask;
		for (size_t i = 1; i < n; i++) {
			if (i >= t.len || (t.ptr[i] & 0xc0) != 0x80)
				return -1;
			c = c << 6 | (t.ptr[i] & 0x3fu);
		}
		*len = n;
		return c < forms[n - 1].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? -1 : (int64_t)c;
	}
	return -1;
}

/* docs/formats.md 1, as it is written there. */
static bool
is_forbidden(int64_t c)
{
	static const struct { int64_t from, to; } ranges[] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0x200b, 0x200b }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfeff, 0xfeff }, { 0xe000, 0xf8ff }, { 0xfdd0, 0xfdef }, { 0xf0000, 0x10ffff } };
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return (c & 0xffff) == 0xfffe || (c & 0xffff) == 0xffff;
}

static void
plain_reading(struct bytes t, bool *is_utf8, bool *is_clean)
{
	*is_utf8 = *is_clean = true;
	for (size_t n = 1; t.len > 0; t.ptr += n, t.len -= n) {
		int64_t c = plain_character(t, &n);
		*is_utf8 = *is_utf8 && c >= 0;
		*is_clean = *is_clean && c >= 0 && !is_forbidden(c);
		n = c < 0 ? 1 : n;
	}
}

static void
check_escape(struct bytes in, bool is_clean)
{
	static char out[4 * INPUT_MAX + 1];
	size_t caps[] = { CAP_MIN, CAP_MIN + in.len % 64, sizeof(out) };
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		mark(out, sizeof(out));
		must(text_escape(in, out, caps[i]) == out && is_sentence(out, caps[i]));
		must(caps[i] == sizeof(out) || (uint8_t)out[caps[i]] == 0xa5);
		if (is_clean && in.len < caps[i])
			must(strlen(out) == in.len && memcmp(out, in.ptr, in.len) == 0);
	}
}

static void
check_codecs(struct bytes in)
{
	static char text[2 * INPUT_MAX + 1];
	static uint8_t back_mem[INPUT_MAX];
	struct buf back = BUF_OF(back_mem);
	hex_encode(in, text);
	must(hex_decode(bytes_str(text), &back) == OK && bytes_eq(buf_view(&back), in));
	back.len = 0;
	base32_encode(in, text);
	must(strlen(text) == base32_len(in.len));
	must(base32_decode(bytes_str(text), &back) == OK && bytes_eq(buf_view(&back), in));
	back.len = 0;
	if (hex_decode(in, &back) == OK) {
		hex_encode(buf_view(&back), text);
		must(strlen(text) == in.len);
	}
	back.len = 0;
	if (base32_decode(in, &back) == OK) { /* one text for one token, but for its case */
		base32_encode(buf_view(&back), text);
		must(strlen(text) == in.len);
		for (size_t i = 0; i < in.len; i++)
			must((in.ptr[i] >= 'a' ? in.ptr[i] & 0xdf : in.ptr[i]) == (uint8_t)text[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size }, trimmed = text_trim(in);
	bool is_utf8, is_clean;
	uint64_t v = 0;
	if (size > INPUT_MAX)
		return -1;
	plain_reading(in, &is_utf8, &is_clean);
	must(text_is_utf8(in) == is_utf8 && text_is_clean(in) == is_clean);
	must(text_columns(in) <= 2 * size && lies_in(trimmed, in));
	check_escape(in, is_clean);
	check_codecs(in);
	if (text_uint(in, &v) == OK)
		must(size >= 1 && size <= 19);
	return 0;
}
