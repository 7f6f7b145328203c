/* Entries amended, credentials replaced and renewed: what changes, what stays, who may not (registry/amend.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/statuslist.h"
#include "registry/amend.h"
#include "registry/review.h"
#include "tests/unit/support/register.h"

#define ID "37010219900101001"
#define NUMBER BYTES_LIT("15000000007")
#define DAY INT64_C(86400)

static const struct bytes operator = { (const uint8_t *)"tester", 6 };
static const struct particulars because = { .ground = { (const uint8_t *)"a reason", 8 }, .organ = { (const uint8_t *)"an organ", 8 } };

enum act { AMEND, DAMAGED, LOST, RENEW };
struct doing { enum act act; struct amendment what; struct renewal renewal; };

static enum status
act(struct desk *d, const struct doing *x, struct attached *out)
{
	struct batch b;
	struct attached unused;
	d->err = (struct err){ .status = OK };
	out = out != NULL ? out : &unused;
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	enum status st = x->act == AMEND ? amend_certificate(&b, NUMBER, &x->what, out, &d->err) :
	    x->act == DAMAGED ? replace_damaged(&b, NUMBER, &because, out, &d->err) :
	    x->act == LOST ? replace_lost(&b, NUMBER, &because, out, &d->err) : renew_certificate(&b, NUMBER, &x->renewal, out, &d->err);
	uint64_t events = b.actions;
	if (st == OK && out->what == ENTERED_UNCHANGED)
		assert_int_equal(events, 0);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	else
		assert_int_equal(events, 0); /* a refusal writes nothing */
	batch_end(&b);
	return st;
}

static const struct doing renewal = { .act = RENEW, .renewal = { .months = 60, .window_months = 6, .why = {
	.ground = { (const uint8_t *)"a reason", 8 } } } };

/* Today's review is passed: without one nobody is renewed. */
static void
reviewed(struct desk *d, enum review_result result)
{
	struct batch b;
	enum entered what;
	struct review r = { .result = result, .reviewed_on = date_of_unix_s(d->now_unix_s) };
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	assert_int_equal(review_certificate(&b, NUMBER, &r, &what, &d->err), OK);
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

static struct issue_result
reissue(struct desk *d)
{
	struct issue_terms t = desk_terms(d);
	struct issue_result r;
	t.changed = true;
	assert_int_equal(issue_run(d->registry, &t, &r, &d->err), OK);
	return r;
}

static int64_t
end_of(struct desk *d, uint64_t serial)
{
	struct txn t;
	struct issued c;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(issued_get(&t, serial, &c), OK);
	txn_end(&t);
	return c.exp_unix_s;
}

/* The entries in force; texts are good until the next write. */
static struct entries
entries_now(struct desk *d, uint64_t id)
{
	struct txn t;
	struct holder h;
	struct entries e;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(holder_get(&t, id, &h), OK);
	assert_int_equal(holder_entries(&t, &h, &e), OK);
	txn_end(&t);
	return e;
}

static void
an_amendment_changes_what_it_names_and_keeps_the_rest_and_the_end(void **state)
{
	struct desk d;
	struct attached a;
	uint8_t mem[64];
	struct entries first = desk_entries("钱某", "15000000007");
	struct doing x = { .what = { .post = BYTES_LIT("科长"), .fields_n = 2, .fields = { 2, 5 }, .uscc = desk_entrusted_body, .why = because } };
	uint64_t id = one_issued(&d, *state, &first);
	assert_int_equal(act(&d, &x, &a), OK);
	assert_int_equal(a.what, ENTERED_UPDATED);
	assert_true(a.has_old_credential);
	struct entries e = entries_now(&d, id);
	assert_true(bytes_eq(e.post, BYTES_LIT("科长")));
	assert_true(bytes_eq(e.name, first.name));
	assert_int_equal(e.fields_n, 2);
	assert_int_equal(e.fields[1], 5);
	assert_int_equal(e.occasion, OCCASION_AMENDED);
	assert_true(bytes_eq(e.why.organ, because.organ));
	assert_true(bytes_eq(desk_holder(&d, id, mem).uscc, desk_entrusted_body));
	assert_int_equal(reissue(&d).replaced, 1);
	assert_int_equal(end_of(&d, 2), end_of(&d, 1));
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).cause, CAUSE_CREDENTIAL);
	assert_int_equal(act(&d, &x, &a), OK);
	assert_int_equal(a.what, ENTERED_UNCHANGED);
	desk_close(&d);
}

