/* body.h -- an enforcement body, as entered and as stored.
 *
 * Record: [1, name, kind, division, entrusting USCC, entrusting name, entrusted from s, entrusted to s, entries
 * sequence, standing]; with more to say [2, ..., serial of its current credential (0 none), entries sequence that was made
 * from, sequence of the last succession it took part in (0 none; succession.h)].  EVENT_BODY_ENTERED payload: map {0: 1, 1: USCC, 2: name, 3: kind, 4: division,
 * 5: entrusting USCC, 6: entrusting name, 7: entrusted from, 8: entrusted to, 9: status word given, 10: matters entrusted,
 * 11: authority, 12: number of the written entrustment, 13: when it was published s}; absent = empty.  5 to 8, 10, 12 and 13 are for
 * entrusted bodies, 11 also for authorised ones: the law that authorises them. */
#ifndef REGISTRY_BODY_H
#define REGISTRY_BODY_H

#include "registry/standing.h"
#include "registry/store.h"

enum body_kind { BODY_STATUTORY = 1, BODY_AUTHORISED = 2, BODY_ENTRUSTED = 3 };

struct body {
	struct bytes uscc, name;
	enum body_kind kind;
	uint32_t division;                        /* without trailing 00 pairs: 37, 3701, 370102 */
	struct bytes entrusting_uscc, entrusting_name;        /* entrusted bodies; uscc may be empty */
	int64_t entrusted_from_unix_s, entrusted_to_unix_s;   /* to 0 = no end */
	enum action carried;                      /* status word in the import: NONE, SUSPEND, CANCEL (abolished) */
	struct bytes matters, authority, document;            /* 10 to 13 stand in the event alone: body_entries */
	int64_t published_unix_s;
	uint64_t entries_sequence;
	struct standing standing;
	uint64_t serial, serial_entries_sequence;             /* current credential (kind 4), and what it was made from; 0 = none */
	uint64_t succession;                                  /* the last EVENT_BODY_SUCCEEDED that names it; 0 = none */
};

MUST_CHECK enum status body_encode(const struct body *b, struct buf out, struct bytes *enc);
MUST_CHECK enum status body_decode(struct bytes uscc, struct bytes enc, struct body *out);
MUST_CHECK enum status body_entries_encode(const struct body *b, struct buf out, struct bytes *payload);
MUST_CHECK enum status body_entries_decode(struct bytes payload, struct body *out);
/* Views live until t's next write or end. */
MUST_CHECK enum status body_get(struct txn *t, struct bytes uscc, struct body *out);
/* The same with views into mem, which live through writes. */
MUST_CHECK enum status body_copy(struct txn *t, struct bytes uscc, uint8_t mem[RECORD_LEN_MAX], struct body *out);
/* The entries in force, from b's event: what stands there alone, too; no standing.  Views as above. */
MUST_CHECK enum status body_entries(struct txn *t, const struct body *b, struct body *out);

#endif
