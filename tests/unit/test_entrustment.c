/* Entrustments: who may entrust whom, and what becomes of it when the organ in whose name a body acts is not good. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/statuslist.h"
#include "registry/condition.h"
#include "registry/entrustment.h"
#include "tests/unit/support/register.h"

#define ORGAN "11370102MB00000013"                    /* desk_body */
#define TEAM "12370102MB00000045"
#define CENTRE "12370102MB00000061"

static struct body
team_of(const char *uscc, const char *organ)
{
	struct body b = desk_body_entries(uscc, "某区综合执法中心");
	b.kind = BODY_ENTRUSTED;
	b.entrusting_name = BYTES_LIT("某市某区市场监督管理局");
	b.entrusting_uscc = bytes_str(organ);
	b.entrusted_from_unix_s = DESK_NOW - 100000;
	b.matters = BYTES_LIT("食品安全的行政检查");
	return b;
}

static void
expect_refused(struct desk *d, const struct body *b, const char *why)
{
	assert_int_equal(desk_enter_body(d, b, NULL), ERR_CONFLICT);
	if (strstr(d->err.text, why) == NULL)
		fail_msg("%s, not %s", d->err.text, why);
}

static void
an_organ_entrusts_and_the_matters_are_kept(void **state)
{
	struct desk d;
	struct txn t;
	struct body b = team_of(TEAM, ORGAN), kept, entries;
	enum entered what;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter_body(&d, &b, &what), OK);
	assert_int_equal(what, ENTERED_NEW);
	assert_int_equal(desk_enter_body(&d, &b, &what), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	b.matters = BYTES_LIT("食品、药品安全的行政检查");
	assert_int_equal(desk_enter_body(&d, &b, &what), OK);
	assert_int_equal(what, ENTERED_UPDATED);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(body_get(&t, b.uscc, &kept), OK);
	assert_int_equal(kept.matters.len, 0); /* the record keeps what standing needs, the event the rest */
	assert_int_equal(body_entries(&t, &kept, &entries), OK);
	assert_true(bytes_eq(entries.matters, b.matters));
	kept.entries_sequence = 1; /* another event */
	assert_int_equal(body_entries(&t, &kept, &entries), ERR_DAMAGED);
	kept.entries_sequence = 2; /* another body's */
	assert_int_equal(body_entries(&t, &kept, &entries), ERR_DAMAGED);
	kept.entries_sequence = 1000;
	assert_int_equal(body_entries(&t, &kept, &entries), ERR_DAMAGED);
	txn_end(&t);
	desk_close(&d);
}

static void
an_entrustment_is_not_passed_on(void **state)
{
	struct desk d;
	struct body b = team_of(TEAM, ORGAN), self = team_of(CENTRE, CENTRE), chained = team_of(CENTRE, TEAM);
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter_body(&d, &b, NULL), OK);
	expect_refused(&d, &chained, "may not pass its entrustment on");
	expect_refused(&d, &self, "cannot entrust itself");
	struct body abroad = team_of(CENTRE, "11000000MB00000099"); /* an organ of another province: nothing is known of it */
	assert_int_equal(desk_enter_body(&d, &abroad, NULL), OK);
	struct body organ = desk_body_entries(ORGAN, "某市某区市场监督管理局");
	organ.kind = BODY_ENTRUSTED;
	organ.entrusting_name = BYTES_LIT("某市人民政府");
	expect_refused(&d, &organ, "it entrusts 1 others (" TEAM ")");
	desk_close(&d);
}

static void
an_abolished_organ_entrusts_nobody_anew_and_history_stays_possible(void **state)
{
	struct desk d;
	struct body late = team_of(TEAM, ORGAN), b = team_of(CENTRE, ORGAN);
	enum entered what;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter_body(&d, &b, NULL), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, ORGAN, ACTION_CANCEL, DESK_NOW + 10), OK);
	assert_int_equal(desk_enter_body(&d, &late, NULL), OK); /* it is not abolished yet */
	d.now_unix_s = DESK_NOW + 10;
	assert_int_equal(desk_enter_body(&d, &late, &what), OK); /* what is in the register already is not refused */
	assert_int_equal(what, ENTERED_UNCHANGED);
	late.authority = BYTES_LIT("现场检查");
	expect_refused(&d, &late, "is abolished by the register");
	late.carried = ACTION_CANCEL;
	assert_int_equal(desk_enter_body(&d, &late, NULL), OK);
	desk_close(&d);
}

