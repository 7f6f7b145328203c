#include "registry/asked.h"

#include "base/text.h"

static enum status
unreadable(struct bytes number, enum status st, struct err *err)
{
	char shown[64];
	return err_set(err, st, "the record of certificate %s cannot be read: %s", text_escape(number, shown, sizeof(shown)), status_text(st));
}

enum status
asked_holder(struct txn *t, struct bytes number, struct holder *out, struct err *err)
{
	char shown[64];
	enum status st = holder_by_number(t, number, out);
	if (st == ERR_NOT_FOUND)
		return err_set(err, st, "no certificate %s in the register", text_escape(number, shown, sizeof(shown)));
	return st ? unreadable(number, st, err) : OK;
}

enum status
asked_find(struct txn *t, struct bytes number, int64_t unix_s, struct asked *out, struct err *err)
{
	char shown[64], when[INSTANT_TEXT_LEN + 1];
	struct asked a;
	enum status st = asked_holder(t, number, &a.holder, err);
	if (st)
		return st;
	if (!condition_is_known(&a.holder.standing, unix_s))
		return err_set(err, ERR_LIMIT, "how certificate %s stood at %s is not told by its record any more; see its history",
		    text_escape(number, shown, sizeof(shown)), instant_text(unix_s, when));
	st = holder_entries(t, &a.holder, &a.entries);
	if (st == OK)
		st = condition_of_holder(t, &a.holder, &a.entries, unix_s, &a.condition);
	if (st)
		return unreadable(number, st, err);
	*out = a;
	return OK;
}

bool
asked_same_person(const struct holder *a, const struct holder *b)
{
	return memcmp(a->person_id, b->person_id, PERSON_ID_LEN) == 0;
}

const char *
asked_number(const struct holder *h, char shown[48])
{
	return text_escape(h->number, shown, 48);
}

enum status
asked_body(struct txn *t, struct bytes uscc, struct body *out, struct err *err)
{
	char shown[64];
	enum status st = uscc.len == USCC_LEN ? body_get(t, uscc, out) : ERR_NOT_FOUND;
	if (st == OK)
		return OK;
	(void)text_escape(uscc, shown, sizeof(shown));
	if (st == ERR_NOT_FOUND)
		return err_set(err, st, "no body %s in the register (a unified social credit code of 18 characters was wanted)", shown);
	return err_set(err, st, "the record of body %s cannot be read: %s", shown, status_text(st));
}
