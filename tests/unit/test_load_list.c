/* Taking in status lists: what an address may be, and what is remembered of lists that say nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/cose_sign.h"
#include "tests/unit/support/world.h"

enum { OBJECT_MAX = 64 << 10 };

static struct world w;
static char sentence[YP_SENTENCE_MAX];

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

/* A list at this address, truly signed by the status key; we would not write it, so it is written with y's and patched. */
static struct bytes
list_at(struct bytes uri, int64_t iat, struct buf *out)
{
	static uint8_t payload_mem[OBJECT_MAX], scratch[OBJECT_MAX];
	static const uint8_t raw[1024];
	uint8_t zipped_mem[64], stand_in[64];
	struct buf zipped = BUF_OF(zipped_mem), rest = { out->ptr + out->len, out->cap - out->len, 0 };
	struct bytes payload, enc;
	assert_int_equal(status_list_deflate((struct bytes){ raw, sizeof(raw) }, &zipped), OK);
	memset(stand_in, 'y', sizeof(stand_in));
	struct status_list l = { .uri = { stand_in, uri.len }, .iat_unix_s = iat, .exp_unix_s = iat + 86400, .ttl_s = 900, .bits = 2,
		.zipped = buf_view(&zipped) };
	assert_int_equal(status_list_encode(&l, BUF_OF(payload_mem), &payload), OK);
	uint8_t *at = memchr(payload_mem, 'y', payload.len);
	assert_non_null(at);
	memcpy(at, uri.ptr, uri.len);
	assert_int_equal(cose_sign(w.by[BY_STATUS].signer, TYP_STATUS_LIST, payload, BUF_OF(scratch), rest, &enc), OK);
	out->len += enc.len;
	return enc;
}

static const struct { const char *uri, *why; } unbearable[] = {
	{ "https://v.example.cn/s/\x1b", "a control character" }, { "https://v.example.cn/s/\xe2\x80\x8b", "a zero-width one" },
	{ "https://v.example.cn/s/1234", "27 bytes, where a certificate has room for 26" },
};

/* Put back, after a restart. */
static void
assert_memory_can_be_kept(struct yp_verifier *v)
{
	static uint8_t kept[YP_MEMORY_MAX];
	size_t len = 0;
	assert_int_equal(yp_get_memory(v, kept, sizeof(kept), &len), YP_OK);
	if (yp_put_memory(v, kept, len, sentence) != YP_OK)
		fail_msg("%s", sentence);
}

static void
a_list_at_an_address_that_no_certificate_can_bear_says_nothing_and_is_not_remembered(void **state)
{
	(void)state;
	static uint8_t mem[4 * OBJECT_MAX];
	static struct yp_answer a;
	struct plan p = plan_good();
	for (size_t i = 0; i < sizeof(unbearable) / sizeof(unbearable[0]); i++) {
		struct buf made = BUF_OF(mem);
		struct bytes parts[4];
		struct bytes uri = bytes_str(unbearable[i].uri);
		parts[0] = world_trust_list(&w, &p, &made);
		parts[1] = world_status_list(&w, &p, &made);
		parts[2] = list_at(uri, WORLD_T0 + 60, &made);
		parts[3] = list_at(uri, WORLD_T0 + 60, &made); /* of one instant, signed anew: other bytes */
		world_bundle(&w, parts, 4);
		world_token(&w, &p);
		struct yp_verifier *v = world_verifier(&w);
		if (yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence) != YP_OK)
			fail_msg("%s: %s", unbearable[i].why, sentence);
		assert_memory_can_be_kept(v);
		assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + p.now, &a), YP_OK);
		assert_int_equal(a.verdict, YP_VALID);
		yp_close(v);
	}
}

/* A list whose indices are these bytes, whatever they are. */
static struct bytes
list_zipped(struct bytes zipped, uint8_t bits, struct buf *out)
{
	static uint8_t mem[OBJECT_MAX];
	struct bytes payload;
	struct status_list l = { .uri = BYTES_LIT("https://v.example.cn/s/1"), .iat_unix_s = WORLD_T0, .exp_unix_s = WORLD_T0 + 86400,
		.bits = bits, .zipped = zipped };
	assert_int_equal(status_list_encode(&l, BUF_OF(mem), &payload), OK);
	return world_sign(&w, BY_STATUS, TYP_STATUS_LIST, payload, out);
}

static enum yp_status
loaded(const struct bytes *parts)
{
	world_bundle(&w, parts, 2);
	struct yp_verifier *v = world_verifier(&w);
	enum yp_status st = yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence);
	yp_close(v);
	return st;
}

static void
a_list_holds_as_many_indices_as_its_limit_and_no_more(void **state)
{
	(void)state;
	static uint8_t mem[4 * OBJECT_MAX], zipped_mem[OBJECT_MAX];
	static const uint8_t raw[(1u << STATUS_LIST_BITS_LOG2_MAX) / 8 + 1];
	struct plan p = plan_good();
	for (size_t more = 0; more < 2; more++) {
		struct buf made = BUF_OF(mem), zipped = BUF_OF(zipped_mem);
		struct bytes parts[2];
		assert_int_equal(status_list_deflate((struct bytes){ raw, sizeof(raw) - 1 + more }, &zipped), OK);
		parts[0] = world_trust_list(&w, &p, &made);
		parts[1] = list_zipped(buf_view(&zipped), 1, &made);
		assert_int_equal(loaded(parts), more == 0 ? YP_OK : YP_ERR_LIMIT);
		assert_non_null(strstr(sentence, more == 0 ? "" : "more than 2^20 indices"));
	}
}

static void
what_the_status_key_signed_is_looked_at_all_the_same(void **state)
{
	(void)state;
	static uint8_t mem[4 * OBJECT_MAX];
	struct buf made = BUF_OF(mem);
	struct plan p = plan_good();
	struct bytes parts[2];
	parts[0] = world_trust_list(&w, &p, &made);
	parts[1] = list_zipped(BYTES_LIT("no zlib stream"), 1, &made);
	assert_int_equal(loaded(parts), YP_ERR_FORMAT);
	assert_non_null(strstr(sentence, "its zlib stream: "));
	parts[1] = world_sign(&w, BY_STATUS, TYP_STATUS_LIST, BYTES_LIT("\xa0"), &made);
	assert_int_equal(loaded(parts), YP_ERR_FORMAT);
	assert_non_null(strstr(sentence, "its claims: "));
}

static void
two_lists_of_one_instant_that_differ_are_refused_by_their_address(void **state)
{
	(void)state;
	static uint8_t mem[4 * OBJECT_MAX];
	struct plan p = plan_good();
	struct buf made = BUF_OF(mem);
	struct bytes parts[3], uri = BYTES_LIT("https://v.example.cn/s/9");
	parts[0] = world_trust_list(&w, &p, &made);
	parts[1] = list_at(uri, WORLD_T0 + 60, &made);
	parts[2] = list_at(uri, WORLD_T0 + 60, &made);
	world_bundle(&w, parts, 3);
	struct yp_verifier *v = world_verifier(&w);
	assert_int_equal(yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence), YP_ERR_CONFLICT);
	assert_non_null(strstr(sentence, "https://v.example.cn/s/9"));
	assert_true(text_is_clean(bytes_str(sentence)));
	yp_close(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_at_an_address_that_no_certificate_can_bear_says_nothing_and_is_not_remembered),
		cmocka_unit_test(a_list_holds_as_many_indices_as_its_limit_and_no_more),
		cmocka_unit_test(what_the_status_key_signed_is_looked_at_all_the_same),
		cmocka_unit_test(two_lists_of_one_instant_that_differ_are_refused_by_their_address),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
