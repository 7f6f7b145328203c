/* What an answer holds, what evidence may shorten, and that no altered certificate is ever good.  The verdicts
 * themselves stand in tests/verdicts.txt. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "crypto/certify.h"
#include "tests/unit/support/world.h"
#include "verify/verifier.h"

static struct world w;
static struct yp_answer a;

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

static struct yp_verifier *
loaded(struct world *world, const struct plan *p)
{
	char sentence[YP_SENTENCE_MAX];
	world_make(world, p);
	struct yp_verifier *v = world_verifier(world);
	assert_int_equal(yp_load_bundle(v, world->bundle.ptr, world->bundle.len, WORLD_T0, sentence), YP_OK);
	return v;
}

static bool
is(struct yp_text t, const char *wanted)
{
	return t.len == strlen(wanted) && (t.len == 0 || memcmp(t.ptr, wanted, t.len) == 0);
}

static void
the_answer_tells_the_facts_and_keeps_them_in_itself(void **state)
{
	(void)state;
	struct plan p = plan_good();
	memset(&a, 0xff, sizeof(a));
	assert_int_equal(world_judge(&w, &p, &a), YP_VALID);
	memset(w.text.ptr, 0, w.text.cap); /* nothing of the answer points there */
	assert_true(a.facts_proven);
	assert_false(a.stale);
	assert_false(a.demonstration);
	assert_false(a.must_be_live);
	assert_false(a.has_portrait_digest);
	assert_int_equal(a.kind, 1);
	assert_true(is(a.number, "15123456789"));
	assert_true(is(a.name, "\xe8\xaf\xb8\xe8\x91\x9b\xe6\x98\x8e"));
	assert_true(is(a.body_name, "Invented Market Bureau"));
	assert_true(is(a.body_uscc, "11370800MB28559184"));
	assert_true(is(a.post, ""));
	assert_true(is(a.iss, "37"));
	assert_true(is(a.status_uri, "https://v.example.cn/s/1"));
	assert_int_equal(a.status_idx, p.idx);
	assert_int_equal(a.jurisdiction, 370102);
	assert_int_equal(a.fields_n, 2);
	assert_int_equal(a.fields[1], 6);
	assert_int_equal(a.iat_unix_s, WORLD_T0);
	assert_int_equal(a.nbf_unix_s, WORLD_T0);
	assert_int_equal(a.exp_unix_s, WORLD_T0 + p.exp);
	assert_int_equal(a.status_as_of_unix_s, WORLD_T0 + p.list_iat);
	assert_int_equal(a.token_len, w.token.len);
	assert_memory_equal(a.token, w.token.ptr, w.token.len);
	assert_string_equal(a.sentence, "all rules hold");
	assert_in_range((uintptr_t)a.name.ptr, (uintptr_t)a.token, (uintptr_t)(a.token + sizeof(a.token)));
}

static void
a_forged_certificates_facts_are_not_proven(void **state)
{
	(void)state;
	struct plan p = plan_good();
	p.forge = PAYLOAD_BIT;
	assert_int_equal(world_judge(&w, &p, &a), YP_FORGED);
	assert_false(a.facts_proven);
	assert_true(is(a.number, "25123456789")); /* what it claims */
	assert_int_equal(a.status_as_of_unix_s, 0);
}

static void
an_unreadable_text_yields_no_facts(void **state)
{
	(void)state;
	struct plan p = plan_good();
	p.shape = SHAPE_JUNK;
	memset(&a, 0xff, sizeof(a));
	assert_int_equal(world_judge(&w, &p, &a), YP_UNREADABLE);
	assert_int_equal(a.kind, 0);
	assert_int_equal(a.number.len, 0);
	assert_int_equal(a.fields_n, 0);
	assert_false(a.facts_proven);
}

