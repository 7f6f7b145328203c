/* picture.h -- the QR codes in a picture, read by another process.
 *
 * This program links no decoder of pictures.  yaopai-picture does the decoding, confined as tools/picture/sandbox.h
 * says; it is given the picture as its standard input, an empty environment and a pipe for its answer, and everything
 * it says is checked (tools/picture/answer.h).  Whatever becomes of it, the outcome here is a status and a sentence.
 *
 * The program is looked for beside the running executable, in ../libexec/yaopai from there, and in the directory that
 * was set when this was built.
 *
 * Time: PICTURE_WAIT_S seconds by the monotonic clock, then it is killed.  For a file they count from the start; from
 * a pipe, FIFO or terminal, where a scanner may take its time, from the end of the input.  The answer is bounded
 * by ANSWER_LEN_MAX.  May be called from several threads; a SIGCHLD that is ignored is set to its default, because no
 * exit code could be learned otherwise. */
#ifndef VERIFIER_PICTURE_H
#define VERIFIER_PICTURE_H

#include "base/err.h"
#include "tools/picture/answer.h"

struct picture_codes {
	bool damaged;                        /* cut short or damaged: there may have been more codes */
	struct picture_answer answer;        /* the size of the picture and its codes, views into room */
	uint8_t *room;                       /* owned */
};
void picture_codes_free(struct picture_codes *c);    /* NULL-safe, idempotent */

/* Read the picture at path ("-": standard input).  OK, perhaps with no code in it; else a sentence and
 *
 *	ERR_NOT_FOUND     no such file, or yaopai-picture is not installed
 *	ERR_FORMAT        empty, neither PNG nor JPEG, or damaged with no code in what is left
 *	ERR_UNSUPPORTED   a kind of PNG or JPEG that is not read
 *	ERR_LIMIT         too long, too large, too many codes, too much time or memory
 *	ERR_SYSTEM        not readable, or the reader was stopped, crashed, or could not confine itself */
MUST_CHECK enum status picture_read(const char *path, struct picture_codes *out, struct err *err);

/* The same by a program of the caller's choice and with a deadline of its own: for tests of what may go wrong. */
struct picture_reader { const char *program; unsigned wait_ms; };
MUST_CHECK enum status picture_read_by(const struct picture_reader *by, const char *path, struct picture_codes *out,
    struct err *err);

#endif
