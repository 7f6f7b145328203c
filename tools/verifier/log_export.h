/* log_export.h -- records of a site log for people and other systems: CSV for a spreadsheet, JSON Lines for a program.
 *
 * CSV: UTF-8 with a BOM, RFC 4180, a heading, one row for each record, Chinese headings and words for a Chinese reader; no cell can
 * be taken for a formula.  JSON: one object for each record, then one with the key "log" that sums up. */
#ifndef VERIFIER_LOG_EXPORT_H
#define VERIFIER_LOG_EXPORT_H

#include <stdio.h>

#include "tools/shared/json.h"
#include "tools/verifier/sitelog_audit.h"

struct log_export {
	FILE *out;
	bool as_json, chinese;
	int64_t from_unix_s, to_unix_s;      /* records with from <= time < to */
	struct bytes reason;                 /* why they are filled in later; may be empty */
	/* the rest is its own */
	struct textbuf text;
	struct json json;
	uint64_t written, group, members_left;
	int64_t oldest_unix_s;
};

MUST_CHECK enum status log_export_begin(struct log_export *x, struct err *err);
enum status log_export_record(void *ctx, const struct sitelog_walk *at, const struct sitelog_record *r, struct err *err); /* a sitelog_visit */
/* JSON: the sum.  Both: what is left goes out; frees.  Call it after a failure too. */
MUST_CHECK enum status log_export_end(struct log_export *x, const struct sitelog_report *report, struct err *err);

/* {"records", "first", "last", "head", ...}: for `verify --json` and the end of an export. */
void log_report_json(struct json *j, const struct sitelog_report *report);
/* "17:9f86d0...", NUL-terminated: the form that --noted takes. */
#define LOG_HEAD_TEXT_LEN 85u
const char *log_head_text(const struct sitelog_report *report, char out[LOG_HEAD_TEXT_LEN + 1]);

#endif
