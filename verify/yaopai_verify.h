/* yaopai_verify.h -- judge an electronic enforcement certificate, anywhere.
 *
 * The library has no files, no clock, no network, no database and no state outside the context, and no heap of its own
 * (OpenSSL keeps the public keys on its heap, and its SHA-256 and SM3 are fetched from it once a process).  It cannot sign.
 *
 * USE
 *	1. yp_open() over memory of yours;
 *	2. yp_pin_root() for each root certificate you trust;
 *	3. yp_put_memory() with what yp_get_memory() gave you last time, if you keep it;
 *	4. yp_load_bundle() with the newest bundle, and yp_get_memory() to keep;
 *	5. yp_judge() or yp_judge_asked() as often as you like;
 *	6. yp_close().
 *
 * STATUS AND VERDICT.  A *status* (enum yp_status) says whether the library could work; a *verdict* is its answer.  Zero is
 * never "valid".  Both must be looked at.
 *
 * THREADS.  Judging changes nothing in the verifier: after step 4 any number of threads may judge at once.  All other calls
 * need the verifier for themselves.  Two verifiers share nothing.  A yp_replay may be used by several threads.
 *
 * TIME.  All instants are seconds since 1970 UTC, given by the caller.  The caller's clock is believed, but see
 * yp_bundle_info.clock_floor_unix_s.
 *
 * Formats and the ordered decision table: docs/formats.md.  An example program: verify/example/judge.c, installed
 * beside the other documents.  Versions of the library: docs/decisions/014-library-interface.md. */
#ifndef YAOPAI_VERIFY_H
#define YAOPAI_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define YP_MUST_CHECK __attribute__((warn_unused_result))
#define YP_API __attribute__((visibility("default")))

/* Same numbers as base/status.h. */
enum yp_status { YP_OK = 0, YP_ERR_FORMAT, YP_ERR_UNSUPPORTED, YP_ERR_LIMIT, YP_ERR_NOT_FOUND,
	YP_ERR_CONFLICT, YP_ERR_ARGUMENT, YP_ERR_DAMAGED, YP_ERR_SYSTEM, YP_ERR_CRYPTO };
YP_API const char *yp_status_text(enum yp_status st);      /* static, never NULL */

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
	YP_POSSESSION_UNPROVEN  = 50,  /* must be shown live, on the holder's own device */
	YP_PRESENTATION_FORGED  = 51,  /* shown live, but not signed by the device that the certificate names */
	YP_CLOCK_SKEW           = 52,  /* the live code was made in the future: one of the two clocks is wrong */
	YP_PRESENTATION_STALE   = 53,  /* the live code is too old: a screenshot, or a slow clock */
	YP_CHALLENGE_FAILED     = 54,  /* the live code answers another question than the one asked */
	YP_REPLAYED             = 55,  /* this very live code was used here already (or the memory of them is full) */
	YP_NOT_ON_REGISTER      = 60,  /* given by an endpoint that holds the register, never by this library */
};
YP_API const char *yp_verdict_text(enum yp_verdict v);     /* "VALID", "NOT_YET_VALID", ...; static */

struct yp_verifier;                                 /* opaque; lives in the caller's workspace */
struct yp_replay;                                   /* opaque; lives in memory of the caller's */

struct yp_text { const char *ptr; size_t len; };    /* UTF-8, not NUL-terminated; empty if absent */
struct yp_bytes { const uint8_t *ptr; size_t len; };

#define YP_SENTENCE_MAX 400u                        /* a sentence for a person, NUL-terminated */

/* ---- setting up ---------------------------------------------------------------------------------- */

/* Workspace for `lists` status lists of 2^log2_indices indices at `bits` bits each, and 16 roots.  It holds two states, the one in
 * force and the one a load builds beside it, so twice the inflated lists and about 1.8 MiB; the second half is not touched
 * before a second load.  0: more than the limits allow (512 lists, 2^20 indices, 8 bits). */
YP_API size_t yp_workspace_len(size_t lists, unsigned log2_indices, unsigned bits);

/* How many status lists a bundle holds, for yp_workspace_len; at least 1, whatever the bytes are. */
YP_API size_t yp_bundle_lists(const uint8_t *bundle, size_t len);

/* *out lives in workspace (aligned as malloc aligns; YP_ERR_ARGUMENT), which must outlive it.  Too small: YP_ERR_LIMIT. */
YP_API YP_MUST_CHECK enum yp_status yp_open(void *workspace, size_t len, struct yp_verifier **out);
YP_API void yp_close(struct yp_verifier *v);               /* frees the keys; NULL is fine */

/* Trust this self-signed root certificate (DER; copied), before the first load.  Several roots stand side by side: of several
 * provinces, or an old one and its successor.  sentence (YP_SENTENCE_MAX bytes) may be NULL, here and below; it is empty on
 * YP_OK. */
