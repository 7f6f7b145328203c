/* yaopai-ask -- ask an endpoint about tokens of a list and compare each answer with the one expected.
 *
 * The list is what `yaopai export tokens` writes: number,kind,expected,token.  For the quickstart, tests and
 * measurements. Exit: 0 every answer as expected, 1 some not, 2 could not ask. */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tools/ask/client.h"
#include "tools/shared/progress.h"

struct options {
	const char *endpoint, *list;
	uint64_t draw, seed;
	unsigned connections;
	bool quiet;
};

struct question { struct bytes expected, token; };

struct asking { /* shared by the connections */
	const struct options *o;
	const struct question *questions;
	size_t n, next;
	uint64_t mismatches, unknown, unavailable; /* the last two are mismatches that say nothing false */
	bool failed;
	struct err err;
	struct progress *progress;
	pthread_mutex_t lock;
};

static const char usage[] =
    "usage: yaopai-ask --endpoint ADDRESS:PORT [--draw N] [--seed S] [--connections C] [--quiet] TOKENS.csv\n"
    "Ask POST /v1/verify about N tokens of the list (all without --draw) and compare the verdicts.\n"
    "Exit: 0 all as expected, 1 some not, 2 could not ask.\n";

static uint64_t
next_random(uint64_t *state) /* splitmix64: to draw a sample, nothing secret */
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static struct bytes
last_cells(struct bytes line, struct bytes *expected)
{
	struct bytes none = { NULL, 0 };
	size_t comma[8], n = 0;
	for (size_t i = 0; i < line.len && n < 8; i++)
		if (line.ptr[i] == ',')
			comma[n++] = i;
	if (n != 3)
		return none;
	*expected = (struct bytes){ line.ptr + comma[1] + 1, comma[2] - comma[1] - 1 };
	return text_trim((struct bytes){ line.ptr + comma[2] + 1, line.len - comma[2] - 1 });
}

static enum status
list_read(struct bytes text, struct question **out, size_t *n, struct err *err)
{
	size_t cap = 1024, row = 0;
	struct question *q = malloc(cap * sizeof(*q));
	*n = 0;
	for (size_t at = 0; q != NULL && at < text.len; row++) {
		const uint8_t *eol = memchr(text.ptr + at, '\n', text.len - at);
		size_t len = eol != NULL ? (size_t)(eol - text.ptr) - at : text.len - at;
		struct bytes line = { text.ptr + at, len };
		at += len + 1;
		if (row == 0 || line.len == 0)
			continue;
		if (*n == cap) {
			struct question *more = realloc(q, 2 * cap * sizeof(*q));
			if (more == NULL)
				break;
			q = more;
			cap *= 2;
		}
		q[*n].token = last_cells(line, &q[*n].expected);
		if (q[*n].token.len == 0 || q[*n].token.len > QR_TEXT_LEN_MAX) {
			free(q);
			return err_set(err, ERR_FORMAT, "row %zu is not number,kind,expected,token", row + 1);
		}
		++*n;
	}
	*out = q;
	return q != NULL ? OK : err_set(err, ERR_SYSTEM, "out of memory");
}

static void
draw(struct question *q, size_t n, size_t wanted, uint64_t seed)
{
	for (size_t i = 0; i < wanted; i++) { /* the first `wanted` places of a Fisher-Yates shuffle */
		size_t j = i + (size_t)(next_random(&seed) % (n - i));
		struct question t = q[i];
		q[i] = q[j];
		q[j] = t;
	}
}

static bool
verdict_is(struct bytes reply, struct bytes expected)
{
	char want[64];
	int n = snprintf(want, sizeof(want), "\"verdict\":\"%.*s\"", BYTES_FMT(expected));
	/* the client ends the answer with a NUL */
	return n > 0 && (size_t)n < sizeof(want) && strstr((const char *)reply.ptr, want) != NULL;
}

enum outcome { AS_EXPECTED, UNKNOWN, UNAVAILABLE, OTHER };

static enum status
ask_one(struct client *c, const struct question *q, enum outcome *outcome, struct err *err)
{
	char body[QR_TEXT_LEN_MAX + 32];
	unsigned code = 0;
	struct bytes reply = { NULL, 0 };
	int n = snprintf(body, sizeof(body), "{\"token\":\"%.*s\"}", BYTES_FMT(q->token));
	if (n < 0 || (size_t)n >= sizeof(body))
		return err_set(err, ERR_LIMIT, "a token is too long to ask about");
	enum status st = client_post(c, "/v1/verify", (struct bytes){ (const uint8_t *)body, (size_t)n }, &code, &reply, err);
	*outcome = st == OK && code == 503 ? UNAVAILABLE : st != OK || code != 200 ? OTHER : verdict_is(reply, q->expected) ? AS_EXPECTED
	    : verdict_is(reply, BYTES_LIT("STATUS_UNKNOWN")) ? UNKNOWN : OTHER;
	return st;
}

