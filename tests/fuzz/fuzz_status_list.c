/* fuzz_status_list -- the claims of a status list.  Others make these too, so what is read need not be canonical; written by us and
 * read again it says the same, and written once more it is the same bytes. */
#include "crypto/cbor.h"
#include "crypto/statuslist.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 1 << 16, CLAIM_EXP = 4, CLAIM_TTL = 65534 };

/* Is this claim there?  (the payload has been read once, so it is a map) */
static bool
says(struct bytes payload, int64_t claim)
{
	struct cbor_reader r = cbor_reader(payload, CBOR_RELAXED);
	struct bytes item;
	bool found = false;
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next_item(&r, &m, &item); (void)cbor_read_item(&r)) {
		struct cbor_reader k = cbor_reader(item, CBOR_RELAXED);
		int64_t key = cbor_read_int(&k);
		found |= k.status == OK && key == claim;
	}
	return found;
}

static void
check(const struct status_list *l, struct bytes in)
{
	must(lies_in(l->uri, in) && l->uri.len > 0 && text_is_utf8(l->uri));
	must(lies_in(l->zipped, in) && l->zipped.len > 0);
	must(l->bits == 1 || l->bits == 2 || l->bits == 4 || l->bits == 8);
	must(l->iat_unix_s >= 1 && l->ttl_s >= 0 && l->ttl_s <= INT64_MAX / 2);
	must(l->exp_unix_s == 0 || (l->exp_unix_s > l->iat_unix_s && l->exp_unix_s <= INT64_MAX / 2));
}

/* 0 means absent, so it cannot also be said outright. */
static void
check_absence(const struct status_list *l, struct bytes in)
{
	must((l->exp_unix_s != 0) == says(in, CLAIM_EXP));
	must((l->ttl_s != 0) == says(in, CLAIM_TTL));
}

static void
check_same(const struct status_list *a, const struct status_list *b)
{
	must(bytes_eq(a->uri, b->uri) && bytes_eq(a->zipped, b->zipped) && a->bits == b->bits);
	must(a->iat_unix_s == b->iat_unix_s && a->exp_unix_s == b->exp_unix_s && a->ttl_s == b->ttl_s);
	must(a->has_binding == b->has_binding && a->journal_sequence == b->journal_sequence);
	must(a->trust_issue_least == b->trust_issue_least && memcmp(&a->journal_head, &b->journal_head, DIGEST_LEN) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again_mem[INPUT_MAX], third_mem[INPUT_MAX];
	struct bytes in = { data, size }, again, third;
	struct status_list l, m;
	if (size > INPUT_MAX)
		return -1;
	mark(&l, sizeof(l));
	if (status_list_decode(in, &l) != OK) {
		must(is_marked(&l, sizeof(l)));
		return 0;
	}
	check(&l, in);
	check_absence(&l, in);
	enum status st = status_list_encode(&l, BUF_OF(again_mem), &again);
	if (!text_is_clean(l.uri)) {
		must(st == ERR_ARGUMENT); /* we never make such an address */
		return 0;
	}
	must(st == OK && again.len <= in.len);
	must(status_list_decode(again, &m) == OK);
	check_same(&l, &m);
	must(status_list_encode(&m, BUF_OF(third_mem), &third) == OK && bytes_eq(again, third));
	return 0;
}
