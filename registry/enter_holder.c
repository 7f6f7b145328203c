#include "registry/again.h"
#include "registry/carry.h"
#include "registry/enter.h"
#include "registry/succession.h"

/* One row on its way into the register. */
struct entry {
	struct batch *b;
	const struct entries *e;
	struct person person;
	bool person_is_new;           /* then person.id is given by seal_person, once the row is accepted */
	struct bytes idnumber;
	struct holder live;           /* the person's live certificate of this kind, if has_live */
	bool has_live;
	struct enter_holder_over *over;        /* NULL: the row speaks of everything */
	struct err *err;
};

static bool
is_void_action(enum action a)
{
	return a == ACTION_CANCEL || a == ACTION_REVOKE || a == ACTION_WITHDRAW;
}

/* Void now or by a decision already taken for later. */
static bool
holder_is_void(const struct holder *h)
{
	return standing_at(&h->standing, INT64_MAX).state == STATE_VOID;
}

static enum status
unreadable(struct entry *x, enum status st)
{
	return err_set(x->err, st, "a record that this row stands on cannot be read: %s", status_text(st));
}

static enum status
find_person(struct entry *x)
{
	uint8_t id[PERSON_ID_LEN];
	struct bytes view = { id, PERSON_ID_LEN };
	enum status st = sealed_find(registry_sealed(x->b->registry), &x->b->sealed, x->idnumber, id);
	if (st == OK)
		st = person_get(&x->b->txn, view, &x->person);
	if (st == ERR_NOT_FOUND) { /* new, or sealed by a batch that was killed before the register's commit */
		x->person_is_new = true;
		return OK;
	}
	if (st)
		return unreadable(x, st);
	if (x->person.erased_sequence != 0)
		return err_set(x->err, ERR_CONFLICT, "the sealed data of a person with this number are being erased and that was interrupted; finish it "
		    "with yaopai erase, then this is a new person");
	uint64_t live = x->person.holder_id[x->e->kind];
	if (live == 0)
		return OK;
	st = holder_get(&x->b->txn, live, &x->live);
	if (st)
		return unreadable(x, st == ERR_NOT_FOUND ? ERR_DAMAGED : st);
	x->has_live = !holder_is_void(&x->live);
	return OK;
}

/* *known: the certificate that this row speaks of.  A number that is someone else's is refused here. */
static enum status
find_certificate(struct entry *x, struct holder *known, bool *is_known)
{
	struct bytes number = x->e->number;
	*is_known = false;
	if (number.len > 0) {
		enum status st = holder_by_number(&x->b->txn, number, known);
		if (st == OK && (memcmp(known->person_id, x->person.id, PERSON_ID_LEN) != 0 || known->kind != x->e->kind))
			return err_set(x->err, ERR_CONFLICT, "certificate number %.*s belongs to someone else", BYTES_FMT(number));
		if (st != OK && st != ERR_NOT_FOUND)
			return unreadable(x, st);
		*is_known = st == OK;
	}
	if (*is_known || !x->has_live)
		return OK;
	bool same_certificate = number.len == 0 || x->live.number.len == 0;
	if (same_certificate && !is_void_action(x->e->carried)) {
		*known = x->live;
		*is_known = true;
		return OK;
	}
	if (is_void_action(x->e->carried)) /* an old certificate, beside the live one */
		return OK;
	return err_set(x->err, ERR_CONFLICT, "this person already holds certificate %.*s of this kind; cancel that one first, or correct the number",
	    BYTES_FMT(x->live.number));
}

static enum status
payload_of(struct entry *x, const struct entries *e, uint64_t holder_id, struct buf mem, struct bytes *payload)
{
	enum status st = entries_encode(e, holder_id, (struct bytes){ x->person.id, PERSON_ID_LEN }, mem, payload);
	return st ? err_set(x->err, st, "the row's entries do not make a record: %s", status_text(st)) : OK;
}

static bool
is_absent(const struct entry *x, unsigned what)
{
	return x->over != NULL && (x->over->absent & what) != 0;
}

static void
keep_absent(const struct entry *x, struct entries *e, const struct entries *last)
{
	if (x->over != NULL && e->number.len == 0) /* given once, it is not taken back by a file without it */
		e->number = last->number;
	e->sex = is_absent(x, ENTRY_SEX) ? last->sex : e->sex;
	e->post = is_absent(x, ENTRY_POST) ? last->post : e->post;
	e->staff = is_absent(x, ENTRY_STAFF) ? last->staff : e->staff;
	e->issued_on = is_absent(x, ENTRY_ISSUED_ON) ? last->issued_on : e->issued_on;
	e->valid_until = is_absent(x, ENTRY_VALID_UNTIL) ? last->valid_until : e->valid_until;
	e->carried = is_absent(x, ENTRY_STATUS) ? last->carried : e->carried;
	e->remarks = is_absent(x, ENTRY_REMARKS) ? last->remarks : e->remarks;
	e->trained_on = is_absent(x, ENTRY_TRAINED_ON) ? last->trained_on : e->trained_on;
	e->examined_on = is_absent(x, ENTRY_EXAMINED_ON) ? last->examined_on : e->examined_on;
}

