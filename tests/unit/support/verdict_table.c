#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/verdict_table.h"

#include <stdio.h>

#include "base/text.h"

#define PLAN(field) #field, offsetof(struct plan, field)
#define STATES "-,active,retired,compromised"
#define SIGNERS "issuer,stranger,status,root,other_root,other_issuer,other_status"
#define FORGERIES "-,signature,payload,key,alg,zero"

/* A parameter's value is one of its words (the first is 0), or a number; d after it: days; none: the claim is absent. */
static const struct parameter { const char *name; size_t at; const char *words; } parameters[] = {
	{ PLAN(now), "" },
	{ PLAN(signer), SIGNERS }, { PLAN(typ), "credential,status,presentation,receipt,trust" },
	{ PLAN(forge), FORGERIES },
	{ PLAN(shape), "-,cut,long,untagged,empty,junk,padded,spaced,lower,bare,raw,outer_space" },
	{ PLAN(patch), "-,version,kind,claim,key,order" },
	{ PLAN(kind), "" }, { PLAN(iss), "#37,#3701,#38" }, { PLAN(jurisdiction), "" },
	{ PLAN(iat), "" }, { PLAN(nbf), "" }, { PLAN(exp), "" }, { PLAN(idx), "" }, { PLAN(uri), "#1,#2,other" },
	{ PLAN(policy), "static,live" }, { PLAN(shown), "bare,live" }, { PLAN(device), "-,none,off_curve" },
	{ PLAN(shown_iat), "" }, { PLAN(shown_exp), "" }, { PLAN(shown_forge), FORGERIES },
	{ PLAN(shown_patch), "-,claim,order,kid,short_id,short_nonce,unprotected" },
	{ PLAN(inner), "credential,junk,cut,empty,other_type,presentation" },
	{ PLAN(nonce), "-,first,other" }, { PLAN(aud), "-,gate,other" },
	{ PLAN(ask_live), "no,yes" }, { PLAN(ask_nonce), "-,first,other" }, { PLAN(ask_aud), "-,gate,other" },
	{ PLAN(ask_age_max), "" }, { PLAN(replay), "-,first_use,second_use,full,run_out" },
	{ PLAN(trust_iat), "" }, { PLAN(trust_exp), "" }, { PLAN(trust_issue), "" }, { PLAN(trust_age_max), "" }, { PLAN(trust_window), "" },
	{ PLAN(issuer_typ), "credential,receipt" }, { PLAN(issuer_kinds), "" }, { PLAN(issuer_state), STATES },
	{ PLAN(issuer_since), "" }, { PLAN(issuer_iss), "#37,#3701,#38" }, { PLAN(issuer_from), "" }, { PLAN(issuer_to), "" },
	{ PLAN(issuer_twice), "-,other_kind,compromised,both_refused" },
	{ PLAN(list_absent), "no,yes" }, { PLAN(list_signer), SIGNERS }, { PLAN(list_iat), "" }, { PLAN(list_exp), "" },
	{ PLAN(list_ttl), "" }, { PLAN(list_uri), "#1,#2,other" }, { PLAN(list_bits), "" }, { PLAN(list_value), "" },
	{ PLAN(list_least), "" }, { PLAN(list_forge), "no,yes" }, { PLAN(list_size_log2), "" }, { PLAN(older_list_value), "" },
	{ PLAN(status_typ), "status,receipt" }, { PLAN(status_state), STATES }, { PLAN(status_since), "" },
	{ PLAN(status_uri), "-,other" }, { PLAN(status_from), "" }, { PLAN(status_to), "" },
	{ PLAN(other_root), "absent,pinned,unpinned" }, { PLAN(other_state), STATES }, { PLAN(other_exp), "" }, { PLAN(other_kinds), "" },
	{ PLAN(other_list_value), "" },
};

static bool
word_value(const char *words, struct bytes value, int64_t *out)
{
	int64_t n = 0;
	for (const char *w = words; *w != '\0'; n++) {
		size_t len = strcspn(w, ",");
		struct bytes word = { (const uint8_t *)w, len };
		struct bytes digits = { (const uint8_t *)w + 1, len - 1 }; /* "#37": a word that looks like a number */
		if (bytes_eq(word, value) || (w[0] == '#' && bytes_eq(digits, value))) {
			*out = n;
			return true;
		}
		w += len + (w[len] == ',');
	}
	return false;
}

static int64_t
number_value(struct bytes value, int line)
{
	uint64_t n = 0;
	bool negative = value.len > 0 && value.ptr[0] == '-', days = value.len > 0 && value.ptr[value.len - 1] == 'd';
	struct bytes digits = { value.ptr + negative, value.len - negative - days };
	if (bytes_eq(value, BYTES_LIT("none")))
		return WORLD_NONE;
	if (text_uint(digits, &n) != OK)
		fail_msg("verdicts.txt line %d: bad value %.*s", line, BYTES_FMT(value));
	return (negative ? -1 : 1) * (int64_t)n * (days ? 86400 : 1);
}

static void
set_parameter(struct plan *p, struct bytes name, struct bytes value, int line)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		int64_t v;
		if (!bytes_eq(name, bytes_str(parameters[i].name)))
			continue;
		if (!word_value(parameters[i].words, value, &v))
			v = number_value(value, line);
		memcpy((uint8_t *)p + parameters[i].at, &v, sizeof(v));
		return;
	}
	fail_msg("verdicts.txt line %d: unknown parameter %.*s", line, BYTES_FMT(name));
}

static struct plan
plan_of(struct bytes words, int line)
{
	struct plan p = plan_good();
	for (words = text_trim(words); words.len > 0; words = text_trim(words)) {
		const uint8_t *space = memchr(words.ptr, ' ', words.len);
		size_t len = space != NULL ? (size_t)(space - words.ptr) : words.len;
		const uint8_t *equals = memchr(words.ptr, '=', len);
		if (equals == NULL)
			fail_msg("verdicts.txt line %d: wanted name=value", line);
		size_t name = (size_t)(equals - words.ptr);
		set_parameter(&p, (struct bytes){ words.ptr, name }, (struct bytes){ equals + 1, len - name - 1 }, line);
		words = (struct bytes){ words.ptr + len, words.len - len };
	}
	return p;
}

static struct verdict_case
case_of(struct bytes text, int line)
{
	struct bytes column[3];
	for (size_t c = 0; c < 3; c++) {
		const uint8_t *bar = c < 2 ? memchr(text.ptr, '|', text.len) : NULL;
		size_t len = bar != NULL ? (size_t)(bar - text.ptr) : text.len;
		if (c < 2 && bar == NULL)
			fail_msg("verdicts.txt line %d: wanted VERDICT | case | parameters", line);
		column[c] = text_trim((struct bytes){ text.ptr, len });
		text = (struct bytes){ text.ptr + len + (bar != NULL), text.len - len - (bar != NULL) };
	}
	return (struct verdict_case){ .line = line, .verdict = column[0], .name = column[1], .plan = plan_of(column[2], line) };
}

void
verdict_table_each(void (*visit)(void *ctx, const struct verdict_case *c), void *ctx)
{
	char text[512];
	FILE *f = fopen("tests/verdicts.txt", "r");
	if (f == NULL)
		fail_msg("tests/verdicts.txt is not here: run from the top of the tree");
	for (int line = 1; fgets(text, sizeof(text), f) != NULL; line++) {
		struct bytes t = text_trim(bytes_str(text));
		if (t.len == 0 || t.ptr[0] == '#')
			continue;
		struct verdict_case c = case_of(t, line);
		visit(ctx, &c);
	}
	(void)fclose(f);
}
