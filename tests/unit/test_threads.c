/* Many threads judge at once with one verifier: each gets the answer that one thread alone would.  Meant for ThreadSanitizer
 * (preset tsan) as much as for what it asserts. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "tests/unit/support/scratch.h"
#include "tests/unit/support/world.h"

enum { THREADS = 8, CASES = 10, ROUNDS = 12, LIVE_CODES = 25 };

struct judged_case { enum yp_verdict wanted; size_t len; uint8_t text[4096]; };

struct shared {
	const struct yp_verifier *verifier;
	const struct judged_case *cases;
	pthread_barrier_t *together;
	struct yp_replay *replay;
	atomic_uint wrong, first_uses, second_uses;
};

struct thread { struct shared *shared; unsigned number; struct yp_answer answer; };

static void
case_make(struct world *w, struct judged_case *c, enum yp_verdict wanted, const struct plan *p)
{
	world_token(w, p);
	assert_true(w->text.len <= sizeof(c->text));
	c->wanted = wanted;
	c->len = w->text.len;
	memcpy(c->text, w->text.ptr, w->text.len);
}

/* One bundle in which index 1000 is void, and certificates and live codes to all sorts of verdicts. */
static void
cases_make(struct world *w, struct judged_case cases[CASES])
{
	struct plan base = plan_good(), p;
	size_t n = 0;
	base.list_value = 1;
	world_make(w, &base);
	case_make(w, &cases[n++], YP_VOID, &base);
	base.idx = 1001;
	case_make(w, &cases[n++], YP_VALID, &base);
	p = base, p.forge = SIGNATURE_BIT;
	case_make(w, &cases[n++], YP_FORGED, &p);
	p = base, p.shape = SHAPE_JUNK;
	case_make(w, &cases[n++], YP_UNREADABLE, &p);
	p = base, p.exp = p.now;
	case_make(w, &cases[n++], YP_EXPIRED, &p);
	p = base, p.signer = BY_STRANGER;
	case_make(w, &cases[n++], YP_UNKNOWN_ISSUER, &p);
	p = base, p.policy = 1;
	case_make(w, &cases[n++], YP_POSSESSION_UNPROVEN, &p);
	p = base, p.shown = 1, p.shown_forge = SIGNATURE_BIT;
	case_make(w, &cases[n++], YP_PRESENTATION_FORGED, &p);
	p = base, p.shown = 1, p.shown_iat = 3000, p.shown_exp = 3300;
	case_make(w, &cases[n++], YP_PRESENTATION_STALE, &p);
	p = base, p.shown = 1;
	case_make(w, &cases[n++], YP_VALID, &p);
	assert_int_equal(n, CASES);
}

static bool
is_as_wanted(const struct thread *t, const struct judged_case *c)
{
	const struct yp_answer *a = &t->answer;
	bool proven = a->verdict != YP_UNREADABLE && a->verdict != YP_FORGED && a->verdict != YP_UNKNOWN_ISSUER;
	return a->verdict == c->wanted && a->facts_proven == proven && a->sentence[0] != '\0' &&
	    (!proven || (a->number.len == 11 && memcmp(a->number.ptr, "15123456789", 11) == 0));
}

static void *
judge_all(void *arg)
{
	struct thread *t = arg;
	struct shared *s = t->shared;
	(void)pthread_barrier_wait(s->together);
	for (unsigned i = 0; i < ROUNDS * CASES; i++) {
		const struct judged_case *c = &s->cases[(i + t->number) % CASES];
		enum yp_status st = yp_judge(s->verifier, c->text, c->len, WORLD_T0 + 3600, &t->answer);
		if (st != YP_OK || !is_as_wanted(t, c))
			atomic_fetch_add(&s->wrong, 1);
	}
	return NULL;
}

/* The same live code on all threads at once; then the next, with the memory as it is. */
static void *
judge_once(void *arg)
{
	struct thread *t = arg;
	struct shared *s = t->shared;
	struct yp_question q = { .now_unix_s = WORLD_T0 + 3600, .replay = s->replay };
	for (unsigned i = 0; i < LIVE_CODES; i++) {
		const struct judged_case *c = &s->cases[i];
		(void)pthread_barrier_wait(s->together);
		enum yp_status st = yp_judge_asked(s->verifier, c->text, c->len, &q, &t->answer);
		atomic_fetch_add(&s->first_uses, st == YP_OK && t->answer.verdict == YP_VALID);
		atomic_fetch_add(&s->second_uses, st == YP_OK && t->answer.verdict == YP_REPLAYED);
	}
	return NULL;
}

static void
run(struct shared *s, void *(*work)(void *))
{
	pthread_t ids[THREADS];
	pthread_barrier_t together;
	struct thread *threads = calloc(THREADS, sizeof(*threads));
	assert_non_null(threads);
	assert_int_equal(pthread_barrier_init(&together, NULL, THREADS), 0);
	s->together = &together;
	for (unsigned i = 0; i < THREADS; i++) {
		threads[i].shared = s;
		threads[i].number = i;
		assert_int_equal(pthread_create(&ids[i], NULL, work, &threads[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(ids[i], NULL), 0);
	assert_int_equal(pthread_barrier_destroy(&together), 0);
	free(threads);
}

static struct yp_verifier *
loaded(struct world *w)
{
	char sentence[YP_SENTENCE_MAX];
	struct yp_verifier *v = world_verifier(w);
	if (yp_load_bundle(v, w->bundle.ptr, w->bundle.len, WORLD_T0, sentence) != YP_OK)
		fail_msg("load: %s", sentence);
	return v;
}

static void
eight_threads_judge_as_one_would(void **state)
{
	(void)state;
	static const enum key_type types[] = { KEY_P256, KEY_ED25519, KEY_SM2 };
	static struct judged_case cases[CASES];
	for (size_t i = 0; i < COUNT(types); i++) {
		struct world w;
		struct shared s = { .cases = cases };
		world_open(&w, types[i]);
		cases_make(&w, cases);
		struct yp_verifier *v = loaded(&w);
		s.verifier = v;
		run(&s, judge_all);
		if (s.wrong != 0)
			fail_msg("%s: %u of %d answers were not as wanted", key_type_text(types[i]), s.wrong, THREADS * ROUNDS * CASES);
		yp_close(v);
		world_close(&w);
	}
}

static void
of_eight_threads_that_are_shown_one_live_code_one_takes_it(void **state)
{
	(void)state;
	static struct judged_case codes[LIVE_CODES];
	struct world w;
	struct plan p = plan_good();
	struct shared s = { .cases = codes };
	p.shown = 1;
	world_open(&w, KEY_P256);
	world_make(&w, &p);
	for (size_t i = 0; i < LIVE_CODES; i++) { /* same cti, another device: another live code */
		signer_close(w.device.signer);
		signer_close(w.other_device.signer);
		private_key_free(w.device.key);
		private_key_free(w.other_device.key);
		world_devices_open(&w);
		case_make(&w, &codes[i], YP_VALID, &p);
	}
	size_t len = yp_replay_len(LIVE_CODES);
	void *memory = malloc(len);
	struct yp_verifier *v = loaded(&w);
	assert_non_null(memory);
	assert_int_equal(yp_replay_open(memory, len, true, &s.replay), YP_OK);
	s.verifier = v;
	run(&s, judge_once);
	assert_int_equal(s.first_uses, LIVE_CODES);
	assert_int_equal(s.second_uses, LIVE_CODES * (THREADS - 1));
	yp_close(v);
	free(memory);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_threads_judge_as_one_would),
		cmocka_unit_test(of_eight_threads_that_are_shown_one_live_code_one_takes_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
