#include "registry/statement.h"

#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/cose_labels.h"
#include "registry/operator.h"

enum { VERSION = 1, TBS_LEN_MAX = EVENT_LEN_MAX + 256 };
enum { KEY_VERSION = 0, KEY_WHAT, KEY_ISS, KEY_OPERATOR, KEY_TIME, KEY_SEQUENCE, KEY_HASH, KEY_ACTION, KEY_EXPIRES, KEY_WHY };

static const struct bytes typ = { (const uint8_t *)"application/yp-statement+cbor", 29 };

/* ---- payload ---- */

static bool
statement_is_wellformed(const struct statement *s)
{
	bool proposes = s->what == STATEMENT_PROPOSE, may_say_why = s->what == STATEMENT_REJECT || s->what == STATEMENT_RETRACT;
	return s->what >= STATEMENT_PROPOSE && s->what <= STATEMENT_RETRACT && s->iss.len >= 2 && s->iss.len <= ISS_LEN_MAX &&
	    s->operator.len >= 1 && s->operator.len <= OPERATOR_LEN_MAX && s->time_unix_s > 0 && s->sequence >= 1 && s->hash.len == DIGEST_LEN &&
	    (s->action.len > 0) == proposes && s->action.len <= PROPOSAL_ACTION_LEN_MAX && (s->expires_unix_s != 0) == proposes &&
	    (!proposes || (s->expires_unix_s > s->time_unix_s && s->expires_unix_s - s->time_unix_s <= PROPOSAL_LIFETIME_MAX_S)) &&
	    (may_say_why || s->why.len == 0) && s->why.len <= GROUND_LEN_MAX;
}

static size_t
pairs_of(const struct statement *s)
{
	return 7u + (s->action.len > 0) + (s->expires_unix_s != 0) + (s->why.len > 0);
}

static enum status
payload_encode(const struct statement *s, struct buf out, struct bytes *payload)
{
	if (!statement_is_wellformed(s))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(s));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_WHAT);
	cbor_write_uint(&w, (uint64_t)s->what);
	cbor_write_text_pair(&w, KEY_ISS, s->iss);
	cbor_write_text_pair(&w, KEY_OPERATOR, s->operator);
	cbor_write_int(&w, KEY_TIME);
	cbor_write_int(&w, s->time_unix_s);
	cbor_write_int(&w, KEY_SEQUENCE);
	cbor_write_uint(&w, s->sequence);
	cbor_write_int(&w, KEY_HASH);
	cbor_write_bytes(&w, s->hash);
	if (s->action.len > 0) {
		cbor_write_int(&w, KEY_ACTION);
		cbor_write_raw(&w, s->action);
	}
	cbor_write_int_pair(&w, KEY_EXPIRES, s->expires_unix_s);
	cbor_write_text_pair(&w, KEY_WHY, s->why);
	return cbor_write_finish(&w, payload);
}

static struct bytes
read_map(struct cbor_reader *r)
{
	if (cbor_peek(r) != CBOR_MAP)
		cbor_fail(r, ERR_FORMAT);
	return cbor_read_item(r);
}

static enum status
payload_decode(struct bytes payload, struct statement *out)
{
	struct statement s = { .sequence = 0 };
	uint64_t version = 0, what = 0;
	int64_t k = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		switch (k) {
		case KEY_VERSION:  version = cbor_read_uint(&r); break;
		case KEY_WHAT:     what = cbor_read_uint(&r); break;
		case KEY_ISS:      s.iss = cbor_read_text(&r); break;
		case KEY_OPERATOR: s.operator = cbor_read_text(&r); break;
		case KEY_TIME:     s.time_unix_s = cbor_read_int(&r); break;
		case KEY_SEQUENCE: s.sequence = cbor_read_uint(&r); break;
		case KEY_HASH:     s.hash = cbor_read_bytes(&r); break;
		case KEY_ACTION:   s.action = read_map(&r); break;
		case KEY_EXPIRES:  s.expires_unix_s = cbor_read_int(&r); break;
		case KEY_WHY:      s.why = cbor_read_text(&r); break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || what > STATEMENT_RETRACT)
		return ERR_UNSUPPORTED;
	s.what = (enum statement_what)what;
	if (given != pairs_of(&s) || !statement_is_wellformed(&s))
		return ERR_FORMAT;
	*out = s;
	return OK;
}

/* ---- envelope ---- */

