#include "tools/office/events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "registry/erase.h"
#include "registry/reveal.h"
#include "registry/review.h"
#include "registry/signed_by.h"
#include "registry/succession.h"
#include "tools/office/facts.h"
#include "tools/office/say.h"
#include "tools/office/words.h"

enum { LABEL_WIDTH = 16, EVENT_KINDS = EVENT_KIND_LAST + 1 };

struct last_entries { uint64_t holder_id; struct entries entries; };

struct telling {
	struct describe *d;
	struct txn *txn;
	const struct event *event;
	struct last_entries *holders; size_t holders_n, holders_cap;   /* what each certificate's entries said last */
	struct body body; bool body_is_known;
};

/* ---- what entries say, and said before ---- */

static struct bytes
filled(const struct fact *f, const void *entries, const struct fieldset *fields, struct textbuf *into)
{
	into->len = 0;
	if (entries != NULL)
		f->fill(entries, fields, into);
	return (struct bytes){ into->ptr, into->len };
}

static void
say_change(struct describe *d, const struct fact *f, struct bytes before, struct bytes after)
{
	char was[1024], is[1024];
	if (d->as_json) {
		json_object_begin(&d->json);
		json_key(&d->json, "field"), json_str(&d->json, f->key);
		json_key(&d->json, "from"), before.len > 0 ? json_text(&d->json, before) : json_str(&d->json, NULL);
		json_key(&d->json, "to"), after.len > 0 ? json_text(&d->json, after) : json_str(&d->json, NULL);
		json_object_end(&d->json);
		return;
	}
	(void)text_escape(after.len > 0 ? after : BYTES_LIT("-"), is, sizeof(is));
	if (before.len == 0)
		(void)printf("    %-*s %s\n", LABEL_WIDTH - 4, f->label, is);
	else
		(void)printf("    %-*s %s -> %s\n", LABEL_WIDTH - 4, f->label, text_escape(before, was, sizeof(was)), is);
}

/* before NULL: they were entered for the first time. */
static enum status
say_changes(struct describe *d, struct facts facts, const void *before, const void *after)
{
	struct textbuf one = { 0 }, other = { 0 };
	const struct fieldset *fields = &d->office->config.fields;
	if (d->as_json)
		json_key(&d->json, "changes"), json_array_begin(&d->json);
	for (size_t i = 0; i < facts.n; i++) {
		struct bytes was = filled(&facts.all[i], before, fields, &one);
		struct bytes is = filled(&facts.all[i], after, fields, &other);
		if (!bytes_eq(was, is))
			say_change(d, &facts.all[i], was, is);
	}
	if (d->as_json)
		json_array_end(&d->json);
	bool failed = one.failed || other.failed;
	textbuf_free(&one);
	textbuf_free(&other);
	return failed ? ERR_SYSTEM : OK;
}

/* ---- one event of each kind ---- */

/* The line that begins an event; for a program its members. */
static void
say_head(struct telling *g, const char *what, struct bytes whose)
{
	struct describe *d = g->d;
	char when[INSTANT_TEXT_LEN + 1], who[4 * OPERATOR_LEN_MAX + 1], shown[64];
	(void)instant_text(g->event->time_ms / 1000, when);
	if (!d->as_json) {
		(void)printf("  %s  %s%s%s  (event %" PRIu64 ", %s)\n", when, what, whose.len > 0 ? " " : "",
		    text_escape(whose, shown, sizeof(shown)), g->event->sequence, text_escape(g->event->operator, who, sizeof(who)));
		return;
	}
	say_number(d, "", "event", g->event->sequence);
	say_text(d, "", "recorded", bytes_str(when));
	say_text(d, "", "operator", g->event->operator);
	say_text(d, "", "what", bytes_str(what));
	say_text(d, "", "number", whose);
}

static void
say_particulars(struct describe *d, const struct particulars *p)
{
	say_text(d, "    ground", "ground", p->ground);
	say_text(d, "    organ", "organ", p->organ);
	say_text(d, "    document", "document", p->document);
	say_text(d, "    reviewer", "reviewer", p->reviewer);
}