static void
a_list_as_old_as_its_ttl_is_fresh_and_a_second_older_is_stale(void **state)
{
	(void)state;
	static const struct { int64_t now, ttl; bool stale; } cases[] = {
		{ 3500 + 900, 900, false }, { 3500 + 901, 900, true }, { 3500, 0, false }, { 3501, 0, true }, { 3300, 900, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan p = plan_good();
		p.now = cases[i].now;
		p.list_ttl = cases[i].ttl;
		assert_int_equal(world_judge(&w, &p, &a), YP_VALID);
		assert_int_equal(a.stale, cases[i].stale);
	}
}

static void
an_example_root_marks_every_answer_as_a_demonstration(void **state)
{
	(void)state;
	static uint8_t der[CERTIFICATE_DER_LEN_MAX];
	struct buf out = BUF_OF(der);
	struct plan p = plan_good();
	char sentence[YP_SENTENCE_MAX];
	struct yp_bundle_info info;
	struct certificate_request rq = { .common_name = BYTES_LIT("EXAMPLE root"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = WORLD_T0, .not_after_unix_s = WORLD_T0 + 1000, .is_ca = true };
	assert_int_equal(certify(&rq, w.by[BY_STRANGER].key, w.by[BY_STRANGER].key, (struct bytes){ 0 }, &out, NULL), OK);
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(yp_pin_root(v, der, out.len, sentence), YP_OK);
	assert_int_equal(yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence), YP_OK);
	yp_bundle_info(v, &info);
	assert_true(info.demonstration);
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + p.now, &a), YP_OK);
	assert_int_equal(a.verdict, YP_VALID);
	assert_true(a.demonstration);
	assert_int_equal(yp_judge(v, w.text.ptr, 3, WORLD_T0 + p.now, &a), YP_OK);
	assert_int_equal(a.verdict, YP_UNREADABLE);
	assert_true(a.demonstration);
	yp_close(v);
}

static void
without_a_bundle_or_a_sane_clock_nothing_is_judged(void **state)
{
	(void)state;
	struct plan p = plan_good();
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	a.verdict = YP_VALID;
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0, &a), YP_ERR_ARGUMENT);
	assert_int_equal(a.verdict, YP_NOT_JUDGED);
	yp_close(v);
	v = loaded(&w, &p);
	static const int64_t clocks[] = { -1, INT64_MIN, INT64_MAX };
	for (size_t i = 0; i < 3; i++) {
		a.verdict = YP_VALID;
		assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, clocks[i], &a), YP_ERR_ARGUMENT);
		assert_int_equal(a.verdict, YP_NOT_JUDGED);
	}
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, 0, &a), YP_OK);
	assert_int_equal(a.verdict, YP_TRUST_EXPIRED);
	yp_close(v);
}

static enum yp_status
asked(const struct yp_verifier *v, const struct yp_question *q)
{
	a.verdict = YP_VALID;
	enum yp_status by_text = yp_judge_asked(v, w.text.ptr, w.text.len, q, &a);
	assert_int_equal(a.verdict == YP_NOT_JUDGED, by_text != YP_OK);
	a.verdict = YP_VALID;
	assert_int_equal(judge(v, buf_view(&w.token), q, NULL, &a), by_text);
	assert_int_equal(a.verdict == YP_NOT_JUDGED, by_text != YP_OK);
	return by_text;
}

