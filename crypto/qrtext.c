#include "crypto/qrtext.h"

#include "base/text.h"

enum { COSE_SIGN1_TAG = 0xd2 };

static bool
is_qr_alphanumeric(uint8_t c)
{
	static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
	return c != 0 && strchr(set, c) != NULL;
}

enum status
qr_prefix_check(struct bytes prefix, struct err *err)
{
	char shown[64];
	(void)text_escape(prefix, shown, sizeof(shown));
	if (prefix.len > QR_PREFIX_LEN_MAX)
		return err_set(err, ERR_LIMIT, "QR prefix %s is %zu characters long; at most %u fit (docs/formats.md 4)", shown,
		    prefix.len, QR_PREFIX_LEN_MAX);
	for (size_t i = 0; i < prefix.len; i++) {
		if (!is_qr_alphanumeric(prefix.ptr[i]) || prefix.ptr[i] == ' ')
			return err_set(err, ERR_FORMAT, "QR prefix %s holds a character outside 0-9 A-Z $%%*+-./: (no lower case)", shown);
	}
	size_t scheme = bytes_starts_with(prefix, BYTES_LIT("HTTPS://")) ? 8 : bytes_starts_with(prefix, BYTES_LIT("HTTP://")) ? 7 : 0;
	if (scheme == 0 || prefix.len < scheme + 4 || prefix.ptr[scheme] == '/' ||
	    memcmp(prefix.ptr + prefix.len - 3, "/V/", 3) != 0)
		return err_set(err, ERR_FORMAT, "QR prefix %s is not HTTPS://HOST/V/ or HTTP://HOST/V/", shown);
	return OK;
}

enum status
qr_text_encode(struct bytes prefix, struct bytes token, struct buf *out)
{
	size_t len = base32_len(token.len);
	if (prefix.len > out->cap || len >= out->cap - prefix.len)
		return ERR_LIMIT;
	if (prefix.len > 0)
		memcpy(out->ptr, prefix.ptr, prefix.len);
	base32_encode(token, (char *)out->ptr + prefix.len);
	out->len = prefix.len + len;
	return OK;
}

/* What follows the last /V/ or /v/, or all of it. */
static struct bytes
after_prefix(struct bytes text)
{
	for (size_t i = text.len; i >= 3; i--) {
		const uint8_t *p = text.ptr + i - 3;
		if (p[0] == '/' && (p[1] == 'V' || p[1] == 'v') && p[2] == '/')
			return (struct bytes){ text.ptr + i, text.len - i };
	}
	return text;
}

enum status
qr_text_decode(struct bytes text, struct buf *out)
{
	if (text.len > 0 && text.ptr[0] == COSE_SIGN1_TAG) { /* the raw bytes: 0xd2 begins no text of ours */
		if (text.len > TOKEN_LEN_MAX || text.len > out->cap)
			return ERR_LIMIT;
		memcpy(out->ptr, text.ptr, text.len);
		out->len = text.len;
		return OK;
	}
	if (text.len > QR_TEXT_LEN_MAX)
		return ERR_LIMIT;
	struct bytes base32 = after_prefix(text_trim(text));
	if (base32.len == 0)
		return ERR_FORMAT;
	return base32.len > base32_len(TOKEN_LEN_MAX) ? ERR_LIMIT : base32_decode(base32, out);
}
