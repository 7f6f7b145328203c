/* issue_worker.h -- the signing threads behind issue.h: chunks of jobs in, the same chunks signed out.
 *
 * The main thread owns the register; a worker touches only the job it signs. */
#ifndef REGISTRY_ISSUE_WORKER_H
#define REGISTRY_ISSUE_WORKER_H

#include "crypto/signer.h"
#include "registry/holder.h"

enum { ISSUE_CHUNK = 256, ISSUE_PAYLOAD_MAX = 1024, ISSUE_TOKEN_MAX = ISSUE_PAYLOAD_MAX + 256 };

struct issue_job {
	struct holder holder;                  /* its views point into text */
	uint8_t  text[USCC_LEN + NUMBER_LEN_MAX];
	uint64_t serial, old_serial;           /* old 0: none to replace */
	uint64_t number_counter;               /* next_number after this job; 0 if its number was given */
	int64_t  exp_unix_s;
	size_t   payload_len, token_len;
	uint8_t  payload[ISSUE_PAYLOAD_MAX];   /* what to sign */
	uint8_t  token[ISSUE_TOKEN_MAX];       /* out */
	uint8_t  digest[DIGEST_LEN];           /* out: SHA-256 of token */
};

/* How far the holders have been looked through, and what was met on the way. */
struct issue_scan { uint64_t next_id, skipped_void, already, changed_waiting, refused, other_kind; };

struct issue_chunk {
	struct issue_scan scan;                /* after the last of its jobs */
	size_t n;
	bool   done;                           /* under the pool's lock */
	enum status status;                    /* of the first job that failed */
	struct issue_chunk *next;
	struct issue_job jobs[ISSUE_CHUNK];
};

struct issue_pool;
MUST_CHECK enum status issue_pool_open(const struct signer *signer, unsigned threads, struct issue_pool **out, struct err *err);
void issue_pool_submit(struct issue_pool *p, struct issue_chunk *c);
void issue_pool_wait(struct issue_pool *p, struct issue_chunk *c);    /* until c is done */
void issue_pool_close(struct issue_pool *p);                          /* unstarted chunks are dropped; NULL is fine */

#endif
