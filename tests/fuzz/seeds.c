/* Writes seeds for the targets into DIR/<target>/: the golden vectors, the example keys, and objects made here that use what the
 * golden ones do not; and what stands in the files named, made by the real programs.  Those called edge-... stay in the kept corpus
 * whatever they reach.
 * Usage, from the top of the tree: seeds DIR [FILE...] (seeds.sh does it). */
#include "base/file.h"
#include "base/limits.h"
#include "crypto/bundle.h"
#include "crypto/cbor.h"
#include "crypto/credential.h"
#include "crypto/presentation.h"
#include "crypto/qrtext.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seeds.h"

enum { OBJECT_MAX = 32 << 10, PATH_LEN_MAX = 4096, LIST_RAW = (2 << 18) / 8, LIST_VOID_BYTE = 19, LIST_VOID = 0x24 };

static const char *seeds_dir;

void
seed_put(const char *target, const char *name, struct bytes b)
{
	char dir[PATH_LEN_MAX], path[PATH_LEN_MAX];
	struct err err = { 0 };
	enum status st = path_join(seeds_dir, target, dir, sizeof(dir), &err);
	if (st == OK)
		st = dir_make(dir, 0755, &err);
	if (st == OK)
		st = path_join(dir, name, path, sizeof(path), &err);
	if (st == OK)
		st = file_save(path, b, 0644, &err);
	if (st != OK) {
		(void)fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

/* ---- claims ---- */

static struct credential
golden_credential(void)
{
	struct credential c;
	must(credential_decode(example_golden("credential-payload"), &c) == OK);
	return c;
}

static void
put_judged(const char *name, struct bytes payload, uint64_t now)
{
	static uint8_t mem[TOKEN_LEN_MAX + 32];
	struct bytes seq;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_uint(&w, now);
	cbor_write_bytes(&w, payload);
	must(cbor_write_finish(&w, &seq) == OK);
	seed_put("judge_signed", name, seq);
}

static void
put_claims(const char *name, const struct credential *c, uint64_t now)
{
	static uint8_t mem[TOKEN_LEN_MAX], token_mem[TOKEN_LEN_MAX];
	struct bytes payload;
	struct buf token = BUF_OF(token_mem);
	must(credential_encode(c, BUF_OF(mem), &payload) == OK);
	seed_put("credential", name, payload);
	seed_put("cbor", name, payload);
	put_judged(name, payload, now);
	example_sign(EXAMPLE_INTL, EXAMPLE_ISSUER, TYP_CREDENTIAL, payload, &token);
	seed_put("cose", name, buf_view(&token));
}

/* At the last second of each term and at the first past it. */
static void
put_boundaries(const struct credential *c)
{
	static struct trust_list t;
	struct status_list l;
	must(trust_list_decode(example_golden("trust-list-payload"), &t) == OK);
	must(status_list_decode(example_golden("status-list-payload"), &l) == OK);
	const int64_t firsts[] = { t.exp_unix_s, l.exp_unix_s, c->exp_unix_s, t.iat_unix_s - CLOCK_TOLERANCE_S,
		l.iat_unix_s - CLOCK_TOLERANCE_S, c->iat_unix_s - CLOCK_TOLERANCE_S };
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		for (int64_t before = 0; before <= 1; before++) {
			char name[48];
			(void)snprintf(name, sizeof(name), "edge-%zu-%d", i, (int)before);
			put_judged(name, example_golden("credential-payload"), (uint64_t)(firsts[i] - before));
		}
	}
}

static void
put_credentials(void)
{
	struct credential c = golden_credential();
	put_claims("golden", &c, EXAMPLE_NOW);
	put_boundaries(&c);
	put_claims("before-trust", &c, EXAMPLE_NOW - 10000000);
	put_claims("list-expired", &c, EXAMPLE_NOW + 30ll * 86400);
	c.status_idx = 77;
	put_claims("void", &c, EXAMPLE_NOW);
	c.status_idx = 78;
	put_claims("suspended", &c, EXAMPLE_NOW);
	c.status_idx = 1 << 18;
	put_claims("past-list", &c, EXAMPLE_NOW);
	c.status_idx = 0;
	c.nbf_unix_s = c.iat_unix_s + 86400;
	put_claims("not-yet", &c, EXAMPLE_NOW);
	c.exp_unix_s = c.iat_unix_s + 60;
	put_claims("expired", &c, EXAMPLE_NOW);
	c = golden_credential();
	c.jurisdiction = 3801;
	put_claims("elsewhere", &c, EXAMPLE_NOW);
	c = golden_credential();
	c.has_cnf = true;
	memset(c.cnf_point, 3, sizeof(c.cnf_point));
	c.policy = POLICY_LIVE;
	c.portrait_digest = (struct bytes){ c.cnf_point, PORTRAIT_DIGEST_LEN };
	c.entrusting_name = c.body_name;
	c.fields_n = FIELDS_MAX;
	for (uint8_t i = 0; i < FIELDS_MAX; i++)
		c.fields[i] = (uint8_t)(2 * i + 1);
	put_claims("everything", &c, EXAMPLE_NOW);
	c = golden_credential();
	c.kind = KIND_BODY;
	c.body_name = c.body_uscc = c.post = (struct bytes){ NULL, 0 };
	c.fields_n = 0;
	put_claims("body", &c, EXAMPLE_NOW);
}

/* ---- live codes ---- */

static void
put_live(const char *name, uint64_t asks, uint64_t now, struct presentation p)
{
	static uint8_t mem[2 * TOKEN_LEN_MAX], seq_mem[2 * TOKEN_LEN_MAX + 32];
	struct bytes payload, seq;
	must(presentation_encode(&p, BUF_OF(mem), &payload) == OK);
	seed_put("presentation", name, payload);
	struct cbor_writer w = cbor_writer(BUF_OF(seq_mem));
	cbor_write_uint(&w, asks);
	cbor_write_uint(&w, now);
	cbor_write_bytes(&w, payload);
	must(cbor_write_finish(&w, &seq) == OK);
	seed_put("judge_live", name, seq);
}

static void
put_presentations(void)
{
	struct presentation p = { .iat_unix_s = EXAMPLE_NOW, .exp_unix_s = EXAMPLE_NOW + 60, .id = BYTES_LIT("livecode"),
		.credential = example_live_payload() };
	put_live("live", 0, EXAMPLE_NOW, p);
	put_live("asked", 1, EXAMPLE_NOW + 59, p);
	put_live("stale", 0, EXAMPLE_NOW + 61, p);
	put_live("skewed", 0, EXAMPLE_NOW - 61, p);
	put_live("edge-skew", 0, EXAMPLE_NOW - 60, p);
	put_live("edge-last-second", 0, EXAMPLE_NOW + 59, p);
	put_live("edge-ended", 0, EXAMPLE_NOW + 60, p);
	put_live("no-challenge", 2, EXAMPLE_NOW, p);
	put_live("other-device", 8, EXAMPLE_NOW, p);
	p.exp_unix_s = EXAMPLE_NOW + PRESENTATION_LIFETIME_MAX_S;
	put_live("edge-window", 0, EXAMPLE_NOW + 60, p);
	p.nonce = BYTES_LIT("challenge");
	p.audience = BYTES_LIT("https://gate.example");
	put_live("challenged", 6, EXAMPLE_NOW, p);
	p.credential = example_golden("credential-payload");
	put_live("no-cnf", 0, EXAMPLE_NOW, p);
	seed_put("judge", "live", example_presentation());
	seed_put("cose", "live", example_presentation());
	seed_put("presentation", "token", example_presentation());
}

/* ---- memories ---- */

static void
put_memories(void)
{
	static uint8_t mem[YP_MEMORY_MAX];
	static _Alignas(16) uint8_t replay_mem[4096];
	size_t len = 0, replay_len = yp_replay_len(4);
	static struct yp_verifier *v;
	struct yp_replay *r = NULL;
	struct yp_question q = { .now_unix_s = EXAMPLE_NOW };
	static struct yp_answer a;
	v = example_verifier();
	must(yp_get_memory(v, mem, sizeof(mem), &len) == YP_OK);
	seed_put("memory", "nothing", (struct bytes){ mem, len });
	load_good(v);
	must(yp_get_memory(v, mem, sizeof(mem), &len) == YP_OK);
	seed_put("memory", "both", (struct bytes){ mem, len });
	must(replay_len <= sizeof(replay_mem) && yp_replay_open(replay_mem, replay_len, true, &r) == YP_OK);
	seed_put("replay", "fresh", (struct bytes){ replay_mem, replay_len });
	q.replay = r;
	must(yp_judge_asked(v, example_presentation().ptr, example_presentation().len, &q, &a) == YP_OK && a.verdict == YP_VALID);
	seed_put("replay", "used", (struct bytes){ replay_mem, replay_len });
}

/* ---- lists ---- */

static void
put_lists(const char *name, const struct trust_list *t, const struct status_list *l)
{
	static uint8_t trust_mem[OBJECT_MAX], list_mem[OBJECT_MAX], seq_mem[2 * OBJECT_MAX];
	struct bytes trust, list, seq;
	must(trust_list_encode(t, BUF_OF(trust_mem), &trust) == OK && status_list_encode(l, BUF_OF(list_mem), &list) == OK);
	bool is_edge = strncmp(name, "edge-", 5) == 0; /* of judging, not of reading */
	seed_put("trust_list", is_edge ? name + 5 : name, trust);
	seed_put("status_list", is_edge ? name + 5 : name, list);
	struct cbor_writer w = cbor_writer(BUF_OF(seq_mem));
	cbor_write_bytes(&w, trust);
	cbor_write_bytes(&w, list);
	must(cbor_write_finish(&w, &seq) == OK);
	seed_put("load_signed", name, seq);
}

/* Each takes one thing from the golden certificate, or the golden list, that it needs. */
static void
put_refusals(const struct trust_list *golden, const struct status_list *l)
{
	static struct trust_list t;
	struct trust_entry *issuer = &t.entries[0], *status = &t.entries[1];
	struct status_list later = *l;
	t = *golden;
	status->uri[0] = BYTES_LIT("https://w.example.cn/s/");
	put_lists("edge-other-address", &t, l);
	t = *golden;
	issuer->iss[0] = BYTES_LIT("38");
	put_lists("edge-other-iss", &t, l);
	t = *golden;
	issuer->kinds = 1u << KIND_MODERATOR;
	put_lists("edge-other-kind", &t, l);
	t = *golden;
	issuer->state = KEY_RETIRED;
	put_lists("edge-issuer-retired", &t, l);
	t = *golden;
	status->state = KEY_RETIRED;
	put_lists("edge-status-retired", &t, l);
	later.trust_issue_least = golden->issue + 1;
	put_lists("edge-newer-wanted", golden, &later);
}

static void
put_trust_and_status(void)
{
	static struct trust_list t;
	static uint8_t raw[LIST_RAW], zipped[OBJECT_MAX];
	struct status_list l;
	must(trust_list_decode(example_golden("trust-list-payload"), &t) == OK);
	must(status_list_decode(example_golden("status-list-payload"), &l) == OK);
	put_lists("golden", &t, &l);
	put_refusals(&t, &l);
	struct status_list bare = { .uri = l.uri, .iat_unix_s = l.iat_unix_s, .bits = 1 };
	struct buf z = BUF_OF(zipped);
	raw[LIST_VOID_BYTE] = LIST_VOID;
	must(status_list_deflate((struct bytes){ raw, sizeof(raw) / 2 }, &z) == OK);
	bare.zipped = buf_view(&z);
	t.window_s = 30;
	t.status_age_max_s = 86400;
	put_lists("policy-bare", &t, &bare);
	t.entries[t.entries_n] = t.entries[0];
	t.entries[t.entries_n].state = KEY_RETIRED;
	t.entries[t.entries_n].kinds = 1u << KIND_BODY | 1u << KIND_ENFORCEMENT;
	t.entries[t.entries_n++].typs |= 1u << TYP_RECEIPT;
	put_lists("retired", &t, &l);
	t.entries[t.entries_n - 1].state = KEY_COMPROMISED;
	t.entries[1].uri[1] = BYTES_LIT("https://w.example.cn/s/");
	t.entries[1].uri_n = 2;
	put_lists("compromised", &t, &l);
}

/* One trust list and three status lists: of one instant, of an older one, and of another address. */
static void
put_several(void)
{
	static uint8_t mem[3][OBJECT_MAX], seq_mem[4 * OBJECT_MAX];
	struct status_list l;
	struct bytes list, seq;
	must(status_list_decode(example_golden("status-list-payload"), &l) == OK);
	struct cbor_writer w = cbor_writer(BUF_OF(seq_mem));
	cbor_write_bytes(&w, example_golden("trust-list-payload"));
	for (size_t i = 0; i < 3; i++) {
		l.iat_unix_s -= i == 1 ? 100 : 0;
		l.uri = i == 2 ? BYTES_LIT("https://v.example.cn/s/1") : l.uri;
		must(status_list_encode(&l, BUF_OF(mem[i]), &list) == OK);
		cbor_write_bytes(&w, list);
	}
	must(cbor_write_finish(&w, &seq) == OK);
	seed_put("load_signed", "several", seq);
}

/* Streams of every kind, each behind the two bytes of its room. */
static void
put_streams(void)
{
	static uint8_t raw[LIST_RAW], mem[OBJECT_MAX];
	static const struct { const char *name; size_t len, room; } streams[] = { { "one", 1, 1 }, { "tight", 4096, 4096 },
		{ "too-long", 4096, 4095 }, { "zeros", 65535, 65535 }, { "bomb", LIST_RAW, 65535 }, { "nothing", 0, 16 } };
	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = i % 97 == 0 ? (uint8_t)(i * i >> 3) : 0;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		struct buf z = { mem, sizeof(mem), 2 };
		mem[0] = (uint8_t)(streams[i].room >> 8);
		mem[1] = (uint8_t)streams[i].room;
		must(status_list_deflate((struct bytes){ raw, streams[i].len }, &z) == OK);
		seed_put("inflate", streams[i].name, buf_view(&z));
	}
}

