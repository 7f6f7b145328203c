/* scenarios.h -- what is done while something fails, and how it must have left things. */
#ifndef TESTS_FAULT_SCENARIOS_H
#define TESTS_FAULT_SCENARIOS_H

#include "base/status.h"
#include "tests/fault/goods.h"

/* Only `act` runs under the fault.  Its status must then be ERR_CRYPTO or ERR_SYSTEM, "could not work", or what it is
 * without a fault, with everything as it is then; `wrong` looks at the rest. */
struct scenario {
	const char *name;
	enum status wanted;                                  /* without a fault */
	enum { EACH_TYPE = 0, ONCE = 1, COLD = 2 } how;      /* ONCE: the key's type makes no difference; COLD: also as the
	                                                      * first thing a process does with OpenSSL */
	void (*ready)(const struct goods *g);                /* before each run; may be NULL, as may the last two */
	enum status (*act)(const struct goods *g);
	const char *(*wrong)(const struct goods *g, enum status st); /* NULL, or what is not as it must be after st */
	void (*done)(void);                                  /* after each run: frees what it made */
	void (*close)(void);                                 /* after the last: frees what `ready` kept from run to run */
};

extern const struct scenario verify_scenarios[], sign_scenarios[], seal_scenarios[]; /* up to a nameless one */

/* A failed check of the scenario's own preparations ends the test. */
void must(bool held, const char *what);
#define MUST(condition) must(condition, #condition)

#endif
