/* person -- the person under every certificate. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/person.h"
#include "tests/unit/support/scratch.h"

static const struct bytes id = { (const uint8_t *)"\1\2\3\4\5\6\7\10", PERSON_ID_LEN };

static enum status
person_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct person p;
	enum status st = person_decode(id, enc, &p);
	if (st == OK)
		assert_int_equal(person_encode(&p, out, again), OK);
	return st;
}

static void
a_person_comes_back_as_it_was_written(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct person p = { .holder_id = { 0, 216000, 0, UINT64_MAX }, .ban_until_unix_s = 1900000000,
		.standing = { .n = 2, .changes = { { ACTION_SUSPEND, 5, 9, 1 }, { ACTION_CANCEL, 7, 0, 2 } } } }, got;
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(person_decode(id, enc, &got), OK);
	assert_memory_equal(got.id, id.ptr, PERSON_ID_LEN);
	assert_memory_equal(got.holder_id, p.holder_id, sizeof(p.holder_id));
	assert_int_equal(got.ban_until_unix_s, p.ban_until_unix_s);
	assert_int_equal(got.standing.n, 2);
	assert_int_equal(got.standing.changes[0].end_unix_s, 9);
	assert_int_equal(got.standing.changes[1].action, ACTION_CANCEL);
	record_is_canonical(person_recode, enc);
	mem[1] = 4;
	assert_int_equal(person_decode(id, enc, &got), ERR_UNSUPPORTED);
}

static void
a_ministry_certificate_makes_it_version_2_and_nothing_else_does(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct person p = { .holder_id = { 0, 1, 0, 0, 0, 7 } }, got;
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(mem[1], 2);
	assert_int_equal(person_decode(id, enc, &got), OK);
	assert_memory_equal(got.holder_id, p.holder_id, sizeof(p.holder_id));
	record_is_canonical(person_recode, enc);
	mem[5] = 0; /* the ministry's holder id: none would have been version 1 */
	assert_int_equal(person_decode(id, enc, &got), ERR_FORMAT);
	mem[1] = 1;
	assert_int_not_equal(person_decode(id, enc, &got), OK);
}

static void
only_a_person_whose_sealed_data_were_erased_has_a_record_of_version_3(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct person p = { .holder_id = { 0, 1, 0, 0 }, .erased_sequence = 77 }, got;
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(mem[1], 3);
	assert_int_equal(person_decode(id, enc, &got), OK);
	assert_int_equal(got.erased_sequence, 77);
	record_is_canonical(person_recode, enc);
	mem[1] = 1; /* more items than version 1 has */
	assert_int_not_equal(person_decode(id, enc, &got), OK);
	p.erased_sequence = 0;
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(mem[1], 1);
	mem[1] = 3; /* and fewer than version 3 */
	assert_int_not_equal(person_decode(id, enc, &got), OK);
}

static void
a_person_in_good_standing_takes_at_most_46_bytes(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct person p = { .holder_id = { 0, UINT32_MAX, UINT32_MAX, UINT32_MAX } };
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), OK);
	assert_in_range(enc.len + CHECK_LEN, 1, 46);
}

static void
a_ban_from_before_1970_or_an_id_of_another_length_is_refused(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct person p = { .ban_until_unix_s = -1 }, got;
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), ERR_ARGUMENT);
	p.ban_until_unix_s = 0;
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(person_decode((struct bytes){ id.ptr, 7 }, enc, &got), ERR_FORMAT);
	mem[5] = 0x20; /* the ban: -1 */
	assert_int_equal(person_decode(id, enc, &got), ERR_FORMAT);
}

static void
persons_are_found_by_their_id(void **state)
{
	static const struct secret key = { "a key for tests" };
	uint8_t mem[256];
	struct store *s = NULL;
	struct txn t;
	struct bytes enc;
	struct person p = { .holder_id = { 0, 1, 2, 3 } }, got;
	assert_int_equal(store_open(*state, table_names, TABLE_COUNT, STORE_CREATE, PROFILE_GM, &key, &s, NULL), OK);
	assert_int_equal(person_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(txn_begin_write(s, &t), OK);
	txn_put(&t, TABLE_PERSON, id, enc);
	assert_int_equal(person_get(&t, id, &got), OK);
	assert_int_equal(got.holder_id[KIND_MODERATOR], 3);
	assert_int_equal(person_get(&t, BYTES_LIT("\1\2\3\4\5\6\7\11"), &got), ERR_NOT_FOUND);
	txn_end(&t);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_comes_back_as_it_was_written),
		cmocka_unit_test(a_ministry_certificate_makes_it_version_2_and_nothing_else_does),
		cmocka_unit_test(only_a_person_whose_sealed_data_were_erased_has_a_record_of_version_3),
		cmocka_unit_test(a_person_in_good_standing_takes_at_most_46_bytes),
		cmocka_unit_test(a_ban_from_before_1970_or_an_id_of_another_length_is_refused),
		cmocka_unit_test_setup_teardown(persons_are_found_by_their_id, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
