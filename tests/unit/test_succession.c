/* One body takes over from another: the event, who moves, what is refused, and the chain that the records lead along. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "crypto/statuslist.h"
#include "registry/succession.h"
#include "tests/unit/support/register.h"

#define OLD "11370102MB00000013"                      /* desk_body */
#define ENTRUSTED "12370102MB00000029"                /* desk_entrusted_body */
#define HEIR "11370102MB00000102"
#define OTHER "11370102MB00000199"

static uint8_t filler[GROUND_LEN_MAX + 1];

/* ---- the event ---- */

static struct succession
succession_good(void)
{
	return (struct succession){ .old_uscc = BYTES_LIT(OLD), .new_uscc = BYTES_LIT(HEIR), .ground = BYTES_LIT("机构改革方案"),
		.organ = BYTES_LIT("某市编办"), .document = BYTES_LIT("编〔2027〕3号") };
}

static enum status
succession_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct succession s;
	enum status st = succession_decode(enc, &s);
	if (st == OK)
		assert_int_equal(succession_encode(&s, out, again), OK);
	return st;
}

static void
a_succession_has_one_encoding_and_one_version(void **state)
{
	(void)state;
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc;
	struct succession least = succession_good(), full = succession_good(), got;
	full.reviewer = (struct bytes){ filler, GROUND_LEN_MAX };
	full.ground = full.organ = full.document = (struct bytes){ filler, GROUND_LEN_MAX };
	full.is_part = true;
	full.old_before = 3;
	full.new_before = INT64_MAX;
	const struct succession *all[] = { &least, &full };
	for (size_t i = 0; i < COUNT(all); i++) {
		assert_int_equal(succession_encode(all[i], BUF_OF(mem), &enc), OK);
		record_is_canonical(succession_recode, enc);
		record_of_version_2_is_unsupported(succession_recode, enc, 2);
		assert_int_equal(succession_decode(enc, &got), OK);
		assert_true(bytes_eq(got.old_uscc, all[i]->old_uscc) && bytes_eq(got.new_uscc, all[i]->new_uscc));
		assert_true(bytes_eq(got.ground, all[i]->ground) && bytes_eq(got.organ, all[i]->organ));
		assert_true(bytes_eq(got.document, all[i]->document) && bytes_eq(got.reviewer, all[i]->reviewer));
		assert_int_equal(got.is_part, all[i]->is_part);
		assert_int_equal(got.old_before, all[i]->old_before);
		assert_int_equal(got.new_before, all[i]->new_before);
	}
}

