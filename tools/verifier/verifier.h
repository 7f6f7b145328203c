/* verifier.h -- the parts of yaopai-verify.
 *
 *	main.c          the commands
 *	options.c       options into struct settings
 *	run.c           `judge`: open what is trusted, go through the inputs
 *	judge_one.c     judge one input, say what was found, note it for the log, keep it for the group
 *	judge_lines.c   a list, on all cores             judge_picture.c  the codes in pictures (picture.h)
 *	judge_group.c   several officers together
 *	checks.c        checks as the site log takes them (sitelog.h)
 *	print_*.c       what a person reads, or a program
 *	cmd_*.c         the other commands
 *	statedir.h trusted.h renewal.h bundle_keep.h replay_file.h portraits.h  what they stand on */
#ifndef VERIFIER_VERIFIER_H
#define VERIFIER_VERIFIER_H

#include "base/err.h"
#include "base/limits.h"
#include "tools/shared/json.h"
#include "tools/shared/textbuf.h"
#include "tools/verifier/cmd_log.h"
#include "tools/verifier/portraits.h"
#include "tools/verifier/sitelog.h"
#include "verify/yaopai_verify.h"

enum output { OUTPUT_HUMAN, OUTPUT_BRIEF, OUTPUT_JSON };
enum input_kind { INPUT_TOKEN, INPUT_LINES, INPUT_RAW, INPUT_PICTURE }; /* an argument, a list, COSE bytes, PNG or JPEG */
struct input { enum input_kind kind; const char *text; };  /* the token, or a path ("-": standard input) */

struct settings {
	const char *state;                    /* the state directory; NULL: none */
	const char *bundle;                   /* NULL: the one installed in the state directory */
	const char *roots[TRUST_ROOTS_MAX];
	size_t roots_n;
	enum output output;
	bool quiet;
	bool now_given;                       /* --now: judged as of an instant other than the present */
	int64_t now_unix_s;
	unsigned jobs;
	struct input *inputs;
	size_t inputs_n;

	/* what is asked of each */
	int64_t age_max_s;                    /* --max-age; 0: as the issuer allows */
	bool must_be_live, once;
	uint8_t challenge[NONCE_LEN_MAX];
	size_t challenge_len;
	const char *audience;                 /* NULL: none */

	/* and of all together */
	bool group;
	struct yp_group_question group_question;
	struct yp_text bodies[GROUP_MEMBERS_MAX]; /* group_question.bodies */

	const char *log;                      /* NULL: DIR/log, or none without a state directory */
	const char *site, *purpose;           /* for the log; NULL: not given */
	const char *portraits, *portrait_dir; /* a pack; where to write the pictures of those judged */
};

enum { EXIT_ALL_VALID = 0, EXIT_NOT_VALID = 1, EXIT_NOT_JUDGED = 2, VERDICTS = 128 };

/* Checks waiting to be logged: one allocation that grows. */
struct checks { struct sitelog_entry *items; size_t n, cap; bool failed; };

struct group {
	size_t n;                             /* also counts members too many */
	struct yp_answer answers[GROUP_MEMBERS_MAX]; /* kept where they were judged */
	struct checks checks;                 /* of the members, logged behind the group's */
};

struct session {                              /* what judging and printing need; shared by threads, read only but for log and group */
	const struct settings *settings;
	const struct yp_verifier *verifier;
	struct yp_question question;          /* but for the time */
	struct yp_bundle_info info;
	struct renewal *renewal;              /* looks for a newer bundle between the lines of a list */
	struct sitelog *log;                  /* NULL: no log is kept */
	const char *site;                     /* as the log has it; "" if not known */
	const struct portraits *portraits;    /* NULL: no pack */
	struct group *group;                  /* NULL: each alone; then one thread judges */
	bool chinese, colour;
	const char *picture;                  /* the name to show, escaped, if what is judged stood in a picture */
};

/* The instant to judge at: the clock's, or the one given. */
int64_t session_now(const struct session *s);

struct tally { uint64_t inputs, by_verdict[VERDICTS]; int exit_code; };
void tally_add(struct tally *t, enum yp_verdict v);
void tally_merge(struct tally *into, const struct tally *from);

/* main.c's table: each command has read its options and returns the exit code. */
int cmd_judge(const struct settings *s);
int cmd_setup(const struct settings *s);
int cmd_update(const struct settings *s);
int cmd_status(const struct settings *s);

/* Options of a command into *s.  *ended: --help or --version was answered. */
enum command { COMMAND_JUDGE, COMMAND_SETUP, COMMAND_UPDATE, COMMAND_STATUS };
MUST_CHECK enum status options_parse(enum command command, int argc, char **argv, struct settings *s, bool *ended, struct err *err);

void help_print(enum command command);

/* Judge one input and append what is to be said, JSON or text, and what is to be logged.  line 0: not from a list.  text.ptr NULL: a
 * line longer than any QR code, which was not kept. */
void judge_one(const struct session *s, struct bytes text, uint64_t line, struct json *out, struct tally *tally, struct checks *checks);

/* Every line of the file at path ("-": standard input), in order, on settings->jobs threads.  A last line without a
 * line end counts; an empty line is a line, and UNREADABLE, so that answers and lines stay side by side. */
MUST_CHECK enum status judge_lines(const struct session *s, const char *path, struct tally *tally, struct err *err);

/* Every code in the picture at path ("-": standard input), in turn; several are listed with their numbers in place of
 * lines.  No code, or no picture: told, counted as not judged, and no failure, so that other inputs have their turn. */
MUST_CHECK enum status judge_picture(const struct session *s, const char *path, struct tally *tally, struct err *err);

/* What the members give together; said, logged, and its exit code put in place of theirs. */
MUST_CHECK enum status judge_group(const struct session *s, struct tally *tally, struct err *err);

/* The check of one answer.  text: what was read, for an input that holds no signed object. */
void checks_add(struct checks *c, const struct session *s, const struct yp_answer *a, int64_t now_unix_s, struct bytes text);
void checks_add_group(struct checks *c, const struct session *s, const struct yp_group_answer *g, int64_t now_unix_s);
void checks_join(struct checks *c, const struct checks *more);
/* Log them all, or say why not; then there are none.  Without a log: nothing. */
MUST_CHECK enum status checks_log(struct checks *c, const struct session *s, struct err *err);
void checks_free(struct checks *c);

/* What is told beside the answer itself.  Zeroed, with now_unix_s set: not from a list, no portrait asked for. */
struct beside { int64_t now_unix_s; uint64_t line; struct portrait portrait; };

void print_human(const struct session *s, const struct yp_answer *a, const struct beside *b, struct textbuf *out); /* a page for one token */
void print_listed(const struct session *s, const struct yp_answer *a, const struct beside *b, struct textbuf *out);
void print_brief(const struct yp_answer *a, struct textbuf *out);
void print_json(const struct session *s, const struct yp_answer *a, const struct beside *b, struct json *out);
void print_group(const struct session *s, const struct yp_group_answer *g, int64_t now_unix_s, struct json *out);
/* Counts by verdict, for a list. */
void print_summary(const struct session *s, const struct tally *t, struct textbuf *out);
const char *print_verdict_zh(enum yp_verdict v);   /* static */
/* Why, in the reader's language: the answer's own sentence, or its like in Chinese. */
void print_reason(const struct session *s, const struct yp_answer *a, int64_t now_unix_s, struct textbuf *out);

#define DEMONSTRATION_NOTE "DEMONSTRATION: example keys, no legal effect"

#endif
