/* Who may be certified: each rule asked at issue, at its boundary, with its reason; and who left and comes back (registry/eligible.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "tests/unit/support/register.h"

#define ID "37010219900101001"
#define NUMBER "15000000007"

static bool
keep_reason(void *ctx, const struct holder *h, const char *why)
{
	(void)h;
	(void)snprintf(ctx, 120, "%s", why);
	return true;
}

/* The reason against the one certificate that waits, "" if it was issued. */
static void
issue(struct desk *d, struct eligibility asked, char why[120])
{
	struct issue_terms t = desk_terms(d);
	struct issue_result r;
	t.eligibility = asked;
	t.refused = keep_reason;
	t.refused_ctx = why;
	why[0] = '\0';
	assert_int_equal(issue_run(d->registry, &t, &r, &d->err), OK);
	assert_int_equal(r.issued + r.refused, 1);
	assert_int_equal(r.refused, why[0] != '\0');
}

static const struct eligibility office = { ASKED_OF_NEW, ASKED_OF_NEW, MINISTRY_INSTEAD };

static void
what_the_entries_must_hold_is_asked_by_the_settings(void **state)
{
	static const struct date none = { 0 }, tomorrow = { 2027, 1, 16 }, today = { 2027, 1, 15 };
	static const char exam[] = "no passed exam (考试日期) is recorded", training[] = "no training (培训日期) is recorded";
	const struct { struct eligibility asked; enum credential_kind kind; const char *number; enum staff staff;
		struct date trained, examined; const char *why; } cases[] = {
		{ { ASKED_OF_NEW, 3, 2 }, KIND_ENFORCEMENT, "", 1, none, none, exam }, { { ASKED_OF_NEW, 3, 2 }, KIND_ENFORCEMENT, "", 1, none, today, "" },
		{ { ASKED_OF_NEW, 3, 2 }, KIND_ENFORCEMENT, "", 1, none, tomorrow, exam },
		{ { ASKED_OF_NEW, 3, 2 }, KIND_ENFORCEMENT, NUMBER, 1, none, none, "" },
		{ { ASKED_OF_ALL, 3, 2 }, KIND_ENFORCEMENT, NUMBER, 1, none, none, exam },
		{ { ASKED_OF_NOBODY, 3, 2 }, KIND_ENFORCEMENT, "", 1, none, none, "" },
		{ { 3, ASKED_OF_NEW, 2 }, KIND_ENFORCEMENT, "", 0, none, none, "its staff type (编制类型) is not recorded" },
		{ { 3, ASKED_OF_NEW, 2 }, KIND_ENFORCEMENT, NUMBER, 0, none, none, "" },
		{ { 3, ASKED_OF_ALL, 2 }, KIND_ENFORCEMENT, NUMBER, 0, none, none, "its staff type (编制类型) is not recorded" },
		{ { 3, ASKED_OF_NOBODY, 2 }, KIND_ENFORCEMENT, "", 0, none, none, "" },
		{ { ASKED_OF_ALL, ASKED_OF_ALL, 2 }, KIND_SUPERVISION, "", 0, none, none, "" },
		{ { 3, 3, 2 }, KIND_MODERATOR, NUMBER, 0, none, today, training }, { { 3, 3, 2 }, KIND_MODERATOR, NUMBER, 0, today, none, exam },
		{ { 3, 3, 2 }, KIND_MODERATOR, NUMBER, 0, today, tomorrow, exam }, { { 3, 3, 2 }, KIND_MODERATOR, NUMBER, 0, today, today, "" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct desk d;
		void *dir = NULL;
		char why[120];
		struct entries e = desk_entries("钱某", cases[i].number);
		e.kind = cases[i].kind;
		e.staff = cases[i].staff;
		e.trained_on = cases[i].trained;
		e.examined_on = cases[i].examined;
		assert_int_equal(scratch_make(&dir), 0);
		desk_open(&d, dir, PROFILE_INTL, 10);
		assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
		issue(&d, cases[i].asked, why);
		if (strcmp(why, cases[i].why) != 0)
			fail_msg("case %zu: \"%s\", wanted \"%s\"", i, why, cases[i].why);
		desk_close(&d);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static struct entries
examined(const char *number)
{
	struct entries e = desk_entries("钱某", number);
	e.examined_on = (struct date){ 2026, 1, 1 };
	return e;
}

static void
the_person_must_be_in_post_and_the_body_good(void **state)
{
	static const struct { enum subject kind; const char *key; enum action action; const char *why; } cases[] = {
		{ SUBJECT_PERSON, NUMBER, ACTION_SUSPEND, "the person is not in post" }, { SUBJECT_PERSON, NUMBER, ACTION_CANCEL, "the person has left" },
		{ SUBJECT_BODY, "12370102MB00000029", ACTION_SUSPEND, "its body is suspended" },
		{ SUBJECT_BODY, "12370102MB00000029", ACTION_CANCEL, "its body is abolished" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct desk d;
		void *dir = NULL;
		char why[120];
		struct entries e = examined(NUMBER);
		e.uscc = desk_entrusted_body;
		assert_int_equal(scratch_make(&dir), 0);
		desk_open(&d, dir, PROFILE_INTL, 10);
		assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
		assert_int_equal(desk_decide(&d, cases[i].kind, cases[i].key, cases[i].action, DESK_NOW + 10), OK);
		d.now_unix_s = DESK_NOW + 10;
		issue(&d, office, why);
		assert_string_equal(why, cases[i].why);
		d.now_unix_s = DESK_NOW + 9; /* nothing takes effect before */
		issue(&d, office, why);
		assert_string_equal(why, "");
		desk_close(&d);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
an_entrusted_body_certifies_within_its_term_only(void **state)
{
	struct desk d;
	char why[120];
	struct entries e = examined(NUMBER);
	e.uscc = desk_entrusted_body;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
	d.now_unix_s = DESK_ENTRUSTED_TO;
	issue(&d, office, why);
	assert_string_equal(why, "its body's entrustment is not in force");
	d.now_unix_s = DESK_ENTRUSTED_TO - 1;
	issue(&d, office, why);
	assert_string_equal(why, "");
	desk_close(&d);
}

static enum status
revoke_with_ban(struct desk *d, int64_t until)
{
	struct batch b;
	struct decision x = { .action = ACTION_REVOKE, .effective_unix_s = d->now_unix_s, .ban_until_unix_s = until, .ground = BYTES_LIT("art. 9") };
	assert_int_equal(batch_begin(d->registry, false, BYTES_LIT("tester"), d->now_unix_s * 1000, &b, &d->err), OK);
	enum status st = decide_holder(&b, BYTES_LIT(NUMBER), &x, &d->err);
	assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
	return st;
}

/* The supervision certificate was entered before the ban; the credential would come after it. */
static void
under_a_ban_nothing_new_is_issued_until_it_ends(void **state)
{
	struct desk d;
	char why[120];
	struct entries e = examined(NUMBER), other = examined("15000000008");
	other.kind = KIND_SUPERVISION;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
	assert_int_equal(desk_issue(&d).issued, 1);
	assert_int_equal(desk_enter(&d, &other, ID, NULL, NULL), OK);
	assert_int_equal(revoke_with_ban(&d, DESK_NOW + 1000), OK);
	d.now_unix_s = DESK_NOW + 999;
	issue(&d, office, why);
	assert_string_equal(why, "the person is under a ban on re-applying");
	d.now_unix_s = DESK_NOW + 1000;
	issue(&d, office, why);
	assert_string_equal(why, "");
	desk_close(&d);
}

static void
a_valid_ministry_certificate_stands_instead_of_one_of_ours(void **state)
{
	struct desk d;
	char why[120];
	uint64_t id = 0;
	struct entries e = examined(NUMBER), theirs = desk_entries("钱某", "部0001");
	theirs.kind = KIND_MINISTRY;
	theirs.ministry = BYTES_LIT("某部");
	theirs.valid_until = (struct date){ 2027, 6, 30 };
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter(&d, &theirs, ID, NULL, &id), OK);
	assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
	issue(&d, office, why); /* one is looked at: theirs is never issued */
	assert_string_equal(why, "the person holds a valid ministry certificate (部委证)");
	d.now_unix_s = date_end_unix_s(theirs.valid_until) - 1;
	issue(&d, office, why);
	assert_string_not_equal(why, "");
	d.now_unix_s++;
	issue(&d, office, why);
	assert_string_equal(why, "");
	assert_int_equal(desk_effective(&d, id, DESK_NOW).cause, CAUSE_NONE);
	desk_close(&d);
}

static void
where_the_office_says_so_both_are_held(void **state)
{
	struct desk d;
	char why[120];
	struct entries e = examined(NUMBER), theirs = desk_entries("钱某", "部0001");
	theirs.kind = KIND_MINISTRY;
	theirs.ministry = BYTES_LIT("某部");
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter(&d, &theirs, ID, NULL, NULL), OK);
	assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
	issue(&d, (struct eligibility){ ASKED_OF_NEW, ASKED_OF_NEW, MINISTRY_BESIDE }, why);
	assert_string_equal(why, "");
	desk_close(&d);
}

static void
who_left_is_entered_again_only_after_the_return_is_recorded_and_begins_anew(void **state)
{
	struct desk d;
	char why[120];
	uint64_t old = 0, id = 0;
	struct entries e = examined(NUMBER), again = examined("15000000009");
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter(&d, &e, ID, NULL, &old), OK);
	assert_int_equal(desk_issue(&d).issued, 1);
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, NUMBER, ACTION_CANCEL, DESK_NOW), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, NUMBER, ACTION_REINSTATE, DESK_NOW), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "still has certificate 15000000007; cancel it first"));
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, NUMBER, ACTION_CANCEL, DESK_NOW), OK);
	assert_int_equal(desk_enter(&d, &again, ID, NULL, &id), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "this person left"));
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, NUMBER, ACTION_REINSTATE, DESK_NOW + 50), OK);
	d.now_unix_s = DESK_NOW + 50;
	assert_int_equal(desk_enter(&d, &again, ID, NULL, &id), OK);
	issue(&d, office, why);
	assert_string_equal(why, "");
	assert_int_equal(desk_effective(&d, id, DESK_NOW + 50).cause, CAUSE_NONE);
	assert_int_equal(desk_effective(&d, id, DESK_NOW + 49).cause, CAUSE_PERSON);
	assert_int_equal(desk_effective(&d, old, DESK_NOW + 50).cause, CAUSE_CERTIFICATE); /* void stays void */
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, "15000000009", ACTION_CANCEL, DESK_NOW + 60), OK); /* and may leave again */
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(what_the_entries_must_hold_is_asked_by_the_settings),
		T(the_person_must_be_in_post_and_the_body_good),
		T(an_entrusted_body_certifies_within_its_term_only),
		T(under_a_ban_nothing_new_is_issued_until_it_ends),
		T(a_valid_ministry_certificate_stands_instead_of_one_of_ours),
		T(where_the_office_says_so_both_are_held),
		T(who_left_is_entered_again_only_after_the_return_is_recorded_and_begins_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
