/* grey -- every kind of PNG and JPEG becomes the same picture; bounds, cuts and damage. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/canvas.h"
#include "tests/unit/support/scratch.h"
#include "tools/picture/grey.h"

#define TEXT BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/ABCDEFGH")

/* JPEG loses a little; a code's black and white are far apart. */
static void
assert_close(const struct grey *g, const struct canvas *c, unsigned tolerance)
{
	assert_int_equal(g->width, c->w);
	assert_int_equal(g->height, c->h);
	for (size_t i = 0; i < (size_t)c->w * c->h; i++)
		assert_in_range(g->pixels[i] + tolerance - c->p[i], 0, 2 * tolerance);
}

static void
every_kind_of_png_is_the_same_picture(void **state)
{
	(void)state;
	struct canvas c = canvas_code(TEXT, 3, 0);
	for (int kind = 0; kind < PNG_KINDS; kind++) {
		struct grey g;
		struct buf file = canvas_png(&c, (enum png_kind)kind);
		print_message("%s\n", png_kind_names[kind]);
		assert_int_equal(grey_decode(buf_view(&file), &g), PICTURE_READ);
		assert_close(&g, &c, 1);
		grey_free(&g);
		free(file.ptr);
	}
	canvas_free(&c);
}

static void
every_kind_of_jpeg_is_the_same_picture(void **state)
{
	(void)state;
	struct canvas c = canvas_code(TEXT, 3, 0);
	for (int kind = 0; kind < JPEG_KINDS; kind++) {
		struct grey g;
		struct buf file = canvas_jpeg(&c, (enum jpeg_kind)kind, 95);
		print_message("%s\n", jpeg_kind_names[kind]);
		assert_int_equal(grey_decode(buf_view(&file), &g), PICTURE_READ);
		assert_close(&g, &c, 40);
		grey_free(&g);
		free(file.ptr);
	}
	canvas_free(&c);
}

/* Every truncation is damaged, unless only the mark of the end is missing, and none reads past its end. */
static void
try_truncations(struct buf file, struct bytes signature, size_t end_mark_len)
{
	for (size_t len = 0; len < file.len; len++) {
		struct grey g;
		uint8_t *exact = malloc(len + (len == 0));  /* its end is the end of the allocation, for the sanitizer */
		assert_non_null(exact);
		memcpy(exact, file.ptr, len);
		enum picture_exit code = grey_decode((struct bytes){ exact, len }, &g);
		if (len == 0)
			assert_int_equal(code, PICTURE_EMPTY);
		else if (len < file.len - end_mark_len)
			assert_int_equal(code, bytes_starts_with((struct bytes){ file.ptr, len }, signature) ? PICTURE_DAMAGED : PICTURE_NOT_ONE);
		else
			assert_true(code == PICTURE_READ || code == PICTURE_DAMAGED);
		grey_free(&g);
		free(exact);
	}
	free(file.ptr);
}

static void
a_picture_cut_anywhere_is_damaged(void **state)
{
	(void)state;
	enum { IEND_LEN = 12, EOI_LEN = 2 };
	struct canvas c = canvas_code(TEXT, 1, 0);
	for (int kind = 0; kind < PNG_KINDS; kind++) {
		struct buf file = canvas_png(&c, (enum png_kind)kind);
		try_truncations(file, BYTES_LIT("\x89PNG\r\n\x1a\n"), IEND_LEN);
	}
	for (int kind = 0; kind < JPEG_KINDS; kind++) {
		struct buf file = canvas_jpeg(&c, (enum jpeg_kind)kind, 60);
		try_truncations(file, BYTES_LIT("\xff\xd8\xff"), EOI_LEN);
	}
	canvas_free(&c);
}

static void
what_is_left_of_a_cut_picture_is_kept(void **state)
{
	(void)state;
	struct canvas c = canvas_code(TEXT, 6, 0);
	struct grey g;
	struct buf file = canvas_jpeg(&c, JPEG_GREY, 90);
	assert_int_equal(grey_decode((struct bytes){ file.ptr, file.len / 2 }, &g), PICTURE_DAMAGED);
	assert_non_null(g.pixels);
	for (size_t i = 0; i < (size_t)c.w * (c.h / 4); i++)
		assert_in_range(g.pixels[i] + 60 - c.p[i], 0, 120);
	grey_free(&g);
	free(file.ptr);
	canvas_free(&c);
}

/* Each byte of a small file bent: a code of the list, never a crash; pixels only with READ and DAMAGED. */
static void
try_bent(struct buf file)
{
	for (size_t at = 0; at < file.len; at++)
		for (unsigned bit = 0; bit < 8; bit += 3) {
			struct grey g;
			file.ptr[at] ^= (uint8_t)(1u << bit);
			enum picture_exit code = grey_decode(buf_view(&file), &g);
			assert_true(code == PICTURE_READ || (code >= PICTURE_DAMAGED && code <= PICTURE_NO_MEMORY));
			if (code != PICTURE_DAMAGED)
				assert_true((g.pixels != NULL) == (code == PICTURE_READ));
			grey_free(&g);
			file.ptr[at] ^= (uint8_t)(1u << bit);
		}
	free(file.ptr);
}

