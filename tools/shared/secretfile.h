/* secretfile.h -- a 32-byte secret in a file of mode 0600: one line of 64 hex digits, or wrapped under a passphrase (crypto/wrap.h). */
#ifndef SHARED_SECRETFILE_H
#define SHARED_SECRETFILE_H

#include "base/err.h"
#include "base/secret.h"
#include "crypto/wrap.h"
#include "tools/shared/passphrase.h"

/* A file that others may read is refused with what to do about it.  The passphrase is asked for only if the file is wrapped; a person
 * may try three times.  *is_wrapped may be NULL. */
MUST_CHECK enum status secret_load(const char *path, enum wrap_purpose purpose, struct passphrase *passphrase, struct secret *out,
    bool *is_wrapped, struct err *err);
/* The file's bytes: a line, or wrapped under a passphrase that is known.  Appended to out (room for WRAPPED_LEN_MAX); the caller
 * wipes it. */
MUST_CHECK enum status secret_to_file(const struct secret *secret, struct buf *out);
MUST_CHECK enum status secret_to_wrapped_file(enum profile profile, enum wrap_purpose purpose, const struct passphrase *passphrase,
    const struct secret *secret, struct buf *out);

#endif
