/* seen.h -- which texts a file has had already, and in which row: an open hash table of views. */
#ifndef OFFICE_SEEN_H
#define OFFICE_SEEN_H

#include "base/bytes.h"
#include "base/status.h"

struct seen { struct seen_slot { struct bytes text; size_t row; } *slots; size_t cap, n; };

/* Room for n texts. */
MUST_CHECK enum status seen_open(struct seen *s, size_t n);
/* Enter text (which must outlive s) with its row; the row that had it before, or 0. */
size_t seen_add(struct seen *s, struct bytes text, size_t row);
bool seen_has(const struct seen *s, struct bytes text);
void seen_close(struct seen *s);           /* idempotent */

#endif
