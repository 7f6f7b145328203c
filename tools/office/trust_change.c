#include "tools/office/trust_change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "registry/signed_by.h"
#include "tools/office/staging.h"
#include "tools/shared/options.h"

enum status
generation_find(struct office *o, const char *kid, struct generation *out)
{
	struct generation all[TRUST_ROOTS_MAX];
	const char *known[TRUST_ROOTS_MAX];
	uint8_t bytes[KID_LEN];
	char lower[KID_TEXT_LEN + 1];
	size_t n = 0;
	enum status st = kid_parse(o, kid, bytes);
	if (st == OK) {
		hex_encode((struct bytes){ bytes, KID_LEN }, lower);
		st = generations_load(o, all, &n);
	}
	for (size_t g = 1; st == OK && g < n; g++) {
		if (strcmp(all[g].kid, lower) == 0) {
			*out = all[g];
			return OK;
		}
		known[g - 1] = all[g].kid;
	}
	if (st)
		return st;
	const char *near = option_nearest(lower, known, n - 1);
	if (near != NULL)
		return err_set(&o->err, ERR_NOT_FOUND, "no former root is called %s; did you mean %s?", lower, near);
	return err_set(&o->err, ERR_NOT_FOUND, "no former root is called %s; %s%s", lower, n > 1 ? "there is " : "there are none", n > 1 ? known[0] : "");
}

/* Sign the list of g with one change, under the lock. */
static enum status
sign_with(struct office *o, const struct generation *g, const struct trust_options *t, trust_change *change, void *ctx)
{
	struct trust_signing s = { .from = g, .lifetime_days = t->lifetime_days, .now_unix_s = t->now_unix_s, .change = change, .ctx = ctx };
	return trust_sign(o, &s);
}

static enum status
locked(struct office *o, struct staging *s)
{
	enum status st = staging_open(o, s);
	if (st == OK && s->finished_earlier)
		(void)printf("A change of keys that was interrupted before is finished now.\n");
	return st;
}

enum status
trust_renew_list(struct office *o, const struct trust_options *t)
{
	struct staging s;
	struct generation g = generation_present;
	enum status st = locked(o, &s);
	if (st)
		return st;
	if (t->root != NULL)
		st = generation_find(o, t->root, &g);
	if (st == OK)
		st = sign_with(o, &g, t, NULL, NULL);
	staging_close(&s);
	return st;
}

/* ---- one key ---- */

/* A change of the key with this kid; ctx of the change. */
struct key_change { const struct trust_options *t; uint8_t kid[KID_LEN]; char text[KID_TEXT_LEN + 1]; uint32_t kinds; bool is_issuer; };

static struct trust_entry *
entry_of(struct trust_list *t, const struct key_change *c)
{
	size_t at = trust_list_find(t, c->kid, 0);
	return at < t->entries_n ? &t->entries[at] : NULL;
}

static enum status
change_key(struct office *o, const char *kid, struct key_change *c, trust_change *change)
{
	struct staging s;
	struct key_place place;
	enum status st = locked(o, &s);
	if (st)
		return st;
	st = key_find(o, kid, &place);
	if (st == OK) {
		st = kid_parse(o, kid, c->kid);
		hex_encode((struct bytes){ c->kid, KID_LEN }, c->text);
		c->is_issuer = (place.file.list.entries[place.entry].typs >> TYP_CREDENTIAL & 1u) != 0;
		if (st == OK)
			st = sign_with(o, &place.generation, c->t, change, c);
		trust_file_free(&place.file);
	}
	staging_close(&s);
	return st;
}

static enum status
retire_entry(struct office *o, struct trust_list *list, void *ctx)
{
	const struct key_change *c = ctx;
	struct trust_entry *e = entry_of(list, c);
	char when[INSTANT_TEXT_LEN + 1];
	int64_t since = c->t->has_since ? c->t->since_unix_s : list->iat_unix_s;
	if (e == NULL)
		return err_set(&o->err, ERR_CONFLICT, "the list changed meanwhile; try again");
	if (e->state == KEY_COMPROMISED)
		return err_set(&o->err, ERR_CONFLICT, "%s is compromised, which is never taken back", c->text);
	if (e->state == KEY_RETIRED && since >= e->since_unix_s)
		return err_set(&o->err, ERR_CONFLICT, "%s is retired since %s already; only an earlier --since can be set, a later one would bring "
		    "back what it signed meanwhile", c->text, instant_text(e->since_unix_s, when));
	e->state = KEY_RETIRED;
	e->since_unix_s = since;
	return OK;
}

