/* Whose events are found in the journal, however many threads look; and what a skim must not swallow. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "registry/history.h"
#include "registry/review.h"
#include "registry/succession.h"
#include "tests/unit/support/register.h"

#define ZHAO "37010219900101001"
#define QIAN "37010219900101002"

static uint64_t
enter(struct desk *d, enum credential_kind kind, const char *number, const char *id17, const char *post, enum action carried)
{
	uint64_t id = 0;
	struct entries e = desk_entries("某人", number);
	e.kind = kind;
	e.post = bytes_str(post);
	e.carried = carried;
	if (kind == KIND_MODERATOR)
		e.trained_on = e.examined_on = (struct date){ 2026, 1, 4 };
	assert_int_equal(desk_enter(d, &e, id17, NULL, &id), OK);
	return id;
}

/* Zhao: an officer (1) who was changed, an earlier void certificate (2), a moderator (3).  Qian: an officer (4). */
static void
fill(struct desk *d, const char *dir)
{
	desk_open(d, dir, PROFILE_INTL, 10);
	assert_int_equal(enter(d, KIND_ENFORCEMENT, "15000000001", ZHAO, "科员", ACTION_NONE), 1);
	assert_int_equal(enter(d, KIND_ENFORCEMENT, "15000000002", ZHAO, "科员", ACTION_CANCEL), 2);
	assert_int_equal(enter(d, KIND_MODERATOR, "15T00000003", ZHAO, "科员", ACTION_NONE), 3);
	assert_int_equal(enter(d, KIND_ENFORCEMENT, "15000000004", QIAN, "科员", ACTION_NONE), 4);
	assert_int_equal(desk_issue(d).issued, 3);
	assert_int_equal(enter(d, KIND_ENFORCEMENT, "15000000001", ZHAO, "科长", ACTION_NONE), 1);
	assert_int_equal(desk_decide(d, SUBJECT_HOLDER, "15000000001", ACTION_SUSPEND, DESK_NOW + 99), OK);
	assert_int_equal(desk_decide(d, SUBJECT_PERSON, "15T00000003", ACTION_SUSPEND, DESK_NOW + 99), OK);
	assert_int_equal(desk_decide(d, SUBJECT_BODY, (const char *)desk_body.ptr, ACTION_SUSPEND, DESK_NOW + 99), OK);
}

/* The kinds of the events found, a letter for each: Body, Holder entered, Issued, Standing, Merger, Review. */
static void
expect(struct desk *d, struct txn *t, const struct history_of *of, const char *wanted)
{
	static const char letters[] = "?OBHISPMR";
	for (unsigned threads = 1; threads <= 3; threads++) {
		char got[32] = "";
		struct history h;
		assert_int_equal(history_find(d->registry, t, of, threads, &h), OK);
		for (size_t i = 0; i < h.n; i++) {
			struct bytes enc;
			struct event e;
			assert_int_equal(journal_get(t, h.sequences[i], &enc), OK);
			assert_int_equal(event_decode(enc, &e), OK);
			got[i] = letters[e.kind];
			assert_true(i == 0 || h.sequences[i] > h.sequences[i - 1]);
			assert_true(history_has(&h, h.sequences[i]));
		}
		assert_false(history_has(&h, 0));
		assert_false(history_has(&h, UINT64_MAX));
		history_free(&h);
		history_free(&h);
		assert_string_equal(got, wanted);
	}
}

static void
a_certificate_a_person_and_a_body_have_their_own_events(void **state)
{
	static const uint64_t officer = 1, voided = 2, of_zhao[] = { 1, 2, 3 };
	struct desk d;
	struct txn t;
	struct holder h;
	fill(&d, *state);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(holder_get(&t, 1, &h), OK);
	struct bytes zhao = { h.person_id, PERSON_ID_LEN };
	expect(&d, &t, &(struct history_of){ .holder_ids = NULL }, "");
	expect(&d, &t, &(struct history_of){ .holder_ids = &officer, .holders_n = 1 }, "HIHS");
	expect(&d, &t, &(struct history_of){ .holder_ids = &voided, .holders_n = 1 }, "HS");
	expect(&d, &t, &(struct history_of){ .person_id = zhao }, "S");
	expect(&d, &t, &(struct history_of){ .owner_id = zhao }, "HHHH");
	expect(&d, &t, &(struct history_of){ .holder_ids = &officer, .holders_n = 1, .person_id = zhao }, "HIHSS");
	expect(&d, &t, &(struct history_of){ .holder_ids = of_zhao, .holders_n = 3, .person_id = zhao }, "HHSHIIHSS");
	expect(&d, &t, &(struct history_of){ .uscc = desk_body }, "BS");
	expect(&d, &t, &(struct history_of){ .uscc = desk_entrusted_body }, "B");
	txn_end(&t);
	desk_close(&d);
}

