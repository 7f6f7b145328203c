/* Runs tests/verdicts.txt: each case in a world really signed, against its verdict. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/support/verdict_table.h"

struct table { struct world world; bool seen[64]; int cases, wrong; };

static void
run_case(void *ctx, const struct verdict_case *c)
{
	struct table *t = ctx;
	struct yp_answer *a = malloc(sizeof(*a));
	assert_non_null(a);
	enum yp_verdict v = world_judge(&t->world, &c->plan, a);
	bool proven = v == YP_VALID || v >= YP_NOT_YET_VALID;
	if (!bytes_eq(c->verdict, bytes_str(yp_verdict_text(v)))) {
		print_error("verdicts.txt line %d (%s), %.*s: wanted %.*s, got %s: %s\n", c->line, key_type_text(t->world.type),
		    BYTES_FMT(c->name), BYTES_FMT(c->verdict), yp_verdict_text(v), a->sentence);
		t->wrong++;
	}
	if (a->sentence[0] == '\0' || a->facts_proven != proven || a->live != (v == YP_VALID && c->plan.shown != 0)) {
		print_error("verdicts.txt line %d: facts_proven, live or sentence wrong: %s\n", c->line, a->sentence);
		t->wrong++;
	}
	t->seen[v] = true;
	t->cases++;
	free(a);
}

static void
run_table(enum key_type type)
{
	struct table t = { .cases = 0 };
	world_open(&t.world, type);
	verdict_table_each(run_case, &t);
	world_close(&t.world);
	for (int v = YP_VALID; v <= YP_REPLAYED; v++)
		if (strcmp(yp_verdict_text((enum yp_verdict)v), "UNKNOWN_VERDICT") != 0 && !t.seen[v])
			fail_msg("no case for %s", yp_verdict_text((enum yp_verdict)v));
	assert_true(t.cases > 150);
	assert_int_equal(t.wrong, 0);
}

static void
every_case_of_the_table_has_its_verdict_with_es256(void **state)
{
	(void)state;
	run_table(KEY_P256);
}

static void
every_case_of_the_table_has_its_verdict_with_sm2(void **state)
{
	(void)state;
	run_table(KEY_SM2);
}

static void
every_case_of_the_table_has_its_verdict_with_ed25519(void **state)
{
	(void)state;
	run_table(KEY_ED25519);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_of_the_table_has_its_verdict_with_es256),
		cmocka_unit_test(every_case_of_the_table_has_its_verdict_with_sm2),
		cmocka_unit_test(every_case_of_the_table_has_its_verdict_with_ed25519),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
