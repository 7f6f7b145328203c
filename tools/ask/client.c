#include "tools/ask/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"

static enum status
client_connect(struct client *c, struct err *err)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons((uint16_t)c->port) };
	struct timeval patience = { .tv_sec = 10 };
	int on = 1;
	if (inet_pton(AF_INET, c->host, &sa.sin_addr) != 1)
		return err_set(err, ERR_ARGUMENT, "%s is not an IPv4 address", c->host);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return err_set(err, ERR_SYSTEM, "no socket: %s", strerror(errno));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(c->fd, (struct sockaddr *)&sa, sizeof(sa)) != 0) {
		enum status st = err_set(err, ERR_SYSTEM, "no answer from %s port %u: %s", c->host, c->port, strerror(errno));
		client_close(c);
		return st;
	}
	return OK;
}

enum status
client_open(struct client *c, const char *where, struct err *err)
{
	const char *colon = strrchr(where, ':');
	uint64_t port = 0;
	c->fd = -1;
	c->got = 0;
	if (colon == NULL || (size_t)(colon - where) >= sizeof(c->host) || text_uint(bytes_str(colon + 1), &port) != OK ||
	    port == 0 || port > UINT16_MAX)
		return err_set(err, ERR_ARGUMENT, "endpoint %.60s is not ADDRESS:PORT, for example 127.0.0.1:8080", where);
	memcpy(c->host, where, (size_t)(colon - where));
	c->host[colon - where] = '\0';
	c->port = (unsigned)port;
	return client_connect(c, err);
}

void
client_close(struct client *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

static bool
send_all(int fd, struct bytes b)
{
	while (b.len > 0) {
		ssize_t n = send(fd, b.ptr, b.len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		b.ptr += n;
		b.len -= (size_t)n;
	}
	return true;
}

/* Content-Length of a header block, or SIZE_MAX. */
static size_t
content_length(const char *headers, const char *end)
{
	for (const char *line = headers; line < end;) {
		const char *eol = strstr(line, "\r\n");
		if (eol == NULL || eol > end)
			break;
		if (strncasecmp(line, "Content-Length:", 15) == 0) {
			uint64_t n = 0;
			struct bytes v = { (const uint8_t *)line + 15, (size_t)(eol - line) - 15 };
			return text_uint(text_trim(v), &n) == OK ? (size_t)n : SIZE_MAX;
		}
		line = eol + 2;
	}
	return SIZE_MAX;
}

static enum status
read_answer(struct client *c, unsigned *code, struct bytes *reply, bool *closed, struct err *err)
{
	size_t want = SIZE_MAX, head = 0;
	c->got = 0;
	*closed = false;
	while (c->got < want) {
		ssize_t n = recv(c->fd, c->answer + c->got, CLIENT_ANSWER_MAX - c->got, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			*closed = c->got == 0 && (n == 0 || errno == ECONNRESET);
			return err_set(err, ERR_SYSTEM, "the answer broke off after %zu bytes", c->got);
		}
		c->got += (size_t)n;
		c->answer[c->got] = '\0';
		const char *text = (const char *)c->answer, *end = strstr(text, "\r\n\r\n");
		if (want == SIZE_MAX && end != NULL) {
			head = (size_t)(end - text) + 4;
			size_t body = content_length(text, end + 2);
			uint64_t status = 0;
			struct bytes digits = { c->answer + 9, 3 };
			if (body > CLIENT_ANSWER_MAX - head || text_uint(digits, &status) != OK)
				return err_set(err, ERR_FORMAT, "the answer is not HTTP/1.1 with a length of at most %u", CLIENT_ANSWER_MAX);
			*code = (unsigned)status;
			want = head + body;
		}
		if (c->got == CLIENT_ANSWER_MAX && c->got < want)
			return err_set(err, ERR_LIMIT, "the answer is longer than %u bytes", CLIENT_ANSWER_MAX);
	}
	*reply = (struct bytes){ c->answer + head, want - head };
	return OK;
}

enum status
client_post(struct client *c, const char *path, struct bytes body, unsigned *code, struct bytes *reply, struct err *err)
{
	char head[256];
	int n = snprintf(head, sizeof(head),
	    "POST %s HTTP/1.1\r\nHost: %s:%u\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", path, c->host,
	    c->port, body.len);
	if (n < 0 || (size_t)n >= sizeof(head))
		return err_set(err, ERR_ARGUMENT, "the path %.60s is too long", path);
	for (int attempt = 0;; attempt++) {
		bool closed = true;
		struct err e = { 0 };
		enum status st = ERR_SYSTEM;
		if (c->fd < 0 && (st = client_connect(c, err)) != OK)
			return st;
		if (send_all(c->fd, (struct bytes){ (const uint8_t *)head, (size_t)n }) && send_all(c->fd, body))
			st = read_answer(c, code, reply, &closed, &e);
		else
			st = err_set(&e, ERR_SYSTEM, "the connection broke: %s", strerror(errno));
		if (st == OK)
			return OK;
		client_close(c);
		if (!closed || attempt > 0)
			return err_set(err, st, "%s", e.text);
	}
}
