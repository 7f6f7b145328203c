#include "registry/reveal.h"

#include "base/text.h"

enum { KEY_VERSION = 0, KEY_PERSON, KEY_REASON, KEY_COUNT, VERSION = 1 };

static bool
revelation_is_wellformed(const struct revelation *r)
{
	bool one = r->person_id.len == PERSON_ID_LEN && r->count == 1;
	return (one || r->person_id.len == 0) && r->reason.len >= 1 && r->reason.len <= GROUND_LEN_MAX;
}

enum status
revelation_encode(const struct revelation *r, struct buf out, struct bytes *payload)
{
	if (!revelation_is_wellformed(r))
		return ERR_ARGUMENT;
	bool one = r->person_id.len > 0;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, one ? 4 : 3);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	if (one) {
		cbor_write_int(&w, KEY_PERSON);
		cbor_write_bytes(&w, r->person_id);
	}
	cbor_write_int(&w, KEY_REASON);
	cbor_write_text(&w, r->reason);
	cbor_write_int(&w, KEY_COUNT);
	cbor_write_uint(&w, r->count);
	return cbor_write_finish(&w, payload);
}

enum status
revelation_decode(struct bytes payload, struct revelation *out)
{
	struct revelation got = { .count = 0 };
	uint64_t version = 0;
	int64_t key = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); given++) {
		switch (key) {
		case KEY_VERSION: version = cbor_read_uint(&r); break;
		case KEY_PERSON:  got.person_id = cbor_read_bytes(&r); break;
		case KEY_REASON:  got.reason = cbor_read_text(&r); break;
		case KEY_COUNT:   got.count = cbor_read_uint(&r); break;
		default:          cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (given != (got.person_id.len > 0 ? 4u : 3u) || !revelation_is_wellformed(&got))
		return ERR_FORMAT;
	*out = got;
	return OK;
}

enum status
reveal_record(struct registry *r, const struct revelation *what, struct bytes operator, int64_t now_ms, struct err *err)
{
	uint8_t mem[GROUND_LEN_MAX + 64];
	struct bytes payload;
	struct batch b;
	enum status st = text_is_clean(what->reason) ? revelation_encode(what, BUF_OF(mem), &payload) : ERR_ARGUMENT;
	if (st)
		return err_set(err, st, "sealed data is revealed for a reason of 1 to %u bytes of clean UTF-8", GROUND_LEN_MAX);
	st = batch_begin(r, false, operator, now_ms, &b, err);
	if (st)
		return st;
	batch_event(&b, EVENT_REVEALED, payload, NULL);
	st = batch_commit(&b, err);
	batch_end(&b);
	return st;
}
