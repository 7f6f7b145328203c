#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "tools/office/commands.h"
#include "tools/office/trust_change.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai trust sign [--root KID]\n"
    "       yaopai trust show [--json]\n"
    "       yaopai trust retire KID [--since TIME]\n"
    "       yaopai trust compromise KID [--since TIME]\n"
    "       yaopai trust restrict KID --kinds KIND[,KIND...]|all\n"
    "       yaopai trust add CERT.pem [--role issuer|status|receipt] [--iss CODE...] [--kinds KINDS] [--uri URL...] [--root KID]\n"
    "       yaopai trust policy [--window SECONDS] [--status-age SECONDS] [--root KID]\n"
    "       yaopai trust end-root KID [--force]\n"
    "The trust list says which key may sign what; every change is a new list, signed by the root (docs/operations.md).\n"
    "sign        with the issuer, status and receipt keys of HOME/keys; the entries of the list before stay. --root: a former root's\n"
    "show        the list in force and those of former roots\n"
    "retire      what the key signed before TIME (now) stays good; later nothing is\n"
    "compromise  nothing the key signed is good, whatever its date; this is never taken back\n"
    "restrict    an issuer signs these kinds only: enforcement, supervision, moderator, body\n"
    "add         a key that is held elsewhere (yaopai keys certify makes its certificate)\n"
    "policy      how long a presentation holds (30 to 300 s, default 60); how old a status list may be (0: until its end)\n"
    "end-root    a former root is published no more; refused while live certificates were signed under it, unless --force\n"
    "  --lifetime-days N  the new list is in force so long (trust_list_days of yaopai.conf)\n"
    "  --root-key FILE    the root's private key, where it is not in HOME/keys (a stick from the safe)\n"
    "Exit: 0 done, 2 could not.\n";

enum { LIFETIME_DAYS_MAX = 3660, WINDOW_MIN = 30, WINDOW_MAX = 300, AGE_MAX = 366 * 86400 };

/* One list of options for all; each command says which it takes. */
enum { TAKES_ROOT = 1, TAKES_SINCE = 2, TAKES_KINDS = 4, TAKES_ADD = 8, TAKES_POLICY = 16, TAKES_FORCE = 32, TAKES_JSON = 64, SIGNS = 128 };

static enum status
sign_command(struct office *o, const char *none, const struct trust_options *t)
{
	(void)none;
	return trust_renew_list(o, t);
}

static enum status
show_command(struct office *o, const char *none, const struct trust_options *t)
{
	(void)none;
	return trust_show(o, t->json);
}

static enum status
policy_command(struct office *o, const char *none, const struct trust_options *t)
{
	(void)none;
	return trust_policy(o, t);
}

static const struct trust_command {
	const char *name;
	enum status (*run)(struct office *o, const char *argument, const struct trust_options *t);
	int arguments;
	unsigned takes;
} trust_commands[] = {
	{ "sign", sign_command, 0, SIGNS | TAKES_ROOT },
	{ "show", show_command, 0, TAKES_JSON },
	{ "retire", trust_retire, 1, SIGNS | TAKES_SINCE },
	{ "compromise", trust_compromise, 1, SIGNS | TAKES_SINCE },
	{ "restrict", trust_restrict, 1, SIGNS | TAKES_KINDS },
	{ "add", trust_add, 1, SIGNS | TAKES_ROOT | TAKES_KINDS | TAKES_ADD },
	{ "policy", policy_command, 0, SIGNS | TAKES_ROOT | TAKES_POLICY },
	{ "end-root", trust_end_root, 1, TAKES_FORCE },
};
enum { TRUST_COMMANDS = sizeof(trust_commands) / sizeof(trust_commands[0]) };

struct parsed { struct trust_options t; unsigned given; bool help, bad; };

static enum status
take_repeated(struct office *o, const char *option, const char **list, size_t *n)
{
	if (*n == TRUST_PREFIXES_MAX)
		return err_set(&o->err, ERR_LIMIT, "%s: at most %u of them fit one key", option, TRUST_PREFIXES_MAX);
	list[(*n)++] = optarg;
	return OK;
}

