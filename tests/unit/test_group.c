#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "verify/yaopai_verify.h"

#include <string.h>

#define BODY_A "11370000MB1A000011"
#define BODY_B "11370000MB1B000022"
#define BODY_C "11370000MB1C000033"

static struct yp_text
text(const char *s)
{
	return (struct yp_text){ s, strlen(s) };
}

/* An officer as a judgement would have found them. */
static struct yp_answer
officer(const char *number, const char *body)
{
	struct yp_answer a;
	memset(&a, 0, sizeof(a));
	a.verdict = YP_VALID;
	a.facts_proven = true;
	a.kind = 1;
	a.iss = text("37");
	a.number = text(number);
	a.body_uscc = text(body);
	a.jurisdiction = 3701;
	a.fields_n = 2;
	a.fields[0] = 1, a.fields[1] = 6;
	return a;
}

enum change { AS_GOOD, SUSPENDED_ONE, FORGED_ONE, MODERATOR, SAME_NUMBER, OTHER_ISS, SAME_DEVICE, ONE_DEVICE, OTHER_DEVICE, SAME_PORTRAIT,
	ONE_PORTRAIT, OTHER_PORTRAIT, WITHOUT_FIELD, ELSEWHERE, CITY_OF };

static void
change_second(struct yp_answer *first, struct yp_answer *second, enum change change)
{
	if (change == SUSPENDED_ONE)
		second->verdict = YP_SUSPENDED;
	if (change == FORGED_ONE)
		second->verdict = YP_FORGED, second->facts_proven = false;
	if (change == MODERATOR)
		second->kind = 3;
	if (change == SAME_NUMBER || change == OTHER_ISS)
		second->number = first->number;
	if (change == OTHER_ISS)
		second->iss = text("13");
	first->has_device_key = change == SAME_DEVICE || change == OTHER_DEVICE;
	second->has_device_key = first->has_device_key || change == ONE_DEVICE;
	first->has_portrait_digest = change == SAME_PORTRAIT || change == OTHER_PORTRAIT;
	second->has_portrait_digest = first->has_portrait_digest || change == ONE_PORTRAIT;
	second->device_key[32] = change == OTHER_DEVICE;
	second->portrait_digest[15] = change == OTHER_PORTRAIT;
	if (change == WITHOUT_FIELD)
		second->fields_n = 1;
	if (change == ELSEWHERE)
		second->jurisdiction = 3702;
	if (change == CITY_OF)
		second->jurisdiction = 370102;
}

