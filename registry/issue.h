/* issue.h -- the batch that signs: every live certificate without a credential gets one.
 *
 * A compromised key's certificates are issued again in the same way (`reissue`): who still has a token of that key is asked of the
 * register, so a run that was killed goes on with those who are left.
 *
 * Signs on all cores, commits in large transactions, can be killed and run again: it goes on where it stopped, and nobody is
 * certified twice because the choice and the record of it are one transaction. */
#ifndef REGISTRY_ISSUE_H
#define REGISTRY_ISSUE_H

#include "crypto/signer.h"
#include "registry/registry.h"

/* Who may be certified, as far as the office decides it (issue_plan.h has the rules). */
enum asked { ASKED_OF_NEW = 1, ASKED_OF_ALL = 2, ASKED_OF_NOBODY = 3 };       /* new: has no certificate number yet */
enum ministry { MINISTRY_INSTEAD = 1, MINISTRY_BESIDE = 2 };                  /* a valid ministry certificate and one of ours */
struct eligibility { int exam, staff, ministry; };                           /* 0: as nobody, as beside */

struct issue_terms {
	const struct signer *signer;           /* template: each thread takes signer_dup */
	int64_t now_ms;                        /* iat */
	int64_t signer_from_unix_s, signer_to_unix_s; /* the issuer certificate's validity: iat and exp must lie in it */
	int validity_months[5];                /* by kind, where a row gives no end */
	struct bytes number_template[5];       /* by kind */
	struct eligibility eligibility;
	bool changed;                          /* also reissue those whose entries changed; the old credential is declared replaced */
	const uint8_t (*reissue)[KID_LEN];     /* also reissue what these keys signed, until when it was valid; the old one is declared */
	size_t reissue_n;                      /* replaced */
	uint32_t kinds;                        /* bit (1 << kind): what the signer may sign; 0 = all.  Others are left alone */
	bool (*chosen)(void *ctx, uint64_t holder_id); void *chosen_ctx; /* NULL: all; else only these are looked at and counted */
	unsigned threads;                      /* 0 = one for each core */
	size_t transaction_rows;               /* 0 = default */
	struct bytes operator;
	uint64_t approval;                     /* an approved proposal to issue (permission.h); 0: none, and the policy's bound holds */
	void (*progress)(void *ctx, uint64_t done, uint64_t total); void *progress_ctx;   /* holders looked through; may be NULL */
	bool (*refused)(void *ctx, const struct holder *h, const char *why); void *refused_ctx; /* one certificate cannot be issued; may be NULL */
};
struct issue_result {
	uint64_t issued, replaced, skipped_void, already, refused, changed_waiting, other_kind;
};
/* How many it would issue now.  Nothing is written; refusals are not told. */
MUST_CHECK enum status issue_count(struct registry *r, const struct issue_terms *terms, uint64_t *n, struct err *err);
/* More than the policy or the permission allows: ERR_CONFLICT, before anything is issued.  A permission is used up by a run that ends. */
MUST_CHECK enum status issue_run(struct registry *r, const struct issue_terms *terms, struct issue_result *out, struct err *err);

#endif
