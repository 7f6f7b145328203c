/* Four eyes: one operator proposes, another approves, and nothing happens otherwise. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "tests/unit/support/eyes.h"
#include "tests/unit/support/replayed.h"

static const char first[] = "15000000001", second[] = "15000000002";

static const char *
place(void **state, const char *name)
{
	static char path[400];
	(void)snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
	return path;
}

#define assert_refused(e, call, want, words) do { assert_int_equal(call, want); \
	if (strstr((e).desk.err.text, words) == NULL) fail_msg("got: %s", (e).desk.err.text); } while (0)

static struct eyes e; /* too large for a stack frame */

static void
start(void **state)
{
	eyes_open(&e, *state, PROFILE_INTL);
	assert_int_equal(eyes_policy(&e, LI, true, false, 0), OK);
}

/* The journal makes the same tables again and breaks no rule. */
static void
end_sound(void **state)
{
	struct replayed r = desk_replay(&e.desk, place(state, "fresh"), PROFILE_INTL);
	if (r.faults > 0)
		fail_msg("%s", r.first_fault);
	assert_int_equal(r.differences, 0);
	eyes_close(&e);
}

static void
what_another_approves_is_done_at_once(void **state)
{
	uint64_t n = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 2);
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	assert_int_equal(eyes_standing(&e, first), STATE_GOOD); /* nothing happened yet */
	assert_int_equal(eyes_state(&e, n), PROPOSAL_PENDING);
	e.desk.now_unix_s += 3600;
	assert_int_equal(eyes_approve(&e, WANG, n), OK);
	assert_int_equal(e.outcome.done, 2);
	assert_int_equal(e.outcome.refused_n, 0);
	assert_int_equal(eyes_standing(&e, first), STATE_SUSPENDED);
	assert_int_equal(eyes_standing(&e, second), STATE_SUSPENDED);
	assert_int_equal(eyes_state(&e, n), PROPOSAL_APPROVED);
	e.desk.now_unix_s -= 1; /* "now" was when it was approved */
	assert_int_equal(eyes_standing(&e, first), STATE_GOOD);
	end_sound(state);
}

static void
nobody_decides_alone(void **state)
{
	start(state);
	struct batch b;
	struct decision d = { .action = ACTION_CANCEL, .effective_unix_s = e.desk.now_unix_s, .ground = BYTES_LIT("art. 9") };
	assert_int_equal(batch_begin(e.desk.registry, false, eyes_name(LI), e.desk.now_unix_s * 1000, &b, NULL), OK);
	assert_refused(e, decide_holder(&b, bytes_str(first), &d, &e.desk.err), ERR_CONFLICT, "yaopai propose");
	e.desk.err.status = OK;
	assert_refused(e, decide_person(&b, bytes_str(first), &d, &e.desk.err), ERR_CONFLICT, "two operators");
	e.desk.err.status = OK;
	assert_refused(e, decide_body(&b, desk_body, &d, &e.desk.err), ERR_CONFLICT, "two operators");
	assert_int_equal(b.actions, 0);
	batch_end(&b);
	end_sound(state);
}

static void
the_same_person_does_not_do_both(void **state)
{
	uint64_t n = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_CANCEL, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	assert_refused(e, eyes_approve(&e, LI, n), ERR_CONFLICT, "another operator has to approve it");
	assert_refused(e, eyes_reject(&e, LI, n, "no"), ERR_CONFLICT, "yaopai retract");
	assert_int_equal(eyes_state(&e, n), PROPOSAL_PENDING);
	assert_int_equal(eyes_standing(&e, first), STATE_GOOD);
	end_sound(state);
}

