#include "registry/review.h"

#include "registry/again.h"

enum { KEY_VERSION = 0, KEY_HOLDER, KEY_RESULT, KEY_ON, KEY_DUE, KEY_ORGAN, KEY_DOCUMENT, KEY_REVIEWER, KEY_REMARKS, VERSION = 1,
	RECORD_ITEMS = 5, DATE_PACKED_MAX = 99991231 };
enum { DAY_S = 86400 };

static bool
review_is_wellformed(const struct review *r)
{
	bool texts = r->organ.len <= GROUND_LEN_MAX && r->document.len <= GROUND_LEN_MAX && r->reviewer.len <= GROUND_LEN_MAX &&
	    r->remarks.len <= GROUND_LEN_MAX;
	bool due = r->due.year == 0 || (r->result == REVIEW_PASSED && date_is_valid(r->due) && date_cmp(r->due, r->reviewed_on) > 0);
	return r->holder_id >= 1 && (r->result == REVIEW_PASSED || r->result == REVIEW_FAILED) && date_is_valid(r->reviewed_on) && due && texts;
}

static uint64_t
packed(struct date d)
{
	return d.year == 0 ? 0 : (uint64_t)(d.year * 10000 + d.month * 100 + d.day);
}

/* What is no date comes out as one that is not valid. */
static struct date
unpacked(uint64_t v)
{
	int n = v <= DATE_PACKED_MAX ? (int)v : 1;
	return n == 0 ? (struct date){ 0 } : (struct date){ n < 10000 ? -1 : n / 10000, n / 100 % 100, n % 100 };
}

/* ---- the event's payload ---- */

static void
put_text(struct cbor_writer *w, int key, struct bytes text)
{
	if (text.len == 0)
		return;
	cbor_write_int(w, key);
	cbor_write_text(w, text);
}

static void
put_uint(struct cbor_writer *w, int key, uint64_t value)
{
	cbor_write_int(w, key);
	cbor_write_uint(w, value);
}

enum status
review_payload_encode(const struct review *r, struct buf out, struct bytes *payload)
{
	if (!review_is_wellformed(r))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, 4u + (r->due.year != 0) + (r->organ.len > 0) + (r->document.len > 0) + (r->reviewer.len > 0) + (r->remarks.len > 0));
	put_uint(&w, KEY_VERSION, VERSION);
	put_uint(&w, KEY_HOLDER, r->holder_id);
	put_uint(&w, KEY_RESULT, (uint64_t)r->result);
	put_uint(&w, KEY_ON, packed(r->reviewed_on));
	if (r->due.year != 0)
		put_uint(&w, KEY_DUE, packed(r->due));
	put_text(&w, KEY_ORGAN, r->organ);
	put_text(&w, KEY_DOCUMENT, r->document);
	put_text(&w, KEY_REVIEWER, r->reviewer);
	put_text(&w, KEY_REMARKS, r->remarks);
	return cbor_write_finish(&w, payload);
}

static void
read_due(struct cbor_reader *r, struct review *v)
{
	v->due = unpacked(cbor_read_uint(r));
	if (v->due.year == 0)
		cbor_fail(r, ERR_FORMAT); /* none is not written */
}

static void
read_result(struct cbor_reader *r, struct review *v)
{
	uint64_t result = cbor_read_uint(r);
	v->result = result <= REVIEW_FAILED ? (enum review_result)result : 0;
	if (r->status == OK && (result < REVIEW_PASSED || result > REVIEW_FAILED))
		cbor_fail(r, ERR_UNSUPPORTED);
}

