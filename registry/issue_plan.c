#include "registry/issue_plan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "registry/body_cache.h"
#include "registry/eligible.h"
#include "registry/identifier.h"
#include "registry/signed_by.h"

struct issue_plan {
	struct registry *r;
	const struct issue_terms *terms;
	struct body_cache *bodies;
	struct counters counters;              /* running ahead of the register's by what is planned */
	struct issue_scan scan;
	struct eligible_terms eligible;
};

/* What a holder is to get. */
struct want { bool issue; int64_t exp_unix_s; /* 0: as the entries and settings say */ };

/* Is the holder's credential, not yet expired, signed by one of the keys whose work is done again? */
static enum status
is_to_be_reissued(struct issue_plan *p, struct txn *t, const struct holder *h, bool *yes, int64_t *exp_unix_s)
{
	struct issued c;
	uint8_t kid[KID_LEN];
	*yes = false;
	enum status st = issued_get(t, h->serial, &c);
	if (st == OK && c.exp_unix_s <= p->terms->now_ms / 1000)
		return OK;
	if (st == OK)
		st = issued_signer(t, &c, kid, NULL);
	for (size_t i = 0; st == OK && i < p->terms->reissue_n; i++)
		*yes = *yes || memcmp(kid, p->terms->reissue[i], KID_LEN) == 0;
	*exp_unix_s = c.exp_unix_s;
	return st;
}

static enum status
is_wanted(struct issue_plan *p, struct txn *t, const struct holder *h, struct want *out)
{
	bool changed = h->serial != 0 && h->entries_sequence != h->serial_entries_sequence, again = false;
	bool is_void = standing_at(&h->standing, INT64_MAX).state == STATE_VOID;
	bool other_kind = p->terms->kinds != 0 && (p->terms->kinds >> h->kind & 1u) == 0;
	enum status st = OK;
	*out = (struct want){ .issue = false };
	if (h->kind == KIND_MINISTRY)
		return OK; /* recorded, never issued */
	p->scan.skipped_void += is_void;
	p->scan.other_kind += !is_void && other_kind;
	if (is_void || other_kind)
		return OK;
	if (h->serial != 0 && p->terms->reissue_n > 0)
		st = is_to_be_reissued(p, t, h, &again, &out->exp_unix_s);
	if (!again || changed)
		out->exp_unix_s = 0;
	p->scan.already += h->serial != 0 && !changed && !again;
	p->scan.changed_waiting += changed && !p->terms->changed && !again;
	out->issue = h->serial == 0 || again || (changed && p->terms->changed);
	return st;
}

enum status
issue_plan_from(struct issue_plan *p, struct txn *t, const struct issue_scan *from, const struct counters *counters, struct err *err)
{
	body_cache_close(p->bodies);
	p->bodies = NULL;
	p->counters = *counters;
	p->scan = *from;
	p->eligible = (struct eligible_terms){ .asked = p->terms->eligibility, .now_unix_s = p->terms->now_ms / 1000 };
	enum status st = body_cache_open(t, p->terms->now_ms / 1000, &p->bodies);
	if (st == OK)
		st = rules_get(t, &p->eligible.rules);
	return st ? err_set(err, st, "the bodies and rules cannot be read: %s", status_text(st)) : OK;
}

enum status
issue_plan_open(struct registry *r, const struct issue_terms *terms, struct issue_plan **out, struct err *err)
{
	struct issue_plan *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	p->r = r;
	p->terms = terms;
	*out = p;
	return OK;
}

void
issue_plan_close(struct issue_plan *p)
{
	if (p == NULL)
		return;
	body_cache_close(p->bodies);
	free(p);
}

/* ---- one job ---- */

/* The job's own copies of the holder's texts: the register's views do not outlive the next write. */
static void
keep_texts(struct issue_job *j)
{
	memcpy(j->text, j->holder.uscc.ptr, USCC_LEN);
	j->holder.uscc.ptr = j->text;
	if (j->holder.number.len > 0)
		memcpy(j->text + USCC_LEN, j->holder.number.ptr, j->holder.number.len);
	j->holder.number.ptr = j->text + USCC_LEN;
}

