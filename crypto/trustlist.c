#include "crypto/trustlist.h"

#include "base/text.h"
#include "crypto/cbor.h"
#include "crypto/credential.h"
#include "crypto/digest.h"

enum { CLAIM_ISS = 1, CLAIM_EXP = 4, CLAIM_IAT = 6, CLAIM_MAP = -65537 };
enum { KEY_VERSION = 0, KEY_ISSUE, KEY_ENTRIES, KEY_POLICY, VERSION = 1 };
enum { ENTRY_CERTIFICATE = 1, ENTRY_TYPS, ENTRY_KINDS, ENTRY_STATE, ENTRY_SINCE, ENTRY_ISS, ENTRY_URI };
#define INSTANT_MAX (INT64_MAX / 2)  /* sums of two cannot overflow */
enum { POLICY_WINDOW = 1, POLICY_AGE = 2, WINDOW_DEFAULT_S = 60, WINDOW_MIN_S = 30, WINDOW_MAX_S = 300 };

static bool
signs(const struct trust_entry *e, enum typ typ)
{
	return (e->typs >> typ & 1u) != 0;
}

static bool
prefixes_are_wellformed(const struct bytes *prefixes, size_t n)
{
	if (n > TRUST_PREFIXES_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (prefixes[i].len == 0 || !text_is_clean(prefixes[i]))
			return false;
	return true;
}

static bool
entry_is_wellformed(const struct trust_entry *e)
{
	const uint32_t typs_known = (1u << TYP_COUNT) - (1u << (TYP_UNKNOWN + 1));
	const uint32_t kinds_known = (1u << (KIND_BODY + 1)) - (1u << KIND_ENFORCEMENT);
	return e->certificate_der.len >= 1 && e->certificate_der.len <= CERTIFICATE_DER_LEN_MAX &&
	    e->typs != 0 && (e->typs & ~typs_known) == 0 && (e->kinds & ~kinds_known) == 0 &&
	    e->state >= KEY_ACTIVE && e->state <= KEY_COMPROMISED && e->since_unix_s >= 0 && e->since_unix_s <= INSTANT_MAX &&
	    prefixes_are_wellformed(e->iss, e->iss_n) && prefixes_are_wellformed(e->uri, e->uri_n) &&
	    (!signs(e, TYP_CREDENTIAL) || e->iss_n >= 1) && (!signs(e, TYP_STATUS_LIST) || e->uri_n >= 1);
}

/* The rules both directions share, but for the number of entries: too many are a limit, and not looked at. */
static bool
trust_list_is_wellformed(const struct trust_list *t)
{
	for (size_t i = 0; i < t->entries_n; i++)
		if (!entry_is_wellformed(&t->entries[i]))
			return false;
	return t->iss.len >= 1 && t->iss.len <= ISS_LEN_MAX && text_is_clean(t->iss) && t->issue >= 1 &&
	    t->iat_unix_s >= 0 && t->iat_unix_s < t->exp_unix_s && t->exp_unix_s <= INSTANT_MAX &&
	    t->window_s >= WINDOW_MIN_S && t->window_s <= WINDOW_MAX_S &&
	    t->status_age_max_s >= 0 && t->status_age_max_s <= INSTANT_MAX;
}

static size_t
bits_count(uint32_t bits)
{
	size_t n = 0;
	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

static void
write_kinds(struct cbor_writer *w, uint32_t kinds)
{
	cbor_write_array(w, bits_count(kinds));
	for (unsigned k = KIND_ENFORCEMENT; k <= KIND_BODY; k++)
		if ((kinds >> k & 1u) != 0)
			cbor_write_uint(w, k);
}

static void
write_typs(struct cbor_writer *w, uint32_t typs)
{
	cbor_write_array(w, bits_count(typs));
	for (unsigned t = TYP_UNKNOWN + 1; t < TYP_COUNT; t++)
		if ((typs >> t & 1u) != 0)
			cbor_write_text(w, bytes_str(typ_text((enum typ)t)));
}

static void
write_prefixes(struct cbor_writer *w, int key, const struct bytes *prefixes, size_t n)
{
	if (n == 0)
		return;
	cbor_write_int(w, key);
	cbor_write_array(w, n);
	for (size_t i = 0; i < n; i++)
		cbor_write_text(w, prefixes[i]);
}

static void
write_entry(struct cbor_writer *w, const struct trust_entry *e)
{
	size_t pairs = 4;
	pairs += e->kinds != 0;
	pairs += e->iss_n > 0;
	pairs += e->uri_n > 0;
	cbor_write_map(w, pairs);
	cbor_write_int(w, ENTRY_CERTIFICATE);
	cbor_write_bytes(w, e->certificate_der);
	cbor_write_int(w, ENTRY_TYPS);
	write_typs(w, e->typs);
	if (e->kinds != 0) {
		cbor_write_int(w, ENTRY_KINDS);
		write_kinds(w, e->kinds);
	}
	cbor_write_int(w, ENTRY_STATE);
	cbor_write_uint(w, (uint64_t)e->state);
	cbor_write_int(w, ENTRY_SINCE);
	cbor_write_int(w, e->since_unix_s);
	write_prefixes(w, ENTRY_ISS, e->iss, e->iss_n);
	write_prefixes(w, ENTRY_URI, e->uri, e->uri_n);
}

static void
write_policy(struct cbor_writer *w, const struct trust_list *t)
{
	size_t pairs = (t->window_s != WINDOW_DEFAULT_S ? 1u : 0u) + (t->status_age_max_s != 0 ? 1u : 0u);
	if (pairs == 0)
		return;
	cbor_write_int(w, KEY_POLICY);
	cbor_write_map(w, pairs);
	if (t->window_s != WINDOW_DEFAULT_S) {
		cbor_write_int(w, POLICY_WINDOW);
		cbor_write_int(w, t->window_s);
	}
	if (t->status_age_max_s != 0) {
		cbor_write_int(w, POLICY_AGE);
		cbor_write_int(w, t->status_age_max_s);
	}
}

enum status
trust_list_encode(const struct trust_list *t, struct buf out, struct bytes *payload)
{
	if (t->entries_n > TRUST_ENTRIES_MAX)
		return ERR_LIMIT;
	if (!trust_list_is_wellformed(t))
		return ERR_ARGUMENT;
	bool has_policy = t->window_s != WINDOW_DEFAULT_S || t->status_age_max_s != 0;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, 4);
	cbor_write_int(&w, CLAIM_ISS);
	cbor_write_text(&w, t->iss);
	cbor_write_int(&w, CLAIM_EXP);
	cbor_write_int(&w, t->exp_unix_s);
	cbor_write_int(&w, CLAIM_IAT);
	cbor_write_int(&w, t->iat_unix_s);
	cbor_write_int(&w, CLAIM_MAP);
	cbor_write_map(&w, has_policy ? 4 : 3);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_ISSUE);
	cbor_write_uint(&w, t->issue);
	cbor_write_int(&w, KEY_ENTRIES);
	cbor_write_array(&w, t->entries_n);
	for (size_t i = 0; i < t->entries_n; i++)
		write_entry(&w, &t->entries[i]);
	write_policy(&w, t);
	return cbor_write_finish(&w, payload);
}

