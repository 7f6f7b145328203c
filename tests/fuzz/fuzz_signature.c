/* fuzz_signature -- 64 bytes from outside under each example key: good only if it is the signature of the golden certificate, or
 * for ECDSA its mirror (r, n - s) (docs/formats.md 2).  Whatever they are, the library can work. */
#include "crypto/der.h"
#include "crypto/signature.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"

static uint8_t tbs_mem[EXAMPLE_PROFILES][2048];
static struct bytes tbs[EXAMPLE_PROFILES], signature[EXAMPLE_PROFILES];

static void
prepare(void)
{
	for (int p = 0; p < EXAMPLE_PROFILES; p++) {
		struct cose c;
		must(cose_decode(example_token((enum example_profile)p), COSE_OURS, &c) == OK);
		must(cose_to_be_signed(c.protected_header, c.payload, BUF_OF(tbs_mem[p]), &tbs[p]) == OK);
		signature[p] = c.signature;
	}
}

static void
check_der(struct bytes in)
{
	uint8_t sig[SIGNATURE_LEN], der[SIGNATURE_DER_MAX];
	if (!signature_from_der(in, sig))
		return;
	size_t len = signature_to_der(sig, der);
	must(bytes_eq(in, (struct bytes){ der, len }));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	if (tbs[0].len == 0)
		prepare();
	check_der(in);
	for (int p = 0; p < EXAMPLE_PROFILES; p++) {
		const struct public_key *k = example_certificate((enum example_profile)p, EXAMPLE_ISSUER)->key;
		bool good = true;
		must(signature_check(k, alg_written(public_key_type(k)), tbs[p], in, &good) == OK);
		must(!good || size == SIGNATURE_LEN);
		must(!good || memcmp(data, signature[p].ptr, SIGNATURE_LEN / 2) == 0);
		must(!good || p == EXAMPLE_INTL || bytes_eq(in, signature[p]));
		if (size == SIGNATURE_LEN) { /* any bytes go to DER and back */
			uint8_t der[SIGNATURE_DER_MAX], back[SIGNATURE_LEN];
			size_t len = signature_to_der(data, der);
			must(len <= sizeof(der) && signature_from_der((struct bytes){ der, len }, back));
			must(memcmp(back, data, SIGNATURE_LEN) == 0);
		}
	}
	return 0;
}
