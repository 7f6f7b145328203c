/* cbor -- canonical or refused; RFC 8949 appendix A, and every way to be wrong. */
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
read_whole(struct bytes in, enum cbor_mode mode)
{
	struct cbor_reader r = cbor_reader(in, mode);
	struct bytes item = cbor_read_item(&r);
	enum status st = cbor_finish(&r);
	if (st == OK && !bytes_eq(item, in))
		fail_msg("an item that is not the whole input");
	if (st != OK && r.status != OK && item.ptr != NULL)
		fail_msg("an item from a failed read");
	return st;
}

/* RFC 8949 appendix A, but floats, simple values, tags and indefinite lengths */
static const char *const appendix_a[] = { "00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240",
	"1b000000e8d4a51000", "1bffffffffffffffff", "3bffffffffffffffff", "20", "29", "3863", "3903e7", "f4", "f5", "40",
	"4401020304", "60", "6161", "6449455446", "62225c", "62c3bc", "63e6b0b4", "64f0908591", "80", "83010203",
	"8301820203820405", "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304",
	"a26161016162820203", "826161a161626163", "a56161614161626142616361436164614461656145" };

static void
the_examples_of_rfc_8949_are_read_in_both_modes(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(appendix_a); i++) {
		if (read_whole(unhex(appendix_a[i], room), CBOR_CANONICAL) != OK)
			fail_msg("canonical: %s", appendix_a[i]);
		if (read_whole(unhex(appendix_a[i], room), CBOR_RELAXED) != OK)
			fail_msg("relaxed: %s", appendix_a[i]);
	}
}

static void
every_truncation_and_every_trailing_byte_is_refused(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(appendix_a); i++) {
		struct bytes whole = unhex(appendix_a[i], room);
		for (size_t n = 0; n < whole.len; n++) {
			if (read_whole((struct bytes){ whole.ptr, n }, CBOR_CANONICAL) != ERR_FORMAT)
				fail_msg("%s cut to %zu bytes", appendix_a[i], n);
		}
		room[whole.len] = 0;
		assert_int_equal(read_whole((struct bytes){ room, whole.len + 1 }, CBOR_CANONICAL), ERR_FORMAT);
		assert_int_equal(read_whole((struct bytes){ room, whole.len + 1 }, CBOR_RELAXED), ERR_FORMAT);
	}
}