/* Live credentials signed by the key from `since` on. */
static enum status
count_live(struct office *o, const struct key_change *c, int64_t since_unix_s, uint64_t *live)
{
	struct signed_by by = { .since_unix_s = since_unix_s };
	memcpy(by.kid, c->kid, KID_LEN);
	enum status st = signed_by_count(o->registry, &by, 1, c->t->now_unix_s, &o->err);
	*live = by.live;
	return st;
}

static enum status
tell_reissue(struct office *o, const struct key_change *c, int64_t since_unix_s, const char *what)
{
	uint64_t live = 0;
	enum status st = c->is_issuer ? count_live(o, c, since_unix_s, &live) : OK;
	if (st == OK && live > 0)
		(void)printf("%llu live certificates signed by it %s: reissue them with yaopai issue --reissue-signed-by %s.\n",
		    (unsigned long long)live, what, c->text);
	if (st == OK)
		(void)printf("Next: %syaopai publish.\n", live > 0 ? "that, then " : "");
	return st;
}

enum status
trust_retire(struct office *o, const char *kid, const struct trust_options *t)
{
	struct key_change c = { .t = t };
	char when[INSTANT_TEXT_LEN + 1];
	int64_t since = t->has_since ? t->since_unix_s : t->now_unix_s;
	enum status st = change_key(o, kid, &c, retire_entry);
	if (st == OK) {
		(void)printf("%s is retired: what it signed before %s stays good.\n", c.text, instant_text(since, when));
		st = tell_reissue(o, &c, since, "since then are good no more");
	}
	return st;
}

static bool
same_key(const struct trust_entry *a, const struct certificate *b)
{
	struct certificate c = { .key = NULL };
	uint8_t x[65], y[65];
	struct buf p = BUF_OF(x), q = BUF_OF(y);
	bool same = certificate_decode(a->certificate_der, &c, NULL) == OK && public_key_point(c.key, &p) == OK && public_key_point(b->key, &q) == OK &&
	    public_key_type(c.key) == public_key_type(b->key) && bytes_eq(buf_view(&p), buf_view(&q));
	certificate_clear(&c);
	return same;
}

static enum status
compromise_entry(struct office *o, struct trust_list *list, void *ctx)
{
	const struct key_change *c = ctx;
	struct trust_entry *e = entry_of(list, c);
	struct certificate certificate = { .key = NULL };
	char when[INSTANT_TEXT_LEN + 1];
	if (e == NULL)
		return err_set(&o->err, ERR_CONFLICT, "the list changed meanwhile; try again");
	if (e->state == KEY_COMPROMISED)
		return err_set(&o->err, ERR_CONFLICT, "%s is compromised since %s already", c->text, instant_text(e->since_unix_s, when));
	enum status st = certificate_decode(e->certificate_der, &certificate, &o->err);
	for (size_t i = 0; st == OK && i < list->entries_n; i++) {
		if (!same_key(&list->entries[i], &certificate))
			continue;
		list->entries[i].state = KEY_COMPROMISED; /* the key, whatever certificates it has */
		list->entries[i].since_unix_s = c->t->has_since ? c->t->since_unix_s : list->iat_unix_s;
	}
	certificate_clear(&certificate);
	return st;
}

static enum status
is_in_use(struct office *o, const struct key_change *c, enum role *role, bool *yes)
{
	enum status st = OK;
	*yes = false;
	for (int r = ROLE_ISSUER; st == OK && !*yes && r < ROLE_COUNT; r++) {
		struct role_certificate own;
		st = role_certificate_load(o, (enum role)r, &own);
		*yes = st == OK && memcmp(own.certificate.kid, c->kid, KID_LEN) == 0;
		*role = (enum role)r;
		role_certificate_clear(&own);
	}
	return st;
}

enum status
trust_compromise(struct office *o, const char *kid, const struct trust_options *t)
{
	struct key_change c = { .t = t };
	enum role role = ROLE_ISSUER;
	bool in_use = false;
	enum status st = change_key(o, kid, &c, compromise_entry);
	if (st == OK)
		(void)printf("%s is compromised: nothing signed by it is good, whatever its date, and it never comes back.\n", c.text);
	if (st == OK)
		st = is_in_use(o, &c, &role, &in_use);
	if (st == OK && in_use)
		(void)printf("It is the %s key in use: yaopai keys rotate %s --destroy-former-key, then yaopai trust sign, before anything else.\n",
		    role_name(role), role_name(role));
	return st == OK ? tell_reissue(o, &c, 0, "are good no more once this list is published") : st;
}

