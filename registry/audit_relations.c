#include "registry/auditing.h"

#include "base/text.h"
#include "registry/succession.h"

/* What records say of each other, looked at in the tables as they stand: so also where the journal ends early, and as a check of
 * the replay itself. */
struct relations { struct auditing *a; uint64_t numbered, credentials, holders, looked_at, total; };

static const struct bytes none = { NULL, 0 };
#define ID(v) (unsigned long long)(v)

static bool
is_void(const struct holder *h)
{
	return standing_at(&h->standing, INT64_MAX).state == STATE_VOID;
}

/* What is not there or not readable is a finding; what the store refuses ends the pass. */
static enum status
missing(struct relations *r, enum status st, const char *where, uint64_t id, const char *what)
{
	if (r->a->txn.status == OK)
		audit_found(r->a, where, "record %llu: %s", ID(id), what);
	else
		return err_set(r->a->err, st, "%s, record %llu cannot be looked through: %s", where, ID(id), status_text(st));
	return OK;
}

/* ---- holders ---- */

static enum status
check_person(struct relations *r, const struct holder *h)
{
	struct person p;
	enum status st = person_get(&r->a->txn, (struct bytes){ h->person_id, PERSON_ID_LEN }, &p);
	if (st)
		return missing(r, st, "table holder", h->id, "its person is not there");
	if (!is_void(h) && p.holder_id[h->kind] != h->id)
		audit_found(r->a, "table holder", "record %llu is not void, and its person's certificate of this kind is %llu", ID(h->id),
		    ID(p.holder_id[h->kind]));
	return OK;
}

static enum status
check_number(struct relations *r, const struct holder *h)
{
	struct bytes id;
	struct key64 own = key64(h->id);
	if (h->number.len == 0)
		return OK;
	r->numbered++;
	enum status st = txn_get(&r->a->txn, TABLE_NUMBER, h->number, &id);
	if (st)
		return missing(r, st, "table holder", h->id, "its number leads nowhere");
	if (!bytes_eq(id, key64_view(&own)))
		audit_found(r->a, "table number", "number %.*s of holder %llu leads to another", BYTES_FMT(h->number), ID(h->id));
	return OK;
}

static enum status
check_current(struct relations *r, const struct holder *h)
{
	struct issued c;
	if (h->serial == 0)
		return OK;
	enum status st = issued_get(&r->a->txn, h->serial, &c);
	if (st)
		return missing(r, st, "table holder", h->id, "its current credential is not there");
	if (c.holder_id != h->id)
		audit_found(r->a, "table holder", "record %llu: its current credential %llu is that of holder %llu", ID(h->id), ID(h->serial), ID(c.holder_id));
	return OK;
}

static enum status
check_holder(struct relations *r, uint64_t id, struct bytes record)
{
	struct holder h;
	struct body b;
	struct entries e;
	enum status st = holder_decode(id, record, &h);
	if (st)
		return missing(r, ERR_FORMAT, "table holder", id, "it is no holder's record");
	r->holders++;
	st = check_person(r, &h);
	if (st == OK)
		st = check_number(r, &h);
	if (st == OK)
		st = check_current(r, &h);
	if (st)
		return st;
	st = body_get(&r->a->txn, h.uscc, &b);
	if (st)
		return missing(r, st, "table holder", id, "its body is not there");
	st = holder_entries(&r->a->txn, &h, &e);
	if (st)
		return missing(r, st, "table holder", id, "the event it names does not hold its entries");
	if (e.kind != h.kind)
		audit_found(r->a, "table holder", "record %llu and its entries are of different kinds", ID(id));
	return OK;
}

/* ---- bodies ---- */

static enum status
missing_of(struct relations *r, enum status st, struct bytes uscc, const char *what)
{
	char shown[64];
	(void)text_escape(uscc, shown, sizeof(shown));
	if (r->a->txn.status != OK)
		return err_set(r->a->err, st, "table body, record %s cannot be looked through: %s", shown, status_text(st));
	audit_found(r->a, "table body", "record %s: %s", shown, what);
	return OK;
}

