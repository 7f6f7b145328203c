#include "registry/enter.h"

#include "registry/carry.h"
#include "registry/entrustment.h"

/* Are these the entries last entered?  The payload's bytes decide. */
static enum status
same_as_last(struct batch *b, uint64_t sequence, struct bytes payload, bool *same)
{
	struct bytes enc;
	struct event e;
	enum status st = journal_get(&b->txn, sequence, &enc);
	if (st == OK)
		st = event_decode(enc, &e);
	if (st)
		return ERR_DAMAGED;
	*same = bytes_eq(e.payload, payload);
	return OK;
}

static enum status
carry_body_status(struct batch *b, const struct body *body, struct standing *s, struct err *err)
{
	struct standing_at at = standing_at(s, INT64_MAX);
	if (body->carried == ACTION_NONE) {
		if (at.state == STATE_GOOD)
			return OK;
		return err_set(err, ERR_CONFLICT, "the file says that the body is in order, the register that it is %s; an import does not "
		    "lift that, use yaopai reinstate --body", action_text(at.cause.action));
	}
	if (at.state == STATE_VOID || (at.state == STATE_SUSPENDED && body->carried == ACTION_SUSPEND))
		return OK;
	struct decision d = carried_decision(b, body->carried);
	return batch_decide(b, SUBJECT_BODY, body->uscc, (struct bytes){ NULL, 0 }, &d, s, err);
}

/* Who is abolished, or is entered as such, is history: it may have acted for an organ that is no more. */
static enum status
check_entrustment(struct batch *b, const struct body *body, const struct body *known, struct err *err)
{
	if (body->carried == ACTION_CANCEL || (known != NULL && standing_at(&known->standing, INT64_MAX).state == STATE_VOID))
		return OK;
	return entrustment_check(&b->txn, body, known != NULL && known->kind != BODY_ENTRUSTED, b->now_ms / 1000, err);
}

static enum status
write_body(struct batch *b, struct body *now, struct bytes payload, struct err *err)
{
	batch_event(b, EVENT_BODY_ENTERED, payload, &now->entries_sequence);
	batch_put_body(b, now);
	return b->txn.status ? err_set(err, b->txn.status, "the body cannot be written: %s", txn_reason(&b->txn)) : OK;
}

enum status
enter_body(struct batch *b, const struct body *body, enum entered *what, struct err *err)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes payload;
	struct body known, now = *body;
	bool same = false;
	enum status st = body_entries_encode(body, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the body's entries are not complete: an entrusted body has an entrusting organ and a term that begins "
		    "before it ends, others have none");
	st = body_get(&b->txn, body->uscc, &known);
	bool is_new = st == ERR_NOT_FOUND;
	now.standing.n = 0;
	now.serial = now.serial_entries_sequence = now.succession = 0;
	if (st == OK) {
		now.standing = known.standing;
		now.serial = known.serial;
		now.serial_entries_sequence = known.serial_entries_sequence;
		now.succession = known.succession;
		st = same_as_last(b, known.entries_sequence, payload, &same);
	}
	if (st != OK && !is_new)
		return err_set(err, st, "the body's record cannot be read: %s", status_text(st));
	if (same) {
		*what = ENTERED_UNCHANGED;
		return OK;
	}
	st = check_entrustment(b, body, is_new ? NULL : &known, err);
	if (st == OK)
		st = carry_body_status(b, body, &now.standing, err);
	if (st == OK)
		st = write_body(b, &now, payload, err);
	if (st == OK)
		*what = is_new ? ENTERED_NEW : ENTERED_UPDATED;
	return st;
}
