#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "registry/issue_bodies.h"
#include "registry/permission.h"
#include "tools/office/commands.h"
#include "tools/office/issuing.h"
#include "tools/office/reissue.h"
#include "tools/office/trust_file.h"
#include "tools/shared/json.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai issue [--changed] [--reissue-signed-by KID...] [--reissue-compromised] [--threads N] [--transaction N]\n"
    "                    [--approval N] [--operator NAME] [--json]\n"
    "       yaopai issue --bodies [--expiring-within MONTHS] [the same]\n"
    "       yaopai propose issue [--changed] [--reissue-...] [--kinds KIND[,KIND...]] [--at-most N] [--within TIME] --operator-key FILE\n"
    "Sign a credential for every live certificate that has none. Can be killed and run again.\n"
    "  --bodies         certificates of bodies instead of people's: one for every body that is good, its code is its number\n"
    "  --expiring-within MONTHS  also renew those of bodies that end within so long (one that has ended is always renewed)\n"
    "  --changed        also reissue where entries changed since; the old credential is declared replaced\n"
    "  --reissue-signed-by KID  also reissue what this key signed, valid until the same day; the old one is declared replaced\n"
    "  --reissue-compromised    the same for every issuer that is compromised on a trust list; both also reissue bodies' certificates\n"
    "  --approval N     under the approved proposal N (yaopai propose issue), which this run uses up; a run that was killed goes on under it\n"
    "  --kinds, --at-most, --within  of propose: what may be issued (all kinds), how many (as many as would be issued now), how long\n"
    "                   after the approval can be used (24h, at most 30d, from the proposal on)\n"
    "  --threads N      signing threads (one for each core)\n"
    "  --transaction N  certificates in one transaction (16384)\n"
    "Exit: 0 done, 1 some certificates could not be issued (each is told), 2 could not.\n";

enum { SHOWN_MAX = 20, EXPIRING_MONTHS_MAX = 240 };

struct watching { struct progress progress; uint64_t done, refused; bool started; enum progress_mode mode; };

static void
on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct watching *w = ctx;
	if (!w->started)
		progress_start(&w->progress, "issuing", total, w->mode);
	w->started = true;
	progress_add(&w->progress, done - w->done);
	w->done = done;
}

static bool
on_refused(void *ctx, const struct holder *h, const char *why)
{
	struct watching *w = ctx;
	if (w->refused++ < SHOWN_MAX)
		(void)fprintf(stderr, "yaopai issue: certificate %.*s (holder %llu): not issued, %s\n", BYTES_FMT(h->number),
		    (unsigned long long)h->id, why);
	return true;
}

static void
on_body_refused(void *ctx, struct bytes uscc, const char *why)
{
	struct watching *w = ctx;
	if (w->refused++ < SHOWN_MAX)
		(void)fprintf(stderr, "yaopai issue: body %.*s: not issued, %s\n", BYTES_FMT(uscc), why);
}

static void
report_bodies(const struct body_issue_result *r)
{
	(void)printf("bodies: %llu issued", (unsigned long long)r->issued);
	if (r->replaced > 0)
		(void)printf(" (%llu of them in place of an older one)", (unsigned long long)r->replaced);
	(void)printf(", %llu had one already, %llu abolished, %llu not in order, %llu refused\n", (unsigned long long)r->already,
	    (unsigned long long)r->abolished, (unsigned long long)r->not_good, (unsigned long long)r->refused);
	if (r->changed_waiting > 0)
		(void)printf("%llu have entries newer than their credential; yaopai issue --bodies --changed reissues them\n",
		    (unsigned long long)r->changed_waiting);
	if (r->other_kind > 0)
		(void)printf("%llu were left alone: the issuer key may not sign bodies' certificates (yaopai trust show)\n",
		    (unsigned long long)r->other_kind);
}

static void
bodies_json(const struct body_issue_result *r, double seconds)
{
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "issued"), json_uint(&j, r->issued);
	json_key(&j, "replaced"), json_uint(&j, r->replaced);
	json_key(&j, "already"), json_uint(&j, r->already);
	json_key(&j, "abolished"), json_uint(&j, r->abolished);
	json_key(&j, "not_good"), json_uint(&j, r->not_good);
	json_key(&j, "refused"), json_uint(&j, r->refused);
	json_key(&j, "changed_waiting"), json_uint(&j, r->changed_waiting);
	json_key(&j, "other_kind"), json_uint(&j, r->other_kind);
	json_key(&j, "seconds"), json_double(&j, seconds);
	json_object_end(&j);
	(void)json_close(&j);
}

