/* Portrait packs (docs/formats.md 13): written, read, found, and refused in every broken form. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "crypto/cbor.h"
#include "crypto/portraitpack.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
enum { PICTURES = 3, PACK_MAX = 4 * PORTRAIT_LEN_MAX };

struct picture { uint8_t digest[PORTRAIT_DIGEST_LEN]; struct bytes jpeg; };
static uint8_t content[PICTURES][PORTRAIT_LEN_MIN + PICTURES];
static struct picture pictures[PICTURES];      /* ascending by digest */
static uint8_t pack_mem[PACK_MAX];
static const struct bytes nothing = { NULL, 0 };

static int
by_digest(const void *a, const void *b)
{
	return memcmp(a, b, PORTRAIT_DIGEST_LEN);
}

static int
pictures_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < PICTURES; i++) {
		memset(content[i], 'a' + (int)i, sizeof(content[i]));
		pictures[i].jpeg = (struct bytes){ content[i], PORTRAIT_LEN_MIN + i };
		assert_int_equal(portrait_digest(pictures[i].jpeg, pictures[i].digest), OK);
	}
	qsort(pictures, PICTURES, sizeof(pictures[0]), by_digest);
	return 0;
}

static void
add(struct buf *pack, struct bytes digest, struct bytes jpeg)
{
	assert_int_equal(portrait_pack_head(digest, jpeg.len, pack), OK);
	assert_true(pack->cap - pack->len >= jpeg.len);
	memcpy(pack->ptr + pack->len, jpeg.ptr, jpeg.len);
	pack->len += jpeg.len;
}

static struct bytes
digest_of(const struct picture *p)
{
	return (struct bytes){ p->digest, PORTRAIT_DIGEST_LEN };
}

static struct bytes
pack_of(size_t n)
{
	struct buf pack = BUF_OF(pack_mem);
	assert_int_equal(portrait_pack_start(&pack), OK);
	for (size_t i = 0; i < n; i++)
		add(&pack, digest_of(&pictures[i]), pictures[i].jpeg);
	return buf_view(&pack);
}

static void
what_was_packed_is_found_and_walked_in_order(void **state)
{
	(void)state;
	static const uint8_t lowest[PORTRAIT_DIGEST_LEN], highest[PORTRAIT_DIGEST_LEN] = { 0xff, 0xff, 0xff };
	struct portrait_pack p;
	struct bytes jpeg, digest, at;
	size_t n = 0;
	assert_int_equal(portrait_pack_open(pack_of(PICTURES), &p), OK);
	assert_int_equal(p.n, PICTURES);
	for (size_t i = 0; i < PICTURES; i++) {
		assert_int_equal(portrait_pack_find(&p, digest_of(&pictures[i]), &jpeg), OK);
		assert_true(bytes_eq(jpeg, pictures[i].jpeg));
	}
	assert_int_equal(portrait_pack_find(&p, (struct bytes){ lowest, sizeof(lowest) }, &jpeg), ERR_NOT_FOUND);
	assert_int_equal(portrait_pack_find(&p, (struct bytes){ highest, sizeof(highest) }, &jpeg), ERR_NOT_FOUND);
	assert_int_equal(portrait_pack_find(&p, (struct bytes){ pictures[0].digest, 15 }, &jpeg), ERR_NOT_FOUND);
	assert_int_equal(portrait_pack_find(&p, nothing, &jpeg), ERR_NOT_FOUND);
	for (at = p.pictures; portrait_pack_next(&at, &digest, &jpeg); n++)
		assert_true(bytes_eq(digest, digest_of(&pictures[n])) && bytes_eq(jpeg, pictures[n].jpeg));
	assert_int_equal(n, PICTURES);
	assert_int_equal(at.len, 0);
}

static void
the_bytes_are_those_of_the_document(void **state)
{
	(void)state;
	struct bytes pack = pack_of(1);
	static const char head[] = "\x6eyp-portraits-1\x50";
	assert_memory_equal(pack.ptr, head, sizeof(head) - 1);
	assert_memory_equal(pack.ptr + 16, pictures[0].digest, PORTRAIT_DIGEST_LEN);
	assert_int_equal(pack.ptr[32], 0x59);
	assert_int_equal(pack.ptr[33] << 8 | pack.ptr[34], pictures[0].jpeg.len);
	assert_int_equal(pack.len, 35 + pictures[0].jpeg.len);
}