static void
a_question_past_its_limits_is_not_judged(void **state)
{
	(void)state;
	static const uint8_t nonce[NONCE_LEN_MAX + 1];
	static const char who[AUDIENCE_LEN_MAX + 1];
	static const struct { int64_t now, age; size_t nonce, audience; enum yp_status wanted; } cases[] = {
		{ WORLD_T0, 0, 0, 0, YP_OK }, { (int64_t)1 << 40, 0, 0, 0, YP_OK }, { ((int64_t)1 << 40) + 1, 0, 0, 0, YP_ERR_ARGUMENT },
		{ -1, 0, 0, 0, YP_ERR_ARGUMENT }, { WORLD_T0, -1, 0, 0, YP_ERR_ARGUMENT }, { WORLD_T0, INT64_MAX, 0, 0, YP_OK },
		{ WORLD_T0, 0, NONCE_LEN_MIN, 0, YP_OK }, { WORLD_T0, 0, NONCE_LEN_MIN - 1, 0, YP_ERR_ARGUMENT },
		{ WORLD_T0, 0, NONCE_LEN_MAX, 0, YP_OK }, { WORLD_T0, 0, NONCE_LEN_MAX + 1, 0, YP_ERR_ARGUMENT },
		{ WORLD_T0, 0, 0, 1, YP_OK }, { WORLD_T0, 0, 0, AUDIENCE_LEN_MAX, YP_OK },
		{ WORLD_T0, 0, 0, AUDIENCE_LEN_MAX + 1, YP_ERR_ARGUMENT },
	};
	struct plan p = plan_good();
	struct yp_verifier *v = loaded(&w, &p);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct yp_question q = { .now_unix_s = cases[i].now, .status_age_max_s = cases[i].age,
			.challenge = { nonce, cases[i].nonce }, .audience = { who, cases[i].audience } };
		if (asked(v, &q) != cases[i].wanted)
			fail_msg("case %zu", i);
	}
	yp_close(v);
	v = world_verifier(&w); /* and nothing at all before a bundle is loaded */
	assert_int_equal(asked(v, &(struct yp_question){ .now_unix_s = WORLD_T0 }), YP_ERR_ARGUMENT);
	yp_close(v);
}

