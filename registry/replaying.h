/* replaying.h -- inside replay: what stands while an event is applied, and one function for each kind of event.
 *
 * Only replay*.c include it.  An apply function decodes the payload, checks what the event refers to, tells rules that it broke
 * (replay_fault), and puts the records.  Views into the fresh tables do not outlive a put: what is needed longer is kept. */
#ifndef REGISTRY_REPLAYING_H
#define REGISTRY_REPLAYING_H

#include "crypto/credential.h"
#include "registry/replay.h"

struct replay {
	struct replay_terms terms;
	struct secret permutation_key;
	struct permutation *permutations[BUNDLE_LISTS_MAX];
	struct settings settings;
	struct txn txn;
	size_t in_txn;                         /* events since the last commit */
	struct counters counters;
	uint64_t sequence;
	struct digest head;
	int64_t time_ms;
	uint64_t faults;
	/* A body's carried status is recorded before the body itself: the change waits for the next event, which must enter it. */
	bool body_waits;
	uint8_t waiting_uscc[USCC_LEN];
	struct standing waiting;
	/* What an approval carries out is recorded before the approval itself, which must follow at once. */
	struct { uint64_t proposal, done; } awaited;
	struct err *err;                       /* of the call that runs */
};

void replay_fault(struct replay *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The event cannot be applied: set the sentence, return ERR_DAMAGED. */
MUST_CHECK enum status replay_refuse(struct replay *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A record or payload that must be readable: ERR_NOT_FOUND and ERR_FORMAT are ERR_DAMAGED; what: "the holder's record". */
MUST_CHECK enum status replay_unreadable(struct replay *p, enum status st, const char *what);

MUST_CHECK enum status replay_opened(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_body_entered(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_body_succeeded(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_holder_entered(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_issued(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_standing_changed(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_reviewed(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_rules_set(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_upgraded(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_published(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_operator_entered(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_proposed(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_resolved(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_keys_changed(struct replay *p, const struct event *e);

/* ---- four eyes (replay_proposal.c) ---- */

/* Before each event: an approval that should have followed is missed, and who acts while a policy asks for four eyes is an operator. */
MUST_CHECK enum status replay_check_eyes(struct replay *p, const struct event *e);
/* A decision under that proposal (0: under none) on a subject; is_new: it came with the entry of what was not on record before. */
MUST_CHECK enum status replay_check_decision(struct replay *p, enum subject kind, struct bytes subject, const struct decision *d, bool is_new);
/* A credential under that proposal (0: under none): counted against the day's bound, or what the permission allows. */
MUST_CHECK enum status replay_check_issue(struct replay *p, uint64_t approval, enum credential_kind kind);
/* At the end of the journal. */
void replay_end_eyes(struct replay *p);
MUST_CHECK enum status replay_revealed(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_resealed(struct replay *p, const struct event *e);
MUST_CHECK enum status replay_erased(struct replay *p, const struct event *e);

/* ---- credentials (replay_issued.c; a body's own: replay_own.c) ---- */

enum { REPLAY_URI_ROOM = 64 };
/* Where the serial stands in the lists: (uri, idx). */
MUST_CHECK enum status replay_place(struct replay *p, uint64_t serial, char uri[REPLAY_URI_ROOM], uint32_t *idx);
MUST_CHECK enum status replay_token(struct replay *p, struct bytes token, struct credential *claims);
MUST_CHECK enum status replay_digest(struct replay *p, uint64_t serial, struct bytes token);
MUST_CHECK enum status replay_issued_to_body(struct replay *p, const struct issue_payload *paid);

/* ---- standings (replay_change.c) ---- */

/* Void now, or by a change recorded for later: no change of standing makes it good again. */
bool standing_has_end(const struct standing *s);
/* Void at that time. */
bool standing_has_ended(const struct standing *s, int64_t unix_s);
/* The last change that has taken effect by then. */
enum action standing_action(const struct standing *s, int64_t unix_s);
/* Put the change in its place.  What may not follow is a fault; no room is refused. */
MUST_CHECK enum status replay_change(struct replay *p, struct standing *s, const struct change *c, const char *whose);

/* ---- records: kept copies, and puts that stick in p->txn ---- */

struct kept_holder { struct holder h; uint8_t text[USCC_LEN + NUMBER_LEN_MAX]; };   /* h's views point into text */
MUST_CHECK enum status replay_holder(struct replay *p, uint64_t id, struct kept_holder *out);
void kept_holder_number(struct kept_holder *k, struct bytes number);
void replay_put_holder(struct replay *p, const struct holder *h);
void replay_put_person(struct replay *p, const struct person *person);
struct kept_body { struct body body; uint8_t mem[RECORD_LEN_MAX]; };                /* views into mem, and into the event */
MUST_CHECK enum status replay_body(struct replay *p, struct bytes uscc, struct kept_body *out);
void replay_put_body(struct replay *p, const struct body *body);
void replay_put_issued(struct replay *p, const struct issued *c);
/* number -> holder id; one that is another's already is a fault. */
MUST_CHECK enum status replay_put_number(struct replay *p, struct bytes number, uint64_t holder_id);

#endif
