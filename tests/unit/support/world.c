#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/world.h"

#include <stdlib.h>

#include "crypto/bundle.h"
#include "crypto/cose_sign.h"
#include "crypto/certify.h"
#include "crypto/credential.h"
#include "crypto/portraitpack.h"
#include "crypto/qrtext.h"

enum { YEAR_S = 31557600, MADE_MAX = 64 << 10 };

static const char *const names[BY_SIGNERS] = { "Invented issuer 1", "Invented stranger", "Invented status 1", "Invented root",
	"Another root", "Another root's issuer", "Another root's status" };
static const char *const uris[] = { "https://v.example.cn/s/1", "https://v.example.cn/s/2", "https://other.example/s/1" };
static const char *const isses[] = { "37", "3701", "38" };

const struct bytes world_portrait = { (const uint8_t *)"an invented portrait", 20 };

struct plan
plan_good(void)
{
	return (struct plan){
		.kind = KIND_ENFORCEMENT, .jurisdiction = 370102, .nbf = WORLD_NONE, .exp = 5LL * YEAR_S, .idx = 1000,
		.now = 3600, .shown_iat = 3590, .shown_exp = 3890, .trust_window = 60, .trust_iat = -86400, .trust_exp = 400LL * 86400, .trust_issue = 7,
		.issuer_state = KEY_ACTIVE, .issuer_since = -86400, .issuer_from = -86400, .issuer_to = 12LL * YEAR_S,
		.list_signer = BY_STATUS, .list_iat = 3500, .list_exp = 3500 + 7 * 86400, .list_ttl = 900, .list_bits = 2,
		.list_least = 7, .list_size_log2 = 12, .older_list_value = WORLD_NONE,
		.status_state = KEY_ACTIVE, .status_since = -86400, .status_from = -86400, .status_to = 12LL * YEAR_S,
		.other_state = KEY_ACTIVE, .other_exp = 400LL * 86400, .other_list_value = WORLD_NONE,
	};
}

void
world_certify(struct world *w, enum world_signer who, enum world_signer by, int64_t from, int64_t to)
{
	struct identity *i = &w->by[who];
	struct buf out = { i->der, sizeof(i->der), 0 };
	bool is_root = who == by;
	struct certificate_request rq = { .common_name = bytes_str(names[who]), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = WORLD_T0 + from, .not_after_unix_s = WORLD_T0 + to, .is_ca = is_root };
	struct err err = { 0 };
	if (i->key == NULL)
		assert_int_equal(private_key_generate(w->type, &i->key), OK);
	enum status st = certify(&rq, i->key, w->by[by].key, is_root ? (struct bytes){ 0 } : world_root(w, by), &out, &err);
	if (st != OK)
		fail_msg("certify: %s", err.text);
	i->der_len = out.len;
	signer_close(i->signer);
	i->signer = NULL;
	assert_int_equal(signer_from_key(i->key, buf_view(&out), &i->signer, &err), OK);
}

struct bytes
world_root(const struct world *w, enum world_signer root)
{
	return (struct bytes){ w->by[root].der, w->by[root].der_len };
}

void
world_open(struct world *w, enum key_type type)
{
	*w = (struct world){ .type = type };
	world_certify(w, BY_ROOT, BY_ROOT, -YEAR_S, 30LL * YEAR_S);
	world_certify(w, BY_OTHER_ROOT, BY_OTHER_ROOT, -YEAR_S, 30LL * YEAR_S);
	world_certify(w, BY_STRANGER, BY_ROOT, -86400, 12LL * YEAR_S);
	world_devices_open(w);
	w->bundle = (struct buf){ malloc(4 * MADE_MAX), 4 * MADE_MAX, 0 };
	w->token = (struct buf){ malloc(MADE_MAX), MADE_MAX, 0 };
	w->text = (struct buf){ malloc(MADE_MAX), MADE_MAX, 0 };
	assert_non_null(w->bundle.ptr);
	assert_non_null(w->token.ptr);
	assert_non_null(w->text.ptr);
}

