/* The audit (registry/audit.h): a register at work audits clean; a record that is not what the journal makes, though its check holds, is told with
 * its table and key; and so is everything else that does not hold. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "crypto/certificate.h"
#include "registry/audit.h"
#include "tests/unit/support/play.h"

enum { BATCHES = 40, SAID_MAX = 16384 };

struct heard { unsigned n; size_t len; char said[SAID_MAX]; };

struct stage {
	const struct secret *seal, *seal_next; /* NULL: the register's; none */
	struct desk desk;
	struct registry_keys keys;
	struct certificate issuer;
	char dir[200];
	unsigned audits;
	struct heard heard;
	struct audit_result result;
};

static void
hear(void *ctx, const char *where, const char *what)
{
	struct heard *h = ctx;
	h->n++;
	int n = snprintf(h->said + h->len, SAID_MAX - h->len, "%s: %s\n", where, what);
	h->len += n > 0 && (size_t)n < SAID_MAX - h->len ? (size_t)n : 0;
}

/* A register of some history. */
static void
stage_open(struct stage *s, const char *dir, enum profile profile)
{
	char published[300];
	memset(s, 0, sizeof(*s));
	(void)snprintf(s->dir, sizeof(s->dir), "%s", dir);
	(void)snprintf(published, sizeof(published), "%s/published", dir);
	memset(s->keys.check.b, 1, SECRET_LEN);
	memset(s->keys.seal.b, 2, SECRET_LEN);
	s->keys.has_seal = true;
	desk_open(&s->desk, dir, profile, 10);
	assert_int_equal(certificate_decode((struct bytes){ s->desk.der, s->desk.der_len }, &s->issuer, NULL), OK);
	struct play p = { .desk = &s->desk, .published = published, .random = 4711 };
	for (unsigned i = 0; i < BATCHES; i++)
		play_batch(&p);
	(void)desk_people(&s->desk, 2000, 3); /* whom the play does not know */
	(void)desk_issue(&s->desk);
}

static void
stage_close(struct stage *s)
{
	certificate_clear(&s->issuer);
	desk_close(&s->desk);
}

/* The desk stays open: an audit looks at a register in use.  (One environment may be open once in a process, so it is closed here.) */
static enum status
audit(struct stage *s, const struct audit_published *published, size_t published_n, struct err *err)
{
	char scratch[300];
	struct audit_key key = { .key = s->issuer.key };
	memcpy(key.kid, s->issuer.kid, KID_LEN);
	struct registry_keys keys = s->keys;
	if (s->seal != NULL)
		keys.seal = *s->seal;
	registry_close(s->desk.registry);
	s->desk.registry = NULL;
	(void)snprintf(scratch, sizeof(scratch), "%s/scratch-%u", s->dir, s->audits++);
	assert_int_equal(mkdir(scratch, 0700), 0);
	s->heard = (struct heard){ .n = 0 };
	struct audit_terms t = { .dir = s->dir, .scratch = scratch, .keys = &keys, .seal_next = s->seal_next, .issuers = &key, .issuers_n = s->issuer.key != NULL ? 1 : 0,
		.published = published, .published_n = published_n, .threads = 2, .now_unix_s = s->desk.now_unix_s, .finding = hear, .ctx = &s->heard };
	enum status st = audit_run(&t, &s->result, err);
	if (st == OK)
		assert_int_equal(s->result.findings, s->heard.n);
	assert_int_equal(registry_open(s->dir, STORE_WRITE, &s->keys, &s->desk.registry, NULL), OK);
	return st;
}

static void
must_say(const struct stage *s, const char *sentence)
{
	if (strstr(s->heard.said, sentence) == NULL)
		fail_msg("\"%s\" was wanted; said was:\n%s", sentence, s->heard.said);
}

static void
must_be_clean(struct stage *s)
{
	struct err err = { .status = OK };
	if (audit(s, NULL, 0, &err) != OK)
		fail_msg("%s", err.text);
	if (s->heard.n != 0)
		fail_msg("%s", s->heard.said);
}

