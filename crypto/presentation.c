#include "crypto/presentation.h"

#include "base/text.h"
#include "crypto/cbor.h"

enum { CLAIM_AUD = 3, CLAIM_EXP = 4, CLAIM_IAT = 6, CLAIM_CTI = 7, CLAIM_NONCE = 10, CLAIM_CREDENTIAL = -65538 };
static const int64_t instant_max = (int64_t)1 << 40; /* far past any date; keeps sums from overflowing */

static bool
presentation_is_wellformed(const struct presentation *p)
{
	bool lasts = p->iat_unix_s >= 0 && p->exp_unix_s <= instant_max && p->iat_unix_s < p->exp_unix_s &&
	    p->exp_unix_s - p->iat_unix_s <= PRESENTATION_LIFETIME_MAX_S;
	bool nonce_fits = p->nonce.len == 0 || (p->nonce.len >= NONCE_LEN_MIN && p->nonce.len <= NONCE_LEN_MAX);
	return lasts && nonce_fits && p->id.len == PRESENTATION_ID_LEN && p->audience.len <= AUDIENCE_LEN_MAX &&
	    p->credential.len > 0 && p->credential.len <= TOKEN_LEN_MAX;
}

enum status
presentation_encode(const struct presentation *p, struct buf out, struct bytes *payload)
{
	if (p->audience.len > AUDIENCE_LEN_MAX || p->nonce.len > NONCE_LEN_MAX || p->credential.len > TOKEN_LEN_MAX)
		return ERR_LIMIT;
	if (!presentation_is_wellformed(p) || !text_is_clean(p->audience))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, (size_t)4 + (p->audience.len > 0) + (p->nonce.len > 0));
	cbor_write_text_pair(&w, CLAIM_AUD, p->audience);
	cbor_write_int(&w, CLAIM_EXP);
	cbor_write_int(&w, p->exp_unix_s);
	cbor_write_int(&w, CLAIM_IAT);
	cbor_write_int(&w, p->iat_unix_s);
	cbor_write_int(&w, CLAIM_CTI);
	cbor_write_bytes(&w, p->id);
	if (p->nonce.len > 0) {
		cbor_write_int(&w, CLAIM_NONCE);
		cbor_write_bytes(&w, p->nonce);
	}
	cbor_write_int(&w, CLAIM_CREDENTIAL);
	cbor_write_bytes(&w, p->credential);
	return cbor_write_finish(&w, payload);
}

static int64_t
read_instant(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v > (uint64_t)instant_max)
		cbor_fail(r, ERR_FORMAT);
	return r->status == OK ? (int64_t)v : -1;
}

static struct bytes
read_filled_bytes(struct cbor_reader *r)
{
	struct bytes b = cbor_read_bytes(r);
	if (b.len == 0)
		cbor_fail(r, ERR_FORMAT);
	return b;
}

enum status
presentation_decode(struct bytes payload, struct presentation *out)
{
	struct presentation p = { .iat_unix_s = -1 };
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	int64_t claim = 0;
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &claim);) {
		switch (claim) {
		case CLAIM_AUD:        p.audience = cbor_read_filled_text(&r); break;
		case CLAIM_EXP:        p.exp_unix_s = read_instant(&r); break;
		case CLAIM_IAT:        p.iat_unix_s = read_instant(&r); break;
		case CLAIM_CTI:        p.id = read_filled_bytes(&r); break;
		case CLAIM_NONCE:      p.nonce = read_filled_bytes(&r); break;
		case CLAIM_CREDENTIAL: p.credential = read_filled_bytes(&r); break;
		default:               cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st == ERR_LIMIT ? ERR_UNSUPPORTED : st; /* a claim beyond int64: none that we list */
	if (!presentation_is_wellformed(&p))
		return ERR_FORMAT;
	*out = p;
	return OK;
}

struct bytes
presentation_credential(struct bytes token)
{
	struct cose c;
	struct presentation p;
	bool is_presentation = cose_decode(token, COSE_OURS, &c) == OK && c.typ == TYP_PRESENTATION &&
	    presentation_decode(c.payload, &p) == OK;
	return is_presentation ? p.credential : token;
}
