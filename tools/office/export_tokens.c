#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/cose.h"
#include "registry/effective.h"
#include "tools/office/export.h"
#include "tools/shared/json.h"
#include "tools/shared/qrcode.h"

struct tokens {
	struct export *x;
	FILE *out;
	int64_t now_unix_s;
	struct effective_cache *cache;
	uint64_t n, bytes_of[TOKEN_LEN_MAX + 1], versions[41];
	unsigned prefix_len;
};

/* The verdict the register gives: what an honest verifier must say of this token. */
static const char *
expected_verdict(const struct tokens *k, const struct credential *c, const struct effective *e)
{
	static const char *const words[] = { "VALID", "VOID", "SUSPENDED" };
	if (k->now_unix_s + CLOCK_TOLERANCE_S < c->nbf_unix_s)
		return "NOT_YET_VALID";
	if (k->now_unix_s >= c->exp_unix_s)
		return "EXPIRED";
	if (e->value == 0 && c->policy != POLICY_STATIC)
		return "POSSESSION_UNPROVEN";
	return words[e->value];
}

static enum status
export_one(struct tokens *k, struct txn *t, const struct issued *issued)
{
	static const char *const kinds[] = { "", "enforcement", "supervision", "moderator", "body" };
	char text[QR_TEXT_LEN_MAX];
	struct effective e;
	struct bytes token;
	struct cose cose;
	struct credential c;
	enum status st = effective_cached(k->cache, issued, &e);
	if (st == OK)
		st = issued_token(t, issued, &token);
	if (st == OK)
		st = cose_decode(token, COSE_OURS, &cose);
	if (st == OK)
		st = credential_decode(cose.payload, &c);
	if (st)
		return st;
	if (e.cause == CAUSE_CREDENTIAL) /* replaced by a newer one */
		return OK;
	base32_encode(token, text);
	/* a number that begins like a formula is made inert for Excel */
	bool inert = c.sub.ptr[0] == '=' || c.sub.ptr[0] == '+' || c.sub.ptr[0] == '-' || c.sub.ptr[0] == '@';
	(void)fprintf(k->out, "%s%.*s,%s,%s,%s\r\n", inert ? "'" : "", BYTES_FMT(c.sub), kinds[c.kind], expected_verdict(k, &c, &e), text);
	k->n++;
	k->bytes_of[token.len]++;
	k->versions[qrcode_version(k->prefix_len + base32_len(token.len))]++;
	return OK;
}

/* The smallest value that `share` of all are not above. */
static unsigned
quantile(const uint64_t *counts, size_t n, uint64_t total, double share)
{
	uint64_t seen = 0;
	for (size_t i = 0; i < n; i++) {
		seen += counts[i];
		if (seen > 0 && (double)seen >= share * (double)total)
			return (unsigned)i;
	}
	return 0;
}

static void
report(const struct tokens *k)
{
	struct json j = json_open(stdout);
	size_t lens = sizeof(k->bytes_of) / sizeof(k->bytes_of[0]);
	json_object_begin(&j);
	json_key(&j, "credentials"), json_uint(&j, k->n);
	json_key(&j, "token_bytes_median"), json_uint(&j, quantile(k->bytes_of, lens, k->n, 0.5));
	json_key(&j, "token_bytes_max"), json_uint(&j, quantile(k->bytes_of, lens, k->n, 1.0));
	json_key(&j, "qr_version_p90"), json_uint(&j, quantile(k->versions, 41, k->n, 0.9));
	json_key(&j, "qr_version_max"), json_uint(&j, quantile(k->versions, 41, k->n, 1.0));
	json_object_end(&j);
	(void)json_close(&j);
}

static enum status
export_all(struct tokens *k, struct txn *t)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct issued issued;
	struct counters counters;
	struct progress p;
	enum status st = counters_get(t, &counters);
	if (st == OK)
		st = effective_cache_open(t, k->now_unix_s, &k->cache);
	progress_start(&p, "exporting", st == OK ? counters.next_serial - 1 : 0, office_progress(k->x->office));
	if (st == OK)
		st = cursor_open(t, TABLE_CREDENTIAL, (struct bytes){ NULL, 0 }, &c);
	(void)fputs("number,kind,expected,token\r\n", k->out);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = issued_decode(key64_value(key), value, &issued);
		if (st == OK)
			st = export_one(k, t, &issued);
		progress_add(&p, 1);
	}
	progress_end(&p);
	cursor_close(&c);
	effective_cache_close(k->cache);
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
export_tokens(struct export *x)
{
	struct office *o = x->office;
	struct txn t = { 0 };
	struct tokens *k = calloc(1, sizeof(*k));
	if (k == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	*k = (struct tokens){ .x = x, .out = stdout, .now_unix_s = clock_unix_s(), .prefix_len = (unsigned)strlen(o->config.qr_prefix) };
	enum status st = OK;
	if (x->out == NULL && x->as_json)
		st = err_set(&o->err, ERR_ARGUMENT, "--json needs --out, or both would go to standard output");
	else if (x->out != NULL && (k->out = fopen(x->out, "wb")) == NULL)
		st = err_set(&o->err, ERR_SYSTEM, "cannot write %s: %s", x->out, strerror(errno));
	if (st == OK)
		st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = export_all(k, &t);
	txn_end(&t);
	bool bad = k->out != NULL && (ferror(k->out) != 0 || fflush(k->out) != 0);
	if (k->out != NULL && k->out != stdout)
		bad = fclose(k->out) != 0 || bad;
	if (st == OK && bad)
		st = err_set(&o->err, ERR_SYSTEM, "%s could not be written whole: %s", x->out != NULL ? x->out : "the list", strerror(errno));
	if (st == OK && x->as_json)
		report(k);
	free(k);
	return st ? err_set(&o->err, st, "the tokens cannot be read: %s", status_text(st)) : OK;
}