static void
a_register_at_work_audits_clean(void **state)
{
	struct stage s;
	stage_open(&s, *state, PROFILE_INTL);
	must_be_clean(&s);
	assert_true(s.result.signatures >= 3);
	assert_true(s.result.persons >= 3);
	stage_close(&s);
}

static void
so_does_one_of_profile_gm(void **state)
{
	struct stage s;
	stage_open(&s, *state, PROFILE_GM);
	must_be_clean(&s);
	stage_close(&s);
}

/* Put a record under a good check, as a fault of ours or somebody with the key would. */
static void
put(struct stage *s, unsigned table, struct bytes key, struct bytes value)
{
	struct txn t;
	assert_int_equal(txn_begin_write(registry_store(s->desk.registry), &t), OK);
	txn_put(&t, table, key, value);
	assert_int_equal(txn_commit(&t), OK);
}

/* The last record of a table, to be put elsewhere. */
static void
last_of(struct stage *s, unsigned table, struct buf *key, struct buf *value)
{
	struct txn t;
	struct cursor c = { 0 };
	struct bytes k, v;
	assert_int_equal(txn_begin_read(registry_store(s->desk.registry), &t), OK);
	assert_int_equal(cursor_open(&t, table, (struct bytes){ NULL, 0 }, &c), OK);
	assert_int_equal(cursor_last(&c, &k, &v), OK);
	memcpy(key->ptr, k.ptr, key->len = k.len);
	memcpy(value->ptr, v.ptr, value->len = v.len);
	cursor_close(&c);
	txn_end(&t);
}

static void
a_record_the_journal_does_not_make_is_told(void **state)
{
	static const struct { unsigned table; const char *sentence; } cases[] = {
		{ TABLE_BODY, "table body: record " }, { TABLE_PERSON, "table person: record " }, { TABLE_HOLDER, "table holder: record " },
		{ TABLE_NUMBER, "table number: record " }, { TABLE_CREDENTIAL, "table credential: record " }, { TABLE_DIGEST, "table digest: record " },
	};
	struct stage s;
	stage_open(&s, *state, PROFILE_INTL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t k[64], v[RECORD_LEN_MAX];
		struct buf key = BUF_OF(k), value = BUF_OF(v);
		last_of(&s, cases[i].table, &key, &value);
		v[value.len - 1] ^= 1;
		put(&s, cases[i].table, buf_view(&key), buf_view(&value));
		assert_int_equal(audit(&s, NULL, 0, NULL), OK);
		must_say(&s, cases[i].sentence);
		must_say(&s, "; the journal makes ");
		v[value.len - 1] ^= 1;
		put(&s, cases[i].table, buf_view(&key), buf_view(&value));
		must_be_clean(&s);
		k[0] ^= 0x40; /* the same record under a key that nobody has */
		put(&s, cases[i].table, buf_view(&key), buf_view(&value));
		assert_int_equal(audit(&s, NULL, 0, NULL), OK);
		must_say(&s, cases[i].sentence);
		must_say(&s, "is there; the journal makes none");
		stage_close(&s);
		char again[260];
		(void)snprintf(again, sizeof(again), "%s/%zu", (const char *)*state, i);
		assert_int_equal(mkdir(again, 0700), 0);
		stage_open(&s, again, PROFILE_INTL);
	}
	stage_close(&s);
}

static void
a_changed_event_breaks_the_chain(void **state)
{
	struct stage s;
	uint8_t mem[EVENT_LEN_MAX];
	struct txn t;
	struct bytes event;
	struct key64 key = key64(3);
	stage_open(&s, *state, PROFILE_INTL);
	assert_int_equal(txn_begin_read(registry_store(s.desk.registry), &t), OK);
	assert_int_equal(journal_get(&t, 3, &event), OK);
	memcpy(mem, event.ptr, event.len);
	size_t len = event.len;
	txn_end(&t);
	mem[len - 1] ^= 1;
	put(&s, TABLE_EVENT, key64_view(&key), (struct bytes){ mem, len });
	assert_int_equal(audit(&s, NULL, 0, NULL), OK);
	must_say(&s, "journal: event ");
	stage_close(&s);
}

