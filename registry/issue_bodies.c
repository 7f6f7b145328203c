#include "registry/issue_bodies.h"

#include <stdlib.h>

#include "base/time.h"
#include "crypto/cose_sign.h"
#include "registry/carry.h"
#include "registry/effective.h"
#include "registry/signed_by.h"

enum { PAYLOAD_MAX = 1024, TRANSACTION_ROWS = 4096, PROGRESS_EVERY = 256 };

struct body_code { uint8_t uscc[USCC_LEN]; };

struct issuing_bodies {
	struct registry *r;
	const struct body_issue_terms *x;
	const struct issue_terms *terms;
	struct body_issue_result result;       /* with what is not committed yet */
	struct err *err;
	struct signer *signer;
	struct body_code *bodies;              /* all there were at the beginning */
	size_t n;
	struct batch batch;
	int64_t now_unix_s;
};

/* One body on its way to a certificate. */
struct own {
	struct body body;
	uint8_t mem[RECORD_LEN_MAX];
	struct issued old;                     /* serial 0: none */
	int64_t exp_unix_s;
	bool only_signed_again;                /* the same certificate by another key: suspended stays suspended */
};

static enum status
collect(struct issuing_bodies *x)
{
	struct txn t = { 0 };
	struct cursor c = { 0 };
	struct bytes key, value;
	size_t cap = 0;
	enum status st = txn_begin_read(registry_store(x->r), &t);
	if (st == OK)
		st = cursor_open(&t, TABLE_BODY, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		if (x->n == cap) {
			cap = cap == 0 ? 1024 : 2 * cap;
			struct body_code *grown = realloc(x->bodies, cap * sizeof(*grown));
			if (grown == NULL) {
				st = ERR_SYSTEM;
				break;
			}
			x->bodies = grown;
		}
		if (key.len != USCC_LEN)
			st = ERR_DAMAGED;
		else
			memcpy(x->bodies[x->n++].uscc, key.ptr, USCC_LEN);
	}
	cursor_close(&c);
	txn_end(&t);
	return st == ERR_NOT_FOUND ? OK : err_set(x->err, st, "the bodies cannot be read: %s", status_text(st));
}

/* ---- does it get one? ---- */

static enum status
is_to_be_signed_again(struct issuing_bodies *x, const struct own *o, bool *yes)
{
	uint8_t kid[KID_LEN];
	enum status st = OK;
	*yes = false;
	if (o->old.serial == 0 || x->terms->reissue_n == 0 || o->old.exp_unix_s <= x->now_unix_s)
		return OK;
	st = issued_signer(&x->batch.txn, &o->old, kid, NULL);
	for (size_t i = 0; st == OK && i < x->terms->reissue_n; i++)
		*yes = *yes || memcmp(kid, x->terms->reissue[i], KID_LEN) == 0;
	return st;
}

static int64_t
whole_term_end(const struct issuing_bodies *x, const struct body *b)
{
	struct date today = date_of_unix_s(x->now_unix_s);
	int64_t end = date_start_unix_s(date_add_months(today, x->terms->validity_months[KIND_BODY]));
	bool entrustment_ends_before = b->entrusted_to_unix_s != 0 && b->entrusted_to_unix_s < end;
	return entrustment_ends_before ? b->entrusted_to_unix_s : end;
}

/* A renewal that would end no later is none. */
static bool
is_to_be_renewed(const struct issuing_bodies *x, const struct own *o)
{
	int64_t by = x->x->renew_until_unix_s > x->now_unix_s ? x->x->renew_until_unix_s : x->now_unix_s;
	return o->old.serial != 0 && !x->x->only_again && o->old.exp_unix_s <= by && whole_term_end(x, &o->body) > o->old.exp_unix_s;
}

