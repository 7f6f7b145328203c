/* client.h -- a small HTTP/1.1 client for one local endpoint: keep-alive, one request at a time.
 *
 * For rehearsals and measurements, not for the Internet: no TLS, no redirects, no chunked bodies
 * (the endpoint sends none); every answer must fit CLIENT_ANSWER_MAX. */
#ifndef ASK_CLIENT_H
#define ASK_CLIENT_H

#include "base/bytes.h"
#include "base/err.h"

#define CLIENT_ANSWER_MAX (64u << 10)

struct client {
	int  fd;
	char host[48];                 /* IPv4 address */
	unsigned port;
	size_t got;
	uint8_t answer[CLIENT_ANSWER_MAX + 1];
};

/* where: "127.0.0.1:8080".  Waits at most 10 s for each read. */
MUST_CHECK enum status client_open(struct client *c, const char *where, struct err *err);
/* POST body as JSON; *code is the HTTP status, *reply a view into c until the next call.  A connection the server
 * closed between requests is opened again once. */
MUST_CHECK enum status client_post(struct client *c, const char *path, struct bytes body, unsigned *code, struct bytes *reply,
    struct err *err);
void client_close(struct client *c);

#endif
