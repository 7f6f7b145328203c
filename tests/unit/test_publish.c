/* Publication: what stands is what the lists say, bound to the journal; iat only grows; nothing outlives what signed it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "crypto/bundle.h"
#include "crypto/cose_sign.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "registry/publish.h"
#include "tests/unit/support/register.h"

enum { TOKEN_MAX = 65536, YEAR_S = 365 * 86400 };

struct press { struct desk desk; char dir[4200]; uint8_t trust_mem[TOKEN_MAX]; struct bytes trust; };

static struct trust_entry
press_entry(const struct press *p)
{
	return (struct trust_entry){ .certificate_der = { p->desk.der, p->desk.der_len }, .typs = 1u << TYP_STATUS_LIST,
		.state = KEY_ACTIVE, .since_unix_s = 1, .uri_n = 1, .uri = { BYTES_LIT("https://v.example.cn/s/") } };
}

static void
press_sign(struct press *p, const struct trust_entry *e, int64_t exp_unix_s, uint64_t issue)
{
	static uint8_t payload_mem[TOKEN_MAX], scratch[TOKEN_MAX];
	static struct trust_list t;
	struct bytes payload;
	t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = DESK_NOW - 100, .exp_unix_s = exp_unix_s, .issue = issue, .window_s = 60,
		.entries_n = 1 };
	t.entries[0] = *e;
	assert_int_equal(trust_list_encode(&t, BUF_OF(payload_mem), &payload), OK);
	assert_int_equal(cose_sign(p->desk.signer, TYP_TRUST_LIST, payload, BUF_OF(scratch), BUF_OF(p->trust_mem), &p->trust), OK);
}

static void
press_trust(struct press *p, int64_t exp_unix_s, uint64_t issue)
{
	struct trust_entry e = press_entry(p);
	press_sign(p, &e, exp_unix_s, issue);
}

static void
press_open(struct press *p, const char *dir)
{
	desk_open(&p->desk, dir, PROFILE_INTL, 10);
	(void)snprintf(p->dir, sizeof(p->dir), "%s/published", dir);
	press_trust(p, DESK_NOW + YEAR_S, 3);
}

static enum status
press_run(struct press *p, int64_t now_unix_s, int64_t signer_to_unix_s, struct publish_result *r)
{
	p->desk.err = (struct err){ .status = OK };
	struct publish_root root = { .signer = p->desk.signer, .signer_to_unix_s = signer_to_unix_s, .trust_list = p->trust };
	struct publish_terms t = { .roots = &root, .roots_n = 1,
		.now_ms = now_unix_s * 1000, .ttl_s = 900, .lifetime_s = 7 * 86400, .dir = p->dir, .operator = BYTES_LIT("tester") };
	return publish_run(p->desk.registry, &t, r, &p->desk.err);
}

/* List n as published, decoded and inflated; views into static memory. */
static struct status_list
published_list(const struct press *p, unsigned n, struct buf *raw)
{
	static uint8_t token[TOKEN_MAX], scratch[STATUS_LIST_SCRATCH];
	char path[4300];
	struct buf file = { 0 };
	struct cose c;
	struct status_list l;
	(void)snprintf(path, sizeof(path), "%s/statuslists/%u", p->dir, n);
	assert_int_equal(file_load(path, TOKEN_MAX, &file, NULL), OK);
	memcpy(token, file.ptr, file.len);
	assert_int_equal(cose_decode((struct bytes){ token, file.len }, COSE_STANDARD, &c), OK);
	assert_int_equal(status_list_decode(c.payload, &l), OK);
	assert_int_equal(status_list_inflate(l.zipped, BUF_OF(scratch), raw), OK);
	free(file.ptr);
	return l;
}

static uint8_t
published_value(const struct press *p, uint64_t serial)
{
	uint8_t mem[4096], value = 9;
	struct buf raw = BUF_OF(mem);
	uint32_t list = 0, idx = 0;
	assert_int_equal(registry_place(p->desk.registry, serial, &list, &idx), OK);
	(void)published_list(p, list, &raw);
	assert_int_equal(status_get(buf_view(&raw), 2, idx, &value), OK);
	return value;
}

