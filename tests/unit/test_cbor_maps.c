/* cbor -- maps in any order, as standard objects have them: searched for duplicates, within bounds. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "crypto/cbor.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROOM 512

static struct bytes
unhex(const char *hex, uint8_t room[ROOM])
{
	struct buf b = { room, ROOM, 0 };
	if (hex_decode(bytes_str(hex), &b) != OK)
		fail_msg("not hex: %s", hex);
	return buf_view(&b);
}

static enum status
read_whole(struct bytes in)
{
	struct cbor_reader r = cbor_reader(in, CBOR_RELAXED);
	(void)cbor_read_item(&r);
	return cbor_finish(&r);
}

static void
a_relaxed_map_is_good_to_the_limit_and_not_one_pair_more(void **state)
{
	(void)state;
	for (size_t n = CBOR_RELAXED_PAIRS_MAX; n <= CBOR_RELAXED_PAIRS_MAX + 1; n++) {
		uint8_t mem[ROOM];
		struct cbor_writer w = cbor_writer(BUF_OF(mem));
		struct bytes in = { 0 };
		cbor_write_map(&w, n);
		for (size_t i = n; i > 0; i--) {
			cbor_write_uint(&w, i);
			cbor_write_bool(&w, true);
		}
		assert_int_equal(cbor_write_finish(&w, &in), OK);
		assert_int_equal(read_whole(in), n <= CBOR_RELAXED_PAIRS_MAX ? OK : ERR_LIMIT);
	}
}

static void
nested_relaxed_maps_cannot_make_the_reader_work_without_end(void **state)
{
	(void)state;
	static uint8_t mem[1 << 20], part[1 << 20];
	struct bytes in = BYTES_LIT("\x00");
	for (int level = 0; level < 3; level++) { /* 64 x 64 x 64 pairs */
		struct cbor_writer w = cbor_writer((struct buf){ mem, sizeof(mem), 0 });
		cbor_write_map(&w, CBOR_RELAXED_PAIRS_MAX);
		for (size_t i = 0; i < CBOR_RELAXED_PAIRS_MAX; i++) {
			cbor_write_uint(&w, i);
			cbor_write_raw(&w, in);
		}
		assert_int_equal(cbor_write_finish(&w, &in), OK);
		memcpy(part, in.ptr, in.len);
		in.ptr = part;
	}
	assert_int_equal(read_whole(in), ERR_LIMIT);
}

/* A relaxed map of so many pairs, each value an array of 100 items. */
static enum status
read_broad_map(size_t pairs)
{
	static uint8_t mem[CBOR_RELAXED_PAIRS_MAX * 104 + 8];
	static const uint8_t zeros[100];
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	struct bytes in = { 0 };
	cbor_write_map(&w, pairs);
	for (size_t i = 0; i < pairs; i++) {
		cbor_write_uint(&w, i);
		cbor_write_array(&w, sizeof(zeros));
		cbor_write_raw(&w, (struct bytes){ zeros, sizeof(zeros) });
	}
	assert_int_equal(cbor_write_finish(&w, &in), OK);
	return read_whole(in);
}

static void
the_search_for_duplicates_counts_as_work(void **state)
{
	(void)state;
	assert_int_equal(read_broad_map(CBOR_RELAXED_PAIRS_MAX / 4), OK);
	assert_int_equal(read_broad_map(CBOR_RELAXED_PAIRS_MAX), ERR_LIMIT);
}

/* The budget may end at a key as well as at a value. */
static void
the_search_for_duplicates_ends_wherever_its_budget_does(void **state)
{
	(void)state;
	static uint8_t mem[CBOR_RELAXED_PAIRS_MAX * 68 + 8];
	static const uint8_t zeros[64];
	size_t taken = 0, refused = 0;
	for (size_t items = 10; items < sizeof(zeros); items++) {
		struct cbor_writer w = cbor_writer(BUF_OF(mem));
		struct bytes in = { 0 };
		cbor_write_map(&w, CBOR_RELAXED_PAIRS_MAX);
		for (size_t i = 0; i < CBOR_RELAXED_PAIRS_MAX; i++) {
			cbor_write_uint(&w, i);
			cbor_write_array(&w, items);
			cbor_write_raw(&w, (struct bytes){ zeros, items });
		}
		assert_int_equal(cbor_write_finish(&w, &in), OK);
		enum status st = read_whole(in);
		assert_true(st == ERR_LIMIT || (st == OK && refused == 0)); /* once too many, always too many */
		taken += st == OK;
		refused += st != OK;
	}
	assert_true(taken > 0 && refused > 0);
}

/* Between the keys of a relaxed map, values are passed over again: tagged ones, too. */
static void
duplicates_are_found_behind_any_value(void **state)
{
	(void)state;
	static const struct { const char *hex; enum status want; } cases[] = {
		{ "a3" "00c100" "0100" "0200", OK }, { "a3" "00c100" "0100" "0000", ERR_FORMAT },
		{ "a3" "00d2c100" "0100" "180000", ERR_FORMAT }, { "a3" "00f7" "0160" "0100", ERR_FORMAT },
		{ "a3" "00a10000" "018100" "0100", ERR_FORMAT }, { "a3" "0043000000" "4161" "00" "4161" "00", ERR_FORMAT },
		{ "a3" "0043000000" "4161" "00" "4162" "00", OK },
	};
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(cases); i++)
		if (read_whole(unhex(cases[i].hex, room)) != cases[i].want)
			fail_msg("%s: wanted %s", cases[i].hex, status_text(cases[i].want));
}

/* A caller who reads the head of a value and not its items would take the items for keys. */
static void
a_value_read_in_part_makes_the_next_key_fail(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct cbor_reader r = cbor_reader(unhex("a2" "0082" "0102" "0300", room), CBOR_RELAXED);
	struct cbor_map m = cbor_read_map(&r);
	struct bytes key;
	assert_true(cbor_map_next_item(&r, &m, &key));
	assert_int_equal(cbor_read_array(&r), 2);
	assert_false(cbor_map_next_item(&r, &m, &key));
	assert_int_equal(r.status, ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_relaxed_map_is_good_to_the_limit_and_not_one_pair_more),
		cmocka_unit_test(nested_relaxed_maps_cannot_make_the_reader_work_without_end),
		cmocka_unit_test(the_search_for_duplicates_counts_as_work),
		cmocka_unit_test(the_search_for_duplicates_ends_wherever_its_budget_does),
		cmocka_unit_test(duplicates_are_found_behind_any_value),
		cmocka_unit_test(a_value_read_in_part_makes_the_next_key_fail),
	};
	return cmocka_run_group_tests_name("cbor maps", tests, NULL, NULL);
}
