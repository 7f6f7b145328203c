/* store_inside.h -- inside the door to LMDB: what store.c (transactions, records, cursors) and store_env.c (the environment) share. */
#ifndef REGISTRY_STORE_INSIDE_H
#define REGISTRY_STORE_INSIDE_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "registry/store.h"

enum { STORE_POOL_MAX = 64 };

struct reader { MDB_txn *h; struct mac *mac; }; /* a reset read transaction and its keyed hash, to be used again */

struct store {
	MDB_env *env;
	size_t tables_n;
	MDB_dbi dbi[STORE_TABLES_MAX];
	struct bytes name[STORE_TABLES_MAX];
	bool absent[STORE_TABLES_MAX]; /* an older version's store, opened for reading */
	struct mac *mac; /* the template; never computes */
	bool read_only;
	atomic_bool broken;
	pthread_mutex_t lock;
	struct reader pool[STORE_POOL_MAX];
	size_t pooled;
	unsigned open_txns;
};

enum status store_status(int rc);              /* of an LMDB or system error */
const char *store_words(int rc);
void store_reader_free(struct reader *r);

#endif
