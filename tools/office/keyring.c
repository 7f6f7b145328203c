#include "tools/office/keyring.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "tools/office/staging.h"

const struct generation generation_present = { .base = "" };

const char *
role_name(enum role r)
{
	static const char *const names[ROLE_COUNT] = { "root", "issuer", "status", "receipt" };
	return names[r];
}

enum status
role_of(const char *name, enum role *out, struct err *err)
{
	for (int r = 0; r < ROLE_COUNT; r++) {
		if (strcmp(name, role_name((enum role)r)) == 0) {
			*out = (enum role)r;
			return OK;
		}
	}
	return err_set(err, ERR_ARGUMENT, "%.40s is no role of a key: root, issuer, status or receipt was wanted", name);
}

/* ---- generations ---- */

enum status
generation_path(struct office *o, const struct generation *g, const char *name, char *out)
{
	char whole[128];
	int n = snprintf(whole, sizeof(whole), "%s%s", g->base, name);
	if (n < 0 || (size_t)n >= sizeof(whole))
		return err_set(&o->err, ERR_LIMIT, "the name %.60s is too long", name);
	return office_path(o, whole, out);
}

static bool
is_kid_text(const char *name)
{
	return strlen(name) == KID_TEXT_LEN && strspn(name, "0123456789abcdef") == KID_TEXT_LEN;
}

static int
by_kid(const void *a, const void *b)
{
	const struct generation *x = a, *y = b;
	return strcmp(x->kid, y->kid);
}

/* The generations in HOME/dir, at most `most`. */
static enum status
generations_in(struct office *o, const char *dir, struct generation *out, size_t most, size_t *n)
{
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, dir, path);
	DIR *d = st == OK ? opendir(path) : NULL; /* none: there was never another root */
	*n = 0;
	for (struct dirent *e; d != NULL && st == OK && (e = readdir(d)) != NULL;) {
		if (!is_kid_text(e->d_name))
			continue;
		if (*n == most) {
			st = err_set(&o->err, ERR_LIMIT, "%s holds more than %zu former roots; end the oldest with yaopai trust end-root, or move ended ones "
			    "elsewhere", path, most);
			break;
		}
		struct generation *g = &out[(*n)++];
		(void)snprintf(g->kid, sizeof(g->kid), "%.*s", KID_TEXT_LEN, e->d_name);
		(void)snprintf(g->base, sizeof(g->base), "%s/%s/", dir, g->kid);
	}
	if (d != NULL)
		(void)closedir(d);
	qsort(out, *n, sizeof(*out), by_kid);
	return st;
}

enum status
generations_load(struct office *o, struct generation out[TRUST_ROOTS_MAX], size_t *n)
{
	out[0] = generation_present;
	enum status st = generations_in(o, "roots", out + 1, TRUST_ROOTS_MAX - 1, n);
	*n += 1;
	return st;
}

enum status
generations_ended(struct office *o, struct generation out[ENDED_MAX], size_t *n)
{
	return generations_in(o, "roots/ended", out, ENDED_MAX, n);
}

static enum status
role_path(struct office *o, const struct generation *g, enum role role, const char *suffix, char *out)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "keys/%s.%s.pem", role_name(role), suffix);
	return generation_path(o, g, name, out);
}

/* ---- certificates ---- */

static enum status
load_der(struct office *o, const char *path, struct buf *der)
{
	struct buf pem = { 0 };
	enum status st = file_load(path, PEM_LEN_MAX, &pem, &o->err);
	if (st == OK) {
		st = certificate_der_of(buf_view(&pem), der, &o->err);
		(void)err_in(&o->err, st, "%s", path);
	}
	free(pem.ptr);
	return st;
}

bool
role_certificate_exists(struct office *o, const struct generation *g, enum role role)
{
	char path[PATH_MAX_LEN];
	return role_path(o, g, role, "cert", path) == OK && access(path, F_OK) == 0;
}

static enum status
load_role_der(struct office *o, const struct generation *g, enum role role, struct buf *der)
{
	char path[PATH_MAX_LEN];
	enum status st = role_path(o, g, role, "cert", path);
	if (st == OK && access(path, F_OK) != 0)
		return err_set(&o->err, ERR_NOT_FOUND, "no certificate for the %s key (%s); make the keys with yaopai keys new", role_name(role), path);
	return st ? st : load_der(o, path, der);
}

static enum status
decode(struct office *o, const char *what, struct role_certificate *out)
{
	enum status st = certificate_decode(buf_view(&out->der), &out->certificate, &o->err);
	if (st == OK && out->certificate.is_example && !registry_settings(o->registry)->demo)
		st = err_set(&o->err, ERR_CONFLICT, "the %s certificate is an EXAMPLE (%s) and this register is not a demonstration; make keys of "
		    "its own with yaopai keys new", what, out->certificate.subject);
	return st;
}

