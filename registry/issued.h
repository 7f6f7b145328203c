/* issued.h -- an issued credential: its record, its token, the way to find it.
 *
 * Record: [1, holder id, issue event sequence, exp s, standing (only REPLACE)]; of a body's own credential (kind 4)
 * [2, USCC, issue event sequence, exp s, standing].
 * EVENT_CREDENTIAL_ISSUED payload: map {0: 1, 1: serial, 2: holder id, 3: number, 4: token bstr, 5: entries sequence,
 * 6: where the number was given at issue: the next one of its template to try for this kind}; of a body's own credential {0: 1, 1: serial,
 * 4: token bstr, 5: entries sequence, 7: USCC}: its number is its USCC (docs/formats.md 3).
 *
 * A serial n (from 1) has list (n-1) / 2^log2 and, in it, the index permute(list, (n-1) mod 2^log2): a keyed permutation, so
 * that neighbours in the register are not neighbours in the list and an index is given once, for ever. */
#ifndef REGISTRY_ISSUED_H
#define REGISTRY_ISSUED_H

#include "registry/standing.h"
#include "registry/store.h"
#include "registry/tables.h"

struct issued {
	uint64_t serial, holder_id, sequence;  /* holder id 0: a body's own */
	uint8_t  uscc[USCC_LEN];               /* of a body's own; else zeros */
	int64_t  exp_unix_s;
	struct standing standing;
};

MUST_CHECK enum status issued_encode(const struct issued *c, struct buf out, struct bytes *enc);
MUST_CHECK enum status issued_decode(uint64_t serial, struct bytes enc, struct issued *out);
MUST_CHECK enum status issued_get(struct txn *t, uint64_t serial, struct issued *out);
/* The token as signed, from its event. */
MUST_CHECK enum status issued_token(struct txn *t, const struct issued *c, struct bytes *token);
/* By the token's bytes: digest, then the stored token compared in full.  ERR_NOT_FOUND. */
MUST_CHECK enum status issued_by_token(struct txn *t, struct bytes token, struct issued *out);

struct issue_payload {
	uint64_t serial, holder_id, entries_sequence;
	struct bytes uscc;                     /* of a body's own: then holder id, number and next number are empty */
	struct bytes number, token;
	uint64_t next_number;                  /* 0: the certificate had its number already */
};
MUST_CHECK enum status issue_payload_encode(const struct issue_payload *p, struct buf out, struct bytes *payload);
MUST_CHECK enum status issue_payload_decode(struct bytes payload, struct issue_payload *out);

/* The permutation: a Feistel network of 8 rounds over log2 bits, its round tables made once from the key (immutable after). */
struct permutation;
MUST_CHECK enum status permutation_open(const struct secret *key, uint32_t list, unsigned log2, struct permutation **out);
uint32_t permutation_index(const struct permutation *p, uint32_t ordinal);
uint32_t permutation_ordinal(const struct permutation *p, uint32_t index);
void permutation_close(struct permutation *p);

#endif
