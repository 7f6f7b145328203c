/* Foreign vectors: the examples of the IETF Token Status List draft. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "crypto/credential.h"
#include "crypto/statuslist.h"
#include "tests/unit/support/vectors.h"

#define FOLDER "token-status-list"

/* A payload around the bare map {"bits", "lst"} of an example, so that it goes through the door. */
static struct status_list
list_of(struct bytes map, struct buf *payload)
{
	static const uint8_t head[] = { 0xa3, 0x02, 0x61, 0x61, 0x06, 0x01, 0x19, 0xff, 0xfd };
	struct status_list l;
	assert_true(sizeof(head) + map.len <= payload->cap);
	memcpy(payload->ptr, head, sizeof(head));
	memcpy(payload->ptr + sizeof(head), map.ptr, map.len);
	payload->len = sizeof(head) + map.len;
	assert_int_equal(status_list_decode(buf_view(payload), &l), OK);
	return l;
}

static void
check_both_ways(const struct status_list *l, struct bytes raw)
{
	static uint8_t out_mem[1 << 20], zip_mem[1 << 16], scratch_mem[STATUS_LIST_SCRATCH];
	struct buf out = { out_mem, raw.len, 0 }, zip = BUF_OF(zip_mem);
	assert_int_equal(status_list_inflate(l->zipped, (struct buf){ scratch_mem, sizeof(scratch_mem), 0 }, &out), OK);
	assert_true(bytes_eq(buf_view(&out), raw));
	assert_int_equal(status_list_deflate(raw, &zip), OK);
	assert_true(bytes_eq(buf_view(&zip), l->zipped));
}

/* After the line "encoded:" if there is one */
static struct bytes
hex_file(const char *file, struct buf *out)
{
	char *text = vectors_text(FOLDER, file);
	char *encoded = strstr(text, "encoded:");
	struct bytes b = vectors_hex(encoded != NULL ? encoded + strlen("encoded:") : text, out);
	free(text);
	return b;
}

static void
the_short_examples_hold_in_both_directions(void **state)
{
	(void)state;
	static const struct { const char *file; uint8_t bits, raw[3]; size_t raw_len, n; uint8_t status[16]; } rows[] = {
		{ "status_list_encoding_cbor.md", 1, { 0xb9, 0xa3 }, 2, 16, { 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1 } },
		{ "status_list_encoding2_cbor.md", 2, { 0xc9, 0x44, 0xf9 }, 3, 12, { 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3 } },
	};
	if (!vectors_are_there(FOLDER))
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t map_mem[256], mem[256], set_mem[3] = { 0 };
		struct buf map = BUF_OF(map_mem), payload = BUF_OF(mem);
		struct bytes raw = { rows[i].raw, rows[i].raw_len };
		struct status_list l = list_of(hex_file(rows[i].file, &map), &payload);
		assert_int_equal(l.bits, rows[i].bits);
		check_both_ways(&l, raw);
		for (uint32_t k = 0; k < rows[i].n; k++) {
			uint8_t value = 99;
			assert_int_equal(status_get(raw, l.bits, k, &value), OK);
			assert_int_equal(value, rows[i].status[k]);
			status_set((struct buf){ set_mem, raw.len, 0 }, l.bits, k, value);
		}
		assert_memory_equal(set_mem, rows[i].raw, raw.len);
	}
}

static void
check_long_list(uint8_t bits, json_t *example)
{
	uint32_t n = (uint32_t)json_integer_value(json_object_get(example, "size"));
	struct bytes raw = { NULL, (size_t)n * bits / 8 };
	uint8_t map_mem[8192], mem[8192 + 16], *set = calloc(1, raw.len), *want = calloc(1, n);
	struct buf map = BUF_OF(map_mem), payload = BUF_OF(mem);
	const char *key;
	json_t *value;
	assert_true(set != NULL && want != NULL && n == 1u << STATUS_LIST_BITS_LOG2_MAX);
	struct status_list l = list_of(vectors_hex(json_string_value(json_object_get(example, "cbor_hex")), &map), &payload);
	assert_int_equal(l.bits, bits);
	json_object_foreach(json_object_get(example, "status"), key, value) {
		uint32_t idx = (uint32_t)strtoul(key, NULL, 10);
		assert_true(idx < n);
		want[idx] = (uint8_t)json_integer_value(value);
		status_set((struct buf){ set, raw.len, 0 }, bits, idx, want[idx]);
	}
	raw.ptr = set;
	check_both_ways(&l, raw);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t got = 0;
		if (status_get(raw, bits, i, &got) != OK || got != want[i])
			fail_msg("%u bits, index %u", bits, (unsigned)i);
	}
	free(want);
	free(set);
}