static void
report(const struct issue_result *r, const struct body_issue_result *bodies, double seconds, bool as_json)
{
	if (!as_json) {
		(void)printf("%llu issued", (unsigned long long)r->issued);
		if (r->replaced > 0)
			(void)printf(" (%llu of them in place of an older one)", (unsigned long long)r->replaced);
		(void)printf(", %llu had one already, %llu void, %llu refused\n", (unsigned long long)r->already,
		    (unsigned long long)r->skipped_void, (unsigned long long)r->refused);
		if (r->changed_waiting > 0)
			(void)printf("%llu have entries newer than their credential; yaopai issue --changed reissues them\n",
			    (unsigned long long)r->changed_waiting);
		if (r->other_kind > 0)
			(void)printf("%llu are of kinds that the issuer key may not sign (yaopai trust show); they were left alone\n",
			    (unsigned long long)r->other_kind);
		if (bodies->issued + bodies->refused + bodies->other_kind > 0)
			report_bodies(bodies);
		return;
	}
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "issued"), json_uint(&j, r->issued);
	json_key(&j, "replaced"), json_uint(&j, r->replaced);
	json_key(&j, "already"), json_uint(&j, r->already);
	json_key(&j, "void"), json_uint(&j, r->skipped_void);
	json_key(&j, "refused"), json_uint(&j, r->refused);
	json_key(&j, "changed_waiting"), json_uint(&j, r->changed_waiting);
	json_key(&j, "other_kind"), json_uint(&j, r->other_kind);
	json_key(&j, "bodies_issued"), json_uint(&j, bodies->issued);
	json_key(&j, "bodies_refused"), json_uint(&j, bodies->refused);
	json_key(&j, "seconds"), json_double(&j, seconds);
	json_object_end(&j);
	(void)json_close(&j);
}

static void
terms_fill(struct office *o, const struct role_certificate *c, const struct signer *signer, struct watching *w, struct issue_terms *t)
{
	t->signer = signer;
	t->now_ms = clock_unix_ms();
	t->signer_from_unix_s = c->certificate.not_before_unix_s;
	t->signer_to_unix_s = c->certificate.not_after_unix_s;
	for (int kind = 0; kind < 5; kind++) {
		t->validity_months[kind] = o->config.validity_months[kind];
		t->number_template[kind] = bytes_str(o->config.number_template[kind]);
	}
	t->eligibility = o->config.eligibility;
	t->operator = office_operator(o);
	if (t->transaction_rows == 0)
		t->transaction_rows = o->transaction_rows;
	t->progress = on_progress;
	t->refused = on_refused;
	t->progress_ctx = t->refused_ctx = w;
}

/* ---- what the trust lists say ---- */

struct wishes { /* as given on the command line */
	const char *kids[TRUST_ENTRIES_MAX]; size_t n;
	bool compromised, bodies;
	uint64_t renew_months;
	uint32_t kinds;
};
struct reissue { uint8_t kids[TRUST_ROOTS_MAX * TRUST_ENTRIES_MAX][KID_LEN]; size_t n; };

/* What would be signed now must count: is the issuer on the list, active, and for which kinds? */
static enum status
check_issuer(struct office *o, const struct certificate *c, struct issue_terms *t)
{
	struct trust_file file;
	char kid[KID_TEXT_LEN + 1];
	hex_encode((struct bytes){ c->kid, KID_LEN }, kid);
	enum status st = trust_file_load(o, &generation_present, &file);
	size_t at = st == OK ? trust_list_find(&file.list, c->kid, 0) : 0;
	if (st == OK && at == file.list.entries_n)
		st = err_set(&o->err, ERR_CONFLICT, "the issuer key %s is not on the trust list, so nobody would believe what it signs; yaopai trust sign first",
		    kid);
	if (st == OK && file.list.entries[at].state != KEY_ACTIVE && (file.list.entries[at].state == KEY_COMPROMISED ||
	    t->now_ms / 1000 >= file.list.entries[at].since_unix_s))
		st = err_set(&o->err, ERR_CONFLICT, "the issuer key %s is %s on the trust list; make another (yaopai keys rotate issuer) and yaopai trust sign",
		    kid, key_state_text(file.list.entries[at].state));
	if (st == OK)
		t->kinds = file.list.entries[at].kinds;
	trust_file_free(&file);
	return st;
}

