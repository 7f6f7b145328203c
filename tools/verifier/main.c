#include "tools/verifier/verifier.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/shared/options.h"
#include "tools/verifier/cmd_log.h"

enum { JOBS_MAX = 64 };

static const char help[] =
    "Usage: yaopai-verify --bundle FILE --root CERT [OPTION]... [TOKEN]...\n"
    "Judge electronic enforcement certificates without a network.\n"
    "\n"
    "A TOKEN is the text of a QR code (with or without its address) or the bare Base32.\n"
    "\"-\", or no token at all: standard input, one token a line.\n"
    "\n"
    "  -b, --bundle FILE   what the issuing office published: trust lists and status lists\n"
    "  -r, --root CERT     a root certificate to trust, PEM or DER; may be given again\n"
    "  -f, --file FILE     judge every line of FILE; may be given again\n"
    "  -p, --picture FILE  judge every QR code in FILE, a PNG or JPEG picture; may be given again;\n"
    "                      \"-\": standard input\n"
    "      --raw FILE      judge the signed object's own bytes in FILE; may be given again\n"
    "      --json          one JSON object for each token\n"
    "      --brief         one line for each token: VERDICT, tab, number (empty if not proven)\n"
    "      --now INSTANT   judge as of this date or instant instead of the clock's: for examining\n"
    "                      the past; the answer says so.  2024-01-05, 2024-01-05T09:30:00+08:00\n"
    "  -j, --jobs N        threads for a list; default: one for each processor\n"
    "  -q, --quiet         no progress, summary or warning\n"
    "  -h, --help          this text\n"
    "  -V, --version\n"
    "\n"
    "A picture without a code is told, not judged (exit code 2), and the others still are. Pictures are\n"
    "decoded by yaopai-picture, a process without rights: at most 32 MiB and 64 megapixels each.\n"
    "\n"
    "In a list every line has its answer, in order: an empty line, or one too long for a QR code,\n"
    "is UNREADABLE.  A progress count is shown on the terminal when the answers go elsewhere.\n"
    "The human answer is Chinese if LC_ALL, LC_MESSAGES or LANG begins with zh.\n"
    "\n"
    "Verdicts: VALID; UNREADABLE, UNSUPPORTED, TRUST_EXPIRED, UNKNOWN_ISSUER, ISSUER_NOT_ALLOWED,\n"
    "FORGED, NOT_YET_VALID, EXPIRED, STATUS_UNKNOWN, VOID, SUSPENDED, POSSESSION_UNPROVEN.\n"
    "\n"
    "Exit code: 0 every token is VALID; 1 some token has another verdict; 2 could not judge\n"
    "(no bundle or root, unreadable file, picture without a code, bundle of another root, empty input, bad option).\n"
    "\n"
    "Examples:\n"
    "  yaopai-verify -b bundle -r root.cert.pem HTTPS://V.EXAMPLE.CN/V/2KCE...\n"
    "  yaopai-verify -b bundle -r root.cert.pem --json --file tokens.txt >answers.jsonl\n"
    "  yaopai-verify -b bundle -r root.cert.pem --picture photo.jpg\n";

