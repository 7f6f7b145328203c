#include "crypto/statuslist.h"

#include <assert.h>
#include <zlib.h>

#include "base/text.h"
#include "crypto/cbor.h"

enum { CLAIM_SUB = 2, CLAIM_EXP = 4, CLAIM_IAT = 6, CLAIM_LIST = 65533, CLAIM_TTL = 65534, CLAIM_BINDING = -65539,
	CLAIM_OURS = -65537 };
enum { BINDING_VERSION = 0, BINDING_SEQUENCE, BINDING_HEAD, BINDING_TRUST, BINDING_ALL = 15, VERSION = 1 };
#define INSTANT_MAX (INT64_MAX / 2)  /* sums of two cannot overflow */

static bool
bits_are_known(uint64_t bits)
{
	return bits == 1 || bits == 2 || bits == 4 || bits == 8;
}

/* The rules both directions share. */
static bool
status_list_is_wellformed(const struct status_list *l)
{
	return l->uri.len >= 1 && bits_are_known(l->bits) && l->zipped.len >= 1 && l->iat_unix_s >= 1 &&
	    l->iat_unix_s <= INSTANT_MAX && l->ttl_s >= 0 && l->ttl_s <= INSTANT_MAX &&
	    (l->exp_unix_s == 0 || (l->exp_unix_s > l->iat_unix_s && l->exp_unix_s <= INSTANT_MAX));
}

static void
write_binding(struct cbor_writer *w, const struct status_list *l)
{
	cbor_write_map(w, 4);
	cbor_write_int(w, BINDING_VERSION);
	cbor_write_uint(w, VERSION);
	cbor_write_int(w, BINDING_SEQUENCE);
	cbor_write_uint(w, l->journal_sequence);
	cbor_write_int(w, BINDING_HEAD);
	cbor_write_bytes(w, (struct bytes){ l->journal_head.b, DIGEST_LEN });
	cbor_write_int(w, BINDING_TRUST);
	cbor_write_uint(w, l->trust_issue_least);
}

enum status
status_list_encode(const struct status_list *l, struct buf out, struct bytes *payload)
{
	if (!status_list_is_wellformed(l) || !text_is_clean(l->uri))
		return ERR_ARGUMENT;
	size_t pairs = (size_t)3 + (l->exp_unix_s != 0) + (l->ttl_s != 0) + l->has_binding;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs);
	cbor_write_int(&w, CLAIM_SUB);
	cbor_write_text(&w, l->uri);
	if (l->exp_unix_s != 0) {
		cbor_write_int(&w, CLAIM_EXP);
		cbor_write_int(&w, l->exp_unix_s);
	}
	cbor_write_int(&w, CLAIM_IAT);
	cbor_write_int(&w, l->iat_unix_s);
	cbor_write_int(&w, CLAIM_LIST);
	cbor_write_map(&w, 2);
	cbor_write_text(&w, BYTES_LIT("lst"));
	cbor_write_bytes(&w, l->zipped);
	cbor_write_text(&w, BYTES_LIT("bits"));
	cbor_write_uint(&w, l->bits);
	if (l->ttl_s != 0) {
		cbor_write_int(&w, CLAIM_TTL);
		cbor_write_int(&w, l->ttl_s);
	}
	if (l->has_binding) {
		cbor_write_int(&w, CLAIM_BINDING);
		write_binding(&w, l);
	}
	return cbor_write_finish(&w, payload);
}

/* Of no use here.  undefined: what a library writes for an optional value that is not there, though the standard
 * would leave out the key. */
static void
read_aggregation_uri(struct cbor_reader *r)
{
	if (cbor_peek(r) != CBOR_SIMPLE)
		(void)cbor_read_text(r);
	else if (!bytes_eq(cbor_read_item(r), BYTES_LIT("\xf7")))
		cbor_fail(r, ERR_FORMAT);
}

static void
read_list(struct cbor_reader *r, struct status_list *l)
{
	struct bytes key;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next_text(r, &m, &key);) {
		if (bytes_eq(key, BYTES_LIT("bits"))) {
			uint64_t bits = cbor_read_uint(r);
			if (!bits_are_known(bits))
				cbor_fail(r, ERR_FORMAT);
			l->bits = (uint8_t)bits;
		} else if (bytes_eq(key, BYTES_LIT("lst"))) {
			l->zipped = cbor_read_bytes(r);
		} else if (bytes_eq(key, BYTES_LIT("aggregation_uri"))) {
			read_aggregation_uri(r);
		} else
			cbor_fail(r, ERR_UNSUPPORTED);
	}
}

static void
read_binding(struct cbor_reader *r, struct status_list *l)
{
	int64_t key = 0;
	unsigned seen = 0;
	struct bytes head = { NULL, 0 };
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next(r, &m, &key);) {
		if (key < BINDING_VERSION || key > BINDING_TRUST) {
			cbor_fail(r, ERR_UNSUPPORTED);
			return;
		}
		seen |= 1u << key;
		if (key == BINDING_HEAD)
			head = cbor_read_bytes(r);
		else if (key == BINDING_SEQUENCE)
			l->journal_sequence = cbor_read_uint(r);
		else if (key == BINDING_TRUST)
			l->trust_issue_least = cbor_read_uint(r);
		else if (cbor_read_uint(r) != VERSION)
			cbor_fail(r, ERR_UNSUPPORTED);
	}
	if (seen != BINDING_ALL || head.len != DIGEST_LEN)
		cbor_fail(r, ERR_FORMAT);
	if (r->status != OK)
		return;
	memcpy(l->journal_head.b, head.ptr, DIGEST_LEN);
	l->has_binding = true;
}

