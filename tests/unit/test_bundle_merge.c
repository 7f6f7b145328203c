/* Several bundles into one: the newer of two lists for one place, nothing that a root given does not stand behind. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "crypto/bundle.h"
#include "tests/unit/support/world.h"
#include "tools/office/bundle_merge.h"

enum { BUNDLE_MAX = 256 << 10 };

struct shelf { struct world w; struct bundle_root roots[2]; uint8_t mem[3][BUNDLE_MAX]; struct bytes bundles[3]; struct merged out; struct err err; };
static const char *const names[] = { "first", "second", "third" };

static struct shelf *
shelf_open(void)
{
	struct shelf *s = calloc(1, sizeof(*s));
	assert_non_null(s);
	world_open(&s->w, KEY_P256);
	for (int i = 0; i < 2; i++) {
		struct bytes der = world_root(&s->w, i == 0 ? BY_ROOT : BY_OTHER_ROOT);
		memcpy(s->roots[i].der, der.ptr, der.len);
		s->roots[i].len = der.len;
	}
	return s;
}

static void
shelf_close(struct shelf *s)
{
	free(s->out.bundle.ptr);
	world_close(&s->w);
	free(s);
}

static void
keep_bundle(struct shelf *s, size_t i)
{
	memcpy(s->mem[i], s->w.bundle.ptr, s->w.bundle.len);
	s->bundles[i] = (struct bytes){ s->mem[i], s->w.bundle.len };
}

static enum status
merge(struct shelf *s, size_t roots, size_t bundles)
{
	free(s->out.bundle.ptr);
	s->out = (struct merged){ .dropped = 0 };
	s->err = (struct err){ .status = OK };
	return bundle_merge(s->roots, roots, s->bundles, names, bundles, WORLD_T0 + 3600, &s->out, &s->err);
}

static void
one_bundle_stays_what_it_is(void **state)
{
	(void)state;
	struct shelf *s = shelf_open();
	struct plan p = plan_good();
	p.other_root = OTHER_PINNED;
	p.other_list_value = 0;
	world_make(&s->w, &p);
	keep_bundle(s, 0);
	assert_int_equal(merge(s, 2, 1), OK);
	assert_true(bytes_eq(buf_view(&s->out.bundle), s->bundles[0]));
	s->bundles[1] = s->bundles[0];
	assert_int_equal(merge(s, 2, 2), OK); /* twice the same changes nothing */
	assert_true(bytes_eq(buf_view(&s->out.bundle), s->bundles[0]));
	assert_int_equal(s->out.dropped, 4);
	shelf_close(s);
}

static void
the_newer_of_two_lists_for_one_place_is_kept_in_either_order(void **state)
{
	(void)state;
	struct shelf *s = shelf_open();
	struct plan p = plan_good();
	uint8_t mem[BUNDLE_MAX / 4];
	struct buf made = BUF_OF(mem);
	struct bytes parts[3] = { world_trust_list(&s->w, &p, &made), world_status_list(&s->w, &p, &made) };
	p.list_iat++;
	parts[2] = world_status_list(&s->w, &p, &made);
	world_bundle(&s->w, parts, 2);
	keep_bundle(s, 0);
	world_bundle(&s->w, (struct bytes[]){ parts[0], parts[2] }, 2);
	keep_bundle(s, 1);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(merge(s, 1, 2), OK);
		assert_true(bytes_eq(buf_view(&s->out.bundle), s->bundles[turn == 0 ? 1 : 0]));
		assert_int_equal(s->out.status_lists, 1);
		struct bytes first = s->bundles[0];
		s->bundles[0] = s->bundles[1];
		s->bundles[1] = first;
	}
	p.list_value = 1; /* the same instant, another content */
	parts[1] = world_status_list(&s->w, &p, &made);
	world_bundle(&s->w, parts, 2);
	keep_bundle(s, 2);
	assert_int_equal(merge(s, 1, 3), ERR_CONFLICT);
	assert_non_null(strstr(s->err.text, "third: a status list of https://v.example.cn/s/1"));
	shelf_close(s);
}

static void
what_no_root_given_stands_behind_is_refused(void **state)
{
	(void)state;
	struct shelf *s = shelf_open();
	struct plan p = plan_good();
	uint8_t mem[BUNDLE_MAX / 4];
	struct buf made = BUF_OF(mem);
	p.other_root = OTHER_PINNED;
	world_make(&s->w, &p);
	keep_bundle(s, 0);
	assert_int_equal(merge(s, 1, 1), ERR_CONFLICT); /* the other root's trust list */
	assert_non_null(strstr(s->err.text, "none of those given"));
	struct bytes list = world_trust_list(&s->w, &p, &made);
	p.list_signer = BY_STRANGER;
	world_bundle(&s->w, (struct bytes[]){ list, world_status_list(&s->w, &p, &made) }, 2);
	keep_bundle(s, 0);
	assert_int_equal(merge(s, 1, 1), ERR_CONFLICT);
	assert_non_null(strstr(s->err.text, "no trust list beside it"));
	shelf_close(s);
}

static void
no_flipped_bit_and_no_truncation_gets_through(void **state)
{
	(void)state;
	struct shelf *s = shelf_open();
	struct plan p = plan_good();
	p.list_size_log2 = 10;
	world_make(&s->w, &p);
	keep_bundle(s, 0);
	struct bytes whole = s->bundles[0];
	for (size_t len = 0; len < whole.len; len++) {
		s->bundles[0].len = len;
		enum status st = merge(s, 1, 1);
		/* at the border between two parts a shorter bundle stands, whole in itself */
		assert_true(st != OK || (s->out.trust_lists == 1 && s->out.status_lists == 0));
	}
	s->bundles[0] = whole;
	for (size_t i = 0; i < whole.len; i++) {
		s->mem[0][i] ^= (uint8_t)(1u << i % 8);
		assert_int_not_equal(merge(s, 1, 1), OK);
		s->mem[0][i] ^= (uint8_t)(1u << i % 8);
	}
	assert_int_equal(merge(s, 1, 1), OK);
	shelf_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_bundle_stays_what_it_is),
		cmocka_unit_test(the_newer_of_two_lists_for_one_place_is_kept_in_either_order),
		cmocka_unit_test(what_no_root_given_stands_behind_is_refused),
		cmocka_unit_test(no_flipped_bit_and_no_truncation_gets_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
