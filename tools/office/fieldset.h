/* fieldset.h -- the enforcement fields (执法领域) that this office uses: those the program knows, less the ones switched off, and
 * the office's own under codes 64 to 255 (section [fields] of yaopai.conf).
 *
 * A verifier elsewhere shows an own code as 其他领域, since only the code is in the credential. */
#ifndef OFFICE_FIELDSET_H
#define OFFICE_FIELDSET_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

enum { FIELD_OWN_FIRST = 64, FIELD_CODE_MAX = 255, FIELD_NAME_LEN_MAX = 48, FIELDS_OWN_MAX = 64 };

struct own_field { unsigned code; char zh[FIELD_NAME_LEN_MAX + 1], en[FIELD_NAME_LEN_MAX + 1]; };
struct fieldset {                              /* zeroed: the program's own, all of them */
	bool off[FIELD_OWN_FIRST];
	struct own_field own[FIELDS_OWN_MAX];
	size_t own_n;
};

/* One line of [fields]: "23 = off", "64 = 海洋渔业, marine fishery".  ERR_FORMAT, ERR_LIMIT with the sentence. */
MUST_CHECK enum status fieldset_put(struct fieldset *f, const char *code, const char *value, struct err *err);

/* NULL is the zeroed set. */
const char *fieldset_zh(const struct fieldset *f, unsigned code);      /* 其他领域 for a code that nobody knows */
const char *fieldset_en(const struct fieldset *f, unsigned code);
unsigned    fieldset_find(const struct fieldset *f, struct bytes name);/* in either language; 0: none, or switched off */

struct field_codes { uint8_t n, codes[FIELDS_MAX]; };                  /* ascending, each once */
/* Names joined by 、 , ; or / (also full-width).  NULL, or what is wrong with them, static. */
const char *fieldset_parse(const struct fieldset *f, struct bytes text, struct field_codes *out);

#endif
