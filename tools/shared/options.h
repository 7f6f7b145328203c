/* options.h -- values of command-line options, each refused with a sentence that names the option. */
#ifndef SHARED_OPTIONS_H
#define SHARED_OPTIONS_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/time.h"

/* name as the user types it: "--jobs".  Digits only, least <= value <= most. */
MUST_CHECK enum status option_uint(const char *name, const char *text, uint64_t least, uint64_t most,
    uint64_t *out, struct err *err);
/* A date (its start in UTC+8) or an instant, as base/time.h reads them. */
MUST_CHECK enum status option_instant(const char *name, const char *text, int64_t *unix_s, struct err *err);
/* A span of time: seconds, or a number with s, m, h or d behind it; least <= seconds <= most. */
MUST_CHECK enum status option_duration(const char *name, const char *text, int64_t least_s, int64_t most_s, int64_t *seconds,
    struct err *err);
/* A last day that lies so far ahead of a day: 6m, 1y, 30d or 2w; months are calendar months.  At most 100 years. */
MUST_CHECK enum status option_ahead(const char *name, const char *text, struct date from, struct date *day, struct err *err);
/* The word of the list nearest to what was typed, for "did you mean"; NULL if none is near. */
const char *option_nearest(const char *typed, const char *const *words, size_t n);

#endif
