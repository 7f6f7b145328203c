/* Taking in a trust list: which keys may sign what (docs/formats.md 6). */
#include "verify/verifier.h"

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
compromise_spread(struct trust *t, struct err *err)
{
	uint8_t bad[65], other[65];
	enum status st = OK;
	for (size_t c = 0; c < t->keys_n && st == OK; c++) {
		struct buf b = BUF_OF(bad);
		if (t->list.entries[c].state != KEY_COMPROMISED)
			continue;
		st = public_key_point(t->keys[c].key, &b);
		for (size_t e = 0; e < t->keys_n && st == OK; e++) {
			struct buf o = BUF_OF(other);
			st = public_key_point(t->keys[e].key, &o);
			if (st == OK && bytes_eq(buf_view(&b), buf_view(&o)))
				t->list.entries[e].state = KEY_COMPROMISED;
		}
	}
	return st == OK ? OK : err_set(err, st, "a key in it cannot be looked at: %s", status_text(st));
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
	return st == OK ? compromise_spread(t, err) : st;
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
trust_remember(const struct trust *t, struct bytes token, struct memory *memory, struct err *err)
{
	struct memory_item item;
	enum status st = memory_item_make(MEMORY_TRUST, &t->root->id, t->list.iss, &item, err);
	if (st == OK && (st = sha256(token, &item.token)) != OK)
		err_set(err, st, "its digest cannot be made: %s", status_text(st));
	if (st != OK)
		return st;
	item.issue = t->list.issue;
	item.iat_unix_s = t->list.iat_unix_s;
	return memory_enter(memory, &item, err);
}

enum status
trust_load(struct state *s, const struct root *root, struct bytes token, struct memory *memory, struct err *err)
{
	struct cose c;
	bool good = false;
	struct trust *t = &s->trusts[s->trusts_n];
	for (size_t i = 0; i < s->trusts_n; i++)
		if (s->trusts[i].root == root)
			return err_set(err, ERR_CONFLICT, "a second trust list of the same root, %s", root->certificate.subject);
	enum status st = cose_decode(token, COSE_OURS, &c);
	if (st != OK)
		return err_set(err, st, "its envelope: %s (docs/formats.md 2)", status_text(st));
	st = part_signed_by(s, root->certificate.key, &c, &good, err);
	if (st != OK)
		return st;
	if (!good)
		return err_set(err, ERR_FORMAT, "%s", forged_part);
	t->root = root;
	t->keys_n = 0;
	st = trust_list_decode(c.payload, &t->list);
	if (st != OK)
		return err_set(err, st, "its claims: %s (docs/formats.md 6)", status_text(st));
	s->trusts_n++; /* from here on state_close frees its keys */
	st = root_term_check(t, err);
	if (st == OK)
		st = keys_load(t, err);
	return st == OK ? trust_remember(t, token, memory, err) : st;
}

