#include "tests/fault/scenarios.h"

#include "base/limits.h"
#include "crypto/certificate.h"
#include "crypto/certify.h"
#include "crypto/cose_sign.h"
#include "crypto/presentation.h"
#include "crypto/statuslist.h"

enum { DAY_S = 86400 };

static struct private_key *key, *root_key, *made;
static struct signer *signer, *fresh;
static uint8_t mem[CERTIFICATE_DER_LEN_MAX];
static struct buf out;
static struct bytes enc;

static void
keep_keys(const struct goods *g)
{
	if (key == NULL)
		MUST(private_key_from_pem(piece_view(&g->issuer_key), &key, NULL) == OK &&
		    private_key_from_pem(piece_view(&g->root_key), &root_key, NULL) == OK);
	out = BUF_OF(mem);
}

static void
keep_signer(const struct goods *g)
{
	keep_keys(g);
	if (signer == NULL)
		MUST(signer_from_key(key, piece_view(&g->issuer), &signer, NULL) == OK);
	enc = (struct bytes){ 0 };
}

static void
free_made(void)
{
	private_key_free(made);
	signer_close(fresh);
	made = NULL;
	fresh = NULL;
}

static void
close_all(void)
{
	signer_close(signer);
	private_key_free(key);
	private_key_free(root_key);
	signer = NULL;
	key = root_key = NULL;
}

/* ---- a signature ---- */

static enum status
sign_by(struct signer *s)
{
	uint8_t scratch[256];
	return cose_sign(s, TYP_CREDENTIAL, BYTES_LIT("an invented payload"), BUF_OF(scratch), out, &enc);
}

/* It holds under the public half of the signer's key. */
static bool
holds(struct bytes token)
{
	uint8_t spki_mem[256], scratch[256];
	struct buf spki = BUF_OF(spki_mem);
	struct public_key *pub = NULL;
	struct cose c;
	struct bytes tbs = { 0 };
	bool good = false;
	MUST(private_key_spki(key, &spki) == OK && public_key_from_spki(buf_view(&spki), &pub) == OK);
	MUST(cose_decode(token, COSE_OURS, &c) == OK);
	MUST(cose_to_be_signed(c.protected_header, c.payload, BUF_OF(scratch), &tbs) == OK);
	MUST(signature_check(pub, c.alg, tbs, c.signature, &good) == OK);
	public_key_free(pub);
	return good && memcmp(c.kid.ptr, signer->kid, KID_LEN) == 0;
}

static enum status
sign(const struct goods *g)
{
	(void)g;
	return sign_by(signer);
}

static const char *
signed_wrong(const struct goods *g, enum status st)
{
	(void)g;
	if (st != OK && enc.ptr != NULL)
		return "a signature that could not be made is given out";
	if (st != OK && sign_by(signer) != OK)
		return "the signer does not sign afterwards";
	return holds(enc) ? NULL : "the signature does not hold";
}

/* ---- a live code, from the device's key file to the signed object ---- */

static enum status
show_live(const struct goods *g)
{
	uint8_t payload_mem[sizeof(g->live.b)], scratch[sizeof(g->live.b) + 64];
	struct presentation p = { .iat_unix_s = GOODS_T0, .exp_unix_s = GOODS_T0 + 60, .id = BYTES_LIT("livecode"),
		.credential = BYTES_LIT("an invented credential") };
	struct private_key *device = NULL;
	struct bytes payload;
	enum status st = presentation_encode(&p, BUF_OF(payload_mem), &payload);
	if (st == OK)
		st = private_key_from_pem(piece_view(&g->device_key), &device, NULL);
	if (st == OK)
		st = signer_from_key(device, (struct bytes){ 0 }, &fresh, NULL);
	if (st == OK)
		st = cose_sign(fresh, TYP_PRESENTATION, payload, BUF_OF(scratch), out, &enc);
	private_key_free(device);
	return st;
}

static const char *
shown_wrong(const struct goods *g, enum status st)
{
	struct cose c;
	(void)g;
	if (st != OK)
		return enc.ptr == NULL ? NULL : "a live code that could not be made is given out";
	return cose_decode(enc, COSE_OURS, &c) == OK && c.typ == TYP_PRESENTATION ? NULL : "another object";
}

