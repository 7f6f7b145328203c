/* say_proposal.h -- a proposal in words: what would be done, to whom, by whom it was proposed and until when it can be approved. */
#ifndef OFFICE_SAY_PROPOSAL_H
#define OFFICE_SAY_PROPOSAL_H

#include "registry/proposal.h"
#include "tools/office/office.h"
#include "tools/shared/json.h"

/* On standard output, or as one object into j (not NULL).  ERR_NOT_FOUND, ERR_DAMAGED with the sentence in o->err. */
MUST_CHECK enum status proposal_say(struct office *o, struct txn *t, uint64_t sequence, int64_t now_unix_s, struct json *j);

#endif
