#include "registry/issue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registry/body_cache.h"
#include "registry/carry.h"
#include "registry/issue_bound.h"
#include "registry/issue_plan.h"
#include "registry/issue_worker.h"
#include "registry/permission.h"

/* The work goes round: the main thread plans jobs (their serials and numbers are in the tokens, so they are given before
 * signing), workers sign them, the main thread writes them in the same order.  Planned jobs outlive a commit, so that the workers
 * never wait for the disk; if another writer came in between two of our transactions, they are thrown away and planned again. */
enum { CHUNKS = 32, TRANSACTION_ROWS = 16384 };

struct digest_entry { uint8_t digest[TOKEN_DIGEST_KEY_LEN]; struct key64 serial; };

struct issuing {
	struct registry *r;
	const struct issue_terms *terms;
	struct issue_result *result;
	struct err *err;
	struct issue_plan *plan;
	struct issue_pool *pool;
	struct issue_chunk *chunks;            /* CHUNKS of them, a ring */
	size_t oldest, in_flight;
	struct batch batch;
	uint64_t left;                         /* how many this transaction may issue (issue_bound.h) */
	size_t rows, rows_max;                 /* written in this transaction, and when to commit */
	struct digest_entry *digests;          /* rows_max + ISSUE_CHUNK of them: of this transaction */
	struct issue_scan written;             /* of what is written; planning starts again from here */
	struct issue_scan end;                 /* of what is planned */
};

/* ---- writing what was signed ---- */

static enum status
write_replaced(struct issuing *x, const struct issue_job *j)
{
	struct issued old;
	enum status st = issued_get(&x->batch.txn, j->old_serial, &old);
	if (st)
		return err_set(x->err, ERR_DAMAGED, "the credential to be replaced cannot be read: %s", status_text(st));
	if (standing_at(&old.standing, x->terms->now_ms / 1000).state == STATE_VOID)
		return OK; /* declared void before, since it was lost */
	struct change c = { .action = ACTION_REPLACE, .effective_unix_s = x->terms->now_ms / 1000, .sequence = x->batch.sequence };
	st = standing_add(&old.standing, &c, c.effective_unix_s, x->err);
	if (st)
		return st;
	batch_put_issued(&x->batch, &old);
	x->result->replaced++;
	return OK;
}

static enum status
write_job(struct issuing *x, struct issue_job *j)
{
	uint8_t mem[TOKEN_LEN_MAX + 256], record[RECORD_LEN_MAX];
	struct bytes payload, enc;
	struct batch *b = &x->batch;
	struct issue_payload p = { .serial = j->serial, .holder_id = j->holder.id, .entries_sequence = j->holder.entries_sequence,
		.number = j->holder.number, .token = { j->token, j->token_len }, .next_number = j->number_counter,
		.approval = x->terms->approval };
	struct issued c = { .serial = j->serial, .holder_id = j->holder.id, .exp_unix_s = j->exp_unix_s };
	enum status st = issue_payload_encode(&p, BUF_OF(mem), &payload);
	if (st)
		return err_set(x->err, st, "a credential cannot be recorded: %s", status_text(st));
	batch_event(b, EVENT_CREDENTIAL_ISSUED, payload, &c.sequence);
	st = issued_encode(&c, BUF_OF(record), &enc);
	if (st)
		return err_set(x->err, st, "a credential cannot be recorded: %s", status_text(st));
	struct key64 serial = key64(j->serial), id = key64(j->holder.id);
	txn_append(&b->txn, TABLE_CREDENTIAL, key64_view(&serial), enc);
	if (j->number_counter != 0)
		txn_put_new(&b->txn, TABLE_NUMBER, j->holder.number, key64_view(&id));
	j->holder.serial = j->serial;
	j->holder.serial_entries_sequence = j->holder.entries_sequence;
	batch_put_holder(b, &j->holder);
	st = j->old_serial != 0 ? write_replaced(x, j) : OK;
	b->counters.next_serial = j->serial + 1;
	if (j->number_counter != 0)
		b->counters.next_number[j->holder.kind] = j->number_counter;
	x->result->issued++;
	return st;
}

static enum status
write_oldest(struct issuing *x)
{
	struct issue_chunk *c = &x->chunks[x->oldest];
	if (c->n > x->left - x->rows) /* others issued in the meantime */
		return err_set(x->err, ERR_CONFLICT, "no more may be issued now without a second operator; what was committed before stays");
	issue_pool_wait(x->pool, c);
	enum status st = c->status;
	if (st)
		return err_set(x->err, st, "signing failed (%s); what was committed before stays, run the command again", status_text(st));
	for (size_t i = 0; st == OK && i < c->n; i++) {
		struct digest_entry *d = &x->digests[x->rows + i];
		st = write_job(x, &c->jobs[i]);
		memcpy(d->digest, c->jobs[i].digest, sizeof(d->digest));
		d->serial = key64(c->jobs[i].serial);
	}
	if (st == OK && x->batch.txn.status)
		st = err_set(x->err, x->batch.txn.status, "the register cannot be written: %s", txn_reason(&x->batch.txn));
	if (st)
		return st;
	x->rows += c->n;
	x->written = c->scan;
	x->oldest = (x->oldest + 1) % CHUNKS;
	x->in_flight--;
	return OK;
}

