#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/office/commands.h"
#include "tools/office/key_command.h"
#include "tools/office/keyring.h"
#include "tools/office/resealing.h"
#include "tools/office/rotate.h"
#include "tools/office/trust_change.h"
#include "tools/office/wrapping.h"
#include "tools/shared/json.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai keys new [--role ROLE[,ROLE...]] [--algorithm es256|ed25519|sm2]\n"
    "       yaopai keys rotate issuer|status|receipt [--algorithm A] [--destroy-former-key] [--root KID]\n"
    "       yaopai keys rotate seal\n"
    "       yaopai keys rotate root [--prepare] [--algorithm A]\n"
    "       yaopai keys certify --public-key FILE --out CERT.pem [--role ROLE] [--name NAME] [--months N] [--root KID]\n"
    "       yaopai keys destroy KID | seal-N\n"
    "       yaopai keys example DIR\n"
    "       yaopai keys show [--json]\n"
    "       yaopai keys kid ROLE\n"
    "       yaopai keys wrap seal|check [--new-passphrase-file FILE | --new-passphrase-fd N]\n"
    "       yaopai keys unwrap seal|check\n"
    "new      make keys (mode 0600) and certificates in HOME/keys: root, issuer, status, receipt, or the roles named.\n"
    "         The root certifies the others; keep its key offline afterwards. Default: es256, in a gm register sm2.\n"
    "rotate   another key in the place of the present one, which becomes a former one; then yaopai trust sign.\n"
    "         root: a new root with all its keys; the present one stays published as a former one until yaopai trust end-root.\n"
    "         seal: a new key for the sealed store, every identity number sealed again under it; the former key is kept for old backups.\n"
    "         --prepare makes the root to come, for the sites to pin before it is used.\n"
    "certify  let the root certify a key held elsewhere, of which only the public half is here; then yaopai trust add.\n"
    "destroy  wipe the private key of a former key.\n"
    "example  take the example keys of DIR (keys.example/intl or keys.example/gm): demonstrations only.\n"
    "show     what keys there are, whose they are and until when; former ones too.\n"
    "kid      the id of the present key of a role, for scripts.\n"
    "wrap     put the key of the sealed store, or of the records' checks, under a passphrase, or under another one; unwrap takes it off.\n"
    "         The present passphrase comes as for every command: asked for, or yaopai --passphrase-file FILE keys ...\n"
    "  --root KID       a former root's key, or its certificate, while it is still published\n"
    "  --root-key FILE  the root's private key, where it is not in HOME/keys (a stick from the safe)\n"
    "  --approval N     under the approved proposal N (yaopai propose keys ...), where changes of keys need a second operator\n"
    "  --operator NAME  who does this; each change is recorded in the register before it is made\n"
    "A change that is killed is finished, or begun afresh, by running it again. Exit: 0 done, 2 could not.\n";

static const char *const roles_all = "root,issuer,status,receipt";
enum { MONTHS_MAX = 360 };

struct keys_options {
	const char *role, *algorithm, *public_key, *out, *name, *root;
	uint64_t months;                              /* 0: as for a key of ours */
	struct passphrase fresh;                      /* --new-passphrase-* */
	bool destroy, prepare, json, help, bad;
	uint64_t approval;
	struct operator_key key;                      /* of propose */
};

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
	enum status st = key_command_is_recorded(o);
	for (int r = 0; st == OK && r < ROLE_COUNT; r++) {
		st = copy_one(o, dir, (enum role)r, "key", 0600);
		if (st == OK)
			st = copy_one(o, dir, (enum role)r, "cert", 0644);
	}
	if (st == OK)
		(void)printf("The example keys of %s are in %s/keys.\n", dir, o->home);
	return st;
}

static enum status
certify_key_elsewhere(struct office *o, const struct keys_options *k)
{
	struct generation g = generation_present;
	uint8_t mem[CERTIFICATE_DER_LEN_MAX], text[2 * CERTIFICATE_DER_LEN_MAX];
	struct buf der = BUF_OF(mem), pem = BUF_OF(text), public_key = { 0 };
	enum role role = ROLE_ISSUER;
	if (k->public_key == NULL || k->out == NULL)
		return err_set(&o->err, ERR_ARGUMENT, "%s is missing", k->public_key == NULL ? "--public-key" : "--out");
	enum status st = role_of(k->role != NULL ? k->role : "issuer", &role, &o->err);
	if (st == OK && role == ROLE_ROOT)
		st = err_set(&o->err, ERR_ARGUMENT, "--role: a root certifies itself; issuer, status or receipt was wanted");
	if (st == OK && k->root != NULL)
		st = generation_find(o, k->root, &g);
	if (st == OK)
		st = file_load(k->public_key, PEM_LEN_MAX, &public_key, &o->err);
	if (st == OK) {
		st = keyring_certify(o, &g, role, buf_view(&public_key), k->name, (int)k->months, clock_unix_s(), &der);
		(void)err_in(&o->err, st, "%s", k->public_key);
	}
	free(public_key.ptr);
	if (st == OK)
		st = certificate_to_pem(buf_view(&der), &pem);
	if (st == OK)
		st = file_create(k->out, buf_view(&pem), 0644, &o->err);
	if (st == OK)
		(void)printf("The certificate is in %s. Next: yaopai trust add %s --role %s%s.\n", k->out, k->out, role_name(role),
		    role == ROLE_ISSUER ? " --iss CODE" : role == ROLE_STATUS ? " --uri URL" : "");
	return st ? err_set(&o->err, st, "the certificate cannot be made: %s", status_text(st)) : OK;
}

