/* proposal.h -- what one operator proposed and what became of it: record, events, and the signatures behind them.
 *
 * Record (table proposal, key: sequence of its event): [1, state, kind, proposer, expires s, resolved by event (0: not), used]; used
 * counts the credentials issued under it.
 *
 * Payload of EVENT_PROPOSED: map {0: 1, 1: statement (statement.h)}.
 * Payload of EVENT_RESOLVED: map {0: 1, 1: sequence of the proposal, 2: what became of it (a state below, not pending), 3: statement
 * of who approved, rejected or took it back, 4: how many of its subjects were decided (approved decisions), 5: [subject ...] that a
 * rule refused then}; absent: 3 when it expired or was used up, 4 and 5 where there is nothing to say. */
#ifndef REGISTRY_PROPOSAL_H
#define REGISTRY_PROPOSAL_H

#include "registry/event.h"
#include "registry/proposed.h"
#include "registry/statement.h"
#include "registry/store.h"

enum proposal_state { PROPOSAL_PENDING = 1, PROPOSAL_APPROVED = 2, PROPOSAL_REJECTED = 3, PROPOSAL_RETRACTED = 4, PROPOSAL_EXPIRED = 5,
	PROPOSAL_USED = 6 };
const char *proposal_state_text(enum proposal_state s);

struct proposal {
	uint64_t sequence;                     /* the record's key */
	enum proposal_state state;
	enum proposed_kind kind;
	struct bytes proposer;                 /* view */
	int64_t  expires_unix_s;               /* as a proposal; a permission's own end is in what is proposed */
	uint64_t resolved_sequence, used;
};
MUST_CHECK enum status proposal_encode(const struct proposal *p, struct buf out, struct bytes *enc);
MUST_CHECK enum status proposal_decode(uint64_t sequence, struct bytes enc, struct proposal *out);
MUST_CHECK enum status proposal_get(struct txn *t, uint64_t sequence, struct proposal *out);
void proposal_put(struct txn *t, const struct proposal *p);    /* a failure sticks in t */

MUST_CHECK enum status proposed_payload_encode(struct bytes statement, struct buf out, struct bytes *payload);
MUST_CHECK enum status proposed_payload_decode(struct bytes payload, struct bytes *statement);
struct resolution { uint64_t proposal; enum proposal_state state; struct bytes statement; uint64_t done; struct bytes refused; };
MUST_CHECK enum status resolution_encode(const struct resolution *r, struct buf out, struct bytes *payload);
MUST_CHECK enum status resolution_decode(struct bytes payload, struct resolution *out);

/* The proposal of that event: its statement, what is proposed, the event's hash.  Views, valid until t writes or ends. */
struct proposal_event { struct bytes token; struct statement statement; struct proposed proposed; uint8_t kid[KID_LEN]; struct digest hash; };
MUST_CHECK enum status proposal_event_decode(struct bytes event, struct proposal_event *out);   /* ERR_NOT_FOUND: another kind of event */
MUST_CHECK enum status proposal_event_get(struct txn *t, uint64_t sequence, struct proposal_event *out);

/* What the events make of the table; a failure sticks in t.  For whoever writes them, and for a replay. */
void proposal_apply(struct txn *t, uint64_t sequence, const struct statement *s, const struct proposed *p);
void resolution_apply(struct txn *t, const struct resolution *r, uint64_t sequence);

/* Do these events of the journal hold?  For audit: `journal` sees all events, `tables` the tables as they were just before the event.  The signer
 * was an operator with that role and key, the signature holds, what it is bound to is there, nobody approved their own, nothing was
 * resolved twice or approved after its end.  ERR_CONFLICT with the sentence; ERR_DAMAGED: not readable. */
MUST_CHECK enum status proposal_verify(struct txn *journal, struct txn *tables, const struct event *e, struct bytes iss, struct err *err);
MUST_CHECK enum status resolution_verify(struct txn *journal, struct txn *tables, const struct event *e, struct bytes iss, struct err *err);

#endif
