/* divisions.h -- division codes (GB/T 2260) as replaceable data: HOME/divisions.csv, code,name,level,parent. */
#ifndef SHARED_DIVISIONS_H
#define SHARED_DIVISIONS_H

#include "base/bytes.h"
#include "base/err.h"

/* Codes without trailing 00 pairs; parent 0: none.  A zone is a development zone, no division of GB/T 2260. */
struct division { uint32_t code, parent; struct bytes name; bool is_zone; };
struct divisions { struct division *items; size_t n; uint8_t *text; };

struct bytes divisions_builtin(void);          /* the CSV this program carries */
/* path NULL: the built-in table. */
MUST_CHECK enum status divisions_load(const char *path, struct divisions *out, struct err *err);
void divisions_free(struct divisions *d);
const struct division *division_of_code(const struct divisions *d, uint32_t code);
/* "370102" (or 3701, 37), "历下区", "济南市历下区", "山东省济南市历下区": the code.  ERR_NOT_FOUND; ERR_CONFLICT if several bear
 * the name. */
MUST_CHECK enum status division_find(const struct divisions *d, struct bytes text, uint32_t *code);

#endif
