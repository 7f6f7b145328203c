#include "registry/sealed_inside.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/cbor.h"
#include "crypto/random.h"
#include "crypto/seal.h"

enum { HASH_KEY_LEN = 16, DRAWS_MAX = 8, GENERATION_VERSION = 1, GENERATION_ITEMS = 2, TABLES_FIRST = SEALED_META };

const char *const sealed_table_names[SEALED_COUNT] = { [SEALED_HASH] = "hash", [SEALED_ROW] = "row", [SEALED_META] = "meta" };

struct sealed { /* used by one thread at a time */
	struct store *store;
	struct mac *lookup;
	struct sealer *sealer;
	bool has_meta;
	uint64_t generation;
	int lock; /* -1: the caller holds it */
};

void
sealed_put_generation(struct sealed *s, struct txn *t, uint64_t generation)
{
	uint8_t mem[16];
	struct bytes enc;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	cbor_write_array(&w, GENERATION_ITEMS);
	cbor_write_uint(&w, GENERATION_VERSION);
	cbor_write_uint(&w, generation);
	enum status st = cbor_write_finish(&w, &enc);
	if (st)
		txn_fail(t, st);
	else
		txn_put(t, SEALED_META, BYTES_LIT("generation"), enc);
	s->generation = generation;
}

static enum status
read_generation(struct sealed *s, struct txn *t)
{
	struct bytes enc;
	enum status st = s->has_meta ? txn_get(t, SEALED_META, BYTES_LIT("generation"), &enc) : ERR_NOT_FOUND;
	if (st)
		return st == ERR_NOT_FOUND ? OK : st;
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	uint64_t generation = cbor_read_uint(&r);
	st = cbor_finish(&r);
	if (st == OK && (version != GENERATION_VERSION || items != GENERATION_ITEMS))
		return ERR_UNSUPPORTED;
	s->generation = generation;
	return st;
}

/* A wrong key would find nobody and enter everybody a second time: the generation and the first row must hold under it. */
static enum status
key_is_theirs(struct sealed *s, const char *dir, struct err *err)
{
	struct txn t;
	struct cursor c = { 0 };
	struct bytes id, row;
	enum status st = txn_begin_read(s->store, &t);
	if (st == OK)
		st = read_generation(s, &t);
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

/* A store made by an older version has no table meta; it gets one when it is made anew. */
static enum status
open_store(struct sealed *s, const char *dir, enum store_mode mode, enum profile profile, const struct secret *check, struct err *err)
{
	struct err why = { .status = OK };
	enum status st = store_open(dir, sealed_table_names, SEALED_COUNT, mode, profile, check, &s->store, &why);
	s->has_meta = st == OK;
	if (st == ERR_DAMAGED)
		return store_open(dir, sealed_table_names, TABLES_FIRST, mode, profile, check, &s->store, err);
	return st ? err_set(err, st, "%s", why.text) : OK;
}

enum status
sealed_open_locked(const char *dir, enum store_mode mode, enum profile profile, const struct secret *key, struct sealed **out,
    struct err *err)
{
	struct secret check, lookup, seal;
	struct sealed *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	s->lock = -1;
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
		st = open_store(s, dir, mode, profile, &check, err);
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

enum status
sealed_open(const char *dir, enum store_mode mode, enum profile profile, const struct secret *key, struct sealed **out,
    struct err *err)
{
	int lock = -1;
	enum status st = sealed_lock(dir, false, &lock, err);
	if (st)
		return st;
	st = sealed_open_locked(dir, mode, profile, key, out, err);
	if (st)
		(void)close(lock);
	else
		(*out)->lock = lock;
	return st;
}

void
sealed_close(struct sealed *s)
{
	if (s == NULL)
		return;
	if (s->lock >= 0)
		(void)close(s->lock);
	store_close(s->store);
	sealer_close(s->sealer);
	mac_close(s->lookup);
	free(s);
}

enum status sealed_begin_write(struct sealed *s, struct txn *t) { return txn_begin_write(s->store, t); }
enum status sealed_begin_read(struct sealed *s, struct txn *t)  { return txn_begin_read(s->store, t); }
struct store *sealed_store(struct sealed *s)                    { return s->store; }
uint64_t sealed_generation(const struct sealed *s)              { return s->generation; }
unsigned sealed_tables(const struct sealed *s)                  { return s->has_meta ? SEALED_COUNT : TABLES_FIRST; }

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

void
sealed_put(struct sealed *s, struct txn *t, struct bytes person_id, struct bytes idnumber)
{
	struct digest hash;
	uint8_t mem[IDNUMBER_LEN + SEAL_OVERHEAD_MAX];
	struct buf row = BUF_OF(mem);
	enum status st = idnumber.len == IDNUMBER_LEN ? mac_compute(s->lookup, &idnumber, 1, &hash) : ERR_ARGUMENT;
	if (st == OK)
		st = seal_put(s->sealer, person_id, idnumber, &row);
	if (st) {
		txn_fail(t, st);
		return;
	}
	txn_put_new(t, SEALED_ROW, person_id, buf_view(&row));
	txn_put_new(t, SEALED_HASH, (struct bytes){ hash.b, HASH_KEY_LEN }, person_id);
}

enum status
sealed_enter(struct sealed *s, struct txn *t, struct bytes idnumber, uint8_t person_id[PERSON_ID_LEN], bool *is_new)
{
	struct digest hash;
	uint8_t id[PERSON_ID_LEN];
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
	if (st)
		return st;
	sealed_put(s, t, (struct bytes){ id, PERSON_ID_LEN }, idnumber);
	if (t->status)
		return t->status;
	memcpy(person_id, id, PERSON_ID_LEN);
	*is_new = true;
	return OK;
}
