/* registry -- the register as a whole: made, opened, and written in batches that chain. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/registry.h"
#include "registry/settings.h"
#include "tests/unit/support/scratch.h"

static const struct registry_keys keys = { .check = { "the check key" }, .seal = { "the seal key" }, .has_seal = true };
static const struct bytes operator = { (const uint8_t *)"test", 4 };
static const uint8_t payload_mem[] = { 0xa1, 0x00, 0x01 };
static const struct bytes payload = { payload_mem, sizeof(payload_mem) };
enum { NOW_S = 1800000000 };
#define NOW_MS (NOW_S * INT64_C(1000))

static struct settings
settings_good(enum profile profile)
{
	return (struct settings){ .version = REGISTRY_VERSION, .profile = profile, .iss = "99", .uri_prefix = "https://s.example.cn/l/", .list_log2 = 18 };
}

static void
create(const char *dir, enum profile profile)
{
	struct settings s = settings_good(profile);
	struct err err = { .status = OK };
	if (registry_create(dir, &s, &keys, operator, NOW_MS, &err) != OK)
		fail_msg("%s", err.text);
}

static struct registry *
opened(const char *dir, enum store_mode mode)
{
	struct registry *r = NULL;
	struct err err = { .status = OK };
	if (registry_open(dir, mode, &keys, &r, &err) != OK)
		fail_msg("%s", err.text);
	return r;
}

static void
begin(struct registry *r, struct batch *b)
{
	struct err err = { .status = OK };
	if (batch_begin(r, true, operator, NOW_MS, b, &err) != OK)
		fail_msg("%s", err.text);
}

static void
expect_sentence(enum status got, enum status want, const struct err *err, const char *part)
{
	if (got != want || err->status != want || strstr(err->text, part) == NULL)
		fail_msg("got %d: %s; wanted %d: ...%s...", (int)got, err->text, (int)want, part);
}

/* ---- making and opening ---- */

static void
a_register_keeps_its_settings_in_both_profiles(void **state)
{
	(void)state;
	const enum profile profiles[] = { PROFILE_INTL, PROFILE_GM };
	for (size_t i = 0; i < COUNT(profiles); i++) {
		void *dir = NULL;
		assert_int_equal(scratch_make(&dir), 0);
		create(dir, profiles[i]);
		struct registry *r = opened(dir, STORE_READ);
		const struct settings *s = registry_settings(r);
		assert_int_equal(s->profile, profiles[i]);
		assert_string_equal(s->iss, "99");
		assert_string_equal(s->uri_prefix, "https://s.example.cn/l/");
		assert_int_equal(s->list_log2, 18);
		assert_false(s->demo);
		assert_non_null(registry_sealed(r));
		registry_close(r);
		assert_int_equal(scratch_clear(&dir), 0);
	}
	registry_close(NULL);
}

static void
the_first_event_is_the_opening_and_holds_the_settings(void **state)
{
	struct bytes enc, meta;
	struct event e;
	struct txn t;
	uint64_t sequence = 0;
	struct digest head, want;
	static const uint8_t zero[DIGEST_LEN];
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_READ);
	assert_int_equal(txn_begin_read(registry_store(r), &t), OK);
	assert_int_equal(journal_get(&t, 1, &enc), OK);
	assert_int_equal(event_decode(enc, &e), OK);
	assert_int_equal(e.kind, EVENT_OPENED);
	assert_int_equal(e.time_ms, NOW_MS);
	assert_true(bytes_eq(e.operator, operator));
	assert_memory_equal(e.previous.ptr, zero, DIGEST_LEN);
	assert_int_equal(txn_get(&t, TABLE_META, BYTES_LIT("settings"), &meta), OK);
	assert_true(bytes_eq(e.payload, meta));
	assert_int_equal(journal_head(&t, &sequence, &head), OK);
	assert_int_equal(sequence, 1);
	assert_int_equal(sha256(enc, &want), OK);
	assert_memory_equal(head.b, want.b, DIGEST_LEN);
	txn_end(&t);
	registry_close(r);
}

