#include "tools/office/bundle_merge.h"

#include <stdlib.h>

#include "base/text.h"
#include "crypto/bundle.h"
#include "crypto/certificate.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "verify/yaopai_verify.h"

enum { PARTS_MAX = TRUST_ROOTS_MAX + BUNDLE_LISTS_MAX };

/* A part that is kept so far.  A status list belongs to the root whose trust list names its signer. */
struct part { struct bytes token, name; enum typ typ; uint8_t root[KID_LEN]; uint64_t issue; int64_t iat_unix_s; };

struct merging {
	struct part parts[PARTS_MAX];
	size_t n, dropped;
	struct trust_list lists[TRUST_ROOTS_MAX];      /* of the bundle being read */
	uint8_t roots[TRUST_ROOTS_MAX][KID_LEN];
	size_t lists_n;
	struct err *err;
};

static bool
is_same_place(const struct part *a, const struct part *b)
{
	return a->typ == b->typ && memcmp(a->root, b->root, KID_LEN) == 0 && bytes_eq(a->name, b->name);
}

/* Keep the newer of two parts of one place. */
static enum status
keep(struct merging *m, const struct part *p)
{
	for (size_t i = 0; i < m->n; i++) {
		struct part *old = &m->parts[i];
		if (!is_same_place(old, p))
			continue;
		bool same_age = p->typ == TYP_TRUST_LIST ? old->issue == p->issue : old->iat_unix_s == p->iat_unix_s;
		bool newer = p->typ == TYP_TRUST_LIST ? p->issue > old->issue : p->iat_unix_s > old->iat_unix_s;
		if (same_age && !bytes_eq(old->token, p->token))
			return err_set(m->err, ERR_CONFLICT, "a %s of %.*s is in two bundles, of the same age and with different content: one of them is no "
			    "true copy", p->typ == TYP_TRUST_LIST ? "trust list" : "status list", BYTES_FMT(p->name));
		if (newer)
			*old = *p;
		m->dropped++;
		return OK;
	}
	if (m->n == PARTS_MAX)
		return err_set(m->err, ERR_LIMIT, "more than %d parts; a bundle holds no more", PARTS_MAX);
	m->parts[m->n++] = *p;
	return OK;
}

static enum status
take_trust_list(struct merging *m, const struct cose *c, struct part *p)
{
	if (m->lists_n == TRUST_ROOTS_MAX)
		return err_set(m->err, ERR_LIMIT, "more than %u trust lists", TRUST_ROOTS_MAX);
	struct trust_list *t = &m->lists[m->lists_n];
	enum status st = trust_list_decode(c->payload, t);
	if (st == OK && c->kid.len != KID_LEN)
		st = ERR_FORMAT;
	if (st)
		return err_set(m->err, st, "a trust list: %s", status_text(st));
	memcpy(p->root, c->kid.ptr, KID_LEN);
	memcpy(m->roots[m->lists_n++], c->kid.ptr, KID_LEN);
	p->name = t->iss;
	p->issue = t->issue;
	return keep(m, p);
}

static enum status
take_status_list(struct merging *m, const struct cose *c, struct part *p)
{
	struct status_list l;
	bool named = false;
	enum status st = status_list_decode(c->payload, &l);
	if (st)
		return err_set(m->err, st, "a status list: %s", status_text(st));
	if (!text_is_clean(l.uri))
		return err_set(m->err, ERR_FORMAT, "a status list has an address that is not clean text");
	p->name = l.uri;
	p->iat_unix_s = l.iat_unix_s;
	for (size_t t = 0; c->kid.len == KID_LEN && st == OK && t < m->lists_n; t++) {
		if (trust_list_find(&m->lists[t], c->kid.ptr, 0) == m->lists[t].entries_n)
			continue;
		memcpy(p->root, m->roots[t], KID_LEN);
		named = true;
		st = keep(m, p);
	}
	return st != OK || named ? st : err_set(m->err, ERR_CONFLICT, "the status list %.*s is signed by a key of no trust list beside it", BYTES_FMT(l.uri));
}