static void
a_spreadsheet_that_says_what_was_amended_is_unchanged(void **state)
{
	struct desk d;
	enum entered what;
	struct entries row = desk_entries("钱某", "15000000007");
	struct doing x = { .what = { .post = BYTES_LIT("科长"), .why = because } };
	(void)one_issued(&d, *state, &row);
	assert_int_equal(act(&d, &x, NULL), OK);
	row.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &row, ID, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	row.post = BYTES_LIT("处长");
	assert_int_equal(desk_enter(&d, &row, ID, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UPDATED);
	desk_close(&d);
}

static void
who_is_not_in_post_and_what_is_void_is_not_amended(void **state)
{
	static const struct { enum subject kind; enum action action; const char *says; } cases[] = {
		{ SUBJECT_PERSON, ACTION_SUSPEND, "not in post (suspended" }, { SUBJECT_PERSON, ACTION_CANCEL, "not in post (left" },
		{ SUBJECT_HOLDER, ACTION_REVOKE, "revoked" } };
	struct doing x = { .what = { .post = BYTES_LIT("科长"), .why = because } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct desk d;
		void *dir = NULL;
		struct entries e = desk_entries("钱某", "15000000007");
		assert_int_equal(scratch_make(&dir), 0);
		(void)one_issued(&d, dir, &e);
		assert_int_equal(desk_decide(&d, cases[i].kind, "15000000007", cases[i].action, DESK_NOW), OK);
		assert_int_equal(act(&d, &x, NULL), ERR_CONFLICT);
		assert_non_null(strstr(d.err.text, cases[i].says));
		desk_close(&d);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
a_body_to_move_to_is_registered_and_good(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	struct doing x = { .what = { .uscc = BYTES_LIT("11370102MB00000099"), .why = because } };
	(void)one_issued(&d, *state, &e);
	assert_int_equal(act(&d, &x, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "no body with code"));
	x.what.uscc = desk_entrusted_body;
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, "12370102MB00000029", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(act(&d, &x, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "suspended"));
	desk_close(&d);
}

static void
a_lost_credential_is_void_at_once_and_its_successor_good(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	struct doing x = { .act = LOST };
	(void)one_issued(&d, *state, &e);
	assert_int_equal(act(&d, &x, NULL), OK);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).value, STATUS_INVALID);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW - 1).value, STATUS_VALID);
	assert_int_equal(act(&d, &x, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "declared void before"));
	struct issue_result r = reissue(&d);
	assert_int_equal(r.issued, 1);
	assert_int_equal(r.replaced, 0); /* it was void already */
	assert_int_equal(desk_effective_issued(&d, 2, DESK_NOW).value, STATUS_VALID);
	assert_int_equal(act(&d, &x, NULL), OK); /* the new one is lost, too */
	assert_int_equal(desk_effective_issued(&d, 2, DESK_NOW).value, STATUS_INVALID);
	desk_close(&d);
}

static void
a_damaged_one_is_good_until_its_successor_is_there(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	struct doing x = { .act = DAMAGED };
	(void)one_issued(&d, *state, &e);
	assert_int_equal(act(&d, &x, NULL), OK);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).value, STATUS_VALID);
	assert_int_equal(reissue(&d).replaced, 1);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).value, STATUS_INVALID);
	desk_close(&d);
}

static void
what_was_never_issued_cannot_be_damaged_or_lost(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	struct doing x = { .act = DAMAGED };
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter(&d, &e, ID, NULL, NULL), OK);
	assert_int_equal(act(&d, &x, NULL), ERR_CONFLICT);
	x.act = LOST;
	assert_int_equal(act(&d, &x, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "no credential was issued"));
	desk_close(&d);
}

/* ---- renewal: valid until 2031-01-04 ---- */

static void
a_renewal_opens_its_window_before_the_end_and_adds_to_what_is_left(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	uint64_t id = one_issued(&d, *state, &e);
	d.now_unix_s = date_start_unix_s((struct date){ 2030, 7, 4 }) - 1;
	reviewed(&d, REVIEW_PASSED);
	assert_int_equal(act(&d, &renewal, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "can be renewed from 2030-07-04 on"));
	d.now_unix_s++;
	assert_int_equal(act(&d, &renewal, NULL), OK);
	assert_int_equal(reissue(&d).issued, 1);
	assert_int_equal(end_of(&d, 2), date_end_unix_s((struct date){ 2036, 1, 4 }));
	assert_int_equal(date_cmp(entries_now(&d, id).renewed_on, (struct date){ 2030, 7, 4 }), 0);
	assert_int_equal(act(&d, &renewal, NULL), ERR_CONFLICT); /* once */
	desk_close(&d);
}

