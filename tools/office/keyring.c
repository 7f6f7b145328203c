#include "tools/office/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "crypto/certify.h"

enum { PEM_MAX = 16384, ROOT_MONTHS = 30 * 12, OTHER_MONTHS = 12 * 12 };

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

static enum status
role_path(struct office *o, enum role role, const char *suffix, char *out)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "keys/%s.%s.pem", role_name(role), suffix);
	return office_path(o, name, out);
}

static enum status
load_der(struct office *o, enum role role, struct buf *der)
{
	char path[PATH_MAX_LEN];
	struct buf pem = { 0 };
	enum status st = role_path(o, role, "cert", path);
	if (st == OK && access(path, F_OK) != 0)
		return err_set(&o->err, ERR_NOT_FOUND, "no certificate for the %s key (%s); make the keys with yaopai keys new", role_name(role), path);
	if (st == OK)
		st = file_load(path, PEM_MAX, &pem, &o->err);
	if (st == OK) {
		st = certificate_der_of(buf_view(&pem), der, &o->err);
		(void)err_in(&o->err, st, "%s", path);
	}
	free(pem.ptr);
	return st;
}

static enum status
check_against_root(struct office *o, enum role role, const struct role_certificate *c)
{
	struct role_certificate root = { 0 };
	bool good = false;
	root.der = (struct buf){ root.mem, sizeof(root.mem), 0 };
	enum status st = load_der(o, ROLE_ROOT, &root.der);
	if (st == OK)
		st = certificate_decode(buf_view(&root.der), &root.certificate, &o->err);
	if (st == OK)
		st = certificate_check_signature(buf_view(&c->der), buf_view(&root.der), &root.certificate, &good);
	if (st == OK && !good)
		st = err_set(&o->err, ERR_CONFLICT, "the %s certificate is not signed by the root in keys/root.cert.pem", role_name(role));
	certificate_clear(&root.certificate);
	return st;
}

enum status
role_certificate_load(struct office *o, enum role role, struct role_certificate *out)
{
	out->der = (struct buf){ out->mem, sizeof(out->mem), 0 };
	out->certificate = (struct certificate){ .key = NULL };
	enum status st = load_der(o, role, &out->der);
	if (st == OK)
		st = certificate_decode(buf_view(&out->der), &out->certificate, &o->err);
	if (st == OK && out->certificate.is_example && !registry_settings(o->registry)->demo)
		st = err_set(&o->err, ERR_CONFLICT, "the %s certificate is an EXAMPLE (%s) and this register is not a demonstration; make keys of "
		    "its own with yaopai keys new", role_name(role), out->certificate.subject);
	if (st == OK)
		st = check_against_root(o, role, out);
	if (st)
		role_certificate_clear(out);
	return st;
}

void
role_certificate_clear(struct role_certificate *c)
{
	certificate_clear(&c->certificate);
}

enum status
role_key_load(struct office *o, enum role role, struct private_key **out)
{
	char path[PATH_MAX_LEN];
	struct stat s;
	struct buf pem = { 0 };
	enum status st = role_path(o, role, "key", path);
	if (st)
		return st;
	if (stat(path, &s) != 0)
		return err_set(&o->err, ERR_NOT_FOUND, "no private %s key (%s); make the keys with yaopai keys new, or bring the key to this machine",
		    role_name(role), path);
	if ((s.st_mode & 077) != 0)
		return err_set(&o->err, ERR_CONFLICT, "%s may be read by others (mode %03o): it is a private key; chmod 600 it", path,
		    (unsigned)s.st_mode & 0777u);
	st = file_load(path, PEM_MAX, &pem, &o->err);
	if (st)
		return st;
	st = private_key_from_pem(buf_view(&pem), out, &o->err);
	secret_wipe(pem.ptr, pem.cap);
	free(pem.ptr);
	return err_in(&o->err, st, "%s", path);
}

enum status
role_signer_load(struct office *o, enum role role, struct role_certificate *certificate, struct signer **out)
{
	struct private_key *key = NULL;
	enum status st = role_certificate_load(o, role, certificate);
	if (st)
		return st;
	st = role_key_load(o, role, &key);
	if (st == OK) {
		st = signer_from_key(key, buf_view(&certificate->der), out, &o->err);
		(void)err_in(&o->err, st, "%s key", role_name(role));
	}
	private_key_free(key);
	if (st)
		role_certificate_clear(certificate);
	return st;
}

/* ---- making ---- */