/* ---- keys and certificates ---- */

static void
put_spki(const char *name, struct bytes der)
{
	/* the last SubjectPublicKeyInfo's worth of the certificate: found by its algorithm's first bytes */
	static const uint8_t ec[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48 };
	for (size_t i = 0; i + 91 <= der.len; i++)
		if (memcmp(der.ptr + i, ec, sizeof(ec)) == 0)
			seed_put("key", name, (struct bytes){ der.ptr + i, 91 });
}

static void
put_keys(void)
{
	static uint8_t mem[OBJECT_MAX];
	static const uint8_t ed25519[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, 0xd7, 0x5a, 0x98, 0x01,
		0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
		0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a }; /* RFC 8032 7.1, test 1 */
	seed_put("key", "ed25519", (struct bytes){ ed25519, sizeof(ed25519) });
	for (int p = 0; p < EXAMPLE_PROFILES; p++) {
		for (int r = 0; r < EXAMPLE_ROLES; r++) {
			char name[48];
			struct bytes der = example_der((enum example_profile)p, (enum example_role)r);
			struct buf pem = BUF_OF(mem);
			(void)snprintf(name, sizeof(name), "example-%d-%d", p, r);
			seed_put("certificate", name, der);
			put_spki(name, der);
			must(certificate_to_pem(der, &pem) == OK);
			(void)snprintf(name, sizeof(name), "example-pem-%d-%d", p, r);
			seed_put("certificate", name, buf_view(&pem));
		}
	}
}

