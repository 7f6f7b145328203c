#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/decide.h"
#include "tools/office/commands.h"
#include "tools/office/deciding.h"

static const char usage[] =
    "usage: yaopai suspend|reinstate|cancel|revoke|withdraw NUMBER... [particulars]\n"
    "       yaopai suspend|reinstate|cancel --person NUMBER [particulars]   the person who holds NUMBER\n"
    "       yaopai suspend|reinstate|cancel --body CODE [particulars]       an enforcement body\n"
    "       yaopai ACTION --file LIST [particulars]                         one number on each line, - for standard input\n"
    "Record a decision. Compulsory particulars: ground, organ, document.\n"
    "  --ground TEXT      legal ground          --organ TEXT     deciding organ\n"
    "  --document TEXT    document number       --reviewer NAME  who reviewed it\n"
    "  --effective TIME   from when (now); a date or 2026-01-31T09:00:00+08:00; may lie in the future\n"
    "  --end TIME         end of a suspension   --ban-until TIME ban on re-applying, with a revocation\n"
    "  --because WORD     with cancel: retired, resigned, deceased, transferred, dismissed or lost-post, as the ground in Chinese\n"
    "  --operator NAME    who does this\n"
    "Where four eyes are in force (yaopai operators policy), yaopai propose takes the same options.\n"
    "Exit: 0 done, 1 some were refused (each is told; the others are done), 2 could not.\n";

enum { TRANSACTION_ROWS = 8192 };

struct run {
	struct office *office;
	const struct deciding *deciding;
	struct decision decision;
	struct batch batch;
	uint64_t done, refused;
};

static enum status
begin(struct run *x)
{
	struct office *o = x->office;
	return batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), &x->batch, &o->err);
}

static enum status
decide_one(struct run *x, struct bytes subject, struct err *err)
{
	enum subject target = x->deciding->target;
	return target == SUBJECT_BODY ? decide_body(&x->batch, subject, &x->decision, err) :
	    target == SUBJECT_PERSON ? decide_person(&x->batch, subject, &x->decision, err) :
	    decide_holder(&x->batch, subject, &x->decision, err);
}

/* One decision; a refusal is told and counted, a failure of the register ends the batch. */
static enum status
decide_subject(void *ctx, struct bytes subject)
{
	struct run *x = ctx;
	struct office *o = x->office;
	char shown[64];
	struct err err = { 0 };
	enum status st = decide_one(x, subject, &err);
	if (x->batch.txn.status != OK)
		return err_set(&o->err, x->batch.txn.status, "%s", err.text);
	if (st == OK)
		x->done++;
	else {
		x->refused++;
		(void)fprintf(stderr, "yaopai: %s: %s\n", text_escape(subject, shown, sizeof(shown)), err.text);
		if (st != ERR_CONFLICT && st != ERR_NOT_FOUND && st != ERR_ARGUMENT && st != ERR_LIMIT)
			return err_set(&o->err, st, "%s", err.text);
	}
	if (x->deciding->list == NULL || (x->done + x->refused) % office_transaction_rows(o, TRANSACTION_ROWS) != 0)
		return OK;
	st = batch_commit(&x->batch, &o->err);
	return st ? st : begin(x);
}

static enum status
decide(struct office *o, struct run *x)
{
	if (x->deciding->key.path != NULL)
		return err_set(&o->err, ERR_ARGUMENT, "--operator-key is for yaopai propose %s; this command records the decision at once",
		    deciding_name(x->decision.action));
	enum status st = office_open(o, STORE_WRITE, false);
	if (st == OK && x->decision.effective_unix_s == 0)
		x->decision.effective_unix_s = clock_unix_s();
	if (st == OK)
		st = begin(x);
	if (st == OK)
		st = deciding_walk(x->deciding, decide_subject, x);
	if (st == OK && (x->done > 0 || x->deciding->list != NULL))
		st = batch_commit(&x->batch, &o->err);
	batch_end(&x->batch);
	return st;
}

int
cmd_decide(struct office *o, int argc, char **argv)
{
	struct deciding d = { .list = NULL };
	bool help = false;
	enum status st = deciding_parse(o, argc, argv, &d, &help);
	if (help || (st != OK && o->err.status == OK))
		return office_usage(usage, help); /* nothing was loaded yet */
	struct run x = { .office = o, .deciding = &d, .decision = d.decision };
	if (st == OK)
		st = decide(o, &x);
	bool is_list = d.list != NULL;
	deciding_free(&d);
	if (st)
		return office_failed(o, argv[0]);
	(void)printf("%llu %s%s, %llu refused\n", (unsigned long long)x.done, action_text(x.decision.action),
	    x.decision.effective_unix_s > clock_unix_s() ? " (with effect later)" : "", (unsigned long long)x.refused);
	return x.refused > 0 ? (x.done > 0 || is_list ? EXIT_REFUSED : EXIT_CANNOT) : EXIT_DONE;
}
