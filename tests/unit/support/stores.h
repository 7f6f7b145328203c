/* stores.h -- a store of two tables under a key for tests, and one record in or out of it. */
#ifndef TESTS_UNIT_SUPPORT_STORES_H
#define TESTS_UNIT_SUPPORT_STORES_H

#include "registry/store.h"
#include "tests/unit/support/scratch.h"

#define LIT BYTES_LIT

enum { A, B, TABLES };
extern const char *const store_names[TABLES];
extern const struct secret store_key;

struct store *store_opened(const char *dir, enum store_mode mode);         /* or the test fails */
void store_put(struct store *s, unsigned table, struct bytes key, struct bytes value);
/* What is there must be want. */
enum status store_get(struct store *s, unsigned table, struct bytes key, struct bytes want);

#endif
