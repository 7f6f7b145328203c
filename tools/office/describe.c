#include "tools/office/describe.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "registry/condition.h"
#include "registry/succession.h"
#include "registry/tally.h"
#include "tools/office/events.h"
#include "tools/office/reveal.h"
#include "tools/office/say.h"
#include "tools/office/words.h"
#include "tools/shared/textbuf.h"

/* The word, and what fails first. */
static void
say_condition(struct describe *d, const struct condition_at *c, const char *word)
{
	char why[CONDITION_SENTENCE_MAX];
	const struct effective *e = &c->effective;
	say_text(d, "status", "status", bytes_str(word));
	if (e->cause != CAUSE_NONE)
		say_text(d, "  because of", "cause", bytes_str(cause_text(e->cause)));
	if (c->is != CONDITION_VALID)
		say_text(d, "  why", "why", bytes_str(condition_explain(c, why)));
	if (e->cause == CAUSE_NONE)
		return;
	if (e->change.action != ACTION_NONE)
		say_text(d, "  which was", "action", bytes_str(action_text(e->change.action)));
	say_instant(d, "  since", "since", e->change.effective_unix_s);
	say_instant(d, "  until", "until", e->change.end_unix_s);
	if (e->overdue)
		say_text(d, "  note", "note", BYTES_LIT("the suspension is past its end date; reinstate it or decide anew"));
}

/* Changes that are recorded for later: nothing takes effect before. */
static void
say_coming(struct describe *d, const struct standing *s, const char *whose)
{
	char when[INSTANT_TEXT_LEN + 1], label[32];
	if (d->as_json)
		json_array_begin(&d->json);
	for (size_t i = 0; i < s->n; i++) {
		const struct change *c = &s->changes[i];
		if (c->effective_unix_s <= d->now_unix_s)
			continue;
		(void)snprintf(label, sizeof(label), "%s will be", whose);
		(void)instant_text(c->effective_unix_s, when);
		if (d->as_json) {
			say_begin(d);
			say_text(d, "", "action", bytes_str(action_text(c->action)));
			say_text(d, "", "effective", bytes_str(when));
			say_instant(d, "", "end", c->end_unix_s);
			say_number(d, "", "event", c->sequence);
			say_end(d);
		} else
			(void)printf("%-16s %s from %s\n", label, action_text(c->action), when);
	}
	if (d->as_json)
		json_array_end(&d->json);
}

/* ---- the register ---- */

struct counts { uint64_t holders, moderators, supervisors, issued, good, suspended, voided, bodies; };

static enum status
count_holders(struct txn *t, int64_t now_unix_s, struct counts *n)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct holder h;
	enum status st = cursor_open(t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = holder_decode(key64_value(key), value, &h);
		bool is_void = st == OK && standing_at(&h.standing, now_unix_s).state == STATE_VOID;
		n->voided += is_void;
		n->suspended += st == OK && standing_at(&h.standing, now_unix_s).state == STATE_SUSPENDED;
		n->issued += st == OK && h.serial != 0;
		if (st == OK && !is_void) {
			n->holders += h.kind == KIND_ENFORCEMENT;
			n->supervisors += h.kind == KIND_SUPERVISION;
			n->moderators += h.kind == KIND_MODERATOR;
		}
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
count_bodies(struct txn *t, uint64_t *n)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	enum status st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK)
		++*n;
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static void
say_register(struct describe *d, const struct counts *n, uint64_t sequence, const struct digest *head, const struct store_size *size,
    const struct store_size *sealed)
{
	const struct settings *s = registry_settings(d->office->registry);
	char hash[2 * DIGEST_LEN + 1];
	hex_encode((struct bytes){ head->b, DIGEST_LEN }, hash);
	say_begin(d);
	say_text(d, "profile", "profile", bytes_str(s->profile == PROFILE_GM ? "gm" : "intl"));
	if (s->demo)
		say_text(d, "demonstration", "demonstration", BYTES_LIT("yes: EXAMPLE keys, no legal effect"));
	say_text(d, "authority", "authority", bytes_str(s->iss));
	say_number(d, "bodies", "bodies", n->bodies);
	say_number(d, "holders", "holders", n->holders);
	say_number(d, "supervisors", "supervisors", n->supervisors);
	say_number(d, "moderators", "moderators", n->moderators);
	say_number(d, "with credential", "with_credential", n->issued);
	say_number(d, "suspended", "suspended", n->suspended);
	say_number(d, "void", "void", n->voided);
	say_number(d, "journal events", "sequence", sequence);
	say_text(d, "journal head", "head", bytes_str(hash));
	say_number(d, "live bytes", "live_bytes", size->live_bytes + sealed->live_bytes);
	say_number(d, "file bytes", "file_bytes", size->file_bytes + sealed->file_bytes);
	if (d->as_json)
		say_number(d, "", "registry_bytes", size->file_bytes + sealed->file_bytes);
	say_end(d);
}

