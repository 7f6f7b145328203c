#include "verify/verifier.h"

#include <assert.h>
#include <stdio.h>

#include "crypto/bundle.h"

static_assert((int)YP_OK == (int)OK && (int)YP_ERR_FORMAT == (int)ERR_FORMAT && (int)YP_ERR_CRYPTO == (int)ERR_CRYPTO,
    "enum yp_status and enum status number alike");
static_assert(sizeof(((struct yp_answer *)0)->token) == TOKEN_LEN_MAX, "an answer holds the longest token");
static_assert(sizeof(((struct yp_answer *)0)->fields) == FIELDS_MAX, "an answer holds all fields");
static_assert(sizeof(((struct err *)0)->text) == YP_SENTENCE_MAX, "a sentence is an err's text");
static_assert(YP_MEMORY_MAX >= 32 + MEMORY_ITEMS_MAX * (2 + 2 * (2 + DIGEST_LEN) + 2 + STATUS_URI_LEN_MAX + 2 * 9),
    "YP_MEMORY_MAX holds a full memory");

enum { ALIGN = 16 };
static const int64_t clock_max_unix_s = (int64_t)1 << 40; /* far past any date; keeps sums from overflowing */

const char *
yp_verdict_text(enum yp_verdict v)
{
	switch (v) {
	case YP_NOT_JUDGED:          return "NOT_JUDGED";
	case YP_VALID:               return "VALID";
	case YP_UNREADABLE:          return "UNREADABLE";
	case YP_UNSUPPORTED:         return "UNSUPPORTED";
	case YP_TRUST_EXPIRED:       return "TRUST_EXPIRED";
	case YP_UNKNOWN_ISSUER:      return "UNKNOWN_ISSUER";
	case YP_ISSUER_NOT_ALLOWED:  return "ISSUER_NOT_ALLOWED";
	case YP_FORGED:              return "FORGED";
	case YP_NOT_YET_VALID:       return "NOT_YET_VALID";
	case YP_EXPIRED:             return "EXPIRED";
	case YP_STATUS_UNKNOWN:      return "STATUS_UNKNOWN";
	case YP_VOID:                return "VOID";
	case YP_SUSPENDED:           return "SUSPENDED";
	case YP_POSSESSION_UNPROVEN: return "POSSESSION_UNPROVEN";
	case YP_PRESENTATION_FORGED: return "PRESENTATION_FORGED";
	case YP_CLOCK_SKEW:          return "CLOCK_SKEW";
	case YP_PRESENTATION_STALE:  return "PRESENTATION_STALE";
	case YP_CHALLENGE_FAILED:    return "CHALLENGE_FAILED";
	case YP_REPLAYED:            return "REPLAYED";
	case YP_NOT_ON_REGISTER:     return "NOT_ON_REGISTER";
	}
	return "UNKNOWN_VERDICT";
}

const char *
yp_status_text(enum yp_status st)
{
	return status_text((enum status)st);
}

size_t
yp_bundle_lists(const uint8_t *bundle, size_t len)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	size_t n = 0;
	if (bundle_open((struct bytes){ bundle, len }, &b) == OK)
		while (n < BUNDLE_LISTS_MAX && bundle_next(&b, &token, &typ))
			n += typ == TYP_STATUS_LIST;
	return n > 0 ? n : 1;
}

size_t
yp_workspace_len(size_t lists, unsigned log2_indices, unsigned bits)
{
	if (lists > BUNDLE_LISTS_MAX || log2_indices > STATUS_LIST_BITS_LOG2_MAX || bits > 8)
		return 0;
	size_t raw = (((size_t)bits << log2_indices) + 7) / 8 + ALIGN;
	/* the bytes under a signature: a trust list's, or a status list's, which is the zlib stream and a little more */
	size_t signed_room = TRUST_LIST_LEN_MAX + raw + raw / 512;
	size_t half = sizeof(struct state) + TRUST_ROOTS_MAX * sizeof(struct trust) +
	    lists * TRUST_ROOTS_MAX * sizeof(struct status_record) + lists * raw + signed_room + 8 * ALIGN;
	return sizeof(struct yp_verifier) + STATUS_LIST_SCRATCH + 2 * half + 4 * ALIGN;
}