YP_API YP_MUST_CHECK enum yp_status yp_pin_root(struct yp_verifier *v, const uint8_t *der, size_t len,
    char *sentence);

/* Take in a bundle: every trust list is checked against the pinned roots, every certificate in it against its root, every
 * status list against its trust list, and inflated into the workspace.  Parts of roots that are not pinned are passed over; a
 * part of a pinned root that is damaged or forged, or older than what the memory holds (YP_ERR_CONFLICT), refuses the whole
 * bundle, and the verifier is as before.  A status list truly signed, but by a key that may not sign it, or wanting a newer
 * trust list, is kept and makes no statement: STATUS_UNKNOWN.
 * No part of a pinned root: YP_ERR_NOT_FOUND; a workspace too small: YP_ERR_LIMIT.
 * The bundle's bytes must outlive the verifier (or the next load).  A second load replaces the first; no thread may judge
 * meanwhile.  now_unix_s: a clock before 1970 is refused; what depends on the time is looked at when judging, so that a bundle
 * can be loaded before its time, or on a device whose clock is set later. */
YP_API YP_MUST_CHECK enum yp_status yp_load_bundle(struct yp_verifier *v, const uint8_t *bundle, size_t len,
    int64_t now_unix_s, char *sentence);

struct yp_bundle_info {
	size_t   trust_lists, status_lists;
	int64_t  trust_exp_unix_s;                  /* the earliest end of a trust list */
	int64_t  oldest_list_iat_unix_s, newest_list_iat_unix_s, earliest_list_exp_unix_s;
	int64_t  earliest_stale_unix_s;             /* from here on a verdict is marked stale: the earliest iat + ttl */
	int64_t  clock_floor_unix_s;                /* the newest instant that an accepted list was made at: a clock more than 300 s
	                                               behind it is wrong, and no verdict under it should be acted on */
	bool     demonstration;                     /* a pinned root is an EXAMPLE root */
};
YP_API void yp_bundle_info(const struct yp_verifier *v, struct yp_bundle_info *out);

/* ---- what must not be forgotten ------------------------------------------------------------------ */

/* The memory against rollback (docs/formats.md 6): for each (root, authority) the newest trust list accepted, for each (root,
 * address) the newest status list, and the clock floor.  With it an older bundle is refused, also after a restart, and
 * so is another one of the same issue; what a bundle leaves out stays remembered.  A verifier begins with an empty one.
 * The bytes are not secret and not signed: keep them where only you can write. */
#define YP_MEMORY_MAX (160u << 10)                  /* bytes that always suffice */
/* Copied, in place of the memory so far.  Not such bytes: YP_ERR_FORMAT, and the memory is as before. */
YP_API YP_MUST_CHECK enum yp_status yp_put_memory(struct yp_verifier *v, const uint8_t *memory, size_t len, char *sentence);
/* *len is set; YP_ERR_LIMIT: more than cap (never with YP_MEMORY_MAX).  Equal memories are equal bytes. */
YP_API YP_MUST_CHECK enum yp_status yp_get_memory(const struct yp_verifier *v, uint8_t *out, size_t cap, size_t *len);

/* ---- judging -------------------------------------------------------------------------------------- */

/* What one judgement found.  Self-contained: copyable only as bytes-in-place (views point into
 * `token`), so keep it where it was filled.  Under 3 KiB.  The facts are filled only as far as the
 * token was readable, and are to be believed only if facts_proven. */
struct yp_answer {
	enum yp_verdict verdict;
	bool     facts_proven;                      /* the signature holds: the facts below are the issuer's word */
	bool     stale;                             /* status list older than its ttl */
	bool     demonstration;                     /* judged under an EXAMPLE root: no legal effect */
	bool     presented;                         /* it was shown as a live code */
	bool     live;                              /* ... and the holder's device made that code just now */
	int64_t  status_as_of_unix_s;               /* the status list's time; 0 if none was used */
	uint8_t  status_value;                      /* as found in the list */
	int64_t  presented_unix_s, window_s;        /* when the live code was made by the device's clock; how long it is good */
	char     sentence[YP_SENTENCE_MAX];         /* why, in English */

	unsigned kind;                              /* 1 enforcement, 2 supervision, 3 moderator, 4 body; 0 unknown */
	struct yp_text iss, number, name, body_name, body_uscc, post, entrusting_name, status_uri;
	uint32_t status_idx, jurisdiction;
	uint8_t  fields_n, fields[16];
	int64_t  iat_unix_s, nbf_unix_s, exp_unix_s;
	bool     must_be_live;                      /* the issuer's policy: a bare code is not enough */
	bool     has_device_key;
	uint8_t  device_key[33];                    /* SEC1 compressed point, P-256 */
	uint8_t  portrait_digest[16]; bool has_portrait_digest;

