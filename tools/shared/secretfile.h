/* secretfile.h -- a 32-byte secret as one line of 64 hex digits in a file of mode 0600. */
#ifndef SHARED_SECRETFILE_H
#define SHARED_SECRETFILE_H

#include "base/err.h"
#include "base/secret.h"

/* A file that others may read is refused with what to do about it. */
MUST_CHECK enum status secret_load(const char *path, struct secret *out, struct err *err);
/* The file must not exist yet (ERR_CONFLICT). */
MUST_CHECK enum status secret_create(const char *path, const struct secret *secret, struct err *err);

#endif
