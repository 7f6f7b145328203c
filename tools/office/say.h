/* say.h -- one fact after another about a subject: a line for people, a member of an object for programs.
 *
 * Nothing is said of what is empty (an instant of 0, a date of year 0). */
#ifndef OFFICE_SAY_H
#define OFFICE_SAY_H

#include "base/time.h"
#include "tools/office/describe.h"

void say_begin(struct describe *d);        /* an object; no line */
void say_end(struct describe *d);
void say_text(struct describe *d, const char *label, const char *key, struct bytes value);
void say_number(struct describe *d, const char *label, const char *key, uint64_t value);
void say_instant(struct describe *d, const char *label, const char *key, int64_t unix_s);
void say_date(struct describe *d, const char *label, const char *key, struct date day);
void say_hex(struct describe *d, const char *label, const char *key, struct bytes value);   /* at most DIGEST_LEN bytes */

#endif
