/* publication.h -- a publication as the journal keeps it, and the last one as meta "published" keeps it.
 *
 * EVENT_PUBLISHED payload: map {0: 1, 1: iat s, 2: number of lists, 3: issue number of the present root's trust list}.
 * Meta "published": [1, iat s, sequence of its event].  iat is at least the last iat + 1. */
#ifndef REGISTRY_PUBLICATION_H
#define REGISTRY_PUBLICATION_H

#include "base/limits.h"
#include "registry/store.h"

struct publication { int64_t iat_unix_s; uint64_t lists, trust_issue; };
MUST_CHECK enum status publication_encode(const struct publication *p, struct buf out, struct bytes *payload);
MUST_CHECK enum status publication_decode(struct bytes payload, struct publication *out);

struct published { int64_t iat_unix_s; uint64_t sequence; };
/* The last one; a register that never published: ERR_NOT_FOUND. */
MUST_CHECK enum status published_get(struct txn *t, struct published *out);
void published_put(struct txn *t, const struct published *p);   /* a failure sticks in t */

#endif
