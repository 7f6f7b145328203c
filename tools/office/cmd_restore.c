#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/time.h"
#include "tools/office/audit_child.h"
#include "tools/office/commands.h"
#include "tools/office/published.h"
#include "tools/office/restore.h"
#include "tools/shared/secretfile.h"

static const char usage[] =
    "usage: yaopai --home NEW restore FILE [--published DIR|BUNDLE] [--older]\n"
    "       yaopai restore FILE --home NEW [--published DIR|BUNDLE] [--older]\n"
    "Makes a register from a backup, in a home that has none: the journal is replayed, the tables are made, everything is audited, and only then it is\n"
    "put in its place. Before, put the register's secrets there: NEW/keys/check.key and NEW/keys/seal.key.\n"
    "  --published  what was published last, from the web server or a site (default: published/ of NEW). A backup that is older than that has forgotten\n"
    "               something, perhaps a revocation, and is refused\n"
    "  --older      restore it nevertheless. Then repeat what the office decided since, and publish, before anybody is answered\n"
    "Exit: 0 done; 2 could not, and NEW is as it was.\n";

static enum status
load_secrets(struct office *o)
{
	static const char *const names[] = { "keys/check.key", "keys/seal.key" };
	static const enum wrap_purpose purposes[] = { WRAP_CHECK, WRAP_SEAL };
	struct secret *const out[] = { &o->keys.check, &o->keys.seal };
	char path[PATH_MAX_LEN];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		enum status st = office_path(o, names[i], path);
		if (st == OK && access(path, F_OK) != 0)
			return err_set(&o->err, ERR_NOT_FOUND, "no %s; a backup holds no keys: bring keys/check.key and keys/seal.key of the register from where they are kept",
			    path);
		if (st == OK)
			st = secret_load(path, purposes[i], &o->passphrase, out[i], NULL, &o->err);
		if (st)
			return st;
	}
	o->keys.has_seal = true;
	return OK;
}

/* ---- is it behind what was published? ---- */

static enum status
compare_published(struct office *o, struct office *restored, struct restored *r, const char *path, bool older)
{
	struct signers signers;
	struct published_state p;
	char own[PATH_MAX_LEN];
	enum status st = signers_load(restored, &signers);
	if (st)
		return err_set(&o->err, st, "%s", restored->err.text);
	st = office_path(o, "published", own);
	const char *at = path != NULL ? path : access(own, F_OK) == 0 ? own : NULL;
	if (st == OK && at == NULL) {
		(void)fprintf(stderr, "yaopai restore: not compared with what was published; give it with --published, since a register that forgot a revocation is worse than none\n");
		signers_free(&signers);
		return OK;
	}
	if (st == OK)
		st = published_load(o, at, &signers, &p);
	signers_free(&signers);
	if (st)
		return st;
	if (p.n == 0)
		st = err_set(&o->err, ERR_CONFLICT, "%s holds no list that a status key of this register signed; give the newest that it published", at);
	if (st == OK)
		st = restored_check(r, o, p.lists, p.n, older);
	published_free(&p);
	return st;
}

/* ---- all of it ---- */

static void
on_finding(void *ctx, const char *where, const char *what)
{
	uint64_t *n = ctx;
	if ((*n)++ < 20)
		(void)fprintf(stderr, "yaopai restore: %s: %s\n", where, what);
}

/* What events say against the rules is history and no reason to have no register; all else is. */
static enum status
prove(struct office *o, struct restored *r)
{
	uint64_t findings = 0;
	struct audit_result result;
	char data[PATH_MAX_LEN];
	struct audit_terms t = { .dir = data, .keys = &o->keys, .quick = true, .now_unix_s = clock_unix_s(), .finding = on_finding, .ctx = &findings };
	enum status st = path_join(r->work, "data", data, sizeof(data), &o->err);
	if (st == OK)
		st = audit_in_child(&t, r->work, &result, &o->err);
	if (st == OK && findings > r->faults)
		st = err_set(&o->err, ERR_DAMAGED, "what was restored does not audit clean (%" PRIu64 " findings)", findings);
	return st;
}

static enum status
restore(struct office *o, const char *file, const char *published, bool older, struct restored *r)
{
	struct office restored = { .home = r->work }; /* its name is made by restored_read */
	char data[PATH_MAX_LEN];
	enum status st = office_path(o, "data", data);
	if (st == OK && access(data, F_OK) == 0)
		return err_set(&o->err, ERR_CONFLICT, "%s is there already: restore into a fresh home, or move that register away", data);
	if (st == OK)
		st = load_secrets(o);
	if (st == OK)
		st = restored_read(r, o, file);
	if (st == OK)
		st = compare_published(o, &restored, r, published, older);
	if (st == OK)
		st = prove(o, r);
	return st == OK ? restored_place(r, o) : st;
}

int
cmd_restore(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "home", 1, NULL, 'H' }, { "published", 1, NULL, 'p' }, { "older", 0, NULL, 'o' }, { "help", 0, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	const char *published = NULL;
	bool older = false;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'H': o->home = optarg; break;
		case 'p': published = optarg; break;
		case 'o': older = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind + 1 != argc)
		return office_usage(usage, false);
	struct restored *r = calloc(1, sizeof(*r));
	if (r == NULL) {
		(void)err_set(&o->err, ERR_SYSTEM, "out of memory");
		return office_failed(o, "restore");
	}
	enum status st = restore(o, argv[optind], published, older, r);
	restored_clear(r);
	if (st == OK) {
		char last[INSTANT_TEXT_LEN + 1];
		(void)printf("%s: restored to event %" PRIu64 " of %s (%" PRIu64 " sealed records, %" PRIu64 " files). Bring the signing keys back to keys/, run yaopai publish, "
		             "and start yaopaid.\n", o->home, r->summary.sequence, instant_text(r->summary.last_event_ms / 1000, last), r->summary.sealed, r->summary.files);
	}
	free(r);
	return st ? office_failed(o, "restore") : EXIT_DONE;
}
