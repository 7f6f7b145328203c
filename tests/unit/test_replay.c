#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

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

/* struct yp_replay begins: magic, 8 bytes; busy and table, 4 each; entries_max, slots, entries and the bound, 8 each. */
enum { BUSY_AT = 8, TABLE_AT = 12, ENTRIES_MAX_AT = 16, SLOTS_AT = 24, ENTRIES_AT = 32, BOUND_AT = 40, SLOT_AT = 48, SLOT_LEN = 24 };

static void
a_head_that_contradicts_its_length_is_damage(void **state)
{
	(void)state;
	static const size_t at[] = { 0, 7, TABLE_AT, ENTRIES_MAX_AT, SLOTS_AT, ENTRIES_AT };
	void *memory;
	struct yp_replay *r = opened(8, &memory);
	uint8_t *bytes = memory;
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_NEW);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		uint8_t was = bytes[at[i]];
		bytes[at[i]] = 0x55;
		if (yp_replay_open(memory, yp_replay_len(8), false, &r) != YP_ERR_DAMAGED)
			fail_msg("byte %zu", at[i]);
		bytes[at[i]] = was;
	}
	assert_int_equal(yp_replay_open(memory, yp_replay_len(8), false, &r), YP_OK);
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_SEEN);
	free(memory);
}

static void
at_the_first_second_of_all_a_free_slot_is_free(void **state)
{
	(void)state;
	void *memory;
	struct yp_replay *r = opened(2, &memory);
	assert_int_equal(enter(r, 1, 60, 0), REPLAY_NEW);
	assert_int_equal(enter(r, 1, 60, 0), REPLAY_SEEN);
	assert_int_equal(enter(r, 2, 60, 0), REPLAY_NEW);
	assert_int_equal(enter(r, 3, 60, 0), REPLAY_FULL);
	memset((uint8_t *)memory + BOUND_AT, 0xff, 8); /* damaged: one ran out at -1 */
	assert_int_equal(enter(r, 3, 60, 0), REPLAY_FULL); /* swept, and none had */
	assert_int_equal(enter(r, 1, 60, 0), REPLAY_SEEN);
	assert_int_equal(enter(r, 2, 60, 0), REPLAY_SEEN);
	free(memory);
}

static void
more_codes_than_a_memory_holds_are_not_swept_out_of_bounds(void **state)
{
	(void)state;
	void *memory;
	struct yp_replay *r = opened(4, &memory);
	for (uint32_t n = 0; n < 4; n++)
		assert_int_equal(enter(r, n, 110 + n, 100), REPLAY_NEW);
	int64_t until = 500;
	for (size_t slot = 0; slot < 7; slot++) { /* damaged: seven of eight slots taken, where four may be */
		uint8_t *s = (uint8_t *)memory + SLOT_AT + slot * SLOT_LEN;
		memset(s, (int)(0x80 + slot), 16);
		memcpy(s + 16, &until, sizeof(until));
	}
	memset((uint8_t *)memory + SLOT_AT + 7 * SLOT_LEN, 0, SLOT_LEN);
	assert_int_equal(enter(r, 7, 600, 200), REPLAY_FULL);
	assert_int_equal(enter(r, 8, 600, 200), REPLAY_FULL);
	free(memory);
}

struct waiting { struct yp_replay *replay; atomic_int begun; enum replay_result result; };

static void *
enter_while_held(void *arg)
{
	struct waiting *w = arg;
	atomic_store(&w->begun, 1);
	w->result = enter(w->replay, 1, 200, 100);
	return NULL;
}

static void
a_lane_waits_while_another_is_inside(void **state)
{
	(void)state;
	void *memory;
	pthread_t thread;
	struct waiting w = { .replay = opened(4, &memory), .result = REPLAY_FULL };
	atomic_flag *busy = (atomic_flag *)(void *)((uint8_t *)memory + BUSY_AT);
	assert_false(atomic_flag_test_and_set(busy)); /* as if another lane were inside */
	assert_int_equal(pthread_create(&thread, NULL, enter_while_held, &w), 0);
	while (atomic_load(&w.begun) == 0)
		(void)sched_yield();
	(void)nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	assert_int_equal(((uint8_t *)memory)[ENTRIES_AT], 0);
	atomic_flag_clear(busy);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(w.result, REPLAY_NEW);
	assert_int_equal(((uint8_t *)memory)[ENTRIES_AT], 1);
	free(memory);
}

static void
the_largest_memory_opens_and_more_than_it_is_not_used(void **state)
{
	(void)state;
	struct yp_replay *r = NULL;
	size_t len = yp_replay_len(REPLAY_ENTRIES_MAX), more = 2 * len;
	void *memory = malloc(more);
	assert_non_null(memory);
	assert_int_equal(yp_replay_open(memory, more, true, &r), YP_OK);
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_NEW);
	assert_int_equal(yp_replay_open(memory, len, false, &r), YP_OK); /* the same memory */
	assert_int_equal(enter(r, 1, 120, 100), REPLAY_SEEN);
	assert_int_equal(yp_replay_open(memory, len - 1, false, &r), YP_ERR_DAMAGED); /* half of it */
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
		cmocka_unit_test(a_head_that_contradicts_its_length_is_damage),
		cmocka_unit_test(at_the_first_second_of_all_a_free_slot_is_free),
		cmocka_unit_test(more_codes_than_a_memory_holds_are_not_swept_out_of_bounds),
		cmocka_unit_test(a_lane_waits_while_another_is_inside),
		cmocka_unit_test(the_largest_memory_opens_and_more_than_it_is_not_used),
		cmocka_unit_test(lengths_are_those_of_the_limits),
		cmocka_unit_test(of_several_lanes_a_code_passes_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
