/* deciding.h -- a decision as it stands on a command line: `yaopai suspend ...` does it, `yaopai propose suspend ...` proposes it. */
#ifndef OFFICE_DECIDING_H
#define OFFICE_DECIDING_H

#include "registry/standing.h"
#include "tools/office/operator_signer.h"

struct deciding {
	struct decision decision;              /* effective 0 unless given; its texts are views of argv */
	enum subject target;
	const char *subject, *list;            /* --person or --body; --file */
	struct buf text;                       /* owned: what the list holds */
	char **numbers; size_t numbers_n;
	struct operator_key key;               /* --operator-key: of propose */
};
/* argv[0] is the action.  *help: the usage is asked for.  ERR_ARGUMENT without a sentence in o->err: show it, too. */
MUST_CHECK enum status deciding_parse(struct office *o, int argc, char **argv, struct deciding *out, bool *help);
void deciding_free(struct deciding *d);                    /* idempotent */
enum action deciding_action(const char *name);             /* ACTION_NONE: no decision is called so */
const char *deciding_name(enum action a);                  /* "suspend", ...: the command's name */
/* All subjects in the order given; the first failure ends it. */
typedef enum status deciding_each(void *ctx, struct bytes subject);
MUST_CHECK enum status deciding_walk(const struct deciding *d, deciding_each *each, void *ctx);

#endif