/* ---- golden tokens and bundles ---- */

static void
put_envelope(const char *name, struct bytes header, struct bytes unprotected)
{
	static uint8_t mem[TOKEN_LEN_MAX];
	struct cose c;
	struct bytes enc;
	must(cose_decode(example_token(EXAMPLE_INTL), COSE_OURS, &c) == OK);
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_tag(&w, 18);
	cbor_write_array(&w, 4);
	cbor_write_bytes(&w, header);
	cbor_write_raw(&w, unprotected);
	cbor_write_bytes(&w, c.payload);
	cbor_write_bytes(&w, c.signature);
	must(cbor_write_finish(&w, &enc) == OK);
	seed_put("cose", name, enc);
}

/* As others may make it, and we may not. */
static void
put_envelopes(void)
{
	static const uint8_t none[] = { 0xa0 }, other[] = { 0xa1, 0x18, 0x63, 0x00 }; /* {}, {99: 0} */
	uint8_t mem[64];
	struct cose c;
	struct bytes long_kid;
	must(cose_decode(example_token(EXAMPLE_INTL), COSE_OURS, &c) == OK);
	put_envelope("edge-unprotected", c.protected_header, (struct bytes){ other, sizeof(other) });
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_map(&w, 3);
	cbor_write_int(&w, 1);
	cbor_write_int(&w, c.alg);
	cbor_write_int(&w, 4);
	cbor_write_bytes(&w, BYTES_LIT("nine long"));
	cbor_write_int(&w, 16);
	cbor_write_text(&w, c.typ_seen);
	must(cbor_write_finish(&w, &long_kid) == OK);
	put_envelope("edge-kid", long_kid, (struct bytes){ none, sizeof(none) });
}