static enum status
restrict_entry(struct office *o, struct trust_list *list, void *ctx)
{
	const struct key_change *c = ctx;
	struct trust_entry *e = entry_of(list, c);
	if (e == NULL)
		return err_set(&o->err, ERR_CONFLICT, "the list changed meanwhile; try again");
	if ((e->typs >> TYP_CREDENTIAL & 1u) == 0)
		return err_set(&o->err, ERR_CONFLICT, "%s is no issuer: only an issuer can be restricted to kinds of certificate", c->text);
	e->kinds = c->kinds;
	return OK;
}

enum status
trust_restrict(struct office *o, const char *kid, const struct trust_options *t)
{
	struct key_change c = { .t = t };
	char text[KINDS_TEXT_MAX];
	if (t->kinds == NULL)
		return err_set(&o->err, ERR_ARGUMENT, "--kinds is missing: all, or some of enforcement, supervision, moderator, body");
	enum status st = kinds_parse(o, t->kinds, &c.kinds);
	if (st == OK)
		st = change_key(o, kid, &c, restrict_entry);
	if (st == OK)
		(void)printf("%s may sign these kinds of certificate: %s. This holds for what it has signed before, too.\nNext: yaopai publish.\n", c.text,
		    kinds_text(c.kinds, text));
	return st;
}

/* ---- a key held elsewhere ---- */

struct addition { const struct trust_options *t; const struct role_certificate *c; enum role role; uint32_t kinds; const char *path; };

/* 37, 3701 or 370102 within the authority of the register. */
static bool
is_iss_within(const char *iss, const char *own)
{
	size_t n = strlen(iss);
	return (n == 2 || n == 4 || n == 6) && strspn(iss, "0123456789") == n && strncmp(iss, own, strlen(own)) == 0 && n >= strlen(own) &&
	    !(n > 2 && strcmp(iss + n - 2, "00") == 0);
}

static enum status
check_addition(struct office *o, const struct addition *a)
{
	const char *own = registry_settings(o->registry)->iss;
	const struct trust_options *t = a->t;
	char shown[64];
	if (a->role == ROLE_ROOT)
		return err_set(&o->err, ERR_ARGUMENT, "--role: a root is pinned by the sites, not put on a list; issuer, status or receipt was wanted");
	if (a->role == ROLE_ISSUER && t->iss_n == 0)
		return err_set(&o->err, ERR_ARGUMENT, "--iss is missing: the division code, within %s, for which this issuer may sign", own);
	if (a->role == ROLE_STATUS && t->uri_n == 0)
		return err_set(&o->err, ERR_ARGUMENT, "--uri is missing: the address, as https://v.example.cn/s/, for which this key may sign lists");
	if ((a->role != ROLE_ISSUER && (t->iss_n > 0 || t->kinds != NULL)) || (a->role != ROLE_STATUS && t->uri_n > 0))
		return err_set(&o->err, ERR_ARGUMENT, "--iss and --kinds belong to an issuer, --uri to a status key; this is to be a %s key", role_name(a->role));
	for (size_t i = 0; i < t->iss_n; i++)
		if (!is_iss_within(t->iss[i], own))
			return err_set(&o->err, ERR_ARGUMENT, "--iss: got \"%s\", wanted a division code within %s, without trailing 00", text_escape(
			    bytes_str(t->iss[i]), shown, sizeof(shown)), own);
	for (size_t i = 0; i < t->uri_n; i++)
		if (strncmp(t->uri[i], "https://", 8) != 0 || strlen(t->uri[i]) > STATUS_URI_LEN_MAX || !text_is_clean(bytes_str(t->uri[i])))
			return err_set(&o->err, ERR_ARGUMENT, "--uri: got \"%s\", wanted an https address of at most %u bytes", text_escape(
			    bytes_str(t->uri[i]), shown, sizeof(shown)), STATUS_URI_LEN_MAX);
	return OK;
}

