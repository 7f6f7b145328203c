/* The verifier's life: opening, pinning, loading a bundle whole or not at all. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/limits.h"
#include "crypto/bundle.h"
#include "crypto/certify.h"
#include "tests/unit/support/world.h"

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

static enum yp_status
load(struct yp_verifier *v)
{
	return yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence);
}

static enum yp_verdict
judged(const struct yp_verifier *v, int64_t now)
{
	static struct yp_answer a;
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + now, &a), YP_OK);
	return a.verdict;
}

static void
every_verdict_has_its_own_name_and_zero_is_not_judged(void **state)
{
	(void)state;
	assert_string_equal(yp_verdict_text(YP_NOT_JUDGED), "NOT_JUDGED");
	assert_string_equal(yp_verdict_text(YP_VALID), "VALID");
	assert_string_equal(yp_verdict_text(YP_NOT_ON_REGISTER), "NOT_ON_REGISTER");
	for (int a = 0; a < 64; a++)
		for (int b = 0; b < a; b++)
			if (strcmp(yp_verdict_text((enum yp_verdict)a), "UNKNOWN_VERDICT") != 0)
				assert_string_not_equal(yp_verdict_text((enum yp_verdict)a), yp_verdict_text((enum yp_verdict)b));
}

static void
a_workspace_that_is_missing_misaligned_or_too_small_is_refused(void **state)
{
	(void)state;
	struct yp_verifier *v = NULL;
	size_t len = yp_workspace_len(1, 12, 2);
	uint8_t *room = malloc(len + 16);
	assert_non_null(room);
	assert_int_equal(yp_open(NULL, len, &v), YP_ERR_ARGUMENT);
	assert_int_equal(yp_open(room + 1, len, &v), YP_ERR_ARGUMENT);
	assert_int_equal(yp_open(room, 1000, &v), YP_ERR_LIMIT);
	assert_null(v);
	assert_int_equal(yp_open(room, len, &v), YP_OK);
	yp_close(v);
	yp_close(NULL);
	free(room);
	assert_int_equal(yp_workspace_len(BUNDLE_LISTS_MAX + 1, 12, 2), 0);
	assert_int_equal(yp_workspace_len(1, STATUS_LIST_BITS_LOG2_MAX + 1, 2), 0);
	assert_int_equal(yp_workspace_len(1, 12, 9), 0);
}

static void
a_bundle_too_large_for_the_workspace_is_refused_with_a_sentence(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_verifier *v = NULL;
	struct bytes root = world_root(&w, BY_ROOT);
	p.list_size_log2 = 20;
	p.list_bits = 8;
	size_t len = yp_workspace_len(1, 4, 1);
	void *room = malloc(len);
	assert_non_null(room);
	world_make(&w, &p);
	assert_int_equal(yp_open(room, len, &v), YP_OK);
	assert_int_equal(yp_pin_root(v, root.ptr, root.len, sentence), YP_OK);
	assert_int_equal(load(v), YP_ERR_LIMIT);
	assert_non_null(strstr(sentence, "larger workspace"));
	yp_close(v);
	free(room);
}

static void
the_workspace_asked_for_holds_just_the_lists_it_was_asked_for(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_verifier *v = NULL;
	struct bytes root = world_root(&w, BY_ROOT);
	p.list_size_log2 = 18;
	p.older_list_value = 0;
	size_t len = yp_workspace_len(2, 18, 2);
	void *room = malloc(len);
	assert_non_null(room);
	world_make(&w, &p);
	assert_int_equal(yp_open(room, len, &v), YP_OK);
	assert_int_equal(yp_pin_root(v, root.ptr, root.len, sentence), YP_OK);
	assert_int_equal(load(v), YP_OK);
	assert_int_equal(load(v), YP_OK); /* the other half */
	assert_int_equal(judged(v, 3600), YP_VALID);
	yp_close(v);
	free(room);
}

/* What a workspace of len bytes, exactly, is good for. */
enum good_for { NOTHING_AT_ALL, OPENING, LOADING };

