/* May these officers act together, asked of the register: a table of groups, and the words of the offline verifier. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/group.h"
#include "tests/unit/support/register.h"
#include "verify/yaopai_verify.h"

static const struct bytes other_body = { (const uint8_t *)"12370102MB00000045", 18 };

static const struct { const char letter; const char *number, *id17; enum credential_kind kind; bool elsewhere; uint8_t field; uint32_t area; }
people[] = {
	{ 'A', "15000000001", "37010219900101001", KIND_ENFORCEMENT, false, 1, 370102 },
	{ 'B', "15000000002", "37010219900101002", KIND_ENFORCEMENT, false, 1, 370102 },
	{ 'C', "15000000003", "37010219900101003", KIND_ENFORCEMENT, false, 6, 3701 },
	{ 'D', "15000000004", "37010219900101004", KIND_ENFORCEMENT, true, 1, 370102 },
	{ 'E', "15000000005", "37010219900101005", KIND_ENFORCEMENT, true, 1, 370102 },
	{ 'M', "15T00000001", "37010219900101001", KIND_MODERATOR, false, 1, 370102 },    /* A, too */
	{ 'S', "15000000006", "37010219900101006", KIND_ENFORCEMENT, false, 1, 370102 },  /* suspended from DESK_NOW + 10 */
};

static void
open_station(struct desk *d, const char *dir)
{
	struct batch b;
	enum entered what;
	struct body body = { .uscc = other_body, .name = BYTES_LIT("某区生态环境局"), .kind = BODY_STATUTORY, .division = 370102 };
	desk_open(d, dir, PROFILE_INTL, 10);
	assert_int_equal(batch_begin(d->registry, false, BYTES_LIT("tester"), DESK_NOW * 1000, &b, &d->err), OK);
	assert_int_equal(enter_body(&b, &body, &what, &d->err), OK);
	assert_int_equal(batch_commit(&b, &d->err), OK);
	for (size_t i = 0; i < COUNT(people); i++) {
		struct entries e = desk_entries("某人", people[i].number);
		e.kind = people[i].kind;
		if (e.kind == KIND_MODERATOR)
			e.trained_on = e.examined_on = (struct date){ 2026, 1, 4 };
		e.uscc = people[i].elsewhere ? other_body : desk_body;
		e.fields[0] = people[i].field;
		e.jurisdiction = people[i].area;
		assert_int_equal(desk_enter(d, &e, people[i].id17, NULL, NULL), OK);
	}
	assert_int_equal(desk_issue(d).issued, COUNT(people));
	assert_int_equal(desk_decide(d, SUBJECT_HOLDER, "15000000006", ACTION_SUSPEND, DESK_NOW + 10), OK);
}

static enum status
ask(struct desk *d, const struct group_question *q, struct group_answer *a)
{
	struct txn t;
	d->err = (struct err){ .status = OK };
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	enum status st = group_judge(&t, q, a, &d->err);
	txn_end(&t);
	return st;
}

static struct bytes
number_of(char letter)
{
	for (size_t i = 0; i < COUNT(people); i++)
		if (people[i].letter == letter)
			return bytes_str(people[i].number);
	return bytes_str("");
}