static uint32_t
read_typs(struct cbor_reader *r)
{
	uint32_t typs = 0;
	enum typ last = TYP_UNKNOWN;
	size_t n = cbor_read_array(r);
	for (size_t i = 0; r->status == OK && i < n; i++) {
		enum typ typ = typ_of(cbor_read_text(r));
		if (typ == TYP_UNKNOWN)
			cbor_fail(r, ERR_UNSUPPORTED);
		else if (typ <= last) /* one order, so that every list has one encoding */
			cbor_fail(r, ERR_FORMAT);
		last = typ;
		typs |= 1u << typ;
	}
	return typs;
}

static uint32_t
read_kinds(struct cbor_reader *r)
{
	uint32_t kinds = 0;
	uint64_t last = 0;
	size_t n = cbor_read_array(r);
	if (n == 0)
		cbor_fail(r, ERR_FORMAT);
	for (size_t i = 0; r->status == OK && i < n; i++) {
		uint64_t kind = cbor_read_uint(r);
		if (kind < KIND_ENFORCEMENT || kind > KIND_BODY)
			cbor_fail(r, ERR_UNSUPPORTED);
		else if (kind <= last)
			cbor_fail(r, ERR_FORMAT);
		last = kind;
		kinds |= 1u << (kind & 31);
	}
	return kinds;
}

static uint8_t
read_prefixes(struct cbor_reader *r, struct bytes prefixes[TRUST_PREFIXES_MAX])
{
	size_t n = cbor_read_array(r);
	if (n < 1 || n > TRUST_PREFIXES_MAX) {
		cbor_fail(r, n < 1 ? ERR_FORMAT : ERR_LIMIT);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		prefixes[i] = cbor_read_text(r);
	return (uint8_t)n;
}

static int64_t
read_seconds(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v > INSTANT_MAX) {
		cbor_fail(r, ERR_LIMIT);
		return 0;
	}
	return (int64_t)v;
}

