/* Every allocation and every library call on the paths of scenarios_*.c made to fail, one after the other.  Whatever fails,
 * the answer is that it could not work, or the right one all the same; nothing is half written or leaked, and the next try
 * succeeds.
 *
 * Warm: in one process that has used OpenSSL before.  Cold: each fault in a new process, so that it falls on what OpenSSL does
 * once.  Of the allocations reached by the same path of calls (all our own functions and the two innermost of the library's) the
 * first and the last fail alone, and memory runs out from the first on; cold, where each fault costs a process, only that, and
 * for one type of key.
 *
 * Usage: test_faults [--every]: each single one, cold and warm, for each type of key. */
#include "tests/fault/faults.h"
#include "tests/fault/scenarios.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct totals { size_t faults, scenarios, complaints; } *totals, *mine; /* of all processes; of one type of key */
static bool every;
static bool is_heapless; /* the scenario's code of ours must not use the heap */

void
must(bool held, const char *what)
{
	if (held)
		return;
	(void)fault_disarm();
	printf("not ok - the test's own preparations failed: %s\n", what);
	_exit(3);
}

enum { TOLD_MAX = 10 }; /* complaints told of one type of key; the others are counted */

/* Is it told? */
static bool
complain(const char *what, enum fault f, size_t n)
{
	__atomic_add_fetch(&totals->complaints, 1, __ATOMIC_SEQ_CST);
	if (++mine->complaints > TOLD_MAX)
		return false;
	printf("  # %s %zu (%s): %s\n", fault_text(f), n, fault_place(), what);
	return true;
}

static const char *
status_wrong(const struct scenario *s, enum status st, bool reached)
{
	if (is_heapless && heap_used().ours != 0)
		return "our own code used the heap";
	return st == s->wanted || (reached && (st == ERR_CRYPTO || st == ERR_SYSTEM)) ? NULL : status_text(st);
}

/* One run.  OpenSSL's error queue and random generator of the thread are made anew in it.  NULL, or what is wrong. */
static const char *
run(const struct scenario *s, const struct goods *g, enum fault f, size_t n, bool *reached, enum status *st)
{
	if (s->ready != NULL)
		s->ready(g);
	OPENSSL_thread_stop();
	fault_arm(f, n);
	*st = s->act(g);
	*reached = fault_disarm();
	const char *wrong = status_wrong(s, *st, *reached);
	if (wrong == NULL)
		wrong = s->wrong(g, *st);
	if (s->done != NULL)
		s->done();
	OPENSSL_thread_stop();
	return wrong;
}

static const char *
run_without_fault(const struct scenario *s, const struct goods *g)
{
	bool reached;
	enum status st;
	return run(s, g, FAULT_NONE, 0, &reached, &st);
}

static void
scenario_close(const struct scenario *s)
{
	if (s->close != NULL)
		s->close();
}

struct tally { size_t counts[FAULT_KINDS], absorbed, unrecovered; };

/* One fault, and a run without it after.  False: there are not so many. */
typedef bool fail_fn(const struct scenario *s, const struct goods *g, enum fault f, size_t n, struct tally *t);
static fail_fn fail_cold;

static bool
is_spared(enum fault f, size_t n, bool is_cold)
{
	if (every || (f != FAULT_ALLOCATION && f != FAULT_ALLOCATIONS))
		return false;
	if (is_cold) /* each costs a process: memory runs out, and stays so */
		return f == FAULT_ALLOCATION ? n <= paths_n() : !path_is_first(n);
	return !path_is_first(n) && (f == FAULT_ALLOCATIONS || paths_are_coarse() || !path_is_last(n));
}

/* Under sanitizers, which are there for our own errors and leaks, memory runs out with one type of key; every single failure is for all. */
static bool
kind_is_spared(enum fault f, const struct goods *g, bool is_cold)
{
	return !every && !is_cold && f == FAULT_ALLOCATIONS && paths_are_coarse() && g->type != KEY_P256;
}

