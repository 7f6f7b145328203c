/* status.h -- how every fallible function in this program reports.
 *
 * 0 is success, so `if (st)` reads "if it failed".  A status says what KIND of
 * thing went wrong and hence what a caller can do; the sentence for a human
 * lives in struct err.  A status never says "the certificate is bad": that is
 * a verdict (verify/verdict.h), the successful result of judging it. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define MUST_CHECK __attribute__((warn_unused_result))

enum status {
	OK = 0,
	ERR_FORMAT,      /* the bytes are not what the format document allows */
	ERR_UNSUPPORTED, /* well formed, but of a version or kind this program does not know */
	ERR_LIMIT,       /* well formed, but larger than base/limits.h permits */
	ERR_NOT_FOUND,   /* no such record or file; nothing was changed */
	ERR_CONFLICT,    /* the record exists, or a rule of the office forbids the change */
	ERR_ARGUMENT,    /* the caller asked for something that makes no sense */
	ERR_DAMAGED,     /* a stored record's check or the journal's chain does not hold */
	ERR_SYSTEM,      /* operating system, disk or LMDB refused */
	ERR_CRYPTO,      /* the signature library failed; NOT "signature invalid" */
};

const char *status_text(enum status st); /* static string, never NULL */

#endif