/* ---- signers ---- */

static enum status
make_signer(const struct goods *g)
{
	return signer_from_key(key, piece_view(&g->issuer), &fresh, NULL);
}

static enum status
copy_signer(const struct goods *g)
{
	(void)g;
	return signer_dup(signer, &fresh);
}

static const char *
signer_wrong(const struct goods *g, enum status st)
{
	(void)g;
	if (st != OK)
		return fresh == NULL ? NULL : "a signer that could not be made is given out";
	return sign_by(fresh) == OK && holds(enc) ? NULL : "the signer does not sign";
}

static enum status
make_signer_of_another(const struct goods *g)
{
	return signer_from_key(key, piece_view(&g->root), &fresh, NULL);
}

/* ---- private keys ---- */

static void
start_out(const struct goods *g)
{
	(void)g;
	out = BUF_OF(mem);
}

static enum status
generate(const struct goods *g)
{
	return private_key_generate(g->type, &made);
}

static enum status
read_pem(const struct goods *g)
{
	return private_key_from_pem(piece_view(&g->issuer_key), &made, NULL);
}

static enum status
write_spki(const struct goods *g)
{
	(void)g;
	return private_key_spki(key, &out);
}

static const char *
made_wrong(const struct goods *g, enum status st)
{
	if (st != OK)
		return made == NULL ? NULL : "a key that could not be made is given out";
	return private_key_type(made) == g->type && private_key_spki(made, &out) == OK ? NULL : "another type of key";
}

static const char *
read_wrong(const struct goods *g, enum status st)
{
	uint8_t spki_mem[256];
	struct buf other = BUF_OF(spki_mem);
	const char *wrong = made_wrong(g, st);
	if (wrong != NULL || st != OK)
		return wrong;
	struct bytes spki = buf_view(&out);
	keep_keys(g);
	MUST(private_key_spki(key, &other) == OK);
	return bytes_eq(spki, buf_view(&other)) ? NULL : "another key";
}

static enum status
write_pem(const struct goods *g)
{
	(void)g;
	return private_key_to_pem(key, &out);
}

static const char *
written_wrong(const struct goods *g, enum status st)
{
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	return bytes_eq(buf_view(&out), piece_view(&g->issuer_key)) ? NULL : "another text";
}

static const char *
spki_wrong(const struct goods *g, enum status st)
{
	struct public_key *pub = NULL;
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	MUST(public_key_from_spki(buf_view(&out), &pub) == OK);
	bool is_right = public_key_type(pub) == g->type;
	public_key_free(pub);
	return is_right ? NULL : "another key";
}

static enum status
take_public_key(const struct goods *g)
{
	return public_key_of(piece_view(&g->issuer), &out, NULL);
}

/* ---- certificates ---- */