static enum status
take_option(struct office *o, int c, struct parsed *p)
{
	struct trust_options *t = &p->t;
	uint64_t days = 0;
	enum status st = OK;
	switch (c) {
	case 'l':
		p->given |= SIGNS;
		st = option_uint("--lifetime-days", optarg, 1, LIFETIME_DAYS_MAX, &days, &o->err);
		t->lifetime_days = (int)days;
		break;
	case 'K': p->given |= SIGNS; o->root_key_path = optarg; break;
	case 'r': p->given |= TAKES_ROOT; t->root = optarg; break;
	case 's': p->given |= TAKES_SINCE; t->has_since = true; st = option_instant("--since", optarg, &t->since_unix_s, &o->err); break;
	case 'k': p->given |= TAKES_KINDS; t->kinds = optarg; break;
	case 'R': p->given |= TAKES_ADD; t->role = optarg; break;
	case 'i': p->given |= TAKES_ADD; st = take_repeated(o, "--iss", t->iss, &t->iss_n); break;
	case 'u': p->given |= TAKES_ADD; st = take_repeated(o, "--uri", t->uri, &t->uri_n); break;
	case 'w': p->given |= TAKES_POLICY; t->has_window = true; st = option_uint("--window", optarg, WINDOW_MIN, WINDOW_MAX, &t->window_s, &o->err); break;
	case 'a': p->given |= TAKES_POLICY; t->has_status_age = true; st = option_uint("--status-age", optarg, 0, AGE_MAX, &t->status_age_s, &o->err); break;
	case 'f': p->given |= TAKES_FORCE; t->force = true; break;
	case 'j': p->given |= TAKES_JSON; t->json = true; break;
	case 'h': p->help = true; break;
	default:  p->bad = true; break;
	}
	return st;
}

static enum status
parse(struct office *o, int argc, char **argv, struct parsed *p)
{
	static const struct option longs[] = { { "lifetime-days", 1, NULL, 'l' }, { "root-key", 1, NULL, 'K' }, { "root", 1, NULL, 'r' },
		{ "since", 1, NULL, 's' }, { "kinds", 1, NULL, 'k' }, { "role", 1, NULL, 'R' }, { "iss", 1, NULL, 'i' }, { "uri", 1, NULL, 'u' },
		{ "window", 1, NULL, 'w' }, { "status-age", 1, NULL, 'a' }, { "force", 0, NULL, 'f' }, { "json", 0, NULL, 'j' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	enum status st = OK;
	for (int c; st == OK && !p->help && !p->bad && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;)
		st = take_option(o, c, p);
	return st;
}

static const struct trust_command *
command_of(const char *name)
{
	for (size_t i = 0; i < TRUST_COMMANDS; i++)
		if (strcmp(name, trust_commands[i].name) == 0)
			return &trust_commands[i];
	return NULL;
}

int
cmd_trust(struct office *o, int argc, char **argv)
{
	struct parsed p = { .t = { .now_unix_s = clock_unix_s() } };
	enum status st = parse(o, argc, argv, &p);
	if (st)
		return office_failed(o, "trust");
	const struct trust_command *command = optind < argc ? command_of(argv[optind]) : NULL;
	if (p.help || p.bad || command == NULL || argc - optind - 1 != command->arguments)
		return office_usage(usage, p.help);
	if ((p.given & ~command->takes) != 0) {
		(void)err_set(&o->err, ERR_ARGUMENT, "an option was given that %s does not take; see yaopai trust --help", command->name);
		return office_failed(o, "trust");
	}
	st = office_open(o, STORE_READ, false);
	if (p.t.lifetime_days == 0)
		p.t.lifetime_days = o->config.trust_days;
	if (st == OK)
		st = command->run(o, command->arguments > 0 ? argv[optind + 1] : NULL, &p.t);
	return st ? office_failed(o, "trust") : EXIT_DONE;
}
