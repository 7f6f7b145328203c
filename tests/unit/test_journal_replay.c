/* The journal proves the tables (registry/replay.h, registry/compare.h): whatever an office does, its events make the same tables
 * again; and what an event may not say ends the replay or is told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "registry/compare.h"
#include "registry/replay.h"
#include "registry/settings.h"
#include "registry/upgraded.h"
#include "tests/unit/support/play.h"

enum { SEQUENCES = 6, BATCHES = 60, FIRST_LINES = 3 };

struct differences { const char *table; unsigned n; };

static void
tell_difference(void *ctx, enum difference what, struct bytes key, struct bytes wanted, struct bytes found)
{
	struct differences *d = ctx;
	if (d->n++ < FIRST_LINES)
		print_error("table %s, difference %d, key of %zu bytes, %zu bytes wanted, %zu found\n", d->table, what, key.len, wanted.len, found.len);
}

static void
tell_fault(void *ctx, uint64_t sequence, const char *what)
{
	unsigned *n = ctx;
	if ((*n)++ < FIRST_LINES)
		print_error("event %llu: %s\n", (unsigned long long)sequence, what);
}

static struct store *
fresh_store(const char *dir, enum profile profile, const struct secret *key)
{
	struct store *s = NULL;
	char path[400];
	(void)snprintf(path, sizeof(path), "%s/fresh", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(store_open(path, table_names, TABLE_COUNT, STORE_CREATE, profile, key, &s, NULL), OK);
	return s;
}

/* Replay the desk's journal into fresh and compare everything. */
static void
tables_follow(struct desk *d, struct store *fresh, enum profile profile)
{
	struct replay_terms terms = { .store = fresh, .profile = profile, .fault = tell_fault };
	struct replay *p = NULL;
	struct txn journal, made;
	struct cursor c = { 0 };
	struct bytes key, event;
	struct err err = { .status = OK };
	unsigned faults = 0;
	memset(terms.check_key.b, 1, SECRET_LEN);
	terms.fault_ctx = &faults;
	assert_int_equal(replay_open(&terms, &p, &err), OK);
	assert_int_equal(txn_begin_read(registry_store(d->registry), &journal), OK);
	assert_int_equal(cursor_open(&journal, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c), OK);
	enum status st;
	while ((st = cursor_next(&c, &key, &event)) == OK)
		if (replay_event(p, event, &err) != OK)
			fail_msg("%s", err.text);
	assert_int_equal(st, ERR_NOT_FOUND);
	cursor_close(&c);
	assert_int_equal(replay_finish(p, &err), OK);
	assert_int_equal(faults, 0);
	assert_int_equal(replay_state(p).faults, 0);
	replay_close(p);
	assert_int_equal(txn_begin_read(fresh, &made), OK);
	for (unsigned table = 0; table < TABLE_COUNT; table++) {
		struct differences told = { .table = table_names[table] };
		uint64_t records = 0;
		assert_int_equal(table_compare(&made, &journal, table, tell_difference, &told, &records), OK);
		assert_int_equal(told.n, 0);
	}
	txn_end(&made);
	txn_end(&journal);
}