static enum status
rotate(struct office *o, const char *name, const struct keys_options *k)
{
	struct generation g = generation_present;
	struct rotation r = { .destroy = k->destroy, .lifetime_days = o->config.trust_days, .now_unix_s = clock_unix_s() };
	enum key_type type = KEY_P256;
	enum status st = role_of(name, &r.role, &o->err);
	if (st == OK && k->algorithm != NULL) {
		st = take_algorithm(o, k->algorithm, &type);
		r.type = &type;
	}
	if (st == OK && r.role == ROLE_ROOT && (k->destroy || k->root != NULL))
		st = err_set(&o->err, ERR_ARGUMENT, "--destroy-former-key and --root do not go with the root: a former root's key is needed until yaopai trust "
		    "end-root");
	if (st == OK && r.role != ROLE_ROOT && k->prepare)
		st = err_set(&o->err, ERR_ARGUMENT, "--prepare goes with the root only");
	if (st == OK && k->root != NULL)
		st = generation_find(o, k->root, &g);
	if (st)
		return st;
	if (r.role != ROLE_ROOT)
		return rotate_role(o, &g, &r);
	return k->prepare ? root_prepare(o, &r) : rotate_root(o, &r);
}

/* ---- show ---- */

struct showing { struct json *json; const char *state, *root; };  /* json NULL: text */

static void
show_one(const struct showing *v, const struct role_certificate *c, enum role role)
{
	char kid[KID_TEXT_LEN + 1], from[DATE_TEXT_LEN + 1], to[DATE_TEXT_LEN + 1];
	struct json *j = v->json;
	hex_encode((struct bytes){ c->certificate.kid, KID_LEN }, kid);
	(void)date_text(date_of_unix_s(c->certificate.not_before_unix_s), from);
	(void)date_text(date_of_unix_s(c->certificate.not_after_unix_s), to);
	const char *type = key_type_text(public_key_type(c->certificate.key));
	if (j == NULL) {
		(void)printf("%-8s %-7s %-8s %s  %s to %s  %s\n", role_name(role), v->state, type, kid, from, to, c->certificate.subject);
		return;
	}
	json_object_begin(j);
	json_key(j, "role"), json_str(j, role_name(role));
	json_key(j, "state"), json_str(j, v->state);
	json_key(j, "type"), json_str(j, type);
	json_key(j, "kid"), json_str(j, kid);
	json_key(j, "from"), json_str(j, from);
	json_key(j, "to"), json_str(j, to);
	json_key(j, "subject"), json_str(j, c->certificate.subject);
	json_key(j, "example"), json_bool(j, c->certificate.is_example);
	json_object_end(j);
}

static enum status
show_generation(struct office *o, const struct generation *g, const struct showing *v)
{
	enum status st = OK;
	for (int r = 0; st == OK && r < ROLE_COUNT; r++) {
		struct role_certificate c;
		if (g->base[0] != '\0' && !role_certificate_exists(o, g, (enum role)r))
			continue;
		st = role_certificate_load_in(o, g, (enum role)r, &c);
		if (st == OK)
			show_one(v, &c, (enum role)r);
		role_certificate_clear(&c);
	}
	return st;
}

/* keys/former/ROLE-<kid>.cert.pem */
static enum status
show_former(struct office *o, const struct generation *g, const struct showing *v)
{
	char dir[PATH_MAX_LEN], path[PATH_MAX_LEN];
	struct dirent **found = NULL;
	enum status st = generation_path(o, g, "keys/former", dir);
	int n = st == OK ? scandir(dir, &found, NULL, alphasort) : -1;
	for (int i = 0; i < n; i++) {
		struct role_certificate c = { .certificate = { .key = NULL } };
		const char *name = found[i]->d_name;
		for (int r = ROLE_ISSUER; st == OK && r < ROLE_COUNT; r++) {
			size_t len = strlen(role_name((enum role)r));
			if (strncmp(name, role_name((enum role)r), len) != 0 || name[len] != '-' || strstr(name, ".cert.pem") == NULL)
				continue;
			st = path_join(dir, name, path, sizeof(path), &o->err);
			if (st == OK)
				st = certificate_file_load(o, path, &c);
			if (st == OK)
				show_one(v, &c, (enum role)r);
			role_certificate_clear(&c);
		}
		free(found[i]);
	}
	free(found);
	return st;
}

