#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/propose.h"
#include "tools/office/commands.h"
#include "tools/office/operator_signer.h"
#include "tools/office/say_proposal.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai approve N... --operator-key FILE [--yes]\n"
    "       yaopai reject N... --why TEXT --operator-key FILE\n"
    "       yaopai retract N... [--why TEXT] --operator-key FILE\n"
    "approve  shows proposal N and, after yes, signs that it is approved and does it; never one's own. What is approved is judged again:\n"
    "         subjects that changed meanwhile, or that a rule refuses now, are told and left out. A proposed issue or change of keys is\n"
    "         then permitted once, with --approval N.\n"
    "reject   signs that it shall not be done. retract: the proposer takes it back.\n"
    "  --operator-key FILE  the operator's own private key; the register knows whose it is\n"
    "  --yes                do not ask (for scripts: what is approved has been read before, yaopai pending N)\n"
    "Exit: 0 done, 1 approved, but some subjects were refused (each is told), 2 could not.\n";

enum what { APPROVE, REJECT, RETRACT };
struct resolving { struct operator_key key; struct bytes why; bool yes, help; uint64_t refused; };

static void
tell_refused(void *ctx, struct bytes subject, const char *why)
{
	char shown[64];
	struct resolving *r = ctx;
	r->refused++;
	(void)fprintf(stderr, "yaopai approve: %s: %s\n", text_escape(subject, shown, sizeof(shown)), why);
}

/* What is approved is read first. */
static enum status
show(struct office *o, uint64_t sequence)
{
	struct txn t = { 0 };
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st)
		return err_set(&o->err, st, "the register cannot be read: %s", status_text(st));
	st = proposal_say(o, &t, sequence, clock_unix_s(), NULL);
	txn_end(&t);
	return st;
}

static enum status
ask(struct office *o)
{
	char line[16] = "";
	if (!isatty(STDIN_FILENO))
		return err_set(&o->err, ERR_ARGUMENT, "nobody is there to say yes: give --yes once it has been read");
	(void)fputs("Approve it? Type yes: ", stdout);
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL || strcmp(line, "yes\n") != 0)
		return err_set(&o->err, ERR_CONFLICT, "not approved; nothing was done");
	return OK;
}

static enum status
approve(struct office *o, struct batch *b, struct signer *signer, struct resolving *r, uint64_t sequence)
{
	struct outcome out = { .told = tell_refused, .told_ctx = r };
	enum status st = proposal_approve(b, signer, sequence, &out, &o->err);
	if (st == OK)
		st = batch_commit(b, &o->err);
	if (st == OK)
		(void)printf("proposal %llu approved: %llu done, %llu refused\n", (unsigned long long)sequence, (unsigned long long)out.done,
		    (unsigned long long)out.refused_n);
	return st;
}

static enum status
resolve_one(struct office *o, enum what what, struct signer *signer, struct resolving *r, uint64_t sequence)
{
	struct batch b;
	enum status st = what == APPROVE ? show(o, sequence) : OK;
	if (st == OK && what == APPROVE && !r->yes)
		st = ask(o);
	if (st == OK)
		st = batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), &b, &o->err);
	if (st)
		return st;
	if (what == APPROVE) {
		st = approve(o, &b, signer, r, sequence);
	} else {
		st = what == REJECT ? proposal_reject(&b, signer, sequence, r->why, &o->err) : proposal_retract(&b, signer, sequence, r->why, &o->err);
		if (st == OK)
			st = batch_commit(&b, &o->err);
		if (st == OK)
			(void)printf("proposal %llu %s\n", (unsigned long long)sequence, what == REJECT ? "rejected" : "retracted");
	}
	batch_end(&b);
	return st;
}

static enum status
take_option(struct office *o, int c, struct resolving *r)
{
	switch (c) {
	case 'w':
		r->why = text_trim(bytes_str(optarg));
		if (r->why.len < 1 || r->why.len > GROUND_LEN_MAX || !text_is_clean(r->why))
			return err_set(&o->err, ERR_ARGUMENT, "--why: 1 to %u bytes of clean UTF-8 were wanted", GROUND_LEN_MAX);
		return OK;
	case 'k': r->key.path = optarg; return OK;
	case 'y': r->yes = true; return OK;
	case 'o': return office_set_operator(o, optarg);
	case 'h': r->help = true; return OK;
	default:  return ERR_ARGUMENT;
	}
}

static enum status
resolve_all(struct office *o, enum what what, int n, char **numbers, struct resolving *r)
{
	struct signer *signer = NULL;
	uint64_t sequence = 0;
	enum status st = what == REJECT && r->why.len == 0
	    ? err_set(&o->err, ERR_ARGUMENT, "--why is missing: who proposed it has to know what was wrong with it") : OK;
	for (int i = 0; st == OK && i < n; i++)
		st = option_uint("proposal", numbers[i], 1, INT64_MAX, &sequence, &o->err);
	if (st == OK)
		st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = operator_signer_open(o, &r->key, &signer);
	for (int i = 0; st == OK && i < n; i++) {
		st = option_uint("proposal", numbers[i], 1, INT64_MAX, &sequence, &o->err);
		if (st == OK)
			st = resolve_one(o, what, signer, r, sequence);
	}
	signer_close(signer);
	return st;
}

static int
resolve(struct office *o, enum what what, int argc, char **argv)
{
	static const struct option longs[] = { { "why", 1, NULL, 'w' }, { "operator-key", 1, NULL, 'k' }, { "yes", 0, NULL, 'y' },
		{ "operator", 1, NULL, 'o' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct resolving r = { .yes = false };
	enum status st = OK;
	o->decides_policy = true;
	for (int c; st == OK && !r.help && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;)
		st = take_option(o, c, &r);
	if (r.help || (st != OK && o->err.status == OK) || (st == OK && optind == argc))
		return office_usage(usage, r.help);
	if (st == OK)
		st = resolve_all(o, what, argc - optind, argv + optind, &r);
	if (st)
		return office_failed(o, argv[0]);
	return r.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}

int cmd_approve(struct office *o, int argc, char **argv) { return resolve(o, APPROVE, argc, argv); }
int cmd_reject(struct office *o, int argc, char **argv)  { return resolve(o, REJECT, argc, argv); }
int cmd_retract(struct office *o, int argc, char **argv) { return resolve(o, RETRACT, argc, argv); }