static void
an_issuers_certificate_covers_the_issuing_from_its_first_second_to_its_last(void **state)
{
	(void)state;
	static const struct { int64_t from, to; const char *says; } cases[] = {
		{ 0, 200LL * 86400, "all rules hold" }, { 1, 200LL * 86400, "not valid when this was signed" },
		{ -100, -1, "not valid when this was signed" }, { -100, 100LL * 86400 - 1, "ends before what it signed" },
		{ -100, 100LL * 86400, "all rules hold" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan p = plan_good();
		p.exp = 100LL * 86400;
		p.issuer_from = cases[i].from;
		p.issuer_to = cases[i].to;
		(void)world_judge(&w, &p, &a);
		if (strstr(a.sentence, cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, a.sentence);
	}
}

static void
the_longest_token_is_read_and_a_longer_one_is_unreadable(void **state)
{
	(void)state;
	struct plan p = plan_good();
	static uint8_t token[TOKEN_LEN_MAX + 1];
	struct yp_verifier *v = loaded(&w, &p);
	memset(token, 0xd2, sizeof(token));
	assert_int_equal(judge(v, (struct bytes){ token, TOKEN_LEN_MAX }, &(struct yp_question){ .now_unix_s = WORLD_T0 }, NULL, &a), YP_OK);
	assert_int_equal(a.verdict, YP_UNREADABLE);
	assert_int_equal(a.token_len, TOKEN_LEN_MAX);
	assert_int_equal(judge(v, (struct bytes){ token, TOKEN_LEN_MAX + 1 }, &(struct yp_question){ .now_unix_s = WORLD_T0 }, NULL, &a), YP_OK);
	assert_int_equal(a.verdict, YP_UNREADABLE);
	assert_int_equal(a.token_len, 0);
	assert_int_equal(yp_judge(v, token, sizeof(token), WORLD_T0, &a), YP_OK);
	assert_int_equal(a.verdict, YP_UNREADABLE);
	yp_close(v);
}

/* Evidence stands for rule 6 and answers 8 and 9; every other rule runs. */
static void
evidence_of_the_register_shortens_the_signature_and_the_list_only(void **state)
{
	(void)state;
	static const struct { bool issued; uint8_t status; int64_t forge, patch, trust_exp, state, exp, policy; enum yp_verdict wanted; } cases[] = {
		{ true, 0, SIGNATURE_BIT, 0, 9000, KEY_ACTIVE, 9000, 0, YP_VALID },
		{ false, 0, SIGNATURE_BIT, 0, 9000, KEY_ACTIVE, 9000, 0, YP_FORGED },
		{ true, 1, 0, 0, 9000, KEY_ACTIVE, 9000, 0, YP_VOID },
		{ true, 2, 0, 0, 9000, KEY_ACTIVE, 9000, 0, YP_SUSPENDED },
		{ true, 3, 0, 0, 9000, KEY_ACTIVE, 9000, 0, YP_STATUS_UNKNOWN },
		{ true, 0, 0, PATCH_VERSION, 9000, KEY_ACTIVE, 9000, 0, YP_UNSUPPORTED },
		{ true, 0, 0, 0, 3600, KEY_ACTIVE, 9000, 0, YP_TRUST_EXPIRED },
		{ true, 0, 0, 0, 9000, KEY_COMPROMISED, 9000, 0, YP_ISSUER_NOT_ALLOWED },
		{ true, 0, 0, 0, 9000, KEY_ACTIVE, 3600, 0, YP_EXPIRED },
		{ true, 0, 0, 0, 9000, KEY_ACTIVE, 9000, 1, YP_POSSESSION_UNPROVEN },
		{ false, 0, 0, 0, 9000, KEY_ACTIVE, 9000, 0, YP_STATUS_UNKNOWN }, /* and no list */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan p = plan_good();
		struct register_evidence e = { cases[i].issued, cases[i].status, WORLD_T0 + 3599 };
		p.list_absent = 1;
		p.forge = cases[i].forge;
		p.patch = cases[i].patch;
		p.trust_exp = cases[i].trust_exp;
		p.issuer_state = cases[i].state;
		p.exp = cases[i].exp;
		p.policy = cases[i].policy;
		struct yp_verifier *v = loaded(&w, &p);
		assert_int_equal(judge(v, (struct bytes){ w.token.ptr, w.token.len }, &(struct yp_question){ .now_unix_s = WORLD_T0 + 3600 }, &e, &a), YP_OK);
		if (a.verdict != cases[i].wanted)
			fail_msg("case %zu: wanted %s, got %s: %s", i, yp_verdict_text(cases[i].wanted), yp_verdict_text(a.verdict), a.sentence);
		if (cases[i].issued && a.facts_proven && a.verdict != YP_EXPIRED)
			assert_int_equal(a.status_as_of_unix_s, WORLD_T0 + 3599);
		yp_close(v);
	}
}

static void
a_token_may_stand_in_the_answer_already(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_verifier *v = loaded(&w, &p);
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + p.now, &a), YP_OK);
	struct bytes inside = { a.token, a.token_len };
	assert_int_equal(judge(v, inside, &(struct yp_question){ .now_unix_s = WORLD_T0 + p.now }, NULL, &a), YP_OK);
	assert_int_equal(a.verdict, YP_VALID);
	yp_close(v);
}

