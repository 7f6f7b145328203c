/* body -- an enforcement body, as entered and as stored. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "registry/body.h"
#include "registry/tables.h"
#include "tests/unit/support/scratch.h"

static const struct bytes uscc = { (const uint8_t *)"119900000000000001", 18 };
static uint8_t filler[MATTERS_LEN_MAX + 1]; /* letters a; made by main */

static struct body
body_good(void)
{
	return (struct body){ .uscc = uscc, .name = BYTES_LIT("青石县市场监督管理局"), .kind = BODY_STATUTORY, .division = 990102,
		.entries_sequence = 7 };
}

static struct body
body_entrusted(void)
{
	struct body b = body_good();
	b.kind = BODY_ENTRUSTED;
	b.entrusting_uscc = BYTES_LIT("119900000000000002");
	b.entrusting_name = BYTES_LIT("青石县人民政府");
	b.entrusted_from_unix_s = 1800000000;
	b.entrusted_to_unix_s = 1900000000;
	b.matters = BYTES_LIT("食品安全的行政检查");
	b.authority = BYTES_LIT("现场检查、调查取证");
	b.document = BYTES_LIT("委托〔2026〕7号");
	b.published_unix_s = 1799990000;
	b.carried = ACTION_SUSPEND;
	b.standing = (struct standing){ .n = 1, .changes = { { ACTION_SUSPEND, 1850000000, 0, 9 } } };
	return b;
}

static struct body
body_authorised(void)
{
	struct body b = body_good();
	b.kind = BODY_AUTHORISED;
	b.authority = BYTES_LIT("《烟草专卖法》第五条");
	b.serial = 12;
	b.serial_entries_sequence = 6;
	b.succession = 40;
	return b;
}

static enum status
record_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct body b;
	enum status st = body_decode(uscc, enc, &b);
	if (st == OK)
		assert_int_equal(body_encode(&b, out, again), OK);
	return st;
}

static enum status
entries_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct body b;
	enum status st = body_entries_decode(enc, &b);
	if (st == OK)
		assert_int_equal(body_entries_encode(&b, out, again), OK);
	return st;
}

static void
expect_same_entries(const struct body *a, const struct body *b)
{
	assert_true(bytes_eq(a->uscc, b->uscc) && bytes_eq(a->name, b->name));
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->division, b->division);
	assert_true(bytes_eq(a->entrusting_uscc, b->entrusting_uscc) && bytes_eq(a->entrusting_name, b->entrusting_name));
	assert_int_equal(a->entrusted_from_unix_s, b->entrusted_from_unix_s);
	assert_int_equal(a->entrusted_to_unix_s, b->entrusted_to_unix_s);
}

static void
a_body_comes_back_as_it_was_written(void **state)
{
	(void)state;
	uint8_t mem[1024];
	struct bytes enc;
	const struct body bodies[] = { body_good(), body_entrusted(), body_authorised() };
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct body got;
		assert_int_equal(body_encode(&bodies[i], BUF_OF(mem), &enc), OK);
		assert_int_equal(body_decode(uscc, enc, &got), OK);
		expect_same_entries(&bodies[i], &got);
		assert_int_equal(got.entries_sequence, 7);
		assert_int_equal(got.standing.n, bodies[i].standing.n);
		record_is_canonical(record_recode, enc);
		assert_int_equal(enc.ptr[1], i == 2 ? 2 : 1); /* version 2 only where there is more to say */
		record_of_version_is_unsupported(record_recode, enc, 1, 3);
		assert_int_equal(got.serial, bodies[i].serial);
		assert_int_equal(got.serial_entries_sequence, bodies[i].serial_entries_sequence);
		assert_int_equal(got.succession, bodies[i].succession);
		assert_int_equal(body_entries_encode(&bodies[i], BUF_OF(mem), &enc), OK);
		assert_int_equal(body_entries_decode(enc, &got), OK);
		expect_same_entries(&bodies[i], &got);
		assert_int_equal(got.carried, bodies[i].carried);
		assert_true(bytes_eq(got.matters, bodies[i].matters) && bytes_eq(got.authority, bodies[i].authority));
		assert_true(bytes_eq(got.document, bodies[i].document));
		assert_int_equal(got.published_unix_s, bodies[i].published_unix_s);
		record_is_canonical(entries_recode, enc);
		record_of_version_2_is_unsupported(entries_recode, enc, 2);
	}
}

