/* key_change.h -- office action: a key or a trust list of the office is about to be changed.
 *
 * Keys are files, so the register cannot change them itself; it records what was asked, before it is done, so that no change goes
 * unrecorded: an event may stand for a change that failed and was asked again, never the other way round.
 *
 * Payload of EVENT_KEYS_CHANGED: map {0: 1, 1: command, 2: kid of the root as it was before (8 bytes; absent: there was none), 20: the
 * proposal under which it is done (absent: none)}. */
#ifndef REGISTRY_KEY_CHANGE_H
#define REGISTRY_KEY_CHANGE_H

#include "crypto/key.h"
#include "registry/registry.h"

struct key_change { struct bytes command, root; uint64_t approval; };   /* views */
MUST_CHECK enum status key_change_encode(const struct key_change *c, struct buf out, struct bytes *payload);
MUST_CHECK enum status key_change_decode(struct bytes payload, struct key_change *out);

/* ERR_CONFLICT with what to do: a second operator is needed, or the permission is for another command. */
MUST_CHECK enum status key_change_enter(struct batch *b, const struct key_change *c, struct err *err);

#endif
