/* identifier.h -- numbers with check characters, and certificate number templates (docs/formats.md, GB standards). */
#ifndef REGISTRY_IDENTIFIER_H
#define REGISTRY_IDENTIFIER_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

/* GB 11643-1999: 17 digits and a check character 0-9 or X, a real birth date (1900..9999; whether it lies in the
 * past is the caller's to judge, and the division code is not looked up).  ERR_FORMAT with what is
 * wrong; the number itself is never in the sentence. */
MUST_CHECK enum status idnumber_check(struct bytes text, struct err *err);
char idnumber_check_character(const char digits[17]);
/* 370***********123X style: first 3 and last 2 kept, the rest stars; any other length: all stars.  For messages. */
const char *idnumber_mask(struct bytes text, char out[IDNUMBER_LEN + 1]);

/* GB 32100-2015: alphabet and length.  ERR_FORMAT if broken; *check_holds tells the check character apart (warn, do not
 * refuse: a few real codes fail). */
MUST_CHECK enum status uscc_check(struct bytes text, bool *check_holds, struct err *err);
char uscc_check_character(const char head[17]);

/* Template such as "15#########": # is a digit, all else stands for itself.  A pattern and a generator at once. */
MUST_CHECK enum status number_template_check(struct bytes tmpl, struct err *err);
bool number_matches(struct bytes tmpl, struct bytes number);
/* The n-th number of the template; beyond the last: ERR_LIMIT. */
MUST_CHECK enum status number_make(struct bytes tmpl, uint64_t n, char out[NUMBER_LEN_MAX + 1]);

#endif