static void
play_and_replay(void **state, enum profile profile, uint64_t seed)
{
	struct desk d;
	char dir[200], published[300];
	struct secret key;
	(void)snprintf(dir, sizeof(dir), "%s/%llu-%d", (const char *)*state, (unsigned long long)seed, profile);
	(void)snprintf(published, sizeof(published), "%s/published", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	memset(key.b, 1, SECRET_LEN);
	print_message("seed %llu, profile %d\n", (unsigned long long)seed, profile);
	desk_open(&d, dir, profile, 10);
	struct play p = { .desk = &d, .published = published, .random = seed * UINT64_C(0x9E3779B97F4A7C15) };
	for (unsigned i = 0; i < BATCHES; i++)
		play_batch(&p);
	assert_true(p.done > BATCHES && p.refused > BATCHES / 4); /* the play is no empty one */
	struct store *fresh = fresh_store(dir, profile, &key);
	tables_follow(&d, fresh, profile);
	store_close(fresh);
	desk_close(&d);
}

static void
any_sequence_of_actions_makes_the_same_tables_again(void **state)
{
	for (uint64_t seed = 1; seed <= SEQUENCES; seed++)
		play_and_replay(state, PROFILE_INTL, seed);
	play_and_replay(state, PROFILE_GM, SEQUENCES + 1);
}

/* ---- journals that no office wrote ---- */

/* Events with a good chain around whatever they say. */
struct scribe { struct replay *replay; struct store *store; uint64_t sequence; struct digest head; unsigned faults; char said[400]; struct err err; };

static void
hear_fault(void *ctx, uint64_t sequence, const char *what)
{
	struct scribe *w = ctx;
	(void)sequence;
	w->faults++;
	(void)snprintf(w->said, sizeof(w->said), "%s", what);
}

static enum status
write_event(struct scribe *w, enum event_kind kind, int64_t time_ms, struct bytes payload)
{
	static const uint8_t salt[16] = { 3 };
	uint8_t mem[EVENT_LEN_MAX];
	struct bytes enc;
	struct event e = { .sequence = w->sequence + 1, .time_ms = time_ms, .kind = kind, .operator = BYTES_LIT("scribe"), .salt = { salt, 16 },
		.previous = { w->head.b, DIGEST_LEN }, .payload = payload };
	w->err = (struct err){ .status = OK };
	assert_int_equal(event_encode(&e, BUF_OF(mem), &enc), OK);
	enum status st = replay_event(w->replay, enc, &w->err);
	if (st == OK) {
		w->sequence++;
		assert_int_equal(sha256(enc, &w->head), OK);
	}
	return st;
}

static void
scribe_open(struct scribe *w, const char *dir)
{
	uint8_t mem[256];
	struct bytes payload;
	struct settings settings = { .version = REGISTRY_VERSION, .profile = PROFILE_INTL, .iss = "37", .uri_prefix = "https://v.example.cn/s/", .list_log2 = 10 };
	struct replay_terms t = { .profile = PROFILE_INTL, .fault = hear_fault, .fault_ctx = w };
	memset(w, 0, sizeof(*w));
	memset(t.check_key.b, 1, SECRET_LEN);
	w->store = t.store = fresh_store(dir, PROFILE_INTL, &t.check_key);
	assert_int_equal(replay_open(&t, &w->replay, NULL), OK);
	assert_int_equal(settings_encode(&settings, BUF_OF(mem), &payload), OK);
	assert_int_equal(write_event(w, EVENT_OPENED, 1000, payload), OK);
}

static void
scribe_close(struct scribe *w)
{
	replay_close(w->replay);
	store_close(w->store);
}

static enum status
write_body(struct scribe *w, enum action carried)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes payload;
	struct body b = { .uscc = desk_body, .name = BYTES_LIT("某局"), .kind = BODY_STATUTORY, .division = 370102, .carried = carried };
	assert_int_equal(body_entries_encode(&b, BUF_OF(mem), &payload), OK);
	return write_event(w, EVENT_BODY_ENTERED, 2000, payload);
}

static enum status
write_holder(struct scribe *w, uint64_t id, uint8_t person, const char *number, enum action carried)
{
	uint8_t mem[RECORD_LEN_MAX], person_id[PERSON_ID_LEN] = { person };
	struct bytes payload;
	struct entries e = desk_entries("赵某", number);
	e.carried = carried;
	assert_int_equal(entries_encode(&e, id, (struct bytes){ person_id, PERSON_ID_LEN }, BUF_OF(mem), &payload), OK);
	return write_event(w, EVENT_HOLDER_ENTERED, 3000, payload);
}