static void
fail_each(const struct scenario *s, const struct goods *g, fail_fn *fail, struct tally *t)
{
	for (enum fault f = 0; f < FAULT_KINDS; f++) {
		for (size_t n = 1; !kind_is_spared(f, g, fail == fail_cold); n++) {
			if (is_spared(f, n, fail == fail_cold))
				continue;
			if (!fail(s, g, f, n, t))
				break;
			t->counts[f]++;
			__atomic_add_fetch(&totals->faults, 1, __ATOMIC_SEQ_CST);
		}
	}
	__atomic_add_fetch(&totals->scenarios, 1, __ATOMIC_SEQ_CST);
}

static void
scenario_report(const struct scenario *s, const struct goods *g, const char *how, bool is_good, const struct tally *t)
{
	printf("%s - %s, %s, %s: %zu of %zu allocations and %zu calls failed; %zu absorbed", is_good ? "ok" : "not ok", s->name,
	    (s->how & ONCE) != 0 ? "once" : key_type_text(g->type), how, t->counts[FAULT_ALLOCATION] > t->counts[FAULT_ALLOCATIONS] ? t->counts[FAULT_ALLOCATION] : t->counts[FAULT_ALLOCATIONS],
	    paths_n(), t->counts[FAULT_CALL], t->absorbed);
	if (t->unrecovered > 0)
		printf("; %zu for good", t->unrecovered);
	printf("\n");
}

/* ---- warm ---- */

static bool
fail_warm(const struct scenario *s, const struct goods *g, enum fault f, size_t n, struct tally *t)
{
	bool reached;
	enum status st;
	long live = heap_live();
	size_t mark = heap_mark();
	const char *wrong = run(s, g, f, n, &reached, &st);
	if (!reached)
		return false;
	if (wrong != NULL)
		(void)complain(wrong, f, n);
	t->absorbed += st == s->wanted;
	if (st != s->wanted || heap_live() != live) { /* OpenSSL may have let go of what it keeps: another run brings it back */
		wrong = run_without_fault(s, g);
		if (wrong != NULL)
			(void)complain(wrong, f, n);
	}
	if (heap_live() != live) {
		if (complain("leaked", f, n))
			heap_print_since(mark);
	}
	return true;
}

/* What OpenSSL makes once and keeps is made in the first two runs; the third one tells the paths of calls. */
static void
warm_up(const struct scenario *s, const struct goods *g)
{
	for (int i = 0; i < 3; i++) {
		paths_record(i == 2);
		const char *wrong = run_without_fault(s, g);
		if (wrong != NULL)
			(void)complain(wrong, FAULT_NONE, 0);
	}
	paths_record(false);
}

static void
scenarios_warm(const struct scenario *s, const struct goods *g)
{
	is_heapless = s == verify_scenarios;
	for (; s->name != NULL; s++) {
		struct tally t = { 0 };
		size_t had = mine->complaints;
		if ((s->how & ONCE) != 0 && g->type != KEY_P256)
			continue;
		warm_up(s, g);
		fail_each(s, g, fail_warm, &t);
		scenario_close(s);
		scenario_report(s, g, "warm", mine->complaints == had, &t);
	}
}

/* ---- cold ---- */

enum { COLD_FAILED = 0, COLD_ABSORBED, COLD_UNRECOVERED, COLD_WRONG, COLD_NOT_REACHED };

/* What OpenSSL could not do once it may never try again: exceptions in docs/testing.md.  Then it must go on saying so. */
static int
cold_fault(const struct scenario *s, const struct goods *g, enum fault f, size_t n)
{
	bool reached, never;
	enum status st, again;
	const char *wrong = run(s, g, f, n, &reached, &st);
	if (wrong == NULL && !reached)
		return COLD_NOT_REACHED;
	if (wrong == NULL) {
		wrong = run(s, g, FAULT_NONE, 0, &never, &again);
		if (wrong != NULL && (again == ERR_CRYPTO || again == ERR_SYSTEM))
			return COLD_UNRECOVERED;
	}
	if (wrong != NULL)
		(void)complain(wrong, f, n);
	return wrong != NULL ? COLD_WRONG : st == s->wanted ? COLD_ABSORBED : COLD_FAILED;
}

