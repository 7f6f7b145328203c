/* reading.h -- reading one row cell by cell: what rows.c and row_device.c share.
 *
 * Each reader refuses with WRONG, which remembers the column, what was there (identity numbers masked, keys cut short) and what was
 * wanted. */
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

MUST_CHECK enum status read_cell_count(const struct reading *r);
MUST_CHECK enum status read_text(const struct reading *r, enum column c, size_t len_max, bool compulsory, struct bytes *out);
MUST_CHECK enum status read_date(const struct reading *r, enum column c, bool may_be_endless, struct date *out);
MUST_CHECK enum status read_word(const struct reading *r, enum column c, const char *const words[], size_t n, const char *wanted,
    size_t *out);
/* Full-width digits and letters, spaces, lower-case x: repaired, since nothing is lost.  out has cap + 1 bytes; returns the
 * length, at most cap. */
size_t halfwidth(struct bytes t, char *out, size_t cap);

#endif