static void
a_picture_with_a_bent_bit_has_an_answer(void **state)
{
	(void)state;
	struct canvas c = canvas_code(BYTES_LIT("A"), 1, 0);
	try_bent(canvas_png(&c, PNG_INTERLACED));
	try_bent(canvas_png(&c, PNG_PALETTE));
	try_bent(canvas_jpeg(&c, JPEG_PROGRESSIVE, 50));
	try_bent(canvas_jpeg(&c, JPEG_CMYK, 50));
	canvas_free(&c);
}

static const struct { const char *what; struct bytes file; enum picture_exit code; } none[] = {
	{ "nothing", { NULL, 0 }, PICTURE_EMPTY },
	{ "text", { (const uint8_t *)"not a picture", 13 }, PICTURE_NOT_ONE },
	{ "a GIF", { (const uint8_t *)"GIF89a\1\0\1\0\0\0\0;", 14 }, PICTURE_NOT_ONE },
	{ "a PNG's signature alone", { (const uint8_t *)"\x89PNG\r\n\x1a\n", 8 }, PICTURE_DAMAGED },
	{ "a JPEG's first marker alone", { (const uint8_t *)"\xff\xd8\xff", 3 }, PICTURE_DAMAGED },
};

static void
what_is_no_picture_is_told(void **state)
{
	(void)state;
	struct grey g;
	for (size_t i = 0; i < COUNT(none); i++) {
		print_message("%s\n", none[i].what);
		assert_int_equal(grey_decode(none[i].file, &g), none[i].code);
		assert_null(g.pixels);
	}
}

static void
a_file_of_the_longest_length_is_tried_and_one_byte_more_is_not(void **state)
{
	(void)state;
	struct grey g;
	uint8_t *file = calloc(1, PICTURE_FILE_LEN_MAX + 1);
	assert_non_null(file);
	assert_int_equal(grey_decode((struct bytes){ file, PICTURE_FILE_LEN_MAX }, &g), PICTURE_NOT_ONE);
	assert_int_equal(grey_decode((struct bytes){ file, PICTURE_FILE_LEN_MAX + 1 }, &g), PICTURE_TOO_LONG);
	free(file);
}

static const struct { const char *what; unsigned w, h; enum picture_exit code; } sizes[] = {
	{ "the longest side", PICTURE_SIDE_MAX, 1, PICTURE_READ },
	{ "one pixel wider", PICTURE_SIDE_MAX + 1, 1, PICTURE_TOO_LARGE },
	{ "the greatest height", 1, PICTURE_SIDE_MAX, PICTURE_READ },
	{ "one pixel higher", 1, PICTURE_SIDE_MAX + 1, PICTURE_TOO_LARGE },
	{ "the most pixels", 8192, PICTURE_PIXELS_MAX / 8192, PICTURE_READ },
	{ "one row more", 8192, PICTURE_PIXELS_MAX / 8192 + 1, PICTURE_TOO_LARGE },
	{ "20,000 by 20,000", 20000, 20000, PICTURE_TOO_LARGE },
};

static void
sizes_at_their_limits_and_one_past(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct grey g;
		struct buf file = canvas_png_plain(sizes[i].w, sizes[i].h);
		print_message("%s\n", sizes[i].what);
		assert_int_equal(grey_decode(buf_view(&file), &g), sizes[i].code);
		assert_int_equal(g.width, sizes[i].w);
		assert_int_equal(g.height, sizes[i].h);
		assert_true((g.pixels != NULL) == (sizes[i].code == PICTURE_READ));
		grey_free(&g);
		free(file.ptr);
	}
}

static size_t
frame_header_of(struct buf file)
{
	for (size_t i = 2; i + 9 < file.len; i++)
		if (file.ptr[i] == 0xff && (file.ptr[i + 1] == 0xc0 || file.ptr[i + 1] == 0xc2))
			return i;
	fail_msg("no frame header");
	return 0;
}

/* A JPEG says its size in a few bytes, so a lie costs nothing to tell. */
static void
a_jpeg_that_claims_to_be_large_is_refused_by_its_header(void **state)
{
	(void)state;
	struct canvas c = canvas_blank(16, 16, 0xff);
	struct buf file = canvas_jpeg(&c, JPEG_PROGRESSIVE, 50);
	struct grey g;
	size_t at = frame_header_of(file);
	memset(file.ptr + at + 5, 0x4e, 4);     /* 20,046 x 20,046 */
	assert_int_equal(grey_decode(buf_view(&file), &g), PICTURE_TOO_LARGE);
	assert_int_equal(g.width, 0x4e4e);
	assert_null(g.pixels);
	free(file.ptr);
	canvas_free(&c);
}

static const struct { const char *what; size_t offset; uint8_t byte; } strange_frames[] = {
	{ "12 bits", 4, 12 }, { "lossless", 1, 0xc3 }, { "hierarchical", 1, 0xc5 },
};

