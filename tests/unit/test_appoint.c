/* Operators and policies: who is entered how, and nobody is locked out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "tests/unit/support/eyes.h"
#include "tests/unit/support/replayed.h"

static struct eyes e; /* too large for a stack frame */

#define assert_refused(call, want, words) do { assert_int_equal(call, want); \
	if (strstr(e.desk.err.text, words) == NULL) fail_msg("got: %s", e.desk.err.text); } while (0)

static void
end_sound(void **state)
{
	char fresh[400];
	(void)snprintf(fresh, sizeof(fresh), "%s/fresh", (const char *)*state);
	struct replayed r = desk_replay(&e.desk, fresh, PROFILE_INTL);
	if (r.faults > 0)
		fail_msg("%s", r.first_fault);
	assert_int_equal(r.differences, 0);
	eyes_close(&e);
}

/* Propose and approve an entry or a policy. */
static enum status
by_two(enum who proposer, enum who approver, struct bytes entry)
{
	uint64_t n = 0;
	struct proposed p = { .kind = PROPOSED_ENTRY, .entry = entry };
	enum status st = eyes_propose(&e, proposer, &p, &n);
	return st ? st : eyes_approve(&e, approver, n);
}

static enum status
policy_by_two(bool status_changes, uint64_t bulk_over)
{
	uint8_t mem[64];
	struct bytes entry;
	struct policy p = { .status_changes = status_changes, .bulk_over = bulk_over };
	assert_int_equal(policy_entry_encode(&p, 0, BUF_OF(mem), &entry), OK);
	return by_two(LI, WANG, entry);
}

static enum status
operator_by_two(const struct operator_entry *o)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes entry;
	assert_int_equal(operator_entry_encode(o, BUF_OF(mem), &entry), OK);
	return by_two(LI, WANG, entry);
}

static void
one_key_is_one_operator_s(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	struct operator_entry again = eyes_entry(&e, LI, OPERATOR_PROPOSES);
	again.name = BYTES_LIT("李四二");
	assert_refused(eyes_enter(&e, LI, &again), ERR_CONFLICT, "is 李四's already");
	again.name = eyes_name(LI);
	assert_int_equal(eyes_enter(&e, LI, &again), OK); /* other powers for the same */
	assert_refused(eyes_enter(&e, LI, &again), ERR_CONFLICT, "nothing would change");
	/* the key of who was removed is nobody else's either */
	struct operator_entry gone = { .name = eyes_name(ZHAO), .ended = true };
	assert_int_equal(eyes_enter(&e, LI, &gone), OK);
	assert_refused(eyes_enter(&e, LI, &gone), ERR_CONFLICT, "removed already");
	struct operator_entry heir = eyes_entry(&e, ZHAO, OPERATOR_PROPOSES);
	heir.name = BYTES_LIT("孙七");
	assert_refused(eyes_enter(&e, LI, &heir), ERR_CONFLICT, "already");
	gone.name = BYTES_LIT("孙七");
	assert_refused(eyes_enter(&e, LI, &gone), ERR_NOT_FOUND, "no operator is called");
	struct operator_entry broken = { .name = BYTES_LIT("孙七"), .spki = BYTES_LIT("no key"), .roles = OPERATOR_PROPOSES };
	assert_refused(eyes_enter(&e, LI, &broken), ERR_FORMAT, "cannot be used");
	end_sound(state);
}

static void
powers_begin_and_end_at_their_second(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	struct operator_entry zhao = eyes_entry(&e, ZHAO, OPERATOR_PROPOSES);
	zhao.from_unix_s = e.desk.now_unix_s + 10;
	zhao.until_unix_s = e.desk.now_unix_s + 20;
	assert_int_equal(eyes_enter(&e, LI, &zhao), OK);
	assert_int_equal(eyes_policy(&e, LI, true, false, 0), OK);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
	e.desk.now_unix_s += 9;
	assert_refused(eyes_propose(&e, ZHAO, &p, NULL), ERR_CONFLICT, "not yet");
	e.desk.now_unix_s += 1;
	assert_int_equal(eyes_propose(&e, ZHAO, &p, NULL), OK);
	e.desk.now_unix_s += 9;
	assert_int_equal(eyes_propose(&e, ZHAO, &p, NULL), OK);
	e.desk.now_unix_s += 1;
	assert_refused(eyes_propose(&e, ZHAO, &p, NULL), ERR_CONFLICT, "no more");
	end_sound(state);
}