static enum status
check_own(struct relations *r, const struct body *b)
{
	struct issued c;
	if (b->serial == 0)
		return OK;
	enum status st = issued_get(&r->a->txn, b->serial, &c);
	if (st)
		return missing_of(r, st, b->uscc, "its current credential is not there");
	return c.holder_id == 0 && memcmp(c.uscc, b->uscc.ptr, USCC_LEN) == 0 ? OK
	    : missing_of(r, OK, b->uscc, "its current credential is another's");
}

/* Every succession that names it, back to the first. */
static enum status
check_successions(struct relations *r, const struct body *b)
{
	struct succession s;
	int64_t time_unix_s = 0;
	enum status st = OK;
	for (uint64_t sequence = b->succession, before = 0; st == OK && sequence != 0; sequence = before)
		st = succession_get(&r->a->txn, sequence, b->uscc, &s, &time_unix_s, &before);
	return st == OK ? OK : missing_of(r, st, b->uscc, "the successions it took part in cannot be followed");
}

static enum status
check_body(struct relations *r, struct bytes uscc, struct bytes record)
{
	struct body b, entries;
	enum status st = body_decode(uscc, record, &b);
	if (st)
		return missing_of(r, ERR_FORMAT, uscc, "it is no body's record");
	st = body_entries(&r->a->txn, &b, &entries);
	st = st == OK ? OK : missing_of(r, st, uscc, "the event it names does not hold its entries");
	if (st == OK)
		st = check_own(r, &b);
	return st == OK ? check_successions(r, &b) : st;
}

/* ---- credentials ---- */

static enum status
check_digest(struct relations *r, const struct issued *c, struct bytes token)
{
	struct digest d;
	struct bytes serial;
	struct key64 own = key64(c->serial);
	enum status st = sha256(token, &d);
	if (st)
		return err_set(r->a->err, st, "a digest cannot be computed: %s", status_text(st));
	st = txn_get(&r->a->txn, TABLE_DIGEST, (struct bytes){ d.b, TOKEN_DIGEST_KEY_LEN }, &serial);
	if (st)
		return missing(r, st, "table credential", c->serial, "its token's digest is not there");
	if (!bytes_eq(serial, key64_view(&own)))
		audit_found(r->a, "table digest", "the digest of credential %llu leads to another", ID(c->serial));
	return OK;
}

/* Whose it is: *current, the one that its holder or body has now. */
static enum status
current_of(struct relations *r, const struct issued *c, uint64_t *current)
{
	struct holder h = { .serial = 0 };
	struct body b = { .serial = 0 };
	enum status st = c->holder_id != 0 ? holder_get(&r->a->txn, c->holder_id, &h)
	    : body_get(&r->a->txn, (struct bytes){ c->uscc, USCC_LEN }, &b);
	*current = c->holder_id != 0 ? h.serial : b.serial;
	return st;
}

static enum status
check_credential(struct relations *r, uint64_t serial, struct bytes record)
{
	struct issued c;
	uint64_t current = 0;
	struct bytes token;
	enum status st = issued_decode(serial, record, &c);
	if (st)
		return missing(r, ERR_FORMAT, "table credential", serial, "it is no credential's record");
	r->credentials++;
	st = current_of(r, &c, &current);
	if (st)
		return missing(r, st, "table credential", serial, c.holder_id != 0 ? "its holder is not there" : "its body is not there");
	if (current != serial && c.standing.n == 0) /* the current one may be void, too: a lost card */
		audit_found(r->a, "table credential", "record %llu: its holder has another and it is not declared replaced", ID(serial));
	st = issued_token(&r->a->txn, &c, &token);
	if (st)
		return missing(r, st, "table credential", serial, "the event it names does not hold its token");
	return check_digest(r, &c, token);
}

/* ---- persons, and how many there are of each ---- */

