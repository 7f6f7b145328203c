/* verifier.h -- what stands behind struct yp_verifier.  Internal to the library.
 *
 * All memory is the caller's workspace:
 *
 *	| struct yp_verifier (pinned roots, two memories) | zlib scratch | half 0 | half 1 |
 *
 * A load builds its state in the half that is not in force and switches at the end, so a bundle that is refused
 * leaves the verifier as it was.  A half, front to back: struct state, one struct trust for each trust list, the index
 * of status lists, then the inflated status lists; the rest is room for the bytes a signature is checked over.
 *
 * What does not depend on the time of judging is checked once, at load.  A status list that its signer may not make, or
 * that wants a newer trust list, is kept with the reason in `refused` and makes no statement. */
#ifndef VERIFY_VERIFIER_H
#define VERIFY_VERIFIER_H

#include "crypto/certificate.h"
#include "crypto/credential.h"
#include "crypto/presentation.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "verify/judge.h"
#include "verify/memory.h"

struct root {
	struct certificate certificate;       /* owns its key */
	struct digest id;                     /* SHA-256 of der */
	size_t  der_len;
	uint8_t der[CERTIFICATE_DER_LEN_MAX];
};

struct trust_key {                        /* of the entry with the same index */
	struct public_key *key;               /* owned */
	uint8_t kid[KID_LEN];
	int64_t not_before_unix_s, not_after_unix_s;
};

struct trust {                            /* one trust list, signed by one pinned root */
	const struct root *root;
	size_t keys_n;                        /* keys made so far; all of them once loaded */
	struct trust_list list;               /* views into the bundle */
	struct trust_key keys[TRUST_ENTRIES_MAX];
};

struct status_record {
	const struct trust *trust;
	struct status_list list;              /* views into the bundle */
	struct bytes raw;                     /* inflated, in the workspace */
	struct digest token;                  /* SHA-256 of its bytes */
	const char *refused;                  /* NULL: it counts */
};

struct state {
	size_t trusts_n, lists_n;
	struct trust *trusts;
	struct status_record *lists;          /* by uri, then newest first */
	struct buf arena;                     /* the half this stands in */
};

struct yp_verifier {
	size_t roots_n;
	struct buf scratch;                   /* zlib's */
	struct buf halves[2];
	struct state *state;                  /* in force; NULL before the first load */
	unsigned memory;                      /* which of the two is in force; a load makes the other */
	struct memory memories[2];
	struct root roots[TRUST_ROOTS_MAX];
};

/* Build the state of a bundle in half, on the side, and enter in memory what it accepts.  On failure nothing is kept (memory
 * holds anything) and the sentence is in err. */
MUST_CHECK enum status state_load(const struct yp_verifier *v, struct bytes bundle, struct buf half, struct memory *memory,
    struct state **out, struct err *err);
void state_close(struct state *s);        /* frees the keys; NULL is fine */

/* The arena of a half: room for len bytes, NULL if there is none; and what is left. */
void *arena_take(struct buf *arena, size_t len);
struct buf arena_rest(const struct buf *arena);
extern const char small_workspace[], forged_part[];   /* sentences */

/* *good: key signed this part; put together in the arena's free end. */
MUST_CHECK enum status part_signed_by(const struct state *s, const struct public_key *key, const struct cose *c, bool *good,
    struct err *err);

/* load_trust.c, load_list.c: one part of a bundle. */
MUST_CHECK enum status trust_load(struct state *s, const struct root *root, struct bytes token, struct memory *memory, struct err *err);
MUST_CHECK enum status list_load(struct state *s, struct buf scratch, struct bytes token, const struct cose *c, struct err *err);
/* Once all parts are in: hold the status lists against what was seen before, and enter the newest in memory. */
MUST_CHECK enum status lists_remember(struct state *s, const struct memory *seen, struct memory *memory, struct err *err);

/* Would this key's signature over an object of this typ, made at iat and ending at exp (0: no end), count?
 * NULL, or why not: static text for "its signer ..." */
const char *signer_refused(const struct trust *t, size_t entry, enum typ typ, int64_t iat_unix_s, int64_t exp_unix_s);

/* What one judgement works on: the evidence taken apart, and what the rules found. */
struct judgement {
	const struct yp_verifier *verifier;
	const struct register_evidence *evidence;
	const struct yp_question *question;
	struct yp_answer *answer;
	int64_t now_unix_s;
	struct bytes token;
	enum status decoded;                  /* of envelopes and claims */
	bool presented;                       /* as a presentation, whose parts are shown and presentation */
	struct cose shown;
	struct presentation presentation;
	struct cose cose;                     /* the credential's own envelope */
	struct credential credential;
	struct pick { const struct trust *trust; size_t entry; const char *refused; } pick; /* the issuer's entry taken, or
	                                       * the one that got furthest, with the reason why it does not count */
	const char *list_refused;             /* why the best status list does not count; NULL without any list */
	const struct status_record *list;
	bool replay_full;                     /* why rule 10 could not tell whether it was seen */
	enum status failed;                   /* the library could not work */
};

/* evidence.c: the questions the rules ask.  They look, and decide nothing by themselves. */
void judgement_decode(struct judgement *j);                     /* envelope, claims; the facts of the answer */
const struct trust *trust_first(const struct judgement *j);
const struct trust *trust_next(const struct judgement *j, const struct trust *t); /* NULL after the last */
bool trust_in_force(const struct trust *t, int64_t now_unix_s); /* iat - 300 s <= now < exp */
bool trust_names(const struct trust *t, struct bytes kid);
bool trust_entry_is(const struct pick *p, struct bytes kid);
const char *issuer_refused(const struct judgement *j);          /* of j->pick, but for the signature; NULL = allowed */
bool is_issued_here(const struct judgement *j);
bool signature_holds(struct judgement *j);                      /* under the key of j->pick; may set j->failed */
bool status_found(struct judgement *j);                         /* the answer's status, from the register or from j->list */

/* live.c: the questions of rule 10. */
bool must_be_live(const struct judgement *j);                   /* by the issuer's policy, or since the site asks */
int64_t window_of(const struct judgement *j);                   /* W of the issuer's trust list, seconds */
bool device_signature_holds(struct judgement *j);               /* under cnf; may set j->failed */
bool answers_challenge(const struct judgement *j);              /* nonce and audience, where asked for */
bool is_first_use(struct judgement *j);                         /* and enters it; true where replay is not asked for; may set j->failed */

/* replay.c */
enum replay_result { REPLAY_NEW, REPLAY_SEEN, REPLAY_FULL };
enum replay_result replay_enter(struct yp_replay *r, const struct digest *id, int64_t until_unix_s, int64_t now_unix_s);

/* judge.c: the table of rules. */
enum yp_verdict judgement_decide(struct judgement *j);

/* sentence.c: why, in the answer, after the verdict. */
void judgement_explain(const struct judgement *j);

#endif
