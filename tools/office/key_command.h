/* key_command.h -- a change of keys as one line, its options in a fixed order: what is recorded, proposed and permitted.
 *
 * `yaopai keys` and `yaopai trust` make the line from what they parsed; where the key itself stands in a file, its key id stands in
 * the line, and nothing that says only how it is done (where the root's key is, where the result goes). */
#ifndef OFFICE_KEY_COMMAND_H
#define OFFICE_KEY_COMMAND_H

#include "tools/office/operator_signer.h"

struct key_command {
	char text[KEY_COMMAND_LEN_MAX + 1]; size_t len;
	bool is_change;                        /* false: it only shows */
	bool too_long;
	uint64_t approval;                     /* --approval */
	struct operator_key key;               /* --operator-key: of propose */
};
void key_command_word(struct key_command *c, const char *word);
/* " --name value"; nothing if value is NULL.  key_command_flag: " --name". */
void key_command_option(struct key_command *c, const char *name, const char *value);
void key_command_number(struct key_command *c, const char *name, int64_t value);   /* nothing if 0 */
void key_command_flag(struct key_command *c, const char *name, bool given);
/* The key id of the public key or certificate in a file. */
MUST_CHECK enum status key_command_file(struct office *o, struct key_command *c, const char *name, const char *path);

/* Record the change that is about to be made: before it nothing of staging.h or keyring.h changes a key (ERR_CONFLICT). */
MUST_CHECK enum status key_command_begin(struct office *o, const struct key_command *c);
/* It is made: the permission, if there was one, is used up. */
MUST_CHECK enum status key_command_end(struct office *o, const struct key_command *c);
/* For whatever changes keys: was it recorded? */
MUST_CHECK enum status key_command_is_recorded(struct office *o);

/* What `yaopai propose keys ...` and `yaopai propose trust ...` propose: argv[0] is keys or trust; cmd_keys.c, cmd_trust.c.  The register is
 * opened.  ERR_ARGUMENT without a sentence: the usage. */
MUST_CHECK enum status keys_propose(struct office *o, int argc, char **argv, struct key_command *out, bool *help);
MUST_CHECK enum status trust_propose(struct office *o, int argc, char **argv, struct key_command *out, bool *help);

#endif