static const struct {
	const char *name;
	const char *bodies;            /* a letter for each member */
	enum change change;
	bool joint;
	const char *named;             /* a letter for each body that must send two */
	uint8_t field;
	uint32_t place;
	enum yp_group_verdict wanted;
} cases[] = {
	{ "two of one body", "AA", AS_GOOD, false, "", 0, 0, YP_GROUP_GOOD },
	{ "three of one body", "AAA", AS_GOOD, false, "", 6, 370102, YP_GROUP_GOOD },
	{ "nobody", "", AS_GOOD, false, "", 0, 0, YP_GROUP_TOO_FEW },
	{ "one alone", "A", AS_GOOD, false, "", 0, 0, YP_GROUP_TOO_FEW },
	{ "too few before not good", "", SUSPENDED_ONE, false, "", 0, 0, YP_GROUP_TOO_FEW },
	{ "one suspended", "AA", SUSPENDED_ONE, false, "", 0, 0, YP_GROUP_MEMBER_NOT_GOOD },
	{ "a third does not make up for one suspended", "AAA", SUSPENDED_ONE, false, "", 0, 0, YP_GROUP_MEMBER_NOT_GOOD },
	{ "one forged", "AA", FORGED_ONE, false, "", 0, 0, YP_GROUP_MEMBER_NOT_GOOD },
	{ "a moderator is no officer", "AA", MODERATOR, false, "", 0, 0, YP_GROUP_WRONG_KIND },
	{ "kind before body", "AB", MODERATOR, false, "", 0, 0, YP_GROUP_WRONG_KIND },
	{ "one number twice", "AA", SAME_NUMBER, false, "", 0, 0, YP_GROUP_SAME_PERSON },
	{ "one number of two authorities is two people", "AA", OTHER_ISS, false, "", 0, 0, YP_GROUP_GOOD },
	{ "one device twice", "AA", SAME_DEVICE, false, "", 0, 0, YP_GROUP_SAME_PERSON },
	{ "one with a device and one without", "AA", ONE_DEVICE, false, "", 0, 0, YP_GROUP_GOOD },
	{ "two devices", "AA", OTHER_DEVICE, false, "", 0, 0, YP_GROUP_GOOD },
	{ "one with a portrait and one without", "AA", ONE_PORTRAIT, false, "", 0, 0, YP_GROUP_GOOD },
	{ "two faces", "AA", OTHER_PORTRAIT, false, "", 0, 0, YP_GROUP_GOOD },
	{ "one face twice", "AA", SAME_PORTRAIT, false, "", 0, 0, YP_GROUP_SAME_PERSON },
	{ "person before body", "AB", SAME_NUMBER, false, "", 0, 0, YP_GROUP_SAME_PERSON },
	{ "two bodies", "AB", AS_GOOD, false, "", 0, 0, YP_GROUP_OTHER_BODY },
	{ "body before field", "AB", AS_GOOD, false, "", 9, 0, YP_GROUP_OTHER_BODY },
	{ "joint, two of each", "AABB", AS_GOOD, true, "", 0, 0, YP_GROUP_GOOD },
	{ "joint, one of the second", "AAB", AS_GOOD, true, "", 0, 0, YP_GROUP_TOO_FEW },
	{ "joint, one of the first", "ABB", AS_GOOD, true, "", 0, 0, YP_GROUP_TOO_FEW },
	{ "joint, one of the first of those named", "ABB", AS_GOOD, true, "AB", 0, 0, YP_GROUP_TOO_FEW },
	{ "joint, as named", "AABB", AS_GOOD, true, "AB", 0, 0, YP_GROUP_GOOD },
	{ "joint, a named body sent nobody", "AABB", AS_GOOD, true, "ABC", 0, 0, YP_GROUP_TOO_FEW },
	{ "joint, a body that was not named", "AABB", AS_GOOD, true, "A", 0, 0, YP_GROUP_OTHER_BODY },
	{ "both hold the field", "AA", AS_GOOD, false, "", 6, 0, YP_GROUP_GOOD },
	{ "one holds the field", "AA", WITHOUT_FIELD, false, "", 6, 0, YP_GROUP_FIELD },
	{ "two of three hold the field", "AAA", WITHOUT_FIELD, false, "", 6, 0, YP_GROUP_GOOD },
	{ "nobody holds the field", "AA", AS_GOOD, false, "", 9, 0, YP_GROUP_FIELD },
	{ "field before place", "AA", ELSEWHERE, false, "", 9, 370102, YP_GROUP_FIELD },
	{ "one of another city", "AA", ELSEWHERE, false, "", 0, 370102, YP_GROUP_JURISDICTION },
	{ "a third of another city", "AAA", ELSEWHERE, false, "", 0, 370102, YP_GROUP_JURISDICTION },
	{ "one of that county", "AA", CITY_OF, false, "", 0, 370102, YP_GROUP_GOOD },
	{ "a county's officer for the whole city", "AA", CITY_OF, false, "", 0, 3701, YP_GROUP_JURISDICTION },
};

static const char *
body_of(char letter)
{
	return letter == 'A' ? BODY_A : letter == 'B' ? BODY_B : BODY_C;
}

static enum yp_group_verdict
judged(size_t c, struct yp_group_answer *g)
{
	static struct yp_answer answers[8];
	static const char *const numbers[] = { "1", "2", "3", "4", "5", "6", "7", "8" };
	const struct yp_answer *members[8];
	struct yp_text bodies[4];
	struct yp_group_question q = { .joint = cases[c].joint, .bodies = bodies, .jurisdiction = cases[c].place };
	size_t n = strlen(cases[c].bodies);
	for (size_t i = 0; i < n; i++) {
		answers[i] = officer(numbers[i], body_of(cases[c].bodies[i]));
		members[i] = &answers[i];
	}
	if (n >= 2)
		change_second(&answers[0], &answers[1], cases[c].change);
	for (; cases[c].named[q.bodies_n] != '\0'; q.bodies_n++)
		bodies[q.bodies_n] = text(body_of(cases[c].named[q.bodies_n]));
	if (cases[c].field != 0)
		q.fields[q.fields_n++] = cases[c].field;
	assert_int_equal(yp_judge_group(members, n, &q, g), YP_OK);
	return g->verdict;
}