/* Each altered bit, and each cut, of a real certificate. */
static void
never_valid(enum key_type type, size_t step)
{
	struct world other;
	struct plan p = plan_good();
	struct world *world = &w;
	uint8_t token[TOKEN_LEN_MAX];
	size_t seen[64] = { 0 };
	if (type != KEY_P256) {
		world_open(&other, type);
		world = &other;
	}
	struct yp_verifier *v = loaded(world, &p);
	size_t len = world->token.len;
	memcpy(token, world->token.ptr, len);
	for (size_t bit = 0; bit < 8 * len; bit += bit < 8 * 80 || bit >= 8 * (len - 80) ? 1 : step) {
		token[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(judge(v, (struct bytes){ token, len }, &(struct yp_question){ .now_unix_s = WORLD_T0 + p.now }, NULL, &a), YP_OK);
		seen[a.verdict]++;
		if (a.verdict == YP_VALID || a.verdict == YP_NOT_JUDGED || a.verdict >= YP_NOT_YET_VALID || a.facts_proven)
			fail_msg("bit %zu altered: %s", bit, yp_verdict_text(a.verdict));
		token[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t cut = 0; cut < len; cut++) {
		assert_int_equal(judge(v, (struct bytes){ token, cut }, &(struct yp_question){ .now_unix_s = WORLD_T0 + p.now }, NULL, &a), YP_OK);
		assert_int_equal(a.verdict, YP_UNREADABLE);
	}
	assert_int_equal(judge(v, (struct bytes){ token, len }, &(struct yp_question){ .now_unix_s = WORLD_T0 + p.now }, NULL, &a), YP_OK);
	assert_int_equal(a.verdict, YP_VALID);
	assert_true(seen[YP_UNREADABLE] > 0 && seen[YP_FORGED] > 0 && seen[YP_UNKNOWN_ISSUER] > 0 && seen[YP_UNSUPPORTED] > 0);
	yp_close(v);
	if (type != KEY_P256)
		world_close(&other);
}

static void
no_altered_bit_and_no_cut_leaves_a_certificate_good_with_es256(void **state)
{
	(void)state;
	never_valid(KEY_P256, 1);
}

static void
no_altered_bit_and_no_cut_leaves_a_certificate_good_with_sm2(void **state)
{
	(void)state;
	never_valid(KEY_SM2, 5);
}

static void
no_altered_bit_of_the_text_leaves_it_good_but_for_its_prefix_and_case(void **state)
{
	(void)state;
	struct plan p = plan_good();
	struct yp_verifier *v = loaded(&w, &p);
	size_t prefix = strlen("HTTPS://V.EXAMPLE.CN/V/");
	for (size_t bit = 8 * prefix; bit < 8 * w.text.len; bit++) {
		if (bit % 8 == 5) /* upper and lower case of a letter are the same digit */
			continue;
		w.text.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + p.now, &a), YP_OK);
		if (a.verdict == YP_VALID)
			fail_msg("bit %zu of character %zu", bit % 8, bit / 8);
		w.text.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	yp_close(v);
}

/* Ours ends early; the other root's does not. */
static void
another_pinned_roots_status_list_and_trust_list_do_not_count(void **state)
{
	(void)state;
	struct plan p = plan_good();
	const int64_t ours_ends = 5000;
	static uint8_t mem[64 << 10];
	struct buf made = BUF_OF(mem);
	struct bytes parts[3];
	char sentence[YP_SENTENCE_MAX];
	struct identity root = w.by[BY_ROOT], issuer = w.by[BY_ISSUER], status = w.by[BY_STATUS];
	w.by[BY_ROOT] = w.by[BY_OTHER_ROOT];
	w.by[BY_ISSUER] = w.by[BY_STATUS] = (struct identity){ 0 };
	parts[1] = world_trust_list(&w, &p, &made);
	parts[2] = world_status_list(&w, &p, &made); /* same address, says valid, under the other root */
	struct identity theirs[] = { w.by[BY_ISSUER], w.by[BY_STATUS] };
	w.by[BY_ROOT] = root;
	w.by[BY_ISSUER] = issuer;
	w.by[BY_STATUS] = status;
	p.trust_exp = ours_ends;
	world_make(&w, &p);
	parts[0] = world_trust_list(&w, &p, &made); /* new issuer certificates: the token is signed anew below */
	world_bundle(&w, parts, 3);
	struct yp_verifier *v = world_verifier(&w);
	struct bytes other = world_root(&w, BY_OTHER_ROOT);
	assert_int_equal(yp_pin_root(v, other.ptr, other.len, sentence), YP_OK);
	if (yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence) != YP_OK)
		fail_msg("%s", sentence);
	world_token(&w, &p);
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + p.now, &a), YP_OK);
	assert_int_equal(a.verdict, YP_STATUS_UNKNOWN);
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + ours_ends, &a), YP_OK);
	assert_int_equal(a.verdict, YP_TRUST_EXPIRED);
	p.signer = BY_STRANGER;
	world_token(&w, &p);
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + ours_ends, &a), YP_OK);
	assert_int_equal(a.verdict, YP_UNKNOWN_ISSUER);
	yp_close(v);
	for (size_t i = 0; i < 2; i++) {
		private_key_free(theirs[i].key);
		signer_close(theirs[i].signer);
	}
}

