#include "tools/office/say_proposal.h"

#include <stdio.h>

#include "base/text.h"
#include "base/time.h"
#include "registry/effective.h"
#include "registry/operator.h"
#include "tools/office/appointing.h"
#include "tools/office/deciding.h"

struct saying {
	struct office *office;
	struct txn *txn;
	struct json *j;                        /* NULL: text */
	int64_t now_unix_s;
	const struct proposal *record;
	const struct proposal_event *event;
};

static void
say_text(struct saying *s, const char *label, const char *key, struct bytes value)
{
	char shown[1100];
	if (value.len == 0)
		return;
	if (s->j != NULL)
		json_key(s->j, key), json_text(s->j, value);
	else
		(void)printf("  %-14s %s\n", label, text_escape(value, shown, sizeof(shown)));
}

static void
say_str(struct saying *s, const char *label, const char *key, const char *value)
{
	say_text(s, label, key, bytes_str(value));
}

static void
say_instant(struct saying *s, const char *label, const char *key, int64_t unix_s)
{
	char when[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		say_str(s, label, key, instant_text(unix_s, when));
}

static void
say_number(struct saying *s, const char *label, const char *key, uint64_t n)
{
	if (s->j != NULL)
		json_key(s->j, key), json_uint(s->j, n);
	else
		(void)printf("  %-14s %llu\n", label, (unsigned long long)n);
}

/* ---- decisions ---- */

/* Who it is and how they stand now; what cannot be found is said to be so by deciding. */
static void
find_subject(struct saying *s, struct bytes subject, char name[256], char status[64])
{
	static const char *const words[] = { "good", "void", "suspended" };
	struct holder h;
	struct entries e;
	struct body b;
	struct effective f;
	name[0] = status[0] = '\0';
	if (s->event->proposed.subject == SUBJECT_BODY) {
		if (subject.len != USCC_LEN || body_get(s->txn, subject, &b) != OK)
			return;
		struct standing_at at = standing_at(&b.standing, s->now_unix_s);
		(void)text_escape(b.name, name, 256);
		(void)snprintf(status, 64, "%s", at.state == STATE_GOOD ? "good" : action_text(at.cause.action));
		return;
	}
	if (holder_by_number(s->txn, subject, &h) != OK || holder_entries(s->txn, &h, &e) != OK)
		return;
	(void)text_escape(e.name, name, 256);
	if (effective_of_holder(s->txn, &h, s->now_unix_s, &f) == OK)
		(void)snprintf(status, 64, "%s", words[f.value]);
}

static void
say_subject(struct saying *s, struct bytes subject)
{
	char name[256], status[64], shown[128];
	find_subject(s, subject, name, status);
	if (s->j == NULL) {
		(void)printf("  %-14s %s  %s  %s\n", s->event->proposed.subject == SUBJECT_BODY ? "body" : "certificate",
		    text_escape(subject, shown, sizeof(shown)), name, status);
		return;
	}
	json_object_begin(s->j);
	say_text(s, "", s->event->proposed.subject == SUBJECT_BODY ? "code" : "number", subject);
	say_str(s, "", "name", name);
	say_str(s, "", "status", status);
	json_object_end(s->j);
}

static void
say_decision(struct saying *s)
{
	static const char *const kinds[] = { "", "certificate", "person", "body" };
	const struct proposed *p = &s->event->proposed;
	struct cbor_reader r = proposed_subjects(p);
	say_str(s, "to", "subject_kind", kinds[p->subject]);
	if (s->j != NULL)
		json_key(s->j, "subjects"), json_array_begin(s->j);
	for (size_t i = 0; i < p->subjects_n; i++)
		say_subject(s, cbor_read_text(&r));
	if (s->j != NULL)
		json_array_end(s->j);
	say_instant(s, "effective", "effective", p->decision.effective_unix_s);
	if (p->decision.effective_unix_s == 0)
		say_str(s, "effective", "effective", "when approved");
	say_instant(s, "end", "end", p->decision.end_unix_s);
	say_text(s, "ground", "ground", p->decision.ground);
	say_text(s, "organ", "organ", p->decision.organ);
	say_text(s, "document", "document", p->decision.document);
	say_instant(s, "ban until", "ban_until", p->decision.ban_until_unix_s);
	say_text(s, "reviewer", "reviewer", p->decision.reviewer);
}

/* ---- the others ---- */

static void
say_entry(struct saying *s)
{
	char text[POLICY_TEXT_MAX], hex[2 * KID_LEN + 1];
	struct policy policy;
	struct operator_entry e;
	uint64_t approval = 0;
	uint8_t kid[KID_LEN];
	if (policy_entry_decode(s->event->proposed.entry, &policy, &approval) == OK) {
		say_str(s, "four eyes for", "policy", policy_text(&policy, text));
		return;
	}
	if (operator_entry_decode(s->event->proposed.entry, &e) != OK)
		return;
	say_text(s, "operator", "operator", e.name);
	if (!e.ended)
		say_str(s, "who may", "may", roles_text(e.roles));
	if (e.spki.len > 0 && operator_kid(e.spki, kid) == OK) {
		hex_encode((struct bytes){ kid, KID_LEN }, hex);
		say_str(s, "with key", "key", hex);
	}
	say_instant(s, "from", "from", e.from_unix_s);
	say_instant(s, "until", "until", e.until_unix_s);
	say_text(s, "document", "document", e.document);
}

static void
say_issue(struct saying *s)
{
	static const char *const kinds[] = { "", "enforcement", "supervision", "moderator", "body" };
	const struct proposed *p = &s->event->proposed;
	char text[64] = "all", hex[2 * KID_LEN + 1];
	size_t n = 0;
	for (unsigned k = 1; k <= 4; k++)
		if ((p->kinds >> k & 1u) != 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n > 0 ? "," : "", kinds[k]);
	say_str(s, "kinds", "kinds", text);
	say_number(s, "at most", "at_most", p->at_most);
	say_number(s, "issued so far", "issued", s->record->used);
	if (p->changed)
		say_str(s, "also", "changed", "those whose entries changed");
	struct cbor_reader r = cbor_reader(p->reissue, CBOR_CANONICAL);
	for (size_t i = p->reissue.len > 0 ? cbor_read_array(&r) : 0; i > 0 && s->j == NULL; i--) {
		hex_encode(cbor_read_bytes(&r), hex);
		say_str(s, "again, from key", "reissue", hex);
	}
	say_instant(s, "until", "until", p->until_unix_s);
}

static const char *
what_is_proposed(const struct proposed *p)
{
	bool is_policy = false;
	struct operator_entry e;
	switch (p->kind) {
	case PROPOSED_DECISION: return deciding_name(p->decision.action);
	case PROPOSED_ISSUE:    return "issue";
	case PROPOSED_KEYS:     return "keys";
	case PROPOSED_ENTRY:
		if (policy_is_entry(p->entry, &is_policy) == OK && is_policy)
			return "policy";
		return operator_entry_decode(p->entry, &e) == OK && e.ended ? "remove operator" : "enter operator";
	}
	return "?";
}

static void
say(struct saying *s)
{
	const struct proposed *p = &s->event->proposed;
	bool is_late = s->record->state == PROPOSAL_PENDING && s->now_unix_s >= s->record->expires_unix_s;
	const char *state = is_late ? "expired" : proposal_state_text(s->record->state);
	if (s->j != NULL) {
		json_object_begin(s->j);
		say_number(s, "", "proposal", s->record->sequence);
		say_str(s, "", "state", state);
		say_str(s, "", "what", what_is_proposed(p));
	} else
		(void)printf("proposal %llu (%s): %s\n", (unsigned long long)s->record->sequence, state, what_is_proposed(p));
	if (p->kind == PROPOSED_DECISION)
		say_decision(s);
	else if (p->kind == PROPOSED_ENTRY)
		say_entry(s);
	else if (p->kind == PROPOSED_ISSUE)
		say_issue(s);
	else {
		say_text(s, "command", "command", p->command);
		say_instant(s, "until", "until", p->until_unix_s);
	}
	say_text(s, "proposed by", "by", s->event->statement.operator);
	say_instant(s, "on", "at", s->event->statement.time_unix_s);
	say_instant(s, "approve before", "expires", s->record->expires_unix_s);
	if (s->record->resolved_sequence != 0)
		say_number(s, "resolved by", "resolved_by_event", s->record->resolved_sequence);
	if (s->j != NULL)
		json_object_end(s->j);
}

enum status
proposal_say(struct office *o, struct txn *t, uint64_t sequence, int64_t now_unix_s, struct json *j)
{
	struct proposal record;
	struct proposal_event event;
	struct saying s = { .office = o, .txn = t, .j = j, .now_unix_s = now_unix_s, .record = &record, .event = &event };
	enum status st = proposal_get(t, sequence, &record);
	if (st == ERR_NOT_FOUND)
		return err_set(&o->err, st, "there is no proposal %llu; yaopai pending lists them", (unsigned long long)sequence);
	if (st == OK)
		st = proposal_event_get(t, sequence, &event);
	if (st)
		return err_set(&o->err, st == ERR_NOT_FOUND ? ERR_DAMAGED : st, "proposal %llu cannot be read: %s", (unsigned long long)sequence, status_text(st));
	say(&s);
	return OK;
}
