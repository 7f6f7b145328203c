/* The headers of JPEG pictures, read without decoding them (tools/shared/jpeg.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/limits.h"
#include "tools/shared/jpeg.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* SOI, JFIF, a quantisation table of one byte (nobody looks), the frame 358 x 441, the end of the picture. */
#define SOI_ "\xff\xd8"
#define JFIF_ "\xff\xe0\0\x10JFIF\0\1\1\1\0\x48\0\x48\0\0"
#define DQT_ "\xff\xdb\0\3\0"
#define FRAME_(kind, size, n) "\xff" kind "\0" n "\x08" size
#define GREY_ "\1\1\x11\0"
#define COLOUR_ "\3\1\x22\0\2\x11\1\3\x11\1"
#define SIZE_ "\1\xb9\1\x66"
#define SCAN_ "\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0" "data"
#define EOI_ "\xff\xd9"
#define GOOD_ SOI_ JFIF_ DQT_ FRAME_("\xc0", SIZE_, "\x11") COLOUR_ SCAN_ EOI_
#define VIEW(s) ((struct bytes){ (const uint8_t *)(s), sizeof(s) - 1 })

static void
size_and_colour_are_read(void **state)
{
	(void)state;
	const struct { struct bytes file; unsigned components; bool progressive; const char *what; } cases[] = {
		{ VIEW(GOOD_), 3, false, "baseline" },
		{ VIEW(SOI_ FRAME_("\xc2", SIZE_, "\x11") COLOUR_ SCAN_ EOI_), 3, true, "progressive" },
		{ VIEW(SOI_ FRAME_("\xc1", SIZE_, "\x11") COLOUR_ SCAN_ EOI_), 3, false, "extended" },
		{ VIEW(SOI_ DQT_ FRAME_("\xc0", SIZE_, "\x0b") GREY_ SCAN_ EOI_), 1, false, "grey" },
		{ VIEW(SOI_ "\xff\xff\xff\xe1\0\4xy" "\xff\xff" FRAME_("\xc0", SIZE_, "\x0b") GREY_ SCAN_ EOI_), 1, false, "fill bytes before markers" },
		{ VIEW(SOI_ "\xff\xe2\0\2" FRAME_("\xc0", SIZE_, "\x0b") GREY_ SCAN_ EOI_), 1, false, "an empty segment" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct jpeg j = { 0 };
		struct err err = { .status = OK };
		if (jpeg_read(cases[i].file, &j, &err) != OK)
			fail_msg("%s: %s", cases[i].what, err.text);
		assert_int_equal(j.width, 358);
		assert_int_equal(j.height, 441);
		assert_int_equal(j.components, cases[i].components);
		assert_int_equal(j.progressive, cases[i].progressive);
	}
}

static void
what_is_no_picture_to_show_is_refused_with_its_reason(void **state)
{
	(void)state;
	const struct { struct bytes file; const char *says, *why; } cases[] = {
		{ VIEW(""), "no JPEG", "an empty file" }, { VIEW("\x89PNG\r\n\x1a\n....\xff\xd9"), "no JPEG", "a PNG" },
		{ VIEW("GIF89a\xff\xd9"), "no JPEG", "a GIF" }, { VIEW(SOI_), "no JPEG", "only its beginning" },
		{ VIEW(SOI_ EOI_), "damaged or cut off", "nothing between" },
		{ VIEW(SOI_ JFIF_ DQT_ FRAME_("\xc0", SIZE_, "\x11") COLOUR_ SCAN_), "does not end", "no end" },
		{ VIEW(GOOD_ "PK\3\4"), "does not end", "an archive behind it" },
		{ VIEW(SOI_ JFIF_ SCAN_ EOI_), "scan before the frame", "no frame" },
		{ VIEW(SOI_ "\xff\xd0" EOI_ EOI_), "marker d0", "a restart before the frame" },
		{ VIEW(SOI_ SOI_ JFIF_ EOI_), "marker d8", "a picture in a picture" },
		{ VIEW(SOI_ "\xff\xe0\0\1xx" EOI_), "damaged or cut off", "a length of 1" },
		{ VIEW(SOI_ "\xff\xe0\xff\xffxx" EOI_), "damaged or cut off", "a length beyond the file" },
		{ VIEW(SOI_ "xx\xff\xe0" EOI_), "damaged or cut off", "no marker where one must be" },
		{ VIEW(SOI_ FRAME_("\xc0", SIZE_, "\x0b") COLOUR_ EOI_), "frame header is damaged", "three components in the room of one" },
		{ VIEW(SOI_ "\xff\xc0\0\7" "\x08" SIZE_ EOI_), "frame header is damaged", "a frame cut short" },
		{ VIEW(SOI_ FRAME_("\xc3", SIZE_, "\x0b") GREY_ EOI_), "lossless", "lossless" },
		{ VIEW(SOI_ FRAME_("\xc9", SIZE_, "\x0b") GREY_ EOI_), "arithmetic", "arithmetic coding" },
		{ VIEW(SOI_ "\xff\xc1\0\x0b\x0c" SIZE_ GREY_ EOI_), "12 bits", "12 bits" },
		{ VIEW(SOI_ "\xff\xc0\0\x14\x08" SIZE_ "\4" "abcabcabcabc" EOI_), "CMYK", "four components" },
		{ VIEW(SOI_ "\xff\xc0\0\x0b\x08" "\0\0\1\x66" GREY_ EOI_), "no width or no height", "no height" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct jpeg j;
		struct err err = { .status = OK };
		enum status st = jpeg_read(cases[i].file, &j, &err);
		if (st != ERR_FORMAT || strstr(err.text, cases[i].says) == NULL)
			fail_msg("%s: %d, %s", cases[i].why, (int)st, err.text);
	}
}

static void
every_truncation_and_every_flip_stays_within_the_bytes(void **state)
{
	(void)state;
	struct bytes good = VIEW(GOOD_);
	for (size_t n = 0; n <= good.len; n++) {
		uint8_t *exact = malloc(n + 1); /* so that a read past the end is seen */
		struct jpeg j;
		assert_non_null(exact);
		memcpy(exact, good.ptr, n);
		assert_int_equal(jpeg_read((struct bytes){ exact, n }, &j, NULL) == OK, n == good.len);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			exact[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (jpeg_read((struct bytes){ exact, n }, &j, NULL) == OK)
				assert_true(j.width > 0 && j.height > 0 && (j.components == 1 || j.components == 3));
			exact[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		free(exact);
	}
}

/* Every length that a segment may claim around the end of the bytes: what would step over it is seen under the sanitizer. */
static void
a_segment_never_reaches_over_the_end(void **state)
{
	(void)state;
	for (uint8_t len = 0; len < 32; len++) {
		const uint8_t file[] = { 0xff, 0xd8, 0xff, 0xe0, 0, len, 'x', 'x', 0xff, 0xff, 0xff, 0xff, 0xff, 0xd9 };
		uint8_t *exact = malloc(sizeof(file));
		struct jpeg j;
		struct err err = { .status = OK };
		assert_non_null(exact);
		memcpy(exact, file, sizeof(file));
		assert_int_equal(jpeg_read((struct bytes){ exact, sizeof(file) }, &j, &err), ERR_FORMAT);
		assert_non_null(strstr(err.text, "damaged or cut off"));
		free(exact);
	}
}

/* ---- a portrait's limits ---- */

/* A file of len bytes with so many empty segments before its frame. */
static struct bytes
portrait_of(size_t len, unsigned width, unsigned height, unsigned segments)
{
	static uint8_t mem[PORTRAIT_LEN_MAX + 1];
	static const char empty[] = "\xff\xe2\0\2", grey[] = GREY_ SCAN_;
	const uint8_t frame[] = { 0xff, 0xc0, 0, 0x0b, 8, (uint8_t)(height >> 8), (uint8_t)height, (uint8_t)(width >> 8), (uint8_t)width };
	size_t n = 2;
	memset(mem, 0, sizeof(mem));
	memcpy(mem, SOI_, 2);
	for (unsigned i = 0; i < segments; i++, n += 4)
		memcpy(mem + n, empty, 4);
	memcpy(mem + n, frame, sizeof(frame));
	memcpy(mem + n + sizeof(frame), grey, sizeof(grey) - 1);
	memcpy(mem + len - 2, EOI_, 2);
	return (struct bytes){ mem, len };
}

static void
a_portraits_limits_hold_and_not_one_past(void **state)
{
	(void)state;
	enum { LEN = 10000, MIN = PORTRAIT_SIDE_MIN, MAX = PORTRAIT_SIDE_MAX };
	static const struct { size_t len; unsigned width, height, segments; enum status want; } cases[] = {
		{ LEN, 358, 441, 0, OK },
		{ PORTRAIT_LEN_MIN, 358, 441, 0, OK }, { PORTRAIT_LEN_MIN - 1, 358, 441, 0, ERR_LIMIT },
		{ PORTRAIT_LEN_MAX, 358, 441, 0, OK }, { PORTRAIT_LEN_MAX + 1, 358, 441, 0, ERR_LIMIT },
		{ LEN, MIN, MIN, 0, OK }, { LEN, MIN - 1, MIN, 0, ERR_LIMIT }, { LEN, MIN, MIN - 1, 0, ERR_LIMIT },
		{ LEN, MAX, MAX, 0, OK }, { LEN, MAX + 1, MAX, 0, ERR_LIMIT }, { LEN, MAX, MAX + 1, 0, ERR_LIMIT },
		{ LEN, 65535, 65535, 0, ERR_LIMIT },
		{ LEN, 358, 441, PORTRAIT_SEGMENTS_MAX - 1, OK }, { LEN, 358, 441, PORTRAIT_SEGMENTS_MAX, ERR_FORMAT },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { .status = OK };
		enum status st = portrait_check(portrait_of(cases[i].len, cases[i].width, cases[i].height, cases[i].segments), &err);
		if (st != cases[i].want)
			fail_msg("case %zu: %d, %s", i, (int)st, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_and_colour_are_read),
		cmocka_unit_test(what_is_no_picture_to_show_is_refused_with_its_reason),
		cmocka_unit_test(every_truncation_and_every_flip_stays_within_the_bytes),
		cmocka_unit_test(a_segment_never_reaches_over_the_end),
		cmocka_unit_test(a_portraits_limits_hold_and_not_one_past),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
