/* time.h -- instants and civil dates.
 *
 * Instants are UTC seconds since 1970 (int64_t, *_unix_s).  Civil dates are
 * those of UTC+8, fixed, whatever TZ says.  "Valid to day D" holds through D:
 * its end is 00:00 of D+1.  A time t is inside a term when from <= t < to.
 * Only base/clock.c reads the clock; everything else is handed the time. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/bytes.h"
#include "base/status.h"

struct date { int year, month, day; };             /* proleptic Gregorian, month 1-12 */

bool        date_is_valid(struct date d);          /* years 1900..9999 */
int64_t     date_start_unix_s(struct date d);      /* 00:00 of d in UTC+8 */
int64_t     date_end_unix_s(struct date d);        /* 00:00 of d+1 in UTC+8 */
int64_t     date_utc_start_unix_s(struct date d);  /* 00:00 of d in UTC, as X.509 counts */
struct date date_of_unix_s(int64_t unix_s);        /* the civil date at that instant */
struct date date_add_months(struct date d, int months); /* clamps to the month's end */
int         date_cmp(struct date a, struct date b);

/* 2024-01-05, 2024/1/5, 2024.01.05, 20240105, 2024年1月5日.  Else ERR_FORMAT. */
MUST_CHECK enum status date_parse(struct bytes text, struct date *out);

#define DATE_TEXT_LEN 10u                          /* 2024-01-05 */
#define INSTANT_TEXT_LEN 25u                       /* 2024-01-05T09:30:00+08:00 */
const char *date_text(struct date d, char out[DATE_TEXT_LEN + 1]);
const char *instant_text(int64_t unix_s, char out[INSTANT_TEXT_LEN + 1]);
/* A date (its start) or an instant in the form above or ending in Z. */
MUST_CHECK enum status instant_parse(struct bytes text, int64_t *unix_s);

#endif
