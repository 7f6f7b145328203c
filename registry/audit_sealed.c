#include "registry/auditing.h"

#include "base/file.h"
#include "base/text.h"
#include "registry/compare.h"

struct telling { struct auditing *a; const char *where; bool damaged; };

static void
on_difference(void *ctx, enum difference what, struct bytes key, struct bytes wanted, struct bytes found)
{
	struct telling *t = ctx;
	char shown[2 * PERSON_ID_LEN + 1];
	(void)wanted;
	(void)found;
	hex_encode((struct bytes){ key.ptr, key.len < PERSON_ID_LEN ? key.len : PERSON_ID_LEN }, shown);
	t->damaged = true;
	audit_found(t->a, t->where, "record %s%s", shown, what == DIFFERENCE_DAMAGED ? " is damaged: its check does not hold"
	    : what == DIFFERENCE_ORDER ? " is out of order: a page is damaged" : " is not found by its key: a page is damaged");
}

/* Every record's check, in a pass of its own: afterwards a failure is no record's. */
static enum status
survey(struct auditing *a, struct sealed *s, struct txn *t, bool *damaged)
{
	static const char *const where[SEALED_COUNT] = { [SEALED_HASH] = "sealed store, table hash", [SEALED_ROW] = "sealed store, table row",
		[SEALED_META] = "sealed store, table meta" };
	enum status st = OK;
	for (unsigned table = 0; st == OK && table < sealed_tables(s); table++) {
		struct telling told = { .a = a, .where = where[table] };
		uint64_t records = 0;
		st = table_compare(NULL, t, table, on_difference, &told, &records);
		a->result->records += records;
		*damaged = *damaged || told.damaged;
		if (st) {
			audit_found(a, where[table], "a page cannot be read: %s", txn_reason(t));
			*damaged = true;
			return OK;
		}
	}
	return st;
}

static void
check_person(struct auditing *a, struct sealed *s, struct txn *t, struct bytes id, struct bytes record)
{
	struct person person = { .erased_sequence = 0 };
	char hex[2 * PERSON_ID_LEN + 1];
	uint8_t mem[IDNUMBER_LEN + 32], found[PERSON_ID_LEN];
	struct buf number = BUF_OF(mem);
	hex_encode(id, hex);
	enum status st = sealed_reveal(s, t, id, &number);
	bool erased = person_decode(id, record, &person) == OK && person.erased_sequence != 0; /* one that is none is found elsewhere */
	if (erased) {
		if (st != ERR_NOT_FOUND)
			audit_found(a, "sealed store", "person %s was erased by event %llu, and the row is there still: run yaopai erase again", hex,
			    (unsigned long long)person.erased_sequence);
	} else if (st == OK) {
		st = sealed_find(s, t, buf_view(&number), found);
		if (st == OK && memcmp(found, id.ptr, PERSON_ID_LEN) == 0)
			a->result->persons++;
		else
			audit_found(a, "sealed store", "person %s has a sealed row, and its hash leads elsewhere or nowhere", hex);
	} else
		audit_found(a, "sealed store", st == ERR_NOT_FOUND ? "person %s of the register has no sealed row" : "the sealed row of person %s cannot be "
		    "opened", hex);
	secret_wipe(mem, sizeof(mem));
}

static enum status
check_persons(struct auditing *a, struct sealed *s, struct txn *t)
{
	struct cursor c = { 0 };
	struct bytes id, record;
	uint64_t seen = 0, total = a->result->persons;
	bool holds = true;
	a->result->persons = 0;
	enum status st = cursor_open(&a->txn, TABLE_PERSON, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && t->status == OK && (st = cursor_survey(&c, &id, &record, &holds)) == OK) {
		if (holds && id.len == PERSON_ID_LEN)
			check_person(a, s, t, id, record);
		if (++seen % AUDIT_PROGRESS_EVERY == 0)
			audit_progress(a, "the sealed store", seen, total);
	}
	cursor_close(&c);
	if (t->status != OK)
		audit_found(a, "sealed store", "it cannot be read further: %s", txn_reason(t));
	return st == ERR_NOT_FOUND || st == OK ? OK : err_set(a->err, st, "the persons cannot be read: %s", status_text(st));
}

static enum status
open_store(struct auditing *a, const char *dir, struct sealed **out)
{
	struct err unwanted = { .status = OK };
	const struct audit_terms *t = a->terms;
	enum status st = sealed_open(dir, STORE_READ, a->result->profile, &t->keys->seal, out, a->err);
	if (st == ERR_DAMAGED && t->seal_next != NULL && sealed_open(dir, STORE_READ, a->result->profile, t->seal_next, out, &unwanted) == OK) {
		*a->err = unwanted;
		return OK;
	}
	return st;
}

/* The sealed store is looked at later than the register, so it may know persons that came since; never fewer. */
enum status
audit_sealed(struct auditing *a)
{
	char dir[4096];
	struct sealed *s = NULL;
	struct txn t = { 0 };
	bool damaged = false;
	audit_progress(a, "the sealed store", 0, a->result->persons);
	enum status st = path_join(a->terms->dir, "sealed", dir, sizeof(dir), a->err);
	if (st)
		return st;
	st = store_heads_check(dir, a->err);
	if (st == OK)
		st = open_store(a, dir, &s);
	if (st == ERR_DAMAGED || st == ERR_NOT_FOUND) {
		audit_found(a, "sealed store", "%s", a->err->text);
		*a->err = (struct err){ .status = OK };
		return OK;
	}
	if (st == OK) {
		st = sealed_begin_read(s, &t);
		if (st)
			err_set(a->err, st, "the sealed store cannot be read: %s", txn_reason(&t));
	}
	if (st == OK)
		st = survey(a, s, &t, &damaged);
	if (st == OK && !damaged)
		st = check_persons(a, s, &t);
	txn_end(&t);
	sealed_close(s);
	return st;
}