static enum status
certify_by(const struct private_key *by, struct bytes root, bool is_ca)
{
	struct certificate_request rq = { .common_name = BYTES_LIT("Invented"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = GOODS_T0, .not_after_unix_s = GOODS_T0 + DAY_S, .is_ca = is_ca };
	return certify(&rq, key, by, root, &out, NULL);
}

static enum status
certify_root(const struct goods *g)
{
	(void)g;
	return certify_by(key, (struct bytes){ 0 }, true);
}

static enum status
certify_issuer(const struct goods *g)
{
	return certify_by(root_key, piece_view(&g->root), false);
}

static enum status
certify_public_key(const struct goods *g)
{
	struct certificate_request rq = { .common_name = BYTES_LIT("Invented"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = GOODS_T0, .not_after_unix_s = GOODS_T0 + DAY_S };
	return certify_public(&rq, piece_view(&g->public_key), root_key, piece_view(&g->root), &out, NULL);
}

static enum status
certify_alone(const struct goods *g)
{
	(void)g;
	return certify_by(root_key, (struct bytes){ 0 }, true);
}

static enum status
certify_long(const struct goods *g)
{
	(void)g;
	struct certificate_request rq = { .common_name = BYTES_LIT("Invented, and one letter longer than the 64 that RFC 5280 allows "
	    "it"), .not_before_unix_s = GOODS_T0, .not_after_unix_s = GOODS_T0 + DAY_S, .is_ca = true };
	return certify(&rq, key, key, (struct bytes){ 0 }, &out, NULL);
}

/* Signed by the root, and no extension is left out. */
static const char *
certified_wrong(struct bytes root)
{
	struct certificate c = { 0 };
	bool good = false;
	/* OBJECT IDENTIFIERs of RFC 5280 4.2.1.2 and 4.2.1.1 */
	const uint8_t key_id[] = { 6, 3, 0x55, 0x1d, 0x0e }, authority_key_id[] = { 6, 3, 0x55, 0x1d, 0x23 };
	size_t ids = 0;
	MUST(certificate_decode(root, &c, NULL) == OK);
	MUST(certificate_check_signature(buf_view(&out), root, &c, &good) == OK);
	certificate_clear(&c);
	for (size_t i = 0; i + sizeof(key_id) <= out.len; i++) {
		ids += memcmp(out.ptr + i, key_id, sizeof(key_id)) == 0;
		ids += memcmp(out.ptr + i, authority_key_id, sizeof(authority_key_id)) == 0;
	}
	if (!good)
		return "its signature does not hold";
	return ids == 2 ? NULL : "a key identifier was left out";
}

static const char *
root_wrong(const struct goods *g, enum status st)
{
	(void)g;
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	return certified_wrong(buf_view(&out));
}

static const char *
issuer_wrong(const struct goods *g, enum status st)
{
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	return certified_wrong(piece_view(&g->root));
}

/* ---- a status list's compression ---- */

static enum status
deflate_list(const struct goods *g)
{
	(void)g;
	static const uint8_t raw[1024] = { 1, 2, 3 };
	return status_list_deflate((struct bytes){ raw, sizeof(raw) }, &out);
}

static const char *
deflated_wrong(const struct goods *g, enum status st)
{
	(void)g;
	static uint8_t scratch[STATUS_LIST_SCRATCH], raw[1024];
	struct buf back = BUF_OF(raw);
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	MUST(status_list_inflate(buf_view(&out), BUF_OF(scratch), &back) == OK);
	return back.len == sizeof(raw) && raw[2] == 3 ? NULL : "another list";
}

const struct scenario sign_scenarios[] = {
	{ "an object is signed", OK, EACH_TYPE, keep_signer, sign, signed_wrong, NULL, close_all },
	{ "a live code is made", OK, ONCE, keep_signer, show_live, shown_wrong, free_made, close_all },
	{ "a signer is made of a key", OK, EACH_TYPE, keep_signer, make_signer, signer_wrong, free_made, close_all },
	{ "a signer is not made of another's certificate", ERR_CONFLICT, ONCE, keep_signer, make_signer_of_another, signer_wrong,
	    free_made, close_all },
	{ "a signer is copied", OK, EACH_TYPE, keep_signer, copy_signer, signer_wrong, free_made, close_all },
	{ "a key is generated", OK, COLD, start_out, generate, made_wrong, free_made, close_all },
	{ "a private key is read", OK, COLD, start_out, read_pem, read_wrong, free_made, close_all },
	{ "a private key is written", OK, EACH_TYPE, keep_keys, write_pem, written_wrong, NULL, close_all },
	{ "a public key is written", OK, EACH_TYPE, keep_keys, write_spki, spki_wrong, NULL, close_all },
	{ "a public key is taken out of a certificate", OK, EACH_TYPE, keep_keys, take_public_key, spki_wrong, NULL, close_all },
	{ "a root's certificate is made", OK, EACH_TYPE, keep_keys, certify_root, root_wrong, NULL, close_all },
	{ "an issuer's certificate is made", OK, EACH_TYPE, keep_keys, certify_issuer, issuer_wrong, NULL, close_all },
	{ "a certificate for a public key is made", OK, EACH_TYPE, keep_keys, certify_public_key, issuer_wrong, NULL, close_all },
	{ "a certificate without a root by another key is refused", ERR_ARGUMENT, ONCE, keep_keys, certify_alone, root_wrong, NULL,
	    close_all },
	{ "a name too long for a certificate is refused", ERR_ARGUMENT, ONCE, keep_keys, certify_long, root_wrong, NULL, close_all },
	{ "a status list is compressed", OK, ONCE, keep_keys, deflate_list, deflated_wrong, NULL, close_all },
	{ 0 },
};
