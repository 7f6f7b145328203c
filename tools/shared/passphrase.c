#include "tools/shared/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"

/* ---- the first line of a descriptor ---- */

/* Byte by byte: what stands behind the line is another reader's.  Room for one byte too many, so that too long is seen. */
static enum status
read_line(int fd, uint8_t mem[PASSPHRASE_LEN_MAX + 2], size_t *len, const volatile sig_atomic_t *stopped)
{
	size_t n = 0;
	while (n < PASSPHRASE_LEN_MAX + 2) {
		ssize_t got = read(fd, mem + n, 1);
		if (got < 0 && errno == EINTR && (stopped == NULL || *stopped == 0))
			continue;
		if (got < 0)
			return ERR_SYSTEM;
		if (got == 0 || mem[n] == '\n')
			break;
		n++;
	}
	if (n > 0 && mem[n - 1] == '\r')
		n--;
	*len = n;
	return OK;
}

static enum status
take_line(struct passphrase *p, int fd, const char *from, const volatile sig_atomic_t *stopped, struct err *err)
{
	uint8_t mem[PASSPHRASE_LEN_MAX + 2];
	size_t len = 0;
	enum status st = read_line(fd, mem, &len, stopped);
	if (st)
		err_set(err, st, "the passphrase cannot be read from %s: %s", from, strerror(errno));
	else if (len < 1 || len > PASSPHRASE_LEN_MAX)
		st = err_set(err, ERR_FORMAT, "%s has %s; one line of 1 to %u bytes was wanted", from, len < 1 ? "no passphrase in its first line" :
		    "a first line that is too long for a passphrase", PASSPHRASE_LEN_MAX);
	else {
		memcpy(p->text, mem, len);
		p->len = len;
		p->is_known = true;
	}
	secret_wipe(mem, sizeof(mem));
	return st;
}

/* ---- where it comes from ---- */

static enum status
from_file(struct passphrase *p, struct err *err)
{
	struct stat s;
	int fd = open(p->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &s) != 0) {
		enum status st = err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "--passphrase-file %s: %s", p->file, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return st;
	}
	enum status st = OK;
	if (S_ISREG(s.st_mode) && (s.st_mode & 077) != 0)
		st = err_set(err, ERR_CONFLICT, "%s may be read by others (mode %03o): it holds a passphrase; chmod 600 it", p->file,
		    (unsigned)s.st_mode & 0777u);
	if (st == OK)
		st = take_line(p, fd, p->file, NULL, err);
	(void)close(fd);
	return st;
}

static enum status
from_descriptor(struct passphrase *p, struct err *err)
{
	char from[40];
	uint64_t fd = 0;
	if (text_uint(bytes_str(p->fd), &fd) != OK || fd > INT32_MAX || fcntl((int)fd, F_GETFD) < 0)
		return err_set(err, ERR_ARGUMENT, "--passphrase-fd: the number of an open file descriptor was wanted");
	(void)snprintf(from, sizeof(from), "file descriptor %d", (int)fd);
	return take_line(p, (int)fd, from, NULL, err);
}

static volatile sig_atomic_t signal_seen;

static void
note_signal(int number)
{
	signal_seen = number;
}

enum { SIGNALS = 7 };
static const int signals[SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU };

static void
signals_hold(struct sigaction before[SIGNALS])
{
	struct sigaction note = { .sa_handler = note_signal }; /* without SA_RESTART: the read ends */
	(void)sigemptyset(&note.sa_mask);
	signal_seen = 0;
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &note, &before[i]);
}

/* What came meanwhile is delivered now that the echo is back. */
static void
signals_release(const struct sigaction before[SIGNALS])
{
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &before[i], NULL);
	if (signal_seen != 0)
		(void)raise((int)signal_seen);
}

