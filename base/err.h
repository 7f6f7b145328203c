/* err.h -- the one sentence a person reads when something failed.
 *
 * Lives on the caller's stack: no allocation, no global, thread-safe.  A good
 * sentence says what was found, what was wanted and what to do.  Bytes from
 * outside go in only through text_escape (base/text.h). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/status.h"

struct err {
	enum status status;
	char text[400]; /* always NUL-terminated, truncated if longer */
};

/* Set the sentence (first failure wins) and return st, so that a failing
 * branch is one line:  return err_set(err, ERR_FORMAT, "row %zu: ...", row);
 * err may be NULL when the caller does not want the text. */
enum status err_set(struct err *err, enum status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Prefix context on the way up: "batch.csv row 17: bad date".  Returns st. */
enum status err_in(struct err *err, enum status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