static bool
fail_cold(const struct scenario *s, const struct goods *g, enum fault f, size_t n, struct tally *t)
{
	int code;
	pid_t child = fork();
	MUST(child >= 0);
	if (child == 0) {
		int answer = cold_fault(s, g, f, n);
		fflush(stdout);
		_exit(answer);
	}
	MUST(waitpid(child, &code, 0) == child);
	if (!WIFEXITED(code))
		(void)complain("crashed in a new process", f, n);
	if (!WIFEXITED(code) || WEXITSTATUS(code) == COLD_NOT_REACHED)
		return false;
	t->absorbed += WEXITSTATUS(code) == COLD_ABSORBED;
	t->unrecovered += WEXITSTATUS(code) == COLD_UNRECOVERED;
	return true;
}

static void
scenario_cold(const struct scenario *s, const struct goods *g)
{
	struct tally t = { 0 };
	size_t had = mine->complaints;
	pid_t child = fork();
	MUST(child >= 0);
	paths_record(true);
	if (child == 0) {
		bool reached;
		enum status st;
		(void)run(s, g, FAULT_NONE, 0, &reached, &st);
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0) == child);
	paths_record(false);
	fail_each(s, g, fail_cold, &t);
	scenario_report(s, g, "cold", mine->complaints == had, &t);
}

static void
scenarios_cold(const struct scenario *s, const struct goods *g)
{
	is_heapless = false;
	for (; s->name != NULL; s++)
		if ((s->how & COLD) != 0 && (g->type == KEY_P256 || every)) /* what is done once is the same for all */
			scenario_cold(s, g);
}

/* ---- */

static void *
common(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST(p != MAP_FAILED);
	return p;
}

/* Made in a process of its own, so that this one has not used OpenSSL yet. */
static struct goods *
goods_of(enum key_type type)
{
	int code;
	struct goods *g = common(sizeof(*g));
	pid_t child = fork();
	MUST(child >= 0);
	if (child == 0) {
		goods_make(g, type);
		_exit(0);
	}
	MUST(waitpid(child, &code, 0) == child && code == 0);
	return g;
}

/* A process for each type of key. */
static void
type_start(enum key_type type)
{
	pid_t child = fork();
	MUST(child >= 0);
	if (child != 0)
		return;
	struct goods *g = goods_of(type);
	mine = common(sizeof(*mine));
	paths_make();
	scenarios_cold(verify_scenarios, g);
	scenarios_cold(sign_scenarios, g);
	scenarios_warm(verify_scenarios, g);
	scenarios_warm(sign_scenarios, g);
	scenarios_warm(seal_scenarios, g);
	exit(0); /* and the leak check, where there is one */
}

int
main(int argc, char **argv)
{
	static const enum key_type types[] = { KEY_P256, KEY_ED25519, KEY_SM2 };
	pid_t child;
	int code;
	every = argc > 1 && strcmp(argv[1], "--every") == 0;
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	faults_install();
	totals = common(sizeof(*totals));
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		type_start(types[i]);
	while ((child = wait(&code)) > 0)
		if (!WIFEXITED(code) || WEXITSTATUS(code) != 0)
			printf("not ok - all scenarios of one type of key: process ended with %d\n", code), totals->complaints++;
	const char *idle = fault_call_never_failed();
	printf("%s - every wrapped call has been made to fail%s%s\n", idle == NULL ? "ok" : "not ok", idle == NULL ? "" : ", but not ",
	    idle == NULL ? "" : idle);
	if (totals->complaints > 0)
		printf("not ok - %zu times something was wrong\n", totals->complaints);
	printf("%zu faults in %zu scenarios\n", totals->faults, totals->scenarios);
	return totals->complaints == 0 && idle == NULL ? 0 : 1;
}
