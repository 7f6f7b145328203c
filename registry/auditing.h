/* auditing.h -- inside audit: what its parts share.  Only audit*.c include it. */
#ifndef REGISTRY_AUDITING_H
#define REGISTRY_AUDITING_H

#include <pthread.h>

#include "registry/audit.h"

enum { AUDIT_PROGRESS_EVERY = 4096 };

struct auditing {
	const struct audit_terms *terms;
	struct audit_result *result;
	struct store *store, *scratch;
	struct txn txn;                        /* what is audited, as one reader sees it */
	struct settings settings;              /* as the journal opens the register */
	bool replayed;                         /* the scratch store holds what the journal makes */
	bool whole;                            /* no damaged record was met in the tables */
	pthread_mutex_t lock;                  /* of what is told */
	struct err *err;
};

void audit_found(struct auditing *a, const char *where, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void audit_progress(struct auditing *a, const char *what, uint64_t done, uint64_t total);

/* Each adds findings; a status other than OK: it could not be looked at. */
MUST_CHECK enum status audit_journal(struct auditing *a);
MUST_CHECK enum status audit_tables(struct auditing *a);
MUST_CHECK enum status audit_relations(struct auditing *a);
MUST_CHECK enum status audit_sealed(struct auditing *a);
MUST_CHECK enum status audit_published(struct auditing *a);

/* Signatures are checked by other threads meanwhile. */
struct audit_signatures;
MUST_CHECK enum status audit_signatures_start(struct auditing *a, struct audit_signatures **out);
/* Wait for them.  NULL is fine. */
MUST_CHECK enum status audit_signatures_end(struct auditing *a, struct audit_signatures *s);

#endif
