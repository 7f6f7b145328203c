#include "registry/operator.h"
#include "registry/proposal.h"
#include "registry/registry.h"

struct verifying {
	struct txn *journal, *tables;
	const struct event *event;
	struct bytes iss;
	struct err *err;
};

static enum status
unreadable(struct verifying *v, enum status st)
{
	return err_set(v->err, st == ERR_CRYPTO || st == ERR_SYSTEM ? st : ERR_DAMAGED, "event %llu cannot be read as what it says it is: %s",
	    (unsigned long long)v->event->sequence, status_text(st));
}

#define WRONG(v, ...) err_set((v)->err, ERR_CONFLICT, __VA_ARGS__)

/* The statement is by the operator it names, who had that role then, and the event is under the same name. */
static enum status
check_signer(struct verifying *v, struct bytes token, const struct statement *s, unsigned role)
{
	struct operator o;
	bool good = false;
	enum status st = operator_get(v->tables, s->operator, &o);
	if (st == ERR_NOT_FOUND)
		return WRONG(v, "it is signed as %.*s, who was no operator then", BYTES_FMT(s->operator));
	if (st)
		return unreadable(v, st);
	if (!operator_is_active(&o, v->event->time_ms / 1000) || (role != 0 && (o.roles & role) == 0))
		return WRONG(v, "%.*s might not do that then", BYTES_FMT(s->operator));
	if (!bytes_eq(s->operator, v->event->operator))
		return WRONG(v, "it is recorded as done by another than %.*s, who signed it", BYTES_FMT(s->operator));
	if (!bytes_eq(s->iss, v->iss))
		return WRONG(v, "it is signed for another authority, %.*s", BYTES_FMT(s->iss));
	if (s->time_unix_s != v->event->time_ms / 1000)
		return WRONG(v, "it is signed for another time than it is recorded at");
	st = statement_check(token, o.spki, &good);
	if (st)
		return unreadable(v, st);
	return good ? OK : WRONG(v, "the signature is not by the key of %.*s", BYTES_FMT(s->operator));
}

enum status
proposal_verify(struct txn *journal, struct txn *tables, const struct event *e, struct bytes iss, struct err *err)
{
	struct verifying v = { journal, tables, e, iss, err };
	struct bytes token, seen;
	struct statement s;
	struct proposed p;
	struct digest d;
	uint8_t kid[KID_LEN];
	enum status st = proposed_payload_decode(e->payload, &token);
	if (st == OK)
		st = statement_decode(token, &s, kid);
	if (st == OK && s.what != STATEMENT_PROPOSE)
		st = ERR_FORMAT;
	if (st == OK)
		st = proposed_decode(s.action, &p);
	if (st)
		return unreadable(&v, st);
	st = check_signer(&v, token, &s, OPERATOR_PROPOSES);
	if (st)
		return st;
	st = s.sequence < e->sequence ? journal_get(journal, s.sequence, &seen) : ERR_NOT_FOUND;
	if (st == OK)
		st = sha256(seen, &d);
	if (st == ERR_NOT_FOUND || (st == OK && !bytes_eq(s.hash, (struct bytes){ d.b, DIGEST_LEN })))
		return WRONG(&v, "it was signed for another journal: event %llu is another one here", (unsigned long long)s.sequence);
	return st ? unreadable(&v, st) : OK;
}

static enum status
check_bound(struct verifying *v, const struct resolution *r, const struct statement *s, const struct proposal_event *p,
    const uint8_t kid[KID_LEN])
{
	static const enum statement_what wanted[] = { [PROPOSAL_APPROVED] = STATEMENT_APPROVE, [PROPOSAL_REJECTED] = STATEMENT_REJECT,
		[PROPOSAL_RETRACTED] = STATEMENT_RETRACT };
	bool same_person = bytes_eq(s->operator, p->statement.operator) || memcmp(kid, p->kid, KID_LEN) == 0;
	if (s->what != wanted[r->state])
		return WRONG(v, "another thing was signed than is recorded");
	if (s->sequence != r->proposal || !bytes_eq(s->hash, (struct bytes){ p->hash.b, DIGEST_LEN }))
		return WRONG(v, "it was signed for another proposal");
	if (r->state == PROPOSAL_APPROVED && same_person)
		return WRONG(v, "%.*s approved their own proposal", BYTES_FMT(s->operator));
	if (r->state == PROPOSAL_RETRACTED && !bytes_eq(s->operator, p->statement.operator))
		return WRONG(v, "%.*s took back another's proposal", BYTES_FMT(s->operator));
	return OK;
}

/* What was resolved is open: pending, or a permission about to be used up. */
static enum status
check_open(struct verifying *v, const struct resolution *r)
{
	struct proposal p;
	int64_t now = v->event->time_ms / 1000;
	enum status st = proposal_get(v->tables, r->proposal, &p);
	if (st == ERR_NOT_FOUND)
		return WRONG(v, "there was no proposal %llu", (unsigned long long)r->proposal);
	if (st)
		return unreadable(v, st);
	bool is_permission = p.kind == PROPOSED_ISSUE || p.kind == PROPOSED_KEYS;
	if (r->state == PROPOSAL_USED ? p.state != PROPOSAL_APPROVED || !is_permission : p.state != PROPOSAL_PENDING)
		return WRONG(v, "proposal %llu was %s already", (unsigned long long)r->proposal, proposal_state_text(p.state));
	if ((r->state == PROPOSAL_APPROVED && now >= p.expires_unix_s) || (r->state == PROPOSAL_EXPIRED && now < p.expires_unix_s))
		return WRONG(v, "proposal %llu %s", (unsigned long long)r->proposal,
		    r->state == PROPOSAL_APPROVED ? "had expired by then" : "had not expired then");
	return OK;
}

enum status
resolution_verify(struct txn *journal, struct txn *tables, const struct event *e, struct bytes iss, struct err *err)
{
	struct verifying v = { journal, tables, e, iss, err };
	struct resolution r;
	struct statement s;
	struct proposal_event p;
	uint8_t kid[KID_LEN];
	enum status st = resolution_decode(e->payload, &r);
	if (st)
		return unreadable(&v, st);
	st = check_open(&v, &r);
	if (st || r.statement.len == 0)
		return st;
	st = statement_decode(r.statement, &s, kid);
	if (st == OK)
		st = proposal_event_get(journal, r.proposal, &p);
	if (st)
		return unreadable(&v, st);
	st = check_signer(&v, r.statement, &s, r.state == PROPOSAL_RETRACTED ? 0 : OPERATOR_APPROVES);
	return st ? st : check_bound(&v, &r, &s, &p, kid);
}
