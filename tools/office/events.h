/* events.h -- the history that yaopai show tells: each event with its time, its operator, and what it changed, field by field. */
#ifndef OFFICE_EVENTS_H
#define OFFICE_EVENTS_H

#include "registry/history.h"
#include "tools/office/describe.h"

/* The events that h names, in order, under "history".  A kind that this program does not explain is told by its number. */
MUST_CHECK enum status say_events(struct describe *d, struct txn *t, const struct history *h);

#endif
