/* operator.h -- who acts in the office, and with which key: record and entry.
 *
 * An operator is a name with a public key and what it may do.  The register knows nothing else of the person behind the name: that
 * two names are two persons is for whoever appoints them to see to.  One key never stands under two names.
 *
 * Record (table operator, key: the name): [1, public key bstr, roles, from s, until s, ended by event, entered by event]; the key is a
 * SubjectPublicKeyInfo or empty (an operator without roles, who only acts), from and until 0 where none was given.
 *
 * Payload of EVENT_OPERATOR_ENTERED, as an entry: map {0: 1, 1: 1, 2: name, 3: public key, 4: roles, 5: from s, 6: until s, 7: true
 * (ended), 8: document, 20: proposal under which it was done}; absent: what was not given.  An ended one has keys 1, 2, 7, 8, 20 only.
 * With 1: 2 it is a policy (policy.h). */
#ifndef REGISTRY_OPERATOR_H
#define REGISTRY_OPERATOR_H

#include "base/limits.h"
#include "crypto/cbor.h"
#include "crypto/key.h"
#include "registry/store.h"

enum operator_role { OPERATOR_PROPOSES = 1, OPERATOR_APPROVES = 2 };  /* bits */

struct operator_entry {                    /* views */
	struct bytes name, spki, document;
	unsigned roles;
	int64_t  from_unix_s, until_unix_s;    /* 0 = none */
	bool     ended;
	uint64_t approval;                     /* sequence of the proposal, 0 = none */
};
MUST_CHECK enum status operator_entry_encode(const struct operator_entry *e, struct buf out, struct bytes *payload);
MUST_CHECK enum status operator_entry_decode(struct bytes payload, struct operator_entry *out);

struct operator {                          /* views; name is the record's key */
	struct bytes name, spki;
	unsigned roles;
	int64_t  from_unix_s, until_unix_s;
	uint64_t ended_sequence, sequence;     /* ended 0: not */
};
MUST_CHECK enum status operator_encode(const struct operator *o, struct buf out, struct bytes *enc);
MUST_CHECK enum status operator_decode(struct bytes name, struct bytes enc, struct operator *out);
MUST_CHECK enum status operator_get(struct txn *t, struct bytes name, struct operator *out);
/* What the entry of event `sequence` makes of the record: put into t, where a failure sticks. */
void operator_apply(struct txn *t, const struct operator_entry *e, uint64_t sequence);

bool operator_is_active(const struct operator *o, int64_t unix_s);
/* The operator, active or not, with this key; ERR_NOT_FOUND. */
MUST_CHECK enum status operator_by_key(struct txn *t, struct bytes spki, struct operator *out);
/* How many may propose, and how many may approve, at unix_s; `without` (may be empty) is not counted. */
struct operator_count { unsigned proposers, approvers; };
MUST_CHECK enum status operator_count(struct txn *t, int64_t unix_s, struct bytes without, struct operator_count *out);
/* First 8 bytes of SHA-256 of the public key: stands in what the operator signs. */
MUST_CHECK enum status operator_kid(struct bytes spki, uint8_t kid[KID_LEN]);

#endif