static void
each_rule_at_its_boundary(void **state)
{
	static const struct { const char *name, *members; int64_t later_s; bool joint; const char *named; uint8_t field; uint32_t place;
		enum group_verdict wanted; size_t member; } cases[] = {
		{ "two of one body", "AB", 0, false, "", 0, 0, GROUP_GOOD, 0 },
		{ "nobody", "", 0, false, "", 0, 0, GROUP_TOO_FEW, 0 },
		{ "one alone", "A", 0, false, "", 0, 0, GROUP_TOO_FEW, 0 },
		{ "one who is suspended in a moment", "AS", 9, false, "", 0, 0, GROUP_GOOD, 0 },
		{ "one who is suspended", "AS", 10, false, "", 0, 0, GROUP_MEMBER_NOT_GOOD, 1 },
		{ "a good third does not make up for it", "ABS", 10, false, "", 0, 0, GROUP_MEMBER_NOT_GOOD, 2 },
		{ "a moderator", "BM", 0, false, "", 0, 0, GROUP_WRONG_KIND, 1 },
		{ "the kind is named before the person", "AM", 0, false, "", 0, 0, GROUP_WRONG_KIND, 1 },
		{ "the same number twice", "AA", 0, false, "", 0, 0, GROUP_SAME_PERSON, 1 },
		{ "another body", "AD", 0, false, "", 0, 0, GROUP_OTHER_BODY, 1 },
		{ "jointly, one of each", "AD", 0, true, "", 0, 0, GROUP_TOO_FEW, 0 },
		{ "jointly, two of each", "ABDE", 0, true, "", 0, 0, GROUP_GOOD, 0 },
		{ "jointly, three and one", "ABCD", 0, true, "", 0, 0, GROUP_TOO_FEW, 3 },
		{ "jointly, of the bodies named", "ABDE", 0, true, "01", 0, 0, GROUP_GOOD, 0 },
		{ "jointly, a body that was not named", "ABDE", 0, true, "0", 0, 0, GROUP_OTHER_BODY, 2 },
		{ "jointly, a body that sent nobody", "AB", 0, true, "01", 0, 0, GROUP_TOO_FEW, 1 },
		{ "two hold the field", "ABC", 0, false, "", 1, 0, GROUP_GOOD, 0 },
		{ "one holds the field", "ABC", 0, false, "", 6, 0, GROUP_FIELD, 0 },
		{ "the place itself", "AB", 0, false, "", 0, 370102, GROUP_GOOD, 0 },
		{ "a city covers its districts", "CA", 0, false, "", 0, 370102, GROUP_GOOD, 0 },
		{ "a district does not cover its city", "CA", 0, false, "", 0, 3701, GROUP_JURISDICTION, 1 },
		{ "elsewhere", "AB", 0, false, "", 0, 370103, GROUP_JURISDICTION, 0 },
	};
	const struct bytes bodies[] = { desk_body, other_body };
	struct desk d;
	open_station(&d, *state);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes numbers[8], named[2];
		struct group_answer a;
		struct group_question q = { .numbers = numbers, .joint = cases[i].joint, .bodies = named, .jurisdiction = cases[i].place,
			.unix_s = DESK_NOW + cases[i].later_s };
		for (const char *m = cases[i].members; *m != '\0'; m++)
			numbers[q.numbers_n++] = number_of(*m);
		for (const char *n = cases[i].named; *n != '\0'; n++)
			named[q.bodies_n++] = bodies[*n - '0'];
		if (cases[i].field != 0)
			q.fields[q.fields_n++] = cases[i].field;
		assert_int_equal(ask(&d, &q, &a), OK);
		bool one_is_to_blame = a.verdict != GROUP_TOO_FEW && a.verdict != GROUP_FIELD;
		if (a.verdict != cases[i].wanted || a.sentence[0] == '\0' || (one_is_to_blame && a.member != cases[i].member))
			fail_msg("%s: %s (%zu), wanted %s: %s", cases[i].name, group_verdict_text(a.verdict), a.member,
			    group_verdict_text(cases[i].wanted), a.sentence);
	}
	desk_close(&d);
}

static void
a_member_that_is_not_good_is_told_with_its_reason(void **state)
{
	struct desk d;
	struct group_answer a;
	struct bytes numbers[] = { number_of('A'), number_of('S') };
	open_station(&d, *state);
	assert_int_equal(ask(&d, &(struct group_question){ .numbers = numbers, .numbers_n = 2, .unix_s = DESK_NOW + 10 }, &a), OK);
	assert_string_equal(a.sentence, "certificate 2 (15000000006) is SUSPENDED: the certificate is suspended from 2027-01-15T16:00:10+08:00");
	desk_close(&d);
}

