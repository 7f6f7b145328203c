#include "verify/verifier.h"

#include <assert.h>

#include "base/text.h"
#include "crypto/bundle.h"

enum { ALIGN = 16 };

static const char small_workspace[] = "this bundle needs a larger workspace than the verifier was opened with";

static void *
arena_take(struct buf *arena, size_t len)
{
	size_t from = (arena->len + ALIGN - 1) / ALIGN * ALIGN;
	if (from > arena->cap || len > arena->cap - from)
		return NULL;
	arena->len = from + len;
	return arena->ptr + from;
}

static struct buf
arena_rest(const struct buf *arena)
{
	size_t from = (arena->len + ALIGN - 1) / ALIGN * ALIGN;
	return from <= arena->cap ? (struct buf){ arena->ptr + from, arena->cap - from, 0 } : (struct buf){ 0 };
}

void
state_close(struct state *s)
{
	if (s == NULL)
		return;
	for (size_t t = 0; t < s->trusts_n; t++)
		while (s->trusts[t].keys_n > 0)
			public_key_free(s->trusts[t].keys[--s->trusts[t].keys_n].key);
	s->trusts_n = s->lists_n = 0;
}

/* The signature of a part, over bytes put together in the arena's free end. */
static enum status
part_check(const struct state *s, const struct public_key *key, const struct cose *c, struct err *err)
{
	struct bytes tbs;
	bool good = false;
	if (cose_to_be_signed(c->protected_header, c->payload, arena_rest(&s->arena), &tbs) != OK)
		return err_set(err, ERR_LIMIT, "%s", small_workspace);
	enum status st = signature_check(key, c->alg, tbs, c->signature, &good);
	if (st != OK)
		return err_set(err, st, "its signature cannot be checked: %s", status_text(st));
	return good ? OK : err_set(err, ERR_FORMAT, "its signature does not hold: damaged or forged");
}

static enum status
key_load(const struct root *root, const struct trust_entry *e, struct trust_key *out, struct err *err)
{
	struct certificate c = { 0 };
	struct bytes root_der = { root->der, root->der_len };
	bool good = false;
	enum status st = certificate_decode(e->certificate_der, &c, err);
	if (st != OK)
		return st;
	st = certificate_check_signature(e->certificate_der, root_der, &root->certificate, &good);
	if (st != OK)
		err_set(err, st, "%s: %s", c.subject, status_text(st));
	else if (!good)
		st = err_set(err, ERR_FORMAT, "%s is not certified by %s", c.subject, root->certificate.subject);
	else if (c.is_ca)
		st = err_set(err, ERR_FORMAT, "%s is an authority (CA); wanted the certificate of a signing key", c.subject);
	if (st != OK) {
		certificate_clear(&c);
		return st;
	}
	*out = (struct trust_key){ c.key, { 0 }, c.not_before_unix_s, c.not_after_unix_s }; /* the key changes hands */
	memcpy(out->kid, c.kid, KID_LEN);
	return OK;
}

/* Compromised is the key, whatever certificates it has: docs/formats.md 6, "nothing signed by it is good ... and it never
 * comes back".  So no second entry of a compromised key can bring it back. */
static enum status
compromise_spread(struct trust *t)
{
	uint8_t bad[65], other[65];
	for (size_t c = 0; c < t->keys_n; c++) {
		struct buf b = BUF_OF(bad);
		if (t->list.entries[c].state != KEY_COMPROMISED)
			continue;
		if (public_key_point(t->keys[c].key, &b) != OK)
			return ERR_CRYPTO;
		for (size_t e = 0; e < t->keys_n; e++) {
			struct buf o = BUF_OF(other);
			if (public_key_point(t->keys[e].key, &o) != OK)
				return ERR_CRYPTO;
			if (bytes_eq(buf_view(&b), buf_view(&o)))
				t->list.entries[e].state = KEY_COMPROMISED;
		}
	}
	return OK;
}

static enum status
keys_load(struct trust *t, struct err *err)
{
	enum status st = OK;
	for (size_t e = 0; e < t->list.entries_n && st == OK; e++) {
		st = key_load(t->root, &t->list.entries[e], &t->keys[e], err);
		if (st == OK)
			t->keys_n++;
		else
			err_in(err, st, "entry %zu", e + 1);
	}
	return st == OK ? compromise_spread(t) : st;
}

