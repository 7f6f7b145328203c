#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/office/commands.h"
#include "tools/office/keyring.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai keys new [--role ROLE[,ROLE...]] [--algorithm es256|ed25519|sm2]\n"
    "       yaopai keys example DIR\n"
    "       yaopai keys show [--json]\n"
    "new      make keys (mode 0600) and certificates in HOME/keys: root, issuer, status, receipt, or the roles named.\n"
    "         The root certifies the others; keep its key offline afterwards. Default: es256, in a gm register sm2.\n"
    "example  take the example keys of DIR (keys.example/intl or keys.example/gm): demonstrations only.\n"
    "show     what keys there are, whose they are and until when.\n";

static const char *const roles_all = "root,issuer,status,receipt";

static enum status
take_roles(struct office *o, const char *list, unsigned *roles)
{
	char word[32];
	*roles = 0;
	for (const char *p = list; *p != '\0';) {
		size_t n = strcspn(p, ",");
		enum role role;
		(void)snprintf(word, sizeof(word), "%.*s", (int)(n < 31 ? n : 31), p);
		enum status st = role_of(word, &role, &o->err);
		if (st)
			return st;
		*roles |= 1u << role;
		p += n + (p[n] == ',');
	}
	return OK;
}

static enum status
take_algorithm(struct office *o, const char *name, enum key_type *type)
{
	static const struct { const char *name; enum key_type type; } known[] = { { "es256", KEY_P256 }, { "ed25519", KEY_ED25519 },
		{ "sm2", KEY_SM2 } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) == 0) {
			*type = known[i].type;
			return OK;
		}
	}
	return err_set(&o->err, ERR_ARGUMENT, "--algorithm: es256, ed25519 or sm2 was wanted, not %.40s", name);
}

static enum status
keys_new(struct office *o, const char *roles_wanted, const char *algorithm)
{
	unsigned roles = 0;
	enum key_type type = registry_settings(o->registry)->profile == PROFILE_GM ? KEY_SM2 : KEY_P256;
	enum status st = take_roles(o, roles_wanted, &roles);
	if (st == OK && algorithm != NULL)
		st = take_algorithm(o, algorithm, &type);
	if (st == OK)
		st = keyring_make(o, roles, type, clock_unix_s());
	if (st == OK)
		(void)printf("%s keys are in %s/keys: %s.%s\n", key_type_text(type), o->home, roles_wanted,
		    (roles & 1u) != 0 ? " Move root.key.pem to an offline place once the trust list is signed." : "");
	return st;
}

static enum status
copy_one(struct office *o, const char *dir, enum role role, const char *suffix, unsigned mode)
{
	char from[PATH_MAX_LEN], to[PATH_MAX_LEN], name[64];
	struct buf data = { 0 };
	(void)snprintf(name, sizeof(name), "%s.%s.pem", role_name(role), suffix);
	enum status st = path_join(dir, name, from, sizeof(from), &o->err);
	(void)snprintf(name, sizeof(name), "keys/%s.%s.pem", role_name(role), suffix);
	if (st == OK)
		st = office_path(o, name, to);
	if (st == OK)
		st = file_load(from, 16384, &data, &o->err);
	if (st == OK)
		st = file_create(to, buf_view(&data), mode, &o->err);
	free(data.ptr);
	return st;
}

static enum status
keys_example(struct office *o, const char *dir)
{
	if (!registry_settings(o->registry)->demo)
		return err_set(&o->err, ERR_CONFLICT, "these are example keys that anyone may read, and this register is not a demonstration "
		    "(init --demo); make keys of its own with yaopai keys new");
	enum status st = OK;
	for (int r = 0; st == OK && r < ROLE_COUNT; r++) {
		st = copy_one(o, dir, (enum role)r, "key", 0600);
		if (st == OK)
			st = copy_one(o, dir, (enum role)r, "cert", 0644);
	}
	if (st == OK)
		(void)printf("The example keys of %s are in %s/keys.\n", dir, o->home);
	return st;
}

static void
show_one(struct json *j, const struct role_certificate *c, enum role role)
{
	char kid[2 * KID_LEN + 1], from[DATE_TEXT_LEN + 1], to[DATE_TEXT_LEN + 1];
	hex_encode((struct bytes){ c->certificate.kid, KID_LEN }, kid);
	(void)date_text(date_of_unix_s(c->certificate.not_before_unix_s), from);
	(void)date_text(date_of_unix_s(c->certificate.not_after_unix_s), to);
	const char *type = key_type_text(public_key_type(c->certificate.key));
	if (j == NULL) {
		(void)printf("%-8s %-8s %s  %s to %s  %s\n", role_name(role), type, kid, from, to, c->certificate.subject);
		return;
	}
	json_object_begin(j);
	json_key(j, "role"), json_str(j, role_name(role));
	json_key(j, "type"), json_str(j, type);
	json_key(j, "kid"), json_str(j, kid);
	json_key(j, "from"), json_str(j, from);
	json_key(j, "to"), json_str(j, to);
	json_key(j, "subject"), json_str(j, c->certificate.subject);
	json_key(j, "example"), json_bool(j, c->certificate.is_example);
	json_object_end(j);
}

static enum status
keys_show(struct office *o, bool as_json)
{
	struct json j = json_open(stdout);
	enum status st = OK;
	if (as_json)
		json_array_begin(&j);
	for (int r = 0; st == OK && r < ROLE_COUNT; r++) {
		struct role_certificate c;
		st = role_certificate_load(o, (enum role)r, &c);
		if (st == OK)
			show_one(as_json ? &j : NULL, &c, (enum role)r);
		role_certificate_clear(&c);
	}
	if (as_json)
		json_array_end(&j);
	return json_close(&j) || st != OK ? st : err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
}

int
cmd_keys(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "role", 1, NULL, 'r' }, { "algorithm", 1, NULL, 'a' }, { "json", 0, NULL, 'j' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	const char *roles = roles_all, *algorithm = NULL;
	bool as_json = false;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'r': roles = optarg; break;
		case 'a': algorithm = optarg; break;
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	const char *what = optind < argc ? argv[optind] : "";
	int more = argc - optind - 1;
	bool known = (strcmp(what, "new") == 0 && more == 0) || (strcmp(what, "show") == 0 && more == 0) ||
	    (strcmp(what, "example") == 0 && more == 1);
	if (!known)
		return office_usage(usage, false);
	enum status st = office_open(o, STORE_READ, false);
	if (st == OK)
		st = what[0] == 'n' ? keys_new(o, roles, algorithm) : what[0] == 's' ? keys_show(o, as_json) : keys_example(o, argv[optind + 1]);
	return st ? office_failed(o, "keys") : EXIT_DONE;
}
