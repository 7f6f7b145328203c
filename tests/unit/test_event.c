/* event -- one office action as the journal keeps it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/cbor.h"
#include "registry/event.h"
#include "tests/unit/support/scratch.h"

static const uint8_t salt[16] = "0123456789abcde", previous[32] = "the hash of the one before it..";
static const uint8_t payload[] = { 0xa1, 0x00, 0x01 };

static struct event
event_good(void)
{
	return (struct event){ .sequence = 7, .time_ms = 1800000000123, .kind = EVENT_BODY_ENTERED, .operator = BYTES_LIT("登记员 1"),
		.salt = { salt, 16 }, .previous = { previous, 32 }, .payload = { payload, sizeof(payload) } };
}

static enum status
event_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct event e;
	enum status st = event_decode(enc, &e);
	if (st == OK)
		assert_int_equal(event_encode(&e, out, again), OK);
	return st;
}

static void
an_event_comes_back_as_it_was_written(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct event e = event_good(), got;
	assert_int_equal(event_encode(&e, BUF_OF(mem), &enc), OK);
	assert_int_equal(event_decode(enc, &got), OK);
	assert_int_equal(got.sequence, 7);
	assert_int_equal(got.time_ms, 1800000000123);
	assert_int_equal(got.kind, EVENT_BODY_ENTERED);
	assert_true(bytes_eq(got.operator, e.operator));
	assert_true(bytes_eq(got.salt, e.salt));
	assert_true(bytes_eq(got.previous, e.previous));
	assert_true(bytes_eq(got.payload, e.payload));
}

static void
an_event_has_one_encoding_and_one_version(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct event e = event_good();
	assert_int_equal(event_encode(&e, BUF_OF(mem), &enc), OK);
	record_is_canonical(event_recode, enc);
	record_of_version_2_is_unsupported(event_recode, enc, 1);
}

static void
an_event_that_is_not_wellformed_is_neither_written_nor_read(void **state)
{
	(void)state;
	static const uint8_t no_map[] = { 0x81, 0x01 }, unordered[] = { 0xa2, 0x01, 0x01, 0x00, 0x01 };
	static const char long_name[OPERATOR_LEN_MAX + 2] = "a name of sixty-five bytes, which is one more than an operator has";
	struct event e[10];
	for (size_t i = 0; i < COUNT(e); i++)
		e[i] = event_good();
	e[0].sequence = 0;
	e[1].time_ms = -1;
	e[2].kind = (enum event_kind)0;
	e[3].kind = (enum event_kind)(EVENT_KIND_LAST + 1);
	e[4].operator.len = 0;
	e[5].operator = (struct bytes){ (const uint8_t *)long_name, OPERATOR_LEN_MAX + 1 };
	e[6].salt.len = 15;
	e[7].previous.len = 31;
	e[8].payload.len = 0;
	e[9].payload = (struct bytes){ payload, EVENT_LEN_MAX + 1 };
	uint8_t mem[256];
	struct bytes enc;
	for (size_t i = 0; i < COUNT(e); i++)
		if (event_encode(&e[i], BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("case %zu was written", i);
	const struct bytes payloads[] = { { no_map, sizeof(no_map) }, { unordered, sizeof(unordered) } };
	for (size_t i = 0; i < COUNT(payloads); i++) {
		struct event bad = event_good(), got;
		bad.payload = payloads[i];
		if (event_encode(&bad, BUF_OF(mem), &enc) == OK)
			assert_int_equal(event_decode(enc, &got), ERR_FORMAT);
	}
	struct event longest = event_good();
	longest.operator = (struct bytes){ (const uint8_t *)long_name, OPERATOR_LEN_MAX };
	assert_int_equal(event_encode(&longest, BUF_OF(mem), &enc), OK);
}

/* One item of the array put otherwise. */
static enum status
bent_event(size_t items, uint64_t version, uint64_t sequence, uint64_t kind)
{
	uint8_t mem[256];
	struct bytes enc;
	struct event got, e = event_good();
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_array(&w, items);
	cbor_write_uint(&w, version);
	cbor_write_uint(&w, sequence);
	cbor_write_int(&w, e.time_ms);
	cbor_write_uint(&w, kind);
	cbor_write_text(&w, e.operator);
	cbor_write_bytes(&w, e.salt);
	cbor_write_bytes(&w, e.previous);
	cbor_write_raw(&w, e.payload);
	if (items == 9)
		cbor_write_uint(&w, 0);
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	return event_decode(enc, &got);
}

static void
what_a_newer_program_wrote_is_unsupported_and_the_rest_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(bent_event(8, 1, 7, EVENT_PUBLISHED), OK);
	assert_int_equal(bent_event(8, 2, 7, EVENT_PUBLISHED), ERR_UNSUPPORTED);
	assert_int_equal(bent_event(8, 0, 7, EVENT_PUBLISHED), ERR_UNSUPPORTED);
	assert_int_equal(bent_event(8, 1, 7, EVENT_KIND_LAST + 1), ERR_UNSUPPORTED);
	assert_int_equal(bent_event(8, 1, 7, 1ull << 32 | EVENT_OPENED), ERR_UNSUPPORTED);
	assert_int_equal(bent_event(8, 1, 7, 0), ERR_FORMAT);
	assert_int_equal(bent_event(8, 1, 0, EVENT_PUBLISHED), ERR_FORMAT);
	assert_int_equal(bent_event(7, 1, 7, EVENT_PUBLISHED), ERR_FORMAT);
	assert_int_equal(bent_event(9, 1, 7, EVENT_PUBLISHED), ERR_FORMAT);
}

static void
too_little_room_is_a_limit(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct event e = event_good();
	assert_int_equal(event_encode(&e, BUF_OF(mem), &enc), OK);
	struct buf exact = { mem, enc.len, 0 }, lacks = { mem, enc.len - 1, 0 };
	assert_int_equal(event_encode(&e, lacks, &enc), ERR_LIMIT);
	assert_int_equal(event_encode(&e, exact, &enc), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_comes_back_as_it_was_written),
		cmocka_unit_test(an_event_has_one_encoding_and_one_version),
		cmocka_unit_test(an_event_that_is_not_wellformed_is_neither_written_nor_read),
		cmocka_unit_test(what_a_newer_program_wrote_is_unsupported_and_the_rest_is_wrong),
		cmocka_unit_test(too_little_room_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
