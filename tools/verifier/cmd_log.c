#include "tools/verifier/cmd_log.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/shared/options.h"
#include "tools/shared/terminal.h"
#include "tools/verifier/log_export.h"
#include "tools/verifier/sitelog.h"

enum { EXIT_WHOLE = 0, EXIT_NOT_WHOLE = 1, EXIT_NOT_LOOKED = 2, LOGS_MAX = 64, NOTED_MAX = 64, KEEP_DAYS = 184 };

static const char help[] =
    "Usage: yaopai-verify log verify  (--state DIR | --log FILE...) [--noted SEQ:HEX]... [--json]\n"
    "       yaopai-verify log export  (--state DIR | --log FILE) [--from INSTANT] [--to INSTANT]\n"
    "                                 [--format csv|json] [--reason TEXT] [--out FILE] [--noted SEQ:HEX]...\n"
    "       yaopai-verify log archive (--state DIR | --log FILE) [--damaged]\n"
    "The site log: what was checked here, each record holding the hash of the one before.\n"
    "\n"
    "verify   Does the chain hold?  Shows its head: note it down, or send it in, and nothing before it can be\n"
    "         changed unseen.\n"
    "export   Verify, then write the records out, for filling in what was checked during an outage.\n"
    "archive  Put the log aside as FILE.FIRST-LAST and go on in a new one, which continues its chain.\n"
    "\n"
    "      --state DIR      the log is DIR/log\n"
    "      --log FILE       the log; for verify again and again, archived ones first\n"
    "      --noted SEQ:HEX  a head noted earlier, 16 hex digits at least: is it still in the chain?\n"
    "      --from INSTANT   records from this date or instant on\n"
    "      --to INSTANT     ... and before this one.  2024-01-05, 2024-01-05T09:30:00+08:00\n"
    "      --format F       csv (a spreadsheet; Chinese headings for a Chinese reader) or json (JSON Lines)\n"
    "      --reason TEXT    why they are filled in later; stands in every row\n"
    "      --out FILE       instead of standard output; a file that is not there yet\n"
    "      --damaged        for a log that does not hold, or is gone: put it aside as it is and begin a new one\n"
    "      --json           verify: one JSON object for each log\n"
    "  -q, --quiet          verify: only the exit code and what is wrong\n"
    "  -h, --help           this text\n"
    "\n"
    "Exit code: 0 whole; 1 changed, cut off, or its end is guarded by nothing; 2 could not look (no log, not\n"
    "readable, of a newer program, bad option).\n";

struct log_command {
	const char *logs[LOGS_MAX];
	size_t logs_n;
	struct sitelog_noted noted[NOTED_MAX];
	size_t noted_n;
	const char *out;
	bool as_json, quiet, damaged, chinese, ended;
	bool is_verify, is_export, is_archive;
	int64_t from_unix_s, to_unix_s;
	const char *reason;
	char in_state[SITELOG_PATH_MAX];
};

/* ---- options ---- */

static enum status
add_log(struct log_command *c, const char *path, struct err *err)
{
	if (c->logs_n == (c->is_verify ? LOGS_MAX : 1))
		return err_set(err, ERR_ARGUMENT, c->is_verify ? "--log: at most 64 logs" : "one log at a time, please: --state or --log is given twice");
	c->logs[c->logs_n++] = path;
	return OK;
}

static enum status
add_state(struct log_command *c, const char *dir, struct err *err)
{
	enum status st = path_join(dir, "log", c->in_state, sizeof(c->in_state), err);
	return st == OK ? add_log(c, c->in_state, err) : st;
}

static enum status
add_noted(struct log_command *c, const char *text, struct err *err)
{
	if (c->noted_n == NOTED_MAX)
		return err_set(err, ERR_ARGUMENT, "--noted: at most 64 heads");
	return sitelog_noted_parse(text, &c->noted[c->noted_n++], err);
}

