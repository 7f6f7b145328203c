/* What is attached to a certificate: whose device, which policy, which portrait, and that nothing else changes (registry/attach.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/device_index.h"
#include "tests/unit/support/register.h"

#define ANNA "37010219900101001"
#define BRUNO "37010219900101003"
#define NUMBER_A BYTES_LIT("15000000007")
#define NUMBER_B BYTES_LIT("15000000008")

static const struct bytes operator = { (const uint8_t *)"tester", 6 };
static const struct bytes phone = { (const uint8_t *)"\2pppppppppppppppppppppppppppppppp", DEVICE_POINT_LEN };
static const struct bytes tablet = { (const uint8_t *)"\3tttttttttttttttttttttttttttttttt", DEVICE_POINT_LEN };
static const struct bytes picture = { (const uint8_t *)"0123456789abcdef", PORTRAIT_DIGEST_LEN };
static const struct bytes picture_2 = { (const uint8_t *)"0123456789abcdeg", PORTRAIT_DIGEST_LEN };
static const struct bytes none = { NULL, 0 };

/* One row in a batch of its own with a fresh index. */
static enum status
attach(struct desk *d, struct bytes number, struct bytes point, enum show_by show_by, struct attached *out)
{
	struct batch b;
	struct attached unused;
	struct device_index *index = NULL;
	struct device_row row = { .number = number, .point = point, .show_by = show_by };
	d->err = (struct err){ .status = OK };
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	assert_int_equal(device_index_open(&b.txn, &index), OK);
	enum status st = attach_device(&b, index, &row, out != NULL ? out : &unused, &d->err);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
	device_index_close(index);
	return st;
}

static enum status
picture_of(struct desk *d, struct bytes number, struct bytes digest, struct attached *out)
{
	struct batch b;
	d->err = (struct err){ .status = OK };
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	enum status st = attach_portrait(&b, number, digest, out, &d->err);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
	return st;
}

/* What the register holds; *mem keeps the bytes. */
static struct entries
entries_of(struct desk *d, struct bytes number, uint8_t mem[64])
{
	struct txn t;
	struct holder h;
	struct entries e;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(holder_by_number(&t, number, &h), OK);
	assert_int_equal(holder_entries(&t, &h, &e), OK);
	if (e.device.len > 0)
		memcpy(mem, e.device.ptr, e.device.len);
	if (e.portrait.len > 0)
		memcpy(mem + DEVICE_POINT_LEN, e.portrait.ptr, e.portrait.len);
	e.device.ptr = mem;
	e.portrait.ptr = mem + DEVICE_POINT_LEN;
	txn_end(&t);
	return e;
}

static void
two_officers(struct desk *d, const char *dir)
{
	desk_open(d, dir, PROFILE_INTL, 10);
	struct entries a = desk_entries("钱某", "15000000007"), b = desk_entries("周某", "15000000008");
	assert_int_equal(desk_enter(d, &a, ANNA, NULL, NULL), OK);
	assert_int_equal(desk_enter(d, &b, BRUNO, NULL, NULL), OK);
}

static void
a_device_is_new_then_unchanged_then_replaced_then_taken_away(void **state)
{
	struct desk d;
	uint8_t mem[64];
	struct attached a;
	two_officers(&d, *state);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, &a), OK);
	assert_int_equal(a.what, ENTERED_NEW);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, &a), OK);
	assert_int_equal(a.what, ENTERED_UNCHANGED);
	assert_int_equal(attach(&d, NUMBER_A, tablet, SHOW_LIVE, &a), OK);
	assert_int_equal(a.what, ENTERED_UPDATED);
	assert_true(bytes_eq(entries_of(&d, NUMBER_A, mem).device, tablet));
	assert_int_equal(attach(&d, NUMBER_A, none, SHOW_STATIC, &a), OK);
	assert_int_equal(a.what, ENTERED_UPDATED);
	assert_int_equal(entries_of(&d, NUMBER_A, mem).device.len, 0);
	assert_int_equal(entries_of(&d, NUMBER_A, mem).policy, POLICY_STATIC);
	assert_int_equal(attach(&d, NUMBER_A, none, SHOW_STATIC, &a), OK);
	assert_int_equal(a.what, ENTERED_UNCHANGED);
	desk_close(&d);
}

static void
an_empty_choice_keeps_the_policy_and_is_static_at_first(void **state)
{
	struct desk d;
	uint8_t mem[64];
	struct attached a;
	two_officers(&d, *state);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_AS_BEFORE, NULL), OK);
	assert_int_equal(entries_of(&d, NUMBER_A, mem).policy, POLICY_STATIC);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, &a), OK); /* the policy alone is a change too */
	assert_int_equal(a.what, ENTERED_UPDATED);
	assert_int_equal(attach(&d, NUMBER_A, tablet, SHOW_AS_BEFORE, NULL), OK); /* a lost phone is no reason to show less */
	assert_int_equal(entries_of(&d, NUMBER_A, mem).policy, POLICY_LIVE);
	assert_int_equal(attach(&d, NUMBER_A, tablet, SHOW_STATIC, NULL), OK);
	assert_int_equal(entries_of(&d, NUMBER_A, mem).policy, POLICY_STATIC);
	desk_close(&d);
}

