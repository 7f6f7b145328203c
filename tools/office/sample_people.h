/* sample_people.h -- invented bodies and people that look like the real thing.  Deterministic: the same seed, the same people. */
#ifndef OFFICE_SAMPLE_PEOPLE_H
#define OFFICE_SAMPLE_PEOPLE_H

#include "base/limits.h"
#include "base/time.h"
#include "tools/shared/divisions.h"

struct dice { uint64_t state; };                       /* splitmix64: for samples, nothing secret */
uint64_t dice_roll(struct dice *d, uint64_t sides);    /* 0..sides-1 */

struct sample_body {
	char name[NAME_LEN_MAX + 1], uscc[USCC_LEN + 1], entrusting_name[NAME_LEN_MAX + 1], entrusting_uscc[USCC_LEN + 1];
	int kind;                                          /* 1 statutory, 2 authorised, 3 entrusted */
	unsigned field, weight;                            /* enforcement field; how many people it has, relatively */
	uint32_t division;
	struct date entrusted_from, entrusted_to;
};

/* n bodies for the province, its cities and counties; *out owned.  today decides the entrustments' terms. */
MUST_CHECK enum status sample_bodies(const struct divisions *d, size_t n, uint64_t seed, struct date today, struct sample_body **out,
    struct err *err);

struct sample_person { char name[64], idnumber[IDNUMBER_LEN + 1]; bool male; };
/* Person number i of the seed: no two share an identity number. */
void sample_person(const struct divisions *d, uint64_t seed, uint64_t i, struct sample_person *out);
const char *sample_post(struct dice *dice, const struct sample_body *b);

#endif