/* Neither twice nor under somebody else's kid, nor a compromised key in new clothes. */
static enum status
check_new(struct office *o, const struct trust_list *list, const struct addition *a)
{
	char kid[KID_TEXT_LEN + 1], listed[KID_TEXT_LEN + 1];
	size_t at = trust_list_find(list, a->c->certificate.kid, 0);
	hex_encode((struct bytes){ a->c->certificate.kid, KID_LEN }, kid);
	if (at < list->entries_n && bytes_eq(list->entries[at].certificate_der, buf_view(&a->c->der)))
		return err_set(&o->err, ERR_CONFLICT, "%s is on the trust list already (%s); retire, compromise or restrict it by this id", a->path, kid);
	if (at < list->entries_n)
		return err_set(&o->err, ERR_CONFLICT, "another certificate on the trust list has the same key id, %s; certify the key again, which "
		    "gives it another", kid);
	if (list->entries_n == TRUST_ENTRIES_MAX)
		return err_set(&o->err, ERR_LIMIT, "a trust list holds %u keys; no more fit", TRUST_ENTRIES_MAX);
	for (size_t i = 0; i < list->entries_n; i++) {
		if (list->entries[i].state != KEY_COMPROMISED || !same_key(&list->entries[i], &a->c->certificate))
			continue;
		entry_kid(&list->entries[i], listed);
		return err_set(&o->err, ERR_CONFLICT, "the key of %s is compromised (as %s), which no other certificate changes: another key is needed", a->path,
		    listed);
	}
	return OK;
}

static enum status
add_entry(struct office *o, struct trust_list *list, void *ctx)
{
	static const uint32_t typs[ROLE_COUNT] = { 0, 1u << TYP_CREDENTIAL, 1u << TYP_STATUS_LIST, 1u << TYP_RECEIPT | 1u << TYP_RECEIPT_ROOT };
	const struct addition *a = ctx;
	enum status st = check_new(o, list, a);
	if (st)
		return st;
	struct trust_entry *e = &list->entries[list->entries_n++];
	*e = (struct trust_entry){ .certificate_der = buf_view(&a->c->der), .typs = typs[a->role], .kinds = a->kinds, .state = KEY_ACTIVE,
		.since_unix_s = list->iat_unix_s };
	for (; e->iss_n < a->t->iss_n; e->iss_n++)
		e->iss[e->iss_n] = bytes_str(a->t->iss[e->iss_n]);
	for (; e->uri_n < a->t->uri_n; e->uri_n++)
		e->uri[e->uri_n] = bytes_str(a->t->uri[e->uri_n]);
	return OK;
}

static enum status
check_certificate(struct office *o, const struct generation *g, const struct addition *a)
{
	bool good = false;
	const struct certificate *c = &a->c->certificate;
	if (c->is_ca)
		return err_set(&o->err, ERR_CONFLICT, "%s is an authority's certificate (CA); the certificate of a signing key was wanted", a->path);
	if (c->not_after_unix_s <= a->t->now_unix_s)
		return err_set(&o->err, ERR_CONFLICT, "%s has ended; certify the key again", a->path);
	enum status st = root_signed(o, g, buf_view(&a->c->der), &good);
	if (st == OK && !good)
		st = err_set(&o->err, ERR_CONFLICT, "%s is not signed by the root in %skeys/root.cert.pem; certify the key with yaopai keys certify", a->path,
		    g->base);
	return st;
}

enum status
trust_add(struct office *o, const char *path, const struct trust_options *t)
{
	struct staging s;
	struct role_certificate c = { .certificate = { .key = NULL } };
	struct addition a = { .t = t, .c = &c, .path = path };
	struct generation g = generation_present;
	char kid[KID_TEXT_LEN + 1], text[KINDS_TEXT_MAX];
	enum status st = role_of(t->role != NULL ? t->role : "issuer", &a.role, &o->err);
	if (st == OK && t->kinds != NULL)
		st = kinds_parse(o, t->kinds, &a.kinds);
	if (st == OK)
		st = check_addition(o, &a);
	if (st == OK)
		st = locked(o, &s);
	if (st)
		return st;
	if (t->root != NULL)
		st = generation_find(o, t->root, &g);
	if (st == OK)
		st = certificate_file_load(o, path, &c);
	if (st == OK)
		st = check_certificate(o, &g, &a);
	if (st == OK)
		st = sign_with(o, &g, t, add_entry, &a);
	if (st == OK) {
		hex_encode((struct bytes){ c.certificate.kid, KID_LEN }, kid);
		(void)printf("%s (%s) is on the trust list as %s key%s%s.\nNext: yaopai publish.\n", kid, c.certificate.subject, role_name(a.role),
		    a.role == ROLE_ISSUER ? ", kinds: " : "", a.role == ROLE_ISSUER ? kinds_text(a.kinds, text) : "");
	}
	staging_close(&s);
	role_certificate_clear(&c);
	return st;
}

