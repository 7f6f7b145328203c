/* reading.h -- reading one row cell by cell: what rows.c and row_device.c share.
 *
 * Each reader refuses with WRONG, which remembers the column, what was there (identity numbers masked, keys cut short) and what was
 * wanted.  What is safe to repair is repaired (repair.h); what they yield lives as long as the row is read. */
#ifndef OFFICE_READING_H
#define OFFICE_READING_H

#include "tools/office/rows.h"

struct reading { /* one row being read */
	const struct columns *c;
	const struct sheet_rows *f;
	const struct sheet_row *row;
	const struct row_rules *rules;
	struct row_error *e;
};

struct bytes cell_of(const struct reading *r, enum column c);   /* empty if the file has no such column */
MUST_CHECK enum status cell_wrong(const struct reading *r, enum column c, enum status st);
#define WRONG(r, column, ...) cell_wrong(r, column, err_set(&(r)->e->err, ERR_FORMAT, __VA_ARGS__))

/* First for every row: as many cells as the heading, and nothing in them that a spreadsheet has made of a lost value. */
MUST_CHECK enum status read_cell_count(const struct reading *r);
MUST_CHECK enum status read_text(const struct reading *r, enum column c, size_t len_max, bool compulsory, struct bytes *out);
/* A name, of a person or a body: as read_text, and without spaces between Chinese characters. */
MUST_CHECK enum status read_name(const struct reading *r, enum column c, bool compulsory, struct bytes *out);
/* A number or a code in capitals, repaired; what has lost digits is refused. */
MUST_CHECK enum status read_code(const struct reading *r, enum column c, struct bytes *out);
MUST_CHECK enum status read_date(const struct reading *r, enum column c, bool may_be_endless, struct date *out);
MUST_CHECK enum status read_word(const struct reading *r, enum column c, const char *const words[], size_t n, const char *wanted,
    size_t *out);
#endif
