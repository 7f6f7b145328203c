#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "tools/office/commands.h"
#include "tools/office/list.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai list holders|bodies [filters] [--as FORM] [--columns A,B] [--sort A,-B] [-o FILE]\n"
    "List certificates (holders) or enforcement bodies. All filters combine. Identity numbers are never listed.\n"
    SELECTION_USAGE
    "  --expiring-within SPAN  that end within 6m, 1y, 2w or 30d from today\n"
    LIST_OUTPUT_USAGE;

static int
explain(bool asked)
{
	int code = office_usage(usage, asked);
	if (asked) {
		(void)fputs("\nholders: ", stdout), list_columns_print(holder_columns, stdout);
		(void)fputs("\nbodies: ", stdout), list_columns_print(body_columns, stdout);
	}
	return code;
}

static enum status
run(struct office *o, const char *what, struct list_request *q)
{
	static const char *const words[] = { "holders", "bodies" };
	uint64_t rows = 0;
	bool holders = strcmp(what, words[0]) == 0;
	if (!holders && strcmp(what, words[1]) != 0)
		return err_set(&o->err, ERR_ARGUMENT, "list holders or list bodies was wanted, not %.40s", what);
	enum status st = office_open(o, STORE_READ, false);
	if (st == OK)
		st = office_divisions(o, &q->divisions);
	if (st == OK)
		st = holders ? list_holders(o, q, &rows) : list_bodies(o, q, &rows);
	divisions_free(&q->divisions);
	if (st == OK && !o->quiet && (q->output.form == NULL || q->output.out != NULL))
		(void)fprintf(stderr, "%" PRIu64 " listed\n", rows);
	return st;
}

int
cmd_list(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { SELECTION_OPTIONS, LIST_OUTPUT_OPTIONS, { "expiring-within", 1, NULL, OPT_WITHIN },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct list_request q = { .now_unix_s = clock_unix_s() };
	for (int c; (c = getopt_long(argc, argv, "ho:", longs, NULL)) != -1;) {
		if (c == 'h')
			return explain(true);
		if (!selection_take(&q.selection, c, optarg) && !list_output_take(&q.output, c, optarg))
			return explain(false);
	}
	if (optind + 1 != argc)
		return explain(false);
	return run(o, argv[optind], &q) ? office_failed(o, "list") : EXIT_DONE;
}
