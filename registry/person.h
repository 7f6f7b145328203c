/* person.h -- the person under every certificate; rules about people compare persons, never numbers.
 *
 * Record: [1, holder id of the live enforcement certificate (0 none), of the supervision certificate, of
 * the moderator certificate, ban until s (0 none), standing].  A person's standing: suspend = not in post for now,
 * cancel = left (retired, deceased, transferred away).
 * Version 2 is written only of a person whose sealed data were erased: [2, the same five, sequence of the event (erase.h)]. */
#ifndef REGISTRY_PERSON_H
#define REGISTRY_PERSON_H

#include "crypto/credential.h"
#include "registry/standing.h"
#include "registry/store.h"
#include "registry/tables.h"

struct person {
	uint8_t  id[PERSON_ID_LEN];
	uint64_t holder_id[4];                    /* by enum credential_kind 1..3; [0] unused */
	int64_t  ban_until_unix_s;
	struct standing standing;
	uint64_t erased_sequence;                 /* 0: not erased */
};

MUST_CHECK enum status person_encode(const struct person *p, struct buf out, struct bytes *enc);
MUST_CHECK enum status person_decode(struct bytes id, struct bytes enc, struct person *out);
MUST_CHECK enum status person_get(struct txn *t, struct bytes id, struct person *out);

#endif