static void
a_register_is_made_once_in_directories_of_its_own(void **state)
{
	struct settings s = settings_good(PROFILE_INTL);
	struct err err = { .status = OK };
	struct stat st;
	char path[256];
	static const char *const inner[] = { "registry", "sealed" };
	create(*state, PROFILE_INTL);
	for (size_t i = 0; i < COUNT(inner); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", (const char *)*state, inner[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0700);
	}
	expect_sentence(registry_create(*state, &s, &keys, operator, NOW_MS, &err), ERR_CONFLICT, &err, "already");
	registry_close(opened(*state, STORE_WRITE));
}

static void
a_wrong_key_says_so_and_opens_nothing(void **state)
{
	struct registry *r = NULL;
	struct registry_keys wrong_check = keys, wrong_seal = keys;
	wrong_check.check.b[0] ^= 1;
	wrong_seal.seal.b[31] ^= 1;
	create(*state, PROFILE_GM);
	r = opened(*state, STORE_WRITE);
	uint8_t id[PERSON_ID_LEN];
	bool is_new;
	struct batch b;
	begin(r, &b);
	assert_int_equal(sealed_enter(registry_sealed(r), &b.sealed, BYTES_LIT("99000019850704321X"), id, &is_new), OK);
	assert_int_equal(batch_commit(&b, NULL), OK);
	registry_close(r);
	r = NULL;
	const enum store_mode modes[] = { STORE_READ, STORE_WRITE };
	for (size_t i = 0; i < COUNT(modes); i++) {
		struct err err = { .status = OK }, err2 = { .status = OK };
		expect_sentence(registry_open(*state, modes[i], &wrong_check, &r, &err), ERR_DAMAGED, &err, "another register's key");
		expect_sentence(registry_open(*state, modes[i], &wrong_seal, &r, &err2), ERR_DAMAGED, &err2, "another store's key");
		assert_int_equal(registry_open(*state, modes[i], &wrong_check, &r, NULL), ERR_DAMAGED);
		assert_null(r);
	}
}

static void
no_register_says_so(void **state)
{
	char missing[256];
	struct registry *r = NULL;
	struct err err = { .status = OK }, err2 = { .status = OK };
	(void)snprintf(missing, sizeof(missing), "%s/missing", (const char *)*state);
	expect_sentence(registry_open(*state, STORE_READ, &keys, &r, &err), ERR_NOT_FOUND, &err, "no register in");
	expect_sentence(registry_open(missing, STORE_WRITE, &keys, &r, &err2), ERR_NOT_FOUND, &err2, "no register in");
	assert_int_equal(registry_open(missing, STORE_WRITE, &keys, &r, NULL), ERR_NOT_FOUND);
}

/* As a newer program would write them, in a register of ours. */
static void
a_register_of_a_newer_version_says_so(void **state)
{
	uint8_t mem[256];
	struct bytes enc;
	struct registry *r = NULL;
	struct batch b;
	struct err err = { .status = OK };
	struct settings s = settings_good(PROFILE_GM);
	create(*state, PROFILE_GM);
	r = opened(*state, STORE_WRITE);
	assert_int_equal(settings_encode(&s, BUF_OF(mem), &enc), OK);
	mem[2] = REGISTRY_VERSION + 1;
	begin(r, &b);
	txn_put(&b.txn, TABLE_META, BYTES_LIT("settings"), enc);
	assert_int_equal(batch_commit(&b, NULL), OK);
	registry_close(r);
	r = NULL;
	expect_sentence(registry_open(*state, STORE_READ, &keys, &r, &err), ERR_UNSUPPORTED, &err, "newer version");
}

static void
without_the_seal_key_the_register_opens_and_the_sealed_store_stays_closed(void **state)
{
	struct registry_keys check_only = { .check = keys.check };
	struct registry *r = NULL;
	struct batch b;
	struct err err = { .status = OK };
	create(*state, PROFILE_INTL);
	assert_int_equal(registry_open(*state, STORE_WRITE, &check_only, &r, NULL), OK);
	assert_null(registry_sealed(r));
	expect_sentence(batch_begin(r, true, operator, NOW_MS, &b, &err), ERR_ARGUMENT, &err, "without its key");
	batch_end(&b);
	assert_int_equal(batch_begin(r, false, operator, NOW_MS, &b, NULL), OK);
	batch_end(&b);
	registry_close(r);
}

