#include "registry/propose.h"

#include "base/time.h"
#include "registry/operator.h"

static enum status
unreadable(struct err *err, enum status st, const char *what)
{
	return err_set(err, st == ERR_NOT_FOUND ? ERR_DAMAGED : st, "%s cannot be read: %s", what, status_text(st));
}

/* The operator who acts, with that role and the signer's key, which is appended to spki. */
static enum status
check_actor(struct batch *b, const struct signer *signer, unsigned role, struct buf *spki, struct err *err)
{
	struct operator o;
	uint8_t kid[KID_LEN] = { 0 };
	const char *what = role == OPERATOR_PROPOSES ? "propose" : "approve or reject";
	enum status st = operator_get(&b->txn, b->operator, &o);
	if (st == ERR_NOT_FOUND)
		return err_set(err, st, "%.*s is no operator of this register; yaopai operators list", BYTES_FMT(b->operator));
	if (st == OK && o.spki.len > 0)
		st = operator_kid(o.spki, kid);
	if (st)
		return unreadable(err, st, "the operator's record");
	if (!operator_is_active(&o, b->now_ms / 1000))
		return err_set(err, ERR_CONFLICT, "%.*s is an operator no more, or not yet; yaopai operators list", BYTES_FMT(b->operator));
	if (role != 0 && (o.roles & role) == 0)
		return err_set(err, ERR_CONFLICT, "%.*s may not %s; yaopai operators list tells who may", BYTES_FMT(b->operator), what);
	if (o.spki.len == 0 || o.spki.len > spki->cap || memcmp(kid, signer->kid, KID_LEN) != 0)
		return err_set(err, ERR_CONFLICT, "that key is not the one of %.*s in the register", BYTES_FMT(b->operator));
	memcpy(spki->ptr, o.spki.ptr, o.spki.len);
	spki->len = o.spki.len;
	return OK;
}

/* Sign, and check what was signed as every later reader will. */
static enum status
sign(struct batch *b, struct signer *signer, unsigned role, struct statement *s, struct buf out, struct bytes *token, struct err *err)
{
	uint8_t mem[OPERATOR_KEY_LEN_MAX];
	struct buf spki = BUF_OF(mem);
	bool good = false;
	s->iss = bytes_str(registry_settings(b->registry)->iss);
	s->operator = b->operator;
	s->time_unix_s = b->now_ms / 1000;
	enum status st = check_actor(b, signer, role, &spki, err);
	if (st)
		return st;
	st = statement_sign(signer, s, out, token);
	if (st == OK)
		st = statement_check(*token, buf_view(&spki), &good);
	if (st)
		return err_set(err, st, "it cannot be signed: %s", status_text(st));
	return good ? OK : err_set(err, ERR_CONFLICT, "that key is not the one of %.*s in the register", BYTES_FMT(b->operator));
}

static enum status
written(struct batch *b, struct err *err)
{
	return b->txn.status ? err_set(err, b->txn.status, "the register cannot be written: %s", txn_reason(&b->txn)) : OK;
}

/* ---- proposing ---- */

static enum status
check_room(struct batch *b, struct err *err)
{
	size_t open = 0;
	enum status st = proposals_expire(b, &open, err);
	if (st == OK && open >= PROPOSALS_OPEN_MAX)
		return err_set(err, ERR_LIMIT, "%zu proposals wait already, the most there can be; approve or reject some (yaopai pending)", open);
	return st;
}

