/* review.h -- the periodic review (审验) of a certificate: whether the qualification behind it still holds.
 *
 * EVENT_REVIEWED payload: map {0: 1, 1: holder id, 2: result 1 passed 2 failed, 3: reviewed on yyyymmdd, 4: next due on yyyymmdd,
 * 5: organ, 6: document, 7: reviewer, 8: remarks}; absent = not given; 4 only where passed.
 * Record, by holder id: [1, result, reviewed on, next due on (0: none), sequence of the event]: the last review, by its day.
 *
 * A certificate without a record is due a cycle (rules.h) after the day of its first issue.  A due day counts through that day: the
 * review is overdue from 00:00 of the day after it and the days of grace. */
#ifndef REGISTRY_REVIEW_H
#define REGISTRY_REVIEW_H

#include "registry/enter.h"
#include "registry/rules.h"

enum review_result { REVIEW_PASSED = 1, REVIEW_FAILED = 2 };
struct review {
	uint64_t holder_id;
	enum review_result result;
	struct date reviewed_on, due;          /* due: year 0 = none */
	struct bytes organ, document, reviewer, remarks;   /* of the event only */
	uint64_t sequence;                     /* of the record only */
};

MUST_CHECK enum status review_payload_encode(const struct review *r, struct buf out, struct bytes *payload);
MUST_CHECK enum status review_payload_decode(struct bytes payload, struct review *out);
MUST_CHECK enum status review_encode(const struct review *r, struct buf out, struct bytes *enc);
MUST_CHECK enum status review_decode(uint64_t holder_id, struct bytes enc, struct review *out);
/* The last review.  ERR_NOT_FOUND: none recorded. */
MUST_CHECK enum status review_get(struct txn *t, uint64_t holder_id, struct review *out);

/* The office action.  due year 0 and passed: by the cycle in force, if there is one.  The day lies not in the future and not before
 * the last review's; the same again: unchanged, nothing is written.  ERR_NOT_FOUND, ERR_CONFLICT with the reason.  r->holder_id is
 * found by the number. */
MUST_CHECK enum status review_certificate(struct batch *b, struct bytes number, const struct review *r, enum entered *what,
    struct err *err);

/* The day by which a certificate must be reviewed, by its record or else by the first issue; year 0: it need not be (no cycle, no
 * credential yet). */
MUST_CHECK enum status review_due(struct txn *t, const struct holder *h, const struct rules *rules, struct date *due);
/* The same for one without a record. */
MUST_CHECK enum status review_first_due(struct txn *t, const struct holder *h, const struct rules *rules, struct date *due);
/* From when on a review due then is overdue. */
int64_t review_overdue_from(struct date due, const struct rules *rules);

#endif
