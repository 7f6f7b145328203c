#include "registry/sealed.h"

#include <stdlib.h>

#include "base/limits.h"
#include "crypto/random.h"
#include "crypto/seal.h"

enum { HASH_KEY_LEN = 16, DRAWS_MAX = 8 };

const char *const sealed_table_names[SEALED_COUNT] = { [SEALED_HASH] = "hash", [SEALED_ROW] = "row" };

struct sealed { /* used by one thread at a time */
	struct store *store;
	struct mac *lookup;
	struct sealer *sealer;
};

/* A wrong key would find nobody and enter everybody a second time: the first row must hold under it. */
static enum status
key_is_theirs(struct sealed *s, const char *dir, struct err *err)
{
	struct txn t;
	struct cursor c = { 0 };
	struct bytes id, row;
	enum status st = txn_begin_read(s->store, &t);
	if (st == OK)
		st = cursor_open(&t, SEALED_ROW, (struct bytes){ NULL, 0 }, &c);
	if (st == OK)
		st = cursor_next(&c, &id, &row);
	cursor_close(&c);
	const char *why = txn_reason(&t);
	txn_end(&t);
	if (st == OK || st == ERR_NOT_FOUND)
		return OK;
	if (st == ERR_DAMAGED)
		return err_set(err, st, "the rows of the sealed store in %s do not hold under this key: it is another store's key, or the store is "
		    "damaged", dir);
	return err_set(err, st, "the sealed store in %s cannot be read: %s", dir, why);
}

enum status
sealed_open(const char *dir, enum store_mode mode, enum profile profile, const struct secret *key, struct sealed **out,
    struct err *err)
{
	struct secret check, lookup, seal;
	struct sealed *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	enum status st = secret_derive(profile, key, "sealed store check", &check);
	if (st == OK)
		st = secret_derive(profile, key, "sealed store lookup", &lookup);
	if (st == OK)
		st = secret_derive(profile, key, "sealed store rows", &seal);
	if (st == OK)
		st = mac_open(profile, &lookup, &s->lookup);
	if (st == OK)
		st = sealer_open(profile, &seal, &s->sealer);
	if (st)
		err_set(err, st, "the sealed store's keys cannot be made: %s", status_text(st));
	else
		st = store_open(dir, sealed_table_names, SEALED_COUNT, mode, profile, &check, &s->store, err);
	if (st == OK && mode != STORE_CREATE)
		st = key_is_theirs(s, dir, err);
	secret_wipe(&check, sizeof(check));
	secret_wipe(&lookup, sizeof(lookup));
	secret_wipe(&seal, sizeof(seal));
	if (st)
		sealed_close(s);
	else
		*out = s;
	return st;
}

void
sealed_close(struct sealed *s)
{
	if (s == NULL)
		return;
	store_close(s->store);
	sealer_close(s->sealer);
	mac_close(s->lookup);
	free(s);
}

enum status sealed_begin_write(struct sealed *s, struct txn *t) { return txn_begin_write(s->store, t); }
enum status sealed_begin_read(struct sealed *s, struct txn *t)  { return txn_begin_read(s->store, t); }
struct store *sealed_store(struct sealed *s)                    { return s->store; }

enum status
sealed_reveal(struct sealed *s, struct txn *t, struct bytes person_id, struct buf *out)
{
	struct bytes row;
	enum status st = txn_get(t, SEALED_ROW, person_id, &row);
	return st ? st : seal_get(s->sealer, person_id, row, out);
}

static enum status
find_hashed(struct sealed *s, struct txn *t, struct bytes idnumber, const struct digest *hash, uint8_t person_id[PERSON_ID_LEN])
{
	uint8_t mem[IDNUMBER_LEN + SEAL_OVERHEAD_MAX];
	struct buf number = BUF_OF(mem);
	struct bytes id;
	enum status st = txn_get(t, SEALED_HASH, (struct bytes){ hash->b, HASH_KEY_LEN }, &id);
	if (st)
		return st;
	if (id.len != PERSON_ID_LEN)
		return ERR_DAMAGED;
	st = sealed_reveal(s, t, id, &number);
	if (st == OK && !(number.len == idnumber.len && secret_eq(mem, idnumber.ptr, idnumber.len)))
		st = ERR_DAMAGED; /* hash and row disagree */
	secret_wipe(mem, sizeof(mem));
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	memcpy(person_id, id.ptr, PERSON_ID_LEN);
	return OK;
}

enum status
sealed_find(struct sealed *s, struct txn *t, struct bytes idnumber, uint8_t person_id[PERSON_ID_LEN])
{
	struct digest hash;
	enum status st = mac_compute(s->lookup, &idnumber, 1, &hash);
	return st ? st : find_hashed(s, t, idnumber, &hash, person_id);
}

/* A random id that no person has yet. */
static enum status
draw_id(struct txn *t, uint8_t id[PERSON_ID_LEN])
{
	struct bytes row;
	for (int i = 0; i < DRAWS_MAX; i++) {
		enum status st = random_fill(id, PERSON_ID_LEN);
		if (st)
			return st;
		st = txn_get(t, SEALED_ROW, (struct bytes){ id, PERSON_ID_LEN }, &row);
		if (st == ERR_NOT_FOUND)
			return OK;
		if (st)
			return st;
	}
	return ERR_CRYPTO; /* eight clashes of 64 random bits: the generator is broken */
}

enum status
sealed_enter(struct sealed *s, struct txn *t, struct bytes idnumber, uint8_t person_id[PERSON_ID_LEN], bool *is_new)
{
	struct digest hash;
	uint8_t id[PERSON_ID_LEN], mem[IDNUMBER_LEN + SEAL_OVERHEAD_MAX];
	struct buf row = BUF_OF(mem);
	struct bytes id_view = { id, PERSON_ID_LEN };
	if (idnumber.len != IDNUMBER_LEN)
		return ERR_ARGUMENT;
	enum status st = mac_compute(s->lookup, &idnumber, 1, &hash);
	if (st == OK)
		st = find_hashed(s, t, idnumber, &hash, person_id);
	if (st == OK)
		*is_new = false;
	if (st != ERR_NOT_FOUND)
		return st;
	st = draw_id(t, id);
	if (st == OK)
		st = seal_put(s->sealer, id_view, idnumber, &row);
	if (st)
		return st;
	txn_put_new(t, SEALED_ROW, id_view, buf_view(&row));
	txn_put_new(t, SEALED_HASH, (struct bytes){ hash.b, HASH_KEY_LEN }, id_view);
	if (t->status)
		return t->status;
	memcpy(person_id, id, PERSON_ID_LEN);
	*is_new = true;
	return OK;
}
