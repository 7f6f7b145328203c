#include "registry/registry.h"

#include "crypto/random.h"
#include "registry/operator.h"

enum { COUNTERS_VERSION = 1, KINDS = 4, SALT_LEN = 16 };

static enum status
counters_encode(const struct counters *c, struct buf out, struct bytes *enc)
{
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, 3 + KINDS);
	cbor_write_uint(&w, COUNTERS_VERSION);
	cbor_write_uint(&w, c->next_holder_id);
	cbor_write_uint(&w, c->next_serial);
	for (size_t i = 0; i < KINDS; i++)
		cbor_write_uint(&w, c->next_number[i]);
	return cbor_write_finish(&w, enc);
}

static enum status
counters_decode(struct bytes enc, struct counters *out)
{
	struct counters c;
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != COUNTERS_VERSION)
		return ERR_UNSUPPORTED;
	c.next_holder_id = cbor_read_uint(&r);
	c.next_serial = cbor_read_uint(&r);
	for (size_t i = 0; i < KINDS; i++)
		c.next_number[i] = cbor_read_uint(&r);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (items != 3 + KINDS)
		return ERR_FORMAT;
	*out = c;
	return OK;
}

enum status
counters_get(struct txn *t, struct counters *out)
{
	struct bytes enc;
	enum status st = txn_get(t, TABLE_META, BYTES_LIT("counters"), &enc);
	if (st == ERR_NOT_FOUND) { /* a register just made */
		*out = (struct counters){ .next_holder_id = 1, .next_serial = 1 };
		for (size_t i = 0; i < KINDS; i++)
			out->next_number[i] = 1;
		return OK;
	}
	return st ? st : counters_decode(enc, out);
}

void
counters_put(struct txn *t, const struct counters *c)
{
	uint8_t mem[128];
	struct bytes enc;
	enum status st = counters_encode(c, BUF_OF(mem), &enc);
	if (st)
		txn_fail(t, st);
	else
		txn_put(t, TABLE_META, BYTES_LIT("counters"), enc);
}

enum status
journal_head(struct txn *t, uint64_t *sequence, struct digest *head)
{
	struct cursor c = { 0 };
	struct bytes key, event;
	enum status st = cursor_open(t, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c);
	if (st == OK)
		st = cursor_last(&c, &key, &event);
	if (st == ERR_NOT_FOUND) {
		*sequence = 0;
		*head = (struct digest){ { 0 } };
		st = OK;
	} else if (st == OK) {
		*sequence = key64_value(key);
		st = sha256(event, head);
	}
	cursor_close(&c);
	return st;
}

enum status
journal_get(struct txn *t, uint64_t sequence, struct bytes *event)
{
	struct key64 key = key64(sequence);
	return txn_get(t, TABLE_EVENT, key64_view(&key), event);
}

/* With four eyes a name in the journal is somebody's: of an operator that was entered. */
static enum status
check_operator(struct batch *b, struct err *err)
{
	struct operator o;
	enum status st = policy_get(&b->txn, &b->policy);
	if (st)
		return err_set(err, st, "the policy in force cannot be read: %s", status_text(st));
	if (!policy_asks(&b->policy))
		return OK;
	st = operator_get(&b->txn, b->operator, &o);
	if (st == OK && operator_is_active(&o, b->now_ms / 1000))
		return OK;
	if (st != OK && st != ERR_NOT_FOUND)
		return err_set(err, st, "the operator's record cannot be read: %s", status_text(st));
	return err_set(err, ERR_CONFLICT, "four eyes are in force, and %.*s is %s; give --operator with an entered name (yaopai operators list), or "
	    "have this one entered", BYTES_FMT(b->operator), st == OK ? "an operator no more, or not yet" : "no operator of this register");
}

