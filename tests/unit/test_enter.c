/* What an import row may do to the register, rule by rule (registry/enter.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/register.h"

#define ANNA "37010219900101001"
#define BRUNO "37010219900101003"

static void
new_unchanged_updated(void **state)
{
	struct desk d;
	enum entered what;
	uint64_t id = 0, again = 0;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "15000000007");
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, &id), OK);
	assert_int_equal(what, ENTERED_NEW);
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, &again), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	assert_int_equal(again, id);
	e.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, &again), OK);
	assert_int_equal(what, ENTERED_UPDATED);
	assert_int_equal(again, id);
	desk_close(&d);
}

static void
a_refused_row_leaves_nothing_behind(void **state)
{
	struct desk d;
	struct counters before, after;
	struct txn t;
	uint8_t person[PERSON_ID_LEN];
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(counters_get(&t, &before), OK);
	txn_end(&t);
	struct entries e = desk_entries("钱某", "");
	e.uscc = BYTES_LIT("11370102MB99999999");
	assert_int_equal(desk_enter(&d, &e, ANNA, NULL, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "import bodies first"));
	e = desk_entries("钱某", "");
	e.carried = ACTION_REVOKE; /* void, and without a number */
	assert_int_equal(desk_enter(&d, &e, ANNA, NULL, NULL), ERR_CONFLICT);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(counters_get(&t, &after), OK);
	txn_end(&t);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(sealed_begin_read(registry_sealed(d.registry), &t), OK);
	assert_int_equal(sealed_find(registry_sealed(d.registry), &t, BYTES_LIT("370102199001010011"), person), ERR_NOT_FOUND);
	txn_end(&t);
	desk_close(&d);
}

static void
one_live_certificate_of_a_kind_for_each_person(void **state)
{
	struct desk d;
	uint64_t id = 0, other = 0;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries first = desk_entries("钱某", "15000000007"), second = desk_entries("钱某", "15000000008");
	assert_int_equal(desk_enter(&d, &first, ANNA, NULL, &id), OK);
	assert_int_equal(desk_enter(&d, &second, ANNA, NULL, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "15000000007"));
	second.kind = KIND_MODERATOR; /* another kind is another certificate */
	second.number = BYTES_LIT("15T00000001");
	assert_int_equal(desk_enter(&d, &second, ANNA, NULL, &other), OK);
	assert_int_not_equal(other, id);
	desk_close(&d);
}

static void
a_number_belongs_to_one_person_and_kind(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "15000000007");
	assert_int_equal(desk_enter(&d, &e, ANNA, NULL, NULL), OK);
	assert_int_equal(desk_enter(&d, &e, BRUNO, NULL, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "someone else"));
	e.kind = KIND_MODERATOR;
	assert_int_equal(desk_enter(&d, &e, ANNA, NULL, NULL), ERR_CONFLICT);
	desk_close(&d);
}

static void
a_carried_status_becomes_a_decision_once(void **state)
{
	struct desk d;
	uint8_t mem[64];
	uint64_t id = 0;
	enum entered what;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "15000000007");
	e.carried = ACTION_SUSPEND;
	assert_int_equal(desk_enter(&d, &e, ANNA, NULL, &id), OK);
	assert_int_equal(desk_holder(&d, id, mem).standing.n, 1);
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	e.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UPDATED);
	assert_int_equal(desk_holder(&d, id, mem).standing.n, 1);
	assert_int_equal(desk_issue(&d).issued, 1); /* suspended from the start, and certified */
	desk_close(&d);
}

static void
an_import_never_lifts_a_suspension_and_never_revives(void **state)
{
	struct desk d;
	enum entered what;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "15000000007");
	assert_int_equal(desk_enter(&d, &e, ANNA, NULL, NULL), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000007", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	struct entries changed = e;
	changed.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &changed, ANNA, NULL, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "yaopai reinstate"));
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000007", ACTION_REVOKE, DESK_NOW + 1), OK);
	d.now_unix_s = DESK_NOW + 2;
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	assert_int_equal(desk_enter(&d, &changed, ANNA, NULL, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "does not come back"));
	struct entries anew = desk_entries("钱某", "15000000009"); /* certified again, under a new number */
	assert_int_equal(desk_enter(&d, &anew, ANNA, &what, NULL), OK);
	assert_int_equal(what, ENTERED_NEW);
	desk_close(&d);
}

static void
a_void_row_is_recorded_and_gets_no_credential(void **state)
{
	struct desk d;
	enum entered what;
	uint64_t old = 0, live = 0;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "15000000007");
	e.carried = ACTION_CANCEL;
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, &old), OK);
	assert_int_equal(what, ENTERED_NEW);
	struct issue_result r = desk_issue(&d);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.skipped_void, 1);
	struct entries again = desk_entries("钱某", "15000000008"); /* the same person's new certificate */
	assert_int_equal(desk_enter(&d, &again, ANNA, &what, &live), OK);
	assert_int_equal(what, ENTERED_NEW);
	assert_int_not_equal(live, old);
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, NULL), OK); /* and the old row still changes nothing */
	assert_int_equal(what, ENTERED_UNCHANGED);
	assert_int_equal(desk_issue(&d).issued, 1);
	desk_close(&d);
}

static void
a_blank_number_means_the_certificate_held(void **state)
{
	struct desk d;
	enum entered what;
	uint64_t id = 0, again = 0;
	uint8_t mem[64];
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "");
	assert_int_equal(desk_enter(&d, &e, ANNA, NULL, &id), OK);
	assert_int_equal(desk_issue(&d).issued, 1);
	struct holder h = desk_holder(&d, id, mem);
	assert_true(bytes_eq(h.number, BYTES_LIT("15000000001")));
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, &again), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	e.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, &again), OK);
	assert_int_equal(what, ENTERED_UPDATED);
	assert_int_equal(again, id);
	h = desk_holder(&d, id, mem);
	assert_true(bytes_eq(h.number, BYTES_LIT("15000000001"))); /* kept */
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(new_unchanged_updated),
		T(a_refused_row_leaves_nothing_behind),
		T(one_live_certificate_of_a_kind_for_each_person),
		T(a_number_belongs_to_one_person_and_kind),
		T(a_carried_status_becomes_a_decision_once),
		T(an_import_never_lifts_a_suspension_and_never_revives),
		T(a_void_row_is_recorded_and_gets_no_credential),
		T(a_blank_number_means_the_certificate_held),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
