/* The batch that signs: nobody twice, nobody forgotten, whatever happens in the middle. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "crypto/statuslist.h"
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
