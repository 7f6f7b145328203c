#include "tools/office/trust_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/cose_sign.h"
#include "crypto/credential.h"
#include "crypto/digest.h"
#include "tools/shared/options.h"

enum { DAY_S = 86400, WINDOW_S = 60 };

/* ---- words ---- */

const char *
key_state_text(enum key_state s)
{
	static const char *const names[] = { "", "active", "retired", "compromised" };
	return names[s];
}

static const char *const kind_names[] = { "", "enforcement", "supervision", "moderator", "body" };

enum status
kinds_parse(struct office *o, const char *text, uint32_t *kinds)
{
	char shown[64];
	*kinds = 0;
	if (strcmp(text, "all") == 0)
		return OK;
	for (const char *p = text; *p != '\0' || p == text;) {
		size_t n = strcspn(p, ",");
		uint32_t bit = 0;
		for (uint32_t k = KIND_ENFORCEMENT; k <= KIND_BODY; k++)
			if (strlen(kind_names[k]) == n && strncmp(p, kind_names[k], n) == 0)
				bit = 1u << k;
		if (bit == 0)
			return err_set(&o->err, ERR_ARGUMENT, "--kinds: got \"%s\", wanted all, or some of enforcement, supervision, moderator, body with "
			    "commas between", text_escape(bytes_str(text), shown, sizeof(shown)));
		*kinds |= bit;
		p += n + (p[n] == ',');
	}
	return OK;
}

const char *
kinds_text(uint32_t kinds, char out[KINDS_TEXT_MAX])
{
	size_t len = 0;
	(void)snprintf(out, KINDS_TEXT_MAX, "all");
	for (uint32_t k = KIND_ENFORCEMENT; k <= KIND_BODY; k++)
		if ((kinds >> k & 1u) != 0)
			len += (size_t)snprintf(out + len, KINDS_TEXT_MAX - len, "%s%s", len > 0 ? "," : "", kind_names[k]);
	return out;
}

void
entry_kid(const struct trust_entry *e, char out[KID_TEXT_LEN + 1])
{
	struct digest d;
	if (sha256(e->certificate_der, &d) == OK)
		hex_encode((struct bytes){ d.b, KID_LEN }, out);
	else
		(void)snprintf(out, KID_TEXT_LEN + 1, "?");
}

enum status
kid_parse(struct office *o, const char *text, uint8_t kid[KID_LEN])
{
	char shown[64];
	struct buf out = { kid, KID_LEN, 0 };
	if (strlen(text) == KID_TEXT_LEN && hex_decode(bytes_str(text), &out) == OK)
		return OK;
	return err_set(&o->err, ERR_ARGUMENT, "\"%s\" is no key id: 16 hex digits were wanted, as yaopai keys show and yaopai trust show print them",
	    text_escape(bytes_str(text), shown, sizeof(shown)));
}

/* ---- the last list ---- */

enum status
trust_file_load(struct office *o, const struct generation *g, struct trust_file *out)
{
	char path[PATH_MAX_LEN];
	struct cose c;
	*out = (struct trust_file){ .is_there = false };
	enum status st = generation_path(o, g, "trust.cwt", path);
	if (st)
		return st;
	st = file_load(path, TRUST_LIST_LEN_MAX, &out->token, &o->err);
	if (st == ERR_NOT_FOUND) {
		o->err = (struct err){ .status = OK };
		return OK;
	}
	if (st == OK)
		st = cose_decode(buf_view(&out->token), COSE_OURS, &c);
	if (st == OK)
		st = trust_list_decode(c.payload, &out->list);
	out->is_there = st == OK;
	return st ? err_set(&o->err, st, "%s is no trust list: %s", path, status_text(st)) : OK;
}

void
trust_file_free(struct trust_file *t)
{
	free(t->token.ptr);
	t->token = (struct buf){ .ptr = NULL };
}

struct known_kids { char text[TRUST_ENTRIES_MAX * TRUST_ROOTS_MAX][KID_TEXT_LEN + 1]; size_t n; };