static void
a_succession_that_is_not_wellformed_is_not_written(void **state)
{
	(void)state;
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc;
	const struct bytes none = { NULL, 0 }, long_text = { filler, GROUND_LEN_MAX + 1 };
	struct { struct succession s; const char *why; } cases[] = {
		{ succession_good(), "17 characters of the old code" }, { succession_good(), "17 of the new" }, { succession_good(), "the same body" },
		{ succession_good(), "no ground" }, { succession_good(), "no organ" }, { succession_good(), "no document" },
		{ succession_good(), "a ground of 257 bytes" }, { succession_good(), "an organ of 257" }, { succession_good(), "a document of 257" },
		{ succession_good(), "a reviewer of 257" }, { succession_good(), "a sequence beyond 63 bits" }, { succession_good(), "another" } };
	cases[0].s.old_uscc.len = cases[1].s.new_uscc.len = 17;
	cases[2].s.new_uscc = cases[2].s.old_uscc;
	cases[3].s.ground = cases[4].s.organ = cases[5].s.document = none;
	cases[6].s.ground = cases[7].s.organ = cases[8].s.document = long_text;
	cases[9].s.reviewer = long_text;
	cases[10].s.old_before = cases[11].s.new_before = (uint64_t)INT64_MAX + 1;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (succession_encode(&cases[i].s, BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("written: %s", cases[i].why);
}

/* A good event with one pair more. */
static enum status
succession_with(int64_t key, uint64_t value)
{
	uint8_t mem[512], out[512];
	struct bytes enc, again;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_map(&w, 7);
	cbor_write_int(&w, 0);
	cbor_write_uint(&w, 1);
	cbor_write_text_pair(&w, 1, BYTES_LIT(OLD));
	cbor_write_text_pair(&w, 2, BYTES_LIT(HEIR));
	for (int64_t k = 3; k <= 5; k++)
		cbor_write_text_pair(&w, k, BYTES_LIT("x"));
	cbor_write_int(&w, key);
	cbor_write_uint(&w, value);
	assert_int_equal(cbor_write_finish(&w, &enc), OK);
	return succession_recode(enc, BUF_OF(out), &again);
}

static void
nothing_unknown_is_read_and_absence_has_one_form(void **state)
{
	(void)state;
	static const struct { int64_t key; uint64_t value; enum status want; } cases[] = { { 7, 1, OK }, { 7, 0, ERR_FORMAT },
		{ 7, 2, ERR_UNSUPPORTED }, { 8, 5, OK }, { 8, 0, ERR_FORMAT }, { 9, 5, OK }, { 9, 0, ERR_FORMAT }, { 6, 1, ERR_FORMAT },
		{ 9, (uint64_t)INT64_MAX + 1, ERR_FORMAT }, { 10, 1, ERR_UNSUPPORTED } };
	for (size_t i = 0; i < COUNT(cases); i++)
		if (succession_with(cases[i].key, cases[i].value) != cases[i].want)
			fail_msg("key %d, value %llu", (int)cases[i].key, (unsigned long long)cases[i].value);
}

/* ---- the action ---- */

struct told { uint64_t n, with_credential, wrong; char why[200]; };

static void
on_moved(void *ctx, uint64_t holder_id, bool has_credential)
{
	struct told *t = ctx;
	(void)holder_id;
	t->n++;
	t->with_credential += has_credential;
}

static void
on_wrong(void *ctx, struct bytes number, const char *why)
{
	struct told *t = ctx;
	(void)number;
	t->wrong++;
	(void)snprintf(t->why, sizeof(t->why), "%s", why);
}

struct moving { const char *old_uscc, *new_uscc; const struct bytes *only; size_t only_n; };

static enum status
succeed(struct desk *d, struct moving m, struct succeeded *out, struct told *told)
{
	struct batch b;
	struct succeeded mine;
	struct told unheard;
	struct succeeding x = { .particulars = succession_good(), .only = m.only, .only_n = m.only_n, .moved = on_moved, .wrong = on_wrong };
	told = told != NULL ? told : &unheard;
	out = out != NULL ? out : &mine;
	*told = (struct told){ .n = 0 };
	x.moved_ctx = x.wrong_ctx = told;
	x.particulars.old_uscc = bytes_str(m.old_uscc);
	x.particulars.new_uscc = bytes_str(m.new_uscc);
	d->err = (struct err){ .status = OK };
	assert_int_equal(batch_begin(d->registry, false, BYTES_LIT("tester"), d->now_unix_s * 1000, &b, &d->err), OK);
	uint64_t before = b.sequence;
	enum status st = succeed_body(&b, &x, out, &d->err);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	else
		assert_int_equal(b.sequence, before); /* a refusal writes nothing */
	batch_end(&b);
	return st;
}

static void
expect_refused(struct desk *d, struct moving m, enum status want, const char *why)
{
	assert_int_equal(succeed(d, m, NULL, NULL), want);
	if (strstr(d->err.text, why) == NULL)
		fail_msg("%s, not %s", d->err.text, why);
}

static void
desk_with_heirs(struct desk *d, const char *dir)
{
	struct body heir = desk_body_entries(HEIR, "某市某区综合监督管理局"), other = desk_body_entries(OTHER, "某市某区文化局");
	desk_open(d, dir, PROFILE_INTL, 10);
	assert_int_equal(desk_enter_body(d, &heir, NULL), OK);
	assert_int_equal(desk_enter_body(d, &other, NULL), OK);
}

static uint64_t
person_in(struct desk *d, const char *number, const char *idnumber17, const char *uscc)
{
	struct entries e = desk_entries("钱某", number);
	uint64_t id = 0;
	e.uscc = bytes_str(uscc);
	assert_int_equal(desk_enter(d, &e, idnumber17, NULL, &id), OK);
	return id;
}

static void
expect_in(struct desk *d, uint64_t id, const char *uscc)
{
	uint8_t mem[64];
	assert_true(bytes_eq(desk_holder(d, id, mem).uscc, bytes_str(uscc)));
}

static struct body
body_now(struct desk *d, const char *uscc)
{
	struct txn t;
	struct body b;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(body_get(&t, bytes_str(uscc), &b), OK);
	txn_end(&t);
	b.name = b.uscc = b.entrusting_name = b.entrusting_uscc = (struct bytes){ NULL, 0 };
	return b;
}

static void
everybody_who_is_not_void_moves_and_the_old_body_is_abolished(void **state)
{
	struct desk d;
	struct succeeded r;
	struct told told;
	desk_with_heirs(&d, *state);
	uint64_t good = person_in(&d, "15000000001", "37010219900101001", OLD), suspended = person_in(&d, "15000000002", "37010219900101003", OLD),
		gone = person_in(&d, "15000000003", "37010219900101005", OLD), leaving = person_in(&d, "15000000004", "37010219900101007", OLD),
		elsewhere = person_in(&d, "15000000005", "37010219900101009", OTHER);
	assert_int_equal(desk_issue(&d).issued, 5);
	uint64_t fresh = person_in(&d, "15000000006", "37010219900101011", OLD);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000002", ACTION_SUSPEND, DESK_NOW), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000003", ACTION_CANCEL, DESK_NOW), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000004", ACTION_CANCEL, DESK_NOW + 9999), OK);
	d.now_unix_s = DESK_NOW + 60;
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, NULL, 0 }, &r, &told), OK);
	assert_int_equal(r.moved, 4);
	assert_int_equal(r.leaving, 1);
	assert_int_equal(r.left, 0);
	assert_true(r.abolished);
	assert_int_equal(told.n, 4);
	assert_int_equal(told.with_credential, 2); /* one has none yet, one leaves and gets none */
	expect_in(&d, good, HEIR);
	expect_in(&d, suspended, HEIR);
	expect_in(&d, leaving, HEIR);
	expect_in(&d, fresh, HEIR);
	expect_in(&d, gone, OLD);
	expect_in(&d, elsewhere, OTHER);
	struct body old = body_now(&d, OLD), heir = body_now(&d, HEIR);
	assert_int_equal(old.standing.n, 1);
	assert_int_equal(old.standing.changes[0].action, ACTION_CANCEL);
	assert_int_equal(old.standing.changes[0].effective_unix_s, DESK_NOW + 60);
	assert_int_equal(old.standing.changes[0].sequence, old.succession);
	assert_int_equal(heir.succession, old.succession);
	assert_int_equal(heir.standing.n, 0);
	assert_int_equal(desk_effective_issued(&d, 1, DESK_NOW + 60).value, STATUS_VALID); /* and reissued it names the successor */
	assert_int_equal(desk_effective_issued(&d, 2, DESK_NOW + 60).cause, CAUSE_CERTIFICATE);
	desk_close(&d);
}

