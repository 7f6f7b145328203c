/* Permissions: an approved issue or change of keys is done once, within its bounds; and the day's bound holds without one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "registry/identifier.h"
#include "registry/key_change.h"
#include "tests/unit/support/eyes.h"
#include "tests/unit/support/replayed.h"

enum { HOUR = 3600, DAY = 86400 };

static struct eyes e; /* too large for a stack frame */

#define assert_refused(call, want, words) do { e.desk.err.status = OK; assert_int_equal(call, want); \
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

static struct issue_result result;

static enum status
issue(uint64_t approval, bool changed, uint32_t kinds)
{
	struct issue_terms t = desk_terms(&e.desk);
	t.operator = eyes_name(LI);
	t.approval = approval;
	t.changed = changed;
	t.kinds = kinds;
	return issue_run(e.desk.registry, &t, &result, &e.desk.err);
}

static uint64_t
permitted(struct proposed p)
{
	uint64_t n = 0;
	p.until_unix_s = e.desk.now_unix_s + HOUR;
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	assert_int_equal(eyes_approve(&e, WANG, n), OK);
	return n;
}

static void
the_day_s_bound_holds_to_the_last_one(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL); /* with three who have no credential */
	desk_people(&e.desk, 100, 1);
	assert_int_equal(eyes_policy(&e, LI, false, false, 3), OK);
	assert_refused(issue(0, false, 0), ERR_CONFLICT, "4 would be issued, and without a second operator it may be 3 more today");
	assert_int_equal(result.issued, 0); /* none of them */
	assert_int_equal(eyes_policy(&e, LI, false, false, 2), OK);
	assert_refused(issue(0, false, 0), ERR_CONFLICT, "2 more today");
	uint64_t n = permitted((struct proposed){ .kind = PROPOSED_ISSUE, .at_most = 4 });
	assert_int_equal(issue(n, false, 0), OK);
	assert_int_equal(result.issued, 4);
	e.desk.now_unix_s += DAY;
	assert_int_equal(issue(0, false, 0), OK); /* nothing left to issue */
	end_sound(state);
}

static void
what_was_issued_on_a_day_counts_against_the_same_day(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(eyes_policy(&e, LI, false, false, 3), OK);
	e.desk.now_unix_s = DESK_NOW / DAY * DAY + 2 * DAY - 8 * HOUR - 1; /* the last second of a day of UTC+8 */
	assert_int_equal(issue(0, false, 0), OK);
	assert_int_equal(result.issued, 3);
	struct entries one = desk_entries("张三", "15000000001");
	struct batch b;
	enum entered what;
	uint64_t id;
	char idnumber[IDNUMBER_LEN + 1] = "37010219900101001"; /* the first of eyes_open */
	idnumber[17] = idnumber_check_character(idnumber);
	one.post = BYTES_LIT("科长");
	assert_int_equal(batch_begin(e.desk.registry, true, eyes_name(LI), e.desk.now_unix_s * 1000, &b, NULL), OK);
	assert_int_equal(enter_holder(&b, &one, (struct bytes){ (const uint8_t *)idnumber, IDNUMBER_LEN }, &what, &id, NULL), OK);
	assert_int_equal(batch_commit(&b, NULL), OK);
	batch_end(&b);
	assert_refused(issue(0, true, 0), ERR_CONFLICT, "0 more today");
	e.desk.now_unix_s += 1; /* the next day */
	assert_int_equal(issue(0, true, 0), OK);
	assert_int_equal(result.issued, 1);
	end_sound(state);
}