static enum status
not_found(struct office *o, const char *kid, const struct known_kids *known)
{
	const char **words = calloc(known->n + 1, sizeof(*words));
	char all[240] = "";
	if (words == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	for (size_t i = 0, len = 0; i < known->n; i++) {
		words[i] = known->text[i];
		if (len + KID_TEXT_LEN + 2 < sizeof(all))
			len += (size_t)snprintf(all + len, sizeof(all) - len, " %s", known->text[i]);
	}
	const char *near = option_nearest(kid, words, known->n);
	enum status st = near != NULL ? err_set(&o->err, ERR_NOT_FOUND, "no key %s is on the trust list; did you mean %s?", kid, near)
	                              : err_set(&o->err, ERR_NOT_FOUND, "no key %s is on the trust list; there are%s", kid, known->n > 0 ? all : " none");
	free(words);
	return st;
}

static enum status
is_a_root(struct office *o, const struct generation *g, const char *kid)
{
	struct role_certificate root;
	char own[KID_TEXT_LEN + 1];
	enum status st = role_certificate_load_in(o, g, ROLE_ROOT, &root);
	if (st)
		return st;
	hex_encode((struct bytes){ root.certificate.kid, KID_LEN }, own);
	role_certificate_clear(&root);
	return strcmp(own, kid) != 0 ? OK : err_set(&o->err, ERR_CONFLICT, "%s is a root: no list of its own can take trust from it. Make another "
	    "(yaopai keys rotate root), reissue, and have every site unpin this one (docs/operations.md, \"A compromised root\")", kid);
}

enum status
key_find(struct office *o, const char *kid, struct key_place *out)
{
	struct generation all[TRUST_ROOTS_MAX];
	struct known_kids *known = calloc(1, sizeof(*known));
	uint8_t bytes[KID_LEN];
	char lower[KID_TEXT_LEN + 1];
	size_t n = 0;
	bool found = false;
	enum status st = known == NULL ? err_set(&o->err, ERR_SYSTEM, "out of memory") : kid_parse(o, kid, bytes);
	if (st == OK) {
		hex_encode((struct bytes){ bytes, KID_LEN }, lower);
		st = generations_load(o, all, &n);
	}
	for (size_t g = 0; st == OK && !found && g < n; g++) {
		out->generation = all[g];
		out->file = (struct trust_file){ .is_there = false };
		st = is_a_root(o, &all[g], lower);
		if (st == OK)
			st = trust_file_load(o, &all[g], &out->file);
		out->entry = st == OK ? trust_list_find(&out->file.list, bytes, 0) : 0;
		found = st == OK && out->entry < out->file.list.entries_n;
		for (size_t e = 0; st == OK && !found && e < out->file.list.entries_n; e++)
			entry_kid(&out->file.list.entries[e], known->text[known->n++]);
		if (!found)
			trust_file_free(&out->file);
	}
	if (st == OK && !found)
		st = not_found(o, lower, known);
	free(known);
	return st;
}

/* ---- the next list ---- */

static const uint32_t role_typs[ROLE_COUNT] = { 0, 1u << TYP_CREDENTIAL, 1u << TYP_STATUS_LIST, 1u << TYP_RECEIPT | 1u << TYP_RECEIPT_ROOT };

/* Several keys of a role may stand in the list: signing again adds, and takes nothing away. */
static enum status
add_role(struct office *o, enum role role, const struct role_certificate *c, int64_t now_unix_s, struct trust_list *t)
{
	const struct settings *s = registry_settings(o->registry);
	if (trust_list_find(t, c->certificate.kid, 0) < t->entries_n)
		return OK;
	if (t->entries_n == TRUST_ENTRIES_MAX)
		return err_set(&o->err, ERR_LIMIT, "a trust list holds %u keys; no more fit", TRUST_ENTRIES_MAX);
	struct trust_entry *e = &t->entries[t->entries_n++];
	*e = (struct trust_entry){ .certificate_der = buf_view(&c->der), .typs = role_typs[role], .state = KEY_ACTIVE, .since_unix_s = now_unix_s };
	if (role == ROLE_ISSUER) {
		e->iss[0] = bytes_str(s->iss);
		e->iss_n = 1;
	}
	if (role == ROLE_STATUS) {
		e->uri[0] = bytes_str(s->uri_prefix);
		e->uri_n = 1;
	}
	return OK;
}

/* Leave out what has ended, and find the list's own end. */
static enum status
fit_terms(struct office *o, struct trust_list *t, const struct certificate *root)
{
	size_t kept = 0;
	if (t->exp_unix_s > root->not_after_unix_s)
		t->exp_unix_s = root->not_after_unix_s;
	for (size_t i = 0; i < t->entries_n; i++) {
		struct certificate c = { .key = NULL };
		enum status st = certificate_decode(t->entries[i].certificate_der, &c, &o->err);
		if (st)
			return err_in(&o->err, st, "entry %zu of the trust list", i + 1);
		if (c.not_after_unix_s <= t->iat_unix_s)
			(void)printf("The certificate of %s has ended; it is on the list no more.\n", c.subject);
		else
			t->entries[kept++] = t->entries[i];
		if (c.not_after_unix_s > t->iat_unix_s && c.not_after_unix_s < t->exp_unix_s)
			t->exp_unix_s = c.not_after_unix_s;
		certificate_clear(&c);
	}
	t->entries_n = kept;
	return t->exp_unix_s > t->iat_unix_s ? OK : err_set(&o->err, ERR_CONFLICT, "the root's certificate has ended; a new root is needed (yaopai keys "
	    "rotate root)");
}

static enum status
save_signed(struct office *o, const struct trust_signing *s, struct signer *root, const struct trust_list *t)
{
	char path[PATH_MAX_LEN], when[DATE_TEXT_LEN + 1];
	uint8_t *mem = malloc(3u * TRUST_LIST_LEN_MAX);
	struct bytes payload, token;
	if (mem == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	enum status st = trust_list_encode(t, (struct buf){ mem, TRUST_LIST_LEN_MAX, 0 }, &payload);
	if (st == OK)
		st = cose_sign(root, TYP_TRUST_LIST, payload, (struct buf){ mem + TRUST_LIST_LEN_MAX, TRUST_LIST_LEN_MAX, 0 },
		    (struct buf){ mem + 2u * TRUST_LIST_LEN_MAX, TRUST_LIST_LEN_MAX, 0 }, &token);
	if (st)
		err_set(&o->err, st, "the trust list cannot be signed: %s", status_text(st));
	else
		st = generation_path(o, s->from, "trust.cwt", path);
	if (st == OK)
		st = file_save(path, token, 0644, &o->err);
	if (st == OK && !s->quiet)
		(void)printf("Trust list %llu with %zu keys, in force until %s, is in %s.\n", (unsigned long long)t->issue, t->entries_n,
		    date_text(date_of_unix_s(t->exp_unix_s), when), path);
	free(mem);
	return st;
}

static enum status
list_next(struct office *o, const struct trust_signing *s, struct role_certificate certificates[ROLE_COUNT], const struct certificate *root,
    struct trust_file *t)
{
	enum status st = OK;
	struct trust_list *l = &t->list;
	for (int r = ROLE_ISSUER; st == OK && r < ROLE_COUNT; r++) {
		if (s->from->base[0] != '\0' && !role_certificate_exists(o, s->from, (enum role)r))
			continue; /* a former root needs no issuer any more */
		st = role_certificate_load_in(o, s->from, (enum role)r, &certificates[r]);
		if (st == OK)
			st = add_role(o, (enum role)r, &certificates[r], s->now_unix_s, l);
	}
	l->iss = bytes_str(registry_settings(o->registry)->iss);
	l->iat_unix_s = t->is_there && l->iat_unix_s >= s->now_unix_s ? l->iat_unix_s + 1 : s->now_unix_s;
	l->exp_unix_s = s->now_unix_s + (int64_t)s->lifetime_days * DAY_S;
	l->issue = t->is_there ? l->issue + 1 : 1;
	if (!t->is_there)
		l->window_s = WINDOW_S;
	if (st == OK && s->change != NULL)
		st = s->change(o, l, s->ctx);
	return st == OK ? fit_terms(o, l, root) : st;
}

enum status
trust_sign(struct office *o, const struct trust_signing *s)
{
	struct trust_file t = { .is_there = false };
	struct role_certificate certificates[ROLE_COUNT] = { 0 };
	struct signer *root = NULL;
	enum status st = trust_file_load(o, s->from, &t);
	if (st == OK)
		st = role_signer_load_in(o, s->from, ROLE_ROOT, &certificates[ROLE_ROOT], &root);
	if (st == OK)
		st = list_next(o, s, certificates, &certificates[ROLE_ROOT].certificate, &t);
	if (st == OK)
		st = save_signed(o, s, root, &t.list);
	for (int r = 0; r < ROLE_COUNT; r++)
		role_certificate_clear(&certificates[r]);
	signer_close(root);
	trust_file_free(&t);
	return st;
}
