#include "crypto/credential.h"

#include "base/text.h"
#include "crypto/cbor.h"

enum { CLAIM_ISS = 1, CLAIM_SUB = 2, CLAIM_EXP = 4, CLAIM_NBF = 5, CLAIM_IAT = 6, CLAIM_CNF = 8, CLAIM_STATUS = 65535,
	CLAIM_MAP = -65537 };
enum { KEY_VERSION = 0, KEY_KIND, KEY_NAME, KEY_BODY, KEY_USCC, KEY_POST, KEY_FIELDS, KEY_JURISDICTION, KEY_ENTRUSTING,
	KEY_PORTRAIT, KEY_POLICY, KEY_COUNT };
enum { VERSION = 1, COSE_KEY = 1, EC2 = 2, P256 = 1 };
#define INSTANT_MAX (INT64_MAX / 2)  /* sums of two cannot overflow */

bool
jurisdiction_is_wellformed(uint32_t code)
{
	return (code >= 10 && code <= 99) || (code >= 1000 && code <= 9999 && code % 100 != 0) ||
	    (code >= 100000 && code <= 999999 && code % 100 != 0);
}

bool
jurisdiction_covers(uint32_t area, uint32_t place)
{
	while (place > area)
		place /= 100; /* one digit pair up */
	return area > 0 && place == area;
}

uint32_t
iss_area(struct bytes iss)
{
	uint32_t code = 0;
	if (iss.len > ISS_LEN_MAX || iss.len % 2 != 0 || iss.len == 0 || iss.ptr[0] == '0')
		return 0;
	for (size_t i = 0; i < iss.len; i++) {
		if (iss.ptr[i] < '0' || iss.ptr[i] > '9')
			return 0;
		code = code * 10 + (uint32_t)(iss.ptr[i] - '0');
	}
	return jurisdiction_is_wellformed(code) ? code : 0;
}

static bool
fields_are_wellformed(const struct credential *c)
{
	if (c->fields_n > FIELDS_MAX)
		return false;
	for (size_t i = 0; i < c->fields_n; i++)
		if (c->fields[i] <= (i > 0 ? c->fields[i - 1] : 0))
			return false;
	return true;
}

static bool
times_are_wellformed(const struct credential *c)
{
	return c->iat_unix_s >= 0 && c->nbf_unix_s >= 0 && c->nbf_unix_s <= INSTANT_MAX && c->exp_unix_s <= INSTANT_MAX &&
	    c->iat_unix_s < c->exp_unix_s;
}

static bool
texts_fit(const struct credential *c)
{
	return c->sub.len <= NUMBER_LEN_MAX && c->status_uri.len <= STATUS_URI_LEN_MAX && c->name.len <= NAME_LEN_MAX &&
	    c->body_name.len <= NAME_LEN_MAX && c->post.len <= POST_LEN_MAX && c->entrusting_name.len <= NAME_LEN_MAX;
}

/* The rules both directions share, so that neither can drift from the other. */
static bool
credential_is_wellformed(const struct credential *c)
{
	bool is_body = c->kind == KIND_BODY; /* its own name and USCC are name and sub */
	return iss_area(c->iss) != 0 && c->sub.len > 0 && c->status_uri.len > 0 && c->name.len > 0 && texts_fit(c) &&
	    times_are_wellformed(c) && fields_are_wellformed(c) && jurisdiction_is_wellformed(c->jurisdiction) &&
	    (c->body_uscc.len == 0 || c->body_uscc.len == USCC_LEN) &&
	    !(is_body && (c->body_name.len > 0 || c->body_uscc.len > 0)) &&
	    (c->portrait_digest.len == 0 || c->portrait_digest.len == PORTRAIT_DIGEST_LEN) &&
	    (!c->has_cnf || c->cnf_point[0] == 2 || c->cnf_point[0] == 3);
}