static enum status
root_term_check(const struct trust *t, struct err *err)
{
	const struct certificate *c = &t->root->certificate;
	if (t->list.iat_unix_s < c->not_before_unix_s || t->list.exp_unix_s > c->not_after_unix_s)
		return err_set(err, ERR_FORMAT, "it reaches beyond the term of its root's certificate, %s", c->subject);
	return OK;
}

static enum status
trust_load(struct state *s, const struct root *root, struct bytes token, struct err *err)
{
	struct cose c;
	struct trust *t = &s->trusts[s->trusts_n];
	for (size_t i = 0; i < s->trusts_n; i++)
		if (s->trusts[i].root == root)
			return err_set(err, ERR_CONFLICT, "a second trust list of the same root, %s", root->certificate.subject);
	enum status st = cose_decode(token, COSE_OURS, &c);
	if (st != OK)
		return err_set(err, st, "its envelope: %s (docs/formats.md 2)", status_text(st));
	st = part_check(s, root->certificate.key, &c, err);
	if (st != OK)
		return st;
	t->root = root;
	t->keys_n = 0;
	st = trust_list_decode(c.payload, &t->list);
	if (st != OK)
		return err_set(err, st, "its claims: %s (docs/formats.md 6)", status_text(st));
	s->trusts_n++; /* from here on state_close frees its keys */
	st = root_term_check(t, err);
	return st == OK ? keys_load(t, err) : st;
}

static const struct root *
root_of(const struct yp_verifier *v, struct bytes kid)
{
	for (size_t r = 0; r < v->roots_n; r++)
		if (kid.len == KID_LEN && memcmp(v->roots[r].certificate.kid, kid.ptr, KID_LEN) == 0)
			return &v->roots[r];
	return NULL;
}

static bool
may_use_uri(const struct trust_entry *e, struct bytes uri)
{
	for (size_t i = 0; i < e->uri_n; i++)
		if (bytes_starts_with(uri, e->uri[i]))
			return true;
	return false;
}

/* NULL, or why this entry's signature over the list does not make it count. */
static const char *
list_signer_refused(const struct trust *t, size_t entry, const struct status_list *l)
{
	const char *refused = signer_refused(t, entry, TYP_STATUS_LIST, l->iat_unix_s, l->exp_unix_s);
	if (refused != NULL)
		return refused;
	if (!may_use_uri(&t->list.entries[entry], l->uri))
		return "may not sign for this address";
	return NULL;
}

static enum status
list_inflate(struct state *s, struct buf scratch, struct status_record *l, struct err *err)
{
	struct buf room = arena_rest(&s->arena);
	size_t most = ((size_t)l->list.bits << STATUS_LIST_BITS_LOG2_MAX) / 8;
	bool is_tight = room.cap < most;
	room.cap = is_tight ? room.cap : most;
	enum status st = status_list_inflate(l->list.zipped, scratch, &room);
	if (st == ERR_LIMIT && is_tight)
		return err_set(err, st, "%s", small_workspace);
	if (st == ERR_LIMIT)
		return err_set(err, st, "it inflates to more than 2^%u indices", STATUS_LIST_BITS_LOG2_MAX);
	if (st != OK)
		return err_set(err, st, "its zlib stream: %s", status_text(st));
	l->raw = (struct bytes){ arena_take(&s->arena, room.len), room.len };
	return OK;
}

/* By uri, then newest first, so that a judgement finds the newest without looking at all. */
static void
list_insert(struct state *s, const struct status_record *l)
{
	size_t at = s->lists_n++;
	for (; at > 0; at--) {
		const struct status_list *before = &s->lists[at - 1].list;
		int c = bytes_cmp(before->uri, l->list.uri);
		if (c < 0 || (c == 0 && before->iat_unix_s >= l->list.iat_unix_s))
			break;
		s->lists[at] = s->lists[at - 1];
	}
	s->lists[at] = *l;
}

