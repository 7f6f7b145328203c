#include "registry/succession.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "registry/again.h"
#include "registry/carry.h"
#include "registry/effective.h"
#include "registry/entrustment.h"

struct body_kept { uint8_t mem[RECORD_LEN_MAX]; struct body body; };    /* lives through the writes */
struct ids { uint64_t *all; size_t n, cap; };

struct succession_action {
	struct batch *b;
	const struct succeeding *x;
	struct succession s;
	struct succeeded *out;
	struct err *err;
	struct body_kept old, heir;
	struct ids staff, only;                /* ascending */
	int64_t now_unix_s;
};

static enum status
find_body(struct succession_action *a, struct bytes uscc, struct body_kept *out)
{
	char shown[64];
	enum status st = body_copy(&a->b->txn, uscc, out->mem, &out->body);
	if (st == ERR_NOT_FOUND)
		return err_set(a->err, st, "no body %s in the register; import it first, or correct the code", text_escape(uscc, shown, sizeof(shown)));
	return st ? err_set(a->err, st, "the record of body %s cannot be read: %s", text_escape(uscc, shown, sizeof(shown)), status_text(st)) : OK;
}

/* ---- may it take over? ---- */

static enum status
check_heir(struct succession_action *a)
{
	char when[INSTANT_TEXT_LEN + 1];
	struct effective e;
	const struct body *heir = &a->heir.body;
	enum status st = effective_of_body(&a->b->txn, heir, a->now_unix_s, &e);
	if (st)
		return err_set(a->err, st, "the successor cannot be read: %s", status_text(st));
	if (e.cause == CAUSE_BODY)
		return err_set(a->err, ERR_CONFLICT, "the successor %.*s is %s itself (from %s); give a body in order", BYTES_FMT(heir->uscc),
		    e.change.action == ACTION_CANCEL ? "abolished" : action_text(e.change.action), instant_text(e.change.effective_unix_s, when));
	if (e.value != 0)
		return err_set(a->err, ERR_CONFLICT, "the entrustment of the successor %.*s does not hold today, so its people could not act; enter a "
		    "new one first", BYTES_FMT(heir->uscc));
	struct standing_at later = standing_at(&heir->standing, INT64_MAX);
	if (later.state == STATE_VOID)
		return err_set(a->err, ERR_CONFLICT, "the successor %.*s will be abolished on %s by a decision already recorded; give the body that "
		    "stays", BYTES_FMT(heir->uscc), instant_text(later.cause.effective_unix_s, when));
	if (heir->kind == BODY_ENTRUSTED && a->old.body.kind != BODY_ENTRUSTED)
		return err_set(a->err, ERR_CONFLICT, "%.*s is an entrusted organisation: it has no powers of its own and cannot take over those of a "
		    "%s; give an organ or an authorised organisation", BYTES_FMT(heir->uscc),
		    a->old.body.kind == BODY_STATUTORY ? "statutory organ" : "law-authorised organisation");
	return OK;
}

static bool
is_abolished(const struct succession_action *a)
{
	return standing_at(&a->old.body.standing, a->now_unix_s).state == STATE_VOID;
}

/* ---- who moves ---- */

static enum status
keep_id(struct ids *ids, uint64_t id)
{
	if (ids->n == ids->cap) {
		size_t cap = ids->cap == 0 ? 256 : 2 * ids->cap;
		uint64_t *grown = realloc(ids->all, cap * sizeof(*grown));
		if (grown == NULL)
			return ERR_SYSTEM;
		ids->all = grown;
		ids->cap = cap;
	}
	ids->all[ids->n++] = id;
	return OK;
}

