/* What a certificate is worth at an instant: each word at the second it begins and ends. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/condition.h"
#include "tests/unit/support/register.h"

#define ID "37010219900101001"
#define NUMBER "15000000007"

static uint64_t
enter(struct desk *d, const struct entries *e)
{
	uint64_t id = 0;
	assert_int_equal(desk_enter(d, e, ID, NULL, &id), OK);
	return id;
}

static struct condition_at
condition_at(struct desk *d, uint64_t id, int64_t unix_s)
{
	struct txn t;
	struct holder h;
	struct entries e;
	struct condition_at c;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(holder_get(&t, id, &h), OK);
	assert_int_equal(holder_entries(&t, &h, &e), OK);
	assert_int_equal(condition_of_holder(&t, &h, &e, unix_s, &c), OK);
	txn_end(&t);
	return c;
}

static void
expect(struct desk *d, uint64_t id, int64_t unix_s, enum condition wanted, const char *why)
{
	char sentence[CONDITION_SENTENCE_MAX];
	struct condition_at c = condition_at(d, id, unix_s);
	assert_string_equal(condition_text(c.is), condition_text(wanted));
	if (strstr(condition_explain(&c, sentence), why) == NULL)
		fail_msg("\"%s\" was wanted in \"%s\"", why, sentence);
}

static void
its_term_runs_from_its_first_second_to_its_last(void **state)
{
	struct desk d;
	const int64_t from = date_start_unix_s((struct date){ 2026, 1, 5 }), to = date_end_unix_s((struct date){ 2031, 1, 4 });
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", NUMBER);
	uint64_t id = enter(&d, &e);
	expect(&d, id, DESK_NOW, CONDITION_NOT_ISSUED, "no credential was issued yet");
	assert_int_equal(desk_issue(&d).issued, 1);
	expect(&d, id, from - 1, CONDITION_NOT_YET_VALID, "valid from 2026-01-05T00:00:00+08:00");
	expect(&d, id, from, CONDITION_VALID, "it is good");
	expect(&d, id, to - 1, CONDITION_VALID, "it is good");
	expect(&d, id, to, CONDITION_EXPIRED, "expired at 2031-01-05T00:00:00+08:00");
	desk_close(&d);
}

static void
without_a_day_of_issue_the_term_begins_on_the_day_it_was_signed(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", NUMBER);
	e.issued_on.year = 0;
	uint64_t id = enter(&d, &e);
	assert_int_equal(desk_issue(&d).issued, 1);
	const int64_t day = date_start_unix_s(date_of_unix_s(DESK_NOW));
	expect(&d, id, day - 1, CONDITION_NOT_YET_VALID, "valid from 2027-01-15");
	expect(&d, id, day, CONDITION_VALID, "");
	desk_close(&d);
}

static void
void_stays_void_past_its_date_and_suspended_does_not(void **state)
{
	static const struct { enum action action; enum condition then, past; const char *why; } cases[] = {
		{ ACTION_CANCEL, CONDITION_VOID, CONDITION_VOID, "the certificate is cancelled from" },
		{ ACTION_REVOKE, CONDITION_VOID, CONDITION_VOID, "the certificate is revoked from" },
		{ ACTION_WITHDRAW, CONDITION_VOID, CONDITION_VOID, "the certificate is withdrawn from" },
		{ ACTION_SUSPEND, CONDITION_SUSPENDED, CONDITION_EXPIRED, "the certificate is suspended from" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct desk d;
		void *dir = NULL;
		assert_int_equal(scratch_make(&dir), 0);
		desk_open(&d, dir, PROFILE_INTL, 10);
		struct entries e = desk_entries("钱某", NUMBER);
		uint64_t id = enter(&d, &e);
		assert_int_equal(desk_issue(&d).issued, 1);
		assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, NUMBER, cases[i].action, DESK_NOW + 10), OK);
		expect(&d, id, DESK_NOW + 9, CONDITION_VALID, "");
		expect(&d, id, DESK_NOW + 10, cases[i].then, cases[i].why);
		expect(&d, id, date_end_unix_s((struct date){ 2031, 1, 4 }), cases[i].past, "");
		desk_close(&d);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
person_body_and_entrustment_are_named(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", NUMBER);
	e.uscc = desk_entrusted_body;
	uint64_t id = enter(&d, &e);
	assert_int_equal(desk_issue(&d).issued, 1);
	expect(&d, id, DESK_ENTRUSTED_TO, CONDITION_SUSPENDED, "the entrustment does not hold");
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, (const char *)desk_entrusted_body.ptr, ACTION_SUSPEND, DESK_NOW), OK);
	expect(&d, id, DESK_NOW, CONDITION_SUSPENDED, "the body is suspended");
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, NUMBER, ACTION_CANCEL, DESK_NOW), OK);
	expect(&d, id, DESK_NOW, CONDITION_SUSPENDED, "the person is cancelled");
	desk_close(&d);
}

static enum condition
body_at(struct txn *t, const struct body *b, int64_t unix_s)
{
	struct condition_at c;
	assert_int_equal(condition_of_body(t, b, unix_s, &c), OK);
	return c.is;
}

static void
a_body_is_void_when_abolished_and_runs_as_long_as_its_entrustment(void **state)
{
	static const struct { int64_t at; enum condition wanted; } cases[] = { { DESK_ENTRUSTED_FROM - 1, CONDITION_NOT_YET_VALID },
		{ DESK_ENTRUSTED_FROM, CONDITION_VALID }, { DESK_ENTRUSTED_TO - 1, CONDITION_VALID }, { DESK_ENTRUSTED_TO, CONDITION_EXPIRED } };
	struct desk d;
	struct txn t;
	struct body b;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(body_get(&t, desk_entrusted_body, &b), OK);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(body_at(&t, &b, cases[i].at), cases[i].wanted);
	b.standing = (struct standing){ .n = 1, .changes = { { ACTION_SUSPEND, DESK_NOW, 0, 3 } } };
	assert_int_equal(body_at(&t, &b, DESK_NOW), CONDITION_SUSPENDED);
	b.standing.changes[0].action = ACTION_CANCEL;
	assert_int_equal(body_at(&t, &b, DESK_NOW), CONDITION_VOID);
	assert_int_equal(body_at(&t, &b, DESK_NOW - 1), CONDITION_VALID);
	txn_end(&t);
	desk_close(&d);
}

static void
a_standing_that_was_folded_does_not_tell_what_was_before(void **state)
{
	struct standing s = { .n = STANDING_CHANGES_MAX };
	(void)state;
	s.changes[0].effective_unix_s = 100;
	assert_true(condition_is_known(&s, 100));
	assert_false(condition_is_known(&s, 99));
	s.n--;
	assert_true(condition_is_known(&s, 99));
}

static void
every_word_is_there(void **state)
{
	(void)state;
	for (int c = CONDITION_VALID; c < CONDITION_COUNT; c++)
		assert_string_not_equal(condition_text((enum condition)c), "UNKNOWN");
	assert_string_equal(condition_text((enum condition)0), "UNKNOWN"); /* nothing is good by default */
	assert_string_equal(condition_text((enum condition)CONDITION_COUNT), "UNKNOWN");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(its_term_runs_from_its_first_second_to_its_last),
		T(without_a_day_of_issue_the_term_begins_on_the_day_it_was_signed),
		T(void_stays_void_past_its_date_and_suspended_does_not),
		T(person_body_and_entrustment_are_named),
		T(a_body_is_void_when_abolished_and_runs_as_long_as_its_entrustment),
		T(a_standing_that_was_folded_does_not_tell_what_was_before),
		T(every_word_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