static enum status
add_kid(struct office *o, const struct certificate *own, const uint8_t kid[KID_LEN], struct reissue *r)
{
	char text[KID_TEXT_LEN + 1];
	hex_encode((struct bytes){ kid, KID_LEN }, text);
	if (memcmp(own->kid, kid, KID_LEN) == 0)
		return err_set(&o->err, ERR_CONFLICT, "%s is the issuer key in use: reissuing with it would change nothing; yaopai keys rotate issuer first", text);
	memcpy(r->kids[r->n++], kid, KID_LEN);
	return OK;
}

static enum status
add_compromised(struct office *o, const struct certificate *own, struct reissue *r)
{
	struct generation all[TRUST_ROOTS_MAX];
	size_t n = 0;
	enum status st = generations_load(o, all, &n);
	for (size_t g = 0; st == OK && g < n; g++) {
		struct trust_file file;
		st = trust_file_load(o, &all[g], &file);
		for (size_t e = 0; st == OK && e < file.list.entries_n; e++) {
			struct certificate c = { .key = NULL };
			if (file.list.entries[e].state != KEY_COMPROMISED || certificate_decode(file.list.entries[e].certificate_der, &c, NULL) != OK)
				continue;
			st = add_kid(o, own, c.kid, r);
			certificate_clear(&c);
		}
		trust_file_free(&file);
	}
	if (st == OK && r->n == 0)
		st = err_set(&o->err, ERR_NOT_FOUND, "--reissue-compromised: no key is compromised on a trust list (yaopai trust compromise)");
	return st;
}

/* The keys whose work is done again.  Each must be known: a mistyped one would silently do nothing. */
static enum status
reissue_fill(struct office *o, const struct certificate *own, const struct wishes *w, struct reissue *r)
{
	enum status st = OK;
	for (size_t i = 0; st == OK && i < w->n; i++) {
		struct key_place place;
		uint8_t kid[KID_LEN];
		st = key_find(o, w->kids[i], &place);
		if (st)
			return err_in(&o->err, st, "--reissue-signed-by");
		if ((place.file.list.entries[place.entry].typs >> TYP_CREDENTIAL & 1u) == 0)
			st = err_set(&o->err, ERR_ARGUMENT, "--reissue-signed-by: %s is no issuer's key", w->kids[i]);
		trust_file_free(&place.file);
		if (st == OK)
			st = kid_parse(o, w->kids[i], kid);
		if (st == OK)
			st = add_kid(o, own, kid, r);
	}
	return st == OK && w->compromised ? add_compromised(o, own, r) : st;
}

/* Bodies, where they are asked for, or where a key's work is done again. */
static enum status
issue_bodies(struct office *o, const struct wishes *wishes, const struct issue_terms *t, struct watching *w, struct body_issue_result *out)
{
	struct body_issue_terms terms = { .terms = t, .only_again = !wishes->bodies, .refused = on_body_refused, .refused_ctx = w };
	struct date day = date_add_months(date_of_unix_s(t->now_ms / 1000), (int)wishes->renew_months);
	if (wishes->renew_months > 0)
		terms.renew_until_unix_s = date_start_unix_s(day);
	w->done = 0;
	if (w->started)
		progress_end(&w->progress);
	w->started = false;
	return wishes->bodies || t->reissue_n > 0 ? issue_bodies_run(o->registry, &terms, out, &o->err) : OK;
}

/* The terms are filled, with the keys whose work is done again, and handed to act. */
struct issue_act {
	enum status (*act)(struct office *o, struct issue_terms *t, struct issue_act *a);
	const struct wishes *wishes;
	struct reissue reissue;
	struct watching watch;
	struct issue_result result;
	struct body_issue_result bodies;
	uint64_t would;                        /* of act_count */
};

