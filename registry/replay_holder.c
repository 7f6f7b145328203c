#include "registry/replaying.h"

static void
put(struct replay *p, unsigned table, struct bytes key, enum status encoded, struct bytes enc)
{
	if (encoded)
		txn_fail(&p->txn, encoded);
	else
		txn_put(&p->txn, table, key, enc);
}

void
replay_put_holder(struct replay *p, const struct holder *h)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	struct key64 key = key64(h->id);
	enum status st = holder_encode(h, BUF_OF(mem), &enc);
	put(p, TABLE_HOLDER, key64_view(&key), st, enc);
}

void
replay_put_person(struct replay *p, const struct person *person)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	enum status st = person_encode(person, BUF_OF(mem), &enc);
	put(p, TABLE_PERSON, (struct bytes){ person->id, PERSON_ID_LEN }, st, enc);
}

void
replay_put_issued(struct replay *p, const struct issued *c)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes enc = { NULL, 0 };
	struct key64 key = key64(c->serial);
	enum status st = issued_encode(c, BUF_OF(mem), &enc);
	put(p, TABLE_CREDENTIAL, key64_view(&key), st, enc);
}

enum status
replay_put_number(struct replay *p, struct bytes number, uint64_t holder_id)
{
	struct key64 id = key64(holder_id);
	struct bytes known;
	enum status st = txn_get(&p->txn, TABLE_NUMBER, number, &known);
	if (st != OK && st != ERR_NOT_FOUND)
		return replay_unreadable(p, st, "the record of its number");
	if (st == OK && !bytes_eq(known, key64_view(&id)))
		replay_fault(p, "number %.*s is given to holder %llu and belongs to another", BYTES_FMT(number), (unsigned long long)holder_id);
	txn_put(&p->txn, TABLE_NUMBER, number, key64_view(&id));
	return OK;
}

void
kept_holder_number(struct kept_holder *k, struct bytes number)
{
	if (number.len > 0)
		memcpy(k->text + USCC_LEN, number.ptr, number.len);
	k->h.number = (struct bytes){ k->text + USCC_LEN, number.len };
}

static void
keep_uscc(struct kept_holder *k, struct bytes uscc)
{
	memcpy(k->text, uscc.ptr, USCC_LEN);
	k->h.uscc = (struct bytes){ k->text, USCC_LEN };
}

enum status
replay_holder(struct replay *p, uint64_t id, struct kept_holder *out)
{
	enum status st = holder_get(&p->txn, id, &out->h);
	if (st)
		return replay_unreadable(p, st, "the record of its holder");
	keep_uscc(out, out->h.uscc);
	kept_holder_number(out, out->h.number);
	return OK;
}

/* ---- a row entered ---- */

static bool
carries_end(const struct entries *e)
{
	return e->carried == ACTION_CANCEL || e->carried == ACTION_REVOKE || e->carried == ACTION_WITHDRAW;
}

static enum status
check_body(struct replay *p, const struct entries *e)
{
	struct bytes enc;
	enum status st = txn_get(&p->txn, TABLE_BODY, e->uscc, &enc);
	if (st == ERR_NOT_FOUND)
		return replay_refuse(p, "its body %.*s is not in the register", BYTES_FMT(e->uscc));
	return st ? replay_unreadable(p, st, "the record of its body") : OK;
}

/* A person has one certificate of a kind that is not void. */
static enum status
take_place(struct replay *p, const struct entries *e, uint64_t id, struct person *person)
{
	struct holder other;
	if (carries_end(e))
		return OK;
	if (person->holder_id[e->kind] != 0) {
		enum status st = holder_get(&p->txn, person->holder_id[e->kind], &other);
		if (st)
			return replay_unreadable(p, st, "the record of the person's other certificate");
		if (!standing_has_end(&other.standing))
			replay_fault(p, "the person holds certificate %llu of this kind already, which is not void", (unsigned long long)other.id);
	}
	bool ours = e->kind != KIND_MINISTRY;
	if (ours && standing_action(&person->standing, p->time_ms / 1000) == ACTION_CANCEL)
		replay_fault(p, "the person had left");
	if (ours && p->time_ms / 1000 < person->ban_until_unix_s)
		replay_fault(p, "the person was under a ban on re-applying");
	person->holder_id[e->kind] = id;
	return OK;
}