void
world_close(struct world *w)
{
	for (size_t i = 0; i < BY_SIGNERS; i++) {
		private_key_free(w->by[i].key);
		signer_close(w->by[i].signer);
	}
	private_key_free(w->device.key);
	private_key_free(w->other_device.key);
	signer_close(w->device.signer);
	signer_close(w->other_device.signer);
	free(w->replay);
	free(w->bundle.ptr);
	free(w->token.ptr);
	free(w->text.ptr);
	free(w->workspace);
}

struct bytes
world_sign(struct world *w, enum world_signer by, enum typ typ, struct bytes payload, struct buf *out)
{
	uint8_t *scratch = malloc(MADE_MAX);
	struct bytes enc;
	assert_non_null(scratch);
	struct buf rest = { out->ptr + out->len, out->cap - out->len, 0 };
	assert_int_equal(cose_sign(w->by[by].signer, typ, payload, (struct buf){ scratch, MADE_MAX, 0 }, rest, &enc), OK);
	free(scratch);
	out->len += enc.len;
	return enc;
}

static int64_t
instant(int64_t offset)
{
	return offset == WORLD_NONE ? 0 : WORLD_T0 + offset;
}

static void
add_entry(struct trust_list *t, const struct identity *who, uint32_t typs, int64_t state, int64_t since)
{
	struct trust_entry *e = &t->entries[t->entries_n++];
	*e = (struct trust_entry){ .certificate_der = { who->der, who->der_len }, .typs = typs, .since_unix_s = instant(since) };
	e->state = (enum key_state)state;
}

static void
add_issuer(struct world *w, const struct plan *p, struct trust_list *t)
{
	uint32_t typ = p->issuer_typ == 0 ? 1u << TYP_CREDENTIAL : 1u << TYP_RECEIPT;
	add_entry(t, &w->by[BY_ISSUER], typ, p->issuer_state, p->issuer_since);
	struct trust_entry *e = &t->entries[t->entries_n - 1];
	e->kinds = (uint32_t)p->issuer_kinds;
	e->iss_n = 1;
	e->iss[0] = bytes_str(isses[p->issuer_iss]);
}

static void
add_issuers(struct world *w, const struct plan *p, struct trust_list *t)
{
	if (p->issuer_twice != ONCE) {
		add_issuer(w, p, t);
		struct trust_entry *first = &t->entries[t->entries_n - 1];
		if (p->issuer_twice == TWICE_COMPROMISED_FIRST)
			first->state = KEY_COMPROMISED;
		else
			first->kinds = 1u << KIND_MODERATOR;
	}
	add_issuer(w, p, t);
	if (p->issuer_twice == TWICE_BOTH_REFUSED)
		t->entries[t->entries_n - 1].kinds = 1u << KIND_SUPERVISION;
}

struct bytes
world_trust_list(struct world *w, const struct plan *p, struct buf *out)
{
	struct trust_list *t = calloc(1, sizeof(*t));
	uint8_t *mem = malloc(MADE_MAX);
	struct bytes payload;
	assert_non_null(t);
	assert_non_null(mem);
	world_certify(w, BY_ISSUER, BY_ROOT, p->issuer_from, p->issuer_to);
	world_certify(w, BY_STATUS, BY_ROOT, p->status_from, p->status_to);
	*t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = instant(p->trust_iat), .exp_unix_s = instant(p->trust_exp),
		.issue = (uint64_t)p->trust_issue, .window_s = p->trust_window, .status_age_max_s = p->trust_age_max };
	add_issuers(w, p, t);
	add_entry(t, &w->by[BY_STATUS], p->status_typ == 0 ? 1u << TYP_STATUS_LIST : 1u << TYP_RECEIPT, p->status_state,
	    p->status_since);
	t->entries[t->entries_n - 1].uri_n = 1;
	t->entries[t->entries_n - 1].uri[0] = p->status_uri == 0 ? BYTES_LIT("https://v.example.cn/s/") :
	    BYTES_LIT("https://w.example.cn/s/");
	assert_int_equal(trust_list_encode(t, (struct buf){ mem, MADE_MAX, 0 }, &payload), OK);
	struct bytes enc = world_sign(w, BY_ROOT, TYP_TRUST_LIST, payload, out);
	free(t);
	free(mem);
	return enc;
}