static enum status
issue_wished(struct office *o, struct issue_terms *t, struct issue_act *a)
{
	struct role_certificate certificate = { .certificate = { .key = NULL } };
	struct signer *signer = NULL;
	uint32_t kinds = a->wishes->kinds;
	a->watch.mode = office_progress(o);
	enum status st = role_signer_load(o, ROLE_ISSUER, &certificate, &signer);
	if (st == OK) {
		terms_fill(o, &certificate, signer, &a->watch, t);
		st = check_issuer(o, &certificate.certificate, t);
	}
	if (kinds != 0)
		t->kinds = t->kinds != 0 ? t->kinds & kinds : kinds;
	if (st == OK && kinds != 0 && t->kinds == 0)
		st = err_set(&o->err, ERR_CONFLICT, "the issuer key may sign none of those kinds (yaopai trust show)");
	if (st == OK)
		st = reissue_fill(o, &certificate.certificate, a->wishes, &a->reissue);
	t->reissue = (const uint8_t (*)[KID_LEN])a->reissue.kids;
	t->reissue_n = a->reissue.n;
	if (st == OK)
		st = a->act(o, t, a);
	if (a->watch.started)
		progress_end(&a->watch.progress);
	if (a->watch.refused > SHOWN_MAX)
		(void)fprintf(stderr, "yaopai issue: and %llu more were not issued\n", (unsigned long long)a->watch.refused - SHOWN_MAX);
	signer_close(signer);
	role_certificate_clear(&certificate);
	return st;
}

static enum status
act_issue(struct office *o, struct issue_terms *t, struct issue_act *a)
{
	enum status st = a->wishes->bodies ? OK : issue_run(o->registry, t, &a->result, &o->err);
	return st == OK ? issue_bodies(o, a->wishes, t, &a->watch, &a->bodies) : st;
}

static enum status
act_count(struct office *o, struct issue_terms *t, struct issue_act *a)
{
	return issue_count(o->registry, t, &a->would, &o->err);
}

enum status
office_issue(struct office *o, struct issue_terms *t, struct issue_result *result)
{
	struct wishes none = { .n = 0 };
	struct issue_act a = { .act = act_issue, .wishes = &none };
	enum status st = issue_wished(o, t, &a);
	*result = a.result;
	return st;
}

enum status
office_can_issue(struct office *o)
{
	struct role_certificate certificate = { .certificate = { .key = NULL } };
	struct signer *signer = NULL;
	struct issue_terms t = { .now_ms = clock_unix_ms() };
	enum status st = role_signer_load(o, ROLE_ISSUER, &certificate, &signer);
	if (st)
		return st;
	st = check_issuer(o, &certificate.certificate, &t);
	role_certificate_clear(&certificate);
	signer_close(signer);
	return st;
}

static enum status
take_kid(struct office *o, struct wishes *w, const char *kid)
{
	if (w->n == TRUST_ENTRIES_MAX)
		return err_set(&o->err, ERR_LIMIT, "--reissue-signed-by: at most %u keys at once", TRUST_ENTRIES_MAX);
	w->kids[w->n++] = kid;
	return OK;
}

/* ---- the command, done or proposed ---- */

struct issuing {
	struct issue_terms terms;
	struct wishes wishes;
	bool as_json, help;
	/* of propose */
	struct operator_key key;
	uint64_t at_most;
	int64_t within_s;
};
enum { WITHIN_MIN_S = 60, WITHIN_DEFAULT_S = 86400, WITHIN_MAX_S = 30 * 86400 };

static enum status
take_option(struct office *o, int c, struct issuing *x)
{
	uint64_t n = 0;
	enum status st = OK;
	switch (c) {
	case 'c': x->terms.changed = true; return OK;
	case 'r': return take_kid(o, &x->wishes, optarg);
	case 'R': x->wishes.compromised = true; return OK;
	case 'b': x->wishes.bodies = true; return OK;
	case 'e': return option_uint("--expiring-within", optarg, 1, EXPIRING_MONTHS_MAX, &x->wishes.renew_months, &o->err);
	case 't': st = option_uint("--threads", optarg, 1, 256, &n, &o->err); x->terms.threads = (unsigned)n; return st;
	case 'T': st = option_uint("--transaction", optarg, 1, 1000000, &n, &o->err); x->terms.transaction_rows = (size_t)n; return st;
	case 'A': return option_uint("--approval", optarg, 1, INT64_MAX, &x->terms.approval, &o->err);
	case 'o': return office_set_operator(o, optarg);
	case 'j': x->as_json = true; return OK;
	case 'h': x->help = true; return OK;
	case 'K': return kinds_parse(o, optarg, &x->wishes.kinds);
	case 'm': return option_uint("--at-most", optarg, 1, INT32_MAX, &x->at_most, &o->err);
	case 'w': return option_duration("--within", optarg, WITHIN_MIN_S, WITHIN_MAX_S, &x->within_s, &o->err);
	case 'k': x->key.path = optarg; return OK;
	default:  return ERR_ARGUMENT;
	}
}