static void
moved_entries_say_why_and_an_old_row_does_not_bring_them_back(void **state)
{
	struct desk d;
	struct txn t;
	struct holder h;
	struct entries e;
	enum entered what;
	desk_with_heirs(&d, *state);
	uint64_t id = person_in(&d, "15000000001", "37010219900101001", OLD);
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, NULL, 0 }, NULL, NULL), OK);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(holder_get(&t, id, &h), OK);
	assert_int_equal(holder_entries(&t, &h, &e), OK);
	assert_int_equal(e.occasion, OCCASION_MOVED);
	assert_true(bytes_eq(e.why.document, BYTES_LIT("编〔2027〕3号")));
	assert_true(bytes_eq(e.uscc, BYTES_LIT(HEIR)));
	txn_end(&t);
	struct entries row = desk_entries("钱某", "15000000001");
	assert_int_equal(desk_enter(&d, &row, "37010219900101001", NULL, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, HEIR " took over from it"));
	row.uscc = BYTES_LIT(HEIR);
	assert_int_equal(desk_enter(&d, &row, "37010219900101001", &what, NULL), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	desk_close(&d);
}

static void
a_chain_leads_back_through_every_succession(void **state)
{
	struct desk d;
	struct txn t;
	struct succession s;
	int64_t at = 0;
	uint64_t before = 0;
	desk_with_heirs(&d, *state);
	uint64_t id = person_in(&d, "15000000001", "37010219900101001", OLD);
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, NULL, 0 }, NULL, NULL), OK);
	assert_int_equal(succeed(&d, (struct moving){ HEIR, OTHER, NULL, 0 }, NULL, NULL), OK);
	expect_in(&d, id, OTHER);
	struct body heir = body_now(&d, HEIR), old = body_now(&d, OLD);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(succession_get(&t, heir.succession, BYTES_LIT(HEIR), &s, &at, &before), OK);
	assert_true(bytes_eq(s.new_uscc, BYTES_LIT(OTHER)));
	assert_int_equal(at, DESK_NOW);
	assert_int_equal(before, old.succession);
	assert_int_equal(succession_get(&t, before, BYTES_LIT(HEIR), &s, &at, &before), OK);
	assert_true(bytes_eq(s.old_uscc, BYTES_LIT(OLD)));
	assert_int_equal(before, 0);
	assert_int_equal(succession_get(&t, old.succession, BYTES_LIT(OTHER), &s, &at, &before), ERR_DAMAGED); /* does not name it */
	assert_int_equal(succession_get(&t, 1, BYTES_LIT(OLD), &s, &at, &before), ERR_DAMAGED);                /* another event */
	assert_int_equal(succession_get(&t, 10000, BYTES_LIT(OLD), &s, &at, &before), ERR_DAMAGED);            /* none */
	txn_end(&t);
	desk_close(&d);
}

