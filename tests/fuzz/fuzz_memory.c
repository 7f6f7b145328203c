/* fuzz_memory -- the rollback memory as it comes back from a disk: canonical or refused, and refused it changes nothing.  Under any
 * memory the golden bundles are either taken, or refused as older than what it remembers. */
#include "base/limits.h"
#include "crypto/cbor.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

static uint8_t got_mem[YP_MEMORY_MAX];

static struct bytes
memory_of(const struct yp_verifier *v)
{
	struct bytes got = { got_mem, 0 };
	must(yp_get_memory(v, got_mem, sizeof(got_mem), &got.len) == YP_OK);
	return got;
}

struct key { uint64_t what; struct bytes root, name; };

static int
key_cmp(const struct key *a, const struct key *b)
{
	int roots = bytes_cmp(a->root, b->root);
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return roots != 0 ? roots : bytes_cmp(a->name, b->name);
}

/* docs/formats.md 11: "items in order of (what, root, name), each once"; no item is newer than the floor. */
static void
check_order(struct bytes memory)
{
	struct cbor_reader r = cbor_reader(memory, CBOR_CANONICAL);
	struct key before = { 0 };
	must(cbor_read_array(&r) == 3 && cbor_read_uint(&r) == 1);
	int64_t floor = cbor_read_int(&r);
	for (size_t n = cbor_read_array(&r); n > 0; n--) {
		must(cbor_read_array(&r) == 6);
		struct key k = { .what = cbor_read_uint(&r) };
		k.root = cbor_read_bytes(&r);
		k.name = cbor_read_text(&r);
		(void)cbor_read_uint(&r);
		must(cbor_read_int(&r) <= floor);
		(void)cbor_read_bytes(&r);
		must(before.what == 0 || key_cmp(&before, &k) < 0);
		before = k;
	}
	must(cbor_finish(&r) == OK);
}

static void
load_under(struct yp_verifier *v)
{
	static char sentence[YP_SENTENCE_MAX];
	const struct buf *bundle = both_bundles();
	enum yp_status st = yp_load_bundle(v, bundle->ptr, bundle->len, EXAMPLE_NOW, sentence);
	must(st == YP_OK || st == YP_ERR_CONFLICT || st == YP_ERR_LIMIT);
	must(is_sentence(sentence, sizeof(sentence)) && (st == YP_OK) == (sentence[0] == '\0'));
	/* what was made of it can be put back */
	struct bytes got = memory_of(v);
	check_order(got);
	must(yp_put_memory(v, got.ptr, got.len, sentence) == YP_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct yp_verifier *v;
	static char sentence[YP_SENTENCE_MAX];
	static uint8_t nothing[64];
	static size_t nothing_len;
	struct bytes in = { data, size };
	if (v == NULL) {
		v = example_verifier();
		must(yp_get_memory(v, nothing, sizeof(nothing), &nothing_len) == YP_OK);
	}
	must(yp_put_memory(v, nothing, nothing_len, NULL) == YP_OK);
	enum yp_status st = yp_put_memory(v, data, size, sentence);
	must(is_sentence(sentence, sizeof(sentence)) && (st == YP_OK) == (sentence[0] == '\0'));
	must(bytes_eq(memory_of(v), st == YP_OK ? in : (struct bytes){ nothing, nothing_len }));
	if (st == YP_OK) {
		check_order(in);
		load_under(v);
	}
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
