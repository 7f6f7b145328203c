#include "registry/publish.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/bundle.h"
#include "crypto/cose_sign.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "registry/effective.h"
#include "registry/publication.h"

enum { BITS = 2, PROGRESS_EVERY = 16384 };

struct publishing {
	struct registry *r;
	const struct publish_terms *terms;
	struct publish_result *result;
	struct err *err;
	struct trust_list *trusts;             /* one for each root */
	uint8_t *raw;                          /* lists_n arrays of 2^log2 two-bit values */
	size_t lists_n, list_bytes;
	struct batch batch;
	int64_t iat_unix_s;
	struct buf bundle;
	struct buf *tokens;                    /* the signed lists: lists_n for each root */
};

static enum status
say(struct publishing *x, enum status st, const char *what)
{
	return err_set(x->err, st, "%s: %s", what, status_text(st));
}

/* ---- what stands: one pass over all credentials ---- */

static enum status
mark(struct publishing *x, struct effective_cache *cache, const struct issued *c)
{
	struct effective e;
	uint32_t list = 0, idx = 0;
	enum status st = effective_cached(cache, c, &e);
	if (st == OK)
		st = registry_place(x->r, c->serial, &list, &idx);
	if (st)
		return st;
	x->result->credentials++;
	x->result->voided += e.value == STATUS_INVALID;
	x->result->suspended += e.value == STATUS_SUSPENDED;
	if (e.value != STATUS_VALID)
		status_set((struct buf){ x->raw + list * x->list_bytes, x->list_bytes, 0 }, BITS, idx, e.value);
	return OK;
}

static enum status
project_status(struct publishing *x, struct txn *t, uint64_t total)
{
	struct effective_cache *cache = NULL;
	struct cursor cursor = { 0 };
	struct bytes key, value;
	struct issued c;
	enum status st = effective_cache_open(t, x->terms->now_ms / 1000, &cache);
	if (st == OK)
		st = cursor_open(t, TABLE_CREDENTIAL, (struct bytes){ NULL, 0 }, &cursor);
	while (st == OK && (st = cursor_next(&cursor, &key, &value)) == OK) {
		st = issued_decode(key64_value(key), value, &c);
		if (st == OK)
			st = mark(x, cache, &c);
		if (x->terms->progress != NULL && x->result->credentials % PROGRESS_EVERY == 0)
			x->terms->progress(x->terms->progress_ctx, x->result->credentials, total);
	}
	cursor_close(&cursor);
	effective_cache_close(cache);
	if (st != ERR_NOT_FOUND)
		return say(x, st, "the credentials' status cannot be read");
	if (x->terms->progress != NULL)
		x->terms->progress(x->terms->progress_ctx, x->result->credentials, total);
	return OK;
}

/* ---- signed objects ---- */

static enum status
keep_token(struct publishing *x, struct bytes token, struct buf *out)
{
	out->ptr = malloc(token.len);
	if (out->ptr == NULL)
		return ERR_SYSTEM;
	memcpy(out->ptr, token.ptr, token.len);
	out->len = token.len;
	if (token.len > x->result->largest_list_bytes)
		x->result->largest_list_bytes = token.len;
	return OK;
}

/* One list for one root; room: three times as much as a list can take. */
static enum status
sign_for_root(struct publishing *x, size_t root, struct status_list *l, struct buf room, struct buf *out)
{
	struct bytes payload, token;
	size_t third = room.cap / 3;
	l->trust_issue_least = x->trusts[root].issue;
	enum status st = status_list_encode(l, (struct buf){ room.ptr, third, 0 }, &payload);
	if (st == OK)
		st = cose_sign(x->terms->roots[root].signer, TYP_STATUS_LIST, payload, (struct buf){ room.ptr + third, third, 0 },
		    (struct buf){ room.ptr + 2 * third, third, 0 }, &token);
	return st == OK ? keep_token(x, token, out) : st;
}

