#define _GNU_SOURCE             /* pipe2 */
#include "tools/verifier/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

struct child {
	pid_t pid;
	int answer;                  /* the end of the pipe that is ours */
	bool late;                   /* killed by us at the deadline */
	int how;                     /* as waitpid tells it */
};

/* What a code of the reader's means here; TOO_LARGE has its sentence made with the size. */
static const struct outcome { enum picture_exit code; enum status status; const char *sentence; } outcomes[] = {
	{ PICTURE_EMPTY, ERR_FORMAT, "the file is empty; wanted a PNG or JPEG picture" },
	{ PICTURE_NOT_ONE, ERR_FORMAT, "neither a PNG nor a JPEG picture, whatever its name; save or photograph it as one of these" },
	{ PICTURE_UNSUPPORTED, ERR_UNSUPPORTED, "a kind of JPEG that is not read (12 bits, arithmetic or lossless coding, or too "
	    "many passes); save it as an ordinary JPEG or PNG" },
	{ PICTURE_TOO_MANY, ERR_LIMIT, "more QR codes than this program judges in one picture; photograph fewer at a time" },
	{ PICTURE_NO_MEMORY, ERR_LIMIT, "decoding it takes more memory than is allowed; make the picture smaller" },
	{ PICTURE_NO_INPUT, ERR_SYSTEM, "the picture reader could not read its input or write its answer" },
	{ PICTURE_NOT_CONFINED, ERR_SYSTEM, "the picture reader could not confine itself here: seccomp, or the change to the "
	    "user nobody, was refused, so nothing was read; judge the code's text instead" },
};

void
picture_codes_free(struct picture_codes *c)
{
	if (c == NULL)
		return;
	free(c->room);
	*c = (struct picture_codes){ 0 };
}

static enum status
input_open(const char *path, int *fd, bool *is_file, struct err *err)
{
	struct stat s;
	bool is_stdin = strcmp(path, "-") == 0;
	*fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0 || fstat(*fd, &s) != 0)
		return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot open it: %s", strerror(errno));
	*is_file = S_ISREG(s.st_mode);
	if (S_ISDIR(s.st_mode))
		return err_set(err, ERR_SYSTEM, "a directory, not a picture");
	if (*is_file && (uint64_t)s.st_size > PICTURE_FILE_LEN_MAX)
		return err_set(err, ERR_LIMIT, "%lld bytes; wanted a picture of at most %u", (long long)s.st_size, PICTURE_FILE_LEN_MAX);
	return OK;
}

/* Signals as a program expects them at its start, whatever this process blocks or ignores. */
static int
attributes_make(posix_spawnattr_t *a)
{
	sigset_t none, usual;
	(void)sigemptyset(&none);
	(void)sigemptyset(&usual);
	static const int reset[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGALRM, SIGXCPU, SIGXFSZ, SIGSYS, SIGCHLD };
	for (size_t i = 0; i < sizeof(reset) / sizeof(reset[0]); i++)
		(void)sigaddset(&usual, reset[i]);
	int e = posix_spawnattr_init(a);
	if (e == 0 && (e = posix_spawnattr_setsigmask(a, &none)) == 0 && (e = posix_spawnattr_setsigdefault(a, &usual)) == 0)
		e = posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return e;
}

/* Standard error goes to /dev/null: what a decoder prints would be the picture's own choice of words. */
static int
child_spawn(const char *program, int input, int answer, pid_t *pid)
{
	char *argv[] = { (char[]){ "yaopai-picture" }, NULL }, *environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int e = posix_spawn_file_actions_init(&files);
	if (e != 0)
		return e;
	e = attributes_make(&attributes);
	if (e == 0 && (e = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO)) == 0 &&
	    (e = posix_spawn_file_actions_adddup2(&files, answer, STDOUT_FILENO)) == 0 &&
	    (e = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0)) == 0)
		e = posix_spawn(pid, program, &files, &attributes, argv, environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);
	return e;
}

static enum status
child_start(const char *program, int input, struct child *c, struct err *err)
{
	int ends[2];
	struct sigaction now;
	if (sigaction(SIGCHLD, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
		(void)signal(SIGCHLD, SIG_DFL);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, ERR_SYSTEM, "no pipe for the picture reader: %s", strerror(errno));
	int e = child_spawn(program, input, ends[1], &c->pid);
	(void)close(ends[1]);
	c->answer = ends[0];
	if (e == 0)
		return OK;
	(void)close(ends[0]);
	return err_set(err, e == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "the picture reader %s cannot be started: %s", program, strerror(e));
}

/* Until the end of the answer, or its last possible byte and one more.  False: the deadline passed. */
static bool
answer_collect(const struct child *c, double start_s, double wait_s, struct buf *out)
{
	bool counting = start_s > 0;
	for (;;) {
		double left_s = start_s + wait_s - clock_elapsed_s();
		if (counting && left_s <= 0)
			return false;
		struct pollfd p = { .fd = c->answer, .events = POLLIN };
		int ready = poll(&p, 1, counting ? (int)(left_s * 1000) + 1 : -1);
		if (ready <= 0)
			continue;
		ssize_t n = read(c->answer, out->ptr + out->len, out->cap - out->len);
		if (n == 0 || (n < 0 && errno != EINTR))
			return true;
		out->len += n > 0 ? (size_t)n : 0;
		if (out->len == out->cap)
			return true;
		if (!counting)
			start_s = clock_elapsed_s();
		counting = true;
	}
}

/* The answer has ended; so will the process, at once or by force. */
static void
child_end(struct child *c, bool in_time)
{
	enum { NAPS = 200, NAP_MS = 5 };
	pid_t gone = 0;
	for (int i = 0; i < NAPS && in_time && (gone = waitpid(c->pid, &c->how, WNOHANG)) == 0; i++)
		(void)poll(NULL, 0, i == 0 ? 0 : NAP_MS);
	c->late = !in_time;
	if (gone == 0) {
		(void)kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &c->how, 0) < 0 && errno == EINTR)
			;
	}
	(void)close(c->answer);
}

