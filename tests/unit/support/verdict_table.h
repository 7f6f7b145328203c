/* verdict_table.h -- reads tests/verdicts.txt: VERDICT | case | parameters, each parameter a field of struct plan. */
#ifndef TESTS_VERDICT_TABLE_H
#define TESTS_VERDICT_TABLE_H

#include "base/bytes.h"
#include "tests/unit/support/world.h"

struct verdict_case { int line; struct bytes verdict, name; struct plan plan; };   /* views live for the visit */

/* Visit each case in order.  Run from the top of the tree. */
void verdict_table_each(void (*visit)(void *ctx, const struct verdict_case *c), void *ctx);

#endif
