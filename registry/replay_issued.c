#include <stdio.h>

#include "base/time.h"
#include "crypto/cose.h"
#include "registry/replaying.h"

/* One credential on its way into the fresh tables. */
struct issuing {
	struct replay *p;
	struct issue_payload paid;             /* the event's payload */
	struct kept_holder k;
	struct entries entries;                /* views of the fresh store until the first put */
	struct credential claims;              /* views of the event */
	int64_t old_exp_unix_s;                /* of the credential it replaces; 0: none */
};

enum status
replay_place(struct replay *p, uint64_t serial, char uri[REPLAY_URI_ROOM], uint32_t *idx)
{
	uint64_t list = (serial - 1) >> p->settings.list_log2;
	if (list >= BUNDLE_LISTS_MAX)
		return replay_refuse(p, "serial %llu is beyond the last status list", (unsigned long long)serial);
	enum status st = p->permutations[list] != NULL ? OK
	    : permutation_open(&p->permutation_key, (uint32_t)list, p->settings.list_log2, &p->permutations[list]);
	if (st)
		return err_set(p->err, st, "the status-list indices cannot be computed: %s", status_text(st));
	uint64_t ordinal = (serial - 1) & (((uint64_t)1 << p->settings.list_log2) - 1);
	*idx = permutation_index(p->permutations[list], (uint32_t)ordinal);
	(void)snprintf(uri, REPLAY_URI_ROOM, "%s%llu", p->settings.uri_prefix, (unsigned long long)list);
	return OK;
}

static void
differs(struct issuing *x, bool does, const char *claim, const char *source)
{
	if (does)
		replay_fault(x->p, "the token of credential %llu says another %s than %s", (unsigned long long)x->paid.serial, claim, source);
}

static bool
date_ends_otherwise(const struct issuing *x)
{
	int64_t exp = x->claims.exp_unix_s;
	struct date until = x->entries.valid_until, renewed = x->entries.renewed_until;
	if (renewed.year != 0 && (until.year == 0 || date_cmp(until, renewed) < 0))
		until = renewed;
	if (until.year == 0)
		return x->old_exp_unix_s != 0 && exp != x->old_exp_unix_s;
	return exp != date_end_unix_s(until) && exp != x->old_exp_unix_s;
}

static bool
begins_otherwise(const struct issuing *x)
{
	int64_t iat = x->claims.iat_unix_s, from = x->entries.issued_on.year != 0 ? date_start_unix_s(x->entries.issued_on) : 0;
	return x->claims.nbf_unix_s != (from > iat ? from : iat);
}

static bool
shown_otherwise(const struct issuing *x)
{
	const struct entries *e = &x->entries;
	const struct credential *c = &x->claims;
	bool device = c->has_cnf ? bytes_eq(e->device, (struct bytes){ c->cnf_point, DEVICE_POINT_LEN }) : e->device.len == 0;
	return !device || c->policy != e->policy || !bytes_eq(c->portrait_digest, e->portrait);
}

/* The token says what the entries, the body and the serial say. */
static enum status
check_claims(struct issuing *x)
{
	struct replay *p = x->p;
	const struct entries *e = &x->entries;
	const struct credential *c = &x->claims;
	struct body body;
	char uri[REPLAY_URI_ROOM];
	uint32_t idx = 0;
	enum status st = body_get(&p->txn, e->uscc, &body);
	if (st)
		return replay_unreadable(p, st, "the record of its body");
	if (standing_has_ended(&body.standing, p->time_ms / 1000))
		replay_fault(p, "its body is abolished");
	st = replay_place(p, x->paid.serial, uri, &idx);
	if (st)
		return st;
	differs(x, !bytes_eq(c->iss, bytes_str(p->settings.iss)), "issuing authority", "the register");
	differs(x, !bytes_eq(c->sub, x->paid.number), "number", "its event");
	differs(x, c->iat_unix_s != p->time_ms / 1000, "time of issue", "its event");
	differs(x, begins_otherwise(x), "beginning", "the entries");
	differs(x, date_ends_otherwise(x), "end", "the entries");
	differs(x, !bytes_eq(c->status_uri, bytes_str(uri)) || c->status_idx != idx, "place in the status lists", "its serial");
	differs(x, c->kind != e->kind, "kind", "the entries");
	differs(x, !bytes_eq(c->name, e->name), "name", "the entries");
	differs(x, !bytes_eq(c->body_name, body.name) || !bytes_eq(c->body_uscc, e->uscc), "body", "the register");
	differs(x, !bytes_eq(c->entrusting_name, body.entrusting_name), "entrusting organ", "the register");
	differs(x, !bytes_eq(c->post, e->post), "post", "the entries");
	differs(x, c->fields_n != e->fields_n || memcmp(c->fields, e->fields, e->fields_n) != 0, "list of fields", "the entries");
	differs(x, c->jurisdiction != e->jurisdiction, "jurisdiction", "the entries");
	differs(x, shown_otherwise(x), "device, policy or portrait", "the entries");
	return OK;
}

/* ---- what it refers to ---- */

