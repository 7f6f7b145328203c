#include "tools/office/resealing.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "crypto/random.h"
#include "registry/remake.h"
#include "registry/reseal.h"
#include "tools/office/acknowledge.h"
#include "tools/office/staging.h"
#include "tools/office/wrapping.h"

static const char *const next_key = "keys/seal.next.key";

enum status
office_sealed_dir(struct office *o, char *out)
{
	return office_path(o, "data/sealed", out);
}

static bool
exists(struct office *o, const char *name)
{
	char path[PATH_MAX_LEN];
	return office_path(o, name, path) == OK && access(path, F_OK) == 0;
}

struct resealing { struct office *o; uint64_t journal, store, rows; bool half_done; struct progress progress; };

/* How far an earlier run came: the key that opens the store and its generation tell. */
static enum status
look(struct office *o, struct resealing *r)
{
	struct txn t = { 0 };
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = resealed_get(&t, &r->journal);
	txn_end(&t);
	r->store = sealed_generation(registry_sealed(o->registry));
	r->half_done = o->seal_is_next || r->store > r->journal;
	return st ? err_set(&o->err, st, "the journal's generation of the sealed store cannot be read: %s", status_text(st)) : OK;
}

/* The key to be: an earlier run's, or a new one, wrapped like the present one. */
static enum status
take_next_key(struct office *o, struct secret *key)
{
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, next_key, path);
	if (st == OK && exists(o, next_key))
		return secret_load(path, WRAP_SEAL, &o->passphrase, key, NULL, &o->err);
	if (st == OK && random_fill(key->b, SECRET_LEN) != OK)
		st = err_set(&o->err, ERR_CRYPTO, "no random bytes for %s", next_key);
	if (st == OK)
		st = key_file_create(o, next_key, registry_settings(o->registry)->profile, WRAP_SEAL, o->seal_is_wrapped ? &o->passphrase : NULL, key);
	return st;
}

static void
tell(void *ctx, uint64_t rows)
{
	struct resealing *r = ctx;
	progress_add(&r->progress, rows);
	acknowledge_resealed(r->o, rows);
}

/* The register is closed meanwhile: nobody may have the store open. */
static enum status
remake_under(struct office *o, struct resealing *r, const struct secret *key)
{
	char dir[PATH_MAX_LEN];
	struct remake m = { .dir = dir, .profile = registry_settings(o->registry)->profile, .from = &o->keys.seal, .to = key,
		.generation = r->journal + 1, .rows_per_commit = o->transaction_rows, .progress = tell, .ctx = r };
	registry_close(o->registry);
	o->registry = NULL;
	enum status st = office_sealed_dir(o, dir);
	progress_start(&r->progress, "re-sealing", 0, office_progress(o));
	if (st == OK)
		st = sealed_remake(&m, &r->rows, &o->err);
	progress_end(&r->progress);
	return st;
}

/* The present key's file gets a second name among the former ones before the new one takes its place. */
static enum status
switch_keys(struct office *o, uint64_t former)
{
	char from[PATH_MAX_LEN], to[PATH_MAX_LEN], name[64];
	if (!exists(o, next_key))
		return OK;
	enum status st = office_path(o, "keys/former", to);
	if (st == OK)
		st = dir_make(to, 0700, &o->err);
	(void)snprintf(name, sizeof(name), "keys/former/seal-%llu.key", (unsigned long long)former);
	if (st == OK)
		st = office_path(o, "keys/seal.key", from);
	if (st == OK)
		st = office_path(o, name, to);
	if (st == OK && link(from, to) != 0 && errno != EEXIST)
		st = err_set(&o->err, ERR_SYSTEM, "cannot keep %s as %s: %s", from, to, strerror(errno));
	if (st == OK)
		st = office_path(o, "keys/former", to);
	if (st == OK)
		st = dir_sync(to, &o->err);
	if (st == OK)
		st = office_path(o, next_key, to);
	if (st == OK && rename(to, from) != 0)
		st = err_set(&o->err, ERR_SYSTEM, "cannot put %s in place: %s", from, strerror(errno));
	if (st == OK)
		st = office_path(o, "keys", to);
	return st ? st : dir_sync(to, &o->err);
}

static enum status
finish(struct office *o, struct resealing *r, bool went_on)
{
	char dir[PATH_MAX_LEN];
	enum status st = switch_keys(o, r->journal);
	if (st == OK && o->registry == NULL)
		st = office_open(o, STORE_WRITE, true);
	if (st == OK)
		st = reseal_record(o->registry, r->journal + 1, office_operator(o), clock_unix_ms(), &o->err);
	if (st == OK)
		st = office_sealed_dir(o, dir);
	if (st == OK)
		st = remake_leftover_wipe(dir, NULL, &o->err);
	if (st)
		return st;
	(void)printf("The sealed store is under a new key (generation %llu)%s.\n"
	    "The former key is keys/former/seal-%llu.key: nothing here needs it any more, but backups made before do. Make a new backup, then wipe it\n"
	    "with yaopai keys destroy seal-%llu, and destroy its copies and those backups.\n", (unsigned long long)r->journal + 1,
	    went_on ? "; the interrupted change is finished" : "", (unsigned long long)r->journal, (unsigned long long)r->journal);
	return OK;
}

static enum status
run(struct office *o)
{
	struct resealing r = { .o = o };
	struct secret key = { { 0 } };
	char dir[PATH_MAX_LEN];
	bool goes_on = exists(o, next_key);
	enum status st = office_open(o, STORE_WRITE, true);
	if (st == OK)
		st = look(o, &r);
	if (st == OK && !r.half_done && !goes_on) {
		st = office_sealed_dir(o, dir);
		if (st == OK)
			st = remake_leftover_wipe(dir, NULL, &o->err);
	}
	if (st == OK && !r.half_done)
		st = take_next_key(o, &key);
	if (st == OK && !r.half_done)
		st = remake_under(o, &r, &key);
	if (st == OK)
		st = finish(o, &r, r.half_done || goes_on);
	secret_wipe(&key, sizeof(key));
	return st;
}

/* keys/ is locked: no other change of keys at the same time. */
enum status
reseal(struct office *o)
{
	struct staging s;
	enum status st = staging_open(o, &s);
	if (st)
		return st;
	st = run(o);
	staging_close(&s);
	return st;
}

enum status
former_seal_key_destroy(struct office *o, const char *name)
{
	char path[PATH_MAX_LEN], file[64];
	struct staging s;
	size_t digits = strspn(name + strlen("seal-"), "0123456789");
	if (digits == 0 || digits > 19 || name[strlen("seal-") + digits] != '\0')
		return err_set(&o->err, ERR_ARGUMENT, "%.40s is no former key of the sealed store: seal-1, seal-2 ... in keys/former was wanted", name);
	enum status st = staging_open(o, &s);
	if (st)
		return st;
	(void)snprintf(file, sizeof(file), "keys/former/%s.key", name);
	st = office_path(o, file, path);
	if (st == OK && !exists(o, file))
		st = err_set(&o->err, ERR_NOT_FOUND, "%s is not here", file);
	if (st == OK)
		st = file_wipe(path, &o->err);
	if (st == OK)
		(void)printf("%s is gone from this machine. What backups hold of the sealed store under it opens no more: destroy copies of the key too.\n",
		    file);
	staging_close(&s);
	return st;
}
