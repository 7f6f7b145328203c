/* erase, reveal, reseal -- what is journalled of sealed data, and when a person's may be erased. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "registry/erase.h"
#include "registry/reseal.h"
#include "registry/reveal.h"
#include "tests/unit/support/register.h"

#define PERSON BYTES_LIT("\1\2\3\4\5\6\7\10")

/* ---- payloads ---- */

static enum status
erasure_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct erasure e;
	enum status st = erasure_decode(enc, &e);
	if (st == OK)
		assert_int_equal(erasure_encode(&e, out, again), OK);
	return st;
}

static enum status
revelation_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct revelation r;
	enum status st = revelation_decode(enc, &r);
	if (st == OK)
		assert_int_equal(revelation_encode(&r, out, again), OK);
	return st;
}

static enum status
resealing_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	uint64_t generation = 0;
	enum status st = resealing_decode(enc, &generation);
	if (st == OK)
		assert_int_equal(resealing_encode(generation, out, again), OK);
	return st;
}

static void
payloads_have_one_encoding_and_know_their_version(void **state)
{
	(void)state;
	uint8_t mem[2048];
	struct bytes enc;
	const struct erasure full = { PERSON, BYTES_LIT("ground"), BYTES_LIT("organ"), BYTES_LIT("document"), BYTES_LIT("reviewer"), BYTES_LIT("order") };
	const struct erasure least = { PERSON, BYTES_LIT("g"), BYTES_LIT("o"), BYTES_LIT("d"), { NULL, 0 }, { NULL, 0 } };
	const struct revelation one = { PERSON, BYTES_LIT("why"), 1 }, list = { { NULL, 0 }, BYTES_LIT("why"), 216000 };
	assert_int_equal(erasure_encode(&full, BUF_OF(mem), &enc), OK);
	record_is_canonical(erasure_recode, enc);
	assert_int_equal(erasure_encode(&least, BUF_OF(mem), &enc), OK);
	record_is_canonical(erasure_recode, enc);
	record_of_version_2_is_unsupported(erasure_recode, enc, 2);
	assert_int_equal(revelation_encode(&one, BUF_OF(mem), &enc), OK);
	record_is_canonical(revelation_recode, enc);
	assert_int_equal(revelation_encode(&list, BUF_OF(mem), &enc), OK);
	record_is_canonical(revelation_recode, enc);
	record_of_version_2_is_unsupported(revelation_recode, enc, 2);
	assert_int_equal(resealing_encode(2, BUF_OF(mem), &enc), OK);
	record_is_canonical(resealing_recode, enc);
	record_of_version_2_is_unsupported(resealing_recode, enc, 2);
}

static void
what_makes_no_sense_is_not_written(void **state)
{
	(void)state;
	static uint8_t text[GROUND_LEN_MAX + 1], mem[2048];
	struct bytes enc, longest = { text, GROUND_LEN_MAX }, longer = { text, GROUND_LEN_MAX + 1 }, none = { NULL, 0 };
	memset(text, 'a', sizeof(text));
	const struct { struct erasure e; enum status wanted; } erasures[] = {
		{ { PERSON, longest, longest, longest, { text, OPERATOR_LEN_MAX }, longest }, OK },
		{ { BYTES_LIT("1234567"), longest, longest, longest, none, none }, ERR_ARGUMENT },
		{ { PERSON, none, longest, longest, none, none }, ERR_ARGUMENT },
		{ { PERSON, longest, none, longest, none, none }, ERR_ARGUMENT },
		{ { PERSON, longest, longest, none, none, none }, ERR_ARGUMENT },
		{ { PERSON, longer, longest, longest, none, none }, ERR_ARGUMENT },
		{ { PERSON, longest, longest, longest, { text, OPERATOR_LEN_MAX + 1 }, none }, ERR_ARGUMENT },
		{ { PERSON, longest, longest, longest, none, longer }, ERR_ARGUMENT },
	};
	const struct { struct revelation r; enum status wanted; } revelations[] = {
		{ { PERSON, longest, 1 }, OK }, { { PERSON, longest, 2 }, ERR_ARGUMENT }, { { PERSON, none, 1 }, ERR_ARGUMENT },
		{ { PERSON, longer, 1 }, ERR_ARGUMENT }, { { none, longest, 0 }, OK }, { { BYTES_LIT("123456789"), longest, 1 }, ERR_ARGUMENT },
	};
	for (size_t i = 0; i < COUNT(erasures); i++)
		assert_int_equal(erasure_encode(&erasures[i].e, BUF_OF(mem), &enc), erasures[i].wanted);
	for (size_t i = 0; i < COUNT(revelations); i++)
		assert_int_equal(revelation_encode(&revelations[i].r, BUF_OF(mem), &enc), revelations[i].wanted);
	assert_int_equal(resealing_encode(1, BUF_OF(mem), &enc), ERR_ARGUMENT); /* the first key made it: nothing was re-sealed */
}

