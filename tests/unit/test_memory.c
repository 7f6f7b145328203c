/* The rollback memory: its bytes, its rules, and what a verifier does with it (docs/formats.md 11). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "crypto/cbor.h"
#include "tests/unit/support/world.h"
#include "verify/verifier.h"

static struct memory m, back;
static uint8_t mem[YP_MEMORY_MAX + 1], bent[YP_MEMORY_MAX + 1];
static char sentence[YP_SENTENCE_MAX];

static struct memory_item
item(enum memory_of what, uint8_t root, const char *name, uint64_t issue, int64_t iat, uint8_t token)
{
	struct memory_item i;
	struct digest r = { { root } };
	assert_int_equal(memory_item_make(what, &r, bytes_str(name), &i, NULL), OK);
	i.issue = issue;
	i.iat_unix_s = iat;
	i.token.b[0] = token;
	return i;
}

static enum status
enter(struct memory_item i)
{
	struct err err = { 0 };
	enum status st = memory_enter(&m, &i, &err);
	assert_true(st == OK || err.text[0] != '\0');
	return st;
}

static void
clear(void)
{
	m.n = 0;
	m.floor_unix_s = 0;
}

static void
only_newer_objects_follow_what_was_accepted(void **state)
{
	(void)state;
	static const struct { enum memory_of what; uint64_t issue; int64_t iat; uint8_t token; enum status wanted; const char *why; } cases[] = {
		{ MEMORY_TRUST, 7, 100, 1, OK, "the very same" },
		{ MEMORY_TRUST, 8, 101, 2, OK, "newer" },
		{ MEMORY_TRUST, 6, 99, 2, ERR_CONFLICT, "older" },
		{ MEMORY_TRUST, 6, 101, 2, ERR_CONFLICT, "made later, of a lower issue" },
		{ MEMORY_TRUST, 8, 99, 2, ERR_CONFLICT, "of a higher issue, made before" },
		{ MEMORY_TRUST, 7, 101, 2, ERR_CONFLICT, "another one of the same issue" },
		{ MEMORY_TRUST, 8, 100, 2, ERR_CONFLICT, "another one of the same instant" },
		{ MEMORY_STATUS, 0, 100, 1, OK, "the very same list" },
		{ MEMORY_STATUS, 0, 101, 2, OK, "a newer list" },
		{ MEMORY_STATUS, 0, 99, 2, ERR_CONFLICT, "an older list" },
		{ MEMORY_STATUS, 0, 100, 2, ERR_CONFLICT, "another list of the same instant" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t issue = cases[i].what == MEMORY_TRUST ? 7 : 0;
		clear();
		assert_int_equal(enter(item(cases[i].what, 1, "37", issue, 100, 1)), OK);
		if (enter(item(cases[i].what, 1, "37", cases[i].issue, cases[i].iat, cases[i].token)) != cases[i].wanted)
			fail_msg("%s: wanted %s", cases[i].why, status_text(cases[i].wanted));
		struct digest root = { { 1 } };
		const struct memory_item *kept = memory_find(&m, cases[i].what, &root, BYTES_LIT("37"));
		assert_non_null(kept);
		assert_int_equal(kept->iat_unix_s, cases[i].wanted == OK ? cases[i].iat : 100);
	}
}

static void
other_roots_names_and_kinds_are_other_items(void **state)
{
	(void)state;
	clear();
	assert_int_equal(enter(item(MEMORY_TRUST, 1, "37", 7, 500, 1)), OK);
	assert_int_equal(enter(item(MEMORY_TRUST, 2, "37", 1, 100, 2)), OK);
	assert_int_equal(enter(item(MEMORY_TRUST, 1, "3701", 1, 100, 3)), OK);
	assert_int_equal(enter(item(MEMORY_STATUS, 1, "37", 0, 100, 4)), OK);
	assert_int_equal(m.n, 4);
	assert_int_equal(m.floor_unix_s, 500); /* the newest of all */
}

