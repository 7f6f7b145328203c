/* answer -- what the picture reader says, byte for byte, and what it may not say. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/scratch.h"
#include "tools/picture/answer.h"

static struct picture_answer two = { .width = 0x0102, .height = 3, .n = 2 };
static const uint8_t two_encoded[] = { 1, 0, 0, 1, 2, 0, 0, 0, 3, 0, 2, 0, 2, 'A', 0, 0, 0 };   /* "A\0" and "" */

static int
two_make(void **state)
{
	(void)state;
	two.code[0] = BYTES_LIT("A\0");
	two.code[1] = BYTES_LIT("");
	return 0;
}

static void
an_answer_is_these_bytes(void **state)
{
	(void)state;
	uint8_t room[64];
	struct buf out = BUF_OF(room);
	assert_int_equal(answer_encode(&two, &out), OK);
	assert_int_equal(out.len, sizeof(two_encoded));
	assert_memory_equal(room, two_encoded, sizeof(two_encoded));
}

static void
it_is_read_as_it_was_written(void **state)
{
	(void)state;
	struct picture_answer a;
	assert_int_equal(answer_decode((struct bytes){ two_encoded, sizeof(two_encoded) }, &a), OK);
	assert_int_equal(a.width, 0x0102);
	assert_int_equal(a.height, 3);
	assert_int_equal(a.n, 2);
	assert_true(bytes_eq(a.code[0], BYTES_LIT("A\0")));
	assert_int_equal(a.code[1].len, 0);
}

static void
nothing_shorter_and_nothing_longer_is_an_answer(void **state)
{
	(void)state;
	struct picture_answer a;
	uint8_t longer[sizeof(two_encoded) + 1] = { 0 };
	memcpy(longer, two_encoded, sizeof(two_encoded));
	for (size_t len = 0; len < sizeof(two_encoded); len++)
		assert_int_equal(answer_decode((struct bytes){ two_encoded, len }, &a), ERR_FORMAT);
	assert_int_equal(answer_decode((struct bytes){ longer, sizeof(longer) }, &a), ERR_FORMAT);
}

static void
other_versions_are_not_guessed(void **state)
{
	(void)state;
	struct picture_answer a;
	uint8_t other[sizeof(two_encoded)];
	memcpy(other, two_encoded, sizeof(other));
	other[0] = 2;
	assert_int_equal(answer_decode((struct bytes){ other, sizeof(other) }, &a), ERR_UNSUPPORTED);
}

/* n codes of len bytes, encoded by hand, so that the decoder's limits are tried and not the encoder's. */
static size_t
by_hand(uint8_t *out, size_t n, size_t len)
{
	size_t at = ANSWER_HEAD_LEN;
	memset(out, 0, ANSWER_HEAD_LEN);
	out[0] = ANSWER_VERSION;
	out[9] = (uint8_t)(n >> 8), out[10] = (uint8_t)n;
	for (size_t i = 0; i < n; i++) {
		out[at++] = (uint8_t)(len >> 8), out[at++] = (uint8_t)len;
		memset(out + at, 'A', len);
		at += len;
	}
	return at;
}

static void
codes_and_texts_at_their_limits_and_one_past(void **state)
{
	(void)state;
	struct picture_answer a;
	uint8_t *room = malloc(2 * ANSWER_LEN_MAX);
	assert_non_null(room);
	size_t len = by_hand(room, PICTURE_CODES_MAX, PICTURE_TEXT_LEN_MAX);
	assert_int_equal(len, ANSWER_LEN_MAX);
	assert_int_equal(answer_decode((struct bytes){ room, len }, &a), OK);
	len = by_hand(room, PICTURE_CODES_MAX + 1, 1);
	assert_int_equal(answer_decode((struct bytes){ room, len }, &a), ERR_FORMAT);
	len = by_hand(room, 1, PICTURE_TEXT_LEN_MAX + 1);
	assert_int_equal(answer_decode((struct bytes){ room, len }, &a), ERR_FORMAT);
	free(room);
}

static void
the_longest_answer_fits_and_a_longer_text_is_cut(void **state)
{
	(void)state;
	static struct picture_answer a = { .n = PICTURE_CODES_MAX }, back;
	uint8_t *room = malloc(ANSWER_LEN_MAX), *text = calloc(1, PICTURE_TEXT_LEN_MAX + 1);
	struct buf out = { room, ANSWER_LEN_MAX, 0 };
	for (size_t i = 0; i < a.n; i++)
		a.code[i] = (struct bytes){ text, PICTURE_TEXT_LEN_MAX + 1 };
	assert_int_equal(answer_encode(&a, &out), OK);
	assert_int_equal(out.len, ANSWER_LEN_MAX);
	assert_int_equal(answer_decode(buf_view(&out), &back), OK);
	assert_int_equal(back.code[a.n - 1].len, PICTURE_TEXT_LEN_MAX);
	out = (struct buf){ room, ANSWER_LEN_MAX - 1, 0 };
	assert_int_equal(answer_encode(&a, &out), ERR_LIMIT);
	a.n = PICTURE_CODES_MAX + 1;
	out = (struct buf){ room, ANSWER_LEN_MAX, 0 };
	assert_int_equal(answer_encode(&a, &out), ERR_LIMIT);
	free(room);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_these_bytes),
		cmocka_unit_test(it_is_read_as_it_was_written),
		cmocka_unit_test(nothing_shorter_and_nothing_longer_is_an_answer),
		cmocka_unit_test(other_versions_are_not_guessed),
		cmocka_unit_test(codes_and_texts_at_their_limits_and_one_past),
		cmocka_unit_test(the_longest_answer_fits_and_a_longer_text_is_cut),
	};
	return cmocka_run_group_tests(tests, two_make, NULL);
}
