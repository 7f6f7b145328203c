/* roll.h -- the certificates of the register one after another, in order of their entry, each with all that is asked of it together.
 *
 * One pass in one transaction: what is filtered out by the record alone costs no look at the journal.  Memory is bounded by the number
 * of bodies.  All filters combine; a zeroed filter lets everything through. */
#ifndef REGISTRY_ROLL_H
#define REGISTRY_ROLL_H

#include "registry/body_cache.h"
#include "registry/condition.h"

struct roll_filter {
	uint32_t kinds;                        /* bit (1 << enum credential_kind); 0: all */
	uint32_t conditions;                   /* bit (1 << enum condition); 0: all */
	uint32_t division;                     /* jurisdiction is this one or lies within it; 0: all */
	uint8_t field;                         /* 0: all */
	struct bytes uscc;                     /* empty: all */
	int64_t expires_by_unix_s;             /* 0: all; else valid or suspended now, and ending by then */
	bool review_overdue;                   /* those in force whose periodic review is (review.h) */
	bool with_reviews;                     /* no filter: fill reviewed_on and review_due, which costs a look-up or two each */
};

struct roll_row {                          /* views until the transaction ends */
	struct holder holder;
	struct entries entries;
	struct condition_at condition;
	struct date reviewed_on, review_due;   /* with_reviews or review_overdue; year 0: none */
	const struct body_brief *body;         /* until the roll is closed */
};

struct roll;
MUST_CHECK enum status roll_open(struct txn *t, const struct roll_filter *filter, int64_t now_unix_s, struct roll **out);
/* ERR_NOT_FOUND at the end; ERR_DAMAGED: *id (may be NULL) names the record. */
MUST_CHECK enum status roll_next(struct roll *r, struct roll_row *out, uint64_t *id);
void roll_close(struct roll *r);

#endif