static enum status
keys_show(struct office *o, bool as_json)
{
	struct json j = json_open(stdout);
	struct generation all[TRUST_ROOTS_MAX];
	const struct generation coming = { .base = "coming/" };
	struct showing v = { .json = as_json ? &j : NULL, .state = "present" };
	size_t n = 0;
	enum status st = generations_load(o, all, &n);
	if (as_json)
		json_array_begin(&j);
	for (size_t g = 0; st == OK && g < n; g++) {
		v.state = g == 0 ? "present" : "former";
		st = show_generation(o, &all[g], &v);
		v.state = "former";
		if (st == OK)
			st = show_former(o, &all[g], &v);
	}
	v.state = "coming";
	if (st == OK && role_certificate_exists(o, &coming, ROLE_ROOT))
		st = show_generation(o, &coming, &v);
	if (as_json)
		json_array_end(&j);
	if (st)
		j.out = NULL; /* half an answer is none */
	return json_close(&j) || st != OK ? st : err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
}

static enum status
keys_kid(struct office *o, const char *name)
{
	struct role_certificate c = { .certificate = { .key = NULL } };
	char kid[KID_TEXT_LEN + 1];
	enum role role;
	enum status st = role_of(name, &role, &o->err);
	if (st == OK)
		st = role_certificate_load(o, role, &c);
	if (st == OK) {
		hex_encode((struct bytes){ c.certificate.kid, KID_LEN }, kid);
		(void)puts(kid);
	}
	role_certificate_clear(&c);
	return st;
}

/* ---- the command ---- */

static enum status
take_option(struct office *o, int c, struct keys_options *k)
{
	switch (c) {
	case 'r': k->role = optarg; break;
	case 'a': k->algorithm = optarg; break;
	case 'p': k->public_key = optarg; break;
	case 'o': k->out = optarg; break;
	case 'n': k->name = optarg; break;
	case 'm': return option_uint("--months", optarg, 1, MONTHS_MAX, &k->months, &o->err);
	case 'R': k->root = optarg; break;
	case 'K': o->root_key_path = optarg; break;
	case 'd': k->destroy = true; break;
	case 'f': k->fresh.file = optarg; break;
	case 'F': k->fresh.fd = optarg; break;
	case 'P': k->prepare = true; break;
	case 'j': k->json = true; break;
	case 'A': return option_uint("--approval", optarg, 1, INT64_MAX, &k->approval, &o->err);
	case 'O': return office_set_operator(o, optarg);
	case 'k': k->key.path = optarg; break;
	case 'h': k->help = true; break;
	default:  k->bad = true; break;
	}
	return OK;
}

static enum status
dispatch(struct office *o, const char *what, const char *argument, const struct keys_options *k)
{
	if (strcmp(what, "new") == 0)
		return keys_new(o, k->role != NULL ? k->role : roles_all, k->algorithm);
	if (strcmp(what, "show") == 0)
		return keys_show(o, k->json);
	if (strcmp(what, "certify") == 0)
		return certify_key_elsewhere(o, k);
	if (strcmp(what, "rotate") == 0)
		return rotate(o, argument, k);
	if (strcmp(what, "kid") == 0)
		return keys_kid(o, argument);
	if (strcmp(what, "destroy") == 0)
		return key_destroy(o, argument);
	return keys_example(o, argument);
}

/* The command as it is recorded. */
static enum status
line_of(struct office *o, const char *what, const char *argument, const struct keys_options *k, struct key_command *c)
{
	c->is_change = strcmp(what, "show") != 0 && strcmp(what, "kid") != 0;
	c->approval = k->approval;
	c->key = k->key;
	key_command_word(c, "keys");
	key_command_word(c, what);
	if (argument != NULL)
		key_command_word(c, argument);
	key_command_option(c, "--role", k->role);
	key_command_option(c, "--algorithm", k->algorithm);
	key_command_option(c, "--name", k->name);
	key_command_number(c, "--months", (int64_t)k->months);
	key_command_option(c, "--root", k->root);
	key_command_flag(c, "--destroy-former-key", k->destroy);
	key_command_flag(c, "--prepare", k->prepare);
	return k->public_key != NULL ? key_command_file(o, c, "--public-key", k->public_key) : OK;
}

