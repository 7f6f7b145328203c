#include "tools/endpoint/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"

enum { IDLE_TIMEOUT_S = 10, CONNECTIONS_MAX = 4096, CONNECTION_MEMORY = 32 * 1024 };

struct http {
	struct MHD_Daemon *daemon;
	http_handler *handler;
	void *ctx;
	unsigned port;
};

struct exchange { /* one request as its body arrives */
	uint8_t *body;
	size_t len, cap;
	bool too_long, no_memory;
};

static enum http_method
method_of(const char *m)
{
	if (strcmp(m, MHD_HTTP_METHOD_GET) == 0)
		return HTTP_GET;
	if (strcmp(m, MHD_HTTP_METHOD_HEAD) == 0)
		return HTTP_HEAD;
	if (strcmp(m, MHD_HTTP_METHOD_POST) == 0)
		return HTTP_POST;
	return strcmp(m, MHD_HTTP_METHOD_OPTIONS) == 0 ? HTTP_OPTIONS : HTTP_OTHER;
}

static struct bytes
header_of(struct MHD_Connection *c, const char *name)
{
	const char *value = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
	return value != NULL ? bytes_str(value) : (struct bytes){ NULL, 0 };
}

static void
add_headers(struct MHD_Response *r, const struct http_response *rs)
{
	const struct { const char *name, *value; } headers[] = {
		{ MHD_HTTP_HEADER_CONTENT_TYPE, rs->content_type },
		{ MHD_HTTP_HEADER_CACHE_CONTROL, rs->cache_control ? rs->cache_control : "no-store" },
		{ MHD_HTTP_HEADER_ALLOW, rs->allow },
		{ MHD_HTTP_HEADER_ETAG, rs->etag[0] != '\0' ? rs->etag : NULL },
		{ MHD_HTTP_HEADER_VARY, rs->vary_language ? "Accept-Language" : NULL },
		{ "Content-Security-Policy", rs->security_policy },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" }, /* the address of a page holds the token */
	};
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (headers[i].value != NULL)
			(void)MHD_add_response_header(r, headers[i].name, headers[i].value);
	}
}

static enum MHD_Result
send_response(struct MHD_Connection *c, struct http_response *rs)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(rs->body_len, rs->body, MHD_RESPMEM_MUST_FREE);
	if (r == NULL) {
		free(rs->body);
		return MHD_NO;
	}
	add_headers(r, rs);
	enum MHD_Result sent = MHD_queue_response(c, rs->status, r);
	MHD_destroy_response(r);
	return sent;
}

static void
collect(struct exchange *x, const char *data, size_t len)
{
	if (x->too_long || x->no_memory)
		return;
	if (len > HTTP_BODY_LEN_MAX - x->len) {
		x->too_long = true;
		return;
	}
	if (x->len + len > x->cap) {
		size_t cap = x->len + len < 2048 ? 2048 : HTTP_BODY_LEN_MAX;
		uint8_t *grown = realloc(x->body, cap);
		if (grown == NULL) {
			x->no_memory = true;
			return;
		}
		x->body = grown;
		x->cap = cap;
	}
	memcpy(x->body + x->len, data, len);
	x->len += len;
}