static void
a_policy_needs_those_who_can_undo_it(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	struct operator_entry wang = { .name = eyes_name(WANG), .ended = true };
	assert_int_equal(eyes_enter(&e, LI, &wang), OK); /* one approver is left */
	assert_refused(eyes_policy(&e, LI, true, false, 0), ERR_CONFLICT, "1 who may approve");
	wang = eyes_entry(&e, WANG, OPERATOR_APPROVES);
	assert_int_equal(eyes_enter(&e, LI, &wang), OK);
	assert_int_equal(eyes_policy(&e, LI, true, false, 0), OK);
	/* from here on entries take two, and two who approve remain */
	struct operator_entry zhao = { .name = eyes_name(ZHAO), .ended = true };
	assert_refused(eyes_enter(&e, LI, &zhao), ERR_CONFLICT, "four eyes are in force");
	assert_int_equal(operator_by_two(&zhao), OK);
	wang = (struct operator_entry){ .name = eyes_name(WANG), .ended = true };
	assert_refused(operator_by_two(&wang), ERR_CONFLICT, "four eyes need at least 2");
	struct operator_entry li = eyes_entry(&e, LI, OPERATOR_APPROVES); /* nobody would propose */
	assert_refused(operator_by_two(&li), ERR_CONFLICT, "0 who may propose");
	end_sound(state);
}

static void
one_tightens_and_two_loosen(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(eyes_policy(&e, LI, true, false, 100), OK);
	assert_refused(eyes_policy(&e, LI, true, false, 100), ERR_CONFLICT, "nothing would change");
	assert_int_equal(eyes_policy(&e, LI, true, true, 99), OK); /* more in two respects */
	assert_refused(eyes_policy(&e, LI, false, true, 99), ERR_CONFLICT, "propose policy");
	assert_refused(eyes_policy(&e, LI, true, false, 99), ERR_CONFLICT, "propose policy");
	assert_refused(eyes_policy(&e, LI, true, true, 100), ERR_CONFLICT, "propose policy");
	assert_refused(eyes_policy(&e, LI, true, true, 0), ERR_CONFLICT, "propose policy");
	assert_int_equal(policy_by_two(false, 0), OK);
	assert_int_equal(desk_decide(&e.desk, SUBJECT_HOLDER, "15000000001", ACTION_SUSPEND, e.desk.now_unix_s), OK); /* by anybody again */
	end_sound(state);
}

static void
a_policy_that_changed_meanwhile_is_not_put_in_force(void **state)
{
	uint8_t mem[64];
	uint64_t n = 0;
	struct policy lax = { .bulk_over = 0 };
	struct proposed p = { .kind = PROPOSED_ENTRY };
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(eyes_policy(&e, LI, true, false, 0), OK);
	assert_int_equal(policy_entry_encode(&lax, 0, BUF_OF(mem), &p.entry), OK);
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	assert_int_equal(eyes_policy(&e, ZHAO, true, true, 0), OK);
	assert_refused(eyes_approve(&e, WANG, n), ERR_CONFLICT, "the policy changed after this was proposed");
	end_sound(state);
}

static void
a_name_that_the_register_does_not_know_does_nothing(void **state)
{
	struct batch b;
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(eyes_policy(&e, LI, false, false, 10), OK);
	e.desk.err.status = OK;
	assert_refused(batch_begin(e.desk.registry, false, BYTES_LIT("tester"), e.desk.now_unix_s * 1000, &b, &e.desk.err), ERR_CONFLICT,
	    "tester is no operator of this register");
	struct operator_entry publisher = { .name = BYTES_LIT("publisher") }; /* no key: only acts */
	assert_int_equal(operator_by_two(&publisher), OK);
	assert_int_equal(batch_begin(e.desk.registry, false, publisher.name, e.desk.now_unix_s * 1000, &b, NULL), OK);
	batch_end(&b);
	end_sound(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_key_is_one_operator_s, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(powers_begin_and_end_at_their_second, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_policy_needs_those_who_can_undo_it, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(one_tightens_and_two_loosen, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_policy_that_changed_meanwhile_is_not_put_in_force, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_name_that_the_register_does_not_know_does_nothing, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
