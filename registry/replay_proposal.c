#include "registry/key_change.h"
#include "registry/operator.h"
#include "registry/policy.h"
#include "registry/proposal.h"
#include "registry/replaying.h"

/* ---- before each event ---- */

static void
miss_approval(struct replay *p)
{
	replay_fault(p, "proposal %llu was carried out, and its approval does not follow", (unsigned long long)p->awaited.proposal);
	p->awaited.proposal = p->awaited.done = 0;
}

void
replay_end_eyes(struct replay *p)
{
	if (p->awaited.proposal != 0)
		miss_approval(p);
}

enum status
replay_check_eyes(struct replay *p, const struct event *e)
{
	struct policy policy;
	struct operator o;
	bool goes_on = e->kind == EVENT_STANDING_CHANGED || e->kind == EVENT_OPERATOR_ENTERED || e->kind == EVENT_RESOLVED;
	if (p->awaited.proposal != 0 && !goes_on)
		miss_approval(p);
	enum status st = policy_get(&p->txn, &policy);
	if (st)
		return replay_unreadable(p, st, "the policy in force");
	if (!policy_asks(&policy))
		return OK;
	st = operator_get(&p->txn, e->operator, &o);
	if (st != OK && st != ERR_NOT_FOUND)
		return replay_unreadable(p, st, "the operator's record");
	if (st == ERR_NOT_FOUND || !operator_is_active(&o, e->time_ms / 1000))
		replay_fault(p, "it is done by %.*s, who was no operator then, although four eyes were in force", BYTES_FMT(e->operator));
	return OK;
}

/* ---- under a proposal ---- */

/* The proposal that this event says it carries out, and what was proposed; *there false: told. */
static enum status
under_proposal(struct replay *p, uint64_t approval, struct proposal_event *out, bool *there)
{
	struct proposal record;
	*there = false;
	if (p->awaited.proposal != 0 && p->awaited.proposal != approval)
		miss_approval(p);
	enum status st = proposal_get(&p->txn, approval, &record);
	if (st == ERR_NOT_FOUND || (st == OK && record.state != PROPOSAL_PENDING)) {
		replay_fault(p, "it is done under proposal %llu, which was not open then", (unsigned long long)approval);
		return OK;
	}
	if (st == OK)
		st = proposal_event_get(&p->txn, approval, out);
	if (st)
		return replay_unreadable(p, st, "the proposal that it carries out");
	p->awaited.proposal = approval;
	p->awaited.done++;
	*there = true;
	return OK;
}

static bool
names_subject(const struct proposed *p, struct bytes subject)
{
	struct cbor_reader r = proposed_subjects(p);
	for (size_t i = 0; i < p->subjects_n; i++)
		if (bytes_eq(cbor_read_text(&r), subject))
			return true;
	return false;
}

/* A reviewer that was not proposed is whoever approved. */
static bool
says_the_same(const struct decision *a, const struct decision *proposed)
{
	return a->action == proposed->action && a->end_unix_s == proposed->end_unix_s && a->ban_until_unix_s == proposed->ban_until_unix_s &&
	    (proposed->effective_unix_s == 0 || a->effective_unix_s == proposed->effective_unix_s) && bytes_eq(a->ground, proposed->ground) &&
	    bytes_eq(a->organ, proposed->organ) && bytes_eq(a->document, proposed->document) &&
	    (proposed->reviewer.len == 0 || bytes_eq(a->reviewer, proposed->reviewer));
}

enum status
replay_check_decision(struct replay *p, enum subject kind, struct bytes subject, const struct decision *d, bool is_new)
{
	struct policy policy;
	struct proposal_event e;
	bool there = false;
	if (d->approval == 0) {
		if (p->awaited.proposal != 0)
			miss_approval(p);
		enum status st = policy_get(&p->txn, &policy);
		if (st)
			return replay_unreadable(p, st, "the policy in force");
		if (policy.status_changes && !is_new)
			replay_fault(p, "a status was changed without a second operator, although four eyes were in force");
		return OK;
	}
	enum status st = under_proposal(p, d->approval, &e, &there);
	if (st || !there)
		return st;
	if (e.proposed.kind != PROPOSED_DECISION || e.proposed.subject != kind || !names_subject(&e.proposed, subject) ||
	    !says_the_same(d, &e.proposed.decision))
		replay_fault(p, "it is another decision than proposal %llu, which it says it carries out", (unsigned long long)d->approval);
	return OK;
}

