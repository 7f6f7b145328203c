/* cbor.h -- strict CBOR (RFC 8949), as docs/formats.md 1 profiles it.
 *
 * Reader: a cursor over a view.  The first failure sticks: later reads do
 * nothing and yield zeros, so a codec is a straight list of fields with ONE
 * check, in cbor_finish().  Two modes:
 *   CBOR_CANONICAL  our own objects: shortest heads, map keys in bytewise order,
 *                   no duplicates, clean text (base/text.h), tag 18 only at the top;
 *   CBOR_RELAXED    standard objects made by others: any map order, longer heads
 *                   allowed, duplicates still refused, text well-formed UTF-8.
 * Both: definite lengths, no floats, nesting <= CBOR_DEPTH_MAX, no trailing bytes.
 * ERR_LIMIT: more than CBOR_ITEMS_MAX items under one read, or a relaxed map of more than
 * CBOR_RELAXED_PAIRS_MAX pairs.  A map key is an integer, text or bytes, else ERR_UNSUPPORTED.
 * Nothing is allocated.  Views point into the input.
 *
 * Writer: shortest heads always; map order is the caller's (tests re-read all). */
#ifndef CRYPTO_CBOR_H
#define CRYPTO_CBOR_H

#include "base/bytes.h"
#include "base/status.h"

enum cbor_mode { CBOR_CANONICAL, CBOR_RELAXED };
enum cbor_type { CBOR_UINT = 0, CBOR_NINT = 1, CBOR_BYTES = 2, CBOR_TEXT = 3,
	CBOR_ARRAY = 4, CBOR_MAP = 5, CBOR_TAG = 6, CBOR_SIMPLE = 7, CBOR_NONE = 8 };

struct cbor_reader {
	struct bytes left;
	enum status status;
	enum cbor_mode mode;
	uint32_t items; /* looked at by the current read */
};

struct cbor_reader cbor_reader(struct bytes in, enum cbor_mode mode);

/* Type of the next item; CBOR_NONE at the end or after a failure. */
enum cbor_type cbor_peek(const struct cbor_reader *r);

uint64_t     cbor_read_uint(struct cbor_reader *r);
int64_t      cbor_read_int(struct cbor_reader *r);    /* beyond int64: ERR_LIMIT */
struct bytes cbor_read_bytes(struct cbor_reader *r);
struct bytes cbor_read_text(struct cbor_reader *r);
/* A text that is there and must not be empty: absent and empty would be two encodings of one thing. */
struct bytes cbor_read_filled_text(struct cbor_reader *r);
bool         cbor_read_bool(struct cbor_reader *r);
uint64_t     cbor_read_tag(struct cbor_reader *r);
size_t       cbor_read_array(struct cbor_reader *r);  /* number of items that follow */
/* Read one whole item of any type, checked for well-formedness to CBOR_DEPTH_MAX
 * (with the mode's rules), and return its encoded bytes. */
struct bytes cbor_read_item(struct cbor_reader *r);

/* Maps.  for (map = cbor_read_map(r); cbor_map_next(r, &map, &key); ) { switch on
 * key; read exactly one value }.  cbor_map_next checks order and duplicates; keys
 * may be integers or text: use cbor_map_next_item for the encoded key. */
struct cbor_map { size_t left; struct bytes start, prev; };
struct cbor_map cbor_read_map(struct cbor_reader *r);
bool cbor_map_next(struct cbor_reader *r, struct cbor_map *m, int64_t *key); /* a key that is no integer: ERR_UNSUPPORTED */
bool cbor_map_next_item(struct cbor_reader *r, struct cbor_map *m, struct bytes *key);
/* text key next in a map of text keys: true and *key its content */
bool cbor_map_next_text(struct cbor_reader *r, struct cbor_map *m, struct bytes *key);

void cbor_fail(struct cbor_reader *r, enum status st); /* a codec's own rule broken: sticks */
MUST_CHECK enum status cbor_finish(const struct cbor_reader *r); /* refuses trailing bytes */

/* Bytes the whole canonical item takes, checking nothing else: for CBOR sequences
 * use cbor_read_item repeatedly until left is empty. */

struct cbor_writer { struct buf out; enum status status; };

struct cbor_writer cbor_writer(struct buf out);        /* writes from out.ptr + out.len */
void cbor_write_uint(struct cbor_writer *w, uint64_t v);
void cbor_write_int(struct cbor_writer *w, int64_t v);
void cbor_write_bytes(struct cbor_writer *w, struct bytes b);
void cbor_write_bytes_head(struct cbor_writer *w, uint64_t len);  /* of a byte string whose content goes elsewhere */
void cbor_write_text(struct cbor_writer *w, struct bytes b);
void cbor_write_bool(struct cbor_writer *w, bool v);
void cbor_write_tag(struct cbor_writer *w, uint64_t tag);
void cbor_write_array(struct cbor_writer *w, size_t items);
void cbor_write_map(struct cbor_writer *w, size_t pairs);
/* An optional pair of a map: key and value, or nothing if the text is empty, the number 0. */
void cbor_write_text_pair(struct cbor_writer *w, int64_t key, struct bytes text);
void cbor_write_int_pair(struct cbor_writer *w, int64_t key, int64_t value);
void cbor_write_raw(struct cbor_writer *w, struct bytes item); /* already encoded */
/* *out is a view of the caller's buffer; too little room: ERR_LIMIT. */
MUST_CHECK enum status cbor_write_finish(const struct cbor_writer *w, struct bytes *out);

#endif
