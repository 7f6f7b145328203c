/* yaopai_verify.h -- judge an electronic enforcement certificate, anywhere.
 *
 * The library has no files, no clock, no network, no database and no globals, and no
 * heap of its own (OpenSSL keeps the public keys on its heap).  It cannot sign.
 *
 * Use:  1. yp_open() over memory of yours;  2. yp_pin_root() for each root certificate you
 * trust;  3. yp_load_bundle() with the newest bundle;  4. yp_judge() as often as you like, from
 * as many threads as you like, since judging changes nothing;  5. yp_close().
 *
 * A *status* (enum yp_status) says whether the library could work; a *verdict* is its answer.
 * Zero is never "valid".  Both must be looked at.
 *
 * Formats and the ordered decision table: docs/formats.md 8. */
#ifndef YAOPAI_VERIFY_H
#define YAOPAI_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YP_MUST_CHECK __attribute__((warn_unused_result))

/* Same numbers as base/status.h. */
enum yp_status { YP_OK = 0, YP_ERR_FORMAT, YP_ERR_UNSUPPORTED, YP_ERR_LIMIT, YP_ERR_NOT_FOUND,
	YP_ERR_CONFLICT, YP_ERR_ARGUMENT, YP_ERR_DAMAGED, YP_ERR_SYSTEM, YP_ERR_CRYPTO };

/* Public, printed, logged; never reused, never renumbered. */
enum yp_verdict {
	YP_NOT_JUDGED           = 0,
	YP_VALID                = 1,
	YP_UNREADABLE           = 10,  /* not a certificate at all */
	YP_UNSUPPORTED          = 11,  /* a certificate, but newer or other than this program knows */
	YP_TRUST_EXPIRED        = 20,  /* no trust list still in force */
	YP_UNKNOWN_ISSUER       = 21,
	YP_ISSUER_NOT_ALLOWED   = 22,  /* known key, but not for this kind, place or date; or compromised */
	YP_FORGED               = 23,  /* signature does not hold */
	YP_NOT_YET_VALID        = 30,
	YP_EXPIRED              = 31,
	YP_STATUS_UNKNOWN       = 40,  /* no usable status list */
	YP_VOID                 = 41,
	YP_SUSPENDED            = 42,
	YP_POSSESSION_UNPROVEN  = 50,  /* must be shown live */
	YP_PRESENTATION_FORGED  = 51,
	YP_CLOCK_SKEW           = 52,
	YP_PRESENTATION_STALE   = 53,
	YP_CHALLENGE_FAILED     = 54,
	YP_REPLAYED             = 55,
	YP_NOT_ON_REGISTER      = 60,  /* given by an endpoint that holds the register, never by this library */
};
const char *yp_verdict_text(enum yp_verdict v);     /* "VALID", "NOT_YET_VALID", ...; static */

struct yp_verifier;                                 /* opaque; lives in the caller's workspace */

#define YP_SENTENCE_MAX 400u                        /* a sentence for a person, NUL-terminated */

/* Workspace for `lists` status lists of 2^log2_indices indices at `bits` bits each, and 16 roots.  It holds two states, the one in
 * force and the one a load builds beside it, so twice the inflated lists and about 1.5 MiB; the second half is not touched
 * before a second load.  0: more than the limits allow (512 lists, 2^20 indices, 8 bits). */
size_t yp_workspace_len(size_t lists, unsigned log2_indices, unsigned bits);

/* *out lives in workspace (aligned as malloc aligns; YP_ERR_ARGUMENT), which must outlive it.  Too small: YP_ERR_LIMIT. */
YP_MUST_CHECK enum yp_status yp_open(void *workspace, size_t len, struct yp_verifier **out);
void yp_close(struct yp_verifier *v);               /* frees the keys; NULL is fine */

/* Trust this self-signed root certificate (DER; copied), before the first load.  sentence (YP_SENTENCE_MAX bytes) may be NULL. */
YP_MUST_CHECK enum yp_status yp_pin_root(struct yp_verifier *v, const uint8_t *der, size_t len,
    char *sentence);

/* Take in a bundle: every trust list is checked against the pinned roots, every certificate in it against its root, every
 * status list against its trust list, and inflated into the workspace.  Parts of roots that are not pinned are passed over; a
 * part of a pinned root that is damaged or forged refuses the whole bundle, and the verifier is as before.  A status list
 * truly signed, but by a key that may not sign it, or wanting a newer trust list, is kept and makes no statement: STATUS_UNKNOWN.
 * No part of a pinned root: YP_ERR_NOT_FOUND; a workspace too small: YP_ERR_LIMIT.
 * The bundle's bytes must outlive the verifier (or the next load).  A second load replaces the first; no thread may judge
 * meanwhile.  now_unix_s: a clock before 1970 is refused; what depends on the time is looked at when judging, so that a bundle
 * can be loaded before its time, or on a device whose clock is set later. */
YP_MUST_CHECK enum yp_status yp_load_bundle(struct yp_verifier *v, const uint8_t *bundle, size_t len,
    int64_t now_unix_s, char *sentence);

struct yp_bundle_info {
	size_t   trust_lists, status_lists;
	int64_t  trust_exp_unix_s;                  /* the earliest end of a trust list */
	int64_t  oldest_list_iat_unix_s, newest_list_iat_unix_s, earliest_list_exp_unix_s;
	bool     demonstration;                     /* a pinned root is an EXAMPLE root */
};
void yp_bundle_info(const struct yp_verifier *v, struct yp_bundle_info *out);

struct yp_text { const char *ptr; size_t len; };    /* UTF-8, not NUL-terminated; empty if absent */

/* What one judgement found.  Self-contained: copyable only as bytes-in-place (views point into
 * `token`), so keep it where it was filled.  About 5 KiB.  The facts are filled only as far as the
 * token was readable, and are to be believed only if facts_proven. */
struct yp_answer {
	enum yp_verdict verdict;
	bool     facts_proven;                      /* the signature holds: the facts below are the issuer's word */
	bool     stale;                             /* status list older than its ttl */
	bool     demonstration;                     /* judged under an EXAMPLE root: no legal effect */
	int64_t  status_as_of_unix_s;               /* the status list's time; 0 if none was used */
	uint8_t  status_value;                      /* as found in the list */
	char     sentence[YP_SENTENCE_MAX];         /* why, in English */

	unsigned kind;                              /* 1 enforcement, 2 supervision, 3 moderator, 4 body; 0 unknown */
	struct yp_text iss, number, name, body_name, body_uscc, post, entrusting_name, status_uri;
	uint32_t status_idx, jurisdiction;
	uint8_t  fields_n, fields[16];
	int64_t  iat_unix_s, nbf_unix_s, exp_unix_s;
	bool     must_be_live;
	uint8_t  portrait_digest[16]; bool has_portrait_digest;

	size_t   token_len;
	uint8_t  token[2048];                       /* the COSE_Sign1 bytes judged */
};

/* Judge QR text (any prefix ending in /V/, or bare Base32) or raw COSE_Sign1 bytes at now_unix_s.
 * YP_OK with out->verdict set; another status: the library could not work (out->verdict is
 * YP_NOT_JUDGED; YP_ERR_ARGUMENT: no bundle is loaded, or now_unix_s is before 1970 or past all dates).  Thread-safe.  Work is bounded: at most TRUST_ENTRIES_MAX signature checks. */
YP_MUST_CHECK enum yp_status yp_judge(const struct yp_verifier *v, const uint8_t *text, size_t len,
    int64_t now_unix_s, struct yp_answer *out);

#endif
