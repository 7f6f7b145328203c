/* standing.h -- how one subject (certificate, person, body, credential) stands at a time.
 *
 * A standing is the list of status changes recorded for the subject, in order of (effective, recorded).
 * Effective times may lie in the future; nothing takes effect before.  At time t: take the
 * changes with effective <= t in that order; a terminal one (cancel, revoke, withdraw,
 * replace) is final, but for a person who left and is reinstated; suspend holds until reinstate, also past its end date (then it is overdue).
 *
 * Encoded inside records as an array of [action, effective s, end s, event sequence]. */
#ifndef REGISTRY_STANDING_H
#define REGISTRY_STANDING_H

#include "base/err.h"
#include "base/limits.h"
#include "crypto/cbor.h"

enum action { ACTION_NONE = 0, ACTION_SUSPEND = 1, ACTION_REINSTATE = 2, ACTION_CANCEL = 3, ACTION_REVOKE = 4,
	ACTION_WITHDRAW = 5, ACTION_REPLACE = 6 };          /* REPLACE: by reissue, of a credential only */

struct change { enum action action; int64_t effective_unix_s, end_unix_s; uint64_t sequence; }; /* end 0 = none */
struct standing { size_t n; struct change changes[STANDING_CHANGES_MAX]; };

enum state { STATE_GOOD = 1, STATE_SUSPENDED = 2, STATE_VOID = 3 };
struct standing_at { enum state state; struct change cause; bool overdue; };

struct standing_at standing_at(const struct standing *s, int64_t unix_s);
const char *action_text(enum action a);                    /* "suspended", "cancelled", ... */

/* May this change follow what is in effect when it takes effect?  ERR_CONFLICT with the reason: already void by then,
 * reinstate what is not suspended, suspend what is suspended, effective before the last change in effect at now_unix_s, end
 * not after effective, an end on what is no suspension.  It may overtake changes recorded for later: a cancellation next
 * month does not stop a revocation today.  c->sequence is greater than any in s.  Put in its place on OK; full: the
 * oldest change is dropped once the one after it is in effect (standing_at(t) then holds from that one on), else ERR_LIMIT. */
MUST_CHECK enum status standing_add(struct standing *s, const struct change *c, int64_t now_unix_s, struct err *err);

/* The same, where a reinstatement may also follow a cancellation: a person who left has come back.  Of certificates, credentials and
 * bodies void is final. */
MUST_CHECK enum status standing_add_return(struct standing *s, const struct change *c, int64_t now_unix_s, struct err *err);

void standing_write(struct cbor_writer *w, const struct standing *s);
void standing_read(struct cbor_reader *r, struct standing *s);

/* Payload of EVENT_STANDING_CHANGED: map {0: 1, 1: subject kind, 2: subject key bstr (holder id u64, person id,
 * USCC), 3: action, 4: effective s, 5: end s (optional), 6: ground, 7: organ, 8: document number, 9: ban on
 * re-applying until s (optional), 10: reviewer (optional), 11: number as the office typed it (optional)}. */
enum subject { SUBJECT_HOLDER = 1, SUBJECT_PERSON = 2, SUBJECT_BODY = 3 };
struct decision {                                          /* what an office decides, as given by the operator */
	enum action action;
	int64_t effective_unix_s, end_unix_s, ban_until_unix_s;    /* 0 = none */
	struct bytes ground, organ, document, reviewer;        /* ground compulsory */
};
MUST_CHECK enum status decision_encode(enum subject kind, struct bytes key, const struct decision *d, struct bytes number,
    struct buf out, struct bytes *payload);
MUST_CHECK enum status decision_decode(struct bytes payload, enum subject *kind, struct bytes *key, struct decision *d,
    struct bytes *number);

#endif
