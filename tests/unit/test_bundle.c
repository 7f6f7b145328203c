/* bundle -- one file: the magic, trust lists, then status lists. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/bundle.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A well-formed envelope that nobody signed: a bundle looks at its typ only. */
static struct bytes
envelope(enum typ typ, uint8_t serial, uint8_t room[256])
{
	uint8_t header_mem[64];
	static const uint8_t sig[64] = { 1 };
	struct bytes header, enc = { 0 };
	struct cbor_writer h = cbor_writer(BUF_OF(header_mem));
	cbor_write_map(&h, 3);
	cbor_write_int(&h, 1);
	cbor_write_int(&h, -7);
	cbor_write_int(&h, 4);
	cbor_write_bytes(&h, BYTES_LIT("12345678"));
	cbor_write_int(&h, 16);
	cbor_write_text(&h, bytes_str(typ_text(typ)));
	assert_int_equal(cbor_write_finish(&h, &header), OK);
	struct cbor_writer w = cbor_writer((struct buf){ room, 256, 0 });
	cbor_write_tag(&w, 18);
	cbor_write_array(&w, 4);
	cbor_write_bytes(&w, header);
	cbor_write_map(&w, 0);
	cbor_write_bytes(&w, (struct bytes){ &serial, 1 });
	cbor_write_bytes(&w, (struct bytes){ sig, sizeof(sig) });
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	return enc;
}

static void
append(struct buf *out, enum typ typ, uint8_t serial)
{
	uint8_t room[256];
	assert_int_equal(bundle_append(out, envelope(typ, serial, room)), OK);
}

/* Walk in: how many parts, and how it ended. */
static enum status
walk(struct bytes in, size_t *parts)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	*parts = 0;
	enum status st = bundle_open(in, &b);
	if (st)
		return st;
	while (bundle_next(&b, &token, &typ))
		++*parts;
	return bundle_end(&b);
}

static void
parts_come_back_in_order_as_they_were_put_in(void **state)
{
	(void)state;
	static const enum typ typs[] = { TYP_TRUST_LIST, TYP_TRUST_LIST, TYP_STATUS_LIST, TYP_STATUS_LIST, TYP_STATUS_LIST };
	uint8_t mem[2048], room[256];
	struct buf out = BUF_OF(mem);
	assert_int_equal(bundle_start(&out), OK);
	assert_memory_equal(mem, "\x6byp-bundle-1", 12);
	for (size_t i = 0; i < COUNT(typs); i++)
		append(&out, typs[i], (uint8_t)i);
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	assert_int_equal(bundle_open(buf_view(&out), &b), OK);
	for (size_t i = 0; i < COUNT(typs); i++) {
		assert_true(bundle_next(&b, &token, &typ));
		assert_int_equal(typ, typs[i]);
		assert_true(bytes_eq(token, envelope(typs[i], (uint8_t)i, room)));
		assert_true(token.ptr > mem && token.ptr < mem + out.len); /* a view, no copy */
	}
	assert_false(bundle_next(&b, &token, &typ));
	assert_int_equal(bundle_end(&b), OK);
}

static void
what_is_no_bundle_does_not_open(void **state)
{
	(void)state;
	static const struct { struct bytes in; const char *why; } wrong[] = {
		{ { (const uint8_t *)"", 0 }, "empty" },
		{ { (const uint8_t *)"\x6byp-bundle-2", 12 }, "another version" },
		{ { (const uint8_t *)"\x6ayp-bundle-", 11 }, "shorter" },
		{ { (const uint8_t *)"\x6cyp-bundle-11", 13 }, "longer" },
		{ { (const uint8_t *)"\x4byp-bundle-1", 12 }, "bytes, not text" },
		{ { (const uint8_t *)"\x78\x0byp-bundle-1", 13 }, "a length that is not shortest" },
		{ { (const uint8_t *)"yp-bundle-1", 11 }, "no CBOR" },
		{ { (const uint8_t *)"\x6byp-bundle-", 11 }, "cut" },
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		size_t parts;
		if (walk(wrong[i].in, &parts) != ERR_FORMAT)
			fail_msg("opened: %s", wrong[i].why);
	}
}

static void
after_a_failure_there_is_no_next_part(void **state)
{
	(void)state;
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	assert_int_equal(bundle_open(BYTES_LIT("\x6byp-bundle-1" "\x00" "\x41\x00"), &b), OK);
	for (int i = 0; i < 3; i++) {
		assert_false(bundle_next(&b, &token, &typ));
		assert_int_equal(bundle_end(&b), ERR_FORMAT);
	}
}

static void
a_bundle_of_nothing_is_refused_at_its_end(void **state)
{
	(void)state;
	size_t parts;
	assert_int_equal(walk(BYTES_LIT("\x6byp-bundle-1"), &parts), ERR_FORMAT);
}

