/* fuzz_credential -- the claims of a certificate: canonical or refused. */
#include "crypto/credential.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

static void
check_text(struct bytes text, size_t len_max, struct bytes in)
{
	must(lies_in(text, in) && text.len <= len_max && text_is_clean(text));
}

static void
check(const struct credential *c, struct bytes in)
{
	check_text(c->iss, ISS_LEN_MAX, in);
	check_text(c->sub, NUMBER_LEN_MAX, in);
	check_text(c->status_uri, STATUS_URI_LEN_MAX, in);
	check_text(c->name, NAME_LEN_MAX, in);
	check_text(c->body_name, NAME_LEN_MAX, in);
	check_text(c->body_uscc, USCC_LEN, in);
	check_text(c->post, POST_LEN_MAX, in);
	check_text(c->entrusting_name, NAME_LEN_MAX, in);
	must(lies_in(c->portrait_digest, in) && (c->portrait_digest.len == 0 || c->portrait_digest.len == PORTRAIT_DIGEST_LEN));
	must(c->kind >= KIND_ENFORCEMENT && c->kind <= KIND_BODY);
	must(c->iat_unix_s >= 0 && c->iat_unix_s < c->exp_unix_s && c->exp_unix_s <= INT64_MAX / 2);
	must(c->fields_n <= FIELDS_MAX && jurisdiction_is_wellformed(c->jurisdiction));
	must(c->policy == POLICY_STATIC || c->has_cnf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again_mem[TOKEN_LEN_MAX];
	struct bytes in = { data, size }, again;
	struct credential c;
	mark(&c, sizeof(c));
	enum status st = credential_decode(in, &c);
	if (st != OK) {
		must((st == ERR_FORMAT || st == ERR_UNSUPPORTED) && is_marked(&c, sizeof(c)));
		return 0;
	}
	check(&c, in);
	must(credential_encode(&c, BUF_OF(again_mem), &again) == OK && bytes_eq(again, in));
	must(credential_encode(&c, (struct buf){ again_mem, in.len - 1, 0 }, &again) == ERR_LIMIT);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
