/* fuzz_judge -- whole judging of a text from outside under the golden bundles: VALID, or even proven facts, only if protected header
 * and payload are those that were signed, by the issuer and, of a live code, by the device; always a verdict, always a clean sentence. */
#include "crypto/presentation.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

/* The claims that the example issuers signed.  (Their signatures differ from run to run, and n - s is as good as s.) */
static bool
was_signed(struct bytes token)
{
	struct cose c;
	bool is_golden = example_signs_same(token, example_token(EXAMPLE_INTL)) || example_signs_same(token, example_token(EXAMPLE_GM));
	return is_golden || (cose_decode(token, COSE_OURS, &c) == OK && bytes_eq(c.payload, example_live_payload()));
}

/* The claims that the example device signed. */
static bool
was_presented(const struct yp_answer *a)
{
	struct cose c;
	struct presentation p;
	return cose_decode((struct bytes){ a->token, a->token_len }, COSE_OURS, &c) == OK && presentation_decode(c.payload, &p) == OK &&
	    p.iat_unix_s == EXAMPLE_NOW && p.exp_unix_s == EXAMPLE_NOW + 60 && bytes_eq(p.id, BYTES_LIT("livecode")) &&
	    p.audience.len == 0 && p.nonce.len == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct yp_verifier *v;
	static struct yp_answer a, again;
	if (v == NULL) {
		v = example_verifier();
		load_good(v);
	}
	must(yp_judge(v, data, size, EXAMPLE_NOW, &a) == YP_OK);
	answer_check(&a);
	must(!a.facts_proven || was_signed((struct bytes){ a.credential.ptr, a.credential.len }));
	must(a.verdict != YP_VALID || a.facts_proven);
	must(a.verdict != YP_VALID || !a.presented || was_presented(&a));
	must(a.verdict != YP_VALID || a.live == (a.presented || a.must_be_live));
	/* the bytes themselves, without a text around them, are judged alike */
	must(yp_judge(v, a.token, a.token_len, EXAMPLE_NOW, &again) == YP_OK);
	must(a.token_len == 0 || a.token[0] != 0xd2 || (again.verdict == a.verdict && strcmp(again.sentence, a.sentence) == 0));
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed); /* a text is no CBOR, and mutated plainly */
}