static enum status
set_format(struct log_command *c, const char *text, struct err *err)
{
	char shown[40];
	c->as_json = strcmp(text, "json") == 0;
	if (!c->as_json && strcmp(text, "csv") != 0)
		return err_set(err, ERR_ARGUMENT, "--format: got \"%s\", wanted csv or json", text_escape(bytes_str(text), shown, sizeof(shown)));
	return OK;
}

static enum status
set_reason(struct log_command *c, const char *text, struct err *err)
{
	c->reason = text;
	return sitelog_text_check("--reason", bytes_str(text), PURPOSE_LEN_MAX, err);
}

enum { FOR_VERIFY = 1, FOR_EXPORT = 2, FOR_ARCHIVE = 4, FOR_ALL = 7 };

static const struct { int option, fits; const char *name; } fitting[] = {
	{ 'L', FOR_ALL, "--log" }, { 'S', FOR_ALL, "--state" }, { 'N', FOR_VERIFY | FOR_EXPORT, "--noted" }, { 'J', FOR_VERIFY, "--json" },
	{ 'q', FOR_ALL, "--quiet" }, { 'F', FOR_EXPORT, "--from" }, { 'T', FOR_EXPORT, "--to" }, { 'M', FOR_EXPORT, "--format" },
	{ 'R', FOR_EXPORT, "--reason" }, { 'O', FOR_EXPORT, "--out" }, { 'D', FOR_ARCHIVE, "--damaged" }, { 'h', FOR_ALL, "--help" },
};

static enum status
option_fits(const struct log_command *c, int option, struct err *err)
{
	int now = c->is_verify ? FOR_VERIFY : c->is_export ? FOR_EXPORT : FOR_ARCHIVE;
	for (size_t i = 0; i < sizeof(fitting) / sizeof(fitting[0]); i++)
		if (fitting[i].option == option && (fitting[i].fits & now) == 0)
			return err_set(err, ERR_ARGUMENT, "%s is not for `log %s`", fitting[i].name, c->is_verify ? "verify" : c->is_export ? "export" : "archive");
	return OK;
}

static enum status
set_option(struct log_command *c, int option, const char *value, struct err *err)
{
	enum status st = option_fits(c, option, err);
	if (st)
		return st;
	switch (option) {
	case 'L': return add_log(c, value, err);
	case 'S': return add_state(c, value, err);
	case 'N': return add_noted(c, value, err);
	case 'F': return option_instant("--from", value, &c->from_unix_s, err);
	case 'T': return option_instant("--to", value, &c->to_unix_s, err);
	case 'M': return set_format(c, value, err);
	case 'R': return set_reason(c, value, err);
	case 'O': c->out = value; return OK;
	case 'J': c->as_json = true; return OK;
	case 'q': c->quiet = true; return OK;
	case 'D': c->damaged = true; return OK;
	case 'h': c->ended = true; return OK;
	default:  return ERR_ARGUMENT;
	}
}

