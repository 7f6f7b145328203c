/* fields.h -- enforcement fields (执法领域): code, Chinese and English name.  Codes are in credentials and never reused. */
#ifndef SHARED_FIELDS_H
#define SHARED_FIELDS_H

#include "base/bytes.h"

const char *field_name_zh(unsigned code);   /* "其他领域" for a code this program does not know */
const char *field_name_en(unsigned code);
unsigned    field_of(struct bytes name_zh); /* 0: no such field */
unsigned    field_of_any(struct bytes name);  /* in either language; 0: no such field */

#endif