static enum status
header_encode(int64_t alg, struct bytes kid, struct buf out, struct bytes *enc)
{
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, 3);
	cbor_write_int(&w, LABEL_ALG);
	cbor_write_int(&w, alg);
	cbor_write_int(&w, LABEL_KID);
	cbor_write_bytes(&w, kid);
	cbor_write_int(&w, LABEL_TYP);
	cbor_write_text(&w, typ);
	return cbor_write_finish(&w, enc);
}

enum status
statement_sign(struct signer *signer, const struct statement *s, struct buf out, struct bytes *token)
{
	uint8_t header_mem[64], payload_mem[EVENT_LEN_MAX], tbs_mem[TBS_LEN_MAX], sig[SIGNATURE_LEN];
	struct bytes header, payload, tbs;
	enum status st = payload_encode(s, BUF_OF(payload_mem), &payload);
	if (st == OK)
		st = header_encode(alg_written(signer->type), (struct bytes){ signer->kid, KID_LEN }, BUF_OF(header_mem), &header);
	if (st == OK)
		st = cose_to_be_signed(header, payload, BUF_OF(tbs_mem), &tbs);
	if (st == OK)
		st = signer_sign(signer, tbs, sig);
	if (st)
		return st;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_tag(&w, TAG_SIGN1);
	cbor_write_array(&w, 4);
	cbor_write_bytes(&w, header);
	cbor_write_map(&w, 0);
	cbor_write_bytes(&w, payload);
	cbor_write_bytes(&w, (struct bytes){ sig, sizeof(sig) });
	return cbor_write_finish(&w, token);
}

/* One encoding: the header must be the one that we would write for its algorithm and kid. */
static enum status
envelope_decode(struct bytes token, struct cose *out)
{
	uint8_t mem[64];
	struct bytes header;
	struct cose c = { .alg = 0 };
	struct cbor_reader r = cbor_reader(token, CBOR_CANONICAL);
	if (cbor_read_tag(&r) != TAG_SIGN1 || cbor_read_array(&r) != 4)
		return ERR_FORMAT;
	c.protected_header = cbor_read_bytes(&r);
	struct cbor_map unprotected = cbor_read_map(&r);
	c.payload = cbor_read_bytes(&r);
	c.signature = cbor_read_bytes(&r);
	enum status st = cbor_finish(&r);
	if (st == OK && (unprotected.left != 0 || c.signature.len != SIGNATURE_LEN))
		st = ERR_FORMAT;
	if (st)
		return st;
	struct cbor_reader h = cbor_reader(c.protected_header, CBOR_CANONICAL);
	int64_t label = 0;
	for (struct cbor_map m = cbor_read_map(&h); cbor_map_next(&h, &m, &label);) {
		switch (label) {
		case LABEL_ALG: c.alg = cbor_read_int(&h); break;
		case LABEL_KID: c.kid = cbor_read_bytes(&h); break;
		case LABEL_TYP: c.typ_seen = cbor_read_text(&h); break;
		default:        cbor_fail(&h, ERR_UNSUPPORTED);
		}
	}
	st = cbor_finish(&h);
	if (st == OK && c.kid.len == KID_LEN)
		st = header_encode(c.alg, c.kid, BUF_OF(mem), &header);
	if (st)
		return st;
	if (c.kid.len != KID_LEN || !bytes_eq(header, c.protected_header))
		return ERR_FORMAT;
	*out = c;
	return OK;
}

enum status
statement_decode(struct bytes token, struct statement *out, uint8_t kid[KID_LEN])
{
	struct cose c;
	enum status st = envelope_decode(token, &c);
	if (st == OK)
		st = payload_decode(c.payload, out);
	if (st == OK)
		memcpy(kid, c.kid.ptr, KID_LEN);
	return st;
}

enum status
statement_check(struct bytes token, struct bytes spki, bool *good)
{
	uint8_t mem[TBS_LEN_MAX], kid[KID_LEN];
	struct cose c;
	struct bytes tbs;
	struct public_key *key = NULL;
	*good = false;
	enum status st = envelope_decode(token, &c);
	if (st == OK)
		st = operator_kid(spki, kid);
	if (st == OK)
		st = public_key_from_spki(spki, &key);
	if (st == OK)
		st = cose_to_be_signed(c.protected_header, c.payload, BUF_OF(mem), &tbs);
	if (st == OK)
		st = signature_check(key, c.alg, tbs, c.signature, good);
	public_key_free(key);
	*good = *good && st == OK && memcmp(c.kid.ptr, kid, KID_LEN) == 0;
	return st;
}