	struct yp_bytes credential;                 /* the certificate itself: the token, or what stands in the live code */
	size_t   token_len;
	uint8_t  token[2048];                       /* the COSE_Sign1 bytes judged */
};

/* Judge QR text (any prefix ending in /V/, or bare Base32) or raw COSE_Sign1 bytes at now_unix_s.
 * YP_OK with out->verdict set; another status: the library could not work (out->verdict is YP_NOT_JUDGED; YP_ERR_ARGUMENT: no
 * bundle is loaded, or now_unix_s is before 1970 or past all dates).  Thread-safe.  Work is bounded: at most 64 checks of the
 * issuer's signature for each trust list, and one of the device's. */
YP_API YP_MUST_CHECK enum yp_status yp_judge(const struct yp_verifier *v, const uint8_t *text, size_t len,
    int64_t now_unix_s, struct yp_answer *out);

/* What a site asks beside "is it good now?".  Zeroed, with now_unix_s set, it asks nothing more.  Each can only make the answer
 * stricter. */
struct yp_question {
	int64_t  now_unix_s;
	int64_t  status_age_max_s;                  /* greatest age of the status list; 0: as the issuer allows */
	bool     must_be_live;                      /* a live code, whatever the issuer's policy */
	struct yp_bytes challenge;                  /* the nonce this site gave the device, 8 to 64 bytes: it must come back */
	struct yp_text audience;                    /* who asks, at most 64 bytes: the live code must be made for it */
	struct yp_replay *replay;                   /* refuse a live code seen before; NULL: do not */
};
/* As yp_judge.  A challenge or audience asks for a live code too.  A live code that would be VALID is entered into replay; none
 * that is not. */
YP_API YP_MUST_CHECK enum yp_status yp_judge_asked(const struct yp_verifier *v, const uint8_t *text, size_t len,
    const struct yp_question *question, struct yp_answer *out);

/* Live codes already used here.  Keyed by (device key, cti), each kept until 2 windows after it was made; full: no live code is
 * VALID until some have run out.  The page that a passer-by opens must not use one: previews, reloads and two bystanders send
 * the same code.  entries: 1 to 2^20; 0 bytes for more. */
YP_API size_t yp_replay_len(size_t entries);
/* In memory of that length, aligned as malloc aligns.  The memory holds no pointers: it may be saved and opened again (fresh false;
 * YP_ERR_DAMAGED: not such bytes), by one user at a time. */
YP_API YP_MUST_CHECK enum yp_status yp_replay_open(void *memory, size_t len, bool fresh, struct yp_replay **out);

/* *matches: this JPEG is the portrait whose digest the certificate bears.  False also if it bears none. */
YP_API YP_MUST_CHECK enum yp_status yp_portrait_matches(const struct yp_answer *a, const uint8_t *jpeg, size_t len, bool *matches);

/* ---- several officers together --------------------------------------------------------------------- */

enum yp_group_verdict {
	YP_GROUP_NOT_JUDGED      = 0,
	YP_GROUP_GOOD            = 1,
	YP_GROUP_TOO_FEW         = 70,  /* fewer than two; in a joint inspection fewer than two of a body */
	YP_GROUP_MEMBER_NOT_GOOD = 71,  /* a certificate is not VALID */
	YP_GROUP_WRONG_KIND      = 72,  /* only enforcement certificates make an officer */
	YP_GROUP_SAME_PERSON     = 73,
	YP_GROUP_OTHER_BODY      = 74,  /* not all of one body, and the inspection is not joint; or of none of the bodies named */
	YP_GROUP_FIELD           = 75,  /* fewer than two hold the field asked for */
	YP_GROUP_JURISDICTION    = 76,  /* a member may not act in the place asked for */
};
YP_API const char *yp_group_verdict_text(enum yp_group_verdict v);   /* "GOOD", "TOO_FEW", ...; static */

struct yp_group_question {
	bool     joint;                             /* 综合查一次: two of each body, bodies may differ */
	const struct yp_text *bodies; size_t bodies_n;  /* joint: the credit codes of the bodies that must each send two; 0: those that came */
	uint8_t  fields[16]; size_t fields_n;       /* enforcement fields, each held by two at least */
	uint32_t jurisdiction;                      /* 0: not asked; 37, 3701, 370102: every member's covers it */
};
struct yp_group_answer { enum yp_group_verdict verdict; size_t member; char sentence[YP_SENTENCE_MAX]; }; /* member: from 0, where one is to blame */

/* Judge the answers of n certificates together, in the order of the verdicts above.  Pure.  At most 32 members (YP_ERR_LIMIT). */
YP_API YP_MUST_CHECK enum yp_status yp_judge_group(const struct yp_answer *const *members, size_t n,
    const struct yp_group_question *question, struct yp_group_answer *out);

#ifdef __cplusplus
}
#endif

#endif
