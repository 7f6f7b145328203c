#include "tools/verifier/bundle_keep.h"

#include <stdlib.h>

#include "crypto/bundle.h"
#include "crypto/digest.h"
#include "crypto/trustlist.h"

enum { PART_HEAD_MAX = 9 };

/* Whose parts they are: the roots' kids, and the kids of the keys their trust lists name. */
struct owners {
	size_t roots_n, keys_n;
	uint8_t roots[TRUST_ROOTS_MAX][KID_LEN];
	uint8_t keys[TRUST_ROOTS_MAX * TRUST_ENTRIES_MAX][KID_LEN];
};

static bool
has_kid(const void *kids, size_t n, struct bytes kid)
{
	for (size_t i = 0; i < n; i++)
		if (kid.len == KID_LEN && memcmp((const uint8_t *)kids + i * KID_LEN, kid.ptr, KID_LEN) == 0)
			return true;
	return false;
}

static enum status
keys_add(struct owners *o, struct bytes payload, struct err *err)
{
	struct digest d;
	struct trust_list *t = malloc(sizeof(*t));
	if (t == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	enum status st = trust_list_decode(payload, t);
	for (size_t e = 0; st == OK && e < t->entries_n; e++) {
		st = sha256(t->entries[e].certificate_der, &d);
		if (st == OK)
			memcpy(o->keys[o->keys_n++], d.b, KID_LEN);
	}
	free(t);
	return st == OK ? OK : err_set(err, st, "a trust list in the bundle cannot be read: %s", status_text(st));
}

static enum status
owner_add(struct owners *o, struct bytes token, struct err *err)
{
	struct cose c;
	enum status st = cose_decode(token, COSE_OURS, &c);
	if (st != OK)
		return err_set(err, st, "a trust list in the bundle cannot be read: %s", status_text(st));
	if (has_kid(o->roots, o->roots_n, c.kid))
		return OK;
	if (o->roots_n == TRUST_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "a bundle of more than %u roots", TRUST_ROOTS_MAX);
	memcpy(o->roots[o->roots_n++], c.kid.ptr, KID_LEN);
	return keys_add(o, c.payload, err);
}

static enum status
owners_read(struct bytes bundle, struct owners *o, struct err *err)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	enum status st = bundle_open(bundle, &b);
	if (st != OK)
		return err_set(err, st, "not a bundle (docs/formats.md 7)");
	while (st == OK && bundle_next(&b, &token, &typ))
		if (typ == TYP_TRUST_LIST)
			st = owner_add(o, token, err);
	if (st == OK && bundle_end(&b) != OK)
		st = err_set(err, ERR_FORMAT, "the bundle is damaged or cut");
	return st;
}

static bool
is_owned(const struct owners *o, struct bytes token, enum typ typ)
{
	struct cose c;
	if (cose_decode(token, COSE_STANDARD, &c) != OK)
		return false;
	return typ == TYP_TRUST_LIST ? has_kid(o->roots, o->roots_n, c.kid) : has_kid(o->keys, o->keys_n, c.kid);
}

/* Append the parts of this typ; from installed, only those that fresh has no owner of. */
static enum status
parts_append(struct bytes bundle, enum typ wanted, const struct owners *but, struct buf *out, size_t *n)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	enum status st = bundle_open(bundle, &b);
	while (st == OK && bundle_next(&b, &token, &typ)) {
		if (typ != wanted || (but != NULL && is_owned(but, token, typ)))
			continue;
		st = bundle_append(out, token);
		++*n;
	}
	return st;
}

static enum status
parts_merge(struct bytes fresh, struct bytes installed, const struct owners *o, struct buf *out, size_t *kept)
{
	static const enum typ order[] = { TYP_TRUST_LIST, TYP_STATUS_LIST };
	size_t from_fresh = 0;
	*kept = 0;
	enum status st = bundle_start(out);
	for (size_t i = 0; i < 2; i++) {
		if (st == OK)
			st = parts_append(fresh, order[i], NULL, out, &from_fresh);
		if (st == OK && installed.len > 0)
			st = parts_append(installed, order[i], o, out, kept);
	}
	return st;
}

enum status
bundle_keep(struct bytes fresh, struct bytes installed, struct buf *out, size_t *kept, struct err *err)
{
	struct owners *o = calloc(1, sizeof(*o));
	size_t cap = fresh.len + installed.len + PART_HEAD_MAX;
	struct buf merged = { malloc(cap), cap, 0 };
	enum status st = o == NULL || merged.ptr == NULL ? err_set(err, ERR_SYSTEM, "out of memory") : OK;
	if (st == OK)
		st = owners_read(fresh, o, err);
	if (st == OK && (st = parts_merge(fresh, installed, o, &merged, kept)) != OK)
		err_set(err, st, "the bundles cannot be put together: %s", status_text(st));
	free(o);
	if (st != OK) {
		free(merged.ptr);
		return st;
	}
	*out = merged;
	return OK;
}