static enum status
check_person_record(struct relations *r, struct bytes id, struct bytes record)
{
	struct person p;
	struct holder h;
	char hex[2 * PERSON_ID_LEN + 1] = "";
	if (id.len == PERSON_ID_LEN)
		hex_encode(id, hex);
	enum status st = person_decode(id, record, &p);
	if (st) {
		audit_found(r->a, "table person", "record %s is no person's record", hex);
		return OK;
	}
	for (int kind = KIND_ENFORCEMENT; kind <= KIND_MODERATOR; kind++) {
		if (p.holder_id[kind] == 0)
			continue;
		st = holder_get(&r->a->txn, p.holder_id[kind], &h);
		if (r->a->txn.status != OK)
			return err_set(r->a->err, st, "holder %llu cannot be read: %s", ID(p.holder_id[kind]), status_text(st));
		if (st != OK || (int)h.kind != kind || memcmp(h.person_id, p.id, PERSON_ID_LEN) != 0)
			audit_found(r->a, "table person", "record %s names certificate %llu, which is not there, of another kind or another person's", hex,
			    ID(p.holder_id[kind]));
	}
	return OK;
}

enum pass { PASS_BODIES, PASS_HOLDERS, PASS_CREDENTIALS, PASS_PERSONS, PASS_NUMBERS, PASS_DIGESTS };

static enum status
pass(struct relations *r, enum pass what, unsigned table, uint64_t *count)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	*count = 0;
	enum status st = cursor_open(&r->a->txn, table, none, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		++*count;
		if (what == PASS_BODIES)
			st = check_body(r, key, value);
		else if (what == PASS_HOLDERS)
			st = check_holder(r, key64_value(key), value);
		else if (what == PASS_CREDENTIALS)
			st = check_credential(r, key64_value(key), value);
		else if (what == PASS_PERSONS)
			st = check_person_record(r, key, value);
		if (++r->looked_at % AUDIT_PROGRESS_EVERY == 0)
			audit_progress(r->a, "what records say of each other", r->looked_at, r->total);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static void
check_counts(struct relations *r, uint64_t numbers, uint64_t digests)
{
	struct counters c;
	if (numbers != r->numbered)
		audit_found(r->a, "table number", "%llu numbers; %llu holders have one", ID(numbers), ID(r->numbered));
	if (digests != r->credentials)
		audit_found(r->a, "table digest", "%llu digests; there are %llu credentials", ID(digests), ID(r->credentials));
	if (counters_get(&r->a->txn, &c) != OK)
		audit_found(r->a, "table meta", "the counters cannot be read");
	else if (c.next_holder_id != r->holders + 1 || c.next_serial != r->credentials + 1)
		audit_found(r->a, "table meta", "the counters do not follow the last holder and the last credential");
}

enum status
audit_relations(struct auditing *a)
{
	struct relations r = { .a = a, .total = a->result->records };
	uint64_t n, numbers = 0, digests = 0;
	audit_progress(a, "what records say of each other", 0, r.total);
	enum status st = pass(&r, PASS_BODIES, TABLE_BODY, &n);
	if (st == OK)
		st = pass(&r, PASS_HOLDERS, TABLE_HOLDER, &n);
	if (st == OK)
		st = pass(&r, PASS_CREDENTIALS, TABLE_CREDENTIAL, &n);
	if (st == OK)
		st = pass(&r, PASS_PERSONS, TABLE_PERSON, &a->result->persons);
	if (st == OK)
		st = pass(&r, PASS_NUMBERS, TABLE_NUMBER, &numbers);
	if (st == OK)
		st = pass(&r, PASS_DIGESTS, TABLE_DIGEST, &digests);
	if (st == OK)
		check_counts(&r, numbers, digests);
	if (st == ERR_DAMAGED) { /* a damaged event, told by the journal's pass: the rest hangs on it */
		audit_found(a, "register", "what records say of each other was not looked through to the end: %s", txn_reason(&a->txn));
		*a->err = (struct err){ .status = OK };
		txn_end(&a->txn);
		st = txn_begin_read(a->store, &a->txn);
	}
	return st ? err_set(a->err, st, "the register cannot be looked through: %s", status_text(st)) : OK;
}
