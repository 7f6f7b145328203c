#include <assert.h>
#include <stdlib.h>

#include "crypto/digest.h"
#include "registry/issued.h"

enum { ROUNDS = 8, HALF_MAX = 1024, LOG2_MIN = 10 };

struct permutation {
	unsigned low_bits, high_bits;
	uint16_t round[ROUNDS][HALF_MAX]; /* what each value of one half adds to the other */
};

/* Round tables: the stream SHA-256(key || list || log2 || counter), 16 bits for each value in turn. */
static enum status
tables_fill(struct permutation *p, const struct secret *key, uint32_t list, unsigned log2)
{
	uint8_t seed[SECRET_LEN + 9];
	struct digest d;
	enum status st = OK;
	memcpy(seed, key->b, SECRET_LEN);
	for (size_t i = 0; i < 4; i++)
		seed[SECRET_LEN + i] = (uint8_t)(list >> (8 * (3 - i)));
	seed[SECRET_LEN + 4] = (uint8_t)log2;
	for (uint32_t block = 0; st == OK && block < ROUNDS * HALF_MAX / 16; block++) {
		for (size_t i = 0; i < 4; i++)
			seed[SECRET_LEN + 5 + i] = (uint8_t)(block >> (8 * (3 - i)));
		st = sha256((struct bytes){ seed, sizeof(seed) }, &d);
		for (uint32_t i = 0; st == OK && i < 16; i++) {
			uint32_t at = block * 16 + i;
			p->round[at / HALF_MAX][at % HALF_MAX] = (uint16_t)(d.b[2 * i] << 8 | d.b[2 * i + 1]);
		}
	}
	secret_wipe(seed, sizeof(seed));
	secret_wipe(&d, sizeof(d));
	return st;
}

enum status
permutation_open(const struct secret *key, uint32_t list, unsigned log2, struct permutation **out)
{
	assert(log2 >= LOG2_MIN && log2 <= STATUS_LIST_BITS_LOG2_MAX);
	struct permutation *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return ERR_SYSTEM;
	p->low_bits = log2 / 2;
	p->high_bits = log2 - log2 / 2;
	enum status st = tables_fill(p, key, list, log2);
	if (st)
		permutation_close(p);
	else
		*out = p;
	return st;
}

void
permutation_close(struct permutation *p)
{
	if (p != NULL)
		secret_wipe(p, sizeof(*p));
	free(p);
}

/* A Feistel network is its own inverse with the rounds taken backwards. */
static uint32_t
run(const struct permutation *p, uint32_t v, bool forwards)
{
	uint32_t low_mask = (1u << p->low_bits) - 1, high_mask = (1u << p->high_bits) - 1;
	uint32_t low = v & low_mask, high = v >> p->low_bits;
	assert(high <= high_mask);
	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned r = forwards ? i : ROUNDS - 1 - i;
		if (r % 2 == 0)
			high ^= p->round[r][low] & high_mask;
		else
			low ^= p->round[r][high] & low_mask;
	}
	return high << p->low_bits | low;
}

uint32_t
permutation_index(const struct permutation *p, uint32_t ordinal)
{
	return run(p, ordinal, true);
}

uint32_t
permutation_ordinal(const struct permutation *p, uint32_t index)
{
	return run(p, index, false);
}