static struct bytes
list_made(struct world *w, const struct plan *p, int64_t value, int64_t iat, struct buf *out)
{
	static uint8_t raw[1 << 20], zipped[MADE_MAX], mem[MADE_MAX];
	struct buf room = { raw, ((size_t)p->list_bits << p->list_size_log2) / 8, 0 }, z = BUF_OF(zipped);
	struct bytes payload;
	memset(raw, 0, sizeof(raw));
	if ((uint64_t)p->idx >> p->list_size_log2 == 0)
		status_set(room, (uint8_t)p->list_bits, (uint32_t)p->idx, (uint8_t)value);
	assert_int_equal(status_list_deflate((struct bytes){ raw, room.cap }, &z), OK);
	struct status_list l = { .uri = bytes_str(uris[p->list_uri]), .iat_unix_s = instant(iat),
		.exp_unix_s = instant(p->list_exp), .ttl_s = p->list_ttl, .bits = (uint8_t)p->list_bits, .zipped = buf_view(&z),
		.has_binding = p->list_least != 0, .trust_issue_least = (uint64_t)p->list_least };
	assert_int_equal(status_list_encode(&l, BUF_OF(mem), &payload), OK);
	return world_sign(w, (enum world_signer)p->list_signer, TYP_STATUS_LIST, payload, out);
}

struct bytes
world_status_list(struct world *w, const struct plan *p, struct buf *out)
{
	struct bytes enc = list_made(w, p, p->list_value, p->list_iat, out);
	if (p->list_forge != 0)
		out->ptr[out->len - 10] ^= 1;
	return enc;
}