static enum status
explain_stop(const struct child *c, double wait_s, struct err *err)
{
	int signal_no = WTERMSIG(c->how);
	if (c->late || signal_no == SIGXCPU)
		return err_set(err, ERR_LIMIT, "the picture reader was stopped: the picture takes more than %.0f s; make it smaller or cut out the code",
		    c->late ? wait_s : (double)PICTURE_CPU_S);
	if (signal_no == SIGSYS)
		return err_set(err, ERR_SYSTEM, "the picture reader was stopped because it tried what decoding never needs; the picture may be "
		    "an attack: do not open it elsewhere, keep it for examination");
	return err_set(err, ERR_SYSTEM, "the picture reader was stopped by signal %d (%s); the picture is damaged, or memory ran out: photograph "
	    "the code again", signal_no, strsignal(signal_no));
}

static enum status
explain_exit(enum picture_exit code, const struct picture_codes *c, struct err *err)
{
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (outcomes[i].code == code)
			return err_set(err, outcomes[i].status, "%s", outcomes[i].sentence);
	if (code == PICTURE_TOO_LONG)
		return err_set(err, ERR_LIMIT, "more than %u bytes; wanted a smaller picture", PICTURE_FILE_LEN_MAX);
	if (code == PICTURE_TOO_LARGE)
		return err_set(err, ERR_LIMIT, "%u x %u pixels; wanted at most %u either way and %u in all: make it smaller or cut out the code",
		    c->answer.width, c->answer.height, PICTURE_SIDE_MAX, PICTURE_PIXELS_MAX);
	if (code == PICTURE_DAMAGED)
		return c->answer.n > 0 ? OK : err_set(err, ERR_FORMAT, "the picture is cut short or damaged, and what is left shows no QR code");
	return err_set(err, ERR_SYSTEM, "the picture reader ended with code %d, which means nothing to this version; is it of another version?", (int)code);
}

static enum status
explain(const struct child *c, const struct buf *got, double wait_s, struct picture_codes *out, struct err *err)
{
	if (c->late || WIFSIGNALED(c->how))
		return explain_stop(c, wait_s, err);
	enum picture_exit code = (enum picture_exit)WEXITSTATUS(c->how);
	enum status st = answer_decode(buf_view(got), &out->answer);
	if (st != OK && (code == PICTURE_READ || code == PICTURE_DAMAGED || code == PICTURE_TOO_LARGE))
		return err_set(err, ERR_SYSTEM, "the picture reader's answer of %zu bytes is not one; is it of another version?", got->len);
	out->damaged = code == PICTURE_DAMAGED;
	return code == PICTURE_READ ? OK : explain_exit(code, out, err);
}

enum status
picture_read_by(const struct picture_reader *by, const char *path, struct picture_codes *out, struct err *err)
{
	struct picture_codes codes = { .room = malloc(ANSWER_LEN_MAX + 1) };
	struct buf got = { codes.room, ANSWER_LEN_MAX + 1, 0 };
	struct child c = { .answer = -1 };
	double wait_s = (double)by->wait_ms / 1000;
	bool is_file = false;
	int input = -1;
	enum status st = codes.room != NULL ? OK : err_set(err, ERR_SYSTEM, "out of memory");
	if (st == OK)
		st = input_open(path, &input, &is_file, err);
	if (st == OK)
		st = child_start(by->program, input, &c, err);
	if (input >= 0)
		(void)close(input);
	if (st == OK) {
		bool in_time = answer_collect(&c, is_file ? clock_elapsed_s() : 0, wait_s, &got);
		child_end(&c, in_time);
		st = explain(&c, &got, wait_s, &codes, err);
	}
	if (st != OK) {
		picture_codes_free(&codes);
		return st;
	}
	*out = codes;
	return OK;
}

/* The first of the places where the reader may be; the last one if it is nowhere, for the sentence. */
static void
reader_find(char program[PATH_MAX])
{
	static const char *const from_here[] = { "yaopai-picture", "../libexec/yaopai/yaopai-picture" };
	char here[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", here, sizeof(here) - 1);
	here[len > 0 ? len : 0] = '\0';
	char *slash = strrchr(here, '/');
	if (slash != NULL) {
		*slash = '\0';
		for (size_t i = 0; i < sizeof(from_here) / sizeof(from_here[0]); i++)
			if (path_join(here, from_here[i], program, PATH_MAX, NULL) == OK && access(program, X_OK) == 0)
				return;
	}
	static const char installed[] = YAOPAI_LIBEXECDIR "/yaopai-picture";
	memcpy(program, installed, sizeof(installed));
}

enum status
picture_read(const char *path, struct picture_codes *out, struct err *err)
{
	char program[PATH_MAX];
	reader_find(program);
	return picture_read_by(&(struct picture_reader){ program, PICTURE_WAIT_S * 1000 }, path, out, err);
}
