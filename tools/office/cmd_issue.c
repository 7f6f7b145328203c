#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "registry/issue.h"
#include "tools/office/commands.h"
#include "tools/office/keyring.h"
#include "tools/shared/json.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai issue [--changed] [--threads N] [--transaction N] [--operator NAME] [--json]\n"
    "Sign a credential for every live certificate that has none. Can be killed and run again.\n"
    "  --changed        also reissue where entries changed since; the old credential is declared replaced\n"
    "  --threads N      signing threads (one for each core)\n"
    "  --transaction N  certificates in one transaction (16384)\n"
    "Exit: 0 done, 1 some certificates could not be issued (each is told), 2 could not.\n";

enum { SHOWN_MAX = 20 };

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
report(const struct issue_result *r, double seconds, bool as_json)
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
	t->operator = office_operator(o);
	t->progress = on_progress;
	t->refused = on_refused;
	t->progress_ctx = t->refused_ctx = w;
}

static enum status
issue(struct office *o, struct issue_terms *t, struct issue_result *result)
{
	struct role_certificate certificate = { .certificate = { .key = NULL } };
	struct signer *signer = NULL;
	struct watching w = { .mode = office_progress(o) };
	enum status st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = role_signer_load(o, ROLE_ISSUER, &certificate, &signer);
	if (st == OK) {
		terms_fill(o, &certificate, signer, &w, t);
		st = issue_run(o->registry, t, result, &o->err);
	}
	if (w.started)
		progress_end(&w.progress);
	if (w.refused > SHOWN_MAX)
		(void)fprintf(stderr, "yaopai issue: and %llu more were not issued\n", (unsigned long long)w.refused - SHOWN_MAX);
	signer_close(signer);
	role_certificate_clear(&certificate);
	return st;
}

int
cmd_issue(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "changed", 0, NULL, 'c' }, { "threads", 1, NULL, 't' }, { "transaction", 1, NULL, 'T' },
		{ "operator", 1, NULL, 'o' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct issue_terms terms = { .changed = false };
	struct issue_result result = { 0 };
	uint64_t n = 0;
	bool as_json = false;
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'c': terms.changed = true; break;
		case 't': st = option_uint("--threads", optarg, 1, 256, &n, &o->err); terms.threads = (unsigned)n; break;
		case 'T': st = option_uint("--transaction", optarg, 1, 1000000, &n, &o->err); terms.transaction_rows = (size_t)n; break;
		case 'o': st = office_set_operator(o, optarg); break;
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (st == OK && optind != argc)
		return office_usage(usage, false);
	double began = clock_elapsed_s();
	if (st == OK)
		st = issue(o, &terms, &result);
	if (st) {
		if (result.issued > 0)
			(void)fprintf(stderr, "yaopai issue: stopped; run it again, it goes on where it stopped\n");
		return office_failed(o, "issue");
	}
	report(&result, clock_elapsed_s() - began, as_json);
	return result.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}
