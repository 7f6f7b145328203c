/* Status lists: the token's claims, zlib within the caller's memory, and the bits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <zlib.h>

#include "base/text.h"
#include "crypto/statuslist.h"

#define SUB     "02" "7818" "68747470733a2f2f762e6578616d706c652e636e2f732f31" /* https://v.example.cn/s/1 */
#define EXP     "04" "1a655d2b80"
#define IAT     "06" "1a6553f100"
#define LST     "636c7374" "4a" "78dadbb918000217015d"
#define BITS    "6462697473" "02"
#define LIST    "19fffd" "a2" LST BITS
#define TTL     "19fffe" "190384"
#define SHA     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BIND_AS "3a00010002"
#define BOUND   "a4" "0001" "011903e8" "025820" SHA "0307"
#define OURS_HEX "a6" SUB EXP IAT LIST TTL BIND_AS BOUND
#define LEAST_HEX "a3" SUB IAT LIST

static struct bytes
unhex(const char *hex, struct buf *out)
{
	out->len = 0;
	assert_int_equal(hex_decode(bytes_str(hex), out), OK);
	return buf_view(out);
}

static const uint8_t zipped[] = { 0x78, 0xda, 0xdb, 0xb9, 0x18, 0x00, 0x02, 0x17, 0x01, 0x5d };

static struct status_list
our_list(void)
{
	struct status_list l = {
		.uri = BYTES_LIT("https://v.example.cn/s/1"), .iat_unix_s = 1700000000, .exp_unix_s = 1700604800, .ttl_s = 900,
		.bits = 2, .zipped = { zipped, sizeof(zipped) },
		.has_binding = true, .journal_sequence = 1000, .trust_issue_least = 7,
	};
	for (unsigned i = 0; i < DIGEST_LEN; i++)
		l.journal_head.b[i] = (uint8_t)i;
	return l;
}

static void
a_list_of_ours_is_these_bytes_and_back(void **state)
{
	(void)state;
	uint8_t mem[512], got_mem[512];
	struct buf b = BUF_OF(mem);
	struct status_list l = our_list(), read;
	struct bytes want = unhex(OURS_HEX, &b), got;
	assert_int_equal(status_list_encode(&l, BUF_OF(got_mem), &got), OK);
	assert_true(bytes_eq(got, want));
	assert_int_equal(status_list_decode(want, &read), OK);
	assert_true(bytes_eq(read.uri, l.uri));
	assert_true(bytes_eq(read.zipped, l.zipped));
	assert_true(read.iat_unix_s == l.iat_unix_s && read.exp_unix_s == l.exp_unix_s && read.ttl_s == 900);
	assert_true(read.bits == 2 && read.has_binding && read.journal_sequence == 1000 && read.trust_issue_least == 7);
	assert_memory_equal(read.journal_head.b, l.journal_head.b, DIGEST_LEN);
}

static const struct { const char *why, *hex; bool canonical; } right[] = {
	{ "the compulsory claims alone", LEAST_HEX, true },
	{ "without binding", "a5" SUB EXP IAT LIST TTL, true },
	{ "without ttl", "a4" SUB EXP IAT LIST, true },
	{ "claims in another order", "a6" BIND_AS BOUND TTL LIST IAT EXP SUB, false },
	{ "bits before lst, as the standard's own example", "a3" SUB IAT "19fffd" "a2" BITS LST, false },
	{ "an aggregation uri", "a3" SUB IAT "19fffd" "a3" LST BITS "6f6167677265676174696f6e5f757269" "6161", false },
	{ "an aggregation uri that is undefined", "a3" SUB IAT "19fffd" "a3" LST BITS "6f6167677265676174696f6e5f757269" "f7", false },
	{ "longer heads than needed", "b803" "1802" "7818" "68747470733a2f2f762e6578616d706c652e636e2f732f31" IAT LIST, false },
	{ "an iss nobody asked for", "a4" "01623337" SUB IAT LIST, false },
	{ "a claim of another's with a map in it", "a4" SUB IAT LIST "1a000f4240" "a16161820102", false },
	{ "a private claim above ours", "a4" SUB IAT LIST "39ffff" "00", false },
	{ "a text claim", "a4" SUB IAT LIST "6161" "f5", false },
	{ "text in another's claim that we would not write", "a4" SUB IAT LIST "01" "63e2808b", false },
};

