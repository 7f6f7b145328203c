#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/fault/goods.h"

#include <openssl/pem.h>

#include "crypto/certificate.h"
#include "crypto/certify.h"
#include "crypto/credential.h"
#include "tests/unit/support/world.h"

static void
keep(struct piece *p, struct bytes b)
{
	assert_in_range(b.len, 1, sizeof(p->b));
	memcpy(p->b, b.ptr, b.len);
	p->len = b.len;
}

static struct buf
rest_of(struct piece *p)
{
	return (struct buf){ p->b + p->len, sizeof(p->b) - p->len, 0 };
}

static void
add_pem(struct piece *p, struct bytes der)
{
	struct buf b = rest_of(p);
	assert_int_equal(certificate_to_pem(der, &b), OK);
	p->len += b.len;
}

static void
add_key(struct piece *p, const struct private_key *k)
{
	struct buf b = rest_of(p);
	assert_int_equal(private_key_to_pem(k, &b), OK);
	p->len += b.len;
}

static void
keep_text(struct world *w, const struct plan *p, struct piece *text)
{
	world_token(w, p);
	keep(text, buf_view(&w->text));
}

static void
keep_public_key(struct piece *p, const struct private_key *k)
{
	uint8_t spki[256];
	struct buf der = BUF_OF(spki);
	assert_int_equal(private_key_spki(k, &der), OK);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	assert_true(PEM_write_bio(bio, PEM_STRING_PUBLIC, "", der.ptr, (long)der.len) > 0);
	long len = BIO_get_mem_data(bio, &text);
	keep(p, (struct bytes){ (const uint8_t *)text, (size_t)len });
	BIO_free(bio);
}

/* The BIT STRING stands at the end of a SubjectPublicKeyInfo. */
static void
keep_points(struct goods *g, const struct private_key *k)
{
	uint8_t spki[256];
	struct buf der = BUF_OF(spki);
	size_t len = g->type == KEY_ED25519 ? 32 : 65;
	assert_int_equal(private_key_spki(k, &der), OK);
	uint8_t *at = der.ptr + der.len - len;
	keep(&g->whole_point, (struct bytes){ at, len });
	at[0] = g->type == KEY_ED25519 ? at[0] : 2 | (at[len - 1] & 1); /* SEC1 2.3.3 */
	keep(&g->point, (struct bytes){ at, g->type == KEY_ED25519 ? 32 : 33 });
}

static void
keep_bundle(struct world *w, struct bytes trust_list, struct bytes status_list, struct piece *p)
{
	struct bytes parts[] = { trust_list, status_list };
	world_bundle(w, parts, 2);
	keep(p, buf_view(&w->bundle));
}

/* SubjectPublicKeyInfo of a curve's compressed point: the head of one with the whole point, but for two lengths. */
static struct bytes
spki_compressed(struct buf *spki)
{
	uint8_t *point = spki->ptr + spki->len - 65;
	spki->ptr[1] -= 32;     /* the SEQUENCE */
	point[-2] -= 32;        /* the BIT STRING */
	point[0] = 2 | (point[64] & 1); /* SEC1 2.3.3 */
	return (struct bytes){ spki->ptr, spki->len - 32 };
}

static void
keep_bundle_compromised(struct goods *g, struct world *w, struct buf *made)
{
	static struct trust_list t;
	static uint8_t payload_mem[16 << 10];
	uint8_t spki_mem[256], der_mem[CERTIFICATE_DER_LEN_MAX];
	struct buf spki = BUF_OF(spki_mem), der = BUF_OF(der_mem);
	struct bytes payload;
	struct certificate_request rq = { .common_name = BYTES_LIT("Invented issuer 1"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = GOODS_T0, .not_after_unix_s = GOODS_T0 + 86400 };
	assert_int_equal(private_key_spki(w->by[BY_ISSUER].key, &spki), OK);
	struct bytes key = g->type == KEY_ED25519 ? buf_view(&spki) : spki_compressed(&spki);
	assert_int_equal(certify_public(&rq, key, w->by[BY_ROOT].key, world_root(w, BY_ROOT), &der, NULL), OK);
	t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = GOODS_T0, .exp_unix_s = GOODS_T0 + 86400, .issue = 99,
		.window_s = 60, .entries_n = 2 };
	t.entries[0] = (struct trust_entry){ .certificate_der = buf_view(&der), .typs = 1u << TYP_CREDENTIAL, .state = KEY_COMPROMISED,
		.iss_n = 1, .iss = { BYTES_LIT("37") } };
	t.entries[1] = t.entries[0];
	t.entries[1].certificate_der = world_root(w, BY_ISSUER);
	t.entries[1].state = KEY_ACTIVE;
	assert_int_equal(trust_list_encode(&t, BUF_OF(payload_mem), &payload), OK);
	struct bytes list = world_sign(w, BY_ROOT, TYP_TRUST_LIST, payload, made);
	world_bundle(w, &list, 1);
	keep(&g->bundle_compromised, buf_view(&w->bundle));
}

void
goods_make(struct goods *g, enum key_type type)
{
	static uint8_t mem[32 << 10];
	struct buf made = BUF_OF(mem);
	struct world w;
	struct plan p = plan_good();
	memset(g, 0, sizeof(*g));
	g->type = type;
	world_open(&w, type);
	struct bytes trust_list = world_trust_list(&w, &p, &made);
	struct bytes good = world_status_list(&w, &p, &made);
	p.list_value = STATUS_INVALID;
	p.list_iat++;
	keep_bundle(&w, trust_list, good, &g->bundle);
	keep_bundle(&w, trust_list, world_status_list(&w, &p, &made), &g->bundle_void);
	keep_text(&w, &p, &g->text);
	p.forge = SIGNATURE_BIT;
	keep_text(&w, &p, &g->text_forged);
	p.forge = AS_SIGNED;
	p.shown = 1;
	p.policy = POLICY_LIVE;
	keep_text(&w, &p, &g->live);
	p.shown_forge = OTHER_KEY;
	keep_text(&w, &p, &g->live_forged);
	keep_bundle_compromised(g, &w, &made);
	keep(&g->root, world_root(&w, BY_ROOT));
	keep(&g->other_root, world_root(&w, BY_OTHER_ROOT));
	keep(&g->issuer, world_root(&w, BY_ISSUER));
	add_pem(&g->root_pem, piece_view(&g->root));
	add_pem(&g->two_pems, piece_view(&g->root));
	add_pem(&g->two_pems, piece_view(&g->issuer));
	add_key(&g->root_key, w.by[BY_ROOT].key);
	add_key(&g->issuer_key, w.by[BY_ISSUER].key);
	add_key(&g->device_key, w.device.key);
	keep_public_key(&g->public_key, w.by[BY_ISSUER].key);
	keep_points(g, w.by[BY_ISSUER].key);
	world_close(&w);
}