/* Kinds may share a template: what is planned for one of them is in no table yet. */
static uint64_t
next_number(const struct issue_plan *p, enum credential_kind kind)
{
	uint64_t next = p->counters.next_number[kind];
	for (size_t k = KIND_ENFORCEMENT; k <= KIND_MODERATOR; k++)
		if (bytes_eq(p->terms->number_template[k], p->terms->number_template[kind]) && p->counters.next_number[k] > next)
			next = p->counters.next_number[k];
	return next;
}

/* The next number of the template that nobody has. */
static enum status
assign_number(struct issue_plan *p, struct txn *t, struct issue_job *j, const char **why)
{
	char made[NUMBER_LEN_MAX + 1];
	struct bytes taken, tmpl = p->terms->number_template[j->holder.kind];
	uint64_t n = next_number(p, j->holder.kind);
	enum status st = OK;
	for (; st == OK; n++) {
		if (number_make(tmpl, n, made) != OK) {
			*why = "no certificate number is left in the template";
			return OK;
		}
		st = txn_get(t, TABLE_NUMBER, bytes_str(made), &taken);
	}
	if (st != ERR_NOT_FOUND)
		return st;
	size_t len = strlen(made);
	memcpy(j->text + USCC_LEN, made, len);
	j->holder.number = (struct bytes){ j->text + USCC_LEN, len };
	j->number_counter = n;
	return OK;
}

/* Without an end in its entries, a reissue ends when the credential before it does: only a renewal gives more. */
static enum status
fill_end(const struct issue_plan *p, struct txn *t, const struct issue_job *j, const struct entries *e, struct credential *c)
{
	struct issued old;
	struct date end = entries_term_end(e), from = e->issued_on.year != 0 ? e->issued_on : date_of_unix_s(c->iat_unix_s);
	if (end.year != 0) {
		c->exp_unix_s = date_end_unix_s(end);
		return OK;
	}
	if (j->old_serial == 0) { /* "five years" from the 5th ends with the 4th */
		c->exp_unix_s = date_start_unix_s(date_add_months(from, p->terms->validity_months[e->kind]));
		return OK;
	}
	enum status st = issued_get(t, j->old_serial, &old);
	if (st == OK)
		c->exp_unix_s = old.exp_unix_s;
	return st;
}

static enum status
fill_times(const struct issue_plan *p, struct txn *t, const struct issue_job *j, const struct entries *e, int64_t exp_unix_s,
    struct credential *c)
{
	c->iat_unix_s = c->nbf_unix_s = p->terms->now_ms / 1000;
	if (e->issued_on.year != 0 && date_start_unix_s(e->issued_on) > c->iat_unix_s)
		c->nbf_unix_s = date_start_unix_s(e->issued_on);
	if (exp_unix_s == 0)
		return fill_end(p, t, j, e, c);
	c->exp_unix_s = exp_unix_s;
	return OK;
}

static const char *
reason_against(const struct issue_plan *p, const struct body_brief *body, const struct credential *c, bool again)
{
	if (body == NULL)
		return "its body is not in the register";
	if (body->state == STATE_VOID)
		return "its body is abolished";
	if (body->state == STATE_SUSPENDED && !again)
		return "its body is suspended";
	if (!body->is_entrusted_now && !again)
		return "its body's entrustment is not in force";
	if (c->exp_unix_s <= p->terms->now_ms / 1000)
		return "its validity has ended";
	if (c->nbf_unix_s >= c->exp_unix_s)
		return "its validity ends before it begins";
	if (c->iat_unix_s < p->terms->signer_from_unix_s)
		return "the issuing certificate is not valid yet";
	if (c->exp_unix_s > p->terms->signer_to_unix_s)
		return "it would be valid longer than the issuing certificate";
	return NULL;
}

static void
fill_claims(const struct issue_plan *p, const struct entries *e, const struct body_brief *body, struct credential *c)
{
	c->iss = bytes_str(registry_settings(p->r)->iss);
	c->kind = e->kind;
	c->name = e->name;
	c->body_name = body->name;
	c->body_uscc = body->uscc;
	c->entrusting_name = body->entrusting_name;
	c->post = e->post;
	c->fields_n = e->fields_n;
	memcpy(c->fields, e->fields, sizeof(c->fields));
	c->jurisdiction = e->jurisdiction;
	c->has_cnf = e->device.len > 0;
	if (c->has_cnf)
		memcpy(c->cnf_point, e->device.ptr, sizeof(c->cnf_point));
	c->policy = e->policy;
	c->portrait_digest = e->portrait;
}