static void
what_may_not_take_over_is_refused_with_the_reason(void **state)
{
	struct desk d;
	desk_with_heirs(&d, *state);
	expect_refused(&d, (struct moving){ OLD, OLD, NULL, 0 }, ERR_CONFLICT, "cannot succeed itself");
	expect_refused(&d, (struct moving){ OLD, "11370102MB00000777", NULL, 0 }, ERR_NOT_FOUND, "no body 11370102MB00000777");
	expect_refused(&d, (struct moving){ "11370102", HEIR, NULL, 0 }, ERR_NOT_FOUND, "no body 11370102 ");
	expect_refused(&d, (struct moving){ OLD, ENTRUSTED, NULL, 0 }, ERR_CONFLICT, "no powers of its own");
	d.now_unix_s = DESK_ENTRUSTED_TO;
	expect_refused(&d, (struct moving){ OLD, ENTRUSTED, NULL, 0 }, ERR_CONFLICT, "does not hold today");
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, HEIR, ACTION_SUSPEND, DESK_ENTRUSTED_TO), OK);
	expect_refused(&d, (struct moving){ OLD, HEIR, NULL, 0 }, ERR_CONFLICT, "is suspended itself");
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, OTHER, ACTION_CANCEL, DESK_ENTRUSTED_TO + 100), OK);
	expect_refused(&d, (struct moving){ OLD, OTHER, NULL, 0 }, ERR_CONFLICT, "will be abolished on");
	d.now_unix_s = DESK_ENTRUSTED_TO + 100;
	expect_refused(&d, (struct moving){ OLD, OTHER, NULL, 0 }, ERR_CONFLICT, "is abolished itself");
	desk_close(&d);
}

static void
an_entrusted_body_may_take_over_from_an_entrusted_one(void **state)
{
	struct desk d;
	struct succeeded r;
	desk_with_heirs(&d, *state);
	struct body second = desk_body_entries("12370102MB00000330", "某区第二执法大队");
	second.kind = BODY_ENTRUSTED;
	second.entrusting_name = BYTES_LIT("某市某区市场监督管理局");
	second.entrusting_uscc = BYTES_LIT(OLD);
	assert_int_equal(desk_enter_body(&d, &second, NULL), OK);
	uint64_t id = person_in(&d, "15000000001", "37010219900101001", ENTRUSTED);
	assert_int_equal(succeed(&d, (struct moving){ ENTRUSTED, "12370102MB00000330", NULL, 0 }, &r, NULL), OK);
	expect_in(&d, id, "12370102MB00000330");
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, NULL, 0 }, &r, NULL), OK); /* its organ goes, too */
	assert_int_equal(r.entrusted, 1);
	assert_string_equal(r.entrusted_first, "12370102MB00000330");
	desk_close(&d);
}

