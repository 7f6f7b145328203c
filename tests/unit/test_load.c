/* The workspace cut into pieces, and bundles at their limits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "crypto/bundle.h"
#include "crypto/certify.h"
#include "tests/unit/support/world.h"
#include "verify/verifier.h"

static struct world w;
static char sentence[YP_SENTENCE_MAX];

static int
setup(void **state)
{
	(void)state;
	world_open(&w, KEY_P256);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static void
an_arena_gives_aligned_pieces_and_nothing_beyond_its_end(void **state)
{
	(void)state;
	static _Alignas(16) uint8_t room[100];
	struct buf arena = { room, 100, 0 };
	assert_ptr_equal(arena_take(&arena, 1), room);
	assert_ptr_equal(arena_take(&arena, 17), room + 16);
	assert_int_equal(arena_rest(&arena).cap, 100 - 48);
	assert_null(arena_take(&arena, 53));
	assert_ptr_equal(arena_take(&arena, 0), room + 48); /* a refusal takes nothing */
	assert_ptr_equal(arena_take(&arena, 52), room + 48);
	assert_null(arena_take(&arena, 0)); /* the next piece would begin at 112 */
	assert_int_equal(arena_rest(&arena).cap, 0);
	assert_null(arena_rest(&arena).ptr);
}

/* A verifier over just so much memory, with the root pinned and w's bundle tried. */
static enum yp_status
loaded_in(size_t len)
{
	struct yp_verifier *v = NULL;
	struct bytes root = world_root(&w, BY_ROOT);
	void *room = malloc(len); /* so that one byte beyond is seen by a sanitizer */
	assert_non_null(room);
	enum yp_status st = yp_open(room, len, &v);
	if (st == YP_OK)
		assert_int_equal(yp_pin_root(v, root.ptr, root.len, sentence), YP_OK);
	if (st == YP_OK) {
		st = yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence);
		assert_non_null(strstr(sentence, st == YP_OK ? "" : "larger workspace"));
	}
	yp_close(v);
	free(room);
	return st;
}

/* Whatever there is no room for: the state, its trust lists, its status lists, the bytes under a signature, the indices. */
static void
a_workspace_is_too_small_up_to_a_length_and_enough_from_there_on(void **state)
{
	(void)state;
	enum { OPENED = sizeof(struct yp_verifier) + STATUS_LIST_SCRATCH, STEP = 96 };
	struct plan p = plan_good();
	size_t too_small = 0, enough = 0, documented = yp_workspace_len(1, 4, 2);
	p.list_size_log2 = 4;
	world_make(&w, &p);
	for (size_t len = OPENED; len <= documented && enough < 20; len += STEP) {
		enum yp_status st = loaded_in(len);
		if (st != YP_OK && (st != YP_ERR_LIMIT || enough > 0))
			fail_msg("%zu bytes: %s: %s", len, yp_status_text(st), sentence);
		too_small += st != YP_OK;
		enough += st == YP_OK;
	}
	assert_true(too_small > 0);
	assert_int_equal(loaded_in(documented), YP_OK);
}

static void
a_bundle_may_be_as_long_as_its_limit_and_no_longer(void **state)
{
	(void)state;
	struct yp_verifier *v = world_verifier(&w);
	uint8_t *long_one = calloc(1, (size_t)BUNDLE_LEN_MAX + 1);
	assert_non_null(long_one);
	assert_int_equal(yp_load_bundle(v, long_one, BUNDLE_LEN_MAX, WORLD_T0, sentence), YP_ERR_FORMAT);
	assert_int_equal(yp_load_bundle(v, long_one, (size_t)BUNDLE_LEN_MAX + 1, WORLD_T0, sentence), YP_ERR_LIMIT);
	assert_non_null(strstr(sentence, "at most 268435456"));
	free(long_one);
	yp_close(v);
}

/* A bundle of one trust list and n times one status list, in a workspace made for it. */
static enum yp_status
loaded_lists(size_t n)
{
	static uint8_t parts[64 << 10], many[1 << 20];
	struct buf made = BUF_OF(parts), bundle = BUF_OF(many);
	struct plan p = plan_good();
	struct yp_verifier *v = NULL;
	struct bytes root = world_root(&w, BY_ROOT);
	size_t len = yp_workspace_len(BUNDLE_LISTS_MAX, 4, 2);
	void *room = malloc(len);
	p.list_size_log2 = 4;
	assert_non_null(room);
	assert_int_equal(bundle_start(&bundle), OK);
	assert_int_equal(bundle_append(&bundle, world_trust_list(&w, &p, &made)), OK);
	struct bytes list = world_status_list(&w, &p, &made);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(bundle_append(&bundle, list), OK);
	assert_int_equal(yp_open(room, len, &v), YP_OK);
	assert_int_equal(yp_pin_root(v, root.ptr, root.len, sentence), YP_OK);
	enum yp_status st = yp_load_bundle(v, many, bundle.len, WORLD_T0, sentence);
	yp_close(v);
	free(room);
	return st;
}

static void
a_bundle_may_hold_as_many_lists_as_its_limit_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(loaded_lists(BUNDLE_LISTS_MAX), YP_OK);
	assert_int_equal(loaded_lists(BUNDLE_LISTS_MAX + 1), YP_ERR_LIMIT);
	assert_non_null(strstr(sentence, "513 status lists; at most 512"));
}

static void
a_bundle_of_none_of_several_pinned_roots_is_refused(void **state)
{
	(void)state;
	static uint8_t parts_mem[64 << 10], der[CERTIFICATE_DER_LEN_MAX];
	struct buf made = BUF_OF(parts_mem), out = BUF_OF(der);
	struct plan p = plan_good();
	struct certificate_request rq = { .common_name = BYTES_LIT("A second pinned root"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = WORLD_T0, .not_after_unix_s = WORLD_T0 + 1000, .is_ca = true };
	assert_int_equal(certify(&rq, w.by[BY_STRANGER].key, w.by[BY_STRANGER].key, (struct bytes){ 0 }, &out, NULL), OK);
	struct bytes theirs = world_other_trust_list(&w, &p, &made);
	world_bundle(&w, &theirs, 1);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence), YP_ERR_NOT_FOUND);
	assert_null(strstr(sentence, "or another pinned root"));
	assert_int_equal(yp_pin_root(v, der, out.len, sentence), YP_OK);
	assert_int_equal(yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence), YP_ERR_NOT_FOUND);
	assert_non_null(strstr(sentence, "or another pinned root"));
	yp_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_gives_aligned_pieces_and_nothing_beyond_its_end),
		cmocka_unit_test(a_workspace_is_too_small_up_to_a_length_and_enough_from_there_on),
		cmocka_unit_test(a_bundle_may_be_as_long_as_its_limit_and_no_longer),
		cmocka_unit_test(a_bundle_may_hold_as_many_lists_as_its_limit_and_no_more),
		cmocka_unit_test(a_bundle_of_none_of_several_pinned_roots_is_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
