#include "crypto/portraitpack.h"

#include "crypto/cbor.h"
#include "crypto/digest.h"

static bool
size_fits(size_t len)
{
	return len >= PORTRAIT_LEN_MIN && len <= PORTRAIT_LEN_MAX;
}

static enum status
read_picture(struct cbor_reader *r, struct bytes *digest, struct bytes *jpeg)
{
	*digest = cbor_read_bytes(r);
	*jpeg = cbor_read_bytes(r);
	if (r->status == OK && (digest->len != PORTRAIT_DIGEST_LEN || !size_fits(jpeg->len)))
		cbor_fail(r, ERR_FORMAT);
	return r->status;
}

enum status
portrait_pack_open(struct bytes in, struct portrait_pack *out)
{
	struct cbor_reader r = cbor_reader(in, CBOR_CANONICAL);
	struct bytes magic = cbor_read_text(&r), digest, jpeg, last = { NULL, 0 };
	if (r.status != OK || !bytes_eq(magic, BYTES_LIT(PORTRAIT_PACK_MAGIC)))
		return ERR_FORMAT;
	struct portrait_pack p = { .pictures = r.left };
	while (r.left.len > 0) {
		enum status st = read_picture(&r, &digest, &jpeg);
		if (st)
			return st;
		if (last.len > 0 && bytes_cmp(digest, last) <= 0)
			return ERR_FORMAT;
		if (p.n == PORTRAITS_MAX)
			return ERR_LIMIT;
		last = digest;
		p.n++;
	}
	if (p.n == 0)
		return ERR_FORMAT;
	*out = p;
	return OK;
}

bool
portrait_pack_next(struct bytes *at, struct bytes *digest, struct bytes *jpeg)
{
	struct cbor_reader r = cbor_reader(*at, CBOR_CANONICAL);
	if (at->len == 0 || read_picture(&r, digest, jpeg) != OK)
		return false;
	*at = r.left;
	return true;
}

enum status
portrait_digest(struct bytes jpeg, uint8_t out[PORTRAIT_DIGEST_LEN])
{
	struct digest whole;
	enum status st = sha256(jpeg, &whole);
	if (st == OK)
		memcpy(out, whole.b, PORTRAIT_DIGEST_LEN);
	return st;
}

enum status
portrait_pack_find(const struct portrait_pack *p, struct bytes digest, struct bytes *jpeg)
{
	struct bytes at = p->pictures, found = { NULL, 0 }, picture;
	uint8_t made[PORTRAIT_DIGEST_LEN];
	int order = -1;
	while (order < 0 && portrait_pack_next(&at, &found, &picture))
		order = bytes_cmp(found, digest);
	if (order != 0)
		return ERR_NOT_FOUND;
	enum status st = portrait_digest(picture, made);
	if (st == OK && !bytes_eq(digest, (struct bytes){ made, sizeof(made) }))
		st = ERR_DAMAGED;
	if (st == OK)
		*jpeg = picture;
	return st;
}

enum status
portrait_pack_start(struct buf *out)
{
	struct bytes enc;
	struct cbor_writer w = cbor_writer(*out);
	cbor_write_text(&w, BYTES_LIT(PORTRAIT_PACK_MAGIC));
	enum status st = cbor_write_finish(&w, &enc);
	if (st == OK)
		out->len += enc.len;
	return st;
}

enum status
portrait_pack_head(struct bytes digest, size_t jpeg_len, struct buf *out)
{
	struct bytes enc;
	struct cbor_writer w = cbor_writer(*out);
	if (digest.len != PORTRAIT_DIGEST_LEN || !size_fits(jpeg_len))
		return ERR_ARGUMENT;
	cbor_write_bytes(&w, digest);
	cbor_write_bytes_head(&w, jpeg_len);
	enum status st = cbor_write_finish(&w, &enc);
	if (st == OK)
		out->len += enc.len;
	return st;
}
