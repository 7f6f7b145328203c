/* describe.h -- what `yaopai show` says of a certificate, a body or the whole register. */
#ifndef OFFICE_DESCRIBE_H
#define OFFICE_DESCRIBE_H

#include "tools/office/office.h"
#include "tools/shared/json.h"

/* reveal_reason: show the holder's identity number too, and journal why (reveal.h); NULL: it is not shown. */
struct describe { struct office *office; int64_t now_unix_s; bool as_json; struct json json; const char *reveal_reason; };

MUST_CHECK enum status describe_register(struct describe *d);          /* counts, head, sizes; needs the sealed store open */
/* A certificate by its number or a body by its code, with its history; whole_person: everything of the person who holds that number. */
MUST_CHECK enum status describe_subject(struct describe *d, struct bytes key, bool whole_person);

#endif
