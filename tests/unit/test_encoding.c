/* Text in the encodings that spreadsheets are saved in (tools/office/encoding.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/text.h"
#include "tests/unit/support/scratch.h"
#include "tools/office/encoding.h"

/* All of it decoded, into out; the status it ended with. */
static enum status
decode(enum encoding e, struct bytes text, struct buf *out, size_t *undecoded)
{
	struct decoder d;
	struct bytes piece = { NULL, 1 };
	enum status st = decoder_open(&d, e, text);
	while (st == OK && piece.len > 0) {
		st = decoder_next(&d, &piece);
		assert_true(piece.len <= sizeof(d.piece) && out->cap - out->len >= piece.len);
		if (st == OK && piece.len > 0)
			memcpy(out->ptr + out->len, piece.ptr, piece.len);
		out->len += st == OK ? piece.len : 0;
	}
	*undecoded = d.rest.len;
	decoder_close(&d);
	return st;
}

static void
each_encoding_comes_out_as_utf8(void **state)
{
	(void)state;
	const struct { enum encoding e; struct bytes text; const char *utf8; } cases[] = {
		{ ENCODING_UTF8, BYTES_LIT("姓名,a"), "姓名,a" },
		{ ENCODING_GB18030, BYTES_LIT("\xd0\xd5\xc3\xfb,a"), "姓名,a" },
		{ ENCODING_GB18030, BYTES_LIT("\x95\x32\x82\x36"), "\xf0\xa0\x80\x80" },   /* four bytes: U+20000 */
		{ ENCODING_GB18030, BYTES_LIT("\x82\x35\x87\x38"), "\xe4\xb6\xb5" },       /* U+4DB5, of extension A */
		{ ENCODING_GB18030, BYTES_LIT("\xaa\xa1"), "\xee\x80\x80" },               /* user-defined: U+E000, for others to refuse */
		{ ENCODING_UTF16LE, BYTES_LIT("\xd3\x59\x0d\x54" "a\0"), "姓名a" },
		{ ENCODING_UTF16BE, BYTES_LIT("\x59\xd3\x54\x0d\0a"), "姓名a" },
		{ ENCODING_UTF16LE, BYTES_LIT("\x40\xd8\x00\xdc"), "\xf0\xa0\x80\x80" },   /* a surrogate pair */
		{ ENCODING_UTF8, BYTES_LIT(""), "" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t mem[64];
		struct buf out = BUF_OF(mem);
		size_t undecoded;
		assert_int_equal(decode(cases[i].e, cases[i].text, &out, &undecoded), OK);
		if (!bytes_eq(buf_view(&out), bytes_str(cases[i].utf8)))
			fail_msg("case %zu", i);
	}
}

static void
what_is_not_of_the_encoding_is_found_where_it_stands(void **state)
{
	(void)state;
	const struct { enum encoding e; struct bytes text; size_t at; } cases[] = {
		{ ENCODING_UTF8, BYTES_LIT("ab\ncd\n\xff\n"), 6 },                /* by the line */
		{ ENCODING_UTF8, BYTES_LIT("ab\n\xe5\xa7"), 3 },                  /* cut within a character */
		{ ENCODING_UTF8, BYTES_LIT("\xed\xa0\x80"), 0 },                  /* a surrogate */
		{ ENCODING_GB18030, BYTES_LIT("ab\xff"), 2 },
		{ ENCODING_GB18030, BYTES_LIT("ab\xd0"), 2 },                     /* cut within a character */
		{ ENCODING_UTF16LE, BYTES_LIT("a\0\x00\xdc"), 2 },                /* half a surrogate pair */
		{ ENCODING_UTF16LE, BYTES_LIT("a\0b"), 2 },                       /* half a unit */
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t mem[64];
		struct buf out = BUF_OF(mem);
		size_t undecoded;
		enum status st = decode(cases[i].e, cases[i].text, &out, &undecoded);
		if (st != ERR_FORMAT || cases[i].text.len - undecoded != cases[i].at)
			fail_msg("case %zu: %d, %zu left", i, (int)st, undecoded);
	}
}

static void
pieces_are_whole_characters_however_long_the_text(void **state)
{
	(void)state;
	enum { CHARACTERS = 100000 };
	static const struct { enum encoding e; const char *character; size_t len; } cases[] = { { ENCODING_UTF8, "姓", 3 },
		{ ENCODING_GB18030, "\xd0\xd5", 2 }, { ENCODING_UTF16LE, "\xd3\x59", 2 } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t shift = 0; shift < 3; shift++) { /* so that the end of a piece falls on every byte of a character */
			size_t len = 0, unit = i == 2 ? 2 : 1;
			uint8_t *text = calloc(CHARACTERS + 4, 4);
			assert_non_null(text);
			for (size_t k = 0; k < shift; k++, len += unit)
				text[len] = 'x';
			for (size_t k = 0; k < CHARACTERS; k++, len += cases[i].len)
				memcpy(text + len, cases[i].character, cases[i].len);
			struct buf out = { malloc((CHARACTERS + 4) * 3), (CHARACTERS + 4) * 3, 0 };
			size_t undecoded;
			assert_non_null(out.ptr);
			assert_int_equal(decode(cases[i].e, (struct bytes){ text, len }, &out, &undecoded), OK);
			assert_int_equal(out.len, shift + 3u * CHARACTERS);
			assert_true(text_is_utf8(buf_view(&out)));
			free(out.ptr);
			free(text);
		}
	}
}

