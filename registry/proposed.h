/* proposed.h -- what is proposed: one map that says all that would be done.
 *
 * {0: 1, 1: subject kind, 2: [number or code ...], 3: action, 4: effective s (absent: when approved), 5: end, 6: ground, 7: organ,
 *     8: document, 9: ban until, 10: reviewer}                a decision (standing.h); approved, it is recorded at once
 * {0: 2, 1: kinds (absent: all), 2: at most, 3: until s, 4: true = also those whose entries changed, 5: [kid ...] of keys whose work
 *     is done again}                                          a permission for one run of issue
 * {0: 3, 1: command, 3: until s}                              a permission for one change of keys, as it is typed
 * {0: 4, 1: payload of EVENT_OPERATOR_ENTERED}                an operator or a policy; approved, it is recorded at once
 *
 * Nothing is left out that would be done: whoever approves signs over the hash of the event that holds this map. */
#ifndef REGISTRY_PROPOSED_H
#define REGISTRY_PROPOSED_H

#include "crypto/key.h"
#include "registry/standing.h"

enum proposed_kind { PROPOSED_DECISION = 1, PROPOSED_ISSUE = 2, PROPOSED_KEYS = 3, PROPOSED_ENTRY = 4 };

struct proposed {                          /* views */
	enum proposed_kind kind;
	enum subject  subject;                 /* decision */
	struct bytes  subjects; size_t subjects_n; /* ... encoded array of texts: proposed_subjects */
	struct decision decision;              /* effective 0: when approved */
	uint32_t kinds;                        /* issue: bit (1 << kind), 0 = all */
	uint64_t at_most;
	bool     changed;
	struct bytes reissue; size_t reissue_n;    /* encoded array of kids; empty: none */
	int64_t  until_unix_s;                 /* issue, keys */
	struct bytes command;                  /* keys */
	struct bytes entry;                    /* encoded map */
};

/* ERR_ARGUMENT: not what proposed_decode would take; ERR_LIMIT: more than PROPOSAL_ACTION_LEN_MAX. */
MUST_CHECK enum status proposed_encode(const struct proposed *p, struct buf out, struct bytes *map);
MUST_CHECK enum status proposed_decode(struct bytes map, struct proposed *out);

/* An encoded array of n texts (1 to PROPOSAL_SUBJECTS_MAX, each of 1 to NUMBER_LEN_MAX bytes, none twice), and its walk:
 * for (r = proposed_subjects(p); n--;) cbor_read_text(&r). */
MUST_CHECK enum status subjects_encode(const struct bytes *texts, size_t n, struct buf out, struct bytes *array);
struct cbor_reader proposed_subjects(const struct proposed *p);
/* The same of kids. */
MUST_CHECK enum status kids_encode(const uint8_t (*kids)[KID_LEN], size_t n, struct buf out, struct bytes *array);

#endif
