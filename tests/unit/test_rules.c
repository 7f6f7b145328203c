/* The office's rules in the register: their bounds, the defaults of a register without them, and what a newer program wrote. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/rules.h"
#include "tests/unit/support/register.h"

static const struct rules some = { .review_cycle_months = 24, .review_overdue = OVERDUE_SUSPEND, .review_grace_days = 30,
	.suspension_ended = ENDED_REINSTATES };

static void
rules_are_encoded_and_decoded(void **state)
{
	uint8_t mem[32];
	struct bytes payload;
	struct rules r;
	(void)state;
	assert_int_equal(rules_encode(&some, BUF_OF(mem), &payload), OK);
	assert_int_equal(rules_decode(payload, &r), OK);
	assert_memory_equal(&r, &some, sizeof(r));
}

static void
each_rule_has_its_bounds(void **state)
{
	static const struct { struct rules r; enum status st; const char *reason; } cases[] = {
		{ { 0, OVERDUE_REPORT, 0, ENDED_STAYS }, OK, "no review" },
		{ { REVIEW_CYCLE_MONTHS_MAX, OVERDUE_REPORT, REVIEW_GRACE_DAYS_MAX, ENDED_STAYS }, OK, "the most" },
		{ { REVIEW_CYCLE_MONTHS_MAX + 1, OVERDUE_REPORT, 0, ENDED_STAYS }, ERR_ARGUMENT, "a cycle too long" },
		{ { -1, OVERDUE_REPORT, 0, ENDED_STAYS }, ERR_ARGUMENT, "a cycle below 0" },
		{ { 12, 0, 0, ENDED_STAYS }, ERR_ARGUMENT, "no word for overdue" },
		{ { 12, 3, 0, ENDED_STAYS }, ERR_ARGUMENT, "an unknown word for overdue" },
		{ { 12, OVERDUE_REPORT, REVIEW_GRACE_DAYS_MAX + 1, ENDED_STAYS }, ERR_ARGUMENT, "too much grace" },
		{ { 12, OVERDUE_REPORT, -1, ENDED_STAYS }, ERR_ARGUMENT, "grace below 0" },
		{ { 12, OVERDUE_REPORT, 0, 0 }, ERR_ARGUMENT, "no word for the end of a suspension" },
		{ { 12, OVERDUE_REPORT, 0, 3 }, ERR_ARGUMENT, "an unknown word for it" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t mem[32];
		struct bytes payload;
		if (rules_encode(&cases[i].r, BUF_OF(mem), &payload) != cases[i].st)
			fail_msg("%s", cases[i].reason);
	}
}

static void
other_bytes_are_no_rules(void **state)
{
	static const struct { const char *bytes; size_t n; enum status st; const char *reason; } cases[] = {
		{ "\xa5\x00\x01\x01\x0c\x02\x01\x03\x00\x04\x01", 11, OK, "the default" },
		{ "\xa5\x00\x02\x01\x0c\x02\x01\x03\x00\x04\x01", 11, ERR_UNSUPPORTED, "version 2" },
		{ "\xa6\x00\x01\x01\x0c\x02\x01\x03\x00\x04\x01\x05\x01", 13, ERR_UNSUPPORTED, "a key that is not known" },
		{ "\xa4\x00\x01\x01\x0c\x02\x01\x03\x00", 9, ERR_FORMAT, "a key is missing" },
		{ "\xa5\x00\x01\x01\x0c\x02\x03\x03\x00\x04\x01", 11, ERR_FORMAT, "a word that is not known" },
		{ "\xa5\x00\x01\x01\x19\x7f\xff\x02\x01\x03\x00\x04\x01", 13, ERR_FORMAT, "a cycle out of its bounds" },
		{ "\xa5\x00\x01\x01\x0c\x02\x01\x03\x00\x04", 10, ERR_FORMAT, "cut" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rules r;
		enum status st = rules_decode((struct bytes){ (const uint8_t *)cases[i].bytes, cases[i].n }, &r);
		if ((st == OK) != (cases[i].st == OK) || (cases[i].st == ERR_UNSUPPORTED && st != ERR_UNSUPPORTED))
			fail_msg("%s", cases[i].reason);
	}
}

static struct rules
rules_in(struct desk *d)
{
	struct txn t;
	struct rules r;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(rules_get(&t, &r), OK);
	txn_end(&t);
	return r;
}

static void
a_register_has_the_defaults_until_others_are_set(void **state)
{
	struct desk d;
	struct batch b;
	struct rules r, wrong = some;
	desk_open(&d, *state, PROFILE_INTL, 10);
	r = rules_in(&d);
	assert_memory_equal(&r, &rules_default, sizeof(r));
	assert_int_equal(batch_begin(d.registry, false, BYTES_LIT("tester"), DESK_NOW * 1000, &b, &d.err), OK);
	wrong.review_grace_days = -1;
	assert_int_equal(rules_set(&b, &wrong, NULL), ERR_ARGUMENT);
	assert_int_equal(b.actions, 0);
	assert_int_equal(rules_set(&b, &some, &d.err), OK);
	assert_int_equal(batch_commit(&b, &d.err), OK);
	r = rules_in(&d);
	assert_memory_equal(&r, &some, sizeof(r));
	desk_close(&d);
}

static void
a_suspension_past_its_end_ends_where_the_rules_say_so(void **state)
{
	struct standing s = { .n = 1, .changes = { { ACTION_SUSPEND, 100, 200, 1 } } };
	struct rules ends = rules_default;
	ends.suspension_ended = ENDED_REINSTATES;
	(void)state;
	assert_int_equal(standing_by_rules(&s, 199, &ends).state, STATE_SUSPENDED);
	assert_int_equal(standing_by_rules(&s, 200, &ends).state, STATE_GOOD);
	assert_int_equal(standing_by_rules(&s, 200, &rules_default).state, STATE_SUSPENDED);
	assert_true(standing_by_rules(&s, 200, &rules_default).overdue);
	s.changes[0].end_unix_s = 0; /* no end: it never ends by itself */
	assert_int_equal(standing_by_rules(&s, INT64_MAX, &ends).state, STATE_SUSPENDED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_encoded_and_decoded),
		cmocka_unit_test(each_rule_has_its_bounds),
		cmocka_unit_test(other_bytes_are_no_rules),
		cmocka_unit_test_setup_teardown(a_register_has_the_defaults_until_others_are_set, scratch_make, scratch_clear),
		cmocka_unit_test(a_suspension_past_its_end_ends_where_the_rules_say_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
