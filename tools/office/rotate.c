#include "tools/office/rotate.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "tools/office/staging.h"
#include "tools/office/trust_file.h"

static const struct generation staged_home = { .base = STAGING_BASE }, staged_coming = { .base = STAGING_BASE "coming/" },
	coming = { .base = "coming/" };

static void
kid_of(const struct role_certificate *c, char out[KID_TEXT_LEN + 1])
{
	hex_encode((struct bytes){ c->certificate.kid, KID_LEN }, out);
}

/* g's file under a staged name too; one that is not there is passed over.  A second name, not a copy: when the change has taken the
 * first name away, no other bytes of a private key are left on the disk. */
static enum status
stage_link(struct office *o, const struct generation *g, const char *from_name, const char *to_name)
{
	char from[PATH_MAX_LEN], to[PATH_MAX_LEN];
	enum status st = generation_path(o, g, from_name, from);
	if (st == OK)
		st = generation_path(o, &staged_home, to_name, to);
	if (st != OK || access(from, F_OK) != 0)
		return st;
	return link(from, to) == 0 ? OK : err_set(&o->err, ERR_SYSTEM, "cannot keep %s as %s: %s", from, to, strerror(errno));
}

static bool
was_finished(const struct staging *s)
{
	if (s->finished_earlier)
		(void)printf("The change of keys that was interrupted before is finished now.\n");
	return s->finished_earlier;
}

/* ---- issuer, status, receipt ---- */

static enum status
stage_former(struct office *o, const struct generation *g, const struct rotation *r, const char *kid)
{
	char from[64], to[160];
	(void)snprintf(from, sizeof(from), "keys/%s.cert.pem", role_name(r->role));
	(void)snprintf(to, sizeof(to), "%skeys/former/%s-%s.cert.pem", g->base, role_name(r->role), kid);
	enum status st = stage_link(o, g, from, to);
	if (st)
		return st;
	(void)snprintf(from, sizeof(from), "keys/%s.key.pem", role_name(r->role));
	if (r->destroy)
		(void)snprintf(to, sizeof(to), "wipe/%s-%s.key.pem", role_name(r->role), kid);
	else
		(void)snprintf(to, sizeof(to), "%skeys/former/%s-%s.key.pem", g->base, role_name(r->role), kid);
	return stage_link(o, g, from, to);
}

static enum status
stage_role(struct office *o, struct staging *s, const struct generation *g, const struct rotation *r, const struct role_certificate *old,
    const char *kid)
{
	char dir[96];
	struct generation out = { .kid = "" };
	(void)snprintf(dir, sizeof(dir), "%skeys/former", g->base);
	int n = snprintf(out.base, sizeof(out.base), "%s%s", STAGING_BASE, g->base);
	if (n < 0 || (size_t)n >= sizeof(out.base))
		return err_set(&o->err, ERR_LIMIT, "the name %s is too long", g->base);
	enum status st = staging_dir(s, dir);
	if (st == OK && r->destroy)
		st = staging_dir(s, "wipe");
	if (st == OK)
		st = stage_former(o, g, r, kid);
	return st ? st : keyring_make_one(o, g, &out, r->role, r->type != NULL ? *r->type : public_key_type(old->certificate.key), r->now_unix_s);
}

static void
tell_role(const struct generation *g, const struct rotation *r, const char *old, const char *fresh)
{
	const char *root = g->base[0] != '\0' ? " --root " : "";
	(void)printf("The %s key is now %s; %s is a former one%s.\nNext: yaopai trust sign%s%s, then yaopai publish.", role_name(r->role), fresh, old,
	    r->destroy ? " and its private key is gone" : "", root, g->kid);
	if (!r->destroy)
		(void)printf(" The former private key is not needed any more: yaopai keys destroy %s.", old);
	(void)printf("\n");
}

