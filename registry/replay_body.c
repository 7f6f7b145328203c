#include "registry/replaying.h"
#include "registry/succession.h"

void
replay_put_body(struct replay *p, const struct body *body)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc;
	enum status st = body_encode(body, BUF_OF(mem), &enc);
	if (st)
		txn_fail(&p->txn, st);
	else
		txn_put(&p->txn, TABLE_BODY, body->uscc, enc);
}

/* An import does not lift a suspension and does not revive: after the event the body stands as its row said, or worse. */
static void
check_carried(struct replay *p, const struct body *body)
{
	const struct standing *s = &body->standing;
	bool ends = standing_has_end(s);
	bool suspended_last = !ends && standing_action(s, INT64_MAX) == ACTION_SUSPEND;
	bool suspended = suspended_last || standing_action(s, p->time_ms / 1000) == ACTION_SUSPEND;
	if ((body->carried == ACTION_NONE && (ends || suspended_last)) || (body->carried == ACTION_SUSPEND && !ends && !suspended) ||
	    (body->carried == ACTION_CANCEL && !ends))
		replay_fault(p, "the row's status word and how the body stands do not agree");
}

enum status
replay_body_entered(struct replay *p, const struct event *e)
{
	struct body body, known;
	enum status st = body_entries_decode(e->payload, &body);
	if (st)
		return replay_unreadable(p, st, "the body's entries");
	st = body_get(&p->txn, body.uscc, &known);
	if (st != OK && st != ERR_NOT_FOUND)
		return replay_unreadable(p, st, "the body's record");
	if (st == OK) {
		body.standing = known.standing;
		body.serial = known.serial;
		body.serial_entries_sequence = known.serial_entries_sequence;
		body.succession = known.succession;
	}
	if (p->body_waits) {
		if (st == OK || memcmp(p->waiting_uscc, body.uscc.ptr, USCC_LEN) != 0)
			return replay_refuse(p, "it is not the body whose standing changed before it was entered");
		body.standing = p->waiting;
		p->body_waits = false;
	}
	check_carried(p, &body);
	body.entries_sequence = e->sequence;
	replay_put_body(p, &body);
	return OK;
}

/* ---- one body takes over from another ---- */

enum status
replay_body(struct replay *p, struct bytes uscc, struct kept_body *out)
{
	enum status st = body_copy(&p->txn, uscc, out->mem, &out->body);
	return st ? replay_unreadable(p, st, "the record of a body that it names") : OK;
}

static void
check_heir(struct replay *p, const struct body *old, const struct body *heir)
{
	if (standing_action(&heir->standing, p->time_ms / 1000) == ACTION_SUSPEND || standing_has_end(&heir->standing))
		replay_fault(p, "the successor %.*s is not in order", BYTES_FMT(heir->uscc));
	if (heir->kind == BODY_ENTRUSTED && old->kind != BODY_ENTRUSTED)
		replay_fault(p, "the successor %.*s is an entrusted organisation and the old body is none", BYTES_FMT(heir->uscc));
}

enum status
replay_body_succeeded(struct replay *p, const struct event *e)
{
	struct succession s;
	struct kept_body old, heir;
	struct change abolished = { .action = ACTION_CANCEL, .effective_unix_s = e->time_ms / 1000, .sequence = e->sequence };
	enum status st = succession_decode(e->payload, &s);
	if (st)
		return replay_unreadable(p, st, "the succession");
	st = replay_body(p, s.old_uscc, &old);
	if (st == OK)
		st = replay_body(p, s.new_uscc, &heir);
	if (st)
		return st;
	check_heir(p, &old.body, &heir.body);
	if (s.old_before != old.body.succession || s.new_before != heir.body.succession)
		replay_fault(p, "the chain of successions is broken: it names events %llu and %llu as those before it, which were %llu and %llu",
		    (unsigned long long)s.old_before, (unsigned long long)s.new_before, (unsigned long long)old.body.succession,
		    (unsigned long long)heir.body.succession);
	if (!s.is_part && !standing_has_ended(&old.body.standing, abolished.effective_unix_s))
		st = replay_change(p, &old.body.standing, &abolished, "the body");
	if (st)
		return st;
	old.body.succession = heir.body.succession = e->sequence;
	replay_put_body(p, &old.body);
	replay_put_body(p, &heir.body);
	return OK;
}