static enum key_state
read_state(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v < KEY_ACTIVE || v > KEY_COMPROMISED) {
		cbor_fail(r, ERR_UNSUPPORTED);
		return KEY_COMPROMISED;
	}
	return (enum key_state)v;
}

static void
read_entry(struct cbor_reader *r, struct trust_entry *e)
{
	int64_t key = 0;
	unsigned seen = 0;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next(r, &m, &key);) {
		switch (key) {
		case ENTRY_CERTIFICATE: e->certificate_der = cbor_read_bytes(r); break;
		case ENTRY_TYPS:        e->typs = read_typs(r); break;
		case ENTRY_KINDS:       e->kinds = read_kinds(r); break;
		case ENTRY_STATE:       e->state = read_state(r); break;
		case ENTRY_SINCE:       e->since_unix_s = read_seconds(r); break;
		case ENTRY_ISS:         e->iss_n = read_prefixes(r, e->iss); break;
		case ENTRY_URI:         e->uri_n = read_prefixes(r, e->uri); break;
		default:                cbor_fail(r, ERR_UNSUPPORTED);
		}
		if (r->status == OK)
			seen |= 1u << key;
	}
	if ((seen >> ENTRY_SINCE & 1u) == 0)
		cbor_fail(r, ERR_FORMAT);
}

static void
read_policy(struct cbor_reader *r, struct trust_list *t)
{
	int64_t key = 0;
	size_t pairs = 0;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next(r, &m, &key); pairs++) {
		int64_t v = read_seconds(r);
		if (key == POLICY_WINDOW)
			t->window_s = v;
		else if (key == POLICY_AGE)
			t->status_age_max_s = v;
		else
			cbor_fail(r, ERR_UNSUPPORTED);
		if (v == (key == POLICY_WINDOW ? WINDOW_DEFAULT_S : 0)) /* a default is said by absence */
			cbor_fail(r, ERR_FORMAT);
	}
	if (pairs == 0)
		cbor_fail(r, ERR_FORMAT);
}

static void
read_map(struct cbor_reader *r, struct trust_list *t)
{
	int64_t key = 0;
	unsigned seen = 0;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next(r, &m, &key);) {
		switch (key) {
		case KEY_VERSION:
			if (cbor_read_uint(r) != VERSION)
				cbor_fail(r, ERR_UNSUPPORTED);
			break;
		case KEY_ISSUE: t->issue = cbor_read_uint(r); break;
		case KEY_ENTRIES:
			t->entries_n = cbor_read_array(r);
			if (t->entries_n > TRUST_ENTRIES_MAX)
				cbor_fail(r, ERR_LIMIT);
			for (size_t i = 0; r->status == OK && i < t->entries_n; i++)
				read_entry(r, &t->entries[i]);
			break;
		case KEY_POLICY: read_policy(r, t); break;
		default:         cbor_fail(r, ERR_UNSUPPORTED);
		}
		if (r->status == OK)
			seen |= 1u << key;
	}
	if ((seen & 7u) != 7u)
		cbor_fail(r, ERR_FORMAT);
}

enum status
trust_list_decode(struct bytes payload, struct trust_list *out)
{
	struct trust_list t = { .window_s = WINDOW_DEFAULT_S };
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	int64_t claim = 0;
	unsigned claims = 0;
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &claim); claims++) {
		switch (claim) {
		case CLAIM_ISS: t.iss = cbor_read_text(&r); break;
		case CLAIM_EXP: t.exp_unix_s = read_seconds(&r); break;
		case CLAIM_IAT: t.iat_unix_s = read_seconds(&r); break;
		case CLAIM_MAP: read_map(&r, &t); break;
		default:        cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (claims != 4 || !trust_list_is_wellformed(&t))
		return ERR_FORMAT;
	*out = t;
	return OK;
}

size_t
trust_list_find(const struct trust_list *t, const uint8_t kid[KID_LEN], size_t from)
{
	struct digest d;
	for (size_t i = from; i < t->entries_n; i++)
		if (sha256(t->entries[i].certificate_der, &d) == OK && memcmp(d.b, kid, KID_LEN) == 0)
			return i;
	return t->entries_n;
}