static void
who_has_no_role_or_another_key_is_refused(void **state)
{
	uint64_t n = 0;
	struct batch b;
	start(state);
	struct proposed p = eyes_decision(ACTION_CANCEL, 1);
	assert_refused(e, eyes_propose(&e, WANG, &p, NULL), ERR_CONFLICT, "may not propose");
	assert_refused(e, eyes_propose(&e, NOBODY, &p, NULL), ERR_CONFLICT, "no operator of this register");
	assert_int_equal(eyes_propose(&e, ZHAO, &p, &n), OK);
	assert_refused(e, eyes_approve(&e, ZHAO, n), ERR_CONFLICT, "proposed it");
	assert_int_equal(batch_begin(e.desk.registry, false, eyes_name(WANG), e.desk.now_unix_s * 1000, &b, NULL), OK);
	e.outcome = (struct outcome){ .told = NULL };
	assert_refused(e, proposal_approve(&b, e.signer[LI], n, &e.outcome, &e.desk.err), ERR_CONFLICT, "proposed it"); /* first failure stays */
	e.desk.err.status = OK;
	assert_refused(e, proposal_approve(&b, e.signer[NOBODY], n, &e.outcome, &e.desk.err), ERR_CONFLICT, "not the one of");
	batch_end(&b);
	/* the right kid over another's signature */
	memcpy(e.signer[NOBODY]->kid, e.signer[WANG]->kid, KID_LEN);
	assert_int_equal(batch_begin(e.desk.registry, false, eyes_name(WANG), e.desk.now_unix_s * 1000, &b, NULL), OK);
	e.desk.err.status = OK;
	assert_refused(e, proposal_approve(&b, e.signer[NOBODY], n, &e.outcome, &e.desk.err), ERR_CONFLICT, "not the one of");
	assert_int_not_equal(batch_commit(&b, NULL), OK); /* what was carried out before the signature failed is not kept */
	batch_end(&b);
	assert_int_equal(eyes_standing(&e, first), STATE_GOOD);
	assert_int_equal(eyes_state(&e, n), PROPOSAL_PENDING);
	end_sound(state);
}

static void
a_proposal_is_resolved_once(void **state)
{
	uint64_t n = 0, rejected = 0, retracted = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	assert_int_equal(eyes_approve(&e, WANG, n), OK);
	assert_refused(e, eyes_approve(&e, WANG, n), ERR_CONFLICT, "approved already");
	p = eyes_decision(ACTION_REINSTATE, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &rejected), OK);
	assert_int_equal(eyes_propose(&e, LI, &p, &retracted), OK);
	assert_int_equal(eyes_reject(&e, WANG, rejected, "the ground is another"), OK);
	assert_refused(e, eyes_retract(&e, ZHAO, retracted), ERR_CONFLICT, "only they can take it back");
	assert_int_equal(eyes_retract(&e, LI, retracted), OK);
	assert_refused(e, eyes_approve(&e, WANG, rejected), ERR_CONFLICT, "rejected already");
	assert_refused(e, eyes_approve(&e, WANG, retracted), ERR_CONFLICT, "retracted already");
	assert_refused(e, eyes_approve(&e, WANG, 1), ERR_NOT_FOUND, "no proposal 1");
	assert_int_equal(eyes_standing(&e, first), STATE_SUSPENDED);
	end_sound(state);
}

static void
an_expired_proposal_is_not_approved(void **state)
{
	uint64_t n = 0, later = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	e.desk.now_unix_s += 86400; /* the first second at which it is over */
	assert_refused(e, eyes_approve(&e, WANG, n), ERR_CONFLICT, "expired");
	assert_int_equal(eyes_propose(&e, LI, &p, &later), OK); /* records what expired */
	assert_int_equal(eyes_state(&e, n), PROPOSAL_EXPIRED);
	e.desk.now_unix_s += 86399; /* the last second at which it may */
	assert_int_equal(eyes_approve(&e, WANG, later), OK);
	end_sound(state);
}