static void
the_memory_is_bounded(void **state)
{
	(void)state;
	char name[16];
	struct bytes enc;
	clear();
	for (unsigned n = 0; n < MEMORY_ITEMS_MAX; n++) {
		(void)snprintf(name, sizeof(name), "list %u", n);
		assert_int_equal(enter(item(MEMORY_STATUS, 1, name, 0, 100, 1)), OK);
	}
	assert_int_equal(enter(item(MEMORY_STATUS, 1, "one more", 0, 100, 1)), ERR_LIMIT);
	assert_int_equal(enter(item(MEMORY_STATUS, 1, "list 5", 0, 101, 2)), OK); /* known ones still move on */
	assert_int_equal(memory_encode(&m, BUF_OF(mem), &enc), OK);
	assert_true(enc.len <= YP_MEMORY_MAX);
	assert_int_equal(memory_decode(enc, &back), OK);
	static const uint8_t head[] = { 0x83, 0x01, 0x18, 101, 0x99, 0x04, 0x00 }; /* [1, floor 101, [1024 of them */
	assert_memory_equal(mem, head, sizeof(head));
	mem[6] = 1; /* 1025 */
	assert_int_equal(memory_decode(enc, &back), ERR_LIMIT);
	struct memory_item i;
	struct digest root = { { 1 } };
	assert_int_equal(memory_item_make(MEMORY_STATUS, &root, BYTES_LIT("https://v.example.cn/s/123"), &i, NULL), OK);
	assert_int_equal(memory_item_make(MEMORY_STATUS, &root, BYTES_LIT("https://v.example.cn/s/1234"), &i, NULL), ERR_LIMIT);
}

static struct bytes
small_memory(void)
{
	struct bytes enc;
	clear();
	assert_int_equal(enter(item(MEMORY_TRUST, 1, "37", 7, 500, 1)), OK);
	assert_int_equal(enter(item(MEMORY_STATUS, 1, "https://v.example.cn/s/0", 0, 600, 2)), OK);
	assert_int_equal(memory_encode(&m, BUF_OF(mem), &enc), OK);
	return enc;
}

static void
the_bytes_are_canonical_or_refused(void **state)
{
	(void)state;
	static uint8_t again[4096];
	struct bytes enc = small_memory(), enc2;
	assert_int_equal(memory_decode(enc, &back), OK);
	assert_int_equal(back.floor_unix_s, 600);
	for (size_t len = 0; len < enc.len; len++)
		assert_int_not_equal(memory_decode((struct bytes){ enc.ptr, len }, &back), OK);
	for (size_t bit = 0; bit < enc.len * 8; bit++) {
		memcpy(bent, enc.ptr, enc.len);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (memory_decode((struct bytes){ bent, enc.len }, &back) != OK)
			continue;
		assert_int_equal(memory_encode(&back, BUF_OF(again), &enc2), OK);
		assert_true(bytes_eq(enc2, (struct bytes){ bent, enc.len }));
	}
	bent[0] = 0x83, bent[1] = 2;
	assert_int_equal(memory_decode((struct bytes){ bent, enc.len }, &back), ERR_UNSUPPORTED);
}

static void
a_memory_out_of_order_or_with_a_floor_below_its_items_is_refused(void **state)
{
	(void)state;
	struct bytes enc = small_memory();
	struct memory_item first = m.items[0];
	m.items[0] = m.items[1], m.items[1] = first;
	assert_int_equal(memory_encode(&m, BUF_OF(bent), &enc), OK);
	assert_int_equal(memory_decode(enc, &back), ERR_FORMAT);
	m.items[0] = first;
	assert_int_equal(memory_encode(&m, BUF_OF(bent), &enc), OK);
	assert_int_equal(memory_decode(enc, &back), ERR_FORMAT); /* the same twice */
	(void)small_memory();
	m.floor_unix_s = 599;
	assert_int_equal(memory_encode(&m, BUF_OF(bent), &enc), OK);
	assert_int_equal(memory_decode(enc, &back), ERR_FORMAT);
}

enum bend { STATUS_WITH_ISSUE, TRUST_WITHOUT_ISSUE, ITEM_BEFORE_1970, ITEM_PAST_ALL_DATES, FLOOR_PAST_ALL_DATES, BENDS };

