/* Taking in a status list: who signed it, what it says, and whether it is older than one seen before (docs/formats.md 5, 6). */
#include "verify/verifier.h"

#include <assert.h>

#include "base/text.h"

static bool
may_use_uri(const struct trust_entry *e, struct bytes uri)
{
	for (size_t i = 0; i < e->uri_n; i++)
		if (bytes_starts_with(uri, e->uri[i]))
			return true;
	return false;
}

/* Other makers of status lists may call theirs what they like, but a certificate's address is short and clean. */
static bool
uri_is_bearable(struct bytes uri)
{
	return uri.len <= STATUS_URI_LEN_MAX && text_is_clean(uri);
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
	if (!uri_is_bearable(l->uri))
		return "signed for an address that no certificate can bear";
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

/* Under which entries the signature holds: bit e of signed_by[t].  Several certificates may share a kid, one key may have
 * several entries, and a list counts under each trust list that names its signer: two provinces', or a root's and its
 * successor's. */
struct signers { bool named, any; uint64_t signed_by[TRUST_ROOTS_MAX]; };
static_assert(TRUST_ENTRIES_MAX <= 64, "a bit for each entry");

static enum status
signers_find(const struct state *s, const struct cose *c, struct signers *out, struct err *err)
{
	*out = (struct signers){ .named = false };
	for (size_t t = 0; t < s->trusts_n; t++) {
		for (size_t e = 0; e < s->trusts[t].keys_n; e++) {
			struct pick p = { .trust = &s->trusts[t], .entry = e };
			bool good = false;
			if (!trust_entry_is(&p, c->kid))
				continue;
			out->named = true;
			enum status st = part_signed_by(s, s->trusts[t].keys[e].key, c, &good, err);
			if (st != OK)
				return st;
			out->any |= good;
			out->signed_by[t] |= (uint64_t)good << e;
		}
	}
	return OK;
}

/* NULL, or why none of the entries that signed it makes it count under t. */
static const char *
list_refused_under(const struct trust *t, uint64_t signed_by, const struct status_list *l)
{
	const char *refused = NULL;
	for (size_t e = 0; e < t->keys_n; e++) {
		if ((signed_by >> e & 1u) == 0)
			continue;
		refused = list_signer_refused(t, e, l);
		if (refused == NULL)
			break;
	}
	if (refused == NULL && l->has_binding && l->trust_issue_least > t->list.issue)
		return "wants a newer trust list than the bundle holds";
	return refused;
}

enum status
list_load(struct state *s, struct buf scratch, struct bytes token, const struct cose *c, struct err *err)
{
	struct status_record l = { .trust = NULL };
	struct signers signers;
	enum status st = signers_find(s, c, &signers, err);
	if (st != OK || !signers.named)
		return st; /* not named: of a root that is not pinned */
	if (!signers.any)
		return err_set(err, ERR_FORMAT, "%s", forged_part);
	st = status_list_decode(c->payload, &l.list);
	if (st != OK)
		return err_set(err, st, "its claims: %s (docs/formats.md 5)", status_text(st));
	st = sha256(token, &l.token);
	if (st != OK)
		return err_set(err, st, "its digest cannot be made: %s", status_text(st));
	st = list_inflate(s, scratch, &l, err);
	for (size_t t = 0; t < s->trusts_n && st == OK; t++) {
		if (signers.signed_by[t] == 0)
			continue;
		l.trust = &s->trusts[t];
		l.refused = list_refused_under(l.trust, signers.signed_by[t], &l.list);
		list_insert(s, &l);
	}
	return st;
}

/* ---- memory ---- */

/* The newest list that counts of the same trust list and address; they stand newest first. */
static const struct status_record *
list_newest(const struct state *s, size_t at)
{
	const struct status_record *l = &s->lists[at], *newest = l;
	for (size_t i = at; i > 0 && bytes_eq(s->lists[i - 1].list.uri, l->list.uri); i--)
		if (s->lists[i - 1].trust == l->trust && s->lists[i - 1].refused == NULL)
			newest = &s->lists[i - 1];
	return newest;
}

/* An older list beside the newest is a spare, for the time when the newest cannot be used; but not one from before what was seen. */
static enum status
spare_check(struct status_record *l, const struct status_record *newest, const struct memory *seen, struct err *err)
{
	bool same = memcmp(l->token.b, newest->token.b, DIGEST_LEN) == 0;
	const struct memory_item *before = memory_find(seen, MEMORY_STATUS, &l->trust->root->id, l->list.uri);
	if (!same && l->list.iat_unix_s == newest->list.iat_unix_s)
		return err_set(err, ERR_CONFLICT, "the bundle holds two status lists %.*s of one instant that do not say the same",
		    BYTES_FMT(l->list.uri));
	if (before != NULL && l->list.iat_unix_s < before->iat_unix_s)
		l->refused = "is older than one accepted before";
	return OK;
}

static enum status
list_remember(const struct status_record *l, struct memory *memory, struct err *err)
{
	struct memory_item item;
	enum status st = memory_item_make(MEMORY_STATUS, &l->trust->root->id, l->list.uri, &item, err);
	if (st != OK)
		return st;
	item.token = l->token;
	item.iat_unix_s = l->list.iat_unix_s;
	return memory_enter(memory, &item, err);
}

enum status
lists_remember(struct state *s, const struct memory *seen, struct memory *memory, struct err *err)
{
	enum status st = OK;
	for (size_t i = 0; i < s->lists_n && st == OK; i++) {
		struct status_record *l = &s->lists[i];
		if (l->refused != NULL)
			continue;
		const struct status_record *newest = list_newest(s, i);
		st = newest == l ? list_remember(l, memory, err) : spare_check(l, newest, seen, err);
	}
	return st;
}
