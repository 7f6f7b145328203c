#include "registry/attach.h"

#include "registry/carry.h"
#include "registry/device_index.h"

/* A certificate with its entries, about to be entered again. */
struct attaching {
	struct batch *b;
	struct holder h;
	struct entries e;                      /* views of the register until the first write */
	struct err *err;
};

static enum status
find(struct attaching *a, struct bytes number)
{
	enum status st = holder_by_number(&a->b->txn, number, &a->h);
	if (st == ERR_NOT_FOUND)
		return err_set(a->err, st, "no certificate with this number in the register; import holders and issue first, or correct the number");
	if (st == OK)
		st = holder_entries(&a->b->txn, &a->h, &a->e);
	if (st)
		return err_set(a->err, st, "the certificate's record cannot be read: %s", status_text(st));
	struct standing_at at = standing_at(&a->h.standing, INT64_MAX);
	if (at.state == STATE_VOID)
		return err_set(a->err, ERR_CONFLICT, "this certificate is %s and is not issued again; give the number of the one in force",
		    action_text(at.cause.action));
	return OK;
}

static void
tell(const struct attaching *a, enum entered what, struct attached *out)
{
	*out = (struct attached){ .what = what, .holder_id = a->h.id,
		.has_old_credential = a->h.serial != 0 && a->h.entries_sequence != a->h.serial_entries_sequence };
}

/* Enter the changed entries; afterwards the views in a->e are stale. */
static enum status
enter_again(struct attaching *a)
{
	uint8_t mem[RECORD_LEN_MAX], text[USCC_LEN + NUMBER_LEN_MAX];
	struct bytes payload;
	enum status st = entries_encode(&a->e, a->h.id, (struct bytes){ a->h.person_id, PERSON_ID_LEN }, BUF_OF(mem), &payload);
	if (st)
		return err_set(a->err, st, "the entries do not make a record: %s", status_text(st));
	memcpy(text, a->h.uscc.ptr, USCC_LEN); /* views of the map, which the writes below would move */
	memcpy(text + USCC_LEN, a->h.number.ptr, a->h.number.len);
	a->h.uscc.ptr = text;
	a->h.number.ptr = text + USCC_LEN;
	batch_event(a->b, EVENT_HOLDER_ENTERED, payload, &a->h.entries_sequence);
	batch_put_holder(a->b, &a->h);
	if (a->b->txn.status)
		return err_set(a->err, a->b->txn.status, "the certificate cannot be written: %s", txn_reason(&a->b->txn));
	return OK;
}

/* ---- a device ---- */

static enum status
check_owner(struct attaching *a, const struct device_index *index, struct bytes point)
{
	struct holder other;
	const struct device_owner *owner = point.len > 0 ? device_index_get(index, point) : NULL;
	if (owner == NULL || memcmp(owner->person_id, a->h.person_id, PERSON_ID_LEN) == 0)
		return OK;
	enum status st = holder_get(&a->b->txn, owner->holder_id, &other);
	if (st)
		return err_set(a->err, st == ERR_NOT_FOUND ? ERR_DAMAGED : st, "the holder of this device cannot be read: %s", status_text(st));
	return err_set(a->err, ERR_CONFLICT, "this device is recorded for certificate %.*s of another person already; every person needs a device "
	    "key of their own", BYTES_FMT(other.number));
}

static uint8_t
policy_of(const struct device_row *row, uint8_t recorded)
{
	if (row->point.len == 0 || row->show_by == SHOW_STATIC)
		return POLICY_STATIC;
	return row->show_by == SHOW_LIVE ? POLICY_LIVE : recorded;
}

static enum status
enter_device(struct attaching *a, struct device_index *index, const struct device_row *row, struct attached *out)
{
	uint8_t before_mem[DEVICE_POINT_LEN];
	struct bytes before = { before_mem, a->e.device.len };
	uint8_t policy = policy_of(row, a->e.policy);
	if (before.len > 0)
		memcpy(before_mem, a->e.device.ptr, before.len);
	if (bytes_eq(before, row->point) && policy == a->e.policy) {
		tell(a, ENTERED_UNCHANGED, out);
		return OK;
	}
	a->e.device = row->point;
	a->e.policy = policy;
	enum status st = enter_again(a);
	if (st)
		return st;
	if (before.len > 0)
		device_index_drop(index, before);
	if (row->point.len > 0)
		st = device_index_add(index, row->point, a->h.person_id, a->h.id);
	if (st) { /* the row's event is written, so the batch must not be committed */
		txn_fail(&a->b->txn, st);
		return err_set(a->err, st, "out of memory");
	}
	tell(a, before.len > 0 ? ENTERED_UPDATED : ENTERED_NEW, out);
	return OK;
}

enum status
attach_device(struct batch *b, struct device_index *index, const struct device_row *row, struct attached *out, struct err *err)
{
	struct attaching a = { .b = b, .err = err };
	enum status st = find(&a, row->number);
	if (st)
		return st;
	if (row->name.len > 0 && !bytes_eq(row->name, a.e.name))
		return err_set(err, ERR_CONFLICT, "certificate %.*s is held by someone of another name; correct the number or the name",
		    BYTES_FMT(a.h.number));
	st = check_owner(&a, index, row->point);
	return st ? st : enter_device(&a, index, row, out);
}

/* ---- a portrait ---- */

enum status
attach_portrait(struct batch *b, struct bytes number, struct bytes digest, struct attached *out, struct err *err)
{
	struct attaching a = { .b = b, .err = err };
	enum status st = find(&a, number);
	if (st)
		return st;
	enum entered what = a.e.portrait.len == 0 ? ENTERED_NEW : bytes_eq(a.e.portrait, digest) ? ENTERED_UNCHANGED : ENTERED_UPDATED;
	a.e.portrait = digest;
	if (what != ENTERED_UNCHANGED)
		st = enter_again(&a);
	if (st == OK)
		tell(&a, what, out);
	return st;
}
