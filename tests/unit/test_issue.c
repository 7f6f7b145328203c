/* The batch that signs: nobody twice, nobody forgotten, whatever happens in the middle. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "crypto/certify.h"
#include "crypto/statuslist.h"
#include "registry/signed_by.h"
#include "tests/unit/support/register.h"

/* Every serial from 1 to n has a record, a token found by its bytes, and a holder that points back. */
static void
assert_whole(struct desk *d, uint64_t n)
{
	struct txn t;
	struct issued c, found;
	struct bytes token;
	struct holder h;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	for (uint64_t serial = 1; serial <= n; serial++) {
		assert_int_equal(issued_get(&t, serial, &c), OK);
		assert_int_equal(issued_token(&t, &c, &token), OK);
		assert_int_equal(issued_by_token(&t, token, &found), OK);
		assert_int_equal(found.serial, serial);
		assert_int_equal(holder_get(&t, c.holder_id, &h), OK);
		assert_int_equal(h.serial, serial);
		struct holder by_number;
		assert_int_equal(holder_by_number(&t, h.number, &by_number), OK);
		assert_int_equal(by_number.id, h.id);
	}
	assert_int_equal(issued_get(&t, n + 1, &c), ERR_NOT_FOUND);
	txn_end(&t);
}

static void
everyone_gets_one_and_nobody_two(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)desk_people(&d, 0, 700);
	assert_int_equal(desk_issue(&d).issued, 700);
	struct issue_result r = desk_issue(&d);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.already, 700);
	(void)desk_people(&d, 700, 3);
	assert_int_equal(desk_issue(&d).issued, 3);
	assert_whole(&d, 703);
	desk_close(&d);
}

static void
the_gm_profile_signs_too(void **state)
{
	struct desk d;
	desk_open(&d, *state, PROFILE_GM, 10);
	(void)desk_people(&d, 0, 5);
	assert_int_equal(desk_issue(&d).issued, 5);
	assert_whole(&d, 5);
	desk_close(&d);
}

/* ---- a signer that fails after some signatures ---- */

struct frail { struct signer signer; struct signer *real; int left; };

static enum status
frail_sign(struct signer *self, struct bytes message, uint8_t sig[SIGNATURE_LEN])
{
	struct frail *f = (struct frail *)self;
	if (f->left-- <= 0)
		return ERR_CRYPTO;
	return signer_sign(f->real, message, sig);
}

static enum status
frail_dup(const struct signer *self, struct signer **out)
{
	union { const struct signer *in; struct signer *out; } same = { .in = self }; /* one thread uses it */
	*out = same.out;
	return OK;
}

static void
frail_close(struct signer *self)
{
	(void)self;
}

static void
a_failure_in_the_middle_keeps_what_was_committed_and_goes_on(void **state)
{
	static const int breaks[] = { 0, 1, 255, 256, 257, 600, 1000 };
	struct desk d;
	uint64_t issued = 0;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)desk_people(&d, 0, 3000);
	for (size_t i = 0; i < COUNT(breaks); i++) {
		struct frail f = { .signer = *d.signer, .real = d.signer, .left = breaks[i] };
		struct issue_result r;
		f.signer.sign = frail_sign;
		f.signer.dup = frail_dup;
		f.signer.close = frail_close;
		struct issue_terms t = desk_terms(&d);
		t.signer = &f.signer;
		t.threads = 1;
		t.transaction_rows = 256;
		d.err = (struct err){ .status = OK };
		assert_int_equal(issue_run(d.registry, &t, &r, &d.err), ERR_CRYPTO);
		assert_non_null(strstr(d.err.text, "run the command again"));
		struct txn txn;
		struct counters counters;
		assert_int_equal(txn_begin_read(registry_store(d.registry), &txn), OK);
		assert_int_equal(counters_get(&txn, &counters), OK);
		txn_end(&txn);
		assert_true(counters.next_serial - 1 >= issued);
		issued = counters.next_serial - 1;
		assert_whole(&d, issued);
	}
	assert_true(issued > 0 && issued < 3000);
	assert_int_equal(desk_issue(&d).issued, 3000 - issued);
	assert_whole(&d, 3000);
	desk_close(&d);
}

