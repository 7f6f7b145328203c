#include "verify/verifier.h"

const struct trust *
trust_first(const struct judgement *j)
{
	return j->verifier->state->trusts; /* no state is loaded without one */
}

const struct trust *
trust_next(const struct judgement *j, const struct trust *t)
{
	const struct state *s = j->verifier->state;
	return t + 1 < s->trusts + s->trusts_n ? t + 1 : NULL;
}

bool
trust_in_force(const struct trust *t, int64_t now_unix_s)
{
	return now_unix_s + CLOCK_TOLERANCE_S >= t->list.iat_unix_s && now_unix_s < t->list.exp_unix_s;
}

bool
trust_entry_is(const struct pick *p, struct bytes kid)
{
	return kid.len == KID_LEN && memcmp(p->trust->keys[p->entry].kid, kid.ptr, KID_LEN) == 0;
}

bool
trust_names(const struct trust *t, struct bytes kid)
{
	for (size_t e = 0; e < t->keys_n; e++) {
		struct pick p = { .trust = t, .entry = e };
		if (trust_entry_is(&p, kid))
			return true;
	}
	return false;
}

static struct yp_text
text(struct bytes b)
{
	return (struct yp_text){ (const char *)b.ptr, b.len };
}

static void
fill_facts(struct yp_answer *a, const struct credential *c)
{
	a->kind = (unsigned)c->kind;
	a->iss = text(c->iss);
	a->number = text(c->sub);
	a->name = text(c->name);
	a->body_name = text(c->body_name);
	a->body_uscc = text(c->body_uscc);
	a->post = text(c->post);
	a->entrusting_name = text(c->entrusting_name);
	a->status_uri = text(c->status_uri);
	a->status_idx = c->status_idx;
	a->jurisdiction = c->jurisdiction;
	a->fields_n = c->fields_n;
	memcpy(a->fields, c->fields, c->fields_n);
	a->iat_unix_s = c->iat_unix_s;
	a->nbf_unix_s = c->nbf_unix_s;
	a->exp_unix_s = c->exp_unix_s;
	a->must_be_live = c->policy == POLICY_LIVE;
	a->has_device_key = c->has_cnf;
	memcpy(a->device_key, c->cnf_point, sizeof(a->device_key));
	a->has_portrait_digest = c->portrait_digest.len == sizeof(a->portrait_digest);
	if (a->has_portrait_digest)
		memcpy(a->portrait_digest, c->portrait_digest.ptr, sizeof(a->portrait_digest));
}

/* The envelope of a presentation, and of the credential in it.  What is no credential inside is left to rule 2. */
static enum status
presentation_open(struct judgement *j)
{
	j->shown = j->cose;
	enum status st = presentation_decode(j->shown.payload, &j->presentation);
	if (st != OK)
		return st;
	j->presented = true;
	j->answer->presented = true;
	j->answer->presented_unix_s = j->presentation.iat_unix_s;
	struct bytes inner = j->presentation.credential;
	j->answer->credential = (struct yp_bytes){ inner.ptr, inner.len };
	return cose_decode(inner, COSE_OURS, &j->cose);
}

void
judgement_decode(struct judgement *j)
{
	j->answer->credential = (struct yp_bytes){ j->token.ptr, j->token.len };
	j->decoded = cose_decode(j->token, COSE_OURS, &j->cose);
	if (j->decoded == OK && j->cose.typ == TYP_PRESENTATION)
		j->decoded = presentation_open(j);
	if (j->decoded != OK || j->cose.typ != TYP_CREDENTIAL)
		return;
	j->decoded = credential_decode(j->cose.payload, &j->credential);
	if (j->decoded == OK)
		fill_facts(j->answer, &j->credential);
}

const char *
signer_refused(const struct trust *t, size_t entry, enum typ typ, int64_t iat_unix_s, int64_t exp_unix_s)
{
	const struct trust_entry *e = &t->list.entries[entry];
	const struct trust_key *k = &t->keys[entry];
	if ((e->typs >> typ & 1u) == 0)
		return "may not sign this type of object";
	if (e->state == KEY_COMPROMISED)
		return "is compromised: nothing signed by it is good";
	if (e->state == KEY_RETIRED && iat_unix_s >= e->since_unix_s)
		return "was retired before this was signed";
	if (iat_unix_s < k->not_before_unix_s || iat_unix_s > k->not_after_unix_s)
		return "has a certificate that was not valid when this was signed";
	if (exp_unix_s > k->not_after_unix_s)
		return "has a certificate that ends before what it signed";
	return NULL;
}

