#include "registry/again.h"

#include "registry/carry.h"

enum status
again_find(struct again *a, struct bytes number)
{
	enum status st = holder_by_number(&a->b->txn, number, &a->h);
	if (st == ERR_NOT_FOUND)
		return err_set(a->err, st, "no certificate with this number in the register; import holders and issue first, or correct the number");
	if (st == OK)
		st = holder_entries(&a->b->txn, &a->h, &a->e);
	if (st)
		return err_set(a->err, st, "the certificate's record cannot be read: %s", status_text(st));
	struct standing_at at = standing_at(&a->h.standing, INT64_MAX);
	if (at.state == STATE_VOID)
		return err_set(a->err, ERR_CONFLICT, "this certificate is %s and is not issued again; give the number of the one in force",
		    action_text(at.cause.action));
	if (a->h.kind == KIND_MINISTRY)
		return err_set(a->err, ERR_CONFLICT, "a ministry's certificate is only recorded here; import it again with what has changed");
	entries_drop_occasion(&a->e);
	return OK;
}

void
again_tell(const struct again *a, enum entered what, struct attached *out)
{
	*out = (struct attached){ .what = what, .holder_id = a->h.id,
		.has_old_credential = a->h.serial != 0 && a->h.entries_sequence != a->h.serial_entries_sequence };
}

enum status
entries_keep_first_issue(struct txn *t, const struct holder *h, struct entries *e)
{
	struct issued c;
	struct bytes enc;
	struct event event;
	if (h->serial == 0 || e->first_issued.year != 0 || e->issued_on.year != 0)
		return OK;
	enum status st = issued_get(t, h->serial, &c);
	if (st == OK)
		st = journal_get(t, c.sequence, &enc);
	if (st == OK)
		st = event_decode(enc, &event);
	if (st == OK)
		e->first_issued = date_of_unix_s(event.time_ms / 1000);
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}

/* The holder's texts may be views of the map, which the writes would move. */
static void
keep_texts(struct again *a)
{
	memcpy(a->text, a->h.uscc.ptr, USCC_LEN);
	if (a->h.number.len > 0)
		memcpy(a->text + USCC_LEN, a->h.number.ptr, a->h.number.len);
	a->h.uscc.ptr = a->text;
	a->h.number.ptr = a->text + USCC_LEN;
}

enum status
again_enter(struct again *a)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes payload;
	enum status st = entries_keep_first_issue(&a->b->txn, &a->h, &a->e);
	if (st)
		return err_set(a->err, st, "the certificate's credential cannot be read: %s", status_text(st));
	st = entries_encode(&a->e, a->h.id, (struct bytes){ a->h.person_id, PERSON_ID_LEN }, BUF_OF(mem), &payload);
	if (st)
		return err_set(a->err, st, "the entries do not make a record: %s", status_text(st));
	keep_texts(a);
	batch_event(a->b, EVENT_HOLDER_ENTERED, payload, &a->h.entries_sequence);
	batch_put_holder(a->b, &a->h);
	if (a->b->txn.status)
		return err_set(a->err, a->b->txn.status, "the certificate cannot be written: %s", txn_reason(&a->b->txn));
	return OK;
}
