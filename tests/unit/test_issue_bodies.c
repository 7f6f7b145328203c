/* Bodies' own certificates: who gets one, what it says, how long, when it is replaced, and what becomes of it with its body. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/time.h"
#include "crypto/cose.h"
#include "crypto/statuslist.h"
#include "registry/issue_bodies.h"
#include "registry/signed_by.h"
#include "tests/unit/support/register.h"

#define BODY "11370102MB00000013"                     /* desk_body */
#define TEAM "12370102MB00000029"                     /* desk_entrusted_body, until DESK_ENTRUSTED_TO */

struct wish { bool changed, only_again, reissue; uint32_t kinds; int64_t renew_until_unix_s; size_t transaction_rows; };
struct told { unsigned n; char why[200]; };

static void
on_refused(void *ctx, struct bytes uscc, const char *why)
{
	struct told *t = ctx;
	(void)uscc;
	t->n++;
	(void)snprintf(t->why, sizeof(t->why), "%s", why);
}

static struct body_issue_result
issue(struct desk *d, struct wish w, struct told *told)
{
	struct issue_terms terms = desk_terms(d);
	struct told unheard = { .n = 0 };
	struct body_issue_terms x = { .terms = &terms, .only_again = w.only_again, .renew_until_unix_s = w.renew_until_unix_s,
		.refused = on_refused, .refused_ctx = told != NULL ? told : &unheard };
	struct body_issue_result r;
	uint8_t kid[1][KID_LEN];
	memcpy(kid[0], d->signer->kid, KID_LEN);
	terms.changed = w.changed;
	terms.kinds = w.kinds;
	terms.transaction_rows = w.transaction_rows;
	terms.reissue = (const uint8_t (*)[KID_LEN])kid;
	terms.reissue_n = w.reissue;
	assert_int_equal(issue_bodies_run(d->registry, &x, &r, &d->err), OK);
	return r;
}

static struct body
team_until(int64_t to_unix_s)
{
	struct body b = desk_body_entries(TEAM, "某区综合执法大队");
	b.kind = BODY_ENTRUSTED;
	b.entrusting_name = BYTES_LIT("某市某区市场监督管理局");
	b.entrusted_from_unix_s = DESK_ENTRUSTED_FROM;
	b.entrusted_to_unix_s = to_unix_s;
	return b;
}

/* The claims of a body's current certificate; mem holds its token. */
static struct credential
claims_of(struct desk *d, const char *uscc, uint8_t mem[TOKEN_LEN_MAX])
{
	struct txn t;
	struct body b;
	struct issued c, found;
	struct bytes token;
	struct cose cose;
	struct credential claims;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(body_get(&t, bytes_str(uscc), &b), OK);
	assert_int_not_equal(b.serial, 0);
	assert_int_equal(b.serial_entries_sequence, b.entries_sequence);
	assert_int_equal(issued_get(&t, b.serial, &c), OK);
	assert_memory_equal(c.uscc, uscc, USCC_LEN);
	assert_int_equal(issued_token(&t, &c, &token), OK);
	assert_int_equal(issued_by_token(&t, token, &found), OK);
	assert_int_equal(found.serial, b.serial);
	memcpy(mem, token.ptr, token.len);
	token.ptr = mem;
	txn_end(&t);
	assert_int_equal(cose_decode(token, COSE_OURS, &cose), OK);
	assert_int_equal(credential_decode(cose.payload, &claims), OK);
	assert_int_equal(claims.exp_unix_s, c.exp_unix_s);
	return claims;
}

static uint64_t
serial_of(struct desk *d, const char *uscc)
{
	struct txn t;
	struct body b;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(body_get(&t, bytes_str(uscc), &b), OK);
	txn_end(&t);
	return b.serial;
}

static void
every_good_body_gets_one_and_none_two(void **state)
{
	struct desk d;
	uint8_t mem[TOKEN_LEN_MAX];
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct body_issue_result r = issue(&d, (struct wish){ .changed = false }, NULL);
	assert_int_equal(r.issued, 2);
	r = issue(&d, (struct wish){ .changed = true }, NULL);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.already, 2);
	struct credential c = claims_of(&d, BODY, mem);
	assert_int_equal(c.kind, KIND_BODY);
	assert_true(bytes_eq(c.sub, BYTES_LIT(BODY)) && bytes_eq(c.name, BYTES_LIT("某市某区市场监督管理局")));
	assert_true(c.body_name.len == 0 && c.body_uscc.len == 0 && c.entrusting_name.len == 0 && !c.has_cnf);
	assert_int_equal(c.jurisdiction, 370102);
	assert_int_equal(c.iat_unix_s, DESK_NOW);
	assert_int_equal(c.exp_unix_s, date_start_unix_s((struct date){ 2032, 1, 15 })); /* 60 months from the 15th: through the 14th */
	c = claims_of(&d, TEAM, mem);
	assert_true(bytes_eq(c.entrusting_name, BYTES_LIT("某市某区市场监督管理局")));
	assert_int_equal(c.exp_unix_s, DESK_ENTRUSTED_TO); /* no longer than it is entrusted */
	desk_close(&d);
}

