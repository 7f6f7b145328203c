#include "tools/office/office.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "tools/office/acknowledge.h"

enum status
office_path(struct office *o, const char *name, char *out)
{
	return path_join(o->home, name, out, PATH_MAX_LEN, &o->err);
}

static enum status
load_secret(struct office *o, const char *name, enum wrap_purpose purpose, struct secret *out, bool *is_wrapped)
{
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, name, path);
	return st ? st : secret_load(path, purpose, &o->passphrase, out, is_wrapped, &o->err);
}

/* A crash must not write identity numbers and keys to a file.  1, not 0: a handler that dumps are piped to is then not started either
 * (core(5)). */
static void
forbid_core_dump(void)
{
	const struct rlimit one = { 1, 1 };
	(void)setrlimit(RLIMIT_CORE, &one); /* lowering a limit is always allowed */
}

static void
default_operator(struct office *o)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *name = pw != NULL ? pw->pw_name : "unknown";
	(void)snprintf(o->operator_name, sizeof(o->operator_name), "%s", name);
}

enum status
office_set_operator(struct office *o, const char *name)
{
	struct bytes b = bytes_str(name);
	if (b.len < 1 || b.len > OPERATOR_LEN_MAX || !text_is_clean(b))
		return err_set(&o->err, ERR_ARGUMENT, "--operator: a name of 1 to %u bytes of clean UTF-8 was wanted", OPERATOR_LEN_MAX);
	memcpy(o->operator_name, name, b.len + 1);
	o->operator_given = true;
	return OK;
}

struct bytes
office_operator(const struct office *o)
{
	return bytes_str(o->operator_name);
}

struct policy
office_policy(const struct office *o)
{
	enum { YES = 2 };
	return (struct policy){ .status_changes = o->config.status_changes == YES, .key_changes = o->config.key_changes == YES,
		.bulk_over = (uint64_t)o->config.bulk_issue_over };
}

/* The file can be edited by one person: it does not loosen what the register records, and what it asks for more is put in force first. */
static enum status
check_policy(struct office *o)
{
	struct txn t = { 0 };
	struct policy in_force, wished = office_policy(o);
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = policy_get(&t, &in_force);
	txn_end(&t);
	if (st)
		return err_set(&o->err, st, "the policy in the register cannot be read: %s", status_text(st));
	if (policy_is_laxer(&wished, &in_force))
		return err_set(&o->err, ERR_CONFLICT, "[approval] of yaopai.conf asks for less than the register since event %llu: put back "
		    "status_changes = %s, key_changes = %s, bulk_issue_over = %llu, or have it loosened by two (yaopai propose policy)",
		    (unsigned long long)in_force.sequence, in_force.status_changes ? "yes" : "no", in_force.key_changes ? "yes" : "no",
		    (unsigned long long)in_force.bulk_over);
	if (!policy_is_same(&wished, &in_force))
		return err_set(&o->err, ERR_CONFLICT, "[approval] of yaopai.conf asks for four eyes that are not in force yet: yaopai operators policy "
		    "--apply puts them in force, once the operators are entered");
	return OK;
}

static enum status
adopt_rules(struct office *o)
{
	struct txn t = { 0 };
	struct batch b;
	struct rules known;
	const struct rules *r = &o->config.rules;
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = rules_get(&t, &known);
	txn_end(&t);
	if (st)
		return err_set(&o->err, st, "the rules in the register cannot be read: %s", status_text(st));
	if (known.review_cycle_months == r->review_cycle_months && known.review_overdue == r->review_overdue &&
	    known.review_grace_days == r->review_grace_days && known.suspension_ended == r->suspension_ended)
		return OK;
	st = batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), &b, &o->err);
	if (st == OK)
		st = rules_set(&b, r, &o->err);
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	if (st == OK)
		(void)fprintf(stderr, "yaopai: [review] and [suspension] of yaopai.conf differed from the register's and are in force there now\n");
	return st;
}

/* Under the key just loaded, or the other one there may be: a re-sealing (resealing.h) was killed before its keys were switched, or
 * ended while we waited for the store. */