/* ---- settings ---- */

static void
settings_that_make_no_sense_are_refused_with_a_sentence(void **state)
{
	struct { struct settings s; const char *part; } cases[14];
	for (size_t i = 0; i < COUNT(cases); i++)
		cases[i].s = settings_good(PROFILE_INTL);
	size_t n = 0;
#define CASE(part_) struct settings *s = &cases[n].s; cases[n++].part = part_
	{ CASE("profile"); s->profile = (enum profile)0; }
	{ CASE("profile"); s->profile = (enum profile)3; }
	{ CASE("issuing authority"); s->iss[0] = '\0'; }
	{ CASE("issuing authority"); s->iss[1] = '\0'; }
	{ CASE("issuing authority"); memcpy(s->iss, "370", 4); }
	{ CASE("issuing authority"); memcpy(s->iss, "3a", 3); }
	{ CASE("address"); s->uri_prefix[0] = 'x'; }
	{ CASE("address"); s->uri_prefix[0] = '\0'; }
	{ CASE("address"); memcpy(s->uri_prefix, "http://x/", 10); }
	{ CASE("address"); memcpy(s->uri_prefix, "https://s.example.cn/lis/", 26); }
	{ CASE("address"); memcpy(s->uri_prefix, "https://s.example.cn/l", 23); }
	{ CASE("2^10 to 2^20"); s->list_log2 = 9; }
	{ CASE("2^10 to 2^20"); s->list_log2 = 21; }
	{ CASE("2^10 to 2^20"); s->list_log2 = 255; }
#undef CASE
	assert_int_equal(n, COUNT(cases));
	for (size_t i = 0; i < n; i++) {
		struct err err = { .status = OK };
		expect_sentence(registry_create(*state, &cases[i].s, &keys, operator, NOW_MS, &err), ERR_ARGUMENT, &err, cases[i].part);
	}
	create(*state, PROFILE_INTL); /* nothing of them stayed */
}

static enum status
settings_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct settings s;
	enum status st = settings_decode(enc, &s);
	if (st == OK)
		assert_int_equal(settings_encode(&s, out, again), OK);
	return st;
}

static void
settings_have_one_encoding_at_both_ends_of_their_range(void **state)
{
	(void)state;
	uint8_t mem[256];
	struct bytes enc;
	struct settings s[2] = { settings_good(PROFILE_INTL), settings_good(PROFILE_GM) };
	memcpy(s[0].iss, "990102", 7);
	memcpy(s[0].uri_prefix, "https://s.example.cn/ls/", 25); /* 24 and two digits are 26 */
	s[0].list_log2 = 10;
	s[0].demo = true;
	memcpy(s[1].uri_prefix, "http://xx/", 11);
	s[1].list_log2 = 20;
	for (size_t i = 0; i < COUNT(s); i++) {
		assert_int_equal(settings_check(&s[i], NULL), OK);
		assert_int_equal(settings_encode(&s[i], BUF_OF(mem), &enc), OK);
		record_is_canonical(settings_recode, enc);
		mem[2] = 1; /* the first version */
		record_is_canonical(settings_recode, enc);
		mem[2] = REGISTRY_VERSION + 1;
		assert_int_equal(settings_decode(enc, &s[i]), ERR_UNSUPPORTED);
		s[i].version = 0;
		assert_int_equal(settings_encode(&s[i], BUF_OF(mem), &enc), ERR_ARGUMENT);
	}
}

/* ---- batches ---- */

