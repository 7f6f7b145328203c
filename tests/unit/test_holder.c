/* holder -- one certificate held by one person, its record and its entries. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/event.h"
#include "registry/holder.h"
#include "tests/unit/support/scratch.h"

static const struct bytes person = { (const uint8_t *)"\1\2\3\4\5\6\7\10", PERSON_ID_LEN };
static const struct bytes device = { (const uint8_t *)"\2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", DEVICE_POINT_LEN };
static const struct bytes portrait = { (const uint8_t *)"0123456789abcdef", PORTRAIT_DIGEST_LEN };
static uint8_t filler[GROUND_LEN_MAX + 1]; /* letters a; made by main */

static struct holder
holder_good(void)
{
	return (struct holder){ .id = 5, .kind = KIND_ENFORCEMENT, .person_id = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.uscc = BYTES_LIT("119900000000000001"), .number = BYTES_LIT("15000000007"), .entries_sequence = 1000000,
		.serial = 216000, .serial_entries_sequence = 1000000 };
}

static struct entries
entries_full(void)
{
	return (struct entries){ .kind = KIND_MODERATOR, .name = BYTES_LIT("林墨"), .uscc = BYTES_LIT("119900000000000001"),
		.post = BYTES_LIT("四级调研员"), .number = BYTES_LIT("15000000007"), .remarks = BYTES_LIT("备注"), .sex = 2,
		.staff = STAFF_INSTITUTION, .fields_n = 3, .fields = { 1, 7, 255 }, .jurisdiction = 370102,
		.issued_on = { 2024, 1, 5 }, .valid_until = { 2029, 1, 4 }, .trained_on = { 2023, 2, 28 }, .examined_on = { 2024, 2, 29 },
		.carried = ACTION_WITHDRAW, .device = device, .policy = POLICY_LIVE, .portrait = portrait };
}

static struct entries
entries_least(void)
{
	return (struct entries){ .kind = KIND_ENFORCEMENT, .name = BYTES_LIT("n"), .uscc = BYTES_LIT("119900000000000001"),
		.jurisdiction = 37 };
}

static enum status
holder_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct holder h;
	enum status st = holder_decode(5, enc, &h);
	if (st == OK)
		assert_int_equal(holder_encode(&h, out, again), OK);
	return st;
}

static enum status
entries_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct entries e;
	struct bytes person_id;
	uint64_t holder_id = 0;
	enum status st = entries_decode(enc, &holder_id, &person_id, &e);
	if (st == OK)
		assert_int_equal(entries_encode(&e, holder_id, person_id, out, again), OK);
	return st;
}

/* ---- the record ---- */

static void
a_holder_comes_back_as_it_was_written(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct bytes enc;
	struct holder h = holder_good(), got;
	h.standing = (struct standing){ .n = 1, .changes = { { ACTION_REVOKE, 1800000000, 0, 12 } } };
	assert_int_equal(holder_encode(&h, BUF_OF(mem), &enc), OK);
	assert_int_equal(holder_decode(5, enc, &got), OK);
	assert_int_equal(got.id, 5);
	assert_int_equal(got.kind, KIND_ENFORCEMENT);
	assert_memory_equal(got.person_id, h.person_id, PERSON_ID_LEN);
	assert_true(bytes_eq(got.uscc, h.uscc) && bytes_eq(got.number, h.number));
	assert_int_equal(got.entries_sequence, 1000000);
	assert_int_equal(got.serial, 216000);
	assert_int_equal(got.serial_entries_sequence, 1000000);
	assert_int_equal(got.standing.changes[0].action, ACTION_REVOKE);
	record_is_canonical(holder_recode, enc);
	record_of_version_2_is_unsupported(holder_recode, enc, 1);
}

static void
a_holder_in_good_standing_takes_at_most_75_bytes(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct bytes enc;
	struct holder h = holder_good();
	assert_int_equal(holder_encode(&h, BUF_OF(mem), &enc), OK);
	assert_in_range(enc.len + CHECK_LEN, 1, 75);
}

