#include "registry/entrustment.h"

#include "registry/tables.h"

enum status
entrustment_count(struct txn *t, struct bytes organ, int64_t now_unix_s, uint64_t *n, char first[USCC_LEN + 1])
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct body b;
	*n = 0;
	first[0] = '\0';
	enum status st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = body_decode(key, value, &b);
		if (st != OK || !bytes_eq(b.entrusting_uscc, organ) || standing_at(&b.standing, now_unix_s).state == STATE_VOID)
			continue;
		if (++*n == 1) {
			memcpy(first, b.uscc.ptr, USCC_LEN);
			first[USCC_LEN] = '\0';
		}
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
check_organ(const struct body *organ, int64_t now_unix_s, struct err *err)
{
	if (organ->kind == BODY_ENTRUSTED)
		return err_set(err, ERR_CONFLICT, "its entrusting organ %.*s is itself an entrusted organisation, which may not pass its entrustment "
		    "on; name the organ that it acts for", BYTES_FMT(organ->uscc));
	if (standing_at(&organ->standing, now_unix_s).state == STATE_VOID)
		return err_set(err, ERR_CONFLICT, "its entrusting organ %.*s is abolished by the register; name the organ that entrusts it now",
		    BYTES_FMT(organ->uscc));
	return OK;
}

enum status
entrustment_check(struct txn *t, const struct body *b, bool is_known, int64_t now_unix_s, struct err *err)
{
	struct body organ;
	uint64_t n = 0;
	char first[USCC_LEN + 1];
	if (b->kind != BODY_ENTRUSTED)
		return OK;
	if (bytes_eq(b->entrusting_uscc, b->uscc))
		return err_set(err, ERR_CONFLICT, "a body cannot entrust itself; name the organ in whose name it acts");
	enum status st = b->entrusting_uscc.len > 0 ? body_get(t, b->entrusting_uscc, &organ) : ERR_NOT_FOUND;
	if (st == OK)
		st = check_organ(&organ, now_unix_s, err);
	else if (st == ERR_NOT_FOUND)
		st = OK;
	if (st == OK && is_known)
		st = entrustment_count(t, b->uscc, INT64_MAX, &n, first);
	if (st == OK && n > 0)
		return err_set(err, ERR_CONFLICT, "it entrusts %llu others (%s), so it cannot be an entrusted organisation; enter them under another "
		    "organ first", (unsigned long long)n, first);
	return st == OK || st == ERR_CONFLICT ? st : err_set(err, st, "the bodies cannot be read: %s", status_text(st));
}