static void *
connection(void *arg)
{
	struct asking *a = arg;
	struct err err = { 0 };
	struct client *c = malloc(sizeof(*c));
	enum status st = c == NULL ? err_set(&err, ERR_SYSTEM, "out of memory") : client_open(c, a->o->endpoint, &err);
	while (st == OK) {
		(void)pthread_mutex_lock(&a->lock);
		size_t i = a->failed ? a->n : a->next++;
		(void)pthread_mutex_unlock(&a->lock);
		if (i >= a->n)
			break;
		enum outcome outcome = OTHER;
		st = ask_one(c, &a->questions[i], &outcome, &err);
		(void)pthread_mutex_lock(&a->lock);
		a->mismatches += st == OK && outcome != AS_EXPECTED;
		a->unknown += st == OK && outcome == UNKNOWN;
		a->unavailable += st == OK && outcome == UNAVAILABLE;
		progress_add(a->progress, 1);
		(void)pthread_mutex_unlock(&a->lock);
	}
	if (st) {
		(void)pthread_mutex_lock(&a->lock);
		if (!a->failed)
			a->err = err;
		a->failed = true;
		(void)pthread_mutex_unlock(&a->lock);
	}
	if (c != NULL)
		client_close(c);
	free(c);
	return NULL;
}

static int
ask_all(struct asking *a)
{
	pthread_t threads[64];
	unsigned started = 0;
	while (started < a->o->connections && pthread_create(&threads[started], NULL, connection, a) == 0)
		started++;
	for (unsigned i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	progress_end(a->progress);
	if (started == 0 || a->failed) {
		(void)fprintf(stderr, "yaopai-ask: %s\n", started == 0 ? "no thread could be started" : a->err.text);
		return 2;
	}
	(void)printf("{\"asked\":%zu,\"mismatches\":%llu,\"unknown\":%llu,\"unavailable\":%llu}\n", a->n, (unsigned long long)a->mismatches,
	    (unsigned long long)a->unknown, (unsigned long long)a->unavailable);
	return a->mismatches == 0 ? 0 : 1;
}

static int
run(const struct options *o)
{
	struct err err = { 0 };
	struct buf text = { 0 };
	struct question *questions = NULL;
	struct progress progress;
	struct asking a = { .o = o, .progress = &progress, .lock = PTHREAD_MUTEX_INITIALIZER };
	int code = 2;
	enum status st = file_load(o->list, IMPORT_LEN_MAX, &text, &err);
	if (st == OK)
		st = list_read(buf_view(&text), &questions, &a.n, &err);
	if (st) {
		(void)fprintf(stderr, "yaopai-ask: %s: %s\n", o->list, err.text);
		goto out;
	}
	if (o->draw > 0 && o->draw < a.n) {
		draw(questions, a.n, o->draw, o->seed);
		a.n = o->draw;
	}
	a.questions = questions;
	progress_start(&progress, "asking", a.n, o->quiet ? PROGRESS_QUIET : PROGRESS_AUTO);
	code = ask_all(&a);
out:
	free(questions);
	free(text.ptr);
	return code;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = { { "endpoint", 1, NULL, 'e' }, { "draw", 1, NULL, 'd' }, { "seed", 1, NULL, 's' },
		{ "connections", 1, NULL, 'c' }, { "quiet", 0, NULL, 'q' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct options o = { .seed = 1, .connections = 4 };
	uint64_t connections = 4;
	bool good = true;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'e': o.endpoint = optarg; break;
		case 'd': good = good && text_uint(bytes_str(optarg), &o.draw) == OK; break;
		case 's': good = good && text_uint(bytes_str(optarg), &o.seed) == OK; break;
		case 'c': good = good && text_uint(bytes_str(optarg), &connections) == OK; break;
		case 'q': o.quiet = true; break;
		case 'h': (void)fputs(usage, stdout); return 0;
		default:  good = false;
		}
	}
	if (!good || o.endpoint == NULL || optind + 1 != argc || connections < 1 || connections > 64) {
		(void)fputs(usage, stderr);
		return 2;
	}
	o.connections = (unsigned)connections;
	o.list = argv[optind];
	return run(&o);
}