static void
an_encoding_is_guessed_by_its_mark_or_by_what_it_can_be(void **state)
{
	(void)state;
	const struct { struct bytes text; enum encoding mark, guess; size_t mark_len; } cases[] = {
		{ BYTES_LIT("a,b"), ENCODING_DETECT, ENCODING_UTF8, 0 },
		{ BYTES_LIT("\xef\xbb\xbf" "a"), ENCODING_UTF8, ENCODING_UTF8, 3 },
		{ BYTES_LIT("姓名"), ENCODING_DETECT, ENCODING_UTF8, 0 },
		{ BYTES_LIT("\xd0\xd5\xc3\xfb"), ENCODING_DETECT, ENCODING_GB18030, 0 },
		{ BYTES_LIT("\x84\x31\x95\x33" "a"), ENCODING_GB18030, ENCODING_UTF8, 4 },
		{ BYTES_LIT("\xff\xfe" "a\0"), ENCODING_UTF16LE, ENCODING_UTF8, 2 },
		{ BYTES_LIT("\xfe\xff\0a"), ENCODING_UTF16BE, ENCODING_UTF8, 2 },
		{ BYTES_LIT("\xd0\xd5\xff"), ENCODING_DETECT, ENCODING_DETECT, 0 },
		{ BYTES_LIT("姓名\xd0\xd5\xff"), ENCODING_DETECT, ENCODING_DETECT, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes text = cases[i].text;
		enum encoding mark = encoding_of_mark(&text);
		if (mark != cases[i].mark || cases[i].text.len - text.len != cases[i].mark_len || encoding_guess(text) != cases[i].guess)
			fail_msg("case %zu: %s, %s", i, encoding_name(mark), encoding_name(encoding_guess(text)));
	}
}

static void
an_encoding_is_named_as_people_type_it(void **state)
{
	(void)state;
	assert_int_equal(encoding_of("utf-8"), ENCODING_UTF8);
	assert_int_equal(encoding_of("UTF8"), ENCODING_UTF8);
	assert_int_equal(encoding_of("GB18030"), ENCODING_GB18030);
	assert_int_equal(encoding_of("gbk"), ENCODING_GB18030);
	assert_int_equal(encoding_of("latin1"), ENCODING_DETECT);
	assert_int_equal(encoding_of(""), ENCODING_DETECT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_encoding_comes_out_as_utf8),
		cmocka_unit_test(what_is_not_of_the_encoding_is_found_where_it_stands),
		cmocka_unit_test(pieces_are_whole_characters_however_long_the_text),
		cmocka_unit_test(an_encoding_is_guessed_by_its_mark_or_by_what_it_can_be),
		cmocka_unit_test(an_encoding_is_named_as_people_type_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
