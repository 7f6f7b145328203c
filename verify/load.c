#include "verify/verifier.h"

#include "crypto/bundle.h"

enum { ALIGN = 16 };

const char small_workspace[] = "this bundle needs a larger workspace than the verifier was opened with";
const char forged_part[] = "its signature does not hold: damaged or forged";

void *
arena_take(struct buf *arena, size_t len)
{
	size_t from = (arena->len + ALIGN - 1) / ALIGN * ALIGN;
	if (from > arena->cap || len > arena->cap - from)
		return NULL;
	arena->len = from + len;
	return arena->ptr + from;
}

struct buf
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

enum status
part_signed_by(const struct state *s, const struct public_key *key, const struct cose *c, bool *good, struct err *err)
{
	struct bytes tbs;
	*good = false;
	if (cose_to_be_signed(c->protected_header, c->payload, arena_rest(&s->arena), &tbs) != OK)
		return err_set(err, ERR_LIMIT, "%s", small_workspace);
	enum status st = signature_check(key, c->alg, tbs, c->signature, good);
	return st == OK ? OK : err_set(err, st, "its signature cannot be checked: %s", status_text(st));
}

static const struct root *
root_of(const struct yp_verifier *v, struct bytes kid)
{
	for (size_t r = 0; r < v->roots_n; r++)
		if (kid.len == KID_LEN && memcmp(v->roots[r].certificate.kid, kid.ptr, KID_LEN) == 0)
			return &v->roots[r];
	return NULL;
}

static enum status
part_load(const struct yp_verifier *v, struct state *s, struct bytes token, enum typ typ, struct memory *memory, struct err *err)
{
	struct cose c;
	enum status st = cose_decode(token, COSE_STANDARD, &c);
	if (st != OK)
		return err_set(err, st, "%s", status_text(st));
	if (typ == TYP_STATUS_LIST)
		return list_load(s, v->scratch, token, &c, err);
	const struct root *root = root_of(v, c.kid);
	return root != NULL ? trust_load(s, root, token, memory, err) : OK; /* of a root that is not pinned */
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
parts_load(const struct yp_verifier *v, struct state *s, struct bytes bundle, struct memory *memory, struct err *err)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	size_t n = 0;
	enum status st = bundle_open(bundle, &b);
	while (st == OK && bundle_next(&b, &token, &typ)) {
		n++;
		st = part_load(v, s, token, typ, memory, err);
		if (st != OK)
			err_in(err, st, "bundle part %zu, a %s", n, typ == TYP_TRUST_LIST ? "trust list" : "status list");
	}
	if (st == OK && s->trusts_n == 0)
		st = err_set(err, ERR_NOT_FOUND, "the bundle has no trust list signed by %s%s: is it another authority's bundle or "
		    "the wrong root certificate?", v->roots[0].certificate.subject, v->roots_n > 1 ? " or another pinned root" : "");
	return st == OK ? lists_remember(s, &v->memories[v->memory], memory, err) : st;
}

enum status
state_load(const struct yp_verifier *v, struct bytes bundle, struct buf half, struct memory *memory, struct state **out,
    struct err *err)
{
	size_t trusts, lists;
	enum status st = bundle_count(bundle, &trusts, &lists, err);
	if (st != OK)
		return st;
	size_t trusts_max = trusts < v->roots_n ? trusts : v->roots_n; /* one for each pinned root */
	half.len = 0;
	struct state *s = arena_take(&half, sizeof(*s));
	struct trust *room = arena_take(&half, trusts_max * sizeof(*room));
	/* a list counts under each trust list that names its signer */
	struct status_record *records = arena_take(&half, lists * trusts_max * sizeof(*records));
	if (s == NULL || room == NULL || records == NULL)
		return err_set(err, ERR_LIMIT, "%s", small_workspace);
	*s = (struct state){ .trusts = room, .lists = records, .arena = half };
	*memory = v->memories[v->memory];
	st = parts_load(v, s, bundle, memory, err);
	if (st != OK) {
		state_close(s);
		return st;
	}
	*out = s;
	return OK;
}
