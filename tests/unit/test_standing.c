/* standing -- how one subject stands at a time, and what may follow what. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/standing.h"
#include "tests/unit/support/scratch.h"

enum { NOW = 1000 };
#define SUSPEND ACTION_SUSPEND
#define REINSTATE ACTION_REINSTATE
#define CANCEL ACTION_CANCEL
#define REVOKE ACTION_REVOKE

struct step { enum action action; int64_t effective, end; };

/* The steps recorded one after the other, all at NOW. */
static enum status
recorded(const struct step *steps, size_t n, struct standing *s, struct err *err)
{
	enum status st = OK;
	s->n = 0;
	for (size_t i = 0; st == OK && i < n && steps[i].action != ACTION_NONE; i++) {
		struct change c = { steps[i].action, steps[i].effective, steps[i].end, i + 1 };
		st = standing_add(s, &c, NOW, err);
	}
	return st;
}

static void
a_standing_changes_at_the_second_it_is_told_to(void **state)
{
	(void)state;
	static const struct { struct step steps[4]; int64_t at; enum state want; enum action cause; bool overdue; } cases[] = {
		{ { { 0 } }, NOW, STATE_GOOD, ACTION_NONE, false },
		{ { { SUSPEND, 2000, 0 } }, 1999, STATE_GOOD, ACTION_NONE, false },
		{ { { SUSPEND, 2000, 0 } }, 2000, STATE_SUSPENDED, SUSPEND, false },
		{ { { SUSPEND, 2000, 3000 } }, 2999, STATE_SUSPENDED, SUSPEND, false },
		{ { { SUSPEND, 2000, 3000 } }, 3000, STATE_SUSPENDED, SUSPEND, true },
		{ { { SUSPEND, 2000, 3000 } }, INT64_MAX, STATE_SUSPENDED, SUSPEND, true },
		{ { { SUSPEND, 2000, 3000 } }, 1999, STATE_GOOD, ACTION_NONE, false },
		{ { { SUSPEND, 2000, 3000 }, { REINSTATE, 2500, 0 } }, 2499, STATE_SUSPENDED, SUSPEND, false },
		{ { { SUSPEND, 2000, 3000 }, { REINSTATE, 2500, 0 } }, 2500, STATE_GOOD, ACTION_NONE, false },
		{ { { SUSPEND, 2000, 3000 }, { REINSTATE, 2500, 0 } }, 3000, STATE_GOOD, ACTION_NONE, false },
		{ { { SUSPEND, 2000, 0 }, { REINSTATE, 2000, 0 } }, 2000, STATE_GOOD, ACTION_NONE, false },
		{ { { CANCEL, 2000, 0 } }, 1999, STATE_GOOD, ACTION_NONE, false },
		{ { { CANCEL, 2000, 0 } }, 2000, STATE_VOID, CANCEL, false },
		{ { { CANCEL, 2000, 0 } }, INT64_MAX, STATE_VOID, CANCEL, false },
		{ { { REVOKE, 500, 0 } }, 500, STATE_VOID, REVOKE, false },
		{ { { ACTION_WITHDRAW, 500, 0 } }, NOW, STATE_VOID, ACTION_WITHDRAW, false },
		{ { { ACTION_REPLACE, 500, 0 } }, NOW, STATE_VOID, ACTION_REPLACE, false },
		{ { { SUSPEND, 500, 900 }, { REVOKE, 800, 0 } }, 799, STATE_SUSPENDED, SUSPEND, false },
		{ { { SUSPEND, 500, 900 }, { REVOKE, 800, 0 } }, 800, STATE_VOID, REVOKE, false },
		{ { { SUSPEND, 500, 900 }, { REVOKE, 800, 0 } }, 900, STATE_VOID, REVOKE, false },
		/* recorded for later, overtaken */
		{ { { CANCEL, 2000, 0 }, { REVOKE, 1000, 0 } }, 999, STATE_GOOD, ACTION_NONE, false },
		{ { { CANCEL, 2000, 0 }, { REVOKE, 1000, 0 } }, 1000, STATE_VOID, REVOKE, false },
		{ { { CANCEL, 2000, 0 }, { REVOKE, 1000, 0 } }, 2000, STATE_VOID, REVOKE, false },
		{ { { CANCEL, 2000, 0 }, { SUSPEND, 1000, 0 } }, 1999, STATE_SUSPENDED, SUSPEND, false },
		{ { { CANCEL, 2000, 0 }, { SUSPEND, 1000, 0 } }, 2000, STATE_VOID, CANCEL, false },
		{ { { SUSPEND, 3000, 0 }, { SUSPEND, 2000, 0 }, { REINSTATE, 2500, 0 } }, 2500, STATE_GOOD, ACTION_NONE, false },
		{ { { SUSPEND, 3000, 0 }, { SUSPEND, 2000, 0 }, { REINSTATE, 2500, 0 } }, 3000, STATE_SUSPENDED, SUSPEND, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct standing s;
		struct err err = { .status = OK };
		if (recorded(cases[i].steps, 4, &s, &err) != OK)
			fail_msg("case %zu: %s", i, err.text);
		struct standing_at at = standing_at(&s, cases[i].at);
		if (at.state != cases[i].want || at.cause.action != cases[i].cause || at.overdue != cases[i].overdue)
			fail_msg("case %zu: %d because of %s%s", i, (int)at.state, action_text(at.cause.action), at.overdue ? ", overdue" : "");
	}
}

static void
a_change_that_may_not_follow_is_refused_with_its_reason(void **state)
{
	(void)state;
	static const struct { struct step steps[4]; const char *reason; } cases[] = {
		{ { { CANCEL, 500, 0 }, { REVOKE, 600, 0 } }, "already cancelled" },
		{ { { REVOKE, 500, 0 }, { REINSTATE, 600, 0 } }, "already revoked" },
		{ { { ACTION_WITHDRAW, 500, 0 }, { SUSPEND, 500, 0 } }, "already withdrawn" },
		{ { { ACTION_REPLACE, 500, 0 }, { CANCEL, 600, 0 } }, "already replaced" },
		{ { { CANCEL, 2000, 0 }, { REVOKE, 2000, 0 } }, "already cancelled" },
		{ { { CANCEL, 2000, 0 }, { REVOKE, 2001, 0 } }, "already cancelled" },
		{ { { SUSPEND, 500, 0 }, { SUSPEND, 600, 0 } }, "already suspended" },
		{ { { SUSPEND, 500, 600 }, { SUSPEND, 700, 0 } }, "already suspended" }, /* overdue is still suspended */
		{ { { REINSTATE, 500, 0 } }, "not suspended" },
		{ { { SUSPEND, 2000, 0 }, { REINSTATE, 1999, 0 } }, "not suspended" },
		{ { { SUSPEND, 500, 0 }, { REINSTATE, 600, 0 }, { REINSTATE, 700, 0 } }, "not suspended" },
		{ { { SUSPEND, 1000, 0 }, { CANCEL, 999, 0 } }, "lies before" },
		{ { { SUSPEND, 500, 0 }, { REINSTATE, 600, 0 }, { SUSPEND, 599, 0 } }, "lies before" },
		{ { { SUSPEND, 500, 0 }, { REINSTATE, 600, 0 }, { CANCEL, 599, 0 } }, "lies before" },
		{ { { SUSPEND, 500, 500 } }, "end before it begins" },
		{ { { SUSPEND, 500, 499 } }, "end before it begins" },
		{ { { SUSPEND, 500, -1 } }, "end before it begins" },
		{ { { CANCEL, 500, 600 } }, "only a suspension" },
		{ { { SUSPEND, 500, 0 }, { REINSTATE, 600, 700 } }, "only a suspension" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct standing s, before;
		struct err err = { .status = OK };
		size_t n = 0;
		while (n < 4 && cases[i].steps[n].action != ACTION_NONE)
			n++;
		assert_int_equal(recorded(cases[i].steps, n - 1, &before, NULL), OK);
		s = before;
		struct change c = { cases[i].steps[n - 1].action, cases[i].steps[n - 1].effective, cases[i].steps[n - 1].end, n };
		enum status st = standing_add(&s, &c, NOW, &err);
		if (st != ERR_CONFLICT || strstr(err.text, cases[i].reason) == NULL)
			fail_msg("case %zu: %d, %s", i, (int)st, err.text);
		assert_int_equal(s.n, before.n);
		assert_int_equal(standing_add(&s, &c, NOW, NULL), ERR_CONFLICT);
	}
}

static void
a_full_record_drops_its_oldest_change_once_the_next_is_in_effect(void **state)
{
	(void)state;
	struct standing s = { .n = 0 };
	for (uint64_t i = 0; i < 5 * STANDING_CHANGES_MAX; i++) {
		struct change c = { i % 2 == 0 ? SUSPEND : REINSTATE, (int64_t)(10 * i), 0, i + 1 };
		assert_int_equal(standing_add(&s, &c, c.effective_unix_s, NULL), OK);
		assert_int_equal(s.n, i < STANDING_CHANGES_MAX ? i + 1 : STANDING_CHANGES_MAX);
		assert_int_equal(standing_at(&s, c.effective_unix_s).state, i % 2 == 0 ? STATE_SUSPENDED : STATE_GOOD);
		assert_int_equal(s.changes[s.n - 1].sequence, i + 1);
	}
	int64_t first = s.changes[0].effective_unix_s;
	for (int64_t t = first; t < first + 10 * STANDING_CHANGES_MAX; t++) /* from the first kept on, the past is as it was */
		assert_int_equal(standing_at(&s, t).state, t / 10 % 2 == 0 ? STATE_SUSPENDED : STATE_GOOD);
}

static void
sixteen_changes_still_to_come_are_the_limit(void **state)
{
	(void)state;
	struct standing s = { .n = 0 };
	for (uint64_t i = 0; i < STANDING_CHANGES_MAX; i++) {
		struct change c = { i % 2 == 0 ? SUSPEND : REINSTATE, (int64_t)(NOW + 10 * i), 0, i + 1 };
		assert_int_equal(standing_add(&s, &c, NOW, NULL), OK);
	}
	struct err err = { .status = OK };
	struct change more = { CANCEL, NOW + 5000, 0, 17 };
	assert_int_equal(standing_add(&s, &more, NOW, &err), ERR_LIMIT);
	assert_true(err.text[0] != '\0');
	assert_int_equal(s.n, STANDING_CHANGES_MAX);
	assert_int_equal(standing_add(&s, &more, NOW + 9, NULL), ERR_LIMIT);
	assert_int_equal(standing_add(&s, &more, NOW + 10, NULL), OK); /* the second is in effect: the first may go */
	assert_int_equal(s.n, STANDING_CHANGES_MAX);
	assert_int_equal(s.changes[0].sequence, 2);
}

static void
every_action_has_its_word(void **state)
{
	(void)state;
	static const char *const words[] = { "none", "suspended", "reinstated", "cancelled", "revoked", "withdrawn", "replaced" };
	for (size_t i = 0; i < COUNT(words); i++)
		assert_string_equal(action_text((enum action)i), words[i]);
	assert_string_equal(action_text((enum action)99), "unknown");
}

/* ---- inside records ---- */

static enum status
standing_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct standing s;
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	struct cbor_writer w = cbor_writer(out);
	standing_read(&r, &s);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	standing_write(&w, &s);
	assert_int_equal(cbor_write_finish(&w, again), OK);
	return OK;
}

static void
a_standing_has_one_encoding(void **state)
{
	(void)state;
	static const struct step steps[4] = { { SUSPEND, 500, 900 }, { REINSTATE, 900, 0 }, { CANCEL, 2000000000, 0 } };
	static const uint8_t none[] = { 0x80 };
	uint8_t mem[256];
	struct standing s;
	struct bytes enc;
	assert_int_equal(recorded(steps, 4, &s, NULL), OK);
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	standing_write(&w, &s);
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	record_is_canonical(standing_recode, enc);
	record_is_canonical(standing_recode, (struct bytes){ none, 1 });
}

/* n changes as given, without the rules of standing_add. */
static enum status
read_changes(const struct change *c, size_t n, size_t items)
{
	uint8_t mem[1024], again_mem[1024];
	struct bytes enc, again;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_array(&w, n);
	for (size_t i = 0; i < n; i++) {
		cbor_write_array(&w, items);
		cbor_write_uint(&w, (uint64_t)c[i].action);
		cbor_write_int(&w, c[i].effective_unix_s);
		cbor_write_int(&w, c[i].end_unix_s);
		cbor_write_uint(&w, c[i].sequence);
	}
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	return standing_recode(enc, BUF_OF(again_mem), &again);
}

static void
changes_out_of_order_unknown_or_too_many_are_not_read(void **state)
{
	(void)state;
	const struct change good[2] = { { SUSPEND, 10, 0, 1 }, { REINSTATE, 20, 0, 2 } }, back[2] = { good[1], good[0] };
	const struct change equal[2] = { { SUSPEND, 10, 0, 1 }, { REINSTATE, 10, 0, 1 } };
	const struct change none = { ACTION_NONE, 10, 0, 1 }, newer = { (enum action)(ACTION_REPLACE + 1), 10, 0, 1 };
	struct change many[STANDING_CHANGES_MAX + 1];
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct change){ SUSPEND, 10, 0, i + 1 };
	assert_int_equal(read_changes(good, 2, 4), OK);
	assert_int_equal(read_changes(back, 2, 4), ERR_FORMAT);
	assert_int_equal(read_changes(equal, 2, 4), ERR_FORMAT);
	assert_int_equal(read_changes(good, 2, 5), ERR_FORMAT);
	assert_int_equal(read_changes(good, 2, 3), ERR_FORMAT);
	assert_int_equal(read_changes(&none, 1, 4), ERR_UNSUPPORTED);
	assert_int_equal(read_changes(&newer, 1, 4), ERR_UNSUPPORTED);
	assert_int_equal(read_changes(many, STANDING_CHANGES_MAX, 4), OK);
	assert_int_equal(read_changes(many, STANDING_CHANGES_MAX + 1, 4), ERR_LIMIT);
}

