/* memory.h -- what a verifier has accepted before, so that nobody can show it an older state (docs/formats.md 6).
 *
 * For each (root, issuing authority) the newest trust list, for each (root, address) the newest status list, and the clock
 * floor: the newest iat among them.  Items stand in order of (what, root, name), none twice.
 *
 * Encoded, canonical CBOR: [1, floor, [[what, root, name, issue, iat, token]...]]; what: 1 trust list, 2 status list; root:
 * SHA-256 of the root's certificate (DER); name: iss or uri; issue: the trust list's number (a status list: 0); token: SHA-256
 * of the object's bytes. */
#ifndef VERIFY_MEMORY_H
#define VERIFY_MEMORY_H

#include "base/err.h"
#include "base/limits.h"
#include "crypto/digest.h"

enum memory_of { MEMORY_TRUST = 1, MEMORY_STATUS = 2 };

struct memory_item {
	enum memory_of what;
	struct digest root;
	uint8_t  name_len, name[STATUS_URI_LEN_MAX];
	uint64_t issue;
	int64_t  iat_unix_s;
	struct digest token;
};

struct memory {
	int64_t floor_unix_s;                  /* 0: nothing accepted yet */
	size_t n;
	struct memory_item items[MEMORY_ITEMS_MAX];
};

/* The item of this (what, root, name); NULL: none.  name longer than an item's: none. */
const struct memory_item *memory_find(const struct memory *m, enum memory_of what, const struct digest *root, struct bytes name);

/* An item without issue, iat and token.  A name longer than an item's: ERR_LIMIT. */
MUST_CHECK enum status memory_item_make(enum memory_of what, const struct digest *root, struct bytes name, struct memory_item *out,
    struct err *err);

/* May this follow what is remembered of the same (what, root, name)?  An older one, or another one of the same issue or
 * instant: ERR_CONFLICT with the sentence.  Else it is remembered and the floor raised.  ERR_LIMIT: full. */
MUST_CHECK enum status memory_enter(struct memory *m, const struct memory_item *item, struct err *err);

/* ERR_FORMAT, ERR_UNSUPPORTED (another version), ERR_LIMIT (too many items).  *out is no memory unless OK: decode beside the one
 * in force. */
MUST_CHECK enum status memory_decode(struct bytes in, struct memory *out);
MUST_CHECK enum status memory_encode(const struct memory *m, struct buf out, struct bytes *enc);

#endif