static enum status
open_registry(struct office *o, enum store_mode mode)
{
	static const char *const others[] = { "keys/seal.next.key", "keys/seal.key" };
	char data[PATH_MAX_LEN], path[PATH_MAX_LEN];
	enum status st = office_path(o, "data", data);
	o->seal_is_next = false;
	if (st == OK)
		st = registry_open(data, mode, &o->keys, &o->registry, &o->err);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && st == ERR_DAMAGED && o->keys.has_seal; i++) {
		struct secret tried = o->keys.seal;
		struct err first = o->err;
		o->err = (struct err){ .status = OK };
		if (office_path(o, others[i], path) == OK && access(path, F_OK) == 0 &&
		    load_secret(o, others[i], WRAP_SEAL, &o->keys.seal, NULL) == OK && !secret_eq(&tried, &o->keys.seal, sizeof(tried))) {
			st = registry_open(data, mode, &o->keys, &o->registry, &o->err);
			o->seal_is_next = st == OK && i == 0;
		}
		if (st)
			o->err = first;
		secret_wipe(&tried, sizeof(tried));
	}
	return st;
}

static enum status
load_seal(struct office *o, enum with_seal seal)
{
	char path[PATH_MAX_LEN];
	if (seal == WITHOUT_SEAL)
		return OK;
	enum status st = office_path(o, "keys/seal.key", path);
	if (st == OK && seal == SEAL_IF_THERE && access(path, F_OK) != 0)
		return OK;
	if (st == OK)
		st = load_secret(o, "keys/seal.key", WRAP_SEAL, &o->keys.seal, &o->seal_is_wrapped);
	o->keys.has_seal = st == OK;
	return st;
}

enum status
office_load_next_seal(struct office *o, struct secret *out, bool *is_there)
{
	static const char name[] = "keys/seal.next.key";
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, name, path);
	*is_there = st == OK && access(path, F_OK) == 0;
	return *is_there ? load_secret(o, name, WRAP_SEAL, out, NULL) : st;
}

enum status
office_load(struct office *o, enum with_seal seal)
{
	char path[PATH_MAX_LEN];
	if (o->operator_name[0] == '\0')
		default_operator(o);
	forbid_core_dump();
	enum status st = office_path(o, "yaopai.conf", path);
	if (st == OK) {
		if (access(path, F_OK) != 0)
			return err_set(&o->err, ERR_NOT_FOUND, "%s is no register's home (no yaopai.conf); make one with yaopai init, or name it "
			    "with --home or YAOPAI_HOME", o->home);
		st = config_load(path, &o->config, &o->err);
	}
	if (st == OK)
		st = load_secret(o, "keys/check.key", WRAP_CHECK, &o->keys.check, &o->check_is_wrapped);
	return st ? st : load_seal(o, seal);
}

static enum status
upgrade(struct office *o)
{
	uint8_t from = 0;
	enum status st = registry_upgrade(o->registry, office_operator(o), clock_unix_ms(), &from, &o->err);
	if (st == OK && from != registry_settings(o->registry)->version)
		(void)fprintf(stderr, "yaopai: the register was upgraded from version %u to version %u; older programs refuse it from now on\n", from,
		    registry_settings(o->registry)->version);
	return st;
}

enum status
office_open(struct office *o, enum store_mode mode, bool with_seal)
{
	enum status st = office_load(o, with_seal ? WITH_SEAL : WITHOUT_SEAL);
	if (st == OK)
		st = open_registry(o, mode);
	if (st == OK)
		st = acknowledge_from(o);
	if (st == OK && mode == STORE_WRITE)
		st = upgrade(o);
	if (st != OK || mode != STORE_WRITE || o->looks_only || o->decides_policy)
		return st;
	st = check_policy(o);
	return st == OK ? adopt_rules(o) : st;
}

void
office_close(struct office *o)
{
	registry_close(o->registry);
	o->registry = NULL;
	secret_wipe(&o->keys, sizeof(o->keys));
	passphrase_clear(&o->passphrase);
}

int
office_failed(struct office *o, const char *command)
{
	(void)fprintf(stderr, "yaopai %s: %s\n", command, o->err.text[0] != '\0' ? o->err.text : status_text(o->err.status));
	return EXIT_CANNOT;
}

int
office_usage(const char *usage, bool asked)
{
	(void)fputs(usage, asked ? stdout : stderr);
	return asked ? EXIT_DONE : EXIT_CANNOT;
}

size_t
office_transaction_rows(const struct office *o, size_t usual)
{
	return o->transaction_rows != 0 ? o->transaction_rows : usual;
}

enum progress_mode
office_progress(const struct office *o)
{
	return o->quiet ? PROGRESS_QUIET : PROGRESS_AUTO;
}