/* 0 said outright would read as absent. */
static int64_t
read_positive(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v < 1 || v > INSTANT_MAX) {
		cbor_fail(r, ERR_FORMAT);
		return 0;
	}
	return (int64_t)v;
}

static void
read_claim(struct cbor_reader *r, int64_t claim, struct status_list *l)
{
	switch (claim) {
	case CLAIM_SUB:     l->uri = cbor_read_text(r); break;
	case CLAIM_EXP:     l->exp_unix_s = read_positive(r); break;
	case CLAIM_IAT:     l->iat_unix_s = read_positive(r); break;
	case CLAIM_TTL:     l->ttl_s = read_positive(r); break;
	case CLAIM_LIST:    read_list(r, l); break;
	case CLAIM_BINDING: read_binding(r, l); break;
	default:
		if (claim <= CLAIM_OURS) /* a restriction made after this program: not to be skipped */
			cbor_fail(r, ERR_UNSUPPORTED);
		(void)cbor_read_item(r);
	}
}

enum status
status_list_decode(struct bytes payload, struct status_list *out)
{
	struct status_list l = { 0 };
	struct cbor_reader r = cbor_reader(payload, CBOR_RELAXED);
	struct bytes key;
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next_item(&r, &m, &key);) {
		struct cbor_reader k = cbor_reader(key, CBOR_RELAXED);
		if (cbor_peek(&k) == CBOR_TEXT) { /* RFC 8392 allows such claims; none is ours */
			(void)cbor_read_item(&r);
			continue;
		}
		int64_t claim = cbor_read_int(&k);
		if (k.status != OK) /* a number beyond int64 is none that we know */
			cbor_fail(&r, k.status == ERR_LIMIT ? ERR_UNSUPPORTED : k.status);
		read_claim(&r, claim, &l);
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (!status_list_is_wellformed(&l))
		return ERR_FORMAT;
	*out = l;
	return OK;
}

/* zlib's memory, cut from the caller's scratch: no heap.  Freed all at once with the scratch. */
struct room { struct buf scratch; bool is_short; };

static voidpf
scratch_alloc(voidpf opaque, uInt items, uInt size)
{
	struct room *room = opaque;
	struct buf *scratch = &room->scratch;
	size_t want = ((size_t)items * size + 15) & ~(size_t)15;
	if (want > scratch->cap - scratch->len) {
		room->is_short = true;
		return Z_NULL;
	}
	voidpf p = scratch->ptr + scratch->len;
	scratch->len += want;
	return p;
}

static void
scratch_free(voidpf opaque, voidpf p)
{
	(void)opaque, (void)p;
}

static enum status
inflate_all(z_stream *z, struct buf *out)
{
	switch (inflate(z, Z_FINISH)) {
	case Z_STREAM_END:
		if (z->avail_in != 0)
			return ERR_FORMAT;
		out->len = z->total_out;
		return OK;
	case Z_BUF_ERROR: /* a bomb; or cut off */
		return z->avail_out == 0 ? ERR_LIMIT : ERR_FORMAT;
	case Z_DATA_ERROR:
	case Z_NEED_DICT:
		return ERR_FORMAT;
	default:          /* zlib itself could not work */
		return ERR_SYSTEM;
	}
}

enum status
status_list_inflate(struct bytes zipped, struct buf scratch, struct buf *out)
{
	size_t skew = (size_t)(-(uintptr_t)scratch.ptr & 15u);
	if (zipped.len > STATUS_LIST_LEN_MAX || skew > scratch.cap)
		return ERR_LIMIT;
	struct room room = { { scratch.ptr, scratch.cap, skew }, false };
	z_stream z = { .zalloc = scratch_alloc, .zfree = scratch_free, .opaque = &room };
	union { const uint8_t *in; Bytef *z; } next = { .in = zipped.ptr }; /* zlib does not write through next_in */
	z.next_in = next.z;
	z.avail_in = (uInt)zipped.len;
	z.next_out = out->ptr;
	z.avail_out = (uInt)(out->cap < STATUS_LIST_LEN_MAX ? out->cap : STATUS_LIST_LEN_MAX);
	enum status st = inflateInit(&z) == Z_OK ? inflate_all(&z, out) : ERR_SYSTEM;
	(void)inflateEnd(&z);
	return room.is_short ? ERR_LIMIT : st;
}

enum status
status_get(struct bytes raw, uint8_t bits, uint32_t idx, uint8_t *value)
{
	assert(bits_are_known(bits));
	uint32_t per_byte = 8u / bits;
	if (idx / per_byte >= raw.len)
		return ERR_NOT_FOUND;
	unsigned byte = raw.ptr[idx / per_byte], mask = (1u << bits) - 1;
	*value = (uint8_t)(byte >> (idx % per_byte * bits) & mask);
	return OK;
}
