#include "registry/proposal.h"

#include "registry/operator.h"
#include "registry/registry.h"

enum { VERSION = 1, ITEMS = 7 };
enum { KEY_VERSION = 0, KEY_STATEMENT = 1, KEY_PROPOSAL = 1, KEY_STATE = 2, KEY_SIGNED = 3, KEY_DONE = 4, KEY_REFUSED = 5 };

const char *
proposal_state_text(enum proposal_state s)
{
	switch (s) {
	case PROPOSAL_PENDING:   return "pending";
	case PROPOSAL_APPROVED:  return "approved";
	case PROPOSAL_REJECTED:  return "rejected";
	case PROPOSAL_RETRACTED: return "retracted";
	case PROPOSAL_EXPIRED:   return "expired";
	case PROPOSAL_USED:      return "used";
	}
	return "unknown";
}

/* ---- the record ---- */

static bool
proposal_is_wellformed(const struct proposal *p)
{
	return p->state >= PROPOSAL_PENDING && p->state <= PROPOSAL_USED && p->kind >= PROPOSED_DECISION && p->kind <= PROPOSED_ENTRY &&
	    p->proposer.len >= 1 && p->proposer.len <= OPERATOR_LEN_MAX && p->expires_unix_s > 0 &&
	    (p->state == PROPOSAL_PENDING) == (p->resolved_sequence == 0);
}

enum status
proposal_encode(const struct proposal *p, struct buf out, struct bytes *enc)
{
	if (!proposal_is_wellformed(p))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_uint(&w, (uint64_t)p->state);
	cbor_write_uint(&w, (uint64_t)p->kind);
	cbor_write_text(&w, p->proposer);
	cbor_write_int(&w, p->expires_unix_s);
	cbor_write_uint(&w, p->resolved_sequence);
	cbor_write_uint(&w, p->used);
	return cbor_write_finish(&w, enc);
}

enum status
proposal_decode(uint64_t sequence, struct bytes enc, struct proposal *out)
{
	struct proposal p = { .sequence = sequence };
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	uint64_t state = cbor_read_uint(&r);
	uint64_t kind = cbor_read_uint(&r);
	p.proposer = cbor_read_text(&r);
	p.expires_unix_s = cbor_read_int(&r);
	p.resolved_sequence = cbor_read_uint(&r);
	p.used = cbor_read_uint(&r);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	p.state = (enum proposal_state)(state <= PROPOSAL_USED ? state : 0);
	p.kind = (enum proposed_kind)(kind <= PROPOSED_ENTRY ? kind : 0);
	if (items != ITEMS || !proposal_is_wellformed(&p))
		return ERR_FORMAT;
	*out = p;
	return OK;
}

enum status
proposal_get(struct txn *t, uint64_t sequence, struct proposal *out)
{
	struct bytes enc;
	struct key64 key = key64(sequence);
	enum status st = txn_get(t, TABLE_PROPOSAL, key64_view(&key), &enc);
	return st ? st : proposal_decode(sequence, enc, out);
}

void
proposal_put(struct txn *t, const struct proposal *p)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	struct key64 key = key64(p->sequence);
	enum status st = proposal_encode(p, BUF_OF(mem), &enc); /* a copy of every view, before the write moves them */
	if (st)
		txn_fail(t, st);
	else
		txn_put(t, TABLE_PROPOSAL, key64_view(&key), enc);
}

/* ---- the events' payloads ---- */

enum status
proposed_payload_encode(struct bytes statement, struct buf out, struct bytes *payload)
{
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, 2);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_STATEMENT);
	cbor_write_bytes(&w, statement);
	return cbor_write_finish(&w, payload);
}

enum status
proposed_payload_decode(struct bytes payload, struct bytes *statement)
{
	uint64_t version = 0;
	int64_t k = 0;
	size_t given = 0;
	struct bytes s = { NULL, 0 };
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		if (k == KEY_VERSION)
			version = cbor_read_uint(&r);
		else if (k == KEY_STATEMENT)
			s = cbor_read_bytes(&r);
		else
			cbor_fail(&r, ERR_UNSUPPORTED);
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (given != 2 || s.len == 0)
		return ERR_FORMAT;
	*statement = s;
	return OK;
}

static bool
resolution_is_wellformed(const struct resolution *r)
{
	bool by_nobody = r->state == PROPOSAL_EXPIRED || r->state == PROPOSAL_USED;
	return r->proposal >= 1 && r->state >= PROPOSAL_APPROVED && r->state <= PROPOSAL_USED && (r->statement.len == 0) == by_nobody &&
	    (r->state == PROPOSAL_APPROVED || r->refused.len == 0) &&
	    (r->state == PROPOSAL_APPROVED || r->state == PROPOSAL_USED || r->done == 0);
}

