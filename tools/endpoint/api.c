#include <jansson.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/endpoint/service.h"

static struct bytes
text_view(struct yp_text t)
{
	return (struct bytes){ (const uint8_t *)t.ptr, t.len };
}

static void
add_text(struct textbuf *t, const char *name, struct yp_text value)
{
	if (value.len == 0)
		return;
	textbuf_addf(t, ",\"%s\":", name);
	textbuf_json(t, text_view(value));
}

static void
add_instant(struct textbuf *t, const char *name, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		textbuf_addf(t, ",\"%s\":\"%s\"", name, instant_text(unix_s, text));
}

/* The public facts, and only when the issuer's signature stands behind them. */
static void
add_certificate(struct textbuf *t, const struct yp_answer *a)
{
	static const char *const kinds[] = { "unknown", "enforcement", "supervision", "moderator", "body" };
	textbuf_addf(t, ",\"certificate\":{\"kind\":\"%s\"", kinds[a->kind <= 4 ? a->kind : 0]);
	add_text(t, "number", a->number);
	add_text(t, "name", a->name);
	add_text(t, "body", a->body_name);
	add_text(t, "body_uscc", a->body_uscc);
	add_text(t, "post", a->post);
	add_text(t, "entrusted_by", a->entrusting_name);
	textbuf_add(t, ",\"fields\":[");
	for (size_t i = 0; i < a->fields_n; i++)
		textbuf_addf(t, "%s%u", i ? "," : "", a->fields[i]);
	textbuf_addf(t, "],\"jurisdiction\":%u", a->jurisdiction);
	add_instant(t, "issued_at", a->iat_unix_s);
	add_instant(t, "valid_until", a->exp_unix_s);
	textbuf_add(t, "}");
}

static void
add_effective(struct textbuf *t, const struct effective *e)
{
	textbuf_addf(t, ",\"effective\":{\"status\":\"%s\"", e->value == 0 ? "good" : e->value == 1 ? "void" : "suspended");
	if (e->cause != CAUSE_NONE) {
		textbuf_addf(t, ",\"cause\":\"%s\"", cause_text(e->cause));
		add_instant(t, "since", e->change.effective_unix_s);
	}
	textbuf_add(t, "}");
}

static void
add_answer(struct textbuf *t, const struct answer *a)
{
	static const char *const sources[] = { "none", "register", "signature" };
	const struct yp_answer *j = &a->judged;
	textbuf_addf(t, "{\"verdict\":\"%s\",\"code\":%d,\"sentence\":", yp_verdict_text(j->verdict), (int)j->verdict);
	textbuf_json(t, bytes_str(j->sentence));
	textbuf_addf(t, ",\"source\":\"%s\",\"stale\":%s,\"demonstration\":%s", sources[a->source], j->stale ? "true" : "false",
	    j->demonstration ? "true" : "false");
	if (j->demonstration)
		textbuf_add(t, ",\"note\":\"DEMONSTRATION: example keys, no legal effect\"");
	add_instant(t, "as_of", j->status_as_of_unix_s);
	if (j->presented)
		textbuf_addf(t, ",\"live\":%s", j->live ? "true" : "false");
	if (j->facts_proven && j->verdict != YP_NOT_ON_REGISTER)
		add_certificate(t, j);
	if (a->on_register && j->verdict != YP_NOT_ON_REGISTER)
		add_effective(t, &a->effective);
	textbuf_add(t, "}\n");
}

/* The one member a request may have.  Views into *root. */
static bool
token_of(json_t *root, struct bytes *token, struct http_response *rs)
{
	const char *key;
	json_t *value;
	*token = (struct bytes){ NULL, 0 };
	if (!json_is_object(root)) {
		problem(rs, 400, "not a JSON object", "send {\"token\": \"...\"}");
		return false;
	}
	json_object_foreach (root, key, value) {
		if (strcmp(key, "token") != 0) {
			problem(rs, 400, "unknown member", "the only member of the request is \"token\"");
			return false;
		}
		if (!json_is_string(value)) {
			problem(rs, 400, "token is not a string", "send the text of the QR code as a JSON string");
			return false;
		}
		*token = (struct bytes){ (const uint8_t *)json_string_value(value), json_string_length(value) };
	}
	if (token->ptr == NULL) {
		problem(rs, 400, "no token", "send {\"token\": \"...\"}");
		return false;
	}
	if (token->len > QR_TEXT_LEN_MAX) {
		problem(rs, 400, "token too long", "no QR code holds more than 4,096 characters");
		return false;
	}
	return true;
}

static void
verify_one(struct service *s, struct bytes token, struct http_response *rs)
{
	struct answer a;
	struct textbuf t = { 0 };
	if (answer_token(s->registry, s->trust, token, s->now(), &a) != OK) {
		problem(rs, 503, "could not judge", "the register or the keys are not available now; try again");
		return;
	}
	service_heed(s, &a);
	add_answer(&t, &a);
	respond(rs, 200, "application/json", &t);
}

void
api_verify(struct service *s, const struct http_request *rq, struct http_response *rs)
{
	json_error_t je;
	struct bytes token;
	struct bytes type = rq->content_type;
	if (!bytes_starts_with(type, BYTES_LIT("application/json"))) {
		problem(rs, 415, "not JSON", "send Content-Type: application/json");
		return;
	}
	json_t *root = json_loadb((const char *)rq->body.ptr, rq->body.len, JSON_REJECT_DUPLICATES, &je);
	if (root == NULL)
		problem(rs, 400, "malformed JSON", "the body is not one JSON value in UTF-8 without duplicate members");
	else if (token_of(root, &token, rs))
		verify_one(s, token, rs);
	json_decref(root);
}