static void
what_changed_meanwhile_is_refused(void **state)
{
	uint64_t a = 0, b = 0, c = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &a), OK);
	assert_int_equal(eyes_approve(&e, WANG, a), OK);
	p = eyes_decision(ACTION_REINSTATE, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &a), OK);
	assert_int_equal(eyes_propose(&e, ZHAO, &p, &b), OK);
	assert_int_equal(eyes_approve(&e, WANG, a), OK);
	p = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &c), OK);
	assert_int_equal(eyes_approve(&e, WANG, c), OK);
	/* suspended again: b would lift a suspension that nobody considered when b was proposed */
	assert_refused(e, eyes_approve(&e, WANG, b), ERR_CONFLICT, "changed after this was proposed");
	assert_int_equal(eyes_standing(&e, first), STATE_SUSPENDED);
	assert_int_equal(eyes_state(&e, b), PROPOSAL_PENDING);
	end_sound(state);
}

static void
those_that_a_rule_refuses_are_left_out_and_told(void **state)
{
	uint64_t a = 0, b = 0;
	start(state);
	struct proposed one = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &one, &a), OK);
	struct proposed two = eyes_decision(ACTION_SUSPEND, 2);
	assert_int_equal(eyes_propose(&e, LI, &two, &b), OK);
	assert_int_equal(eyes_approve(&e, WANG, a), OK);
	assert_int_equal(eyes_approve(&e, WANG, b), OK);
	assert_int_equal(e.outcome.done, 1);
	assert_int_equal(e.outcome.refused_n, 1);
	assert_non_null(strstr(e.refused, "15000000001: "));
	assert_int_equal(eyes_standing(&e, second), STATE_SUSPENDED);
	end_sound(state);
}

static void
an_operator_who_is_removed_neither_proposes_nor_stands_behind_what_they_proposed(void **state)
{
	uint64_t n = 0, removal = 0;
	uint8_t mem[256];
	start(state);
	struct proposed p = eyes_decision(ACTION_CANCEL, 1);
	assert_int_equal(eyes_propose(&e, ZHAO, &p, &n), OK);
	struct operator_entry gone = { .name = eyes_name(ZHAO), .ended = true };
	struct proposed remove = { .kind = PROPOSED_ENTRY };
	assert_refused(e, eyes_enter(&e, LI, &gone), ERR_CONFLICT, "propose operators");
	assert_int_equal(operator_entry_encode(&gone, BUF_OF(mem), &remove.entry), OK);
	assert_int_equal(eyes_propose(&e, LI, &remove, &removal), OK);
	assert_int_equal(eyes_approve(&e, WANG, removal), OK);
	assert_refused(e, eyes_approve(&e, WANG, n), ERR_CONFLICT, "may not propose any more");
	assert_refused(e, eyes_propose(&e, ZHAO, &p, NULL), ERR_CONFLICT, "no more");
	assert_int_equal(eyes_standing(&e, first), STATE_GOOD);
	end_sound(state);
}

/* ---- what somebody writes who goes round all this: replay tells it ---- */

static void
assert_told(void **state, const char *words)
{
	struct replayed r = desk_replay(&e.desk, place(state, "fresh"), PROFILE_INTL);
	assert_true(r.faults > 0);
	if (strstr(r.first_fault, words) == NULL)
		fail_msg("got: %s", r.first_fault);
	assert_int_equal(r.differences, 0); /* what happened, happened */
	eyes_close(&e);
}

static void
begin(enum who by, struct batch *b)
{
	assert_int_equal(batch_begin(e.desk.registry, false, eyes_name(by), e.desk.now_unix_s * 1000, b, NULL), OK);
}

static void
decide(struct batch *b, enum action action)
{
	struct decision d = { .action = action, .effective_unix_s = e.desk.now_unix_s, .ground = BYTES_LIT("第九条"),
		.organ = BYTES_LIT("某省司法厅"), .document = BYTES_LIT("2026-7"), .reviewer = BYTES_LIT("王五") };
	assert_int_equal(decide_holder(b, bytes_str(first), &d, NULL), OK);
}

