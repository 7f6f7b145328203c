/* world.h -- a small world to judge in: a root, an issuer, a status signer, one certificate, its status list and
 * the bundle, all really signed, and every particular of it to be bent by a test.
 *
 * Times of a plan are seconds relative to WORLD_T0, the issuing of the certificate.  Used by the tests of verify/. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "crypto/keyfile.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "verify/yaopai_verify.h"

#define WORLD_T0 1800000000
#define WORLD_NONE INT64_MIN              /* a claim that is absent */

enum world_signer { BY_ISSUER = 0, BY_STRANGER, BY_STATUS, BY_ROOT, BY_OTHER_ROOT, BY_OTHER_ISSUER, BY_OTHER_STATUS, BY_SIGNERS };
enum world_forgery { AS_SIGNED = 0, SIGNATURE_BIT, PAYLOAD_BIT, OTHER_KEY, OTHER_ALG, SIGNATURE_ZERO };
enum world_shape { AS_IT_IS = 0, SHAPE_CUT, SHAPE_LONG, SHAPE_UNTAGGED, SHAPE_EMPTY, SHAPE_JUNK, SHAPE_PADDED, SHAPE_SPACED,
	SHAPE_LOWER, SHAPE_BARE, SHAPE_RAW, SHAPE_OUTER_SPACE };
enum world_patch { UNPATCHED = 0, PATCH_VERSION, PATCH_KIND, PATCH_CLAIM, PATCH_KEY, PATCH_ORDER };
enum world_twice { ONCE = 0, TWICE_OTHER_KIND_FIRST, TWICE_COMPROMISED_FIRST, TWICE_BOTH_REFUSED };

enum world_other { OTHER_ABSENT = 0, OTHER_PINNED, OTHER_UNPINNED }; /* a second root: its trust list and its signers' status list */
enum world_device { DEVICE_AS_NEEDED = 0, DEVICE_NONE, DEVICE_OFF_CURVE }; /* as needed: where it is shown live or must be */
enum world_inner { INNER_CREDENTIAL = 0, INNER_JUNK, INNER_CUT, INNER_EMPTY, INNER_STATUS, INNER_PRESENTATION };
enum world_shown_patch { SHOWN_UNPATCHED = 0, SHOWN_CLAIM, SHOWN_ORDER, SHOWN_KID, SHOWN_SHORT_ID, SHOWN_SHORT_NONCE, SHOWN_UNPROTECTED };
enum world_replay { REPLAY_NOT_ASKED = 0, REPLAY_FIRST_USE, REPLAY_SECOND_USE, REPLAY_MEMORY_FULL, REPLAY_MEMORY_RUN_OUT };

struct plan {
	int64_t now;
	/* how it is shown, and what the site asks; nonces and audiences are numbered, 0 is none */
	int64_t shown, device, shown_iat, shown_exp, shown_forge, shown_patch, inner, nonce, aud;
	int64_t ask_live, ask_nonce, ask_aud, ask_age_max, replay;
	/* the certificate */
	int64_t signer, typ, forge, shape, patch;
	int64_t kind, iss, jurisdiction, iat, nbf, exp, idx, uri, policy, portrait;
	/* the trust list and the issuer's entry in it */
	int64_t trust_iat, trust_exp, trust_issue, trust_age_max, trust_window;
	int64_t issuer_typ, issuer_kinds, issuer_state, issuer_since, issuer_iss, issuer_from, issuer_to, issuer_twice;
	/* the status list and its signer's entry */
	int64_t list_absent, list_signer, list_iat, list_exp, list_ttl, list_uri, list_bits, list_value, list_least, list_forge;
	int64_t list_size_log2, older_list_value;
	int64_t status_typ, status_state, status_since, status_uri, status_from, status_to;
	/* the lists of the other root beside them: another province's, or this one's successor */
	int64_t other_root, other_state, other_exp, other_kinds, other_list_value;
};
struct plan plan_good(void);                  /* VALID as it is */
extern const struct bytes world_portrait;     /* of the certificate, where the plan has one */

struct identity { struct private_key *key; uint8_t der[CERTIFICATE_DER_LEN_MAX]; size_t der_len; struct signer *signer; };

struct world {
	enum key_type type;
	struct identity by[BY_SIGNERS];
	struct identity device, other_device; /* without certificate */
	struct buf bundle, token, text;       /* owned; of the last world_make */
	void *workspace, *replay;             /* owned */
};
void world_open(struct world *w, enum key_type type);
void world_close(struct world *w);
/* Make token, text and bundle of this plan. */
void world_make(struct world *w, const struct plan *p);
/* A bundle of these parts in w->bundle. */
struct bytes world_root(const struct world *w, enum world_signer root);
void world_bundle(struct world *w, const struct bytes *parts, size_t n);
/* The signed trust list and status list of this plan, appended to out. */
struct bytes world_trust_list(struct world *w, const struct plan *p, struct buf *out);
struct bytes world_status_list(struct world *w, const struct plan *p, struct buf *out);

/* Token and text alone, signed by the certificates made last. */
void world_token(struct world *w, const struct plan *p);

/* world_live.c: the device's key, SEC1 compressed; and the credential in w->token shown live instead of bare. */
void world_devices_open(struct world *w);
void world_device_point(const struct world *w, uint8_t point[33]);
void world_show_live(struct world *w, const struct plan *p);
/* The question of this plan; what it points to belongs to w or lives for ever. */
struct yp_question world_question(struct world *w, const struct plan *p);

/* world_roots.c: the trust list of the other root, with an issuer and a status signer of its own. */
struct bytes world_other_trust_list(struct world *w, const struct plan *p, struct buf *out);
/* For its use, from world.c. */
void world_certify(struct world *w, enum world_signer who, enum world_signer by, int64_t from, int64_t to);
struct bytes world_sign(struct world *w, enum world_signer by, enum typ typ, struct bytes payload, struct buf *out);

/* Open a verifier over fresh memory with the root pinned; the bundle is not yet loaded. */
struct yp_verifier *world_verifier(struct world *w);
/* Make, load and judge. */
enum yp_verdict world_judge(struct world *w, const struct plan *p, struct yp_answer *a);

#endif