static enum status
sign_list(struct publishing *x, uint32_t list)
{
	size_t room = x->list_bytes + x->list_bytes / 1000 + 1024;
	uint8_t *mem = malloc(4 * room);
	struct buf zipped = { mem, room, 0 };
	char uri[STATUS_URI_LEN_MAX + 1];
	if (mem == NULL)
		return err_set(x->err, ERR_SYSTEM, "out of memory");
	struct status_list l = { .iat_unix_s = x->iat_unix_s, .exp_unix_s = x->iat_unix_s + x->terms->lifetime_s, .ttl_s = x->terms->ttl_s,
		.bits = BITS, .has_binding = true, .journal_sequence = x->batch.sequence, .journal_head = x->batch.head };
	enum status st = registry_list_uri(x->r, list, uri);
	if (st == OK)
		st = status_list_deflate((struct bytes){ x->raw + list * x->list_bytes, x->list_bytes }, &zipped);
	l.uri = bytes_str(uri);
	l.zipped = buf_view(&zipped);
	for (size_t root = 0; st == OK && root < x->terms->roots_n; root++)
		st = sign_for_root(x, root, &l, (struct buf){ mem + room, 3 * room, 0 }, &x->tokens[root * x->lists_n + list]);
	free(mem);
	return st ? say(x, st, "a status list cannot be signed") : OK;
}

static enum status
build_bundle(struct publishing *x)
{
	size_t room = 64, tokens = x->lists_n * x->terms->roots_n;
	for (size_t root = 0; root < x->terms->roots_n; root++)
		room += x->terms->roots[root].trust_list.len + 16;
	for (size_t i = 0; i < tokens; i++)
		room += x->tokens[i].len + 16;
	x->bundle = (struct buf){ malloc(room), room, 0 };
	enum status st = x->bundle.ptr == NULL ? ERR_SYSTEM : bundle_start(&x->bundle);
	for (size_t root = 0; st == OK && root < x->terms->roots_n; root++)
		st = bundle_append(&x->bundle, x->terms->roots[root].trust_list);
	for (size_t i = 0; st == OK && i < tokens; i++)
		st = bundle_append(&x->bundle, buf_view(&x->tokens[i]));
	x->result->bundle_bytes = x->bundle.len;
	return st ? say(x, st, "the bundle cannot be made") : OK;
}

/* ---- the office action ---- */

