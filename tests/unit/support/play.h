/* play.h -- an office at work at random: every action there is, good rows and refused ones, in batches of several, from a seed. */
#ifndef TESTS_UNIT_SUPPORT_PLAY_H
#define TESTS_UNIT_SUPPORT_PLAY_H

#include "tests/unit/support/register.h"

struct play {
	struct desk *desk;
	const char *published;                     /* directory to publish to */
	uint64_t random;                           /* the seed, and what became of it; not 0 */
	unsigned done, refused;                    /* actions */
};
uint64_t play_below(struct play *p, uint64_t n);      /* 0 <= ... < n */
/* One batch of 1 to 12 actions, or an issue, or a publication; time goes on by up to three months.  The test fails if an action
 * fails otherwise than by a rule of the office. */
void play_batch(struct play *p);

/* One action on people and their certificates: amend, lost, damaged, renew, rules ... (play_people.c). */
enum status play_people(struct play *p, struct batch *b, struct bytes number);

#endif
