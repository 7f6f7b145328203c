#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/bundle.h"
#include "crypto/certificate.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "tools/office/bundle_merge.h"
#include "tools/office/commands.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai bundle merge --out FILE --root CERT... BUNDLE...\n"
    "       yaopai bundle show BUNDLE [--json]\n"
    "Needs no register.\n"
    "merge  put the bundles of several provinces into one, for sites that check certificates of all of them. Every part must belong\n"
    "       to one of the roots given, and the result is loaded once with the verifier. Of two lists for one place the newer is\n"
    "       kept.\n"
    "show   what a bundle holds. It is not checked: yaopai-verify does that.\n"
    "Exit: 0 done, 2 could not.\n";

enum { MERGE_MAX = 64 };

struct bundle_options { const char *out, *roots[TRUST_ROOTS_MAX]; size_t roots_n; bool json, help, bad; };

/* ---- merge ---- */

static enum status
roots_load(struct office *o, const struct bundle_options *b, struct bundle_root *roots)
{
	enum status st = OK;
	for (size_t i = 0; st == OK && i < b->roots_n; i++) {
		struct buf file = { 0 }, der = { roots[i].der, sizeof(roots[i].der), 0 };
		st = file_load(b->roots[i], 4 * CERTIFICATE_DER_LEN_MAX, &file, &o->err);
		if (st == OK) {
			st = certificate_der_of(buf_view(&file), &der, &o->err);
			(void)err_in(&o->err, st, "%s", b->roots[i]);
		}
		roots[i].len = der.len;
		free(file.ptr);
	}
	return st;
}

static enum status
merge_loaded(struct office *o, const struct bundle_options *b, const struct bundle_root *roots, const struct bytes *bundles,
    const char *const *names, size_t n)
{
	struct merged m = { .dropped = 0 };
	enum status st = bundle_merge(roots, b->roots_n, bundles, names, n, clock_unix_s(), &m, &o->err);
	if (st == OK)
		st = file_save(b->out, buf_view(&m.bundle), 0644, &o->err);
	if (st == OK)
		(void)printf("%zu trust lists and %zu status lists are in %s, %zu bytes (%zu older or equal parts left out).\n", m.trust_lists,
		    m.status_lists, b->out, m.bundle.len, m.dropped);
	free(m.bundle.ptr);
	return st;
}

static enum status
merge(struct office *o, const struct bundle_options *b, char **names, size_t n)
{
	struct buf files[MERGE_MAX] = { { 0 } };
	struct bytes views[MERGE_MAX];
	struct bundle_root *roots = calloc(TRUST_ROOTS_MAX, sizeof(*roots));
	if (b->out == NULL || b->roots_n == 0 || n < 1 || n > MERGE_MAX) {
		free(roots);
		return err_set(&o->err, ERR_ARGUMENT, "merge wants --out, a --root for each authority, and 1 to %d bundles", MERGE_MAX);
	}
	enum status st = roots == NULL ? err_set(&o->err, ERR_SYSTEM, "out of memory") : roots_load(o, b, roots);
	for (size_t i = 0; st == OK && i < n; i++) {
		st = file_load(names[i], BUNDLE_LEN_MAX, &files[i], &o->err);
		views[i] = buf_view(&files[i]);
	}
	if (st == OK)
		st = merge_loaded(o, b, roots, views, (const char *const *)names, n);
	for (size_t i = 0; i < n; i++)
		free(files[i].ptr);
	free(roots);
	return st;
}

/* ---- show ---- */

struct part_text { const char *what; char name[64], kid[40], as_of[INSTANT_TEXT_LEN + 1], until[INSTANT_TEXT_LEN + 1]; uint64_t issue; };

