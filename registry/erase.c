#include "registry/erase.h"

#include "base/text.h"
#include "registry/carry.h"

enum { KEY_VERSION = 0, KEY_PERSON, KEY_GROUND, KEY_ORGAN, KEY_DOCUMENT, KEY_REVIEWER, KEY_DESPITE, VERSION = 1, COMPULSORY = 5,
	MONTHS_OF_YEAR = 12 };

/* ---- the event ---- */

static bool
is_said(struct bytes text)
{
	return text.len >= 1 && text.len <= GROUND_LEN_MAX;
}

static bool
erasure_is_wellformed(const struct erasure *e)
{
	return e->person_id.len == PERSON_ID_LEN && is_said(e->ground) && is_said(e->organ) && is_said(e->document) &&
	    e->reviewer.len <= OPERATOR_LEN_MAX && e->despite.len <= GROUND_LEN_MAX;
}

static size_t
pairs_of(const struct erasure *e)
{
	return COMPULSORY + (size_t)(e->reviewer.len > 0) + (size_t)(e->despite.len > 0);
}

enum status
erasure_encode(const struct erasure *e, struct buf out, struct bytes *payload)
{
	if (!erasure_is_wellformed(e))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(e));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_PERSON);
	cbor_write_bytes(&w, e->person_id);
	cbor_write_text_pair(&w, KEY_GROUND, e->ground);
	cbor_write_text_pair(&w, KEY_ORGAN, e->organ);
	cbor_write_text_pair(&w, KEY_DOCUMENT, e->document);
	cbor_write_text_pair(&w, KEY_REVIEWER, e->reviewer);
	cbor_write_text_pair(&w, KEY_DESPITE, e->despite);
	return cbor_write_finish(&w, payload);
}

enum status
erasure_decode(struct bytes payload, struct erasure *out)
{
	struct erasure e = { .person_id = { NULL, 0 } };
	uint64_t version = 0;
	int64_t key = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); given++) {
		switch (key) {
		case KEY_VERSION:  version = cbor_read_uint(&r); break;
		case KEY_PERSON:   e.person_id = cbor_read_bytes(&r); break;
		case KEY_GROUND:   e.ground = cbor_read_text(&r); break;
		case KEY_ORGAN:    e.organ = cbor_read_text(&r); break;
		case KEY_DOCUMENT: e.document = cbor_read_text(&r); break;
		case KEY_REVIEWER: e.reviewer = cbor_read_filled_text(&r); break;
		case KEY_DESPITE:  e.despite = cbor_read_filled_text(&r); break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (given != pairs_of(&e) || !erasure_is_wellformed(&e))
		return ERR_FORMAT;
	*out = e;
	return OK;
}

/* ---- when ---- */

/* The end of what was issued, or of what was entered, whichever is later; 0: the entries say nothing. */
static enum status
end_of_term(struct txn *t, const struct holder *h, int64_t *unix_s)
{
	struct entries e;
	struct issued c;
	enum status st = holder_entries(t, h, &e);
	*unix_s = st == OK && e.valid_until.year != 0 ? date_end_unix_s(e.valid_until) : 0;
	if (st != OK || h->serial == 0)
		return st;
	st = issued_get(t, h->serial, &c);
	if (st == OK && c.exp_unix_s > *unix_s)
		*unix_s = c.exp_unix_s;
	return st;
}

static enum status
end_of_certificate(struct txn *t, const struct holder *h, int64_t now_unix_s, int64_t *unix_s, struct err *err)
{
	struct standing_at at = standing_at(&h->standing, now_unix_s);
	enum status st = end_of_term(t, h, unix_s);
	if (st)
		return err_set(err, st, "a certificate of this person cannot be read: %s", status_text(st));
	if (at.state == STATE_VOID && at.cause.effective_unix_s > *unix_s)
		*unix_s = at.cause.effective_unix_s;
	bool live = at.state != STATE_VOID && (*unix_s == 0 || now_unix_s < *unix_s);
	if (live)
		return err_set(err, ERR_CONFLICT, "certificate %.*s of this person is live; cancel it first", BYTES_FMT(h->number));
	return OK;
}

static enum status
end_of_last(struct txn *t, struct bytes person_id, int64_t now_unix_s, int64_t *last, struct err *err)
{
	struct cursor c = { 0 };
	struct bytes key, enc;
	struct holder h;
	enum status st = cursor_open(t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &c);
	*last = 0;
	while (st == OK && (st = cursor_next(&c, &key, &enc)) == OK) {
		int64_t end = 0;
		st = holder_decode(key64_value(key), enc, &h);
		if (st == OK && memcmp(h.person_id, person_id.ptr, PERSON_ID_LEN) == 0)
			st = end_of_certificate(t, &h, now_unix_s, &end, err);
		if (end > *last)
			*last = end;
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : err_set(err, st, "the certificates cannot be read: %s", status_text(st));
}

enum status
erase_due(struct txn *t, struct bytes person_id, int keep_years, int64_t now_unix_s, int64_t *due_unix_s, struct err *err)
{
	struct person p;
	int64_t last = 0;
	enum status st = person_get(t, person_id, &p);
	if (st)
		return err_set(err, st, "the person's record cannot be read: %s", status_text(st));
	if (now_unix_s < p.ban_until_unix_s)
		return err_set(err, ERR_CONFLICT, "this person may not apply again before %s, and nobody could tell if the number were gone",
		    date_text(date_of_unix_s(p.ban_until_unix_s), (char[DATE_TEXT_LEN + 1]){ "" }));
	st = end_of_last(t, person_id, now_unix_s, &last, err);
	if (st)
		return st;
	*due_unix_s = date_start_unix_s(date_add_months(date_of_unix_s(last), MONTHS_OF_YEAR * keep_years));
	return OK;
}

/* ---- the action ---- */

enum status
erase_person(struct batch *b, const struct erasure *e, struct err *err)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes payload;
	struct person p;
	enum status st = erasure_encode(e, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "an erasure needs ground, organ and document number, each of 1 to %u bytes", GROUND_LEN_MAX);
	st = person_get(&b->txn, e->person_id, &p);
	if (st)
		return err_set(err, st, "the person's record cannot be read: %s", status_text(st));
	if (p.erased_sequence != 0)
		return err_set(err, ERR_CONFLICT, "this person's sealed data were erased before (event %llu)", (unsigned long long)p.erased_sequence);
	batch_event(b, EVENT_ERASED, payload, &p.erased_sequence);
	batch_put_person(b, &p);
	return b->txn.status ? err_set(err, b->txn.status, "the erasure cannot be written: %s", txn_reason(&b->txn)) : OK;
}
