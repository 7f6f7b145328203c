/* import.h -- one import on its way into the register.
 *
 * A spreadsheet is read whole and every row checked before anything is entered; then the good rows are entered, in transactions of
 * many (one, with --strict or --dry-run).  A row that the register's own rules refuse is told like one that cannot be read. */
#ifndef OFFICE_IMPORT_H
#define OFFICE_IMPORT_H

#include "tools/office/refusals.h"
#include "tools/office/reissue.h"
#include "tools/office/sheet_file.h"

struct import {
	struct office *office;
	enum sheet sheet;                      /* not of portraits */
	const char *path, *errors_path, *mapping_path, *sheet_name;
	enum encoding encoding;                /* ENCODING_DETECT: look */
	bool strict, dry_run, as_json, no_issue;
	bool diff, missing, missing_all;       /* tell what each row changes; who is not in the file: of its bodies, of all */
	struct sheet_rows file;
	struct mapping mapping;
	struct columns columns;
	struct divisions divisions;
	struct row_rules rules;
	struct repairs repairs;
	struct refusals refusals;
	bool *bad;                             /* by row: refused while it was read */
	struct device_cells *devices;          /* by row, of a file of devices */
	struct device_index *owners;
	unsigned absent;                       /* ENTRY_*: columns that the file does not have */
	uint64_t changed[COLUMN_COUNT];        /* rows, by column */
	uint8_t *present; size_t present_cap; bool no_memory;  /* bits by holder: in the file */
	uint64_t missing_n;
	uint64_t added, updated, unchanged, name_differs, uscc_odd, incomplete;
	struct batch batch;
	struct reissue_list reissue;
	struct issue_result reissued;
	struct progress progress;
};

/* Each returns the program's exit code. */
int import_sheet(struct import *x);
int import_portraits(struct import *x);    /* path: a directory or a ZIP of JPEG files, NUMBER.jpg */

/* import_check.c: read every row; those refused are told and marked in x->bad. */
MUST_CHECK enum status import_check(struct import *x);
void import_refuse(struct import *x, size_t i, const struct row_error *e);

/* import_tell.c: what a row changes, and who is not in the file. */
MUST_CHECK enum status import_tell_holder(struct import *x, size_t i, enum entered what, uint64_t id, struct bytes before_payload);
struct body_before { bool is_known; struct body body; uint8_t mem[EVENT_LEN_MAX]; };   /* the entries in force before the row */
void import_body_before(struct import *x, struct bytes uscc, struct body_before *out);
void import_tell_body(struct import *x, size_t i, enum entered what, const struct body_before *before, const struct body *after);
void import_mark_present(struct import *x, uint64_t id);
MUST_CHECK enum status import_tell_missing(struct import *x);

/* import.c: what an entered row counts as; the last act, after the last commit; the summary. */
void import_count(struct import *x, enum entered what);
MUST_CHECK enum status import_reissue(struct import *x);
void import_report(const struct import *x, uint64_t rows, uint64_t refused);
bool import_is_of_the_row(enum status st); /* a refusal by a rule, not a failure of the register */

#endif