static enum status
count_unapproved(struct replay *p)
{
	struct policy policy;
	int64_t now = p->time_ms / 1000;
	enum status st = policy_get(&p->txn, &policy);
	if (st)
		return replay_unreadable(p, st, "the policy in force");
	if (policy.bulk_over == 0)
		return OK;
	if (policy_left(&policy, now) == 0)
		replay_fault(p, "more than %llu were issued on one day without a second operator", (unsigned long long)policy.bulk_over);
	policy_count(&policy, 1, now);
	policy_put(&p->txn, &policy);
	return OK;
}

enum status
replay_check_issue(struct replay *p, uint64_t approval, enum credential_kind kind)
{
	struct proposal record;
	struct proposal_event e;
	if (approval == 0)
		return count_unapproved(p);
	enum status st = proposal_get(&p->txn, approval, &record);
	if (st == OK)
		st = proposal_event_get(&p->txn, approval, &e);
	if (st)
		return replay_unreadable(p, st, "the proposal under which it was issued");
	bool permits = e.proposed.kind == PROPOSED_ISSUE && record.state == PROPOSAL_APPROVED && record.used < e.proposed.at_most &&
	    p->time_ms / 1000 < e.proposed.until_unix_s && (e.proposed.kinds == 0 || (e.proposed.kinds >> kind & 1u) != 0);
	if (!permits)
		replay_fault(p, "it is issued under proposal %llu, which does not permit it", (unsigned long long)approval);
	record.used++;
	proposal_put(&p->txn, &record);
	return OK;
}

enum status
replay_keys_changed(struct replay *p, const struct event *e)
{
	struct key_change c;
	struct policy policy;
	struct proposal record;
	struct proposal_event made;
	enum status st = key_change_decode(e->payload, &c);
	if (st == OK)
		st = policy_get(&p->txn, &policy);
	if (st)
		return replay_unreadable(p, st, "the change of keys");
	if (c.approval == 0) {
		if (policy.key_changes)
			replay_fault(p, "keys were changed without a second operator, although four eyes were in force");
		return OK;
	}
	st = proposal_get(&p->txn, c.approval, &record);
	if (st == OK)
		st = proposal_event_get(&p->txn, c.approval, &made);
	if (st)
		return replay_unreadable(p, st, "the proposal under which keys were changed");
	if (record.state != PROPOSAL_APPROVED || made.proposed.kind != PROPOSED_KEYS || !bytes_eq(made.proposed.command, c.command) ||
	    p->time_ms / 1000 >= made.proposed.until_unix_s)
		replay_fault(p, "it is done under proposal %llu, which does not permit it", (unsigned long long)c.approval);
	return OK;
}

/* ---- operators and policies ---- */

/* An entry without its approval must be what was proposed. */
static enum status
check_entry(struct replay *p, uint64_t approval, struct bytes as_proposed, bool needs_approval)
{
	struct proposal_event e;
	bool there = false;
	if (approval == 0) {
		if (p->awaited.proposal != 0)
			miss_approval(p);
		if (needs_approval)
			replay_fault(p, "it was entered without a second operator, although four eyes were in force");
		return OK;
	}
	enum status st = under_proposal(p, approval, &e, &there);
	if (st == OK && there && (e.proposed.kind != PROPOSED_ENTRY || !bytes_eq(e.proposed.entry, as_proposed)))
		replay_fault(p, "it is another entry than proposal %llu, which it says it carries out", (unsigned long long)approval);
	return st;
}

static enum status
replay_policy(struct replay *p, const struct event *e, const struct policy *before)
{
	uint8_t mem[128];
	struct bytes bare;
	struct policy now;
	uint64_t approval = 0;
	enum status st = policy_entry_decode(e->payload, &now, &approval);
	if (st == OK)
		st = policy_entry_encode(&now, 0, BUF_OF(mem), &bare);
	if (st)
		return replay_unreadable(p, st, "the policy");
	st = check_entry(p, approval, bare, policy_is_laxer(&now, before));
	if (st)
		return st;
	now.sequence = e->sequence;
	now.day = now.bulk_over != 0 ? before->day : 0;
	now.issued = now.bulk_over != 0 ? before->issued : 0;
	policy_put(&p->txn, &now);
	return OK;
}

static void
put_operator(struct replay *p, struct bytes name, const struct operator *o)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	enum status st = operator_encode(o, BUF_OF(mem), &enc);
	if (st)
		txn_fail(&p->txn, st);
	else
		txn_put(&p->txn, TABLE_OPERATOR, name, enc);
}

