/* calls.h -- the functions of calls.def by number, and whether this call of one fails. */
#ifndef TESTS_FAULT_CALLS_H
#define TESTS_FAULT_CALLS_H

#include <stdbool.h>

enum call {
#define CALL(name, type, params, args, failure) CALL_##name,
#define ANSWER(name, type, params, args, failure) CALL_##name,
#define BY_HAND(name) CALL_##name,
#include "tests/fault/calls.def"
#undef CALL
#undef ANSWER
#undef BY_HAND
	CALLS_N
};

bool call_fails(enum call call, bool is_also_an_answer);
void heap_of_zlib_used(void);   /* instead of the memory given to it */

#endif
