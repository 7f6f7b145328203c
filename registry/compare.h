/* compare.h -- two stores of the same tables, record by record: what the journal makes, and what stands. */
#ifndef REGISTRY_COMPARE_H
#define REGISTRY_COMPARE_H

#include "registry/store.h"

enum difference { DIFFERENCE_MISSING = 1, DIFFERENCE_TOO_MUCH, DIFFERENCE_OTHER, DIFFERENCE_DAMAGED };

/* wanted or found is empty where there is none; views until the callback returns.  DAMAGED: what is found does not hold
 * under its check, whatever it says. */
typedef void (*compare_told)(void *ctx, enum difference what, struct bytes key, struct bytes wanted, struct bytes found);

/* Merge both tables in key order.  *records is the number found.  ERR_DAMAGED only if `wanted` itself is, or a page cannot be read. */
MUST_CHECK enum status table_compare(struct txn *wanted, struct txn *found, unsigned table, compare_told told, void *ctx,
    uint64_t *records);

#endif
