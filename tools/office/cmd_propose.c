#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "registry/propose.h"
#include "tools/office/appointing.h"
#include "tools/office/commands.h"
#include "tools/office/deciding.h"
#include "tools/office/issuing.h"
#include "tools/office/key_command.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai propose suspend|reinstate|cancel|revoke|withdraw ... --operator-key FILE   options as of the command itself\n"
    "       yaopai propose operators add|remove NAME ... --operator-key FILE\n"
    "       yaopai propose policy [--status-changes yes|no] [--key-changes yes|no] [--bulk-issue-over N] --operator-key FILE\n"
    "       yaopai propose issue ... --operator-key FILE   (yaopai issue --help)\n"
    "       yaopai propose keys|trust ... --operator-key FILE      options as of the command itself\n"
    "Record, signed with the operator's own key, what another operator has to approve (yaopai approve). Prints the proposal's number.\n"
    "Nothing else happens until then. Without --effective a decision takes effect when it is approved. A list of more than 180\n"
    "numbers becomes several proposals. What a rule would refuse now is told and not proposed.\n"
    "policy: what is not named stays as it is in force; afterwards [approval] of yaopai.conf has to say the same.\n"
    "Exit: 0 done, 1 some subjects were refused (each is told; the others are proposed), 2 could not.\n";

struct proposing {
	struct office *office;
	struct signer *signer;
	struct proposed proposed;
	struct bytes chunk[PROPOSAL_SUBJECTS_MAX]; size_t chunk_n;
	uint64_t proposed_n, refused;
};

static void
tell_refused(void *ctx, struct bytes subject, const char *why)
{
	char shown[64];
	struct proposing *x = ctx;
	x->refused++;
	(void)fprintf(stderr, "yaopai propose: %s: %s\n", text_escape(subject, shown, sizeof(shown)), why);
}

static enum status
begin(struct office *o, struct batch *b)
{
	return batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), b, &o->err);
}

/* What would an approval do now?  In a batch that is thrown away. */
static enum status
rehearse(struct proposing *x, struct outcome *out)
{
	struct batch b;
	enum status st = begin(x->office, &b);
	if (st)
		return st;
	st = proposed_carry_out(&b, &x->proposed, 0, out, &x->office->err);
	batch_end(&b);
	return st;
}

static enum status
enter(struct proposing *x)
{
	struct office *o = x->office;
	struct batch b;
	char when[INSTANT_TEXT_LEN + 1];
	uint64_t sequence = 0;
	enum status st = begin(o, &b);
	if (st)
		return st;
	int64_t expires = b.now_ms / 1000 + (int64_t)o->config.proposal_days * 86400;
	st = proposal_enter(&b, x->signer, &x->proposed, expires, &sequence, &o->err);
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	if (st == OK)
		(void)printf("proposal %llu, to be approved by another operator before %s: yaopai approve %llu\n", (unsigned long long)sequence,
		    instant_text(expires, when), (unsigned long long)sequence);
	return st;
}

/* ---- decisions ---- */

/* Which of the chunk's subjects an approval would refuse now. */
struct refusing { struct proposing *proposing; bool refused[PROPOSAL_SUBJECTS_MAX]; };

static void
mark_refused(void *ctx, struct bytes subject, const char *why)
{
	struct refusing *r = ctx;
	for (size_t i = 0; i < r->proposing->chunk_n; i++)
		r->refused[i] = r->refused[i] || bytes_eq(r->proposing->chunk[i], subject);
	tell_refused(r->proposing, subject, why);
}

static enum status
propose_chunk(struct proposing *x)
{
	uint8_t mem[PROPOSAL_ACTION_LEN_MAX];
	struct refusing r = { .proposing = x };
	struct outcome out = { .told = mark_refused, .told_ctx = &r };
	size_t kept = 0;
	if (x->chunk_n == 0)
		return OK;
	enum status st = subjects_encode(x->chunk, x->chunk_n, BUF_OF(mem), &x->proposed.subjects);
	x->proposed.subjects_n = x->chunk_n;
	if (st)
		return err_set(&x->office->err, st, "those numbers cannot be proposed: one is longer than %u bytes or stands twice", NUMBER_LEN_MAX);
	st = rehearse(x, &out);
	if (st != OK && out.done > 0)
		return st;
	for (size_t i = 0; i < x->chunk_n; i++)
		if (!r.refused[i])
			x->chunk[kept++] = x->chunk[i];
	x->chunk_n = 0;
	if (kept == 0) /* each was told */
		return out.refused_n > 0 ? OK : st;
	st = subjects_encode(x->chunk, kept, BUF_OF(mem), &x->proposed.subjects);
	x->proposed.subjects_n = kept;
	if (st == OK)
		st = enter(x);
	x->proposed_n += st == OK;
	return st;
}