static const struct option long_options[] = {
	{ "bundle", required_argument, NULL, 'b' }, { "root", required_argument, NULL, 'r' },
	{ "file", required_argument, NULL, 'f' }, { "raw", required_argument, NULL, 'R' },
	{ "picture", required_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'J' }, { "brief", no_argument, NULL, 'B' }, { "now", required_argument, NULL, 'N' },
	{ "jobs", required_argument, NULL, 'j' }, { "quiet", no_argument, NULL, 'q' }, { "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
};

static enum status
add_input(struct settings *s, enum input_kind kind, const char *text)
{
	s->inputs[s->inputs_n++] = (struct input){ kind, text }; /* room for argc + 1 of them */
	return OK;
}

static enum status
set_output(struct settings *s, enum output output, struct err *err)
{
	if (s->output != OUTPUT_HUMAN && s->output != output)
		return err_set(err, ERR_ARGUMENT, "--json and --brief: choose one");
	s->output = output;
	return OK;
}

static enum status
add_root(struct settings *s, const char *path, struct err *err)
{
	if (s->roots_n == TRUST_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "--root: at most %u roots", TRUST_ROOTS_MAX);
	s->roots[s->roots_n++] = path;
	return OK;
}

static enum status
set_bundle(struct settings *s, const char *path, struct err *err)
{
	if (s->bundle != NULL)
		return err_set(err, ERR_ARGUMENT, "--bundle is given twice; wanted one file");
	s->bundle = path;
	return OK;
}

static enum status
set_jobs(struct settings *s, const char *text, struct err *err)
{
	uint64_t jobs = 0;
	enum status st = option_uint("--jobs", text, 1, JOBS_MAX, &jobs, err);
	s->jobs = (unsigned)jobs;
	return st;
}

static enum status
set_option(struct settings *s, int option, const char *value, struct err *err)
{
	switch (option) {
	case 'b': return set_bundle(s, value, err);
	case 'r': return add_root(s, value, err);
	case 'f': return add_input(s, INPUT_LINES, value);
	case 'p': return add_input(s, INPUT_PICTURE, value);
	case 'R': return add_input(s, INPUT_RAW, value);
	case 'J': return set_output(s, OUTPUT_JSON, err);
	case 'B': return set_output(s, OUTPUT_BRIEF, err);
	case 'j': return set_jobs(s, value, err);
	case 'q': s->quiet = true; return OK;
	case 'N': s->now_given = true; return option_instant("--now", value, &s->now_unix_s, err);
	default:  return ERR_ARGUMENT;
	}
}

static enum status
settings_check(struct settings *s, struct err *err)
{
	if (s->bundle == NULL)
		return err_set(err, ERR_ARGUMENT, "no --bundle: which file did the issuing office publish?");
	if (s->roots_n == 0)
		return err_set(err, ERR_ARGUMENT, "no --root: which root certificate is to be trusted?");
	return s->inputs_n > 0 ? OK : add_input(s, INPUT_LINES, "-");
}

/* *ended: --help or --version was answered. */
static enum status
settings_parse(struct settings *s, int argc, char **argv, bool *ended, struct err *err)
{
	enum status st = OK;
	int option;
	char shown[80];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	s->jobs = cpus < 1 ? 1 : cpus > JOBS_MAX ? JOBS_MAX : (unsigned)cpus;
	*ended = false;
	opterr = 0; /* the sentence is ours */
	while (st == OK && (option = getopt_long(argc, argv, "b:r:f:p:j:qhV", long_options, NULL)) != -1) {
		*ended = option == 'h' || option == 'V';
		if (option == 'h')
			(void)fputs(help, stdout);
		else if (option == 'V')
			(void)puts("yaopai-verify " YAOPAI_VERSION);
		if (*ended)
			return OK;
		st = set_option(s, option, optarg, err);
		if (st != OK && option == '?')
			err_set(err, st, "%s: unknown option, or its value is missing", text_escape(bytes_str(argv[optind - 1]), shown, sizeof(shown)));
	}
	for (int i = optind; i < argc && st == OK; i++)
		st = add_input(s, strcmp(argv[i], "-") == 0 ? INPUT_LINES : INPUT_TOKEN, argv[i]);
	return st == OK ? settings_check(s, err) : st;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "log") == 0)
		return cmd_log(argc - 1, argv + 1);
	struct err err = { 0 };
	struct settings s = { .inputs = calloc((size_t)argc + 1, sizeof(struct input)) };
	bool ended = false;
	int code = EXIT_NOT_JUDGED;
	if (s.inputs == NULL) {
		(void)fputs("yaopai-verify: out of memory\n", stderr);
		return code;
	}
	if (settings_parse(&s, argc, argv, &ended, &err) != OK)
		(void)fprintf(stderr, "yaopai-verify: %s (see --help)\n", err.text);
	else
		code = ended ? EXIT_ALL_VALID : verifier_run(&s);
	free(s.inputs);
	return code;
}
