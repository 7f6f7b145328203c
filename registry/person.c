#include "registry/person.h"

/* Each version has one item more, and is written only when the one before cannot say it. */
enum { VERSION = 1, ITEMS = 6, VERSION_MINISTRY = 2, VERSION_ERASED = 3 };

enum status
person_encode(const struct person *p, struct buf out, struct bytes *enc)
{
	if (p->ban_until_unix_s < 0)
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	bool erased = p->erased_sequence != 0, ministry = erased || p->holder_id[KIND_MINISTRY] != 0;
	unsigned version = erased ? VERSION_ERASED : ministry ? VERSION_MINISTRY : VERSION;
	cbor_write_array(&w, ITEMS + version - VERSION);
	cbor_write_uint(&w, version);
	for (int kind = KIND_ENFORCEMENT; kind <= KIND_MODERATOR; kind++)
		cbor_write_uint(&w, p->holder_id[kind]);
	if (ministry)
		cbor_write_uint(&w, p->holder_id[KIND_MINISTRY]);
	cbor_write_int(&w, p->ban_until_unix_s);
	standing_write(&w, &p->standing);
	if (erased)
		cbor_write_uint(&w, p->erased_sequence);
	return cbor_write_finish(&w, enc);
}

enum status
person_decode(struct bytes id, struct bytes enc, struct person *out)
{
	struct person p = { .holder_id = { 0 } };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	bool erased = version == VERSION_ERASED, ministry = erased || version == VERSION_MINISTRY;
	if (r.status == OK && version != VERSION && !ministry)
		return ERR_UNSUPPORTED;
	for (int kind = KIND_ENFORCEMENT; kind <= KIND_MODERATOR; kind++)
		p.holder_id[kind] = cbor_read_uint(&r);
	if (ministry)
		p.holder_id[KIND_MINISTRY] = cbor_read_uint(&r);
	p.ban_until_unix_s = cbor_read_int(&r);
	standing_read(&r, &p.standing);
	if (erased)
		p.erased_sequence = cbor_read_uint(&r);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (items != ITEMS + version - VERSION || (version == VERSION_MINISTRY && p.holder_id[KIND_MINISTRY] == 0) ||
	    erased != (p.erased_sequence != 0) || id.len != PERSON_ID_LEN || p.ban_until_unix_s < 0)
		return ERR_FORMAT;
	memcpy(p.id, id.ptr, PERSON_ID_LEN);
	*out = p;
	return OK;
}

enum status
person_get(struct txn *t, struct bytes id, struct person *out)
{
	struct bytes enc;
	enum status st = txn_get(t, TABLE_PERSON, id, &enc);
	return st ? st : person_decode(id, enc, out);
}