enum yp_status
yp_open(void *workspace, size_t len, struct yp_verifier **out)
{
	struct yp_verifier *v = workspace;
	size_t fixed = (sizeof(*v) + STATUS_LIST_SCRATCH + ALIGN - 1) / ALIGN * ALIGN;
	if (workspace == NULL || (uintptr_t)workspace % _Alignof(max_align_t) != 0)
		return YP_ERR_ARGUMENT;
	if (len < fixed + 2 * (sizeof(struct state) + ALIGN))
		return YP_ERR_LIMIT;
	uint8_t *room = workspace;
	size_t half = (len - fixed) / 2 / ALIGN * ALIGN;
	v->roots_n = 0;
	v->state = NULL;
	v->memory = 0;
	v->memories[0].n = v->memories[1].n = 0;
	v->memories[0].floor_unix_s = v->memories[1].floor_unix_s = 0;
	v->scratch = (struct buf){ room + sizeof(*v), STATUS_LIST_SCRATCH, 0 };
	v->halves[0] = (struct buf){ room + fixed, half, 0 };
	v->halves[1] = (struct buf){ room + fixed + half, half, 0 };
	*out = v;
	return YP_OK;
}

void
yp_close(struct yp_verifier *v)
{
	if (v == NULL)
		return;
	state_close(v->state);
	v->state = NULL;
	while (v->roots_n > 0)
		certificate_clear(&v->roots[--v->roots_n].certificate);
}

static enum yp_status
told(enum status st, const struct err *err, char *sentence)
{
	if (sentence != NULL)
		(void)snprintf(sentence, YP_SENTENCE_MAX, "%s", st == OK ? "" : err->text[0] != '\0' ? err->text : status_text(st));
	return (enum yp_status)st;
}

static enum status
root_check(const struct certificate *c, struct bytes der, struct err *err)
{
	bool good = false;
	if (!c->is_ca || !c->is_self_issued)
		return err_set(err, ERR_ARGUMENT, "%s is no root certificate: wanted a self-signed one of an authority (CA)", c->subject);
	enum status st = certificate_check_signature(der, der, c, &good);
	if (st != OK)
		return err_set(err, st, "%s: %s", c->subject, status_text(st));
	return good ? OK : err_set(err, ERR_ARGUMENT, "%s does not bear its own signature", c->subject);
}

static enum status
root_pin(struct yp_verifier *v, struct bytes der, struct err *err)
{
	struct root *r = &v->roots[v->roots_n];
	enum status st = certificate_decode(der, &r->certificate, err);
	if (st != OK)
		return st;
	st = root_check(&r->certificate, der, err);
	if (st == OK && (st = sha256(der, &r->id)) != OK)
		err_set(err, st, "%s: %s", r->certificate.subject, status_text(st));
	if (st != OK) {
		certificate_clear(&r->certificate);
		return st;
	}
	memcpy(r->der, der.ptr, der.len);
	r->der_len = der.len;
	v->roots_n++;
	return OK;
}

enum yp_status
yp_pin_root(struct yp_verifier *v, const uint8_t *der, size_t len, char *sentence)
{
	struct err err = { 0 };
	enum status st = OK;
	struct bytes in = { der, len };
	for (size_t i = 0; i < v->roots_n; i++)
		if (bytes_eq(in, (struct bytes){ v->roots[i].der, v->roots[i].der_len }))
			return told(OK, &err, sentence); /* pinned already */
	if (v->state != NULL)
		st = err_set(&err, ERR_ARGUMENT, "pin the roots before loading a bundle");
	else if (v->roots_n == TRUST_ROOTS_MAX)
		st = err_set(&err, ERR_LIMIT, "at most %u roots can be pinned", TRUST_ROOTS_MAX);
	else if (len == 0 || len > CERTIFICATE_DER_LEN_MAX)
		st = err_set(&err, ERR_LIMIT, "a root certificate of %zu bytes; wanted 1 to %u", len, CERTIFICATE_DER_LEN_MAX);
	else
		st = root_pin(v, in, &err);
	return told(st, &err, sentence);
}

