#include "tools/verifier/verifier.h"

#include "base/text.h"
#include "base/time.h"
#include "tools/verifier/trusted.h"

static void
member_text(struct json *j, const char *name, struct yp_text t)
{
	if (t.len == 0)
		return;
	json_key(j, name);
	json_text(j, (struct bytes){ (const uint8_t *)t.ptr, t.len });
}

static void
member_instant(struct json *j, const char *name, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (unix_s == 0)
		return;
	json_key(j, name);
	json_str(j, instant_text(unix_s, text));
}

static void
member_certificate(struct json *j, const struct yp_answer *a)
{
	static const char *const kinds[] = { "unknown", "enforcement", "supervision", "moderator", "body" };
	json_key(j, "certificate");
	json_object_begin(j);
	json_key(j, "kind");
	json_str(j, kinds[a->kind <= 4 ? a->kind : 0]);
	member_text(j, "number", a->number);
	member_text(j, "name", a->name);
	member_text(j, "body", a->body_name);
	member_text(j, "body_uscc", a->body_uscc);
	member_text(j, "post", a->post);
	member_text(j, "entrusted_by", a->entrusting_name);
	json_key(j, "fields");
	json_array_begin(j);
	for (size_t i = 0; i < a->fields_n; i++)
		json_uint(j, a->fields[i]);
	json_array_end(j);
	json_key(j, "jurisdiction");
	json_uint(j, a->jurisdiction);
	member_text(j, "issuing_authority", a->iss);
	member_instant(j, "issued_at", a->iat_unix_s);
	member_instant(j, "valid_until", a->exp_unix_s);
	json_key(j, "must_be_live"), json_bool(j, a->must_be_live);
	if (a->has_portrait_digest) {
		char hex[2 * sizeof(a->portrait_digest) + 1];
		hex_encode((struct bytes){ a->portrait_digest, sizeof(a->portrait_digest) }, hex);
		json_key(j, "portrait_digest"), json_str(j, hex);
	}
	json_object_end(j);
}

static void
member_portrait(struct json *j, const struct portrait *p)
{
	static const char *const found[] = { NULL, "none", "not in the pack", "damaged", "here", "not written" };
	if (p->found == PORTRAIT_NOT_ASKED)
		return;
	json_key(j, "portrait"), json_str(j, found[p->found]);
	if (p->path[0] != '\0')
		json_key(j, "portrait_file"), json_str(j, p->path);
}

void
print_json(const struct session *s, const struct yp_answer *a, const struct beside *b, struct json *j)
{
	json_object_begin(j);
	json_key(j, "verdict");
	json_str(j, yp_verdict_text(a->verdict));
	json_key(j, "code");
	json_int(j, (int)a->verdict);
	json_key(j, "sentence");
	json_str(j, a->sentence);
	if (s->picture != NULL) {
		json_key(j, "picture");
		json_str(j, s->picture);
	}
	if (b->line > 0) {
		json_key(j, s->picture != NULL ? "picture_code" : "line");
		json_uint(j, b->line);
	}
	json_key(j, "stale");
	json_bool(j, a->stale);
	json_key(j, "demonstration");
	json_bool(j, a->demonstration);
	if (a->demonstration) {
		json_key(j, "note");
		json_str(j, DEMONSTRATION_NOTE);
	}
	json_key(j, "bundle");
	json_str(j, freshness_text(freshness_of(&s->info, b->now_unix_s), false));
	json_key(j, "rollback_memory");
	json_bool(j, s->settings->state != NULL);
	json_key(j, "presented");
	json_bool(j, a->presented);
	json_key(j, "live");
	json_bool(j, a->live);
	if (a->presented)
		member_instant(j, "presented_at", a->presented_unix_s);
	member_instant(j, "judged_at", b->now_unix_s);
	json_key(j, "judged_at_given");
	json_bool(j, s->settings->now_given);
	member_instant(j, "as_of", a->status_as_of_unix_s);
	if (a->facts_proven)
		member_certificate(j, a);
	member_portrait(j, &b->portrait);
	json_object_end(j);
}