enum status
batch_begin(struct registry *r, bool with_sealed, struct bytes operator, int64_t now_ms, struct batch *out, struct err *err)
{
	*out = (struct batch){ .registry = r, .operator = operator, .now_ms = now_ms };
	if (operator.len < 1 || operator.len > OPERATOR_LEN_MAX)
		return err_set(err, ERR_ARGUMENT, "an operator's name has 1 to %u bytes; give --operator", OPERATOR_LEN_MAX);
	if (with_sealed && registry_sealed(r) == NULL)
		return err_set(err, ERR_ARGUMENT, "this needs the sealed store, and the register was opened without its key");
	if (registry_settings(r)->version < REGISTRY_VERSION)
		return err_set(err, ERR_UNSUPPORTED, "the register is of version %u; it is upgraded before it is written", registry_settings(r)->version);
	/* always the registry's lock first, so that two writers cannot wait for each other */
	enum status st = txn_begin_write(registry_store(r), &out->txn);
	if (st)
		return err_set(err, st, "the register cannot be written: %s", txn_reason(&out->txn));
	if (!store_is_in_place(registry_store(r))) {
		batch_end(out);
		return err_set(err, ERR_SYSTEM, "another register was put in the place of this one while it was open (a rebuild or a restore); run the command again");
	}
	if (with_sealed) {
		st = sealed_begin_write(registry_sealed(r), &out->sealed);
		if (st)
			err_set(err, st, "the sealed store cannot be written: %s", txn_reason(&out->sealed));
	}
	if (st == OK)
		st = counters_get(&out->txn, &out->counters);
	if (st == OK)
		st = journal_head(&out->txn, &out->sequence, &out->head);
	if (st)
		err_set(err, st, "the journal's end cannot be read: %s", status_text(st));
	else
		st = check_operator(out, err);
	if (st)
		batch_end(out);
	return st;
}

/* 16 random bytes; the generator is asked for a stock of them at a time. */
static enum status
salt_take(struct batch *b, struct bytes *salt)
{
	if (b->salts_left < SALT_LEN) {
		enum status st = random_fill(b->salts, sizeof(b->salts));
		if (st)
			return st;
		b->salts_left = sizeof(b->salts);
	}
	b->salts_left -= SALT_LEN;
	*salt = (struct bytes){ b->salts + b->salts_left, SALT_LEN };
	return OK;
}

void
batch_event(struct batch *b, enum event_kind kind, struct bytes payload, uint64_t *sequence)
{
	uint8_t mem[EVENT_LEN_MAX];
	struct bytes enc, salt;
	struct digest head;
	if (b->txn.status != OK)
		return;
	enum status st = salt_take(b, &salt);
	if (st == OK) {
		struct event e = { .sequence = b->sequence + 1, .time_ms = b->now_ms, .kind = kind, .operator = b->operator, .salt = salt,
			.previous = { b->head.b, DIGEST_LEN }, .payload = payload };
		st = event_encode(&e, BUF_OF(mem), &enc);
	}
	if (st == OK)
		st = sha256(enc, &head);
	if (st) {
		txn_fail(&b->txn, st);
		return;
	}
	struct key64 key = key64(b->sequence + 1);
	txn_append(&b->txn, TABLE_EVENT, key64_view(&key), enc);
	b->sequence++;
	b->head = head;
	b->actions++;
	if (sequence != NULL)
		*sequence = b->sequence;
}

enum status
batch_commit(struct batch *b, struct err *err)
{
	counters_put(&b->txn, &b->counters);
	if (b->txn.status)
		return err_set(err, b->txn.status, "the register cannot be written: %s", txn_reason(&b->txn));
	/* sealed data first: a crash between the two leaves an unused row, never a dangling one */
	if (b->sealed.h != NULL && txn_commit(&b->sealed) != OK)
		return err_set(err, b->sealed.status, "the sealed store cannot be written: %s", txn_reason(&b->sealed));
	enum status st = txn_commit(&b->txn);
	if (st)
		return err_set(err, st, "the register cannot be written: %s", txn_reason(&b->txn));
	if (b->actions > 0)
		registry_tell(b->registry, b->sequence, &b->head);
	return OK;
}

void
batch_end(struct batch *b)
{
	txn_end(&b->sealed);
	txn_end(&b->txn);
}