static enum status
replay_operator(struct replay *p, const struct event *e, const struct policy *policy)
{
	uint8_t mem[RECORD_LEN_MAX], kept[OPERATOR_KEY_LEN_MAX];
	struct bytes bare;
	struct operator_entry entry, alone;
	struct operator o = { .sequence = e->sequence }, other;
	enum status st = operator_entry_decode(e->payload, &entry);
	alone = entry;
	alone.approval = 0;
	if (st == OK)
		st = operator_entry_encode(&alone, BUF_OF(mem), &bare);
	if (st)
		return replay_unreadable(p, st, "the operator");
	st = check_entry(p, entry.approval, bare, policy_asks(policy));
	if (st == OK && entry.spki.len > 0 && operator_by_key(&p->txn, entry.spki, &other) == OK && !bytes_eq(other.name, entry.name))
		replay_fault(p, "its key is the one of %.*s", BYTES_FMT(other.name));
	if (st == OK && entry.ended) {
		st = operator_get(&p->txn, entry.name, &o);
		if (st)
			return replay_unreadable(p, st, "the record of the operator who ends");
		memcpy(kept, o.spki.ptr, o.spki.len); /* the put would move the view */
		o.spki.ptr = kept;
		o.ended_sequence = e->sequence;
	} else {
		o.spki = entry.spki;
		o.roles = entry.roles;
		o.from_unix_s = entry.from_unix_s;
		o.until_unix_s = entry.until_unix_s;
	}
	o.name = entry.name;
	if (st == OK)
		put_operator(p, entry.name, &o);
	return st;
}

enum status
replay_operator_entered(struct replay *p, const struct event *e)
{
	struct policy policy;
	bool is_policy = false;
	enum status st = policy_get(&p->txn, &policy);
	if (st == OK)
		st = policy_is_entry(e->payload, &is_policy);
	if (st)
		return replay_unreadable(p, st, "the entry");
	return is_policy ? replay_policy(p, e, &policy) : replay_operator(p, e, &policy);
}

/* ---- proposals ---- */

/* A broken rule is told, what cannot be read ends the replay. */
static enum status
told(struct replay *p, enum status st, const struct err *why)
{
	if (st == ERR_CONFLICT)
		replay_fault(p, "%s", why->text);
	return st == OK || st == ERR_CONFLICT ? OK : err_set(p->err, st, "%s", why->text);
}

enum status
replay_proposed(struct replay *p, const struct event *e)
{
	struct err why = { .status = OK };
	struct proposal_event made;
	struct proposal record = { .sequence = e->sequence, .state = PROPOSAL_PENDING };
	enum status st = told(p, proposal_verify(&p->txn, &p->txn, e, bytes_str(p->settings.iss), &why), &why);
	if (st == OK)
		st = proposal_event_get(&p->txn, e->sequence, &made);
	if (st)
		return replay_unreadable(p, st, "the proposal");
	record.kind = made.proposed.kind;
	record.proposer = made.statement.operator;
	record.expires_unix_s = made.statement.expires_unix_s;
	proposal_put(&p->txn, &record);
	return OK;
}

static void
check_carried_out(struct replay *p, const struct resolution *r, const struct proposal *record)
{
	bool is_permission = record->kind == PROPOSED_ISSUE || record->kind == PROPOSED_KEYS;
	uint64_t wanted = record->kind == PROPOSED_DECISION ? r->done : 1;
	if (r->state != PROPOSAL_APPROVED) {
		if (p->awaited.proposal != 0)
			miss_approval(p);
		return;
	}
	if (p->awaited.proposal != 0 && p->awaited.proposal != r->proposal)
		miss_approval(p);
	if (!is_permission && p->awaited.done != wanted)
		replay_fault(p, "%llu events carry it out; it says that %llu were done", (unsigned long long)p->awaited.done, (unsigned long long)wanted);
	p->awaited.proposal = p->awaited.done = 0;
}

enum status
replay_resolved(struct replay *p, const struct event *e)
{
	struct err why = { .status = OK };
	struct resolution r;
	struct proposal record;
	enum status st = told(p, resolution_verify(&p->txn, &p->txn, e, bytes_str(p->settings.iss), &why), &why);
	if (st)
		return st;
	st = resolution_decode(e->payload, &r);
	if (st == OK)
		st = proposal_get(&p->txn, r.proposal, &record);
	if (st)
		return replay_unreadable(p, st, "the proposal that it resolves");
	check_carried_out(p, &r, &record);
	record.state = r.state;
	record.resolved_sequence = e->sequence;
	proposal_put(&p->txn, &record);
	return OK;
}