static const struct { const char *hex; enum status canonical, relaxed; const char *why; } wrong[] = {
	{ "1800", ERR_FORMAT, OK, "0 in two bytes" }, { "1817", ERR_FORMAT, OK, "23 in two bytes" },
	{ "190018", ERR_FORMAT, OK, "24 in three bytes" },
	{ "1900ff", ERR_FORMAT, OK, "255 in three bytes" },
	{ "1a0000ffff", ERR_FORMAT, OK, "65535 in five bytes" },
	{ "1b00000000ffffffff", ERR_FORMAT, OK, "2^32-1 in nine bytes" },
	{ "3817", ERR_FORMAT, OK, "-24 in two bytes" },
	{ "5800", ERR_FORMAT, OK, "length of bytes not shortest" },
	{ "780161", ERR_FORMAT, OK, "length of text not shortest" },
	{ "980101", ERR_FORMAT, OK, "length of array not shortest" },
	{ "b8010101", ERR_FORMAT, OK, "length of map not shortest" },
	{ "5f41004100ff", ERR_FORMAT, ERR_FORMAT, "indefinite bytes" },
	{ "5f", ERR_FORMAT, ERR_FORMAT, "indefinite bytes, no more" }, { "7f6161ff", ERR_FORMAT, ERR_FORMAT, "indefinite text" },
	{ "9f01ff", ERR_FORMAT, ERR_FORMAT, "indefinite array" }, { "bf0102ff", ERR_FORMAT, ERR_FORMAT, "indefinite map" },
	{ "ff", ERR_FORMAT, ERR_FORMAT, "break alone" },
	{ "1c", ERR_FORMAT, ERR_FORMAT, "reserved 28" }, { "3d", ERR_FORMAT, ERR_FORMAT, "reserved 29" },
	{ "5e", ERR_FORMAT, ERR_FORMAT, "reserved 30" }, { "fc", ERR_FORMAT, ERR_FORMAT, "reserved simple 28" },
	{ "1f", ERR_FORMAT, ERR_FORMAT, "indefinite integer" },
	{ "df00", ERR_FORMAT, ERR_FORMAT, "indefinite tag" },
	{ "f90000", ERR_FORMAT, ERR_FORMAT, "half float" }, { "fa47c35000", ERR_FORMAT, ERR_FORMAT, "single float" },
	{ "fb3ff199999999999a", ERR_FORMAT, ERR_FORMAT, "double float" },
	{ "81f97e00", ERR_FORMAT, ERR_FORMAT, "NaN in an array" },
	{ "f6", ERR_FORMAT, OK, "null" }, { "f7", ERR_FORMAT, OK, "undefined" }, { "f0", ERR_FORMAT, OK, "simple 16" },
	{ "f8ff", ERR_FORMAT, OK, "simple 255" },
	{ "f818", ERR_FORMAT, ERR_FORMAT, "simple 24 in two bytes" }, { "f81f", ERR_FORMAT, ERR_FORMAT, "simple 31 in two bytes" },
	{ "f814", ERR_FORMAT, ERR_FORMAT, "false in two bytes" },
	{ "a201000100", ERR_FORMAT, ERR_FORMAT, "duplicate key" }, { "a3010002000100", ERR_FORMAT, ERR_FORMAT, "duplicate key, not beside" },
	{ "a2616100616100", ERR_FORMAT, ERR_FORMAT, "duplicate text key" },
	{ "a20100180100", ERR_FORMAT, ERR_FORMAT, "duplicate key with a longer head" },
	{ "a261610078016100", ERR_FORMAT, ERR_FORMAT, "duplicate text key with a longer head" },
	{ "81a181a201000100", ERR_UNSUPPORTED, ERR_UNSUPPORTED, "an array as a key" },
	{ "82a0a101a201000100", ERR_FORMAT, ERR_FORMAT, "duplicate key further in" },
	{ "a203000100", ERR_FORMAT, OK, "keys in descending order" },
	{ "a220000100", ERR_FORMAT, OK, "-1 before 1" }, { "a2616100200000", ERR_FORMAT, ERR_FORMAT, "text before integer, and a byte too many" },
	{ "a26161002000", ERR_FORMAT, OK, "text before integer" },
	{ "a262616100616200", ERR_FORMAT, OK, "longer text before shorter" },
	{ "a1a000", ERR_UNSUPPORTED, ERR_UNSUPPORTED, "a map as a key" }, { "a1f400", ERR_UNSUPPORTED, ERR_UNSUPPORTED, "a truth value as a key" },
	{ "a1c10000", ERR_UNSUPPORTED, ERR_UNSUPPORTED, "a tag as a key" },
	{ "c100", ERR_FORMAT, OK, "a tag" }, { "d200", ERR_FORMAT, OK, "tag 18 in an item" },
	{ "81c100", ERR_FORMAT, OK, "a tag in an array" },
	{ "a101d28443a10126a0", ERR_FORMAT, ERR_FORMAT, "tag 18 in a map, cut" },
	{ "c1", ERR_FORMAT, ERR_FORMAT, "a tag without content" },
	{ "61ff", ERR_FORMAT, ERR_FORMAT, "text that is not UTF-8" },
	{ "62c080", ERR_FORMAT, ERR_FORMAT, "overlong UTF-8" }, { "63eda080", ERR_FORMAT, ERR_FORMAT, "a surrogate" },
	{ "61e7", ERR_FORMAT, ERR_FORMAT, "half a character" },
	{ "6100", ERR_FORMAT, OK, "U+0000" }, { "610a", ERR_FORMAT, OK, "line feed" }, { "617f", ERR_FORMAT, OK, "U+007F" },
	{ "62c280", ERR_FORMAT, OK, "U+0080" }, { "63e2808b", ERR_FORMAT, OK, "zero-width space U+200B" },
	{ "63e2808e", ERR_FORMAT, OK, "U+200E" }, { "63e280a8", ERR_FORMAT, OK, "line separator U+2028" },
	{ "63e280ae", ERR_FORMAT, OK, "right-to-left override U+202E" }, { "63e281a6", ERR_FORMAT, OK, "isolate U+2066" },
	{ "63efbbbf", ERR_FORMAT, OK, "byte order mark U+FEFF" }, { "63ee8080", ERR_FORMAT, OK, "private use U+E000" },
	{ "64f3b08080", ERR_FORMAT, OK, "plane 15" }, { "64f4808080", ERR_FORMAT, OK, "plane 16" },
	{ "63efbfbf", ERR_FORMAT, OK, "non-character U+FFFF" }, { "64f09fbfbe", ERR_FORMAT, OK, "non-character U+1FFFE" },
	{ "a163e2808b00", ERR_FORMAT, OK, "unclean text as a key" },
	{ "5bffffffffffffffff00", ERR_FORMAT, ERR_FORMAT, "bytes longer than memory" },
	{ "7bffffffffffffffff00", ERR_FORMAT, ERR_FORMAT, "text longer than memory" },
	{ "9bffffffffffffffff00", ERR_FORMAT, ERR_FORMAT, "an array longer than memory" },
	{ "bbffffffffffffffff0000", ERR_FORMAT, ERR_FORMAT, "a map longer than memory" },
	{ "bb80000000000000000000", ERR_FORMAT, ERR_FORMAT, "a map whose doubled length overflows" },
	{ "8201", ERR_FORMAT, ERR_FORMAT, "an array cut" }, { "a101", ERR_FORMAT, ERR_FORMAT, "a map without its value" },
	{ "", ERR_FORMAT, ERR_FORMAT, "nothing" },
};