enum status
describe_register(struct describe *d)
{
	struct office *o = d->office;
	struct txn t = { 0 };
	struct counts n = { 0 };
	struct store_size size, sealed;
	uint64_t sequence = 0;
	struct digest head;
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = count_bodies(&t, &n.bodies);
	if (st == OK)
		st = count_holders(&t, d->now_unix_s, &n);
	if (st == OK)
		st = journal_head(&t, &sequence, &head);
	txn_end(&t);
	if (st == OK)
		st = store_size(registry_store(o->registry), &size);
	if (st == OK)
		st = store_size(sealed_store(registry_sealed(o->registry)), &sealed);
	if (st)
		return err_set(&o->err, st, "the register cannot be read: %s", status_text(st));
	say_register(d, &n, sequence, &head, &size, &sealed);
	return OK;
}

/* ---- one subject ---- */

/* The device by the beginning of its key's digest, as a signer's kid: enough to compare, and nobody takes it for the key. */
static void
say_attached(struct describe *d, const struct entries *e)
{
	struct digest whole;
	if (e->device.len > 0 && sha256(e->device, &whole) == OK) {
		say_hex(d, "device", "device", (struct bytes){ whole.b, KID_LEN });
		say_text(d, "  shown by", "shown_by", bytes_str(e->policy == POLICY_LIVE ? "live code only" : "live or static code"));
	}
	if (e->portrait.len > 0)
		say_hex(d, "portrait", "portrait", e->portrait);
}

static void
say_fields(struct describe *d, const struct entries *e)
{
	struct textbuf names = { 0 };
	for (size_t i = 0; i < e->fields_n; i++)
		textbuf_addf(&names, "%s%s", i > 0 ? "、" : "", fieldset_zh(&d->office->config.fields, e->fields[i]));
	say_text(d, "fields", "fields", (struct bytes){ names.ptr, names.failed ? 0 : names.len });
	textbuf_free(&names);
}

static void
say_entries(struct describe *d, const struct entries *e, const struct body *body)
{
	say_text(d, "kind", "kind", bytes_str(kind_word(e->kind, false)));
	say_text(d, "issued by", "ministry", e->ministry);
	say_text(d, "name", "name", e->name);
	say_text(d, "body", "body", body->name);
	say_text(d, "body code", "body_uscc", body->uscc);
	say_text(d, "entrusted by", "entrusted_by", body->entrusting_name);
	say_text(d, "post", "post", e->post);
	say_fields(d, e);
	say_number(d, "jurisdiction", "jurisdiction", e->jurisdiction);
	say_date(d, "issued on", "issued_on", e->issued_on);
	say_date(d, "valid until", "valid_until", e->valid_until);
	say_date(d, "renewed on", "renewed_on", e->renewed_on);
	say_date(d, "renewed until", "renewed_until", e->renewed_until);
	say_date(d, "first issued on", "first_issued_on", e->first_issued);
	say_date(d, "trained on", "trained_on", e->trained_on);
	say_date(d, "examined on", "examined_on", e->examined_on);
	say_text(d, "remarks", "remarks", e->remarks);
	say_attached(d, e);
}