static void
a_holder_that_is_not_wellformed_is_not_written(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct bytes enc;
	struct holder h[6];
	for (size_t i = 0; i < COUNT(h); i++)
		h[i] = holder_good();
	h[0].kind = (enum credential_kind)0;
	h[1].kind = KIND_BODY;
	h[2].uscc.len = 17;
	h[3].number = (struct bytes){ filler, NUMBER_LEN_MAX + 1 };
	h[4].entries_sequence = 0;
	for (size_t i = 0; i < 5; i++)
		if (holder_encode(&h[i], BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("case %zu was written", i);
	h[5].number = (struct bytes){ filler, NUMBER_LEN_MAX };
	assert_int_equal(holder_encode(&h[5], BUF_OF(mem), &enc), OK);
	record_is_canonical(holder_recode, enc);
	h[5].number.len = 0;
	h[5].serial = h[5].serial_entries_sequence = 0;
	assert_int_equal(holder_encode(&h[5], BUF_OF(mem), &enc), OK);
	record_is_canonical(holder_recode, enc);
}

/* ---- the entries ---- */

static void
entries_come_back_as_they_were_written(void **state)
{
	(void)state;
	uint8_t mem[1024];
	struct bytes enc, person_id;
	struct entries e = entries_full(), got;
	uint64_t holder_id = 0;
	assert_int_equal(entries_encode(&e, 5, person, BUF_OF(mem), &enc), OK);
	assert_int_equal(entries_decode(enc, &holder_id, &person_id, &got), OK);
	assert_int_equal(holder_id, 5);
	assert_true(bytes_eq(person_id, person));
	assert_true(bytes_eq(got.name, e.name) && bytes_eq(got.uscc, e.uscc) && bytes_eq(got.post, e.post));
	assert_true(bytes_eq(got.number, e.number) && bytes_eq(got.remarks, e.remarks));
	assert_int_equal(got.kind, e.kind);
	assert_int_equal(got.sex, 2);
	assert_int_equal(got.staff, STAFF_INSTITUTION);
	assert_int_equal(got.fields_n, 3);
	assert_memory_equal(got.fields, e.fields, sizeof(e.fields));
	assert_int_equal(got.jurisdiction, 370102);
	assert_int_equal(date_cmp(got.issued_on, e.issued_on), 0);
	assert_int_equal(date_cmp(got.valid_until, e.valid_until), 0);
	assert_int_equal(date_cmp(got.trained_on, e.trained_on), 0);
	assert_int_equal(date_cmp(got.examined_on, e.examined_on), 0);
	assert_int_equal(got.carried, ACTION_WITHDRAW);
	assert_true(bytes_eq(got.device, device) && bytes_eq(got.portrait, portrait));
	assert_int_equal(got.policy, POLICY_LIVE);
}

static void
entries_have_one_encoding_and_one_version(void **state)
{
	(void)state;
	uint8_t mem[1024];
	struct bytes enc;
	const struct entries all[] = { entries_full(), entries_least() };
	for (size_t i = 0; i < COUNT(all); i++) {
		assert_int_equal(entries_encode(&all[i], 5, person, BUF_OF(mem), &enc), OK);
		record_is_canonical(entries_recode, enc);
		record_of_version_2_is_unsupported(entries_recode, enc, 2);
	}
}

static void
entries_that_are_not_wellformed_are_not_written(void **state)
{
	(void)state;
	uint8_t mem[2048];
	struct bytes enc;
	struct { struct entries e; const char *why; } cases[27];
	for (size_t i = 0; i < COUNT(cases); i++)
		cases[i].e = entries_full();
	size_t n = 0;
#define CASE(reason) struct entries *e = &cases[n].e; cases[n++].why = reason
	{ CASE("kind 0"); e->kind = (enum credential_kind)0; }
	{ CASE("a body's kind"); e->kind = KIND_BODY; }
	{ CASE("no name"); e->name.len = 0; }
	{ CASE("a name of 193 bytes"); e->name = (struct bytes){ filler, NAME_LEN_MAX + 1 }; }
	{ CASE("17 characters of code"); e->uscc.len = 17; }
	{ CASE("a post of 97 bytes"); e->post = (struct bytes){ filler, POST_LEN_MAX + 1 }; }
	{ CASE("a number of 33"); e->number = (struct bytes){ filler, NUMBER_LEN_MAX + 1 }; }
	{ CASE("remarks of 257"); e->remarks = (struct bytes){ filler, GROUND_LEN_MAX + 1 }; }
	{ CASE("sex 3"); e->sex = 3; }
	{ CASE("staff 4"); e->staff = (enum staff)4; }
	{ CASE("17 fields"); e->fields_n = FIELDS_MAX + 1; }
	{ CASE("field 0"); e->fields[0] = 0; }
	{ CASE("a field twice"); e->fields[1] = 1; }
	{ CASE("fields falling"); e->fields[2] = 6; }
	{ CASE("no jurisdiction"); e->jurisdiction = 0; }
	{ CASE("a jurisdiction of 3 digits"); e->jurisdiction = 370; }
	{ CASE("issued on no date"); e->issued_on.day = 32; }
	{ CASE("valid until 1899"); e->valid_until.year = 1899; }
	{ CASE("trained on 29 February of 2023"); e->trained_on.day = 29; }
	{ CASE("carried as reinstated"); e->carried = ACTION_REINSTATE; }
	{ CASE("carried as replaced"); e->carried = ACTION_REPLACE; }
	{ CASE("a device of 32 bytes"); e->device.len = 32; }
	{ CASE("a device that is no compressed point"); e->device.ptr = filler; }
	{ CASE("to be shown live without a device"); e->device.len = 0; }
	{ CASE("policy 2"); e->policy = 2; }
	{ CASE("a portrait digest of 15 bytes"); e->portrait.len = 15; }
	{ CASE("a portrait digest of 17 bytes"); e->portrait = (struct bytes){ filler, 17 }; }
#undef CASE
	assert_int_equal(n, COUNT(cases));
	for (size_t i = 0; i < n; i++)
		if (entries_encode(&cases[i].e, 5, person, BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("written: %s", cases[i].why);
	struct entries good = entries_full();
	assert_int_equal(entries_encode(&good, 0, person, BUF_OF(mem), &enc), ERR_ARGUMENT);
	assert_int_equal(entries_encode(&good, 5, (struct bytes){ person.ptr, 7 }, BUF_OF(mem), &enc), ERR_ARGUMENT);
}

static void
entries_at_every_limit_are_written(void **state)
{
	(void)state;
	uint8_t mem[2048];
	struct bytes enc;
	struct entries e = entries_full();
	e.name = (struct bytes){ filler, NAME_LEN_MAX };
	e.post = (struct bytes){ filler, POST_LEN_MAX };
	e.number = (struct bytes){ filler, NUMBER_LEN_MAX };
	e.remarks = (struct bytes){ filler, GROUND_LEN_MAX };
	e.fields_n = FIELDS_MAX;
	for (size_t i = 0; i < FIELDS_MAX; i++)
		e.fields[i] = (uint8_t)(240 + i);
	e.issued_on = (struct date){ 1900, 1, 1 };
	e.valid_until = (struct date){ 9999, 12, 31 };
	assert_int_equal(entries_encode(&e, UINT64_MAX, person, BUF_OF(mem), &enc), OK);
	record_is_canonical(entries_recode, enc);
}

static void
what_is_attached_may_be_there_each_without_the_other(void **state)
{
	(void)state;
	uint8_t mem[1024];
	struct bytes enc;
	struct entries all[] = { entries_least(), entries_least(), entries_least() };
	all[0].device = all[1].device = device;
	all[1].policy = POLICY_LIVE;
	all[2].portrait = portrait;
	for (size_t i = 0; i < COUNT(all); i++) {
		assert_int_equal(entries_encode(&all[i], 5, person, BUF_OF(mem), &enc), OK);
		record_is_canonical(entries_recode, enc);
	}
}

/* The least entries and one pair more, of an integer. */
static enum status
entries_with(int64_t key, uint64_t value)
{
	uint8_t mem[256], out[256];
	struct bytes enc, again;
	bool before_jurisdiction = key < 10, written = false;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_map(&w, 8);
	for (int64_t k = 0; k <= 30; k++) {
		bool extra = k == key;
		written = written || extra;
		if (!extra && k != 0 && k != 1 && k != 2 && k != 3 && k != 4 && k != 6 && k != 10)
			continue;
		cbor_write_int(&w, k);
		if (extra)
			cbor_write_uint(&w, value);
		else if (k == 2)
			cbor_write_bytes(&w, person);
		else if (k == 4 || k == 6)
			cbor_write_text(&w, k == 4 ? BYTES_LIT("n") : BYTES_LIT("119900000000000001"));
		else
			cbor_write_uint(&w, k == 10 ? 37 : 1);
	}
	assert_true(written && (before_jurisdiction || key > 10));
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	return entries_recode(enc, BUF_OF(out), &again);
}

static void
what_is_absent_is_not_written_as_empty_and_nothing_unknown_is_read(void **state)
{
	(void)state;
	static const struct { int64_t key; uint64_t value; enum status want; const char *why; } cases[] = {
		{ 5, 1, OK, "male" }, { 5, 0, ERR_FORMAT, "sex not given, yet there" }, { 5, 3, ERR_UNSUPPORTED, "sex 3" },
		{ 8, 3, OK, "institution" }, { 8, 0, ERR_FORMAT, "staff unknown, yet there" }, { 8, 4, ERR_UNSUPPORTED, "staff 4" },
		{ 12, 20240105, OK, "a date" }, { 12, 0, ERR_FORMAT, "no date, yet there" }, { 12, 20241301, ERR_FORMAT, "month 13" },
		{ 12, 105, ERR_FORMAT, "year 0" }, { 12, 18991231, ERR_FORMAT, "1899" }, { 12, 99991231, OK, "the last date" },
		{ 12, 99991232, ERR_FORMAT, "beyond it" }, { 12, 100000101, ERR_FORMAT, "year 10000" },
		{ 12, 1ull << 32 | 20240105, ERR_UNSUPPORTED, "a date beyond 32 bits" },
		{ 14, ACTION_SUSPEND, OK, "carried as suspended" }, { 14, 0, ERR_FORMAT, "carried as none" },
		{ 14, ACTION_REINSTATE, ERR_FORMAT, "carried as reinstated" }, { 14, ACTION_REPLACE, ERR_FORMAT, "carried as replaced" },
		{ 14, ACTION_REPLACE + 1, ERR_UNSUPPORTED, "carried as something new" }, { 18, 1, ERR_FORMAT, "a number for a device" },
		{ 19, 1, ERR_FORMAT, "to be shown live without a device" }, { 19, 0, ERR_FORMAT, "a static policy, yet there" },
		{ 19, 2, ERR_UNSUPPORTED, "policy 2" }, { 20, 1, ERR_FORMAT, "a number for a portrait" }, { 21, OCCASION_MOVED, OK, "moved" },
		{ 21, 0, ERR_FORMAT, "no occasion, yet there" }, { 21, OCCASION_MOVED + 1, ERR_UNSUPPORTED, "an occasion that is not known" },
		{ 22, 1, ERR_FORMAT, "a number for a ground" }, { 26, 20240105, OK, "first issued" }, { 26, 20241301, ERR_FORMAT, "in month 13" },
		{ 27, 20240105, ERR_FORMAT, "renewed on a day without an end" }, { 28, 20240105, ERR_FORMAT, "renewed until without a day" },
		{ 29, 1, ERR_FORMAT, "a number for a ministry" },
		{ 30, 1, ERR_UNSUPPORTED, "key 30" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum status st = entries_with(cases[i].key, cases[i].value);
		if (st != cases[i].want)
			fail_msg("%s: %d", cases[i].why, (int)st);
	}
}

/* ---- in the register ---- */

static void
put_event(struct txn *t, uint64_t sequence, enum event_kind kind, struct bytes payload)
{
	static const uint8_t zero[32];
	uint8_t mem[1024];
	struct bytes enc;
	struct event e = { .sequence = sequence, .kind = kind, .operator = BYTES_LIT("o"), .salt = { zero, 16 }, .previous = { zero, 32 },
		.payload = payload };
	struct key64 key = key64(sequence);
	assert_int_equal(event_encode(&e, BUF_OF(mem), &enc), OK);
	txn_put(t, TABLE_EVENT, key64_view(&key), enc);
}

static void
put_holder(struct txn *t, const struct holder *h)
{
	uint8_t mem[512];
	struct bytes enc;
	struct key64 key = key64(h->id);
	assert_int_equal(holder_encode(h, BUF_OF(mem), &enc), OK);
	txn_put(t, TABLE_HOLDER, key64_view(&key), enc);
	txn_put(t, TABLE_NUMBER, h->number, key64_view(&key));
}

static void
holders_are_found_by_id_and_number_and_their_entries_by_sequence(void **state)
{
	static const struct secret key = { "a key for tests" };
	uint8_t mem[1024];
	struct store *s = NULL;
	struct txn t;
	struct bytes payload;
	struct entries e = entries_full(), entries;
	struct holder h = holder_good(), got;
	assert_int_equal(store_open(*state, table_names, TABLE_COUNT, STORE_CREATE, PROFILE_INTL, &key, &s, NULL), OK);
	assert_int_equal(txn_begin_write(s, &t), OK);
	assert_int_equal(entries_encode(&e, 5, person, BUF_OF(mem), &payload), OK);
	put_event(&t, 1000000, EVENT_HOLDER_ENTERED, payload);
	put_holder(&t, &h);
	assert_int_equal(holder_get(&t, 5, &got), OK);
	assert_int_equal(holder_get(&t, 6, &got), ERR_NOT_FOUND);
	assert_int_equal(holder_by_number(&t, BYTES_LIT("15000000007"), &got), OK);
	assert_int_equal(got.id, 5);
	assert_int_equal(holder_by_number(&t, BYTES_LIT("15000000008"), &got), ERR_NOT_FOUND);
	assert_int_equal(holder_by_number(&t, BYTES_LIT(""), &got), ERR_NOT_FOUND);
	assert_int_equal(holder_by_number(&t, (struct bytes){ filler, NUMBER_LEN_MAX + 1 }, &got), ERR_NOT_FOUND);
	assert_int_equal(holder_entries(&t, &got, &entries), OK);
	assert_true(bytes_eq(entries.name, e.name));
	txn_end(&t);
	store_close(s);
}

static void
a_record_that_points_at_nothing_or_at_something_else_is_damage(void **state)
{
	static const struct secret key = { "a key for tests" };
	uint8_t mem[1024];
	struct store *s = NULL;
	struct txn t;
	struct bytes payload;
	struct entries e = entries_full(), entries;
	struct holder h = holder_good(), got;
	struct key64 nowhere = key64(77);
	assert_int_equal(store_open(*state, table_names, TABLE_COUNT, STORE_CREATE, PROFILE_INTL, &key, &s, NULL), OK);
	assert_int_equal(txn_begin_write(s, &t), OK);
	put_holder(&t, &h);
	txn_put(&t, TABLE_NUMBER, BYTES_LIT("dangling"), key64_view(&nowhere));
	txn_put(&t, TABLE_NUMBER, BYTES_LIT("7 bytes"), BYTES_LIT("1234567"));
	assert_int_equal(holder_by_number(&t, BYTES_LIT("dangling"), &got), ERR_DAMAGED);
	assert_int_equal(holder_by_number(&t, BYTES_LIT("7 bytes"), &got), ERR_DAMAGED);
	assert_int_equal(holder_entries(&t, &h, &entries), ERR_DAMAGED); /* no such event */
	assert_int_equal(entries_encode(&e, 6, person, BUF_OF(mem), &payload), OK);
	put_event(&t, 1000000, EVENT_HOLDER_ENTERED, payload);
	assert_int_equal(holder_entries(&t, &h, &entries), ERR_DAMAGED); /* another holder's */
	assert_int_equal(entries_encode(&e, 5, person, BUF_OF(mem), &payload), OK);
	put_event(&t, 1000000, EVENT_BODY_ENTERED, payload);
	assert_int_equal(holder_entries(&t, &h, &entries), ERR_DAMAGED); /* an event of another kind */
	put_event(&t, 1000000, EVENT_HOLDER_ENTERED, payload);
	assert_int_equal(holder_entries(&t, &h, &entries), OK);
	txn_end(&t);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_holder_comes_back_as_it_was_written),
		cmocka_unit_test(a_holder_in_good_standing_takes_at_most_75_bytes),
		cmocka_unit_test(a_holder_that_is_not_wellformed_is_not_written),
		cmocka_unit_test(entries_come_back_as_they_were_written),
		cmocka_unit_test(entries_have_one_encoding_and_one_version),
		cmocka_unit_test(entries_that_are_not_wellformed_are_not_written),
		cmocka_unit_test(entries_at_every_limit_are_written),
		cmocka_unit_test(what_is_attached_may_be_there_each_without_the_other),
		cmocka_unit_test(what_is_absent_is_not_written_as_empty_and_nothing_unknown_is_read),
		cmocka_unit_test_setup_teardown(holders_are_found_by_id_and_number_and_their_entries_by_sequence, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_record_that_points_at_nothing_or_at_something_else_is_damage, scratch_make, scratch_clear),
	};
	memset(filler, 'a', sizeof(filler));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
