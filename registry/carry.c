#include "registry/carry.h"

static void
put(struct batch *b, unsigned table, struct bytes key, enum status encoded, struct bytes enc)
{
	if (encoded)
		txn_fail(&b->txn, encoded);
	else
		txn_put(&b->txn, table, key, enc);
}

void
batch_put_body(struct batch *b, const struct body *body)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	enum status st = body_encode(body, BUF_OF(mem), &enc);
	put(b, TABLE_BODY, body->uscc, st, enc);
}

void
batch_put_person(struct batch *b, const struct person *p)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	enum status st = person_encode(p, BUF_OF(mem), &enc);
	put(b, TABLE_PERSON, (struct bytes){ p->id, PERSON_ID_LEN }, st, enc);
}

void
batch_put_holder(struct batch *b, const struct holder *h)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	struct key64 key = key64(h->id);
	enum status st = holder_encode(h, BUF_OF(mem), &enc);
	put(b, TABLE_HOLDER, key64_view(&key), st, enc);
}

void
batch_put_issued(struct batch *b, const struct issued *c)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	struct key64 key = key64(c->serial);
	enum status st = issued_encode(c, BUF_OF(mem), &enc);
	put(b, TABLE_CREDENTIAL, key64_view(&key), st, enc);
}

enum status
batch_decide(struct batch *b, enum subject kind, struct bytes key, struct bytes number, const struct decision *d,
    struct standing *s, struct err *err)
{
	uint8_t mem[EVENT_LEN_MAX / 2];
	struct bytes payload;
	struct standing changed = *s;
	struct change c = { .action = d->action, .effective_unix_s = d->effective_unix_s, .end_unix_s = d->end_unix_s,
		.sequence = b->sequence + 1 };
	enum status st = kind == SUBJECT_PERSON ? standing_add_return(&changed, &c, b->now_ms / 1000, err)
	                                        : standing_add(&changed, &c, b->now_ms / 1000, err);
	if (st)
		return st;
	st = decision_encode(kind, key, d, number, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the decision cannot be recorded: a ground is compulsory, and each text has at most %u bytes",
		    GROUND_LEN_MAX);
	batch_event(b, EVENT_STANDING_CHANGED, payload, NULL);
	if (b->txn.status)
		return err_set(err, b->txn.status, "the decision cannot be written: %s", txn_reason(&b->txn));
	*s = changed;
	return OK;
}

struct decision
carried_decision(const struct batch *b, enum action action)
{
	return (struct decision){ .action = action, .effective_unix_s = b->now_ms / 1000, .ground = BYTES_LIT("carried over") };
}