static void
every_case_has_its_verdict(void **state)
{
	(void)state;
	bool seen[128] = { false };
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct yp_group_answer g;
		enum yp_group_verdict v = judged(c, &g);
		if (v != cases[c].wanted)
			fail_msg("%s: wanted %s, got %s: %s", cases[c].name, yp_group_verdict_text(cases[c].wanted), yp_group_verdict_text(v), g.sentence);
		assert_true(g.sentence[0] != '\0');
		seen[v] = true;
	}
	for (int v = YP_GROUP_TOO_FEW; v <= YP_GROUP_JURISDICTION; v++)
		assert_true(seen[v]);
}

static void
the_member_to_blame_is_named(void **state)
{
	(void)state;
	struct yp_group_answer g;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		if (cases[c].change == AS_GOOD || judged(c, &g) == YP_GROUP_GOOD || g.verdict == YP_GROUP_TOO_FEW || g.verdict == YP_GROUP_FIELD)
			continue;
		assert_int_equal(g.member, 1);
	}
}

static void
a_number_that_is_not_proven_is_not_repeated(void **state)
{
	(void)state;
	struct yp_answer answers[] = { officer("15000000001", BODY_A), officer("15000000002", BODY_A) };
	const struct yp_answer *members[] = { &answers[0], &answers[1] };
	struct yp_group_question q = { .joint = false };
	struct yp_group_answer g;
	answers[1].verdict = YP_SUSPENDED;
	assert_int_equal(yp_judge_group(members, 2, &q, &g), YP_OK);
	assert_non_null(strstr(g.sentence, "15000000002"));
	answers[1].verdict = YP_FORGED;
	answers[1].facts_proven = false;
	assert_int_equal(yp_judge_group(members, 2, &q, &g), YP_OK);
	assert_null(strstr(g.sentence, "15000000002"));
	assert_non_null(strstr(g.sentence, "certificate 2 (not proven) is FORGED"));
}

static void
too_many_or_a_place_that_is_none_are_refused(void **state)
{
	(void)state;
	static struct yp_answer answers[GROUP_MEMBERS_MAX + 1];
	static char numbers[GROUP_MEMBERS_MAX + 1][3];
	const struct yp_answer *members[GROUP_MEMBERS_MAX + 1];
	struct yp_group_question q = { .joint = false };
	struct yp_group_answer g;
	for (size_t i = 0; i <= GROUP_MEMBERS_MAX; i++) {
		numbers[i][0] = (char)('a' + i / 10), numbers[i][1] = (char)('0' + i % 10);
		answers[i] = officer(numbers[i], BODY_A);
		members[i] = &answers[i];
	}
	assert_int_equal(yp_judge_group(members, GROUP_MEMBERS_MAX, &q, &g), YP_OK);
	assert_int_equal(g.verdict, YP_GROUP_GOOD);
	assert_int_equal(yp_judge_group(members, GROUP_MEMBERS_MAX + 1, &q, &g), YP_ERR_LIMIT);
	assert_int_equal(g.verdict, YP_GROUP_NOT_JUDGED);
	q.jurisdiction = 370;
	assert_int_equal(yp_judge_group(members, 2, &q, &g), YP_ERR_ARGUMENT);
	q = (struct yp_group_question){ .fields_n = 17 };
	assert_int_equal(yp_judge_group(members, 2, &q, &g), YP_ERR_LIMIT);
	q = (struct yp_group_question){ .bodies_n = GROUP_MEMBERS_MAX + 1 };
	assert_int_equal(yp_judge_group(members, 2, &q, &g), YP_ERR_LIMIT);
}

static void
verdicts_have_names_of_their_own(void **state)
{
	(void)state;
	assert_string_equal(yp_group_verdict_text(YP_GROUP_NOT_JUDGED), "NOT_JUDGED");
	assert_string_equal(yp_group_verdict_text((enum yp_group_verdict)99), "UNKNOWN_VERDICT");
	for (int v = YP_GROUP_TOO_FEW; v <= YP_GROUP_JURISDICTION; v++)
		for (int o = YP_GROUP_TOO_FEW; o < v; o++)
			assert_string_not_equal(yp_group_verdict_text((enum yp_group_verdict)v), yp_group_verdict_text((enum yp_group_verdict)o));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_has_its_verdict),
		cmocka_unit_test(the_member_to_blame_is_named),
		cmocka_unit_test(a_number_that_is_not_proven_is_not_repeated),
		cmocka_unit_test(too_many_or_a_place_that_is_none_are_refused),
		cmocka_unit_test(verdicts_have_names_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