static enum status
is_wanted(struct issuing_bodies *x, struct own *o, bool *yes)
{
	const struct body *b = &o->body;
	bool again = false, changed = b->serial != 0 && b->entries_sequence != b->serial_entries_sequence;
	*yes = false;
	if (standing_at(&b->standing, INT64_MAX).state == STATE_VOID) {
		x->result.abolished++;
		return OK;
	}
	enum status st = b->serial != 0 ? issued_get(&x->batch.txn, b->serial, &o->old) : OK;
	if (st == OK)
		st = is_to_be_signed_again(x, o, &again);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	bool renewed = is_to_be_renewed(x, o), first = b->serial == 0 && !x->x->only_again;
	bool anew = first || renewed || (changed && x->terms->changed);
	*yes = anew || again;
	o->only_signed_again = !anew;
	o->exp_unix_s = anew ? whole_term_end(x, b) : o->old.exp_unix_s;
	x->result.already += b->serial != 0 && !changed && !*yes;
	x->result.changed_waiting += changed && !*yes;
	return OK;
}

/* NULL: nothing. */
static const char *
reason_against(const struct issuing_bodies *x, const struct own *o)
{
	uint32_t area = iss_area(bytes_str(registry_settings(x->r)->iss));
	if (!jurisdiction_is_wellformed(o->body.division))
		return "its 行政区划代码 is not in the register; import the body again with it";
	if (!jurisdiction_covers(area, o->body.division))
		return "its 行政区划代码 lies outside this authority's area";
	if (x->now_unix_s < x->terms->signer_from_unix_s)
		return "the issuing certificate is not valid yet";
	if (o->exp_unix_s > x->terms->signer_to_unix_s)
		return "it would be valid longer than the issuing certificate";
	return NULL;
}

/* ---- signing and writing ---- */

static enum status
sign(struct issuing_bodies *x, const struct own *o, uint64_t serial, struct buf out, struct bytes *token)
{
	uint8_t mem[PAYLOAD_MAX], scratch[PAYLOAD_MAX + 128];
	struct bytes payload;
	char uri[STATUS_URI_LEN_MAX + 1];
	uint32_t list = 0;
	struct credential c = { .iss = bytes_str(registry_settings(x->r)->iss), .sub = o->body.uscc, .iat_unix_s = x->now_unix_s,
		.nbf_unix_s = x->now_unix_s, .exp_unix_s = o->exp_unix_s, .kind = KIND_BODY, .name = o->body.name,
		.entrusting_name = o->body.entrusting_name, .jurisdiction = o->body.division };
	enum status st = registry_place(x->r, serial, &list, &c.status_idx);
	if (st == OK)
		st = registry_list_uri(x->r, list, uri);
	c.status_uri = bytes_str(st == OK ? uri : "");
	if (st == OK)
		st = credential_encode(&c, BUF_OF(mem), &payload);
	return st ? st : cose_sign(x->signer, TYP_CREDENTIAL, payload, BUF_OF(scratch), out, token);
}

static enum status
replace_old(struct issuing_bodies *x, struct own *o)
{
	struct change c = { .action = ACTION_REPLACE, .effective_unix_s = x->now_unix_s, .sequence = x->batch.sequence };
	if (o->old.serial == 0 || standing_at(&o->old.standing, x->now_unix_s).state == STATE_VOID)
		return OK;
	enum status st = standing_add(&o->old.standing, &c, x->now_unix_s, x->err);
	if (st == OK) {
		batch_put_issued(&x->batch, &o->old);
		x->result.replaced++;
	}
	return st;
}

static enum status
write_signed(struct issuing_bodies *x, struct own *o, uint64_t serial, struct bytes token)
{
	uint8_t mem[TOKEN_LEN_MAX + 256];
	struct bytes payload;
	struct digest d;
	struct batch *b = &x->batch;
	struct issue_payload p = { .serial = serial, .entries_sequence = o->body.entries_sequence, .uscc = o->body.uscc, .token = token };
	struct issued c = { .serial = serial, .exp_unix_s = o->exp_unix_s };
	struct key64 key = key64(serial);
	enum status st = issue_payload_encode(&p, BUF_OF(mem), &payload);
	if (st == OK)
		st = sha256(token, &d);
	if (st)
		return err_set(x->err, st, "a credential cannot be recorded: %s", status_text(st));
	batch_event(b, EVENT_CREDENTIAL_ISSUED, payload, &c.sequence);
	memcpy(c.uscc, o->body.uscc.ptr, USCC_LEN);
	batch_put_issued(b, &c);
	txn_put_new(&b->txn, TABLE_DIGEST, (struct bytes){ d.b, TOKEN_DIGEST_KEY_LEN }, key64_view(&key));
	o->body.serial = serial;
	o->body.serial_entries_sequence = o->body.entries_sequence;
	batch_put_body(b, &o->body);
	b->counters.next_serial = serial + 1;
	x->result.issued++;
	return replace_old(x, o);
}