/* What the row makes of the certificate: a spreadsheet tells not all of it, the rest stays.  *same: nothing is new in it. */
static enum status
payload_of_known(struct entry *x, const struct holder *known, struct buf mem, struct bytes *payload, bool *same)
{
	uint8_t last_mem[RECORD_LEN_MAX];
	struct bytes last_payload;
	struct entries last, e = *x->e;
	enum status st = holder_entries(&x->b->txn, known, &last);
	if (st)
		return unreadable(x, ERR_DAMAGED);
	entries_drop_occasion(&last);
	entries_keep(&e, &last);
	keep_absent(x, &e, &last);
	st = payload_of(x, &last, known->id, BUF_OF(last_mem), &last_payload);
	if (st == OK)
		st = payload_of(x, &e, known->id, mem, payload);
	*same = st == OK && bytes_eq(last_payload, *payload);
	if (st == OK && x->over != NULL) {
		memcpy(x->over->mem, last_payload.ptr, last_payload.len);
		x->over->before = (struct bytes){ x->over->mem, last_payload.len };
	}
	if (st != OK || *same)
		return st;
	st = entries_keep_first_issue(&x->b->txn, known, &e);
	return st ? unreadable(x, st) : payload_of(x, &e, known->id, mem, payload);
}

/* A status word becomes a decision, once; an import never lifts a suspension and never revives a void certificate. */
static enum status
carry_status(struct entry *x, struct holder *h)
{
	struct standing_at at = standing_at(&h->standing, INT64_MAX);
	enum action carried = x->e->carried;
	if (at.state == STATE_VOID && is_void_action(carried))
		return OK;
	if (at.state == STATE_VOID)
		return err_set(x->err, ERR_CONFLICT, "certificate %.*s is %s in the register and does not come back; a new certificate needs a new number",
		    BYTES_FMT(h->number), action_text(at.cause.action));
	if (carried == ACTION_NONE && at.state == STATE_GOOD)
		return OK;
	if (carried == ACTION_NONE && is_absent(x, ENTRY_STATUS))
		return OK;
	if (carried == ACTION_NONE)
		return err_set(x->err, ERR_CONFLICT, "the file says valid, the register says suspended; an import does not lift a suspension, use "
		    "yaopai reinstate");
	if (carried == ACTION_SUSPEND && at.state == STATE_SUSPENDED)
		return OK;
	struct decision d = carried_decision(x->b, carried);
	struct key64 key = key64(h->id);
	return batch_decide(x->b, SUBJECT_HOLDER, key64_view(&key), h->number, &d, &h->standing, x->err);
}

static enum status
written(struct entry *x)
{
	if (x->b->txn.status)
		return err_set(x->err, x->b->txn.status, "the row cannot be written: %s", txn_reason(&x->b->txn));
	return OK;
}

static void
put_number(struct entry *x, const struct holder *h)
{
	struct key64 id = key64(h->id);
	if (h->number.len > 0)
		txn_put(&x->b->txn, TABLE_NUMBER, h->number, key64_view(&id));
}

static enum status
enter_known(struct entry *x, struct holder known, enum entered *what)
{
	uint8_t mem[RECORD_LEN_MAX], kept[NUMBER_LEN_MAX];
	struct bytes payload;
	bool same = false;
	enum status st = payload_of_known(x, &known, BUF_OF(mem), &payload, &same);
	if (st)
		return st;
	if (same) {
		*what = ENTERED_UNCHANGED;
		return OK;
	}
	if (x->e->number.len > 0)
		known.number = x->e->number;
	else if (known.number.len > 0) { /* a view of the map, which the writes below would move */
		memcpy(kept, known.number.ptr, known.number.len);
		known.number.ptr = kept;
	}
	known.uscc = x->e->uscc;
	st = carry_status(x, &known);
	if (st)
		return st;
	batch_event(x->b, EVENT_HOLDER_ENTERED, payload, &known.entries_sequence);
	batch_put_holder(x->b, &known);
	put_number(x, &known);
	*what = ENTERED_UPDATED;
	return written(x);
}

/* Nothing of a refused row is sealed. */
static enum status
seal_person(struct entry *x)
{
	bool sealed_new = false;
	if (!x->person_is_new)
		return OK;
	enum status st = sealed_enter(registry_sealed(x->b->registry), &x->b->sealed, x->idnumber, x->person.id, &sealed_new);
	return st ? err_set(x->err, st, "the identity number cannot be sealed: %s", status_text(st)) : OK;
}

