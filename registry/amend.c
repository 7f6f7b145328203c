#include "registry/amend.h"

#include "registry/again.h"
#include "registry/carry.h"
#include "registry/review.h"

static int64_t
now_of(const struct again *a)
{
	return a->b->now_ms / 1000;
}

/* ---- what every action asks ---- */

static enum status
check_person(struct again *a)
{
	struct person p;
	char when[INSTANT_TEXT_LEN + 1];
	enum status st = person_get(&a->b->txn, (struct bytes){ a->h.person_id, PERSON_ID_LEN }, &p);
	if (st)
		return err_set(a->err, ERR_DAMAGED, "the person under this certificate cannot be read: %s", status_text(st));
	struct standing_at at = standing_at(&p.standing, now_of(a));
	if (at.state == STATE_GOOD)
		return OK;
	return err_set(a->err, ERR_CONFLICT, "the person is not in post (%s from %s); yaopai reinstate --person records a return",
	    at.state == STATE_VOID ? "left" : "suspended", instant_text(at.cause.effective_unix_s, when));
}

static enum status
check_body(struct again *a, struct bytes uscc)
{
	struct body body;
	char when[INSTANT_TEXT_LEN + 1];
	enum status st = body_get(&a->b->txn, uscc, &body);
	if (st == ERR_NOT_FOUND)
		return err_set(a->err, ERR_CONFLICT, "no body with code %.*s in the register; import bodies first, or correct the code",
		    BYTES_FMT(uscc));
	if (st)
		return err_set(a->err, ERR_DAMAGED, "the body's record cannot be read: %s", status_text(st));
	struct standing_at at = standing_at(&body.standing, now_of(a));
	if (at.state == STATE_GOOD)
		return OK;
	return err_set(a->err, ERR_CONFLICT, "the body %.*s is %s from %s; a certificate needs a body that is good", BYTES_FMT(uscc),
	    at.state == STATE_VOID ? "abolished" : "suspended", instant_text(at.cause.effective_unix_s, when));
}

static enum status
enter_because(struct again *a, enum occasion occasion, const struct particulars *why, struct attached *out)
{
	a->e.occasion = occasion;
	a->e.why = *why;
	enum status st = again_enter(a);
	if (st == OK)
		again_tell(a, ENTERED_UPDATED, out);
	return st;
}

/* ---- amended entries ---- */

static bool
put_text(struct bytes *at, struct bytes wanted)
{
	bool changes = wanted.len > 0 && !bytes_eq(*at, wanted);
	if (changes)
		*at = wanted;
	return changes;
}

static bool
put_fields(struct entries *e, const struct amendment *what)
{
	bool same = what->fields_n == 0 || (e->fields_n == what->fields_n && memcmp(e->fields, what->fields, what->fields_n) == 0);
	if (same)
		return false;
	memset(e->fields, 0, sizeof(e->fields));
	memcpy(e->fields, what->fields, what->fields_n);
	e->fields_n = what->fields_n;
	return true;
}

/* Is anything new in it? */
static bool
put_entries(struct entries *e, const struct amendment *what)
{
	bool changes = put_text(&e->uscc, what->uscc);
	changes |= put_text(&e->name, what->name);
	changes |= put_text(&e->post, what->post);
	changes |= put_fields(e, what);
	if (what->staff != STAFF_UNKNOWN && what->staff != e->staff) {
		e->staff = what->staff;
		changes = true;
	}
	if (what->jurisdiction != 0 && what->jurisdiction != e->jurisdiction) {
		e->jurisdiction = what->jurisdiction;
		changes = true;
	}
	return changes;
}

enum status
amend_certificate(struct batch *b, struct bytes number, const struct amendment *what, struct attached *out, struct err *err)
{
	struct again a = { .b = b, .err = err };
	enum status st = again_find(&a, number);
	if (st == OK)
		st = check_person(&a);
	if (st == OK && what->uscc.len > 0)
		st = check_body(&a, what->uscc);
	if (st)
		return st;
	if (!put_entries(&a.e, what)) {
		again_tell(&a, ENTERED_UNCHANGED, out);
		return OK;
	}
	a.h.uscc = a.e.uscc;
	return enter_because(&a, OCCASION_AMENDED, &what->why, out);
}

/* ---- damaged, lost ---- */

static enum status
current_credential(struct again *a, struct issued *c)
{
	if (a->h.serial == 0)
		return err_set(a->err, ERR_CONFLICT, "no credential was issued for this certificate yet; yaopai issue makes it");
	enum status st = issued_get(&a->b->txn, a->h.serial, c);
	return st ? err_set(a->err, ERR_DAMAGED, "the certificate's credential cannot be read: %s", status_text(st)) : OK;
}

