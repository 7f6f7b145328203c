/* The periodic review: its bytes, what may be recorded, when it is due, and what it does to the certificate (registry/review.h,
 * registry/qualification.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/statuslist.h"
#include "registry/review.h"
#include "tests/unit/support/register.h"

#define ID "37010219900101001"
#define NUMBER BYTES_LIT("15000000007")
#define DAY INT64_C(86400)

static const struct bytes operator = { (const uint8_t *)"tester", 6 };

static enum status
review(struct desk *d, enum review_result result, struct date on, struct date due, enum entered *what)
{
	struct batch b;
	enum entered unused;
	struct review r = { .result = result, .reviewed_on = on, .due = due, .organ = BYTES_LIT("an organ") };
	d->err = (struct err){ .status = OK };
	what = what != NULL ? what : &unused;
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	enum status st = review_certificate(&b, NUMBER, &r, what, &d->err);
	uint64_t events = b.actions;
	assert_int_equal(events, st == OK && *what != ENTERED_UNCHANGED ? 1 : 0);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
	return st;
}

static void
set_rules(struct desk *d, struct rules r)
{
	struct batch b;
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	assert_int_equal(rules_set(&b, &r, &d->err), OK);
	assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
}

static uint64_t
one_issued(struct desk *d, const char *dir, const struct entries *e)
{
	uint64_t id = 0;
	desk_open(d, dir, PROFILE_INTL, 10);
	assert_int_equal(desk_enter(d, e, ID, NULL, &id), OK);
	assert_int_equal(desk_issue(d).issued, 1);
	return id;
}

static struct date
due_of(struct desk *d, uint64_t id)
{
	struct txn t;
	struct holder h;
	struct rules r;
	struct date due;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(rules_get(&t, &r), OK);
	assert_int_equal(holder_get(&t, id, &h), OK);
	assert_int_equal(review_due(&t, &h, &r, &due), OK);
	txn_end(&t);
	return due;
}

static void
expect(struct desk *d, int64_t at, enum shortfall shortfall, int64_t since)
{
	struct effective e = desk_effective_issued(d, 1, at);
	assert_int_equal(e.cause, shortfall == SHORTFALL_NONE ? CAUSE_NONE : CAUSE_QUALIFICATION);
	assert_int_equal(e.value, shortfall == SHORTFALL_NONE ? STATUS_VALID : STATUS_SUSPENDED);
	assert_int_equal(e.shortfall, shortfall);
	assert_int_equal(e.change.effective_unix_s, since);
}

static const struct date none = { 0 };

static void
what_may_not_be_recorded_is_refused_with_the_reason(void **state)
{
	static const struct { enum review_result result; struct date on, due; const char *says; } cases[] = {
		{ REVIEW_PASSED, { 2027, 1, 16 }, { 0 }, "lies in the future" },
		{ REVIEW_PASSED, { 2027, 1, 9 }, { 0 }, "a later review of 2027-01-10 is recorded" },
		{ REVIEW_FAILED, { 2027, 1, 11 }, { 2028, 1, 1 }, "a failed review has no next due day" },
		{ REVIEW_PASSED, { 2027, 1, 11 }, { 2027, 1, 11 }, "does not lie after" } };
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	(void)one_issued(&d, *state, &e);
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 10 }, none, NULL), OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(review(&d, cases[i].result, cases[i].on, cases[i].due, NULL), ERR_CONFLICT);
		if (strstr(d.err.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].says, d.err.text);
	}
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 15 }, none, NULL), OK); /* today */
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000007", ACTION_CANCEL, DESK_NOW), OK);
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 15 }, none, NULL), ERR_CONFLICT);
	desk_close(&d);
}