static void
an_item_that_cannot_be_is_refused(void **state)
{
	(void)state;
	for (int bend = 0; bend < BENDS; bend++) {
		struct bytes enc = small_memory();
		m.items[0].issue = bend == TRUST_WITHOUT_ISSUE ? 0 : 7;
		m.items[1].issue = bend == STATUS_WITH_ISSUE;
		m.items[0].iat_unix_s = bend == ITEM_BEFORE_1970 ? -1 : 500;
		if (bend == ITEM_PAST_ALL_DATES)
			m.items[1].iat_unix_s = m.floor_unix_s = ((int64_t)1 << 40) + 1;
		if (bend == FLOOR_PAST_ALL_DATES)
			m.floor_unix_s = ((int64_t)1 << 40) + 1;
		assert_int_equal(memory_encode(&m, BUF_OF(bent), &enc), OK);
		if (memory_decode(enc, &back) != ERR_FORMAT)
			fail_msg("bend %d was taken", bend);
	}
}

/* [1, 600, [[what, root, name, issue, iat, token]]] with one item, as it comes. */
static enum status
decoded_item(uint64_t what, size_t name_len)
{
	static const uint8_t digest[DIGEST_LEN], name[STATUS_URI_LEN_MAX + 1] = "aaaaaaaaaaaaaaaaaaaaaaaaaaa";
	struct bytes enc;
	struct cbor_writer out = cbor_writer(BUF_OF(bent));
	cbor_write_array(&out, 3);
	cbor_write_uint(&out, 1);
	cbor_write_uint(&out, 600);
	cbor_write_array(&out, 1);
	cbor_write_array(&out, 6);
	cbor_write_uint(&out, what);
	cbor_write_bytes(&out, (struct bytes){ digest, sizeof(digest) });
	cbor_write_text(&out, (struct bytes){ name, name_len });
	cbor_write_uint(&out, what == MEMORY_TRUST);
	cbor_write_uint(&out, 600);
	cbor_write_bytes(&out, (struct bytes){ digest, sizeof(digest) });
	assert_int_equal(cbor_write_finish(&out, &enc), OK);
	return memory_decode(enc, &back);
}

static void
kinds_and_names_of_items_hold_at_their_limits_and_not_past_them(void **state)
{
	(void)state;
	assert_int_equal(decoded_item(MEMORY_TRUST, STATUS_URI_LEN_MAX), OK);
	assert_int_equal(decoded_item(MEMORY_STATUS, STATUS_URI_LEN_MAX), OK);
	assert_int_equal(decoded_item(MEMORY_STATUS, 0), OK);
	assert_int_equal(decoded_item(MEMORY_STATUS, STATUS_URI_LEN_MAX + 1), ERR_FORMAT);
	assert_int_equal(decoded_item(MEMORY_TRUST - 1, 1), ERR_FORMAT);
	assert_int_equal(decoded_item(MEMORY_STATUS + 1, 1), ERR_FORMAT);
}

static void
what_was_not_entered_is_not_found(void **state)
{
	(void)state;
	struct digest root = { { 1 } }, other = { { 9 } };
	(void)small_memory();
	assert_non_null(memory_find(&m, MEMORY_TRUST, &root, BYTES_LIT("37")));
	assert_null(memory_find(&m, MEMORY_TRUST, &root, BYTES_LIT("36"))); /* before all, */
	assert_null(memory_find(&m, MEMORY_TRUST, &root, BYTES_LIT("38"))); /* between */
	assert_null(memory_find(&m, MEMORY_STATUS, &other, BYTES_LIT(""))); /* and after them */
	clear();
	assert_null(memory_find(&m, MEMORY_TRUST, &root, BYTES_LIT("37")));
	assert_int_equal(enter(item(MEMORY_TRUST, 1, "", 1, 100, 1)), OK); /* a name may be empty */
	assert_non_null(memory_find(&m, MEMORY_TRUST, &root, BYTES_LIT("")));
}

/* ---- in a verifier ---- */

static struct world w;

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