static struct last_entries *
last_of(struct telling *g, uint64_t holder_id)
{
	for (size_t i = 0; i < g->holders_n; i++)
		if (g->holders[i].holder_id == holder_id)
			return &g->holders[i];
	return NULL;
}

static enum status
remember(struct telling *g, uint64_t holder_id, const struct entries *e)
{
	struct last_entries *last = last_of(g, holder_id);
	if (last == NULL && g->holders_n == g->holders_cap) {
		size_t cap = g->holders_cap ? 2 * g->holders_cap : 4;
		struct last_entries *grown = realloc(g->holders, cap * sizeof(*grown));
		if (grown == NULL)
			return ERR_SYSTEM;
		g->holders = grown;
		g->holders_cap = cap;
	}
	last = last != NULL ? last : &g->holders[g->holders_n++];
	*last = (struct last_entries){ holder_id, *e };
	return OK;
}

static struct bytes
number_of(struct telling *g, uint64_t holder_id)
{
	struct holder h;
	return holder_get(g->txn, holder_id, &h) == OK ? h.number : (struct bytes){ NULL, 0 };
}

static enum status
tell_entered(struct telling *g)
{
	uint64_t holder_id = 0;
	struct bytes person_id;
	struct entries e;
	enum status st = entries_decode(g->event->payload, &holder_id, &person_id, &e);
	if (st)
		return st;
	const struct last_entries *last = last_of(g, holder_id);
	say_head(g, last == NULL ? "entered" : e.occasion == OCCASION_NONE ? "changed" : occasion_word(e.occasion, false), number_of(g, holder_id));
	st = say_changes(g->d, entry_facts, last != NULL ? &last->entries : NULL, &e);
	say_particulars(g->d, &e.why);
	return st ? st : remember(g, holder_id, &e);
}

static enum status
tell_body_entered(struct telling *g)
{
	struct body b;
	enum status st = body_entries_decode(g->event->payload, &b);
	if (st)
		return st;
	say_head(g, g->body_is_known ? "changed" : "entered", (struct bytes){ NULL, 0 });
	st = say_changes(g->d, body_facts, g->body_is_known ? &g->body : NULL, &b);
	g->body = b;
	g->body_is_known = true;
	return st;
}

static enum status
tell_issued(struct telling *g)
{
	struct issue_payload p;
	struct issued c;
	uint8_t kid[KID_LEN];
	struct describe *d = g->d;
	enum status st = issue_payload_decode(g->event->payload, &p);
	if (st == OK)
		st = issued_get(g->txn, p.serial, &c);
	if (st == OK)
		st = issued_signer(g->txn, &c, kid, NULL);
	if (st)
		return st;
	say_head(g, "issued", p.holder_id != 0 ? p.number : p.uscc);
	say_number(d, "    credential", "serial", p.serial);
	say_number(d, "    from event", "entries_event", p.entries_sequence);
	say_instant(d, "    good until", "exp", c.exp_unix_s);
	say_hex(d, "    signed by key", "kid", (struct bytes){ kid, KID_LEN });
	if (c.standing.n > 0) { /* REPLACE, the only change a credential has */
		say_instant(d, "    replaced at", "replaced", c.standing.changes[0].effective_unix_s);
		say_number(d, "    by event", "replaced_by_event", c.standing.changes[0].sequence);
	}
	return OK;
}

static const char *
subject_word(enum subject s)
{
	return s == SUBJECT_HOLDER ? "certificate" : s == SUBJECT_PERSON ? "person" : "body";
}

static enum status
tell_decision(struct telling *g)
{
	enum subject subject;
	struct bytes key, typed;
	struct decision r;
	char what[64];
	struct describe *d = g->d;
	enum status st = decision_decode(g->event->payload, &subject, &key, &r, &typed);
	if (st)
		return st;
	struct bytes number = subject == SUBJECT_HOLDER && key.len == 8 ? number_of(g, key64_value(key)) : typed;
	(void)snprintf(what, sizeof(what), "%s %s", subject_word(subject), action_word(r.action, false));
	say_head(g, what, number);
	if (d->as_json) {
		say_text(d, "", "subject", bytes_str(subject_word(subject)));
		say_text(d, "", "action", bytes_str(action_word(r.action, false)));
	}
	say_instant(d, "    effective", "effective", r.effective_unix_s);
	say_instant(d, "    end", "end", r.end_unix_s);
	say_instant(d, "    ban until", "ban_until", r.ban_until_unix_s);
	say_particulars(d, &(struct particulars){ r.ground, r.organ, r.document, r.reviewer });
	if (r.effective_unix_s > d->now_unix_s)
		say_text(d, "    note", "note", BYTES_LIT("not in effect yet"));
	return OK;
}

