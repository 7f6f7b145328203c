#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "crypto/qrtext.h"
#include "crypto/random.h"
#include "tools/office/commands.h"
#include "tools/shared/divisions.h"
#include "tools/office/wrapping.h"

static const char usage[] =
    "usage: yaopai [--home DIR] init [--profile intl|gm] [--demo] [options]\n"
    "Make a register in HOME, which must not hold one.\n"
    "  --profile intl|gm  ES256 with SHA-256 and AES (the default), or SM2 with SM3 and SM4; stays for life\n"
    "  --demo             a demonstration: its keys say EXAMPLE and every verdict DEMONSTRATION; stays for life\n"
    "  --iss CODE         the issuing authority's division code without trailing 00 pairs (37)\n"
    "  --organ NAME       the issuing organ\n"
    "  --uri-prefix URL   address of status lists, at most 24 characters (https://v.example.cn/s/); stays for life\n"
    "  --qr-prefix URL    what stands before the code, upper case, at most 26 characters (HTTPS://V.EXAMPLE.CN/V/)\n"
    "  --list-log2 N      a status list holds 2^N indices, 10 to 20 (18); stays for life\n"
    "  --passphrase       wrap seal.key under a passphrase, asked for twice or given before init by --passphrase-file or -fd\n"
    "  --operator NAME    who does this\n";

struct init { struct settings settings; bool wraps; };

static enum status
take_text(struct office *o, const char *option, const char *value, char *out, size_t cap)
{
	if (strlen(value) >= cap)
		return err_set(&o->err, ERR_ARGUMENT, "%s: at most %zu bytes were wanted", option, cap - 1);
	memcpy(out, value, strlen(value) + 1);
	return OK;
}

static enum status
take_profile(struct office *o, const char *value, struct settings *s)
{
	s->profile = strcmp(value, "gm") == 0 ? PROFILE_GM : PROFILE_INTL;
	if (strcmp(value, "gm") == 0 || strcmp(value, "intl") == 0)
		return OK;
	return err_set(&o->err, ERR_ARGUMENT, "--profile: intl or gm was wanted, not %.40s", value);
}

static enum status
make_secret(struct office *o, const struct init *in, const char *name, enum wrap_purpose purpose, struct secret *secret)
{
	bool wraps = in->wraps && purpose == WRAP_SEAL;
	if (random_fill(secret->b, SECRET_LEN) != OK)
		return err_set(&o->err, ERR_CRYPTO, "no random bytes for %s", name);
	return key_file_create(o, name, in->settings.profile, purpose, wraps ? &o->passphrase : NULL, secret);
}

static enum status
make_directories(struct office *o)
{
	static const char *const names[] = { "keys", "data" };
	char path[PATH_MAX_LEN];
	enum status st = dir_make(o->home, 0700, &o->err);
	for (size_t i = 0; st == OK && i < sizeof(names) / sizeof(names[0]); i++) {
		st = office_path(o, names[i], path);
		if (st == OK)
			st = dir_make(path, 0700, &o->err);
	}
	return st;
}

/* yaopai.conf is written last: a home without one is no register, and init can be tried again. */
static enum status
make_home(struct office *o, const struct init *in)
{
	char path[PATH_MAX_LEN];
	enum status st = make_directories(o);
	if (st == OK)
		st = make_secret(o, in, "keys/check.key", WRAP_CHECK, &o->keys.check);
	if (st == OK)
		st = make_secret(o, in, "keys/seal.key", WRAP_SEAL, &o->keys.seal);
	o->keys.has_seal = true;
	if (st == OK)
		st = office_path(o, "data", path);
	if (st == OK)
		st = registry_create(path, &in->settings, &o->keys, office_operator(o), clock_unix_ms(), &o->err);
	if (st == OK)
		st = office_path(o, "divisions.csv", path);
	if (st == OK)
		st = file_save(path, divisions_builtin(), 0644, &o->err);
	if (st == OK)
		st = office_path(o, "yaopai.conf", path);
	return st ? st : config_save(path, &o->config, &o->err);
}