enum status
replace_damaged(struct batch *b, struct bytes number, const struct particulars *why, struct attached *out, struct err *err)
{
	struct again a = { .b = b, .err = err };
	struct issued c;
	enum status st = again_find(&a, number);
	if (st == OK)
		st = current_credential(&a, &c);
	return st ? st : enter_because(&a, OCCASION_DAMAGED, why, out);
}

enum status
replace_lost(struct batch *b, struct bytes number, const struct particulars *why, struct attached *out, struct err *err)
{
	struct again a = { .b = b, .err = err };
	struct issued c;
	enum status st = again_find(&a, number);
	if (st == OK)
		st = current_credential(&a, &c);
	if (st == OK && standing_at(&c.standing, now_of(&a)).state == STATE_VOID)
		return err_set(err, ERR_CONFLICT, "its credential was declared void before, and no new one is issued yet; yaopai issue --changed makes it");
	struct change change = { .action = ACTION_REPLACE, .effective_unix_s = now_of(&a), .sequence = b->sequence + 1 };
	if (st == OK)
		st = standing_add(&c.standing, &change, change.effective_unix_s, err);
	if (st == OK)
		st = enter_because(&a, OCCASION_LOST, why, out);
	if (st)
		return st;
	batch_put_issued(b, &c);
	return b->txn.status ? err_set(err, b->txn.status, "the credential cannot be written: %s", txn_reason(&b->txn)) : OK;
}

/* ---- a new term ---- */

static enum status
term_end(struct again *a, struct date *out)
{
	struct issued c;
	*out = entries_term_end(&a->e);
	if (out->year != 0)
		return OK;
	enum status st = current_credential(a, &c);
	if (st == OK)
		*out = date_of_unix_s(c.exp_unix_s - 1);
	return st;
}

static enum status
check_window(struct again *a, struct date end, const struct renewal *r)
{
	char until[DATE_TEXT_LEN + 1], from[DATE_TEXT_LEN + 1];
	struct date opens = date_add_months(end, -r->window_months);
	if (date_cmp(date_of_unix_s(now_of(a)), opens) >= 0)
		return OK;
	return err_set(a->err, ERR_CONFLICT, "this certificate is valid until %s and can be renewed from %s on", date_text(end, until),
	    date_text(opens, from));
}

static enum status
check_standing(struct again *a)
{
	char when[INSTANT_TEXT_LEN + 1];
	struct standing_at at = standing_at(&a->h.standing, now_of(a));
	if (at.state == STATE_GOOD)
		return OK;
	return err_set(a->err, ERR_CONFLICT, "this certificate is suspended from %s; it is renewed after yaopai reinstate",
	    instant_text(at.cause.effective_unix_s, when));
}

static enum status
check_review(struct again *a)
{
	char when[DATE_TEXT_LEN + 1];
	struct review last;
	struct rules rules;
	struct date due = { 0 };
	enum status st = review_get(&a->b->txn, a->h.id, &last);
	if (st == OK && last.result == REVIEW_FAILED)
		return err_set(a->err, ERR_CONFLICT, "the periodic review of %s was not passed; it is renewed after one that is", date_text(last.reviewed_on,
		    when));
	if (st == OK || st == ERR_NOT_FOUND)
		st = rules_get(&a->b->txn, &rules);
	if (st == OK)
		st = review_due(&a->b->txn, &a->h, &rules, &due);
	if (st)
		return err_set(a->err, ERR_DAMAGED, "the certificate's reviews cannot be read: %s", status_text(st));
	if (due.year == 0 || now_of(a) < review_overdue_from(due, &rules))
		return OK;
	return err_set(a->err, ERR_CONFLICT, "the periodic review was due on %s; it is renewed after one that is passed (yaopai review)",
	    date_text(due, when));
}

/* The last day of `months` from today: "five years" from the 5th ends with the 4th. */
static struct date
months_from(struct date today, int months)
{
	return date_of_unix_s(date_start_unix_s(date_add_months(today, months)) - 1);
}

enum status
renew_certificate(struct batch *b, struct bytes number, const struct renewal *r, struct attached *out, struct err *err)
{
	struct again a = { .b = b, .err = err };
	struct date end, today = date_of_unix_s(b->now_ms / 1000);
	enum status st = again_find(&a, number);
	if (st == OK)
		st = check_standing(&a);
	if (st == OK)
		st = check_person(&a);
	if (st == OK)
		st = check_body(&a, a.e.uscc);
	if (st == OK)
		st = check_review(&a);
	if (st == OK)
		st = term_end(&a, &end);
	if (st == OK)
		st = check_window(&a, end, r);
	if (st)
		return st;
	a.e.renewed_on = today;
	a.e.renewed_until = date_cmp(end, today) >= 0 ? date_add_months(end, r->months) : months_from(today, r->months);
	return enter_because(&a, OCCASION_RENEWED, &r->why, out);
}