/* Bundles of one trust list and status lists, whose bytes stay. */
static struct bytes
bundle_kept(const struct bytes *parts, size_t n)
{
	static uint8_t room[1 << 20];
	static size_t used;
	world_bundle(&w, parts, n);
	assert_true(w.bundle.len <= sizeof(room) - used);
	struct bytes kept = { room + used, w.bundle.len };
	memcpy(room + used, w.bundle.ptr, w.bundle.len);
	used += w.bundle.len;
	return kept;
}

static enum yp_status
load(struct yp_verifier *v, struct bytes bundle)
{
	return yp_load_bundle(v, bundle.ptr, bundle.len, WORLD_T0, sentence);
}

static int64_t
floor_of(const struct yp_verifier *v)
{
	struct yp_bundle_info info;
	yp_bundle_info(v, &info);
	return info.clock_floor_unix_s - WORLD_T0;
}

struct parts { uint8_t room[128 << 10]; struct bytes trust, old_list, new_list, twin_list, future_list, refused_list; };

static void
make_parts(struct parts *made)
{
	struct buf out = BUF_OF(made->room);
	struct plan p = plan_good();
	made->trust = world_trust_list(&w, &p, &out);
	made->new_list = world_status_list(&w, &p, &out);
	p.list_value = 2;
	made->twin_list = world_status_list(&w, &p, &out);
	p.list_iat = 1000;
	made->old_list = world_status_list(&w, &p, &out);
	p.list_iat = 90 * 86400, p.list_exp = 91 * 86400;
	made->future_list = world_status_list(&w, &p, &out);
	p.list_signer = BY_ISSUER; /* truly signed, by a key that may not */
	made->refused_list = world_status_list(&w, &p, &out);
}

static void
an_older_list_is_refused_also_after_a_restart(void **state)
{
	(void)state;
	static struct parts x;
	size_t len = 0;
	make_parts(&x);
	struct bytes older = bundle_kept((struct bytes[]){ x.trust, x.old_list }, 2), newer = bundle_kept((struct bytes[]){ x.trust, x.new_list }, 2);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, older), YP_OK);
	assert_int_equal(floor_of(v), 1000);
	assert_int_equal(load(v, newer), YP_OK);
	assert_int_equal(floor_of(v), 3500);
	assert_int_equal(load(v, newer), YP_OK); /* the same again */
	assert_int_equal(load(v, older), YP_ERR_CONFLICT);
	assert_non_null(strstr(sentence, "before the one of"));
	assert_int_equal(yp_get_memory(v, mem, sizeof(mem), &len), YP_OK);
	yp_close(v);
	v = world_verifier(&w);
	assert_int_equal(yp_put_memory(v, mem, len, sentence), YP_OK);
	assert_int_equal(floor_of(v), 3500);
	assert_int_equal(load(v, older), YP_ERR_CONFLICT);
	assert_int_equal(load(v, newer), YP_OK);
	yp_close(v);
}

static void
what_a_bundle_leaves_out_stays_remembered(void **state)
{
	(void)state;
	static struct parts x;
	make_parts(&x);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.new_list }, 2)), YP_OK);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust }, 1)), YP_OK);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.old_list }, 2)), YP_ERR_CONFLICT);
	yp_close(v);
}

static void
two_lists_of_one_instant_cannot_both_be_true(void **state)
{
	(void)state;
	static struct parts x;
	make_parts(&x);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.new_list, x.twin_list }, 3)), YP_ERR_CONFLICT);
	assert_non_null(strstr(sentence, "of one instant"));
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.new_list, x.new_list }, 3)), YP_OK); /* the same twice */
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.twin_list }, 2)), YP_ERR_CONFLICT);
	assert_non_null(strstr(sentence, "cannot both be true"));
	yp_close(v);
}

static void
a_spare_from_before_what_was_seen_makes_no_statement(void **state)
{
	(void)state;
	static struct parts x;
	struct yp_answer a;
	struct plan p = plan_good();
	make_parts(&x);
	world_token(&w, &p);
	struct bytes both = bundle_kept((struct bytes[]){ x.trust, x.old_list, x.future_list }, 3);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, both), YP_OK); /* the newest is in the future: the spare answers */
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + 3600, &a), YP_OK);
	assert_int_equal(a.verdict, YP_SUSPENDED);
	yp_close(v);
	v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.new_list }, 2)), YP_OK);
	assert_int_equal(load(v, both), YP_OK);
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + 3600, &a), YP_OK);
	assert_int_equal(a.verdict, YP_STATUS_UNKNOWN);
	yp_close(v);
}

