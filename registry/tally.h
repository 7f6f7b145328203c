/* tally.h -- how many certificates each body has, by condition: one pass over the register. */
#ifndef REGISTRY_TALLY_H
#define REGISTRY_TALLY_H

#include "registry/roll.h"

struct tally { uint64_t people, by[CONDITION_COUNT]; };     /* people: certificates that are not void */

struct tallies;
MUST_CHECK enum status tallies_open(struct txn *t, int64_t now_unix_s, struct tallies **out);
const struct tally *tally_of(const struct tallies *s, struct bytes uscc);   /* all zero for a body without people */
void tallies_close(struct tallies *s);                      /* NULL is fine */
/* One body alone. */
MUST_CHECK enum status tally_body(struct txn *t, struct bytes uscc, int64_t now_unix_s, struct tally *out);

#endif
