#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "crypto/bundle.h"
#include "tests/unit/support/world.h"
#include "tools/verifier/bundle_keep.h"

static struct world ours, theirs;
static struct buf merged;
static size_t kept;

static int
setup(void **state)
{
	(void)state;
	struct plan p = plan_good();
	world_open(&ours, KEY_P256);
	world_open(&theirs, KEY_ED25519);
	world_make(&ours, &p);
	world_make(&theirs, &p);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	world_close(&ours);
	world_close(&theirs);
	return 0;
}

static enum status
keep(struct bytes fresh, struct bytes installed)
{
	struct err err = { 0 };
	free(merged.ptr);
	merged = (struct buf){ 0 };
	enum status st = bundle_keep(fresh, installed, &merged, &kept, &err);
	assert_true(st == OK || err.text[0] != '\0');
	return st;
}

static void
counts(struct bytes bundle, size_t *trusts, size_t *lists)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	*trusts = *lists = 0;
	assert_int_equal(bundle_open(bundle, &b), OK);
	while (bundle_next(&b, &token, &typ))
		++*(typ == TYP_TRUST_LIST ? trusts : lists);
	assert_int_equal(bundle_end(&b), OK);
}

static void
nothing_installed_leaves_the_new_bundle_as_it_is(void **state)
{
	(void)state;
	struct bytes fresh = buf_view(&ours.bundle);
	assert_int_equal(keep(fresh, (struct bytes){ NULL, 0 }), OK);
	assert_int_equal(kept, 0);
	assert_true(bytes_eq(buf_view(&merged), fresh));
}

static void
of_the_same_authority_nothing_stays(void **state)
{
	(void)state;
	assert_int_equal(keep(buf_view(&ours.bundle), buf_view(&ours.bundle)), OK);
	assert_int_equal(kept, 0);
	assert_true(bytes_eq(buf_view(&merged), buf_view(&ours.bundle)));
}

static void
another_authoritys_parts_stay_in_order(void **state)
{
	(void)state;
	size_t trusts, lists;
	assert_int_equal(keep(buf_view(&ours.bundle), buf_view(&theirs.bundle)), OK);
	assert_int_equal(kept, 2);
	counts(buf_view(&merged), &trusts, &lists);
	assert_int_equal(trusts, 2);
	assert_int_equal(lists, 2);
	struct buf both = merged;
	merged = (struct buf){ 0 };
	assert_int_equal(keep(buf_view(&theirs.bundle), buf_view(&both)), OK); /* and the other way, next time */
	assert_int_equal(kept, 2);
	free(both.ptr);
}

static void
what_is_no_bundle_is_refused(void **state)
{
	(void)state;
	static uint8_t bent[256 << 10];
	struct bytes fresh = buf_view(&ours.bundle);
	assert_int_equal(keep((struct bytes){ (const uint8_t *)"junk", 4 }, (struct bytes){ NULL, 0 }), ERR_FORMAT);
	assert_int_equal(keep((struct bytes){ fresh.ptr, fresh.len - 1 }, (struct bytes){ NULL, 0 }), ERR_FORMAT);
	assert_int_equal(keep(fresh, (struct bytes){ (const uint8_t *)"junk", 4 }), ERR_FORMAT);
	memcpy(bent, fresh.ptr, fresh.len);
	for (size_t bit = 0; bit < 8 * 40; bit++) { /* heads, and the trust list's envelope: never a crash, never more than both */
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (keep((struct bytes){ bent, fresh.len }, buf_view(&theirs.bundle)) == OK)
			assert_true(merged.len <= fresh.len + theirs.bundle.len);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	free(merged.ptr);
	merged = (struct buf){ 0 };
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_installed_leaves_the_new_bundle_as_it_is),
		cmocka_unit_test(of_the_same_authority_nothing_stays),
		cmocka_unit_test(another_authoritys_parts_stay_in_order),
		cmocka_unit_test(what_is_no_bundle_is_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
