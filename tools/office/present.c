#include "tools/office/present.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/file.h"
#include "crypto/cose_sign.h"
#include "crypto/credential.h"
#include "crypto/devicekey.h"
#include "crypto/qrtext.h"
#include "crypto/random.h"
#include "tools/office/keyring.h"

static enum status
device_point(const struct private_key *key, uint8_t point[DEVICE_POINT_LEN], struct err *err)
{
	uint8_t mem[256];
	struct buf spki = BUF_OF(mem);
	enum status st = private_key_spki(key, &spki);
	return st ? err_set(err, st, "the key's public half cannot be read") : device_key_decode(buf_view(&spki), point, err);
}

/* Showing what another device must show would only make codes that nobody takes. */
static enum status
check_credential(struct bytes token, const uint8_t point[DEVICE_POINT_LEN], struct err *err)
{
	struct cose cose;
	struct credential c;
	if (cose_decode(token, COSE_OURS, &cose) != OK)
		return err_set(err, ERR_FORMAT, "--token: these are no certificate's bytes, nor the text of its QR code");
	if (cose.typ == TYP_PRESENTATION)
		return err_set(err, ERR_FORMAT, "--token: this is a live code already; the credential as issued was wanted (yaopai export tokens)");
	if (cose.typ != TYP_CREDENTIAL || credential_decode(cose.payload, &c) != OK)
		return err_set(err, ERR_FORMAT, "--token: a signed object, but no credential that this program knows");
	if (!c.has_cnf)
		return err_set(err, ERR_CONFLICT, "certificate %.*s names no device; record one with yaopai import devices", BYTES_FMT(c.sub));
	if (memcmp(c.cnf_point, point, DEVICE_POINT_LEN) != 0)
		return err_set(err, ERR_CONFLICT, "certificate %.*s names another device than this key", BYTES_FMT(c.sub));
	return OK;
}

enum status
present_open(struct presenting *p, const char *key_path, struct bytes credential, struct err *err)
{
	uint8_t point[DEVICE_POINT_LEN];
	p->token = (struct buf){ p->token_mem, sizeof(p->token_mem), 0 };
	enum status st = private_key_load(key_path, &p->key, err);
	if (st == OK && private_key_type(p->key) != KEY_P256)
		st = err_set(err, ERR_UNSUPPORTED, "%s is a key for %s; a device signs with P-256", key_path, key_type_text(private_key_type(p->key)));
	if (st == OK)
		st = signer_from_key(p->key, (struct bytes){ NULL, 0 }, &p->signer, err);
	if (st == OK)
		st = device_point(p->key, point, err);
	if (st == OK && qr_text_decode(credential, &p->token) != OK)
		st = err_set(err, ERR_FORMAT, "--token: this is neither the text of a certificate's QR code nor its bytes");
	return st ? st : check_credential(buf_view(&p->token), point, err);
}

void
present_close(struct presenting *p)
{
	signer_close(p->signer);
	private_key_free(p->key);
	p->signer = NULL;
	p->key = NULL;
}

enum status
present_make(struct presenting *p, int64_t now_unix_s, struct buf *out, struct err *err)
{
	uint8_t id[PRESENTATION_ID_LEN], mem[TOKEN_LEN_MAX + 256], scratch[TOKEN_LEN_MAX + 512];
	struct bytes payload, token;
	struct presentation shown = { .iat_unix_s = now_unix_s, .exp_unix_s = now_unix_s + p->lifetime_s, .id = { id, sizeof(id) },
		.audience = p->audience, .nonce = buf_view(&p->nonce), .credential = buf_view(&p->token) };
	enum status st = random_fill(id, sizeof(id));
	if (st == OK)
		st = presentation_encode(&shown, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "these make no live code: %s (audience at most %u bytes of clean text, nonce %u to %u bytes)", status_text(st),
		    AUDIENCE_LEN_MAX, NONCE_LEN_MIN, NONCE_LEN_MAX);
	st = cose_sign(p->signer, TYP_PRESENTATION, payload, BUF_OF(scratch), *out, &token);
	if (st)
		return err_set(err, st, "the live code cannot be made: %s", status_text(st));
	out->len += token.len;
	return out->len <= TOKEN_LEN_MAX ? OK : err_set(err, ERR_LIMIT, "the live code has %zu bytes; at most %u are taken", out->len, TOKEN_LEN_MAX);
}

enum status
present_new_device(const char *key_path, char text[DEVICE_KEY_TEXT_MAX], struct err *err)
{
	uint8_t pem_mem[4096], spki_mem[128];
	struct buf pem = BUF_OF(pem_mem), spki = BUF_OF(spki_mem);
	struct private_key *key = NULL;
	enum status st = private_key_generate(KEY_P256, &key);
	if (st == OK)
		st = private_key_to_pem(key, &pem);
	if (st == OK)
		st = private_key_spki(key, &spki);
	if (st)
		(void)err_set(err, st, "the device key cannot be made: %s", status_text(st));
	else
		st = file_create(key_path, buf_view(&pem), 0600, err);
	if (st == OK)
		base64_encode(buf_view(&spki), text);
	secret_wipe(pem_mem, sizeof(pem_mem));
	private_key_free(key);
	return st;
}