/* What a failed init made is taken away again, file by file: nothing that was there before is touched. */
static void
undo_home(struct office *o)
{
	static const char *const names[] = { "divisions.csv", "data/registry/data.mdb", "data/registry/lock.mdb", "data/registry",
		"data/sealed/data.mdb", "data/sealed/lock.mdb", "data/sealed", "data", "keys/check.key", "keys/seal.key", "keys" };
	char path[PATH_MAX_LEN];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (office_path(o, names[i], path) == OK)
			(void)remove(path);
}

static enum status
check_home(struct office *o)
{
	static const char *const names[] = { "yaopai.conf", "data", "keys" };
	char path[PATH_MAX_LEN];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		enum status st = office_path(o, names[i], path);
		if (st)
			return st;
		if (access(path, F_OK) == 0)
			return err_set(&o->err, ERR_CONFLICT, "%s exists already: %s holds a register, or part of one; name an empty directory", path, o->home);
	}
	return OK;
}

static enum status
parse(struct office *o, int argc, char **argv, struct init *in, bool *help)
{
	static const struct option longs[] = { { "profile", 1, NULL, 'p' }, { "demo", 0, NULL, 'd' }, { "iss", 1, NULL, 'i' },
		{ "organ", 1, NULL, 'o' }, { "uri-prefix", 1, NULL, 'u' }, { "qr-prefix", 1, NULL, 'q' }, { "list-log2", 1, NULL, 'l' },
		{ "operator", 1, NULL, 'O' }, { "passphrase", 0, NULL, 'w' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'p': st = take_profile(o, optarg, &in->settings); break;
		case 'd': in->settings.demo = true; break;
		case 'i': st = take_text(o, "--iss", optarg, in->settings.iss, sizeof(in->settings.iss)); break;
		case 'o': st = take_text(o, "--organ", optarg, o->config.organ, sizeof(o->config.organ)); break;
		case 'u': st = take_text(o, "--uri-prefix", optarg, in->settings.uri_prefix, sizeof(in->settings.uri_prefix)); break;
		case 'q':
			st = take_text(o, "--qr-prefix", optarg, o->config.qr_prefix, sizeof(o->config.qr_prefix));
			if (st == OK)
				st = qr_prefix_check(bytes_str(optarg), &o->err);
			break;
		case 'l': in->settings.list_log2 = (uint8_t)strtoul(optarg, NULL, 10); break;
		case 'O': st = office_set_operator(o, optarg); break;
		case 'w': in->wraps = true; break;
		case 'h': *help = true; return OK;
		default:  return ERR_ARGUMENT;
		}
	}
	if (st == OK && optind != argc)
		st = err_set(&o->err, ERR_ARGUMENT, "init takes no argument %.40s; the directory is named with --home before init", argv[optind]);
	return st;
}

int
cmd_init(struct office *o, int argc, char **argv)
{
	bool help = false;
	struct init in = { .settings = { .profile = PROFILE_INTL, .iss = "37", .uri_prefix = "https://v.example.cn/s/", .list_log2 = 18 } };
	config_defaults(&o->config);
	if (office_set_operator(o, "init") != OK)
		return office_failed(o, "init");
	enum status st = parse(o, argc, argv, &in, &help);
	if (help)
		return office_usage(usage, true);
	if (st == ERR_ARGUMENT && o->err.status == OK)
		return office_usage(usage, false);
	if (st == OK)
		st = check_home(o);
	if (st == OK && in.wraps)
		st = passphrase_get_new(&o->passphrase, "keys/seal.key", &o->err);
	if (st)
		return office_failed(o, "init");
	st = make_home(o, &in);
	if (st) {
		undo_home(o);
		return office_failed(o, "init");
	}
	(void)printf("A %sregister of profile %s for authority %s is in %s. Next: yaopai keys new, yaopai trust sign.\n",
	    in.settings.demo ? "DEMONSTRATION " : "", in.settings.profile == PROFILE_GM ? "gm" : "intl", in.settings.iss, o->home);
	return EXIT_DONE;
}
