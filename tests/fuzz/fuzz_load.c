/* fuzz_load -- a bundle from outside, loaded over a good one: refused, it leaves the good one in force and remembered; taken, every part of a pinned
 * root in it is one that was signed. */
#include "base/limits.h"
#include "crypto/bundle.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

enum { INPUT_MAX = 1 << 16 };

static bool
is_kid_of(struct bytes kid, enum example_profile p, enum example_role role)
{
	return bytes_eq(kid, (struct bytes){ example_certificate(p, role)->kid, KID_LEN });
}

/* The part of this type in the golden bundle. */
static struct bytes
golden_part(enum example_profile p, enum typ wanted)
{
	struct bundle_reader b;
	struct bytes part = { NULL, 0 };
	enum typ typ = TYP_UNKNOWN;
	must(bundle_open(example_bundle(p), &b) == OK);
	while (typ != wanted)
		must(bundle_next(&b, &part, &typ));
	return part;
}

/* Parts of keys that nobody pinned are passed over and may be anything. */
static void
check_part(struct bytes part, enum typ typ)
{
	struct cose c;
	enum example_role role = typ == TYP_TRUST_LIST ? EXAMPLE_ROOT : EXAMPLE_STATUS;
	must(cose_decode(part, COSE_STANDARD, &c) == OK);
	for (int i = 0; i < EXAMPLE_PROFILES; i++) {
		enum example_profile p = (enum example_profile)i;
		if (is_kid_of(c.kid, p, role) && typ == TYP_TRUST_LIST)
			must(example_signs_same(part, golden_part(p, typ)));
	}
}

/* A status list is looked at if a trust list before it names its key, so its profile's trust list must be there too. */
static void
check_lists(struct bytes bundle)
{
	struct bundle_reader b;
	struct bytes part;
	enum typ typ;
	struct cose c;
	bool trusted[EXAMPLE_PROFILES] = { false };
	must(bundle_open(bundle, &b) == OK);
	while (bundle_next(&b, &part, &typ)) {
		check_part(part, typ);
		must(cose_decode(part, COSE_STANDARD, &c) == OK);
		for (int i = 0; i < EXAMPLE_PROFILES; i++) {
			enum example_profile p = (enum example_profile)i;
			if (typ == TYP_TRUST_LIST)
				trusted[i] |= is_kid_of(c.kid, p, EXAMPLE_ROOT);
			else if (trusted[i] && is_kid_of(c.kid, p, EXAMPLE_STATUS))
				must(example_signs_same(part, golden_part(p, typ)));
		}
	}
	must(bundle_end(&b) == OK && (trusted[EXAMPLE_INTL] || trusted[EXAMPLE_GM]));
}

static void
check_judging(const struct yp_verifier *v)
{
	static struct yp_answer a;
	for (int p = 0; p < EXAMPLE_PROFILES; p++) {
		struct bytes token = example_token((enum example_profile)p);
		must(yp_judge(v, token.ptr, token.len, EXAMPLE_NOW, &a) == YP_OK);
		answer_check(&a);
		must(a.verdict == YP_VALID || a.verdict == YP_UNKNOWN_ISSUER || a.verdict == YP_STATUS_UNKNOWN);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct yp_verifier *v;
	static char sentence[YP_SENTENCE_MAX];
	if (size > INPUT_MAX)
		return -1;
	if (v == NULL) {
		v = example_verifier();
		load_good(v);
	}
	enum yp_status st = yp_load_bundle(v, data, size, EXAMPLE_NOW, sentence);
	must(is_sentence(sentence, sizeof(sentence)) && (st == YP_OK) == (sentence[0] == '\0'));
	must(st != YP_ERR_CRYPTO && st != YP_ERR_ARGUMENT && st != YP_ERR_SYSTEM);
	if (st == YP_OK) {
		check_lists((struct bytes){ data, size });
		check_judging(v);
		load_good(v); /* the input's bytes end here */
	} else
		still_valid(v);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
