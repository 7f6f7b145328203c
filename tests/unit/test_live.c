/* A portrait beside its certificate.  What rule 10 asks stands in tests/verdicts.txt. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/world.h"

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

static bool
matches(struct bytes jpeg)
{
	bool yes = true;
	assert_int_equal(yp_portrait_matches(&a, jpeg.ptr, jpeg.len, &yes), YP_OK);
	return yes;
}

static void
a_portrait_matches_by_its_every_byte(void **state)
{
	(void)state;
	struct plan p = plan_good();
	uint8_t bent[64];
	p.portrait = 1;
	assert_int_equal(world_judge(&w, &p, &a), YP_VALID);
	assert_true(a.has_portrait_digest);
	assert_true(matches(world_portrait));
	memcpy(bent, world_portrait.ptr, world_portrait.len);
	for (size_t bit = 0; bit < 8 * world_portrait.len; bit++) {
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(matches((struct bytes){ bent, world_portrait.len }));
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_false(matches((struct bytes){ world_portrait.ptr, world_portrait.len - 1 }));
	assert_false(matches((struct bytes){ NULL, 0 }));
}

static void
no_portrait_matches_a_certificate_without_one(void **state)
{
	(void)state;
	struct plan p = plan_good();
	assert_int_equal(world_judge(&w, &p, &a), YP_VALID);
	assert_false(a.has_portrait_digest);
	assert_false(matches(world_portrait));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_portrait_matches_by_its_every_byte),
		cmocka_unit_test(no_portrait_matches_a_certificate_without_one),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
