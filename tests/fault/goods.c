#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/fault/goods.h"

#include <openssl/pem.h>

#include "crypto/certificate.h"
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
