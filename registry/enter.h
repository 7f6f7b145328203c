/* enter.h -- office actions that enter or change bodies and holders (what an import row does). */
#ifndef REGISTRY_ENTER_H
#define REGISTRY_ENTER_H

#include "registry/registry.h"

enum entered { ENTERED_NEW = 1, ENTERED_UPDATED = 2, ENTERED_UNCHANGED = 3 };

/* ERR_CONFLICT with the reason if a rule of the office forbids it.  A status word carried from the import
 * becomes a standing change with the ground "carried over", once. */
MUST_CHECK enum status enter_body(struct batch *b, const struct body *body, enum entered *what, struct err *err);

/* idnumber: 18 checked characters.  Rules: the body is known; a given number belongs to nobody else; a person
 * holds at most one live certificate of a kind; the entries equal to those last entered: unchanged.
 * A void row (carried CANCEL, REVOKE, WITHDRAW) is recorded as a certificate of its own with that standing and gets no credential.
 * An import never lifts a suspension and never revives a void certificate: ERR_CONFLICT with what to do.
 * A person under a re-apply ban, or who left: ERR_CONFLICT (a ministry's certificate is recorded all the same).  Device and portrait of a known certificate stay as they are (attach.h);
 * a new certificate begins without.  Needs b->sealed. */
MUST_CHECK enum status enter_holder(struct batch *b, const struct entries *e, struct bytes idnumber, enum entered *what,
    uint64_t *holder_id, struct err *err);

/* The same, of a file that does not speak of everything: what is absent, and a number once given, stays as it was
 * entered.  before: the entries that were in
 * force, as an event's payload in mem (entries_decode); empty if there were none. */
enum { ENTRY_SEX = 1, ENTRY_POST = 2, ENTRY_STAFF = 4, ENTRY_ISSUED_ON = 8, ENTRY_VALID_UNTIL = 16, ENTRY_STATUS = 32, ENTRY_REMARKS = 64,
	ENTRY_TRAINED_ON = 128, ENTRY_EXAMINED_ON = 256 };
struct enter_holder_over { unsigned absent; struct bytes before; uint8_t mem[RECORD_LEN_MAX]; };
MUST_CHECK enum status enter_holder_over(struct batch *b, const struct entries *e, struct bytes idnumber, struct enter_holder_over *over,
    enum entered *what, uint64_t *holder_id, struct err *err);

#endif
