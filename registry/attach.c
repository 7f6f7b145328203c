#include "registry/attach.h"

#include "registry/again.h"
#include "registry/device_index.h"

/* ---- a device ---- */

static enum status
check_owner(struct again *a, const struct device_index *index, struct bytes point)
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
enter_device(struct again *a, struct device_index *index, const struct device_row *row, struct attached *out)
{
	uint8_t before_mem[DEVICE_POINT_LEN];
	struct bytes before = { before_mem, a->e.device.len };
	uint8_t policy = policy_of(row, a->e.policy);
	if (before.len > 0)
		memcpy(before_mem, a->e.device.ptr, before.len);
	if (bytes_eq(before, row->point) && policy == a->e.policy) {
		again_tell(a, ENTERED_UNCHANGED, out);
		return OK;
	}
	a->e.device = row->point;
	a->e.policy = policy;
	enum status st = again_enter(a);
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
	again_tell(a, before.len > 0 ? ENTERED_UPDATED : ENTERED_NEW, out);
	return OK;
}

enum status
attach_device(struct batch *b, struct device_index *index, const struct device_row *row, struct attached *out, struct err *err)
{
	struct again a = { .b = b, .err = err };
	enum status st = again_find(&a, row->number);
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
	struct again a = { .b = b, .err = err };
	enum status st = again_find(&a, number);
	if (st)
		return st;
	enum entered what = a.e.portrait.len == 0 ? ENTERED_NEW : bytes_eq(a.e.portrait, digest) ? ENTERED_UNCHANGED : ENTERED_UPDATED;
	a.e.portrait = digest;
	if (what != ENTERED_UNCHANGED)
		st = again_enter(&a);
	if (st == OK)
		again_tell(&a, what, out);
	return st;
}
