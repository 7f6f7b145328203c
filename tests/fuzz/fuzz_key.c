/* fuzz_key -- a SubjectPublicKeyInfo: a key that is read gives its point, and the point the key; to any signature it says yes or no,
 * never that the library could not work.  The last 64 bytes are also the signature. */
#include "crypto/key.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

enum { POINT_MAX = 65 };

static const int64_t algs[] = { ALG_ES256, ALG_ESP256, ALG_EDDSA, ALG_ED25519, ALG_SM2, 0, -48, INT64_MIN };

static void
check_signatures(const struct public_key *k, struct bytes in)
{
	struct bytes sig = { in.ptr + in.len - SIGNATURE_LEN, SIGNATURE_LEN };
	bool good = true;
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		must(signature_check(k, algs[i], in, sig, &good) == OK);
		must(!good || alg_fits(algs[i], public_key_type(k)));
	}
	sig.len--;
	must(signature_check(k, alg_written(public_key_type(k)), in, sig, &good) == OK && !good);
}

static void
check_point(const struct public_key *k)
{
	uint8_t mem[POINT_MAX], mem2[POINT_MAX];
	struct buf point = BUF_OF(mem), again = BUF_OF(mem2);
	struct public_key *other = NULL;
	enum key_type type = public_key_type(k);
	must(public_key_point(k, &point) == OK && point.len == (type == KEY_ED25519 ? 32 : POINT_MAX));
	must(public_key_from_point(type, buf_view(&point), &other) == OK);
	must(public_key_point(other, &again) == OK && bytes_eq(buf_view(&point), buf_view(&again)));
	public_key_free(other);
	if (type == KEY_ED25519)
		return;
	mem[0] = (uint8_t)(2 | (mem[POINT_MAX - 1] & 1)); /* compressed: SEC 1 2.3.3 */
	must(public_key_from_point(type, (struct bytes){ mem, 33 }, &other) == OK);
	again.len = 0;
	must(public_key_point(other, &again) == OK && memcmp(mem + 1, mem2 + 1, POINT_MAX - 1) == 0);
	public_key_free(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct public_key *k = NULL;
	enum status st = public_key_from_spki(in, &k);
	must(st == OK || (k == NULL && (st == ERR_FORMAT || st == ERR_UNSUPPORTED)));
	if (st != OK)
		return 0;
	check_point(k);
	if (size >= SIGNATURE_LEN)
		check_signatures(k, in);
	public_key_free(k);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_der, data, size, max_size, seed);
}
