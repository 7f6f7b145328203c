/* encoding.h -- text in the encodings that spreadsheets are saved in, made UTF-8 piece by piece.
 *
 * The only door to iconv (of the C library).  GB18030 is read as it stood in 2005, so characters that a text keeps in its
 * user-defined area come out as private-use characters (text_is_clean refuses them): nobody can know what they were.
 * UTF-16 is what Excel saves as "Unicode text", tab-separated. */
#ifndef OFFICE_ENCODING_H
#define OFFICE_ENCODING_H

#include "base/bytes.h"
#include "base/status.h"

enum encoding { ENCODING_DETECT = 0, ENCODING_UTF8, ENCODING_GB18030, ENCODING_UTF16LE, ENCODING_UTF16BE };

const char *encoding_name(enum encoding e);               /* "UTF-8" */
/* As a person types it: utf-8, utf8, gb18030, gbk, gb2312, utf-16 (le, by its mark be); ENCODING_DETECT if it is none. */
enum encoding encoding_of(const char *name);
/* By its byte order mark, which is cut off the text; else ENCODING_DETECT. */
enum encoding encoding_of_mark(struct bytes *text);
/* Which of UTF-8 and GB18030 a text without a mark is: the first that all of it is; neither: ENCODING_DETECT. */
enum encoding encoding_guess(struct bytes text);

struct decoder {
	enum encoding from;
	struct bytes rest;                                    /* what is not yet decoded */
	void *iconv;
	uint8_t piece[64 << 10];
};
/* text must outlive d. */
MUST_CHECK enum status decoder_open(struct decoder *d, enum encoding from, struct bytes text);
/* The next piece, whole characters, at most 64 KiB; valid until the next call.  Empty at the end.  ERR_FORMAT: what d->rest begins
 * with is not of this encoding. */
MUST_CHECK enum status decoder_next(struct decoder *d, struct bytes *piece);
void decoder_close(struct decoder *d);                    /* wipes its piece; idempotent */

#endif