static enum status
take_subject(void *ctx, struct bytes subject)
{
	struct proposing *x = ctx;
	x->chunk[x->chunk_n++] = subject;
	return x->chunk_n == PROPOSAL_SUBJECTS_MAX ? propose_chunk(x) : OK;
}

static enum status
propose_decision(struct office *o, const struct deciding *d, struct proposing *x)
{
	enum status st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = operator_signer_open(o, &d->key, &x->signer);
	x->proposed = (struct proposed){ .kind = PROPOSED_DECISION, .subject = d->target, .decision = d->decision };
	if (st == OK)
		st = deciding_walk(d, take_subject, x);
	return st == OK ? propose_chunk(x) : st;
}

static enum status
decision(struct office *o, int argc, char **argv, struct proposing *x, bool *help)
{
	struct deciding d = { .list = NULL };
	enum status st = deciding_parse(o, argc, argv, &d, help);
	if (st == OK && !*help)
		st = propose_decision(o, &d, x);
	if (st == OK && !*help && x->proposed_n == 0)
		st = err_set(&o->err, ERR_CONFLICT, "nothing was proposed");
	deciding_free(&d);
	return st;
}

/* ---- operators ---- */

static enum status
operators(struct office *o, int argc, char **argv, struct proposing *x, bool *help)
{
	uint8_t mem[RECORD_LEN_MAX];
	struct appointing a;
	struct outcome out = { .told = NULL };
	if (argc < 2 || (strcmp(argv[1], "add") != 0 && strcmp(argv[1], "remove") != 0))
		return ERR_ARGUMENT;
	enum status st = appointing_parse(o, argc - 1, argv + 1, &a, help);
	if (st != OK || *help)
		return st;
	st = operator_entry_encode(&a.entry, BUF_OF(mem), &x->proposed.entry);
	if (st)
		return err_set(&o->err, st, "that operator cannot be proposed: %s", status_text(st));
	x->proposed.kind = PROPOSED_ENTRY;
	st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = operator_signer_open(o, &a.key, &x->signer);
	if (st == OK)
		st = rehearse(x, &out);
	return st == OK ? enter(x) : st;
}

/* ---- policy ---- */

struct policy_options { const char *status, *keys, *bulk; struct operator_key key; };

static enum status
take_yes(struct office *o, const char *name, const char *value, bool *out)
{
	if (value == NULL)
		return OK;
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return err_set(&o->err, ERR_ARGUMENT, "%s: yes or no was wanted, not %.40s", name, value);
	*out = value[0] == 'y';
	return OK;
}

static enum status
policy_wished(struct office *o, const struct policy_options *w, struct policy *out)
{
	struct txn t = { 0 };
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = policy_get(&t, out);
	txn_end(&t);
	if (st)
		return err_set(&o->err, st, "the policy in force cannot be read: %s", status_text(st));
	st = take_yes(o, "--status-changes", w->status, &out->status_changes);
	if (st == OK)
		st = take_yes(o, "--key-changes", w->keys, &out->key_changes);
	return st == OK && w->bulk != NULL ? option_uint("--bulk-issue-over", w->bulk, 0, INT32_MAX, &out->bulk_over, &o->err) : st;
}