/* Walk the journal: sequences without gaps, each event holding the hash of the one before. */
static uint64_t
chain_length(struct registry *r)
{
	struct txn t;
	struct cursor c;
	struct bytes k, enc;
	struct event e;
	struct digest previous = { { 0 } };
	uint8_t salts[256][16];
	uint64_t n = 0;
	assert_int_equal(txn_begin_read(registry_store(r), &t), OK);
	assert_int_equal(cursor_open(&t, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c), OK);
	while (cursor_next(&c, &k, &enc) == OK) {
		assert_int_equal(key64_value(k), ++n);
		assert_int_equal(event_decode(enc, &e), OK);
		assert_int_equal(e.sequence, n);
		assert_memory_equal(e.previous.ptr, previous.b, DIGEST_LEN);
		for (uint64_t i = 0; i + 1 < n && n <= 256; i++)
			assert_true(memcmp(salts[i], e.salt.ptr, 16) != 0);
		if (n <= 256)
			memcpy(salts[n - 1], e.salt.ptr, 16);
		assert_int_equal(sha256(enc, &previous), OK);
	}
	cursor_close(&c);
	txn_end(&t);
	return n;
}

static void
batches_chain_one_to_the_next_also_after_reopening(void **state)
{
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_WRITE);
	for (uint64_t round = 0; round < 3; round++) {
		struct batch b;
		begin(r, &b);
		assert_int_equal(b.sequence, 1 + 65 * round);
		for (uint64_t i = 1; i <= 65; i++) { /* one more than a stock of salts holds */
			uint64_t sequence = 0;
			batch_event(&b, EVENT_PUBLISHED, payload, &sequence);
			assert_int_equal(sequence, 1 + 65 * round + i);
		}
		assert_int_equal(b.actions, 65);
		assert_int_equal(batch_commit(&b, NULL), OK);
		batch_end(&b);
		batch_end(&b);
		if (round == 1) {
			registry_close(r);
			r = opened(*state, STORE_WRITE);
		}
	}
	assert_int_equal(chain_length(r), 1 + 3 * 65);
	registry_close(r);
}

static void
a_batch_ended_without_commit_leaves_nothing_in_either_store(void **state)
{
	uint8_t id[PERSON_ID_LEN];
	bool is_new = false;
	struct batch b;
	struct counters counters;
	struct txn t;
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_WRITE);
	begin(r, &b);
	batch_event(&b, EVENT_PUBLISHED, payload, NULL);
	b.counters.next_holder_id = 99;
	assert_int_equal(sealed_enter(registry_sealed(r), &b.sealed, BYTES_LIT("99000019850704321X"), id, &is_new), OK);
	batch_end(&b);
	assert_int_equal(chain_length(r), 1);
	begin(r, &b);
	assert_int_equal(b.counters.next_holder_id, 1);
	assert_int_equal(sealed_find(registry_sealed(r), &b.sealed, BYTES_LIT("99000019850704321X"), id), ERR_NOT_FOUND);
	b.counters.next_holder_id = 99;
	b.counters.next_number[2] = 7;
	assert_int_equal(batch_commit(&b, NULL), OK);
	assert_int_equal(txn_begin_read(registry_store(r), &t), OK);
	assert_int_equal(counters_get(&t, &counters), OK);
	assert_int_equal(counters.next_holder_id, 99);
	assert_int_equal(counters.next_serial, 1);
	assert_int_equal(counters.next_number[2], 7);
	txn_end(&t);
	registry_close(r);
}

struct told { unsigned times; uint64_t sequence; struct digest head; };

static void
hear(void *ctx, uint64_t sequence, const struct digest *head)
{
	struct told *t = ctx;
	t->times++;
	t->sequence = sequence;
	t->head = *head;
}