static void
a_device_belongs_to_one_person_who_may_hold_several_certificates(void **state)
{
	struct desk d;
	two_officers(&d, *state);
	struct entries m = desk_entries("钱某", "15T00000001");
	m.kind = KIND_MODERATOR;
	assert_int_equal(desk_enter(&d, &m, ANNA, NULL, NULL), OK);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, NULL), OK);
	assert_int_equal(attach(&d, BYTES_LIT("15T00000001"), phone, SHOW_LIVE, NULL), OK);
	assert_int_equal(attach(&d, NUMBER_B, phone, SHOW_LIVE, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "another person"));
	assert_int_equal(attach(&d, NUMBER_A, tablet, SHOW_LIVE, NULL), OK); /* the other certificate has the phone still */
	assert_int_equal(attach(&d, NUMBER_B, phone, SHOW_LIVE, NULL), ERR_CONFLICT);
	assert_int_equal(attach(&d, BYTES_LIT("15T00000001"), none, SHOW_STATIC, NULL), OK);
	assert_int_equal(attach(&d, NUMBER_B, phone, SHOW_LIVE, NULL), OK);
	desk_close(&d);
}

static void
a_void_certificate_takes_nothing_and_frees_its_device(void **state)
{
	struct desk d;
	struct attached a;
	two_officers(&d, *state);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, NULL), OK);
	assert_int_equal(desk_decide(&d, SUBJECT_HOLDER, "15000000007", ACTION_CANCEL, DESK_NOW), OK);
	assert_int_equal(attach(&d, NUMBER_A, tablet, SHOW_LIVE, NULL), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "cancelled"));
	assert_int_equal(picture_of(&d, NUMBER_A, picture, &a), ERR_CONFLICT);
	assert_int_equal(attach(&d, NUMBER_B, phone, SHOW_LIVE, NULL), OK);
	assert_int_equal(attach(&d, BYTES_LIT("15000000009"), phone, SHOW_LIVE, NULL), ERR_NOT_FOUND);
	assert_int_equal(picture_of(&d, BYTES_LIT("15000000009"), picture, &a), ERR_NOT_FOUND);
	desk_close(&d);
}

static void
a_name_that_is_given_must_be_the_holders(void **state)
{
	struct desk d;
	struct batch b;
	struct attached a;
	struct device_index *index = NULL;
	struct device_row row = { .number = NUMBER_A, .name = BYTES_LIT("周某"), .point = phone };
	two_officers(&d, *state);
	assert_int_equal(batch_begin(d.registry, false, operator, d.now_unix_s * 1000, &b, &d.err), OK);
	assert_int_equal(device_index_open(&b.txn, &index), OK);
	assert_int_equal(attach_device(&b, index, &row, &a, &d.err), ERR_CONFLICT);
	assert_non_null(strstr(d.err.text, "another name"));
	row.name = BYTES_LIT("钱某");
	d.err.status = OK;
	assert_int_equal(attach_device(&b, index, &row, &a, &d.err), OK);
	assert_non_null(device_index_get(index, phone)); /* the same batch knows it from now on */
	row = (struct device_row){ .number = NUMBER_B, .point = phone };
	assert_int_equal(attach_device(&b, index, &row, &a, &d.err), ERR_CONFLICT);
	batch_end(&b);
	device_index_close(index);
	desk_close(&d);
}

static void
a_portrait_is_new_then_unchanged_then_replaced(void **state)
{
	struct desk d;
	uint8_t mem[64];
	struct attached a;
	two_officers(&d, *state);
	assert_int_equal(picture_of(&d, NUMBER_A, picture, &a), OK);
	assert_int_equal(a.what, ENTERED_NEW);
	assert_int_equal(picture_of(&d, NUMBER_A, picture, &a), OK);
	assert_int_equal(a.what, ENTERED_UNCHANGED);
	assert_int_equal(picture_of(&d, NUMBER_A, picture_2, &a), OK);
	assert_int_equal(a.what, ENTERED_UPDATED);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, NULL), OK);
	assert_true(bytes_eq(entries_of(&d, NUMBER_A, mem).portrait, picture_2)); /* and a device leaves it alone */
	desk_close(&d);
}

static void
a_spreadsheet_of_holders_leaves_device_and_portrait_alone(void **state)
{
	struct desk d;
	uint8_t mem[64];
	enum entered what;
	struct attached a;
	two_officers(&d, *state);
	struct entries e = desk_entries("钱某", "15000000007");
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, NULL), OK);
	assert_int_equal(picture_of(&d, NUMBER_A, picture, &a), OK);
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UNCHANGED);
	e.post = BYTES_LIT("科长");
	assert_int_equal(desk_enter(&d, &e, ANNA, &what, NULL), OK);
	assert_int_equal(what, ENTERED_UPDATED);
	struct entries now = entries_of(&d, NUMBER_A, mem);
	assert_true(bytes_eq(now.device, phone) && bytes_eq(now.portrait, picture));
	assert_int_equal(now.policy, POLICY_LIVE);
	desk_close(&d);
}