static int
by_id(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static bool
has_id(const struct ids *ids, uint64_t id)
{
	return ids->n > 0 && bsearch(&id, ids->all, ids->n, sizeof(id), by_id) != NULL;
}

/* Everybody of the old body who is not void now. */
static enum status
find_staff(struct succession_action *a)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct holder h;
	enum status st = cursor_open(&a->b->txn, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = holder_decode(key64_value(key), value, &h);
		if (st == OK && bytes_eq(h.uscc, a->s.old_uscc) && standing_at(&h.standing, a->now_unix_s).state != STATE_VOID)
			st = keep_id(&a->staff, h.id);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : err_set(a->err, st, "the holders cannot be read: %s", status_text(st));
}

/* NULL: it may move; *there: it is where it should go. */
static const char *
reason_against(struct succession_action *a, struct bytes number, uint64_t *id, bool *there)
{
	struct holder h;
	enum status st = holder_by_number(&a->b->txn, number, &h);
	*there = false;
	if (st == ERR_NOT_FOUND)
		return "no certificate with this number in the register";
	if (st)
		return "its record cannot be read; yaopai audit tells more";
	if (standing_at(&h.standing, a->now_unix_s).state == STATE_VOID)
		return "it is void, and does not move";
	*id = h.id;
	*there = bytes_eq(h.uscc, a->s.new_uscc);
	return *there || has_id(&a->staff, h.id) ? NULL : "its holder is in another body";
}

static enum status
choose(struct succession_action *a)
{
	for (size_t i = 0; i < a->x->only_n; i++) {
		uint64_t id = 0;
		bool there = false;
		const char *why = reason_against(a, a->x->only[i], &id, &there);
		a->out->there += there;
		a->out->wrong += why != NULL;
		if (why != NULL && a->x->wrong != NULL)
			a->x->wrong(a->x->wrong_ctx, a->x->only[i], why);
		if (why == NULL && !there && keep_id(&a->only, id) != OK)
			return err_set(a->err, ERR_SYSTEM, "out of memory");
	}
	if (a->out->wrong > 0)
		return err_set(a->err, ERR_CONFLICT, "%llu of the %zu numbers given are not to be moved; nothing was entered, correct the list",
		    (unsigned long long)a->out->wrong, a->x->only_n);
	if (a->only.n > 0)
		qsort(a->only.all, a->only.n, sizeof(*a->only.all), by_id);
	size_t n = 0; /* a number may stand in the list twice */
	for (size_t i = 0; i < a->only.n; i++)
		if (i == 0 || a->only.all[i] != a->only.all[i - 1])
			a->only.all[n++] = a->only.all[i];
	a->only.n = n;
	return OK;
}

/* ---- writing ---- */

static enum status
say_unwritten(struct succession_action *a)
{
	return a->b->txn.status ? err_set(a->err, a->b->txn.status, "the succession cannot be written: %s", txn_reason(&a->b->txn)) : OK;
}

static enum status
write_bodies(struct succession_action *a)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct bytes payload;
	struct body *old = &a->old.body, *heir = &a->heir.body;
	a->s.old_before = old->succession;
	a->s.new_before = heir->succession;
	struct change c = { .action = ACTION_CANCEL, .effective_unix_s = a->now_unix_s, .sequence = a->b->sequence + 1 };
	a->out->abolished = !a->s.is_part && !is_abolished(a);
	enum status st = a->out->abolished ? standing_add(&old->standing, &c, a->now_unix_s, a->err) : OK;
	if (st)
		return err_in(a->err, st, "the old body cannot be abolished");
	st = succession_encode(&a->s, BUF_OF(mem), &payload);
	if (st)
		return err_set(a->err, st, "the succession cannot be recorded: ground, organ and document are compulsory, each with at most %u bytes",
		    GROUND_LEN_MAX);
	batch_event(a->b, EVENT_BODY_SUCCEEDED, payload, &old->succession);
	heir->succession = old->succession;
	batch_put_body(a->b, old);
	batch_put_body(a->b, heir);
	return say_unwritten(a);
}

static enum status
move_one(struct succession_action *a, uint64_t id)
{
	struct again again = { .b = a->b, .err = a->err };
	enum status st = holder_get(&a->b->txn, id, &again.h);
	if (st == OK)
		st = holder_entries(&a->b->txn, &again.h, &again.e);
	if (st)
		return err_set(a->err, ERR_DAMAGED, "certificate %llu cannot be read: %s", (unsigned long long)id, status_text(st));
	again.h.uscc = again.e.uscc = a->s.new_uscc;
	again.e.occasion = OCCASION_MOVED;
	again.e.why = (struct particulars){ a->s.ground, a->s.organ, a->s.document, a->s.reviewer };
	st = again_enter(&again);
	if (st)
		return st;
	bool leaves = standing_at(&again.h.standing, INT64_MAX).state == STATE_VOID;
	a->out->moved++;
	a->out->leaving += leaves;
	if (a->x->moved != NULL)
		a->x->moved(a->x->moved_ctx, id, again.h.serial != 0 && !leaves);
	return OK;
}

static enum status
act(struct succession_action *a)
{
	const struct ids *moving = a->x->only != NULL ? &a->only : &a->staff;
	a->out->left = a->staff.n - moving->n;
	a->s.is_part = a->out->left > 0 || (a->x->only != NULL && moving->n == 0);
	if (moving->n == 0 && (a->x->only != NULL || (is_abolished(a) && a->old.body.succession != 0)))
		return err_set(a->err, ERR_CONFLICT, a->x->only != NULL ? "all the numbers given are in the successor already"
		                                                         : "it was succeeded already and nobody is left in it");
	enum status st = entrustment_count(&a->b->txn, a->s.old_uscc, a->now_unix_s, &a->out->entrusted, a->out->entrusted_first);
	if (st)
		return err_set(a->err, st, "the bodies cannot be read: %s", status_text(st));
	st = write_bodies(a);
	for (size_t i = 0; st == OK && i < moving->n; i++) {
		st = move_one(a, moving->all[i]);
		if (st) /* the succession is written already, so the batch must not be committed */
			txn_fail(&a->b->txn, st);
	}
	return st;
}

enum status
succeed_body(struct batch *b, const struct succeeding *x, struct succeeded *out, struct err *err)
{
	struct succession_action a = { .b = b, .x = x, .s = x->particulars, .out = out, .err = err, .now_unix_s = b->now_ms / 1000 };
	*out = (struct succeeded){ .moved = 0 };
	if (bytes_eq(a.s.old_uscc, a.s.new_uscc))
		return err_set(err, ERR_CONFLICT, "a body cannot succeed itself; give the code of the one that takes over");
	enum status st = find_body(&a, a.s.old_uscc, &a.old);
	if (st == OK)
		st = find_body(&a, a.s.new_uscc, &a.heir);
	if (st == OK)
		st = check_heir(&a);
	if (st == OK)
		st = find_staff(&a);
	if (st == OK && x->only != NULL)
		st = choose(&a);
	if (st == OK)
		st = act(&a);
	free(a.staff.all);
	free(a.only.all);
	return st;
}