static enum status
command_parse(struct log_command *c, int argc, char **argv, struct err *err)
{
	static const struct option longs[] = {
		{ "log", required_argument, NULL, 'L' }, { "state", required_argument, NULL, 'S' }, { "noted", required_argument, NULL, 'N' },
		{ "from", required_argument, NULL, 'F' }, { "to", required_argument, NULL, 'T' }, { "format", required_argument, NULL, 'M' },
		{ "reason", required_argument, NULL, 'R' }, { "out", required_argument, NULL, 'O' }, { "json", no_argument, NULL, 'J' },
		{ "quiet", no_argument, NULL, 'q' }, { "damaged", no_argument, NULL, 'D' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	char shown[80];
	enum status st = OK;
	opterr = 0; /* the sentence is ours */
	for (int option; st == OK && !c->ended && (option = getopt_long(argc, argv, "qh", longs, NULL)) != -1;) {
		st = set_option(c, option, optarg, err);
		if (st != OK && option == '?')
			err_set(err, st, "%s: unknown option, or its value is missing", text_escape(bytes_str(argv[optind - 1]), shown, sizeof(shown)));
	}
	if (st != OK || c->ended)
		return st;
	if (optind < argc)
		return err_set(err, ERR_ARGUMENT, "\"%s\" is one argument too many (a log is given with --log)",
		    text_escape(bytes_str(argv[optind]), shown, sizeof(shown)));
	return c->logs_n > 0 ? OK : err_set(err, ERR_ARGUMENT, "no --state and no --log: which log?");
}

/* ---- what is said ---- */

static int
code_of(enum status st)
{
	return st == OK ? EXIT_WHOLE : st == ERR_DAMAGED || st == ERR_FORMAT ? EXIT_NOT_WHOLE : EXIT_NOT_LOOKED;
}

static void
say(void *ctx, const char *sentence)
{
	(void)ctx;
	(void)fprintf(stderr, "yaopai-verify: log: %s\n", sentence);
}

static void
print_opening(const struct log_command *c, const struct sitelog_report *r)
{
	const struct sitelog_opening *o = &r->opening;
	char when[INSTANT_TEXT_LEN + 1];
	(void)instant_text(o->opened_unix_s, when);
	if (o->reason == SITELOG_NEW)
		(void)printf(c->chinese ? "  开始于      %s\n" : "  begun         %s\n", when);
	else if (o->reason == SITELOG_CONTINUED)
		(void)printf(c->chinese ? "  开始于      %s,接续已归档日志的第 %" PRIu64 " 条\n" : "  begun         %s, continuing an archived log after record %" PRIu64 "\n", when,
		    o->previous_sequence);
	else
		(void)printf(c->chinese ? "  开始于      %s,前一日志已损坏并移开(第 %" PRIu64 " 条之后)\n" :
		    "  begun         %s, AFTER A DAMAGED LOG that was put aside (after record %" PRIu64 ")\n", when, o->previous_sequence);
}

static void
print_notes(const struct log_command *c, const struct sitelog_report *r)
{
	if (r->repairs > 0)
		(void)printf(c->chinese ? "  注意        其中 %" PRIu64 " 条为日志修复记录\n" : "  note          repairs to the log itself, told by records of their own: %" PRIu64 "\n", r->repairs);
	if (r->set_back_n > 0)
		(void)printf(c->chinese ? "  注意        本机时钟曾被调回 %" PRIu64 " 次,首次在第 %" PRIu64 " 条\n" :
		    "  note          how often the clock was set back: %" PRIu64 ", first at record %" PRIu64 "\n", r->set_back_n, r->set_back_first);
	if (r->head_behind > 0)
		(void)printf(c->chinese ? "  注意        头文件落后 %" PRIu64 " 条(程序曾中断),下次核验时自动更新\n" :
		    "  note          the head file is behind the log by %" PRIu64 " (a program was stopped); the next check sets it right\n", r->head_behind);
	if (!r->head_checked)
		(void)printf(c->chinese ? "  注意        缺少头文件:所记头值之后是否被截断无法判断\n" :
		    "  note          no head file: whether records after the noted ones were cut off cannot be told\n");
}

static void
print_report(const struct log_command *c, const char *path, const struct sitelog_report *r)
{
	char head[LOG_HEAD_TEXT_LEN + 1], first[INSTANT_TEXT_LEN + 1], last[INSTANT_TEXT_LEN + 1];
	(void)printf(c->chinese ? "%s:日志完整\n" : "%s: whole\n", path);
	print_opening(c, r);
	if (r->records == 0)
		(void)printf(c->chinese ? "  记录        无\n" : "  records       none yet\n");
	else
		(void)printf(c->chinese ? "  记录        %" PRIu64 " 条,第 %" PRIu64 " 至 %" PRIu64 " 条,%s 至 %s\n" :
		    "  records       %" PRIu64 ", numbers %" PRIu64 " to %" PRIu64 ", %s to %s\n", r->records, r->opening.previous_sequence + 1, r->last.sequence,
		    instant_text(r->first_unix_s, first), instant_text(r->last_unix_s, last));
	print_notes(c, r);
	(void)printf(c->chinese ? "  头值        %s\n" : "  head          %s\n", log_head_text(r, head));
}

static void
print_json_report(const char *path, enum status st, const struct sitelog_report *r, const struct err *err)
{
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "file"), json_str(&j, path);
	json_key(&j, "whole"), json_bool(&j, st == OK);
	if (st != OK)
		json_key(&j, "sentence"), json_str(&j, err->text);
	log_report_json(&j, r);
	json_object_end(&j);
	(void)json_close(&j);
}

/* ---- verify ---- */

static enum status
verify_one(struct log_command *c, const char *path, const struct sitelog_report *before, struct sitelog_report *r)
{
	struct sitelog_audit *a = NULL;
	struct err err = { 0 };
	memset(r, 0, sizeof(*r));
	enum status st = sitelog_audit_open(path, &a, &err);
	if (st == OK)
		st = sitelog_audit_run(a, c->noted, c->noted_n, NULL, NULL, r, &err);
	if (st == OK && before != NULL)
		st = sitelog_follows(before, r, &err);
	if (c->as_json && a != NULL)
		print_json_report(path, st, r, &err);
	else if (st == OK && !c->quiet)
		print_report(c, path, r);
	if (st != OK)
		(void)fprintf(stderr, c->chinese && code_of(st) == EXIT_NOT_WHOLE ? "yaopai-verify: %s:日志不完整:%s\n" : "yaopai-verify: %s: %s\n", path, err.text);
	sitelog_audit_close(a);
	return st;
}

static int
log_verify(struct log_command *c)
{
	struct sitelog_report reports[2];
	struct err err = { 0 };
	int code = EXIT_WHOLE;
	for (size_t i = 0; i < c->logs_n; i++) {
		int one = code_of(verify_one(c, c->logs[i], i > 0 && code == EXIT_WHOLE ? &reports[(i - 1) % 2] : NULL, &reports[i % 2]));
		code = one > code ? one : code;
	}
	if (code != EXIT_WHOLE)
		return code;
	enum status st = sitelog_noted_check(c->noted, c->noted_n, reports[(c->logs_n - 1) % 2].last.sequence, &err);
	if (st)
		(void)fprintf(stderr, "yaopai-verify: %s\n", err.text);
	else if (!c->quiet && !c->as_json && c->noted_n > 0)
		(void)printf(c->chinese ? "所记头值均在链中。\n" : "Every noted head is in the chain.\n");
	else if (!c->quiet && !c->as_json)
		(void)printf(c->chinese ? "请记下头值或报送备案,日后以 --noted 核对;完整的链不能证明记下之后未被整体改写。\n" :
		    "Note the head down or send it in, and check it later with --noted: a chain alone cannot show that all of it was written anew.\n");
	return fflush(stdout) == 0 ? code_of(st) : EXIT_NOT_LOOKED;
}

/* ---- export ---- */

static void
print_exported(const struct log_command *c, const struct log_export *x, const struct sitelog_report *r)
{
	char head[LOG_HEAD_TEXT_LEN + 1], oldest[INSTANT_TEXT_LEN + 1];
	if (c->quiet)
		return;
	(void)fprintf(stderr, c->chinese ? "已导出 %" PRIu64 " / %" PRIu64 " 条记录;头值 %s\n" : "exported %" PRIu64 " of %" PRIu64 " records; head %s\n", x->written, r->records,
	    log_head_text(r, head));
	if (x->written > 0)
		(void)fprintf(stderr, c->chinese ? "最早一条核验于 %s,请在当地规定的期限内补录。\n" :
		    "the oldest was checked at %s; fill them in within the term of the place\n", instant_text(x->oldest_unix_s, oldest));
}

/* Whole or not at all: looked at once before the first row goes out. */
static enum status
export_from(struct log_command *c, struct sitelog_audit *a, struct log_export *x, struct err *err)
{
	struct sitelog_report r = { 0 };
	struct err late = { 0 };
	enum status st = sitelog_audit_run(a, c->noted, c->noted_n, NULL, NULL, &r, err);
	if (st == OK)
		st = sitelog_noted_check(c->noted, c->noted_n, r.last.sequence, err);
	if (st)
		return st;
	x->out = c->out == NULL ? stdout : fopen(c->out, "wbx");
	if (x->out == NULL)
		return err_set(err, ERR_SYSTEM, "cannot write %s: %s", c->out, strerror(errno));
	st = log_export_begin(x, err);
	if (st == OK)
		st = sitelog_audit_run(a, c->noted, c->noted_n, log_export_record, x, &r, err);
	enum status end = log_export_end(x, st == OK ? &r : NULL, &late);
	if (st == OK && end != OK)
		st = err_set(err, end, "%s", late.text);
	if (x->out != stdout && fclose(x->out) != 0 && st == OK)
		st = err_set(err, ERR_SYSTEM, "%s could not be written whole: %s", c->out, strerror(errno));
	if (st == OK)
		print_exported(c, x, &r);
	return st;
}

static int
log_export(struct log_command *c)
{
	struct err err = { 0 };
	struct sitelog_audit *a = NULL;
	struct log_export x = { .as_json = c->as_json, .chinese = c->chinese, .from_unix_s = c->from_unix_s, .to_unix_s = c->to_unix_s,
		.reason = bytes_str(c->reason) };
	enum status st = sitelog_audit_open(c->logs[0], &a, &err);
	if (st == OK)
		st = export_from(c, a, &x, &err);
	sitelog_audit_close(a);
	if (st)
		(void)fprintf(stderr, "yaopai-verify: %s: %s\n", c->logs[0], err.text);
	return code_of(st);
}

/* ---- archive ---- */

static int
log_archive(struct log_command *c)
{
	struct err err = { 0 };
	struct sitelog_archived done;
	struct sitelog_options options = { .now_unix_s = clock_unix_s(), .say = say };
	char until[DATE_TEXT_LEN + 1];
	enum status st = sitelog_archive(c->logs[0], c->damaged, &options, &done, &err);
	if (st) {
		(void)fprintf(stderr, "yaopai-verify: %s\n", err.text);
		return code_of(st);
	}
	if (c->quiet)
		return EXIT_WHOLE;
	(void)date_text(date_of_unix_s(options.now_unix_s + (int64_t)KEEP_DAYS * 86400), until);
	if (done.path[0] == '\0')
		(void)printf(c->chinese ? "原日志已不存在;新日志已开始,并记明此事。\n" : "The old log is gone; a new one was begun, and says so.\n");
	else
		(void)printf(c->chinese ? "原日志已移至 %s(第 %" PRIu64 " 至 %" PRIu64 " 条);核验日志至少保存六个月,即至 %s。\n" :
		    "The old log is %s now, records %" PRIu64 " to %" PRIu64 "; keep it at least six months, until %s.\n", done.path, done.first, done.last, until);
	return EXIT_WHOLE;
}

int
cmd_log(int argc, char **argv)
{
	static struct log_command c;
	struct err err = { 0 };
	char shown[40];
	const char *verb = argc > 1 ? argv[1] : "";
	c = (struct log_command){ .to_unix_s = INT64_MAX, .reason = "", .chinese = terminal_is_chinese() };
	c.is_verify = strcmp(verb, "verify") == 0;
	c.is_export = strcmp(verb, "export") == 0;
	c.is_archive = strcmp(verb, "archive") == 0;
	c.ended = strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0;
	enum status st = OK;
	if (c.is_verify || c.is_export || c.is_archive)
		st = command_parse(&c, argc - 1, argv + 1, &err);
	else if (!c.ended)
		st = err_set(&err, ERR_ARGUMENT, "log: got \"%s\", wanted verify, export or archive", text_escape(bytes_str(verb), shown, sizeof(shown)));
	if (st != OK) {
		(void)fprintf(stderr, "yaopai-verify: %s (see yaopai-verify log --help)\n", err.text);
		return EXIT_NOT_LOOKED;
	}
	if (c.ended)
		return fputs(help, stdout) >= 0 ? EXIT_WHOLE : EXIT_NOT_LOOKED;
	return c.is_verify ? log_verify(&c) : c.is_export ? log_export(&c) : log_archive(&c);
}