/* The reader sees to this on its side. */
static bool
texts_are_clean(const struct credential *c)
{
	return text_is_clean(c->sub) && text_is_clean(c->status_uri) && text_is_clean(c->name) && text_is_clean(c->body_name) &&
	    text_is_clean(c->body_uscc) && text_is_clean(c->post) && text_is_clean(c->entrusting_name);
}

/* What a newer program may mean, and this one does not know. */
static bool
credential_is_supported(const struct credential *c)
{
	return c->kind >= KIND_ENFORCEMENT && c->kind <= KIND_BODY && c->policy <= POLICY_LIVE &&
	    (c->policy == POLICY_STATIC || c->has_cnf);
}

static void
write_cnf(struct cbor_writer *w, const uint8_t point[33])
{
	/* RFC 8747 3.2 with RFC 9053 7.1.1: {1: {1: 2, -1: 1, -2: x, -3: sign of y}} */
	cbor_write_map(w, 1);
	cbor_write_int(w, COSE_KEY);
	cbor_write_map(w, 4);
	cbor_write_int(w, 1);
	cbor_write_int(w, EC2);
	cbor_write_int(w, -1);
	cbor_write_int(w, P256);
	cbor_write_int(w, -2);
	cbor_write_bytes(w, (struct bytes){ point + 1, 32 });
	cbor_write_int(w, -3);
	cbor_write_bool(w, point[0] == 3);
}

static void
write_status(struct cbor_writer *w, const struct credential *c)
{
	cbor_write_map(w, 1);
	cbor_write_text(w, BYTES_LIT("status_list"));
	cbor_write_map(w, 2);
	cbor_write_text(w, BYTES_LIT("idx"));
	cbor_write_uint(w, c->status_idx);
	cbor_write_text(w, BYTES_LIT("uri"));
	cbor_write_text(w, c->status_uri);
}

static void
write_map(struct cbor_writer *w, const struct credential *c)
{
	const bool optional[] = { c->body_name.len > 0, c->body_uscc.len > 0, c->post.len > 0, c->fields_n > 0,
		c->entrusting_name.len > 0, c->portrait_digest.len > 0, c->policy != POLICY_STATIC };
	size_t pairs = 4;
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		pairs += optional[i];
	cbor_write_map(w, pairs);
	cbor_write_int(w, KEY_VERSION);
	cbor_write_uint(w, VERSION);
	cbor_write_int(w, KEY_KIND);
	cbor_write_uint(w, (uint64_t)c->kind);
	cbor_write_text_pair(w, KEY_NAME, c->name);
	cbor_write_text_pair(w, KEY_BODY, c->body_name);
	cbor_write_text_pair(w, KEY_USCC, c->body_uscc);
	cbor_write_text_pair(w, KEY_POST, c->post);
	if (c->fields_n > 0) {
		cbor_write_int(w, KEY_FIELDS);
		cbor_write_array(w, c->fields_n);
		for (size_t i = 0; i < c->fields_n; i++)
			cbor_write_uint(w, c->fields[i]);
	}
	cbor_write_int(w, KEY_JURISDICTION);
	cbor_write_uint(w, c->jurisdiction);
	cbor_write_text_pair(w, KEY_ENTRUSTING, c->entrusting_name);
	if (c->portrait_digest.len > 0) {
		cbor_write_int(w, KEY_PORTRAIT);
		cbor_write_bytes(w, c->portrait_digest);
	}
	if (c->policy != POLICY_STATIC) {
		cbor_write_int(w, KEY_POLICY);
		cbor_write_uint(w, c->policy);
	}
}