static enum status
enter_new(struct replay *p, const struct entries *e, uint64_t id, struct bytes person_id)
{
	struct kept_holder k = { .h = { .id = id, .kind = e->kind, .entries_sequence = p->sequence } };
	struct person person = { .holder_id = { 0 } };
	memcpy(k.h.person_id, person_id.ptr, PERSON_ID_LEN);
	keep_uscc(&k, e->uscc);
	kept_holder_number(&k, e->number);
	enum status st = person_get(&p->txn, person_id, &person);
	if (st != OK && st != ERR_NOT_FOUND)
		return replay_unreadable(p, st, "the record of its person");
	memcpy(person.id, person_id.ptr, PERSON_ID_LEN);
	st = take_place(p, e, id, &person);
	if (st == OK && e->number.len > 0)
		st = replay_put_number(p, e->number, id);
	if (st)
		return st;
	if (e->number.len == 0 && carries_end(e))
		replay_fault(p, "a void certificate has no number");
	p->counters.next_holder_id = id + 1;
	replay_put_holder(p, &k.h);
	replay_put_person(p, &person);
	return OK;
}

/* What was lost is void from the moment this was entered. */
static enum status
lose_credential(struct replay *p, const struct holder *h)
{
	struct issued c;
	struct change lost = { .action = ACTION_REPLACE, .effective_unix_s = p->time_ms / 1000, .sequence = p->sequence };
	if (h->serial == 0)
		return replay_refuse(p, "it declares the credential of holder %llu lost, who has none", (unsigned long long)h->id);
	enum status st = issued_get(&p->txn, h->serial, &c);
	if (st)
		return replay_unreadable(p, st, "the record of the credential that was lost");
	st = replay_change(p, &c.standing, &lost, "the credential");
	if (st == OK)
		replay_put_issued(p, &c);
	return st;
}

static enum status
enter_again(struct replay *p, const struct entries *e, uint64_t id, struct bytes person_id)
{
	struct kept_holder k;
	enum status st = replay_holder(p, id, &k);
	if (st)
		return st;
	if (memcmp(k.h.person_id, person_id.ptr, PERSON_ID_LEN) != 0 || k.h.kind != e->kind)
		return replay_refuse(p, "it enters holder %llu again with another person or kind", (unsigned long long)id);
	if (standing_has_end(&k.h.standing) && !carries_end(e))
		replay_fault(p, "holder %llu is void and is entered again as if it were not", (unsigned long long)id);
	if (e->number.len > 0 && k.h.number.len > 0 && !bytes_eq(e->number, k.h.number))
		replay_fault(p, "holder %llu had number %.*s and is given another", (unsigned long long)id, BYTES_FMT(k.h.number));
	if (e->number.len > 0) {
		kept_holder_number(&k, e->number);
		st = replay_put_number(p, e->number, id);
	}
	if (st == OK && e->occasion == OCCASION_LOST)
		st = lose_credential(p, &k.h);
	if (st)
		return st;
	keep_uscc(&k, e->uscc);
	k.h.entries_sequence = p->sequence;
	replay_put_holder(p, &k.h);
	return OK;
}

enum status
replay_holder_entered(struct replay *p, const struct event *e)
{
	struct entries entries;
	struct bytes person_id;
	uint64_t id = 0;
	enum status st = entries_decode(e->payload, &id, &person_id, &entries);
	if (st)
		return replay_unreadable(p, st, "the entries");
	st = check_body(p, &entries);
	if (st)
		return st;
	if (id > p->counters.next_holder_id)
		return replay_refuse(p, "it enters holder %llu; the next one is %llu", (unsigned long long)id,
		    (unsigned long long)p->counters.next_holder_id);
	return id == p->counters.next_holder_id ? enter_new(p, &entries, id, person_id) : enter_again(p, &entries, id, person_id);
}
