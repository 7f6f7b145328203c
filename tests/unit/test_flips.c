/* Every single-bit flip and every truncation of a presentation and of a bundle, part by part: never VALID unless the bytes are the
 * signed ones, and a refused bundle leaves the verifier as it was.  (Credentials: test_judge.c.) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/support/world.h"

/* Every bit in an ordinary build; under the sanitizers, which are five times slower, one in seven. */
#ifdef __SANITIZE_ADDRESS__
enum { STEP = 7 };
#else
enum { STEP = 1 };
#endif

static struct yp_answer a;
static char sentence[YP_SENTENCE_MAX];

static enum yp_verdict
judged(const struct yp_verifier *v, const uint8_t *token, size_t len)
{
	assert_int_equal(yp_judge(v, token, len, WORLD_T0 + 3600, &a), YP_OK);
	return a.verdict;
}

static void
no_altered_bit_and_no_cut_leaves_a_live_code_good(void **state)
{
	(void)state;
	struct world w;
	struct plan p = plan_good();
	uint8_t token[TOKEN_LEN_MAX];
	size_t seen[64] = { 0 };
	p.shown = 1, p.policy = 1, p.nonce = 1, p.aud = 1;
	world_open(&w, KEY_P256);
	world_make(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence), YP_OK);
	size_t len = w.token.len;
	memcpy(token, w.token.ptr, len);
	for (size_t bit = 0; bit < 8 * len; bit++) {
		token[bit / 8] ^= (uint8_t)(1u << bit % 8);
		enum yp_verdict verdict = judged(v, token, len);
		seen[verdict]++;
		/* facts are proven only where the certificate inside is untouched */
		if (verdict == YP_VALID || a.live || (a.facts_proven && verdict != YP_PRESENTATION_FORGED))
			fail_msg("bit %zu altered: %s", bit, yp_verdict_text(verdict));
		token[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(judged(v, token, cut), YP_UNREADABLE);
	assert_int_equal(judged(v, token, len), YP_VALID);
	assert_true(seen[YP_UNREADABLE] > 0 && seen[YP_FORGED] > 0 && seen[YP_PRESENTATION_FORGED] > 64 * 8 && seen[YP_UNSUPPORTED] > 0);
	yp_close(v);
	world_close(&w);
}

/* What is in force says VOID, the bundle tried says valid: so VALID would mean that altered bytes were believed. */
static void
try_bundle(struct world *w, struct yp_verifier *v, const uint8_t *bundle, size_t len, const char *what, size_t at)
{
	bool loaded = yp_load_bundle(v, bundle, len, WORLD_T0, sentence) == YP_OK;
	enum yp_verdict verdict = judged(v, w->token.ptr, w->token.len);
	bool as_before = !loaded && verdict == YP_VOID && sentence[0] != '\0';
	bool says_nothing = loaded && (verdict == YP_STATUS_UNKNOWN || verdict == YP_UNKNOWN_ISSUER || verdict == YP_TRUST_EXPIRED);
	if (!as_before && !says_nothing)
		fail_msg("%s %zu: %s and %s: %s", what, at, loaded ? "loaded" : "refused", yp_verdict_text(verdict), sentence);
}

static void
flip_and_cut(enum key_type type, size_t step)
{
	static uint8_t good[64 << 10], bent[64 << 10], first[64 << 10];
	struct world w;
	struct plan p = plan_good();
	world_open(&w, type);
	world_make(&w, &p);
	size_t len = w.bundle.len;
	memcpy(good, w.bundle.ptr, len);
	struct bytes parts[2];
	struct buf made = BUF_OF(first);
	p.list_iat -= 1000, p.list_value = 1;
	parts[1] = world_status_list(&w, &p, &made);
	/* the same trust list: the parts of the good bundle, but an older status list that says void */
	static uint8_t trust[32 << 10];
	size_t head = 12, trust_head = good[head] == 0x59 ? 3 : 2;
	size_t trust_len = trust_head == 3 ? (size_t)good[head + 1] << 8 | good[head + 2] : good[head + 1];
	memcpy(trust, good + head + trust_head, trust_len);
	parts[0] = (struct bytes){ trust, trust_len };
	world_bundle(&w, parts, 2);
	struct yp_verifier *v = world_verifier(&w);
	for (size_t bit = 0; bit < 8 * len; bit += step) {
		assert_int_equal(yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence), YP_OK);
		memcpy(bent, good, len);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		try_bundle(&w, v, bent, len, "bit", bit);
	}
	for (size_t cut = 0; cut < len; cut += step) {
		assert_int_equal(yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence), YP_OK);
		memcpy(bent, good, len);
		if (cut == head + trust_head + trust_len)
			continue; /* a whole bundle, of the trust list alone */
		try_bundle(&w, v, bent, cut, "cut at", cut);
	}
	assert_int_equal(yp_load_bundle(v, good, len, WORLD_T0, sentence), YP_OK);
	assert_int_equal(judged(v, w.token.ptr, w.token.len), YP_VALID);
	yp_close(v);
	world_close(&w);
}

static void
no_altered_bit_and_no_cut_of_a_bundle_is_believed_with_es256(void **state)
{
	(void)state;
	flip_and_cut(KEY_P256, STEP);
}

static void
no_altered_bit_and_no_cut_of_a_bundle_is_believed_with_ed25519(void **state)
{
	(void)state;
	flip_and_cut(KEY_ED25519, 11 * STEP);
}

static void
no_altered_bit_and_no_cut_of_a_bundle_is_believed_with_sm2(void **state)
{
	(void)state;
	flip_and_cut(KEY_SM2, 61 * STEP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_altered_bit_and_no_cut_leaves_a_live_code_good),
		cmocka_unit_test(no_altered_bit_and_no_cut_of_a_bundle_is_believed_with_es256),
		cmocka_unit_test(no_altered_bit_and_no_cut_of_a_bundle_is_believed_with_ed25519),
		cmocka_unit_test(no_altered_bit_and_no_cut_of_a_bundle_is_believed_with_sm2),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