static enum status
write_decision(struct scribe *w, enum subject kind, struct bytes key, enum action action, int64_t effective_s, int64_t ban_s)
{
	uint8_t mem[1024];
	struct bytes payload;
	struct decision d = { .action = action, .effective_unix_s = effective_s, .ban_until_unix_s = ban_s, .ground = BYTES_LIT("g") };
	assert_int_equal(decision_encode(kind, key, &d, (struct bytes){ NULL, 0 }, BUF_OF(mem), &payload), OK);
	return write_event(w, EVENT_STANDING_CHANGED, 4000, payload);
}

static void
ends_with(struct scribe *w, enum status st, enum status wanted, const char *sentence)
{
	assert_int_equal(st, wanted);
	if (strstr(w->err.text, sentence) == NULL)
		fail_msg("\"%s\" was wanted, said was \"%s\"", sentence, w->err.text);
}

static void
what_is_out_of_place_ends_the_replay(void **state)
{
	static const char *const wanted[] = { "is not in the register", "the hash of the event before it", "its sequence is 3; 2 was wanted" };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		struct scribe w;
		char dir[300];
		(void)snprintf(dir, sizeof(dir), "%s/%zu", (const char *)*state, i);
		assert_int_equal(mkdir(dir, 0700), 0);
		scribe_open(&w, dir);
		w.head.b[0] ^= i == 1;
		w.sequence += i == 2;
		enum status st = i == 0 ? write_holder(&w, 1, 1, "15000000001", ACTION_NONE) : write_body(&w, ACTION_NONE);
		ends_with(&w, st, ERR_DAMAGED, wanted[i]);
		scribe_close(&w);
	}
}

/* Each in a journal of its own, since a refusal ends it. */
static void
references_to_nothing_end_the_replay(void **state)
{
	static const char *const wanted[] = { "holder is not there", "person is not there", "enters holder 7; the next one is 2", "with another person or kind",
		"opens a register a second time", "a kind", "not the body whose standing changed", "version 1 of version" };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		struct scribe w;
		char dir[300];
		uint8_t mem[256];
		struct bytes payload = { NULL, 0 };
		struct key64 nine = key64(9);
		(void)snprintf(dir, sizeof(dir), "%s/%zu", (const char *)*state, i);
		assert_int_equal(mkdir(dir, 0700), 0);
		scribe_open(&w, dir);
		assert_int_equal(write_body(&w, ACTION_NONE), OK);
		assert_int_equal(write_holder(&w, 1, 1, "15000000001", ACTION_NONE), OK);
		enum status st = OK, expected = ERR_DAMAGED;
		switch (i) {
		case 0: st = write_decision(&w, SUBJECT_HOLDER, key64_view(&nine), ACTION_SUSPEND, 4, 0); break;
		case 1: st = write_decision(&w, SUBJECT_PERSON, key64_view(&nine), ACTION_SUSPEND, 4, 0); break;
		case 2: st = write_holder(&w, 7, 2, "15000000002", ACTION_NONE); break;
		case 3: st = write_holder(&w, 1, 2, "15000000001", ACTION_NONE); break;
		case 4: {
			struct settings s = replay_state(w.replay).settings;
			assert_int_equal(settings_encode(&s, BUF_OF(mem), &payload), OK);
			st = write_event(&w, EVENT_OPENED, 1, payload);
			break;
		}
		case 5: /* a kind whose payload says what this program does not know */
			payload = (struct bytes){ (const uint8_t *)"\xa2\x00\x01\x18\x63\x01", 6 };
			st = write_event(&w, EVENT_PUBLISHED, 1, payload);
			expected = ERR_UNSUPPORTED;
			break;
		case 6:
			assert_int_equal(write_decision(&w, SUBJECT_BODY, desk_entrusted_body, ACTION_SUSPEND, 4, 0), OK);
			st = write_body(&w, ACTION_NONE);
			break;
		default: {
			struct upgraded u = { .version = REGISTRY_VERSION, .next_number = { 1, 1, 1, 1 } };
			assert_int_equal(upgraded_encode(&u, BUF_OF(mem), &payload), OK);
			st = write_event(&w, EVENT_UPGRADED, 1, payload);
			break;
		}
		}
		ends_with(&w, st, expected, i == 5 ? "does not know" : i == 7 ? "it makes version" : wanted[i]);
		scribe_close(&w);
	}
}