static void
the_long_examples_hold_in_both_directions(void **state)
{
	(void)state;
	static const struct { const char *name; uint8_t bits; } rows[] = { { "1", 1 }, { "2", 2 }, { "4", 4 }, { "8", 8 } };
	if (!vectors_are_there(FOLDER))
		skip();
	json_t *root = vectors_json(FOLDER, "long-lists.json");
	assert_int_equal(json_object_size(root), 4);
	for (size_t i = 0; i < 4; i++)
		check_long_list(rows[i].bits, json_object_get(root, rows[i].name));
	json_decref(root);
}

static bool
signature_holds(const struct cose *c)
{
	uint8_t point_mem[65] = { 4 }, tbs_mem[512];
	struct buf point = { point_mem, sizeof(point_mem), 1 };
	struct public_key *k = NULL;
	struct bytes tbs;
	bool good = false;
	(void)vectors_base64url("I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo", &point);
	(void)vectors_base64url("6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M", &point);
	assert_int_equal(public_key_from_point(KEY_P256, buf_view(&point), &k), OK);
	assert_int_equal(cose_to_be_signed(c->protected_header, c->payload, BUF_OF(tbs_mem), &tbs), OK);
	assert_int_equal(signature_check(k, c->alg, tbs, c->signature, &good), OK);
	public_key_free(k);
	return good;
}

static void
the_signed_status_list_verifies_and_reads(void **state)
{
	(void)state;
	if (!vectors_are_there(FOLDER))
		skip();
	uint8_t mem[512];
	struct buf b = BUF_OF(mem);
	struct cose c;
	struct status_list l;
	assert_int_equal(cose_decode(hex_file("status_list_cwt.md", &b), COSE_STANDARD, &c), OK);
	assert_int_equal(c.alg, ALG_ES256);
	assert_int_equal(c.typ, TYP_STATUS_LIST);
	assert_true(bytes_eq(c.kid, BYTES_LIT("12")));
	assert_true(signature_holds(&c));
	assert_int_equal(status_list_decode(c.payload, &l), OK);
	assert_true(bytes_eq(l.uri, BYTES_LIT("https://example.com/statuslists/1")));
	assert_true(l.iat_unix_s == 1686920170 && l.exp_unix_s == 2291720170 && l.ttl_s == 43200);
	assert_true(l.bits == 1 && !l.has_binding);
	check_both_ways(&l, BYTES_LIT("\xb9\xa3"));

	mem[c.payload.ptr - mem + 5] ^= 1; /* cose_decode gives views into mem */
	assert_false(signature_holds(&c));
}

static void
the_signed_token_that_refers_to_it_verifies_and_is_no_credential_of_ours(void **state)
{
	(void)state;
	if (!vectors_are_there(FOLDER))
		skip();
	uint8_t mem[512];
	struct buf b = BUF_OF(mem);
	struct cose c;
	struct credential credential;
	struct bytes token = hex_file("referenced_token_cwt.md", &b);
	assert_int_equal(cose_decode(token, COSE_STANDARD, &c), OK);
	assert_true(c.typ == TYP_UNKNOWN && c.typ_seen.len == 0);
	assert_true(signature_holds(&c));
	assert_int_not_equal(cose_decode(token, COSE_OURS, &c), OK); /* kid is not protected, typ not there */
	assert_int_equal(credential_decode(c.payload, &credential), ERR_FORMAT); /* claims out of order */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_short_examples_hold_in_both_directions),
		cmocka_unit_test(the_long_examples_hold_in_both_directions),
		cmocka_unit_test(the_signed_status_list_verifies_and_reads),
		cmocka_unit_test(the_signed_token_that_refers_to_it_verifies_and_is_no_credential_of_ours),
	};
	vectors_announce(FOLDER);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