static void
a_review_is_of_its_certificate_and_a_succession_of_both_bodies(void **state)
{
	static const uint64_t officer = 4;
	struct desk d;
	struct txn t;
	struct batch b;
	enum entered what;
	struct succeeded done;
	struct review passed = { .result = REVIEW_PASSED, .reviewed_on = { 2027, 1, 15 } };
	const struct succeeding merger = { .particulars = { .old_uscc = desk_body, .new_uscc = BYTES_LIT("12370102MB00000045"),
		.ground = BYTES_LIT("art. 9"), .organ = BYTES_LIT("an organ"), .document = BYTES_LIT("7") } };
	struct body heir = { .uscc = merger.particulars.new_uscc, .name = BYTES_LIT("某区综合行政执法局"), .kind = BODY_STATUTORY, .division = 370102 };
	fill(&d, *state);
	assert_int_equal(batch_begin(d.registry, false, BYTES_LIT("tester"), DESK_NOW * 1000, &b, &d.err), OK);
	assert_int_equal(review_certificate(&b, BYTES_LIT("15000000004"), &passed, &what, &d.err), OK);
	assert_int_equal(enter_body(&b, &heir, &what, &d.err), OK);
	assert_int_equal(succeed_body(&b, &merger, &done, &d.err), OK);
	assert_int_equal(batch_commit(&b, &d.err), OK);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	expect(&d, &t, &(struct history_of){ .holder_ids = &officer, .holders_n = 1 }, "HIRH"); /* entered again in its new body */
	expect(&d, &t, &(struct history_of){ .uscc = desk_body }, "BSM");
	expect(&d, &t, &(struct history_of){ .uscc = heir.uscc }, "BM");
	txn_end(&t);
	desk_close(&d);
}

static void
all_certificates_of_a_person_are_found_void_ones_too_and_each_once(void **state)
{
	struct desk d;
	struct txn t;
	struct holder h;
	uint64_t *ids = NULL;
	size_t n = 0;
	fill(&d, *state);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(holder_get(&t, 2, &h), OK);
	assert_int_equal(person_holders(d.registry, &t, (struct bytes){ h.person_id, PERSON_ID_LEN }, 2, &ids, &n), OK);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ids[i], i + 1);
	free(ids);
	assert_int_equal(person_holders(d.registry, &t, BYTES_LIT("nobody.."), 2, &ids, &n), OK);
	assert_int_equal(n, 0);
	free(ids);
	txn_end(&t);
	desk_close(&d);
}

static void
many_events_are_shared_out_and_none_is_lost_at_the_seams(void **state)
{
	struct desk d;
	struct txn t;
	struct history h;
	uint64_t ids[9000];
	desk_open(&d, *state, PROFILE_INTL, 14);
	uint64_t first = desk_people(&d, 0, COUNT(ids));
	for (size_t i = 0; i < COUNT(ids); i++)
		ids[i] = first + i;
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	for (unsigned threads = 1; threads <= 3; threads++) {
		assert_int_equal(history_find(d.registry, &t, &(struct history_of){ .holder_ids = ids, .holders_n = COUNT(ids) }, threads, &h), OK);
		assert_int_equal(h.n, COUNT(ids));
		for (size_t i = 1; i < h.n; i++)
			assert_int_equal(h.sequences[i], h.sequences[i - 1] + 1);
		history_free(&h);
	}
	txn_end(&t);
	desk_close(&d);
}

/* The head alone is read: whatever stands behind it. */
static void
an_event_is_skimmed_as_it_is_decoded(void **state)
{
	struct desk d;
	struct txn t;
	struct bytes enc;
	struct event whole, skimmed;
	fill(&d, *state);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	for (uint64_t s = 1; journal_get(&t, s, &enc) == OK; s++) {
		assert_int_equal(event_decode(enc, &whole), OK);
		assert_int_equal(event_skim(enc, &skimmed), OK);
		assert_int_equal(skimmed.sequence, whole.sequence);
		assert_int_equal(skimmed.kind, whole.kind);
		assert_true(bytes_eq(skimmed.payload, whole.payload));
		for (size_t cut = 0; cut + whole.payload.len < enc.len; cut++)
			assert_int_not_equal(event_skim((struct bytes){ enc.ptr, cut }, &skimmed), OK);
	}
	txn_end(&t);
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(a_certificate_a_person_and_a_body_have_their_own_events),
		T(a_review_is_of_its_certificate_and_a_succession_of_both_bodies),
		T(all_certificates_of_a_person_are_found_void_ones_too_and_each_once),
		T(many_events_are_shared_out_and_none_is_lost_at_the_seams),
		T(an_event_is_skimmed_as_it_is_decoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