enum yp_status
yp_load_bundle(struct yp_verifier *v, const uint8_t *bundle, size_t len, int64_t now_unix_s, char *sentence)
{
	struct err err = { 0 };
	struct state *fresh = NULL;
	enum status st = OK;
	unsigned next = v->memory ^ 1u;
	size_t free_half = v->state != NULL && (uint8_t *)v->state == v->halves[0].ptr ? 1 : 0;
	if (now_unix_s < 0 || now_unix_s > clock_max_unix_s)
		st = err_set(&err, ERR_ARGUMENT, "the clock says %lld s since 1970, which is no time for a bundle", (long long)now_unix_s);
	else if (v->roots_n == 0)
		st = err_set(&err, ERR_ARGUMENT, "no root is pinned: there is nothing to check a bundle against");
	else
		st = state_load(v, (struct bytes){ bundle, len }, v->halves[free_half], &v->memories[next], &fresh, &err);
	if (st == OK) {
		state_close(v->state);
		v->state = fresh;
		v->memory = next;
	}
	return told(st, &err, sentence);
}

enum yp_status
yp_put_memory(struct yp_verifier *v, const uint8_t *memory, size_t len, char *sentence)
{
	struct err err = { 0 };
	unsigned next = v->memory ^ 1u;
	enum status st = memory_decode((struct bytes){ memory, len }, &v->memories[next]);
	if (st == OK)
		v->memory = next;
	else
		err_set(&err, st, "%zu bytes that are not the memory of accepted lists: %s (docs/formats.md 6)", len, status_text(st));
	return told(st, &err, sentence);
}

enum yp_status
yp_get_memory(const struct yp_verifier *v, uint8_t *out, size_t cap, size_t *len)
{
	struct bytes enc = { NULL, 0 };
	enum status st = memory_encode(&v->memories[v->memory], (struct buf){ out, cap, 0 }, &enc);
	*len = enc.len;
	return (enum yp_status)st;
}

static void
earlier(int64_t *least, int64_t t)
{
	if (*least == 0 || t < *least)
		*least = t;
}

void
yp_bundle_info(const struct yp_verifier *v, struct yp_bundle_info *out)
{
	struct yp_bundle_info i = { 0 };
	const struct state *s = v->state;
	for (size_t r = 0; r < v->roots_n; r++)
		i.demonstration |= v->roots[r].certificate.is_example;
	for (size_t t = 0; s != NULL && t < s->trusts_n; t++)
		earlier(&i.trust_exp_unix_s, s->trusts[t].list.exp_unix_s);
	for (size_t l = 0; s != NULL && l < s->lists_n; l++) {
		const struct status_list *list = &s->lists[l].list;
		earlier(&i.oldest_list_iat_unix_s, list->iat_unix_s);
		earlier(&i.earliest_stale_unix_s, list->iat_unix_s + list->ttl_s);
		if (list->iat_unix_s > i.newest_list_iat_unix_s)
			i.newest_list_iat_unix_s = list->iat_unix_s;
		if (list->exp_unix_s != 0)
			earlier(&i.earliest_list_exp_unix_s, list->exp_unix_s);
	}
	i.clock_floor_unix_s = v->memories[v->memory].floor_unix_s;
	i.trust_lists = s != NULL ? s->trusts_n : 0;
	i.status_lists = s != NULL ? s->lists_n : 0;
	*out = i;
}