enum status
credential_encode(const struct credential *c, struct buf out, struct bytes *payload)
{
	if (!texts_fit(c))
		return ERR_LIMIT;
	if (!credential_is_wellformed(c) || !credential_is_supported(c) || !texts_are_clean(c))
		return ERR_ARGUMENT;
	bool has_nbf = c->nbf_unix_s != c->iat_unix_s;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, (size_t)6 + has_nbf + c->has_cnf);
	cbor_write_text_pair(&w, CLAIM_ISS, c->iss);
	cbor_write_text_pair(&w, CLAIM_SUB, c->sub);
	cbor_write_int(&w, CLAIM_EXP);
	cbor_write_int(&w, c->exp_unix_s);
	if (has_nbf) {
		cbor_write_int(&w, CLAIM_NBF);
		cbor_write_int(&w, c->nbf_unix_s);
	}
	cbor_write_int(&w, CLAIM_IAT);
	cbor_write_int(&w, c->iat_unix_s);
	if (c->has_cnf) {
		cbor_write_int(&w, CLAIM_CNF);
		write_cnf(&w, c->cnf_point);
	}
	cbor_write_int(&w, CLAIM_STATUS);
	write_status(&w, c);
	cbor_write_int(&w, CLAIM_MAP);
	write_map(&w, c);
	return cbor_write_finish(&w, payload);
}

static void
read_cnf(struct cbor_reader *r, struct credential *c)
{
	int64_t key = 0;
	struct cbor_map outer = cbor_read_map(r);
	if (outer.left != 1 || !cbor_map_next(r, &outer, &key) || key != COSE_KEY) {
		cbor_fail(r, ERR_UNSUPPORTED);
		return;
	}
	unsigned seen = 0;
	struct bytes x = { NULL, 0 };
	bool odd = false;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next(r, &m, &key);) {
		switch (key) {
		case 1:
			if (cbor_read_int(r) != EC2)
				cbor_fail(r, ERR_UNSUPPORTED);
			break;
		case -1:
			if (cbor_read_int(r) != P256)
				cbor_fail(r, ERR_UNSUPPORTED);
			break;
		case -2:
			x = cbor_read_bytes(r);
			if (x.len != 32)
				cbor_fail(r, ERR_FORMAT);
			break;
		case -3: odd = cbor_read_bool(r); break;
		default: cbor_fail(r, ERR_UNSUPPORTED);
		}
		seen++;
	}
	if (r->status == OK && seen != 4)
		cbor_fail(r, ERR_FORMAT);
	if (r->status != OK)
		return;
	c->has_cnf = true;
	c->cnf_point[0] = odd ? 3 : 2;
	memcpy(c->cnf_point + 1, x.ptr, 32);
}

static void
read_status(struct cbor_reader *r, struct credential *c)
{
	struct bytes key;
	struct cbor_map outer = cbor_read_map(r);
	if (outer.left != 1 || !cbor_map_next_text(r, &outer, &key) || !bytes_eq(key, BYTES_LIT("status_list"))) {
		cbor_fail(r, ERR_UNSUPPORTED);
		return;
	}
	bool idx = false, uri = false;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next_text(r, &m, &key);) {
		if (bytes_eq(key, BYTES_LIT("idx"))) {
			uint64_t v = cbor_read_uint(r);
			if (v > UINT32_MAX)
				cbor_fail(r, ERR_FORMAT);
			c->status_idx = (uint32_t)v;
			idx = true;
		} else if (bytes_eq(key, BYTES_LIT("uri"))) {
			c->status_uri = cbor_read_text(r);
			uri = true;
		} else
			cbor_fail(r, ERR_UNSUPPORTED);
	}
	if (!idx || !uri)
		cbor_fail(r, ERR_FORMAT);
}

static void
read_fields(struct cbor_reader *r, struct credential *c)
{
	size_t n = cbor_read_array(r);
	if (n < 1 || n > FIELDS_MAX) {
		cbor_fail(r, ERR_FORMAT);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t v = cbor_read_uint(r);
		if (v < 1 || v > UINT8_MAX)
			cbor_fail(r, ERR_FORMAT);
		c->fields[i] = (uint8_t)v;
	}
	c->fields_n = (uint8_t)n;
}

/* A number that means something, from 1 on: another one means something newer. */
static uint8_t
read_meaning(struct cbor_reader *r, uint8_t max)
{
	uint64_t v = cbor_read_uint(r);
	if (v < 1 || v > max)
		cbor_fail(r, ERR_UNSUPPORTED);
	return r->status == OK ? (uint8_t)v : 0;
}

