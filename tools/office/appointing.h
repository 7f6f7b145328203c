/* appointing.h -- operators and policies as they stand on a command line: `yaopai operators ...` enters them, `yaopai propose operators ...`
 * and `yaopai propose policy` propose them. */
#ifndef OFFICE_APPOINTING_H
#define OFFICE_APPOINTING_H

#include "registry/operator.h"
#include "registry/policy.h"
#include "tools/office/operator_signer.h"

struct appointing {
	struct operator_entry entry;           /* views of argv and of spki */
	uint8_t spki[OPERATOR_KEY_LEN_MAX];
	struct operator_key key;               /* --operator-key: of propose */
};
/* argv[0] is add or remove, argv[1] the name, then options.  ERR_ARGUMENT without a sentence in o->err: show the usage. */
MUST_CHECK enum status appointing_parse(struct office *o, int argc, char **argv, struct appointing *out, bool *help);

/* "propose and approve", "propose", "approve", "act only". */
const char *roles_text(unsigned roles);
/* "status changes, key changes and more than 100 issued in a day need a second operator"; in out. */
enum { POLICY_TEXT_MAX = 160 };
const char *policy_text(const struct policy *p, char out[POLICY_TEXT_MAX]);

#endif