static void
every_malformed_class_is_refused(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct bytes in = unhex(wrong[i].hex, room);
		enum status canonical = read_whole(in, CBOR_CANONICAL), relaxed = read_whole(in, CBOR_RELAXED);
		if (canonical != wrong[i].canonical)
			fail_msg("canonical, %s (%s): %s", wrong[i].why, wrong[i].hex, status_text(canonical));
		if (relaxed != wrong[i].relaxed)
			fail_msg("relaxed, %s (%s): %s", wrong[i].why, wrong[i].hex, status_text(relaxed));
	}
}

static void
nesting_is_good_to_the_limit_and_not_one_deeper(void **state)
{
	(void)state;
	static const struct { uint8_t open[2]; size_t len; enum cbor_mode mode; } kinds[] = {
		{ { 0x81 }, 1, CBOR_CANONICAL }, { { 0x81 }, 1, CBOR_RELAXED }, { { 0xa1, 0x01 }, 2, CBOR_CANONICAL },
		{ { 0xa1, 0x01 }, 2, CBOR_RELAXED }, { { 0xc1 }, 1, CBOR_RELAXED },
	};
	for (size_t k = 0; k < COUNT(kinds); k++) {
		for (size_t depth = 1; depth <= CBOR_DEPTH_MAX + 1; depth++) {
			uint8_t mem[2 * (CBOR_DEPTH_MAX + 1) + 1] = { 0 };
			for (size_t i = 0; i < depth; i++)
				memcpy(mem + i * kinds[k].len, kinds[k].open, kinds[k].len);
			struct bytes in = { mem, depth * kinds[k].len + 1 };
			assert_int_equal(read_whole(in, kinds[k].mode), depth <= CBOR_DEPTH_MAX ? OK : ERR_FORMAT);
		}
	}
}

static void
items_are_good_to_the_limit_and_not_one_more(void **state)
{
	(void)state;
	static uint8_t mem[CBOR_ITEMS_MAX + 8];
	for (size_t n = CBOR_ITEMS_MAX - 1; n <= CBOR_ITEMS_MAX; n++) { /* and the array itself */
		struct cbor_writer w = cbor_writer(BUF_OF(mem));
		struct bytes head;
		cbor_write_array(&w, n);
		assert_int_equal(cbor_write_finish(&w, &head), OK);
		memset(mem + head.len, 0, n);
		assert_int_equal(read_whole((struct bytes){ mem, head.len + n }, CBOR_CANONICAL),
		    n < CBOR_ITEMS_MAX ? OK : ERR_LIMIT);
	}
}