/* ---- in a register ---- */

static enum status
due(struct desk *d, struct bytes person, int64_t at_unix_s, int64_t *unix_s)
{
	struct txn t;
	d->err = (struct err){ .status = OK };
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	enum status st = erase_due(&t, person, 5, at_unix_s, unix_s, &d->err);
	txn_end(&t);
	return st;
}

static enum status
erased(struct desk *d, struct bytes person)
{
	struct batch b;
	struct erasure e = { person, BYTES_LIT("g"), BYTES_LIT("o"), BYTES_LIT("d"), { NULL, 0 }, { NULL, 0 } };
	d->err = (struct err){ .status = OK };
	assert_int_equal(batch_begin(d->registry, false, BYTES_LIT("clerk"), d->now_unix_s * 1000, &b, NULL), OK);
	enum status st = erase_person(&b, &e, &d->err);
	if (st == OK)
		st = batch_commit(&b, &d->err);
	batch_end(&b);
	return st;
}

static void
a_person_is_due_years_after_the_last_certificate_ended(void **state)
{
	struct desk d;
	uint8_t mem[64];
	int64_t day = 0, years_5 = 5 * INT64_C(31557600);
	desk_open(&d, *state, PROFILE_INTL, 10);
	uint64_t id = desk_people(&d, 1, 1);
	(void)desk_issue(&d);
	struct holder h = desk_holder(&d, id, mem);
	struct bytes person = { h.person_id, PERSON_ID_LEN };
	assert_int_equal(due(&d, person, DESK_NOW, &day), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "is live"));
	int64_t much_later = DESK_NOW + 20 * INT64_C(31557600);
	assert_int_equal(due(&d, person, much_later, &day), OK); /* expired of itself */
	assert_true(day > DESK_NOW + years_5 && day < much_later);
	int64_t by_expiry = day;
	char number[NUMBER_LEN_MAX + 1];
	(void)snprintf(number, sizeof(number), "%.*s", BYTES_FMT(h.number));
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, number, ACTION_CANCEL, DESK_NOW), OK);
	assert_int_equal(due(&d, person, DESK_NOW + 1, &day), OK); /* void early, kept as if it had run its term */
	assert_int_equal(day, by_expiry);
	assert_int_equal(due(&d, BYTES_LIT("nobody!!"), DESK_NOW, &day), ERR_NOT_FOUND);
	desk_close(&d);
}

static void
a_person_is_erased_once_and_carries_the_mark(void **state)
{
	struct desk d;
	uint8_t mem[64];
	struct txn t;
	struct person p;
	desk_open(&d, *state, PROFILE_GM, 10);
	uint64_t id = desk_people(&d, 1, 1);
	struct holder h = desk_holder(&d, id, mem);
	struct bytes person = { h.person_id, PERSON_ID_LEN };
	assert_int_equal(erased(&d, person), OK);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(person_get(&t, person, &p), OK);
	assert_true(p.erased_sequence > 0);
	txn_end(&t);
	assert_int_equal(erased(&d, person), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "before"));
	assert_int_equal(erased(&d, BYTES_LIT("nobody!!")), ERR_NOT_FOUND);
	desk_close(&d);
}

static void
re_sealing_counts_its_generations(void **state)
{
	struct desk d;
	struct txn t;
	uint64_t generation = 0;
	desk_open(&d, *state, PROFILE_INTL, 10);
	for (uint64_t wanted = 1; wanted <= 3; wanted++) {
		assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
		assert_int_equal(resealed_get(&t, &generation), OK);
		txn_end(&t);
		assert_int_equal(generation, wanted);
		assert_int_equal(reseal_record(d.registry, generation + 1, BYTES_LIT("clerk"), DESK_NOW * 1000, NULL), OK);
	}
	desk_close(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(payloads_have_one_encoding_and_know_their_version),
		cmocka_unit_test(what_makes_no_sense_is_not_written),
		cmocka_unit_test_setup_teardown(a_person_is_due_years_after_the_last_certificate_ended, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_person_is_erased_once_and_carries_the_mark, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(re_sealing_counts_its_generations, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