static enum status
parse(struct office *o, int argc, char **argv, struct issuing *x)
{
	static const struct option longs[] = { { "changed", 0, NULL, 'c' }, { "reissue-signed-by", 1, NULL, 'r' },
		{ "reissue-compromised", 0, NULL, 'R' }, { "threads", 1, NULL, 't' }, { "transaction", 1, NULL, 'T' }, { "approval", 1, NULL, 'A' },
		{ "bodies", 0, NULL, 'b' }, { "expiring-within", 1, NULL, 'e' }, { "operator", 1, NULL, 'o' }, { "json", 0, NULL, 'j' }, { "kinds", 1, NULL, 'K' }, { "at-most", 1, NULL, 'm' },
		{ "within", 1, NULL, 'w' }, { "operator-key", 1, NULL, 'k' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	enum status st = OK;
	*x = (struct issuing){ .within_s = WITHIN_DEFAULT_S };
	optind = 0;
	for (int c; st == OK && !x->help && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;)
		st = take_option(o, c, x);
	bool alone = x->wishes.renew_months > 0 && !x->wishes.bodies;
	return st == OK && !x->help && (optind != argc || alone) ? ERR_ARGUMENT : st;
}

/* The kinds that proposal N permits are those that are issued under it. */
static enum status
permitted_kinds(struct office *o, uint64_t approval, uint32_t *kinds)
{
	struct permission p;
	struct txn t = { 0 };
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st)
		return err_set(&o->err, st, "the register cannot be read: %s", status_text(st));
	st = permission_get(&t, approval, PROPOSED_ISSUE, clock_unix_s(), &p, &o->err);
	if (st == OK)
		*kinds = p.proposed.kinds;
	txn_end(&t);
	return st;
}

enum status
office_propose_issue(struct office *o, int argc, char **argv, struct issue_proposal *out, bool *help)
{
	struct issuing x;
	struct issue_act a = { .act = act_count, .wishes = &x.wishes };
	enum status st = parse(o, argc, argv, &x);
	*help = x.help;
	if (st != OK || x.help)
		return st;
	if (x.wishes.bodies)
		return err_set(&o->err, ERR_ARGUMENT, "certificates of bodies are not bounded by bulk_issue_over; there is nothing to propose");
	st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = operator_signer_open(o, &x.key, &out->signer);
	if (st == OK)
		st = issue_wished(o, &x.terms, &a);
	if (st == OK && a.would == 0)
		st = err_set(&o->err, ERR_CONFLICT, "there is nothing to issue now");
	if (st == OK && a.reissue.n > 0)
		st = kids_encode((const uint8_t (*)[KID_LEN])a.reissue.kids, a.reissue.n, BUF_OF(out->mem), &out->proposed.reissue);
	if (st)
		return err_set(&o->err, st, "that issue cannot be proposed: %s", status_text(st));
	out->proposed.kind = PROPOSED_ISSUE;
	out->proposed.kinds = x.terms.kinds;
	out->proposed.at_most = x.at_most != 0 ? x.at_most : a.would;
	out->proposed.changed = x.terms.changed;
	out->proposed.until_unix_s = clock_unix_s() + x.within_s;
	return OK;
}

int
cmd_issue(struct office *o, int argc, char **argv)
{
	struct issuing x;
	struct issue_act a = { .act = act_issue, .wishes = &x.wishes };
	enum status st = parse(o, argc, argv, &x);
	if (x.help || (st != OK && o->err.status == OK))
		return office_usage(usage, x.help);
	if (st == OK && (x.key.path != NULL || x.at_most != 0 || x.wishes.kinds != 0))
		st = err_set(&o->err, ERR_ARGUMENT, "--operator-key, --at-most and --kinds are for yaopai propose issue; this command issues");
	double began = clock_elapsed_s();
	if (st == OK)
		st = office_open(o, STORE_WRITE, false);
	if (st == OK && x.terms.approval != 0)
		st = permitted_kinds(o, x.terms.approval, &x.wishes.kinds);
	if (st == OK)
		st = issue_wished(o, &x.terms, &a);
	if (st) {
		if (a.result.issued + a.bodies.issued > 0)
			(void)fprintf(stderr, "yaopai issue: stopped; run it again, it goes on where it stopped\n");
		return office_failed(o, "issue");
	}
	if (!x.wishes.bodies)
		report(&a.result, &a.bodies, clock_elapsed_s() - began, x.as_json);
	else if (x.as_json)
		bodies_json(&a.bodies, clock_elapsed_s() - began);
	else
		report_bodies(&a.bodies);
	return a.result.refused + a.bodies.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}