static enum status
part_describe(struct bytes token, enum typ typ, struct part_text *p)
{
	struct cose c;
	static struct trust_list t;
	struct status_list l;
	enum status st = cose_decode(token, COSE_STANDARD, &c);
	bool is_trust = typ == TYP_TRUST_LIST;
	if (st == OK)
		st = is_trust ? trust_list_decode(c.payload, &t) : status_list_decode(c.payload, &l);
	if (st)
		return st;
	int64_t until = is_trust ? t.exp_unix_s : l.exp_unix_s;
	*p = (struct part_text){ .what = is_trust ? "trust list" : "status list", .issue = is_trust ? t.issue : 0 };
	(void)text_escape(is_trust ? t.iss : l.uri, p->name, sizeof(p->name));
	if (c.kid.len == KID_LEN)
		hex_encode(c.kid, p->kid);
	(void)instant_text(is_trust ? t.iat_unix_s : l.iat_unix_s, p->as_of);
	if (until != 0)
		(void)instant_text(until, p->until);
	return OK;
}

static void
part_show(struct json *j, const struct part_text *p)
{
	if (j == NULL) {
		(void)printf("%-11s %s", p->what, p->name);
		if (p->issue != 0)
			(void)printf(" issue %llu", (unsigned long long)p->issue);
		(void)printf("  signed %s by %s, until %s\n", p->as_of, p->kid[0] != '\0' ? p->kid : "a key without id", p->until[0] != '\0' ? p->until : "no end");
		return;
	}
	json_object_begin(j);
	json_key(j, "part"), json_str(j, p->what);
	json_key(j, p->issue != 0 ? "iss" : "uri"), json_str(j, p->name);
	if (p->issue != 0)
		json_key(j, "issue"), json_uint(j, p->issue);
	json_key(j, "signer"), json_str(j, p->kid);
	json_key(j, "signed"), json_str(j, p->as_of);
	json_key(j, "until"), json_str(j, p->until[0] != '\0' ? p->until : NULL);
	json_object_end(j);
}

static enum status
show(struct office *o, const char *path, bool as_json)
{
	struct buf file = { 0 };
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	struct json j = json_open(stdout);
	struct part_text p;
	enum status st = file_load(path, BUNDLE_LEN_MAX, &file, &o->err);
	if (st == OK && bundle_open(buf_view(&file), &b) != OK)
		st = err_set(&o->err, ERR_FORMAT, "%s is no bundle: it does not begin with \"%s\"", path, BUNDLE_MAGIC);
	while (st == OK && bundle_next(&b, &token, &typ)) {
		st = part_describe(token, typ, &p);
		if (st == OK)
			part_show(as_json ? &j : NULL, &p);
		else
			err_set(&o->err, st, "%s: a part cannot be read: %s", path, status_text(st));
	}
	if (st == OK && bundle_end(&b) != OK)
		st = err_set(&o->err, ERR_FORMAT, "%s is damaged or cut", path);
	free(file.ptr);
	return json_close(&j) || st != OK ? st : err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
}

int
cmd_bundle(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "out", 1, NULL, 'o' }, { "root", 1, NULL, 'r' }, { "json", 0, NULL, 'j' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct bundle_options b = { .out = NULL };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'o': b.out = optarg; break;
		case 'r':
			if (b.roots_n == TRUST_ROOTS_MAX)
				st = err_set(&o->err, ERR_LIMIT, "--root: at most %u of them", TRUST_ROOTS_MAX);
			else
				b.roots[b.roots_n++] = optarg;
			break;
		case 'j': b.json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	const char *what = optind < argc ? argv[optind] : "";
	bool is_merge = strcmp(what, "merge") == 0, is_show = strcmp(what, "show") == 0 && argc - optind == 2;
	if (st == OK && !is_merge && !is_show)
		return office_usage(usage, false);
	if (st == OK)
		st = is_merge ? merge(o, &b, argv + optind + 1, (size_t)(argc - optind - 1)) : show(o, argv[optind + 1], b.json);
	return st ? office_failed(o, "bundle") : EXIT_DONE;
}
