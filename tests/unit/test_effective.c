/* Effective status: what fails is named first, and the published value follows from it; boundaries to the second. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/statuslist.h"
#include "tests/unit/support/register.h"

#define ID "37010219900101001"

static void
expect(struct effective e, uint8_t value, enum cause cause)
{
	assert_int_equal(e.value, value);
	assert_int_equal(e.cause, cause);
}

static uint64_t
one_issued(struct desk *d, struct bytes body)
{
	struct entries e = desk_entries("钱某", "15000000007");
	uint64_t id = 0;
	e.uscc = body;
	assert_int_equal(desk_enter(d, &e, ID, NULL, &id), OK);
	assert_int_equal(desk_issue(d).issued, 1);
	return id;
}

static void
a_fresh_certificate_is_good(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	uint64_t id = one_issued(&d, desk_body);
	expect(desk_effective(&d, id, DESK_NOW), STATUS_VALID, CAUSE_NONE);
	expect(desk_effective_issued(&d, 1, DESK_NOW), STATUS_VALID, CAUSE_NONE);
	desk_close(&d);
}

static void
void_is_published_as_1_for_ever_and_suspended_as_2(void **state)
{
	static const struct { enum action action; uint8_t value; } cases[] = { { ACTION_CANCEL, STATUS_INVALID },
		{ ACTION_REVOKE, STATUS_INVALID }, { ACTION_WITHDRAW, STATUS_INVALID }, { ACTION_SUSPEND, STATUS_SUSPENDED } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct desk d;
		void *dir = NULL;
		assert_int_equal(scratch_make(&dir), 0);
		desk_open(&d, dir, PROFILE_INTL, 10);
		(void)one_issued(&d, desk_body);
		assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000007", cases[i].action, DESK_NOW + 10), OK);
		expect(desk_effective_issued(&d, 1, DESK_NOW + 9), STATUS_VALID, CAUSE_NONE);
		expect(desk_effective_issued(&d, 1, DESK_NOW + 10), cases[i].value, CAUSE_CERTIFICATE);
		expect(desk_effective_issued(&d, 1, DESK_NOW + 400000000), cases[i].value, CAUSE_CERTIFICATE);
		desk_close(&d);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
person_and_body_suspend_and_can_come_back(void **state)
{
	static const struct { enum subject kind; const char *key; enum cause cause; } cases[] = {
		{ SUBJECT_PERSON, "15000000007", CAUSE_PERSON }, { SUBJECT_BODY, "11370102MB00000013", CAUSE_BODY } };
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)one_issued(&d, desk_body);
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t from = DESK_NOW + 100 + 1000 * (int64_t)i;
		d.now_unix_s = from;
		assert_int_equal(desk_decide(&d, cases[i].kind, cases[i].key, ACTION_SUSPEND, from), OK);
		expect(desk_effective_issued(&d, 1, from - 1), STATUS_VALID, CAUSE_NONE);
		expect(desk_effective_issued(&d, 1, from), STATUS_SUSPENDED, cases[i].cause);
		assert_int_equal(desk_decide(&d, cases[i].kind, cases[i].key, ACTION_REINSTATE, from + 50), OK);
		expect(desk_effective_issued(&d, 1, from + 49), STATUS_SUSPENDED, cases[i].cause);
		expect(desk_effective_issued(&d, 1, from + 50), STATUS_VALID, CAUSE_NONE);
	}
	desk_close(&d);
}

static void
a_body_abolished_or_a_person_who_left_is_2_and_not_void(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)one_issued(&d, desk_body);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, "11370102MB00000013", ACTION_CANCEL, DESK_NOW), OK);
	expect(desk_effective_issued(&d, 1, DESK_NOW), STATUS_SUSPENDED, CAUSE_BODY);
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, "15000000007", ACTION_CANCEL, DESK_NOW), OK);
	expect(desk_effective_issued(&d, 1, DESK_NOW), STATUS_SUSPENDED, CAUSE_PERSON); /* named before the body */
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000007", ACTION_SUSPEND, DESK_NOW), OK);
	expect(desk_effective_issued(&d, 1, DESK_NOW), STATUS_SUSPENDED, CAUSE_CERTIFICATE); /* and before the person */
	desk_close(&d);
}

static void
an_entrustment_counts_within_its_term_only(void **state)
{
	static const struct { int64_t at; uint8_t value; enum cause cause; } cases[] = {
		{ DESK_ENTRUSTED_FROM - 1, STATUS_SUSPENDED, CAUSE_ENTRUSTMENT }, { DESK_ENTRUSTED_FROM, STATUS_VALID, CAUSE_NONE },
		{ DESK_ENTRUSTED_TO - 1, STATUS_VALID, CAUSE_NONE }, { DESK_ENTRUSTED_TO, STATUS_SUSPENDED, CAUSE_ENTRUSTMENT } };
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)one_issued(&d, desk_entrusted_body);
	for (size_t i = 0; i < COUNT(cases); i++)
		expect(desk_effective_issued(&d, 1, cases[i].at), cases[i].value, cases[i].cause);
	desk_close(&d);
}

static void
a_replaced_credential_is_void_for_ever_and_its_successor_good(void **state)
{
	struct desk d;
	struct issue_result r;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)one_issued(&d, desk_body);
	struct entries changed = desk_entries("钱某", "15000000007");
	changed.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &changed, ID, NULL, NULL), OK);
	struct issue_terms t = desk_terms(&d);
	assert_int_equal(issue_run(d.registry, &t, &r, &d.err), OK);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.changed_waiting, 1);
	t.changed = true;
	assert_int_equal(issue_run(d.registry, &t, &r, &d.err), OK);
	assert_int_equal(r.issued, 1);
	assert_int_equal(r.replaced, 1);
	expect(desk_effective_issued(&d, 1, DESK_NOW), STATUS_INVALID, CAUSE_CREDENTIAL);
	expect(desk_effective_issued(&d, 2, DESK_NOW), STATUS_VALID, CAUSE_NONE);
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(a_fresh_certificate_is_good),
		T(void_is_published_as_1_for_ever_and_suspended_as_2),
		T(person_and_body_suspend_and_can_come_back),
		T(a_body_abolished_or_a_person_who_left_is_2_and_not_void),
		T(an_entrustment_counts_within_its_term_only),
		T(a_replaced_credential_is_void_for_ever_and_its_successor_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