/* ---- another writer between two transactions ---- */

struct intruder { struct desk *d; int left; };

static void
on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct intruder *x = ctx;
	(void)done, (void)total;
	if (x->left-- > 0) /* someone else enters, while jobs are planned and signed but not yet written */
		(void)desk_people(x->d, 5000 + (unsigned)x->left, 1);
}

static void
another_writer_between_two_transactions_makes_no_gap_and_no_double(void **state)
{
	struct desk d;
	struct issue_result r;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)desk_people(&d, 0, 2000);
	struct intruder x = { &d, 5 };
	struct issue_terms t = desk_terms(&d);
	t.transaction_rows = 256;
	t.progress = on_progress;
	t.progress_ctx = &x;
	assert_int_equal(issue_run(d.registry, &t, &r, &d.err), OK);
	assert_int_equal(r.issued, 2005);
	assert_whole(&d, 2005);
	desk_close(&d);
}

/* ---- what cannot be issued ---- */

struct told { int n; char why[80]; };

static bool
on_refused(void *ctx, const struct holder *h, const char *why)
{
	struct told *told = ctx;
	(void)h;
	told->n++;
	(void)snprintf(told->why, sizeof(told->why), "%s", why);
	return true;
}

static void
what_cannot_be_issued_is_told_and_leaves_no_gap(void **state)
{
	struct desk d;
	struct issue_result r;
	struct told told = { 0 };
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries over = desk_entries("钱某", "");
	over.valid_until = (struct date){ 2026, 12, 31 };
	assert_int_equal(desk_enter(&d, &over, "37010219910101001", NULL, NULL), OK);
	(void)desk_people(&d, 0, 2);
	struct issue_terms t = desk_terms(&d);
	t.refused = on_refused;
	t.refused_ctx = &told;
	assert_int_equal(issue_run(d.registry, &t, &r, &d.err), OK);
	assert_int_equal(r.issued, 2);
	assert_int_equal(r.refused, 1);
	assert_int_equal(told.n, 1);
	assert_string_equal(told.why, "its validity has ended");
	assert_whole(&d, 2);
	t.signer_to_unix_s = DESK_NOW + 86400; /* a certificate that ends tomorrow signs nothing for five years */
	(void)desk_people(&d, 2, 1);
	assert_int_equal(issue_run(d.registry, &t, &r, &d.err), OK);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.refused, 2);
	desk_close(&d);
}

static void
a_given_number_is_kept_and_a_blank_one_skips_what_is_taken(void **state)
{
	struct desk d;
	uint8_t mem[64];
	uint64_t given = 0, blank = 0;
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "15000000001");
	assert_int_equal(desk_enter(&d, &e, "37010219910101001", NULL, &given), OK);
	e = desk_entries("孙某", "");
	assert_int_equal(desk_enter(&d, &e, "37010219910101003", NULL, &blank), OK);
	assert_int_equal(desk_issue(&d).issued, 2);
	assert_true(bytes_eq(desk_holder(&d, given, mem).number, BYTES_LIT("15000000001")));
	assert_true(bytes_eq(desk_holder(&d, blank, mem).number, BYTES_LIT("15000000002")));
	desk_close(&d);
}

/* ---- a key's work done again ---- */

/* Another issuing key in the place of d's; the kid of the old one in kid. */
static void
desk_rotate(struct desk *d, uint8_t kid[KID_LEN])
{
	struct buf der = { d->der, sizeof(d->der), 0 };
	struct certificate_request rq = { .common_name = BYTES_LIT("EXAMPLE next issuer"), .not_before_unix_s = DESK_NOW - 86400,
		.not_after_unix_s = DESK_NOW + 10LL * 365 * 86400 };
	memcpy(kid, d->signer->kid, KID_LEN);
	signer_close(d->signer);
	private_key_free(d->key);
	assert_int_equal(private_key_generate(KEY_P256, &d->key), OK);
	assert_int_equal(certify(&rq, d->key, d->key, (struct bytes){ NULL, 0 }, &der, &d->err), OK);
	d->der_len = der.len;
	assert_int_equal(signer_from_key(d->key, buf_view(&der), &d->signer, &d->err), OK);
}

