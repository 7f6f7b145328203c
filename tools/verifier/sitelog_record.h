/* sitelog_record.h -- the two things a site log is made of, as bytes: its opening and its records.
 *
 * A log is a CBOR sequence (RFC 8742; docs/formats.md 12):
 *
 *	"yp-sitelog-1"
 *	opening  [1, id (8 bytes), opened s, reason, previous sequence, previous hash (32 bytes, or none)]
 *	record   [1, sequence, time s, kind, verdict, flags, status list s, judged as of s, presented (32 bytes, or none),
 *	          credential (32 bytes, or none), members, site, purpose, previous (32 bytes)]
 *	record   ...
 *
 * All of it canonical CBOR (crypto/cbor.h): one log has one encoding.  previous is the SHA-256 of the bytes of the record before;
 * for the first record, of the text and the opening together.  There is no name and no certificate number: who holds a token can
 * find its check by digest, nobody else learns whose it was.
 *
 * Decoded site and purpose are views into the encoding; all else is copied.  Nothing here reads files or allocates. */
#ifndef VERIFIER_SITELOG_RECORD_H
#define VERIFIER_SITELOG_RECORD_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "crypto/digest.h"

#define SITELOG_ID_LEN 8u
#define SITELOG_OPENING_LEN_MAX 96u        /* text and opening together */

/* Why a log begins. */
enum sitelog_reason {
	SITELOG_NEW = 1,             /* the first at this place */
	SITELOG_CONTINUED = 2,       /* the one before was archived; its last record is previous */
	SITELOG_AFTER_DAMAGE = 3,    /* the one before did not hold and was put aside; previous is the last of it that is known */
};

struct sitelog_opening {
	uint8_t id[SITELOG_ID_LEN];  /* random; tells the logs of two devices apart */
	int64_t opened_unix_s;
	enum sitelog_reason reason;
	uint64_t previous_sequence;  /* the first record of this log is the next */
	bool has_previous;
	struct digest previous;
};

enum sitelog_kind {
	SITELOG_CHECK = 1,           /* something was judged */
	SITELOG_GROUP = 2,           /* officers were judged together: what that gave; the checks of the `members` follow it */
	SITELOG_REPAIR = 3,          /* the log itself was mended; verdict is a sitelog_repair */
};

enum sitelog_repair {
	SITELOG_TORN = 1,            /* unfinished bytes at the end were moved aside; presented is their SHA-256 */
	SITELOG_HEAD_LOST = 2,       /* the head file was missing or damaged: what was cut off before cannot be told */
};

enum sitelog_flag {
	SITELOG_STALE = 1,           /* the status list was older than its ttl */
	SITELOG_DEMONSTRATION = 2,   /* judged under an EXAMPLE root: no legal effect */
	SITELOG_CLOCK_BEHIND = 4,    /* the device's clock was known to be behind */
	SITELOG_OF_TEXT = 8,         /* no signed object could be read: presented is the SHA-256 of the input as it was read,
	                              * or none for an input too long to be kept */
	SITELOG_FLAGS = 15,
};

/* What was found, without its place in the chain.  Zeroed is a good start. */
struct sitelog_entry {
	enum sitelog_kind kind;
	int64_t  time_unix_s;            /* when, by the device's clock */
	unsigned verdict;                /* enum yp_verdict; of a group enum yp_group_verdict; at most 255 */
	unsigned flags;
	int64_t  status_as_of_unix_s;    /* the status list's time; 0: none was used */
	int64_t  judged_as_of_unix_s;    /* --now: the instant judged as of; 0: time_unix_s */
	bool     has_presented, has_credential;
	struct digest presented;         /* SHA-256 of the signed object's bytes */
	struct digest credential;        /* SHA-256 of the credential in it, if it is a presentation: what the office can look up */
	unsigned members;                /* of a group: 1 to GROUP_MEMBERS_MAX */
	struct bytes site, purpose;      /* clean text (base/text.h), at most SITE_LEN_MAX and PURPOSE_LEN_MAX bytes; may be empty */
};

struct sitelog_record { uint64_t sequence; struct sitelog_entry entry; struct digest previous; };

/* Can it be logged?  ERR_ARGUMENT, with the reason. */
MUST_CHECK enum status sitelog_entry_check(const struct sitelog_entry *e, struct err *err);
/* A site or a purpose as typed; name is what the user calls it: "--site".  ERR_ARGUMENT with a sentence. */
MUST_CHECK enum status sitelog_text_check(const char *name, struct bytes text, size_t len_max, struct err *err);

/* *enc is a view of out.  A record that is not well formed: ERR_ARGUMENT; too little room: ERR_LIMIT. */
MUST_CHECK enum status sitelog_record_encode(const struct sitelog_record *r, struct buf out, struct bytes *enc);
/* All of enc is one record.  A newer version, an unknown kind or flag: ERR_UNSUPPORTED; else ERR_FORMAT. */
MUST_CHECK enum status sitelog_record_decode(struct bytes enc, struct sitelog_record *out);

MUST_CHECK enum status sitelog_opening_encode(const struct sitelog_opening *o, struct buf out, struct bytes *enc);
/* in begins with text and opening; *len is what they take.  Not a site log, or cut: ERR_FORMAT. */
MUST_CHECK enum status sitelog_opening_decode(struct bytes in, struct sitelog_opening *out, size_t *len);

/* Length of the record that `in` begins with, by its heads alone: OK and *len; ERR_NOT_FOUND: `in` is the beginning of a record and
 * ends before it; ERR_FORMAT: no record begins so, however it goes on. */
MUST_CHECK enum status sitelog_record_len(struct bytes in, size_t *len);

#endif
