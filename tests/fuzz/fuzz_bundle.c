/* fuzz_bundle -- the parts of a bundle, their order, and the same bytes again when they are put together. */
#include "base/limits.h"
#include "crypto/bundle.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

enum { INPUT_MAX = 1 << 16 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again_mem[INPUT_MAX];
	struct bytes in = { data, size }, part = { NULL, 0 };
	struct buf again = BUF_OF(again_mem);
	struct bundle_reader b;
	enum typ typ = TYP_UNKNOWN, last = TYP_TRUST_LIST;
	size_t parts = 0;
	if (size > INPUT_MAX)
		return -1;
	enum status st = bundle_open(in, &b);
	must(st == OK || st == ERR_FORMAT);
	if (st != OK)
		return 0;
	must(bundle_start(&again) == OK);
	while (bundle_next(&b, &part, &typ)) {
		must(lies_in(part, in) && ++parts <= BUNDLE_LISTS_MAX + TRUST_ROOTS_MAX);
		must(typ == TYP_STATUS_LIST || (typ == TYP_TRUST_LIST && last == TYP_TRUST_LIST));
		last = typ;
		must(bundle_append(&again, part) == OK);
	}
	must(!bundle_next(&b, &part, &typ));
	if (bundle_end(&b) == OK)
		must(parts > 0 && bytes_eq(buf_view(&again), in));
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
