#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/time.h"
#include "registry/publish.h"
#include "tools/office/commands.h"
#include "tools/office/keyring.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai publish [--dir DIR] [--operator NAME] [--json]\n"
    "Write status lists, trust list and bundle as static files into DIR (HOME/published). Needs the status key and the last\n"
    "signed trust list, not the root key. While former roots are about (yaopai keys rotate root), their trust lists and the\n"
    "status lists signed for them go into the bundle too, and into DIR/roots/KID.\n";

struct watching { struct progress progress; uint64_t done; bool started; enum progress_mode mode; };

static void
on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct watching *w = ctx;
	if (!w->started)
		progress_start(&w->progress, "publishing", total, w->mode);
	w->started = true;
	progress_add(&w->progress, done - w->done);
	w->done = done;
}

static void
report(const struct publish_result *r, const char *dir, bool as_json)
{
	char when[INSTANT_TEXT_LEN + 1];
	if (!as_json) {
		(void)printf("%llu credentials, %llu suspended, %llu void, in %llu lists of %s; bundle of %zu bytes in %s\n",
		    (unsigned long long)r->credentials, (unsigned long long)r->suspended, (unsigned long long)r->voided,
		    (unsigned long long)r->lists, instant_text(r->iat_unix_s, when), r->bundle_bytes, dir);
		return;
	}
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "lists"), json_uint(&j, r->lists);
	json_key(&j, "roots"), json_uint(&j, r->roots);
	json_key(&j, "credentials"), json_uint(&j, r->credentials);
	json_key(&j, "suspended"), json_uint(&j, r->suspended);
	json_key(&j, "void"), json_uint(&j, r->voided);
	json_key(&j, "bundle_bytes"), json_uint(&j, r->bundle_bytes);
	json_key(&j, "largest_list_bytes"), json_uint(&j, r->largest_list_bytes);
	json_key(&j, "sequence"), json_uint(&j, r->sequence);
	json_key(&j, "as_of"), json_str(&j, instant_text(r->iat_unix_s, when));
	json_object_end(&j);
	(void)json_close(&j);
}

/* What each root publishes with: its status key and its trust list. */
struct press {
	struct generation generations[TRUST_ROOTS_MAX];
	struct publish_root roots[TRUST_ROOTS_MAX];
	struct role_certificate certificates[TRUST_ROOTS_MAX];
	struct buf trusts[TRUST_ROOTS_MAX];
	size_t n;
};

static enum status
press_load_one(struct office *o, struct press *p, size_t i)
{
	char path[PATH_MAX_LEN];
	const struct generation *g = &p->generations[i];
	struct publish_root *root = &p->roots[i];
	enum status st = role_signer_load_in(o, g, ROLE_STATUS, &p->certificates[i], &root->signer);
	if (st == OK)
		st = generation_path(o, g, "trust.cwt", path);
	if (st == OK && file_load(path, TRUST_LIST_LEN_MAX, &p->trusts[i], &o->err) != OK)
		st = err_in(&o->err, o->err.status, "the trust list (make it with yaopai trust sign)");
	root->signer_to_unix_s = p->certificates[i].certificate.not_after_unix_s;
	root->trust_list = buf_view(&p->trusts[i]);
	return i == 0 ? st : err_in(&o->err, st, "former root %s", g->kid);
}

static enum status
press_load(struct office *o, struct press *p)
{
	enum status st = generations_load(o, p->generations, &p->n);
	for (size_t i = 0; st == OK && i < p->n; i++)
		st = press_load_one(o, p, i);
	return st;
}

static void
press_free(struct press *p)
{
	for (size_t i = 0; p != NULL && i < TRUST_ROOTS_MAX; i++) {
		signer_close(p->roots[i].signer);
		role_certificate_clear(&p->certificates[i]);
		free(p->trusts[i].ptr);
	}
	free(p);
}

static enum status
publish(struct office *o, const char *dir, struct publish_result *result, char *used)
{
	struct press *p = calloc(1, sizeof(*p));
	struct watching w = { .mode = office_progress(o) };
	enum status st = p == NULL ? err_set(&o->err, ERR_SYSTEM, "out of memory") : office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = office_path(o, "published", used);
	if (st == OK && dir != NULL && snprintf(used, PATH_MAX_LEN, "%s", dir) >= PATH_MAX_LEN)
		st = err_set(&o->err, ERR_LIMIT, "--dir: the path is too long");
	if (st == OK)
		st = press_load(o, p);
	if (st == OK) {
		struct publish_terms terms = { .roots = p->roots, .roots_n = p->n, .now_ms = clock_unix_ms(), .ttl_s = o->config.ttl_s,
			.lifetime_s = o->config.lifetime_s, .dir = used, .operator = office_operator(o), .progress = on_progress, .progress_ctx = &w };
		st = publish_run(o->registry, &terms, result, &o->err);
	}
	if (w.started)
		progress_end(&w.progress);
	press_free(p);
	return st;
}

int
cmd_publish(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "dir", 1, NULL, 'd' }, { "operator", 1, NULL, 'o' }, { "json", 0, NULL, 'j' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	const char *dir = NULL;
	char used[PATH_MAX_LEN];
	struct publish_result result;
	bool as_json = false;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'd': dir = optarg; break;
		case 'o':
			if (office_set_operator(o, optarg) != OK)
				return office_failed(o, "publish");
			break;
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind != argc)
		return office_usage(usage, false);
	if (publish(o, dir, &result, used) != OK)
		return office_failed(o, "publish");
	report(&result, used, as_json);
	return EXIT_DONE;
}
