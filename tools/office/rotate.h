/* rotate.h -- another key in the place of one in use, and another root with all its keys (docs/operations.md).
 *
 * Each is one change (staging.h): killed at any moment, the register has either the keys of before or all the new ones, and the same
 * command run again finishes what was decided, or starts afresh. */
#ifndef OFFICE_ROTATE_H
#define OFFICE_ROTATE_H

#include "tools/office/keyring.h"

/* algorithm NULL: the one of the key before.  The former certificate stays in <base>keys/former/ROLE-<kid>.cert.pem, and its
 * private key beside it unless destroy. */
struct rotation { enum role role; const enum key_type *type; bool destroy; int lifetime_days; int64_t now_unix_s; };
/* Issuer, status or receipt key of a generation. */
MUST_CHECK enum status rotate_role(struct office *o, const struct generation *g, const struct rotation *r);
/* A root to come, in HOME/coming: its certificate can be given to the sites while the present one still issues. */
MUST_CHECK enum status root_prepare(struct office *o, const struct rotation *r);
/* The root that is to come (or, without one, a new one) becomes the present one; the present one becomes a former one. */
MUST_CHECK enum status rotate_root(struct office *o, const struct rotation *r);
/* Wipe the private key that belongs to this kid: of a former key, or of a root that has ended.  A key in use is refused. */
MUST_CHECK enum status key_destroy(struct office *o, const char *kid);

#endif