static enum status
take_bundle(struct merging *m, struct bytes bundle)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	m->lists_n = 0;
	enum status st = bundle_open(bundle, &b);
	if (st)
		return err_set(m->err, st, "not a bundle: it does not begin with \"%s\"", BUNDLE_MAGIC);
	while (st == OK && bundle_next(&b, &token, &typ)) {
		struct part p = { .token = token, .typ = typ };
		struct cose c;
		st = cose_decode(token, COSE_STANDARD, &c);
		if (st)
			return err_set(m->err, st, "a part: %s", status_text(st));
		st = typ == TYP_TRUST_LIST ? take_trust_list(m, &c, &p) : take_status_list(m, &c, &p);
	}
	if (st == OK && bundle_end(&b) != OK)
		st = err_set(m->err, ERR_FORMAT, "the bundle is damaged or cut");
	return st;
}

static enum status
roots_cover(const struct merging *m, const struct bundle_root *roots, size_t n)
{
	for (size_t i = 0; i < m->n; i++) {
		char kid[2 * KID_LEN + 1];
		bool known = false;
		for (size_t r = 0; r < n; r++) {
			struct digest d;
			known = known || (sha256((struct bytes){ roots[r].der, roots[r].len }, &d) == OK && memcmp(d.b, m->parts[i].root, KID_LEN) == 0);
		}
		hex_encode((struct bytes){ m->parts[i].root, KID_LEN }, kid);
		if (!known)
			return err_set(m->err, ERR_CONFLICT, "a trust list is signed by root %s, which is none of those given with --root", kid);
	}
	return OK;
}

static enum status
write_parts(const struct merging *m, struct merged *out)
{
	static const enum typ order[] = { TYP_TRUST_LIST, TYP_STATUS_LIST };
	size_t room = 64;
	for (size_t i = 0; i < m->n; i++)
		room += m->parts[i].token.len + 16;
	out->bundle = (struct buf){ malloc(room), room, 0 };
	enum status st = out->bundle.ptr == NULL ? ERR_SYSTEM : bundle_start(&out->bundle);
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; st == OK && i < m->n; i++) {
			if (m->parts[i].typ != order[pass])
				continue;
			st = bundle_append(&out->bundle, m->parts[i].token);
			++*(pass == 0 ? &out->trust_lists : &out->status_lists);
		}
	}
	return st ? err_set(m->err, st, "the bundle cannot be made: %s", status_text(st)) : OK;
}

/* The verifier's own word on the result. */
static enum status
check(const struct bundle_root *roots, size_t n, const struct merged *out, int64_t now_unix_s, struct err *err)
{
	char sentence[YP_SENTENCE_MAX] = "";
	struct yp_verifier *v = NULL;
	size_t len = yp_workspace_len(out->status_lists > 0 ? out->status_lists : 1, STATUS_LIST_BITS_LOG2_MAX, 8);
	void *workspace = malloc(len);
	enum yp_status st = workspace == NULL ? YP_ERR_SYSTEM : yp_open(workspace, len, &v);
	for (size_t i = 0; st == YP_OK && i < n; i++)
		st = yp_pin_root(v, roots[i].der, roots[i].len, sentence);
	if (st == YP_OK)
		st = yp_load_bundle(v, out->bundle.ptr, out->bundle.len, now_unix_s, sentence);
	yp_close(v);
	free(workspace);
	return st == YP_OK ? OK : err_set(err, (enum status)st, "the result does not load: %s", sentence[0] != '\0' ? sentence : status_text((enum status)st));
}

enum status
bundle_merge(const struct bundle_root *roots, size_t roots_n, const struct bytes *bundles, const char *const *names, size_t bundles_n,
    int64_t now_unix_s, struct merged *out, struct err *err)
{
	struct merging *m = calloc(1, sizeof(*m));
	struct merged made = { .dropped = 0 };
	if (m == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	m->err = err;
	enum status st = OK;
	for (size_t i = 0; st == OK && i < bundles_n; i++) {
		st = take_bundle(m, bundles[i]);
		(void)err_in(err, st, "%s", names[i]);
	}
	if (st == OK)
		st = roots_cover(m, roots, roots_n);
	if (st == OK)
		st = write_parts(m, &made);
	if (st == OK)
		st = check(roots, roots_n, &made, now_unix_s, err);
	made.dropped = m->dropped;
	free(m);
	if (st)
		free(made.bundle.ptr);
	else
		*out = made;
	return st;
}