static void
the_gm_profile_signs_too_and_small_transactions_end(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_GM, 10);
	for (unsigned i = 0; i < 7; i++) {
		char uscc[32];
		(void)snprintf(uscc, sizeof(uscc), "11370102MB0000%04u", i);
		struct body b = desk_body_entries(uscc, "某局");
		assert_int_equal(desk_enter_body(&d, &b, NULL), OK);
	}
	assert_int_equal(issue(&d, (struct wish){ .transaction_rows = 2 }, NULL).issued, 9);
	assert_int_equal(serial_of(&d, "11370102MB00000006"), 7); /* a serial each, in the order of the codes */
	assert_int_equal(serial_of(&d, TEAM), 9);
	desk_close(&d);
}

static void
who_is_not_in_order_gets_none(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct body gone = desk_body_entries("11370102MB00000021", "某局");
	gone.carried = ACTION_CANCEL;
	assert_int_equal(desk_enter_body(&d, &gone, NULL), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, BODY, ACTION_SUSPEND, DESK_NOW), OK);
	d.now_unix_s = DESK_ENTRUSTED_TO;
	struct body_issue_result r = issue(&d, (struct wish){ .changed = false }, NULL);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.abolished, 1);
	assert_int_equal(r.not_good, 2); /* one suspended, one not entrusted any more */
	desk_close(&d);
}

static void
a_refusal_is_told_and_leaves_no_gap(void **state)
{
	struct desk d;
	struct told told = { .n = 0 };
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct body nowhere = desk_body_entries("11370102MB00000005", "某局"), abroad = desk_body_entries("11130102MB00000006", "某局");
	nowhere.division = 0;
	assert_int_equal(desk_enter_body(&d, &nowhere, NULL), OK);
	struct body_issue_result r = issue(&d, (struct wish){ .changed = false }, &told);
	assert_int_equal(r.refused, 1);
	assert_int_equal(r.issued, 2);
	assert_non_null(strstr(told.why, "行政区划代码 is not in the register"));
	assert_int_equal(serial_of(&d, BODY), 1);
	assert_int_equal(serial_of(&d, TEAM), 2);
	abroad.division = 130102;
	assert_int_equal(desk_enter_body(&d, &abroad, NULL), OK);
	r = issue(&d, (struct wish){ .changed = false }, &told);
	assert_int_equal(r.refused, 2);
	d.now_unix_s = DESK_NOW + 6LL * 365 * 86400; /* the issuing certificate ends before a term of five years would */
	r = issue(&d, (struct wish){ .changed = false }, &told);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.refused, 3);
	desk_close(&d);
}

static void
an_issuer_that_may_not_sign_this_kind_leaves_them_alone(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct body_issue_result r = issue(&d, (struct wish){ .kinds = 1u << KIND_ENFORCEMENT }, NULL);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.other_kind, 2);
	assert_int_equal(issue(&d, (struct wish){ .kinds = 1u << KIND_BODY }, NULL).issued, 2);
	desk_close(&d);
}

static void
changed_entries_make_a_new_one_when_asked_for(void **state)
{
	struct desk d;
	uint8_t mem[TOKEN_LEN_MAX];
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(issue(&d, (struct wish){ .changed = false }, NULL).issued, 2);
	struct body renamed = desk_body_entries(BODY, "某市某区市场监管局");
	assert_int_equal(desk_enter_body(&d, &renamed, NULL), OK);
	assert_int_equal(serial_of(&d, BODY), 1); /* entering keeps it */
	struct body_issue_result r = issue(&d, (struct wish){ .changed = false }, NULL);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.changed_waiting, 1);
	r = issue(&d, (struct wish){ .changed = true }, NULL);
	assert_int_equal(r.issued, 1);
	assert_int_equal(r.replaced, 1);
	assert_true(bytes_eq(claims_of(&d, BODY, mem).name, BYTES_LIT("某市某区市场监管局")));
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).cause, CAUSE_CREDENTIAL);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW).value, STATUS_INVALID);
	assert_int_equal(desk_effective_issued(&d, 3, DESK_NOW).value, STATUS_VALID);
	desk_close(&d);
}

