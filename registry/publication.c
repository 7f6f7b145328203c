#include "registry/publication.h"

#include "crypto/cbor.h"
#include "registry/tables.h"

enum { KEY_VERSION = 0, KEY_IAT, KEY_LISTS, KEY_TRUST, KEY_COUNT, VERSION = 1, PUBLISHED_ITEMS = 3 };

static bool
publication_is_wellformed(const struct publication *p)
{
	return p->iat_unix_s > 0 && p->lists >= 1 && p->lists <= BUNDLE_LISTS_MAX;
}

enum status
publication_encode(const struct publication *p, struct buf out, struct bytes *payload)
{
	if (!publication_is_wellformed(p))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, KEY_COUNT);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_IAT);
	cbor_write_int(&w, p->iat_unix_s);
	cbor_write_int(&w, KEY_LISTS);
	cbor_write_uint(&w, p->lists);
	cbor_write_int(&w, KEY_TRUST);
	cbor_write_uint(&w, p->trust_issue);
	return cbor_write_finish(&w, payload);
}

enum status
publication_decode(struct bytes payload, struct publication *out)
{
	struct publication p = { 0 };
	uint64_t version = 0;
	int64_t key = 0;
	size_t seen = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); seen++) {
		switch (key) {
		case KEY_VERSION: version = cbor_read_uint(&r); break;
		case KEY_IAT:     p.iat_unix_s = cbor_read_int(&r); break;
		case KEY_LISTS:   p.lists = cbor_read_uint(&r); break;
		case KEY_TRUST:   p.trust_issue = cbor_read_uint(&r); break;
		default:          cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (seen != KEY_COUNT || !publication_is_wellformed(&p))
		return ERR_FORMAT;
	*out = p;
	return OK;
}

enum status
published_get(struct txn *t, struct published *out)
{
	struct bytes enc;
	struct published p;
	enum status st = txn_get(t, TABLE_META, BYTES_LIT("published"), &enc);
	if (st)
		return st;
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	p.iat_unix_s = cbor_read_int(&r);
	p.sequence = cbor_read_uint(&r);
	st = cbor_finish(&r);
	if (st == OK && (items != PUBLISHED_ITEMS || version != VERSION))
		st = ERR_UNSUPPORTED;
	if (st == OK)
		*out = p;
	return st;
}

void
published_put(struct txn *t, const struct published *p)
{
	uint8_t mem[64];
	struct bytes enc;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_array(&w, PUBLISHED_ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, p->iat_unix_s);
	cbor_write_uint(&w, p->sequence);
	enum status st = cbor_write_finish(&w, &enc);
	if (st)
		txn_fail(t, st);
	else
		txn_put(t, TABLE_META, BYTES_LIT("published"), enc);
}
