/* policy.h -- what the office has bound itself to do with four eyes only.
 *
 * The policy in force is the register's, not a file's: a file can be edited by one person.  It is put in force by an event; a stricter one
 * by anybody who acts, a laxer one only by two (appoint.h).  Whoever writes a batch is held to it (batch_begin, batch_may_change_status).
 *
 * Payload of EVENT_OPERATOR_ENTERED, as a policy: map {0: 1, 1: 2, 9: status changes bool, 10: key changes bool, 11: more credentials issued
 * in a day than this (0: any number), 20: proposal under which it was done (absent: none)}.
 *
 * Record (meta "policy"; absent: nothing is asked): [1, status changes, key changes, bulk over, event sequence, day, issued]: how many
 * credentials were issued without an approval on the last such day, counted in days of UTC+8 since 1970; both stay 0 while bulk over is 0. */
#ifndef REGISTRY_POLICY_H
#define REGISTRY_POLICY_H

#include "crypto/cbor.h"
#include "registry/store.h"

struct policy {
	bool     status_changes, key_changes;
	uint64_t bulk_over;                    /* 0: no bound */
	uint64_t sequence;                     /* of the event that put it in force; 0: none did */
	uint64_t day, issued;                  /* on that day, without an approval */
};

bool policy_asks(const struct policy *p);                              /* anything at all */
bool policy_is_laxer(const struct policy *a, const struct policy *than); /* in any respect */
bool policy_is_same(const struct policy *a, const struct policy *b);     /* in every respect; sequence and counts apart */

MUST_CHECK enum status policy_entry_encode(const struct policy *p, uint64_t approval, struct buf out, struct bytes *payload);
MUST_CHECK enum status policy_entry_decode(struct bytes payload, struct policy *out, uint64_t *approval);
/* Which of the two an EVENT_OPERATOR_ENTERED is. */
MUST_CHECK enum status policy_is_entry(struct bytes payload, bool *is_policy);

MUST_CHECK enum status policy_encode(const struct policy *p, struct buf out, struct bytes *enc);
MUST_CHECK enum status policy_decode(struct bytes enc, struct policy *out);
/* None recorded: OK, all zero. */
MUST_CHECK enum status policy_get(struct txn *t, struct policy *out);
void policy_put(struct txn *t, const struct policy *p);                /* a failure sticks in t */
/* What the entry of event `sequence` makes of the record. */
void policy_apply(struct txn *t, const struct policy *entry, uint64_t sequence);

/* Count n credentials issued without approval at unix_s. */
void policy_count(struct policy *p, uint64_t n, int64_t unix_s);
/* How many more may be issued at unix_s without one; UINT64_MAX: any number. */
uint64_t policy_left(const struct policy *p, int64_t unix_s);

#endif