static void
put_golden(void)
{
	static uint8_t mem[QR_TEXT_LEN_MAX];
	static const char *const payloads[] = { "credential-payload", "status-list-payload", "trust-list-payload", "event", "settings",
		"body-entered", "holder-record" };
	static const char *const tokens[] = { "credential-token-es256", "credential-token-sm2", "status-list-token", "trust-list-token" };
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
		seed_put("cbor", payloads[i], example_golden(payloads[i]));
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		struct buf text = BUF_OF(mem);
		struct bytes token = example_golden(tokens[i]);
		seed_put("cose", tokens[i], token);
		seed_put("judge", tokens[i], token);
		seed_put("signature", tokens[i], (struct bytes){ token.ptr + token.len - SIGNATURE_LEN, SIGNATURE_LEN });
		if (qr_text_encode(BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/"), token, &text) != OK)
			continue;
		seed_put("qr_text", tokens[i], buf_view(&text));
		seed_put("judge", i == 0 ? "text" : tokens[i], i == 0 ? buf_view(&text) : token);
	}
	seed_put("qr_text", "prefix", BYTES_LIT("HTTP://V.EXAMPLE.CN/V/"));
	seed_put("qr_text", "short", BYTES_LIT(" x/v/2kcfqjva \n"));
	seed_put("qr_text", "raw", BYTES_LIT("\xd2\x84"));
	for (int p = 0; p < EXAMPLE_PROFILES; p++) {
		seed_put("bundle", p == 0 ? "intl" : "gm", example_bundle((enum example_profile)p));
		seed_put("load", p == 0 ? "intl" : "gm", example_bundle((enum example_profile)p));
	}
	seed_put("bundle", "both", buf_view(both_bundles()));
	seed_put("load", "both", buf_view(both_bundles()));
	seed_put("text", "escaped", BYTES_LIT("\xe5\xbc\xa0\xe4\xb8\x89 \x01\xe2\x80\xae\xff 0123456789abcdef"));
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	if (argc < 2) {
		(void)fprintf(stderr, "usage: %s DIR [FILE...], from the top of the tree\n", argv[0]);
		return 2;
	}
	seeds_dir = argv[1];
	if (dir_make(seeds_dir, 0755, &err) != OK) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	put_golden();
	put_envelopes();
	put_credentials();
	put_presentations();
	put_memories();
	put_trust_and_status();
	put_several();
	put_streams();
	put_keys();
	for (int i = 2; i < argc; i++)
		seed_put_file(argv[i]);
	return 0;
}
