#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/time.h"
#include "tools/office/commands.h"
#include "tools/office/key_command.h"
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
    "  --approval N       under the approved proposal N (yaopai propose trust ...), where changes of keys need a second operator\n"
    "  --operator NAME    who does this; each change is recorded in the register before it is made\n"
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

struct parsed { struct trust_options t; unsigned given; bool help, bad; uint64_t approval; struct operator_key key; };

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
	case 'A': st = option_uint("--approval", optarg, 1, INT64_MAX, &p->approval, &o->err); break;
	case 'O': st = office_set_operator(o, optarg); break;
	case 'P': p->key.path = optarg; break;
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
		{ "approval", 1, NULL, 'A' }, { "operator", 1, NULL, 'O' }, { "operator-key", 1, NULL, 'P' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	enum status st = OK;
	optind = 0;
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

static void
repeat(struct key_command *c, const char *name, const char *const *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		key_command_option(c, name, values[i]);
}

/* The command as it is recorded. */
static enum status
line_of(struct office *o, const struct trust_command *command, const char *argument, const struct parsed *p, struct key_command *c)
{
	const struct trust_options *t = &p->t;
	char since[INSTANT_TEXT_LEN + 1], age[24];
	enum status st = OK;
	c->is_change = command->run != show_command;
	c->approval = p->approval;
	c->key = p->key;
	key_command_word(c, "trust");
	key_command_word(c, command->name);
	if (command->run == trust_add)
		st = key_command_file(o, c, "--key", argument);
	else if (argument != NULL)
		key_command_word(c, argument);
	key_command_option(c, "--since", t->has_since ? instant_text(t->since_unix_s, since) : NULL);
	key_command_option(c, "--role", t->role);
	repeat(c, "--iss", t->iss, t->iss_n);
	key_command_option(c, "--kinds", t->kinds);
	repeat(c, "--uri", t->uri, t->uri_n);
	if (t->has_window)
		key_command_number(c, "--window", (int64_t)t->window_s);
	(void)snprintf(age, sizeof(age), "%llu", (unsigned long long)t->status_age_s);
	key_command_option(c, "--status-age", t->has_status_age ? age : NULL); /* 0 means something */
	key_command_option(c, "--root", t->root);
	key_command_number(c, "--lifetime-days", t->lifetime_days);
	key_command_flag(c, "--force", t->force);
	return st;
}

static enum status
run(struct office *o, const struct trust_command *command, const char *argument, struct parsed *p)
{
	struct key_command c = { .len = 0 };
	enum status st = line_of(o, command, argument, p, &c);
	if (st == OK && c.key.path != NULL)
		st = err_set(&o->err, ERR_ARGUMENT, "--operator-key is for yaopai propose trust; this command does it at once");
	if (st == OK)
		st = office_open(o, c.is_change ? STORE_WRITE : STORE_READ, false);
	if (p->t.lifetime_days == 0)
		p->t.lifetime_days = o->config.trust_days;
	if (st == OK && c.is_change)
		st = key_command_begin(o, &c);
	if (st == OK)
		st = command->run(o, argument, &p->t);
	return st == OK && c.is_change ? key_command_end(o, &c) : st;
}

/* ERR_ARGUMENT without a sentence: the usage is to be shown, as it is asked for with p->help. */
static enum status
parse_command(struct office *o, int argc, char **argv, struct parsed *p, const struct trust_command **command, const char **argument)
{
	*p = (struct parsed){ .t = { .now_unix_s = clock_unix_s() } };
	enum status st = parse(o, argc, argv, p);
	if (st != OK || p->help)
		return st;
	*command = optind < argc ? command_of(argv[optind]) : NULL;
	if (p->bad || *command == NULL || argc - optind - 1 != (*command)->arguments)
		return ERR_ARGUMENT;
	*argument = (*command)->arguments > 0 ? argv[optind + 1] : NULL;
	if ((p->given & ~(*command)->takes) != 0)
		return err_set(&o->err, ERR_ARGUMENT, "an option was given that %s does not take; see yaopai trust --help", (*command)->name);
	return OK;
}

enum status
trust_propose(struct office *o, int argc, char **argv, struct key_command *out, bool *help)
{
	struct parsed p;
	const struct trust_command *command = NULL;
	const char *argument = NULL;
	enum status st = parse_command(o, argc, argv, &p, &command, &argument);
	*help = p.help;
	if (st == OK && !p.help)
		st = line_of(o, command, argument, &p, out);
	return st == OK && !p.help ? office_open(o, STORE_WRITE, false) : st;
}

int
cmd_trust(struct office *o, int argc, char **argv)
{
	struct parsed p;
	const struct trust_command *command = NULL;
	const char *argument = NULL;
	enum status st = parse_command(o, argc, argv, &p, &command, &argument);
	if (p.help || (st != OK && o->err.status == OK))
		return office_usage(usage, p.help);
	if (st == OK)
		st = run(o, command, argument, &p);
	return st ? office_failed(o, "trust") : EXIT_DONE;
}