/* The register is open, and a change of keys recorded. */
static enum status
open_and_record(struct office *o, const char *what, const char *argument, const struct keys_options *k, struct key_command *c)
{
	enum status st = line_of(o, what, argument, k, c);
	if (st == OK && c->key.path != NULL)
		st = err_set(&o->err, ERR_ARGUMENT, "--operator-key is for yaopai propose keys; this command does it at once");
	if (st == OK)
		st = office_open(o, c->is_change ? STORE_WRITE : STORE_READ, false);
	return st == OK && c->is_change ? key_command_begin(o, c) : st;
}

static enum status
run(struct office *o, const char *what, const char *argument, const struct keys_options *k)
{
	struct key_command c = { .len = 0 };
	enum status st = open_and_record(o, what, argument, k, &c);
	if (st == OK)
		st = dispatch(o, what, argument, k);
	return st == OK && c.is_change ? key_command_end(o, &c) : st;
}

/* The office's secrets: their files, and the sealed store. */
static bool
is_of_secrets(const char *what, const char *argument)
{
	return strcmp(what, "wrap") == 0 || strcmp(what, "unwrap") == 0 || (strcmp(what, "rotate") == 0 && strcmp(argument, "seal") == 0) ||
	    (strcmp(what, "destroy") == 0 && strncmp(argument, "seal-", 5) == 0);
}

static enum status
run_secrets(struct office *o, const char *what, const char *argument, struct keys_options *k)
{
	struct key_command c = { .len = 0 };
	bool wraps = strcmp(what, "wrap") == 0;
	if (wraps || strcmp(what, "unwrap") == 0) {
		o->key_change_recorded = true; /* the key stays what it is: only its file changes, and nothing is recorded */
		return wraps ? key_wrap(o, argument, &k->fresh) : key_unwrap(o, argument);
	}
	enum status st = open_and_record(o, what, argument, k, &c);
	if (st == OK && strcmp(what, "rotate") == 0) {
		registry_close(o->registry); /* it opens it again, with the sealed store */
		o->registry = NULL;
		st = reseal(o);
	} else if (st == OK)
		st = former_seal_key_destroy(o, argument);
	return st == OK ? key_command_end(o, &c) : st;
}

/* *what NULL: the usage is to be shown. */
static enum status
parse(struct office *o, int argc, char **argv, struct keys_options *k, const char **what, const char **argument)
{
	static const struct option longs[] = { { "role", 1, NULL, 'r' }, { "algorithm", 1, NULL, 'a' }, { "public-key", 1, NULL, 'p' },
		{ "out", 1, NULL, 'o' }, { "name", 1, NULL, 'n' }, { "months", 1, NULL, 'm' }, { "root", 1, NULL, 'R' }, { "root-key", 1, NULL, 'K' },
		{ "destroy-former-key", 0, NULL, 'd' }, { "prepare", 0, NULL, 'P' }, { "json", 0, NULL, 'j' }, { "approval", 1, NULL, 'A' },
		{ "operator", 1, NULL, 'O' }, { "operator-key", 1, NULL, 'k' }, { "new-passphrase-file", 1, NULL, 'f' },
		{ "new-passphrase-fd", 1, NULL, 'F' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	static const struct { const char *name; int arguments; } known[] = { { "new", 0 }, { "show", 0 }, { "certify", 0 }, { "rotate", 1 },
		{ "destroy", 1 }, { "example", 1 }, { "kid", 1 }, { "wrap", 1 }, { "unwrap", 1 } };
	enum status st = OK;
	*k = (struct keys_options){ .help = false };
	*what = NULL;
	optind = 0;
	for (int c; st == OK && !k->help && !k->bad && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;)
		st = take_option(o, c, k);
	if (st != OK || k->help || k->bad)
		return st;
	const char *word = optind < argc ? argv[optind] : "";
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(word, known[i].name) != 0 || argc - optind - 1 != known[i].arguments)
			continue;
		*what = word;
		*argument = known[i].arguments > 0 ? argv[optind + 1] : NULL;
	}
	return OK;
}

enum status
keys_propose(struct office *o, int argc, char **argv, struct key_command *out, bool *help)
{
	struct keys_options k;
	const char *what = NULL, *argument = NULL;
	enum status st = parse(o, argc, argv, &k, &what, &argument);
	*help = k.help;
	if (st != OK || k.help)
		return st;
	if (what == NULL)
		return ERR_ARGUMENT;
	st = line_of(o, what, argument, &k, out);
	return st == OK ? office_open(o, STORE_WRITE, false) : st;
}

int
cmd_keys(struct office *o, int argc, char **argv)
{
	struct keys_options k;
	const char *what = NULL, *argument = NULL;
	enum status st = parse(o, argc, argv, &k, &what, &argument);
	if (st)
		return office_failed(o, "keys");
	if (what == NULL)
		return office_usage(usage, k.help);
	st = is_of_secrets(what, argument) ? run_secrets(o, what, argument, &k) : run(o, what, argument, &k);
	passphrase_clear(&k.fresh);
	return st ? office_failed(o, "keys") : EXIT_DONE;
}
