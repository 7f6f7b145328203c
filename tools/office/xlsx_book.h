/* xlsx_book.h -- what the parts of an XLSX workbook say (ECMA-376 part 1, 18; ISO/IEC 29500), read one by one, as they come.
 *
 * Only the values that a sheet shows are read: no formulas, no comments, no macros, nothing outside the file.
 * Rich text is its runs joined; phonetic guides are left out; _x000D_ and its like are what they stand for. */
#ifndef OFFICE_XLSX_BOOK_H
#define OFFICE_XLSX_BOOK_H

#include "tools/office/sheet_rows.h"
#include "tools/office/xml_reader.h"

enum { XLSX_NAME_LEN_MAX = 255, XLSX_PATH_LEN_MAX = 255 };

/* One relation of a part to another: rId1 -> worksheets/sheet1.xml. */
struct xlsx_relation { char id[64], type[32], target[XLSX_PATH_LEN_MAX + 1]; };   /* type: its last word, "worksheet" */
struct xlsx_relations { struct xlsx_relation *items; size_t n; };
struct xlsx_sheet { char name[XLSX_NAME_LEN_MAX + 1], relation[64]; bool hidden; };

struct xlsx_book {
	struct xlsx_relations relations;       /* of the part read last */
	struct xlsx_sheet *sheets; size_t sheets_n;
	bool dates_from_1904;
	uint8_t *strings; size_t strings_len, strings_cap;     /* the shared ones, end to end */
	size_t *string_ends; size_t strings_n, strings_n_cap;
	bool *style_is_date; size_t styles_n, styles_cap;      /* by cell style */
};
void xlsx_book_free(struct xlsx_book *b);  /* idempotent; wipes the strings */
struct bytes xlsx_string(const struct xlsx_book *b, size_t i);

/* A part on its way in.  Open, feed, finish, close. */
enum xlsx_part { XLSX_RELATIONS, XLSX_WORKBOOK, XLSX_STRINGS, XLSX_STYLES, XLSX_SHEET };
struct xlsx_reading;
/* rows: of XLSX_SHEET, else NULL.  what: for sentences.  Both must outlive the reading. */
MUST_CHECK enum status xlsx_open(enum xlsx_part part, struct xlsx_book *b, struct sheet_rows *rows, const char *what,
    struct xlsx_reading **out, struct err *err);
MUST_CHECK enum status xlsx_feed(struct xlsx_reading *r, struct bytes piece);
MUST_CHECK enum status xlsx_finish(struct xlsx_reading *r);
void xlsx_close(struct xlsx_reading *r);   /* NULL is fine */

#endif
