#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/trustlist.h"
#include "tools/office/commands.h"
#include "tools/office/keyring.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai trust sign [--lifetime-days N]\n"
    "       yaopai trust show [--json]\n"
    "sign  the root signs a new trust list with the issuer, status and receipt keys of HOME/keys; entries of the list before\n"
    "      stay. Needs the root's private key; publish needs it no more.\n"
    "show  the trust list in force: issue number, end, entries.\n";

enum { WARN_DAYS = 90, DAY_S = 86400, WINDOW_S = 60 };

struct trust { /* the last list, and what its views point into */
	struct buf token;
	struct trust_list list;
	bool is_there;
};

static enum status
trust_load(struct office *o, struct trust *t)
{
	char path[PATH_MAX_LEN];
	struct cose c;
	enum status st = office_path(o, "trust.cwt", path);
	if (st)
		return st;
	st = file_load(path, TRUST_LIST_LEN_MAX, &t->token, &o->err);
	if (st == ERR_NOT_FOUND) {
		o->err = (struct err){ .status = OK };
		return OK;
	}
	if (st == OK)
		st = cose_decode(buf_view(&t->token), COSE_OURS, &c);
	if (st == OK)
		st = trust_list_decode(c.payload, &t->list);
	t->is_there = st == OK;
	return st ? err_set(&o->err, st, "%s is no trust list: %s", path, status_text(st)) : OK;
}

static bool
is_listed(const struct trust_list *t, struct bytes der)
{
	for (size_t i = 0; i < t->entries_n; i++)
		if (bytes_eq(t->entries[i].certificate_der, der))
			return true;
	return false;
}

/* Several keys of a role may stand in the list: signing again adds, and takes nothing away. */
static enum status
add_role(struct office *o, enum role role, const struct role_certificate *c, int64_t now_unix_s, struct trust_list *t)
{
	static const enum typ typs[ROLE_COUNT] = { TYP_UNKNOWN, TYP_CREDENTIAL, TYP_STATUS_LIST, TYP_RECEIPT };
	const struct settings *s = registry_settings(o->registry);
	if (is_listed(t, buf_view(&c->der)))
		return OK;
	if (t->entries_n == TRUST_ENTRIES_MAX)
		return err_set(&o->err, ERR_LIMIT, "a trust list holds %u keys; no more fit", TRUST_ENTRIES_MAX);
	struct trust_entry *e = &t->entries[t->entries_n++];
	*e = (struct trust_entry){ .certificate_der = buf_view(&c->der), .typs = 1u << typs[role], .state = KEY_ACTIVE,
		.since_unix_s = now_unix_s };
	if (role == ROLE_RECEIPT)
		e->typs |= 1u << TYP_RECEIPT_ROOT;
	if (role == ROLE_ISSUER) {
		e->iss[0] = bytes_str(s->iss);
		e->iss_n = 1;
	}
	if (role == ROLE_STATUS) {
		e->uri[0] = bytes_str(s->uri_prefix);
		e->uri_n = 1;
	}
	return OK;
}