static enum status
say_credential(struct describe *d, struct txn *t, uint64_t serial)
{
	struct issued c;
	uint32_t list = 0, idx = 0;
	if (serial == 0) {
		say_text(d, "credential", "credential_note", BYTES_LIT("none issued yet"));
		return OK;
	}
	enum status st = issued_get(t, serial, &c);
	if (st == OK)
		st = registry_place(d->office->registry, serial, &list, &idx);
	if (st)
		return st;
	say_number(d, "credential", "serial", serial);
	say_number(d, "  issued by event", "issue_event", c.sequence);
	say_number(d, "  status list", "list", list);
	say_number(d, "  index", "idx", idx);
	say_instant(d, "  good until", "exp", c.exp_unix_s);
	return OK;
}

/* The last periodic review, and the next. */
static enum status
say_review(struct describe *d, struct txn *t, const struct holder *h)
{
	struct review last;
	struct rules rules;
	struct date due = { 0 };
	enum status st = review_get(t, h->id, &last);
	if (st == OK) {
		say_date(d, "reviewed on", "reviewed_on", last.reviewed_on);
		say_text(d, "  result", "review", bytes_str(last.result == REVIEW_PASSED ? "passed" : "failed"));
	}
	if (st == OK || st == ERR_NOT_FOUND)
		st = rules_get(t, &rules);
	if (st == OK && h->kind != KIND_MINISTRY)
		st = review_due(t, h, &rules, &due);
	say_date(d, "review due", "review_due", due);
	if (due.year != 0 && d->now_unix_s >= review_overdue_from(due, &rules))
		say_text(d, "  note", "review_note", BYTES_LIT("the periodic review is overdue"));
	return st;
}

static enum status
say_person(struct describe *d, struct txn *t, const struct holder *h)
{
	struct person p;
	enum status st = person_get(t, (struct bytes){ h->person_id, PERSON_ID_LEN }, &p);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	struct standing_at at = standing_at(&p.standing, d->now_unix_s);
	if (at.state != STATE_GOOD)
		say_text(d, "person", "person", bytes_str(at.state == STATE_VOID ? "left" : "not in post"));
	if (p.ban_until_unix_s > d->now_unix_s)
		say_instant(d, "may not re-apply", "ban_until", p.ban_until_unix_s);
	if (p.erased_sequence != 0)
		say_number(d, "identity erased", "erased_by_event", p.erased_sequence);
	if (d->as_json)
		json_key(&d->json, "person_coming");
	say_coming(d, &p.standing, "person");
	return OK;
}

static enum status
say_history(struct describe *d, struct txn *t, const struct history_of *of, const uint64_t *known, size_t known_n)
{
	struct history h = { 0 };
	enum status st = history_find(d->office->registry, t, of, 0, &h);
	for (size_t i = 0; st == OK && i < known_n; i++)
		if (known[i] != 0 && !history_has(&h, known[i]))
			st = err_set(&d->office->err, ERR_DAMAGED, "event %llu, which the record names, is not where it was in the journal; "
			    "run an audit", (unsigned long long)known[i]);
	if (st == OK)
		st = say_events(d, t, &h);
	history_free(&h);
	return st;
}

/* Facts and status; for programs inside an object that the caller began. */
static enum status
say_holder(struct describe *d, struct txn *t, const struct holder *h)
{
	struct entries e;
	struct body body;
	struct condition_at condition;
	enum status st = holder_entries(t, h, &e);
	if (st == OK)
		st = body_get(t, h->uscc, &body);
	if (st == OK)
		st = condition_of_holder(t, h, &e, d->now_unix_s, &condition);
	if (st)
		return st;
	say_text(d, "number", "number", h->number);
	say_entries(d, &e, &body);
	say_condition(d, &condition, condition_word(condition.is, false));
	if (d->as_json)
		json_key(&d->json, "coming");
	say_coming(d, &h->standing, "certificate");
	st = say_review(d, t, h);
	if (st == OK)
		st = say_credential(d, t, h->serial);
	if (st == OK && h->serial != 0 && h->entries_sequence != h->serial_entries_sequence)
		say_text(d, "note", "entries_note", BYTES_LIT("the entries are newer than the credential; yaopai issue --changed reissues it"));
	return st;
}

