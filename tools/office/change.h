/* change.h -- what an import row changes, column by column: from what, to what.
 *
 * Identity numbers are never among them: a person is found by it, and another number is another person. */
#ifndef OFFICE_CHANGE_H
#define OFFICE_CHANGE_H

#include "tools/office/rows.h"

#define CHANGE_TEXT_LEN_MAX MATTERS_LEN_MAX    /* the longest of the columns */
#define CHANGES_MAX 16u

struct cell_change { enum column column; char from[CHANGE_TEXT_LEN_MAX + 1], to[CHANGE_TEXT_LEN_MAX + 1]; };
struct cell_changes { size_t n; struct cell_change all[CHANGES_MAX]; };

void changes_of_holder(const struct entries *before, const struct entries *after, const struct fieldset *fields, struct cell_changes *out);
void changes_of_body(const struct body *before, const struct body *after, struct cell_changes *out);

#endif
