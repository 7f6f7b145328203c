#include "tools/office/wrapping.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "tools/office/staging.h"

struct wrapping { const char *name; enum wrap_purpose purpose; struct secret *secret; bool was_wrapped; };

/* The register is opened with the key, so that it is known to be the right one before its file is written anew. */
static enum status
take_key(struct office *o, const char *which, struct wrapping *w)
{
	bool is_seal = strcmp(which, "seal") == 0;
	if (!is_seal && strcmp(which, "check") != 0)
		return err_set(&o->err, ERR_ARGUMENT, "%.40s is no key that is wrapped: seal or check was wanted", which);
	enum status st = office_open(o, STORE_READ, is_seal);
	*w = is_seal ? (struct wrapping){ "keys/seal.key", WRAP_SEAL, &o->keys.seal, o->seal_is_wrapped } :
	    (struct wrapping){ "keys/check.key", WRAP_CHECK, &o->keys.check, o->check_is_wrapped };
	return st;
}

static enum status
link_to_wipe(struct office *o, const char *name)
{
	char from[PATH_MAX_LEN], to[PATH_MAX_LEN];
	enum status st = office_path(o, name, from);
	if (st == OK)
		st = office_path(o, STAGING_BASE "wipe/former.key", to);
	if (st != OK || link(from, to) == 0)
		return st;
	return err_set(&o->err, ERR_SYSTEM, "cannot keep %s in hand to wipe it: %s", from, strerror(errno));
}

/* The file's new bytes in the place of the old ones, which are wiped. */
static enum status
replace(struct office *o, const char *name, struct bytes data)
{
	char staged[96], path[PATH_MAX_LEN];
	struct staging s;
	enum status st = staging_open(o, &s);
	if (st)
		return st;
	(void)snprintf(staged, sizeof(staged), STAGING_BASE "%.64s", name);
	st = staging_dir(&s, "keys");
	if (st == OK)
		st = staging_dir(&s, "wipe");
	if (st == OK)
		st = office_path(o, staged, path);
	if (st == OK)
		st = file_create(path, data, 0600, &o->err);
	if (st == OK)
		st = link_to_wipe(o, name);
	if (st == OK)
		st = staging_commit(&s);
	staging_close(&s);
	return st;
}

/* It must open again before the old one is given up. */
static enum status
wrapped_file(struct office *o, const struct wrapping *w, const struct passphrase *passphrase, struct buf *out)
{
	struct secret again = { { 0 } };
	enum status st = secret_to_wrapped_file(registry_settings(o->registry)->profile, w->purpose, passphrase, w->secret, out);
	if (st)
		return err_set(&o->err, st, "the key cannot be wrapped: %s", status_text(st));
	st = secret_unwrap(buf_view(out), w->purpose, passphrase_view(passphrase), &again, &o->err);
	if (st == OK && !secret_eq(&again, w->secret, sizeof(again)))
		st = err_set(&o->err, ERR_CRYPTO, "the wrapped key does not open again; nothing was changed");
	secret_wipe(&again, sizeof(again));
	return st;
}

enum status
key_wrap(struct office *o, const char *which, struct passphrase *fresh)
{
	struct wrapping w;
	uint8_t mem[WRAPPED_LEN_MAX];
	struct buf file = BUF_OF(mem);
	enum status st = take_key(o, which, &w);
	if (st)
		return st;
	if (!w.was_wrapped && passphrase_is_asked(fresh) && !passphrase_is_asked(&o->passphrase))
		fresh = &o->passphrase;
	st = passphrase_get_new(fresh, w.name, &o->err);
	if (st == OK)
		st = wrapped_file(o, &w, fresh, &file);
	if (st == OK)
		st = replace(o, w.name, buf_view(&file));
	if (st == OK)
		(void)printf("%s is wrapped under the %spassphrase. Without it nobody opens it, you included: write it down and put it in the safe,\n"
		    "apart from the machine. Copies of the file made before, in backups too, are as they were: destroy them.\n", w.name,
		    w.was_wrapped ? "new " : "");
	return st;
}

enum status
key_unwrap(struct office *o, const char *which)
{
	struct wrapping w;
	uint8_t mem[WRAPPED_LEN_MAX];
	struct buf file = BUF_OF(mem);
	enum status st = take_key(o, which, &w);
	if (st == OK && !w.was_wrapped)
		st = err_set(&o->err, ERR_CONFLICT, "%s is not wrapped", w.name);
	if (st == OK)
		st = secret_to_file(w.secret, &file);
	if (st == OK)
		st = replace(o, w.name, buf_view(&file));
	secret_wipe(mem, sizeof(mem));
	if (st == OK)
		(void)printf("%s is in the clear: whoever can read the file has the key.\n", w.name);
	return st;
}

enum status
key_file_create(struct office *o, const char *name, enum profile profile, enum wrap_purpose purpose, const struct passphrase *passphrase,
    const struct secret *secret)
{
	char path[PATH_MAX_LEN];
	uint8_t mem[WRAPPED_LEN_MAX];
	struct buf file = BUF_OF(mem);
	enum status st = office_path(o, name, path);
	if (st)
		return st;
	st = passphrase == NULL ? secret_to_file(secret, &file) : secret_to_wrapped_file(profile, purpose, passphrase, secret, &file);
	if (st)
		err_set(&o->err, st, "%s cannot be made: %s", name, status_text(st));
	else
		st = file_create(path, buf_view(&file), 0600, &o->err);
	secret_wipe(mem, sizeof(mem));
	return st;
}
