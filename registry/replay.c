#include "registry/replay.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "registry/publication.h"
#include "registry/replaying.h"
#include "registry/settings.h"
#include "registry/upgraded.h"

enum { EVENTS_PER_COMMIT = 16384, KINDS = EVENT_KIND_LAST + 1 };

static const struct { const char *text; enum status (*apply)(struct replay *p, const struct event *e); } kinds[KINDS] = {
	[EVENT_OPENED]            = { "register opened", replay_opened },
	[EVENT_BODY_ENTERED]      = { "body entered", replay_body_entered },
	[EVENT_HOLDER_ENTERED]    = { "holder entered", replay_holder_entered },
	[EVENT_CREDENTIAL_ISSUED] = { "credential issued", replay_issued },
	[EVENT_STANDING_CHANGED]  = { "standing changed", replay_standing_changed },
	[EVENT_PUBLISHED]         = { "published", replay_published },
	[EVENT_BODY_SUCCEEDED]    = { "body succeeded", replay_body_succeeded },
	[EVENT_REVIEWED]          = { "reviewed", replay_reviewed },
	[EVENT_UPGRADED]          = { "upgraded", replay_upgraded },
	[EVENT_RULES_SET]         = { "rules set", replay_rules_set },
	[EVENT_OPERATOR_ENTERED]  = { "operator or policy entered", replay_operator_entered },
	[EVENT_PROPOSED]          = { "proposed", replay_proposed },
	[EVENT_KEYS_CHANGED]      = { "keys changed", replay_keys_changed },
	[EVENT_RESOLVED]          = { "proposal resolved", replay_resolved },
	[EVENT_REVEALED]          = { "sealed data revealed", replay_revealed },
	[EVENT_ERASED]            = { "sealed data erased", replay_erased },
	[EVENT_RESEALED]          = { "sealed store re-sealed", replay_resealed },
};

void
replay_fault(struct replay *p, const char *fmt, ...)
{
	char what[sizeof(p->err->text)];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	p->faults++;
	if (p->terms.fault != NULL)
		p->terms.fault(p->terms.fault_ctx, p->sequence, what);
}

enum status
replay_refuse(struct replay *p, const char *fmt, ...)
{
	char what[sizeof(p->err->text)];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(p->err, ERR_DAMAGED, "%s", what);
}

enum status
replay_unreadable(struct replay *p, enum status st, const char *what)
{
	if (st == ERR_UNSUPPORTED)
		return err_set(p->err, st, "%s is of a version or has an entry that this program does not know; a newer program wrote it", what);
	if (st == ERR_NOT_FOUND)
		return err_set(p->err, ERR_DAMAGED, "%s is not there", what);
	if (st == ERR_SYSTEM || st == ERR_CRYPTO)
		return err_set(p->err, st, "%s cannot be read: %s", what, txn_reason(&p->txn));
	return err_set(p->err, ERR_DAMAGED, "%s cannot be read: %s", what, status_text(st));
}

enum status
replay_open(const struct replay_terms *terms, struct replay **out, struct err *err)
{
	struct replay *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	p->terms = *terms;
	p->counters = (struct counters){ .next_holder_id = 1, .next_serial = 1, .next_number = { 1, 1, 1, 1 } };
	enum status st = secret_derive(terms->profile, &terms->check_key, "index permutation", &p->permutation_key);
	if (st) {
		replay_close(p);
		return err_set(err, st, "no key for the status-list indices: %s", status_text(st));
	}
	*out = p;
	return OK;
}

void
replay_close(struct replay *p)
{
	if (p == NULL)
		return;
	txn_end(&p->txn);
	for (size_t i = 0; i < BUNDLE_LISTS_MAX; i++)
		permutation_close(p->permutations[i]);
	secret_wipe(&p->terms.check_key, sizeof(p->terms.check_key));
	secret_wipe(&p->permutation_key, sizeof(p->permutation_key));
	free(p);
}

struct replay_state
replay_state(const struct replay *p)
{
	return (struct replay_state){ .sequence = p->sequence, .head = p->head, .time_ms = p->time_ms, .faults = p->faults,
		.settings = p->settings };
}

/* ---- one event ---- */

static enum status
commit(struct replay *p)
{
	counters_put(&p->txn, &p->counters);
	enum status st = txn_commit(&p->txn);
	p->in_txn = 0;
	return st ? err_set(p->err, st, "the fresh tables cannot be written: %s", txn_reason(&p->txn)) : OK;
}

/* The next one, chained to the one before, and the opening first and once. */
static enum status
check_place(struct replay *p, const struct event *e)
{
	if (e->sequence != p->sequence + 1)
		return replay_refuse(p, "its sequence is %llu; %llu was wanted", (unsigned long long)e->sequence,
		    (unsigned long long)p->sequence + 1);
	if (memcmp(e->previous.ptr, p->head.b, DIGEST_LEN) != 0)
		return replay_refuse(p, "it does not carry the hash of the event before it: that one or this one was changed, or one between "
		    "them is missing");
	if ((e->kind == EVENT_OPENED) != (e->sequence == 1))
		return replay_refuse(p, e->sequence == 1 ? "it does not open a register" : "it opens a register a second time");
	return OK;
}

