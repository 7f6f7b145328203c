/* fuzz_judge_signed -- what comes behind the signature: any claims, signed by the example issuer and judged at any time, get the
 * verdict that docs/formats.md 8 read as plain conditions gives them.  Input: CBOR sequence of uint now, bstr payload. */
#include "crypto/cbor.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/tree.h"

enum { NOW_MAX_LOG2 = 40 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct yp_answer a;
	static uint8_t token_mem[2 * TOKEN_LEN_MAX];
	struct buf token = BUF_OF(token_mem);
	struct credential c;
	struct cbor_reader r = cbor_reader((struct bytes){ data, size }, CBOR_RELAXED);
	uint64_t now = cbor_read_uint(&r);
	struct bytes payload = cbor_read_bytes(&r);
	if (cbor_finish(&r) != OK || payload.len > TOKEN_LEN_MAX)
		return -1;
	example_sign(EXAMPLE_INTL, EXAMPLE_ISSUER, TYP_CREDENTIAL, payload, &token);
	if (token.len > TOKEN_LEN_MAX)
		return -1;
	enum yp_status st = yp_judge(oracle_verifier(), token.ptr, token.len, (int64_t)now, &a);
	if (now >> NOW_MAX_LOG2 > 0 && now != (uint64_t)1 << NOW_MAX_LOG2) {
		must(st == YP_ERR_ARGUMENT && a.verdict == YP_NOT_JUDGED);
		return 0;
	}
	must(st == YP_OK);
	answer_check(&a);
	enum yp_verdict expected = oracle_verdict(payload, (int64_t)now, &c);
	if (expected == YP_VALID && c.policy == POLICY_LIVE)
		expected = YP_POSSESSION_UNPROVEN; /* rule 10, for a bare one */
	must(a.verdict == expected);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
