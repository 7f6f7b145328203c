#include "registry/appoint.h"

#include "registry/policy.h"

enum { APPROVERS_MIN = 2, PROPOSERS_MIN = 1 };

static enum status
unreadable(struct err *err, enum status st)
{
	return err_set(err, st, "the operators cannot be read: %s", status_text(st));
}

/* Enough to undo what is done now: with these operators, `also` among them. */
static enum status
enough_remain(struct batch *b, struct bytes without, unsigned also, struct err *err)
{
	struct operator_count n;
	enum status st = operator_count(&b->txn, b->now_ms / 1000, without, &n);
	if (st)
		return unreadable(err, st);
	n.proposers += (also & OPERATOR_PROPOSES) != 0;
	n.approvers += (also & OPERATOR_APPROVES) != 0;
	if (n.approvers >= APPROVERS_MIN && n.proposers >= PROPOSERS_MIN)
		return OK;
	return err_set(err, ERR_CONFLICT, "there would be %u who may approve and %u who may propose; four eyes need at least %d and %d, or "
	    "nothing could be decided any more: enter others first (yaopai operators add)", n.approvers, n.proposers, APPROVERS_MIN, PROPOSERS_MIN);
}

static bool
says_the_same(const struct operator *o, const struct operator_entry *e)
{
	if (e->ended)
		return o->ended_sequence != 0;
	return o->ended_sequence == 0 && bytes_eq(o->spki, e->spki) && o->roles == e->roles && o->from_unix_s == e->from_unix_s &&
	    o->until_unix_s == e->until_unix_s;
}

static enum status
check_name(struct batch *b, const struct operator_entry *e, struct err *err)
{
	struct operator o;
	enum status st = operator_get(&b->txn, e->name, &o);
	if (st == ERR_NOT_FOUND && e->ended)
		return err_set(err, ERR_NOT_FOUND, "no operator is called %.*s; yaopai operators list", BYTES_FMT(e->name));
	if (st == OK && says_the_same(&o, e))
		return err_set(err, ERR_CONFLICT, "%.*s is %s already; nothing would change", BYTES_FMT(e->name), e->ended ? "removed" : "entered so");
	return st == OK || st == ERR_NOT_FOUND ? OK : unreadable(err, st);
}

/* One key, one name: else one person could be two. */
static enum status
check_key(struct batch *b, const struct operator_entry *e, struct err *err)
{
	struct operator o;
	struct public_key *key = NULL;
	if (e->spki.len == 0)
		return OK;
	enum status st = public_key_from_spki(e->spki, &key);
	public_key_free(key);
	if (st)
		return err_set(err, st, "the operator's public key cannot be used: P-256, Ed25519 or SM2 was wanted");
	st = operator_by_key(&b->txn, e->spki, &o);
	if (st == OK && !bytes_eq(o.name, e->name))
		return err_set(err, ERR_CONFLICT, "that key is %.*s's already; each operator has a key of their own (yaopai operators key --new FILE)",
		    BYTES_FMT(o.name));
	return st == OK || st == ERR_NOT_FOUND ? OK : unreadable(err, st);
}

enum status
operator_enter(struct batch *b, const struct operator_entry *e, struct err *err)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes payload;
	uint64_t sequence = 0;
	struct operator_entry recorded = *e;
	int64_t now = b->now_ms / 1000;
	recorded.approval = b->approval;
	if (policy_asks(&b->policy) && b->approval == 0)
		return err_set(err, ERR_CONFLICT, "four eyes are in force here: propose it (yaopai propose operators add|remove ...) and have another "
		    "operator approve it");
	if (e->until_unix_s != 0 && e->until_unix_s <= now)
		return err_set(err, ERR_CONFLICT, "that end is past; to end an operator's powers use yaopai operators remove");
	enum status st = check_name(b, e, err);
	if (st == OK)
		st = check_key(b, e, err);
	if (st == OK && policy_asks(&b->policy))
		st = enough_remain(b, e->name, e->from_unix_s <= now ? e->roles : 0, err);
	if (st)
		return st;
	st = operator_entry_encode(&recorded, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the operator cannot be recorded: a name has 1 to %u bytes, and who proposes or approves has a public key",
		    OPERATOR_LEN_MAX);
	batch_event(b, EVENT_OPERATOR_ENTERED, payload, &sequence);
	if (b->txn.status == OK)
		operator_apply(&b->txn, &recorded, sequence);
	return b->txn.status ? err_set(err, b->txn.status, "the operator cannot be written: %s", txn_reason(&b->txn)) : OK;
}

enum status
policy_enter(struct batch *b, const struct policy *p, struct err *err)
{
	uint8_t mem[128];
	struct bytes payload;
	uint64_t sequence = 0;
	if (policy_is_same(p, &b->policy))
		return err_set(err, ERR_CONFLICT, "that is in force already; nothing would change");
	if (policy_is_laxer(p, &b->policy) && b->approval == 0)
		return err_set(err, ERR_CONFLICT, "that asks for less than what is in force: propose it (yaopai propose policy ...) and have another "
		    "operator approve it");
	enum status st = policy_asks(p) ? enough_remain(b, (struct bytes){ NULL, 0 }, 0, err) : OK;
	if (st)
		return st;
	st = policy_entry_encode(p, b->approval, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the policy cannot be recorded: %s", status_text(st));
	batch_event(b, EVENT_OPERATOR_ENTERED, payload, &sequence);
	if (b->txn.status == OK)
		policy_apply(&b->txn, p, sequence);
	st = b->txn.status ? b->txn.status : policy_get(&b->txn, &b->policy);
	return st ? err_set(err, st, "the policy cannot be written: %s", txn_reason(&b->txn)) : OK;
}
