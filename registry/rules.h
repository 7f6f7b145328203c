/* rules.h -- the office's rules on which the answer "is it good today?" depends.
 *
 * They are settings (yaopai.conf), but the endpoint and the status lists must judge by the same ones as the office, also those of
 * last year when last year's events are replayed: so they are recorded by an event, EVENT_RULES_SET, whenever the office's command
 * that writes finds them changed, and kept in meta "rules".  A register without the event has the defaults.
 *
 * Payload and meta record: map {0: 1, 1: months from review to review (0: there is none), 2: an overdue review 1 is reported 2
 * suspends, 3: days of grace after the due date, 4: a suspension past its end 1 stays 2 ends by itself}; all present. */
#ifndef REGISTRY_RULES_H
#define REGISTRY_RULES_H

#include "base/time.h"
#include "registry/registry.h"

enum review_overdue { OVERDUE_REPORT = 1, OVERDUE_SUSPEND = 2 };
enum suspension_ended { ENDED_STAYS = 1, ENDED_REINSTATES = 2 };
struct rules { int review_cycle_months, review_overdue, review_grace_days, suspension_ended; };

enum { REVIEW_CYCLE_MONTHS_MAX = 120, REVIEW_GRACE_DAYS_MAX = 366 };

extern const struct rules rules_default;       /* 12 months, reported, no grace, stays */

MUST_CHECK enum status rules_encode(const struct rules *r, struct buf out, struct bytes *payload);
MUST_CHECK enum status rules_decode(struct bytes payload, struct rules *out);
/* Those in force. */
MUST_CHECK enum status rules_get(struct txn *t, struct rules *out);
/* An office action: from now on these. */
MUST_CHECK enum status rules_set(struct batch *b, const struct rules *r, struct err *err);

/* As standing_at, where a suspension past its end has ended if the rules say so. */
struct standing_at standing_by_rules(const struct standing *s, int64_t unix_s, const struct rules *r);

#endif