static void
a_sequence_may_hold_more_items_than_one_item_may(void **state)
{
	(void)state;
	static uint8_t zeros[CBOR_ITEMS_MAX + 1], map[6 * (CBOR_ITEMS_MAX + 2)];
	struct cbor_reader r = cbor_reader((struct bytes){ zeros, sizeof(zeros) }, CBOR_CANONICAL);
	for (size_t i = 0; i < sizeof(zeros); i++)
		(void)cbor_read_item(&r);
	assert_int_equal(cbor_finish(&r), OK);
	struct cbor_writer w = cbor_writer(BUF_OF(map));
	struct bytes in = { 0 };
	int64_t key;
	cbor_write_map(&w, CBOR_ITEMS_MAX + 1);
	for (size_t i = 0; i <= CBOR_ITEMS_MAX; i++) {
		cbor_write_uint(&w, i);
		cbor_write_uint(&w, 0);
	}
	assert_int_equal(cbor_write_finish(&w, &in), OK);
	r = cbor_reader(in, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key);)
		(void)cbor_read_uint(&r);
	assert_int_equal(cbor_finish(&r), OK);
}

static void
integers_are_read_to_their_ends(void **state)
{
	(void)state;
	static const struct { const char *hex; int64_t want; enum status st; } rows[] = {
		{ "00", 0, OK }, { "1903e8", 1000, OK }, { "20", -1, OK }, { "3863", -100, OK }, { "1b7fffffffffffffff", INT64_MAX, OK },
		{ "3b7fffffffffffffff", INT64_MIN, OK }, { "1b8000000000000000", 0, ERR_LIMIT }, { "3b8000000000000000", 0, ERR_LIMIT },
		{ "40", 0, ERR_FORMAT }, { "f4", 0, ERR_FORMAT },
	};
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cbor_reader r = cbor_reader(unhex(rows[i].hex, room), CBOR_CANONICAL);
		assert_true(cbor_read_int(&r) == rows[i].want);
		assert_int_equal(cbor_finish(&r), rows[i].st);
	}
	struct cbor_reader r = cbor_reader(unhex("1bffffffffffffffff20", room), CBOR_CANONICAL);
	assert_true(cbor_read_uint(&r) == UINT64_MAX);
	assert_true(cbor_read_uint(&r) == 0);
	assert_int_equal(cbor_finish(&r), ERR_FORMAT);
}

static void
peek_tells_the_type_and_takes_nothing(void **state)
{
	(void)state;
	static const char *const hex[] = { "00", "20", "40", "60", "80", "a0", "d2", "f5" };
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(hex); i++) {
		struct cbor_reader r = cbor_reader(unhex(hex[i], room), CBOR_CANONICAL);
		assert_int_equal(cbor_peek(&r), i);
		assert_int_equal(r.left.len, 1);
		cbor_fail(&r, ERR_FORMAT);
		assert_int_equal(cbor_peek(&r), CBOR_NONE);
	}
	struct cbor_reader r = cbor_reader((struct bytes){ NULL, 0 }, CBOR_CANONICAL);
	assert_int_equal(cbor_peek(&r), CBOR_NONE);
	assert_int_equal(cbor_finish(&r), OK);
}

static void
the_first_failure_sticks_and_later_reads_yield_zeros(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct cbor_reader r = cbor_reader(unhex("60010203f5", room), CBOR_CANONICAL);
	(void)cbor_read_bytes(&r); /* it is a text */
	assert_int_equal(r.status, ERR_FORMAT);
	cbor_fail(&r, ERR_LIMIT);
	assert_int_equal(cbor_read_uint(&r), 0);
	assert_int_equal(cbor_read_int(&r), 0);
	assert_int_equal(cbor_read_bytes(&r).len + cbor_read_text(&r).len + cbor_read_item(&r).len, 0);
	assert_null(cbor_read_text(&r).ptr);
	assert_false(cbor_read_bool(&r));
	assert_int_equal(cbor_read_tag(&r) + cbor_read_array(&r) + cbor_read_map(&r).left, 0);
	int64_t key = 7;
	struct cbor_map m = { .left = 3 };
	assert_false(cbor_map_next(&r, &m, &key));
	assert_int_equal(key, 7);
	assert_int_equal(r.left.len, 5);
	assert_int_equal(cbor_finish(&r), ERR_FORMAT);
}

