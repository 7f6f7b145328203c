/* Foreign vectors: Project Wycheproof. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/key.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *
load(const char *name)
{
	char path[512];
	const char *dir = getenv("YAOPAI_VECTORS");
	json_t *root = NULL;

	if (dir != NULL && snprintf(path, sizeof(path), "%s/wycheproof/%s", dir, name) < (int)sizeof(path))
		root = json_load_file(path, 0, NULL);
	return root;
}

static struct bytes
hex_member(json_t *object, const char *name, uint8_t *mem, size_t cap)
{
	struct buf out = { mem, cap, 0 };
	const char *text = json_string_value(json_object_get(object, name));
	assert_non_null(text);
	assert_int_equal(hex_decode(bytes_str(text), &out), OK);
	return buf_view(&out);
}

static size_t
run_group(json_t *group, enum alg alg, size_t *valid)
{
	uint8_t der[256], msg[4096], sig[512];
	struct public_key *k = NULL;
	json_t *tests = json_object_get(group, "tests"), *t;
	size_t i;

	assert_int_equal(public_key_from_spki(hex_member(group, "publicKeyDer", der, sizeof(der)), &k), OK);
	json_array_foreach(tests, i, t) {
		const char *result = json_string_value(json_object_get(t, "result"));
		bool good = false, want = strcmp(result, "valid") == 0;
		enum status st = signature_check(k, alg, hex_member(t, "msg", msg, sizeof(msg)),
		    hex_member(t, "sig", sig, sizeof(sig)), &good);
		if (st != OK || good != want)
			fail_msg("case %d (%s): status %s, good %d, wanted %s",
			    (int)json_integer_value(json_object_get(t, "tcId")),
			    json_string_value(json_object_get(t, "comment")), status_text(st), good, result);
		*valid += want;
	}
	public_key_free(k);
	return json_array_size(tests);
}

static void
run_file(const char *name, enum alg alg, size_t cases)
{
	json_t *root = load(name), *g;
	size_t i, n = 0, valid = 0;

	if (root == NULL)
		skip();
	json_array_foreach(json_object_get(root, "testGroups"), i, g)
		n += run_group(g, alg, &valid);
	assert_int_equal(n, cases);
	assert_true(valid > 0 && valid < n);
	json_decref(root);
}

static void
es256_agrees_with_wycheproof(void **state)
{
	(void)state;
	run_file("ecdsa_secp256r1_sha256_p1363_test.json", ALG_ES256, 262);
}

static void
ed25519_agrees_with_wycheproof(void **state)
{
	(void)state;
	run_file("ed25519_test.json", ALG_EDDSA, 151);
}

int
main(void)
{
	json_t *there = load("ed25519_test.json");
	if (there == NULL)
		printf("skipped: Wycheproof's vectors are not there (YAOPAI_VECTORS names their folder)\n");
	json_decref(there);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(es256_agrees_with_wycheproof),
		cmocka_unit_test(ed25519_agrees_with_wycheproof),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