static enum good_for
workspace_try(size_t len, const char *words)
{
	struct yp_verifier *v = NULL;
	struct bytes root = world_root(&w, BY_ROOT);
	void *room = malloc(len); /* so that one byte beyond is seen by a sanitizer */
	enum good_for good_for = NOTHING_AT_ALL;
	assert_non_null(room);
	enum yp_status st = yp_open(room, len, &v);
	assert_int_equal(st, v == NULL ? YP_ERR_LIMIT : YP_OK);
	if (st == YP_OK) {
		assert_int_equal(yp_pin_root(v, root.ptr, root.len, sentence), YP_OK);
		st = load(v);
		good_for = st == YP_OK ? LOADING : OPENING;
		if (st == YP_OK)
			assert_int_equal(load(v), YP_OK); /* the other half is as large */
		else
			assert_int_equal(st, YP_ERR_LIMIT);
		assert_non_null(strstr(sentence, good_for == LOADING ? "" : words));
	}
	yp_close(v);
	free(room);
	return good_for;
}

/* The least length that is good for at least this much. */
static size_t
workspace_least(enum good_for wanted, size_t enough)
{
	size_t low = 1;
	while (low < enough) {
		size_t middle = low + (enough - low) / 2;
		if (workspace_try(middle, "larger workspace") >= wanted)
			enough = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void
one_byte_less_than_a_workspace_needs_is_refused_at_the_right_moment(void **state)
{
	(void)state;
	struct plan p = plan_good();
	p.list_size_log2 = 18;
	p.older_list_value = 0;
	world_make(&w, &p);
	size_t documented = yp_workspace_len(2, 18, 2), lists = 2 * 2 * ((size_t)2 << 18) / 8;
	size_t to_load = workspace_least(LOADING, documented), to_open = workspace_least(OPENING, to_load);
	assert_int_equal(workspace_try(documented, ""), LOADING);
	assert_int_equal(workspace_try(to_load, ""), LOADING);
	assert_int_equal(workspace_try(to_load - 1, "larger workspace"), OPENING);
	assert_int_equal(workspace_try(to_open, "larger workspace"), OPENING);
	assert_int_equal(workspace_try(to_open - 1, ""), NOTHING_AT_ALL);
	assert_true(documented >= to_load && documented < lists + (2u << 20)); /* "twice the inflated lists and about 1.8 MiB" */
}

static void
a_workspace_must_be_aligned_as_malloc_aligns(void **state)
{
	(void)state;
	size_t len = yp_workspace_len(1, 12, 2), align = _Alignof(max_align_t);
	uint8_t *room = malloc(len + align);
	assert_non_null(room);
	for (size_t skew = 0; skew <= align; skew++) {
		struct yp_verifier *v = NULL;
		assert_int_equal(yp_open(room + skew, len, &v), skew % align == 0 ? YP_OK : YP_ERR_ARGUMENT);
		yp_close(v);
	}
	free(room);
}

static void
what_is_no_root_certificate_cannot_be_pinned(void **state)
{
	(void)state;
	struct plan p = plan_good();
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	struct bytes issuer = world_root(&w, BY_ISSUER), root = world_root(&w, BY_OTHER_ROOT);
	uint8_t der[CERTIFICATE_DER_LEN_MAX + 1] = { 0x30 };
	assert_int_equal(yp_pin_root(v, issuer.ptr, issuer.len, sentence), YP_ERR_ARGUMENT);
	assert_non_null(strstr(sentence, "no root certificate"));
	assert_int_not_equal(yp_pin_root(v, der, 0, sentence), YP_OK);
	assert_int_not_equal(yp_pin_root(v, der, 100, NULL), YP_OK);
	assert_int_equal(yp_pin_root(v, der, sizeof(der), sentence), YP_ERR_LIMIT);
	memcpy(der, root.ptr, root.len);
	der[root.len - 5] ^= 1;
	assert_int_equal(yp_pin_root(v, der, root.len, sentence), YP_ERR_ARGUMENT);
	assert_non_null(strstr(sentence, "own signature"));
	assert_int_equal(yp_pin_root(v, root.ptr, root.len, sentence), YP_OK);
	assert_int_equal(load(v), YP_OK);
	assert_int_equal(yp_pin_root(v, root.ptr, root.len, sentence), YP_OK); /* pinned already */
	yp_close(v);
}

static void
an_authority_certified_by_another_is_no_root(void **state)
{
	(void)state;
	struct yp_verifier *v = world_verifier(&w);
	struct certificate_request rq = { .common_name = BYTES_LIT("Invented authority below the root"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = WORLD_T0, .not_after_unix_s = WORLD_T0 + 1000, .is_ca = true };
	uint8_t der[CERTIFICATE_DER_LEN_MAX];
	struct buf out = BUF_OF(der);
	assert_int_equal(certify(&rq, w.by[BY_STRANGER].key, w.by[BY_ROOT].key, world_root(&w, BY_ROOT), &out, NULL), OK);
	assert_int_equal(yp_pin_root(v, der, out.len, sentence), YP_ERR_ARGUMENT);
	assert_non_null(strstr(sentence, "wanted a self-signed one"));
	yp_close(v);
}

static void
a_bundles_lists_are_counted_and_never_none(void **state)
{
	(void)state;
	static uint8_t many[1 << 20];
	struct plan p = plan_good();
	p.older_list_value = 0;
	world_make(&w, &p);
	assert_int_equal(yp_bundle_lists(w.bundle.ptr, w.bundle.len), 2);
	assert_int_equal(yp_bundle_lists(w.bundle.ptr, w.bundle.len - 1), 1); /* as far as it can be read */
	assert_int_equal(yp_bundle_lists(w.bundle.ptr, 12), 1);
	assert_int_equal(yp_bundle_lists(w.bundle.ptr, 11), 1);
	assert_int_equal(yp_bundle_lists(NULL, 0), 1);
	uint8_t part[4096];
	struct buf made = BUF_OF(part), bundle = BUF_OF(many);
	p.list_size_log2 = 4;
	struct bytes list = world_status_list(&w, &p, &made);
	assert_int_equal(bundle_start(&bundle), OK);
	for (size_t i = 0; i <= BUNDLE_LISTS_MAX; i++)
		assert_int_equal(bundle_append(&bundle, list), OK);
	assert_int_equal(yp_bundle_lists(many, bundle.len), BUNDLE_LISTS_MAX);
}

static void
sixteen_roots_can_be_pinned_and_no_seventeenth(void **state)
{
	(void)state;
	struct yp_verifier *v = world_verifier(&w); /* pins one */
	struct certificate_request rq = { .common_name = BYTES_LIT("Root of many"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = WORLD_T0, .not_after_unix_s = WORLD_T0 + 1000, .is_ca = true };
	for (unsigned i = 1; i <= TRUST_ROOTS_MAX; i++) {
		uint8_t der[CERTIFICATE_DER_LEN_MAX];
		struct buf out = BUF_OF(der);
		assert_int_equal(certify(&rq, w.by[BY_ROOT].key, w.by[BY_ROOT].key, (struct bytes){ 0 }, &out, NULL), OK);
		assert_int_equal(yp_pin_root(v, der, out.len, sentence), i < TRUST_ROOTS_MAX ? YP_OK : YP_ERR_LIMIT);
	}
	yp_close(v);
}

static void
roots_are_pinned_before_a_bundle_is_loaded(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_verifier *v = NULL;
	struct bytes other = world_root(&w, BY_OTHER_ROOT);
	size_t len = yp_workspace_len(1, 12, 2);
	void *room = malloc(len);
	assert_non_null(room);
	world_make(&w, &p);
	assert_int_equal(yp_open(room, len, &v), YP_OK);
	assert_int_equal(load(v), YP_ERR_ARGUMENT);
	assert_non_null(strstr(sentence, "no root is pinned"));
	yp_close(v);
	free(room);
	v = world_verifier(&w);
	assert_int_equal(load(v), YP_OK);
	assert_int_equal(yp_pin_root(v, other.ptr, other.len, sentence), YP_ERR_ARGUMENT);
	yp_close(v);
}

static void
a_bundle_of_another_root_is_refused_by_the_pinned_ones_name(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_verifier *v = world_verifier(&w);
	struct bytes parts[2];
	static uint8_t mem[64 << 10];
	struct buf made = BUF_OF(mem);
	struct identity kept = w.by[BY_ROOT];
	w.by[BY_ROOT] = w.by[BY_OTHER_ROOT]; /* everything of this bundle is the other root's */
	parts[0] = world_trust_list(&w, &p, &made);
	parts[1] = world_status_list(&w, &p, &made);
	w.by[BY_ROOT] = kept;
	world_bundle(&w, parts, 2);
	assert_int_equal(load(v), YP_ERR_NOT_FOUND);
	assert_non_null(strstr(sentence, "Invented root"));

	/* beside parts of the pinned root they are passed over */
	struct bytes all[4];
	all[0] = parts[0];
	all[2] = parts[1];
	all[1] = world_trust_list(&w, &p, &made);
	all[3] = world_status_list(&w, &p, &made);
	struct yp_bundle_info info;
	world_bundle(&w, all, 4);
	assert_int_equal(load(v), YP_OK);
	yp_bundle_info(v, &info);
	assert_int_equal(info.trust_lists, 1);
	assert_int_equal(info.status_lists, 1);
	yp_close(v);
}

/* One wrongness each; the bundle is refused with these words and the verifier goes on as before. */
enum wrong { NOT_A_BUNDLE, CUT, LONGER, TRUST_FORGED, LIST_FORGED, SECOND_TRUST, KEY_OF_STRANGER, ROOT_TERM, NO_TRUST, TRUST_LAST,
	CLOCK_BEFORE_1970, CLOCK_PAST_ALL_DATES, ROOT_YOUNGER, NOTHING, WRONGS };
static const struct { enum wrong wrong; const char *words; } wrongs[] = {
	{ NOT_A_BUNDLE, "not a bundle" },
	{ CUT, "damaged or cut" },
	{ LONGER, "damaged or cut" },
	{ TRUST_FORGED, "trust list: its signature does not hold" },
	{ LIST_FORGED, "status list: its signature does not hold" },
	{ SECOND_TRUST, "second trust list of the same root" },
	{ KEY_OF_STRANGER, "not certified by" },
	{ ROOT_TERM, "beyond the term" },
	{ NO_TRUST, "no trust list signed by" },
	{ TRUST_LAST, "damaged or cut" },
	{ CLOCK_BEFORE_1970, "no time for a bundle" },
	{ CLOCK_PAST_ALL_DATES, "no time for a bundle" },
	{ ROOT_YOUNGER, "beyond the term" },
	{ NOTHING, "not a bundle" },
};

static void
make_wrong(enum wrong wrong)
{
	static uint8_t mem[128 << 10];
	struct buf made = BUF_OF(mem);
	struct bytes parts[3];
	struct plan p = plan_good();
	struct identity root = w.by[BY_ROOT];
	size_t n = 2;
	p.list_forge = wrong == LIST_FORGED;
	p.list_value = 1; /* if it were taken, the good certificate would be void */
	p.trust_issue++, p.trust_iat++, p.list_iat++; /* newer than the good ones: refused for what is wrong with it alone */
	if (wrong == ROOT_TERM)
		p.trust_exp = 31LL * 31557600;
	if (wrong == ROOT_YOUNGER)
		p.trust_iat = -31557601;
	parts[0] = world_trust_list(&w, &p, &made);
	parts[1] = world_status_list(&w, &p, &made);
	if (wrong == TRUST_FORGED)
		mem[parts[0].len - 10] ^= 1;
	if (wrong == SECOND_TRUST) {
		parts[2] = parts[1];
		parts[1] = world_trust_list(&w, &p, &made);
		n = 3;
	}
	if (wrong == KEY_OF_STRANGER) { /* the trust list is the root's, its certificates are another's */
		w.by[BY_ROOT] = w.by[BY_OTHER_ROOT];
		w.by[BY_ROOT].signer = root.signer;
		parts[0] = world_trust_list(&w, &p, &made);
		w.by[BY_ROOT] = root;
		n = 1;
	}
	struct bytes first = parts[0];
	parts[0] = wrong == TRUST_LAST ? parts[1] : wrong == NO_TRUST ? parts[1] : first;
	parts[1] = wrong == TRUST_LAST ? first : parts[1];
	world_bundle(&w, parts, wrong == NO_TRUST ? 1 : n);
	w.bundle.len = wrong == NOTHING ? 0 : wrong == CUT ? w.bundle.len - 1 : w.bundle.len;
	if (wrong == NOT_A_BUNDLE)
		w.bundle.ptr[3] ^= 1;
	if (wrong == LONGER)
		w.bundle.ptr[w.bundle.len++] = 0x40;
}

static void
a_wrong_bundle_is_refused_whole_and_the_verifier_is_as_before(void **state)
{
	(void)state;
	static uint8_t good[64 << 10];
	struct plan p = plan_good();
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	memcpy(good, w.bundle.ptr, w.bundle.len);
	assert_int_equal(yp_load_bundle(v, good, w.bundle.len, WORLD_T0, sentence), YP_OK);
	for (size_t i = 0; i < WRONGS; i++) {
		make_wrong(wrongs[i].wrong);
		int64_t now = wrongs[i].wrong == CLOCK_BEFORE_1970 ? -1 : wrongs[i].wrong == CLOCK_PAST_ALL_DATES ? ((int64_t)1 << 40) + 1 : WORLD_T0;
		enum yp_status st = yp_load_bundle(v, w.bundle.ptr, w.bundle.len, now, sentence);
		if (st == YP_OK || strstr(sentence, wrongs[i].words) == NULL)
			fail_msg("wrong %zu: wanted \"%s\", got status %d: %s", i, wrongs[i].words, st, sentence);
		assert_int_equal(judged(v, 3600), YP_VALID);
	}
	yp_close(v);
}

static void
a_second_load_replaces_the_first(void **state)
{
	(void)state;
	static uint8_t first[64 << 10];
	struct plan p = plan_good();
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	memcpy(first, w.bundle.ptr, w.bundle.len);
	size_t first_len = w.bundle.len;
	assert_int_equal(load(v), YP_OK);
	assert_int_equal(judged(v, 3600), YP_VALID);
	for (int round = 0; round < 3; round++) { /* both halves are used again and again */
		p.list_value = 1;
		p.trust_issue++, p.trust_iat++, p.list_iat++;
		world_make(&w, &p); /* new certificates: the issuer's key id changes with them */
		assert_int_equal(load(v), YP_OK);
		assert_int_equal(judged(v, 3600), YP_VOID);
	}
	assert_int_equal(yp_load_bundle(v, first, first_len, WORLD_T0, sentence), YP_ERR_CONFLICT); /* an older one: refused */
	assert_int_equal(judged(v, 3600), YP_VOID);
	yp_close(v);
}

static void
the_bundle_says_how_old_it_is(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_bundle_info info;
	p.older_list_value = 0;
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	yp_bundle_info(v, &info);
	assert_int_equal(info.trust_lists, 0);
	assert_int_equal(load(v), YP_OK);
	yp_bundle_info(v, &info);
	assert_int_equal(info.trust_lists, 1);
	assert_int_equal(info.status_lists, 2);
	assert_int_equal(info.trust_exp_unix_s, WORLD_T0 + p.trust_exp);
	assert_int_equal(info.newest_list_iat_unix_s, WORLD_T0 + p.list_iat);
	assert_int_equal(info.oldest_list_iat_unix_s, WORLD_T0 + p.list_iat - 1000);
	assert_int_equal(info.earliest_list_exp_unix_s, WORLD_T0 + p.list_exp);
	assert_false(info.demonstration);
	yp_close(v);
}

static void
a_list_without_an_end_has_none_in_what_the_bundle_says(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_bundle_info info;
	p.list_exp = WORLD_NONE;
	p.trust_age_max = 86400;
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v), YP_OK);
	yp_bundle_info(v, &info);
	assert_int_equal(info.status_lists, 1);
	assert_int_equal(info.earliest_list_exp_unix_s, 0);
	assert_int_equal(judged(v, 3600), YP_VALID);
	yp_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_has_its_own_name_and_zero_is_not_judged),
		cmocka_unit_test(a_workspace_that_is_missing_misaligned_or_too_small_is_refused),
		cmocka_unit_test(a_bundle_too_large_for_the_workspace_is_refused_with_a_sentence),
		cmocka_unit_test(the_workspace_asked_for_holds_just_the_lists_it_was_asked_for),
		cmocka_unit_test(one_byte_less_than_a_workspace_needs_is_refused_at_the_right_moment),
		cmocka_unit_test(a_workspace_must_be_aligned_as_malloc_aligns),
		cmocka_unit_test(what_is_no_root_certificate_cannot_be_pinned),
		cmocka_unit_test(an_authority_certified_by_another_is_no_root),
		cmocka_unit_test(a_bundles_lists_are_counted_and_never_none),
		cmocka_unit_test(sixteen_roots_can_be_pinned_and_no_seventeenth),
		cmocka_unit_test(roots_are_pinned_before_a_bundle_is_loaded),
		cmocka_unit_test(a_bundle_of_another_root_is_refused_by_the_pinned_ones_name),
		cmocka_unit_test(a_wrong_bundle_is_refused_whole_and_the_verifier_is_as_before),
		cmocka_unit_test(a_second_load_replaces_the_first),
		cmocka_unit_test(the_bundle_says_how_old_it_is),
		cmocka_unit_test(a_list_without_an_end_has_none_in_what_the_bundle_says),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
