/* freshness.h -- is this register at least as new as what was published from it?
 *
 * Every status list of ours binds the journal: a sequence and the hash of the event at it (docs/formats.md 9).  A register set
 * back to an older state, or with a rewritten journal, does not fit the newest published lists and is refused. */
#ifndef ENDPOINT_FRESHNESS_H
#define ENDPOINT_FRESHNESS_H

#include "registry/registry.h"
#include "tools/endpoint/trust.h"

MUST_CHECK enum status freshness_check(struct registry *r, struct trust *trust, struct err *err);

#endif