static enum status
apply(struct replay *p, struct bytes enc)
{
	struct event e;
	enum status st = event_decode(enc, &e);
	if (st)
		return replay_unreadable(p, st, "it");
	st = check_place(p, &e);
	if (st == OK && kinds[e.kind].apply == NULL)
		st = err_set(p->err, ERR_UNSUPPORTED, "it is of kind %u, which this program does not know; a newer program wrote it", e.kind);
	if (st == OK)
		st = sha256(enc, &p->head);
	if (st)
		return err_set(p->err, st, "its hash cannot be computed: %s", status_text(st));
	struct key64 key = key64(e.sequence);
	p->sequence = e.sequence;
	p->time_ms = e.time_ms;
	txn_append(&p->txn, TABLE_EVENT, key64_view(&key), enc);
	st = replay_check_eyes(p, &e);
	if (st == OK)
		st = kinds[e.kind].apply(p, &e);
	if (st)
		return err_in(p->err, st, "%s", kinds[e.kind].text);
	return p->txn.status ? err_set(p->err, p->txn.status, "the fresh tables cannot be written: %s", txn_reason(&p->txn)) : OK;
}

enum status
replay_event(struct replay *p, struct bytes event, struct err *err)
{
	struct err unwanted = { .status = OK };
	p->err = err != NULL ? err : &unwanted;
	uint64_t sequence = p->sequence + 1;
	enum status st = p->txn.h != NULL ? OK : txn_begin_write(p->terms.store, &p->txn);
	if (st)
		return err_set(p->err, st, "the fresh tables cannot be written: %s", txn_reason(&p->txn));
	st = apply(p, event);
	if (st)
		return err_in(p->err, st, "event %llu", (unsigned long long)sequence);
	return ++p->in_txn < EVENTS_PER_COMMIT ? OK : commit(p);
}

enum status
replay_finish(struct replay *p, struct err *err)
{
	struct err unwanted = { .status = OK };
	p->err = err != NULL ? err : &unwanted;
	if (p->sequence == 0)
		return err_set(p->err, ERR_DAMAGED, "the journal is empty: there is not even the event that opens a register");
	if (p->body_waits)
		return err_set(p->err, ERR_DAMAGED, "the journal ends with a change of standing of a body that it does not enter");
	replay_end_eyes(p);
	return p->txn.h != NULL ? commit(p) : OK;
}

/* ---- the register itself ---- */

enum status
replay_opened(struct replay *p, const struct event *e)
{
	enum status st = settings_decode(e->payload, &p->settings);
	if (st)
		return replay_unreadable(p, st, "its settings");
	if (p->settings.profile != p->terms.profile)
		return replay_refuse(p, "it opens a register of the other profile");
	txn_put_new(&p->txn, TABLE_META, BYTES_LIT("settings"), e->payload);
	return OK;
}

enum status
replay_upgraded(struct replay *p, const struct event *e)
{
	uint8_t mem[256];
	struct upgraded u;
	struct bytes enc;
	enum status st = upgraded_decode(e->payload, &u);
	if (st)
		return replay_unreadable(p, st, "the upgrade");
	if (u.version <= p->settings.version)
		return replay_refuse(p, "it makes version %u of version %u", u.version, p->settings.version);
	p->settings.version = u.version;
	st = settings_encode(&p->settings, BUF_OF(mem), &enc);
	if (st)
		return replay_refuse(p, "the settings cannot be encoded: %s", status_text(st));
	txn_put(&p->txn, TABLE_META, BYTES_LIT("settings"), enc);
	for (size_t kind = 0; kind < sizeof(u.next_number) / sizeof(u.next_number[0]); kind++) {
		if (u.next_number[kind] < p->counters.next_number[kind])
			replay_fault(p, "the count of numbers given goes back");
		p->counters.next_number[kind] = u.next_number[kind];
	}
	return OK;
}

enum status
replay_published(struct replay *p, const struct event *e)
{
	struct publication now;
	struct published last = { 0 };
	enum status st = publication_decode(e->payload, &now);
	if (st)
		return replay_unreadable(p, st, "the publication");
	st = published_get(&p->txn, &last);
	if (st != OK && st != ERR_NOT_FOUND)
		return replay_unreadable(p, st, "the last publication");
	if (now.iat_unix_s <= last.iat_unix_s)
		replay_fault(p, "its lists are dated %lld, not after those before them (%lld)", (long long)now.iat_unix_s, (long long)last.iat_unix_s);
	uint64_t per_list = (uint64_t)1 << p->settings.list_log2, issued = p->counters.next_serial - 1;
	uint64_t lists = issued == 0 ? 1 : (issued + per_list - 1) / per_list;
	if (now.lists != lists)
		replay_fault(p, "it has %llu status lists; %llu credentials take %llu", (unsigned long long)now.lists, (unsigned long long)issued,
		    (unsigned long long)lists);
	published_put(&p->txn, &(struct published){ .iat_unix_s = now.iat_unix_s, .sequence = e->sequence });
	return OK;
}
