/* fuzz_trust_list -- which keys may sign what: canonical or refused. */
#include "crypto/trustlist.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

static void
check_prefixes(const struct bytes *prefixes, size_t n, struct bytes in)
{
	must(n <= TRUST_PREFIXES_MAX);
	for (size_t i = 0; i < n; i++)
		must(prefixes[i].len > 0 && lies_in(prefixes[i], in) && text_is_clean(prefixes[i]));
}

static void
check(const struct trust_list *t, struct bytes in)
{
	must(t->entries_n <= TRUST_ENTRIES_MAX && lies_in(t->iss, in) && t->iss.len > 0);
	must(t->iat_unix_s >= 0 && t->iat_unix_s < t->exp_unix_s && t->exp_unix_s <= INT64_MAX / 2 && t->issue >= 1);
	must(t->window_s >= 30 && t->window_s <= 300 && t->status_age_max_s >= 0);
	for (size_t i = 0; i < t->entries_n; i++) {
		const struct trust_entry *e = &t->entries[i];
		must(e->certificate_der.len > 0 && lies_in(e->certificate_der, in));
		must(e->typs != 0 && e->state >= KEY_ACTIVE && e->state <= KEY_COMPROMISED);
		must((e->typs >> TYP_CREDENTIAL & 1u) == 0 || e->iss_n > 0);
		must((e->typs >> TYP_STATUS_LIST & 1u) == 0 || e->uri_n > 0);
		check_prefixes(e->iss, e->iss_n, in);
		check_prefixes(e->uri, e->uri_n, in);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again_mem[TRUST_LIST_LEN_MAX];
	static struct trust_list t;
	struct bytes in = { data, size }, again;
	if (size > sizeof(again_mem))
		return -1;
	mark(&t, sizeof(t));
	enum status st = trust_list_decode(in, &t);
	if (st != OK) {
		must((st == ERR_FORMAT || st == ERR_UNSUPPORTED || st == ERR_LIMIT) && is_marked(&t, sizeof(t)));
		return 0;
	}
	check(&t, in);
	must(trust_list_encode(&t, BUF_OF(again_mem), &again) == OK && bytes_eq(again, in));
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