static struct issue_result
desk_reissue(struct desk *d, const uint8_t (*kids)[KID_LEN], size_t n, size_t transaction_rows)
{
	struct issue_result r;
	struct issue_terms t = desk_terms(d);
	t.reissue = kids;
	t.reissue_n = n;
	t.transaction_rows = transaction_rows;
	assert_int_equal(issue_run(d->registry, &t, &r, &d->err), OK);
	return r;
}

/* The holder's current credential: its end, and the key that signed it. */
static int64_t
current(struct desk *d, uint64_t holder_id, uint8_t kid[KID_LEN])
{
	struct txn t;
	struct holder h;
	struct issued c;
	int64_t iat_unix_s = 0;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(holder_get(&t, holder_id, &h), OK);
	assert_int_equal(issued_get(&t, h.serial, &c), OK);
	assert_int_equal(issued_signer(&t, &c, kid, &iat_unix_s), OK);
	assert_true(iat_unix_s >= DESK_NOW);
	txn_end(&t);
	return c.exp_unix_s;
}

static void
what_a_key_signed_is_reissued_once_until_the_same_day(void **state)
{
	struct desk d;
	uint8_t old[1][KID_LEN], kid[KID_LEN];
	desk_open(&d, *state, PROFILE_INTL, 10);
	uint64_t first = desk_people(&d, 0, 300);
	assert_int_equal(desk_issue(&d).issued, 300);
	int64_t until = current(&d, first, kid);
	desk_rotate(&d, old[0]);
	assert_memory_equal(kid, old[0], KID_LEN);
	d.now_unix_s += 86400;
	(void)desk_people(&d, 300, 2);
	struct issue_result r = desk_reissue(&d, (const uint8_t (*)[KID_LEN])old, 1, 64);
	assert_int_equal(r.issued, 302);
	assert_int_equal(r.replaced, 300);
	assert_int_equal(current(&d, first, kid), until);
	assert_memory_equal(kid, d.signer->kid, KID_LEN);
	assert_int_equal(desk_effective_issued(&d, 1, d.now_unix_s).value, STATUS_INVALID);
	r = desk_reissue(&d, (const uint8_t (*)[KID_LEN])old, 1, 0);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.already, 302);
	desk_close(&d);
}

static void
without_an_end_in_its_entries_a_reissue_gives_no_longer_validity(void **state)
{
	struct desk d;
	uint64_t id = 0;
	uint8_t old[1][KID_LEN], kid[KID_LEN];
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "");
	e.issued_on = e.valid_until = (struct date){ 0 };
	assert_int_equal(desk_enter(&d, &e, "37010219910101001", NULL, &id), OK);
	assert_int_equal(desk_issue(&d).issued, 1);
	int64_t until = current(&d, id, kid);
	desk_rotate(&d, old[0]);
	d.now_unix_s += 400LL * 86400;
	assert_int_equal(desk_reissue(&d, (const uint8_t (*)[KID_LEN])old, 1, 0).replaced, 1);
	assert_int_equal(current(&d, id, kid), until);
	desk_close(&d);
}

