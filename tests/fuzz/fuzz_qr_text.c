/* fuzz_qr_text -- what a QR code holds: any bytes come back from their text, and a text that is read is one of few for its bytes. */
#include "crypto/qrtext.h"
#include "tests/fuzz/fuzz.h"

static uint8_t text_mem[QR_TEXT_LEN_MAX + 1], token_mem[TOKEN_LEN_MAX];

static bool
has_prefix_end(struct bytes text)
{
	for (size_t i = 0; i + 3 <= text.len; i++)
		if (text.ptr[i] == '/' && (text.ptr[i + 1] | 0x20) == 'v' && text.ptr[i + 2] == '/')
			return true;
	return false;
}

/* Bytes to text and back. */
static void
there_and_back(struct bytes prefix, struct bytes token)
{
	struct buf text = BUF_OF(text_mem), back = BUF_OF(token_mem);
	must(qr_text_encode(prefix, token, &text) == OK && text.len == prefix.len + base32_len(token.len));
	must(text_mem[text.len] == '\0');
	enum status st = qr_text_decode(buf_view(&text), &back);
	must(token.len == 0 ? st == ERR_FORMAT : st == OK && bytes_eq(buf_view(&back), token));
	must(qr_text_encode(prefix, token, &(struct buf){ text_mem, text.len, 0 }) == ERR_LIMIT);
}

/* Text from outside: if it is read, its last characters are those that we would have written. */
static void
read_text(struct bytes text)
{
	static uint8_t read_mem[TOKEN_LEN_MAX];
	struct buf token = BUF_OF(read_mem), again = BUF_OF(text_mem);
	enum status st = qr_text_decode(text, &token);
	must(st == OK || st == ERR_FORMAT || st == ERR_LIMIT);
	if (st != OK)
		return;
	must(token.len > 0 && token.len <= TOKEN_LEN_MAX);
	if (text.ptr[0] == 0xd2) {
		must(bytes_eq(buf_view(&token), text));
		return;
	}
	must(qr_text_encode((struct bytes){ NULL, 0 }, buf_view(&token), &again) == OK);
	struct bytes trimmed = text_trim(text);
	must(again.len <= trimmed.len && (again.len == trimmed.len || has_prefix_end(trimmed)));
	for (size_t i = 0; i < again.len; i++) {
		uint8_t c = trimmed.ptr[trimmed.len - again.len + i];
		must((c >= 'a' ? c & 0xdf : c) == text_mem[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct err err = { 0 };
	read_text(in);
	if (size <= TOKEN_LEN_MAX)
		there_and_back(BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/"), in);
	if (size > 0 && size <= TOKEN_LEN_MAX)
		there_and_back((struct bytes){ NULL, 0 }, in);
	if (qr_prefix_check(in, &err) == OK) {
		must(size <= QR_PREFIX_LEN_MAX && has_prefix_end(in));
		there_and_back(in, BYTES_LIT("\xd2 any token"));
	} else
		must(err.text[0] != '\0' && is_sentence(err.text, sizeof(err.text)));
	return 0;
}