static void
what_was_published_must_be_of_this_journal(void **state)
{
	struct stage s;
	struct err err = { .status = OK };
	stage_open(&s, *state, PROFILE_INTL);
	must_be_clean(&s);
	struct audit_published p = { .uri = "https://v.example.cn/s/0", .iat_unix_s = 1, .sequence = s.result.sequence, .head = s.result.head };
	assert_int_equal(audit(&s, &p, 1, &err), OK);
	assert_int_equal(s.heard.n, 0);
	assert_int_equal(s.result.lists, 1);
	p.sequence--;
	assert_int_equal(audit(&s, &p, 1, &err), OK);
	must_say(&s, "another history");
	p.sequence += 2;
	assert_int_equal(audit(&s, &p, 1, &err), OK);
	must_say(&s, "older than what it published");
	stage_close(&s);
}

static void
a_signature_must_be_checkable(void **state)
{
	struct stage s;
	stage_open(&s, *state, PROFILE_INTL);
	s.issuer.kid[0] ^= 1;
	assert_int_equal(audit(&s, NULL, 0, NULL), OK);
	must_say(&s, "signatures: credential ");
	assert_true(s.result.unknown_keys > 0);
	assert_int_equal(s.result.signatures, 0);
	stage_close(&s);
}

static void
a_signature_must_hold(void **state)
{
	struct stage s;
	struct private_key *other = NULL;
	struct public_key *right = NULL;
	uint8_t mem[256];
	struct buf spki = BUF_OF(mem);
	stage_open(&s, *state, PROFILE_INTL);
	right = s.issuer.key;
	assert_int_equal(private_key_generate(KEY_P256, &other), OK);
	assert_int_equal(private_key_spki(other, &spki), OK);
	assert_int_equal(public_key_from_spki(buf_view(&spki), &s.issuer.key), OK);
	assert_int_equal(audit(&s, NULL, 0, NULL), OK);
	must_say(&s, "does not hold");
	private_key_free(other);
	public_key_free(right);
	stage_close(&s);
}

/* A re-sealing was killed after the stores were exchanged and before the keys were. */
static void
the_sealed_store_may_be_under_the_key_to_be(void **state)
{
	struct stage s;
	stage_open(&s, *state, PROFILE_INTL);
	struct secret next = s.keys.seal, wrong = s.keys.seal;
	wrong.b[0] ^= 1;
	s.seal = &wrong;
	assert_int_equal(audit(&s, NULL, 0, NULL), OK);
	must_say(&s, "another store's key");
	s.seal_next = &next;
	assert_int_equal(audit(&s, NULL, 0, NULL), OK);
	assert_int_equal(s.heard.n, 0);
	s.seal_next = &wrong;
	assert_int_equal(audit(&s, NULL, 0, NULL), OK);
	must_say(&s, "another store's key");
	stage_close(&s);
}

static void
another_registers_key_is_no_finding(void **state)
{
	struct stage s;
	struct err err = { .status = OK };
	stage_open(&s, *state, PROFILE_INTL);
	char scratch[300];
	registry_close(s.desk.registry);
	s.desk.registry = NULL;
	(void)snprintf(scratch, sizeof(scratch), "%s/other", s.dir);
	assert_int_equal(mkdir(scratch, 0700), 0);
	s.keys.check.b[0] ^= 1;
	struct audit_terms t = { .dir = s.dir, .scratch = scratch, .keys = &s.keys, .finding = hear, .ctx = &s.heard };
	assert_int_equal(audit_run(&t, &s.result, &err), ERR_CONFLICT);
	assert_non_null(strstr(err.text, "another register's key"));
	assert_int_equal(s.heard.n, 0);
	stage_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_register_at_work_audits_clean, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(so_does_one_of_profile_gm, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_record_the_journal_does_not_make_is_told, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_changed_event_breaks_the_chain, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_was_published_must_be_of_this_journal, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_signature_must_be_checkable, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_signature_must_hold, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(the_sealed_store_may_be_under_the_key_to_be, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(another_registers_key_is_no_finding, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
