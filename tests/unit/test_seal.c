/* Sealing: what went in comes out, and nothing else does. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/seal.h"

static const struct secret key = { "a key for tests" };
static const enum profile profiles[] = { PROFILE_INTL, PROFILE_GM };
static const struct bytes aad = { (const uint8_t *)"person 7", 8 };

static struct sealer *
sealer_of(enum profile p)
{
	struct sealer *s = NULL;
	assert_int_equal(sealer_open(p, &key, &s), OK);
	return s;
}

static void
what_was_sealed_comes_back_after_what_is_in_the_buffer(void **state)
{
	(void)state;
	static const size_t lens[] = { 0, 1, 15, 16, 17, 18, 1000 };
	uint8_t plain[1000], sealed_mem[1100], opened_mem[1100];
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 7);
	for (size_t p = 0; p < 2; p++) {
		struct sealer *s = sealer_of(profiles[p]);
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			struct buf sealed = BUF_OF(sealed_mem), opened = BUF_OF(opened_mem);
			sealed.len = opened.len = 3;
			assert_int_equal(seal_put(s, aad, (struct bytes){ plain, lens[i] }, &sealed), OK);
			assert_true(sealed.len - 3 - lens[i] <= SEAL_OVERHEAD_MAX);
			struct bytes body = { sealed.ptr + 3, sealed.len - 3 };
			assert_int_equal(seal_get(s, aad, body, &opened), OK);
			assert_int_equal(opened.len, 3 + lens[i]);
			assert_memory_equal(opened.ptr + 3, plain, lens[i]);
		}
		sealer_close(s);
	}
}

static void
every_flipped_bit_and_every_truncation_is_damage(void **state)
{
	(void)state;
	uint8_t sealed_mem[64], opened_mem[64];
	for (size_t p = 0; p < 2; p++) {
		struct sealer *s = sealer_of(profiles[p]);
		struct buf sealed = BUF_OF(sealed_mem);
		assert_int_equal(seal_put(s, aad, BYTES_LIT("not for all eyes"), &sealed), OK);
		for (size_t bit = 0; bit < sealed.len * 8; bit++) {
			struct buf opened = BUF_OF(opened_mem);
			sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(seal_get(s, aad, buf_view(&sealed), &opened), ERR_DAMAGED);
			assert_int_equal(opened.len, 0);
			sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t n = 0; n < sealed.len; n++) {
			struct buf opened = BUF_OF(opened_mem);
			assert_int_equal(seal_get(s, aad, (struct bytes){ sealed.ptr, n }, &opened), ERR_DAMAGED);
		}
		sealer_close(s);
	}
}

static void
a_refused_plaintext_does_not_stay_behind(void **state)
{
	(void)state;
	uint8_t sealed_mem[64], opened_mem[64];
	struct bytes plain = BYTES_LIT("not for all eyes");
	static const uint8_t zero[64];
	struct sealer *s = sealer_of(PROFILE_INTL);
	struct buf sealed = BUF_OF(sealed_mem), opened = BUF_OF(opened_mem);
	memset(opened_mem, 0, sizeof(opened_mem));
	assert_int_equal(seal_put(s, aad, plain, &sealed), OK);
	sealed.ptr[sealed.len - 1] ^= 1;
	assert_int_equal(seal_get(s, aad, buf_view(&sealed), &opened), ERR_DAMAGED);
	assert_memory_equal(opened_mem, zero, sizeof(zero));
	sealer_close(s);
}

static void
other_data_another_key_or_another_profile_is_damage(void **state)
{
	(void)state;
	static const struct secret other_key = { "another key" };
	uint8_t sealed_mem[64], opened_mem[64];
	struct bytes aads[] = { BYTES_LIT("person 8"), BYTES_LIT("person 7 "), BYTES_LIT("person "), { NULL, 0 } };
	for (size_t p = 0; p < 2; p++) {
		struct sealer *s = sealer_of(profiles[p]), *cross = sealer_of(profiles[1 - p]), *other = NULL;
		struct buf sealed = BUF_OF(sealed_mem), opened = BUF_OF(opened_mem);
		assert_int_equal(sealer_open(profiles[p], &other_key, &other), OK);
		assert_int_equal(seal_put(s, aad, BYTES_LIT("not for all eyes"), &sealed), OK);
		for (size_t i = 0; i < sizeof(aads) / sizeof(aads[0]); i++)
			assert_int_equal(seal_get(s, aads[i], buf_view(&sealed), &opened), ERR_DAMAGED);
		assert_int_equal(seal_get(other, aad, buf_view(&sealed), &opened), ERR_DAMAGED);
		assert_int_equal(seal_get(cross, aad, buf_view(&sealed), &opened), ERR_DAMAGED);
		assert_int_equal(seal_get(s, aad, buf_view(&sealed), &opened), OK);
		sealer_close(s);
		sealer_close(cross);
		sealer_close(other);
	}
}

static void
room_is_needed_to_the_byte(void **state)
{
	(void)state;
	uint8_t mem[64], small[16];
	for (size_t p = 0; p < 2; p++) {
		struct sealer *s = sealer_of(profiles[p]);
		struct bytes plain = BYTES_LIT("0123456789abcdef");
		struct buf sealed = BUF_OF(mem);
		assert_int_equal(seal_put(s, aad, plain, &sealed), OK);
		struct buf exact = { mem, sealed.len, 0 }, short_by_one = { mem, sealed.len - 1, 0 };
		assert_int_equal(seal_put(s, aad, plain, &short_by_one), ERR_LIMIT);
		assert_int_equal(short_by_one.len, 0);
		assert_int_equal(seal_put(s, aad, plain, &exact), OK);
		struct buf fits = { small, 16, 0 }, lacks = { small, 15, 0 };
		assert_int_equal(seal_get(s, aad, buf_view(&exact), &lacks), ERR_LIMIT);
		assert_int_equal(seal_get(s, aad, buf_view(&exact), &fits), OK);
		sealer_close(s);
	}
}

static void
nonces_never_repeat_beyond_one_stock_of_them(void **state)
{
	(void)state;
	enum { MANY = 1000 }; /* three stocks of 4080 bytes */
	static uint8_t seen[MANY][12];
	uint8_t mem[64];
	for (size_t p = 0; p < 2; p++) {
		struct sealer *s = sealer_of(profiles[p]);
		for (size_t i = 0; i < MANY; i++) {
			struct buf sealed = BUF_OF(mem);
			assert_int_equal(seal_put(s, aad, BYTES_LIT("same"), &sealed), OK);
			memcpy(seen[i], mem, sizeof(seen[i]));
			for (size_t j = 0; j < i; j++)
				assert_true(memcmp(seen[i], seen[j], sizeof(seen[i])) != 0);
		}
		sealer_close(s);
	}
	sealer_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sealed_comes_back_after_what_is_in_the_buffer),
		cmocka_unit_test(every_flipped_bit_and_every_truncation_is_damage),
		cmocka_unit_test(a_refused_plaintext_does_not_stay_behind),
		cmocka_unit_test(other_data_another_key_or_another_profile_is_damage),
		cmocka_unit_test(room_is_needed_to_the_byte),
		cmocka_unit_test(nonces_never_repeat_beyond_one_stock_of_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