static void
a_canonical_reader_takes_tag_18_alone(void **state)
{
	(void)state;
	static const struct { const char *hex; enum cbor_mode mode; enum status st; } rows[] = {
		{ "d200", CBOR_CANONICAL, OK }, { "d100", CBOR_CANONICAL, ERR_FORMAT }, { "d83d00", CBOR_CANONICAL, ERR_FORMAT },
		{ "d81200", CBOR_CANONICAL, ERR_FORMAT }, { "d200", CBOR_RELAXED, OK }, { "d83d00", CBOR_RELAXED, OK },
		{ "d81200", CBOR_RELAXED, OK }, { "00", CBOR_CANONICAL, ERR_FORMAT },
	};
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cbor_reader r = cbor_reader(unhex(rows[i].hex, room), rows[i].mode);
		(void)cbor_read_tag(&r);
		(void)cbor_read_uint(&r);
		assert_int_equal(r.status, rows[i].st);
	}
}

static void
a_map_is_walked_key_by_key(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct cbor_reader r = cbor_reader(unhex("a4010a190100f520416139ffff6161", room), CBOR_CANONICAL);
	static const int64_t want[] = { 1, 256, -1, -65536 };
	int64_t key;
	size_t n = 0;
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); n++) {
		assert_true(key == want[n]);
		(void)cbor_read_item(&r);
	}
	assert_int_equal(n, 4);
	assert_int_equal(cbor_finish(&r), OK);
}

static void
walking_refuses_order_duplicates_and_keys_of_another_type(void **state)
{
	(void)state;
	static const struct { const char *hex; bool text; enum cbor_mode mode; enum status st; } rows[] = {
		{ "a202000100", false, CBOR_CANONICAL, ERR_FORMAT }, { "a202000100", false, CBOR_RELAXED, OK },
		{ "a202000200", false, CBOR_CANONICAL, ERR_FORMAT }, { "a202000200", false, CBOR_RELAXED, ERR_FORMAT },
		{ "a3020001a0180200", false, CBOR_RELAXED, ERR_FORMAT }, { "a1616100", false, CBOR_CANONICAL, ERR_UNSUPPORTED },
		{ "a1414100", false, CBOR_CANONICAL, ERR_UNSUPPORTED }, { "a10100", true, CBOR_CANONICAL, ERR_UNSUPPORTED },
		{ "a2616100616200", true, CBOR_CANONICAL, OK }, { "a2616200616100", true, CBOR_CANONICAL, ERR_FORMAT },
		{ "a2616200616100", true, CBOR_RELAXED, OK }, { "a2616100616100", true, CBOR_RELAXED, ERR_FORMAT },
		{ "a11bffffffffffffffff00", false, CBOR_CANONICAL, ERR_LIMIT }, { "a163e2808b00", true, CBOR_CANONICAL, ERR_FORMAT },
		{ "a2010a", false, CBOR_CANONICAL, ERR_FORMAT }, { "a0", false, CBOR_CANONICAL, OK }, { "80", false, CBOR_CANONICAL, ERR_FORMAT },
	};
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cbor_reader r = cbor_reader(unhex(rows[i].hex, room), rows[i].mode);
		struct bytes text;
		int64_t key;
		for (struct cbor_map m = cbor_read_map(&r);
		    rows[i].text ? cbor_map_next_text(&r, &m, &text) : cbor_map_next(&r, &m, &key);)
			(void)cbor_read_item(&r);
		if (cbor_finish(&r) != rows[i].st)
			fail_msg("row %zu, %s: %s", i, rows[i].hex, status_text(cbor_finish(&r)));
	}
}