enum status
review_payload_decode(struct bytes payload, struct review *out)
{
	struct review v = { .holder_id = 0 };
	uint64_t version = 0;
	int64_t key = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key);) {
		switch (key) {
		case KEY_VERSION:  version = cbor_read_uint(&r); break;
		case KEY_HOLDER:   v.holder_id = cbor_read_uint(&r); break;
		case KEY_RESULT:   read_result(&r, &v); break;
		case KEY_ON:       v.reviewed_on = unpacked(cbor_read_uint(&r)); break;
		case KEY_DUE:      read_due(&r, &v); break;
		case KEY_ORGAN:    v.organ = cbor_read_filled_text(&r); break;
		case KEY_DOCUMENT: v.document = cbor_read_filled_text(&r); break;
		case KEY_REVIEWER: v.reviewer = cbor_read_filled_text(&r); break;
		case KEY_REMARKS:  v.remarks = cbor_read_filled_text(&r); break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (!review_is_wellformed(&v))
		return ERR_FORMAT;
	*out = v;
	return OK;
}

/* ---- the record ---- */

enum status
review_encode(const struct review *r, struct buf out, struct bytes *enc)
{
	if (!review_is_wellformed(r) || r->sequence == 0)
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, RECORD_ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_uint(&w, (uint64_t)r->result);
	cbor_write_uint(&w, packed(r->reviewed_on));
	cbor_write_uint(&w, packed(r->due));
	cbor_write_uint(&w, r->sequence);
	return cbor_write_finish(&w, enc);
}

enum status
review_decode(uint64_t holder_id, struct bytes enc, struct review *out)
{
	struct review v = { .holder_id = holder_id };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	read_result(&r, &v);
	v.reviewed_on = unpacked(cbor_read_uint(&r));
	v.due = unpacked(cbor_read_uint(&r));
	v.sequence = cbor_read_uint(&r);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (items != RECORD_ITEMS || v.sequence == 0 || !review_is_wellformed(&v))
		return ERR_FORMAT;
	*out = v;
	return OK;
}

enum status
review_get(struct txn *t, uint64_t holder_id, struct review *out)
{
	struct bytes enc;
	struct key64 key = key64(holder_id);
	enum status st = txn_get(t, TABLE_REVIEW, key64_view(&key), &enc);
	if (st)
		return st;
	st = review_decode(holder_id, enc, out);
	return st == ERR_FORMAT ? ERR_DAMAGED : st;
}

/* ---- when it is due ---- */

int64_t
review_overdue_from(struct date due, const struct rules *rules)
{
	return date_end_unix_s(due) + (int64_t)rules->review_grace_days * DAY_S;
}

enum status
review_first_due(struct txn *t, const struct holder *h, const struct rules *rules, struct date *due)
{
	struct entries e;
	*due = (struct date){ 0 };
	if (h->serial == 0 || rules->review_cycle_months == 0)
		return OK;
	enum status st = holder_entries(t, h, &e);
	if (st == OK)
		st = entries_keep_first_issue(t, h, &e);
	if (st == OK)
		*due = date_add_months(e.issued_on.year != 0 ? e.issued_on : e.first_issued, rules->review_cycle_months);
	return st;
}

enum status
review_due(struct txn *t, const struct holder *h, const struct rules *rules, struct date *due)
{
	struct review last;
	enum status st = review_get(t, h->id, &last);
	if (st == ERR_NOT_FOUND)
		return review_first_due(t, h, rules, due);
	if (st == OK)
		*due = last.due;
	return st;
}

/* ---- the office action ---- */

static enum status
check_days(const struct review *r, const struct review *last, bool has_last, struct date today, struct err *err)
{
	char on[DATE_TEXT_LEN + 1], before[DATE_TEXT_LEN + 1];
	if (date_cmp(r->reviewed_on, today) > 0)
		return err_set(err, ERR_CONFLICT, "the review's day %s lies in the future; record it when it has been made", date_text(r->reviewed_on, on));
	if (has_last && date_cmp(r->reviewed_on, last->reviewed_on) < 0)
		return err_set(err, ERR_CONFLICT, "a later review of %s is recorded already; one of %s changes nothing", date_text(last->reviewed_on, before),
		    date_text(r->reviewed_on, on));
	if (r->due.year != 0 && r->result == REVIEW_FAILED)
		return err_set(err, ERR_CONFLICT, "a failed review has no next due day; it is followed by one that is passed");
	if (r->due.year != 0 && date_cmp(r->due, r->reviewed_on) <= 0)
		return err_set(err, ERR_CONFLICT, "the next due day %s does not lie after the review's day %s", date_text(r->due, before),
		    date_text(r->reviewed_on, on));
	return OK;
}

static enum status
record_review(struct batch *b, struct review *r, struct err *err)
{
	uint8_t mem[EVENT_LEN_MAX / 2], record[64];
	struct bytes payload, enc = { NULL, 0 };
	struct key64 key = key64(r->holder_id);
	enum status st = review_payload_encode(r, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the review cannot be recorded: each text has at most %u bytes", GROUND_LEN_MAX);
	batch_event(b, EVENT_REVIEWED, payload, &r->sequence);
	st = b->txn.status == OK ? review_encode(r, BUF_OF(record), &enc) : OK;
	if (st)
		txn_fail(&b->txn, st);
	txn_put(&b->txn, TABLE_REVIEW, key64_view(&key), enc);
	return b->txn.status ? err_set(err, b->txn.status, "the review cannot be written: %s", txn_reason(&b->txn)) : OK;
}

static bool
says_the_same(const struct review *a, const struct review *b)
{
	return a->result == b->result && date_cmp(a->reviewed_on, b->reviewed_on) == 0 && packed(a->due) == packed(b->due);
}

enum status
review_certificate(struct batch *b, struct bytes number, const struct review *r, enum entered *what, struct err *err)
{
	struct again a = { .b = b, .err = err };
	struct review last, now = *r;
	struct rules rules;
	enum status st = again_find(&a, number);
	if (st)
		return st;
	now.holder_id = a.h.id;
	st = review_get(&b->txn, a.h.id, &last);
	bool has_last = st == OK;
	if (st == OK || st == ERR_NOT_FOUND)
		st = rules_get(&b->txn, &rules);
	if (st)
		return err_set(err, st, "the reviews so far cannot be read: %s", status_text(st));
	if (now.result == REVIEW_PASSED && now.due.year == 0 && rules.review_cycle_months > 0)
		now.due = date_add_months(now.reviewed_on, rules.review_cycle_months);
	st = check_days(&now, &last, has_last, date_of_unix_s(b->now_ms / 1000), err);
	if (st)
		return st;
	*what = !has_last ? ENTERED_NEW : says_the_same(&now, &last) ? ENTERED_UNCHANGED : ENTERED_UPDATED;
	return *what == ENTERED_UNCHANGED ? OK : record_review(b, &now, err);
}