static void
certificate_start(struct role_certificate *c)
{
	c->der = (struct buf){ c->mem, sizeof(c->mem), 0 };
	c->certificate = (struct certificate){ .key = NULL };
}

enum status
root_signed(struct office *o, const struct generation *g, struct bytes der, bool *good)
{
	struct role_certificate root;
	certificate_start(&root);
	*good = false;
	enum status st = load_role_der(o, g, ROLE_ROOT, &root.der);
	if (st == OK)
		st = certificate_decode(buf_view(&root.der), &root.certificate, &o->err);
	if (st == OK)
		st = certificate_check_signature(der, buf_view(&root.der), &root.certificate, good);
	certificate_clear(&root.certificate);
	return st ? err_set(&o->err, st, "a certificate's signature cannot be checked: %s", status_text(st)) : OK;
}

enum status
role_certificate_load_in(struct office *o, const struct generation *g, enum role role, struct role_certificate *out)
{
	bool good = false;
	certificate_start(out);
	enum status st = staging_is_settled(o);
	if (st == OK)
		st = load_role_der(o, g, role, &out->der);
	if (st == OK)
		st = decode(o, role_name(role), out);
	if (st == OK)
		st = root_signed(o, g, buf_view(&out->der), &good);
	if (st == OK && !good)
		st = err_set(&o->err, ERR_CONFLICT, "the %s certificate is not signed by the root in %skeys/root.cert.pem", role_name(role), g->base);
	if (st)
		role_certificate_clear(out);
	return st;
}

enum status
role_certificate_load(struct office *o, enum role role, struct role_certificate *out)
{
	return role_certificate_load_in(o, &generation_present, role, out);
}

enum status
certificate_file_load(struct office *o, const char *path, struct role_certificate *out)
{
	certificate_start(out);
	enum status st = load_der(o, path, &out->der);
	if (st == OK) {
		st = decode(o, "given", out);
		(void)err_in(&o->err, st, "%s", path);
	}
	if (st)
		role_certificate_clear(out);
	return st;
}

void
role_certificate_clear(struct role_certificate *c)
{
	certificate_clear(&c->certificate);
}

/* ---- private keys ---- */

enum status
private_key_load(const char *path, struct private_key **out, struct err *err)
{
	struct stat s;
	struct buf pem = { 0 };
	if (stat(path, &s) == 0 && (s.st_mode & 077) != 0)
		return err_set(err, ERR_CONFLICT, "%s may be read by others (mode %03o): it is a private key; chmod 600 it", path,
		    (unsigned)s.st_mode & 0777u);
	enum status st = file_load(path, PEM_LEN_MAX, &pem, err);
	if (st)
		return st;
	st = private_key_from_pem(buf_view(&pem), out, err);
	secret_wipe(pem.ptr, pem.cap);
	free(pem.ptr);
	return err_in(err, st, "%s", path);
}

static enum status
key_file_load(struct office *o, const char *path, enum role role, struct private_key **out)
{
	if (access(path, F_OK) != 0)
		return err_set(&o->err, ERR_NOT_FOUND, "no private %s key (%s); make the keys with yaopai keys new, or bring the key to this machine%s",
		    role_name(role), path, role == ROLE_ROOT ? " (--root-key FILE names it where it is)" : "");
	return private_key_load(path, out, &o->err);
}

enum status
role_key_load_in(struct office *o, const struct generation *g, enum role role, struct private_key **out)
{
	char path[PATH_MAX_LEN];
	if (role == ROLE_ROOT && o->root_key_path != NULL)
		return key_file_load(o, o->root_key_path, role, out);
	enum status st = role_path(o, g, role, "key", path);
	return st ? st : key_file_load(o, path, role, out);
}

enum status
role_key_load(struct office *o, enum role role, struct private_key **out)
{
	return role_key_load_in(o, &generation_present, role, out);
}

enum status
role_signer_load_in(struct office *o, const struct generation *g, enum role role, struct role_certificate *certificate, struct signer **out)
{
	struct private_key *key = NULL;
	enum status st = role_certificate_load_in(o, g, role, certificate);
	if (st)
		return st;
	st = role_key_load_in(o, g, role, &key);
	if (st == OK) {
		st = signer_from_key(key, buf_view(&certificate->der), out, &o->err);
		(void)err_in(&o->err, st, "%s key", role_name(role));
	}
	private_key_free(key);
	if (st)
		role_certificate_clear(certificate);
	return st;
}

enum status
role_signer_load(struct office *o, enum role role, struct role_certificate *certificate, struct signer **out)
{
	return role_signer_load_in(o, &generation_present, role, certificate, out);
}