enum status
rotate_role(struct office *o, const struct generation *g, const struct rotation *r)
{
	struct staging s;
	struct role_certificate old = { .certificate = { .key = NULL } }, fresh = { .certificate = { .key = NULL } };
	char kid[KID_TEXT_LEN + 1], fresh_kid[KID_TEXT_LEN + 1];
	enum status st = staging_open(o, &s);
	if (st)
		return st;
	if (was_finished(&s))
		goto out;
	st = role_certificate_load_in(o, g, r->role, &old);
	if (st)
		goto out;
	kid_of(&old, kid);
	st = stage_role(o, &s, g, r, &old, kid);
	if (st == OK)
		st = staging_commit(&s);
	if (st == OK)
		st = role_certificate_load_in(o, g, r->role, &fresh);
	if (st == OK) {
		kid_of(&fresh, fresh_kid);
		tell_role(g, r, kid, fresh_kid);
	}
out:
	staging_close(&s);
	role_certificate_clear(&old);
	role_certificate_clear(&fresh);
	return st;
}

/* ---- root ---- */

static enum status
copy_policy(struct office *o, struct trust_list *t, void *ctx)
{
	const struct trust_file *before = ctx;
	(void)o;
	if (before->is_there) {
		t->window_s = before->list.window_s;
		t->status_age_max_s = before->list.status_age_max_s;
	}
	return OK;
}

/* All keys of a new root and its first trust list, staged at `out`. */
static enum status
stage_generation(struct office *o, struct staging *s, const struct generation *out, const struct rotation *r, enum key_type type)
{
	struct trust_file before = { .is_there = false };
	const char *given = o->root_key_path; /* the present root's: not that of the one being made */
	struct trust_signing signing = { .from = out, .quiet = true, .lifetime_days = r->lifetime_days, .now_unix_s = r->now_unix_s,
		.change = copy_policy, .ctx = &before };
	enum status st = staging_dir(s, strcmp(out->base, staged_coming.base) == 0 ? "coming/keys" : "keys");
	if (st == OK)
		st = trust_file_load(o, &generation_present, &before);
	o->root_key_path = NULL;
	for (int role = 0; st == OK && role < ROLE_COUNT; role++)
		st = keyring_make_one(o, out, out, (enum role)role, type, r->now_unix_s);
	if (st == OK)
		st = trust_sign(o, &signing);
	o->root_key_path = given;
	trust_file_free(&before);
	return st;
}

static enum status
root_type(struct office *o, const struct rotation *r, enum key_type *type, char kid[KID_TEXT_LEN + 1])
{
	struct role_certificate root;
	enum status st = role_certificate_load(o, ROLE_ROOT, &root);
	if (st)
		return st;
	*type = r->type != NULL ? *r->type : public_key_type(root.certificate.key);
	kid_of(&root, kid);
	role_certificate_clear(&root);
	return OK;
}

static enum status
coming_kid(struct office *o, char kid[KID_TEXT_LEN + 1])
{
	struct role_certificate root;
	kid[0] = '\0';
	if (!role_certificate_exists(o, &coming, ROLE_ROOT))
		return OK;
	enum status st = role_certificate_load_in(o, &coming, ROLE_ROOT, &root);
	if (st == OK)
		kid_of(&root, kid);
	role_certificate_clear(&root);
	return st;
}

/* root.cert.pem last: as long as it is there, a half-removed generation can be told from a whole one of another root. */
static const char *const generation_files[] = { "keys/root.key.pem", "keys/issuer.key.pem", "keys/issuer.cert.pem",
	"keys/status.key.pem", "keys/status.cert.pem", "keys/receipt.key.pem", "keys/receipt.cert.pem", "trust.cwt", "keys/root.cert.pem" };
enum { GENERATION_FILES = sizeof(generation_files) / sizeof(generation_files[0]) };

static enum status
stage_files(struct office *o, const struct generation *from, const char *to_base)
{
	enum status st = OK;
	for (size_t i = 0; st == OK && i < GENERATION_FILES; i++) {
		char to[160];
		(void)snprintf(to, sizeof(to), "%s%s", to_base, generation_files[i]);
		st = stage_link(o, from, generation_files[i], to);
	}
	return st;
}