/* ---- the decision, as the journal keeps it ---- */

static enum status
decision_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	enum subject kind;
	struct bytes key, number;
	struct decision d;
	enum status st = decision_decode(enc, &kind, &key, &d, &number);
	if (st == OK)
		assert_int_equal(decision_encode(kind, key, &d, number, out, again), OK);
	return st;
}

static struct decision
decision_full(void)
{
	return (struct decision){ .action = REVOKE, .effective_unix_s = 1800000000, .end_unix_s = 1800000001,
		.ban_until_unix_s = 1900000000, .ground = BYTES_LIT("ground"), .organ = BYTES_LIT("organ"),
		.document = BYTES_LIT("No. 7"), .reviewer = BYTES_LIT("reviewer") };
}

static void
a_decision_has_one_encoding_with_all_entries_and_with_the_fewest(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct bytes enc, key = BYTES_LIT("\1\2\3\4\5\6\7\10");
	struct decision full = decision_full(), least = { .action = SUSPEND, .effective_unix_s = 0, .ground = BYTES_LIT("g") };
	assert_int_equal(decision_encode(SUBJECT_HOLDER, key, &full, BYTES_LIT("15000000007"), BUF_OF(mem), &enc), OK);
	record_is_canonical(decision_recode, enc);
	record_of_version_2_is_unsupported(decision_recode, enc, 2);
	assert_int_equal(decision_encode(SUBJECT_BODY, key, &least, (struct bytes){ NULL, 0 }, BUF_OF(mem), &enc), OK);
	record_is_canonical(decision_recode, enc);
}

