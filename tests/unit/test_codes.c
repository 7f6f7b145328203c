/* codes -- what is found in a picture: several codes, bent and badly lit ones, other character sets, and nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/canvas.h"
#include "tests/unit/support/scratch.h"
#include "tools/picture/codes.h"

/* As long as a certificate's: version 13 or so. */
static const char token[] = "HTTPS://V.EXAMPLE.CN/V/2KCFQJVDAETAISBKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ2345"
    "67ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234";

static struct codes
searched(const struct canvas *c)
{
	struct codes codes = { 0 };
	struct grey g = { c->w, c->h, c->p };
	assert_int_equal(codes_search(&g, &codes), PICTURE_READ);
	return codes;
}

static void
assert_code(const struct codes *c, size_t i, struct bytes text)
{
	assert_true(i < c->n);
	assert_int_equal(c->code[i].len, text.len);
	assert_memory_equal(c->code[i].ptr, text.ptr, text.len);
}

static void
codes_come_from_the_top_down_then_from_the_left(void **state)
{
	(void)state;
	static const char *const texts[] = { "FIRST", "SECOND", "THIRD", "FOURTH" };
	static const unsigned at[][2] = { { 500, 0 }, { 100, 200 }, { 700, 200 }, { 0, 450 } };
	struct canvas sheet = canvas_blank(1000, 700, 0xff);
	for (size_t i = COUNT(texts); i-- > 0;) {
		struct canvas c = canvas_code(bytes_str(texts[i]), 5, 0);
		canvas_paste(&sheet, &c, at[i][0], at[i][1]);
		canvas_free(&c);
	}
	struct codes codes = searched(&sheet);
	assert_int_equal(codes.n, COUNT(texts));
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_code(&codes, i, bytes_str(texts[i]));
	codes_free(&codes);
	canvas_free(&sheet);
}

struct hardship { const char *what; unsigned scale; double degrees, lean; unsigned blur, noise, shade; bool inverted; };
static const struct hardship hardships[] = {
	{ "as printed", 4, 0, 0, 0, 0, 0, false },
	{ "two pixels for each module", 2, 0, 0, 0, 0, 0, false },
	{ "one pixel for each module", 1, 0, 0, 0, 0, 0, false },
	{ "two pixels for each module, turned", 2, 33, 0, 0, 0, 0, false },
	{ "a quarter turn", 4, 90, 0, 0, 0, 0, false },
	{ "upside down", 4, 180, 0, 0, 0, 0, false },
	{ "turned by 33 degrees", 4, 33, 0, 0, 0, 0, false },
	{ "leaning away", 5, 0, 0.1, 0, 0, 0, false },
	{ "turned and leaning", 6, 12, 0.1, 0, 0, 0, false },
	{ "out of focus", 5, 0, 0, 2, 0, 0, false },
	{ "noisy", 5, 0, 0, 0, 60, 0, false },
	{ "unevenly lit", 4, 0, 0, 0, 0, 150, false },
	{ "light on dark", 4, 0, 0, 0, 0, 0, true },
	{ "all of it, as from a phone", 6, 7, 0.1, 1, 25, 80, false },
};

static void
a_photograph_is_read_in_spite_of(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hardships); i++) {
		const struct hardship *h = &hardships[i];
		struct canvas c = canvas_code(bytes_str(token), h->scale, 0);
		print_message("%s\n", h->what);
		canvas_frame(&c, c.w + 100, c.h + 100);
		if (h->degrees != 0)
			canvas_rotate(&c, h->degrees);
		if (h->lean > 0)
			canvas_lean(&c, h->lean);
		if (h->blur > 0)
			canvas_blur(&c, h->blur);
		canvas_noise(&c, h->noise);
		canvas_shade(&c, h->shade);
		if (h->inverted)
			canvas_invert(&c);
		struct codes codes = searched(&c);
		assert_int_equal(codes.n, 1);
		assert_code(&codes, 0, bytes_str(token));
		codes_free(&codes);
		canvas_free(&c);
	}
}

