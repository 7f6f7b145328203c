/* succession.h -- one body takes over from another: a merger, or the parts of one that is split up.
 *
 * EVENT_BODY_SUCCEEDED payload: map {0: 1, 1: USCC of the old body, 2: of its successor, 3: ground, 4: organ, 5: document,
 * 6: reviewer (optional), 7: 1 = a part: the old body stays, 8: sequence of the last succession before this one that names the
 * old body (optional), 9: the same for the successor (optional)}.  It takes effect at the event's own time: unless it is a part, or
 * the old body is abolished already, the old body's standing gets CANCEL with this event's sequence.  The people who move are the
 * EVENT_HOLDER_ENTERED with occasion OCCASION_MOVED behind it in the same transaction.
 *
 * A body's record keeps the sequence of the last succession that names it; from there 8 and 9 lead to the earlier ones, however many. */
#ifndef REGISTRY_SUCCESSION_H
#define REGISTRY_SUCCESSION_H

#include "registry/registry.h"

struct succession {
	struct bytes old_uscc, new_uscc, ground, organ, document, reviewer;    /* ground, organ and document compulsory */
	bool is_part;
	uint64_t old_before, new_before;       /* 0 = none */
};
MUST_CHECK enum status succession_encode(const struct succession *s, struct buf out, struct bytes *payload);
MUST_CHECK enum status succession_decode(struct bytes payload, struct succession *out);

/* The succession recorded at that sequence; *before: the one before it that names uscc, 0 = none.  Views until t ends. */
MUST_CHECK enum status succession_get(struct txn *t, uint64_t sequence, struct bytes uscc, struct succession *out, int64_t *time_unix_s,
    uint64_t *before);

struct succeeding {
	struct succession particulars;         /* is_part, old_before and new_before are found out */
	const struct bytes *only; size_t only_n;   /* numbers of certificates; NULL: everybody */
	void (*moved)(void *ctx, uint64_t holder_id, bool has_credential); void *moved_ctx;      /* may be NULL */
	void (*wrong)(void *ctx, struct bytes number, const char *why); void *wrong_ctx;         /* of `only`; may be NULL */
};
struct succeeded {
	uint64_t moved, left;                  /* left: not void, and still in the old body */
	uint64_t there;                        /* of `only`: in the successor already */
	uint64_t leaving;                      /* of moved: void from a later date on, so they keep the card they have */
	uint64_t wrong;                        /* of `only`: not to be moved */
	uint64_t entrusted; char entrusted_first[USCC_LEN + 1];   /* bodies that act in the old one's name */
	bool abolished;                        /* by this action */
};
/* Everybody in the old body who is not void moves to the successor, and the old body is abolished; with `only`, those move, and the
 * old body stays until nobody is left in it.  ERR_NOT_FOUND, ERR_CONFLICT with the reason and nothing written: the same body,
 * a successor that is not good or will not stay, an entrusted successor of a body that is none, wrong numbers, nothing to do. */
MUST_CHECK enum status succeed_body(struct batch *b, const struct succeeding *x, struct succeeded *out, struct err *err);

#endif
