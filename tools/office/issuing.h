/* issuing.h -- `yaopai propose issue`: the options of `yaopai issue`, as what is proposed. */
#ifndef OFFICE_ISSUING_H
#define OFFICE_ISSUING_H

#include "registry/proposed.h"
#include "tools/office/operator_signer.h"

struct issue_proposal {
	struct proposed proposed;              /* views of mem */
	struct signer *signer;                 /* the proposer's; closed by the caller, also after a failure */
	uint8_t mem[PROPOSAL_ACTION_LEN_MAX];
};
/* Reads argv (argv[0] is "issue"), opens the register and counts what would be issued now.  ERR_ARGUMENT without a sentence: the usage. */
MUST_CHECK enum status office_propose_issue(struct office *o, int argc, char **argv, struct issue_proposal *out, bool *help);

#endif