static enum status
reveal_number(struct describe *d, const struct holder *h, char out[IDNUMBER_LEN + 1])
{
	struct reveal r = { .office = NULL };
	struct bytes person = { h->person_id, PERSON_ID_LEN };
	enum status st = reveal_open(d->office, d->reveal_reason, person, 1, &r);
	if (st == OK)
		st = reveal_get(&r, person, out);
	reveal_close(&r);
	return st;
}

static enum status
describe_holder(struct describe *d, struct txn *t, const struct holder *h)
{
	const uint64_t known[] = { h->entries_sequence, h->serial_entries_sequence };
	char idnumber[IDNUMBER_LEN + 1] = "";
	enum status st = d->reveal_reason != NULL ? reveal_number(d, h, idnumber) : OK;
	if (st)
		return st;
	say_begin(d);
	say_text(d, "identity", "idnumber", bytes_str(idnumber));
	secret_wipe(idnumber, sizeof(idnumber));
	st = say_holder(d, t, h);
	if (st == OK)
		st = say_person(d, t, h);
	if (st == OK)
		st = say_history(d, t, &(struct history_of){ .holder_ids = &h->id, .holders_n = 1,
			.person_id = { h->person_id, PERSON_ID_LEN } }, known, sizeof(known) / sizeof(known[0]));
	say_end(d);
	return st;
}

/* Every certificate of the person who holds this one, and all that was decided on them. */
static enum status
describe_person(struct describe *d, struct txn *t, const struct holder *h)
{
	uint64_t *ids = NULL;
	size_t n = 0;
	struct holder one;
	struct bytes person_id = { h->person_id, PERSON_ID_LEN };
	enum status st = person_holders(d->office->registry, t, person_id, 0, &ids, &n);
	say_begin(d);
	if (d->as_json)
		json_key(&d->json, "certificates"), json_array_begin(&d->json);
	for (size_t i = 0; st == OK && i < n; i++) {
		if (!d->as_json)
			(void)printf("%scertificate %zu of %zu\n", i > 0 ? "\n" : "", i + 1, n);
		st = holder_get(t, ids[i], &one);
		say_begin(d);
		if (st == OK)
			st = say_holder(d, t, &one);
		say_end(d);
	}
	if (d->as_json)
		json_array_end(&d->json);
	else
		(void)printf("\n");
	if (st == OK)
		st = say_person(d, t, h);
	if (st == OK)
		st = say_history(d, t, &(struct history_of){ .holder_ids = ids, .holders_n = n, .person_id = person_id }, &h->entries_sequence, 1);
	say_end(d);
	free(ids);
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}

/* ---- a body ---- */

/* What took over from it and what it took over, the last first. */
static enum status
say_successions(struct describe *d, struct txn *t, const struct body *b)
{
	enum status st = OK;
	int64_t time_unix_s = 0;
	struct succession s;
	struct body other;
	if (d->as_json) {
		json_key(&d->json, "successions");
		json_array_begin(&d->json);
	}
	for (uint64_t sequence = b->succession, before = 0; st == OK && sequence != 0; sequence = before) {
		st = succession_get(t, sequence, b->uscc, &s, &time_unix_s, &before);
		bool is_old = st == OK && bytes_eq(s.old_uscc, b->uscc);
		if (st == OK)
			st = body_get(t, is_old ? s.new_uscc : s.old_uscc, &other);
		if (st)
			break;
		say_begin(d);
		say_text(d, is_old ? (s.is_part ? "part went to" : "succeeded by") : s.is_part ? "took part of" : "took over",
		    is_old ? "successor" : "predecessor", other.uscc);
		say_text(d, "  name", "name", other.name);
		say_instant(d, "  recorded", "recorded", time_unix_s);
		if (d->as_json) {
			json_key(&d->json, "part"), json_bool(&d->json, s.is_part);
			say_number(d, "", "event", sequence);
		}
		say_end(d);
	}
	if (d->as_json)
		json_array_end(&d->json);
	return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
}

