#include "base/clock.h"

#include <time.h>

static struct timespec
clock_read(clockid_t id)
{
	struct timespec t = { 0 };
	(void)clock_gettime(id, &t); /* cannot fail for these clocks */
	return t;
}

int64_t
clock_unix_s(void)
{
	return clock_read(CLOCK_REALTIME).tv_sec;
}

int64_t
clock_unix_ms(void)
{
	struct timespec t = clock_read(CLOCK_REALTIME);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

double
clock_elapsed_s(void)
{
	struct timespec t = clock_read(CLOCK_MONOTONIC);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
