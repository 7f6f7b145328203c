/* list.h -- the lists that yaopai list, expiring and announce write. */
#ifndef OFFICE_LIST_H
#define OFFICE_LIST_H

#include "tools/office/selection.h"

struct list_request {
	struct selection selection;
	struct list_output output;
	int64_t now_unix_s;
	struct divisions divisions;
};

extern const struct list_columns holder_columns, body_columns;
/* The register is open.  *rows: how many were written. */
MUST_CHECK enum status list_holders(struct office *o, const struct list_request *q, uint64_t *rows);
MUST_CHECK enum status list_bodies(struct office *o, const struct list_request *q, uint64_t *rows);

#endif