static void
a_body_that_is_not_wellformed_is_not_written(void **state)
{
	(void)state;
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc;
	const struct bytes none = { NULL, 0 }, long_name = { filler, NAME_LEN_MAX + 1 };
	struct { struct body b; const char *why; } cases[] = {
		{ body_good(), "17 characters of code" }, { body_good(), "no name" }, { body_good(), "a name of 193 bytes" },
		{ body_good(), "kind 0" }, { body_good(), "kind 4" }, { body_good(), "a division of 7 digits" },
		{ body_good(), "an entrusting organ, but not entrusted" }, { body_good(), "a term, but not entrusted" },
		{ body_entrusted(), "entrusted by nobody" }, { body_entrusted(), "17 characters of the entrusting code" },
		{ body_entrusted(), "a term that ends as it begins" }, { body_entrusted(), "a term from before 1970" },
		{ body_entrusted(), "carried as revoked" }, { body_entrusted(), "an entrusting name of 193 bytes" },
		{ body_entrusted(), "matters of 769 bytes" }, { body_entrusted(), "an authority of 769 bytes" },
		{ body_entrusted(), "a document of 257 bytes" }, { body_entrusted(), "published before 1970" },
		{ body_good(), "a statutory organ with matters" }, { body_good(), "a statutory organ authorised" },
		{ body_authorised(), "an authorised one with a document" }, { body_authorised(), "an authorised one with a publication" },
	};
	cases[0].b.uscc.len = 17;
	cases[1].b.name = none;
	cases[2].b.name = long_name;
	cases[3].b.kind = (enum body_kind)0;
	cases[4].b.kind = (enum body_kind)4;
	cases[5].b.division = 1000000;
	cases[6].b.entrusting_name = BYTES_LIT("x");
	cases[7].b.entrusted_from_unix_s = 1;
	cases[8].b.entrusting_name = none;
	cases[9].b.entrusting_uscc.len = 17;
	cases[10].b.entrusted_to_unix_s = cases[10].b.entrusted_from_unix_s;
	cases[11].b.entrusted_from_unix_s = -1;
	cases[12].b.carried = ACTION_REVOKE;
	cases[13].b.entrusting_name = long_name;
	cases[14].b.matters = cases[15].b.authority = (struct bytes){ filler, MATTERS_LEN_MAX + 1 };
	cases[16].b.document = (struct bytes){ filler, GROUND_LEN_MAX + 1 };
	cases[17].b.published_unix_s = -1;
	cases[18].b.matters = cases[19].b.authority = cases[20].b.document = BYTES_LIT("x");
	cases[21].b.published_unix_s = 1;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (body_encode(&cases[i].b, BUF_OF(mem), &enc) != ERR_ARGUMENT ||
		    body_entries_encode(&cases[i].b, BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("written: %s", cases[i].why);
	struct body at_limit = body_entrusted();
	at_limit.name.ptr = at_limit.entrusting_name.ptr = filler;
	at_limit.name.len = at_limit.entrusting_name.len = NAME_LEN_MAX;
	at_limit.matters = at_limit.authority = (struct bytes){ filler, MATTERS_LEN_MAX };
	at_limit.document = (struct bytes){ filler, GROUND_LEN_MAX };
	at_limit.division = 999999;
	at_limit.entrusting_uscc = none;
	assert_int_equal(body_encode(&at_limit, BUF_OF(mem), &enc), OK);
	record_is_canonical(record_recode, enc);
	assert_int_equal(body_entries_encode(&at_limit, BUF_OF(mem), &enc), OK);
	record_is_canonical(entries_recode, enc);
}

/* The least entries: version, code, name, kind; and one pair more. */
static enum status
entries_with(int64_t key, bool is_text, uint64_t value)
{
	uint8_t mem[256], out[256];
	struct bytes enc, again;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_map(&w, key >= 0 ? 5 : 4);
	cbor_write_int(&w, 0);
	cbor_write_uint(&w, 1);
	cbor_write_int(&w, 1);
	cbor_write_text(&w, uscc);
	cbor_write_int(&w, 2);
	cbor_write_text(&w, BYTES_LIT("n"));
	cbor_write_int(&w, 3);
	cbor_write_uint(&w, BODY_STATUTORY);
	if (key >= 0)
		cbor_write_int(&w, key);
	if (key >= 0 && is_text)
		cbor_write_text(&w, BYTES_LIT(""));
	else if (key >= 0)
		cbor_write_uint(&w, value);
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	return entries_recode(enc, BUF_OF(out), &again);
}

static void
what_is_absent_is_not_written_as_empty_and_nothing_unknown_is_read(void **state)
{
	(void)state;
	assert_int_equal(entries_with(-1, false, 0), OK);
	assert_int_equal(entries_with(4, false, 99), OK);
	assert_int_equal(entries_with(4, false, 0), ERR_FORMAT);
	assert_int_equal(entries_with(4, false, 1000000), ERR_FORMAT);
	assert_int_equal(entries_with(4, false, (1ull << 32) + 99), ERR_FORMAT);
	assert_int_equal(entries_with(5, true, 0), ERR_FORMAT);
	assert_int_equal(entries_with(6, true, 0), ERR_FORMAT);
	assert_int_equal(entries_with(7, false, 0), ERR_FORMAT);
	assert_int_equal(entries_with(8, false, 0), ERR_FORMAT);
	assert_int_equal(entries_with(9, false, ACTION_CANCEL), OK);
	assert_int_equal(entries_with(9, false, ACTION_NONE), ERR_FORMAT);
	assert_int_equal(entries_with(9, false, ACTION_REVOKE), ERR_FORMAT);
	assert_int_equal(entries_with(9, false, ACTION_REPLACE + 1), ERR_UNSUPPORTED);
	for (int64_t key = 10; key <= 12; key++)
		assert_int_equal(entries_with(key, true, 0), ERR_FORMAT);
	assert_int_equal(entries_with(13, false, 0), ERR_FORMAT);
	assert_int_equal(entries_with(13, false, 1800000000), ERR_FORMAT); /* of a statutory organ */
	assert_int_equal(entries_with(14, false, 1), ERR_UNSUPPORTED);
}

static void
a_record_of_version_2_says_more_or_is_not_written(void **state)
{
	(void)state;
	uint8_t mem[1024], out[1024];
	struct bytes enc, again;
	struct body b = body_authorised();
	b.serial = b.serial_entries_sequence = 0;
	b.succession = 23; /* the last item, one byte */
	assert_int_equal(body_encode(&b, BUF_OF(mem), &enc), OK);
	mem[enc.len - 1] = 0;
	assert_int_equal(record_recode(enc, BUF_OF(out), &again), ERR_FORMAT); /* nothing that version 1 could not say */
	mem[enc.len - 2] = 1; /* entries of a credential, and no credential */
	assert_int_equal(record_recode(enc, BUF_OF(out), &again), ERR_FORMAT);
	b.serial = 1;
	assert_int_equal(body_encode(&b, BUF_OF(mem), &enc), ERR_ARGUMENT);
}

static void
bodies_are_found_by_their_code(void **state)
{
	static const struct secret key = { "a key for tests" };
	uint8_t mem[1024];
	struct store *s = NULL;
	struct txn t;
	struct bytes enc;
	struct body b = body_entrusted(), got;
	assert_int_equal(store_open(*state, table_names, TABLE_COUNT, STORE_CREATE, PROFILE_INTL, &key, &s, NULL), OK);
	assert_int_equal(body_encode(&b, BUF_OF(mem), &enc), OK);
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, TABLE_BODY, uscc, enc);
	txn_put(&t, TABLE_BODY, BYTES_LIT("119900000000000003"), (struct bytes){ enc.ptr, enc.len - 1 });
	assert_int_equal(txn_commit(&t), OK);
	assert_int_equal(txn_begin_read(s, &t), OK);
	assert_int_equal(body_get(&t, uscc, &got), OK);
	expect_same_entries(&b, &got);
	assert_int_equal(body_get(&t, BYTES_LIT("119900000000000002"), &got), ERR_NOT_FOUND);
	assert_int_equal(body_get(&t, BYTES_LIT(""), &got), ERR_NOT_FOUND);
	assert_int_equal(body_get(&t, BYTES_LIT("119900000000000003"), &got), ERR_FORMAT);
	txn_end(&t);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_comes_back_as_it_was_written),
		cmocka_unit_test(a_body_that_is_not_wellformed_is_not_written),
		cmocka_unit_test(what_is_absent_is_not_written_as_empty_and_nothing_unknown_is_read),
		cmocka_unit_test(a_record_of_version_2_says_more_or_is_not_written),
		cmocka_unit_test_setup_teardown(bodies_are_found_by_their_code, scratch_make, scratch_clear),
	};
	memset(filler, 'a', sizeof(filler));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