static enum status
policy_parse(struct office *o, int argc, char **argv, struct policy_options *w, bool *help)
{
	static const struct option longs[] = { { "status-changes", 1, NULL, 's' }, { "key-changes", 1, NULL, 'c' }, { "bulk-issue-over", 1, NULL, 'b' },
		{ "operator-key", 1, NULL, 'k' }, { "operator", 1, NULL, 'o' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	enum status st = OK;
	optind = 0;
	for (int c; st == OK && !*help && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 's': w->status = optarg; break;
		case 'c': w->keys = optarg; break;
		case 'b': w->bulk = optarg; break;
		case 'k': w->key.path = optarg; break;
		case 'o': st = office_set_operator(o, optarg); break;
		case 'h': *help = true; break;
		default:  st = ERR_ARGUMENT;
		}
	}
	return st == OK && optind != argc ? ERR_ARGUMENT : st;
}

static enum status
policy(struct office *o, int argc, char **argv, struct proposing *x, bool *help)
{
	uint8_t mem[128];
	struct policy_options w = { .status = NULL };
	struct policy wished;
	struct outcome out = { .told = NULL };
	enum status st = policy_parse(o, argc, argv, &w, help);
	if (st != OK || *help)
		return st;
	st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = operator_signer_open(o, &w.key, &x->signer);
	if (st == OK)
		st = policy_wished(o, &w, &wished);
	if (st == OK && (st = policy_entry_encode(&wished, 0, BUF_OF(mem), &x->proposed.entry)) != OK)
		err_set(&o->err, st, "that policy cannot be proposed: %s", status_text(st));
	x->proposed.kind = PROPOSED_ENTRY;
	if (st == OK)
		st = rehearse(x, &out);
	return st == OK ? enter(x) : st;
}

/* ---- permissions ---- */

static enum status
issue(struct office *o, int argc, char **argv, struct proposing *x, bool *help)
{
	struct issue_proposal *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	enum status st = office_propose_issue(o, argc, argv, p, help);
	x->signer = p->signer;
	x->proposed = p->proposed;
	if (st == OK && !*help)
		st = enter(x);
	free(p);
	return st;
}

static enum status
keys(struct office *o, int argc, char **argv, struct proposing *x, bool *help)
{
	struct key_command c = { .len = 0 };
	enum status st = strcmp(argv[0], "trust") == 0 ? trust_propose(o, argc, argv, &c, help) : keys_propose(o, argc, argv, &c, help);
	if (st != OK || *help)
		return st;
	if (!c.is_change || c.approval != 0)
		return err_set(&o->err, ERR_ARGUMENT, "that changes no key, or is permitted already: there is nothing to propose");
	if (c.too_long)
		return err_set(&o->err, ERR_LIMIT, "a change of keys has at most %u bytes on the command line", KEY_COMMAND_LEN_MAX);
	st = operator_signer_open(o, &c.key, &x->signer);
	x->proposed = (struct proposed){ .kind = PROPOSED_KEYS, .command = { (const uint8_t *)c.text, c.len },
		.until_unix_s = clock_unix_s() + (int64_t)o->config.proposal_days * 86400 };
	return st == OK ? enter(x) : st;
}

int
cmd_propose(struct office *o, int argc, char **argv)
{
	bool help = argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
	struct proposing *x = calloc(1, sizeof(*x));
	enum status st = ERR_ARGUMENT;
	if (x == NULL)
		st = err_set(&o->err, ERR_SYSTEM, "out of memory");
	else if (!help) {
		x->office = o;
		o->decides_policy = true;
		if (deciding_action(argv[1]) != ACTION_NONE)
			st = decision(o, argc - 1, argv + 1, x, &help);
		else if (strcmp(argv[1], "operators") == 0)
			st = operators(o, argc - 1, argv + 1, x, &help);
		else if (strcmp(argv[1], "issue") == 0)
			st = issue(o, argc - 1, argv + 1, x, &help);
		else if (strcmp(argv[1], "keys") == 0 || strcmp(argv[1], "trust") == 0)
			st = keys(o, argc - 1, argv + 1, x, &help);
		else if (strcmp(argv[1], "policy") == 0)
			st = policy(o, argc - 1, argv + 1, x, &help);
		signer_close(x->signer);
	}
	uint64_t refused = x != NULL ? x->refused : 0;
	free(x);
	if (help || (st != OK && o->err.status == OK))
		return office_usage(usage, help && argc >= 2);
	if (st)
		return office_failed(o, "propose");
	return refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}