static void
what_others_may_write_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		uint8_t mem[512], again_mem[512];
		struct buf b = BUF_OF(mem);
		struct bytes in = unhex(right[i].hex, &b), again;
		struct status_list l;
		if (status_list_decode(in, &l) != OK || !bytes_eq(l.zipped, (struct bytes){ zipped, sizeof(zipped) }) || l.bits != 2)
			fail_msg("%s", right[i].why);
		assert_int_equal(status_list_encode(&l, BUF_OF(again_mem), &again), OK);
		if (bytes_eq(in, again) != right[i].canonical)
			fail_msg("%s, written again", right[i].why);
	}
}

#define WITH_LIST(list) "a3" SUB IAT "19fffd" list
#define WITH_BINDING(map) "a4" SUB IAT LIST BIND_AS map

static const struct { const char *why, *hex; enum status want; } wrong[] = {
	{ "nothing at all", "", ERR_FORMAT },
	{ "an array", "80", ERR_FORMAT },
	{ "no sub", "a2" IAT LIST, ERR_FORMAT },
	{ "no iat", "a2" SUB LIST, ERR_FORMAT },
	{ "no list", "a2" SUB IAT, ERR_FORMAT },
	{ "an empty sub", "a3" "0260" IAT LIST, ERR_FORMAT },
	{ "sub as bytes", "a3" "024161" IAT LIST, ERR_FORMAT },
	{ "iat 0", "a3" SUB "0600" LIST, ERR_FORMAT },
	{ "iat negative", "a3" SUB "0620" LIST, ERR_FORMAT },
	{ "iat beyond all sums", "a3" SUB "061b4000000000000000" LIST, ERR_FORMAT },
	{ "iat a float", "a3" SUB "06fb41d954fc40000000" LIST, ERR_FORMAT },
	{ "exp equal to iat", "a4" SUB "041a6553f100" IAT LIST, ERR_FORMAT },
	{ "exp 0, long ago, not absent", "a4" SUB "0400" IAT LIST, ERR_FORMAT },
	{ "exp negative", "a4" SUB "0420" IAT LIST, ERR_FORMAT },
	{ "ttl 0", "a4" SUB IAT LIST "19fffe00", ERR_FORMAT },
	{ "ttl negative", "a4" SUB IAT LIST "19fffe20", ERR_FORMAT },
	{ "iat twice", "a4" SUB IAT IAT LIST, ERR_FORMAT },
	{ "iat twice, apart", "a4" IAT SUB IAT LIST, ERR_FORMAT },
	{ "iat twice, its number written in two ways", "a4" SUB IAT "1806" "1a6553f200" LIST, ERR_FORMAT },
	{ "the list twice, its number written in two ways", "a4" SUB IAT LIST "1a0000fffd" "a2" LST BITS, ERR_FORMAT },
	{ "another's claim twice", "a5" SUB IAT LIST "0101" "0102", ERR_FORMAT },
	{ "an indefinite map", "bf" SUB IAT LIST "ff", ERR_FORMAT },
	{ "an indefinite sub", "a3" "027f6161ff" IAT LIST, ERR_FORMAT },
	{ "a trailing byte", LEAST_HEX "00", ERR_FORMAT },
	{ "a bytes claim", "a4" SUB IAT LIST "4161" "00", ERR_FORMAT },
	{ "a text that is not UTF-8", "a4" SUB IAT LIST "01" "61ff", ERR_FORMAT },
	{ "a claim below ours", "a4" SUB IAT LIST "3a00010003" "00", ERR_UNSUPPORTED },
	{ "the claim of a credential", "a4" SUB IAT LIST "3a00010000" "00", ERR_UNSUPPORTED },
	{ "a claim beyond 64 bits", "a4" SUB IAT LIST "3bffffffffffffffff" "00", ERR_UNSUPPORTED },
	{ "no bits", WITH_LIST("a1" LST), ERR_FORMAT },
	{ "no lst", WITH_LIST("a1" BITS), ERR_FORMAT },
	{ "bits 0", WITH_LIST("a2" LST "646269747300"), ERR_FORMAT },
	{ "bits 3", WITH_LIST("a2" LST "646269747303"), ERR_FORMAT },
	{ "bits 16", WITH_LIST("a2" LST "646269747310"), ERR_FORMAT },
	{ "bits 258, which is 2 modulo 256", WITH_LIST("a2" LST "6462697473190102"), ERR_FORMAT },
	{ "lst empty", WITH_LIST("a2" "636c737440" BITS), ERR_FORMAT },
	{ "lst as text, as in JSON", WITH_LIST("a2" "636c73746161" BITS), ERR_FORMAT },
	{ "bits twice", WITH_LIST("a3" LST BITS BITS), ERR_FORMAT },
	{ "bits twice, its key written in two ways", WITH_LIST("a3" LST BITS "780462697473" "01"), ERR_FORMAT },
	{ "another key in the list", WITH_LIST("a3" LST BITS "6161" "00"), ERR_UNSUPPORTED },
	{ "an aggregation uri that is no text", WITH_LIST("a3" LST BITS "6f6167677265676174696f6e5f75726900"), ERR_FORMAT },
	{ "an aggregation uri that is null", WITH_LIST("a3" LST BITS "6f6167677265676174696f6e5f757269f6"), ERR_FORMAT },
	{ "an aggregation uri that is a float", WITH_LIST("a3" LST BITS "6f6167677265676174696f6e5f757269f90000"), ERR_FORMAT },
	{ "an empty binding", WITH_BINDING("a0"), ERR_FORMAT },
	{ "a binding of version 2", WITH_BINDING("a4" "0002" "011903e8" "025820" SHA "0307"), ERR_UNSUPPORTED },
	{ "a binding with more", WITH_BINDING("a5" "0001" "011903e8" "025820" SHA "0307" "0400"), ERR_UNSUPPORTED },
	{ "a binding with a negative key", WITH_BINDING("a4" "0001" "011903e8" "025820" SHA "2007"), ERR_UNSUPPORTED },
	{ "a binding with less", WITH_BINDING("a3" "0001" "011903e8" "025820" SHA), ERR_FORMAT },
	{ "a binding without version", WITH_BINDING("a3" "011903e8" "025820" SHA "0307"), ERR_FORMAT },
	{ "a binding with a short digest", WITH_BINDING("a4" "0001" "011903e8" "024100" "0307"), ERR_FORMAT },
	{ "a binding with two sequences", WITH_BINDING("a5" "0001" "011903e8" "180100" "025820" SHA "0307"), ERR_FORMAT },
};

