#include "tools/endpoint/service.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"

void
respond(struct http_response *rs, unsigned status, const char *content_type, struct textbuf *t)
{
	rs->status = t->failed ? 503 : status;
	rs->content_type = t->failed ? "text/plain" : content_type;
	rs->body = t->ptr;
	rs->body_len = t->failed ? 0 : t->len;
	*t = (struct textbuf){ 0 };
}

void
problem(struct http_response *rs, unsigned status, const char *title, const char *detail)
{
	struct textbuf t = { 0 };
	textbuf_addf(&t, "{\"type\":\"about:blank\",\"status\":%u,\"title\":", status);
	textbuf_json(&t, bytes_str(title));
	textbuf_add(&t, ",\"detail\":");
	textbuf_json(&t, bytes_str(detail));
	textbuf_add(&t, "}\n");
	respond(rs, status, "application/problem+json", &t);
}

static bool
etag_of(struct bytes body, char out[40])
{
	struct digest d;
	if (sha256(body, &d) != OK)
		return false;
	out[0] = '"';
	hex_encode((struct bytes){ d.b, 16 }, out + 1);
	out[33] = '"';
	out[34] = '\0';
	return true;
}

/* One published file, as it is on disk now. */
static void
serve_file(struct service *s, const struct http_request *rq, const char *name, const char *content_type, struct http_response *rs)
{
	char path[4096];
	struct buf file = { 0 };
	enum status st = path_join(s->published, name, path, sizeof(path), NULL);
	if (st == OK)
		st = file_load(path, BUNDLE_LEN_MAX, &file, NULL);
	if (st == ERR_NOT_FOUND) {
		problem(rs, 404, "not published", "there is no such list; see the numbers in the credentials or take the bundle");
		return;
	}
	if (st || !etag_of(buf_view(&file), rs->etag)) {
		free(file.ptr);
		problem(rs, 503, "not available now", "the published files cannot be read; try again");
		return;
	}
	rs->cache_control = "public, max-age=60";
	if (bytes_eq(rq->if_none_match, bytes_str(rs->etag))) {
		free(file.ptr);
		rs->status = 304;
		return;
	}
	rs->status = 200;
	rs->content_type = content_type;
	rs->body = file.ptr;
	rs->body_len = file.len;
}

static bool
tail_of(struct bytes path, struct bytes head, struct bytes *tail)
{
	if (!bytes_starts_with(path, head))
		return false;
	*tail = (struct bytes){ path.ptr + head.len, path.len - head.len };
	return true;
}

static void
serve_status_list(struct service *s, const struct http_request *rq, struct bytes number, struct http_response *rs)
{
	char name[40];
	uint64_t n = 0;
	if (text_uint(number, &n) != OK || n > UINT32_MAX || (number.len > 1 && number.ptr[0] == '0')) {
		problem(rs, 404, "no such status list", "a status list has a decimal number, as in /s/0");
		return;
	}
	(void)snprintf(name, sizeof(name), "statuslists/%llu", (unsigned long long)n);
	serve_file(s, rq, name, "application/statuslist+cwt", rs);
}

void
service_heed(struct service *s, const struct answer *a)
{
	if (a->alert)
		(void)fprintf(stderr, "yaopaid: ALERT: %s\n", a->judged.sentence);
	if (a->damaged)
		atomic_store(&s->damaged, true);
}

/* NULL, or why not. */
static const char *
not_ready(struct service *s)
{
	struct txn t;
	struct bytes settings;
	struct digest head;
	uint64_t sequence = 0;
	if (atomic_load(&s->damaged))
		return "a damaged record was met; audit the register (yaopai audit), mend it, and start yaopaid again";
	if (!store_is_in_place(registry_store(s->registry)))
		return "another register was put in the place of this one; start yaopaid again";
	enum status st = txn_begin_read(registry_store(s->registry), &t);
	if (st == OK)
		st = txn_get(&t, TABLE_META, BYTES_LIT("settings"), &settings);
	if (st == OK)
		st = journal_head(&t, &sequence, &head);
	txn_end(&t);
	return st ? "the register cannot be read; audit it (yaopai audit)" : NULL;
}

static void
serve_readiness(struct service *s, struct http_response *rs)
{
	struct textbuf t = { 0 };
	const char *why = not_ready(s);
	if (why != NULL) {
		problem(rs, 503, "not ready", why);
		return;
	}
	textbuf_add(&t, "ready\n");
	respond(rs, 200, "text/plain; charset=utf-8", &t);
}

static void
serve_get(struct service *s, const struct http_request *rq, struct http_response *rs)
{
	struct bytes tail;
	if (tail_of(rq->path, BYTES_LIT("/V/"), &tail) || tail_of(rq->path, BYTES_LIT("/v/"), &tail))
		page_token(s, rq, tail, rs);
	else if (tail_of(rq->path, BYTES_LIT("/statuslists/"), &tail) || tail_of(rq->path, BYTES_LIT("/s/"), &tail))
		serve_status_list(s, rq, tail, rs);
	else if (bytes_eq(rq->path, BYTES_LIT("/trust")))
		serve_file(s, rq, "trust", "application/cwt", rs);
	else if (bytes_eq(rq->path, BYTES_LIT("/bundle")))
		serve_file(s, rq, "bundle", "application/cbor-seq", rs);
	else if (bytes_eq(rq->path, BYTES_LIT("/readyz")))
		serve_readiness(s, rs);
	else if (bytes_eq(rq->path, BYTES_LIT("/healthz"))) {
		struct textbuf t = { 0 };
		textbuf_add(&t, "ok\n");
		respond(rs, 200, "text/plain; charset=utf-8", &t);
	} else
		problem(rs, 404, "no such address", "known: POST /v1/verify, GET /V/{token}, /s/{n}, /trust, /bundle, /healthz, /readyz");
}

void
service_handle(void *ctx, const struct http_request *rq, struct http_response *rs)
{
	struct service *s = ctx;
	bool is_api = bytes_eq(rq->path, BYTES_LIT("/v1/verify"));
	if (is_api && rq->method == HTTP_POST)
		api_verify(s, rq, rs);
	else if (!is_api && (rq->method == HTTP_GET || rq->method == HTTP_HEAD))
		serve_get(s, rq, rs);
	else {
		rs->allow = is_api ? "POST" : "GET, HEAD";
		problem(rs, 405, "method not allowed", is_api ? "send a POST with {\"token\": \"...\"}" : "this address answers GET and HEAD");
	}
}
