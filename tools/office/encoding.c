#include "tools/office/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>

#include "base/secret.h"
#include "base/text.h"

#define NO_ICONV ((void *)(iconv_t)-1)

const char *
encoding_name(enum encoding e)
{
	static const char *const names[] = { "", "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" };
	return names[e];
}

enum encoding
encoding_of(const char *name)
{
	static const struct { const char *name; enum encoding e; } words[] = { { "utf-8", ENCODING_UTF8 }, { "utf8", ENCODING_UTF8 },
		{ "gb18030", ENCODING_GB18030 }, { "gbk", ENCODING_GB18030 }, { "gb2312", ENCODING_GB18030 }, { "utf-16", ENCODING_UTF16LE },
		{ "utf-16le", ENCODING_UTF16LE }, { "utf-16be", ENCODING_UTF16BE } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(name, words[i].name) == 0)
			return words[i].e;
	return ENCODING_DETECT;
}

enum encoding
encoding_of_mark(struct bytes *text)
{
	static const struct { const char *mark; size_t len; enum encoding e; } marks[] = { { "\xef\xbb\xbf", 3, ENCODING_UTF8 },
		{ "\x84\x31\x95\x33", 4, ENCODING_GB18030 }, { "\xff\xfe", 2, ENCODING_UTF16LE }, { "\xfe\xff", 2, ENCODING_UTF16BE } };
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!bytes_starts_with(*text, (struct bytes){ (const uint8_t *)marks[i].mark, marks[i].len }))
			continue;
		text->ptr += marks[i].len;
		text->len -= marks[i].len;
		return marks[i].e;
	}
	return ENCODING_DETECT;
}

static bool
is_all(enum encoding e, struct bytes text)
{
	struct decoder d;
	struct bytes piece = { NULL, 1 };
	enum status st = decoder_open(&d, e, text);
	while (st == OK && piece.len > 0)
		st = decoder_next(&d, &piece);
	decoder_close(&d);
	return st == OK;
}

enum encoding
encoding_guess(struct bytes text)
{
	if (text_is_utf8(text))
		return ENCODING_UTF8;
	return is_all(ENCODING_GB18030, text) ? ENCODING_GB18030 : ENCODING_DETECT;
}

enum status
decoder_open(struct decoder *d, enum encoding from, struct bytes text)
{
	d->from = from;
	d->rest = text;
	d->iconv = NO_ICONV;
	if (from == ENCODING_UTF8)
		return OK;
	d->iconv = (void *)iconv_open("UTF-8", encoding_name(from));
	return d->iconv != NO_ICONV ? OK : ERR_SYSTEM;
}

/* So that the caller can tell the line; a bad text is rare. */
static void
skip_good_lines(struct bytes *text)
{
	const uint8_t *eol;
	while ((eol = memchr(text->ptr, '\n', text->len)) != NULL) {
		struct bytes line = { text->ptr, (size_t)(eol - text->ptr) + 1 };
		if (!text_is_utf8(line))
			return;
		text->ptr += line.len;
		text->len -= line.len;
	}
}

/* Cut where a character begins; a text that has no such place within is not UTF-8. */
static enum status
next_utf8(struct decoder *d, struct bytes *piece)
{
	size_t n = d->rest.len < sizeof(d->piece) ? d->rest.len : sizeof(d->piece);
	for (size_t back = 0; back < 3 && n < d->rest.len && n > 0 && (d->rest.ptr[n] & 0xc0) == 0x80; back++)
		n--;
	*piece = (struct bytes){ d->rest.ptr, n };
	if (text_is_utf8(*piece)) {
		d->rest.ptr += n;
		d->rest.len -= n;
		return OK;
	}
	skip_good_lines(&d->rest);
	return ERR_FORMAT;
}

enum status
decoder_next(struct decoder *d, struct bytes *piece)
{
	if (d->from == ENCODING_UTF8)
		return next_utf8(d, piece);
	char *in = (char *)(uintptr_t)d->rest.ptr, *out = (char *)d->piece; /* iconv does not write where it reads */
	size_t in_left = d->rest.len, out_left = sizeof(d->piece);
	size_t got = iconv((iconv_t)d->iconv, &in, &in_left, &out, &out_left);
	bool full = got == (size_t)-1 && errno == E2BIG;
	d->rest.ptr += d->rest.len - in_left;
	d->rest.len = in_left;
	*piece = (struct bytes){ d->piece, sizeof(d->piece) - out_left };
	return got != (size_t)-1 || full ? OK : ERR_FORMAT;
}

void
decoder_close(struct decoder *d)
{
	if (d->iconv != NO_ICONV)
		(void)iconv_close((iconv_t)d->iconv);
	d->iconv = NO_ICONV;
	secret_wipe(d->piece, sizeof(d->piece));
}
