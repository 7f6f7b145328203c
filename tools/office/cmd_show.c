#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/office/commands.h"
#include "tools/office/describe.h"

static const char usage[] =
    "usage: yaopai show [NUMBER | CODE] [--json]\n"
    "A certificate by its number, with its history; a body by its unified social credit code; without either, the register.\n"
    "Identity numbers are never shown.\n";

int
cmd_show(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	bool as_json = false;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind + 1 < argc)
		return office_usage(usage, false);
	enum status st = office_open(o, STORE_READ, optind == argc);
	struct describe d = { .office = o, .now_unix_s = clock_unix_s(), .as_json = as_json, .json = json_open(stdout) };
	if (st == OK)
		st = optind == argc ? describe_register(&d) : describe_subject(&d, bytes_str(argv[optind]));
	if (!json_close(&d.json) && st == OK)
		st = err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
	return st ? office_failed(o, "show") : EXIT_DONE;
}
