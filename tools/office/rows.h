/* rows.h -- a spreadsheet row as what it means: the columns of each kind of file, and cell by cell into body or entries.
 *
 * A failure names the column, what was there (identity numbers masked) and what was wanted; the caller adds file and row. */
#ifndef OFFICE_ROWS_H
#define OFFICE_ROWS_H

#include "registry/attach.h"
#include "registry/review.h"
#include "tools/office/fieldset.h"
#include "tools/office/mapping.h"
#include "tools/office/repair.h"
#include "tools/office/sheet_rows.h"
#include "tools/shared/divisions.h"

enum sheet { SHEET_BODIES = 1, SHEET_HOLDERS, SHEET_MODERATORS, SHEET_DEVICES, SHEET_SUPERVISORS, SHEET_MINISTRY, SHEET_REVIEWS,
	SHEET_LAST = SHEET_REVIEWS };
enum column { COLUMN_INDEX, COLUMN_NAME, COLUMN_SEX, COLUMN_IDNUMBER, COLUMN_BODY, COLUMN_USCC, COLUMN_POST, COLUMN_STAFF,
	COLUMN_FIELDS, COLUMN_AREA, COLUMN_NUMBER, COLUMN_ISSUED_ON, COLUMN_VALID_UNTIL, COLUMN_STATUS, COLUMN_REMARKS,
	COLUMN_TRAINED_ON, COLUMN_EXAMINED_ON, COLUMN_BODY_KIND, COLUMN_DIVISION, COLUMN_ENTRUSTING_NAME, COLUMN_ENTRUSTING_USCC,
	COLUMN_ENTRUSTED_FROM, COLUMN_ENTRUSTED_TO, COLUMN_MATTERS, COLUMN_AUTHORITY, COLUMN_LAW,
	COLUMN_ENTRUSTMENT_DOCUMENT, COLUMN_ENTRUSTMENT_PUBLISHED, COLUMN_DEVICE, COLUMN_SHOW_BY,
	COLUMN_MINISTRY, COLUMN_REVIEW_RESULT, COLUMN_REVIEWED_ON, COLUMN_REVIEW_DUE, COLUMN_ORGAN, COLUMN_DOCUMENT, COLUMN_REVIEWER,
	COLUMN_COUNT };

const char *sheet_name(enum sheet s);
enum credential_kind sheet_kind(enum sheet s);              /* of the certificates of people in it; 0: it has none */
const char *column_heading(enum sheet s, enum column c);    /* as it stands in the file: 姓名, 身份证号, ... */

/* Of this kind of file, in any of its forms, or in the mapping (NULL: none). */
bool heading_is_known(enum sheet s, const struct mapping *m, struct bytes cell);
/* An office's own headings, each for one of this kind of file. */
MUST_CHECK enum status columns_mapping(enum sheet s, const char *path, struct mapping *out, struct err *err);

struct columns { enum sheet sheet; int at[COLUMN_COUNT]; }; /* cell index, -1 if the file has none */
/* Match the heading row.  Unknown headings, each with the nearest known one, a missing or a doubled one: ERR_FORMAT. */
MUST_CHECK enum status columns_match(enum sheet s, const struct mapping *m, const struct sheet_rows *f, struct columns *out, struct err *err);

struct row_error { enum column column; char value[64]; struct err err; };   /* column COLUMN_COUNT: the row as a whole */

/* What rows are read against; bodies NULL while bodies are imported. */
struct row_rules {
	const struct divisions *divisions;
	struct body_cache *bodies;             /* to find a body by its name, and to compare names */
	struct bytes number_template;          /* a given number must match it */
	const struct fieldset *fields;         /* those in use; NULL: all the program knows */
	struct repairs *repairs;               /* counts them, and keeps the repaired cells of the row at hand */
};

struct holder_row {
	struct entries entries;                /* views into the file, this struct and the repairs */
	char idnumber[IDNUMBER_LEN + 1];       /* sealed: wipe it */
	char number[NUMBER_LEN_MAX + 1];
	bool name_differs, uscc_odd;           /* warnings: body's name, its check character */
};
MUST_CHECK enum status row_holder(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row,
    const struct row_rules *rules, struct holder_row *out, struct row_error *e);

/* A row of devices, whole: kept, since looking at a key costs more than all the rest. */
struct device_cells {
	char number[NUMBER_LEN_MAX + 1], name[NAME_LEN_MAX + 1];
	uint8_t point_mem[DEVICE_POINT_LEN];
	struct device_row row;                 /* views into this struct: keep it where it was filled */
};
MUST_CHECK enum status row_device(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row,
    const struct row_rules *rules, struct device_cells *out, struct row_error *e);

struct review_row { struct review review; struct bytes number, name; };   /* name empty: not compared */
MUST_CHECK enum status row_review(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row,
    const struct row_rules *rules, struct review_row *out, struct row_error *e);

struct body_row {
	struct body body;
	bool uscc_odd;
	bool is_incomplete;                    /* warning: entrusted without its organ's code, matters or authority; authorised without the law */
};
MUST_CHECK enum status row_body(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row,
    const struct row_rules *rules, struct body_row *out, struct row_error *e);

#endif
