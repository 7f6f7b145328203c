/* What is announced of a period: each moment to the second, each certificate once, and nothing that an import carried over. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/announcement.h"
#include "tests/unit/support/register.h"

#define ZHAO "37010219900101001"
#define QIAN "37010219900101002"
#define SUN  "37010219900101003"

struct told { char text[200]; size_t len; int64_t at_unix_s; };

static void
note(void *ctx, const struct announced *a)
{
	static const char letters[] = "?IRV";
	struct told *t = ctx;
	assert_true(t->len + 16 < sizeof(t->text));
	t->text[t->len++] = letters[a->what];
	memcpy(t->text + t->len, a->number.ptr + a->number.len - 1, 1); /* the last digit tells whose */
	t->text[++t->len] = '\0';
	t->at_unix_s = a->at_unix_s;
}

static void
expect(struct desk *d, struct announce_period p, const char *issued, const char *voided)
{
	struct txn t;
	struct told one = { .len = 0 }, other = { .len = 0 };
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(announce_issued(&t, &p, note, &one), OK);
	assert_int_equal(announce_void(&t, &p, note, &other), OK);
	txn_end(&t);
	assert_string_equal(one.text, issued);
	assert_string_equal(other.text, voided);
}

static uint64_t
enter(struct desk *d, const char *number, const char *id17, const char *post, enum action carried)
{
	uint64_t id = 0;
	struct entries e = desk_entries("某人", number);
	e.post = bytes_str(post);
	e.carried = carried;
	assert_int_equal(desk_enter(d, &e, id17, NULL, &id), OK);
	return id;
}

static void
reissue(struct desk *d)
{
	struct issue_terms t = desk_terms(d);
	struct issue_result r;
	t.changed = true;
	assert_int_equal(issue_run(d->registry, &t, &r, &d->err), OK);
	assert_int_equal(r.replaced, 1);
}

static uint64_t
head(struct desk *d)
{
	struct txn t;
	uint64_t sequence = 0;
	struct digest hash;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(journal_head(&t, &sequence, &hash), OK);
	txn_end(&t);
	return sequence;
}

static struct announce_period
from(int64_t since_s, int64_t until_s)
{
	return (struct announce_period){ .since_unix_s = DESK_NOW + since_s, .until_unix_s = DESK_NOW + until_s };
}

static void
the_first_credential_is_an_issue_and_a_later_one_a_replacement(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)enter(&d, "15000000001", ZHAO, "科员", ACTION_NONE);
	(void)enter(&d, "15000000002", QIAN, "科员", ACTION_NONE);
	assert_int_equal(desk_issue(&d).issued, 2);
	uint64_t then = head(&d);
	d.now_unix_s = DESK_NOW + 100;
	(void)enter(&d, "15000000001", ZHAO, "科长", ACTION_NONE);
	reissue(&d);
	expect(&d, from(0, 1), "I1I2", "");
	expect(&d, from(1, 100), "", "");
	expect(&d, from(1, 101), "R1", "");
	expect(&d, from(-1, 0), "", "");
	expect(&d, from(0, 1000), "I1I2R1", "");
	expect(&d, (struct announce_period){ .since_sequence = then, .until_unix_s = DESK_NOW + 1000 }, "R1", "");
	expect(&d, (struct announce_period){ .since_sequence = then - 1, .until_unix_s = DESK_NOW + 1000 }, "I2R1", "");
	desk_close(&d);
}

static void
void_is_told_when_it_takes_effect_and_not_before(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)enter(&d, "15000000001", ZHAO, "科员", ACTION_NONE);
	assert_int_equal(desk_issue(&d).issued, 1);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000001", ACTION_REVOKE, DESK_NOW + 500), OK);
	expect(&d, from(0, 500), "I1", ""); /* recorded, but nothing takes effect before */
	expect(&d, from(1, 501), "", "V1");
	expect(&d, from(500, 501), "", "V1");
	expect(&d, from(501, 9999), "", "");
	expect(&d, (struct announce_period){ .since_sequence = head(&d), .until_unix_s = DESK_NOW + 501 }, "", "V1"); /* it came later */
	desk_close(&d);
}

static void
a_decision_that_was_recorded_late_is_told_when_it_was_recorded(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)enter(&d, "15000000001", ZHAO, "科员", ACTION_NONE);
	assert_int_equal(desk_issue(&d).issued, 1);
	uint64_t then = head(&d);
	d.now_unix_s = DESK_NOW + 800;
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000001", ACTION_CANCEL, DESK_NOW + 10), OK);
	expect(&d, from(1, 800), "", "");
	expect(&d, from(11, 801), "", "V1");
	expect(&d, (struct announce_period){ .since_sequence = then, .until_unix_s = DESK_NOW + 801 }, "", "V1");
	expect(&d, (struct announce_period){ .since_sequence = then + 1, .until_unix_s = DESK_NOW + 801 }, "", "");
	desk_close(&d);
}

static void
suspensions_people_who_left_and_what_was_carried_over_are_not_announced(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)enter(&d, "15000000001", ZHAO, "科员", ACTION_NONE);
	(void)enter(&d, "15000000002", QIAN, "科员", ACTION_NONE);
	(void)enter(&d, "15000000003", SUN, "科员", ACTION_CANCEL); /* void already when it was imported */
	assert_int_equal(desk_issue(&d).issued, 2);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000001", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_PERSON, "15000000002", ACTION_CANCEL, DESK_NOW), OK);
	expect(&d, from(0, 1000), "I1I2", "");
	desk_close(&d);
}

static void
an_event_that_there_is_not_is_no_beginning(void **state)
{
	struct desk d;
	struct txn t;
	struct told told = { .len = 0 };
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct announce_period p = { .since_sequence = head(&d) + 1, .until_unix_s = DESK_NOW };
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(announce_issued(&t, &p, note, &told), ERR_NOT_FOUND);
	assert_int_equal(announce_void(&t, &p, note, &told), ERR_NOT_FOUND);
	txn_end(&t);
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(the_first_credential_is_an_issue_and_a_later_one_a_replacement),
		T(void_is_told_when_it_takes_effect_and_not_before),
		T(a_decision_that_was_recorded_late_is_told_when_it_was_recorded),
		T(suspensions_people_who_left_and_what_was_carried_over_are_not_announced),
		T(an_event_that_there_is_not_is_no_beginning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