static enum status
save_signed(struct office *o, struct signer *root, const struct trust_list *t)
{
	char path[PATH_MAX_LEN], when[DATE_TEXT_LEN + 1];
	uint8_t *mem = malloc(3u * TRUST_LIST_LEN_MAX);
	struct bytes payload, token;
	if (mem == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	enum status st = trust_list_encode(t, (struct buf){ mem, TRUST_LIST_LEN_MAX, 0 }, &payload);
	if (st == OK)
		st = cose_sign(root, TYP_TRUST_LIST, payload, (struct buf){ mem + TRUST_LIST_LEN_MAX, TRUST_LIST_LEN_MAX, 0 },
		    (struct buf){ mem + 2u * TRUST_LIST_LEN_MAX, TRUST_LIST_LEN_MAX, 0 }, &token);
	if (st)
		err_set(&o->err, st, "the trust list cannot be signed: %s", status_text(st));
	else
		st = office_path(o, "trust.cwt", path);
	if (st == OK)
		st = file_save(path, token, 0644, &o->err);
	if (st == OK)
		(void)printf("Trust list %llu with %zu keys, in force until %s, is in %s.\n", (unsigned long long)t->issue, t->entries_n,
		    date_text(date_of_unix_s(t->exp_unix_s), when), path);
	free(mem);
	return st;
}

static enum status
trust_sign(struct office *o, int lifetime_days)
{
	struct trust t = { .is_there = false };
	struct role_certificate certificates[ROLE_COUNT] = { 0 };
	struct signer *root = NULL;
	int64_t now = clock_unix_s();
	enum status st = trust_load(o, &t);
	if (st == OK)
		st = role_signer_load(o, ROLE_ROOT, &certificates[ROLE_ROOT], &root);
	for (int r = ROLE_ISSUER; st == OK && r < ROLE_COUNT; r++) {
		st = role_certificate_load(o, (enum role)r, &certificates[r]);
		if (st == OK)
			st = add_role(o, (enum role)r, &certificates[r], now, &t.list);
	}
	t.list.iss = bytes_str(registry_settings(o->registry)->iss);
	t.list.iat_unix_s = t.is_there && t.list.iat_unix_s >= now ? t.list.iat_unix_s + 1 : now;
	t.list.exp_unix_s = now + (int64_t)lifetime_days * DAY_S;
	t.list.issue = t.is_there ? t.list.issue + 1 : 1;
	if (!t.is_there)
		t.list.window_s = WINDOW_S;
	if (st == OK)
		st = save_signed(o, root, &t.list);
	for (int r = 0; r < ROLE_COUNT; r++)
		role_certificate_clear(&certificates[r]);
	signer_close(root);
	free(t.token.ptr);
	return st;
}

static void
show_entry(struct json *j, const struct trust_entry *e)
{
	static const char *const states[] = { "", "active", "retired", "compromised" };
	struct certificate c = { .key = NULL };
	char kid[2 * KID_LEN + 1] = "", to[DATE_TEXT_LEN + 1] = "";
	if (certificate_decode(e->certificate_der, &c, NULL) == OK) {
		hex_encode((struct bytes){ c.kid, KID_LEN }, kid);
		(void)date_text(date_of_unix_s(c.not_after_unix_s), to);
	}
	if (j == NULL) {
		(void)printf("  %s  %-11s to %s  %s:", kid, states[e->state], to, c.subject);
		for (int t = TYP_UNKNOWN + 1; t < TYP_COUNT; t++)
			if ((e->typs >> t & 1u) != 0)
				(void)printf(" %s", typ_text((enum typ)t));
		(void)putchar('\n');
	} else {
		json_object_begin(j);
		json_key(j, "kid"), json_str(j, kid);
		json_key(j, "state"), json_str(j, states[e->state]);
		json_key(j, "subject"), json_str(j, c.subject);
		json_key(j, "to"), json_str(j, to);
		json_object_end(j);
	}
	certificate_clear(&c);
}

static enum status
trust_show(struct office *o, bool as_json)
{
	struct trust t = { .is_there = false };
	struct json j = json_open(stdout);
	char when[DATE_TEXT_LEN + 1];
	enum status st = trust_load(o, &t);
	if (st == OK && !t.is_there)
		st = err_set(&o->err, ERR_NOT_FOUND, "there is no trust list yet; make one with yaopai trust sign");
	if (st == OK && !as_json) {
		(void)printf("Trust list %llu of authority %.*s, in force until %s\n", (unsigned long long)t.list.issue, BYTES_FMT(t.list.iss),
		    date_text(date_of_unix_s(t.list.exp_unix_s), when));
		for (size_t i = 0; i < t.list.entries_n; i++)
			show_entry(NULL, &t.list.entries[i]);
		if (t.list.exp_unix_s - clock_unix_s() < (int64_t)WARN_DAYS * DAY_S)
			(void)printf("WARNING: it ends in less than %d days; sign a new one\n", WARN_DAYS);
	} else if (st == OK) {
		json_object_begin(&j);
		json_key(&j, "issue"), json_uint(&j, t.list.issue);
		json_key(&j, "until"), json_str(&j, date_text(date_of_unix_s(t.list.exp_unix_s), when));
		json_key(&j, "entries"), json_array_begin(&j);
		for (size_t i = 0; i < t.list.entries_n; i++)
			show_entry(&j, &t.list.entries[i]);
		json_array_end(&j);
		json_object_end(&j);
	}
	free(t.token.ptr);
	return json_close(&j) || st != OK ? st : err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
}

int
cmd_trust(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "lifetime-days", 1, NULL, 'l' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	uint64_t days = 0;
	bool as_json = false;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'l':
			if (text_uint(bytes_str(optarg), &days) != OK || days < 1 || days > 3660) {
				(void)err_set(&o->err, ERR_ARGUMENT, "--lifetime-days: a number from 1 to 3660 was wanted");
				return office_failed(o, "trust");
			}
			break;
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	const char *what = optind + 1 == argc ? argv[optind] : "";
	if (strcmp(what, "sign") != 0 && strcmp(what, "show") != 0)
		return office_usage(usage, false);
	enum status st = office_open(o, STORE_READ, false);
	if (st == OK)
		st = strcmp(what, "show") == 0 ? trust_show(o, as_json) : trust_sign(o, days != 0 ? (int)days : o->config.trust_days);
	return st ? office_failed(o, "trust") : EXIT_DONE;
}
