/* announcement.h -- what the office publishes of a period: certificates issued, and certificates that became void.
 *
 * A certificate is announced as issued when its first credential was signed; a later credential of it is a replacement.  It is
 * announced as void at the moment from which it is: when the decision takes effect, or when it was recorded if that was later.
 * What an import carried over from before the register is not announced: nobody decided it here.  Persons who left and bodies that
 * were abolished make no certificate void, so they are not in it.  Nor are bodies' own certificates: it is about people's.
 *
 * Facts are public ones only (domain's public answers); the action and its particulars are given too, and it is for the caller not to
 * publish them unless they may be. */
#ifndef REGISTRY_ANNOUNCEMENT_H
#define REGISTRY_ANNOUNCEMENT_H

#include "registry/roll.h"

struct announce_period {
	int64_t since_unix_s, until_unix_s;    /* since is in it, until is not */
	/* Not 0: instead of since, what was recorded behind this event, and what took effect after its time.  What took effect between that
	 * event and an announcement of then may come twice; nothing is left out. */
	uint64_t since_sequence;
};

enum announced_what { ANNOUNCED_ISSUED = 1, ANNOUNCED_REPLACED = 2, ANNOUNCED_VOID = 3 };
struct announced {                             /* views live as long as the call */
	enum announced_what what;
	int64_t at_unix_s;                     /* when it was signed, or became void */
	uint64_t sequence;                     /* of the event */
	enum credential_kind kind;
	struct bytes number, name, body_name, uscc, entrusting_name, post;
	uint8_t fields_n, fields[FIELDS_MAX];
	uint32_t jurisdiction;
	int64_t from_unix_s, to_unix_s;        /* its term */
	struct decision decision;              /* ANNOUNCED_VOID */
};
typedef void announced_fn(void *ctx, const struct announced *a);

/* In order of their signing, the facts as they were signed. */
MUST_CHECK enum status announce_issued(struct txn *t, const struct announce_period *p, announced_fn *fn, void *ctx);
/* In order of the certificates' entry, the facts as they are entered. */
MUST_CHECK enum status announce_void(struct txn *t, const struct announce_period *p, announced_fn *fn, void *ctx);

#endif