static uint32_t
read_jurisdiction(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v > UINT32_MAX || !jurisdiction_is_wellformed((uint32_t)v))
		cbor_fail(r, ERR_FORMAT);
	return (uint32_t)v;
}

static void
read_map_key(struct cbor_reader *r, int64_t key, struct credential *c)
{
	switch (key) {
	case KEY_VERSION:
		if (cbor_read_uint(r) != VERSION)
			cbor_fail(r, ERR_UNSUPPORTED);
		break;
	case KEY_KIND:         c->kind = (enum credential_kind)read_meaning(r, KIND_BODY); break;
	case KEY_NAME:         c->name = cbor_read_filled_text(r); break;
	case KEY_BODY:         c->body_name = cbor_read_filled_text(r); break;
	case KEY_USCC:         c->body_uscc = cbor_read_filled_text(r); break;
	case KEY_POST:         c->post = cbor_read_filled_text(r); break;
	case KEY_FIELDS:       read_fields(r, c); break;
	case KEY_JURISDICTION: c->jurisdiction = read_jurisdiction(r); break;
	case KEY_ENTRUSTING:   c->entrusting_name = cbor_read_filled_text(r); break;
	case KEY_PORTRAIT:
		c->portrait_digest = cbor_read_bytes(r);
		if (c->portrait_digest.len != PORTRAIT_DIGEST_LEN)
			cbor_fail(r, ERR_FORMAT);
		break;
	case KEY_POLICY:       c->policy = read_meaning(r, POLICY_LIVE); break; /* static is said by absence */
	default: cbor_fail(r, ERR_UNSUPPORTED);
	}
}

static void
read_map(struct cbor_reader *r, struct credential *c)
{
	int64_t key = 0;
	uint32_t seen = 0;
	const uint32_t wanted = 1u << KEY_VERSION | 1u << KEY_KIND | 1u << KEY_NAME | 1u << KEY_JURISDICTION;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next(r, &m, &key);) {
		read_map_key(r, key, c);
		if (r->status == OK)
			seen |= 1u << key;
	}
	if ((seen & wanted) != wanted)
		cbor_fail(r, ERR_FORMAT);
}

static int64_t
read_instant(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v > INSTANT_MAX) {
		cbor_fail(r, ERR_FORMAT);
		return 0;
	}
	return (int64_t)v;
}

enum status
credential_decode(struct bytes payload, struct credential *out)
{
	struct credential c = { .nbf_unix_s = -1 };
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	bool has_map = false, has_status = false, has_iat = false;
	int64_t claim = 0;
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &claim);) {
		switch (claim) {
		case CLAIM_ISS:    c.iss = cbor_read_filled_text(&r); break;
		case CLAIM_SUB:    c.sub = cbor_read_filled_text(&r); break;
		case CLAIM_EXP:    c.exp_unix_s = read_instant(&r); break;
		case CLAIM_NBF:    c.nbf_unix_s = read_instant(&r); break;
		case CLAIM_IAT:    c.iat_unix_s = read_instant(&r); has_iat = true; break;
		case CLAIM_CNF:    read_cnf(&r, &c); break;
		case CLAIM_STATUS: read_status(&r, &c); has_status = true; break;
		case CLAIM_MAP:    read_map(&r, &c); has_map = true; break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st == ERR_LIMIT ? ERR_UNSUPPORTED : st; /* a key or value beyond int64: none that we list */
	bool nbf_said_twice = c.nbf_unix_s == c.iat_unix_s; /* nbf is there only if it differs from iat */
	if (c.nbf_unix_s < 0)
		c.nbf_unix_s = c.iat_unix_s;
	if (!has_map || !has_status || !has_iat || nbf_said_twice || !credential_is_wellformed(&c))
		return ERR_FORMAT;
	if (!credential_is_supported(&c))
		return ERR_UNSUPPORTED;
	*out = c;
	return OK;
}