static void
a_decision_by_one_is_told_when_the_journal_is_replayed(void **state)
{
	struct batch b;
	start(state);
	begin(LI, &b);
	b.policy.status_changes = false;
	decide(&b, ACTION_SUSPEND);
	assert_int_equal(batch_commit(&b, NULL), OK);
	assert_told(state, "without a second operator");
}

static void
a_decision_under_a_proposal_that_nobody_approved_is_told(void **state)
{
	struct batch b;
	uint64_t n = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	begin(LI, &b);
	b.approval = n;
	decide(&b, ACTION_SUSPEND);
	assert_int_equal(batch_commit(&b, NULL), OK);
	assert_told(state, "its approval does not follow");
}

static void
another_decision_than_the_proposed_one_is_told(void **state)
{
	struct batch b;
	uint64_t n = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
	assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
	begin(LI, &b);
	b.approval = n;
	decide(&b, ACTION_CANCEL);
	assert_int_equal(batch_commit(&b, NULL), OK);
	assert_told(state, "it is another decision than proposal");
}

/* An approval as event, signed by `by` and recorded as done by `as`, over the hash of `of`. */
static void
forge_approval(enum who by, enum who as, uint64_t n, uint64_t of)
{
	uint8_t token_mem[1024], mem[2048];
	struct batch b;
	struct bytes enc, payload, token;
	struct digest hash;
	uint64_t sequence = 0;
	begin(as, &b);
	assert_int_equal(journal_get(&b.txn, of, &enc), OK);
	assert_int_equal(sha256(enc, &hash), OK);
	struct statement s = { .what = STATEMENT_APPROVE, .iss = BYTES_LIT("37"), .operator = eyes_name(as), .time_unix_s = e.desk.now_unix_s,
		.sequence = n, .hash = { hash.b, DIGEST_LEN } };
	assert_int_equal(statement_sign(e.signer[by], &s, BUF_OF(token_mem), &token), OK);
	struct resolution r = { .proposal = n, .state = PROPOSAL_APPROVED, .statement = token, .done = 1 };
	b.approval = n;
	decide(&b, ACTION_SUSPEND);
	assert_int_equal(resolution_encode(&r, BUF_OF(mem), &payload), OK);
	batch_event(&b, EVENT_RESOLVED, payload, &sequence);
	resolution_apply(&b.txn, &r, sequence);
	assert_int_equal(batch_commit(&b, NULL), OK);
	batch_end(&b);
}

static void
a_forged_approval_is_told(void **state)
{
	static const struct { enum who by, as; int of; const char *words; } forgeries[] = {
		{ LI, LI, 0, "approved their own" }, { LI, WANG, 0, "not by the key of 王五" }, { NOBODY, WANG, 0, "not by the key of 王五" },
		{ WANG, WANG, -1, "signed for another proposal" }, { ZHAO, ZHAO, 0, "might not do that" } };
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		char dir[400];
		uint64_t n = 0;
		void *sub = dir;
		(void)snprintf(dir, sizeof(dir), "%s/%zu", (const char *)*state, i);
		assert_int_equal(mkdir(dir, 0700), 0);
		start(&sub);
		struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
		assert_int_equal(eyes_propose(&e, LI, &p, &n), OK);
		forge_approval(forgeries[i].by, forgeries[i].as, n, n + (uint64_t)(int64_t)forgeries[i].of);
		assert_told(&sub, forgeries[i].words);
	}
}

/* ---- limits ---- */

