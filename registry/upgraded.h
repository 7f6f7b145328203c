/* upgraded.h -- the register becomes one of a later version: payload of EVENT_UPGRADED.
 *
 * Map {0: 1, 1: version from here on, 2: [next number to try, of each kind from 0]}.  The numbers, because the journal of version 1 did not say
 * which of them were passed over (issued.h, key 6). */
#ifndef REGISTRY_UPGRADED_H
#define REGISTRY_UPGRADED_H

#include "registry/registry.h"

struct upgraded { uint8_t version; uint64_t next_number[4]; };
MUST_CHECK enum status upgraded_encode(const struct upgraded *u, struct buf out, struct bytes *payload);
MUST_CHECK enum status upgraded_decode(struct bytes payload, struct upgraded *out);

#endif