static void
plain_refusal(struct http_response *rs, unsigned status, const char *sentence)
{
	size_t len = strlen(sentence);
	rs->status = status;
	rs->content_type = "text/plain; charset=utf-8";
	rs->body = malloc(len);
	if (rs->body != NULL) {
		memcpy(rs->body, sentence, len);
		rs->body_len = len;
	}
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
    const char *data, size_t *data_len, void **state)
{
	(void)version;
	struct http *h = cls;
	struct exchange *x = *state;

	if (x == NULL) { /* the headers have arrived */
		x = calloc(1, sizeof(*x));
		*state = x;
		return x != NULL ? MHD_YES : MHD_NO;
	}
	if (*data_len > 0) {
		collect(x, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}

	struct http_response rs = { 0 };
	if (x->too_long)
		plain_refusal(&rs, MHD_HTTP_CONTENT_TOO_LARGE, "the body is longer than 65536 bytes\n");
	else if (x->no_memory)
		plain_refusal(&rs, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory, try again\n");
	else {
		struct http_request rq = {
			.method = method_of(method), .path = bytes_str(url), .body = { x->body, x->len },
			.accept_language = header_of(c, MHD_HTTP_HEADER_ACCEPT_LANGUAGE),
			.content_type = header_of(c, MHD_HTTP_HEADER_CONTENT_TYPE),
			.if_none_match = header_of(c, MHD_HTTP_HEADER_IF_NONE_MATCH),
		};
		h->handler(h->ctx, &rq, &rs);
	}
	return send_response(c, &rs);
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	(void)cls, (void)c, (void)why;
	struct exchange *x = *state;
	if (x != NULL) {
		free(x->body);
		free(x);
	}
	*state = NULL;
}

/* "[::1]:80", "127.0.0.1:80", ":80" -> a socket address. */
static enum status
address_parse(const char *address, struct sockaddr_storage *out, socklen_t *len, struct err *err)
{
	char host[64];
	const char *colon = strrchr(address, ':');
	uint64_t port = 0;
	if (colon == NULL || (size_t)(colon - address) >= sizeof(host) ||
	    text_uint(bytes_str(colon + 1), &port) != OK || port > UINT16_MAX)
		return err_set(err, ERR_ARGUMENT, "listen address %.60s is not HOST:PORT, for example 127.0.0.1:8080", address);
	size_t n = (size_t)(colon - address);
	memcpy(host, address, n);
	host[n] = '\0';

	memset(out, 0, sizeof(*out));
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		*len = sizeof(*v6);
		if (inet_pton(AF_INET6, host + 1, &v6->sin6_addr) == 1)
			return OK;
	} else {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		*len = sizeof(*v4);
		if (inet_pton(AF_INET, n == 0 ? "0.0.0.0" : host, &v4->sin_addr) == 1)
			return OK;
	}
	return err_set(err, ERR_ARGUMENT, "listen address %.60s does not begin with an IP address", address);
}

static enum status
listen_on(const char *address, int *out, struct err *err)
{
	struct sockaddr_storage sa;
	socklen_t len = 0;
	enum status st = address_parse(address, &sa, &len, err);
	if (st)
		return st;
	int on = 1, fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "no socket for %s: %s", address, strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, len) != 0 || listen(fd, 1024) != 0) {
		st = err_set(err, ERR_SYSTEM, "cannot listen on %s: %s", address, strerror(errno));
		(void)close(fd);
		return st;
	}
	*out = fd;
	return OK;
}

static unsigned
bound_port(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
		return 0;
	return ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port : ((struct sockaddr_in *)&sa)->sin_port);
}

enum status
http_start(const char *address, unsigned threads, http_handler *handler, void *ctx, struct http **out, struct err *err)
{
	int fd = -1;
	enum status st = listen_on(address, &fd, err);
	if (st)
		return st;
	struct http *h = calloc(1, sizeof(*h));
	if (h == NULL) {
		(void)close(fd);
		return err_set(err, ERR_SYSTEM, "out of memory");
	}
	h->handler = handler;
	h->ctx = ctx;
	h->port = bound_port(fd);
	h->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, 0, NULL, NULL, on_request, h,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
	if (h->daemon == NULL) {
		(void)close(fd);
		free(h);
		return err_set(err, ERR_SYSTEM, "the HTTP service on %s did not start: %s", address, strerror(errno));
	}
	*out = h;
	return OK;
}

unsigned
http_port(const struct http *h)
{
	return h->port;
}

void
http_stop(struct http *h)
{
	if (h == NULL)
		return;
	MHD_stop_daemon(h->daemon);
	free(h);
}
