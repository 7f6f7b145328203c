#include "registry/body.h"

#include "registry/tables.h"

enum { VERSION = 1, ITEMS = 10 };
enum { KEY_VERSION = 0, KEY_USCC, KEY_NAME, KEY_KIND, KEY_DIVISION, KEY_ENTRUSTING_USCC, KEY_ENTRUSTING_NAME, KEY_FROM, KEY_TO,
	KEY_CARRIED };

static bool
body_is_wellformed(const struct body *b)
{
	bool entrusted = b->kind == BODY_ENTRUSTED;
	return b->division <= 999999 && b->uscc.len == USCC_LEN && b->name.len >= 1 && b->name.len <= NAME_LEN_MAX && b->kind >= BODY_STATUTORY &&
	    b->kind <= BODY_ENTRUSTED && b->entrusting_name.len <= NAME_LEN_MAX && entrusted == (b->entrusting_name.len > 0) &&
	    (b->entrusting_uscc.len == 0 || (entrusted && b->entrusting_uscc.len == USCC_LEN)) && b->entrusted_from_unix_s >= 0 &&
	    b->entrusted_to_unix_s >= 0 && (b->entrusted_to_unix_s == 0 || b->entrusted_to_unix_s > b->entrusted_from_unix_s) &&
	    (entrusted || (b->entrusted_from_unix_s == 0 && b->entrusted_to_unix_s == 0)) &&
	    (b->carried == ACTION_NONE || b->carried == ACTION_SUSPEND || b->carried == ACTION_CANCEL);
}

enum status
body_encode(const struct body *b, struct buf out, struct bytes *enc)
{
	if (!body_is_wellformed(b))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_text(&w, b->name);
	cbor_write_uint(&w, (uint64_t)b->kind);
	cbor_write_uint(&w, b->division);
	cbor_write_text(&w, b->entrusting_uscc);
	cbor_write_text(&w, b->entrusting_name);
	cbor_write_int(&w, b->entrusted_from_unix_s);
	cbor_write_int(&w, b->entrusted_to_unix_s);
	cbor_write_uint(&w, b->entries_sequence);
	standing_write(&w, &b->standing);
	return cbor_write_finish(&w, enc);
}

enum status
body_decode(struct bytes uscc, struct bytes enc, struct body *out)
{
	struct body b = { .uscc = uscc };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	b.name = cbor_read_text(&r);
	uint64_t kind = cbor_read_uint(&r);
	uint64_t division = cbor_read_uint(&r);
	b.entrusting_uscc = cbor_read_text(&r);
	b.entrusting_name = cbor_read_text(&r);
	b.entrusted_from_unix_s = cbor_read_int(&r);
	b.entrusted_to_unix_s = cbor_read_int(&r);
	b.entries_sequence = cbor_read_uint(&r);
	standing_read(&r, &b.standing);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	b.kind = (enum body_kind)(kind <= BODY_ENTRUSTED ? kind : 0);
	b.division = (uint32_t)division;
	if (items != ITEMS || division > UINT32_MAX || !body_is_wellformed(&b))
		return ERR_FORMAT;
	*out = b;
	return OK;
}

/* Compulsory ones, and those whose value is not what absence means. */
static size_t
pairs_of(const struct body *b)
{
	const bool optional[] = { b->division != 0, b->entrusting_uscc.len > 0, b->entrusting_name.len > 0,
		b->entrusted_from_unix_s != 0, b->entrusted_to_unix_s != 0, b->carried != ACTION_NONE };
	size_t pairs = 4;
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		pairs += optional[i];
	return pairs;
}

enum status
body_entries_encode(const struct body *b, struct buf out, struct bytes *payload)
{
	if (!body_is_wellformed(b))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(b));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_text_pair(&w, KEY_USCC, b->uscc);
	cbor_write_text_pair(&w, KEY_NAME, b->name);
	cbor_write_int(&w, KEY_KIND);
	cbor_write_uint(&w, (uint64_t)b->kind);
	cbor_write_int_pair(&w, KEY_DIVISION, b->division);
	cbor_write_text_pair(&w, KEY_ENTRUSTING_USCC, b->entrusting_uscc);
	cbor_write_text_pair(&w, KEY_ENTRUSTING_NAME, b->entrusting_name);
	cbor_write_int_pair(&w, KEY_FROM, b->entrusted_from_unix_s);
	cbor_write_int_pair(&w, KEY_TO, b->entrusted_to_unix_s);
	cbor_write_int_pair(&w, KEY_CARRIED, (int64_t)b->carried);
	return cbor_write_finish(&w, payload);
}

enum status
body_entries_decode(struct bytes payload, struct body *out)
{
	struct body b = { .carried = ACTION_NONE };
	uint64_t version = 0, kind = 0, division = 0, carried = 0;
	int64_t key = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); given++) {
		switch (key) {
		case KEY_VERSION:         version = cbor_read_uint(&r); break;
		case KEY_USCC:            b.uscc = cbor_read_text(&r); break;
		case KEY_NAME:            b.name = cbor_read_text(&r); break;
		case KEY_KIND:            kind = cbor_read_uint(&r); break;
		case KEY_DIVISION:        division = cbor_read_uint(&r); break;
		case KEY_ENTRUSTING_USCC: b.entrusting_uscc = cbor_read_text(&r); break;
		case KEY_ENTRUSTING_NAME: b.entrusting_name = cbor_read_text(&r); break;
		case KEY_FROM:            b.entrusted_from_unix_s = cbor_read_int(&r); break;
		case KEY_TO:              b.entrusted_to_unix_s = cbor_read_int(&r); break;
		case KEY_CARRIED:         carried = cbor_read_uint(&r); break;
		default:                  cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || kind > BODY_ENTRUSTED || carried > ACTION_REPLACE)
		return ERR_UNSUPPORTED;
	b.kind = (enum body_kind)kind;
	b.carried = (enum action)carried;
	b.division = (uint32_t)division;
	if (division > UINT32_MAX || given != pairs_of(&b) || !body_is_wellformed(&b))
		return ERR_FORMAT;
	*out = b;
	return OK;
}

enum status
body_get(struct txn *t, struct bytes uscc, struct body *out)
{
	struct bytes enc;
	enum status st = txn_get(t, TABLE_BODY, uscc, &enc);
	return st ? st : body_decode(uscc, enc, out);
}