static void
what_is_committed_is_told_and_nothing_else(void **state)
{
	struct told told = { .times = 0 };
	struct batch b;
	struct txn t;
	uint64_t sequence = 0;
	struct digest head;
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_WRITE);
	registry_on_commit(r, hear, &told);
	begin(r, &b); /* not committed */
	batch_event(&b, EVENT_PUBLISHED, payload, NULL);
	batch_end(&b);
	begin(r, &b); /* nothing entered */
	assert_int_equal(batch_commit(&b, NULL), OK);
	batch_end(&b);
	begin(r, &b); /* could not be written */
	batch_event(&b, EVENT_PUBLISHED, payload, NULL);
	txn_fail(&b.txn, ERR_SYSTEM);
	assert_int_equal(batch_commit(&b, NULL), ERR_SYSTEM);
	batch_end(&b);
	assert_int_equal(told.times, 0);
	begin(r, &b);
	batch_event(&b, EVENT_PUBLISHED, payload, NULL);
	batch_event(&b, EVENT_PUBLISHED, payload, NULL);
	assert_int_equal(batch_commit(&b, NULL), OK);
	batch_end(&b);
	assert_int_equal(told.times, 1);
	assert_int_equal(txn_begin_read(registry_store(r), &t), OK);
	assert_int_equal(journal_head(&t, &sequence, &head), OK);
	txn_end(&t);
	assert_int_equal(told.sequence, sequence);
	assert_memory_equal(told.head.b, head.b, DIGEST_LEN);
	registry_close(r);
}

static void
a_failure_in_either_store_fails_the_batch_and_leaves_nothing(void **state)
{
	struct batch b;
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_WRITE);
	for (int in_sealed = 0; in_sealed < 2; in_sealed++) {
		struct err err = { .status = OK };
		begin(r, &b);
		batch_event(&b, EVENT_PUBLISHED, payload, NULL);
		txn_fail(in_sealed ? &b.sealed : &b.txn, ERR_LIMIT);
		batch_event(&b, EVENT_PUBLISHED, payload, NULL);
		expect_sentence(batch_commit(&b, &err), ERR_LIMIT, &err, in_sealed ? "sealed store" : "register");
		batch_end(&b);
		assert_int_equal(chain_length(r), 1);
	}
	begin(r, &b);
	batch_event(&b, EVENT_PUBLISHED, payload, NULL);
	assert_int_equal(batch_commit(&b, NULL), OK);
	assert_int_equal(chain_length(r), 2);
	registry_close(r);
}

static void
an_event_that_cannot_be_written_sticks(void **state)
{
	static uint8_t big[EVENT_LEN_MAX + 1];
	const struct bytes wrong[] = { { NULL, 0 }, { big, sizeof(big) }, { big, EVENT_LEN_MAX - 10 } };
	const enum status want[] = { ERR_ARGUMENT, ERR_ARGUMENT, ERR_LIMIT };
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_WRITE);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct batch b;
		uint64_t sequence = 77;
		begin(r, &b);
		batch_event(&b, EVENT_PUBLISHED, wrong[i], &sequence);
		assert_int_equal(b.txn.status, want[i]);
		assert_int_equal(sequence, 77);
		assert_int_equal(b.actions, 0);
		assert_int_equal(batch_commit(&b, NULL), want[i]);
		batch_end(&b);
	}
	assert_int_equal(chain_length(r), 1);
	registry_close(r);
}

static void
an_operator_has_1_to_64_bytes_of_name_and_a_reader_cannot_write(void **state)
{
	static const uint8_t name[OPERATOR_LEN_MAX + 1] = "a";
	struct batch b;
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_WRITE);
	const size_t wrong[] = { 0, OPERATOR_LEN_MAX + 1 };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct err err = { .status = OK };
		expect_sentence(batch_begin(r, false, (struct bytes){ name, wrong[i] }, NOW_MS, &b, &err), ERR_ARGUMENT, &err, "--operator");
		batch_end(&b);
	}
	registry_close(r);
	struct err err = { .status = OK };
	r = opened(*state, STORE_READ);
	expect_sentence(batch_begin(r, false, operator, NOW_MS, &b, &err), ERR_SYSTEM, &err, "reading only");
	batch_end(&b);
	registry_close(r);
}

/* ---- places in the status lists ---- */

