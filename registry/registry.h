/* registry.h -- the register as a whole: open, create, and a batch of office actions.
 *
 * One office action = one function = one event, written in the same transaction as the tables it changes.  A batch holds many
 * actions in one transaction (and one of the sealed store, committed first); it is all or nothing. */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "registry/body.h"
#include "registry/event.h"
#include "registry/holder.h"
#include "registry/issued.h"
#include "registry/person.h"
#include "registry/policy.h"
#include "registry/sealed.h"
#include "registry/store.h"
#include "registry/tables.h"

/* Fixed for the life of the register (but its version), in its opening event: {0: version, 1: profile, 2: demo bool, 3: iss, 4: status-list uri
 * prefix, 5: log2 of indices in a list}. */
struct settings {
	uint8_t version;                       /* of the register: made with, or upgraded to; 1 to REGISTRY_VERSION */
	enum profile profile;
	bool demo;                             /* example keys are allowed; everything says DEMONSTRATION */
	char iss[ISS_LEN_MAX + 1];             /* "37" */
	char uri_prefix[STATUS_URI_LEN_MAX + 1];   /* list n has uri <prefix><n>, all within STATUS_URI_LEN_MAX */
	uint8_t list_log2;                     /* 10..20, default 18 */
};

struct registry_keys {                     /* loaded by tools from files outside the data directory; wiped by them */
	struct secret check;                   /* keyed check of stored records, and (derived) the index permutation: for the
	                                          life of the register, since another one would move every index given */
	struct secret seal;                    /* sealed store; absent for the endpoint */
	bool has_seal;
};

struct registry;
/* dir: the data directory; makes dir/registry and dir/sealed (mode 0700).  ERR_CONFLICT if there. */
MUST_CHECK enum status registry_create(const char *dir, const struct settings *settings, const struct registry_keys *keys,
    struct bytes operator, int64_t now_ms, struct err *err);
/* mode STORE_WRITE or STORE_READ (no sealed store then unless has_seal).  A register of a newer version, a wrong check
 * key, no register: a sentence each. */
MUST_CHECK enum status registry_open(const char *dir, enum store_mode mode, const struct registry_keys *keys,
    struct registry **out, struct err *err);
/* An office action: a register of an older version, open for writing, becomes one of REGISTRY_VERSION, in one transaction with
 * EVENT_UPGRADED; *from is the version it had.  One of this version: nothing is done.  Nothing else writes to an older one (ERR_UNSUPPORTED). */
MUST_CHECK enum status registry_upgrade(struct registry *r, struct bytes operator, int64_t now_ms, uint8_t *from, struct err *err);
void registry_close(struct registry *r);
/* From now on `tell` is called after every commit of a batch that entered events, when they are durable: with the sequence of the last one and
 * its hash.  For whoever acknowledges to others what was entered. */
typedef void (*registry_teller)(void *ctx, uint64_t sequence, const struct digest *head);
void registry_on_commit(struct registry *r, registry_teller tell, void *ctx);
void registry_tell(struct registry *r, uint64_t sequence, const struct digest *head);   /* batch_commit does it */
const struct settings *registry_settings(const struct registry *r);
struct store  *registry_store(struct registry *r);
struct sealed *registry_sealed(struct registry *r);     /* NULL if opened without */
/* uri of a list; NUL-terminated. */
MUST_CHECK enum status registry_list_uri(const struct registry *r, uint32_t list, char out[STATUS_URI_LEN_MAX + 1]);
/* The permutation of a list, made on first use (thread-safe), owned by r. */
MUST_CHECK enum status registry_permutation(struct registry *r, uint32_t list, const struct permutation **out);
/* (list, idx) of a serial and back; ERR_NOT_FOUND for a uri that is not ours. */
MUST_CHECK enum status registry_place(struct registry *r, uint64_t serial, uint32_t *list, uint32_t *idx);
MUST_CHECK enum status registry_serial_at(struct registry *r, struct bytes uri, uint32_t idx, uint64_t *serial);

struct counters { uint64_t next_holder_id, next_serial, next_number[4]; };   /* numbers by kind */

struct batch {
	struct registry *registry;
	struct txn txn, sealed;                /* sealed.h is NULL when not wanted */
	struct counters counters;
	uint64_t sequence;                     /* of the last event */
	struct digest head;                    /* its SHA-256 */
	struct bytes operator;
	int64_t now_ms;
	struct policy policy;                  /* in force when the batch began */
	uint64_t approval;                     /* sequence of the approved proposal being carried out; 0: none (propose.h) */
	uint64_t actions;                      /* events entered so far */
	size_t salts_left;                     /* random bytes in stock for the events to come */
	uint8_t salts[1024];
};
/* While a policy of four eyes is in force, operator must be one of the register's (operator.h): ERR_CONFLICT. */
MUST_CHECK enum status batch_begin(struct registry *r, bool with_sealed, struct bytes operator, int64_t now_ms,
    struct batch *out, struct err *err);
/* Append an event; *sequence (may be NULL) is its number. Failure sticks in b->txn. */
void batch_event(struct batch *b, enum event_kind kind, struct bytes payload, uint64_t *sequence);
MUST_CHECK enum status batch_commit(struct batch *b, struct err *err);
void batch_end(struct batch *b);           /* abort unless committed; idempotent */

/* The journal's head as a reader sees it. */
MUST_CHECK enum status journal_head(struct txn *t, uint64_t *sequence, struct digest *head);
MUST_CHECK enum status journal_get(struct txn *t, uint64_t sequence, struct bytes *event);
MUST_CHECK enum status counters_get(struct txn *t, struct counters *out);
void counters_put(struct txn *t, const struct counters *c);   /* a failure sticks in t */

#endif