static void
each_wrong_list_is_refused_for_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t mem[512];
		struct buf b = BUF_OF(mem);
		struct status_list l = { .bits = 99 };
		enum status st = status_list_decode(unhex(wrong[i].hex, &b), &l);
		if (st != wrong[i].want || l.bits != 99)
			fail_msg("%s: %s, wanted %s", wrong[i].why, status_text(st), status_text(wrong[i].want));
	}
}

static void
every_truncation_is_refused(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct buf b = BUF_OF(mem);
	struct bytes whole = unhex(OURS_HEX, &b);
	for (size_t n = 0; n < whole.len; n++) {
		struct status_list l;
		uint8_t *cut = malloc(n + 1);
		assert_non_null(cut);
		memcpy(cut, whole.ptr, n);
		assert_int_not_equal(status_list_decode((struct bytes){ cut, n }, &l), OK);
		free(cut);
	}
}

static void
what_the_reader_would_refuse_is_not_written(void **state)
{
	(void)state;
	struct status_list bad[10];
	uint8_t mem[512];
	struct bytes payload;
	for (size_t i = 0; i < 10; i++)
		bad[i] = our_list();
	bad[0].uri.len = 0;
	bad[1].uri = BYTES_LIT("a\nb");
	bad[2].bits = 3;
	bad[3].zipped.len = 0;
	bad[4].iat_unix_s = 0;
	bad[5].exp_unix_s = bad[5].iat_unix_s;
	bad[6].ttl_s = -1;
	bad[7].exp_unix_s = INT64_MAX;
	bad[8].iat_unix_s = INT64_MAX, bad[8].exp_unix_s = 0;
	bad[9].ttl_s = INT64_MAX;
	for (size_t i = 0; i < 10; i++)
		if (status_list_encode(&bad[i], BUF_OF(mem), &payload) != ERR_ARGUMENT)
			fail_msg("case %zu was written", i);
	struct status_list l = our_list();
	assert_int_equal(status_list_encode(&l, (struct buf){ mem, 20, 0 }, &payload), ERR_LIMIT);
}

/* ---- zlib ---- */

enum { RAW_MAX = 1 << 20, ZIP_MAX = (1 << 20) + (1 << 14) };

struct room { uint8_t raw[RAW_MAX], zip[ZIP_MAX], out[RAW_MAX + 1], scratch[STATUS_LIST_SCRATCH + 16]; };