static void
every_truncation_but_between_pictures_is_refused(void **state)
{
	(void)state;
	struct portrait_pack p;
	struct bytes whole = pack_of(PICTURES);
	size_t taken = 0;
	for (size_t n = 0; n < whole.len; n++) {
		uint8_t *exact = malloc(n + 1); /* so that a read past the end is seen */
		assert_non_null(exact);
		memcpy(exact, whole.ptr, n);
		if (portrait_pack_open((struct bytes){ exact, n }, &p) == OK)
			taken++;
		free(exact);
	}
	assert_int_equal(taken, PICTURES - 1); /* a pack of one and a pack of two: each picture proves itself, none is promised */
	assert_int_equal(portrait_pack_open((struct bytes){ pack_mem, whole.len + 1 }, &p), ERR_FORMAT);
}

/* Whatever bit is flipped, a picture that is handed out is one of the three. */
static void
no_flipped_bit_hands_out_another_picture(void **state)
{
	(void)state;
	struct bytes whole = pack_of(PICTURES);
	for (size_t bit = 0; bit < 8 * whole.len; bit++) {
		struct portrait_pack p;
		struct bytes jpeg;
		pack_mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
		bool opened = portrait_pack_open(whole, &p) == OK;
		bool is_near_a_head = bit / 8 < 40 || bit % 97 == 0; /* a picture's own bits all do the same */
		for (size_t i = 0; opened && is_near_a_head && i < PICTURES; i++)
			if (portrait_pack_find(&p, digest_of(&pictures[i]), &jpeg) == OK)
				assert_true(bytes_eq(jpeg, pictures[i].jpeg));
		pack_mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void
a_damaged_picture_is_said_to_be_damaged(void **state)
{
	(void)state;
	struct portrait_pack p;
	struct bytes jpeg, whole = pack_of(PICTURES);
	pack_mem[whole.len - 1] ^= 1;
	assert_int_equal(portrait_pack_open(whole, &p), OK);
	assert_int_equal(portrait_pack_find(&p, digest_of(&pictures[PICTURES - 1]), &jpeg), ERR_DAMAGED);
	assert_int_equal(portrait_pack_find(&p, digest_of(&pictures[0]), &jpeg), OK);
}

/* The magic, then items as they come. */
static struct buf
started(void)
{
	struct buf pack = BUF_OF(pack_mem);
	assert_int_equal(portrait_pack_start(&pack), OK);
	return pack;
}

static void
order_is_kept_and_nothing_comes_twice(void **state)
{
	(void)state;
	struct portrait_pack p;
	struct buf pack = started();
	add(&pack, digest_of(&pictures[1]), pictures[1].jpeg);
	add(&pack, digest_of(&pictures[0]), pictures[0].jpeg);
	assert_int_equal(portrait_pack_open(buf_view(&pack), &p), ERR_FORMAT);
	pack = started();
	add(&pack, digest_of(&pictures[0]), pictures[0].jpeg);
	add(&pack, digest_of(&pictures[0]), pictures[0].jpeg);
	assert_int_equal(portrait_pack_open(buf_view(&pack), &p), ERR_FORMAT);
	pack = started();
	assert_int_equal(portrait_pack_open(buf_view(&pack), &p), ERR_FORMAT); /* none at all */
}

static enum status
opened_with(struct bytes digest, size_t jpeg_len)
{
	static uint8_t jpeg[PORTRAIT_LEN_MAX + 1];
	struct portrait_pack p;
	struct buf pack = started();
	struct bytes enc;
	struct cbor_writer w = cbor_writer(pack);
	cbor_write_bytes(&w, digest);
	cbor_write_bytes(&w, (struct bytes){ jpeg, jpeg_len });
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	pack.len += enc.len;
	return portrait_pack_open(buf_view(&pack), &p);
}

static void
sizes_hold_at_their_limits_and_not_one_past(void **state)
{
	(void)state;
	static const uint8_t any[PORTRAIT_DIGEST_LEN + 1];
	const struct bytes digest = { any, PORTRAIT_DIGEST_LEN };
	uint8_t mem[PORTRAIT_PACK_HEAD_MAX];
	struct buf head = BUF_OF(mem);
	assert_int_equal(opened_with(digest, PORTRAIT_LEN_MIN), OK);
	assert_int_equal(opened_with(digest, PORTRAIT_LEN_MAX), OK);
	assert_int_equal(opened_with(digest, PORTRAIT_LEN_MIN - 1), ERR_FORMAT);
	assert_int_equal(opened_with(digest, PORTRAIT_LEN_MAX + 1), ERR_FORMAT);
	assert_int_equal(opened_with((struct bytes){ any, 15 }, PORTRAIT_LEN_MIN), ERR_FORMAT);
	assert_int_equal(opened_with((struct bytes){ any, 17 }, PORTRAIT_LEN_MIN), ERR_FORMAT);
	assert_int_equal(portrait_pack_head(digest, PORTRAIT_LEN_MIN - 1, &head), ERR_ARGUMENT);
	assert_int_equal(portrait_pack_head(digest, PORTRAIT_LEN_MAX + 1, &head), ERR_ARGUMENT);
	assert_int_equal(portrait_pack_head((struct bytes){ any, 17 }, PORTRAIT_LEN_MIN, &head), ERR_ARGUMENT);
	assert_int_equal(portrait_pack_head(digest, PORTRAIT_LEN_MAX, &head), OK); /* PORTRAIT_PACK_HEAD_MAX is enough */
	head = (struct buf){ mem, 16, 0 };
	assert_int_equal(portrait_pack_head(digest, PORTRAIT_LEN_MAX, &head), ERR_LIMIT);
}

static void
there_is_no_next_picture_in_what_is_no_picture(void **state)
{
	(void)state;
	struct bytes at = BYTES_LIT("\x50" "0123456789abcdef" "\x41\x00"), was = at, digest, jpeg;
	assert_false(portrait_pack_next(&at, &digest, &jpeg)); /* a JPEG of one byte */
	assert_true(at.ptr == was.ptr && at.len == was.len);
	at = nothing;
	assert_false(portrait_pack_next(&at, &digest, &jpeg));
}

static void
a_pack_does_not_start_where_its_magic_has_no_room(void **state)
{
	(void)state;
	uint8_t mem[sizeof(PORTRAIT_PACK_MAGIC)];
	struct buf pack = { mem, sizeof(mem) - 1, 0 }; /* a head and the letters are as long as the letters and their NUL */
	assert_int_equal(portrait_pack_start(&pack), ERR_LIMIT);
	assert_int_equal(pack.len, 0);
	pack.cap++;
	assert_int_equal(portrait_pack_start(&pack), OK);
	assert_int_equal(pack.len, sizeof(mem));
}

static void
only_shortest_heads_and_only_byte_strings(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t len; const char *why; } cases[] = {
		{ "", 0, "nothing" }, { "\x6eyp-portraits-2", 15, "another version" }, { "\x4eyp-portraits-1", 15, "the magic as bytes" },
		{ "\x78\x0eyp-portraits-1", 16, "a long head of the magic" },
		{ "\x6eyp-portraits-1\x58\x10" "0123456789abcdef", 33, "a long head of a digest" },
		{ "\x6eyp-portraits-1\x70" "0123456789abcdef", 32, "a digest as text" },
		{ "\x6eyp-portraits-1\x50" "0123456789abcdef", 32, "a digest without a picture" },
		{ "\x6eyp-portraits-1\x50" "0123456789abcdef\x5f", 33, "a picture without a length" },
		{ "\x6eyp-portraits-1\x50" "0123456789abcdef\x5b\xff\xff\xff\xff\xff\xff\xff\xff", 41, "a picture of 2^64 bytes" },
		{ "\x6byp-bundle-1", 12, "a bundle" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct portrait_pack p;
		if (portrait_pack_open((struct bytes){ (const uint8_t *)cases[i].bytes, cases[i].len }, &p) != ERR_FORMAT)
			fail_msg("taken: %s", cases[i].why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_is_found_and_walked_in_order),
		cmocka_unit_test(the_bytes_are_those_of_the_document),
		cmocka_unit_test(every_truncation_but_between_pictures_is_refused),
		cmocka_unit_test(no_flipped_bit_hands_out_another_picture),
		cmocka_unit_test(a_damaged_picture_is_said_to_be_damaged),
		cmocka_unit_test(order_is_kept_and_nothing_comes_twice),
		cmocka_unit_test(sizes_hold_at_their_limits_and_not_one_past),
		cmocka_unit_test(there_is_no_next_picture_in_what_is_no_picture),
		cmocka_unit_test(a_pack_does_not_start_where_its_magic_has_no_room),
		cmocka_unit_test(only_shortest_heads_and_only_byte_strings),
	};
	return cmocka_run_group_tests(tests, pictures_make, NULL);
}
