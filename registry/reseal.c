#include "registry/reseal.h"

enum { KEY_VERSION = 0, KEY_GENERATION, KEY_COUNT, VERSION = 1, RECORD_ITEMS = 3, GENERATION_FIRST = 1 };

enum status
resealing_encode(uint64_t generation, struct buf out, struct bytes *payload)
{
	if (generation <= GENERATION_FIRST)
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, KEY_COUNT);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_GENERATION);
	cbor_write_uint(&w, generation);
	return cbor_write_finish(&w, payload);
}

enum status
resealing_decode(struct bytes payload, uint64_t *generation)
{
	uint64_t version = 0, got = 0;
	int64_t key = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); given++) {
		switch (key) {
		case KEY_VERSION:    version = cbor_read_uint(&r); break;
		case KEY_GENERATION: got = cbor_read_uint(&r); break;
		default:             cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (given != KEY_COUNT || got <= GENERATION_FIRST)
		return ERR_FORMAT;
	*generation = got;
	return OK;
}

enum status
resealed_get(struct txn *t, uint64_t *generation)
{
	struct bytes enc;
	enum status st = txn_get(t, TABLE_META, BYTES_LIT("resealed"), &enc);
	if (st == ERR_NOT_FOUND) {
		*generation = GENERATION_FIRST;
		return OK;
	}
	if (st)
		return st;
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	uint64_t got = cbor_read_uint(&r);
	(void)cbor_read_uint(&r);
	st = cbor_finish(&r);
	if (st == OK && (items != RECORD_ITEMS || version != VERSION))
		return ERR_UNSUPPORTED;
	if (st == OK)
		*generation = got;
	return st;
}

void
resealed_put(struct txn *t, uint64_t generation, uint64_t sequence)
{
	uint8_t mem[32];
	struct bytes enc;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_array(&w, RECORD_ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_uint(&w, generation);
	cbor_write_uint(&w, sequence);
	enum status st = cbor_write_finish(&w, &enc);
	if (st)
		txn_fail(t, st);
	else
		txn_put(t, TABLE_META, BYTES_LIT("resealed"), enc);
}

enum status
reseal_record(struct registry *r, uint64_t generation, struct bytes operator, int64_t now_ms, struct err *err)
{
	uint8_t mem[32];
	struct bytes payload;
	struct batch b;
	uint64_t sequence = 0;
	enum status st = resealing_encode(generation, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "generation %llu of the sealed store cannot be recorded", (unsigned long long)generation);
	st = batch_begin(r, false, operator, now_ms, &b, err);
	if (st)
		return st;
	batch_event(&b, EVENT_RESEALED, payload, &sequence);
	resealed_put(&b.txn, generation, sequence);
	st = batch_commit(&b, err);
	batch_end(&b);
	return st;
}