static int
make_room(void **state)
{
	*state = calloc(1, sizeof(struct room));
	return *state == NULL;
}

static int
drop_room(void **state)
{
	free(*state);
	return 0;
}

static struct buf
scratch_of(struct room *m)
{
	return (struct buf){ m->scratch, STATUS_LIST_SCRATCH, 0 };
}

static struct bytes
deflated(struct room *m, size_t raw_len)
{
	struct buf zip = BUF_OF(m->zip);
	assert_int_equal(status_list_deflate((struct bytes){ m->raw, raw_len }, &zip), OK);
	return buf_view(&zip);
}

static void
lists_of_every_size_and_kind_come_back(void **state)
{
	struct room *m = *state;
	static const size_t sizes[] = { 1, 2, 3, 255, 4096, 32768, 65536, 131072, 262144, RAW_MAX };
	uint32_t seed = 7;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (unsigned kind = 0; kind < 3; kind++) { /* empty, sparse, noise */
			for (size_t k = 0; k < sizes[i]; k++) {
				seed = seed * 1664525u + 1013904223u;
				m->raw[k] = kind == 0 || (kind == 1 && seed >> 24 > 2) ? 0 : (uint8_t)(seed >> 16);
			}
			struct bytes zip = deflated(m, sizes[i]);
			struct buf out = { m->out, sizes[i], 0 }; /* no byte to spare */
			m->out[sizes[i]] = 0xee;
			assert_int_equal(status_list_inflate(zip, scratch_of(m), &out), OK);
			assert_int_equal(out.len, sizes[i]);
			assert_memory_equal(m->out, m->raw, sizes[i]);
			out = (struct buf){ m->out, sizes[i] - 1, 0 };
			assert_int_equal(status_list_inflate(zip, scratch_of(m), &out), ERR_LIMIT);
			assert_int_equal(out.len, 0);
			assert_int_equal(m->out[sizes[i]], 0xee);
		}
}

static void
a_zlib_stream_with_anything_wrong_is_refused(void **state)
{
	struct room *m = *state;
	for (size_t i = 0; i < 5000; i++)
		m->raw[i] = i % 97 == 0;
	struct bytes zip = deflated(m, 5000);
	struct buf out = { m->out, RAW_MAX, 0 };
	for (size_t n = 0; n < zip.len; n++) {
		uint8_t *cut = malloc(n + 1);
		assert_non_null(cut);
		memcpy(cut, zip.ptr, n);
		assert_int_equal(status_list_inflate((struct bytes){ cut, n }, scratch_of(m), &out), ERR_FORMAT);
		free(cut);
	}
	m->zip[zip.len] = 0;
	assert_int_equal(status_list_inflate((struct bytes){ zip.ptr, zip.len + 1 }, scratch_of(m), &out), ERR_FORMAT);
	for (size_t i = zip.len - 4; i < zip.len; i++) { /* RFC 1950 2.2: ADLER32 */
		m->zip[i] ^= 1;
		assert_int_equal(status_list_inflate(zip, scratch_of(m), &out), ERR_FORMAT);
		m->zip[i] ^= 1;
	}
	assert_int_equal(out.len, 0);
	assert_int_equal(status_list_inflate(zip, scratch_of(m), &out), OK);
}

static size_t
deflate_as(struct room *m, int window_bits, struct bytes dictionary)
{
	z_stream z = { .next_in = m->raw, .avail_in = 5000, .next_out = m->zip, .avail_out = ZIP_MAX };
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	if (dictionary.len > 0)
		assert_int_equal(deflateSetDictionary(&z, dictionary.ptr, (uInt)dictionary.len), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&z), Z_OK);
	return ZIP_MAX - z.avail_out;
}

static void
only_a_plain_zlib_stream_is_inflated(void **state)
{
	struct room *m = *state;
	struct buf out = { m->out, RAW_MAX, 0 };
	struct bytes none = { NULL, 0 };
	memset(m->raw, 0, 5000);
	struct bytes preset = { m->zip, deflate_as(m, 15, BYTES_LIT("dictionary")) };
	assert_int_equal(status_list_inflate(preset, scratch_of(m), &out), ERR_FORMAT);
	struct bytes gzip = { m->zip, deflate_as(m, 31, none) };
	assert_int_equal(status_list_inflate(gzip, scratch_of(m), &out), ERR_FORMAT);
	struct bytes bare = { m->zip, deflate_as(m, -15, none) };
	assert_int_equal(status_list_inflate(bare, scratch_of(m), &out), ERR_FORMAT);
	struct bytes small_window = { m->zip, deflate_as(m, 9, none) };
	assert_int_equal(status_list_inflate(small_window, scratch_of(m), &out), OK);
	assert_int_equal(status_list_inflate(none, scratch_of(m), &out), ERR_FORMAT);
}