static enum status
list_load(struct state *s, struct buf scratch, const struct trust *t, const struct cose *c, struct err *err)
{
	struct status_record l = { .trust = t };
	enum status st = OK;
	size_t first = TRUST_ENTRIES_MAX;
	for (size_t e = 0; e < t->keys_n && first == TRUST_ENTRIES_MAX; e++)
		first = memcmp(t->keys[e].kid, c->kid.ptr, KID_LEN) == 0 ? e : first;
	assert(first < t->keys_n); /* trust_names said so; entries with the same kid have the same key */
	st = part_check(s, t->keys[first].key, c, err);
	if (st != OK)
		return st;
	st = status_list_decode(c->payload, &l.list);
	if (st != OK)
		return err_set(err, st, "its claims: %s (docs/formats.md 5)", status_text(st));
	for (size_t e = first; e < t->keys_n; e++) {
		if (memcmp(t->keys[e].kid, c->kid.ptr, KID_LEN) != 0)
			continue;
		l.refused = list_signer_refused(t, e, &l.list);
		if (l.refused == NULL)
			break;
	}
	if (l.refused == NULL && l.list.has_binding && l.list.trust_issue_least > t->list.issue)
		l.refused = "wants a newer trust list than the bundle holds";
	st = list_inflate(s, scratch, &l, err);
	if (st == OK)
		list_insert(s, &l);
	return st;
}

static enum status
part_load(const struct yp_verifier *v, struct state *s, struct bytes token, enum typ typ, struct err *err)
{
	struct cose c;
	enum status st = cose_decode(token, COSE_STANDARD, &c);
	if (st != OK)
		return err_set(err, st, "%s", status_text(st));
	if (typ == TYP_TRUST_LIST) {
		const struct root *root = root_of(v, c.kid);
		return root != NULL ? trust_load(s, root, token, err) : OK;
	}
	for (size_t t = 0; t < s->trusts_n; t++)
		if (trust_names(&s->trusts[t], c.kid))
			return list_load(s, v->scratch, &s->trusts[t], &c, err);
	return OK; /* of a root that is not pinned */
}

/* How much of each there is, once the whole file has proved to be in order. */
static enum status
bundle_count(struct bytes bundle, size_t *trusts, size_t *lists, struct err *err)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	*trusts = *lists = 0;
	if (bundle.len > BUNDLE_LEN_MAX)
		return err_set(err, ERR_LIMIT, "a bundle of %zu bytes; at most %u", bundle.len, BUNDLE_LEN_MAX);
	enum status st = bundle_open(bundle, &b);
	if (st != OK)
		return err_set(err, st, "not a bundle: it does not begin with \"%s\" (docs/formats.md 7)", BUNDLE_MAGIC);
	while (bundle_next(&b, &token, &typ))
		++*(typ == TYP_TRUST_LIST ? trusts : lists);
	st = bundle_end(&b);
	if (st != OK)
		return err_set(err, st, "the bundle is damaged or cut after part %zu", *trusts + *lists);
	if (*lists > BUNDLE_LISTS_MAX)
		return err_set(err, ERR_LIMIT, "a bundle of %zu status lists; at most %u", *lists, BUNDLE_LISTS_MAX);
	return OK;
}

static enum status
parts_load(const struct yp_verifier *v, struct state *s, struct bytes bundle, struct err *err)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	size_t n = 0;
	enum status st = bundle_open(bundle, &b);
	while (st == OK && bundle_next(&b, &token, &typ)) {
		n++;
		st = part_load(v, s, token, typ, err);
		if (st != OK)
			err_in(err, st, "bundle part %zu, a %s", n, typ == TYP_TRUST_LIST ? "trust list" : "status list");
	}
	if (st == OK && s->trusts_n == 0)
		st = err_set(err, ERR_NOT_FOUND, "the bundle has no trust list signed by %s%s: is it another authority's bundle or "
		    "the wrong root certificate?", v->roots[0].certificate.subject, v->roots_n > 1 ? " or another pinned root" : "");
	return st;
}

enum status
state_load(const struct yp_verifier *v, struct bytes bundle, struct buf half, struct state **out, struct err *err)
{
	size_t trusts, lists;
	enum status st = bundle_count(bundle, &trusts, &lists, err);
	if (st != OK)
		return st;
	size_t trusts_max = trusts < v->roots_n ? trusts : v->roots_n; /* one for each pinned root */
	half.len = 0;
	struct state *s = arena_take(&half, sizeof(*s));
	struct trust *room = arena_take(&half, trusts_max * sizeof(*room));
	struct status_record *records = arena_take(&half, lists * sizeof(*records));
	if (s == NULL || room == NULL || records == NULL)
		return err_set(err, ERR_LIMIT, "%s", small_workspace);
	*s = (struct state){ .trusts = room, .lists = records, .arena = half };
	st = parts_load(v, s, bundle, err);
	if (st != OK) {
		state_close(s);
		return st;
	}
	*out = s;
	return OK;
}
