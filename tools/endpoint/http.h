/* http.h -- the only door to libmicrohttpd: sockets, threads, limits.
 *
 * HTTP/1.1 on one listening socket, an epoll thread for each core.  TLS, HTTP/2 and rate limits belong to the
 * reverse proxy in front.  A request reaches the handler only when it is complete and within the limits:
 * a body over HTTP_BODY_LEN_MAX is answered 413, a header block over 32 KiB or a malformed request is refused by the
 * library, a client idle for 10 s is cut. */
#ifndef ENDPOINT_HTTP_H
#define ENDPOINT_HTTP_H

#include "base/bytes.h"
#include "base/err.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS, HTTP_OTHER };

struct http_request {                     /* views live until the handler returns */
	enum http_method method;
	struct bytes path;                    /* percent-decoded, without the query; may hold any byte but NUL */
	struct bytes accept_language, content_type, if_none_match; /* empty if absent */
	struct bytes body;
};

struct http_response {                    /* zeroed before the handler runs */
	unsigned status;                      /* 200, 400, ... */
	const char *content_type;             /* static */
	const char *cache_control;            /* static; NULL = no-store */
	const char *allow;                    /* static; for 405 */
	const char *security_policy;          /* static Content-Security-Policy; NULL = none */
	bool     vary_language;
	char     etag[40];                    /* with its quotes; empty = none */
	uint8_t *body;                        /* malloc'ed by the handler, freed by http */
	size_t   body_len;
};

typedef void http_handler(void *ctx, const struct http_request *rq, struct http_response *rs);

struct http;
/* address: "127.0.0.1:8443", "[::1]:80", ":8080" (all addresses).  Port 0: any; http_port tells. */
MUST_CHECK enum status http_start(const char *address, unsigned threads, http_handler *handler, void *ctx,
    struct http **out, struct err *err);
unsigned http_port(const struct http *h);
void http_stop(struct http *h);           /* finishes what is under way; NULL is fine */

#endif
