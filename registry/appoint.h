/* appoint.h -- office actions that enter and end operators, and that put a policy of four eyes in force.
 *
 * While no policy asks for anything, operators are entered by whoever acts: the first ones are entered at set-up.  Once one does, each entry,
 * and each laxer policy, is carried out by an approval only (propose.h), and nothing is done that would leave fewer than two who may
 * approve or nobody who may propose: then nobody could undo it. */
#ifndef REGISTRY_APPOINT_H
#define REGISTRY_APPOINT_H

#include "registry/operator.h"
#include "registry/registry.h"

/* New, or another key or other powers for a name, or its end.  e->approval is b's.  ERR_CONFLICT with the reason: the key is another
 * operator's, nothing would change, a second operator is needed, too few would remain.  ERR_FORMAT: no public key of ours. */
MUST_CHECK enum status operator_enter(struct batch *b, const struct operator_entry *e, struct err *err);
/* ERR_CONFLICT with the reason: laxer without approval, unchanged, too few operators. */
MUST_CHECK enum status policy_enter(struct batch *b, const struct policy *p, struct err *err);

#endif
