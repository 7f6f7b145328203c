/* clock.h -- the one place that reads the clock. Programs call it; libraries are handed the time. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_unix_s(void);       /* now, UTC seconds */
int64_t clock_unix_ms(void);      /* now, UTC milliseconds */
double  clock_elapsed_s(void);    /* monotonic, for measuring, progress and deadlines only */

#endif
