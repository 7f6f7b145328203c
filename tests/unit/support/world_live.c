/* The live half of the world: devices, presentations written claim by claim so that each can be wrong, and what a site asks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/world.h"

#include <stdlib.h>

#include "crypto/cbor.h"
#include "verify/verifier.h"

static const uint8_t nonces[][16] = { { 0 }, "first challenge", "other challenge" };
static const char *const audiences[] = { "", "https://gate.example", "https://other.example" };

static void
device_make(struct identity *d)
{
	struct err err = { 0 };
	assert_int_equal(private_key_generate(KEY_P256, &d->key), OK);
	if (signer_from_key(d->key, (struct bytes){ NULL, 0 }, &d->signer, &err) != OK)
		fail_msg("device: %s", err.text);
}

void
world_devices_open(struct world *w)
{
	device_make(&w->device);
	device_make(&w->other_device);
}

void
world_device_point(const struct world *w, uint8_t point[33])
{
	uint8_t spki[256];
	struct buf der = BUF_OF(spki);
	assert_int_equal(private_key_spki(w->device.key, &der), OK);
	const uint8_t *uncompressed = der.ptr + der.len - 65; /* the BIT STRING at the end */
	assert_int_equal(uncompressed[0], 4);
	point[0] = 2 | (uncompressed[64] & 1);
	memcpy(point + 1, uncompressed + 1, 32);
}

/* What stands where the credential should. */
static struct bytes
inner_bytes(struct world *w, const struct plan *p, struct buf *room)
{
	struct bytes inner = { w->token.ptr, w->token.len };
	static const uint8_t junk[] = { 0xd2, 0x84, 0x40 };
	struct plan other = *p;
	if (p->inner == INNER_JUNK)
		return (struct bytes){ junk, sizeof(junk) };
	if (p->inner == INNER_CUT)
		inner.len -= 1;
	if (p->inner == INNER_EMPTY)
		inner.len = 0;
	if (p->inner == INNER_PRESENTATION) {
		other.inner = INNER_CREDENTIAL;
		other.shown_forge = AS_SIGNED;
		world_show_live(w, &other);
		inner.len = w->token.len;
	}
	memcpy(room->ptr, w->token.ptr, inner.len);
	if (p->inner == INNER_STATUS) /* the typ of another object: "yp-cred" -> "yp-crex" */
		for (size_t i = 0; i + 7 < inner.len; i++)
			if (memcmp(room->ptr + i, "yp-cred", 7) == 0)
				room->ptr[i + 6] = 'x';
	return (struct bytes){ room->ptr, inner.len };
}

static void
write_claims(struct cbor_writer *out, const struct plan *p, struct bytes inner)
{
	static const uint8_t id[] = "livecode";
	bool claim = p->shown_patch == SHOWN_CLAIM;
	cbor_write_map(out, (size_t)4 + (p->aud != 0) + (p->nonce != 0) + claim);
	cbor_write_text_pair(out, 3, bytes_str(audiences[p->aud]));
	for (int i = 0; i < 2; i++) { /* exp before iat, unless patched */
		bool exp = (i == 0) != (p->shown_patch == SHOWN_ORDER);
		cbor_write_int(out, exp ? 4 : 6);
		cbor_write_int(out, WORLD_T0 + (exp ? p->shown_exp : p->shown_iat));
	}
	cbor_write_int(out, 7);
	cbor_write_bytes(out, (struct bytes){ id, p->shown_patch == SHOWN_SHORT_ID ? 7 : 8 });
	if (p->nonce != 0) {
		cbor_write_int(out, 10);
		cbor_write_bytes(out, (struct bytes){ nonces[p->nonce], p->shown_patch == SHOWN_SHORT_NONCE ? 7 : sizeof(nonces[0]) });
	}
	if (claim) {
		cbor_write_int(out, 11);
		cbor_write_int(out, 1);
	}
	cbor_write_int(out, -65538);
	cbor_write_bytes(out, inner);
}

