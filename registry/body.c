#include "registry/body.h"

#include "registry/event.h"
#include "registry/tables.h"

enum { VERSION = 1, ITEMS = 10, VERSION_MORE = 2, ITEMS_MORE = 13 };
enum { KEY_VERSION = 0, KEY_USCC, KEY_NAME, KEY_KIND, KEY_DIVISION, KEY_ENTRUSTING_USCC, KEY_ENTRUSTING_NAME, KEY_FROM, KEY_TO,
	KEY_CARRIED, KEY_MATTERS, KEY_AUTHORITY, KEY_DOCUMENT, KEY_PUBLISHED };

static bool
particulars_are_wellformed(const struct body *b)
{
	bool entrusted = b->kind == BODY_ENTRUSTED;
	return b->matters.len <= MATTERS_LEN_MAX && b->authority.len <= MATTERS_LEN_MAX && b->document.len <= GROUND_LEN_MAX &&
	    b->published_unix_s >= 0 && (b->authority.len == 0 || b->kind != BODY_STATUTORY) &&
	    (entrusted || (b->matters.len == 0 && b->document.len == 0 && b->published_unix_s == 0));
}

static bool
body_is_wellformed(const struct body *b)
{
	bool entrusted = b->kind == BODY_ENTRUSTED;
	return b->division <= 999999 && b->uscc.len == USCC_LEN && b->name.len >= 1 && b->name.len <= NAME_LEN_MAX && b->kind >= BODY_STATUTORY &&
	    b->kind <= BODY_ENTRUSTED && b->entrusting_name.len <= NAME_LEN_MAX && entrusted == (b->entrusting_name.len > 0) &&
	    (b->entrusting_uscc.len == 0 || (entrusted && b->entrusting_uscc.len == USCC_LEN)) && b->entrusted_from_unix_s >= 0 &&
	    b->entrusted_to_unix_s >= 0 && (b->entrusted_to_unix_s == 0 || b->entrusted_to_unix_s > b->entrusted_from_unix_s) &&
	    (entrusted || (b->entrusted_from_unix_s == 0 && b->entrusted_to_unix_s == 0)) &&
	    (b->carried == ACTION_NONE || b->carried == ACTION_SUSPEND || b->carried == ACTION_CANCEL) &&
	    particulars_are_wellformed(b);
}

/* What a record of version 1 cannot say. */
static bool
has_more(const struct body *b)
{
	return b->serial != 0 || b->serial_entries_sequence != 0 || b->succession != 0;
}

enum status
body_encode(const struct body *b, struct buf out, struct bytes *enc)
{
	if (!body_is_wellformed(b) || (b->serial == 0) != (b->serial_entries_sequence == 0))
		return ERR_ARGUMENT;
	bool more = has_more(b);
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, more ? ITEMS_MORE : ITEMS);
	cbor_write_uint(&w, more ? VERSION_MORE : VERSION);
	cbor_write_text(&w, b->name);
	cbor_write_uint(&w, (uint64_t)b->kind);
	cbor_write_uint(&w, b->division);
	cbor_write_text(&w, b->entrusting_uscc);
	cbor_write_text(&w, b->entrusting_name);
	cbor_write_int(&w, b->entrusted_from_unix_s);
	cbor_write_int(&w, b->entrusted_to_unix_s);
	cbor_write_uint(&w, b->entries_sequence);
	standing_write(&w, &b->standing);
	if (more) {
		cbor_write_uint(&w, b->serial);
		cbor_write_uint(&w, b->serial_entries_sequence);
		cbor_write_uint(&w, b->succession);
	}
	return cbor_write_finish(&w, enc);
}

enum status
body_decode(struct bytes uscc, struct bytes enc, struct body *out)
{
	struct body b = { .uscc = uscc };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION && version != VERSION_MORE)
		return ERR_UNSUPPORTED;
	bool more = version == VERSION_MORE;
	b.name = cbor_read_text(&r);
	uint64_t kind = cbor_read_uint(&r);
	uint64_t division = cbor_read_uint(&r);
	b.entrusting_uscc = cbor_read_text(&r);
	b.entrusting_name = cbor_read_text(&r);
	b.entrusted_from_unix_s = cbor_read_int(&r);
	b.entrusted_to_unix_s = cbor_read_int(&r);
	b.entries_sequence = cbor_read_uint(&r);
	standing_read(&r, &b.standing);
	if (more) {
		b.serial = cbor_read_uint(&r);
		b.serial_entries_sequence = cbor_read_uint(&r);
		b.succession = cbor_read_uint(&r);
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	b.kind = (enum body_kind)(kind <= BODY_ENTRUSTED ? kind : 0);
	b.division = (uint32_t)division;
	if (items != (size_t)(more ? ITEMS_MORE : ITEMS) || division > UINT32_MAX || !body_is_wellformed(&b) || more != has_more(&b) ||
	    (b.serial == 0) != (b.serial_entries_sequence == 0))
		return ERR_FORMAT;
	*out = b;
	return OK;
}

/* Compulsory ones, and those whose value is not what absence means. */
static size_t
pairs_of(const struct body *b)
{
	const bool optional[] = { b->division != 0, b->entrusting_uscc.len > 0, b->entrusting_name.len > 0,
		b->entrusted_from_unix_s != 0, b->entrusted_to_unix_s != 0, b->carried != ACTION_NONE, b->matters.len > 0, b->authority.len > 0,
		b->document.len > 0, b->published_unix_s != 0 };
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
	cbor_write_text_pair(&w, KEY_MATTERS, b->matters);
	cbor_write_text_pair(&w, KEY_AUTHORITY, b->authority);
	cbor_write_text_pair(&w, KEY_DOCUMENT, b->document);
	cbor_write_int_pair(&w, KEY_PUBLISHED, b->published_unix_s);
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
		case KEY_MATTERS:         b.matters = cbor_read_text(&r); break;
		case KEY_AUTHORITY:       b.authority = cbor_read_text(&r); break;
		case KEY_DOCUMENT:        b.document = cbor_read_text(&r); break;
		case KEY_PUBLISHED:       b.published_unix_s = cbor_read_int(&r); break;
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

enum status
body_copy(struct txn *t, struct bytes uscc, uint8_t mem[RECORD_LEN_MAX], struct body *out)
{
	struct bytes enc;
	enum status st = uscc.len == USCC_LEN ? txn_get(t, TABLE_BODY, uscc, &enc) : ERR_NOT_FOUND;
	if (st)
		return st;
	if (enc.len > RECORD_LEN_MAX)
		return ERR_DAMAGED;
	memcpy(mem, enc.ptr, enc.len);
	return body_decode(uscc, (struct bytes){ mem, enc.len }, out);
}

enum status
body_entries(struct txn *t, const struct body *b, struct body *out)
{
	struct bytes enc;
	struct event e;
	struct key64 key = key64(b->entries_sequence);
	enum status st = txn_get(t, TABLE_EVENT, key64_view(&key), &enc);
	if (st == OK)
		st = event_decode(enc, &e);
	if (st == OK && e.kind != EVENT_BODY_ENTERED)
		st = ERR_DAMAGED;
	if (st == OK)
		st = body_entries_decode(e.payload, out);
	if (st == OK && !bytes_eq(out->uscc, b->uscc))
		st = ERR_DAMAGED;
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}
