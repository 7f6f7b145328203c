#include "registry/permission.h"

#include "base/time.h"

static enum status
check_state(const struct proposal *p, enum proposed_kind kind, struct err *err)
{
	unsigned long long n = p->sequence;
	if (p->kind != kind)
		return err_set(err, ERR_CONFLICT, "proposal %llu is for something else; yaopai pending %llu shows it", n, n);
	if (p->state == PROPOSAL_PENDING)
		return err_set(err, ERR_CONFLICT, "proposal %llu is not approved yet; another operator has to (yaopai approve %llu)", n, n);
	if (p->state != PROPOSAL_APPROVED)
		return err_set(err, ERR_CONFLICT, "proposal %llu is %s (event %llu); propose it again", n,
		    p->state == PROPOSAL_USED ? "used up" : proposal_state_text(p->state), (unsigned long long)p->resolved_sequence);
	return OK;
}

enum status
permission_get(struct txn *t, uint64_t sequence, enum proposed_kind kind, int64_t now_unix_s, struct permission *out, struct err *err)
{
	struct proposal p;
	struct proposal_event e;
	struct bytes enc;
	char when[INSTANT_TEXT_LEN + 1];
	enum status st = proposal_get(t, sequence, &p);
	if (st == ERR_NOT_FOUND)
		return err_set(err, st, "--approval: there is no proposal %llu; yaopai pending lists them", (unsigned long long)sequence);
	if (st == OK)
		st = check_state(&p, kind, err);
	if (st == ERR_CONFLICT)
		return st;
	if (st == OK)
		st = journal_get(t, sequence, &enc);
	if (st == OK && enc.len > sizeof(out->mem))
		st = ERR_LIMIT;
	if (st == OK) {
		memcpy(out->mem, enc.ptr, enc.len); /* the run writes, which would move the view */
		st = proposal_event_decode((struct bytes){ out->mem, enc.len }, &e);
	}
	if (st)
		return err_set(err, st == ERR_NOT_FOUND ? ERR_DAMAGED : st, "proposal %llu cannot be read: %s", (unsigned long long)sequence, status_text(st));
	if (now_unix_s >= e.proposed.until_unix_s)
		return err_set(err, ERR_CONFLICT, "proposal %llu permitted it until %s; propose it again", (unsigned long long)sequence,
		    instant_text(e.proposed.until_unix_s, when));
	out->proposed = e.proposed;
	out->used = p.used;
	return OK;
}

void
permission_count(struct txn *t, uint64_t sequence, uint64_t n)
{
	struct proposal p;
	enum status st = proposal_get(t, sequence, &p);
	if (st) {
		txn_fail(t, st == ERR_NOT_FOUND ? ERR_DAMAGED : st);
		return;
	}
	p.used += n;
	proposal_put(t, &p);
}

enum status
permission_end(struct batch *b, uint64_t sequence, struct err *err)
{
	uint8_t mem[64];
	struct bytes payload;
	struct proposal p;
	uint64_t event = 0;
	enum status st = proposal_get(&b->txn, sequence, &p);
	if (st)
		return err_set(err, st == ERR_NOT_FOUND ? ERR_DAMAGED : st, "proposal %llu cannot be read: %s", (unsigned long long)sequence, status_text(st));
	struct resolution r = { .proposal = sequence, .state = PROPOSAL_USED, .done = p.used };
	st = resolution_encode(&r, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the end of the permission cannot be recorded: %s", status_text(st));
	batch_event(b, EVENT_RESOLVED, payload, &event);
	if (b->txn.status == OK)
		resolution_apply(&b->txn, &r, event);
	return b->txn.status ? err_set(err, b->txn.status, "the end of the permission cannot be written: %s", txn_reason(&b->txn)) : OK;
}
