/* body.h -- an enforcement body, as entered and as stored.
 *
 * Record: [1, name, kind, division, entrusting USCC, entrusting name, entrusted from s, entrusted to s, entries
 * sequence, standing].  EVENT_BODY_ENTERED payload: map {0: 1, 1: USCC, 2: name, 3: kind, 4: division,
 * 5: entrusting USCC, 6: entrusting name, 7: entrusted from, 8: entrusted to, 9: status word given}; absent = empty. */
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
	uint64_t entries_sequence;
	struct standing standing;
};

MUST_CHECK enum status body_encode(const struct body *b, struct buf out, struct bytes *enc);
MUST_CHECK enum status body_decode(struct bytes uscc, struct bytes enc, struct body *out);
MUST_CHECK enum status body_entries_encode(const struct body *b, struct buf out, struct bytes *payload);
MUST_CHECK enum status body_entries_decode(struct bytes payload, struct body *out);
/* Views live until t's next write or end. */
MUST_CHECK enum status body_get(struct txn *t, struct bytes uscc, struct body *out);

#endif