static enum status
last_iat(struct txn *t, int64_t *iat_unix_s)
{
	struct published last = { 0 };
	enum status st = published_get(t, &last);
	*iat_unix_s = last.iat_unix_s;
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
record_publication(struct publishing *x)
{
	uint8_t mem[64];
	struct bytes payload;
	struct publication p = { .iat_unix_s = x->iat_unix_s, .lists = x->lists_n, .trust_issue = x->trusts[0].issue };
	enum status st = publication_encode(&p, BUF_OF(mem), &payload);
	if (st)
		return say(x, st, "the publication cannot be recorded");
	batch_event(&x->batch, EVENT_PUBLISHED, payload, &x->result->sequence);
	published_put(&x->batch.txn, &(struct published){ .iat_unix_s = x->iat_unix_s, .sequence = x->result->sequence });
	return OK;
}

/* NULL, or why what the signer makes would not count under this trust list. */
static const char *
signer_refused(struct publishing *x, size_t root)
{
	const struct trust_list *t = &x->trusts[root];
	const struct trust_entry *e = NULL;
	size_t at = trust_list_find(t, x->terms->roots[root].signer->kid, 0);
	struct bytes prefix = bytes_str(registry_settings(x->r)->uri_prefix);
	if (at == t->entries_n)
		return "is not on the trust list;";
	e = &t->entries[at];
	if (e->state == KEY_COMPROMISED)
		return "is compromised on the trust list: make another (yaopai keys rotate status) and";
	if (e->state == KEY_RETIRED && x->iat_unix_s >= e->since_unix_s)
		return "is retired on the trust list: make another (yaopai keys rotate status) and";
	if ((e->typs >> TYP_STATUS_LIST & 1u) == 0)
		return "may not sign status lists by the trust list;";
	for (size_t i = 0; i < e->uri_n; i++)
		if (bytes_starts_with(prefix, e->uri[i]))
			return NULL;
	return "may not sign for this register's address by the trust list;";
}

static enum status
check_root(struct publishing *x, size_t root)
{
	const struct publish_root *r = &x->terms->roots[root];
	struct cose c;
	int64_t end = x->iat_unix_s + x->terms->lifetime_s;
	char when[INSTANT_TEXT_LEN + 1];
	enum status st = cose_decode(r->trust_list, COSE_OURS, &c);
	if (st == OK && c.typ != TYP_TRUST_LIST)
		st = ERR_FORMAT;
	if (st == OK)
		st = trust_list_decode(c.payload, &x->trusts[root]);
	if (st)
		return say(x, st, "the trust list is none; make one with yaopai trust sign");
	if (x->trusts[root].exp_unix_s < end)
		return err_set(x->err, ERR_CONFLICT, "the trust list ends %s, before the lists would; sign a new one with yaopai trust sign",
		    instant_text(x->trusts[root].exp_unix_s, when));
	if (r->signer_to_unix_s < end)
		return err_set(x->err, ERR_CONFLICT, "the status key's certificate ends %s, before the lists would; make a new status key",
		    instant_text(r->signer_to_unix_s, when));
	const char *refused = signer_refused(x, root);
	return refused == NULL ? OK : err_set(x->err, ERR_CONFLICT, "the status key %s sign a new one with yaopai trust sign", refused);
}

static enum status
check_terms(struct publishing *x)
{
	if (x->terms->ttl_s < 1 || x->terms->lifetime_s <= x->terms->ttl_s)
		return err_set(x->err, ERR_ARGUMENT, "a list's lifetime (%lld s) must be longer than its ttl (%lld s)",
		    (long long)x->terms->lifetime_s, (long long)x->terms->ttl_s);
	if (x->terms->roots_n < 1 || x->terms->roots_n > TRUST_ROOTS_MAX)
		return err_set(x->err, ERR_LIMIT, "%zu roots; 1 to %u were wanted", x->terms->roots_n, TRUST_ROOTS_MAX);
	enum status st = OK;
	for (size_t root = 0; st == OK && root < x->terms->roots_n; root++) {
		st = check_root(x, root);
		if (root > 0)
			(void)err_in(x->err, st, "former root number %zu (see yaopai trust show)", root);
	}
	return st;
}

/* Everything that is signed, inside one transaction: what the lists say is what the journal held at the bound event. */
static enum status
prepare(struct publishing *x)
{
	int64_t last = 0;
	enum status st = last_iat(&x->batch.txn, &last);
	if (st)
		return say(x, st, "the last publication cannot be read");
	x->iat_unix_s = x->terms->now_ms / 1000 > last ? x->terms->now_ms / 1000 : last + 1;
	x->result->iat_unix_s = x->iat_unix_s;
	st = check_terms(x);
	if (st)
		return st;
	uint64_t issued = x->batch.counters.next_serial - 1, per_list = (uint64_t)1 << registry_settings(x->r)->list_log2;
	x->lists_n = issued == 0 ? 1 : (size_t)((issued + per_list - 1) / per_list);
	x->list_bytes = (size_t)(per_list * BITS / 8);
	x->result->lists = x->lists_n;
	x->result->roots = x->terms->roots_n;
	if (x->lists_n * x->terms->roots_n > BUNDLE_LISTS_MAX)
		return err_set(x->err, ERR_LIMIT, "%zu status lists for each of %zu roots are more than the %u that a bundle holds", x->lists_n,
		    x->terms->roots_n, BUNDLE_LISTS_MAX);
	x->raw = calloc(x->lists_n, x->list_bytes);
	x->tokens = calloc(x->lists_n * x->terms->roots_n, sizeof(*x->tokens));
	if (x->raw == NULL || x->tokens == NULL)
		return err_set(x->err, ERR_SYSTEM, "out of memory");
	st = project_status(x, &x->batch.txn, issued);
	if (st == OK)
		st = record_publication(x);
	for (uint32_t i = 0; st == OK && i < x->lists_n; i++)
		st = sign_list(x, i);
	return st == OK ? build_bundle(x) : st;
}

/* dir/trust and dir/statuslists/<n> of one root. */
static enum status
write_root(struct publishing *x, size_t root, const char *in)
{
	char dir[4096], path[4096], name[24];
	enum status st = path_join(in, "statuslists", dir, sizeof(dir), x->err);
	if (st == OK)
		st = dir_make(dir, 0755, x->err);
	for (size_t i = 0; st == OK && i < x->lists_n; i++) {
		(void)snprintf(name, sizeof(name), "%zu", i);
		st = path_join(dir, name, path, sizeof(path), x->err);
		if (st == OK)
			st = file_save(path, buf_view(&x->tokens[root * x->lists_n + i]), 0644, x->err);
	}
	if (st == OK)
		st = path_join(in, "trust", path, sizeof(path), x->err);
	return st == OK ? file_save(path, x->terms->roots[root].trust_list, 0644, x->err) : st;
}

/* roots/<kid of the root>: the root's own kid stands in the envelope of its trust list. */
static enum status
write_former_root(struct publishing *x, size_t root)
{
	struct cose c;
	char roots[4096], dir[4096], kid[2 * KID_LEN + 1];
	enum status st = cose_decode(x->terms->roots[root].trust_list, COSE_OURS, &c);
	if (st)
		return say(x, st, "the trust list of a former root");
	hex_encode(c.kid, kid);
	st = path_join(x->terms->dir, "roots", roots, sizeof(roots), x->err);
	if (st == OK)
		st = dir_make(roots, 0755, x->err);
	if (st == OK)
		st = path_join(roots, kid, dir, sizeof(dir), x->err);
	if (st == OK)
		st = dir_make(dir, 0755, x->err);
	return st == OK ? write_root(x, root, dir) : st;
}

static enum status
write_files(struct publishing *x)
{
	char path[4096];
	enum status st = dir_make(x->terms->dir, 0755, x->err);
	if (st == OK)
		st = write_root(x, 0, x->terms->dir);
	for (size_t root = 1; st == OK && root < x->terms->roots_n; root++)
		st = write_former_root(x, root);
	if (st == OK)
		st = path_join(x->terms->dir, "bundle", path, sizeof(path), x->err);
	return st == OK ? file_save(path, buf_view(&x->bundle), 0644, x->err) : st;
}

enum status
publish_run(struct registry *r, const struct publish_terms *terms, struct publish_result *out, struct err *err)
{
	struct publish_result result = { 0 };
	struct publishing x = { .r = r, .terms = terms, .result = &result, .err = err };
	x.trusts = calloc(TRUST_ROOTS_MAX, sizeof(*x.trusts));
	if (x.trusts == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	enum status st = batch_begin(r, false, terms->operator, terms->now_ms, &x.batch, err);
	if (st == OK)
		st = prepare(&x);
	if (st == OK)
		st = batch_commit(&x.batch, err);
	batch_end(&x.batch);
	if (st == OK) /* the journal first: files without their event would bind nothing */
		st = write_files(&x);
	for (size_t i = 0; x.tokens != NULL && i < x.lists_n * terms->roots_n; i++)
		free(x.tokens[i].ptr);
	free(x.tokens);
	free(x.bundle.ptr);
	free(x.raw);
	free(x.trusts);
	if (st == OK)
		*out = result;
	return st;
}
