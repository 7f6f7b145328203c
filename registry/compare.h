/* compare.h -- two stores of the same tables, record by record: what the journal makes, and what stands. */
#ifndef REGISTRY_COMPARE_H
#define REGISTRY_COMPARE_H

#include "registry/store.h"

enum difference { DIFFERENCE_MISSING = 1, DIFFERENCE_TOO_MUCH, DIFFERENCE_OTHER, DIFFERENCE_DAMAGED, DIFFERENCE_ORDER, DIFFERENCE_LOST };

/* wanted or found is empty where there is none; views until the callback returns.  DAMAGED: what is found does not hold
 * under its check, whatever it says.  ORDER: the keys do not ascend; the pass over this table ends there.  LOST: the record stands
 * there, and whoever asks for its key does not get it. */
typedef void (*compare_told)(void *ctx, enum difference what, struct bytes key, struct bytes wanted, struct bytes found);

/* Merge both tables in key order.  *records is the number found.  wanted NULL: nothing to compare with, only MISSING, TOO_MUCH and
 * OTHER are not looked for.  ERR_DAMAGED only if `wanted` itself is, or a page cannot be read. */
MUST_CHECK enum status table_compare(struct txn *wanted, struct txn *found, unsigned table, compare_told told, void *ctx,
    uint64_t *records);

#endif
