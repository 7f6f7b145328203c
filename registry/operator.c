#include "registry/operator.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "registry/event.h"
#include "registry/tables.h"

enum { VERSION = 1, ITEMS = 7, IS_ENTRY = 1 };
enum { KEY_VERSION = 0, KEY_WHAT, KEY_NAME, KEY_SPKI, KEY_ROLES, KEY_FROM, KEY_UNTIL, KEY_ENDED, KEY_DOCUMENT, KEY_APPROVAL = 20 };

static bool
name_is_wellformed(struct bytes name)
{
	return name.len >= 1 && name.len <= OPERATOR_LEN_MAX && text_is_clean(name);
}

/* Who signs needs a key; who has none only acts. */
static bool
powers_are_wellformed(struct bytes spki, unsigned roles, int64_t from, int64_t until)
{
	return roles <= (OPERATOR_PROPOSES | OPERATOR_APPROVES) && (roles == 0 || spki.len > 0) && spki.len <= OPERATOR_KEY_LEN_MAX &&
	    from >= 0 && until >= 0 && (until == 0 || until > from);
}

/* ---- the event's payload ---- */

static bool
entry_is_wellformed(const struct operator_entry *e)
{
	bool has_powers = e->spki.len > 0 || e->roles != 0 || e->from_unix_s != 0 || e->until_unix_s != 0;
	return name_is_wellformed(e->name) && e->document.len <= GROUND_LEN_MAX && !(e->ended && has_powers) &&
	    powers_are_wellformed(e->spki, e->roles, e->from_unix_s, e->until_unix_s);
}

static size_t
pairs_of(const struct operator_entry *e)
{
	const bool optional[] = { e->spki.len > 0, e->roles != 0, e->from_unix_s != 0, e->until_unix_s != 0, e->ended, e->document.len > 0,
		e->approval != 0 };
	size_t pairs = 3;
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		pairs += optional[i];
	return pairs;
}

enum status
operator_entry_encode(const struct operator_entry *e, struct buf out, struct bytes *payload)
{
	if (!entry_is_wellformed(e))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(e));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_WHAT);
	cbor_write_uint(&w, IS_ENTRY);
	cbor_write_text_pair(&w, KEY_NAME, e->name);
	if (e->spki.len > 0) {
		cbor_write_int(&w, KEY_SPKI);
		cbor_write_bytes(&w, e->spki);
	}
	cbor_write_int_pair(&w, KEY_ROLES, (int64_t)e->roles);
	cbor_write_int_pair(&w, KEY_FROM, e->from_unix_s);
	cbor_write_int_pair(&w, KEY_UNTIL, e->until_unix_s);
	if (e->ended) {
		cbor_write_int(&w, KEY_ENDED);
		cbor_write_bool(&w, true);
	}
	cbor_write_text_pair(&w, KEY_DOCUMENT, e->document);
	cbor_write_int_pair(&w, KEY_APPROVAL, (int64_t)e->approval);
	return cbor_write_finish(&w, payload);
}

enum status
operator_entry_decode(struct bytes payload, struct operator_entry *out)
{
	struct operator_entry e = { .roles = 0 };
	uint64_t version = 0, what = 0, roles = 0;
	int64_t k = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		switch (k) {
		case KEY_VERSION:  version = cbor_read_uint(&r); break;
		case KEY_WHAT:     what = cbor_read_uint(&r); break;
		case KEY_NAME:     e.name = cbor_read_text(&r); break;
		case KEY_SPKI:     e.spki = cbor_read_bytes(&r); break;
		case KEY_ROLES:    roles = cbor_read_uint(&r); break;
		case KEY_FROM:     e.from_unix_s = cbor_read_int(&r); break;
		case KEY_UNTIL:    e.until_unix_s = cbor_read_int(&r); break;
		case KEY_ENDED:    e.ended = cbor_read_bool(&r); break;
		case KEY_DOCUMENT: e.document = cbor_read_text(&r); break;
		case KEY_APPROVAL: e.approval = cbor_read_uint(&r); break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || what != IS_ENTRY || roles > UINT8_MAX)
		return ERR_UNSUPPORTED;
	e.roles = (unsigned)roles;
	if (given != pairs_of(&e) || !entry_is_wellformed(&e))
		return ERR_FORMAT;
	*out = e;
	return OK;
}