static void
a_serial_has_one_place_and_a_place_one_serial(void **state)
{
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_READ);
	static const uint64_t serials[] = { 1, 2, 1u << 18, (1u << 18) + 1, 226669, 512ull << 18 };
	for (size_t i = 0; i < COUNT(serials); i++) {
		char uri[STATUS_URI_LEN_MAX + 1], want[64];
		uint32_t list = UINT32_MAX, idx = UINT32_MAX;
		uint64_t serial = 0;
		assert_int_equal(registry_place(r, serials[i], &list, &idx), OK);
		assert_int_equal(list, (serials[i] - 1) >> 18);
		assert_true(idx < 1u << 18);
		assert_int_equal(registry_list_uri(r, list, uri), OK);
		(void)snprintf(want, sizeof(want), "https://s.example.cn/l/%u", list);
		assert_string_equal(uri, want);
		assert_int_equal(registry_serial_at(r, bytes_str(uri), idx, &serial), OK);
		assert_int_equal(serial, serials[i]);
	}
	uint32_t list, idx;
	assert_int_equal(registry_place(r, 0, &list, &idx), ERR_LIMIT);
	assert_int_equal(registry_place(r, (512ull << 18) + 1, &list, &idx), ERR_LIMIT);
	assert_int_equal(registry_place(r, UINT64_MAX, &list, &idx), ERR_LIMIT);
	char uri[STATUS_URI_LEN_MAX + 1];
	assert_int_equal(registry_list_uri(r, 999, uri), OK);
	assert_int_equal(registry_list_uri(r, 1000, uri), ERR_LIMIT); /* 23 and four digits are 27 */
	registry_close(r);
}

static void
a_list_that_is_not_ours_has_no_serial(void **state)
{
	static const char *const wrong[] = { "", "https://s.example.cn/l/", "https://s.example.cn/l/00", "https://s.example.cn/l/01",
		"https://s.example.cn/l/512", "https://s.example.cn/l/-1", "https://s.example.cn/l/1x", "https://s.example.cn/m/1",
		"HTTPS://s.example.cn/l/1", "https://s.example.cn/l/18446744073709551616", "https://s.example.cn/l" };
	uint64_t serial;
	create(*state, PROFILE_INTL);
	struct registry *r = opened(*state, STORE_READ);
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (registry_serial_at(r, bytes_str(wrong[i]), 0, &serial) != ERR_NOT_FOUND)
			fail_msg("%s", wrong[i]);
	assert_int_equal(registry_serial_at(r, BYTES_LIT("https://s.example.cn/l/0"), (1u << 18) - 1, &serial), OK);
	assert_int_equal(registry_serial_at(r, BYTES_LIT("https://s.example.cn/l/0"), 1u << 18, &serial), ERR_NOT_FOUND);
	assert_int_equal(registry_serial_at(r, BYTES_LIT("https://s.example.cn/l/0"), UINT32_MAX, &serial), ERR_NOT_FOUND);
	registry_close(r);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_register_keeps_its_settings_in_both_profiles),
		IN_SCRATCH(the_first_event_is_the_opening_and_holds_the_settings),
		IN_SCRATCH(a_register_is_made_once_in_directories_of_its_own),
		IN_SCRATCH(a_wrong_key_says_so_and_opens_nothing),
		IN_SCRATCH(no_register_says_so),
		IN_SCRATCH(a_register_of_a_newer_version_says_so),
		IN_SCRATCH(without_the_seal_key_the_register_opens_and_the_sealed_store_stays_closed),
		IN_SCRATCH(settings_that_make_no_sense_are_refused_with_a_sentence),
		cmocka_unit_test(settings_have_one_encoding_at_both_ends_of_their_range),
		IN_SCRATCH(batches_chain_one_to_the_next_also_after_reopening),
		IN_SCRATCH(a_batch_ended_without_commit_leaves_nothing_in_either_store),
		IN_SCRATCH(what_is_committed_is_told_and_nothing_else),
		IN_SCRATCH(a_failure_in_either_store_fails_the_batch_and_leaves_nothing),
		IN_SCRATCH(an_event_that_cannot_be_written_sticks),
		IN_SCRATCH(an_operator_has_1_to_64_bytes_of_name_and_a_reader_cannot_write),
		IN_SCRATCH(a_serial_has_one_place_and_a_place_one_serial),
		IN_SCRATCH(a_list_that_is_not_ours_has_no_serial),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
