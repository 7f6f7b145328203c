/* person.h -- the person under every certificate; rules about people compare persons, never numbers.
 *
 * Record: [1, holder id of the live enforcement certificate (0 none), of the supervision certificate, of
 * the moderator certificate, ban until s (0 none), standing].  A person's standing: suspend = not in post for now,
 * cancel = left (retired, deceased, transferred away), reinstate after cancel = returned.  With a ministry certificate recorded
 * (KIND_MINISTRY): [2, the three holder ids, its holder id, ban, standing].  Of a person whose sealed data were erased: [3, the four
 * holder ids, ban, standing, sequence of the event (erase.h)]. */
#ifndef REGISTRY_PERSON_H
#define REGISTRY_PERSON_H

#include "registry/holder.h"
#include "registry/standing.h"
#include "registry/store.h"
#include "registry/tables.h"

struct person {
	uint8_t  id[PERSON_ID_LEN];
	uint64_t holder_id[HOLDER_KINDS];         /* by enum credential_kind 1..3 and KIND_MINISTRY; the others unused */
	int64_t  ban_until_unix_s;
	struct standing standing;
	uint64_t erased_sequence;                 /* 0: not erased */
};

MUST_CHECK enum status person_encode(const struct person *p, struct buf out, struct bytes *enc);
MUST_CHECK enum status person_decode(struct bytes id, struct bytes enc, struct person *out);
MUST_CHECK enum status person_get(struct txn *t, struct bytes id, struct person *out);

#endif