static enum status
enter_new(struct entry *x, uint64_t *holder_id)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes payload;
	char when[INSTANT_TEXT_LEN + 1];
	bool is_void = is_void_action(x->e->carried);
	int64_t now = x->b->now_ms / 1000;
	struct holder h = { .id = x->b->counters.next_holder_id, .kind = x->e->kind, .uscc = x->e->uscc, .number = x->e->number };
	if (is_void && h.number.len == 0)
		return err_set(x->err, ERR_CONFLICT, "a void certificate is recorded under its number; the row has none");
	struct standing_at person = standing_at(&x->person.standing, now);
	if (!is_void && x->e->kind != KIND_MINISTRY && person.state == STATE_VOID)
		return err_set(x->err, ERR_CONFLICT, "this person left (from %s); yaopai reinstate --person records a return, with the number held before",
		    instant_text(person.cause.effective_unix_s, when));
	if (!is_void && x->e->kind != KIND_MINISTRY && now < x->person.ban_until_unix_s)
		return err_set(x->err, ERR_CONFLICT, "this person may not apply again yet: a revocation carried a ban");
	enum status st = seal_person(x);
	memcpy(h.person_id, x->person.id, PERSON_ID_LEN);
	if (st == OK)
		st = payload_of(x, x->e, h.id, BUF_OF(mem), &payload);
	if (st)
		return st;
	batch_event(x->b, EVENT_HOLDER_ENTERED, payload, &h.entries_sequence);
	if (x->e->carried != ACTION_NONE) {
		st = carry_status(x, &h);
		if (st) { /* only a bug or a full disk: the row's event is written, so the batch must not be committed */
			txn_fail(&x->b->txn, st);
			return st;
		}
	}
	x->b->counters.next_holder_id++;
	struct key64 key = key64(h.id);
	uint8_t record[RECORD_LEN_MAX];
	struct bytes enc;
	st = holder_encode(&h, BUF_OF(record), &enc);
	if (st)
		return err_set(x->err, st, "the row's entries do not make a record: %s", status_text(st));
	txn_append(&x->b->txn, TABLE_HOLDER, key64_view(&key), enc);
	put_number(x, &h);
	if (!is_void)
		x->person.holder_id[h.kind] = h.id;
	if (!is_void || x->person_is_new)
		batch_put_person(x->b, &x->person);
	*holder_id = h.id;
	return written(x);
}

/* An older spreadsheet does not bring people back to a body that another took over from. */
static enum status
check_move(struct entry *x, const struct holder *known, const struct body *to)
{
	struct succession s;
	int64_t time_unix_s = 0;
	uint64_t before = 0;
	struct standing_at at = standing_at(&to->standing, x->b->now_ms / 1000);
	if (at.state != STATE_VOID || bytes_eq(known->uscc, to->uscc))
		return OK;
	if (to->succession == 0 || succession_get(&x->b->txn, to->succession, to->uscc, &s, &time_unix_s, &before) != OK ||
	    !bytes_eq(s.old_uscc, to->uscc))
		return err_set(x->err, ERR_CONFLICT, "body %.*s is abolished, and this person is in %.*s by the register; correct the code",
		    BYTES_FMT(to->uscc), BYTES_FMT(known->uscc));
	return err_set(x->err, ERR_CONFLICT, "body %.*s is abolished, %.*s took over from it, and this person is in %.*s by the register; correct the "
	    "code", BYTES_FMT(to->uscc), BYTES_FMT(s.new_uscc), BYTES_FMT(known->uscc));
}

enum status
enter_holder(struct batch *b, const struct entries *e, struct bytes idnumber, enum entered *what, uint64_t *holder_id,
    struct err *err)
{
	return enter_holder_over(b, e, idnumber, NULL, what, holder_id, err);
}

enum status
enter_holder_over(struct batch *b, const struct entries *e, struct bytes idnumber, struct enter_holder_over *over, enum entered *what,
    uint64_t *holder_id, struct err *err)
{
	struct entry x = { .b = b, .e = e, .idnumber = idnumber, .over = over, .err = err };
	struct body body;
	struct holder known;
	bool is_known = false;
	if (over != NULL)
		over->before = (struct bytes){ NULL, 0 };
	enum status st = body_get(&b->txn, e->uscc, &body);
	if (st == ERR_NOT_FOUND)
		return err_set(err, ERR_CONFLICT, "no body with code %.*s in the register; import bodies first", BYTES_FMT(e->uscc));
	if (st)
		return unreadable(&x, st);
	st = find_person(&x);
	if (st == OK)
		st = find_certificate(&x, &known, &is_known);
	if (st)
		return st;
	if (is_known) {
		*holder_id = known.id;
		st = check_move(&x, &known, &body);
		return st ? st : enter_known(&x, known, what);
	}
	*what = ENTERED_NEW;
	return enter_new(&x, holder_id);
}