static void
the_next_one_is_due_a_cycle_later_or_as_told_and_the_same_again_is_unchanged(void **state)
{
	struct desk d;
	enum entered what;
	struct entries e = desk_entries("钱某", "15000000007");
	uint64_t id = one_issued(&d, *state, &e);
	assert_int_equal(date_cmp(due_of(&d, id), (struct date){ 2027, 1, 5 }), 0); /* a year after 2026-01-05 */
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 10 }, none, &what), OK);
	assert_int_equal(what, ENTERED_NEW);
	assert_int_equal(date_cmp(due_of(&d, id), (struct date){ 2028, 1, 10 }), 0);
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 10 }, none, &what), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 10 }, (struct date){ 2027, 7, 1 }, &what), OK);
	assert_int_equal(what, ENTERED_UPDATED);
	assert_int_equal(date_cmp(due_of(&d, id), (struct date){ 2027, 7, 1 }), 0);
	set_rules(&d, (struct rules){ 0, OVERDUE_REPORT, 0, ENDED_STAYS });
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 11 }, none, &what), OK);
	assert_int_equal(due_of(&d, id).year, 0); /* no cycle, no due day */
	desk_close(&d);
}

static void
a_failed_review_suspends_until_one_is_passed(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	(void)one_issued(&d, *state, &e);
	expect(&d, DESK_NOW, SHORTFALL_NONE, 0);
	assert_int_equal(review(&d, REVIEW_FAILED, (struct date){ 2027, 1, 10 }, none, NULL), OK);
	expect(&d, DESK_NOW, SHORTFALL_REVIEW_FAILED, date_start_unix_s((struct date){ 2027, 1, 10 }));
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 10 }, none, NULL), OK); /* the same day */
	expect(&d, DESK_NOW, SHORTFALL_NONE, 0);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, "11370102MB00000013", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(review(&d, REVIEW_FAILED, (struct date){ 2027, 1, 15 }, none, NULL), OK);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).cause, CAUSE_BODY); /* named before the qualification */
	desk_close(&d);
}

static void
an_overdue_review_suspends_where_the_rules_say_so_after_the_days_of_grace(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	int64_t over = date_end_unix_s((struct date){ 2027, 1, 5 }), next = date_end_unix_s((struct date){ 2028, 1, 10 });
	(void)one_issued(&d, *state, &e);
	expect(&d, over + 1000 * DAY, SHORTFALL_NONE, 0); /* reported only */
	set_rules(&d, (struct rules){ 12, OVERDUE_SUSPEND, 0, ENDED_STAYS });
	expect(&d, over - 1, SHORTFALL_NONE, 0);
	expect(&d, over, SHORTFALL_REVIEW_OVERDUE, over);
	set_rules(&d, (struct rules){ 12, OVERDUE_SUSPEND, 30, ENDED_STAYS });
	expect(&d, over + 30 * DAY - 1, SHORTFALL_NONE, 0);
	expect(&d, over + 30 * DAY, SHORTFALL_REVIEW_OVERDUE, over + 30 * DAY);
	assert_int_equal(review(&d, REVIEW_PASSED, (struct date){ 2027, 1, 10 }, none, NULL), OK);
	expect(&d, next + 30 * DAY - 1, SHORTFALL_NONE, 0);
	expect(&d, next + 30 * DAY, SHORTFALL_REVIEW_OVERDUE, next + 30 * DAY);
	set_rules(&d, (struct rules){ 0, OVERDUE_SUSPEND, 0, ENDED_STAYS });
	expect(&d, next + 1, SHORTFALL_REVIEW_OVERDUE, next); /* a due day that was told holds without a cycle, too */
	desk_close(&d);
}

static void
without_a_day_of_issue_the_cycle_begins_with_the_first_credential(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	e.issued_on = e.valid_until = none;
	uint64_t id = one_issued(&d, *state, &e);
	assert_int_equal(date_cmp(due_of(&d, id), (struct date){ 2028, 1, 15 }), 0);
	set_rules(&d, (struct rules){ 12, OVERDUE_SUSPEND, 0, ENDED_STAYS });
	int64_t over = date_end_unix_s((struct date){ 2028, 1, 15 });
	expect(&d, over - 1, SHORTFALL_NONE, 0);
	expect(&d, over, SHORTFALL_REVIEW_OVERDUE, over);
	desk_close(&d);
}

