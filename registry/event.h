/* event.h -- one office action as the journal keeps it.
 *
 * Canonical CBOR array [1 version, sequence, time ms, kind, operator tstr, 16 random bytes,
 * SHA-256 of the previous event's bytes (zeros for the first), payload map].  Nothing sealed is in it.
 * event.c alone knows the layout; each payload's codec stands with its record.
 * A program that does not know a kind refuses the register. */
#ifndef REGISTRY_EVENT_H
#define REGISTRY_EVENT_H

#include "base/limits.h"
#include "base/status.h"
#include "crypto/digest.h"

enum event_kind {
	EVENT_OPENED = 1,            /* the register itself: settings (registry.h) */
	EVENT_BODY_ENTERED = 2,      /* body.h */
	EVENT_HOLDER_ENTERED = 3,    /* holder.h: person and certificate, new or changed */
	EVENT_CREDENTIAL_ISSUED = 4, /* issued.h: holds the token, the only copy */
	EVENT_STANDING_CHANGED = 5,  /* standing.h: suspend ... withdraw, of a certificate, person or body */
	EVENT_PUBLISHED = 6,         /* publication.h */
	EVENT_BODY_SUCCEEDED = 7,    /* succession.h: one body took over from another */
	EVENT_REVIEWED = 8,          /* a certificate's periodic review */
	EVENT_OPERATOR_ENTERED = 9,  /* an operator's public key, or its end */
	EVENT_PROPOSED = 10,         /* four eyes: what one operator proposes */
	EVENT_RESOLVED = 11,         /* ... and another approves or rejects, or the first takes back */
	EVENT_KEYS_CHANGED = 12,     /* the trust list or a key of the office changed */
	EVENT_REVEALED = 13,         /* somebody read sealed data, and why */
	EVENT_ERASED = 14,           /* a person's sealed data were erased */
	EVENT_RESEALED = 15,         /* the sealed store is under a new key */
	EVENT_RULES_SET = 16,        /* rules.h: settings on which effective status depends */
	EVENT_UPGRADED = 17,         /* upgraded.h: the register is of another version from here on */
	EVENT_KIND_LAST = EVENT_UPGRADED
};

struct event {
	uint64_t sequence;
	int64_t  time_ms;
	enum event_kind kind;
	struct bytes operator;       /* text, who did it */
	struct bytes salt;           /* 16 random bytes */
	struct bytes previous;       /* 32 bytes */
	struct bytes payload;        /* encoded map */
};

MUST_CHECK enum status event_encode(const struct event *e, struct buf out, struct bytes *enc);
MUST_CHECK enum status event_decode(struct bytes enc, struct event *out);   /* views into enc */
/* The head of an event alone: payload is the rest of the bytes, whatever they are.  For skimming (store.h). */
MUST_CHECK enum status event_skim(struct bytes enc, struct event *out);

#endif