static void
a_bomb_stops_at_the_room_given(void **state)
{
	struct room *m = *state;
	size_t huge = (size_t)64 << 20;
	uint8_t *zeros = calloc(1, huge);
	assert_non_null(zeros);
	struct buf zip = BUF_OF(m->zip);
	assert_int_equal(status_list_deflate((struct bytes){ zeros, huge }, &zip), OK);
	free(zeros);
	struct buf out = { m->out, RAW_MAX, 0 };
	m->out[RAW_MAX] = 0xee;
	assert_int_equal(status_list_inflate(buf_view(&zip), scratch_of(m), &out), ERR_LIMIT);
	assert_int_equal(m->out[RAW_MAX], 0xee);
	assert_int_equal(out.len, 0);
}

static void
the_scratch_is_all_the_memory_there_is(void **state)
{
	struct room *m = *state;
	memset(m->raw, 5, 5000);
	struct bytes zip = deflated(m, 5000);
	struct buf out = { m->out, RAW_MAX, 0 };
	for (size_t skew = 0; skew < 16; skew++)
		assert_int_equal(status_list_inflate(zip, (struct buf){ m->scratch + skew, STATUS_LIST_SCRATCH, 0 }, &out), OK);
	for (size_t cap = 0; cap < 4096; cap += 63)
		assert_int_equal(status_list_inflate(zip, (struct buf){ m->scratch, cap, 0 }, &out), ERR_LIMIT);
}

/* zlib takes its window of 32 KiB only when it cannot finish at once. */
static void
a_scratch_too_small_for_the_window_is_a_limit(void **state)
{
	struct room *m = *state;
	for (size_t i = 0; i < 5000; i++)
		m->raw[i] = (uint8_t)(i * i >> 3);
	struct bytes zip = deflated(m, 5000);
	size_t least = 0; /* enough to begin, and to finish at once */
	struct buf out = { m->out, RAW_MAX, 0 };
	while (status_list_inflate(zip, (struct buf){ m->scratch, least, 0 }, &out) == ERR_LIMIT)
		least += 64;
	assert_true(least + 4096 < STATUS_LIST_SCRATCH);
	zip.len /= 2;
	assert_int_equal(status_list_inflate(zip, (struct buf){ m->scratch, least, 0 }, &out), ERR_LIMIT);
	assert_int_equal(status_list_inflate(zip, scratch_of(m), &out), ERR_FORMAT);
}

static void
a_stream_may_be_as_long_as_its_limit_and_no_longer(void **state)
{
	struct room *m = *state;
	uint8_t *zip = calloc(1, STATUS_LIST_LEN_MAX + 1), *big = malloc(STATUS_LIST_LEN_MAX + 1);
	assert_true(zip != NULL && big != NULL);
	struct buf out = { m->out, RAW_MAX, 0 };
	assert_int_equal(status_list_inflate((struct bytes){ zip, STATUS_LIST_LEN_MAX }, scratch_of(m), &out), ERR_FORMAT);
	assert_int_equal(status_list_inflate((struct bytes){ zip, STATUS_LIST_LEN_MAX + 1 }, scratch_of(m), &out), ERR_LIMIT);
	/* more room than any list has is not used */
	memset(m->raw, 5, 5000);
	out = (struct buf){ big, STATUS_LIST_LEN_MAX + 1, 0 };
	assert_int_equal(status_list_inflate(deflated(m, 5000), scratch_of(m), &out), OK);
	assert_int_equal(out.len, 5000);
	assert_memory_equal(big, m->raw, 5000);
	/* a scratch smaller than what its own address wastes */
	size_t odd = 1 + (size_t)(-(uintptr_t)m->scratch & 15u);
	assert_int_equal(status_list_inflate(deflated(m, 5000), (struct buf){ m->scratch + odd, 14, 0 }, &out), ERR_LIMIT);
	free(zip);
	free(big);
}

