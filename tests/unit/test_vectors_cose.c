/* Foreign vectors: the COSE working group's examples of COSE_Sign1.
 *
 * Each file, what we say to it, and where that differs from the example, why. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/cose.h"
#include "tests/unit/support/vectors.h"

#define FOLDER "cose"

enum outcome {
	ACCEPTED,  /* decoded, and the signature holds */
	FORGED,    /* decoded, and the signature does not hold */
	REFUSED,   /* not a COSE_Sign1 of our profile */
};

static const struct row { const char *file; enum outcome ours; const char *difference; } rows[] = {
	{ "A_3.json", ACCEPTED, NULL },
	{ "ecdsa-sig-01.json", ACCEPTED, NULL },
	{ "ecdsa-sig-02.json", REFUSED, "ES384 with P-384: not on the allow-list, and its signatures have 96 bytes" },
	{ "ecdsa-sig-03.json", REFUSED, "ES512 with P-521: not on the allow-list, and its signatures have 132 bytes" },
	{ "ecdsa-sig-04.json", FORGED, "ES512 with a P-256 key: an alg must be on the allow-list and fit the key" },
	{ "eddsa-sig-01.json", ACCEPTED, NULL },
	{ "eddsa-sig-02.json", REFUSED, "EdDSA with Ed448: not on the allow-list, and its signatures have 114 bytes" },
	{ "sign-fail-01.json", REFUSED, NULL },
	{ "sign-fail-02.json", FORGED, NULL },
	{ "sign-fail-03.json", FORGED, NULL },
	{ "sign-fail-04.json", REFUSED, NULL },
	{ "sign-fail-06.json", FORGED, NULL },
	{ "sign-fail-07.json", FORGED, NULL },
	{ "sign-pass-01.json", REFUSED, "alg stands in the unprotected header, where anyone can change it" },
	{ "sign-pass-02.json", FORGED, "signed with external data; no object of ours has any" },
	{ "sign-pass-03.json", REFUSED, "without tag 18; our signed objects always carry it" },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const char *
text_of(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* "x" in base64url or "x_hex" in hex, appended */
static void
coordinate(json_t *key, const char *name, const char *name_hex, struct buf *out)
{
	if (text_of(key, name_hex) != NULL)
		(void)vectors_hex(text_of(key, name_hex), out);
	else
		(void)vectors_base64url(text_of(key, name), out);
}

/* NULL if the curve is none of ours */
static struct public_key *
key_of(json_t *key)
{
	uint8_t mem[65];
	struct buf point = BUF_OF(mem);
	struct public_key *k = NULL;
	if (strcmp(text_of(key, "crv"), "P-256") == 0) {
		mem[point.len++] = 4; /* SEC1 2.3.3: uncompressed */
		coordinate(key, "x", "x_hex", &point);
		coordinate(key, "y", "y_hex", &point);
		assert_int_equal(public_key_from_point(KEY_P256, buf_view(&point), &k), OK);
	} else if (strcmp(text_of(key, "crv"), "Ed25519") == 0) {
		coordinate(key, "x", "x_hex", &point);
		assert_int_equal(public_key_from_point(KEY_ED25519, buf_view(&point), &k), OK);
	}
	return k;
}

static enum outcome
outcome_of(struct bytes object, const struct public_key *k)
{
	uint8_t tbs_mem[2048];
	struct cose c;
	struct bytes tbs;
	bool good = true;
	if (cose_decode(object, COSE_STANDARD, &c) != OK)
		return REFUSED;
	assert_int_equal(cose_to_be_signed(c.protected_header, c.payload, BUF_OF(tbs_mem), &tbs), OK);
	assert_non_null(k); /* or our decoder let pass a curve that we have no key type for */
	assert_int_equal(signature_check(k, c.alg, tbs, c.signature, &good), OK);
	return good ? ACCEPTED : FORGED;
}

static void
each_example_is_judged_as_written_here(void **state)
{
	(void)state;
	if (!vectors_are_there(FOLDER))
		skip();
	for (size_t i = 0; i < ROWS; i++) {
		uint8_t mem[2048];
		struct buf b = BUF_OF(mem);
		json_t *root = vectors_json(FOLDER, rows[i].file);
		struct public_key *k = key_of(json_object_get(json_object_get(json_object_get(root, "input"), "sign0"), "key"));
		struct bytes object = vectors_hex(text_of(json_object_get(root, "output"), "cbor"), &b);
		bool theirs = !json_is_true(json_object_get(root, "fail"));
		enum outcome ours = outcome_of(object, k);
		if (ours != rows[i].ours)
			fail_msg("%s: outcome %d, wanted %d", rows[i].file, (int)ours, (int)rows[i].ours);
		if ((theirs != (ours == ACCEPTED)) != (rows[i].difference != NULL))
			fail_msg("%s: the example says %d and the table of differences does not tell", rows[i].file, theirs);
		public_key_free(k);
		json_decref(root);
	}
}

static void
what_is_signed_is_what_the_examples_say(void **state)
{
	(void)state;
	if (!vectors_are_there(FOLDER))
		skip();
	size_t compared = 0;
	for (size_t i = 0; i < ROWS; i++) {
		uint8_t mem[2048], want_mem[2048], tbs_mem[2048];
		struct buf b = BUF_OF(mem), w = BUF_OF(want_mem);
		struct cose c;
		struct bytes tbs;
		if (rows[i].ours != ACCEPTED)
			continue;
		json_t *root = vectors_json(FOLDER, rows[i].file);
		struct bytes object = vectors_hex(text_of(json_object_get(root, "output"), "cbor"), &b);
		struct bytes want = vectors_hex(text_of(json_object_get(root, "intermediates"), "ToBeSign_hex"), &w);
		assert_int_equal(cose_decode(object, COSE_STANDARD, &c), OK);
		assert_int_equal(cose_to_be_signed(c.protected_header, c.payload, BUF_OF(tbs_mem), &tbs), OK);
		if (!bytes_eq(tbs, want))
			fail_msg("%s", rows[i].file);
		compared++;
		json_decref(root);
	}
	assert_int_equal(compared, 3);
}

static void
no_accepted_example_survives_the_loss_of_a_bit(void **state)
{
	(void)state;
	if (!vectors_are_there(FOLDER))
		skip();
	json_t *root = vectors_json(FOLDER, "A_3.json");
	uint8_t mem[2048];
	struct buf b = BUF_OF(mem);
	struct public_key *k = key_of(json_object_get(json_object_get(json_object_get(root, "input"), "sign0"), "key"));
	struct bytes object = vectors_hex(text_of(json_object_get(root, "output"), "cbor"), &b);
	for (size_t bit = 0; bit < object.len * 8; bit++) {
		mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (outcome_of(object, k) == ACCEPTED)
			fail_msg("bit %zu", bit);
		mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	public_key_free(k);
	json_decref(root);
}

static void
every_example_of_the_folder_is_in_the_table(void **state)
{
	(void)state;
	if (!vectors_are_there(FOLDER))
		skip();
	assert_int_equal(vectors_count(FOLDER, ".json"), ROWS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_example_is_judged_as_written_here),
		cmocka_unit_test(what_is_signed_is_what_the_examples_say),
		cmocka_unit_test(no_accepted_example_survives_the_loss_of_a_bit),
		cmocka_unit_test(every_example_of_the_folder_is_in_the_table),
	};
	vectors_announce(FOLDER);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