static int
by_digest(const void *a, const void *b)
{
	const struct digest_entry *x = a, *y = b;
	return memcmp(x->digest, y->digest, sizeof(x->digest));
}

/* Digests come in no order: sorted, a transaction's go into the table page by page. */
static void
write_digests(struct issuing *x)
{
	qsort(x->digests, x->rows, sizeof(*x->digests), by_digest);
	for (size_t i = 0; i < x->rows; i++) {
		const struct digest_entry *d = &x->digests[i];
		txn_put_new(&x->batch.txn, TABLE_DIGEST, (struct bytes){ d->digest, sizeof(d->digest) }, key64_view(&d->serial));
	}
}

/* ---- planning ahead ---- */

static enum status
fill_ring(struct issuing *x)
{
	while (x->in_flight < CHUNKS) {
		struct issue_chunk *c = &x->chunks[(x->oldest + x->in_flight) % CHUNKS];
		enum status st = issue_plan_chunk(x->plan, &x->batch.txn, c, x->err);
		if (st)
			return st;
		x->end = c->scan;
		if (c->n == 0)
			return OK; /* nothing left to plan */
		issue_pool_submit(x->pool, c);
		x->in_flight++;
	}
	return OK;
}

/* Another writer came between: what is planned may be wrong now. */
static enum status
drop_ring(struct issuing *x)
{
	for (; x->in_flight > 0; x->in_flight--, x->oldest = (x->oldest + 1) % CHUNKS)
		issue_pool_wait(x->pool, &x->chunks[x->oldest]);
	return issue_plan_from(x->plan, &x->batch.txn, &x->written, &x->batch.counters, x->err);
}

/* ---- transactions ---- */

static enum status
one_transaction(struct issuing *x, uint64_t *expected_sequence, bool *more)
{
	enum status st = batch_begin(x->r, false, x->terms->operator, x->terms->now_ms, &x->batch, x->err);
	if (st)
		return st;
	if (x->batch.sequence != *expected_sequence)
		st = drop_ring(x);
	x->rows = 0;
	if (st == OK)
		st = issue_bound(&x->batch, x->terms, &x->left, x->err);
	if (st == OK)
		st = fill_ring(x);
	while (st == OK && x->in_flight > 0 && x->rows < x->rows_max) {
		st = write_oldest(x);
		if (st == OK)
			st = fill_ring(x);
	}
	*more = x->in_flight > 0;
	uint64_t holders = x->batch.counters.next_holder_id - 1;
	uint64_t sequence = x->batch.sequence;
	if (st == OK) {
		write_digests(x);
		issue_bound_count(&x->batch, x->terms, x->rows);
	}
	if (st == OK && x->rows > 0)
		st = batch_commit(&x->batch, x->err);
	batch_end(&x->batch);
	if (st)
		return st;
	*expected_sequence = sequence;
	if (!*more)
		x->written = x->end;
	if (x->terms->progress != NULL)
		x->terms->progress(x->terms->progress_ctx, x->written.next_id - 1, holders);
	return OK;
}

static unsigned
thread_count(const struct issue_terms *terms)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return terms->threads != 0 ? terms->threads : cores > 0 ? (unsigned)cores : 1;
}

static enum status
use_up(struct registry *r, const struct issue_terms *terms, struct err *err)
{
	struct batch b;
	if (terms->approval == 0)
		return OK;
	enum status st = batch_begin(r, false, terms->operator, terms->now_ms, &b, err);
	if (st == OK)
		st = permission_end(&b, terms->approval, err);
	if (st == OK)
		st = batch_commit(&b, err);
	batch_end(&b);
	return st;
}

enum status
issue_run(struct registry *r, const struct issue_terms *terms, struct issue_result *out, struct err *err)
{
	struct issue_result result = { 0 };
	struct issuing x = { .r = r, .terms = terms, .result = &result, .err = err, .written = { .next_id = 1 } };
	uint64_t sequence = UINT64_MAX; /* none yet: the first transaction plans afresh */
	bool more = true;

	enum status st = issue_bound_check(r, terms, err);
	if (st == OK)
		st = issue_plan_open(r, terms, &x.plan, err);
	if (st)
		return st;
	x.rows_max = terms->transaction_rows != 0 ? terms->transaction_rows : TRANSACTION_ROWS;
	x.chunks = calloc(CHUNKS, sizeof(*x.chunks));
	x.digests = calloc(x.rows_max + ISSUE_CHUNK, sizeof(*x.digests));
	st = x.chunks == NULL || x.digests == NULL ? err_set(err, ERR_SYSTEM, "out of memory")
	                      : issue_pool_open(terms->signer, thread_count(terms), &x.pool, err);
	while (st == OK && more)
		st = one_transaction(&x, &sequence, &more);
	if (st == OK)
		st = use_up(r, terms, err);
	issue_pool_close(x.pool);
	free(x.chunks);
	free(x.digests);
	issue_plan_close(x.plan);
	result.skipped_void = x.written.skipped_void;
	result.already = x.written.already;
	result.changed_waiting = x.written.changed_waiting;
	result.refused = x.written.refused;
	result.other_kind = x.written.other_kind;
	*out = result; /* also after a failure: what was committed stays */
	return st;
}
