#include "tools/office/signers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "tools/office/trust_file.h"

struct gathering {
	struct office *o;
	const struct generation *g;
	struct role_certificate root;
	struct signers *out;
};

const struct public_key *
key_set_find(const struct key_set *s, struct bytes kid)
{
	for (size_t i = 0; i < s->n; i++)
		if (bytes_eq(kid, (struct bytes){ s->keys[i].kid, KID_LEN }))
			return s->keys[i].key;
	return NULL;
}

/* Takes the certificate's key over. */
static enum status
add(struct key_set *s, struct certificate *c, struct err *err)
{
	if (key_set_find(s, (struct bytes){ c->kid, KID_LEN }) != NULL)
		return OK;
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 16;
		struct audit_key *grown = realloc(s->keys, cap * sizeof(*grown));
		if (grown == NULL)
			return err_set(err, ERR_SYSTEM, "out of memory");
		s->keys = grown;
		s->cap = cap;
	}
	memcpy(s->keys[s->n].kid, c->kid, KID_LEN);
	s->keys[s->n++].key = c->key;
	c->key = NULL;
	return OK;
}

static enum status
consider(struct gathering *x, struct bytes der, enum role role)
{
	struct certificate c = { .key = NULL };
	bool good = false;
	enum status st = certificate_decode(der, &c, &x->o->err);
	if (st == OK)
		st = certificate_check_signature(der, buf_view(&x->root.der), &x->root.certificate, &good);
	if (st == OK && good)
		st = add(role == ROLE_ISSUER ? &x->out->issuers : &x->out->status, &c, &x->o->err);
	certificate_clear(&c);
	return st ? err_set(&x->o->err, st, "a certificate of the %s key cannot be used: %s", role_name(role), status_text(st)) : OK;
}

static enum status
der_load(struct office *o, const char *path, struct role_certificate *out)
{
	struct buf pem = { 0 };
	out->der = (struct buf){ out->mem, sizeof(out->mem), 0 };
	enum status st = file_load(path, PEM_LEN_MAX, &pem, &o->err);
	if (st == OK) {
		st = certificate_der_of(buf_view(&pem), &out->der, &o->err);
		(void)err_in(&o->err, st, "%s", path);
	}
	free(pem.ptr);
	return st;
}

/* keys/<name>: ROLE.cert.pem or ROLE-<kid>.cert.pem. */
static enum status
consider_file(struct gathering *x, const char *dir, const char *name)
{
	static const enum role wanted[] = { ROLE_ISSUER, ROLE_STATUS };
	char path[PATH_MAX_LEN];
	struct role_certificate c;
	size_t len = strlen(name);
	if (len < 9 || strcmp(name + len - 9, ".cert.pem") != 0)
		return OK;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		size_t n = strlen(role_name(wanted[i]));
		if (strncmp(name, role_name(wanted[i]), n) != 0 || (name[n] != '.' && name[n] != '-'))
			continue;
		enum status st = path_join(dir, name, path, sizeof(path), &x->o->err);
		if (st == OK)
			st = der_load(x->o, path, &c);
		return st ? st : consider(x, buf_view(&c.der), wanted[i]);
	}
	return OK;
}

static enum status
consider_dir(struct gathering *x, const char *name)
{
	char dir[PATH_MAX_LEN];
	enum status st = generation_path(x->o, x->g, name, dir);
	DIR *d = st == OK ? opendir(dir) : NULL; /* none: no key was ever changed */
	for (struct dirent *e; d != NULL && st == OK && (e = readdir(d)) != NULL;)
		st = consider_file(x, dir, e->d_name);
	if (d != NULL)
		(void)closedir(d);
	return st;
}

static enum status
consider_list(struct gathering *x)
{
	struct trust_file *t = calloc(1, sizeof(*t));
	enum status st = t == NULL ? err_set(&x->o->err, ERR_SYSTEM, "out of memory") : trust_file_load(x->o, x->g, t);
	for (size_t i = 0; st == OK && t->is_there && i < t->list.entries_n; i++) {
		const struct trust_entry *e = &t->list.entries[i];
		if ((e->typs & 1u << TYP_CREDENTIAL) != 0)
			st = consider(x, e->certificate_der, ROLE_ISSUER);
		if (st == OK && (e->typs & 1u << TYP_STATUS_LIST) != 0)
			st = consider(x, e->certificate_der, ROLE_STATUS);
	}
	if (t != NULL)
		trust_file_free(t);
	free(t);
	return st;
}

static enum status
gather(struct office *o, const struct generation *g, struct signers *out)
{
	char path[PATH_MAX_LEN];
	struct gathering x = { .o = o, .g = g, .out = out };
	enum status st = generation_path(o, g, "keys/root.cert.pem", path);
	if (st == OK && access(path, F_OK) != 0)
		return OK;
	if (st == OK)
		st = der_load(o, path, &x.root);
	if (st == OK)
		st = certificate_decode(buf_view(&x.root.der), &x.root.certificate, &o->err);
	if (st)
		return err_in(&o->err, st, "%s", path);
	st = consider_dir(&x, "keys");
	if (st == OK)
		st = consider_dir(&x, "keys/former");
	if (st == OK)
		st = consider_list(&x);
	certificate_clear(&x.root.certificate);
	return st;
}

enum status
signers_load(struct office *o, struct signers *out)
{
	struct generation live[TRUST_ROOTS_MAX], ended[ENDED_MAX];
	size_t n = 0, ended_n = 0;
	*out = (struct signers){ .issuers = { .n = 0 } };
	enum status st = generations_load(o, live, &n);
	if (st == OK)
		st = generations_ended(o, ended, &ended_n);
	for (size_t i = 0; st == OK && i < n; i++)
		st = gather(o, &live[i], out);
	for (size_t i = 0; st == OK && i < ended_n; i++)
		st = gather(o, &ended[i], out);
	if (st)
		signers_free(out);
	return st;
}

static void
set_free(struct key_set *s)
{
	union { const struct public_key *in; struct public_key *out; } k;
	for (size_t i = 0; i < s->n; i++) {
		k.in = s->keys[i].key;
		public_key_free(k.out);
	}
	free(s->keys);
	*s = (struct key_set){ .keys = NULL };
}

void
signers_free(struct signers *s)
{
	set_free(&s->issuers);
	set_free(&s->status);
}