static void
a_proposal_holds_so_many_subjects_however_long(void **state)
{
	(void)state;
	static char numbers[PROPOSAL_SUBJECTS_MAX + 1][NUMBER_LEN_MAX + 1];
	static struct bytes texts[PROPOSAL_SUBJECTS_MAX + 1];
	static uint8_t array_mem[PROPOSAL_ACTION_LEN_MAX], map_mem[EVENT_LEN_MAX], text[GROUND_LEN_MAX];
	struct bytes map;
	memset(text, 'x', sizeof(text));
	struct bytes longest = { text, sizeof(text) };
	for (size_t i = 0; i <= PROPOSAL_SUBJECTS_MAX; i++) {
		(void)snprintf(numbers[i], sizeof(numbers[i]), "%032zu", i);
		texts[i] = bytes_str(numbers[i]);
	}
	struct proposed p = { .kind = PROPOSED_DECISION, .subject = SUBJECT_HOLDER, .decision = { .action = ACTION_REVOKE, .ground = longest,
		.organ = longest, .document = longest, .reviewer = { text, OPERATOR_LEN_MAX }, .effective_unix_s = INT64_MAX,
		.ban_until_unix_s = INT64_MAX } };
	assert_int_equal(subjects_encode(texts, PROPOSAL_SUBJECTS_MAX + 1, BUF_OF(array_mem), &p.subjects), ERR_LIMIT);
	assert_int_equal(subjects_encode(texts, PROPOSAL_SUBJECTS_MAX, BUF_OF(array_mem), &p.subjects), OK);
	assert_int_equal(proposed_encode(&p, BUF_OF(map_mem), &map), OK);
	assert_int_equal(proposed_decode(map, &p), OK);
	assert_int_equal(p.subjects_n, PROPOSAL_SUBJECTS_MAX);
	texts[1] = texts[0];
	assert_int_equal(subjects_encode(texts, 2, BUF_OF(array_mem), &p.subjects), ERR_ARGUMENT); /* one twice */
	assert_int_equal(subjects_encode(texts, 0, BUF_OF(array_mem), &p.subjects), ERR_ARGUMENT);
}

static void
a_proposal_lives_no_longer_than_a_quarter_and_so_many_wait(void **state)
{
	struct batch b;
	uint64_t n = 0;
	start(state);
	struct proposed p = eyes_decision(ACTION_SUSPEND, 1);
	begin(LI, &b);
	int64_t now = e.desk.now_unix_s;
	assert_int_equal(proposal_enter(&b, e.signer[LI], &p, now + PROPOSAL_LIFETIME_MAX_S + 1, &n, NULL), ERR_ARGUMENT);
	assert_int_equal(proposal_enter(&b, e.signer[LI], &p, now, &n, NULL), ERR_ARGUMENT);
	for (unsigned i = 0; i < PROPOSALS_OPEN_MAX; i++)
		assert_int_equal(proposal_enter(&b, e.signer[LI], &p, now + PROPOSAL_LIFETIME_MAX_S, &n, NULL), OK);
	assert_int_equal(proposal_enter(&b, e.signer[LI], &p, now + 1, &n, NULL), ERR_LIMIT);
	assert_int_equal(batch_commit(&b, NULL), OK);
	assert_int_equal(eyes_reject(&e, WANG, n, "too many"), OK);
	assert_int_equal(eyes_propose(&e, LI, &p, NULL), OK); /* there is room again */
	end_sound(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_another_approves_is_done_at_once, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(nobody_decides_alone, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(the_same_person_does_not_do_both, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(who_has_no_role_or_another_key_is_refused, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_proposal_is_resolved_once, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(an_expired_proposal_is_not_approved, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_changed_meanwhile_is_refused, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(those_that_a_rule_refuses_are_left_out_and_told, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(an_operator_who_is_removed_neither_proposes_nor_stands_behind_what_they_proposed, scratch_make,
		    scratch_clear),
		cmocka_unit_test_setup_teardown(a_decision_by_one_is_told_when_the_journal_is_replayed, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_decision_under_a_proposal_that_nobody_approved_is_told, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(another_decision_than_the_proposed_one_is_told, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_forged_approval_is_told, scratch_make, scratch_clear),
		cmocka_unit_test(a_proposal_holds_so_many_subjects_however_long),
		cmocka_unit_test_setup_teardown(a_proposal_lives_no_longer_than_a_quarter_and_so_many_wait, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
