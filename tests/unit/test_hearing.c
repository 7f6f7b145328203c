/* May this moderator preside: every rule, and the order in which they are looked at. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/hearing.h"
#include "tests/unit/support/register.h"

/* Zhao moderates, and is an officer under 15000000001; Qian and Sun are officers; Li moderates at the entrusted body. */
#define ZHAO "37010219900101001"
#define QIAN "37010219900101002"
#define SUN  "37010219900101003"
#define LI   "37010219900101004"
static const char entrusted[] = "12370102MB00000045"; /* by desk_body, with its code */

static void
person(struct desk *d, enum credential_kind kind, const char *number, const char *id17, struct bytes uscc)
{
	struct entries e = desk_entries("某人", number);
	e.kind = kind;
	e.uscc = uscc;
	if (kind == KIND_MODERATOR)
		e.trained_on = e.examined_on = (struct date){ 2026, 1, 4 };
	assert_int_equal(desk_enter(d, &e, id17, NULL, NULL), OK);
}

static void
open_court(struct desk *d, const char *dir)
{
	struct batch b;
	enum entered what;
	struct body body = { .uscc = bytes_str(entrusted), .name = BYTES_LIT("某区执法大队"), .kind = BODY_ENTRUSTED, .division = 370102,
		.entrusting_name = BYTES_LIT("某市某区市场监督管理局"), .entrusting_uscc = desk_body };
	desk_open(d, dir, PROFILE_INTL, 10);
	assert_int_equal(batch_begin(d->registry, false, BYTES_LIT("tester"), DESK_NOW * 1000, &b, &d->err), OK);
	assert_int_equal(enter_body(&b, &body, &what, &d->err), OK);
	assert_int_equal(batch_commit(&b, &d->err), OK);
	person(d, KIND_MODERATOR, "15T00000001", ZHAO, desk_body);
	person(d, KIND_ENFORCEMENT, "15000000001", ZHAO, desk_body);
	person(d, KIND_ENFORCEMENT, "15000000002", QIAN, desk_body);
	person(d, KIND_ENFORCEMENT, "15000000003", SUN, desk_body);
	person(d, KIND_MODERATOR, "15T00000004", LI, desk_entrusted_body);
	assert_int_equal(desk_issue(d).issued, 5);
}

static enum status
ask(struct desk *d, const struct hearing_question *q, struct hearing_answer *a)
{
	struct txn t;
	d->err = (struct err){ .status = OK };
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	enum status st = hearing_judge(&t, q, a, &d->err);
	txn_end(&t);
	return st;
}

static const struct bytes two[] = { { (const uint8_t *)"15000000002", 11 }, { (const uint8_t *)"15000000003", 11 } };
static const struct bytes with_zhao[] = { { (const uint8_t *)"15000000002", 11 }, { (const uint8_t *)"15000000001", 11 } };

static struct hearing_question
question(const char *moderator, const struct bytes *investigators, struct bytes uscc)
{
	return (struct hearing_question){ .moderator = bytes_str(moderator), .investigators = investigators, .investigators_n = 2,
		.uscc = uscc, .unix_s = DESK_NOW };
}

static void
expect(struct desk *d, const struct hearing_question *q, enum hearing_verdict wanted, const char *why)
{
	struct hearing_answer a;
	assert_int_equal(ask(d, q, &a), OK);
	assert_string_equal(hearing_verdict_text(a.verdict), hearing_verdict_text(wanted));
	if (strstr(a.sentence, why) == NULL)
		fail_msg("\"%s\" was wanted in \"%s\"", why, a.sentence);
}

static void
who_did_not_investigate_may_preside(void **state)
{
	struct desk d;
	const struct bytes nobody = { NULL, 0 };
	open_court(&d, *state);
	struct hearing_question q = question("15T00000001", two, desk_body);
	expect(&d, &q, HEARING_MAY_PRESIDE, "may preside");
	q.uscc = nobody;
	expect(&d, &q, HEARING_MAY_PRESIDE, "none of the 2 investigators");
	desk_close(&d);
}

static void
a_moderator_who_investigated_is_found_under_any_number_and_in_any_state(void **state)
{
	struct desk d;
	struct hearing_answer a;
	open_court(&d, *state);
	struct hearing_question q = question("15T00000001", with_zhao, desk_body);
	expect(&d, &q, HEARING_INVESTIGATED, "15T00000001 is the investigator 15000000001");
	assert_int_equal(ask(&d, &q, &a), OK);
	assert_int_equal(a.investigator, 1);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000001", ACTION_CANCEL, DESK_NOW), OK);
	expect(&d, &q, HEARING_INVESTIGATED, "the same person"); /* also under a number that is void by now */
	const struct bytes own[] = { BYTES_LIT("15T00000001"), BYTES_LIT("15000000002") };
	q.investigators = own;
	expect(&d, &q, HEARING_INVESTIGATED, "15T00000001 is the investigator 15T00000001");
	desk_close(&d);
}

static void
only_a_moderators_certificate_that_is_good_at_that_second(void **state)
{
	struct desk d;
	open_court(&d, *state);
	struct hearing_question q = question("15000000001", two, desk_body);
	expect(&d, &q, HEARING_WRONG_KIND, "15000000001 is no hearing moderator's certificate");
	q = question("15T00000001", with_zhao, desk_body);
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, "15T00000001", ACTION_SUSPEND, DESK_NOW + 10), OK);
	q.unix_s = DESK_NOW + 9;
	expect(&d, &q, HEARING_INVESTIGATED, "");
	q.unix_s = DESK_NOW + 10; /* named first */
	expect(&d, &q, HEARING_MODERATOR_NOT_GOOD, "is SUSPENDED: the person is suspended from");
	q.unix_s = date_end_unix_s((struct date){ 2031, 1, 4 });
	expect(&d, &q, HEARING_MODERATOR_NOT_GOOD, "is EXPIRED");
	desk_close(&d);
}