/* ---- policy ---- */

static enum status
set_policy(struct office *o, struct trust_list *list, void *ctx)
{
	const struct trust_options *t = ctx;
	(void)o;
	if (t->has_window)
		list->window_s = (int64_t)t->window_s;
	if (t->has_status_age)
		list->status_age_max_s = (int64_t)t->status_age_s;
	return OK;
}

enum status
trust_policy(struct office *o, const struct trust_options *t)
{
	struct staging s;
	struct trust_options own = *t;
	struct generation g = generation_present;
	if (!t->has_window && !t->has_status_age)
		return err_set(&o->err, ERR_ARGUMENT, "--window or --status-age was wanted: the policy to set");
	if (t->has_status_age && t->status_age_s != 0 && (int64_t)t->status_age_s < o->config.ttl_s)
		return err_set(&o->err, ERR_CONFLICT, "--status-age: %llu s is less than ttl_seconds (%lld): a list would be refused while it is fresh",
		    (unsigned long long)t->status_age_s, (long long)o->config.ttl_s);
	enum status st = locked(o, &s);
	if (st)
		return st;
	if (t->root != NULL)
		st = generation_find(o, t->root, &g);
	if (st == OK)
		st = sign_with(o, &g, t, set_policy, &own);
	staging_close(&s);
	if (st == OK)
		(void)printf("Next: yaopai publish.\n");
	return st;
}

/* ---- the end of a former root ---- */

static enum status
count_generation(struct office *o, const struct generation *g, int64_t now_unix_s, uint64_t *live)
{
	struct trust_file file;
	struct signed_by by[TRUST_ENTRIES_MAX];
	size_t n = 0;
	*live = 0;
	enum status st = trust_file_load(o, g, &file);
	for (size_t i = 0; st == OK && i < file.list.entries_n; i++) {
		struct certificate c = { .key = NULL };
		if ((file.list.entries[i].typs >> TYP_CREDENTIAL & 1u) == 0 || certificate_decode(file.list.entries[i].certificate_der, &c, NULL) != OK)
			continue;
		by[n] = (struct signed_by){ .since_unix_s = 0 };
		memcpy(by[n++].kid, c.kid, KID_LEN);
		certificate_clear(&c);
	}
	if (st == OK)
		st = signed_by_count(o->registry, by, n, now_unix_s, &o->err);
	for (size_t i = 0; st == OK && i < n; i++)
		*live += by[i].live;
	trust_file_free(&file);
	return st;
}

static enum status
move_to_ended(struct office *o, const struct generation *g)
{
	char dir[PATH_MAX_LEN], from[PATH_MAX_LEN], to[PATH_MAX_LEN], name[64];
	enum status st = office_path(o, "roots/ended", dir);
	if (st == OK)
		st = dir_make(dir, 0700, &o->err);
	(void)snprintf(name, sizeof(name), "roots/%s", g->kid);
	if (st == OK)
		st = office_path(o, name, from);
	if (st == OK)
		st = path_join(dir, g->kid, to, sizeof(to), &o->err);
	if (st == OK && rename(from, to) != 0)
		st = err_set(&o->err, ERR_SYSTEM, "cannot move %s to %s: %s", from, to, strerror(errno));
	return st == OK ? dir_sync(dir, &o->err) : st;
}

enum status
trust_end_root(struct office *o, const char *kid, const struct trust_options *t)
{
	struct staging s;
	struct generation g;
	uint64_t live = 0;
	enum status st = locked(o, &s);
	if (st)
		return st;
	st = generation_find(o, kid, &g);
	if (st == OK)
		st = count_generation(o, &g, t->now_unix_s, &live);
	if (st == OK && live > 0 && !t->force)
		st = err_set(&o->err, ERR_CONFLICT, "%llu live certificates were signed under this root and would be good no more: reissue them (yaopai issue "
		    "--reissue-signed-by, with the issuers yaopai trust show names under it), wait until they expire, or use --force",
		    (unsigned long long)live);
	if (st == OK)
		st = move_to_ended(o, &g);
	if (st == OK)
		(void)printf("The root %s is done with%s; what was kept of it is in %s/roots/ended/%s.\nNext: yaopai publish, restart yaopaid, tell the "
		    "sites to unpin it, and yaopai keys destroy with its keys.\n", g.kid, live > 0 ? ", though live certificates of it are about" : "",
		    o->home, g.kid);
	staging_close(&s);
	return st;
}
