/* The certificates one after another: each filter, all of them together, and the tally by body. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/tally.h"
#include "tests/unit/support/register.h"

#define LAST_SECOND date_end_unix_s((struct date){ 2031, 1, 4 })

/* Holders 1 to 6, each with what sets it apart. */
static void
fill(struct desk *d, const char *dir)
{
	static const struct { const char *number, *id17; enum credential_kind kind; bool entrusted; uint8_t field; uint32_t area; int until; } people[] = {
		{ "15000000001", "37010219900101001", KIND_ENFORCEMENT, false, 1, 370102, 2031 },
		{ "15T00000002", "37010219900101001", KIND_MODERATOR, false, 1, 370102, 2031 },
		{ "15000000003", "37010219900101003", KIND_ENFORCEMENT, true, 1, 370102, 2031 },
		{ "15000000004", "37010219900101004", KIND_ENFORCEMENT, false, 6, 370102, 2031 },
		{ "15000000005", "37010219900101005", KIND_ENFORCEMENT, false, 1, 3702, 2031 },
		{ "15000000006", "37010219900101006", KIND_ENFORCEMENT, false, 1, 370102, 2030 },
	};
	desk_open(d, dir, PROFILE_INTL, 10);
	for (size_t i = 0; i < COUNT(people); i++) {
		struct entries e = desk_entries("某人", people[i].number);
		e.kind = people[i].kind;
		if (e.kind == KIND_MODERATOR)
			e.trained_on = e.examined_on = (struct date){ 2026, 1, 4 };
		e.uscc = people[i].entrusted ? desk_entrusted_body : desk_body;
		e.fields[0] = people[i].field;
		e.jurisdiction = people[i].area;
		e.valid_until.year = people[i].until;
		assert_int_equal(desk_enter(d, &e, people[i].id17, NULL, NULL), OK);
	}
	assert_int_equal(desk_issue(d).issued, COUNT(people));
	assert_int_equal(desk_people(d, 900, 1), 7); /* not issued yet */
	assert_int_equal(desk_decide(d, SUBJECT_HOLDER, "15000000004", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(desk_decide(d, SUBJECT_HOLDER, "15000000005", ACTION_REVOKE, DESK_NOW), OK);
}

static void
expect(struct desk *d, const struct roll_filter *f, int64_t unix_s, const char *wanted)
{
	char got[32] = "";
	struct txn t;
	struct roll *r;
	struct roll_row row;
	enum status st;
	size_t n = 0;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(roll_open(&t, f, unix_s, &r), OK);
	while ((st = roll_next(r, &row, NULL)) == OK)
		got[n++] = (char)('0' + row.holder.id);
	assert_int_equal(st, ERR_NOT_FOUND);
	roll_close(r);
	txn_end(&t);
	assert_string_equal(got, wanted);
}

static void
each_filter_lets_through_what_it_names(void **state)
{
	static const struct { struct roll_filter filter; int64_t later_s; const char *wanted; } cases[] = {
		{ { 0 }, 0, "1234567" },
		{ { .kinds = 1u << KIND_MODERATOR }, 0, "2" },
		{ { .kinds = 1u << KIND_MODERATOR | 1u << KIND_ENFORCEMENT }, 0, "1234567" },
		{ { .conditions = 1u << CONDITION_VALID }, 0, "1236" },
		{ { .conditions = 1u << CONDITION_SUSPENDED }, 0, "4" },
		{ { .conditions = 1u << CONDITION_SUSPENDED }, 1000, "34" }, /* the entrustment is over */
		{ { .conditions = 1u << CONDITION_VOID | 1u << CONDITION_NOT_ISSUED }, 0, "57" },
		{ { .division = 370102 }, 0, "123467" }, { { .division = 3701 }, 0, "123467" }, { { .division = 37 }, 0, "1234567" },
		{ { .division = 3702 }, 0, "5" }, { { .division = 370103 }, 0, "" },
		{ { .field = 6 }, 0, "4" }, { { .field = 2 }, 0, "" },
		{ { .uscc = { (const uint8_t *)"12370102MB00000029", 18 } }, 0, "3" },
		{ { .kinds = 1u << KIND_ENFORCEMENT, .conditions = 1u << CONDITION_VALID, .division = 3701, .field = 1,
		    .uscc = { (const uint8_t *)"11370102MB00000013", 18 } }, 0, "16" },
	};
	struct desk d;
	fill(&d, *state);
	for (size_t i = 0; i < COUNT(cases); i++)
		expect(&d, &cases[i].filter, DESK_NOW + cases[i].later_s, cases[i].wanted);
	desk_close(&d);
}

static void
what_expires_by_a_second_runs_now_and_has_ended_then(void **state)
{
	struct desk d;
	const int64_t year_before = date_end_unix_s((struct date){ 2030, 1, 4 });
	fill(&d, *state);
	expect(&d, &(struct roll_filter){ .expires_by_unix_s = year_before - 1 }, DESK_NOW, "");
	expect(&d, &(struct roll_filter){ .expires_by_unix_s = year_before }, DESK_NOW, "6");
	expect(&d, &(struct roll_filter){ .expires_by_unix_s = LAST_SECOND - 1 }, DESK_NOW, "6");
	expect(&d, &(struct roll_filter){ .expires_by_unix_s = LAST_SECOND }, DESK_NOW, "12346"); /* not 5, which is void, nor 7 */
	expect(&d, &(struct roll_filter){ .expires_by_unix_s = LAST_SECOND }, year_before, "1234"); /* 6 has ended by then */
	desk_close(&d);
}

/* Due a cycle of 12 months after the day of issue, 2026-01-05, through that day. */
static void
an_overdue_review_is_one_of_a_certificate_in_force_from_the_day_after_it_was_due(void **state)
{
	struct desk d;
	struct batch b;
	enum entered what;
	const int64_t after = date_end_unix_s((struct date){ 2027, 1, 5 });
	struct review passed = { .result = REVIEW_PASSED, .reviewed_on = { 2027, 1, 15 } };
	fill(&d, *state);
	expect(&d, &(struct roll_filter){ .review_overdue = true }, after - 1, "");
	expect(&d, &(struct roll_filter){ .review_overdue = true, .kinds = 1u << KIND_MODERATOR }, after, "2");
	expect(&d, &(struct roll_filter){ .review_overdue = true }, DESK_NOW, "12346"); /* not the void one, nor the one not issued */
	assert_int_equal(batch_begin(d.registry, false, BYTES_LIT("tester"), DESK_NOW * 1000, &b, &d.err), OK);
	assert_int_equal(review_certificate(&b, BYTES_LIT("15000000001"), &passed, &what, &d.err), OK);
	assert_int_equal(batch_commit(&b, &d.err), OK);
	expect(&d, &(struct roll_filter){ .review_overdue = true }, DESK_NOW, "2346");
	expect(&d, &(struct roll_filter){ .review_overdue = true, .field = 1, .conditions = 1u << CONDITION_VALID }, DESK_NOW, "236");
	desk_close(&d);
}

static void
people_are_counted_by_body_and_condition(void **state)
{
	struct desk d;
	struct txn t;
	struct tallies *all;
	struct tally one;
	fill(&d, *state);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(tallies_open(&t, DESK_NOW, &all), OK);
	const struct tally *n = tally_of(all, desk_body);
	assert_int_equal(n->people, 5);
	assert_int_equal(n->by[CONDITION_VALID], 3);
	assert_int_equal(n->by[CONDITION_SUSPENDED], 1);
	assert_int_equal(n->by[CONDITION_VOID], 1);
	assert_int_equal(n->by[CONDITION_NOT_ISSUED], 1);
	assert_int_equal(tally_body(&t, desk_body, DESK_NOW, &one), OK);
	assert_memory_equal(&one, n, sizeof(one));
	assert_int_equal(tally_of(all, desk_entrusted_body)->people, 1);
	assert_int_equal(tally_of(all, BYTES_LIT("11370102MB99999999"))->people, 0);
	assert_int_equal(tally_of(all, BYTES_LIT("short"))->people, 0);
	tallies_close(all);
	tallies_close(NULL);
	txn_end(&t);
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(each_filter_lets_through_what_it_names),
		T(what_expires_by_a_second_runs_now_and_has_ended_then),
		T(an_overdue_review_is_one_of_a_certificate_in_force_from_the_day_after_it_was_due),
		T(people_are_counted_by_body_and_condition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
