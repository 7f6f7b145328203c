#include "registry/archive.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "crypto/cbor.h"

#define MAGIC "yp-backup-1"

enum { PAYLOAD_MAX = 2 * ARCHIVE_RECORD_MAX, HEAD_MAX = 16, LABEL_LEN = sizeof(MAGIC) - 1, BLOCK_ITEMS = 2 };

struct chain { struct mac *mac; struct digest tag; };

struct archive_writer { FILE *f; struct chain chain; size_t len; uint8_t payload[PAYLOAD_MAX]; };

struct archive_reader {
	FILE *f;
	struct chain chain;
	uint64_t block;                        /* number of the last one read, from 1 */
	struct bytes left;                     /* of its payload */
	size_t len;
	uint8_t payload[PAYLOAD_MAX];
};

static enum status
chain_start(struct chain *c, enum profile profile, const struct secret *check_key)
{
	struct secret key;
	struct bytes magic = BYTES_LIT(MAGIC);
	enum status st = secret_derive(profile, check_key, "backup", &key);
	if (st == OK)
		st = mac_open(profile, &key, &c->mac);
	secret_wipe(&key, sizeof(key));
	return st ? st : mac_compute(c->mac, &magic, 1, &c->tag);
}

static enum status
chain_next(struct chain *c, struct bytes payload, struct digest *tag)
{
	const struct bytes parts[] = { { c->tag.b, DIGEST_LEN }, payload };
	return mac_compute(c->mac, parts, 2, tag);
}

/* ---- writing ---- */

static enum status
write_all(FILE *f, struct bytes b, struct err *err)
{
	if (fwrite(b.ptr, 1, b.len, f) == b.len)
		return OK;
	return err_set(err, ERR_SYSTEM, "it cannot be written: %s", errno == ENOSPC || errno == EDQUOT ? "no room is left on the disk" : strerror(errno));
}

static enum status
write_block(struct archive_writer *w, struct err *err)
{
	uint8_t mem[HEAD_MAX + DIGEST_LEN];
	struct bytes head, tail, payload = { w->payload, w->len };
	struct digest tag;
	enum status st = chain_next(&w->chain, payload, &tag);
	if (st)
		return err_set(err, st, "a block cannot be authenticated: %s", status_text(st));
	struct cbor_writer c = cbor_writer(BUF_OF(mem));
	cbor_write_array(&c, BLOCK_ITEMS);
	cbor_write_bytes_head(&c, w->len);
	st = cbor_write_finish(&c, &head);
	if (st == OK)
		st = write_all(w->f, head, err);
	if (st == OK)
		st = write_all(w->f, payload, err);
	c = cbor_writer(BUF_OF(mem));
	cbor_write_bytes(&c, (struct bytes){ tag.b, DIGEST_LEN });
	if (st == OK)
		st = cbor_write_finish(&c, &tail);
	if (st == OK)
		st = write_all(w->f, tail, err);
	w->chain.tag = tag;
	w->len = 0;
	return st;
}

