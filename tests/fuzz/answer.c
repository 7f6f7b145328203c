#include "tests/fuzz/answer.h"

#include "crypto/bundle.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"

enum { BOTH_MAX = 16 << 10, MEMORY_MAX = 4096 };

static bool
is_library_verdict(enum yp_verdict v)
{
	return v != YP_NOT_JUDGED && v != YP_NOT_ON_REGISTER && strcmp(yp_verdict_text(v), "UNKNOWN_VERDICT") != 0;
}

static void
check_text(const struct yp_answer *a, struct yp_text t)
{
	struct bytes text = { (const uint8_t *)t.ptr, t.len };
	must(lies_in(text, (struct bytes){ a->token, a->token_len }) && text_is_clean(text));
}

void
answer_check(const struct yp_answer *a)
{
	must(is_library_verdict(a->verdict));
	must(a->sentence[0] != '\0' && is_sentence(a->sentence, sizeof(a->sentence)));
	must(a->token_len <= sizeof(a->token) && a->fields_n <= sizeof(a->fields));
	must(!a->facts_proven || a->verdict == YP_VALID || a->verdict >= YP_NOT_YET_VALID);
	must(a->facts_proven || a->verdict < YP_NOT_YET_VALID);
	must((a->kind == 0) == (a->name.len == 0) && a->kind <= 4);
	must(!a->live || (a->presented && a->has_device_key && a->verdict == YP_VALID));
	must(lies_in((struct bytes){ a->credential.ptr, a->credential.len }, (struct bytes){ a->token, a->token_len }));
	must(a->demonstration); /* the roots are example roots */
	const struct yp_text texts[] = { a->iss, a->number, a->name, a->body_name, a->body_uscc, a->post, a->entrusting_name,
		a->status_uri };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_text(a, texts[i]);
}

static void
append_parts(struct buf *out, struct bytes bundle, enum typ wanted)
{
	struct bundle_reader b;
	struct bytes part;
	enum typ typ;
	must(bundle_open(bundle, &b) == OK);
	while (bundle_next(&b, &part, &typ))
		if (typ == wanted)
			must(bundle_append(out, part) == OK);
	must(bundle_end(&b) == OK);
}

const struct buf *
both_bundles(void)
{
	static uint8_t mem[BOTH_MAX];
	static struct buf both;
	if (both.len > 0)
		return &both;
	both = (struct buf){ mem, sizeof(mem), 0 };
	must(bundle_start(&both) == OK);
	append_parts(&both, example_bundle(EXAMPLE_INTL), TYP_TRUST_LIST);
	append_parts(&both, example_bundle(EXAMPLE_GM), TYP_TRUST_LIST);
	append_parts(&both, example_bundle(EXAMPLE_INTL), TYP_STATUS_LIST);
	append_parts(&both, example_bundle(EXAMPLE_GM), TYP_STATUS_LIST);
	return &both;
}

static uint8_t remembered[MEMORY_MAX];
static size_t remembered_len;

static void
note_memory(const struct yp_verifier *v)
{
	must(yp_get_memory(v, remembered, sizeof(remembered), &remembered_len) == YP_OK);
}

void
forget(struct yp_verifier *v)
{
	static const uint8_t nothing[] = { 0x83, 0x01, 0x00, 0x80 }; /* [1, 0, []]: docs/formats.md 11 */
	must(yp_put_memory(v, nothing, sizeof(nothing), NULL) == YP_OK);
	note_memory(v);
}

void
load_good(struct yp_verifier *v)
{
	const struct buf *bundle = both_bundles();
	forget(v);
	must(yp_load_bundle(v, bundle->ptr, bundle->len, EXAMPLE_NOW, NULL) == YP_OK);
	note_memory(v);
	still_valid(v);
}

void
still_valid(const struct yp_verifier *v)
{
	static struct yp_answer a;
	uint8_t memory[MEMORY_MAX];
	size_t len = 0;
	for (int p = 0; p < EXAMPLE_PROFILES; p++) {
		struct bytes token = example_token((enum example_profile)p);
		must(yp_judge(v, token.ptr, token.len, EXAMPLE_NOW, &a) == YP_OK && a.verdict == YP_VALID);
	}
	must(yp_get_memory(v, memory, sizeof(memory), &len) == YP_OK);
	must(len == remembered_len && memcmp(memory, remembered, len) == 0);
}
