/* issued -- a credential's record, its token, and its place in the status lists. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/event.h"
#include "registry/issued.h"
#include "tests/unit/support/scratch.h"

static const struct bytes token = { (const uint8_t *)"a token, as it was signed", 25 };

static enum status
issued_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct issued c;
	enum status st = issued_decode(3, enc, &c);
	if (st == OK)
		assert_int_equal(issued_encode(&c, out, again), OK);
	return st;
}

static enum status
payload_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct issue_payload p;
	enum status st = issue_payload_decode(enc, &p);
	if (st == OK)
		assert_int_equal(issue_payload_encode(&p, out, again), OK);
	return st;
}

static struct issue_payload
payload_good(void)
{
	return (struct issue_payload){ .serial = 3, .holder_id = 5, .entries_sequence = 2, .number = BYTES_LIT("15000000007"), .token = token };
}

static void
a_credential_record_comes_back_as_it_was_written(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct issued c = { .serial = 3, .holder_id = 5, .sequence = 9, .exp_unix_s = 1900000000 }, got;
	for (int replaced = 0; replaced < 2; replaced++) {
		c.standing = (struct standing){ .n = (size_t)replaced, .changes = { { ACTION_REPLACE, 1800000000, 0, 11 } } };
		assert_int_equal(issued_encode(&c, BUF_OF(mem), &enc), OK);
		assert_int_equal(issued_decode(3, enc, &got), OK);
		assert_true(got.serial == 3 && got.holder_id == 5 && got.sequence == 9 && got.exp_unix_s == 1900000000);
		assert_int_equal(got.standing.n, replaced);
		record_is_canonical(issued_recode, enc);
		record_of_version_is_unsupported(issued_recode, enc, 1, 3);
	}
}

static void
a_body_s_own_credential_names_its_code_in_place_of_a_holder(void **state)
{
	(void)state;
	uint8_t mem[256], out[256];
	struct bytes enc, again;
	struct issued c = { .serial = 3, .sequence = 9, .exp_unix_s = 1900000000 }, got;
	memcpy(c.uscc, "11370102MB00000013", USCC_LEN);
	assert_int_equal(issued_encode(&c, BUF_OF(mem), &enc), OK);
	assert_int_equal(enc.ptr[1], 2);
	assert_int_equal(issued_decode(3, enc, &got), OK);
	assert_int_equal(got.holder_id, 0);
	assert_memory_equal(got.uscc, c.uscc, USCC_LEN);
	record_is_canonical(issued_recode, enc);
	record_of_version_is_unsupported(issued_recode, enc, 1, 3);
	mem[1] = 1; /* a code where version 1 has a holder */
	assert_int_equal(issued_recode(enc, BUF_OF(out), &again), ERR_FORMAT);
	c.holder_id = 5;
	assert_int_equal(issued_encode(&c, BUF_OF(mem), &enc), ERR_ARGUMENT);

	struct issue_payload p = { .serial = 3, .entries_sequence = 2, .uscc = BYTES_LIT("11370102MB00000013"), .token = token }, back;
	assert_int_equal(issue_payload_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(issue_payload_decode(enc, &back), OK);
	assert_true(bytes_eq(back.uscc, p.uscc) && back.holder_id == 0 && back.number.len == 0);
	record_is_canonical(payload_recode, enc);
	record_of_version_2_is_unsupported(payload_recode, enc, 2);
	struct issue_payload wrong[] = { p, p, p, p };
	wrong[0].uscc.len = 17;
	wrong[1].number = BYTES_LIT("15000000007");
	wrong[2].next_number = 8;
	wrong[3].holder_id = 5;
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (issue_payload_encode(&wrong[i], BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("case %zu was written", i);
}

static void
a_credential_record_without_serial_holder_event_or_end_is_refused(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	const struct issued wrong[] = {
		{ .serial = 0, .holder_id = 5, .sequence = 9, .exp_unix_s = 1 }, { .serial = 3, .holder_id = 0, .sequence = 9, .exp_unix_s = 1 },
		{ .serial = 3, .holder_id = 5, .sequence = 0, .exp_unix_s = 1 }, { .serial = 3, .holder_id = 5, .sequence = 9, .exp_unix_s = 0 },
	};
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(issued_encode(&wrong[i], BUF_OF(mem), &enc), ERR_ARGUMENT);
	struct issued good = { .serial = 3, .holder_id = 5, .sequence = 9, .exp_unix_s = 1 }, got;
	assert_int_equal(issued_encode(&good, BUF_OF(mem), &enc), OK);
	assert_int_equal(issued_decode(0, enc, &got), ERR_FORMAT);
}

static void
the_event_of_issue_has_one_encoding(void **state)
{
	(void)state;
	static uint8_t long_token[TOKEN_LEN_MAX + 1], mem[TOKEN_LEN_MAX + 256];
	struct bytes enc;
	struct issue_payload p = payload_good(), got;
	assert_int_equal(issue_payload_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(issue_payload_decode(enc, &got), OK);
	assert_true(got.serial == 3 && got.holder_id == 5 && got.entries_sequence == 2);
	assert_true(bytes_eq(got.number, p.number) && bytes_eq(got.token, token));
	record_is_canonical(payload_recode, enc);
	record_of_version_2_is_unsupported(payload_recode, enc, 2);
	p.token = (struct bytes){ long_token, TOKEN_LEN_MAX };
	assert_int_equal(issue_payload_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(issue_payload_decode(enc, &got), OK);
	struct issue_payload wrong[7];
	for (size_t i = 0; i < COUNT(wrong); i++)
		wrong[i] = payload_good();
	wrong[0].serial = 0;
	wrong[1].holder_id = 0;
	wrong[2].entries_sequence = 0;
	wrong[3].number.len = 0;
	wrong[4].number = (struct bytes){ long_token, NUMBER_LEN_MAX + 1 };
	wrong[5].token.len = 0;
	wrong[6].token = (struct bytes){ long_token, TOKEN_LEN_MAX + 1 };
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (issue_payload_encode(&wrong[i], BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("case %zu was written", i);
}

/* ---- found by its token ---- */

static void
put_issued(struct txn *t, struct bytes signed_token, uint64_t serial, uint64_t sequence, uint64_t serial_in_event)
{
	static const uint8_t zero[32];
	uint8_t mem[1024], event_mem[2048];
	struct bytes enc;
	struct digest d;
	struct key64 key = key64(serial), at = key64(sequence);
	struct issue_payload p = payload_good();
	p.serial = serial_in_event;
	p.token = signed_token;
	struct issued c = { .serial = serial, .holder_id = 5, .sequence = sequence, .exp_unix_s = 1900000000 };
	struct event e = { .sequence = sequence, .kind = EVENT_CREDENTIAL_ISSUED, .operator = BYTES_LIT("o"), .salt = { zero, 16 },
		.previous = { zero, 32 } };
	assert_int_equal(issue_payload_encode(&p, BUF_OF(mem), &e.payload), OK);
	assert_int_equal(event_encode(&e, BUF_OF(event_mem), &enc), OK);
	txn_put(t, TABLE_EVENT, key64_view(&at), enc);
	assert_int_equal(issued_encode(&c, BUF_OF(mem), &enc), OK);
	txn_put(t, TABLE_CREDENTIAL, key64_view(&key), enc);
	assert_int_equal(sha256(signed_token, &d), OK);
	txn_put(t, TABLE_DIGEST, (struct bytes){ d.b, TOKEN_DIGEST_KEY_LEN }, key64_view(&key));
}

static void
a_credential_is_found_by_every_byte_of_its_token(void **state)
{
	static const struct secret key = { "a key for tests" };
	uint8_t bent[25];
	struct store *s = NULL;
	struct txn t;
	struct issued c;
	struct bytes got;
	assert_int_equal(store_open(*state, table_names, TABLE_COUNT, STORE_CREATE, PROFILE_INTL, &key, &s, NULL), OK);
	assert_int_equal(txn_begin_write(s, &t), OK);
	put_issued(&t, token, 3, 9, 3);
	put_issued(&t, BYTES_LIT("another"), 4, 10, 4);
	assert_int_equal(issued_by_token(&t, token, &c), OK);
	assert_int_equal(c.serial, 3);
	assert_int_equal(issued_token(&t, &c, &got), OK);
	assert_true(bytes_eq(got, token));
	assert_int_equal(issued_get(&t, 4, &c), OK);
	assert_int_equal(issued_get(&t, 5, &c), ERR_NOT_FOUND);
	memcpy(bent, token.ptr, token.len);
	for (size_t bit = 0; bit < token.len * 8; bit++) {
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(issued_by_token(&t, (struct bytes){ bent, sizeof(bent) }, &c), ERR_NOT_FOUND);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(issued_by_token(&t, (struct bytes){ bent, 24 }, &c), ERR_NOT_FOUND);
	assert_int_equal(issued_by_token(&t, BYTES_LIT(""), &c), ERR_NOT_FOUND);
	txn_end(&t);
	store_close(s);
}

static void
a_digest_that_leads_to_another_token_or_nowhere_makes_nothing_good(void **state)
{
	static const struct secret key = { "a key for tests" };
	struct store *s = NULL;
	struct txn t;
	struct issued c;
	struct digest d;
	struct key64 serial_4 = key64(4), nowhere = key64(77);
	assert_int_equal(store_open(*state, table_names, TABLE_COUNT, STORE_CREATE, PROFILE_INTL, &key, &s, NULL), OK);
	assert_int_equal(txn_begin_write(s, &t), OK);
	put_issued(&t, token, 3, 9, 3);
	put_issued(&t, BYTES_LIT("another"), 4, 10, 4);
	put_issued(&t, BYTES_LIT("of a wrong serial"), 6, 11, 7);
	assert_int_equal(issued_by_token(&t, BYTES_LIT("of a wrong serial"), &c), ERR_DAMAGED);
	assert_int_equal(sha256(token, &d), OK);
	struct bytes at = { d.b, TOKEN_DIGEST_KEY_LEN };
	txn_put(&t, TABLE_DIGEST, at, key64_view(&serial_4)); /* as if two tokens had one digest */
	assert_int_equal(issued_by_token(&t, token, &c), ERR_NOT_FOUND);
	txn_put(&t, TABLE_DIGEST, at, key64_view(&nowhere));
	assert_int_equal(issued_by_token(&t, token, &c), ERR_DAMAGED);
	txn_put(&t, TABLE_DIGEST, at, BYTES_LIT("1234567"));
	assert_int_equal(issued_by_token(&t, token, &c), ERR_DAMAGED);
	txn_end(&t);
	store_close(s);
}

/* ---- the permutation ---- */

static const struct secret permutation_key = { "a key for permutations" };

static void
expect_bijection(uint32_t list, unsigned log2)
{
	struct permutation *p = NULL;
	uint32_t n = 1u << log2;
	uint8_t *seen = calloc(n, 1);
	assert_non_null(seen);
	assert_int_equal(permutation_open(&permutation_key, list, log2, &p), OK);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t index = permutation_index(p, i);
		if (index >= n || seen[index]++ != 0 || permutation_ordinal(p, index) != i)
			fail_msg("2^%u: ordinal %u goes to %u", log2, i, index);
	}
	permutation_close(p);
	permutation_close(NULL);
	free(seen);
}

static void
every_ordinal_has_one_index_for_every_size_of_list(void **state)
{
	(void)state;
	for (unsigned log2 = 10; log2 <= STATUS_LIST_BITS_LOG2_MAX; log2++)
		expect_bijection(0, log2);
	expect_bijection(511, 18);
}

/* How many of the first n ordinals two permutations put at the same index. */
static uint32_t
agreements(const struct permutation *a, const struct permutation *b, uint32_t n)
{
	uint32_t same = 0;
	for (uint32_t i = 0; i < n; i++)
		same += permutation_index(a, i) == permutation_index(b, i);
	return same;
}

static void
another_key_or_list_is_another_permutation(void **state)
{
	(void)state;
	static const struct secret other_key = { "another key for permutations" };
	struct permutation *p = NULL, *again = NULL, *other = NULL, *next = NULL;
	assert_int_equal(permutation_open(&permutation_key, 0, 18, &p), OK);
	assert_int_equal(permutation_open(&permutation_key, 0, 18, &again), OK);
	assert_int_equal(permutation_open(&other_key, 0, 18, &other), OK);
	assert_int_equal(permutation_open(&permutation_key, 1, 18, &next), OK);
	assert_int_equal(agreements(p, again, 1u << 18), 1u << 18);
	assert_in_range(agreements(p, other, 1u << 18), 0, 20); /* one is expected, of any two */
	assert_in_range(agreements(p, next, 1u << 18), 0, 20);
	permutation_close(p);
	permutation_close(again);
	permutation_close(other);
	permutation_close(next);
}

static void
neighbours_in_the_register_are_no_neighbours_in_the_list(void **state)
{
	(void)state;
	struct permutation *p = NULL;
	uint32_t near = 0, upper = 0, n = 1u << 18;
	assert_int_equal(permutation_open(&permutation_key, 0, 18, &p), OK);
	for (uint32_t i = 0; i + 1 < n; i++) {
		uint32_t a = permutation_index(p, i), b = permutation_index(p, i + 1), gap = a > b ? a - b : b - a;
		near += gap < 64; /* by chance: 128 of 2^18, so about 128 pairs */
		upper += i < n / 2 && a >= n / 2;
	}
	assert_in_range(near, 60, 220);
	assert_in_range(upper, n / 4 - 1500, n / 4 + 1500);
	permutation_close(p);
}

/* Golden: an index is given once, for ever; a change here would move every certificate in the lists. */
static void
indices_stay_where_they_were_given(void **state)
{
	(void)state;
	static const struct { uint32_t list; unsigned log2; uint32_t ordinal, index; } golden[] = {
		{ 0, 18, 0, 200762 }, { 0, 18, 1, 19899 }, { 0, 18, 262143, 202749 }, { 1, 18, 0, 144910 },
		{ 0, 10, 0, 250 }, { 0, 11, 2047, 1755 }, { 0, 20, 1048575, 853900 }, { 7, 19, 123456, 424513 },
	};
	for (size_t i = 0; i < COUNT(golden); i++) {
		struct permutation *p = NULL;
		assert_int_equal(permutation_open(&permutation_key, golden[i].list, golden[i].log2, &p), OK);
		assert_int_equal(permutation_index(p, golden[i].ordinal), golden[i].index);
		permutation_close(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_credential_record_comes_back_as_it_was_written),
		cmocka_unit_test(a_body_s_own_credential_names_its_code_in_place_of_a_holder),
		cmocka_unit_test(a_credential_record_without_serial_holder_event_or_end_is_refused),
		cmocka_unit_test(the_event_of_issue_has_one_encoding),
		cmocka_unit_test_setup_teardown(a_credential_is_found_by_every_byte_of_its_token, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_digest_that_leads_to_another_token_or_nowhere_makes_nothing_good, scratch_make, scratch_clear),
		cmocka_unit_test(every_ordinal_has_one_index_for_every_size_of_list),
		cmocka_unit_test(another_key_or_list_is_another_permutation),
		cmocka_unit_test(neighbours_in_the_register_are_no_neighbours_in_the_list),
		cmocka_unit_test(indices_stay_where_they_were_given),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
