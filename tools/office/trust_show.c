#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "tools/office/trust_change.h"
#include "tools/shared/json.h"

enum { WARN_DAYS = 90, DAY_S = 86400 };

static void
show_texts(struct json *j, const char *name, const struct bytes *texts, size_t n)
{
	char shown[64];
	if (n == 0)
		return;
	if (j == NULL)
		(void)printf("; %s", name);
	else
		json_key(j, name), json_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		if (j == NULL)
			(void)printf(" %s", text_escape(texts[i], shown, sizeof(shown)));
		else
			json_text(j, texts[i]);
	}
	if (j != NULL)
		json_array_end(j);
}

static void
show_typs(struct json *j, uint32_t typs)
{
	if (j != NULL)
		json_key(j, "typs"), json_array_begin(j);
	for (int t = TYP_UNKNOWN + 1; t < TYP_COUNT; t++) {
		if ((typs >> t & 1u) == 0)
			continue;
		if (j == NULL)
			(void)printf(" %s", typ_text((enum typ)t));
		else
			json_str(j, typ_text((enum typ)t));
	}
	if (j != NULL)
		json_array_end(j);
}

static void
show_entry_text(const struct trust_entry *e, const char *kid, const struct certificate *c)
{
	char to[DATE_TEXT_LEN + 1], since[INSTANT_TEXT_LEN + 1], kinds[KINDS_TEXT_MAX];
	(void)printf("  %s  %-11s since %s  certificate to %s\n    %s\n    signs", kid, key_state_text(e->state), instant_text(e->since_unix_s, since),
	    date_text(date_of_unix_s(c->not_after_unix_s), to), c->subject);
	show_typs(NULL, e->typs);
	if ((e->typs >> TYP_CREDENTIAL & 1u) != 0)
		(void)printf("; kinds %s", kinds_text(e->kinds, kinds));
	show_texts(NULL, "for", e->iss, e->iss_n);
	show_texts(NULL, "at", e->uri, e->uri_n);
	(void)putchar('\n');
}

static void
show_entry_json(struct json *j, const struct trust_entry *e, const char *kid, const struct certificate *c)
{
	char to[DATE_TEXT_LEN + 1], since[INSTANT_TEXT_LEN + 1], kinds[KINDS_TEXT_MAX];
	json_object_begin(j);
	json_key(j, "kid"), json_str(j, kid);
	json_key(j, "state"), json_str(j, key_state_text(e->state));
	json_key(j, "since"), json_str(j, instant_text(e->since_unix_s, since));
	json_key(j, "subject"), json_str(j, c->subject);
	json_key(j, "to"), json_str(j, date_text(date_of_unix_s(c->not_after_unix_s), to));
	show_typs(j, e->typs);
	if ((e->typs >> TYP_CREDENTIAL & 1u) != 0)
		json_key(j, "kinds"), json_str(j, kinds_text(e->kinds, kinds));
	show_texts(j, "iss", e->iss, e->iss_n);
	show_texts(j, "uri", e->uri, e->uri_n);
	json_object_end(j);
}

static void
show_entry(struct json *j, const struct trust_entry *e)
{
	struct certificate c = { .key = NULL };
	char kid[KID_TEXT_LEN + 1];
	entry_kid(e, kid);
	if (certificate_decode(e->certificate_der, &c, NULL) != OK)
		(void)snprintf(c.subject, sizeof(c.subject), "a damaged certificate");
	if (j == NULL)
		show_entry_text(e, kid, &c);
	else
		show_entry_json(j, e, kid, &c);
	certificate_clear(&c);
}

static void
show_text(const struct trust_list *t, const char *root, bool is_former)
{
	char when[DATE_TEXT_LEN + 1], made[INSTANT_TEXT_LEN + 1];
	(void)printf("%srust list %llu of authority %.*s, signed %s by root %s, in force until %s\n", is_former ? "FORMER ROOT: t" : "T",
	    (unsigned long long)t->issue, BYTES_FMT(t->iss), instant_text(t->iat_unix_s, made), root, date_text(date_of_unix_s(t->exp_unix_s), when));
	(void)printf("  a presentation holds %lld s; a status list ", (long long)t->window_s);
	if (t->status_age_max_s == 0)
		(void)printf("of any age does until its own end\n");
	else
		(void)printf("must not be older than %lld s\n", (long long)t->status_age_max_s);
	for (size_t i = 0; i < t->entries_n; i++)
		show_entry(NULL, &t->entries[i]);
	if (t->exp_unix_s - clock_unix_s() < (int64_t)WARN_DAYS * DAY_S)
		(void)printf("WARNING: it ends in less than %d days; sign a new one%s%s\n", WARN_DAYS, is_former ? " with yaopai trust sign --root " : "",
		    is_former ? root : "");
}

static void
show_json(struct json *j, const struct trust_list *t, const char *root)
{
	char when[DATE_TEXT_LEN + 1], made[INSTANT_TEXT_LEN + 1];
	json_key(j, "issue"), json_uint(j, t->issue);
	json_key(j, "root"), json_str(j, root);
	json_key(j, "iss"), json_text(j, t->iss);
	json_key(j, "signed"), json_str(j, instant_text(t->iat_unix_s, made));
	json_key(j, "until"), json_str(j, date_text(date_of_unix_s(t->exp_unix_s), when));
	json_key(j, "window_seconds"), json_int(j, t->window_s);
	json_key(j, "status_age_seconds");
	if (t->status_age_max_s == 0)
		json_str(j, NULL);
	else
		json_int(j, t->status_age_max_s);
	json_key(j, "entries"), json_array_begin(j);
	for (size_t i = 0; i < t->entries_n; i++)
		show_entry(j, &t->entries[i]);
	json_array_end(j);
}

static enum status
show_generation(struct office *o, const struct generation *g, struct json *j)
{
	struct trust_file t;
	struct cose c;
	char root[KID_TEXT_LEN + 1] = "";
	bool is_former = g->base[0] != '\0';
	enum status st = trust_file_load(o, g, &t);
	if (st == OK && !t.is_there)
		st = err_set(&o->err, ERR_NOT_FOUND, "there is no trust list yet; make one with yaopai trust sign");
	if (st == OK && cose_decode(buf_view(&t.token), COSE_OURS, &c) == OK) /* it was, a moment ago */
		hex_encode(c.kid, root);
	if (st == OK && j == NULL)
		show_text(&t.list, root, is_former);
	else if (st == OK) {
		if (is_former)
			json_object_begin(j);
		show_json(j, &t.list, root);
		if (is_former)
			json_object_end(j);
	}
	trust_file_free(&t);
	return st;
}

enum status
trust_show(struct office *o, bool as_json)
{
	struct generation all[TRUST_ROOTS_MAX];
	struct json j = json_open(stdout);
	size_t n = 0;
	enum status st = generations_load(o, all, &n);
	if (as_json)
		json_object_begin(&j);
	if (st == OK)
		st = show_generation(o, &all[0], as_json ? &j : NULL);
	if (as_json)
		json_key(&j, "former_roots"), json_array_begin(&j);
	for (size_t g = 1; st == OK && g < n; g++)
		st = show_generation(o, &all[g], as_json ? &j : NULL);
	if (as_json) {
		json_array_end(&j);
		json_object_end(&j);
	}
	if (st)
		j.out = NULL; /* half an answer is none */
	return json_close(&j) || st != OK ? st : err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
}
