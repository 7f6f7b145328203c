/* store.h -- the only door to LMDB; no file but store.c and store_env.c sees <lmdb.h>.
 *
 * One environment, one writer at a time, readers never block.  Default durability
 * only (no NOSYNC, no WRITEMAP, no NOLOCK), NOTLS read transactions, one large map.
 * A transaction remembers its first failure: after it, get and put do nothing and
 * commit aborts and returns that failure; so a sequence of puts needs one check.
 * "Not found" is an answer, not a failure.
 *
 * Every value is stored with a keyed check behind it: the first CHECK_LEN bytes of
 * HMAC(check key, table name || 0x00 || key || value).  get and next verify it and cut it off;
 * one that does not hold is ERR_DAMAGED (docs/formats.md 9).  In each table either all keys or all values have one
 * length (or the keys are few fixed names), so no byte can be moved from the key to the value under the same check.
 *
 * A page has no check of its own: a flipped bit in a branch could lead a search astray, so that a record that is there is not found.  So
 * a read transaction proves an absence before it tells one: the records before and after the key are whole and stand beside each
 * other.  (A write transaction does not, since an import asks for a million keys that are not there; audit looks at everything.)
 *
 * Caveats of LMDB 0.9.24 kept here: a grown map (MDB_MAP_RESIZED) is adopted and the begin
 * tried again (for about a second, if transactions of this process do not end); on a read-only mount it would silently run without locks, so a read-only open checks
 * that it holds a reader slot inside a transaction and refuses otherwise; stale readers of killed processes
 * are cleared at open; a failed commit may have a failed sync behind it: the store refuses all further
 * writes until it is reopened. */
#ifndef REGISTRY_STORE_H
#define REGISTRY_STORE_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/digest.h"

#define CHECK_LEN 16u
#define STORE_TABLES_MAX 16u

struct store;                          /* opaque: owns the environment; threads may share it */
struct txn {                           /* one thread at a time; begin fills it, end empties it */
	void *h;
	struct store *store;
	struct mac *mac;
	bool write;
	const char *reason;            /* of the first failure; static */
	enum status status;
};

enum store_mode { STORE_CREATE, STORE_WRITE, STORE_READ,
	STORE_SCRATCH };               /* made afresh and never synced before store_flush: for what is thrown away, or flushed and then named */

/* names: table names, indexed by table number, static.  dir must exist (STORE_CREATE makes the tables; an
 * environment already there: ERR_CONFLICT).  Not an environment of ours, or damaged: a sentence. */
MUST_CHECK enum status store_open(const char *dir, const char *const names[], size_t n, enum store_mode mode,
    enum profile profile, const struct secret *check_key, struct store **out, struct err *err);
/* A store that an older version made may lack tables: of the n only the first `always` must be there.  The others are made when it is opened
 * for writing; opened for reading they are empty, and store_has tells. */
MUST_CHECK enum status store_open_grown(const char *dir, const char *const names[], size_t n, size_t always, enum store_mode mode,
    enum profile profile, const struct secret *check_key, struct store **out, struct err *err);
bool store_has(const struct store *s, unsigned table);
void store_close(struct store *s);     /* NULL is fine; no transaction may be open */

MUST_CHECK enum status txn_begin_read(struct store *s, struct txn *t);   /* cheap: reader slots and macs are pooled */
MUST_CHECK enum status txn_begin_write(struct store *s, struct txn *t);  /* waits for another writer */
MUST_CHECK enum status txn_commit(struct txn *t);
void txn_end(struct txn *t);           /* abort unless committed; idempotent; zeroed txn is fine */

/* *value is a view into the map, valid until the next write in t or until t ends.  OK, ERR_NOT_FOUND
 * (does not stick; an empty key is nowhere), ERR_DAMAGED. */
MUST_CHECK enum status txn_get(struct txn *t, unsigned table, struct bytes key, struct bytes *value);
/* The value is copied; it must not be a view of this store, which the write may move. */
void txn_put(struct txn *t, unsigned table, struct bytes key, struct bytes value);     /* insert or replace */
void txn_put_new(struct txn *t, unsigned table, struct bytes key, struct bytes value); /* ERR_CONFLICT if there */
void txn_append(struct txn *t, unsigned table, struct bytes key, struct bytes value);  /* key beyond the last: dense pages */
void txn_fail(struct txn *t, enum status st);                                          /* sticks */
const char *txn_reason(const struct txn *t);   /* the first failure in words, static */

/* Scan in key order from the first key >= from (empty: the first).  No deleting while iterating. */
struct cursor { void *h; struct txn *txn; unsigned table; bool started; struct bytes from; };
MUST_CHECK enum status cursor_open(struct txn *t, unsigned table, struct bytes from, struct cursor *out);
/* OK, ERR_NOT_FOUND at the end, ERR_DAMAGED.  Close it before t ends. */
MUST_CHECK enum status cursor_next(struct cursor *c, struct bytes *key, struct bytes *value);
/* For whoever looks for damage: a record whose check does not hold is an answer, *holds false, and *value what is stored in its place
 * (empty if it is too short to have a check). */
MUST_CHECK enum status cursor_survey(struct cursor *c, struct bytes *key, struct bytes *value, bool *holds);
/* Does asking for the key of the record that a cursor is at lead to that record?  value: as cursor_survey gave it.  Nothing sticks. */
bool txn_leads_to(struct txn *t, unsigned table, struct bytes key, struct bytes value);
/* As cursor_next, without verifying the check: for finding quickly what to look at in hundreds of thousands of records.  Nothing may be
 * concluded from the value but which keys to get. */
MUST_CHECK enum status cursor_skim(struct cursor *c, struct bytes *key, struct bytes *value);
/* The last record of the table. */
MUST_CHECK enum status cursor_last(struct cursor *c, struct bytes *key, struct bytes *value);
void cursor_close(struct cursor *c);

/* All that a STORE_SCRATCH store holds is on disk: once, after its last commit.  Syncs are not repeated after a failure. */
MUST_CHECK enum status store_flush(struct store *s);

/* The two pages that say where the tables begin, read from the file: LMDB takes the one with the later number, so a flipped bit in the
 * number could bring back what stood before the last commit.  They must be of two commits in turn, and each commit's own list of free pages
 * must bear its number.  ERR_DAMAGED with a sentence. */
MUST_CHECK enum status store_heads_check(const char *dir, struct err *err);

/* False: another environment stands where this one was opened (a rebuild or a restore put it there), and what is written here is lost. */
bool store_is_in_place(struct store *s);

struct store_size { uint64_t live_bytes, file_bytes, map_bytes; unsigned readers; };
MUST_CHECK enum status store_size(struct store *s, struct store_size *out);

/* Integer keys are big-endian. */
struct key64 { uint8_t b[8]; };
struct key64 key64(uint64_t v);
struct bytes key64_view(const struct key64 *k);
uint64_t     key64_value(struct bytes key);    /* asserts 8 bytes */

#endif
