/* secret -- wiped when done, compared whole. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/secret.h"

static void
wiping_leaves_zeros_and_nothing_beyond(void **state)
{
	(void)state;
	uint8_t room[SECRET_LEN + 2];
	memset(room, 0xa5, sizeof(room));
	secret_wipe(room + 1, SECRET_LEN);
	assert_int_equal(room[0], 0xa5);
	assert_int_equal(room[SECRET_LEN + 1], 0xa5);
	for (size_t i = 1; i <= SECRET_LEN; i++)
		assert_int_equal(room[i], 0);
	secret_wipe(room, 0);
	assert_int_equal(room[0], 0xa5);
}

static void
equal_secrets_are_equal(void **state)
{
	(void)state;
	struct secret a = { "an example secret" }, b = a;
	assert_true(secret_eq(&a, &b, sizeof(a)));
	assert_true(secret_eq(&a, &b, 0));
}

static void
any_flipped_bit_makes_a_difference(void **state)
{
	(void)state;
	struct secret a = { "an example secret" };
	for (size_t bit = 0; bit < 8 * sizeof(a); bit++) {
		struct secret b = a;
		b.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(secret_eq(&a, &b, sizeof(a)));
	}
}

static void
only_the_asked_length_is_compared(void **state)
{
	(void)state;
	assert_true(secret_eq("abcd", "abce", 3));
	assert_false(secret_eq("abcd", "abce", 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wiping_leaves_zeros_and_nothing_beyond),
		cmocka_unit_test(equal_secrets_are_equal),
		cmocka_unit_test(any_flipped_bit_makes_a_difference),
		cmocka_unit_test(only_the_asked_length_is_compared),
	};
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
