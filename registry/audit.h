/* audit.h -- does the journal prove the tables, and does everything hold that should?
 *
 * What is looked at: the head pages of both environments; every record's check, and that its key leads to it; the journal's sequence, hash chain
 * and rules by replaying it into a scratch store (replay.h); every table against the replayed one; what records say of each other; every
 * token's signature; a sealed row for every person, opened, with its hash; and the published lists against the journal.
 *
 * What does not hold is a finding: told, counted, and the audit goes on.  The result is OK also with findings; another status means
 * that the audit could not be made.
 *
 * LMDB 0.9 can crash on a damaged page: run this in a process of its own (tools/office/audit_child.h), whose death is a finding, too.
 * The register may be written meanwhile: what is audited is what one read transaction sees. */
#ifndef REGISTRY_AUDIT_H
#define REGISTRY_AUDIT_H

#include "crypto/key.h"
#include "registry/registry.h"

struct audit_key { uint8_t kid[KID_LEN]; const struct public_key *key; };

/* A published status list whose signature was checked. */
struct audit_published {
	char uri[STATUS_URI_LEN_MAX + 1];
	int64_t iat_unix_s;
	uint64_t sequence;                     /* the event it is bound to, and its hash */
	struct digest head;
};

struct audit_terms {
	const char *dir, *scratch;             /* the data directory; an existing directory for the scratch store */
	const struct registry_keys *keys;      /* has_seal: the sealed store, too */
	const struct secret *seal_next;        /* the sealed store may be under this key already: a re-sealing was killed (NULL: no) */
	const struct audit_key *issuers;       /* every key that ever signed credentials */
	size_t issuers_n;
	const struct audit_published *published;
	size_t published_n;
	unsigned threads;                      /* for signatures; 0 = one for each core */
	bool quick;                            /* no signatures */
	int64_t now_unix_s;
	/* where: "table holder", "journal", "signatures", "sealed store", "published lists", "register"; what: one line. */
	void (*finding)(void *ctx, const char *where, const char *what);
	/* Something is about to be looked at, or has come so far; total 0: not known. */
	void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total);
	void *ctx;
};
struct audit_result {
	enum profile profile;
	uint64_t events, sequence, records, signatures, unknown_keys, persons, lists, findings;
	struct digest head;
};
MUST_CHECK enum status audit_run(const struct audit_terms *terms, struct audit_result *out, struct err *err);

#endif