static void
after_the_end_the_new_term_is_counted_from_the_day(void **state)
{
	static const struct { int64_t past_end; struct date until; } cases[] = { { -1, { 2036, 1, 4 } }, { 0, { 2036, 1, 4 } },
		{ 100 * DAY, { 2036, 4, 14 } } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct desk d;
		void *dir = NULL;
		struct entries e = desk_entries("钱某", "15000000007");
		assert_int_equal(scratch_make(&dir), 0);
		(void)one_issued(&d, dir, &e);
		d.now_unix_s = date_end_unix_s((struct date){ 2031, 1, 4 }) + cases[i].past_end;
		reviewed(&d, REVIEW_PASSED);
		assert_int_equal(act(&d, &renewal, NULL), OK);
		assert_int_equal(reissue(&d).issued, 1);
		assert_int_equal(end_of(&d, 2), date_end_unix_s(cases[i].until));
		desk_close(&d);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
a_spreadsheet_with_the_old_end_does_not_undo_a_renewal(void **state)
{
	struct desk d;
	enum entered what;
	struct entries e = desk_entries("钱某", "15000000007");
	(void)one_issued(&d, *state, &e);
	d.now_unix_s = date_start_unix_s((struct date){ 2030, 12, 1 });
	reviewed(&d, REVIEW_PASSED);
	assert_int_equal(act(&d, &renewal, NULL), OK);
	assert_int_equal(desk_enter(&d, &e, ID, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	e.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &e, ID, &what, NULL), OK);
	assert_int_equal(reissue(&d).issued, 1);
	assert_int_equal(end_of(&d, 2), date_end_unix_s((struct date){ 2036, 1, 4 }));
	desk_close(&d);
}

static void
the_suspended_and_those_out_of_post_or_without_a_good_body_are_not_renewed(void **state)
{
	static const struct { enum subject kind; const char *key; const char *says; } cases[] = {
		{ SUBJECT_HOLDER, "15000000007", "this certificate is suspended" }, { SUBJECT_PERSON, "15000000007", "not in post" },
		{ SUBJECT_BODY, "11370102MB00000013", "needs a body that is good" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct desk d;
		void *dir = NULL;
		struct entries e = desk_entries("钱某", "15000000007");
		assert_int_equal(scratch_make(&dir), 0);
		(void)one_issued(&d, dir, &e);
		d.now_unix_s = date_start_unix_s((struct date){ 2030, 12, 1 });
		assert_int_equal(desk_decide(&d, cases[i].kind, cases[i].key, ACTION_SUSPEND, d.now_unix_s), OK);
		assert_int_equal(act(&d, &renewal, NULL), ERR_CONFLICT);
		assert_non_null(strstr(d.err.text, cases[i].says));
		desk_close(&d);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
without_a_passed_review_that_is_not_overdue_nobody_is_renewed(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	(void)one_issued(&d, *state, &e);
	d.now_unix_s = date_start_unix_s((struct date){ 2030, 12, 1 });
	assert_int_equal(act(&d, &renewal, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "was due on 2027-01-05"));
	reviewed(&d, REVIEW_FAILED);
	assert_int_equal(act(&d, &renewal, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "was not passed"));
	reviewed(&d, REVIEW_PASSED);
	assert_int_equal(act(&d, &renewal, NULL), OK);
	desk_close(&d);
}

/* Entries without dates: the end is the first credential's, and the day of the first issue is kept. */
static void
without_dates_a_reissue_keeps_the_first_day_and_the_end(void **state)
{
	struct desk d;
	struct entries e = desk_entries("钱某", "15000000007");
	struct doing x = { .what = { .post = BYTES_LIT("科长"), .why = because } };
	e.issued_on = e.valid_until = (struct date){ 0 };
	uint64_t id = one_issued(&d, *state, &e);
	for (int i = 0; i < 2; i++) {
		d.now_unix_s += 400 * DAY;
		assert_int_equal(act(&d, &x, NULL), OK);
		assert_int_equal(reissue(&d).issued, 1);
		assert_int_equal(date_cmp(entries_now(&d, id).first_issued, date_of_unix_s(DESK_NOW)), 0);
		assert_int_equal(end_of(&d, (uint64_t)i + 2), end_of(&d, 1));
		x.what.post = BYTES_LIT("处长");
	}
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(an_amendment_changes_what_it_names_and_keeps_the_rest_and_the_end),
		T(a_spreadsheet_that_says_what_was_amended_is_unchanged),
		T(who_is_not_in_post_and_what_is_void_is_not_amended),
		T(a_body_to_move_to_is_registered_and_good),
		T(a_lost_credential_is_void_at_once_and_its_successor_good),
		T(a_damaged_one_is_good_until_its_successor_is_there),
		T(what_was_never_issued_cannot_be_damaged_or_lost),
		T(a_renewal_opens_its_window_before_the_end_and_adds_to_what_is_left),
		T(after_the_end_the_new_term_is_counted_from_the_day),
		T(a_spreadsheet_with_the_old_end_does_not_undo_a_renewal),
		T(the_suspended_and_those_out_of_post_or_without_a_good_body_are_not_renewed),
		T(without_a_passed_review_that_is_not_overdue_nobody_is_renewed),
		T(without_dates_a_reissue_keeps_the_first_day_and_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
