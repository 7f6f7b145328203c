#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/office/commands.h"
#include "tools/office/describe.h"
#include "tools/office/reveal.h"

static const char usage[] =
    "usage: yaopai show [NUMBER | CODE | --person NUMBER] [--json]\n"
    "       yaopai show NUMBER --reveal --reason TEXT [--operator NAME] [--json]\n"
    "A certificate by its number, a body by its unified social credit code, each with its whole history; without either, the register.\n"
    "--person: every certificate, of any kind and state, of the person who holds NUMBER, and all that was decided on that person.\n"
    "--reveal: the holder's identity number, too; who saw it and why is journalled before. It is shown in no other way.\n";

int
cmd_show(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "json", 0, NULL, 'j' }, { "person", 1, NULL, 'p' }, { "reveal", 0, NULL, 'r' },
		{ "reason", 1, NULL, 'R' }, { "operator", 1, NULL, 'o' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	bool as_json = false, reveal = false;
	const char *person = NULL, *reason = NULL;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'j': as_json = true; break;
		case 'p': person = optarg; break;
		case 'r': reveal = true; break;
		case 'R': reason = optarg; break;
		case 'o':
			if (office_set_operator(o, optarg) != OK)
				return office_failed(o, "show");
			break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind + (person == NULL) < argc || (reveal && (person != NULL || optind == argc)))
		return office_usage(usage, false);
	const char *subject = person != NULL ? person : optind < argc ? argv[optind] : NULL;
	enum status st = reveal_check(o, reveal, reason);
	if (st == OK)
		st = office_open(o, reveal ? STORE_WRITE : STORE_READ, reveal || subject == NULL);
	struct describe d = { .office = o, .now_unix_s = clock_unix_s(), .as_json = as_json, .json = json_open(stdout),
		.reveal_reason = reason };
	if (st == OK)
		st = subject == NULL ? describe_register(&d) : describe_subject(&d, bytes_str(subject), person != NULL);
	if (!json_close(&d.json) && st == OK)
		st = err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
	return st ? office_failed(o, "show") : EXIT_DONE;
}
