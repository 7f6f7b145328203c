#include "tools/office/operator_signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/certify.h"
#include "registry/operator.h"
#include "tools/office/keyring.h"

/* Whose key is it? */
static enum status
name_of_key(struct office *o, const char *path, struct bytes spki)
{
	struct txn t = { 0 };
	struct operator op;
	char name[OPERATOR_LEN_MAX + 1] = "";
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = operator_by_key(&t, spki, &op);
	if (st == OK)
		(void)snprintf(name, sizeof(name), "%.*s", BYTES_FMT(op.name));
	txn_end(&t);
	if (st == ERR_NOT_FOUND)
		return err_set(&o->err, st, "the key in %s is no operator's of this register; yaopai operators list, yaopai operators add", path);
	if (st)
		return err_set(&o->err, st, "the operators cannot be read: %s", status_text(st));
	if (o->operator_given && strcmp(o->operator_name, name) != 0)
		return err_set(&o->err, ERR_CONFLICT, "--operator says %s, but the key in %s is %s's", o->operator_name, path, name);
	memcpy(o->operator_name, name, sizeof(name));
	return OK;
}

enum status
operator_signer_open(struct office *o, const struct operator_key *k, struct signer **out)
{
	uint8_t mem[OPERATOR_KEY_LEN_MAX];
	struct buf spki = BUF_OF(mem);
	struct private_key *key = NULL;
	if (k->path == NULL)
		return err_set(&o->err, ERR_ARGUMENT, "--operator-key is missing: what is proposed or approved is signed with the operator's own key");
	enum status st = private_key_load(k->path, &key, &o->err);
	if (st)
		return st;
	st = private_key_spki(key, &spki);
	if (st)
		err_set(&o->err, st, "%s: its public half cannot be read: %s", k->path, status_text(st));
	if (st == OK)
		st = name_of_key(o, k->path, buf_view(&spki));
	if (st == OK)
		st = signer_from_key(key, (struct bytes){ NULL, 0 }, out, &o->err);
	private_key_free(key);
	if (st)
		return st;
	st = operator_kid(buf_view(&spki), (*out)->kid);
	if (st == OK)
		return OK;
	signer_close(*out);
	*out = NULL;
	return err_set(&o->err, st, "%s: its key id cannot be made: %s", k->path, status_text(st));
}

static enum status
save_private(struct office *o, const char *path, const struct private_key *key)
{
	uint8_t mem[PEM_LEN_MAX];
	struct buf pem = BUF_OF(mem);
	enum status st = private_key_to_pem(key, &pem);
	if (st)
		err_set(&o->err, st, "the key cannot be written: %s", status_text(st));
	else
		st = file_create(path, buf_view(&pem), 0600, &o->err);
	secret_wipe(mem, sizeof(mem));
	return st;
}

enum status
operator_key_make(struct office *o, const char *path, enum key_type type)
{
	char public_path[PATH_MAX_LEN];
	uint8_t spki_mem[OPERATOR_KEY_LEN_MAX], pem_mem[1024];
	struct buf spki = BUF_OF(spki_mem), pem = BUF_OF(pem_mem);
	struct private_key *key = NULL;
	int n = snprintf(public_path, sizeof(public_path), "%s.pub", path);
	if (n < 0 || (size_t)n >= sizeof(public_path))
		return err_set(&o->err, ERR_LIMIT, "--new: the name is too long");
	if (access(public_path, F_OK) == 0)
		return err_set(&o->err, ERR_CONFLICT, "%s exists already; name another file", public_path);
	enum status st = private_key_generate(type, &key);
	if (st == OK)
		st = private_key_spki(key, &spki);
	if (st == OK)
		st = public_key_to_pem(buf_view(&spki), &pem);
	if (st)
		err_set(&o->err, st, "a key cannot be made: %s", status_text(st));
	if (st == OK)
		st = save_private(o, path, key);
	private_key_free(key);
	return st ? st : file_create(public_path, buf_view(&pem), 0644, &o->err);
}