static void
a_list_that_does_not_count_is_not_remembered(void **state)
{
	(void)state;
	static struct parts x;
	make_parts(&x);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.refused_list }, 2)), YP_OK);
	assert_int_equal(floor_of(v), -86400); /* the trust list's own */
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.old_list }, 2)), YP_OK);
	yp_close(v);
}

static void
a_spare_no_older_than_what_was_seen_still_answers(void **state)
{
	(void)state;
	static struct parts x;
	struct yp_answer a;
	struct plan p = plan_good();
	make_parts(&x);
	world_token(&w, &p);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.old_list }, 2)), YP_OK);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.old_list, x.future_list }, 3)), YP_OK);
	assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + 3600, &a), YP_OK);
	assert_int_equal(a.verdict, YP_SUSPENDED); /* what the old one says */
	yp_close(v);
}

static void
a_newer_list_that_does_not_count_leaves_the_older_the_newest(void **state)
{
	(void)state;
	static struct parts x;
	make_parts(&x);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.old_list, x.refused_list }, 3)), YP_OK);
	assert_int_equal(floor_of(v), 1000);
	yp_close(v);
}

static void
a_conflict_ends_the_taking_in_before_the_lists_behind_it(void **state)
{
	(void)state;
	static struct parts x;
	static uint8_t room[32 << 10];
	struct buf out = BUF_OF(room);
	struct plan p = plan_good();
	make_parts(&x);
	p.list_uri = 1; /* stands behind the other by its address */
	struct bytes behind = world_status_list(&w, &p, &out);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.new_list, x.twin_list, behind }, 4)), YP_ERR_CONFLICT);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.new_list, behind }, 3)), YP_OK);
	yp_close(v);
}

static void
bytes_that_are_no_memory_change_nothing(void **state)
{
	(void)state;
	static struct parts x;
	static const uint8_t junk[] = "junk";
	size_t len = 0;
	make_parts(&x);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(load(v, bundle_kept((struct bytes[]){ x.trust, x.new_list }, 2)), YP_OK);
	assert_int_equal(yp_put_memory(v, junk, 4, sentence), YP_ERR_FORMAT);
	assert_non_null(strstr(sentence, "memory"));
	assert_int_equal(floor_of(v), 3500);
	assert_int_equal(yp_get_memory(v, mem, 20, &len), YP_ERR_LIMIT);
	yp_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_newer_objects_follow_what_was_accepted),
		cmocka_unit_test(other_roots_names_and_kinds_are_other_items),
		cmocka_unit_test(the_memory_is_bounded),
		cmocka_unit_test(the_bytes_are_canonical_or_refused),
		cmocka_unit_test(a_memory_out_of_order_or_with_a_floor_below_its_items_is_refused),
		cmocka_unit_test(an_item_that_cannot_be_is_refused),
		cmocka_unit_test(kinds_and_names_of_items_hold_at_their_limits_and_not_past_them),
		cmocka_unit_test(what_was_not_entered_is_not_found),
		cmocka_unit_test(an_older_list_is_refused_also_after_a_restart),
		cmocka_unit_test(what_a_bundle_leaves_out_stays_remembered),
		cmocka_unit_test(two_lists_of_one_instant_cannot_both_be_true),
		cmocka_unit_test(a_spare_from_before_what_was_seen_makes_no_statement),
		cmocka_unit_test(a_list_that_does_not_count_is_not_remembered),
		cmocka_unit_test(a_spare_no_older_than_what_was_seen_still_answers),
		cmocka_unit_test(a_newer_list_that_does_not_count_leaves_the_older_the_newest),
		cmocka_unit_test(a_conflict_ends_the_taking_in_before_the_lists_behind_it),
		cmocka_unit_test(bytes_that_are_no_memory_change_nothing),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
