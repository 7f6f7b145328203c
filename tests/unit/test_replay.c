#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>

#include "verify/verifier.h"

static struct digest
code(uint32_t n)
{
	struct digest d = { { 0 } };
	memcpy(d.b, &n, sizeof(n));
	d.b[9] = 1;
	return d;
}

static enum replay_result
enter(struct yp_replay *r, uint32_t n, int64_t until, int64_t now)
{
	struct digest d = code(n);
	return replay_enter(r, &d, until, now);
}

static struct yp_replay *
opened(size_t entries, void **memory)
{
	struct yp_replay *r = NULL;
	*memory = malloc(yp_replay_len(entries));
	assert_non_null(*memory);
	assert_int_equal(yp_replay_open(*memory, yp_replay_len(entries), true, &r), YP_OK);
	return r;
}

static void
a_code_is_new_once_until_it_has_run_out(void **state)
{
	(void)state;
	void *memory;
	struct yp_replay *r = opened(8, &memory);
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_NEW);
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_SEEN);
	assert_int_equal(enter(r, 2, 120, 100), REPLAY_NEW);
	assert_int_equal(enter(r, 1, 120, 120), REPLAY_SEEN); /* its last second */
	assert_int_equal(enter(r, 1, 140, 121), REPLAY_NEW);
	assert_int_equal(enter(r, 1, 140, 121), REPLAY_SEEN);
	free(memory);
}

static void
a_full_memory_takes_nothing_until_one_has_run_out(void **state)
{
	(void)state;
	void *memory;
	struct yp_replay *r = opened(64, &memory);
	for (uint32_t n = 0; n < 64; n++)
		assert_int_equal(enter(r, n, 200 + n, 100), REPLAY_NEW);
	assert_int_equal(enter(r, 64, 300, 100), REPLAY_FULL);
	assert_int_equal(enter(r, 3, 300, 100), REPLAY_SEEN); /* what it knows it still knows */
	assert_int_equal(enter(r, 64, 300, 200), REPLAY_FULL); /* the first one's last second */
	assert_int_equal(enter(r, 64, 300, 201), REPLAY_NEW);
	assert_int_equal(enter(r, 65, 300, 201), REPLAY_FULL);
	for (uint32_t n = 1; n < 64; n++)
		assert_int_equal(enter(r, n, 400, 201), REPLAY_SEEN); /* a sweep loses none */
	for (uint32_t n = 0; n < 64; n++)
		assert_int_equal(enter(r, 1000 + n, 500, 400), REPLAY_NEW);
	free(memory);
}

static void
ids_that_begin_alike_are_kept_apart(void **state)
{
	(void)state;
	void *memory;
	struct yp_replay *r = opened(256, &memory);
	for (unsigned n = 0; n < 256; n++) { /* one hash for all: the first eight bytes are equal */
		struct digest d = { { 0 } };
		d.b[15] = (uint8_t)n;
		assert_int_equal(replay_enter(r, &d, 200, 100), REPLAY_NEW);
		assert_int_equal(replay_enter(r, &d, 200, 100), REPLAY_SEEN);
	}
	free(memory);
}

static void
saved_memory_goes_on_where_it_was(void **state)
{
	(void)state;
	void *memory;
	struct yp_replay *r = opened(16, &memory), *again = NULL;
	size_t len = yp_replay_len(16);
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_NEW);
	void *copy = malloc(len);
	assert_non_null(copy);
	memcpy(copy, memory, len);
	assert_int_equal(yp_replay_open(copy, len, false, &again), YP_OK);
	assert_int_equal(enter(again, 1, 120, 100), REPLAY_SEEN);
	((uint8_t *)copy)[0] ^= 1;
	assert_int_equal(yp_replay_open(copy, len, false, &again), YP_ERR_DAMAGED);
	memset(copy, 0xff, len);
	memcpy(copy, memory, 8); /* the magic, and nonsense behind it */
	assert_int_equal(yp_replay_open(copy, len, false, &again), YP_ERR_DAMAGED);
	free(copy);
	free(memory);
}

static void
damaged_slots_are_full_never_out_of_bounds(void **state)
{
	(void)state;
	void *memory;
	struct yp_replay *r = opened(4, &memory);
	size_t len = yp_replay_len(4), head = len - 2 * 8 * 24;
	memset((uint8_t *)memory + head, 0x7f, len - head);
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_FULL);
	free(memory);
}

static void
lengths_are_those_of_the_limits(void **state)
{
	(void)state;
	struct yp_replay *r = NULL;
	static _Alignas(max_align_t) uint8_t small[64];
	assert_int_equal(yp_replay_len(0), 0);
	assert_int_equal(yp_replay_len(REPLAY_ENTRIES_MAX + 1), 0);
	assert_true(yp_replay_len(REPLAY_ENTRIES_MAX) > yp_replay_len(REPLAY_ENTRIES_MAX / 2));
	assert_int_equal(yp_replay_open(NULL, 4096, true, &r), YP_ERR_ARGUMENT);
	assert_int_equal(yp_replay_open(small + 1, 4096, true, &r), YP_ERR_ARGUMENT);
	assert_int_equal(yp_replay_open(small, 63, true, &r), YP_ERR_ARGUMENT);
}

enum { THREADS = 4, CODES = 4000 };
struct lane { struct yp_replay *replay; pthread_t thread; unsigned passed; };

static void *
drive(void *arg)
{
	struct lane *l = arg;
	for (uint32_t n = 0; n < CODES; n++)
		l->passed += enter(l->replay, n, 200, 100) == REPLAY_NEW;
	return NULL;
}

static void
of_several_lanes_a_code_passes_one(void **state)
{
	(void)state;
	void *memory;
	struct lane lanes[THREADS];
	unsigned passed = 0;
	struct yp_replay *r = opened(CODES, &memory);
	for (size_t i = 0; i < THREADS; i++) {
		lanes[i] = (struct lane){ .replay = r };
		assert_int_equal(pthread_create(&lanes[i].thread, NULL, drive, &lanes[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(lanes[i].thread, NULL), 0);
		passed += lanes[i].passed;
	}
	assert_int_equal(passed, CODES);
	free(memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_new_once_until_it_has_run_out),
		cmocka_unit_test(a_full_memory_takes_nothing_until_one_has_run_out),
		cmocka_unit_test(ids_that_begin_alike_are_kept_apart),
		cmocka_unit_test(saved_memory_goes_on_where_it_was),
		cmocka_unit_test(damaged_slots_are_full_never_out_of_bounds),
		cmocka_unit_test(lengths_are_those_of_the_limits),
		cmocka_unit_test(of_several_lanes_a_code_passes_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