enum status
proposal_enter(struct batch *b, struct signer *signer, const struct proposed *p, int64_t expires_unix_s, uint64_t *sequence, struct err *err)
{
	uint8_t map_mem[PROPOSAL_ACTION_LEN_MAX], token_mem[EVENT_LEN_MAX], mem[EVENT_LEN_MAX];
	struct statement s = { .what = STATEMENT_PROPOSE, .expires_unix_s = expires_unix_s };
	struct bytes token, payload;
	struct digest seen;
	enum status st = check_room(b, err);
	if (st)
		return st;
	st = proposed_encode(p, BUF_OF(map_mem), &s.action);
	if (st)
		return err_set(err, st, "that cannot be proposed as it is: %s", status_text(st));
	seen = b->head;
	s.sequence = b->sequence;
	s.hash = (struct bytes){ seen.b, DIGEST_LEN };
	st = sign(b, signer, OPERATOR_PROPOSES, &s, BUF_OF(token_mem), &token, err);
	if (st)
		return st;
	st = proposed_payload_encode(token, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the proposal cannot be recorded: %s", status_text(st));
	batch_event(b, EVENT_PROPOSED, payload, sequence);
	if (b->txn.status == OK)
		proposal_apply(&b->txn, *sequence, &s, p);
	return written(b, err);
}

/* ---- what became of it ---- */

static enum status
record(struct batch *b, const struct resolution *r, struct err *err)
{
	uint8_t mem[EVENT_LEN_MAX];
	struct bytes payload;
	uint64_t sequence = 0;
	enum status st = resolution_encode(r, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "what became of the proposal cannot be recorded: %s", status_text(st));
	batch_event(b, EVENT_RESOLVED, payload, &sequence);
	if (b->txn.status == OK)
		resolution_apply(&b->txn, r, sequence);
	return written(b, err);
}

static enum status
check_pending(struct batch *b, uint64_t sequence, struct err *err)
{
	struct proposal p;
	char when[INSTANT_TEXT_LEN + 1];
	enum status st = proposal_get(&b->txn, sequence, &p);
	if (st == ERR_NOT_FOUND)
		return err_set(err, st, "there is no proposal %llu; yaopai pending lists them", (unsigned long long)sequence);
	if (st)
		return unreadable(err, st, "the proposal's record");
	if (p.state != PROPOSAL_PENDING)
		return err_set(err, ERR_CONFLICT, "proposal %llu is %s already (event %llu)", (unsigned long long)sequence, proposal_state_text(p.state),
		    (unsigned long long)p.resolved_sequence);
	if (b->now_ms / 1000 >= p.expires_unix_s)
		return err_set(err, ERR_CONFLICT, "proposal %llu expired on %s; propose it again", (unsigned long long)sequence,
		    instant_text(p.expires_unix_s, when));
	return OK;
}

/* A pending proposal's event, copied out of the map that the batch is about to write to. */
struct kept { uint8_t mem[EVENT_LEN_MAX]; struct proposal_event event; };

static enum status
keep_pending(struct batch *b, uint64_t sequence, struct kept *out, struct err *err)
{
	struct bytes enc = { NULL, 0 };
	enum status st = check_pending(b, sequence, err);
	if (st)
		return st;
	st = journal_get(&b->txn, sequence, &enc);
	if (st == OK && enc.len > sizeof(out->mem))
		st = ERR_LIMIT;
	if (st == OK) {
		memcpy(out->mem, enc.ptr, enc.len);
		st = proposal_event_decode((struct bytes){ out->mem, enc.len }, &out->event);
	}
	return st ? unreadable(err, st, "the proposal's event") : OK;
}

/* Whoever approves must not rely on the store alone: the proposer's signature is checked against the proposer's key. */
static enum status
check_proposal(struct batch *b, const struct proposal_event *p, struct err *err)
{
	struct operator o;
	struct bytes name = p->statement.operator;
	bool good = false;
	enum status st = operator_get(&b->txn, name, &o);
	if (st)
		return unreadable(err, st, "the proposer's record");
	if (!operator_is_active(&o, b->now_ms / 1000) || (o.roles & OPERATOR_PROPOSES) == 0)
		return err_set(err, ERR_CONFLICT, "%.*s, who proposed it, may not propose any more; another has to propose it again", BYTES_FMT(name));
	st = statement_check(p->token, o.spki, &good);
	if (st)
		return err_set(err, st, "the proposal's signature cannot be checked: %s", status_text(st));
	return good ? OK : err_set(err, ERR_CONFLICT, "the proposal is not signed by the key that %.*s has now; it has to be proposed again",
	    BYTES_FMT(name));
}

static enum status
resolve(struct batch *b, struct signer *signer, const struct kept *k, enum statement_what what, struct bytes why, struct resolution *r,
    struct err *err)
{
	uint8_t mem[1024];
	struct statement s = { .what = what, .sequence = r->proposal, .hash = { k->event.hash.b, DIGEST_LEN }, .why = why };
	enum status st = sign(b, signer, what == STATEMENT_RETRACT ? 0 : OPERATOR_APPROVES, &s, BUF_OF(mem), &r->statement, err);
	return st ? st : record(b, r, err);
}

static enum status
check_other_person(const struct batch *b, const struct signer *signer, const struct kept *k, struct err *err)
{
	if (bytes_eq(b->operator, k->event.statement.operator) || memcmp(signer->kid, k->event.kid, KID_LEN) == 0)
		return err_set(err, ERR_CONFLICT, "%.*s proposed it; another operator has to approve it", BYTES_FMT(k->event.statement.operator));
	return OK;
}

enum status
proposal_approve(struct batch *b, struct signer *signer, uint64_t sequence, struct outcome *out, struct err *err)
{
	struct kept k;
	uint8_t refused_mem[PROPOSAL_ACTION_LEN_MAX + 8];
	struct resolution r = { .proposal = sequence, .state = PROPOSAL_APPROVED };
	uint8_t spki_mem[OPERATOR_KEY_LEN_MAX];
	struct buf spki = BUF_OF(spki_mem);
	enum status st = keep_pending(b, sequence, &k, err);
	if (st == OK)
		st = check_other_person(b, signer, &k, err);
	if (st == OK)
		st = check_actor(b, signer, OPERATOR_APPROVES, &spki, err);
	if (st == OK)
		st = check_proposal(b, &k.event, err);
	if (st)
		return st;
	st = proposed_carry_out(b, &k.event.proposed, sequence, out, err);
	if (st)
		return st;
	if (k.event.proposed.kind == PROPOSED_DECISION)
		r.done = out->done;
	if (out->refused_n > 0) {
		struct cbor_writer w = cbor_writer(BUF_OF(refused_mem));
		cbor_write_array(&w, out->refused_n);
		cbor_write_raw(&w, (struct bytes){ out->refused_mem, out->refused_len });
		st = cbor_write_finish(&w, &r.refused);
	}
	if (st == OK)
		st = resolve(b, signer, &k, STATEMENT_APPROVE, (struct bytes){ NULL, 0 }, &r, err);
	if (st) /* what was carried out must not be committed without the approval */
		txn_fail(&b->txn, st);
	return st;
}

enum status
proposal_reject(struct batch *b, struct signer *signer, uint64_t sequence, struct bytes why, struct err *err)
{
	struct kept k;
	struct resolution r = { .proposal = sequence, .state = PROPOSAL_REJECTED };
	enum status st = keep_pending(b, sequence, &k, err);
	if (st)
		return st;
	if (bytes_eq(b->operator, k.event.statement.operator))
		return err_set(err, ERR_CONFLICT, "it is your own proposal; take it back with yaopai retract %llu", (unsigned long long)sequence);
	return resolve(b, signer, &k, STATEMENT_REJECT, why, &r, err);
}

enum status
proposal_retract(struct batch *b, struct signer *signer, uint64_t sequence, struct bytes why, struct err *err)
{
	struct kept k;
	struct resolution r = { .proposal = sequence, .state = PROPOSAL_RETRACTED };
	enum status st = keep_pending(b, sequence, &k, err);
	if (st)
		return st;
	if (!bytes_eq(b->operator, k.event.statement.operator))
		return err_set(err, ERR_CONFLICT, "%.*s proposed it, and only they can take it back; yaopai reject is for others",
		    BYTES_FMT(k.event.statement.operator));
	return resolve(b, signer, &k, STATEMENT_RETRACT, why, &r, err);
}

/* ---- those that nobody resolved in time ---- */

static enum status
find_expired(struct batch *b, uint64_t expired[PROPOSALS_OPEN_MAX], size_t *n, size_t *open)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct proposal p;
	enum status st = cursor_open(&b->txn, TABLE_PROPOSAL, (struct bytes){ NULL, 0 }, &c);
	*n = *open = 0;
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = proposal_decode(key64_value(key), value, &p);
		if (st || p.state != PROPOSAL_PENDING)
			continue;
		if (b->now_ms / 1000 < p.expires_unix_s || *n == PROPOSALS_OPEN_MAX)
			++*open;
		else
			expired[(*n)++] = p.sequence;
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
proposals_expire(struct batch *b, size_t *open, struct err *err)
{
	uint64_t expired[PROPOSALS_OPEN_MAX];
	size_t n = 0, left = 0;
	enum status st = find_expired(b, expired, &n, &left);
	if (st)
		return unreadable(err, st, "the proposals");
	for (size_t i = 0; st == OK && i < n; i++) {
		struct resolution r = { .proposal = expired[i], .state = PROPOSAL_EXPIRED };
		st = record(b, &r, err);
	}
	if (open != NULL)
		*open = left;
	return st;
}