/* At full size every pixel is noise; the mean of four is not. */
static void
what_is_hidden_at_full_size_is_found_at_half(void **state)
{
	(void)state;
	struct canvas c = canvas_code(bytes_str(token), 8, 0);
	struct codes codes = { 0 };
	canvas_noise(&c, 120);
	struct grey g = { c.w, c.h, c.p };
	assert_int_equal(codes_find(&g, &codes), PICTURE_READ);
	assert_int_equal(codes.n, 0);
	assert_int_equal(codes_search(&g, &codes), PICTURE_READ);
	assert_int_equal(codes.n, 1);
	codes_free(&codes);
	canvas_free(&c);
}

/* zbar opens converters for declared character sets; ours hands the bytes on whatever is declared. */
static void
a_text_is_its_bytes_whatever_character_set_it_declares(void **state)
{
	(void)state;
	static const unsigned sets[] = { 0, 1, 2, 3, 4, 7, 9, 17, 20, 26, 28, 899 };
	static const struct bytes text = { (const uint8_t *)"\xe9\xb2\x81 \x80\xff\0\x01 A", 10 };
	for (size_t i = 0; i < COUNT(sets); i++) {
		struct canvas c = canvas_code(text, 4, sets[i]);
		struct codes codes = searched(&c);
		print_message("ECI %u\n", sets[i]);
		assert_int_equal(codes.n, 1);
		assert_code(&codes, 0, text);
		codes_free(&codes);
		canvas_free(&c);
	}
}

static struct canvas
many(unsigned n)
{
	enum { COLUMNS = 13, SIDE = 29 * 3 };
	struct canvas sheet = canvas_blank(COLUMNS * SIDE, (n / COLUMNS + 1) * SIDE, 0xff);
	for (unsigned i = 0; i < n; i++) {
		char text[16];
		(void)snprintf(text, sizeof(text), "%u", i);
		struct canvas c = canvas_code(bytes_str(text), 3, 0);
		canvas_paste(&sheet, &c, i % COLUMNS * SIDE, i / COLUMNS * SIDE);
		canvas_free(&c);
	}
	return sheet;
}

static void
as_many_codes_as_allowed_and_one_more(void **state)
{
	(void)state;
	struct canvas most = many(PICTURE_CODES_MAX), more = many(PICTURE_CODES_MAX + 1);
	struct codes codes = searched(&most);
	assert_int_equal(codes.n, PICTURE_CODES_MAX);
	codes_free(&codes);
	struct grey g = { more.w, more.h, more.p };
	assert_int_equal(codes_search(&g, &codes), PICTURE_TOO_MANY);
	assert_int_equal(codes.n, 0);
	canvas_free(&most);
	canvas_free(&more);
}

static void
pictures_without_a_code_have_none(void **state)
{
	(void)state;
	static const unsigned sides[][2] = { { 1, 1 }, { 1, 500 }, { 500, 1 }, { 20, 20 }, { 21, 21 }, { 42, 41 }, { 300, 200 } };
	for (size_t i = 0; i < COUNT(sides); i++) {
		struct canvas c = canvas_blank(sides[i][0], sides[i][1], 0xff);
		struct codes codes = searched(&c);
		assert_int_equal(codes.n, 0);
		canvas_noise(&c, 255);
		codes = searched(&c);
		assert_int_equal(codes.n, 0);
		canvas_free(&c);
	}
}

/* EAN-13 4006381333931, drawn by its bits. */
static void
a_bar_code_is_no_code(void **state)
{
	(void)state;
	static const char bits[] = "10100011010100111010111101111010001001011001101010100001010000101000010111010010000101100110101";
	struct canvas c = canvas_blank(500, 200, 0xff);
	for (unsigned y = 20; y < 180; y++)
		for (unsigned x = 0; x < 95 * 4; x++)
			c.p[(size_t)y * c.w + 50 + x] = bits[x / 4] == '1' ? 0 : 0xff;
	struct codes codes = searched(&c);
	assert_int_equal(codes.n, 0);
	canvas_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_come_from_the_top_down_then_from_the_left),
		cmocka_unit_test(a_photograph_is_read_in_spite_of),
		cmocka_unit_test(what_is_hidden_at_full_size_is_found_at_half),
		cmocka_unit_test(a_text_is_its_bytes_whatever_character_set_it_declares),
		cmocka_unit_test(as_many_codes_as_allowed_and_one_more),
		cmocka_unit_test(pictures_without_a_code_have_none),
		cmocka_unit_test(a_bar_code_is_no_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
