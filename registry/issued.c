#include "registry/issued.h"

#include "registry/event.h"

enum { VERSION = 1, VERSION_BODY = 2, ITEMS = 5 };
enum { KEY_VERSION = 0, KEY_SERIAL, KEY_HOLDER, KEY_NUMBER, KEY_TOKEN, KEY_ENTRIES, KEY_NEXT_NUMBER, KEY_USCC };

static bool
issued_is_wellformed(const struct issued *c)
{
	return c->serial >= 1 && (c->holder_id >= 1) == (c->uscc[0] == 0) && c->sequence >= 1 && c->exp_unix_s > 0;
}

enum status
issued_encode(const struct issued *c, struct buf out, struct bytes *enc)
{
	if (!issued_is_wellformed(c))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, ITEMS);
	cbor_write_uint(&w, c->holder_id != 0 ? VERSION : VERSION_BODY);
	if (c->holder_id != 0)
		cbor_write_uint(&w, c->holder_id);
	else
		cbor_write_text(&w, (struct bytes){ c->uscc, USCC_LEN });
	cbor_write_uint(&w, c->sequence);
	cbor_write_int(&w, c->exp_unix_s);
	standing_write(&w, &c->standing);
	return cbor_write_finish(&w, enc);
}

static void
read_uscc(struct cbor_reader *r, struct issued *c)
{
	struct bytes uscc = cbor_read_text(r);
	if (r->status == OK && uscc.len != USCC_LEN)
		cbor_fail(r, ERR_FORMAT);
	if (r->status == OK)
		memcpy(c->uscc, uscc.ptr, USCC_LEN);
}

enum status
issued_decode(uint64_t serial, struct bytes enc, struct issued *out)
{
	struct issued c = { .serial = serial };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION && version != VERSION_BODY)
		return ERR_UNSUPPORTED;
	if (version == VERSION_BODY)
		read_uscc(&r, &c);
	else
		c.holder_id = cbor_read_uint(&r);
	c.sequence = cbor_read_uint(&r);
	c.exp_unix_s = cbor_read_int(&r);
	standing_read(&r, &c.standing);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (items != ITEMS || !issued_is_wellformed(&c))
		return ERR_FORMAT;
	*out = c;
	return OK;
}

enum status
issued_get(struct txn *t, uint64_t serial, struct issued *out)
{
	struct bytes enc;
	struct key64 key = key64(serial);
	enum status st = txn_get(t, TABLE_CREDENTIAL, key64_view(&key), &enc);
	return st ? st : issued_decode(serial, enc, out);
}

enum status
issued_token(struct txn *t, const struct issued *c, struct bytes *token)
{
	struct bytes enc;
	struct event e;
	struct issue_payload p;
	struct key64 key = key64(c->sequence);
	enum status st = txn_get(t, TABLE_EVENT, key64_view(&key), &enc);
	if (st == OK)
		st = event_decode(enc, &e);
	if (st == OK && e.kind != EVENT_CREDENTIAL_ISSUED)
		st = ERR_DAMAGED;
	if (st == OK)
		st = issue_payload_decode(e.payload, &p);
	if (st == OK && p.serial != c->serial)
		st = ERR_DAMAGED;
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	*token = p.token;
	return OK;
}

enum status
issued_by_token(struct txn *t, struct bytes token, struct issued *out)
{
	struct digest d;
	struct bytes serial, stored;
	struct issued c;
	enum status st = sha256(token, &d);
	if (st == OK)
		st = txn_get(t, TABLE_DIGEST, (struct bytes){ d.b, TOKEN_DIGEST_KEY_LEN }, &serial);
	if (st)
		return st;
	if (serial.len != 8)
		return ERR_DAMAGED;
	st = issued_get(t, key64_value(serial), &c);
	if (st == OK)
		st = issued_token(t, &c, &stored);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	if (!bytes_eq(token, stored))
		return ERR_NOT_FOUND;
	*out = c;
	return OK;
}

static bool
payload_is_wellformed(const struct issue_payload *p)
{
	bool of_body = p->holder_id == 0;
	bool whose = of_body ? p->uscc.len == USCC_LEN && p->number.len == 0 && p->next_number == 0
	                     : p->uscc.len == 0 && p->number.len >= 1 && p->number.len <= NUMBER_LEN_MAX && p->next_number <= INT64_MAX;
	return whose && p->serial >= 1 && p->entries_sequence >= 1 && p->token.len >= 1 && p->token.len <= TOKEN_LEN_MAX;
}

static size_t
pairs_of(const struct issue_payload *p)
{
	return p->holder_id == 0 ? 5 : p->next_number != 0 ? 7 : 6;
}

enum status
issue_payload_encode(const struct issue_payload *p, struct buf out, struct bytes *payload)
{
	if (!payload_is_wellformed(p))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(p));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_SERIAL);
	cbor_write_uint(&w, p->serial);
	if (p->holder_id != 0) {
		cbor_write_int(&w, KEY_HOLDER);
		cbor_write_uint(&w, p->holder_id);
	}
	cbor_write_text_pair(&w, KEY_NUMBER, p->number);
	cbor_write_int(&w, KEY_TOKEN);
	cbor_write_bytes(&w, p->token);
	cbor_write_int(&w, KEY_ENTRIES);
	cbor_write_uint(&w, p->entries_sequence);
	cbor_write_int_pair(&w, KEY_NEXT_NUMBER, (int64_t)p->next_number);
	cbor_write_text_pair(&w, KEY_USCC, p->uscc);
	return cbor_write_finish(&w, payload);
}

enum status
issue_payload_decode(struct bytes payload, struct issue_payload *out)
{
	struct issue_payload p = { 0 };
	uint64_t version = 0;
	int64_t key = 0;
	size_t seen = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); seen++) {
		switch (key) {
		case KEY_VERSION: version = cbor_read_uint(&r); break;
		case KEY_SERIAL:  p.serial = cbor_read_uint(&r); break;
		case KEY_HOLDER:  p.holder_id = cbor_read_uint(&r); break;
		case KEY_NUMBER:  p.number = cbor_read_text(&r); break;
		case KEY_TOKEN:   p.token = cbor_read_bytes(&r); break;
		case KEY_ENTRIES: p.entries_sequence = cbor_read_uint(&r); break;
		case KEY_NEXT_NUMBER: p.next_number = cbor_read_uint(&r); break;
		case KEY_USCC:    p.uscc = cbor_read_text(&r); break;
		default:          cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (seen != pairs_of(&p) || !payload_is_wellformed(&p))
		return ERR_FORMAT;
	*out = p;
	return OK;
}