/* ---- the record ---- */

static bool
operator_is_wellformed(const struct operator *o)
{
	return name_is_wellformed(o->name) && o->sequence >= 1 && powers_are_wellformed(o->spki, o->roles, o->from_unix_s, o->until_unix_s);
}

enum status
operator_encode(const struct operator *o, struct buf out, struct bytes *enc)
{
	if (!operator_is_wellformed(o))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_bytes(&w, o->spki);
	cbor_write_uint(&w, o->roles);
	cbor_write_int(&w, o->from_unix_s);
	cbor_write_int(&w, o->until_unix_s);
	cbor_write_uint(&w, o->ended_sequence);
	cbor_write_uint(&w, o->sequence);
	return cbor_write_finish(&w, enc);
}

enum status
operator_decode(struct bytes name, struct bytes enc, struct operator *out)
{
	struct operator o = { .name = name };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	o.spki = cbor_read_bytes(&r);
	uint64_t roles = cbor_read_uint(&r);
	o.from_unix_s = cbor_read_int(&r);
	o.until_unix_s = cbor_read_int(&r);
	o.ended_sequence = cbor_read_uint(&r);
	o.sequence = cbor_read_uint(&r);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (roles > UINT8_MAX)
		return ERR_UNSUPPORTED;
	o.roles = (unsigned)roles;
	if (items != ITEMS || !operator_is_wellformed(&o))
		return ERR_FORMAT;
	*out = o;
	return OK;
}

enum status
operator_get(struct txn *t, struct bytes name, struct operator *out)
{
	struct bytes enc;
	enum status st = txn_get(t, TABLE_OPERATOR, name, &enc);
	return st ? st : operator_decode(name, enc, out);
}

/* Whose powers end keeps the key in the record: what it signed is verified for ever, and the key is nobody else's. */
void
operator_apply(struct txn *t, const struct operator_entry *e, uint64_t sequence)
{
	uint8_t mem[RECORD_LEN_MAX], kept[OPERATOR_KEY_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	struct operator o = { .name = e->name, .spki = e->spki, .roles = e->roles, .from_unix_s = e->from_unix_s,
		.until_unix_s = e->until_unix_s, .sequence = sequence };
	enum status st = OK;
	if (e->ended) {
		st = operator_get(t, e->name, &o);
		if (st == OK && o.spki.len > 0) { /* a view of the map, which the write would move */
			memcpy(kept, o.spki.ptr, o.spki.len);
			o.spki.ptr = kept;
		}
		o.ended_sequence = sequence;
	}
	if (st == OK)
		st = operator_encode(&o, BUF_OF(mem), &enc);
	if (st)
		txn_fail(t, st == ERR_NOT_FOUND ? ERR_DAMAGED : st);
	else
		txn_put(t, TABLE_OPERATOR, e->name, enc);
}

/* ---- questions ---- */

bool
operator_is_active(const struct operator *o, int64_t unix_s)
{
	return o->ended_sequence == 0 && o->from_unix_s <= unix_s && (o->until_unix_s == 0 || unix_s < o->until_unix_s);
}

enum status
operator_by_key(struct txn *t, struct bytes spki, struct operator *out)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct operator o;
	enum status st = cursor_open(t, TABLE_OPERATOR, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = operator_decode(key, value, &o);
		if (st == OK && bytes_eq(o.spki, spki))
			break;
	}
	cursor_close(&c);
	if (st == OK)
		*out = o;
	return st;
}

enum status
operator_count(struct txn *t, int64_t unix_s, struct bytes without, struct operator_count *out)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct operator o;
	struct operator_count n = { 0 };
	enum status st = cursor_open(t, TABLE_OPERATOR, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = operator_decode(key, value, &o);
		if (st || bytes_eq(key, without) || !operator_is_active(&o, unix_s))
			continue;
		n.proposers += (o.roles & OPERATOR_PROPOSES) != 0;
		n.approvers += (o.roles & OPERATOR_APPROVES) != 0;
	}
	cursor_close(&c);
	*out = n;
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
operator_kid(struct bytes spki, uint8_t kid[KID_LEN])
{
	struct digest d;
	enum status st = sha256(spki, &d);
	if (st == OK)
		memcpy(kid, d.b, KID_LEN);
	return st;
}