static void
keys_are_given_encoded_or_as_text(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct bytes key = { 0 };
	struct cbor_reader r = cbor_reader(unhex("a1626162f4", room), CBOR_CANONICAL);
	struct cbor_map m = cbor_read_map(&r);
	assert_true(cbor_map_next_item(&r, &m, &key));
	assert_true(bytes_eq(key, BYTES_LIT("\x62" "ab")));
	assert_false(cbor_read_bool(&r));
	assert_false(cbor_map_next_item(&r, &m, &key));
	assert_int_equal(cbor_finish(&r), OK);
	r = cbor_reader(unhex("a1626162f4", room), CBOR_CANONICAL);
	m = cbor_read_map(&r);
	assert_true(cbor_map_next_text(&r, &m, &key));
	assert_true(bytes_eq(key, BYTES_LIT("ab")));
}

static void
a_truth_value_is_one_of_two_bytes(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct cbor_reader r = cbor_reader(unhex("f4f5", room), CBOR_RELAXED);
	assert_false(cbor_read_bool(&r));
	assert_true(cbor_read_bool(&r));
	assert_int_equal(cbor_finish(&r), OK);
	static const char *const others[] = { "f6", "f815", "01", "", "f3" };
	for (size_t i = 0; i < COUNT(others); i++) {
		r = cbor_reader(unhex(others[i], room), CBOR_RELAXED);
		assert_false(cbor_read_bool(&r));
		assert_int_equal(r.status, ERR_FORMAT);
	}
}

static void
a_sequence_is_read_item_by_item(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct cbor_reader r = cbor_reader(unhex("018201026161", room), CBOR_CANONICAL);
	static const size_t lens[] = { 1, 3, 2 };
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(cbor_read_item(&r).len, lens[i]);
	assert_int_equal(cbor_finish(&r), OK);
}

static void
what_is_written_is_the_shortest_form(void **state)
{
	(void)state;
	static const struct { int64_t v; const char *hex; } rows[] = {
		{ 0, "00" }, { 23, "17" }, { 24, "1818" }, { 255, "18ff" }, { 256, "190100" }, { 65535, "19ffff" }, { 65536, "1a00010000" },
		{ 4294967295, "1affffffff" }, { 4294967296, "1b0000000100000000" }, { INT64_MAX, "1b7fffffffffffffff" }, { -1, "20" },
		{ -24, "37" }, { -25, "3818" }, { -256, "38ff" }, { -257, "390100" }, { -65537, "3a00010000" },
		{ INT64_MIN, "3b7fffffffffffffff" },
	};
	uint8_t room[ROOM], mem[16];
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cbor_writer w = cbor_writer(BUF_OF(mem));
		struct bytes enc;
		cbor_write_int(&w, rows[i].v);
		assert_int_equal(cbor_write_finish(&w, &enc), OK);
		assert_true(bytes_eq(enc, unhex(rows[i].hex, room)));
		struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
		assert_true(cbor_read_int(&r) == rows[i].v);
		assert_int_equal(cbor_finish(&r), OK);
	}
}

static void
write_one_of_each(struct cbor_writer *w)
{
	cbor_write_tag(w, 18);
	cbor_write_array(w, 6);
	cbor_write_uint(w, UINT64_MAX);
	cbor_write_bytes(w, BYTES_LIT("\x01\x02"));
	cbor_write_text(w, BYTES_LIT("示"));
	cbor_write_bool(w, false);
	cbor_write_map(w, 1);
	cbor_write_int(w, -1);
	cbor_write_bool(w, true);
	cbor_write_raw(w, BYTES_LIT("\x82\x01\x02"));
}

static void
one_of_each_is_written_and_fits_exactly_or_not_at_all(void **state)
{
	(void)state;
	uint8_t room[ROOM], mem[ROOM];
	struct bytes want = unhex("d2861bffffffffffffffff42010263e7a4baf4a120f5820102", room);
	for (size_t cap = 0; cap <= want.len + 1; cap++) {
		memset(mem, 0xee, sizeof(mem));
		struct cbor_writer w = cbor_writer((struct buf){ mem, cap + 3, 3 }); /* after what is there */
		struct bytes enc = BYTES_LIT("untouched");
		write_one_of_each(&w);
		assert_int_equal(cbor_write_finish(&w, &enc), cap < want.len ? ERR_LIMIT : OK);
		assert_true(bytes_eq(enc, cap < want.len ? BYTES_LIT("untouched") : want));
		assert_memory_equal(mem, "\xee\xee\xee", 3);
		assert_int_equal(mem[cap + 3], 0xee);
	}
}

