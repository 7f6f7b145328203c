#include "registry/holder.h"

#include "registry/event.h"

enum { VERSION = 1, ITEMS = 9 };

bool
kind_is_held(uint64_t kind)
{
	return (kind >= KIND_ENFORCEMENT && kind <= KIND_MODERATOR) || kind == KIND_MINISTRY;
}

static bool
holder_is_wellformed(const struct holder *h)
{
	return kind_is_held((uint64_t)h->kind) && h->uscc.len == USCC_LEN && h->number.len <= NUMBER_LEN_MAX &&
	    h->entries_sequence >= 1;
}

enum status
holder_encode(const struct holder *h, struct buf out, struct bytes *enc)
{
	if (!holder_is_wellformed(h))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_uint(&w, (uint64_t)h->kind);
	cbor_write_bytes(&w, (struct bytes){ h->person_id, PERSON_ID_LEN });
	cbor_write_text(&w, h->uscc);
	cbor_write_text(&w, h->number);
	cbor_write_uint(&w, h->entries_sequence);
	cbor_write_uint(&w, h->serial);
	cbor_write_uint(&w, h->serial_entries_sequence);
	standing_write(&w, &h->standing);
	return cbor_write_finish(&w, enc);
}

enum status
holder_decode(uint64_t id, struct bytes enc, struct holder *out)
{
	struct holder h = { .id = id };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	uint64_t kind = cbor_read_uint(&r);
	struct bytes person_id = cbor_read_bytes(&r);
	h.uscc = cbor_read_text(&r);
	h.number = cbor_read_text(&r);
	h.entries_sequence = cbor_read_uint(&r);
	h.serial = cbor_read_uint(&r);
	h.serial_entries_sequence = cbor_read_uint(&r);
	standing_read(&r, &h.standing);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	h.kind = (enum credential_kind)(kind_is_held(kind) ? kind : 0);
	if (items != ITEMS || person_id.len != PERSON_ID_LEN || !holder_is_wellformed(&h))
		return ERR_FORMAT;
	memcpy(h.person_id, person_id.ptr, PERSON_ID_LEN);
	*out = h;
	return OK;
}

enum status
holder_get(struct txn *t, uint64_t id, struct holder *out)
{
	struct bytes enc;
	struct key64 key = key64(id);
	enum status st = txn_get(t, TABLE_HOLDER, key64_view(&key), &enc);
	return st ? st : holder_decode(id, enc, out);
}

enum status
holder_by_number(struct txn *t, struct bytes number, struct holder *out)
{
	struct bytes id;
	if (number.len < 1 || number.len > NUMBER_LEN_MAX)
		return ERR_NOT_FOUND;
	enum status st = txn_get(t, TABLE_NUMBER, number, &id);
	if (st)
		return st;
	st = id.len == 8 ? holder_get(t, key64_value(id), out) : ERR_DAMAGED;
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st; /* a number that points nowhere */
}

enum status
holder_entries(struct txn *t, const struct holder *h, struct entries *out)
{
	struct bytes enc, person_id;
	struct event e;
	uint64_t holder_id = 0;
	struct key64 key = key64(h->entries_sequence);
	enum status st = txn_get(t, TABLE_EVENT, key64_view(&key), &enc);
	if (st == OK)
		st = event_decode(enc, &e);
	if (st == OK && e.kind != EVENT_HOLDER_ENTERED)
		st = ERR_DAMAGED;
	if (st == OK)
		st = entries_decode(e.payload, &holder_id, &person_id, out);
	if (st == OK && holder_id != h->id)
		st = ERR_DAMAGED;
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}
