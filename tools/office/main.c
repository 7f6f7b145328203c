/* yaopai -- the issuing office's batch tool. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tools/office/acknowledge.h"
#include "tools/office/commands.h"
#include "tools/shared/options.h"

struct command { const char *name; int (*run)(struct office *, int, char **); const char *what; };

static const struct command commands[] = {
	{ "init", cmd_init, "make a register" },
	{ "keys", cmd_keys, "make, change and show the keys of root, issuer, status lists and receipts" },
	{ "trust", cmd_trust, "let the root say which key may sign what: retire, compromise, restrict, add" },
	{ "sample", cmd_sample, "write spreadsheets of invented bodies and people" },
	{ "import", cmd_import, "enter bodies, holders, moderators or devices from a spreadsheet, or portraits" },
	{ "issue", cmd_issue, "sign a credential for every certificate that has none" },
	{ "amend", cmd_amend, "transfer somebody to another body, change post, field or name" },
	{ "reissue", cmd_reissue, "a new credential for one that is damaged, lost or about to expire" },
	{ "review", cmd_review, "record periodic reviews" },
	{ "suspend", cmd_decide, "suspend a certificate, a person or a body" },
	{ "reinstate", cmd_decide, "end a suspension" },
	{ "cancel", cmd_decide, "cancel a certificate, without fault; a person who left; a body that is abolished" },
	{ "revoke", cmd_decide, "revoke a certificate, for fault" },
	{ "withdraw", cmd_decide, "withdraw a certificate that should never have been issued" },
	{ "erase", cmd_erase, "erase a person's identity number, on lawful request" },
	{ "succeed", cmd_succeed, "let one body take over from another, with its people" },
	{ "operators", cmd_operators, "enter who proposes and who approves, and what needs both" },
	{ "propose", cmd_propose, "propose what another operator has to approve" },
	{ "pending", cmd_pending, "list what waits for an approval" },
	{ "approve", cmd_approve, "approve what another operator proposed, which does it" },
	{ "reject", cmd_reject, "reject what another operator proposed" },
	{ "retract", cmd_retract, "take back what one proposed oneself" },
	{ "show", cmd_show, "show a certificate, a body or the register" },
	{ "settings", cmd_settings, "show every setting and its value" },
	{ "list", cmd_list, "list certificates or bodies, filtered, for the screen or a spreadsheet" },
	{ "expiring", cmd_expiring, "list certificates, or entrustments of bodies, that end soon" },
	{ "announce", cmd_announce, "list for publication what was issued and what became void" },
	{ "check", cmd_check, "may this moderator preside; may these officers act together" },
	{ "publish", cmd_publish, "write status lists, trust list and bundle" },
	{ "bundle", cmd_bundle, "put several provinces' bundles into one, or show what is in one" },
	{ "export", cmd_export, "write QR codes, tokens or portraits" },
	{ "backup", cmd_backup, "write the register into one authenticated file, or verify one" },
	{ "restore", cmd_restore, "make a register from a backup" },
	{ "rebuild", cmd_rebuild, "make the tables again from the journal" },
	{ "audit", cmd_audit, "prove the register by its journal, its checks and its signatures" },
	{ "present", cmd_present, "show a certificate live, as a holder's app does (for tests and app developers)" },
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
print_usage(FILE *f)
{
	(void)fputs("usage: yaopai [--home DIR] [--quiet] [--passphrase-file FILE | --passphrase-fd N] COMMAND [options]\n\n", f);
	for (size_t i = 0; i < COMMANDS; i++)
		(void)fprintf(f, "  %-10s %s\n", commands[i].name, commands[i].what);
	(void)fputs("\n  --home DIR  the register's home (default: $YAOPAI_HOME, else the current directory)\n"
	            "  --quiet     no progress\n  --version\n"
	            "  --passphrase-file FILE, --passphrase-fd N\n"
	            "              where the passphrase of wrapped keys (yaopai keys wrap) is read, one line; else it is asked for\n"
	            "  --transaction N\n"
	            "              rows of an import, decisions of a list, certificates issued in one transaction (each command has a large number)\n"
	            "  --ack-fd N  write a line to this open descriptor for each transaction that is durably in the journal\n\n"
	            "yaopai COMMAND --help tells the rest.\n"
	            "Exit: 0 done; 1 done, but some rows or certificates were refused; 2 could not.\n", f);
}

static int
run_command(struct office *o, int argc, char **argv)
{
	const char *words[COMMANDS];
	for (size_t i = 0; i < COMMANDS; i++) {
		words[i] = commands[i].name;
		if (strcmp(argv[0], commands[i].name) == 0) {
			optind = 0; /* glibc: start afresh, and let options follow arguments */
			int code = commands[i].run(o, argc, argv);
			office_close(o);
			if (o->ack_errno != 0) {
				(void)fprintf(stderr, "yaopai %s: not all that was entered could be acknowledged (--ack-fd): %s; it is entered nevertheless\n", argv[0],
				    strerror(o->ack_errno));
				return EXIT_CANNOT;
			}
			if (fflush(stdout) != 0 || ferror(stdout)) {
				(void)fprintf(stderr, "yaopai %s: the output could not be written whole\n", argv[0]);
				return EXIT_CANNOT;
			}
			return code;
		}
	}
	const char *near = option_nearest(argv[0], words, COMMANDS);
	(void)fprintf(stderr, "yaopai: no command %.40s%s%s%s; see yaopai --help\n", argv[0], near ? " (did you mean " : "", near ? near : "",
	    near ? "?)" : "");
	return EXIT_CANNOT;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = { { "home", 1, NULL, 'H' }, { "quiet", 0, NULL, 'q' }, { "help", 0, NULL, 'h' },
		{ "version", 0, NULL, 'V' }, { "passphrase-file", 1, NULL, 'f' }, { "passphrase-fd", 1, NULL, 'd' },
		{ "ack-fd", 1, NULL, 'a' }, { "transaction", 1, NULL, 't' }, { NULL, 0, NULL, 0 } };
	const char *home = getenv("YAOPAI_HOME");
	struct office o = { .home = home != NULL && home[0] != '\0' ? home : "." };
	uint64_t n;
	(void)umask(077);
	for (int c; (c = getopt_long(argc, argv, "+hq", longs, NULL)) != -1;) { /* + stops at the command */
		switch (c) {
		case 'H': o.home = optarg; break;
		case 'q': o.quiet = true; break;
		case 'f': o.passphrase.file = optarg; break;
		case 'd': o.passphrase.fd = optarg; break;
		case 'a':
			if (acknowledge_to(&o, optarg) != OK)
				return office_failed(&o, "--ack-fd");
			break;
		case 't':
			if (option_uint("--transaction", optarg, 1, 1000000, &n, &o.err) != OK)
				return office_failed(&o, "--transaction");
			o.transaction_rows = (size_t)n;
			break;
		case 'h': print_usage(stdout); return EXIT_DONE;
		case 'V': (void)puts("yaopai " YAOPAI_VERSION); return EXIT_DONE;
		default:  print_usage(stderr); return EXIT_CANNOT;
		}
	}
	if (optind >= argc) {
		print_usage(stderr);
		return EXIT_CANNOT;
	}
	return run_command(&o, argc - optind, argv + optind);
}
