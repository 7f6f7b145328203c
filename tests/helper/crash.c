/* crash -- for tests/crash/run.sh: kills a command, and asks a register for what was acknowledged.
 *
 * crash run ACKS LOG WHEN COMMAND...  Starts COMMAND with descriptor 3 on ACKS (made afresh) and its output in LOG.  WHEN: `never`, N (killed
 *     N microseconds after its start) or +N (N microseconds after its first acknowledgement: a line but "open").  Prints
 *     "killed|ended CODE MICROSECONDS FIRST": how long it ran, and when the first acknowledgement was seen (-1: none was).
 * crash check HOME ACKS  Every acknowledged event is in the journal with the hash that was acknowledged.  Prints how many were. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "registry/registry.h"
#include "tools/shared/secretfile.h"

enum { ACK_FD = 3, POLL_NS = 200 * 1000, ACKS_LEN_MAX = 64 << 20 };

static long
now_us(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static pid_t
start(const char *acks, const char *log, char **command)
{
	int ack = open(acks, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600), out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	pid_t child = ack < 0 || out < 0 ? -1 : fork();
	if (child == 0) {
		if (dup2(out, 1) < 0 || dup2(out, 2) < 0 || dup2(ack, ACK_FD) < 0)
			_exit(126);
		if (ack > ACK_FD)
			(void)close(ack);
		if (out > ACK_FD)
			(void)close(out);
		(void)execv(command[0], command);
		_exit(127);
	}
	if (ack >= 0)
		(void)close(ack);
	if (out >= 0)
		(void)close(out);
	return child;
}

/* "commit ..." is first, or the second line after "open ...". */
static bool
has_acknowledged(const char *acks)
{
	char mem[256];
	int fd = open(acks, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, mem, sizeof(mem) - 1);
	if (fd >= 0)
		(void)close(fd);
	mem[n > 0 ? n : 0] = '\0';
	return strstr(mem, "commit ") != NULL || strstr(mem, "resealed ") != NULL;
}

static int
run(char **argv)
{
	const char *when = argv[2];
	bool after_first = when[0] == '+', never = strcmp(when, "never") == 0;
	uint64_t delay = 0;
	if (!never && text_uint(bytes_str(when + after_first), &delay) != OK)
		return 2;
	long began = now_us(), first = -1;
	pid_t child = start(argv[0], argv[1], argv + 3);
	int status = 0;
	if (child < 0)
		return 2;
	for (;;) {
		pid_t ended = waitpid(child, &status, WNOHANG);
		if (ended != 0)
			break;
		if (first < 0 && has_acknowledged(argv[0]))
			first = now_us() - began;
		long from = after_first ? first : 0;
		if (!never && from >= 0 && now_us() - began - from >= (long)delay) {
			(void)kill(child, SIGKILL);
			(void)waitpid(child, &status, 0);
			break;
		}
		(void)nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
	}
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	(void)printf("%s %d %ld %ld\n", killed ? "killed" : "ended", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    now_us() - began, first);
	return 0;
}

/* ---- what was acknowledged ---- */

static enum status
check_line(struct txn *t, struct bytes sequence_text, struct bytes hash_text, struct err *err)
{
	uint64_t sequence = 0;
	struct digest want, is;
	struct bytes event;
	struct buf out = BUF_OF(want.b);
	enum status st = text_uint(sequence_text, &sequence);
	if (st == OK)
		st = hex_decode(hash_text, &out);
	if (st || out.len != DIGEST_LEN)
		return err_set(err, ERR_FORMAT, "an acknowledgement that cannot be read");
	st = journal_get(t, sequence, &event);
	if (st == OK)
		st = sha256(event, &is);
	if (st)
		return err_set(err, st, "event %llu was acknowledged and cannot be read: %s", (unsigned long long)sequence, status_text(st));
	return memcmp(is.b, want.b, DIGEST_LEN) == 0 ? OK : err_set(err, ERR_CONFLICT, "event %llu is not what was acknowledged",
	    (unsigned long long)sequence);
}

static struct bytes
take_until(struct bytes *text, char end)
{
	const uint8_t *at = memchr(text->ptr, end, text->len);
	size_t n = at != NULL ? (size_t)(at - text->ptr) : text->len;
	struct bytes word = { text->ptr, n };
	text->ptr += n + (at != NULL);
	text->len -= n + (at != NULL);
	return word;
}

static enum status
check_all(struct registry *r, struct bytes acks, unsigned long *n, struct err *err)
{
	struct txn t;
	enum status st = txn_begin_read(registry_store(r), &t);
	while (st == OK && acks.len > 0) {
		struct bytes line = take_until(&acks, '\n');
		struct bytes word = take_until(&line, ' ');
		if (bytes_eq(word, BYTES_LIT("resealed")))
			continue;
		struct bytes sequence = take_until(&line, ' ');
		st = check_line(&t, sequence, line, err);
		*n += st == OK;
	}
	txn_end(&t);
	return st;
}

static int
check(char **argv)
{
	char path[4096];
	struct registry_keys keys = { .has_seal = false };
	struct registry *r = NULL;
	struct err err = { .status = OK };
	struct buf acks = { NULL, 0, 0 };
	unsigned long n = 0;
	(void)snprintf(path, sizeof(path), "%s/keys/check.key", argv[0]);
	enum status st = secret_load(path, WRAP_CHECK, &(struct passphrase){ .file = NULL }, &keys.check, NULL, &err);
	(void)snprintf(path, sizeof(path), "%s/data", argv[0]);
	if (st == OK)
		st = registry_open(path, STORE_READ, &keys, &r, &err);
	if (st == OK)
		st = file_load(argv[1], ACKS_LEN_MAX, &acks, &err);
	if (st == OK)
		st = check_all(r, buf_view(&acks), &n, &err);
	registry_close(r);
	free(acks.ptr);
	if (st)
		(void)fprintf(stderr, "crash: %s\n", err.text[0] != '\0' ? err.text : status_text(st));
	else
		(void)printf("%lu\n", n);
	return st ? 1 : 0;
}

int
main(int argc, char **argv)
{
	if (argc >= 6 && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	if (argc == 4 && strcmp(argv[1], "check") == 0)
		return check(argv + 2);
	(void)fprintf(stderr, "usage: crash run ACKS LOG never|N|+N COMMAND...\n       crash check HOME ACKS\n");
	return 2;
}
