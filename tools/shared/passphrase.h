/* passphrase.h -- the words under which keys are wrapped: from a file, a file descriptor, or a person at the terminal.
 *
 * Never an argument nor an environment variable: other users of the machine can read those.  A file or descriptor gives its first
 * line.  A person is asked on the terminal itself (/dev/tty), without echo; a signal while asking puts the echo back first.
 * Got once, it is kept until passphrase_clear, which wipes it. */
#ifndef SHARED_PASSPHRASE_H
#define SHARED_PASSPHRASE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

struct passphrase {
	const char *file, *fd;                 /* options as given: a path, a descriptor's number; both NULL: a person is asked */
	bool is_known;
	size_t len;
	uint8_t text[PASSPHRASE_LEN_MAX];
};

/* what: for the prompt and the sentence, "keys/seal.key".  Nowhere to get it from (no terminal): ERR_NOT_FOUND with what to do. */
MUST_CHECK enum status passphrase_get(struct passphrase *p, const char *what, struct err *err);
/* One to be: at least PASSPHRASE_CHARACTERS_MIN characters of clean UTF-8; a person types it twice. */
MUST_CHECK enum status passphrase_get_new(struct passphrase *p, const char *what, struct err *err);
bool passphrase_is_asked(const struct passphrase *p);      /* of a person, who may try again */
struct bytes passphrase_view(const struct passphrase *p);
void passphrase_clear(struct passphrase *p);               /* wipes; the next get asks again; idempotent */

#endif
