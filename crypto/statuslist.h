/* statuslist.h -- IETF Token Status List, CWT form (draft-ietf-oauth-status-list; docs/formats.md 5).
 *
 * Payload: 2 sub tstr | 4 exp uint | 6 iat uint | 65533 {"bits": uint, "lst": bstr (zlib)} |
 * 65534 ttl uint | -65539 (ours) {0: 1, 1: sequence, 2: event SHA-256, 3: least trust issue}. */
#ifndef CRYPTO_STATUSLIST_H
#define CRYPTO_STATUSLIST_H

#include "base/limits.h"
#include "crypto/cose.h"
#include "crypto/digest.h"

enum { STATUS_VALID = 0, STATUS_INVALID = 1, STATUS_SUSPENDED = 2 };

struct status_list {
	struct bytes uri;                      /* sub */
	int64_t  iat_unix_s, exp_unix_s;       /* exp 0 = absent (a foreign list) */
	int64_t  ttl_s;                        /* 0 = absent */
	uint8_t  bits;                         /* 1, 2, 4, 8 */
	struct bytes zipped;                   /* zlib stream */
	bool     has_binding;                  /* claim -65539 */
	uint64_t journal_sequence;
	struct digest journal_head;            /* SHA-256 of the event at that sequence */
	uint64_t trust_issue_least;            /* an older trust list does not go with this list */
};

/* Views into payload.  Order free, duplicates refused (others make these too); other claims are ignored, but
 * -65537 and below are ours, and one we do not know, or -65539 with an unknown key or version: ERR_UNSUPPORTED. */
MUST_CHECK enum status status_list_decode(struct bytes payload, struct status_list *out);
/* Canonical.  ERR_LIMIT: too little room.  ERR_ARGUMENT: status_list_decode would refuse it. */
MUST_CHECK enum status status_list_encode(const struct status_list *l, struct buf out, struct bytes *payload);

/* zlib inside caller's memory: no heap.  scratch >= STATUS_LIST_SCRATCH bytes.  Inflates into out
 * (cap up to 2^20 * bits / 8; more, or scratch too small: ERR_LIMIT).  Trailing bytes, preset dictionary, bad check: ERR_FORMAT.
 * zlib itself could not work: ERR_SYSTEM. */
#define STATUS_LIST_SCRATCH (64u << 10)
MUST_CHECK enum status status_list_inflate(struct bytes zipped, struct buf scratch, struct buf *out);
/* zlib level 9, as `openssl zlib`/stock zlib writes it.  Heap inside zlib; writer's side only. */
MUST_CHECK enum status status_list_deflate(struct bytes raw, struct buf *out);

/* Value at idx, LSB first within a byte.  idx out of range: ERR_NOT_FOUND. */
MUST_CHECK enum status status_get(struct bytes raw, uint8_t bits, uint32_t idx, uint8_t *value);
void status_set(struct buf raw, uint8_t bits, uint32_t idx, uint8_t value); /* asserts range */

#endif
