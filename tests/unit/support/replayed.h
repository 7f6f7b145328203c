/* replayed.h -- a register's journal applied to fresh tables: what was told, and whether the tables are the same. */
#ifndef TESTS_UNIT_SUPPORT_REPLAYED_H
#define TESTS_UNIT_SUPPORT_REPLAYED_H

#include "tests/unit/support/register.h"

struct replayed {
	unsigned faults;
	char first_fault[400];                     /* "" if there was none */
	unsigned differences;                      /* records in all tables that are not the same */
};
/* dir: fresh, for the tables.  An event that cannot be applied fails the test. */
struct replayed desk_replay(struct desk *d, const char *dir, enum profile profile);

#endif