static void
a_moderator_is_good_only_trained_and_examined(void **state)
{
	static const struct { struct date trained, examined; enum shortfall want; } cases[] = {
		{ { 2026, 1, 1 }, { 2026, 1, 2 }, SHORTFALL_NONE }, { { 0 }, { 2026, 1, 2 }, SHORTFALL_NOT_TRAINED },
		{ { 2026, 1, 1 }, { 0 }, SHORTFALL_NOT_EXAMINED }, { { 2027, 1, 16 }, { 2026, 1, 2 }, SHORTFALL_NOT_TRAINED },
		{ { 2026, 1, 1 }, { 2027, 1, 15 }, SHORTFALL_NONE }, { { 2026, 1, 1 }, { 2027, 1, 16 }, SHORTFALL_NOT_EXAMINED } };
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	e.kind = KIND_MODERATOR;
	e.trained_on = e.examined_on = (struct date){ 2026, 1, 1 };
	uint64_t id = one_issued(&d, *state, &e);
	for (size_t i = 0; i < COUNT(cases); i++) {
		e.trained_on = cases[i].trained;
		e.examined_on = cases[i].examined;
		assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
		assert_int_equal(desk_effective(&d, id, DESK_NOW).shortfall, cases[i].want);
		expect(&d, DESK_NOW, cases[i].want, 0);
	}
	desk_close(&d);
}

static void
other_bytes_are_no_review(void **state)
{
	static const struct { const char *bytes; size_t n; enum status st; const char *reason; } cases[] = {
		{ "\x85\x01\x01\x1a\x01\x35\x25\x09\x00\x05", 10, OK, "a record" },
		{ "\x85\x02\x01\x1a\x01\x35\x25\x09\x00\x05", 10, ERR_UNSUPPORTED, "version 2" },
		{ "\x85\x01\x03\x1a\x01\x35\x25\x09\x00\x05", 10, ERR_UNSUPPORTED, "result 3" },
		{ "\x85\x01\x00\x1a\x01\x35\x25\x09\x00\x05", 10, ERR_UNSUPPORTED, "result 0" },
		{ "\x85\x01\x01\x00\x00\x05", 6, ERR_FORMAT, "no day" }, { "\x85\x01\x01\x18\x69\x00\x05", 7, ERR_FORMAT, "year 0" },
		{ "\x85\x01\x01\x1a\x01\x35\x25\x09\x1a\x01\x35\x25\x09\x05", 14, ERR_FORMAT, "due the same day" },
		{ "\x85\x01\x02\x1a\x01\x35\x25\x09\x1a\x01\x35\x4c\x19\x05", 14, ERR_FORMAT, "failed, and due" },
		{ "\x85\x01\x01\x1a\x01\x35\x25\x09\x00\x00", 10, ERR_FORMAT, "event 0" },
		{ "\x84\x01\x01\x1a\x01\x35\x25\x09\x00", 9, ERR_FORMAT, "an item is missing" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct review r;
		enum status st = review_decode(1, (struct bytes){ (const uint8_t *)cases[i].bytes, cases[i].n }, &r);
		if ((st == OK) != (cases[i].st == OK) || (cases[i].st == ERR_UNSUPPORTED && st != ERR_UNSUPPORTED))
			fail_msg("%s: %d", cases[i].reason, (int)st);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(what_may_not_be_recorded_is_refused_with_the_reason),
		T(the_next_one_is_due_a_cycle_later_or_as_told_and_the_same_again_is_unchanged),
		T(a_failed_review_suspends_until_one_is_passed),
		T(an_overdue_review_suspends_where_the_rules_say_so_after_the_days_of_grace),
		T(without_a_day_of_issue_the_cycle_begins_with_the_first_credential),
		T(a_moderator_is_good_only_trained_and_examined),
		cmocka_unit_test(other_bytes_are_no_review),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
