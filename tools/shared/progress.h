/* progress.h -- how far a long step has come, on the error stream.
 *
 * On a terminal a bar with count, total, rate and time left, redrawn a few times a second; elsewhere (a file, a
 * pipe) a plain line every five seconds and one at the end; nothing with PROGRESS_QUIET.  Call from one thread. */
#ifndef SHARED_PROGRESS_H
#define SHARED_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum progress_mode {
	PROGRESS_AUTO,      /* a bar on a terminal, plain lines elsewhere */
	PROGRESS_TERMINAL,  /* a bar on a terminal, nothing elsewhere */
	PROGRESS_QUIET,     /* nothing */
};

struct progress {
	const char *what;              /* not owned; e.g. "issuing" */
	uint64_t total, done;          /* total 0: not known */
	bool bar, lines;
	double began_s, shown_s;       /* clock_elapsed_s */
};

void progress_start(struct progress *p, const char *what, uint64_t total, enum progress_mode mode);
void progress_add(struct progress *p, uint64_t n);
void progress_end(struct progress *p);     /* the last state stays on the screen */

#endif