enum status
resolution_encode(const struct resolution *r, struct buf out, struct bytes *payload)
{
	if (!resolution_is_wellformed(r))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, 3u + (r->statement.len > 0) + (r->done != 0) + (r->refused.len > 0));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_PROPOSAL);
	cbor_write_uint(&w, r->proposal);
	cbor_write_int(&w, KEY_STATE);
	cbor_write_uint(&w, (uint64_t)r->state);
	if (r->statement.len > 0) {
		cbor_write_int(&w, KEY_SIGNED);
		cbor_write_bytes(&w, r->statement);
	}
	cbor_write_int_pair(&w, KEY_DONE, (int64_t)r->done);
	if (r->refused.len > 0) {
		cbor_write_int(&w, KEY_REFUSED);
		cbor_write_raw(&w, r->refused);
	}
	return cbor_write_finish(&w, payload);
}

static struct bytes
read_texts(struct cbor_reader *r)
{
	struct bytes array = cbor_read_item(r);
	struct cbor_reader a = cbor_reader(array, CBOR_CANONICAL);
	size_t n = cbor_read_array(&a);
	if (n < 1 || n > PROPOSAL_SUBJECTS_MAX)
		cbor_fail(r, ERR_FORMAT);
	for (size_t i = 0; i < n && r->status == OK && a.status == OK; i++)
		(void)cbor_read_filled_text(&a);
	if (cbor_finish(&a) != OK)
		cbor_fail(r, ERR_FORMAT);
	return array;
}

enum status
resolution_decode(struct bytes payload, struct resolution *out)
{
	struct resolution got = { .proposal = 0 };
	uint64_t version = 0, state = 0;
	int64_t k = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		switch (k) {
		case KEY_VERSION:  version = cbor_read_uint(&r); break;
		case KEY_PROPOSAL: got.proposal = cbor_read_uint(&r); break;
		case KEY_STATE:    state = cbor_read_uint(&r); break;
		case KEY_SIGNED:   got.statement = cbor_read_bytes(&r); break;
		case KEY_DONE:     got.done = cbor_read_uint(&r); break;
		case KEY_REFUSED:  got.refused = read_texts(&r); break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || state > PROPOSAL_USED)
		return ERR_UNSUPPORTED;
	got.state = (enum proposal_state)state;
	if (given != 3u + (got.statement.len > 0) + (got.done != 0) + (got.refused.len > 0) || !resolution_is_wellformed(&got))
		return ERR_FORMAT;
	*out = got;
	return OK;
}

enum status
proposal_event_decode(struct bytes event, struct proposal_event *out)
{
	struct event e;
	enum status st = event_decode(event, &e);
	if (st == OK && e.kind != EVENT_PROPOSED)
		st = ERR_NOT_FOUND;
	if (st == OK)
		st = proposed_payload_decode(e.payload, &out->token);
	if (st == OK)
		st = statement_decode(out->token, &out->statement, out->kid);
	if (st == OK && out->statement.what != STATEMENT_PROPOSE)
		st = ERR_FORMAT;
	if (st == OK)
		st = proposed_decode(out->statement.action, &out->proposed);
	return st ? st : sha256(event, &out->hash);
}

enum status
proposal_event_get(struct txn *t, uint64_t sequence, struct proposal_event *out)
{
	struct bytes enc;
	enum status st = journal_get(t, sequence, &enc);
	return st ? st : proposal_event_decode(enc, out);
}

/* ---- what the events make of the table ---- */

void
proposal_apply(struct txn *t, uint64_t sequence, const struct statement *s, const struct proposed *p)
{
	struct proposal made = { .sequence = sequence, .state = PROPOSAL_PENDING, .kind = p->kind, .proposer = s->operator,
		.expires_unix_s = s->expires_unix_s };
	proposal_put(t, &made);
}

void
resolution_apply(struct txn *t, const struct resolution *r, uint64_t sequence)
{
	struct proposal p;
	enum status st = proposal_get(t, r->proposal, &p);
	if (st) {
		txn_fail(t, st == ERR_NOT_FOUND ? ERR_DAMAGED : st);
		return;
	}
	p.state = r->state;
	p.resolved_sequence = sequence;
	proposal_put(t, &p);
}
