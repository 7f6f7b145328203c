#include "registry/replaying.h"

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
	body.standing = st == OK ? known.standing : (struct standing){ .n = 0 };
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