static void
one_that_ends_is_renewed_but_never_for_the_same_end(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(issue(&d, (struct wish){ .changed = false }, NULL).issued, 2);
	int64_t soon = DESK_ENTRUSTED_TO + 1;
	assert_int_equal(issue(&d, (struct wish){ .renew_until_unix_s = soon }, NULL).issued, 0); /* it would end no later */
	struct body longer = team_until(DESK_ENTRUSTED_TO + 100000);
	assert_int_equal(desk_enter_body(&d, &longer, NULL), OK);
	assert_int_equal(issue(&d, (struct wish){ .renew_until_unix_s = DESK_ENTRUSTED_TO - 1 }, NULL).issued, 0);
	assert_int_equal(issue(&d, (struct wish){ .renew_until_unix_s = DESK_ENTRUSTED_TO }, NULL).issued, 1);
	struct body longest = team_until(0);
	assert_int_equal(desk_enter_body(&d, &longest, NULL), OK);
	d.now_unix_s = DESK_ENTRUSTED_TO + 100000; /* ended: renewed without asking */
	assert_int_equal(issue(&d, (struct wish){ .changed = false }, NULL).issued, 1);
	desk_close(&d);
}

static void
a_key_s_work_is_done_again_until_the_same_day(void **state)
{
	struct desk d;
	uint8_t mem[TOKEN_LEN_MAX];
	struct signed_by key = { .since_unix_s = 0 };
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(issue(&d, (struct wish){ .only_again = true, .reissue = true }, NULL).issued, 0); /* nobody's first */
	assert_int_equal(issue(&d, (struct wish){ .changed = false }, NULL).issued, 2);
	memcpy(key.kid, d.signer->kid, KID_LEN);
	assert_int_equal(signed_by_count(d.registry, &key, 1, DESK_NOW, &d.err), OK);
	assert_int_equal(key.live, 2); /* they are counted among what a key signed */
	int64_t end = claims_of(&d, BODY, mem).exp_unix_s;
	d.now_unix_s = DESK_NOW + 86400 * 40;
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, BODY, ACTION_SUSPEND, d.now_unix_s), OK); /* no reason to leave it to the thief */
	struct body_issue_result r = issue(&d, (struct wish){ .only_again = true, .reissue = true }, NULL);
	assert_int_equal(r.issued, 1); /* the other one has ended with its entrustment */
	assert_int_equal(claims_of(&d, BODY, mem).exp_unix_s, end);
	assert_int_equal(desk_effective_issued(&d, 3, d.now_unix_s).cause, CAUSE_BODY);
	desk_close(&d);
}

static void
it_stands_and_falls_with_its_body(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(issue(&d, (struct wish){ .changed = false }, NULL).issued, 2);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, BODY, ACTION_SUSPEND, DESK_NOW + 10), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, BODY, ACTION_REINSTATE, DESK_NOW + 20), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, BODY, ACTION_CANCEL, DESK_NOW + 30), OK);
	static const struct { uint64_t serial; int64_t at; uint8_t value; enum cause cause; } cases[] = {
		{ 1, 9, STATUS_VALID, CAUSE_NONE }, { 1, 10, STATUS_SUSPENDED, CAUSE_BODY }, { 1, 20, STATUS_VALID, CAUSE_NONE },
		{ 1, 30, STATUS_INVALID, CAUSE_BODY }, /* void: what it speaks of is no more */
		{ 2, 999, STATUS_VALID, CAUSE_NONE }, { 2, 1000, STATUS_SUSPENDED, CAUSE_ENTRUSTMENT } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct effective e = desk_effective_issued(&d, cases[i].serial, DESK_NOW + cases[i].at);
		assert_int_equal(e.value, cases[i].value);
		assert_int_equal(e.cause, cases[i].cause);
	}
	desk_close(&d);
}

static void
people_and_bodies_take_turns_at_serials(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)desk_people(&d, 0, 3);
	assert_int_equal(issue(&d, (struct wish){ .changed = false }, NULL).issued, 2);
	assert_int_equal(desk_issue(&d).issued, 3);
	struct body renamed = desk_body_entries(BODY, "某市某区市场监管局");
	assert_int_equal(desk_enter_body(&d, &renamed, NULL), OK);
	assert_int_equal(issue(&d, (struct wish){ .changed = true }, NULL).issued, 1);
	assert_int_equal(serial_of(&d, BODY), 6);
	desk_close(&d);
}

#define IN_REGISTER(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_REGISTER(every_good_body_gets_one_and_none_two),
		IN_REGISTER(the_gm_profile_signs_too_and_small_transactions_end),
		IN_REGISTER(who_is_not_in_order_gets_none),
		IN_REGISTER(a_refusal_is_told_and_leaves_no_gap),
		IN_REGISTER(an_issuer_that_may_not_sign_this_kind_leaves_them_alone),
		IN_REGISTER(changed_entries_make_a_new_one_when_asked_for),
		IN_REGISTER(one_that_ends_is_renewed_but_never_for_the_same_end),
		IN_REGISTER(a_key_s_work_is_done_again_until_the_same_day),
		IN_REGISTER(it_stands_and_falls_with_its_body),
		IN_REGISTER(people_and_bodies_take_turns_at_serials),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
