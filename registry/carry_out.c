#include "registry/propose.h"

#include "registry/appoint.h"
#include "registry/decide.h"

/* The newest change of a standing. */
static uint64_t
last_change(const struct standing *s)
{
	uint64_t last = 0;
	for (size_t i = 0; i < s->n; i++)
		last = s->changes[i].sequence > last ? s->changes[i].sequence : last;
	return last;
}

static enum status
subject_standing(struct batch *b, enum subject kind, struct bytes subject, struct standing *out)
{
	struct holder h;
	struct person p;
	struct body body;
	enum status st;
	if (kind == SUBJECT_BODY) {
		st = subject.len == USCC_LEN ? body_get(&b->txn, subject, &body) : ERR_NOT_FOUND;
		if (st == OK)
			*out = body.standing;
		return st;
	}
	st = holder_by_number(&b->txn, subject, &h);
	if (st == OK && kind == SUBJECT_PERSON)
		st = person_get(&b->txn, (struct bytes){ h.person_id, PERSON_ID_LEN }, &p);
	if (st == OK)
		*out = kind == SUBJECT_PERSON ? p.standing : h.standing;
	return st;
}

/* Whoever approves approves what stood there when it was proposed: a status changed since was never considered. */
static enum status
check_unchanged(struct batch *b, enum subject kind, struct bytes subject, uint64_t sequence, struct err *err)
{
	struct standing s;
	if (sequence == 0 || subject_standing(b, kind, subject, &s) != OK)
		return OK; /* deciding tells what is wrong with it */
	uint64_t last = last_change(&s);
	if (last <= sequence)
		return OK;
	return err_set(err, ERR_CONFLICT, "its status changed after this was proposed (event %llu); propose it again", (unsigned long long)last);
}

static enum status
decide_one(struct batch *b, const struct proposed *p, struct bytes subject, uint64_t sequence, struct err *err)
{
	struct decision d = p->decision;
	if (d.effective_unix_s == 0)
		d.effective_unix_s = b->now_ms / 1000;
	if (d.reviewer.len == 0)
		d.reviewer = b->operator; /* domain.md: every change names who reviewed it */
	enum status st = check_unchanged(b, p->subject, subject, sequence, err);
	if (st)
		return st;
	return p->subject == SUBJECT_BODY ? decide_body(b, subject, &d, err) : p->subject == SUBJECT_PERSON ? decide_person(b, subject, &d, err)
	                                                                                              : decide_holder(b, subject, &d, err);
}

static void
refuse(struct outcome *out, struct bytes subject, const char *why)
{
	struct bytes enc;
	struct cbor_writer w = cbor_writer((struct buf){ out->refused_mem, sizeof(out->refused_mem), out->refused_len });
	cbor_write_text(&w, subject);
	if (cbor_write_finish(&w, &enc) == OK) /* there is room: they all stand in the proposal */
		out->refused_len = w.out.len;
	out->refused_n++;
	if (out->told != NULL)
		out->told(out->told_ctx, subject, why);
}

static bool
is_of_the_subject(enum status st)
{
	return st == ERR_CONFLICT || st == ERR_NOT_FOUND || st == ERR_ARGUMENT || st == ERR_LIMIT;
}

static enum status
decide_all(struct batch *b, const struct proposed *p, uint64_t sequence, struct outcome *out, struct err *err)
{
	struct err first = { .status = OK };
	struct cbor_reader r = proposed_subjects(p);
	for (size_t i = 0; i < p->subjects_n; i++) {
		struct err why = { .status = OK };
		struct bytes subject = cbor_read_text(&r);
		enum status st = decide_one(b, p, subject, sequence, &why);
		if (b->txn.status || (st != OK && !is_of_the_subject(st)))
			return err_set(err, b->txn.status ? b->txn.status : st, "%s", why.text);
		if (st == OK)
			out->done++;
		else
			refuse(out, subject, why.text);
		if (first.status == OK && st != OK)
			first = why;
	}
	if (out->done > 0)
		return OK;
	return err_set(err, ERR_CONFLICT, "none of it can be done now: %s", first.text);
}

/* ---- operators and policy ---- */

static enum status
changed_meanwhile(struct err *err, const char *what, uint64_t sequence)
{
	return err_set(err, ERR_CONFLICT, "%s changed after this was proposed (event %llu); propose it again", what, (unsigned long long)sequence);
}

static enum status
enter_policy(struct batch *b, const struct proposed *p, uint64_t sequence, struct err *err)
{
	struct policy policy;
	uint64_t approval = 0;
	enum status st = policy_entry_decode(p->entry, &policy, &approval);
	if (st == OK && approval != 0)
		st = ERR_FORMAT;
	if (st)
		return err_set(err, st, "the policy that is proposed cannot be read: %s", status_text(st));
	if (sequence != 0 && b->policy.sequence > sequence)
		return changed_meanwhile(err, "the policy", b->policy.sequence);
	return policy_enter(b, &policy, err);
}

static enum status
enter_operator(struct batch *b, const struct proposed *p, uint64_t sequence, struct err *err)
{
	struct operator_entry e;
	struct operator now;
	enum status st = operator_entry_decode(p->entry, &e);
	if (st == OK && e.approval != 0)
		st = ERR_FORMAT;
	if (st)
		return err_set(err, st, "the operator that is proposed cannot be read: %s", status_text(st));
	st = operator_get(&b->txn, e.name, &now);
	uint64_t last = st != OK ? 0 : now.ended_sequence > now.sequence ? now.ended_sequence : now.sequence;
	if (sequence != 0 && last > sequence)
		return changed_meanwhile(err, "that operator", last);
	return operator_enter(b, &e, err);
}

static enum status
carry_out(struct batch *b, const struct proposed *p, uint64_t sequence, struct outcome *out, struct err *err)
{
	bool is_policy = false;
	enum status st = OK;
	if (p->kind == PROPOSED_DECISION)
		return decide_all(b, p, sequence, out, err);
	if (p->kind == PROPOSED_ENTRY) {
		st = policy_is_entry(p->entry, &is_policy);
		if (st)
			return err_set(err, st, "what is proposed cannot be read: %s", status_text(st));
		st = is_policy ? enter_policy(b, p, sequence, err) : enter_operator(b, p, sequence, err);
	} else if (b->now_ms / 1000 >= p->until_unix_s)
		st = err_set(err, ERR_CONFLICT, "the time in which it might be done is over; propose it again");
	out->done += st == OK;
	return st;
}

enum status
proposed_carry_out(struct batch *b, const struct proposed *p, uint64_t sequence, struct outcome *out, struct err *err)
{
	uint64_t before = b->approval;
	out->done = out->refused_n = 0;
	out->refused_len = 0;
	b->approval = sequence != 0 ? sequence : UINT64_MAX >> 1; /* a rehearsal's number, never written: its batch is thrown away */
	enum status st = carry_out(b, p, sequence, out, err);
	b->approval = before;
	return st;
}