static void
the_void_the_expired_and_other_keys_work_are_left_alone(void **state)
{
	struct desk d;
	uint64_t id = 0;
	uint8_t old[2][KID_LEN] = { { 1 } }, mem[64];
	desk_open(&d, *state, PROFILE_INTL, 10);
	struct entries e = desk_entries("钱某", "15000000001"); /* void */
	assert_int_equal(desk_enter(&d, &e, "37010219910101001", NULL, NULL), OK);
	e = desk_entries("孙某", "15000000002"); /* expired by then */
	e.valid_until = (struct date){ 2027, 2, 1 };
	assert_int_equal(desk_enter(&d, &e, "37010219910101003", NULL, NULL), OK);
	e = desk_entries("李某", "15000000003");
	assert_int_equal(desk_enter(&d, &e, "37010219910101005", NULL, &id), OK);
	assert_int_equal(desk_issue(&d).issued, 3);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000001", ACTION_CANCEL, DESK_NOW), OK);
	d.now_unix_s += 60 * 86400;
	assert_int_equal(desk_reissue(&d, (const uint8_t (*)[KID_LEN])old, 1, 0).issued, 0); /* a key that signed nothing */
	desk_rotate(&d, old[1]);
	struct issue_result r = desk_reissue(&d, (const uint8_t (*)[KID_LEN])old, 2, 0);
	assert_int_equal(r.issued, 1);
	assert_int_equal(desk_holder(&d, id, mem).serial, 4);
	desk_close(&d);
}

static void
an_issuer_restricted_to_kinds_leaves_the_others_alone(void **state)
{
	struct desk d;
	struct issue_result r;
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)desk_people(&d, 0, 3);
	struct issue_terms t = desk_terms(&d);
	t.kinds = 1u << KIND_MODERATOR;
	assert_int_equal(issue_run(d.registry, &t, &r, &d.err), OK);
	assert_int_equal(r.issued, 0);
	assert_int_equal(r.other_kind, 3);
	t.kinds = 1u << KIND_MODERATOR | 1u << KIND_ENFORCEMENT;
	assert_int_equal(issue_run(d.registry, &t, &r, &d.err), OK);
	assert_int_equal(r.issued, 3);
	assert_int_equal(r.other_kind, 0);
	desk_close(&d);
}

static void
what_a_key_signed_is_counted_while_it_is_live(void **state)
{
	struct desk d;
	struct signed_by by[3] = { { .since_unix_s = 0 }, { .since_unix_s = DESK_NOW }, { .since_unix_s = DESK_NOW + 1 } };
	desk_open(&d, *state, PROFILE_INTL, 10);
	(void)desk_people(&d, 0, 5);
	assert_int_equal(desk_issue(&d).issued, 5);
	for (size_t i = 0; i < COUNT(by); i++)
		memcpy(by[i].kid, d.signer->kid, KID_LEN);
	assert_int_equal(signed_by_count(d.registry, by, COUNT(by), DESK_NOW, &d.err), OK);
	assert_int_equal(by[0].live, 5);
	assert_int_equal(by[1].live, 5);
	assert_int_equal(by[2].live, 0);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000001", ACTION_REVOKE, DESK_NOW), OK);
	by[2].kid[0] ^= 1;
	by[2].since_unix_s = 0;
	assert_int_equal(signed_by_count(d.registry, by, COUNT(by), DESK_NOW, &d.err), OK);
	assert_int_equal(by[0].live, 4);
	assert_int_equal(by[2].live, 0);
	assert_int_equal(signed_by_count(d.registry, by, 1, DESK_NOW + 5LL * 365 * 86400, &d.err), OK);
	assert_int_equal(by[0].live, 0);
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(everyone_gets_one_and_nobody_two),
		T(the_gm_profile_signs_too),
		T(a_failure_in_the_middle_keeps_what_was_committed_and_goes_on),
		T(another_writer_between_two_transactions_makes_no_gap_and_no_double),
		T(what_cannot_be_issued_is_told_and_leaves_no_gap),
		T(a_given_number_is_kept_and_a_blank_one_skips_what_is_taken),
		T(what_a_key_signed_is_reissued_once_until_the_same_day),
		T(without_an_end_in_its_entries_a_reissue_gives_no_longer_validity),
		T(the_void_the_expired_and_other_keys_work_are_left_alone),
		T(an_issuer_restricted_to_kinds_leaves_the_others_alone),
		T(what_a_key_signed_is_counted_while_it_is_live),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
