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
count_holder(struct txn *t, const struct holder *h, struct signed_by *keys, size_t n, int64_t now_unix_s)
{
	struct issued c;
	uint8_t kid[KID_LEN];
	int64_t iat_unix_s = 0;
	if (h->serial == 0 || standing_at(&h->standing, now_unix_s).state == STATE_VOID)
		return OK;
	enum status st = issued_get(t, h->serial, &c);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	if (c.exp_unix_s <= now_unix_s)
		return OK;
	st = issued_signer(t, &c, kid, &iat_unix_s);
	for (size_t i = 0; st == OK && i < n; i++)
		keys[i].live += memcmp(keys[i].kid, kid, KID_LEN) == 0 && iat_unix_s >= keys[i].since_unix_s;
	return st;
}

enum status
signed_by_count(struct registry *r, struct signed_by *keys, size_t n, int64_t now_unix_s, struct err *err)
{
	struct txn t = { 0 };
	struct cursor cursor = { 0 };
	struct bytes key, record;
	struct holder h;
	for (size_t i = 0; i < n; i++)
		keys[i].live = 0;
	enum status st = txn_begin_read(registry_store(r), &t);
	if (st == OK)
		st = cursor_open(&t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &cursor);
	while (st == OK && (st = cursor_next(&cursor, &key, &record)) == OK) {
		st = holder_decode(key64_value(key), record, &h);
		if (st == OK)
			st = count_holder(&t, &h, keys, n, now_unix_s);
	}
	cursor_close(&cursor);
	txn_end(&t);
	return st == ERR_NOT_FOUND ? OK : err_set(err, st, "the issued credentials cannot be looked through: %s", status_text(st));
}