/* *why set: this certificate cannot be issued, the others can.  Serial and number are taken last, so a refusal leaves no gap. */
static enum status
plan_job(struct issue_plan *p, struct txn *t, struct issue_job *j, int64_t exp_unix_s, const char **why)
{
	struct entries e;
	struct credential c = { 0 };
	struct bytes payload;
	char uri[STATUS_URI_LEN_MAX + 1];
	uint32_t list = 0;
	enum status st = holder_entries(t, &j->holder, &e);
	if (st)
		return st;
	const struct body_brief *body = body_cache_get(p->bodies, e.uscc);
	st = fill_times(p, t, j, &e, exp_unix_s, &c);
	if (st)
		return st;
	bool again = exp_unix_s != 0; /* another key's work done again: nobody is certified anew by it */
	*why = reason_against(p, body, &c, again);
	if (*why == NULL && !again)
		st = eligible_check(t, &p->eligible, &j->holder, &e, why);
	if (st != OK || *why != NULL)
		return st;
	fill_claims(p, &e, body, &c);
	if (j->holder.number.len == 0)
		st = assign_number(p, t, j, why);
	if (st != OK || *why != NULL)
		return st;
	c.sub = j->holder.number;
	j->serial = p->counters.next_serial;
	st = registry_place(p->r, j->serial, &list, &c.status_idx);
	if (st == OK)
		st = registry_list_uri(p->r, list, uri);
	if (st)
		return st;
	c.status_uri = bytes_str(uri);
	if (credential_encode(&c, BUF_OF(j->payload), &payload) != OK) {
		*why = "its entries do not fit a credential";
		if (j->number_counter != 0)
			j->holder.number.len = 0; /* not given after all */
		return OK;
	}
	j->payload_len = payload.len;
	j->exp_unix_s = c.exp_unix_s;
	p->counters.next_serial++;
	if (j->number_counter != 0)
		p->counters.next_number[j->holder.kind] = j->number_counter;
	return OK;
}

/* Look at one holder; a job of c if it is to be issued for. */
static enum status
plan_holder(struct issue_plan *p, struct txn *t, uint64_t id, struct bytes record, struct issue_chunk *c, struct err *err)
{
	struct issue_job *j = &c->jobs[c->n];
	const char *why = NULL;
	struct want want = { .issue = false };
	enum status st = holder_decode(id, record, &j->holder);
	bool is_chosen = p->terms->chosen == NULL || p->terms->chosen(p->terms->chosen_ctx, id);
	if (st == OK && is_chosen)
		st = is_wanted(p, t, &j->holder, &want);
	if (st == OK && want.issue) {
		keep_texts(j);
		j->number_counter = 0;
		j->old_serial = j->holder.serial;
		st = plan_job(p, t, j, want.exp_unix_s, &why);
		c->n += st == OK && why == NULL;
	}
	p->scan.next_id = id + 1;
	if (st)
		return err_set(err, st == ERR_NOT_FOUND ? ERR_DAMAGED : st, "holder %llu cannot be read: %s", (unsigned long long)id, status_text(st));
	if (why == NULL)
		return OK;
	p->scan.refused++;
	if (p->terms->refused != NULL && !p->terms->refused(p->terms->refused_ctx, &j->holder, why))
		return err_set(err, ERR_CONFLICT, "stopped at a certificate that cannot be issued: %s", why);
	return OK;
}

enum status
issue_plan_chunk(struct issue_plan *p, struct txn *t, struct issue_chunk *c, struct err *err)
{
	struct cursor cursor = { 0 };
	struct bytes key, record;
	struct key64 from = key64(p->scan.next_id);
	c->n = 0;
	enum status st = cursor_open(t, TABLE_HOLDER, key64_view(&from), &cursor);
	while (st == OK && c->n < ISSUE_CHUNK && (st = cursor_next(&cursor, &key, &record)) == OK)
		st = plan_holder(p, t, key64_value(key), record, c, err);
	cursor_close(&cursor);
	c->scan = p->scan;
	return st == OK || st == ERR_NOT_FOUND ? OK : err_set(err, st, "the holders cannot be read: %s", status_text(st));
}
