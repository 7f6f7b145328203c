/* holder.h -- one certificate held by one person at one body: enforcement, supervision or hearing moderator.
 *
 * `struct entries` is what the office wrote down (one spreadsheet row, validated); the record keeps only what
 * judging its standing needs and the sequence of the event that holds the entries.
 *
 * Record: [1, kind, person id, USCC, number ("" until assigned), entries sequence, serial of the current credential
 * (0 none), entries sequence that credential was made from, standing].
 * EVENT_HOLDER_ENTERED payload: map {0: 1, 1: holder id, 2: person id, 3: kind, 4: name, 5: sex, 6: USCC, 7: post,
 * 8: staff type, 9: [fields], 10: jurisdiction, 11: number given, 12: issued on yyyymmdd, 13: valid until yyyymmdd
 * (absent: by the setting), 14: status carried, 15: remarks, 16: trained on, 17: examined on (moderators), 18: device's
 * public key (P-256, SEC1 compressed, 33 bytes), 19: 1 = must be shown live (needs 18), 20: portrait digest (the first 16 bytes
 * of SHA-256), 21: occasion, 22: ground, 23: organ, 24: document, 25: reviewer (22 to 25 need 21), 26: first issued on, 27: renewed
 * on, 28: renewed until (both or neither), 29: issuing ministry (of kind 5, and needed there; such a certificate has a number)}; absent = not given.
 *
 * A spreadsheet row tells 4 to 17 and 29.  18 to 20 and 26 to 28 come from other actions (attach.h, amend.h) and are kept whenever the
 * entries are entered again.  21 to 25 say why they were entered this time: they are no entries, and whoever compares entries
 * leaves them out. */
#ifndef REGISTRY_HOLDER_H
#define REGISTRY_HOLDER_H

#include "base/time.h"
#include "crypto/credential.h"
#include "registry/standing.h"
#include "registry/store.h"
#include "registry/tables.h"

enum staff { STAFF_UNKNOWN = 0, STAFF_ADMINISTRATIVE = 1, STAFF_CIVIL_MANAGED = 2, STAFF_INSTITUTION = 3 };

/* Why entries were entered again; absent for an import. */
enum occasion { OCCASION_NONE = 0, OCCASION_AMENDED = 1, OCCASION_DAMAGED = 2, OCCASION_LOST = 3, OCCASION_RENEWED = 4,
	OCCASION_MOVED = 5 /* with its body */ };
struct particulars { struct bytes ground, organ, document, reviewer; };

/* A certificate that a ministry has issued (部委证): recorded, never issued here, so no kind of credential. */
#define KIND_MINISTRY ((enum credential_kind)5)
enum { HOLDER_KINDS = 6 };                     /* kinds index arrays of so many */
bool kind_is_held(uint64_t kind);              /* by a person: 1 to 3, and 5 */

struct entries {
	enum credential_kind kind;
	struct bytes name, uscc, post, number, remarks;       /* number empty: assigned at issue */
	uint8_t sex;                                          /* 0 not given, 1 male, 2 female (GB/T 2261.1) */
	enum staff staff;
	uint8_t fields_n, fields[FIELDS_MAX];
	uint32_t jurisdiction;
	struct date issued_on, valid_until, trained_on, examined_on;   /* year 0 = not given */
	enum action carried;                                  /* NONE, SUSPEND, CANCEL, REVOKE, WITHDRAW */
	struct bytes device, portrait;                        /* empty, or DEVICE_POINT_LEN and PORTRAIT_DIGEST_LEN bytes */
	uint8_t policy;                                       /* POLICY_*; POLICY_LIVE needs a device */
	struct date first_issued;                             /* of its first credential, when that is not the present one's day */
	struct date renewed_on, renewed_until;                /* counts where it is later than valid_until */
	enum occasion occasion;
	struct particulars why;                               /* of the occasion */
	struct bytes ministry;                                /* of KIND_MINISTRY: who issued it */
};

struct holder {
	uint64_t id;
	enum credential_kind kind;
	uint8_t  person_id[PERSON_ID_LEN];
	struct bytes uscc, number;
	uint64_t entries_sequence;
	uint64_t serial, serial_entries_sequence;             /* current credential, and what it was made from */
	struct standing standing;
};

MUST_CHECK enum status holder_encode(const struct holder *h, struct buf out, struct bytes *enc);
MUST_CHECK enum status holder_decode(uint64_t id, struct bytes enc, struct holder *out);
MUST_CHECK enum status holder_get(struct txn *t, uint64_t id, struct holder *out);
MUST_CHECK enum status holder_by_number(struct txn *t, struct bytes number, struct holder *out);
MUST_CHECK enum status entries_encode(const struct entries *e, uint64_t holder_id, struct bytes person_id,
    struct buf out, struct bytes *payload);
MUST_CHECK enum status entries_decode(struct bytes payload, uint64_t *holder_id, struct bytes *person_id, struct entries *out);
/* Leave out what is no entry: 21 to 25. */
void entries_drop_occasion(struct entries *e);
/* Take over from the entries before what a spreadsheet row does not tell: 18 to 20, 26 to 28. */
void entries_keep(struct entries *e, const struct entries *before);
/* The last day of the term as they say, renewals counted; year 0: they do not say. */
struct date entries_term_end(const struct entries *e);
/* The entries in force: reads the holder's event.  Views until t ends. */
MUST_CHECK enum status holder_entries(struct txn *t, const struct holder *h, struct entries *out);

#endif