static void
one_more_than_fits_and_what_is_unknown_is_a_failure(void **state)
{
	struct desk d;
	struct group_answer a;
	struct bytes numbers[GROUP_MEMBERS_MAX + 1];
	open_station(&d, *state);
	for (size_t i = 0; i < COUNT(numbers); i++)
		numbers[i] = number_of(i % 2 == 0 ? 'A' : 'B');
	struct group_question q = { .numbers = numbers, .numbers_n = GROUP_MEMBERS_MAX, .unix_s = DESK_NOW };
	assert_int_equal(ask(&d, &q, &a), OK);
	assert_int_equal(a.verdict, GROUP_SAME_PERSON);
	q.numbers_n++;
	assert_int_equal(ask(&d, &q, &a), ERR_LIMIT);
	assert_int_equal(a.verdict, GROUP_NOT_JUDGED);
	q.numbers_n = 2;
	q.jurisdiction = 37010;
	assert_int_equal(ask(&d, &q, &a), ERR_ARGUMENT);
	q.jurisdiction = 0;
	numbers[1] = BYTES_LIT("15999999999");
	assert_int_equal(ask(&d, &q, &a), ERR_NOT_FOUND);
	numbers[1] = number_of('B');
	const struct bytes unknown = BYTES_LIT("11370102MB99999999");
	q.joint = true;
	q.bodies = &unknown;
	q.bodies_n = 1;
	assert_int_equal(ask(&d, &q, &a), ERR_NOT_FOUND);
	assert_int_equal(a.verdict, GROUP_NOT_JUDGED);
	desk_close(&d);
}

static void
the_words_and_codes_are_the_offline_verifiers(void **state)
{
	(void)state;
	assert_int_equal(GROUP_JURISDICTION, YP_GROUP_JURISDICTION);
	for (int v = 0; v <= 100; v++)
		assert_string_equal(group_verdict_text((enum group_verdict)v), yp_group_verdict_text((enum yp_group_verdict)v));
}

static void
the_rules_are_the_offline_verifiers(void **state)
{
	struct desk d;
	struct group_answer ours;
	struct yp_group_answer theirs;
	const struct yp_answer *members[COUNT(people)];
	struct yp_answer answers[COUNT(people)];
	struct bytes numbers[2];
	open_station(&d, *state);
	for (size_t i = 0; i < COUNT(people); i++) { /* as a judgement of their tokens finds them ten seconds later */
		const struct bytes uscc = people[i].elsewhere ? other_body : desk_body;
		memset(&answers[i], 0, sizeof(answers[i]));
		answers[i].verdict = people[i].letter == 'S' ? YP_SUSPENDED : YP_VALID;
		answers[i].facts_proven = true;
		answers[i].kind = (unsigned)people[i].kind;
		answers[i].number = (struct yp_text){ people[i].number, strlen(people[i].number) };
		answers[i].body_uscc = (struct yp_text){ (const char *)uscc.ptr, uscc.len };
		answers[i].jurisdiction = people[i].area;
		answers[i].fields_n = 1;
		answers[i].fields[0] = people[i].field;
	}
	for (size_t i = 0; i < COUNT(people) * COUNT(people) * 4; i++) { /* every pair, joint or not, with and without field and place */
		size_t a = i / 4 % COUNT(people), b = i / 4 / COUNT(people);
		bool asked = (i & 1) != 0, joint = (i & 2) != 0;
		numbers[0] = bytes_str(people[a].number);
		numbers[1] = bytes_str(people[b].number);
		members[0] = &answers[a];
		members[1] = &answers[b];
		struct group_question q = { .numbers = numbers, .numbers_n = 2, .joint = joint, .fields = { 1 }, .fields_n = asked,
			.jurisdiction = asked ? 370102 : 0, .unix_s = DESK_NOW + 10 };
		struct yp_group_question yq = { .joint = joint, .fields = { 1 }, .fields_n = asked, .jurisdiction = q.jurisdiction };
		assert_int_equal(ask(&d, &q, &ours), OK);
		assert_int_equal(yp_judge_group(members, 2, &yq, &theirs), YP_OK);
		assert_int_equal((int)ours.verdict, (int)theirs.verdict);
		assert_int_equal(ours.member, theirs.member);
		if (ours.verdict != GROUP_MEMBER_NOT_GOOD && ours.verdict != GROUP_SAME_PERSON)
			assert_string_equal(ours.sentence, theirs.sentence);
	}
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(each_rule_at_its_boundary),
		T(a_member_that_is_not_good_is_told_with_its_reason),
		T(one_more_than_fits_and_what_is_unknown_is_a_failure),
		T(the_words_and_codes_are_the_offline_verifiers),
		T(the_rules_are_the_offline_verifiers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