static void
a_moderator_must_be_trained_and_examined_and_pass_the_review(void **state)
{
	struct desk d;
	struct batch b;
	enum entered what;
	struct review failed = { .result = REVIEW_FAILED, .reviewed_on = { 2027, 1, 15 } };
	open_court(&d, *state);
	struct entries e = desk_entries("某人", "15T00000005");
	e.kind = KIND_MODERATOR;
	e.trained_on = (struct date){ 2026, 1, 4 };
	assert_int_equal(desk_enter(&d, &e, "37010219900101005", NULL, NULL), OK);
	assert_int_equal(desk_issue(&d).issued, 1);
	struct hearing_question q = question("15T00000005", two, desk_body);
	expect(&d, &q, HEARING_MODERATOR_NOT_GOOD, "the qualification does not hold: no exam");
	q = question("15T00000001", two, desk_body);
	expect(&d, &q, HEARING_MAY_PRESIDE, "");
	assert_int_equal(batch_begin(d.registry, false, BYTES_LIT("tester"), DESK_NOW * 1000, &b, &d.err), OK);
	assert_int_equal(review_certificate(&b, BYTES_LIT("15T00000001"), &failed, &what, &d.err), OK);
	assert_int_equal(batch_commit(&b, &d.err), OK);
	expect(&d, &q, HEARING_MODERATOR_NOT_GOOD, "the qualification does not hold: the periodic review was not passed");
	desk_close(&d);
}

static void
of_the_body_that_holds_the_hearing_or_of_the_organ_that_entrusts_it(void **state)
{
	struct desk d;
	open_court(&d, *state);
	struct hearing_question q = question("15T00000004", two, desk_body);
	expect(&d, &q, HEARING_OTHER_BODY, "which holds the hearing");
	q.from_elsewhere = true;
	expect(&d, &q, HEARING_MAY_PRESIDE, "");
	q = question("15T00000004", two, desk_entrusted_body);
	expect(&d, &q, HEARING_MAY_PRESIDE, "");
	q.unix_s = DESK_ENTRUSTED_TO; /* then the moderator is not good either, which is named first */
	expect(&d, &q, HEARING_MODERATOR_NOT_GOOD, "the entrustment does not hold");
	q = question("15T00000001", two, bytes_str(entrusted));
	expect(&d, &q, HEARING_MAY_PRESIDE, "");
	desk_close(&d);
}

static void
a_body_that_may_not_act_holds_no_hearing(void **state)
{
	struct desk d;
	open_court(&d, *state);
	struct hearing_question q = question("15T00000001", two, bytes_str(entrusted));
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, entrusted, ACTION_CANCEL, DESK_NOW + 10), OK);
	q.unix_s = DESK_NOW + 9;
	expect(&d, &q, HEARING_MAY_PRESIDE, "");
	q.unix_s = DESK_NOW + 10;
	expect(&d, &q, HEARING_BODY_NOT_GOOD, "may hold no hearing: the body is cancelled");
	desk_close(&d);
}

static void
what_cannot_be_told_is_a_failure_with_a_sentence(void **state)
{
	struct desk d;
	struct hearing_answer a;
	struct bytes many[GROUP_MEMBERS_MAX + 1];
	open_court(&d, *state);
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = two[i % 2];
	struct hearing_question q = question("15T00000001", many, desk_body);
	q.investigators_n = GROUP_MEMBERS_MAX;
	expect(&d, &q, HEARING_MAY_PRESIDE, "none of the 32");
	q.investigators_n++;
	assert_int_equal(ask(&d, &q, &a), ERR_LIMIT);
	q.investigators_n = 0;
	assert_int_equal(ask(&d, &q, &a), ERR_ARGUMENT);
	assert_int_equal(a.verdict, HEARING_NOT_JUDGED);
	many[1] = BYTES_LIT("15999999999");
	q.investigators_n = 2;
	assert_int_equal(ask(&d, &q, &a), ERR_NOT_FOUND);
	assert_non_null(strstr(d.err.text, "no certificate 15999999999"));
	q = question("15T99999999", two, desk_body);
	assert_int_equal(ask(&d, &q, &a), ERR_NOT_FOUND);
	q = question("15T00000001", two, BYTES_LIT("11370102MB0000001"));
	assert_int_equal(ask(&d, &q, &a), ERR_NOT_FOUND);
	assert_non_null(strstr(d.err.text, "no body 11370102MB0000001"));
	assert_int_equal(a.verdict, HEARING_NOT_JUDGED);
	desk_close(&d);
}

static void
every_verdict_has_its_word(void **state)
{
	(void)state;
	for (int v = HEARING_WRONG_KIND; v <= HEARING_OTHER_BODY; v++)
		assert_string_not_equal(hearing_verdict_text((enum hearing_verdict)v), "UNKNOWN_VERDICT");
	assert_string_equal(hearing_verdict_text(HEARING_NOT_JUDGED), "NOT_JUDGED");
	assert_string_equal(hearing_verdict_text((enum hearing_verdict)85), "UNKNOWN_VERDICT");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(who_did_not_investigate_may_preside),
		T(a_moderator_who_investigated_is_found_under_any_number_and_in_any_state),
		T(only_a_moderators_certificate_that_is_good_at_that_second),
		T(a_moderator_must_be_trained_and_examined_and_pass_the_review),
		T(of_the_body_that_holds_the_hearing_or_of_the_organ_that_entrusts_it),
		T(a_body_that_may_not_act_holds_no_hearing),
		T(what_cannot_be_told_is_a_failure_with_a_sentence),
		T(every_verdict_has_its_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