/* HOME/coming, after it has become the present generation.  The first failure is told; running again goes on. */
static enum status
coming_remove(struct office *o)
{
	char path[PATH_MAX_LEN];
	enum status st = OK;
	for (size_t i = 0; st == OK && i < GENERATION_FILES; i++) {
		st = generation_path(o, &coming, generation_files[i], path);
		if (st == OK && access(path, F_OK) == 0)
			st = file_wipe(path, &o->err);
	}
	if (st == OK && office_path(o, "coming/keys", path) == OK)
		(void)rmdir(path);
	if (st == OK && office_path(o, "coming", path) == OK)
		(void)rmdir(path);
	return st;
}

/* A switch that died after its decision has left HOME/coming behind, with the root that is the present one by now, or a part of it. */
static enum status
coming_settle(struct office *o, const char *present_kid, struct staging *s, char kid[KID_TEXT_LEN + 1])
{
	char path[PATH_MAX_LEN];
	enum status st = coming_kid(o, kid);
	if (st == OK)
		st = office_path(o, "coming", path);
	if (st != OK || (kid[0] != '\0' && strcmp(kid, present_kid) != 0) || access(path, F_OK) != 0)
		return st;
	kid[0] = '\0';
	s->finished_earlier = true;
	return coming_remove(o);
}

enum status
root_prepare(struct office *o, const struct rotation *r)
{
	struct staging s;
	enum key_type type;
	char present[KID_TEXT_LEN + 1], kid[KID_TEXT_LEN + 1];
	enum status st = staging_open(o, &s);
	if (st)
		return st;
	st = root_type(o, r, &type, present);
	if (st == OK)
		st = coming_settle(o, present, &s, kid);
	if (st != OK || was_finished(&s))
		goto out;
	if (kid[0] != '\0')
		st = err_set(&o->err, ERR_CONFLICT, "a root to come, %s, is in %s/coming already; yaopai keys rotate root makes it the present one", kid,
		    o->home);
	if (st == OK)
		st = stage_generation(o, &s, &staged_coming, r, type);
	if (st == OK)
		st = staging_commit(&s);
	if (st == OK)
		st = coming_kid(o, kid);
	if (st == OK)
		(void)printf("The root to come is %s. Have every site pin %s/coming/keys/root.cert.pem beside the present one, move its private key "
		    "(coming/keys/root.key.pem) offline, and when all sites have it: yaopai keys rotate root.\n", kid, o->home);
out:
	staging_close(&s);
	return st;
}

static enum status
stage_switch(struct office *o, struct staging *s, const struct rotation *r, enum key_type type, const char *present, const char *to_come)
{
	char dir[64], base[64];
	struct generation all[TRUST_ROOTS_MAX];
	size_t n = 0;
	(void)snprintf(base, sizeof(base), "roots/%s/", present);
	(void)snprintf(dir, sizeof(dir), "roots/%s/keys", present);
	enum status st = generations_load(o, all, &n);
	if (st == OK && n == TRUST_ROOTS_MAX)
		st = err_set(&o->err, ERR_LIMIT, "there are %zu roots already, the most a verifier can pin; end the oldest with yaopai trust end-root", n);
	if (st == OK)
		st = staging_dir(s, dir);
	if (st == OK)
		st = stage_files(o, &generation_present, base);
	if (st == OK && to_come[0] == '\0')
		return stage_generation(o, s, &staged_home, r, type);
	if (st == OK)
		st = staging_dir(s, "keys");
	return st == OK ? stage_files(o, &coming, "") : st;
}

enum status
rotate_root(struct office *o, const struct rotation *r)
{
	struct staging s;
	enum key_type type;
	char present[KID_TEXT_LEN + 1], to_come[KID_TEXT_LEN + 1], kid[KID_TEXT_LEN + 1] = "";
	enum status st = staging_open(o, &s);
	if (st)
		return st;
	st = root_type(o, r, &type, present);
	if (st == OK)
		st = coming_settle(o, present, &s, to_come);
	if (st != OK || was_finished(&s))
		goto out;
	st = stage_switch(o, &s, r, type, present, to_come);
	if (st == OK)
		st = staging_commit(&s);
	if (st == OK && to_come[0] != '\0')
		st = coming_remove(o);
	if (st == OK)
		st = root_type(o, r, &type, kid);
	if (st == OK)
		(void)printf("The root is now %s; %s is a former one, kept in %s/roots/%s until its certificates have expired or are reissued.\n"
		    "Next: yaopai publish (both roots' lists go into the bundle), restart yaopaid, and see docs/operations.md, \"Changing the root\".\n",
		    kid, present, o->home, present);
out:
	staging_close(&s);
	return st;
}

