/* verifier.h -- the parts of yaopai-verify: main.c reads the options, run.c opens what is trusted and goes through the
 * inputs, judge_lines.c judges a list on all cores, judge_picture.c what picture.c reads from pictures, print_human.c
 * and print_json.c say what was found. */
#ifndef VERIFIER_VERIFIER_H
#define VERIFIER_VERIFIER_H

#include "base/err.h"
#include "base/limits.h"
#include "tools/shared/json.h"
#include "tools/shared/textbuf.h"
#include "verify/yaopai_verify.h"

enum output { OUTPUT_HUMAN, OUTPUT_BRIEF, OUTPUT_JSON };
enum input_kind { INPUT_TOKEN, INPUT_LINES, INPUT_RAW, INPUT_PICTURE }; /* an argument, a list, COSE bytes, PNG or JPEG */
struct input { enum input_kind kind; const char *text; };  /* the token, or a path ("-": standard input) */

struct settings {
	const char *bundle;
	const char *roots[TRUST_ROOTS_MAX];
	size_t roots_n;
	enum output output;
	bool quiet;
	bool now_given;                       /* --now: judged as of an instant other than the present */
	int64_t now_unix_s;
	unsigned jobs;
	struct input *inputs;
	size_t inputs_n;
};

enum { EXIT_ALL_VALID = 0, EXIT_NOT_VALID = 1, EXIT_NOT_JUDGED = 2, VERDICTS = 64 };

struct session {                              /* what judging and printing need; shared by threads, read only */
	const struct settings *settings;
	const struct yp_verifier *verifier;
	int64_t now_unix_s;
	bool chinese, colour;
	const char *picture;                  /* the name to show, escaped, if what is judged stood in a picture */
};

struct tally { uint64_t inputs, by_verdict[VERDICTS]; int exit_code; };
void tally_add(struct tally *t, enum yp_verdict v);
void tally_merge(struct tally *into, const struct tally *from);

/* Everything main does after its options are read; returns the exit code. */
int verifier_run(const struct settings *s);

/* Judge one input and append what is to be said, JSON or text.  line 0: not from a list.  text.ptr NULL: a line longer
 * than any QR code, which was not kept. */
void judge_one(const struct session *s, struct bytes text, uint64_t line, struct json *out, struct tally *tally);

/* Every line of the file at path ("-": standard input), in order, on settings->jobs threads.  A last line without a
 * line end counts; an empty line is a line, and UNREADABLE, so that answers and lines stay side by side. */
MUST_CHECK enum status judge_lines(const struct session *s, const char *path, struct tally *tally, struct err *err);

/* Every code in the picture at path ("-": standard input), in turn; several are listed with their numbers in place of
 * lines.  No code, or no picture: told, counted as not judged, and no failure, so that other inputs have their turn. */
MUST_CHECK enum status judge_picture(const struct session *s, const char *path, struct tally *tally, struct err *err);

void print_human(const struct session *s, const struct yp_answer *a, struct textbuf *out);   /* a page for one token */
void print_listed(const struct session *s, const struct yp_answer *a, uint64_t line, struct textbuf *out);
void print_brief(const struct yp_answer *a, struct textbuf *out);
void print_json(const struct session *s, const struct yp_answer *a, uint64_t line, struct json *out);
const char *print_verdict_zh(enum yp_verdict v);   /* static */
/* Counts by verdict, for a list. */
void print_summary(const struct session *s, const struct tally *t, struct textbuf *out);

#define DEMONSTRATION_NOTE "DEMONSTRATION: example keys, no legal effect"

#endif
