#include "registry/signed_by.h"

#include "crypto/cose.h"

enum status
issued_signer(struct txn *t, const struct issued *c, uint8_t kid[KID_LEN], int64_t *iat_unix_s)
{
	struct bytes token;
	struct cose envelope;
	struct credential claims;
	enum status st = issued_token(t, c, &token);
	if (st)
		return st;
	st = cose_decode(token, COSE_OURS, &envelope);
	if (st == OK && envelope.kid.len != KID_LEN)
		st = ERR_FORMAT;
	if (st == OK && iat_unix_s != NULL)
		st = credential_decode(envelope.payload, &claims);
	if (st)
		return ERR_DAMAGED; /* it was well formed when it was signed */
	memcpy(kid, envelope.kid.ptr, KID_LEN);
	if (iat_unix_s != NULL)
		*iat_unix_s = claims.iat_unix_s;
	return OK;
}

static enum status
count_current(struct txn *t, uint64_t serial, struct signed_by *keys, size_t n, int64_t now_unix_s)
{
	struct issued c;
	uint8_t kid[KID_LEN];
	int64_t iat_unix_s = 0;
	enum status st = issued_get(t, serial, &c);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	if (c.exp_unix_s <= now_unix_s)
		return OK;
	st = issued_signer(t, &c, kid, &iat_unix_s);
	for (size_t i = 0; st == OK && i < n; i++)
		keys[i].live += memcmp(keys[i].kid, kid, KID_LEN) == 0 && iat_unix_s >= keys[i].since_unix_s;
	return st;
}

/* A holder's or a body's record: its current serial, 0 if there is none or it is void. */
static enum status
current_serial(unsigned table, struct bytes key, struct bytes record, int64_t now_unix_s, uint64_t *serial)
{
	struct holder h = { .serial = 0 };
	struct body b = { .serial = 0 };
	enum status st = table == TABLE_HOLDER ? holder_decode(key64_value(key), record, &h) : body_decode(key, record, &b);
	const struct standing *s = table == TABLE_HOLDER ? &h.standing : &b.standing;
	*serial = st != OK || standing_at(s, now_unix_s).state == STATE_VOID ? 0 : table == TABLE_HOLDER ? h.serial : b.serial;
	return st;
}

static enum status
count_table(struct txn *t, unsigned table, struct signed_by *keys, size_t n, int64_t now_unix_s)
{
	struct cursor cursor = { 0 };
	struct bytes key, record;
	uint64_t serial = 0;
	enum status st = cursor_open(t, table, (struct bytes){ NULL, 0 }, &cursor);
	while (st == OK && (st = cursor_next(&cursor, &key, &record)) == OK) {
		st = current_serial(table, key, record, now_unix_s, &serial);
		if (st == OK && serial != 0)
			st = count_current(t, serial, keys, n, now_unix_s);
	}
	cursor_close(&cursor);
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
signed_by_count(struct registry *r, struct signed_by *keys, size_t n, int64_t now_unix_s, struct err *err)
{
	struct txn t = { 0 };
	for (size_t i = 0; i < n; i++)
		keys[i].live = 0;
	enum status st = txn_begin_read(registry_store(r), &t);
	if (st == OK)
		st = count_table(&t, TABLE_HOLDER, keys, n, now_unix_s);
	if (st == OK)
		st = count_table(&t, TABLE_BODY, keys, n, now_unix_s);
	txn_end(&t);
	return st == OK ? OK : err_set(err, st, "the issued credentials cannot be looked through: %s", status_text(st));
}