enum status
replay_token(struct replay *p, struct bytes token, struct credential *claims)
{
	struct cose c;
	enum status st = cose_decode(token, COSE_OURS, &c);
	if (st == OK && c.typ != TYP_CREDENTIAL)
		st = ERR_FORMAT;
	if (st == OK)
		st = credential_decode(c.payload, claims);
	return st ? replay_unreadable(p, st, "its token") : OK;
}

static enum status
read_old(struct issuing *x, struct issued *old)
{
	if (x->k.h.serial == 0)
		return OK;
	enum status st = issued_get(&x->p->txn, x->k.h.serial, old);
	if (st)
		return replay_unreadable(x->p, st, "the record of the credential that it replaces");
	x->old_exp_unix_s = old->exp_unix_s;
	return OK;
}

static enum status
check_holder(struct issuing *x)
{
	struct replay *p = x->p;
	if (x->paid.entries_sequence != x->k.h.entries_sequence)
		replay_fault(p, "it was made from the entries of event %llu; those in force were of event %llu",
		    (unsigned long long)x->paid.entries_sequence, (unsigned long long)x->k.h.entries_sequence);
	if (standing_has_end(&x->k.h.standing))
		replay_fault(p, "its certificate is void");
	enum status st = holder_entries(&p->txn, &x->k.h, &x->entries);
	return st ? replay_unreadable(p, st, "the event with its entries") : OK;
}

/* ---- what it leaves ---- */

static enum status
give_number(struct issuing *x)
{
	struct replay *p = x->p;
	uint64_t *next = &p->counters.next_number[x->k.h.kind];
	if (x->k.h.number.len > 0) {
		if (!bytes_eq(x->k.h.number, x->paid.number) || x->paid.next_number != 0)
			replay_fault(p, "it gives number %.*s; the certificate had %.*s", BYTES_FMT(x->paid.number), BYTES_FMT(x->k.h.number));
		return OK;
	}
	if (x->paid.next_number != 0 && x->paid.next_number <= *next)
		replay_fault(p, "the count of numbers given goes back from %llu to %llu", (unsigned long long)*next,
		    (unsigned long long)x->paid.next_number);
	*next = x->paid.next_number != 0 ? x->paid.next_number : *next + 1;
	kept_holder_number(&x->k, x->paid.number);
	return replay_put_number(p, x->paid.number, x->k.h.id);
}

enum status
replay_digest(struct replay *p, uint64_t serial_of, struct bytes token)
{
	struct digest d;
	struct bytes known;
	struct key64 serial = key64(serial_of);
	enum status st = sha256(token, &d);
	if (st)
		return err_set(p->err, st, "the token's digest cannot be computed: %s", status_text(st));
	struct bytes key = { d.b, TOKEN_DIGEST_KEY_LEN };
	st = txn_get(&p->txn, TABLE_DIGEST, key, &known);
	if (st != OK && st != ERR_NOT_FOUND)
		return replay_unreadable(p, st, "the record of its digest");
	if (st == OK)
		replay_fault(p, "its token was issued before");
	txn_put(&p->txn, TABLE_DIGEST, key, key64_view(&serial));
	return OK;
}

static enum status
put_all(struct issuing *x, struct issued *old)
{
	struct replay *p = x->p;
	struct issued c = { .serial = x->paid.serial, .holder_id = x->k.h.id, .sequence = p->sequence, .exp_unix_s = x->claims.exp_unix_s };
	struct change replaced = { .action = ACTION_REPLACE, .effective_unix_s = p->time_ms / 1000, .sequence = p->sequence };
	bool replaces = x->k.h.serial != 0 && !standing_has_ended(&old->standing, p->time_ms / 1000); /* lost: void already */
	enum status st = replaces ? replay_change(p, &old->standing, &replaced, "the credential before it") : OK;
	if (st)
		return st;
	if (replaces)
		replay_put_issued(p, old);
	p->counters.next_serial = c.serial + 1;
	x->k.h.serial = c.serial;
	x->k.h.serial_entries_sequence = x->paid.entries_sequence;
	replay_put_issued(p, &c);
	replay_put_holder(p, &x->k.h);
	return replay_digest(p, x->paid.serial, x->paid.token);
}

enum status
replay_issued(struct replay *p, const struct event *e)
{
	struct issuing x = { .p = p };
	struct issued old = { .serial = 0 };
	enum status st = issue_payload_decode(e->payload, &x.paid);
	if (st)
		return replay_unreadable(p, st, "the credential");
	if (x.paid.serial != p->counters.next_serial)
		return replay_refuse(p, "it has serial %llu; the next one is %llu", (unsigned long long)x.paid.serial,
		    (unsigned long long)p->counters.next_serial);
	if (x.paid.holder_id == 0)
		return replay_issued_to_body(p, &x.paid);
	st = replay_holder(p, x.paid.holder_id, &x.k);
	if (st == OK)
		st = replay_token(p, x.paid.token, &x.claims);
	if (st == OK)
		st = read_old(&x, &old);
	if (st == OK)
		st = check_holder(&x);
	if (st == OK)
		st = check_claims(&x);
	if (st == OK)
		st = give_number(&x);
	return st == OK ? put_all(&x, &old) : st;
}