static void
lists_say_what_stands(void **state)
{
	static struct press p;
	struct publish_result r;
	press_open(&p, *state);
	(void)desk_people(&p.desk, 0, 5);
	assert_int_equal(desk_issue(&p.desk).issued, 5);
	assert_int_equal(desk_decide(&p.desk, SUBJECT_HOLDER, "15000000002", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(desk_decide(&p.desk, SUBJECT_HOLDER, "15000000003", ACTION_REVOKE, DESK_NOW), OK);
	assert_int_equal(desk_decide(&p.desk, SUBJECT_PERSON, "15000000004", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(desk_decide(&p.desk, SUBJECT_HOLDER, "15000000005", ACTION_CANCEL, DESK_NOW + 1), OK); /* not yet */
	assert_int_equal(press_run(&p, DESK_NOW, DESK_NOW + YEAR_S, &r), OK);
	assert_int_equal(r.credentials, 5);
	assert_int_equal(r.suspended, 2);
	assert_int_equal(r.voided, 1);
	static const uint8_t want[] = { STATUS_VALID, STATUS_SUSPENDED, STATUS_INVALID, STATUS_SUSPENDED, STATUS_VALID };
	for (uint64_t serial = 1; serial <= 5; serial++)
		assert_int_equal(published_value(&p, serial), want[serial - 1]);
	assert_int_equal(press_run(&p, DESK_NOW + 1, DESK_NOW + YEAR_S, &r), OK);
	assert_int_equal(published_value(&p, 5), STATUS_INVALID);
	desk_close(&p.desk);
}

static void
lists_bind_the_journal_and_the_trust_list(void **state)
{
	static struct press p;
	struct publish_result r;
	struct txn t;
	struct bytes event;
	struct digest d;
	uint8_t mem[4096];
	struct buf raw = BUF_OF(mem);
	press_open(&p, *state);
	assert_int_equal(press_run(&p, DESK_NOW, DESK_NOW + YEAR_S, &r), OK);
	struct status_list l = published_list(&p, 0, &raw);
	assert_true(l.has_binding);
	assert_int_equal(l.journal_sequence, r.sequence);
	assert_int_equal(l.trust_issue_least, 3);
	assert_int_equal(l.iat_unix_s, DESK_NOW);
	assert_int_equal(l.exp_unix_s, DESK_NOW + 7 * 86400);
	assert_int_equal(l.ttl_s, 900);
	assert_int_equal(txn_begin_read(registry_store(p.desk.registry), &t), OK);
	assert_int_equal(journal_get(&t, r.sequence, &event), OK);
	assert_int_equal(sha256(event, &d), OK);
	assert_memory_equal(d.b, l.journal_head.b, DIGEST_LEN);
	txn_end(&t);
	desk_close(&p.desk);
}

static void
iat_only_grows_whatever_the_clock_says(void **state)
{
	static struct press p;
	struct publish_result r;
	press_open(&p, *state);
	assert_int_equal(press_run(&p, DESK_NOW, DESK_NOW + YEAR_S, &r), OK);
	assert_int_equal(r.iat_unix_s, DESK_NOW);
	assert_int_equal(press_run(&p, DESK_NOW, DESK_NOW + YEAR_S, &r), OK);
	assert_int_equal(r.iat_unix_s, DESK_NOW + 1);
	assert_int_equal(press_run(&p, DESK_NOW - 5000, DESK_NOW + YEAR_S, &r), OK);
	assert_int_equal(r.iat_unix_s, DESK_NOW + 2);
	assert_int_equal(press_run(&p, DESK_NOW + 50, DESK_NOW + YEAR_S, &r), OK);
	assert_int_equal(r.iat_unix_s, DESK_NOW + 50);
	desk_close(&p.desk);
}

static void
lists_do_not_outlive_their_trust_list_or_certificate(void **state)
{
	static struct press p;
	struct publish_result r;
	const int64_t end = DESK_NOW + 7 * 86400;
	press_open(&p, *state);
	press_trust(&p, end - 1, 4);
	assert_int_equal(press_run(&p, DESK_NOW, end, &r), ERR_CONFLICT);
	assert_non_null(strstr(p.desk.err.text, "trust sign"));
	press_trust(&p, end, 4);
	assert_int_equal(press_run(&p, DESK_NOW, end - 1, &r), ERR_CONFLICT);
	assert_non_null(strstr(p.desk.err.text, "status key"));
	char path[4300];
	struct buf none = { 0 };
	(void)snprintf(path, sizeof(path), "%s/bundle", p.dir);
	assert_int_equal(file_load(path, TOKEN_MAX, &none, NULL), ERR_NOT_FOUND); /* nothing was written */
	assert_int_equal(press_run(&p, DESK_NOW, end, &r), OK);
	desk_close(&p.desk);
}

static void
a_full_list_opens_the_next(void **state)
{
	static struct press p;
	struct publish_result r;
	press_open(&p, *state);
	(void)desk_people(&p.desk, 0, 1030);
	assert_int_equal(desk_issue(&p.desk).issued, 1030);
	assert_int_equal(desk_decide(&p.desk, SUBJECT_HOLDER, "15000001025", ACTION_REVOKE, DESK_NOW), OK);
	assert_int_equal(press_run(&p, DESK_NOW, DESK_NOW + YEAR_S, &r), OK);
	assert_int_equal(r.lists, 2);
	assert_int_equal(published_value(&p, 1024), STATUS_VALID);
	assert_int_equal(published_value(&p, 1025), STATUS_INVALID);
	desk_close(&p.desk);
}

/* ---- several roots ---- */

static void
a_signer_that_does_not_count_is_refused(void **state)
{
	static struct press p;
	struct publish_result r;
	static const struct { enum key_state state; int64_t since; uint32_t typs; const char *uri, *says; bool ok; } cases[] = {
		{ KEY_ACTIVE, 1, 1u << TYP_STATUS_LIST, "https://v.example.cn/s/", NULL, true },
		{ KEY_ACTIVE, 1, 1u << TYP_STATUS_LIST, "https://w.example.cn/s/", "address", false },
		{ KEY_ACTIVE, 1, 1u << TYP_RECEIPT, "https://v.example.cn/s/", "status lists", false },
		{ KEY_RETIRED, DESK_NOW + 1000, 1u << TYP_STATUS_LIST, "https://v.example.cn/s/", NULL, true },
		{ KEY_RETIRED, DESK_NOW, 1u << TYP_STATUS_LIST, "https://v.example.cn/s/", "retired", false },
		{ KEY_COMPROMISED, DESK_NOW + 1000, 1u << TYP_STATUS_LIST, "https://v.example.cn/s/", "compromised", false },
	};
	press_open(&p, *state);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trust_entry e = press_entry(&p);
		e.state = cases[i].state;
		e.since_unix_s = cases[i].since;
		e.typs = cases[i].typs;
		e.uri[0] = bytes_str(cases[i].uri);
		press_sign(&p, &e, DESK_NOW + YEAR_S, 3);
		assert_int_equal(press_run(&p, DESK_NOW + 10, DESK_NOW + YEAR_S, &r), cases[i].ok ? OK : ERR_CONFLICT);
		if (!cases[i].ok)
			assert_non_null(strstr(p.desk.err.text, cases[i].says));
	}
	struct trust_entry e = press_entry(&p);
	e.certificate_der.len--; /* another certificate */
	press_sign(&p, &e, DESK_NOW + YEAR_S, 3);
	assert_int_equal(press_run(&p, DESK_NOW + 10, DESK_NOW + YEAR_S, &r), ERR_CONFLICT);
	assert_non_null(strstr(p.desk.err.text, "not on the trust list"));
	desk_close(&p.desk);
}

static void
each_root_has_its_own_signature_under_every_list(void **state)
{
	static struct press p;
	static uint8_t first_mem[TOKEN_MAX];
	struct publish_result r;
	struct buf file = { 0 };
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	uint64_t least[4] = { 0 };
	size_t trusts = 0, lists = 0;
	char path[4300];
	press_open(&p, *state);
	(void)desk_people(&p.desk, 0, 3);
	(void)desk_issue(&p.desk);
	struct publish_root roots[TRUST_ROOTS_MAX + 1] = { { .signer = p.desk.signer, .signer_to_unix_s = DESK_NOW + YEAR_S } };
	memcpy(first_mem, p.trust.ptr, p.trust.len);
	roots[0].trust_list = (struct bytes){ first_mem, p.trust.len };
	roots[1] = roots[0];
	press_trust(&p, DESK_NOW + YEAR_S, 9); /* the former root has come to another issue number */
	roots[1].trust_list = p.trust;
	struct publish_terms t = { .roots = roots, .roots_n = 2, .now_ms = DESK_NOW * 1000, .ttl_s = 900, .lifetime_s = 7 * 86400, .dir = p.dir,
		.operator = BYTES_LIT("tester") };
	assert_int_equal(publish_run(p.desk.registry, &t, &r, &p.desk.err), OK);
	assert_int_equal(r.roots, 2);
	(void)snprintf(path, sizeof(path), "%s/bundle", p.dir);
	assert_int_equal(file_load(path, BUNDLE_LEN_MAX, &file, NULL), OK);
	assert_int_equal(bundle_open(buf_view(&file), &b), OK);
	while (bundle_next(&b, &token, &typ)) {
		struct cose c;
		struct status_list l;
		assert_int_equal(cose_decode(token, COSE_STANDARD, &c), OK);
		trusts += typ == TYP_TRUST_LIST;
		if (typ == TYP_STATUS_LIST) {
			assert_int_equal(status_list_decode(c.payload, &l), OK);
			least[lists++] = l.trust_issue_least;
		}
	}
	assert_int_equal(bundle_end(&b), OK);
	assert_int_equal(trusts, 2);
	assert_int_equal(lists, 2);
	assert_int_equal(least[0], 3); /* each wants the trust list it is published with */
	assert_int_equal(least[1], 9);
	free(file.ptr);
	for (size_t i = 0; i <= TRUST_ROOTS_MAX; i++)
		roots[i] = roots[0];
	t.roots_n = TRUST_ROOTS_MAX;
	assert_int_equal(publish_run(p.desk.registry, &t, &r, &p.desk.err), OK);
	t.roots_n++;
	assert_int_equal(publish_run(p.desk.registry, &t, &r, &p.desk.err), ERR_LIMIT);
	t.roots_n = 0;
	assert_int_equal(publish_run(p.desk.registry, &t, &r, &p.desk.err), ERR_LIMIT);
	desk_close(&p.desk);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(lists_say_what_stands),
		T(lists_bind_the_journal_and_the_trust_list),
		T(iat_only_grows_whatever_the_clock_says),
		T(lists_do_not_outlive_their_trust_list_or_certificate),
		T(a_full_list_opens_the_next),
		T(a_signer_that_does_not_count_is_refused),
		T(each_root_has_its_own_signature_under_every_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