static enum status
ask(struct passphrase *p, int tty, const char *question, struct err *err)
{
	struct termios normal, quiet;
	struct sigaction before[SIGNALS];
	if (tcgetattr(tty, &normal) != 0)
		return err_set(err, ERR_SYSTEM, "the terminal cannot be made silent, so no passphrase is asked for: %s", strerror(errno));
	quiet = normal;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	signals_hold(before);
	enum status st = tcsetattr(tty, TCSAFLUSH, &quiet) == 0 ? OK : ERR_SYSTEM;
	if (st)
		err_set(err, st, "the terminal cannot be made silent, so no passphrase is asked for: %s", strerror(errno));
	if (st == OK && dprintf(tty, "%s: ", question) > 0)
		st = take_line(p, tty, "the terminal", &signal_seen, err);
	(void)tcsetattr(tty, TCSAFLUSH, &normal);
	(void)dprintf(tty, "\n");
	signals_release(before);
	if (st == OK && !p->is_known)
		st = err_set(err, ERR_SYSTEM, "the terminal cannot be written to");
	return st;
}

static enum status
open_terminal(int *tty, struct err *err)
{
	*tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*tty >= 0)
		return OK;
	return err_set(err, ERR_NOT_FOUND, "a passphrase is wanted, and there is no terminal to ask for it: give --passphrase-file FILE or "
	    "--passphrase-fd N (to yaopai: before the command)");
}

enum status
passphrase_get(struct passphrase *p, const char *what, struct err *err)
{
	char question[160];
	int tty = -1;
	if (p->is_known)
		return OK;
	if (p->file != NULL)
		return from_file(p, err);
	if (p->fd != NULL)
		return from_descriptor(p, err);
	enum status st = open_terminal(&tty, err);
	if (st)
		return st;
	(void)snprintf(question, sizeof(question), "Passphrase of %.100s", what);
	st = ask(p, tty, question, err);
	(void)close(tty);
	return st;
}

static size_t
characters(struct bytes utf8)
{
	size_t n = 0;
	for (size_t i = 0; i < utf8.len; i++)
		n += (utf8.ptr[i] & 0xc0) != 0x80;
	return n;
}

static enum status
is_good(const struct passphrase *p, struct err *err)
{
	if (!text_is_clean(passphrase_view(p)))
		return err_set(err, ERR_FORMAT, "the new passphrase is no clean UTF-8: without control and invisible characters it can be typed again");
	if (characters(passphrase_view(p)) < PASSPHRASE_CHARACTERS_MIN)
		return err_set(err, ERR_FORMAT, "the new passphrase has %zu characters; at least %u were wanted (four or five words do well)",
		    characters(passphrase_view(p)), PASSPHRASE_CHARACTERS_MIN);
	return OK;
}

static enum status
ask_twice(struct passphrase *p, const char *what, struct err *err)
{
	struct passphrase again = { .file = NULL };
	char question[160];
	int tty = -1;
	enum status st = open_terminal(&tty, err);
	if (st)
		return st;
	(void)snprintf(question, sizeof(question), "New passphrase of %.100s", what);
	st = ask(p, tty, question, err);
	if (st == OK)
		st = is_good(p, err);
	if (st == OK)
		st = ask(&again, tty, "The same again", err);
	if (st == OK && !bytes_eq(passphrase_view(p), passphrase_view(&again)))
		st = err_set(err, ERR_CONFLICT, "the two were not the same; nothing was changed");
	passphrase_clear(&again);
	(void)close(tty);
	return st;
}

enum status
passphrase_get_new(struct passphrase *p, const char *what, struct err *err)
{
	if (!p->is_known && passphrase_is_asked(p))
		return ask_twice(p, what, err);
	enum status st = passphrase_get(p, what, err);
	return st ? st : is_good(p, err);
}

bool
passphrase_is_asked(const struct passphrase *p)
{
	return p->file == NULL && p->fd == NULL;
}

void
passphrase_clear(struct passphrase *p)
{
	secret_wipe(p->text, sizeof(p->text));
	p->len = 0;
	p->is_known = false;
}

struct bytes
passphrase_view(const struct passphrase *p)
{
	return (struct bytes){ p->text, p->len };
}