/* A key id is 64 bits of a digest: two certificates that share one cannot be made here, so the loaded state is bent to look so. */
static void
of_two_certificates_with_one_key_id_the_one_that_signed_is_found(void **state)
{
	(void)state;
	uint8_t spki[256], token[TOKEN_LEN_MAX];
	struct buf der = BUF_OF(spki);
	struct plan p = plan_good();
	p.issuer_twice = TWICE_OTHER_KIND_FIRST;
	struct yp_verifier *v = loaded(&w, &p);
	struct trust *t = &v->state->trusts[0];
	size_t len = w.token.len;
	memcpy(token, w.token.ptr, len);
	assert_int_equal(private_key_spki(w.by[BY_STRANGER].key, &der), OK);
	public_key_free(t->keys[0].key);
	assert_int_equal(public_key_from_spki(buf_view(&der), &t->keys[0].key), OK);
	t->list.entries[0].kinds = 0;
	assert_int_equal(yp_judge(v, token, len, WORLD_T0 + p.now, &a), YP_OK);
	assert_int_equal(a.verdict, YP_VALID); /* the second of the two */
	p.forge = OTHER_KEY;
	world_token(&w, &p); /* the shared key id over the other's signature */
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + p.now, &a), YP_OK);
	assert_int_equal(a.verdict, YP_VALID); /* the first */
	t->list.entries[0].state = KEY_COMPROMISED;
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + p.now, &a), YP_OK);
	assert_int_equal(a.verdict, YP_FORGED); /* under the second: the one that got furthest */
	assert_int_equal(yp_judge(v, token, len, WORLD_T0 + p.now, &a), YP_OK);
	assert_int_equal(a.verdict, YP_VALID); /* the other's compromise is nothing to it */
	yp_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_tells_the_facts_and_keeps_them_in_itself),
		cmocka_unit_test(a_forged_certificates_facts_are_not_proven),
		cmocka_unit_test(an_unreadable_text_yields_no_facts),
		cmocka_unit_test(a_list_as_old_as_its_ttl_is_fresh_and_a_second_older_is_stale),
		cmocka_unit_test(an_example_root_marks_every_answer_as_a_demonstration),
		cmocka_unit_test(without_a_bundle_or_a_sane_clock_nothing_is_judged),
		cmocka_unit_test(a_question_past_its_limits_is_not_judged),
		cmocka_unit_test(an_issuers_certificate_covers_the_issuing_from_its_first_second_to_its_last),
		cmocka_unit_test(the_longest_token_is_read_and_a_longer_one_is_unreadable),
		cmocka_unit_test(evidence_of_the_register_shortens_the_signature_and_the_list_only),
		cmocka_unit_test(a_token_may_stand_in_the_answer_already),
		cmocka_unit_test(no_altered_bit_and_no_cut_leaves_a_certificate_good_with_es256),
		cmocka_unit_test(no_altered_bit_and_no_cut_leaves_a_certificate_good_with_sm2),
		cmocka_unit_test(no_altered_bit_of_the_text_leaves_it_good_but_for_its_prefix_and_case),
		cmocka_unit_test(another_pinned_roots_status_list_and_trust_list_do_not_count),
		cmocka_unit_test(of_two_certificates_with_one_key_id_the_one_that_signed_is_found),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