/* The claims of a holder's current credential. */
static struct credential
claims_of(struct desk *d, struct bytes number, uint8_t *mem, struct issued *issued)
{
	struct txn t;
	struct holder h;
	struct bytes token;
	struct cose cose;
	struct credential c;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(holder_by_number(&t, number, &h), OK);
	assert_int_equal(issued_get(&t, h.serial, issued), OK);
	assert_int_equal(issued_token(&t, issued, &token), OK);
	memcpy(mem, token.ptr, token.len);
	assert_int_equal(cose_decode((struct bytes){ mem, token.len }, COSE_OURS, &cose), OK);
	assert_int_equal(credential_decode(cose.payload, &c), OK);
	txn_end(&t);
	return c;
}

static bool
only_the_first(void *ctx, uint64_t holder_id)
{
	(void)ctx;
	return holder_id == 1;
}

static void
only_chosen_certificates_are_reissued_with_device_policy_and_portrait(void **state)
{
	struct desk d;
	uint8_t mem[TOKEN_LEN_MAX];
	struct attached a;
	struct issued before, after;
	struct issue_result r;
	two_officers(&d, *state);
	assert_int_equal(desk_issue(&d).issued, 2);
	assert_false(claims_of(&d, NUMBER_A, mem, &before).has_cnf);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, &a), OK);
	assert_true(a.has_old_credential);
	assert_int_equal(a.holder_id, 1);
	assert_int_equal(picture_of(&d, NUMBER_A, picture, &a), OK);
	assert_int_equal(picture_of(&d, NUMBER_B, picture_2, &a), OK);
	struct entries never_issued = desk_entries("吴某", "15000000010");
	assert_int_equal(desk_enter(&d, &never_issued, "37010219900101005", NULL, NULL), OK);
	struct issue_terms terms = desk_terms(&d);
	terms.changed = true;
	terms.chosen = only_the_first;
	assert_int_equal(issue_run(d.registry, &terms, &r, &d.err), OK);
	assert_int_equal(r.issued, 1);
	assert_int_equal(r.replaced, 1);
	struct credential c = claims_of(&d, NUMBER_A, mem, &after);
	assert_true(c.has_cnf && memcmp(c.cnf_point, phone.ptr, DEVICE_POINT_LEN) == 0);
	assert_int_equal(c.policy, POLICY_LIVE);
	assert_true(bytes_eq(c.portrait_digest, picture));
	assert_int_equal(desk_effective_issued(&d, before.serial, d.now_unix_s).value, 1); /* the old one is void */
	assert_int_equal(desk_effective_issued(&d, after.serial, d.now_unix_s).value, 0);
	assert_int_equal(attach(&d, NUMBER_A, phone, SHOW_LIVE, &a), OK);
	assert_false(a.has_old_credential);
	assert_int_equal(issue_run(d.registry, &terms, &r, &d.err), OK);
	assert_int_equal(r.issued, 0);
	desk_close(&d);
}

/* ---- the index ---- */

static void
the_index_grows_and_forgets(void **state)
{
	enum { DEVICES = 5000 };
	struct desk d;
	struct txn t;
	struct device_index *x = NULL;
	uint8_t point[DEVICE_POINT_LEN] = { 2 }, person[PERSON_ID_LEN] = { 0 };
	struct bytes view = { point, sizeof(point) };
	desk_open(&d, *state, PROFILE_INTL, 10);
	assert_int_equal(txn_begin_read(registry_store(d.registry), &t), OK);
	assert_int_equal(device_index_open(&t, &x), OK);
	for (uint32_t i = 0; i < DEVICES; i++) {
		memcpy(point + 1, &i, sizeof(i));
		memcpy(person, &i, sizeof(i));
		assert_int_equal(device_index_add(x, view, person, i + 1), OK);
	}
	for (uint32_t i = 0; i < DEVICES; i++) {
		memcpy(point + 1, &i, sizeof(i));
		assert_int_equal(device_index_get(x, view)->holder_id, i + 1);
		assert_memory_equal(device_index_get(x, view)->person_id, &i, sizeof(i));
		if (i % 2 == 0)
			device_index_drop(x, view);
	}
	for (uint32_t i = 0; i < DEVICES; i++) {
		memcpy(point + 1, &i, sizeof(i));
		assert_int_equal(device_index_get(x, view) != NULL, i % 2 != 0);
	}
	device_index_drop(x, tablet); /* never there */
	assert_null(device_index_get(x, tablet));
	device_index_close(x);
	txn_end(&t);
	desk_close(&d);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(a_device_is_new_then_unchanged_then_replaced_then_taken_away),
		T(an_empty_choice_keeps_the_policy_and_is_static_at_first),
		T(a_device_belongs_to_one_person_who_may_hold_several_certificates),
		T(a_void_certificate_takes_nothing_and_frees_its_device),
		T(a_name_that_is_given_must_be_the_holders),
		T(a_portrait_is_new_then_unchanged_then_replaced),
		T(a_spreadsheet_of_holders_leaves_device_and_portrait_alone),
		T(only_chosen_certificates_are_reissued_with_device_policy_and_portrait),
		T(the_index_grows_and_forgets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
