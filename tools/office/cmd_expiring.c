#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "tools/office/commands.h"
#include "tools/office/list.h"

static const char usage[] =
    "usage: yaopai expiring [holders|bodies] [--within SPAN] [filters] [--as FORM] [--columns A,B] [--sort A,-B] [-o FILE]\n"
    "List certificates (holders, the default) or entrustments (bodies) that are in force and end within SPAN, soonest first.\n"
    "  --within SPAN      6m, 1y, 2w or 30d from today (renewal_window_months of yaopai.conf, or 6m where that is 0)\n"
    SELECTION_USAGE LIST_OUTPUT_USAGE
    "Exit: 0 also if nothing expires; 2 could not.\n";

enum { WITHIN_MONTHS = 6 };                    /* warnings are due six months ahead */

static enum status
run(struct office *o, const char *what, struct list_request *q)
{
	char within[16];
	uint64_t rows = 0;
	bool holders = strcmp(what, "holders") == 0;
	if (!holders && strcmp(what, "bodies") != 0)
		return err_set(&o->err, ERR_ARGUMENT, "expiring holders or expiring bodies was wanted, not %.40s", what);
	enum status st = office_open(o, STORE_READ, false);
	if (st == OK)
		st = office_divisions(o, &q->divisions);
	if (st == OK && q->selection.within == NULL) {
		int months = o->config.renewal_window_months > 0 ? o->config.renewal_window_months : WITHIN_MONTHS;
		(void)snprintf(within, sizeof(within), "%dm", months);
		q->selection.within = within;
	}
	if (q->output.sort == NULL)
		q->output.sort = holders ? "valid_until,body,number" : "entrusted_to,code";
	if (!holders && q->output.columns == NULL)
		q->output.columns = "code,name,entrusted_by,entrusted_to,status";
	if (st == OK)
		st = holders ? list_holders(o, q, &rows) : list_bodies(o, q, &rows);
	divisions_free(&q->divisions);
	if (st == OK && !o->quiet)
		(void)fprintf(stderr, "%" PRIu64 " end within %s\n", rows, q->selection.within);
	return st;
}

int
cmd_expiring(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { SELECTION_OPTIONS, LIST_OUTPUT_OPTIONS, { "within", 1, NULL, OPT_WITHIN },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct list_request q = { .now_unix_s = clock_unix_s() };
	for (int c; (c = getopt_long(argc, argv, "ho:", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		if (!selection_take(&q.selection, c, optarg) && !list_output_take(&q.output, c, optarg))
			return office_usage(usage, false);
	}
	if (optind + 1 < argc)
		return office_usage(usage, false);
	return run(o, optind < argc ? argv[optind] : "holders", &q) ? office_failed(o, "expiring") : EXIT_DONE;
}
