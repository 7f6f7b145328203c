#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "registry/propose.h"
#include "tools/office/appointing.h"
#include "tools/office/commands.h"
#include "tools/office/deciding.h"

static const char usage[] =
    "usage: yaopai propose suspend|reinstate|cancel|revoke|withdraw ... --operator-key FILE   options as of the command itself\n"
    "       yaopai propose operators add|remove NAME ... --operator-key FILE\n"
    "Record, signed with the operator's own key, what another operator has to approve (yaopai approve). Prints the proposal's number.\n"
    "Nothing else happens until then. Without --effective a decision takes effect when it is approved. A list of more than 180\n"
    "numbers becomes several proposals. What a rule would refuse now is told and not proposed.\n"
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
		if (deciding_action(argv[1]) != ACTION_NONE)
			st = decision(o, argc - 1, argv + 1, x, &help);
		else if (strcmp(argv[1], "operators") == 0)
			st = operators(o, argc - 1, argv + 1, x, &help);
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
