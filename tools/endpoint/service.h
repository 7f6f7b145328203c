/* service.h -- the routes: from a complete request to a complete answer.
 *
 *   POST /v1/verify          {"token": "..."} -> verdict and public facts, JSON
 *   GET  /V/{token}          the page for people, Chinese or English by Accept-Language
 *   GET  /statuslists/{n}    a status list token (application/statuslist+cwt); also at /s/{n}, the address credentials carry
 *   GET  /trust  /bundle     the trust list and the bundle
 *   GET  /healthz            "ok" while the process answers
 *   GET  /readyz             "ready", or 503 with why it should get no more questions: a damaged record was met, the register cannot be read, or another
 *                            one was put in its place; then audit, and start it again
 *
 * Errors are RFC 9457 problem documents.  Nothing of a request is reflected unescaped; tokens and names are never logged. */
#ifndef ENDPOINT_SERVICE_H
#define ENDPOINT_SERVICE_H

#include <stdatomic.h>

#include "registry/registry.h"
#include "tools/endpoint/answer.h"
#include "tools/endpoint/http.h"
#include "tools/shared/textbuf.h"

struct service {
	atomic_bool damaged;                  /* a damaged record was met since the start: it does not become ready again by itself */
	struct registry *registry;
	struct trust *trust;
	const char *published;                /* directory */
	const char *operator_name;            /* who runs this, for the page; NULL: the issuing authority */
	int64_t (*now)(void);                 /* base/clock.h clock_unix_s */
};

http_handler service_handle;              /* ctx: struct service */

/* api.c */
void api_verify(struct service *s, const struct http_request *rq, struct http_response *rs);
/* RFC 9457: title names what was wrong, detail what was wanted. */
void problem(struct http_response *rs, unsigned status, const char *title, const char *detail);
void respond(struct http_response *rs, unsigned status, const char *content_type, struct textbuf *t); /* takes t */

/* service.c: tell the operator of an alert, and remember damage. */
void service_heed(struct service *s, const struct answer *a);

/* page.c */
void page_token(struct service *s, const struct http_request *rq, struct bytes token, struct http_response *rs);

#endif