static void
refuse(struct issuing_bodies *x, const struct own *o, const char *why)
{
	x->result.refused++;
	if (x->x->refused != NULL)
		x->x->refused(x->x->refused_ctx, o->body.uscc, why);
}

static enum status
issue_wanted(struct issuing_bodies *x, struct own *o)
{
	uint8_t mem[TOKEN_LEN_MAX];
	struct bytes token;
	struct effective e;
	uint64_t serial = x->batch.counters.next_serial;
	if (x->terms->kinds != 0 && (x->terms->kinds >> KIND_BODY & 1u) == 0) {
		x->result.other_kind++;
		return OK;
	}
	enum status st = effective_of_body(&x->batch.txn, &o->body, x->now_unix_s, &e);
	if (st)
		return err_set(x->err, st, "a body cannot be read: %s", status_text(st));
	if (e.cause != CAUSE_NONE && !o->only_signed_again) {
		x->result.not_good++;
		return OK;
	}
	const char *why = reason_against(x, o);
	if (why == NULL) {
		st = sign(x, o, serial, BUF_OF(mem), &token);
		if (st == ERR_ARGUMENT || st == ERR_LIMIT)
			why = "its entries do not fit a credential";
		else if (st)
			return err_set(x->err, st, "signing failed (%s); what was committed before stays, run the command again", status_text(st));
	}
	if (why == NULL)
		return write_signed(x, o, serial, token);
	refuse(x, o, why);
	return OK;
}

static enum status
look_at(struct issuing_bodies *x, const struct body_code *code)
{
	struct own o = { .old = { .serial = 0 } };
	bool wanted = false;
	enum status st = body_copy(&x->batch.txn, (struct bytes){ code->uscc, USCC_LEN }, o.mem, &o.body);
	if (st == OK)
		st = is_wanted(x, &o, &wanted);
	if (st)
		return err_set(x->err, st == ERR_NOT_FOUND ? ERR_DAMAGED : st, "body %.*s cannot be read: %s", (int)USCC_LEN, (const char *)code->uscc,
		    status_text(st));
	st = wanted ? issue_wanted(x, &o) : OK;
	if (st == OK && x->batch.txn.status)
		st = err_set(x->err, x->batch.txn.status, "the register cannot be written: %s", txn_reason(&x->batch.txn));
	return st;
}

/* One transaction, from body number *at on. */
static enum status
one_transaction(struct issuing_bodies *x, size_t *at)
{
	size_t rows_max = x->terms->transaction_rows != 0 ? x->terms->transaction_rows : TRANSACTION_ROWS;
	enum status st = batch_begin(x->r, false, x->terms->operator, x->terms->now_ms, &x->batch, x->err);
	if (st)
		return st;
	uint64_t before = x->result.issued;
	while (st == OK && *at < x->n && x->result.issued - before < rows_max) {
		st = look_at(x, &x->bodies[(*at)++]);
		if (x->terms->progress != NULL && (*at % PROGRESS_EVERY == 0 || *at == x->n))
			x->terms->progress(x->terms->progress_ctx, *at, x->n);
	}
	if (st == OK && x->result.issued > before)
		st = batch_commit(&x->batch, x->err);
	batch_end(&x->batch);
	return st;
}

enum status
issue_bodies_run(struct registry *r, const struct body_issue_terms *terms, struct body_issue_result *out, struct err *err)
{
	struct issuing_bodies x = { .r = r, .x = terms, .terms = terms->terms, .err = err, .now_unix_s = terms->terms->now_ms / 1000 };
	size_t at = 0;
	*out = (struct body_issue_result){ 0 };
	enum status st = signer_dup(x.terms->signer, &x.signer);
	st = st == OK ? collect(&x) : err_set(err, st, "the issuer key cannot be used: %s", status_text(st));
	while (st == OK && at < x.n) {
		st = one_transaction(&x, &at);
		if (st == OK)
			*out = x.result;
	}
	signer_close(x.signer);
	free(x.bodies);
	return st;
}
