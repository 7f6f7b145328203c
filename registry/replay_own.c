#include "registry/replaying.h"

/* A body's own credential on its way into the fresh tables. */
struct own {
	struct replay *p;
	const struct issue_payload *paid;
	struct credential claims;              /* views of the event */
	struct kept_body k;
	struct issued old;                     /* serial 0: none */
};

static void
differs(const struct own *o, bool does, const char *claim, const char *source)
{
	if (does)
		replay_fault(o->p, "the token of credential %llu says another %s than %s", (unsigned long long)o->paid->serial, claim, source);
}

static void
check_body(const struct own *o)
{
	const struct body *b = &o->k.body;
	if (o->paid->entries_sequence != b->entries_sequence)
		replay_fault(o->p, "it was made from the entries of event %llu; those in force were of event %llu",
		    (unsigned long long)o->paid->entries_sequence, (unsigned long long)b->entries_sequence);
	if (standing_has_end(&b->standing))
		replay_fault(o->p, "its body is abolished");
	if (b->entrusted_to_unix_s != 0 && o->claims.exp_unix_s > b->entrusted_to_unix_s && o->claims.exp_unix_s != o->old.exp_unix_s)
		replay_fault(o->p, "it ends later than the entrustment of its body");
}

/* The token says what the body's record and the serial say, and nothing of a person. */
static enum status
check_claims(const struct own *o)
{
	const struct credential *c = &o->claims;
	const struct body *b = &o->k.body;
	char uri[REPLAY_URI_ROOM];
	uint32_t idx = 0;
	enum status st = replay_place(o->p, o->paid->serial, uri, &idx);
	if (st)
		return st;
	differs(o, !bytes_eq(c->iss, bytes_str(o->p->settings.iss)), "issuing authority", "the register");
	differs(o, c->kind != KIND_BODY, "kind", "a body's own");
	differs(o, !bytes_eq(c->sub, b->uscc), "number", "its body's code");
	differs(o, c->iat_unix_s != o->p->time_ms / 1000 || c->nbf_unix_s != c->iat_unix_s, "time of issue", "its event");
	differs(o, !bytes_eq(c->status_uri, bytes_str(uri)) || c->status_idx != idx, "place in the status lists", "its serial");
	differs(o, !bytes_eq(c->name, b->name), "name", "the register");
	differs(o, !bytes_eq(c->entrusting_name, b->entrusting_name), "entrusting organ", "the register");
	differs(o, c->jurisdiction != b->division, "jurisdiction", "the register");
	differs(o, c->post.len > 0 || c->fields_n > 0 || c->has_cnf || c->portrait_digest.len > 0, "entry", "a body has");
	return OK;
}

static enum status
put_all(struct own *o)
{
	struct replay *p = o->p;
	struct issued c = { .serial = o->paid->serial, .sequence = p->sequence, .exp_unix_s = o->claims.exp_unix_s };
	struct change replaced = { .action = ACTION_REPLACE, .effective_unix_s = p->time_ms / 1000, .sequence = p->sequence };
	bool replaces = o->old.serial != 0 && !standing_has_ended(&o->old.standing, p->time_ms / 1000);
	enum status st = replaces ? replay_change(p, &o->old.standing, &replaced, "the credential before it") : OK;
	if (st)
		return st;
	if (replaces)
		replay_put_issued(p, &o->old);
	memcpy(c.uscc, o->k.body.uscc.ptr, USCC_LEN);
	p->counters.next_serial = c.serial + 1;
	o->k.body.serial = c.serial;
	o->k.body.serial_entries_sequence = o->paid->entries_sequence;
	replay_put_issued(p, &c);
	replay_put_body(p, &o->k.body);
	return replay_digest(p, c.serial, o->paid->token);
}

enum status
replay_issued_to_body(struct replay *p, const struct issue_payload *paid)
{
	struct own o = { .p = p, .paid = paid, .old = { .serial = 0 } };
	enum status st = replay_token(p, paid->token, &o.claims);
	if (st == OK)
		st = replay_body(p, paid->uscc, &o.k);
	if (st == OK && o.k.body.serial != 0) {
		st = issued_get(&p->txn, o.k.body.serial, &o.old);
		if (st)
			st = replay_unreadable(p, st, "the record of the credential that it replaces");
	}
	if (st)
		return st;
	check_body(&o);
	st = check_claims(&o);
	return st == OK ? put_all(&o) : st;
}