static void
a_part_leaves_the_body_as_it_is_until_the_last(void **state)
{
	static const struct bytes first[] = { { (const uint8_t *)"15000000001", 11 }, { (const uint8_t *)"15000000001", 11 } },
	                          second[] = { { (const uint8_t *)"15000000001", 11 }, { (const uint8_t *)"15000000002", 11 } };
	struct desk d;
	struct succeeded r;
	desk_with_heirs(&d, *state);
	uint64_t a = person_in(&d, "15000000001", "37010219900101001", OLD), b = person_in(&d, "15000000002", "37010219900101003", OLD);
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, first, 2 }, &r, NULL), OK);
	assert_int_equal(r.moved, 1);
	assert_int_equal(r.left, 1);
	assert_false(r.abolished);
	assert_int_equal(body_now(&d, OLD).standing.n, 0);
	assert_int_not_equal(body_now(&d, OLD).succession, 0);
	expect_in(&d, a, HEIR);
	expect_in(&d, b, OLD);
	expect_refused(&d, (struct moving){ OLD, HEIR, first, 2 }, ERR_CONFLICT, "in the successor already");
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, second, 2 }, &r, NULL), OK);
	assert_int_equal(r.there, 1);
	assert_int_equal(r.moved, 1);
	assert_true(r.abolished);
	expect_in(&d, b, HEIR);
	assert_int_equal(body_now(&d, OLD).standing.changes[0].action, ACTION_CANCEL);
	desk_close(&d);
}

static void
a_list_with_one_wrong_number_moves_nobody(void **state)
{
	static const struct { const char *number, *why; } cases[] = { { "15000000009", "no certificate with this number" },
		{ "15000000002", "is in another body" }, { "15000000003", "is void" } };
	struct desk d;
	struct told told;
	desk_with_heirs(&d, *state);
	uint64_t a = person_in(&d, "15000000001", "37010219900101001", OLD);
	(void)person_in(&d, "15000000002", "37010219900101003", OTHER);
	(void)person_in(&d, "15000000003", "37010219900101005", OLD);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000003", ACTION_CANCEL, DESK_NOW), OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes only[] = { BYTES_LIT("15000000001"), bytes_str(cases[i].number) };
		assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, only, 2 }, NULL, &told), ERR_CONFLICT);
		assert_int_equal(told.wrong, 1);
		assert_non_null(strstr(told.why, cases[i].why));
		assert_non_null(strstr(d.err.text, "1 of the 2 numbers"));
		expect_in(&d, a, OLD);
	}
	desk_close(&d);
}

static void
a_body_abolished_before_may_still_be_succeeded_once(void **state)
{
	struct desk d;
	struct succeeded r;
	desk_with_heirs(&d, *state);
	uint64_t id = person_in(&d, "15000000001", "37010219900101001", OLD);
	assert_int_equal(desk_decide(&d, SUBJECT_BODY, OLD, ACTION_CANCEL, DESK_NOW), OK);
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, NULL, 0 }, &r, NULL), OK);
	assert_false(r.abolished); /* it was already, and stays so by that decision */
	assert_int_equal(body_now(&d, OLD).standing.n, 1);
	expect_in(&d, id, HEIR);
	expect_refused(&d, (struct moving){ OLD, OTHER, NULL, 0 }, ERR_CONFLICT, "was succeeded already");
	desk_close(&d);
}

static void
three_thousand_people_move_in_one_transaction(void **state)
{
	struct desk d;
	struct succeeded r;
	desk_with_heirs(&d, *state);
	uint64_t first = desk_people(&d, 0, 3000);
	assert_int_equal(succeed(&d, (struct moving){ OLD, HEIR, NULL, 0 }, &r, NULL), OK);
	assert_int_equal(r.moved, 3000);
	expect_in(&d, first, HEIR);
	expect_in(&d, first + 2999, HEIR);
	desk_close(&d);
}

#define IN_REGISTER(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_succession_has_one_encoding_and_one_version),
		cmocka_unit_test(a_succession_that_is_not_wellformed_is_not_written),
		cmocka_unit_test(nothing_unknown_is_read_and_absence_has_one_form),
		IN_REGISTER(everybody_who_is_not_void_moves_and_the_old_body_is_abolished),
		IN_REGISTER(moved_entries_say_why_and_an_old_row_does_not_bring_them_back),
		IN_REGISTER(a_chain_leads_back_through_every_succession),
		IN_REGISTER(what_may_not_take_over_is_refused_with_the_reason),
		IN_REGISTER(an_entrusted_body_may_take_over_from_an_entrusted_one),
		IN_REGISTER(a_part_leaves_the_body_as_it_is_until_the_last),
		IN_REGISTER(a_list_with_one_wrong_number_moves_nobody),
		IN_REGISTER(a_body_abolished_before_may_still_be_succeeded_once),
		IN_REGISTER(three_thousand_people_move_in_one_transaction),
	};
	memset(filler, 'a', sizeof(filler));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