static void
a_decision_that_is_not_wellformed_is_not_written(void **state)
{
	(void)state;
	static const uint8_t text[GROUND_LEN_MAX + 1];
	const struct bytes none = { NULL, 0 }, too_long = { text, GROUND_LEN_MAX + 1 };
	uint8_t mem[2048];
	struct bytes enc, key = BYTES_LIT("12345678");
	struct decision d[10];
	for (size_t i = 0; i < COUNT(d); i++)
		d[i] = decision_full();
	d[0].ground = none;
	d[1].ground = too_long;
	d[2].organ = too_long;
	d[3].document = too_long;
	d[4].reviewer = (struct bytes){ text, OPERATOR_LEN_MAX + 1 };
	d[5].action = ACTION_NONE;
	d[6].action = ACTION_REPLACE;
	d[7].effective_unix_s = -1;
	d[8].end_unix_s = -1;
	d[9].ban_until_unix_s = -1;
	for (size_t i = 0; i < COUNT(d); i++)
		if (decision_encode(SUBJECT_HOLDER, key, &d[i], none, BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("case %zu was written", i);
	struct decision good = decision_full();
	assert_int_equal(decision_encode((enum subject)0, key, &good, none, BUF_OF(mem), &enc), ERR_ARGUMENT);
	assert_int_equal(decision_encode((enum subject)4, key, &good, none, BUF_OF(mem), &enc), ERR_ARGUMENT);
	assert_int_equal(decision_encode(SUBJECT_HOLDER, none, &good, none, BUF_OF(mem), &enc), ERR_ARGUMENT);
	assert_int_equal(decision_encode(SUBJECT_HOLDER, key, &good, (struct bytes){ text, NUMBER_LEN_MAX + 1 }, BUF_OF(mem), &enc),
	    ERR_ARGUMENT);
}

/* A map of integer keys: -1 as value stands for the text "g", -2 for the bytes "k". */
static enum status
decision_of(const int64_t (*pairs)[2], size_t n)
{
	uint8_t mem[256], out[256];
	struct bytes enc, again;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_map(&w, n);
	for (size_t i = 0; i < n; i++) {
		cbor_write_int(&w, pairs[i][0]);
		if (pairs[i][1] == -1)
			cbor_write_text(&w, BYTES_LIT("g"));
		else if (pairs[i][1] == -2)
			cbor_write_bytes(&w, BYTES_LIT("k"));
		else
			cbor_write_int(&w, pairs[i][1]);
	}
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	return decision_recode(enc, BUF_OF(out), &again);
}

static void
a_decision_with_an_entry_missing_idle_or_unknown_is_not_read(void **state)
{
	(void)state;
	static const int64_t good[][2] = { { 0, 1 }, { 1, 1 }, { 2, -2 }, { 3, 1 }, { 4, 5 }, { 6, -1 } };
	static const int64_t idle_end[][2] = { { 0, 1 }, { 1, 1 }, { 2, -2 }, { 3, 1 }, { 4, 5 }, { 5, 0 }, { 6, -1 } };
	static const int64_t idle_ban[][2] = { { 0, 1 }, { 1, 1 }, { 2, -2 }, { 3, 1 }, { 4, 5 }, { 6, -1 }, { 9, 0 } };
	static const int64_t unknown[][2] = { { 0, 1 }, { 1, 1 }, { 2, -2 }, { 3, 1 }, { 4, 5 }, { 6, -1 }, { 12, 0 } };
	static const int64_t subject_4[][2] = { { 0, 1 }, { 1, 4 }, { 2, -2 }, { 3, 1 }, { 4, 5 }, { 6, -1 } };
	static const int64_t replace[][2] = { { 0, 1 }, { 1, 1 }, { 2, -2 }, { 3, 6 }, { 4, 5 }, { 6, -1 } };
	assert_int_equal(decision_of(good, COUNT(good)), OK);
	for (size_t left_out = 0; left_out < COUNT(good); left_out++) {
		int64_t rest[COUNT(good)][2];
		size_t n = 0;
		for (size_t i = 0; i < COUNT(good); i++)
			if (i != left_out)
				memcpy(rest[n++], good[i], sizeof(good[i]));
		if (decision_of((const int64_t (*)[2])rest, n) == OK)
			fail_msg("taken without key %lld", (long long)good[left_out][0]);
	}
	assert_int_equal(decision_of(idle_end, COUNT(idle_end)), ERR_FORMAT);
	assert_int_equal(decision_of(idle_ban, COUNT(idle_ban)), ERR_FORMAT);
	assert_int_equal(decision_of(unknown, COUNT(unknown)), ERR_UNSUPPORTED);
	assert_int_equal(decision_of(subject_4, COUNT(subject_4)), ERR_UNSUPPORTED);
	assert_int_equal(decision_of(replace, COUNT(replace)), ERR_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_standing_changes_at_the_second_it_is_told_to),
		cmocka_unit_test(a_change_that_may_not_follow_is_refused_with_its_reason),
		cmocka_unit_test(a_full_record_drops_its_oldest_change_once_the_next_is_in_effect),
		cmocka_unit_test(sixteen_changes_still_to_come_are_the_limit),
		cmocka_unit_test(every_action_has_its_word),
		cmocka_unit_test(a_standing_has_one_encoding),
		cmocka_unit_test(changes_out_of_order_unknown_or_too_many_are_not_read),
		cmocka_unit_test(a_decision_has_one_encoding_with_all_entries_and_with_the_fewest),
		cmocka_unit_test(a_decision_that_is_not_wellformed_is_not_written),
		cmocka_unit_test(a_decision_with_an_entry_missing_idle_or_unknown_is_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