static void
deflating_appends_or_says_that_there_is_no_room(void **state)
{
	struct room *m = *state;
	memset(m->raw, 0, 100);
	struct buf zip = { m->zip, ZIP_MAX, 3 };
	memset(m->zip, 0xee, 3);
	assert_int_equal(status_list_deflate((struct bytes){ m->raw, 100 }, &zip), OK);
	assert_int_equal(m->zip[2], 0xee);
	assert_int_equal(m->zip[3], 0x78);
	assert_int_equal(m->zip[4], 0xda); /* RFC 1950 2.2: FLEVEL 3, the slowest */
	struct buf small = { m->zip, zip.len - 1, 3 };
	assert_int_equal(status_list_deflate((struct bytes){ m->raw, 100 }, &small), ERR_LIMIT);
	assert_int_equal(small.len, 3);
}

/* ---- bits ---- */

static void
a_value_stands_where_it_was_set_and_nowhere_else(void **state)
{
	(void)state;
	for (unsigned bits = 1; bits <= 8; bits *= 2) {
		uint8_t raw[16];
		uint32_t n = (uint32_t)(sizeof(raw) * 8 / bits);
		for (uint32_t i = 0; i < n; i++)
			for (unsigned fill = 0; fill < 2; fill++) {
				uint8_t value = 0, top = (uint8_t)((1u << bits) - 1), rest = fill ? top : 0, mine = (uint8_t)(top - rest);
				memset(raw, fill ? 0xff : 0, sizeof(raw));
				status_set(BUF_OF(raw), (uint8_t)bits, i, mine);
				for (uint32_t k = 0; k < n; k++) {
					assert_int_equal(status_get((struct bytes){ raw, sizeof(raw) }, (uint8_t)bits, k, &value), OK);
					assert_int_equal(value, k == i ? mine : rest);
				}
			}
		uint8_t value = 42;
		assert_int_equal(status_get((struct bytes){ raw, sizeof(raw) }, (uint8_t)bits, n, &value), ERR_NOT_FOUND);
		assert_int_equal(status_get((struct bytes){ raw, sizeof(raw) }, (uint8_t)bits, UINT32_MAX, &value), ERR_NOT_FOUND);
		assert_int_equal(status_get((struct bytes){ NULL, 0 }, (uint8_t)bits, 0, &value), ERR_NOT_FOUND);
		assert_int_equal(value, 42);
	}
}

static void
the_first_index_is_the_lowest_bits_of_the_first_byte(void **state)
{
	(void)state;
	static const struct { uint8_t bits, idx, value; uint8_t raw[2]; } rows[] = {
		{ 1, 0, 1, { 0x01, 0 } }, { 1, 7, 1, { 0x80, 0 } }, { 1, 8, 1, { 0, 0x01 } },
		{ 2, 0, 2, { 0x02, 0 } }, { 2, 3, 1, { 0x40, 0 } }, { 2, 4, 3, { 0, 0x03 } },
		{ 4, 0, 9, { 0x09, 0 } }, { 4, 1, 9, { 0x90, 0 } }, { 8, 1, 0xab, { 0, 0xab } },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t raw[2] = { 0, 0 };
		status_set(BUF_OF(raw), rows[i].bits, rows[i].idx, rows[i].value);
		assert_memory_equal(raw, rows[i].raw, 2);
	}
}

#define WITH_ROOM(test) cmocka_unit_test_setup_teardown(test, make_room, drop_room)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_ours_is_these_bytes_and_back),
		cmocka_unit_test(what_others_may_write_is_read),
		cmocka_unit_test(each_wrong_list_is_refused_for_its_reason),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(what_the_reader_would_refuse_is_not_written),
		WITH_ROOM(lists_of_every_size_and_kind_come_back),
		WITH_ROOM(a_zlib_stream_with_anything_wrong_is_refused),
		WITH_ROOM(only_a_plain_zlib_stream_is_inflated),
		WITH_ROOM(a_bomb_stops_at_the_room_given),
		WITH_ROOM(the_scratch_is_all_the_memory_there_is),
		WITH_ROOM(a_scratch_too_small_for_the_window_is_a_limit),
		WITH_ROOM(a_stream_may_be_as_long_as_its_limit_and_no_longer),
		WITH_ROOM(deflating_appends_or_says_that_there_is_no_room),
		cmocka_unit_test(a_value_stands_where_it_was_set_and_nowhere_else),
		cmocka_unit_test(the_first_index_is_the_lowest_bits_of_the_first_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
