/* fuzz_load_signed -- what comes behind a bundle's signatures: any trust list signed by the example root, and any status lists signed
 * by the example status key.  A bundle refused leaves the one before in force; under one that is taken, the golden certificate is
 * VALID only if a plain reading of the two lists lets it be.
 * Input: CBOR sequence of byte strings: payload of the trust list, then of at most three status lists. */
#include "base/limits.h"
#include "crypto/bundle.h"
#include "crypto/cbor.h"
#include "crypto/credential.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

enum { INPUT_MAX = 16 << 10, LISTS_MAX = 3, RAW_MAX = 1 << 18 };

struct parts { struct bytes trust, lists[LISTS_MAX]; size_t lists_n; };

static bool
parts_read(struct bytes in, struct parts *out)
{
	struct cbor_reader r = cbor_reader(in, CBOR_RELAXED);
	*out = (struct parts){ .trust = cbor_read_bytes(&r) };
	while (cbor_peek(&r) == CBOR_BYTES && out->lists_n < LISTS_MAX)
		out->lists[out->lists_n++] = cbor_read_bytes(&r);
	return cbor_finish(&r) == OK;
}

static void
append(struct buf *bundle, enum example_role role, enum typ typ, struct bytes payload)
{
	static uint8_t mem[2 * INPUT_MAX];
	struct buf token = BUF_OF(mem);
	example_sign(EXAMPLE_INTL, role, typ, payload, &token);
	must(bundle_append(bundle, buf_view(&token)) == OK);
}

static void
bundle_make(const struct parts *p, struct buf *out)
{
	must(bundle_start(out) == OK);
	append(out, EXAMPLE_ROOT, TYP_TRUST_LIST, p->trust);
	for (size_t i = 0; i < p->lists_n; i++)
		append(out, EXAMPLE_STATUS, TYP_STATUS_LIST, p->lists[i]);
}

static bool
has(const struct bytes *list, size_t n, struct bytes what, bool as_prefix)
{
	for (size_t i = 0; i < n; i++)
		if (as_prefix ? bytes_starts_with(what, list[i]) : bytes_eq(what, list[i]))
			return true;
	return false;
}

static bool
may_sign(const struct trust_entry *e, enum example_role role, enum typ typ, int64_t iat)
{
	return bytes_eq(e->certificate_der, example_der(EXAMPLE_INTL, role)) && (e->typs >> typ & 1u) != 0 &&
	    (e->state == KEY_ACTIVE || (e->state == KEY_RETIRED && iat < e->since_unix_s));
}

static bool
is_compromised(const struct trust_list *t, enum example_role role)
{
	for (size_t i = 0; i < t->entries_n; i++)
		if (bytes_eq(t->entries[i].certificate_der, example_der(EXAMPLE_INTL, role)) &&
		    t->entries[i].state == KEY_COMPROMISED)
			return true;
	return false;
}

static bool
issuer_may(const struct trust_list *t, const struct credential *c)
{
	bool may = false;
	for (size_t i = 0; i < t->entries_n; i++) {
		const struct trust_entry *e = &t->entries[i];
		may |= may_sign(e, EXAMPLE_ISSUER, TYP_CREDENTIAL, c->iat_unix_s) && has(e->iss, e->iss_n, c->iss, false) &&
		    (e->kinds == 0 || (e->kinds >> c->kind & 1u) != 0);
	}
	return may && !is_compromised(t, EXAMPLE_ISSUER);
}

static bool
list_may(const struct trust_list *t, const struct status_list *l)
{
	bool may = false;
	for (size_t i = 0; i < t->entries_n; i++) {
		const struct trust_entry *e = &t->entries[i];
		may |= may_sign(e, EXAMPLE_STATUS, TYP_STATUS_LIST, l->iat_unix_s) && has(e->uri, e->uri_n, l->uri, true);
	}
	return may && !is_compromised(t, EXAMPLE_STATUS);
}

