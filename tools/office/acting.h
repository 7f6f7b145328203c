/* acting.h -- one office action on many certificates: those named on the command line, in a list or chosen by a question, with its
 * particulars; and the reissue of what it made old.
 *
 * Actions go into transactions of many; a refusal is told and counted and does not stop the others. */
#ifndef OFFICE_ACTING_H
#define OFFICE_ACTING_H

#include "registry/attach.h"
#include "tools/office/reissue.h"

#define ACTING_LONGS { "ground", 1, NULL, 'g' }, { "organ", 1, NULL, 'O' }, { "document", 1, NULL, 'd' }, \
	{ "reviewer", 1, NULL, 'r' }, { "file", 1, NULL, 'f' }, { "no-issue", 0, NULL, 'i' }, { "operator", 1, NULL, 'o' }, \
	{ "help", 0, NULL, 'h' }
#define ACTING_HELP \
    "  --ground TEXT      why, compulsory       --organ TEXT     deciding organ ([authority] organ)\n" \
    "  --document TEXT    document number       --reviewer NAME  who reviewed it\n" \
    "  --file LIST        one number on each line, - for standard input\n" \
    "  --no-issue         only record; yaopai issue --changed reissues later, where the issuer's key is\n" \
    "  --operator NAME    who does this\n" \
    "Exit: 0 done, 1 some were refused (each is told; the others are done), 2 could not.\n"

struct acting {
	struct office *office;
	const char *command;
	struct particulars why;
	const char *list;                      /* --file */
	char **numbers; size_t numbers_n;
	bool no_issue, needs_no_ground;
	bool issues;                           /* it makes credentials old */
	uint64_t done, unchanged, refused;
	struct reissue_list reissue;
	struct issue_result reissued;
	/* One certificate. */
	enum status (*act)(void *ctx, struct batch *b, struct bytes number, struct attached *out, struct err *err);
	/* Once the register is open: fill *chosen (owned by the caller) with numbers, one on each line; NULL: numbers and list only. */
	enum status (*choose)(void *ctx, struct buf *chosen);
	void *ctx;
};

/* A text of at most GROUND_LEN_MAX bytes. */
MUST_CHECK enum status acting_text(struct office *o, const char *option, const char *value, struct bytes *out);
/* One of ACTING_LONGS but help.  ERR_ARGUMENT without a sentence: not one of them. */
MUST_CHECK enum status acting_option(struct acting *a, int c);
MUST_CHECK enum status acting_run(struct acting *a);
/* "3 amended, 1 as before, 0 refused", and what was reissued; frees the list; the exit code. */
int acting_report(struct acting *a, const char *done);

#endif
