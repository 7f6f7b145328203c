#include "tools/verifier/verifier.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/shared/progress.h"
#include "tools/shared/terminal.h"
#include "tools/verifier/renewal.h"

/* The main thread reads chunks of whole lines into a ring and writes finished answers in order; the workers judge.
 *
 *	read -> FILLED -> (worker) TAKEN -> JUDGED -> written -> FREE */

enum { CHUNK_LEN = 128 << 10, JOBS_MAX = 64 };
enum chunk_state { CHUNK_FREE, CHUNK_FILLED, CHUNK_TAKEN, CHUNK_JUDGED };

struct chunk {
	enum chunk_state state;
	bool begins_too_long;           /* before the text: a line that was too long to keep */
	uint64_t first_line;
	size_t lines, len;
	struct json out;
	struct tally tally;
	struct checks checks;
	uint8_t text[CHUNK_LEN];        /* whole lines, the last one perhaps without its end */
};

struct reader {
	int fd;
	bool ended, too_long;           /* too_long: in the middle of a line that is dropped */
	size_t carry_len;
	uint64_t line;                  /* lines handed out so far */
	uint8_t carry[QR_TEXT_LEN_MAX + 1];
};

struct ring {
	struct session *session;        /* the list's own copy */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct chunk *chunks;
	size_t chunks_n;
	uint64_t filled, taken, written; /* counts since the start; a chunk's place is its count modulo chunks_n */
	bool no_more;
};

static struct bytes
next_line(struct bytes *text)
{
	const uint8_t *end = memchr(text->ptr, '\n', text->len);
	size_t len = end != NULL ? (size_t)(end - text->ptr) : text->len;
	struct bytes line = { text->ptr, len };
	len += end != NULL;
	*text = (struct bytes){ text->ptr + len, text->len - len };
	return line;
}

static size_t
count_lines(const struct chunk *c)
{
	size_t n = c->begins_too_long;
	for (struct bytes text = { c->text, c->len }; text.len > 0; n++)
		(void)next_line(&text);
	return n;
}

/* Keep what follows the last line end for the next chunk, or forget it if it is longer than any QR text. */
static void
keep_tail(struct reader *r, struct chunk *c)
{
	size_t whole = c->len;
	while (whole > 0 && c->text[whole - 1] != '\n')
		whole--;
	size_t tail = c->len - whole;
	r->too_long = tail > sizeof(r->carry);
	r->carry_len = r->too_long ? 0 : tail;
	memcpy(r->carry, c->text + whole, r->carry_len);
	c->len = whole;
}

/* Drop the rest of a line that is too long; its end makes it one line of the chunk. */
static void
drop_head(struct reader *r, struct chunk *c)
{
	const uint8_t *end = memchr(c->text, '\n', c->len);
	if (end == NULL && !r->ended) {
		c->len = 0;
		return;
	}
	size_t head = end != NULL ? (size_t)(end - c->text) + 1 : c->len;
	memmove(c->text, c->text + head, c->len - head);
	c->len -= head;
	c->begins_too_long = true;
	r->too_long = false;
}

