#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tools/office/audit_child.h"
#include "tools/office/commands.h"
#include "tools/office/published.h"
#include "tools/shared/json.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai audit [--published DIR|BUNDLE] [--quick] [--lines N] [--scratch DIR] [--json]\n"
    "Replays the journal into scratch tables and compares every table with it; checks every record, the hash chain, what records say\n"
    "of each other, every token's signature, the sealed store, and that the published lists are of this journal.\n"
    "Changes nothing; the register may be in use meanwhile.\n"
    "  --published   where published lists are (default: published/ of the home); give what the sites have, to find a register\n"
    "                that is older than what it published\n"
    "  --quick       without the signatures\n"
    "  --lines N     tell at most N findings (default 100); all are counted\n"
    "  --scratch DIR where the scratch tables are made, about as large as the register (default: the home); removed afterwards\n"
    "Without keys/seal.key the sealed store is left out, and the report says so.\n"
    "Exit: 0 all holds; 1 something does not; 2 could not audit.\n";

enum { LINES_DEFAULT = 100 };

struct report {
	struct json *json;                     /* NULL: text */
	uint64_t told, lines;
	struct progress progress;
	enum progress_mode mode;
	char what[80];                         /* of the progress that runs */
};

static void
on_finding(void *ctx, const char *where, const char *what)
{
	struct report *r = ctx;
	if (r->told++ >= r->lines)
		return;
	if (r->json == NULL) {
		(void)printf("%s: %s\n", where, what);
		return;
	}
	json_object_begin(r->json);
	json_key(r->json, "where"), json_str(r->json, where);
	json_key(r->json, "what"), json_str(r->json, what);
	json_object_end(r->json);
}

static void
on_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	struct report *r = ctx;
	if (total == 0) /* short: only whoever dies there has to say so */
		return;
	if (strcmp(r->what, what) != 0) {
		if (r->what[0] != '\0')
			progress_end(&r->progress);
		(void)snprintf(r->what, sizeof(r->what), "%s", what);
		progress_start(&r->progress, r->what, total, r->mode);
	}
	progress_add(&r->progress, done > r->progress.done ? done - r->progress.done : 0);
}

struct audit { struct audit_terms terms; struct secret seal_next; struct signers signers; struct published_state published; const char *scratch; };

static void
print_text(const struct office *o, const struct report *r, const struct audit_result *x, const struct audit *a)
{
	if (r->told > r->lines)
		(void)printf("... and %" PRIu64 " more (--lines)\n", r->told - r->lines);
	(void)printf("%" PRIu64 " events, %" PRIu64 " records, ", x->events, x->records);
	if (a->terms.quick)
		(void)printf("signatures not checked, ");
	else
		(void)printf("%" PRIu64 " signatures, ", x->signatures);
	(void)printf("%" PRIu64 " persons%s, %" PRIu64 " published lists.\n", x->persons, o->keys.has_seal ? " with sealed rows" : " (sealed store not looked at: no keys/seal.key)",
	    x->lists);
	if (x->unknown_keys > 0)
		(void)printf("%" PRIu64 " tokens are signed by keys of which this home has no certificate.\n", x->unknown_keys);
	if (x->findings == 0)
		(void)printf("All holds.\n");
	else
		(void)printf("%" PRIu64 " findings. The tables can be made again from the journal with yaopai rebuild; if the journal itself is damaged, restore a "
		             "backup.\n", x->findings);
}

static void
print_json(const struct office *o, struct json *j, const struct audit_result *x, const struct audit *a, double seconds)
{
	json_array_end(j);
	json_key(j, "total"), json_uint(j, x->findings);
	json_key(j, "events"), json_uint(j, x->events);
	json_key(j, "sequence"), json_uint(j, x->sequence);
	json_key(j, "records"), json_uint(j, x->records);
	json_key(j, "signatures_checked"), json_bool(j, !a->terms.quick);
	json_key(j, "signatures"), json_uint(j, x->signatures);
	json_key(j, "unknown_keys"), json_uint(j, x->unknown_keys);
	json_key(j, "persons"), json_uint(j, x->persons);
	json_key(j, "sealed_checked"), json_bool(j, o->keys.has_seal);
	json_key(j, "published_lists"), json_uint(j, x->lists);
	json_key(j, "seconds"), json_double(j, seconds);
	json_object_end(j);
}

/* Keys, certificates and published lists; no register yet. */
static enum status
prepare(struct office *o, const char *published, struct audit *a, struct report *r, char *data)
{
	bool resealing = false;
	enum status st = office_load(o, SEAL_IF_THERE);
	if (st == OK && o->keys.has_seal)
		st = office_load_next_seal(o, &a->seal_next, &resealing);
	if (st == OK)
		st = office_path(o, "data", data);
	if (st == OK)
		st = signers_load(o, &a->signers);
	if (st == OK)
		st = published_load(o, published, &a->signers, &a->published);
	a->terms.dir = data;
	a->terms.keys = &o->keys;
	a->terms.seal_next = resealing ? &a->seal_next : NULL;
	a->terms.issuers = a->signers.issuers.keys;
	a->terms.issuers_n = a->signers.issuers.n;
	a->terms.published = a->published.lists;
	a->terms.published_n = a->published.n;
	a->terms.now_unix_s = clock_unix_s();
	a->terms.finding = on_finding;
	a->terms.progress = on_progress;
	a->terms.ctx = r;
	return st;
}

static int
audit(struct office *o, const char *published, struct audit *a, struct report *r)
{
	char data[PATH_MAX_LEN];
	struct audit_result x = { .findings = 0 };
	double began = clock_elapsed_s();
	enum status st = prepare(o, published, a, r, data);
	if (st == OK && r->json != NULL) {
		json_object_begin(r->json);
		json_key(r->json, "findings"), json_array_begin(r->json);
	}
	if (st == OK)
		st = audit_in_child(&a->terms, a->scratch != NULL ? a->scratch : o->home, &x, &o->err);
	if (st == OK && a->published.foreign > 0 && a->published.n == 0) {
		x.findings++;
		on_finding(r, "published lists", "none of them is signed by a status key of this home, or bound to an event of a journal");
	}
	if (r->what[0] != '\0')
		progress_end(&r->progress);
	if (st == OK && r->json != NULL)
		print_json(o, r->json, &x, a, clock_elapsed_s() - began);
	else if (st == OK)
		print_text(o, r, &x, a);
	secret_wipe(&a->seal_next, sizeof(a->seal_next));
	published_free(&a->published);
	signers_free(&a->signers);
	return st ? office_failed(o, "audit") : x.findings > 0 ? EXIT_REFUSED : EXIT_DONE;
}

int
cmd_audit(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "published", 1, NULL, 'p' }, { "quick", 0, NULL, 'q' }, { "lines", 1, NULL, 'l' },
		{ "scratch", 1, NULL, 's' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	const char *published = NULL;
	struct audit a = { .scratch = NULL };
	struct report r = { .lines = LINES_DEFAULT, .mode = office_progress(o) };
	struct json json = json_open(stdout);
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'p': published = optarg; break;
		case 'q': a.terms.quick = true; break;
		case 's': a.scratch = optarg; break;
		case 'j': r.json = &json; break;
		case 'l':
			if (option_uint("--lines", optarg, 0, UINT32_MAX, &r.lines, &o->err) != OK)
				return office_failed(o, "audit");
			break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind != argc)
		return office_usage(usage, false);
	int code = audit(o, published, &a, &r);
	if (!json_close(&json) && code != EXIT_CANNOT) {
		(void)err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
		return office_failed(o, "audit");
	}
	return code;
}
