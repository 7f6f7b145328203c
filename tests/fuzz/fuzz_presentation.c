/* fuzz_presentation -- the claims of a live code: canonical or refused; and the credential in a token, whatever the token is. */
#include "crypto/presentation.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

enum { ENVELOPE_MAX = 256, PAYLOAD_MAX = TOKEN_LEN_MAX + ENVELOPE_MAX };

static void
check(const struct presentation *p, struct bytes in)
{
	must(p->iat_unix_s >= 0 && p->exp_unix_s > p->iat_unix_s);
	must(p->exp_unix_s - p->iat_unix_s <= PRESENTATION_LIFETIME_MAX_S);
	must(p->id.len == PRESENTATION_ID_LEN && lies_in(p->id, in));
	must(p->audience.len <= AUDIENCE_LEN_MAX && lies_in(p->audience, in) && text_is_clean(p->audience));
	must(p->nonce.len == 0 || (p->nonce.len >= NONCE_LEN_MIN && p->nonce.len <= NONCE_LEN_MAX && lies_in(p->nonce, in)));
	must(p->credential.len > 0 && p->credential.len <= TOKEN_LEN_MAX && lies_in(p->credential, in));
}

/* The input as a token: itself, or strictly within it. */
static void
check_token(struct bytes in)
{
	struct cose c;
	struct presentation p;
	struct bytes credential = presentation_credential(in);
	bool is_presentation = cose_decode(in, COSE_OURS, &c) == OK && c.typ == TYP_PRESENTATION &&
	    presentation_decode(c.payload, &p) == OK;
	must(lies_in(credential, in));
	must(bytes_eq(credential, is_presentation ? p.credential : in));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again_mem[PAYLOAD_MAX];
	struct bytes in = { data, size }, again;
	struct presentation p;
	check_token(in);
	mark(&p, sizeof(p));
	enum status st = presentation_decode(in, &p);
	if (st != OK) {
		must((st == ERR_FORMAT || st == ERR_UNSUPPORTED) && is_marked(&p, sizeof(p)));
		return 0;
	}
	check(&p, in);
	must(presentation_encode(&p, BUF_OF(again_mem), &again) == OK && bytes_eq(again, in));
	must(presentation_encode(&p, (struct buf){ again_mem, in.len - 1, 0 }, &again) == ERR_LIMIT);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