static void
a_permission_holds_within_its_bounds_and_once(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(eyes_policy(&e, LI, false, false, 1), OK);
	uint64_t few = permitted((struct proposed){ .kind = PROPOSED_ISSUE, .at_most = 2 });
	assert_refused(issue(few, false, 0), ERR_CONFLICT, "permits 2 more");
	uint64_t other = permitted((struct proposed){ .kind = PROPOSED_ISSUE, .at_most = 3, .kinds = 1u << KIND_MODERATOR });
	assert_refused(issue(other, false, 0), ERR_CONFLICT, "other kinds");
	assert_refused(issue(other, false, 1u << KIND_MODERATOR | 1u << KIND_ENFORCEMENT), ERR_CONFLICT, "other kinds");
	uint64_t plain = permitted((struct proposed){ .kind = PROPOSED_ISSUE, .at_most = 3 });
	assert_refused(issue(plain, true, 0), ERR_CONFLICT, "--changed");
	e.desk.now_unix_s += HOUR; /* the first second at which it is over */
	assert_refused(issue(plain, false, 0), ERR_CONFLICT, "until");
	e.desk.now_unix_s -= 1;
	assert_int_equal(issue(plain, false, 0), OK);
	assert_int_equal(result.issued, 3);
	assert_int_equal(eyes_state(&e, plain), PROPOSAL_USED);
	assert_refused(issue(plain, false, 0), ERR_CONFLICT, "used up");
	end_sound(state);
}

static void
what_is_not_approved_permits_nothing(void **state)
{
	uint64_t n = 0, rejected = 0;
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(eyes_policy(&e, LI, false, false, 1), OK);
	struct proposed p = { .kind = PROPOSED_ISSUE, .at_most = 3, .until_unix_s = e.desk.now_unix_s + HOUR };
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	assert_refused(issue(n, false, 0), ERR_CONFLICT, "not approved yet");
	assert_int_equal(eyes_propose(&e, LI, &p, &rejected), OK);
	assert_int_equal(eyes_reject(&e, WANG, rejected, "too many"), OK);
	assert_refused(issue(rejected, false, 0), ERR_CONFLICT, "is rejected");
	assert_refused(issue(1, false, 0), ERR_NOT_FOUND, "no proposal 1");
	struct proposed decision = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &decision, &n), OK);
	assert_refused(issue(n, false, 0), ERR_CONFLICT, "for something else");
	e.desk.now_unix_s += HOUR;
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	assert_refused(eyes_approve(&e, WANG, n), ERR_CONFLICT, "is over"); /* approved too late to be of use */
	end_sound(state);
}

static enum status
change_keys(const char *command, uint64_t approval)
{
	struct batch b;
	struct key_change c = { .command = bytes_str(command), .approval = approval };
	assert_int_equal(batch_begin(e.desk.registry, false, eyes_name(LI), e.desk.now_unix_s * 1000, &b, NULL), OK);
	enum status st = key_change_enter(&b, &c, &e.desk.err);
	if (st == OK)
		st = batch_commit(&b, &e.desk.err);
	batch_end(&b);
	return st;
}

static void
keys_are_changed_by_the_command_that_was_permitted(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(change_keys("keys new", 0), OK); /* recorded without four eyes, too */
	assert_int_equal(eyes_policy(&e, LI, false, true, 0), OK);
	assert_refused(change_keys("keys rotate issuer", 0), ERR_CONFLICT, "yaopai propose keys rotate issuer");
	uint64_t n = permitted((struct proposed){ .kind = PROPOSED_KEYS, .command = BYTES_LIT("keys rotate issuer") });
	assert_refused(change_keys("keys rotate status", n), ERR_CONFLICT, "permits another change: keys rotate issuer");
	assert_int_equal(change_keys("keys rotate issuer", n), OK);
	assert_int_equal(change_keys("keys rotate issuer", n), OK); /* killed, and run again */
	char longest[KEY_COMMAND_LEN_MAX + 2];
	memset(longest, 'k', sizeof(longest));
	longest[KEY_COMMAND_LEN_MAX + 1] = '\0';
	struct key_change c = { .command = { (const uint8_t *)longest, KEY_COMMAND_LEN_MAX } };
	uint8_t mem[KEY_COMMAND_LEN_MAX + 64];
	struct bytes payload;
	assert_int_equal(key_change_encode(&c, BUF_OF(mem), &payload), OK);
	c.command.len++;
	assert_int_equal(key_change_encode(&c, BUF_OF(mem), &payload), ERR_ARGUMENT);
	end_sound(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_day_s_bound_holds_to_the_last_one, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_was_issued_on_a_day_counts_against_the_same_day, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_permission_holds_within_its_bounds_and_once, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_is_not_approved_permits_nothing, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(keys_are_changed_by_the_command_that_was_permitted, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
