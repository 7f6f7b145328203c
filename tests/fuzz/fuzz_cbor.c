/* fuzz_cbor -- the reader in both modes.
 *
 * Whatever is read whole is walked again item by item and written down anew, and the walk judges canonicity by itself.  So:
 * canonical if and only if read whole in relaxed mode and the walk finds nothing uncanonical, and then the same bytes again. */
#include "base/limits.h"
#include "crypto/cbor.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 1 << 16 };

struct walk { struct cbor_reader r; struct cbor_writer w; struct bytes input; bool is_canonical; };

static void walk_item(struct walk *k, unsigned depth);

static void
walk_text(struct walk *k)
{
	struct bytes text = cbor_read_text(&k->r);
	must(lies_in(text, k->input) && text_is_utf8(text));
	k->is_canonical = k->is_canonical && text_is_clean(text);
	cbor_write_text(&k->w, text);
}

static void
walk_bytes(struct walk *k)
{
	struct bytes b = cbor_read_bytes(&k->r);
	must(lies_in(b, k->input));
	cbor_write_bytes(&k->w, b);
}

static void
walk_map(struct walk *k, unsigned depth)
{
	struct bytes key = { NULL, 0 }, before = { NULL, 0 };
	struct cbor_map m = cbor_read_map(&k->r);
	cbor_write_map(&k->w, m.left);
	for (size_t n = m.left; n > 0; n--) {
		must(cbor_map_next_item(&k->r, &m, &key));
		must(key.len > 0 && lies_in(key, k->input));
		k->is_canonical = k->is_canonical && bytes_cmp(before, key) < 0;
		before = key;
		struct cbor_reader rest = k->r;
		k->r = cbor_reader(key, k->r.mode);
		walk_item(k, depth + 1);
		must(cbor_finish(&k->r) == OK);
		k->r = rest;
		walk_item(k, depth + 1);
	}
	must(!cbor_map_next_item(&k->r, &m, &key));
}

static void
walk_simple(struct walk *k)
{
	struct bytes whole = cbor_read_item(&k->r);
	must(whole.len == 1 || whole.len == 2);
	k->is_canonical = k->is_canonical && whole.len == 1 && (whole.ptr[0] == 0xf4 || whole.ptr[0] == 0xf5);
	cbor_write_raw(&k->w, whole);
}

/* Negative numbers beyond int64 have no reader of their own: the head is written as it was read, if it is shortest. */
static void
walk_negative(struct walk *k)
{
	struct cbor_reader whole = k->r;
	int64_t v = cbor_read_int(&k->r);
	if (k->r.status == OK) {
		must(v < 0);
		cbor_write_int(&k->w, v);
		return;
	}
	must(k->r.status == ERR_LIMIT);
	k->r = whole;
	cbor_write_raw(&k->w, cbor_read_item(&k->r)); /* over 2^63: nine bytes, the shortest */
}

static void
walk_item(struct walk *k, unsigned depth)
{
	enum cbor_type type = cbor_peek(&k->r);
	bool holds = type == CBOR_ARRAY || type == CBOR_MAP || type == CBOR_TAG;
	must(!holds || depth < CBOR_DEPTH_MAX);
	switch (type) {
	case CBOR_UINT:   cbor_write_uint(&k->w, cbor_read_uint(&k->r)); break;
	case CBOR_NINT:   walk_negative(k); break;
	case CBOR_BYTES:  walk_bytes(k); break;
	case CBOR_TEXT:   walk_text(k); break;
	case CBOR_MAP:    walk_map(k, depth); break;
	case CBOR_SIMPLE: walk_simple(k); break;
	case CBOR_TAG:
		k->is_canonical = false; /* docs/formats.md 1: no tag but the 18 that cose_decode takes itself */
		cbor_write_tag(&k->w, cbor_read_tag(&k->r));
		walk_item(k, depth + 1);
		break;
	case CBOR_ARRAY: {
		size_t n = cbor_read_array(&k->r);
		cbor_write_array(&k->w, n);
		for (; n > 0; n--)
			walk_item(k, depth + 1);
		break;
	}
	case CBOR_NONE: must(false);
	}
	must(k->r.status == OK);
}

static enum status
read_whole(struct bytes in, enum cbor_mode mode)
{
	struct cbor_reader r = cbor_reader(in, mode);
	struct bytes item = cbor_read_item(&r);
	must(r.items <= CBOR_ITEMS_MAX + 1);
	must(lies_in(item, in) && lies_in(r.left, in));
	must((item.len > 0) == (r.status == OK));
	must(cbor_peek(&r) == CBOR_NONE || r.left.len > 0);
	return cbor_finish(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[INPUT_MAX], third[INPUT_MAX];
	struct bytes in = { data, size }, out, last;
	if (size > INPUT_MAX)
		return -1;
	enum status canonical = read_whole(in, CBOR_CANONICAL), relaxed = read_whole(in, CBOR_RELAXED);
	if (relaxed != OK) {
		must(canonical != OK || relaxed == ERR_LIMIT); /* relaxed maps are kept small; all else is laxer */
		return 0;
	}
	struct walk k = { cbor_reader(in, CBOR_RELAXED), cbor_writer(BUF_OF(again)), in, true };
	walk_item(&k, 0);
	must(cbor_finish(&k.r) == OK && cbor_write_finish(&k.w, &out) == OK);
	must(out.len <= in.len);
	k.is_canonical = k.is_canonical && bytes_eq(in, out);
	must((canonical == OK) == k.is_canonical);
	/* heads made shortest change nothing more the second time */
	must(read_whole(out, CBOR_RELAXED) == OK);
	struct walk l = { cbor_reader(out, CBOR_RELAXED), cbor_writer(BUF_OF(third)), out, true };
	walk_item(&l, 0);
	must(cbor_write_finish(&l.w, &last) == OK && bytes_eq(out, last));
	return 0;
}