static struct bytes
header_write(const struct plan *p, struct buf room)
{
	struct bytes enc;
	static const uint8_t kid[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct cbor_writer out = cbor_writer(room);
	cbor_write_map(&out, p->shown_patch == SHOWN_KID ? 3 : 2);
	cbor_write_int(&out, 1);
	cbor_write_int(&out, p->shown_forge == OTHER_ALG ? ALG_EDDSA : ALG_ES256);
	if (p->shown_patch == SHOWN_KID) {
		cbor_write_int(&out, 4);
		cbor_write_bytes(&out, (struct bytes){ kid, sizeof(kid) });
	}
	cbor_write_int(&out, 16);
	cbor_write_text(&out, BYTES_LIT("application/yp-pres+cwt"));
	assert_int_equal(cbor_write_finish(&out, &enc), OK);
	return enc;
}

static void
write_envelope(const struct world *w, const struct plan *p, struct bytes header, struct bytes payload, struct buf *token)
{
	static uint8_t room[8192];
	uint8_t sig[SIGNATURE_LEN];
	struct bytes tbs, enc;
	struct signer *device = p->shown_forge == OTHER_KEY ? w->other_device.signer : w->device.signer;
	assert_int_equal(cose_to_be_signed(header, payload, BUF_OF(room), &tbs), OK);
	assert_int_equal(signer_sign(device, tbs, sig), OK);
	if (p->shown_forge == SIGNATURE_BIT)
		sig[40] ^= 4;
	if (p->shown_forge == SIGNATURE_ZERO)
		memset(sig, 0, sizeof(sig));
	token->len = 0;
	struct cbor_writer out = cbor_writer(*token);
	cbor_write_tag(&out, 18);
	cbor_write_array(&out, 4);
	cbor_write_bytes(&out, header);
	cbor_write_map(&out, p->shown_patch == SHOWN_UNPROTECTED ? 1 : 0);
	if (p->shown_patch == SHOWN_UNPROTECTED) {
		cbor_write_int(&out, 4);
		cbor_write_bytes(&out, (struct bytes){ sig, 8 });
	}
	cbor_write_bytes(&out, payload);
	cbor_write_bytes(&out, (struct bytes){ sig, sizeof(sig) });
	assert_int_equal(cbor_write_finish(&out, &enc), OK);
	token->len = enc.len;
}

void
world_show_live(struct world *w, const struct plan *p)
{
	uint8_t header_mem[128], inner_mem[4096], payload_mem[4096];
	struct buf inner_room = BUF_OF(inner_mem);
	struct bytes payload, inner = inner_bytes(w, p, &inner_room), header = header_write(p, BUF_OF(header_mem));
	struct cbor_writer out = cbor_writer(BUF_OF(payload_mem));
	write_claims(&out, p, inner);
	assert_int_equal(cbor_write_finish(&out, &payload), OK);
	write_envelope(w, p, header, payload, &w->token);
	if (p->shown_forge == PAYLOAD_BIT) { /* another cti than the one signed */
		for (size_t i = 0; i + 8 < w->token.len; i++)
			if (memcmp(w->token.ptr + i, "livecode", 8) == 0)
				w->token.ptr[i] = 'L';
	}
}

static struct yp_replay *
world_replay_open(struct world *w, const struct plan *p)
{
	struct yp_replay *r = NULL;
	struct digest other = { { 7 } };
	size_t len = yp_replay_len(1);
	free(w->replay);
	w->replay = malloc(len);
	assert_non_null(w->replay);
	assert_int_equal(yp_replay_open(w->replay, len, true, &r), YP_OK);
	int64_t until = WORLD_T0 + p->now - (p->replay == REPLAY_MEMORY_RUN_OUT);
	if (p->replay >= REPLAY_MEMORY_FULL)
		assert_int_equal(replay_enter(r, &other, until, until - 1), REPLAY_NEW);
	return r;
}

struct yp_question
world_question(struct world *w, const struct plan *p)
{
	struct yp_question q = { .now_unix_s = WORLD_T0 + p->now, .status_age_max_s = p->ask_age_max, .must_be_live = p->ask_live != 0 };
	if (p->ask_nonce != 0)
		q.challenge = (struct yp_bytes){ nonces[p->ask_nonce], sizeof(nonces[0]) };
	if (p->ask_aud != 0)
		q.audience = (struct yp_text){ audiences[p->ask_aud], strlen(audiences[p->ask_aud]) };
	if (p->replay != REPLAY_NOT_ASKED)
		q.replay = world_replay_open(w, p);
	return q;
}