static void
other_orders_and_other_typs_are_refused(void **state)
{
	(void)state;
	static const struct { enum typ typs[3]; size_t good; enum status st; } rows[] = {
		{ { TYP_TRUST_LIST, TYP_STATUS_LIST, TYP_STATUS_LIST }, 3, OK },
		{ { TYP_TRUST_LIST, TYP_STATUS_LIST, TYP_TRUST_LIST }, 2, ERR_FORMAT },
		{ { TYP_STATUS_LIST, TYP_TRUST_LIST, TYP_STATUS_LIST }, 1, ERR_FORMAT },
		{ { TYP_TRUST_LIST, TYP_CREDENTIAL, TYP_STATUS_LIST }, 1, ERR_FORMAT },
		{ { TYP_PRESENTATION, TYP_TRUST_LIST, TYP_STATUS_LIST }, 0, ERR_FORMAT },
		{ { TYP_TRUST_LIST, TYP_STATUS_LIST, TYP_RECEIPT }, 2, ERR_FORMAT },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t mem[1024];
		size_t parts;
		struct buf out = BUF_OF(mem);
		assert_int_equal(bundle_start(&out), OK);
		for (size_t k = 0; k < 3; k++)
			append(&out, rows[i].typs[k], 0);
		assert_int_equal(walk(buf_view(&out), &parts), rows[i].st);
		assert_int_equal(parts, rows[i].good);
	}
}

static void
every_truncation_inside_a_part_is_refused(void **state)
{
	(void)state;
	uint8_t mem[1024];
	size_t parts, ends[3];
	struct buf out = BUF_OF(mem);
	assert_int_equal(bundle_start(&out), OK);
	ends[0] = out.len;
	append(&out, TYP_TRUST_LIST, 0);
	ends[1] = out.len;
	append(&out, TYP_STATUS_LIST, 0);
	ends[2] = out.len;
	for (size_t n = 0; n <= out.len; n++) {
		enum status want = n == ends[1] || n == ends[2] ? OK : ERR_FORMAT;
		if (walk((struct bytes){ mem, n }, &parts) != want)
			fail_msg("cut to %zu bytes", n);
	}
}

static void
a_part_that_is_no_envelope_ends_the_walk(void **state)
{
	(void)state;
	uint8_t mem[256];
	size_t parts;
	struct buf out = BUF_OF(mem);
	assert_int_equal(bundle_start(&out), OK);
	assert_int_equal(bundle_append(&out, BYTES_LIT("no envelope")), OK);
	assert_int_equal(walk(buf_view(&out), &parts), ERR_FORMAT);
	assert_int_equal(parts, 0);
	out = BUF_OF(mem);
	assert_int_equal(bundle_start(&out), OK);
	mem[out.len++] = 0x00; /* an integer where a byte string belongs */
	assert_int_equal(walk(buf_view(&out), &parts), ERR_FORMAT);
}

static void
parts_are_good_to_the_limit_and_not_one_more(void **state)
{
	(void)state;
	size_t cap = 256 * 1024, parts;
	size_t most = BUNDLE_LISTS_MAX + TRUST_ROOTS_MAX;
	struct buf out = { malloc(cap), cap, 0 };
	assert_non_null(out.ptr);
	assert_int_equal(bundle_start(&out), OK);
	for (size_t i = 0; i < most; i++)
		append(&out, i == 0 ? TYP_TRUST_LIST : TYP_STATUS_LIST, 0);
	assert_int_equal(walk(buf_view(&out), &parts), OK);
	assert_int_equal(parts, most);
	append(&out, TYP_STATUS_LIST, 0);
	assert_int_equal(walk(buf_view(&out), &parts), ERR_LIMIT);
	free(out.ptr);
}

static void
what_does_not_fit_is_not_appended(void **state)
{
	(void)state;
	uint8_t mem[16];
	struct buf out = { mem, 11, 0 };
	assert_int_equal(bundle_start(&out), ERR_LIMIT);
	assert_int_equal(out.len, 0);
	out = BUF_OF(mem);
	assert_int_equal(bundle_start(&out), OK);
	assert_int_equal(bundle_append(&out, BYTES_LIT("1234")), ERR_LIMIT);
	assert_int_equal(out.len, 12);
	assert_int_equal(bundle_append(&out, BYTES_LIT("123")), OK);
	assert_int_equal(out.len, 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_back_in_order_as_they_were_put_in),
		cmocka_unit_test(what_is_no_bundle_does_not_open),
		cmocka_unit_test(after_a_failure_there_is_no_next_part),
		cmocka_unit_test(a_bundle_of_nothing_is_refused_at_its_end),
		cmocka_unit_test(other_orders_and_other_typs_are_refused),
		cmocka_unit_test(every_truncation_inside_a_part_is_refused),
		cmocka_unit_test(a_part_that_is_no_envelope_ends_the_walk),
		cmocka_unit_test(parts_are_good_to_the_limit_and_not_one_more),
		cmocka_unit_test(what_does_not_fit_is_not_appended),
	};
	return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
