/* reveal.h -- identity numbers for --reveal --reason TEXT: journalled first, then given out one by one.
 *
 * The register is open for writing (the journal) with the key of the sealed store: office_open(o, STORE_WRITE, true).
 * For one person reveal_open names it; for a list it tells how many will be shown.  No number is anywhere but in the caller's
 * `out`, which the caller wipes. */
#ifndef OFFICE_REVEAL_H
#define OFFICE_REVEAL_H

#include "tools/office/office.h"

struct reveal { struct office *office; struct txn sealed; };

/* --reveal and --reason go together, and the reason is 1 to GROUND_LEN_MAX bytes of clean UTF-8: ERR_ARGUMENT with a sentence. */
MUST_CHECK enum status reveal_check(struct office *o, bool reveal, const char *reason);
/* The event is committed when this returns OK.  person_id empty: a list of count persons. */
MUST_CHECK enum status reveal_open(struct office *o, const char *reason, struct bytes person_id, uint64_t count, struct reveal *out);
/* The number, NUL-terminated.  A person whose sealed data were erased: OK with "" in out. */
MUST_CHECK enum status reveal_get(struct reveal *r, struct bytes person_id, char out[IDNUMBER_LEN + 1]);
void reveal_close(struct reveal *r);       /* idempotent; zeroed is fine */

#endif