void
world_bundle(struct world *w, const struct bytes *parts, size_t n)
{
	w->bundle.len = 0;
	assert_int_equal(bundle_start(&w->bundle), OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(bundle_append(&w->bundle, parts[i]), OK);
}

/* Put `with` in place of len bytes at the first place where `find` stands; asserts that it does. */
static void
patch(struct buf *b, struct bytes find, size_t skip, size_t len, struct bytes with)
{
	for (size_t i = 0; i + find.len <= b->len; i++) {
		if (memcmp(b->ptr + i, find.ptr, find.len) != 0)
			continue;
		uint8_t *at = b->ptr + i + skip;
		memmove(at + with.len, at + len, b->len - i - skip - len);
		memcpy(at, with.ptr, with.len);
		b->len += with.len - len;
		return;
	}
	fail_msg("nothing to patch");
}

static void
patch_payload(struct buf *b, enum world_patch how)
{
	static const uint8_t map[] = { 0x3a, 0x00, 0x01, 0x00, 0x00 }, status[] = { 0x19, 0xff, 0xff };
	static const uint8_t nine[] = { 9 }, claim[] = { 0x0a, 0x41, 0x00 }, key[] = { 0x18, 0x63, 0x01 };
	struct bytes at_map = { map, sizeof(map) }, at_status = { status, sizeof(status) };
	if (how == PATCH_VERSION) /* map head, key 0, version */
		patch(b, at_map, sizeof(map) + 2, 1, (struct bytes){ nine, 1 });
	else if (how == PATCH_KIND) /* map head, key 0, version, key 1, kind */
		patch(b, at_map, sizeof(map) + 4, 1, (struct bytes){ nine, 1 });
	else if (how == PATCH_CLAIM) { /* claim 10 before claim 65535 */
		b->ptr[0]++;
		patch(b, at_status, 0, 0, (struct bytes){ claim, sizeof(claim) });
	} else if (how == PATCH_KEY) { /* key 99 after the last key, at the end */
		patch(b, at_map, sizeof(map), 1, (struct bytes){ (const uint8_t[]){ (uint8_t)(0xa0 + 8) }, 1 });
		memcpy(b->ptr + b->len, key, sizeof(key));
		b->len += sizeof(key);
	} else if (how == PATCH_ORDER) { /* the first two claims, iss "37" and sub, change places */
		uint8_t iss[4];
		memcpy(iss, b->ptr + 1, 4);
		size_t sub_len = (size_t)(b->ptr[6] & 0x1f) + 2;
		memmove(b->ptr + 1, b->ptr + 5, sub_len);
		memcpy(b->ptr + 1 + sub_len, iss, 4);
	}
}

static void
forge(struct world *w, const struct plan *p)
{
	static const uint8_t es256[] = { 0xa3, 0x01, 0x26 };
	if (p->forge == SIGNATURE_BIT)
		w->token.ptr[w->token.len - 20] ^= 4;
	else if (p->forge == PAYLOAD_BIT) /* a letter of the certificate number */
		patch(&w->token, BYTES_LIT("15123456789"), 0, 1, BYTES_LIT("2"));
	else if (p->forge == OTHER_ALG) /* EdDSA claimed for an ECDSA signature */
		patch(&w->token, (struct bytes){ es256, 3 }, 2, 1, (struct bytes){ (const uint8_t[]){ 0x27 }, 1 });
	else if (p->forge == SIGNATURE_ZERO)
		memset(w->token.ptr + w->token.len - SIGNATURE_LEN, 0, SIGNATURE_LEN);
}

static void
make_token(struct world *w, const struct plan *p)
{
	uint8_t mem[TOKEN_LEN_MAX], portrait[PORTRAIT_DIGEST_LEN];
	struct bytes payload;
	struct signer *signer = w->by[p->signer].signer;
	assert_int_equal(portrait_digest(world_portrait, portrait), OK);
	struct credential c = { .iss = bytes_str(isses[p->iss]), .sub = BYTES_LIT("15123456789"), .iat_unix_s = instant(p->iat),
		.exp_unix_s = instant(p->exp), .status_uri = bytes_str(uris[p->uri]), .status_idx = (uint32_t)p->idx,
		.name = BYTES_LIT("\xe8\xaf\xb8\xe8\x91\x9b\xe6\x98\x8e"), .body_name = BYTES_LIT("Invented Market Bureau"),
		.body_uscc = BYTES_LIT("11370800MB28559184"), .fields_n = 2, .fields = { 1, 6 },
		.jurisdiction = (uint32_t)p->jurisdiction, .policy = (uint8_t)p->policy,
		.portrait_digest = { portrait, p->portrait != 0 ? sizeof(portrait) : 0 } };
	c.has_cnf = p->device != DEVICE_NONE && (p->policy != 0 || p->shown != 0);
	world_device_point(w, c.cnf_point);
	if (p->device == DEVICE_OFF_CURVE)
		memset(c.cnf_point + 1, 0xff, sizeof(c.cnf_point) - 1); /* x is not below p */
	c.kind = (enum credential_kind)p->kind;
	c.nbf_unix_s = p->nbf == WORLD_NONE ? c.iat_unix_s : instant(p->nbf);
	assert_int_equal(credential_encode(&c, BUF_OF(mem), &payload), OK);
	struct buf patched = { mem, sizeof(mem), payload.len };
	patch_payload(&patched, (enum world_patch)p->patch);
	if (p->forge == OTHER_KEY) { /* the issuer's kid over a stranger's signature */
		signer = w->by[BY_STRANGER].signer;
		memcpy(signer->kid, w->by[BY_ISSUER].signer->kid, KID_LEN);
	}
	uint8_t scratch[TOKEN_LEN_MAX + 64];
	w->token.len = 0;
	struct bytes enc;
	static const enum typ others[] = { TYP_CREDENTIAL, TYP_STATUS_LIST, TYP_PRESENTATION, TYP_RECEIPT, TYP_TRUST_LIST };
	assert_int_equal(cose_sign(signer, others[p->typ], buf_view(&patched), BUF_OF(scratch), w->token, &enc), OK);
	w->token.len = enc.len;
	forge(w, p);
	if (p->forge == OTHER_KEY)
		world_certify(w, BY_STRANGER, BY_ROOT, -86400, 12LL * YEAR_S);
}

static void
shape_token(struct buf *token, enum world_shape shape)
{
	if (shape == SHAPE_CUT)
		token->len -= 1;
	else if (shape == SHAPE_LONG)
		token->ptr[token->len++] = 0;
	else if (shape == SHAPE_UNTAGGED)
		memmove(token->ptr, token->ptr + 1, --token->len);
	else if (shape == SHAPE_JUNK)
		memset(token->ptr, 0xd2, token->len);
}

static void
make_text(struct world *w, enum world_shape shape)
{
	struct bytes prefix = shape == SHAPE_BARE ? BYTES_LIT("") : BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/");
	shape_token(&w->token, shape);
	w->text.len = 0;
	assert_int_equal(qr_text_encode(prefix, buf_view(&w->token), &w->text), OK);
	if (shape == SHAPE_EMPTY)
		w->text.len = prefix.len;
	else if (shape == SHAPE_PADDED)
		w->text.ptr[w->text.len++] = '=';
	else if (shape == SHAPE_SPACED)
		w->text.ptr[60] = ' ';
	else if (shape == SHAPE_OUTER_SPACE)
		w->text.ptr[w->text.len++] = '\n';
	for (size_t i = 0; shape == SHAPE_LOWER && i < w->text.len; i++)
		w->text.ptr[i] |= w->text.ptr[i] >= 'A' && w->text.ptr[i] <= 'Z' ? 0x20 : 0;
	if (shape == SHAPE_RAW) {
		memcpy(w->text.ptr, w->token.ptr, w->token.len);
		w->text.len = w->token.len;
	}
}

void
world_token(struct world *w, const struct plan *p)
{
	make_token(w, p);
	if (p->shown != 0)
		world_show_live(w, p);
	make_text(w, (enum world_shape)p->shape);
}

void
world_make(struct world *w, const struct plan *p)
{
	static uint8_t mem[4 * MADE_MAX];
	struct buf made = BUF_OF(mem);
	struct bytes parts[5];
	size_t n = 0;
	parts[n++] = world_trust_list(w, p, &made);
	if (p->other_root != OTHER_ABSENT)
		parts[n++] = world_other_trust_list(w, p, &made);
	if (!p->list_absent)
		parts[n++] = world_status_list(w, p, &made);
	if (p->older_list_value != WORLD_NONE)
		parts[n++] = list_made(w, p, p->older_list_value, p->list_iat - 1000, &made);
	if (p->other_list_value != WORLD_NONE) { /* the same list, signed once more for the other root */
		struct plan other = *p;
		other.list_signer = BY_OTHER_STATUS;
		parts[n++] = list_made(w, &other, p->other_list_value, p->list_iat, &made);
	}
	world_bundle(w, parts, n);
	world_token(w, p);
}

struct yp_verifier *
world_verifier(struct world *w)
{
	struct yp_verifier *v = NULL;
	struct bytes root = world_root(w, BY_ROOT);
	char sentence[YP_SENTENCE_MAX];
	size_t len = yp_workspace_len(4, 16, 8);
	free(w->workspace);
	w->workspace = malloc(len);
	assert_non_null(w->workspace);
	assert_int_equal(yp_open(w->workspace, len, &v), YP_OK);
	if (yp_pin_root(v, root.ptr, root.len, sentence) != YP_OK)
		fail_msg("pin: %s", sentence);
	return v;
}

enum yp_verdict
world_judge(struct world *w, const struct plan *p, struct yp_answer *a)
{
	char sentence[YP_SENTENCE_MAX];
	world_make(w, p);
	struct yp_verifier *v = world_verifier(w);
	struct bytes other = world_root(w, BY_OTHER_ROOT);
	if (p->other_root == OTHER_PINNED && yp_pin_root(v, other.ptr, other.len, sentence) != YP_OK)
		fail_msg("pin the other root: %s", sentence);
	if (yp_load_bundle(v, w->bundle.ptr, w->bundle.len, WORLD_T0, sentence) != YP_OK)
		fail_msg("load: %s", sentence);
	struct yp_question q = world_question(w, p);
	if (p->replay == REPLAY_SECOND_USE)
		assert_int_equal(yp_judge_asked(v, w->text.ptr, w->text.len, &q, a), YP_OK);
	assert_int_equal(yp_judge_asked(v, w->text.ptr, w->text.len, &q, a), YP_OK);
	yp_close(v);
	return a->verdict;
}
