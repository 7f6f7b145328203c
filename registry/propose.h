/* propose.h -- office actions of four eyes: one operator proposes, another approves or rejects, the first may take it back.
 *
 * The batch is under the name of the operator who acts, and the signer holds that operator's key: both are looked up and the signature is
 * checked before it is recorded.  Approved decisions, operators and policies are carried out in the same batch; each is judged again, and
 * refused if its subject changed after it was proposed.  Approved issues and changes of keys are permissions for one run (permission.h).
 *
 * All refuse with ERR_CONFLICT or ERR_NOT_FOUND and the reason: unknown or ended operator, without that role, another's key, not pending,
 * expired, one's own proposal.  Nothing is written then, except where it says so. */
#ifndef REGISTRY_PROPOSE_H
#define REGISTRY_PROPOSE_H

#include "registry/proposal.h"
#include "registry/registry.h"

/* Pending until expires.  ERR_LIMIT: PROPOSALS_OPEN_MAX are open. */
MUST_CHECK enum status proposal_enter(struct batch *b, struct signer *signer, const struct proposed *p, int64_t expires_unix_s,
    uint64_t *sequence, struct err *err);

/* How it went: of a decision, each of its subjects; of the others done is 1. */
struct outcome {
	uint64_t done, refused_n;
	uint8_t refused_mem[PROPOSAL_ACTION_LEN_MAX]; size_t refused_len;  /* encoded texts, without the array's head */
	void (*told)(void *ctx, struct bytes subject, const char *why); void *told_ctx;   /* each refused one; may be NULL */
};
/* Nothing of it can be done any more: ERR_CONFLICT; it stays pending. */
MUST_CHECK enum status proposal_approve(struct batch *b, struct signer *signer, uint64_t sequence, struct outcome *out, struct err *err);
MUST_CHECK enum status proposal_reject(struct batch *b, struct signer *signer, uint64_t sequence, struct bytes why, struct err *err);
MUST_CHECK enum status proposal_retract(struct batch *b, struct signer *signer, uint64_t sequence, struct bytes why, struct err *err);
/* Record of each that is pending past its end that it expired; *open (may be NULL): how many are pending still. */
MUST_CHECK enum status proposals_expire(struct batch *b, size_t *open, struct err *err);

/* Do in b what is proposed, as if proposal `sequence` were approved: for a batch that is thrown away, to see what an approval would do
 * now (sequence 0: nothing counts as changed meanwhile). */
MUST_CHECK enum status proposed_carry_out(struct batch *b, const struct proposed *p, uint64_t sequence, struct outcome *out, struct err *err);

#endif