/* What is accepted in canonical mode has one form: written again, it is the same bytes. */
static void
copy_item(struct cbor_reader *r, struct cbor_writer *w)
{
	size_t n;
	switch (cbor_peek(r)) {
	case CBOR_UINT:   cbor_write_uint(w, cbor_read_uint(r)); break;
	case CBOR_NINT:
		if (r->left.ptr[0] == 0x3b && r->left.len >= 9 && r->left.ptr[1] >= 0x80)
			cbor_write_raw(w, cbor_read_item(r));
		else
			cbor_write_int(w, cbor_read_int(r));
		break;
	case CBOR_BYTES:  cbor_write_bytes(w, cbor_read_bytes(r)); break;
	case CBOR_TEXT:   cbor_write_text(w, cbor_read_text(r)); break;
	case CBOR_SIMPLE: cbor_write_bool(w, cbor_read_bool(r)); break;
	case CBOR_ARRAY:
		n = cbor_read_array(r);
		cbor_write_array(w, n);
		for (; n > 0; n--)
			copy_item(r, w);
		break;
	case CBOR_MAP:
		n = cbor_read_map(r).left;
		cbor_write_map(w, n);
		for (; n > 0; n--) {
			copy_item(r, w);
			copy_item(r, w);
		}
		break;
	default: cbor_fail(r, ERR_FORMAT); break;
	}
}

static void
every_accepted_canonical_item_reencodes_to_the_same_bytes(void **state)
{
	(void)state;
	uint8_t mem[ROOM], in_mem[10];
	uint32_t seed = 1;
	size_t accepted = 0;
	for (int round = 0; round < 400000; round++) {
		struct bytes in = { in_mem, 0 }, enc = { 0 };
		in.len = 1 + (size_t)(round % 10);
		for (size_t i = 0; i < in.len; i++) {
			seed = seed * 1664525u + 1013904223u;
			in_mem[i] = (uint8_t)(seed >> 24 & (seed & 0x1000 ? 0xe3 : 0xff)); /* small lengths are likely */
		}
		if (read_whole(in, CBOR_CANONICAL) != OK)
			continue;
		accepted++;
		assert_int_equal(read_whole(in, CBOR_RELAXED), OK);
		struct cbor_reader r = cbor_reader(in, CBOR_CANONICAL);
		struct cbor_writer w = cbor_writer(BUF_OF(mem));
		copy_item(&r, &w);
		assert_int_equal(cbor_finish(&r), OK);
		assert_int_equal(cbor_write_finish(&w, &enc), OK);
		assert_true(bytes_eq(enc, in));
	}
	assert_true(accepted > 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_rfc_8949_are_read_in_both_modes),
		cmocka_unit_test(every_truncation_and_every_trailing_byte_is_refused),
		cmocka_unit_test(every_malformed_class_is_refused),
		cmocka_unit_test(nesting_is_good_to_the_limit_and_not_one_deeper),
		cmocka_unit_test(items_are_good_to_the_limit_and_not_one_more),
		cmocka_unit_test(a_sequence_may_hold_more_items_than_one_item_may),
		cmocka_unit_test(integers_are_read_to_their_ends),
		cmocka_unit_test(peek_tells_the_type_and_takes_nothing),
		cmocka_unit_test(the_first_failure_sticks_and_later_reads_yield_zeros),
		cmocka_unit_test(a_canonical_reader_takes_tag_18_alone),
		cmocka_unit_test(a_map_is_walked_key_by_key),
		cmocka_unit_test(walking_refuses_order_duplicates_and_keys_of_another_type),
		cmocka_unit_test(keys_are_given_encoded_or_as_text),
		cmocka_unit_test(a_truth_value_is_one_of_two_bytes),
		cmocka_unit_test(a_sequence_is_read_item_by_item),
		cmocka_unit_test(what_is_written_is_the_shortest_form),
		cmocka_unit_test(one_of_each_is_written_and_fits_exactly_or_not_at_all),
		cmocka_unit_test(every_accepted_canonical_item_reencodes_to_the_same_bytes),
	};
	return cmocka_run_group_tests_name("cbor", tests, NULL, NULL);
}