/* *some: the chunk holds lines.  False without an error: the input has ended. */
static enum status
chunk_fill(struct reader *r, struct chunk *c, bool *some)
{
	*some = false;
	while (!r->ended && !*some) {
		memcpy(c->text, r->carry, r->carry_len);
		ssize_t n = read(r->fd, c->text + r->carry_len, CHUNK_LEN - r->carry_len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR_SYSTEM;
		c->len = r->carry_len + (size_t)n;
		c->begins_too_long = false;
		r->carry_len = 0;
		r->ended = n == 0;
		if (r->too_long)
			drop_head(r, c);
		if (!r->ended && !r->too_long)
			keep_tail(r, c);
		*some = c->len > 0 || c->begins_too_long;
	}
	if (*some) {
		c->lines = count_lines(c);
		c->first_line = r->line + 1;
		r->line += c->lines;
	}
	return OK;
}

static void
chunk_judge(const struct session *s, struct chunk *c)
{
	uint64_t line = c->first_line;
	c->out = json_open(NULL);
	c->tally = (struct tally){ 0 };
	if (c->begins_too_long)
		judge_one(s, (struct bytes){ NULL, 0 }, line++, &c->out, &c->tally, &c->checks);
	for (struct bytes text = { c->text, c->len }; text.len > 0;) {
		struct bytes one = next_line(&text);
		judge_one(s, one.len <= QR_TEXT_LEN_MAX ? one : (struct bytes){ NULL, 0 }, line++, &c->out, &c->tally,
		    &c->checks);
	}
}

static void *
work(void *arg)
{
	struct ring *r = arg;
	(void)pthread_mutex_lock(&r->lock);
	for (;;) {
		while (r->taken == r->filled && !r->no_more)
			(void)pthread_cond_wait(&r->changed, &r->lock);
		if (r->taken == r->filled)
			break;
		struct chunk *c = &r->chunks[r->taken++ % r->chunks_n];
		c->state = CHUNK_TAKEN;
		(void)pthread_mutex_unlock(&r->lock);
		chunk_judge(r->session, c);
		(void)pthread_mutex_lock(&r->lock);
		c->state = CHUNK_JUDGED;
		(void)pthread_cond_broadcast(&r->changed);
	}
	(void)pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* The answers first: a log that fails does not take them away. */
static enum status
chunk_write(const struct session *s, struct chunk *c, struct tally *tally, struct progress *progress, struct err *err)
{
	struct bytes text = json_view(&c->out);
	bool good = fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
	int why = errno;
	tally_merge(tally, &c->tally);
	progress_add(progress, c->lines);
	good &= json_close(&c->out);
	enum status st = checks_log(&c->checks, s, err);
	return good ? st : err_set(err, ERR_SYSTEM, "writing the answers failed: %s", strerror(why));
}

/* Write the oldest chunk once it is judged.  Called with the lock held; wait: sleep until it is. */
static enum status
write_oldest(struct ring *r, bool wait, struct tally *tally, struct progress *progress, bool *written, struct err *err)
{
	struct chunk *c = &r->chunks[r->written % r->chunks_n];
	*written = false;
	while (wait && r->written < r->filled && c->state != CHUNK_JUDGED)
		(void)pthread_cond_wait(&r->changed, &r->lock);
	if (r->written == r->filled || c->state != CHUNK_JUDGED)
		return OK;
	(void)pthread_mutex_unlock(&r->lock);
	enum status st = chunk_write(r->session, c, tally, progress, err);
	(void)pthread_mutex_lock(&r->lock);
	c->state = CHUNK_FREE;
	r->written++;
	*written = true;
	return st;
}

/* Whether reading would return at once; a person or a scanner at the other end has not sent the next line yet. */
static bool
is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	return poll(&p, 1, 0) != 0;
}

/* With nothing in the ring nobody judges: the moment to take in a bundle that was installed while the reader waited. */
static void
renew(struct session *s)
{
	if (renewal_look(s->renewal, session_now(s))) {
		s->verifier = s->renewal->trusted->verifier;
		yp_bundle_info(s->verifier, &s->info);
	} else if (s->renewal->refused[0] != '\0') {
		(void)fprintf(stderr, "yaopai-verify: the bundle just installed cannot be used, the one before stays: %s\n", s->renewal->refused);
	}
}

/* Every answer is written before reading blocks, so that a line is answered before the next one is sent. */
static enum status
pump(struct ring *r, struct reader *reader, struct tally *tally, struct progress *progress, struct err *err)
{
	bool some = true;
	enum status st = OK;
	(void)pthread_mutex_lock(&r->lock);
	while (some && st == OK) {
		struct chunk *c = &r->chunks[r->filled % r->chunks_n];
		(void)pthread_mutex_unlock(&r->lock);
		if (chunk_fill(reader, c, &some) != OK)
			st = err_set(err, ERR_SYSTEM, "reading failed: %s", strerror(errno));
		(void)pthread_mutex_lock(&r->lock);
		if (some && st == OK && r->written == r->filled)
			renew(r->session);
		if (some && st == OK) {
			c->state = CHUNK_FILLED;
			r->filled++;
			(void)pthread_cond_broadcast(&r->changed);
		}
		bool written = true;
		while (written && st == OK) { /* what is ready, and as much as the ring needs to have room again */
			bool wait = !is_readable(reader->fd) || r->filled - r->written == r->chunks_n;
			st = write_oldest(r, wait, tally, progress, &written, err);
		}
	}
	r->no_more = true;
	(void)pthread_cond_broadcast(&r->changed);
	for (bool written = true; written && st == OK;)
		st = write_oldest(r, true, tally, progress, &written, err);
	(void)pthread_mutex_unlock(&r->lock);
	return st;
}

static enum status
ring_run(struct ring *r, struct reader *reader, struct tally *tally, struct err *err)
{
	pthread_t threads[JOBS_MAX];
	struct progress progress;
	unsigned n = 0, jobs = r->session->group != NULL ? 1 : r->session->settings->jobs; /* a group is kept in order */
	while (n < jobs && n < JOBS_MAX && pthread_create(&threads[n], NULL, work, r) == 0)
		n++;
	if (n == 0)
		return err_set(err, ERR_SYSTEM, "no thread could be started");
	bool hidden = r->session->settings->quiet || terminal_is(stdout) || isatty(reader->fd) == 1;
	progress_start(&progress, "judging", 0, hidden ? PROGRESS_QUIET : PROGRESS_TERMINAL);
	enum status st = pump(r, reader, tally, &progress, err);
	progress_end(&progress);
	while (n > 0)
		(void)pthread_join(threads[--n], NULL);
	for (; r->written < r->filled; r->written++) /* after a failure: judged, but not written */
		(void)json_close(&r->chunks[r->written % r->chunks_n].out);
	return st;
}

enum status
judge_lines(const struct session *s, const char *path, struct tally *tally, struct err *err)
{
	struct session own = *s;
	struct ring ring = { .session = &own, .chunks_n = 2 * s->settings->jobs + 2 };
	struct reader *reader = calloc(1, sizeof(*reader));
	enum status st = OK;
	bool is_stdin = strcmp(path, "-") == 0;
	ring.chunks = calloc(ring.chunks_n, sizeof(*ring.chunks));
	if (reader == NULL || ring.chunks == NULL) {
		st = err_set(err, ERR_SYSTEM, "out of memory");
		goto out;
	}
	reader->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (reader->fd < 0) {
		st = err_set(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
		goto out;
	}
	(void)pthread_mutex_init(&ring.lock, NULL);
	(void)pthread_cond_init(&ring.changed, NULL);
	st = ring_run(&ring, reader, tally, err);
	(void)pthread_mutex_destroy(&ring.lock);
	(void)pthread_cond_destroy(&ring.changed);
	if (st != OK)
		err_in(err, st, "%s", is_stdin ? "standard input" : path);
	if (!is_stdin)
		(void)close(reader->fd);
out:
	for (size_t i = 0; ring.chunks != NULL && i < ring.chunks_n; i++)
		checks_free(&ring.chunks[i].checks);
	free(ring.chunks);
	free(reader);
	return st;
}
