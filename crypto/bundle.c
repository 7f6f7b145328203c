#include "crypto/bundle.h"

enum status
bundle_open(struct bytes in, struct bundle_reader *out)
{
	struct bundle_reader b = { .r = cbor_reader(in, CBOR_CANONICAL) };
	struct bytes magic = cbor_read_text(&b.r);
	if (b.r.status != OK || !bytes_eq(magic, BYTES_LIT(BUNDLE_MAGIC)))
		return ERR_FORMAT;
	*out = b;
	return OK;
}

bool
bundle_next(struct bundle_reader *b, struct bytes *token, enum typ *typ)
{
	struct cose c = { 0 };
	if (b->r.status != OK || b->r.left.len == 0)
		return false;
	struct bytes part = cbor_read_bytes(&b->r);
	if (b->r.status != OK)
		return false;
	/* a status list is a standard object; the envelope's own strictness is asked where it is judged */
	enum status st = cose_decode(part, COSE_STANDARD, &c);
	bool in_order = c.typ == TYP_STATUS_LIST || (c.typ == TYP_TRUST_LIST && b->last != TYP_STATUS_LIST);
	if (st != OK || !in_order) {
		cbor_fail(&b->r, st != OK ? st : ERR_FORMAT);
		return false;
	}
	if (b->parts >= BUNDLE_LISTS_MAX + TRUST_ROOTS_MAX) {
		cbor_fail(&b->r, ERR_LIMIT);
		return false;
	}
	b->last = c.typ;
	b->parts++;
	*token = part;
	*typ = c.typ;
	return true;
}

enum status
bundle_end(const struct bundle_reader *b)
{
	enum status st = cbor_finish(&b->r);
	return st == OK && b->parts == 0 ? ERR_FORMAT : st;
}

enum status
bundle_start(struct buf *out)
{
	struct bytes enc;
	struct cbor_writer w = cbor_writer(*out);
	cbor_write_text(&w, BYTES_LIT(BUNDLE_MAGIC));
	enum status st = cbor_write_finish(&w, &enc);
	if (st == OK)
		out->len += enc.len;
	return st;
}

enum status
bundle_append(struct buf *out, struct bytes token)
{
	struct bytes enc;
	struct cbor_writer w = cbor_writer(*out);
	cbor_write_bytes(&w, token);
	enum status st = cbor_write_finish(&w, &enc);
	if (st == OK)
		out->len += enc.len;
	return st;
}