static uint64_t
issued_in(struct desk *d, const char *uscc)
{
	struct entries e = desk_entries("钱某", "15000000007");
	uint64_t id = 0;
	e.uscc = bytes_str(uscc);
	assert_int_equal(desk_enter(d, &e, "37010219900101001", NULL, &id), OK);
	assert_int_equal(desk_issue(d).issued, 1);
	return id;
}

static void
the_entrustment_stands_and_falls_with_its_organ(void **state)
{
	struct desk d;
	struct body b = team_of(TEAM, ORGAN);
	struct effective e;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter_body(&d, &b, NULL), OK);
	(void)issued_in(&d, TEAM);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, ORGAN, ACTION_SUSPEND, DESK_NOW + 10), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, ORGAN, ACTION_REINSTATE, DESK_NOW + 20), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, ORGAN, ACTION_CANCEL, DESK_NOW + 30), OK);
	static const struct { int64_t at; uint8_t value; enum cause cause; enum action action; } cases[] = {
		{ 9, STATUS_VALID, CAUSE_NONE, ACTION_NONE }, { 10, STATUS_SUSPENDED, CAUSE_ENTRUSTMENT, ACTION_SUSPEND },
		{ 19, STATUS_SUSPENDED, CAUSE_ENTRUSTMENT, ACTION_SUSPEND }, { 20, STATUS_VALID, CAUSE_NONE, ACTION_NONE },
		{ 29, STATUS_VALID, CAUSE_NONE, ACTION_NONE }, { 30, STATUS_SUSPENDED, CAUSE_ENTRUSTMENT, ACTION_CANCEL } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		e = desk_effective_issued(&d, 1, DESK_NOW + cases[i].at);
		assert_int_equal(e.value, cases[i].value);
		assert_int_equal(e.cause, cases[i].cause);
		assert_int_equal(e.change.action, cases[i].action);
	}
	struct condition_at c;
	struct txn t;
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(condition_of_body(&t, &b, DESK_NOW + 30, &c), OK);
	assert_int_equal(c.is, CONDITION_SUSPENDED); /* its own term goes on */
	txn_end(&t);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, TEAM, ACTION_SUSPEND, DESK_NOW + 30), OK);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW + 30).cause, CAUSE_BODY); /* named before its entrustment */
	desk_close(&d);
}

/* Entered in the other order, each row was right when it came; together they are not. */
static void
an_entrustment_by_an_entrusted_body_does_not_hold(void **state)
{
	struct desk d;
	struct body chained = team_of(CENTRE, TEAM), b = team_of(TEAM, ORGAN);
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter_body(&d, &chained, NULL), OK);
	(void)issued_in(&d, CENTRE);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).value, STATUS_VALID);
	assert_int_equal(desk_enter_body(&d, &b, NULL), OK);
	struct effective e = desk_effective_issued(&d, 1, DESK_NOW);
	assert_int_equal(e.value, STATUS_SUSPENDED);
	assert_int_equal(e.cause, CAUSE_ENTRUSTMENT);
	assert_int_equal(e.change.action, ACTION_NONE);
	assert_int_equal(e.change.effective_unix_s, DESK_NOW - 100000);
	desk_close(&d);
}

static void
who_acts_in_an_organs_name_is_counted_while_not_abolished(void **state)
{
	struct desk d;
	struct txn t;
	uint64_t n = 9;
	char first[USCC_LEN + 1];
	struct body a = team_of(TEAM, ORGAN), b = team_of(CENTRE, ORGAN);
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(desk_enter_body(&d, &a, NULL), OK);
	assert_int_equal(desk_enter_body(&d, &b, NULL), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, TEAM, ACTION_CANCEL, DESK_NOW + 5), OK);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(entrustment_count(&t, bytes_str(ORGAN), DESK_NOW + 4, &n, first), OK);
	assert_int_equal(n, 2);
	assert_string_equal(first, TEAM);
	assert_int_equal(entrustment_count(&t, bytes_str(ORGAN), DESK_NOW + 5, &n, first), OK);
	assert_int_equal(n, 1);
	assert_string_equal(first, CENTRE);
	assert_int_equal(entrustment_count(&t, bytes_str(TEAM), DESK_NOW, &n, first), OK);
	assert_int_equal(n, 0);
	assert_string_equal(first, "");
	txn_end(&t);
	desk_close(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_organ_entrusts_and_the_matters_are_kept, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(an_entrustment_is_not_passed_on, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(an_abolished_organ_entrusts_nobody_anew_and_history_stays_possible, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(the_entrustment_stands_and_falls_with_its_organ, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(an_entrustment_by_an_entrusted_body_does_not_hold, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(who_acts_in_an_organs_name_is_counted_while_not_abolished, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
