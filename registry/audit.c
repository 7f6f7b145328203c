#include "registry/auditing.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "registry/journal.h"
#include "registry/replay.h"

enum { SENTENCE_MAX = 512 };

void
audit_found(struct auditing *a, const char *where, const char *fmt, ...)
{
	char what[SENTENCE_MAX];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	(void)pthread_mutex_lock(&a->lock);
	a->result->findings++;
	if (a->terms->finding != NULL)
		a->terms->finding(a->terms->ctx, where, what);
	(void)pthread_mutex_unlock(&a->lock);
}

void
audit_progress(struct auditing *a, const char *what, uint64_t done, uint64_t total)
{
	(void)pthread_mutex_lock(&a->lock);
	if (a->terms->progress != NULL)
		a->terms->progress(a->terms->ctx, what, done, total);
	(void)pthread_mutex_unlock(&a->lock);
}

/* Damage met while opening is what was looked for. */
static bool
is_finding(struct auditing *a, enum status st, const char *where)
{
	if (st != ERR_DAMAGED)
		return false;
	audit_found(a, where, "%s", a->err->text);
	*a->err = (struct err){ .status = OK };
	return true;
}

/* ---- the journal ---- */

static void
on_fault(void *ctx, uint64_t sequence, const char *what)
{
	struct auditing *a = ctx;
	audit_found(a, "journal", "event %llu: %s", (unsigned long long)sequence, what);
}

/* The next event, whole and in its place. */
static bool
event_stands(struct auditing *a, struct bytes key, struct bytes event, bool holds)
{
	uint64_t wanted = a->result->events + 1;
	bool numbered = key.len == 8 && key64_value(key) == wanted;
	if (!numbered)
		audit_found(a, "journal", "event %llu is not where it was wanted", (unsigned long long)wanted);
	else if (!holds)
		audit_found(a, "journal", "event %llu is damaged: its check does not hold", (unsigned long long)wanted);
	else if (!txn_leads_to(&a->txn, TABLE_EVENT, key, event))
		audit_found(a, "journal", "event %llu stands there and is not found by its number", (unsigned long long)wanted);
	return numbered && holds;
}

static enum status
replay_all(struct auditing *a, struct replay *p, uint64_t total)
{
	struct cursor c = { 0 };
	struct bytes key, event;
	bool holds = true, stands = true;
	enum status st = cursor_open(&a->txn, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && stands && (st = cursor_survey(&c, &key, &event, &holds)) == OK) {
		stands = event_stands(a, key, event, holds);
		if (stands)
			st = replay_event(p, event, a->err);
		a->result->events += stands && st == OK;
		if (a->result->events % AUDIT_PROGRESS_EVERY == 0)
			audit_progress(a, "replaying the journal", a->result->events, total);
	}
	cursor_close(&c);
	if (st == OK)
		return err_set(a->err, ERR_DAMAGED, "the replay ended after event %llu", (unsigned long long)a->result->events);
	if (st == ERR_NOT_FOUND)
		return replay_finish(p, a->err);
	return err_set(a->err, st, "the journal cannot be read: %s", txn_reason(&a->txn));
}

enum status
audit_journal(struct auditing *a)
{
	struct replay_terms terms = { .store = a->scratch, .profile = a->result->profile, .check_key = a->terms->keys->check, .fault = on_fault,
		.fault_ctx = a };
	struct replay *p = NULL;
	uint64_t total = 0;
	struct digest head;
	if (journal_head(&a->txn, &total, &head) != OK) { /* told by the survey; the transaction is of no more use */
		txn_end(&a->txn);
		if (txn_begin_read(a->store, &a->txn) != OK)
			return err_set(a->err, ERR_SYSTEM, "the register cannot be read: %s", txn_reason(&a->txn));
	}
	audit_progress(a, "replaying the journal", 0, total);
	enum status st = replay_open(&terms, &p, a->err);
	secret_wipe(&terms.check_key, sizeof(terms.check_key));
	if (st)
		return st;
	st = replay_all(a, p, total);
	struct replay_state s = replay_state(p);
	a->replayed = st == OK;
	a->settings = s.settings;
	a->result->sequence = s.sequence;
	a->result->head = s.head;
	replay_close(p);
	return is_finding(a, st, "journal") ? OK : st;
}

/* ---- all of it ---- */

static enum status
audit_register(struct auditing *a)
{
	struct audit_signatures *signatures = NULL;
	enum status st = txn_begin_read(a->store, &a->txn);
	if (st)
		return err_set(a->err, st, "the register cannot be read: %s", txn_reason(&a->txn));
	if (!a->terms->quick)
		st = audit_signatures_start(a, &signatures);
	if (st == OK)
		st = audit_journal(a);
	if (st == OK)
		st = audit_tables(a);
	if (st == OK && a->whole)
		st = audit_relations(a);
	if (st == OK && a->terms->keys->has_seal)
		st = audit_sealed(a);
	if (st == OK)
		st = audit_published(a);
	enum status ended = audit_signatures_end(a, signatures);
	txn_end(&a->txn);
	if (is_finding(a, st, "register"))
		st = OK;
	return st ? st : ended;
}

enum status
audit_run(const struct audit_terms *terms, struct audit_result *out, struct err *err)
{
	char dir[4096];
	struct audit_result result = { .findings = 0 };
	struct err unwanted = { .status = OK };
	struct auditing a = { .terms = terms, .result = &result, .err = err != NULL ? err : &unwanted };
	(void)pthread_mutex_init(&a.lock, NULL); /* a default mutex cannot fail on Linux */
	enum status st = path_join(terms->dir, "registry", dir, sizeof(dir), a.err);
	audit_progress(&a, "opening the register", 0, 0);
	bool ended = false;
	if (st == OK) {
		st = store_heads_check(dir, a.err);
		if (is_finding(&a, st, "register"))
			st = OK;
	}
	if (st == OK) {
		st = journal_open(dir, STORE_READ, &terms->keys->check, &a.store, &result.profile, a.err);
		ended = is_finding(&a, st, "register");
	}
	if (st == OK)
		st = store_open(terms->scratch, table_names, TABLE_COUNT, STORE_SCRATCH, result.profile, &terms->keys->check, &a.scratch, a.err);
	if (st == OK)
		st = audit_register(&a);
	store_close(a.scratch);
	store_close(a.store);
	(void)pthread_mutex_destroy(&a.lock);
	if (ended)
		st = OK;
	if (st == OK)
		*out = result;
	return st;
}