static enum status
save_key(struct office *o, enum role role, const struct private_key *key)
{
	char path[PATH_MAX_LEN];
	uint8_t mem[4096];
	struct buf pem = BUF_OF(mem);
	enum status st = role_path(o, role, "key", path);
	if (st == OK)
		st = private_key_to_pem(key, &pem);
	if (st == OK)
		st = file_create(path, buf_view(&pem), 0600, &o->err);
	secret_wipe(mem, sizeof(mem));
	return st ? err_set(&o->err, st, "the %s key cannot be written: %s", role_name(role), status_text(st)) : OK;
}

static enum status
save_certificate(struct office *o, enum role role, struct bytes der)
{
	char path[PATH_MAX_LEN];
	uint8_t mem[2 * CERTIFICATE_DER_LEN_MAX];
	struct buf pem = BUF_OF(mem);
	enum status st = role_path(o, role, "cert", path);
	if (st == OK)
		st = certificate_to_pem(der, &pem);
	if (st == OK)
		st = file_create(path, buf_view(&pem), 0644, &o->err);
	return st ? err_set(&o->err, st, "the %s certificate cannot be written: %s", role_name(role), status_text(st)) : OK;
}

static enum status
request_fill(struct office *o, enum role role, int64_t now_unix_s, const struct certificate *root, char *name, size_t cap,
    char *organisation, struct certificate_request *rq)
{
	const char *mark = registry_settings(o->registry)->demo ? "EXAMPLE " : "";
	(void)snprintf(name, cap, "%s%s key of authority %s", mark, role_name(role), registry_settings(o->registry)->iss);
	(void)snprintf(organisation, cap, "%s%.50s", mark, o->config.organ);
	int months = role == ROLE_ROOT ? ROOT_MONTHS : OTHER_MONTHS;
	rq->common_name = bytes_str(name);
	rq->organisation = bytes_str(organisation);
	rq->is_ca = role == ROLE_ROOT;
	rq->not_before_unix_s = now_unix_s - 60; /* another machine's clock may be a little behind */
	rq->not_after_unix_s = date_start_unix_s(date_add_months(date_of_unix_s(now_unix_s), months));
	if (root != NULL && rq->not_before_unix_s < root->not_before_unix_s)
		rq->not_before_unix_s = root->not_before_unix_s;
	if (root != NULL && rq->not_after_unix_s > root->not_after_unix_s)
		rq->not_after_unix_s = root->not_after_unix_s;
	return OK;
}

static enum status
make_one(struct office *o, enum role role, enum key_type type, int64_t now_unix_s)
{
	char name[128], organisation[128];
	uint8_t mem[CERTIFICATE_DER_LEN_MAX];
	struct buf der = BUF_OF(mem);
	struct certificate_request rq;
	struct private_key *key = NULL, *root_key = NULL;
	struct role_certificate root = { .certificate = { .key = NULL } };
	enum status st = OK;
	if (role != ROLE_ROOT) {
		st = role_certificate_load(o, ROLE_ROOT, &root);
		if (st == OK)
			st = role_key_load(o, ROLE_ROOT, &root_key);
	}
	if (st == OK && private_key_generate(type, &key) != OK)
		st = err_set(&o->err, ERR_CRYPTO, "the %s key cannot be made", role_name(role));
	if (st == OK)
		st = request_fill(o, role, now_unix_s, role == ROLE_ROOT ? NULL : &root.certificate, name, sizeof(name), organisation, &rq);
	if (st == OK)
		st = certify(&rq, key, role == ROLE_ROOT ? key : root_key, role == ROLE_ROOT ? (struct bytes){ NULL, 0 } : buf_view(&root.der),
		    &der, &o->err);
	if (st == OK)
		st = save_key(o, role, key);
	if (st == OK)
		st = save_certificate(o, role, buf_view(&der));
	private_key_free(key);
	private_key_free(root_key);
	role_certificate_clear(&root);
	return st;
}

static enum status
must_be_absent(struct office *o, enum role role)
{
	char path[PATH_MAX_LEN];
	static const char *const suffixes[] = { "key", "cert" };
	for (size_t i = 0; i < 2; i++) {
		enum status st = role_path(o, role, suffixes[i], path);
		if (st)
			return st;
		if (access(path, F_OK) == 0)
			return err_set(&o->err, ERR_CONFLICT, "%s exists already; a key is never overwritten: move it away first", path);
	}
	return OK;
}

enum status
keyring_make(struct office *o, unsigned roles, enum key_type type, int64_t now_unix_s)
{
	enum status st = OK;
	for (int r = 0; st == OK && r < ROLE_COUNT; r++)
		if ((roles >> r & 1u) != 0)
			st = must_be_absent(o, (enum role)r);
	for (int r = 0; st == OK && r < ROLE_COUNT; r++)
		if ((roles >> r & 1u) != 0)
			st = make_one(o, (enum role)r, type, now_unix_s);
	return st;
}