static void
say_entrustment(struct describe *d, const struct body *b)
{
	say_text(d, "entrusted by", "entrusted_by", b->entrusting_name);
	say_text(d, "  code", "entrusting_uscc", b->entrusting_uscc);
	say_instant(d, "  from", "entrusted_from", b->entrusted_from_unix_s);
	say_instant(d, "  to", "entrusted_to", b->entrusted_to_unix_s);
	say_text(d, "  matters", "matters", b->matters);
	say_text(d, b->kind == BODY_ENTRUSTED ? "  authority" : "authorised by", "authority", b->authority);
	say_text(d, "  document", "document", b->document);
	say_instant(d, "  published", "published", b->published_unix_s);
}

static void
say_people(struct describe *d, const struct tally *n)
{
	say_number(d, "people", "people", n->people);
	if (d->as_json)
		json_key(&d->json, "people_by_status"), json_object_begin(&d->json);
	for (int c = CONDITION_VALID; c < CONDITION_COUNT; c++) {
		char label[32];
		(void)snprintf(label, sizeof(label), "  %s", condition_word((enum condition)c, false));
		if (n->by[c] > 0 || d->as_json)
			say_number(d, label, condition_word((enum condition)c, false), n->by[c]);
	}
	if (d->as_json)
		json_object_end(&d->json);
}

static enum status
say_body(struct describe *d, struct txn *t, const struct body *b)
{
	struct condition_at condition;
	struct tally tally;
	struct body entries;
	enum status st = body_entries(t, b, &entries);
	if (st == OK)
		st = condition_of_body(t, b, d->now_unix_s, &condition);
	if (st == OK)
		st = tally_body(t, b->uscc, d->now_unix_s, &tally);
	if (st)
		return st;
	say_text(d, "code", "uscc", b->uscc);
	say_text(d, "name", "name", b->name);
	say_text(d, "kind", "kind", bytes_str(body_kind_word(b->kind, false)));
	if (b->division != 0)
		say_number(d, "division", "division", b->division);
	say_entrustment(d, &entries);
	say_condition(d, &condition, body_condition_word(condition.is, false));
	if (d->as_json)
		json_key(&d->json, "coming");
	say_coming(d, &b->standing, "body");
	say_people(d, &tally);
	st = say_credential(d, t, b->serial);
	if (st == OK && b->serial != 0 && b->entries_sequence != b->serial_entries_sequence)
		say_text(d, "note", "entries_note", BYTES_LIT("the entries are newer than the credential; yaopai issue --bodies --changed reissues it"));
	return st == OK ? say_successions(d, t, b) : st;
}

static enum status
describe_body(struct describe *d, struct txn *t, const struct body *b)
{
	const uint64_t known[] = { b->entries_sequence, b->succession, b->serial_entries_sequence };
	say_begin(d);
	enum status st = say_body(d, t, b);
	if (st == OK)
		st = say_history(d, t, &(struct history_of){ .uscc = b->uscc }, known, sizeof(known) / sizeof(known[0]));
	say_end(d);
	return st;
}

enum status
describe_subject(struct describe *d, struct bytes key, bool whole_person)
{
	char shown[64];
	struct txn t = { 0 };
	struct holder h;
	struct body b;
	enum status st = txn_begin_read(registry_store(d->office->registry), &t);
	if (st == OK)
		st = holder_by_number(&t, key, &h);
	if (st == OK)
		st = whole_person ? describe_person(d, &t, &h) : describe_holder(d, &t, &h);
	else if (st == ERR_NOT_FOUND && key.len == USCC_LEN && !whole_person && d->reveal_reason == NULL) {
		st = body_get(&t, key, &b);
		if (st == OK)
			st = describe_body(d, &t, &b);
	}
	txn_end(&t);
	(void)text_escape(key, shown, sizeof(shown));
	if (st == ERR_NOT_FOUND)
		return err_set(&d->office->err, st, "%s in this register: %s", whole_person ? "no certificate number" :
		    "neither a certificate number nor a body's code", shown);
	return st ? err_set(&d->office->err, st, "the record of %s cannot be read: %s", shown, status_text(st)) : OK;
}
