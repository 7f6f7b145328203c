/* sitelog_audit.h -- look at all of a site log: does the chain hold, from the opening to the head?
 *
 * What a chain shows: a record changed, taken out, put in or moved breaks it at that record; the last record and the end are
 * guarded by the head file; a head noted down elsewhere (on paper, at the office) guards everything up to it, even against
 * somebody who rewrites log and head file together.  What it cannot show: that a check was never logged, and what was rewritten after
 * the newest head that somebody else holds. */
#ifndef VERIFIER_SITELOG_AUDIT_H
#define VERIFIER_SITELOG_AUDIT_H

#include "tools/verifier/sitelog_walk.h"

#define SITELOG_NOTED_LEN_MIN 8u       /* bytes of a noted hash: 16 hex digits are few to copy by hand and 2^64 tries to hit */

/* A head noted earlier: SEQ:HEX, at least 16 of the 64 digits. */
struct sitelog_noted { uint64_t sequence; uint8_t prefix[DIGEST_LEN]; size_t len; bool met; };
MUST_CHECK enum status sitelog_noted_parse(const char *text, struct sitelog_noted *out, struct err *err);

/* A log, looked at as it stood when it was opened; read only, so that a copy on a write-protected stick will do. */
struct sitelog_audit {
	const char *path;                  /* borrowed */
	int fd;
	uint64_t end;
	enum status head_status;           /* OK, ERR_NOT_FOUND: none beside it, ERR_FORMAT: damaged */
	struct sitelog_place head;
	struct sitelog_walk walk;
};

struct sitelog_report {
	struct sitelog_opening opening;
	struct sitelog_place last;         /* the chain's end */
	struct digest head;                /* with last.sequence: what is to be noted down.  Of a continued log without records the old one's */
	uint64_t records, checks, repairs;
	int64_t first_unix_s, last_unix_s; /* times of the first and the last record; 0 without */
	uint64_t set_back_n, set_back_first; /* how often, and first at which record, the clock was set back */
	uint64_t head_behind;              /* records after the head file's: a program was stopped between the two writes */
	bool head_checked, noted_newest;   /* the head file agreed; a noted head is the last record */
};

/* Called for each record that held, in order.  A failure ends the audit with it. */
typedef enum status sitelog_visit(void *ctx, const struct sitelog_walk *at, const struct sitelog_record *r, struct err *err);

/* No log there: ERR_NOT_FOUND, with a head ERR_DAMAGED: it was taken away. */
MUST_CHECK enum status sitelog_audit_open(const char *path, struct sitelog_audit **out, struct err *err);
void sitelog_audit_close(struct sitelog_audit *a);   /* NULL is fine */

/* OK: whole, as far as can be shown.  ERR_DAMAGED: not whole, or its end is guarded by nothing, neither head file nor noted head; the
 * sentence says what.  Another status: could not look.  visit may be NULL.  The report is filled as far as the log held.  Noted heads
 * are marked as met; those that no log met are for sitelog_noted_check. */
MUST_CHECK enum status sitelog_audit_run(struct sitelog_audit *a, struct sitelog_noted *noted, size_t noted_n, sitelog_visit *visit,
    void *ctx, struct sitelog_report *out, struct err *err);

/* After the last of the logs: was every noted head met?  One beyond `last`, the newest record: ERR_DAMAGED, the end was cut off.  One
 * from before the first: ERR_NOT_FOUND. */
MUST_CHECK enum status sitelog_noted_check(const struct sitelog_noted *noted, size_t n, uint64_t last, struct err *err);

/* Does `next` go on where `before` ended?  ERR_DAMAGED if not. */
MUST_CHECK enum status sitelog_follows(const struct sitelog_report *before, const struct sitelog_report *next, struct err *err);

#endif