/* ---- destroying ---- */

/* The private key file that belongs to kid: in keys/former of any generation, in a former generation's keys for a role it needs no
 * more, in an ended one's. */
static enum status
destroyable(struct office *o, const struct generation *g, enum role role, const char *kid, bool by_certificate, char *path)
{
	char name[96];
	path[0] = '\0';
	if (by_certificate) {
		struct role_certificate c;
		char own[KID_TEXT_LEN + 1];
		if (!role_certificate_exists(o, g, role))
			return OK;
		enum status st = role_certificate_load_in(o, g, role, &c);
		if (st)
			return st;
		kid_of(&c, own);
		role_certificate_clear(&c);
		if (strcmp(own, kid) != 0)
			return OK;
		(void)snprintf(name, sizeof(name), "keys/%s.key.pem", role_name(role));
	} else
		(void)snprintf(name, sizeof(name), "keys/former/%s-%s.key.pem", role_name(role), kid);
	enum status st = generation_path(o, g, name, path);
	if (st != OK || access(path, F_OK) != 0)
		path[0] = '\0';
	return st;
}

static enum status
wipe_if_found(struct office *o, const char *path, unsigned *wiped)
{
	enum status st = path[0] != '\0' ? file_wipe(path, &o->err) : OK;
	*wiped += st == OK && path[0] != '\0';
	return st;
}

static enum status
destroy_in(struct office *o, const struct generation *g, bool is_ended, const char *kid, unsigned *wiped)
{
	char path[PATH_MAX_LEN];
	bool is_present = g->base[0] == '\0';
	enum status st = OK;
	for (int r = 0; st == OK && r < ROLE_COUNT; r++) {
		bool is_needed = !is_ended && (is_present || r == ROLE_ROOT || r == ROLE_STATUS);
		st = destroyable(o, g, (enum role)r, kid, false, path);
		if (st == OK)
			st = wipe_if_found(o, path, wiped);
		if (st == OK)
			st = destroyable(o, g, (enum role)r, kid, true, path);
		if (st == OK && path[0] != '\0' && is_needed)
			st = err_set(&o->err, ERR_CONFLICT, "%s is the %s key in use%s; it is not destroyed", kid, role_name((enum role)r),
			    is_present ? "" : " for a former root whose certificates are still about");
		if (st == OK)
			st = wipe_if_found(o, path, wiped);
	}
	return st;
}

enum status
key_destroy(struct office *o, const char *kid)
{
	struct generation all[TRUST_ROOTS_MAX], ended[ENDED_MAX];
	struct staging s;
	uint8_t bytes[KID_LEN];
	char lower[KID_TEXT_LEN + 1];
	size_t n = 0, ended_n = 0;
	unsigned wiped = 0;
	enum status st = kid_parse(o, kid, bytes);
	if (st)
		return st;
	hex_encode((struct bytes){ bytes, KID_LEN }, lower);
	st = staging_open(o, &s);
	if (st == OK)
		st = generations_load(o, all, &n);
	if (st == OK)
		st = generations_ended(o, ended, &ended_n);
	for (size_t g = 0; st == OK && g < n; g++)
		st = destroy_in(o, &all[g], false, lower, &wiped);
	for (size_t g = 0; st == OK && g < ended_n; g++)
		st = destroy_in(o, &ended[g], true, lower, &wiped);
	if (st == OK && wiped == 0)
		st = err_set(&o->err, ERR_NOT_FOUND, "no private key of %s is here; yaopai keys show lists the former keys", lower);
	if (st == OK)
		(void)printf("The private key of %s is gone from this machine. Destroy the copies in backups too.\n", lower);
	staging_close(&s);
	return st;
}