enum status
archive_create(FILE *f, enum profile profile, const struct secret *check_key, struct archive_writer **out, struct err *err)
{
	uint8_t mem[HEAD_MAX + LABEL_LEN];
	struct bytes head;
	struct archive_writer *w = calloc(1, sizeof(*w));
	if (w == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	w->f = f;
	enum status st = chain_start(&w->chain, profile, check_key);
	if (st)
		err_set(err, st, "no keyed hash: %s", status_text(st));
	struct cbor_writer c = cbor_writer(BUF_OF(mem));
	cbor_write_text(&c, BYTES_LIT(MAGIC));
	if (st == OK)
		st = cbor_write_finish(&c, &head);
	if (st == OK)
		st = write_all(f, head, err);
	if (st)
		archive_writer_close(w);
	else
		*out = w;
	return st;
}

enum status
archive_put(struct archive_writer *w, struct bytes record, struct err *err)
{
	if (record.len > ARCHIVE_RECORD_MAX)
		return err_set(err, ERR_LIMIT, "a record of %zu bytes is more than the %u that a block takes", record.len, ARCHIVE_RECORD_MAX);
	memcpy(w->payload + w->len, record.ptr, record.len); /* a block is written once it is half full, so there is room for one more */
	w->len += record.len;
	return w->len >= ARCHIVE_RECORD_MAX ? write_block(w, err) : OK;
}

enum status
archive_finish(struct archive_writer *w, struct err *err)
{
	enum status st = w->len > 0 ? write_block(w, err) : OK;
	if (st == OK && fflush(w->f) != 0)
		st = err_set(err, ERR_SYSTEM, "it cannot be written: %s", strerror(errno));
	return st;
}

void
archive_writer_close(struct archive_writer *w)
{
	if (w != NULL)
		mac_close(w->chain.mac);
	free(w);
}

/* ---- reading ---- */

static enum status
damaged(const struct archive_reader *r, struct err *err, const char *why)
{
	if (ferror(r->f))
		return err_set(err, ERR_SYSTEM, "it cannot be read: %s", strerror(errno));
	return err_set(err, ERR_DAMAGED, "block %llu %s: the file was changed, cut or put together from others, or belongs to another check key",
	    (unsigned long long)r->block, why);
}

/* The head of a byte string in its shortest form; false: it is none. */
static bool
read_length(FILE *f, size_t *len)
{
	uint8_t b[5];
	if (fread(b, 1, 1, f) != 1 || b[0] >> 5 != CBOR_BYTES)
		return false;
	unsigned info = b[0] & 31;
	size_t more = info < 24 ? 0 : info == 24 ? 1 : info == 25 ? 2 : info == 26 ? 4 : 9;
	if (more == 9 || fread(b + 1, 1, more, f) != more)
		return false;
	*len = more == 0 ? info : 0;
	for (size_t i = 1; i <= more; i++)
		*len = *len << 8 | b[i];
	return *len >= (more == 0 ? 0u : more == 1 ? 24u : more == 2 ? 256u : 65536u);
}

/* The block's bytes, not yet believed.  *ended: nothing follows. */
static enum status
read_block(struct archive_reader *r, uint8_t tag[DIGEST_LEN], bool *ended, struct err *err)
{
	size_t tag_len = 0;
	int first = fgetc(r->f);
	*ended = first == EOF && !ferror(r->f);
	if (*ended)
		return OK;
	r->block++;
	if (first != (CBOR_ARRAY << 5 | BLOCK_ITEMS) || !read_length(r->f, &r->len) || r->len < 1 || r->len > PAYLOAD_MAX)
		return damaged(r, err, "does not begin as a block does");
	if (fread(r->payload, 1, r->len, r->f) != r->len || !read_length(r->f, &tag_len) || tag_len != DIGEST_LEN ||
	    fread(tag, 1, DIGEST_LEN, r->f) != DIGEST_LEN)
		return damaged(r, err, "is not there to its end");
	return OK;
}

static enum status
check_block(struct archive_reader *r, struct chain *c, const uint8_t tag[DIGEST_LEN], struct err *err)
{
	struct digest wanted;
	enum status st = chain_next(c, (struct bytes){ r->payload, r->len }, &wanted);
	if (st)
		return err_set(err, st, "a block cannot be checked: %s", status_text(st));
	if (!secret_eq(wanted.b, tag, DIGEST_LEN))
		return damaged(r, err, "does not hold");
	c->tag = wanted;
	r->left = (struct bytes){ r->payload, r->len };
	return OK;
}

static enum status
open_first(struct archive_reader *r, const struct secret *check_key, enum profile *profile, struct err *err)
{
	static const enum profile profiles[] = { PROFILE_INTL, PROFILE_GM };
	uint8_t magic[1 + LABEL_LEN], tag[DIGEST_LEN];
	bool ended = false;
	if (fread(magic, 1, sizeof(magic), r->f) != sizeof(magic) || magic[0] != (CBOR_TEXT << 5 | LABEL_LEN) || memcmp(magic + 1, MAGIC, LABEL_LEN) != 0)
		return err_set(err, ERR_FORMAT, "it is no backup of a register (it does not begin with %s)", MAGIC);
	enum status st = read_block(r, tag, &ended, err);
	if (st == OK && ended)
		return err_set(err, ERR_DAMAGED, "it is empty");
	for (size_t i = 0; st == OK; i++) {
		struct err unwanted = { .status = OK };
		mac_close(r->chain.mac);
		r->chain.mac = NULL;
		st = chain_start(&r->chain, profiles[i], check_key);
		if (st)
			return err_set(err, st, "no keyed hash: %s", status_text(st));
		*profile = profiles[i];
		bool last = i + 1 == sizeof(profiles) / sizeof(profiles[0]);
		st = check_block(r, &r->chain, tag, last ? err : &unwanted);
		if (st == OK || last)
			return st;
		st = st == ERR_DAMAGED ? OK : st;
	}
	return st;
}

enum status
archive_open(FILE *f, const struct secret *check_key, struct archive_reader **out, enum profile *profile, struct err *err)
{
	struct archive_reader *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	r->f = f;
	enum status st = open_first(r, check_key, profile, err);
	if (st)
		archive_reader_close(r);
	else
		*out = r;
	return st;
}

enum status
archive_next(struct archive_reader *r, struct bytes *record, struct err *err)
{
	uint8_t tag[DIGEST_LEN];
	bool ended = false;
	enum status st = OK;
	if (r->left.len == 0) {
		st = read_block(r, tag, &ended, err);
		if (st == OK && ended)
			return ERR_NOT_FOUND;
		if (st == OK)
			st = check_block(r, &r->chain, tag, err);
	}
	if (st)
		return st;
	struct cbor_reader c = cbor_reader(r->left, CBOR_CANONICAL);
	*record = cbor_read_item(&c);
	if (c.status)
		return err_set(err, c.status, "block %llu holds what is no record: %s", (unsigned long long)r->block, status_text(c.status));
	r->left = c.left;
	return OK;
}

void
archive_reader_close(struct archive_reader *r)
{
	if (r != NULL)
		mac_close(r->chain.mac);
	free(r);
}
