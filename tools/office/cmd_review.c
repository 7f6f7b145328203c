#include <getopt.h>
#include <stdio.h>

#include "base/text.h"
#include "registry/review.h"
#include "tools/office/acting.h"
#include "tools/office/commands.h"

static const char usage[] =
    "usage: yaopai review NUMBER... | --file LIST  --passed|--failed --on DATE [--due DATE] [--remarks TEXT] [particulars]\n"
    "Record the periodic review (审验) of certificates; yaopai import reviews takes them from a spreadsheet.\n"
    "  --on DATE   the day of the review\n"
    "  --due DATE  the next one is due ([review] cycle_months after this one)\n"
    "A failed review suspends the certificate until a later one is passed.\n"
    "  --organ TEXT  reviewing organ ([authority] organ)   --document TEXT  document number   --reviewer NAME  who reviewed\n"
    "  --file LIST   one number on each line, - for standard input           --operator NAME  who does this\n"
    "Exit: 0 done, 1 some were refused (each is told; the others are done), 2 could not.\n";

struct reviewing { struct acting acting; struct review review; };

static enum status
act(void *ctx, struct batch *b, struct bytes number, struct attached *out, struct err *err)
{
	struct reviewing *x = ctx;
	const struct particulars *why = &x->acting.why;
	x->review.organ = why->organ;
	x->review.document = why->document;
	x->review.reviewer = why->reviewer;
	return review_certificate(b, number, &x->review, &out->what, err);
}

static enum status
take_date(struct office *o, const char *option, struct date *out)
{
	if (date_parse(bytes_str(optarg), out) != OK)
		return err_set(&o->err, ERR_ARGUMENT, "%s: a date like 2026-01-31 was wanted", option);
	return OK;
}

static enum status
take_result(struct reviewing *x, enum review_result result)
{
	if (x->review.result != 0 && x->review.result != result)
		return err_set(&x->acting.office->err, ERR_ARGUMENT, "--passed or --failed, not both");
	x->review.result = result;
	return OK;
}

static enum status
take(struct reviewing *x, int c)
{
	struct office *o = x->acting.office;
	switch (c) {
	case 'P': return take_result(x, REVIEW_PASSED);
	case 'F': return take_result(x, REVIEW_FAILED);
	case 'n': return take_date(o, "--on", &x->review.reviewed_on);
	case 'u': return take_date(o, "--due", &x->review.due);
	case 'm': return acting_text(o, "--remarks", optarg, &x->review.remarks);
	default:  return acting_option(&x->acting, c);
	}
}

static enum status
check(struct reviewing *x)
{
	if (x->review.result == 0)
		return err_set(&x->acting.office->err, ERR_ARGUMENT, "what came of it: --passed or --failed was wanted");
	if (x->review.reviewed_on.year == 0)
		return err_set(&x->acting.office->err, ERR_ARGUMENT, "--on is missing: the day of the review");
	return OK;
}

int
cmd_review(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "passed", 0, NULL, 'P' }, { "failed", 0, NULL, 'F' }, { "on", 1, NULL, 'n' },
		{ "due", 1, NULL, 'u' }, { "remarks", 1, NULL, 'm' }, { "organ", 1, NULL, 'O' }, { "document", 1, NULL, 'd' },
		{ "reviewer", 1, NULL, 'r' }, { "file", 1, NULL, 'f' }, { "operator", 1, NULL, 'o' }, { "help", 0, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	struct reviewing x = { .acting = { .office = o, .command = "review", .needs_no_ground = true, .act = act } };
	enum status st = OK;
	x.acting.ctx = &x;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		st = take(&x, c);
	}
	if (st != OK && o->err.status == OK)
		return office_usage(usage, false);
	x.acting.numbers = argv + optind;
	x.acting.numbers_n = (size_t)(argc - optind);
	if (st == OK)
		st = check(&x);
	if (st == OK)
		st = acting_run(&x.acting);
	return st ? office_failed(o, "review") : acting_report(&x.acting, "reviewed");
}
