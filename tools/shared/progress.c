#include "tools/shared/progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "tools/shared/terminal.h"

static const double redraw_s = 0.2, line_s = 5.0;
enum { BAR_WIDTH = 24 };

void
progress_start(struct progress *p, const char *what, uint64_t total, enum progress_mode mode)
{
	bool screen = terminal_is(stderr);
	*p = (struct progress){ .what = what, .total = total };
	p->bar = screen && mode != PROGRESS_QUIET;
	p->lines = !screen && mode == PROGRESS_AUTO;
	p->began_s = p->shown_s = clock_elapsed_s();
}

static void
duration_text(double seconds, char out[16])
{
	uint64_t s = seconds < 1e9 ? (uint64_t)(seconds + 0.5) : 1000000000u;
	if (s < 60)
		(void)snprintf(out, 16, "%u s", (unsigned)s);
	else if (s < 3600)
		(void)snprintf(out, 16, "%u:%02u min", (unsigned)(s / 60), (unsigned)(s % 60));
	else
		(void)snprintf(out, 16, "%u:%02u h", (unsigned)(s / 3600), (unsigned)(s / 60 % 60));
}

static void
put_bar(const struct progress *p)
{
	uint64_t done = p->done < p->total ? p->done : p->total;
	unsigned filled = (unsigned)((double)done / (double)p->total * BAR_WIDTH);
	(void)fputs(" [", stderr);
	for (unsigned i = 0; i < BAR_WIDTH; i++)
		(void)fputc(i < filled ? '#' : '.', stderr);
	(void)fputc(']', stderr);
}

static void
put_state(const struct progress *p, double now, bool last)
{
	char text[16];
	double took = now - p->began_s, rate = took > 0 ? (double)p->done / took : 0;
	if (p->bar)
		(void)fputs("\r\033[K", stderr);
	(void)fputs(p->what, stderr);
	if (p->bar && p->total > 0)
		put_bar(p);
	(void)fprintf(stderr, " %" PRIu64, p->done);
	if (p->total > 0)
		(void)fprintf(stderr, " of %" PRIu64, p->total);
	(void)fprintf(stderr, ", %.0f/s", rate);
	if (last) {
		duration_text(took, text);
		(void)fprintf(stderr, ", took %s", text);
	} else if (p->total > p->done && rate > 0) {
		duration_text((double)(p->total - p->done) / rate, text);
		(void)fprintf(stderr, ", %s left", text);
	}
	if (!p->bar || last)
		(void)fputc('\n', stderr);
	(void)fflush(stderr);
}

void
progress_add(struct progress *p, uint64_t n)
{
	p->done += n;
	if (!p->bar && !p->lines)
		return;
	double now = clock_elapsed_s();
	if (now - p->shown_s < (p->bar ? redraw_s : line_s))
		return;
	p->shown_s = now;
	put_state(p, now, false);
}

void
progress_end(struct progress *p)
{
	if (p->bar || p->lines)
		put_state(p, clock_elapsed_s(), true);
	p->bar = p->lines = false;
}