static void
rules_that_events_broke_are_told_and_applied(void **state)
{
	struct scribe w;
	struct key64 one = key64(1);
	scribe_open(&w, *state);
	assert_int_equal(write_body(&w, ACTION_NONE), OK);
	assert_int_equal(write_holder(&w, 1, 1, "15000000001", ACTION_NONE), OK);
	assert_int_equal(w.faults, 0);
	const struct { const char *sentence; } cases[] = { { "holds certificate 1 of this kind already" }, { "belongs to another" }, { "is given another" },
		{ "not suspended" }, { "second time" }, { "no revocation" }, { "has an end that it cannot have" }, { "as if it were not" }, { "which is final" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned before = w.faults;
		enum status st = OK;
		switch (i) {
		case 0: st = write_holder(&w, 2, 1, "15000000002", ACTION_NONE); break;
		case 1: st = write_holder(&w, 3, 3, "15000000002", ACTION_NONE); break;
		case 2: st = write_holder(&w, 3, 3, "15000000003", ACTION_NONE); break;
		case 3: st = write_decision(&w, SUBJECT_HOLDER, key64_view(&one), ACTION_REINSTATE, 4, 0); break;
		case 4:
			assert_int_equal(write_decision(&w, SUBJECT_HOLDER, key64_view(&one), ACTION_SUSPEND, 4, 0), OK);
			st = write_decision(&w, SUBJECT_HOLDER, key64_view(&one), ACTION_SUSPEND, 4, 0);
			break;
		case 5: st = write_decision(&w, SUBJECT_HOLDER, key64_view(&one), ACTION_REINSTATE, 4, 99); break;
		case 6: {
			uint8_t mem[256];
			struct bytes payload;
			struct decision d = { .action = ACTION_SUSPEND, .effective_unix_s = 4, .end_unix_s = 3, .ground = BYTES_LIT("g") };
			assert_int_equal(decision_encode(SUBJECT_HOLDER, key64_view(&one), &d, (struct bytes){ NULL, 0 }, BUF_OF(mem), &payload), OK);
			st = write_event(&w, EVENT_STANDING_CHANGED, 4000, payload);
			break;
		}
		case 7:
			assert_int_equal(write_decision(&w, SUBJECT_HOLDER, key64_view(&one), ACTION_CANCEL, 4, 0), OK);
			before = w.faults;
			st = write_holder(&w, 1, 1, "15000000001", ACTION_NONE);
			break;
		default: st = write_decision(&w, SUBJECT_HOLDER, key64_view(&one), ACTION_REVOKE, 4, 0); break;
		}
		if (st != OK)
			fail_msg("case %zu: %s", i, w.err.text);
		if (w.faults == before || strstr(w.said, cases[i].sentence) == NULL)
			fail_msg("case %zu: \"%s\" was wanted, told was \"%s\"", i, cases[i].sentence, w.faults == before ? "" : w.said);
	}
	assert_int_equal(replay_finish(w.replay, NULL), OK);
	assert_int_equal(replay_state(w.replay).faults, w.faults);
	scribe_close(&w);
}

static void
an_empty_journal_opens_no_register(void **state)
{
	struct replay *p = NULL;
	struct replay_terms t = { .profile = PROFILE_INTL };
	struct err err = { .status = OK };
	t.store = fresh_store(*state, PROFILE_INTL, &t.check_key);
	assert_int_equal(replay_open(&t, &p, NULL), OK);
	assert_int_equal(replay_finish(p, &err), ERR_DAMAGED);
	assert_non_null(strstr(err.text, "the journal is empty"));
	replay_close(p);
	store_close(t.store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(any_sequence_of_actions_makes_the_same_tables_again, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_is_out_of_place_ends_the_replay, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(references_to_nothing_end_the_replay, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(rules_that_events_broke_are_told_and_applied, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(an_empty_journal_opens_no_register, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