static enum status
tell_reviewed(struct telling *g)
{
	struct review r;
	struct describe *d = g->d;
	enum status st = review_payload_decode(g->event->payload, &r);
	if (st)
		return st;
	say_head(g, r.result == REVIEW_PASSED ? "review passed" : "review failed", number_of(g, r.holder_id));
	say_date(d, "    reviewed on", "reviewed_on", r.reviewed_on);
	say_date(d, "    next due", "due", r.due);
	say_particulars(d, &(struct particulars){ { NULL, 0 }, r.organ, r.document, r.reviewer });
	say_text(d, "    remarks", "remarks", r.remarks);
	return OK;
}

static enum status
tell_succeeded(struct telling *g)
{
	struct succession s;
	struct describe *d = g->d;
	enum status st = succession_decode(g->event->payload, &s);
	if (st)
		return st;
	say_head(g, s.is_part ? "body split" : "body succeeded", (struct bytes){ NULL, 0 });
	say_text(d, "    from body", "old_uscc", s.old_uscc);
	say_text(d, "    to body", "new_uscc", s.new_uscc);
	say_particulars(d, &(struct particulars){ s.ground, s.organ, s.document, s.reviewer });
	return OK;
}

static enum status
tell_revealed(struct telling *g)
{
	struct revelation r;
	enum status st = revelation_decode(g->event->payload, &r);
	if (st)
		return st;
	say_head(g, "identity number shown", (struct bytes){ NULL, 0 });
	say_text(g->d, "    reason", "reason", r.reason);
	return OK;
}

static enum status
tell_erased(struct telling *g)
{
	struct erasure e;
	enum status st = erasure_decode(g->event->payload, &e);
	if (st)
		return st;
	say_head(g, "identity number erased", (struct bytes){ NULL, 0 });
	say_particulars(g->d, &(struct particulars){ e.ground, e.organ, e.document, e.reviewer });
	say_text(g->d, "    despite", "despite", e.despite);
	return OK;
}

/* ---- all of them ---- */

static enum status (*const tellers[EVENT_KINDS])(struct telling *g) = {
	[EVENT_BODY_ENTERED]      = tell_body_entered,
	[EVENT_HOLDER_ENTERED]    = tell_entered,
	[EVENT_CREDENTIAL_ISSUED] = tell_issued,
	[EVENT_STANDING_CHANGED]  = tell_decision,
	[EVENT_BODY_SUCCEEDED]    = tell_succeeded,
	[EVENT_REVIEWED]          = tell_reviewed,
	[EVENT_REVEALED]          = tell_revealed,
	[EVENT_ERASED]            = tell_erased,
};

static enum status
tell(struct telling *g, uint64_t sequence)
{
	char what[32];
	struct bytes enc;
	struct event e;
	enum status st = journal_get(g->txn, sequence, &enc);
	if (st == OK)
		st = event_decode(enc, &e);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	g->event = &e;
	say_begin(g->d);
	if (tellers[e.kind] != NULL)
		st = tellers[e.kind](g);
	else {
		(void)snprintf(what, sizeof(what), "event of kind %d", (int)e.kind);
		say_head(g, what, (struct bytes){ NULL, 0 });
	}
	say_end(g->d);
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}

enum status
say_events(struct describe *d, struct txn *t, const struct history *h)
{
	struct telling g = { .d = d, .txn = t };
	enum status st = OK;
	if (d->as_json) {
		json_key(&d->json, "history");
		json_array_begin(&d->json);
	} else
		(void)printf("history\n");
	for (size_t i = 0; st == OK && i < h->n; i++)
		st = tell(&g, h->sequences[i]);
	if (d->as_json)
		json_array_end(&d->json);
	free(g.holders);
	return st;
}