/* Some status list that counts at `now` gives the credential a 0. */
static bool
says_good(const struct trust_list *t, const struct credential *c, struct bytes payload, int64_t now)
{
	static uint8_t raw_mem[RAW_MAX], scratch[STATUS_LIST_SCRATCH];
	struct buf raw = BUF_OF(raw_mem);
	struct status_list l;
	uint8_t value = 1;
	if (status_list_decode(payload, &l) != OK || !bytes_eq(l.uri, c->status_uri) || !list_may(t, &l))
		return false;
	bool in_time = now >= l.iat_unix_s - CLOCK_TOLERANCE_S && (l.exp_unix_s == 0 || now < l.exp_unix_s) &&
	    (t->status_age_max_s == 0 || now - l.iat_unix_s <= t->status_age_max_s);
	bool new_enough = !l.has_binding || l.trust_issue_least <= t->issue;
	return in_time && new_enough && status_list_inflate(l.zipped, BUF_OF(scratch), &raw) == OK &&
	    status_get(buf_view(&raw), l.bits, c->status_idx, &value) == OK && value == 0;
}

static bool
may_be_valid(const struct parts *p, int64_t now)
{
	static struct trust_list t;
	struct credential c;
	must(trust_list_decode(p->trust, &t) == OK && credential_decode(example_golden("credential-payload"), &c) == OK);
	bool good = false;
	for (size_t i = 0; i < p->lists_n; i++)
		good |= says_good(&t, &c, p->lists[i], now);
	return good && issuer_may(&t, &c) && now >= t.iat_unix_s - CLOCK_TOLERANCE_S && now < t.exp_unix_s;
}

static void
check_taken(const struct yp_verifier *v, const struct parts *p)
{
	static struct yp_answer a;
	static const int64_t times[] = { EXAMPLE_NOW, EXAMPLE_NOW - 400, EXAMPLE_NOW + 86400, EXAMPLE_NOW + 30ll * 86400 };
	struct bytes token = example_token(EXAMPLE_INTL);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		must(yp_judge(v, token.ptr, token.len, times[i], &a) == YP_OK);
		answer_check(&a);
		must(a.verdict != YP_VALID || may_be_valid(p, times[i]));
	}
}

/* What the verifier remembers of it can be kept, and put back after a restart. */
static void
check_memory(struct yp_verifier *v)
{
	static uint8_t kept[YP_MEMORY_MAX];
	size_t len = 0;
	must(yp_get_memory(v, kept, sizeof(kept), &len) == YP_OK);
	must(yp_put_memory(v, kept, len, NULL) == YP_OK);
}

/* The golden bundle is newer than what was just taken, or it is refused as older. */
static void
check_rollback(struct yp_verifier *v)
{
	static char sentence[YP_SENTENCE_MAX];
	const struct buf *good = both_bundles();
	enum yp_status st = yp_load_bundle(v, good->ptr, good->len, EXAMPLE_NOW, sentence);
	must(st == YP_OK || st == YP_ERR_CONFLICT);
	must(is_sentence(sentence, sizeof(sentence)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct yp_verifier *v;
	static char sentence[YP_SENTENCE_MAX];
	static uint8_t mem[8 * INPUT_MAX];
	struct buf bundle = BUF_OF(mem);
	struct parts p;
	if (v == NULL) {
		v = example_verifier();
		load_good(v);
	}
	if (size > INPUT_MAX || !parts_read((struct bytes){ data, size }, &p))
		return -1;
	bundle_make(&p, &bundle);
	forget(v);
	enum yp_status st = yp_load_bundle(v, bundle.ptr, bundle.len, EXAMPLE_NOW, sentence);
	must(is_sentence(sentence, sizeof(sentence)) && (st == YP_OK) == (sentence[0] == '\0'));
	must(st != YP_ERR_CRYPTO && st != YP_ERR_ARGUMENT && st != YP_ERR_SYSTEM);
	if (st == YP_OK) {
		check_taken(v, &p);
		check_memory(v);
		check_rollback(v);
		load_good(v);
	} else
		still_valid(v);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
