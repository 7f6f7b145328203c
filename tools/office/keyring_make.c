#include "tools/office/keyring.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "tools/office/key_command.h"

enum { ROOT_MONTHS = 30 * 12, OTHER_MONTHS = 12 * 12 };

static enum status
role_path(struct office *o, const struct generation *g, enum role role, const char *suffix, char *out)
{
	char name[64];
	(void)snprintf(name, sizeof(name), "keys/%s.%s.pem", role_name(role), suffix);
	return generation_path(o, g, name, out);
}

static enum status
save_key(struct office *o, const struct generation *g, enum role role, const struct private_key *key)
{
	char path[PATH_MAX_LEN];
	uint8_t mem[4096];
	struct buf pem = BUF_OF(mem);
	enum status st = role_path(o, g, role, "key", path);
	if (st == OK)
		st = private_key_to_pem(key, &pem);
	if (st == OK)
		st = file_create(path, buf_view(&pem), 0600, &o->err);
	secret_wipe(mem, sizeof(mem));
	return st ? err_set(&o->err, st, "the %s key cannot be written: %s", role_name(role), status_text(st)) : OK;
}

static enum status
save_certificate(struct office *o, const struct generation *g, enum role role, struct bytes der)
{
	char path[PATH_MAX_LEN];
	uint8_t mem[2 * CERTIFICATE_DER_LEN_MAX];
	struct buf pem = BUF_OF(mem);
	enum status st = role_path(o, g, role, "cert", path);
	if (st == OK)
		st = certificate_to_pem(der, &pem);
	if (st == OK)
		st = file_create(path, buf_view(&pem), 0644, &o->err);
	return st ? err_set(&o->err, st, "the %s certificate cannot be written: %s", role_name(role), status_text(st)) : OK;
}

struct naming { char name[128], organisation[128]; };

/* Two keys of one role differ in the day they were made, so that people can tell their certificates apart. */
static void
request_fill(struct office *o, enum role role, int months, int64_t now_unix_s, const struct certificate *root, struct naming *n,
    struct certificate_request *rq)
{
	char day[DATE_TEXT_LEN + 1];
	const char *mark = registry_settings(o->registry)->demo ? "EXAMPLE " : "";
	(void)snprintf(n->name, sizeof(n->name), "%s%s key of authority %s (%s)", mark, role_name(role), registry_settings(o->registry)->iss,
	    date_text(date_of_unix_s(now_unix_s), day));
	(void)snprintf(n->organisation, sizeof(n->organisation), "%s%.50s", mark, o->config.organ);
	rq->common_name = bytes_str(n->name);
	rq->organisation = bytes_str(n->organisation);
	rq->is_ca = role == ROLE_ROOT;
	rq->not_before_unix_s = now_unix_s - 60; /* another machine's clock may be a little behind */
	rq->not_after_unix_s = date_start_unix_s(date_add_months(date_of_unix_s(now_unix_s), months));
	if (root != NULL && rq->not_before_unix_s < root->not_before_unix_s)
		rq->not_before_unix_s = root->not_before_unix_s;
	if (root != NULL && rq->not_after_unix_s > root->not_after_unix_s)
		rq->not_after_unix_s = root->not_after_unix_s;
}

struct certifier { struct role_certificate certificate; struct private_key *key; };

static enum status
certifier_open(struct office *o, const struct generation *g, struct certifier *c)
{
	c->key = NULL;
	enum status st = role_certificate_load_in(o, g, ROLE_ROOT, &c->certificate);
	return st ? st : role_key_load_in(o, g, ROLE_ROOT, &c->key);
}

static void
certifier_close(struct certifier *c)
{
	private_key_free(c->key);
	role_certificate_clear(&c->certificate);
}

enum status
keyring_make_one(struct office *o, const struct generation *by, const struct generation *out, enum role role, enum key_type type,
    int64_t now_unix_s)
{
	struct naming naming;
	uint8_t mem[CERTIFICATE_DER_LEN_MAX];
	struct buf der = BUF_OF(mem);
	struct certificate_request rq;
	struct private_key *key = NULL;
	struct certifier root = { .key = NULL };
	bool is_root = role == ROLE_ROOT;
	enum status st = is_root ? OK : certifier_open(o, by, &root);
	if (st == OK && private_key_generate(type, &key) != OK)
		st = err_set(&o->err, ERR_CRYPTO, "the %s key cannot be made", role_name(role));
	if (st == OK) {
		request_fill(o, role, is_root ? ROOT_MONTHS : OTHER_MONTHS, now_unix_s, is_root ? NULL : &root.certificate.certificate, &naming, &rq);
		st = certify(&rq, key, is_root ? key : root.key, is_root ? (struct bytes){ NULL, 0 } : buf_view(&root.certificate.der), &der, &o->err);
	}
	if (st == OK)
		st = save_key(o, out, role, key);
	if (st == OK)
		st = save_certificate(o, out, role, buf_view(&der));
	private_key_free(key);
	certifier_close(&root);
	return st;
}

enum status
keyring_certify(struct office *o, const struct generation *g, enum role role, struct bytes public_key, const char *common_name, int months,
    int64_t now_unix_s, struct buf *out)
{
	enum status recorded = key_command_is_recorded(o);
	if (recorded)
		return recorded;
	struct naming naming;
	struct certificate_request rq;
	struct certifier root = { .key = NULL };
	enum status st = certifier_open(o, g, &root);
	if (st == OK) {
		request_fill(o, role, months != 0 ? months : OTHER_MONTHS, now_unix_s, &root.certificate.certificate, &naming, &rq);
		if (common_name != NULL)
			(void)snprintf(naming.name, sizeof(naming.name), "%s%.100s", registry_settings(o->registry)->demo ? "EXAMPLE " : "", common_name);
		rq.common_name = bytes_str(naming.name);
		st = certify_public(&rq, public_key, root.key, buf_view(&root.certificate.der), out, &o->err);
	}
	certifier_close(&root);
	return st;
}

static enum status
must_be_absent(struct office *o, enum role role)
{
	char path[PATH_MAX_LEN];
	static const char *const suffixes[] = { "key", "cert" };
	for (size_t i = 0; i < 2; i++) {
		enum status st = role_path(o, &generation_present, role, suffixes[i], path);
		if (st)
			return st;
		if (access(path, F_OK) == 0)
			return err_set(&o->err, ERR_CONFLICT, "%s exists already; a key is never overwritten: yaopai keys rotate puts another in its "
			    "place and keeps what is needed of this one", path);
	}
	return OK;
}

enum status
keyring_make(struct office *o, unsigned roles, enum key_type type, int64_t now_unix_s)
{
	enum status recorded = key_command_is_recorded(o);
	if (recorded)
		return recorded;
	enum status st = OK;
	for (int r = 0; st == OK && r < ROLE_COUNT; r++)
		if ((roles >> r & 1u) != 0)
			st = must_be_absent(o, (enum role)r);
	for (int r = 0; st == OK && r < ROLE_COUNT; r++)
		if ((roles >> r & 1u) != 0)
			st = keyring_make_one(o, &generation_present, &generation_present, (enum role)r, type, now_unix_s);
	return st;
}