static void
kinds_of_jpeg_that_are_not_read_are_told_as_such(void **state)
{
	(void)state;
	struct canvas c = canvas_blank(16, 16, 0xff);
	for (size_t i = 0; i < COUNT(strange_frames); i++) {
		struct grey g;
		struct buf file = canvas_jpeg(&c, JPEG_GREY, 50);
		print_message("%s\n", strange_frames[i].what);
		file.ptr[frame_header_of(file) + strange_frames[i].offset] = strange_frames[i].byte;
		assert_int_equal(grey_decode(buf_view(&file), &g), PICTURE_UNSUPPORTED);
		assert_null(g.pixels);
		free(file.ptr);
	}
	canvas_free(&c);
}

/* A scan of a progressive JPEG repeated: each repetition is a pass over the whole picture for a few bytes. */
static struct buf
many_scans(struct buf file, size_t copies)
{
	size_t start = 0, end = file.len - 2;
	for (size_t i = 2; i + 1 < file.len && start == 0; i++)
		start = file.ptr[i] == 0xff && file.ptr[i + 1] == 0xda ? i : 0;
	for (size_t i = start + 2; i + 1 < file.len && end == file.len - 2; i++)
		end = file.ptr[i] == 0xff && file.ptr[i + 1] == 0xc4 ? i : file.len - 2;
	size_t scan = end - start;
	struct buf out = { calloc(1, file.len + copies * scan), file.len + copies * scan, 0 };
	assert_non_null(out.ptr);
	memcpy(out.ptr, file.ptr, end);
	out.len = end;
	for (size_t i = 1; i < copies; i++, out.len += scan)
		memcpy(out.ptr + out.len, file.ptr + start, scan);
	memcpy(out.ptr + out.len, file.ptr + end, file.len - end);
	out.len += file.len - end;
	return out;
}

static void
a_jpeg_of_too_many_scans_is_refused(void **state)
{
	(void)state;
	struct canvas c = canvas_blank(64, 64, 0x80);
	struct buf file = canvas_jpeg(&c, JPEG_PROGRESSIVE, 50);
	struct buf bomb = many_scans(file, PICTURE_JPEG_SCANS_MAX + 1), few = many_scans(file, 10);
	struct grey g;
	assert_int_equal(grey_decode(buf_view(&bomb), &g), PICTURE_UNSUPPORTED);
	assert_int_not_equal(grey_decode(buf_view(&few), &g), PICTURE_UNSUPPORTED);
	grey_free(&g);
	free(few.ptr);
	free(bomb.ptr);
	free(file.ptr);
	canvas_free(&c);
}

static void
bytes_after_the_picture_do_no_harm(void **state)
{
	(void)state;
	struct canvas c = canvas_code(TEXT, 2, 0);
	for (int i = 0; i < 2; i++) {
		struct grey g;
		struct buf file = i == 0 ? canvas_png(&c, PNG_GREY) : canvas_jpeg(&c, JPEG_YCC, 90);
		uint8_t *longer = calloc(1, file.len + 1000);
		memcpy(longer, file.ptr, file.len);
		assert_int_equal(grey_decode((struct bytes){ longer, file.len + 1000 }, &g), PICTURE_READ);
		grey_free(&g);
		free(longer);
		free(file.ptr);
	}
	canvas_free(&c);
}

static void
half_a_picture_is_the_mean_of_four_and_twice_the_same(void **state)
{
	(void)state;
	uint8_t pixels[] = { 0, 10, 7, 20, 30, 7, 7, 7, 7 };
	struct grey g = { 3, 3, pixels }, half, nothing;
	assert_true(grey_halve(&g, &half));
	assert_int_equal(half.width, 1);
	assert_int_equal(half.height, 1);
	assert_int_equal(half.pixels[0], 15);
	assert_false(grey_halve(&half, &nothing));
	struct grey twice;
	assert_true(grey_double(&half, &twice));
	assert_int_equal(twice.width, 2);
	assert_int_equal(twice.height, 2);
	assert_int_equal(twice.pixels[3], 15);
	grey_free(&twice);
	grey_invert(&half);
	assert_int_equal(half.pixels[0], 240);
	grey_free(&half);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_png_is_the_same_picture),
		cmocka_unit_test(every_kind_of_jpeg_is_the_same_picture),
		cmocka_unit_test(a_picture_cut_anywhere_is_damaged),
		cmocka_unit_test(what_is_left_of_a_cut_picture_is_kept),
		cmocka_unit_test(a_picture_with_a_bent_bit_has_an_answer),
		cmocka_unit_test(what_is_no_picture_is_told),
		cmocka_unit_test(a_file_of_the_longest_length_is_tried_and_one_byte_more_is_not),
		cmocka_unit_test(sizes_at_their_limits_and_one_past),
		cmocka_unit_test(a_jpeg_that_claims_to_be_large_is_refused_by_its_header),
		cmocka_unit_test(kinds_of_jpeg_that_are_not_read_are_told_as_such),
		cmocka_unit_test(a_jpeg_of_too_many_scans_is_refused),
		cmocka_unit_test(bytes_after_the_picture_do_no_harm),
		cmocka_unit_test(half_a_picture_is_the_mean_of_four_and_twice_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