static bool
may_use_iss(const struct trust_entry *e, struct bytes iss)
{
	for (size_t i = 0; i < e->iss_n; i++)
		if (bytes_eq(e->iss[i], iss))
			return true;
	return false;
}

const char *
issuer_refused(const struct judgement *j)
{
	const struct trust_entry *e = &j->pick.trust->list.entries[j->pick.entry];
	const struct credential *c = &j->credential;
	const char *refused = signer_refused(j->pick.trust, j->pick.entry, TYP_CREDENTIAL, c->iat_unix_s, c->exp_unix_s);
	if (refused != NULL)
		return refused;
	if (e->kinds != 0 && (e->kinds >> c->kind & 1u) == 0)
		return "may not sign this kind of certificate";
	if (!may_use_iss(e, c->iss))
		return "may not sign for this issuing authority";
	if (!jurisdiction_covers(iss_area(c->iss), c->jurisdiction))
		return "signed for a jurisdiction outside the issuing authority's";
	return NULL;
}

bool
is_issued_here(const struct judgement *j)
{
	return j->evidence != NULL && j->evidence->issued_here;
}

bool
signature_holds(struct judgement *j)
{
	uint8_t room[TOKEN_LEN_MAX + 64];
	struct bytes tbs;
	bool good = false;
	enum status st = cose_to_be_signed(j->cose.protected_header, j->cose.payload, BUF_OF(room), &tbs);
	if (st == OK)
		st = signature_check(j->pick.trust->keys[j->pick.entry].key, j->cose.alg, tbs, j->cose.signature, &good);
	if (st != OK)
		j->failed = st;
	return st == OK && good;
}

/* NULL, or why this list cannot answer for the credential now. */
static const char *
list_refused(const struct judgement *j, const struct status_record *l)
{
	int64_t age_s = j->now_unix_s - l->list.iat_unix_s, age_max_s = l->trust->list.status_age_max_s;
	uint8_t value = 0;
	if (l->refused != NULL)
		return l->refused;
	if (age_s < -CLOCK_TOLERANCE_S)
		return "is said to be made in the future";
	if (l->list.exp_unix_s != 0 && j->now_unix_s >= l->list.exp_unix_s)
		return "has expired; a newer bundle is needed";
	if (age_max_s != 0 && age_s > age_max_s)
		return "is older than the trust list's policy allows";
	if (j->question->status_age_max_s != 0 && age_s > j->question->status_age_max_s)
		return "is older than this site allows; a newer bundle is needed";
	if (l->list.exp_unix_s == 0 && age_max_s == 0)
		return "names no end, and no policy sets one";
	if (status_get(l->raw, l->list.bits, j->credential.status_idx, &value) != OK)
		return "is too short to hold this certificate's index";
	return NULL;
}

/* The first of the lists with this uri; they stand in order of uri. */
static size_t
lists_from(const struct state *s, struct bytes uri)
{
	size_t low = 0, high = s->lists_n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (bytes_cmp(s->lists[middle].list.uri, uri) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
status_of_list(struct judgement *j)
{
	const struct state *s = j->verifier->state;
	struct bytes uri = j->credential.status_uri;
	for (size_t i = lists_from(s, uri); i < s->lists_n && bytes_eq(s->lists[i].list.uri, uri); i++) {
		const struct status_record *l = &s->lists[i];
		if (l->trust != j->pick.trust)
			continue;
		const char *refused = list_refused(j, l);
		if (refused == NULL) {
			j->list = l;
			j->answer->stale = j->now_unix_s - l->list.iat_unix_s > l->list.ttl_s;
			j->answer->status_as_of_unix_s = l->list.iat_unix_s;
			return status_get(l->raw, l->list.bits, j->credential.status_idx, &j->answer->status_value) == OK;
		}
		if (j->list_refused == NULL) {
			j->list = l;
			j->list_refused = refused;
		}
	}
	return false;
}

bool
status_found(struct judgement *j)
{
	if (!is_issued_here(j))
		return status_of_list(j);
	j->answer->status_value = j->evidence->status;
	j->answer->status_as_of_unix_s = j->evidence->as_of_unix_s;
	return true;
}
