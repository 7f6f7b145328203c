#include "registry/event.h"

#include "crypto/cbor.h"

enum { VERSION = 1, ITEMS = 8, SALT_LEN = 16 };

static bool
event_is_wellformed(const struct event *e)
{
	return e->sequence >= 1 && e->time_ms >= 0 && e->kind >= EVENT_OPENED && e->kind <= EVENT_KIND_LAST &&
	    e->operator.len >= 1 && e->operator.len <= OPERATOR_LEN_MAX && e->salt.len == SALT_LEN && e->previous.len == DIGEST_LEN &&
	    e->payload.len >= 1 && e->payload.len <= EVENT_LEN_MAX;
}

enum status
event_encode(const struct event *e, struct buf out, struct bytes *enc)
{
	if (!event_is_wellformed(e))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_uint(&w, e->sequence);
	cbor_write_int(&w, e->time_ms);
	cbor_write_uint(&w, (uint64_t)e->kind);
	cbor_write_text(&w, e->operator);
	cbor_write_bytes(&w, e->salt);
	cbor_write_bytes(&w, e->previous);
	cbor_write_raw(&w, e->payload);
	return cbor_write_finish(&w, enc);
}

enum status
event_skim(struct bytes enc, struct event *out)
{
	struct event e = { 0 };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	e.sequence = cbor_read_uint(&r);
	e.time_ms = cbor_read_int(&r);
	uint64_t kind = cbor_read_uint(&r);
	e.operator = cbor_read_text(&r);
	e.salt = cbor_read_bytes(&r);
	e.previous = cbor_read_bytes(&r);
	e.payload = r.left;
	if (r.status)
		return r.status;
	if (version != VERSION || kind > EVENT_KIND_LAST)
		return ERR_UNSUPPORTED;
	e.kind = (enum event_kind)kind;
	if (items != ITEMS || cbor_peek(&r) != CBOR_MAP)
		return ERR_FORMAT;
	*out = e;
	return OK;
}

enum status
event_decode(struct bytes enc, struct event *out)
{
	struct event e = { 0 };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	e.sequence = cbor_read_uint(&r);
	e.time_ms = cbor_read_int(&r);
	uint64_t kind = cbor_read_uint(&r);
	e.operator = cbor_read_text(&r);
	e.salt = cbor_read_bytes(&r);
	e.previous = cbor_read_bytes(&r);
	bool is_map = cbor_peek(&r) == CBOR_MAP;
	e.payload = cbor_read_item(&r);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (kind > EVENT_KIND_LAST)
		return ERR_UNSUPPORTED;
	e.kind = (enum event_kind)kind;
	if (items != ITEMS || !is_map || !event_is_wellformed(&e))
		return ERR_FORMAT;
	*out = e;
	return OK;
}
