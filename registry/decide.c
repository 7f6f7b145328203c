#include "registry/decide.h"

#include "base/text.h"
#include "registry/carry.h"

static enum status
not_found(struct err *err, enum status st, const char *what, struct bytes key)
{
	char shown[64];
	(void)text_escape(key, shown, sizeof(shown));
	if (st == ERR_NOT_FOUND)
		return err_set(err, st, "no %s %s in the register", what, shown);
	return err_set(err, st, "the record of %s %s cannot be read: %s", what, shown, status_text(st));
}

static bool
is_for_anything(enum action a)
{
	return a == ACTION_SUSPEND || a == ACTION_REINSTATE || a == ACTION_CANCEL;
}

enum status
decide_holder(struct batch *b, struct bytes number, const struct decision *d, struct err *err)
{
	struct holder h;
	struct person p;
	enum status st = holder_by_number(&b->txn, number, &h);
	if (st)
		return not_found(err, st, "certificate", number);
	if (d->ban_until_unix_s != 0 && d->action != ACTION_REVOKE)
		return err_set(err, ERR_CONFLICT, "only a revocation carries a ban on re-applying");
	uint8_t uscc[USCC_LEN], kept[NUMBER_LEN_MAX]; /* views of the map, which the writes below may move */
	memcpy(uscc, h.uscc.ptr, USCC_LEN);
	memcpy(kept, h.number.ptr, h.number.len);
	h.uscc.ptr = uscc;
	h.number.ptr = kept;
	struct key64 key = key64(h.id);
	st = batch_decide(b, SUBJECT_HOLDER, key64_view(&key), number, d, &h.standing, err);
	if (st)
		return st;
	batch_put_holder(b, &h);
	if (d->ban_until_unix_s == 0)
		return b->txn.status;
	struct bytes id = { h.person_id, PERSON_ID_LEN };
	st = person_get(&b->txn, id, &p);
	if (st)
		return err_set(err, ERR_DAMAGED, "the person under that certificate cannot be read: %s", status_text(st));
	p.ban_until_unix_s = d->ban_until_unix_s;
	batch_put_person(b, &p);
	return b->txn.status;
}

/* Who comes back begins anew: nothing of before becomes good again by it. */
static enum status
check_return(struct batch *b, const struct person *p, int64_t from_unix_s, struct err *err)
{
	struct holder h;
	for (int kind = KIND_ENFORCEMENT; kind <= KIND_MODERATOR; kind++) {
		if (p->holder_id[kind] == 0)
			continue;
		enum status st = holder_get(&b->txn, p->holder_id[kind], &h);
		if (st)
			return err_set(err, ERR_DAMAGED, "a certificate of that person cannot be read: %s", status_text(st));
		if (standing_at(&h.standing, from_unix_s).state != STATE_VOID)
			return err_set(err, ERR_CONFLICT, "this person left and still has certificate %.*s; cancel it first, since whoever comes back is "
			    "certified anew", BYTES_FMT(h.number));
	}
	return OK;
}

enum status
decide_person(struct batch *b, struct bytes number, const struct decision *d, struct err *err)
{
	struct holder h;
	struct person p;
	if (!is_for_anything(d->action))
		return err_set(err, ERR_ARGUMENT, "a person is suspended, reinstated or cancelled (left); %s is for certificates",
		    action_text(d->action));
	enum status st = holder_by_number(&b->txn, number, &h);
	if (st)
		return not_found(err, st, "certificate", number);
	struct bytes id = { h.person_id, PERSON_ID_LEN };
	st = person_get(&b->txn, id, &p);
	if (st)
		return err_set(err, ERR_DAMAGED, "the person under that certificate cannot be read: %s", status_text(st));
	if (d->action == ACTION_REINSTATE && standing_at(&p.standing, d->effective_unix_s).state == STATE_VOID)
		st = check_return(b, &p, d->effective_unix_s, err);
	if (st)
		return st;
	st = batch_decide(b, SUBJECT_PERSON, id, number, d, &p.standing, err);
	if (st)
		return st;
	batch_put_person(b, &p);
	return b->txn.status;
}

enum status
decide_body(struct batch *b, struct bytes uscc, const struct decision *d, struct err *err)
{
	struct body body;
	uint8_t mem[RECORD_LEN_MAX];
	if (!is_for_anything(d->action))
		return err_set(err, ERR_ARGUMENT, "a body is suspended, reinstated or cancelled (abolished); %s is for certificates",
		    action_text(d->action));
	enum status st = body_copy(&b->txn, uscc, mem, &body);
	if (st)
		return not_found(err, st, "body", uscc);
	st = batch_decide(b, SUBJECT_BODY, uscc, (struct bytes){ NULL, 0 }, d, &body.standing, err);
	if (st)
		return st;
	batch_put_body(b, &body);
	return b->txn.status;
}
