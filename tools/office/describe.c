#include "tools/office/describe.h"

#include <stdio.h>

#include "base/text.h"
#include "base/time.h"
#include "registry/effective.h"
#include "tools/office/reveal.h"
#include "tools/shared/textbuf.h"

/* One fact: a line for people, a member for programs. */
static void
say_text(struct describe *d, const char *label, const char *key, struct bytes value)
{
	char shown[512];
	if (value.len == 0)
		return;
	if (d->as_json) {
		json_key(&d->json, key);
		json_text(&d->json, value);
	} else
		(void)printf("%-16s %s\n", label, text_escape(value, shown, sizeof(shown)));
}

static void
say_number(struct describe *d, const char *label, const char *key, uint64_t value)
{
	if (d->as_json) {
		json_key(&d->json, key);
		json_uint(&d->json, value);
	} else
		(void)printf("%-16s %llu\n", label, (unsigned long long)value);
}

static void
say_instant(struct describe *d, const char *label, const char *key, int64_t unix_s)
{
	char when[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		say_text(d, label, key, bytes_str(instant_text(unix_s, when)));
}

static void
say_date(struct describe *d, const char *label, const char *key, struct date day)
{
	char text[DATE_TEXT_LEN + 1];
	if (day.year != 0)
		say_text(d, label, key, bytes_str(date_text(day, text)));
}

static void
begin(struct describe *d)
{
	if (d->as_json)
		json_object_begin(&d->json);
}

static void
end(struct describe *d)
{
	if (d->as_json)
		json_object_end(&d->json);
}

static void
say_effective(struct describe *d, const struct effective *e)
{
	static const char *const words[] = { "good", "void", "suspended" };
	say_text(d, "status", "status", bytes_str(words[e->value]));
	if (e->cause == CAUSE_NONE)
		return;
	say_text(d, "because of", "cause", bytes_str(cause_text(e->cause)));
	if (e->change.action != ACTION_NONE)
		say_text(d, "which was", "action", bytes_str(action_text(e->change.action)));
	say_instant(d, "since", "since", e->change.effective_unix_s);
	say_instant(d, "until", "until", e->change.end_unix_s);
	if (e->overdue)
		say_text(d, "note", "note", BYTES_LIT("the suspension is past its end date; reinstate it or decide anew"));
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
	begin(d);
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
	end(d);
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

static void
say_decision(struct describe *d, const struct decision *r)
{
	say_text(d, "  decision", "action", bytes_str(action_text(r->action)));
	say_instant(d, "  effective", "effective", r->effective_unix_s);
	say_instant(d, "  end", "end", r->end_unix_s);
	say_text(d, "  ground", "ground", r->ground);
	say_text(d, "  organ", "organ", r->organ);
	say_text(d, "  document", "document", r->document);
	say_instant(d, "  ban until", "ban_until", r->ban_until_unix_s);
	say_text(d, "  reviewer", "reviewer", r->reviewer);
}

/* The decisions that a standing lists, from their events. */
static enum status
say_history(struct describe *d, struct txn *t, const struct standing *s)
{
	enum status st = OK;
	if (d->as_json) {
		json_key(&d->json, "history");
		json_array_begin(&d->json);
	} else if (s->n > 0)
		(void)printf("history\n");
	for (size_t i = 0; st == OK && i < s->n; i++) {
		struct bytes enc, key, number;
		struct event e;
		struct decision r;
		enum subject kind;
		st = journal_get(t, s->changes[i].sequence, &enc);
		if (st == OK)
			st = event_decode(enc, &e);
		if (st == OK)
			st = decision_decode(e.payload, &kind, &key, &r, &number);
		if (st)
			break;
		begin(d);
		say_number(d, "  event", "event", e.sequence);
		say_decision(d, &r);
		say_text(d, "  recorded by", "operator", e.operator);
		say_instant(d, "  recorded", "recorded", e.time_ms / 1000);
		end(d);
	}
	if (d->as_json)
		json_array_end(&d->json);
	return st;
}

static void
say_hex(struct describe *d, const char *label, const char *key, struct bytes value)
{
	char hex[2 * DIGEST_LEN + 1];
	hex_encode(value, hex);
	say_text(d, label, key, bytes_str(hex));
}

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
	static const char *const kinds[] = { "", "enforcement", "supervision", "moderator" };
	say_text(d, "kind", "kind", bytes_str(kinds[e->kind]));
	say_text(d, "name", "name", e->name);
	say_text(d, "body", "body", body->name);
	say_text(d, "body code", "body_uscc", body->uscc);
	say_text(d, "entrusted by", "entrusted_by", body->entrusting_name);
	say_text(d, "post", "post", e->post);
	say_fields(d, e);
	say_number(d, "jurisdiction", "jurisdiction", e->jurisdiction);
	say_date(d, "issued on", "issued_on", e->issued_on);
	say_date(d, "valid until", "valid_until", e->valid_until);
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
	struct entries e;
	struct body body;
	struct effective effective;
	struct person person;
	enum status st = holder_entries(t, h, &e);
	if (st == OK)
		st = person_get(t, (struct bytes){ h->person_id, PERSON_ID_LEN }, &person);
	if (st == OK)
		st = body_get(t, h->uscc, &body);
	if (st == OK)
		st = effective_of_holder(t, h, d->now_unix_s, &effective);
	char idnumber[IDNUMBER_LEN + 1] = "";
	if (st == OK && d->reveal_reason != NULL)
		st = reveal_number(d, h, idnumber);
	if (st)
		return st;
	begin(d);
	say_text(d, "number", "number", h->number);
	say_text(d, "identity", "idnumber", bytes_str(idnumber));
	secret_wipe(idnumber, sizeof(idnumber));
	if (person.erased_sequence != 0)
		say_number(d, "identity erased", "erased_by_event", person.erased_sequence);
	say_entries(d, &e, &body);
	say_effective(d, &effective);
	st = say_credential(d, t, h->serial);
	if (st == OK && h->serial != 0 && h->entries_sequence != h->serial_entries_sequence)
		say_text(d, "note", "entries_note", BYTES_LIT("the entries are newer than the credential; yaopai issue --changed reissues it"));
	if (st == OK)
		st = say_history(d, t, &h->standing);
	end(d);
	return st;
}

static enum status
describe_body(struct describe *d, struct txn *t, const struct body *b)
{
	static const char *const kinds[] = { "", "statutory organ", "authorised organisation", "entrusted organisation" };
	begin(d);
	say_text(d, "code", "uscc", b->uscc);
	say_text(d, "name", "name", b->name);
	say_text(d, "kind", "kind", bytes_str(kinds[b->kind]));
	if (b->division != 0)
		say_number(d, "division", "division", b->division);
	say_text(d, "entrusted by", "entrusted_by", b->entrusting_name);
	say_instant(d, "  from", "entrusted_from", b->entrusted_from_unix_s);
	say_instant(d, "  to", "entrusted_to", b->entrusted_to_unix_s);
	struct standing_at at = standing_at(&b->standing, d->now_unix_s);
	say_text(d, "status", "status", bytes_str(at.state == STATE_GOOD ? "good" : action_text(at.cause.action)));
	enum status st = say_history(d, t, &b->standing);
	end(d);
	return st;
}

enum status
describe_subject(struct describe *d, struct bytes key)
{
	char shown[64];
	struct txn t = { 0 };
	struct holder h;
	struct body b;
	enum status st = txn_begin_read(registry_store(d->office->registry), &t);
	if (st == OK)
		st = holder_by_number(&t, key, &h);
	if (st == OK)
		st = describe_holder(d, &t, &h);
	else if (st == ERR_NOT_FOUND && key.len == USCC_LEN && d->reveal_reason == NULL) {
		st = body_get(&t, key, &b);
		if (st == OK)
			st = describe_body(d, &t, &b);
	}
	txn_end(&t);
	(void)text_escape(key, shown, sizeof(shown));
	if (st == ERR_NOT_FOUND)
		return err_set(&d->office->err, st, "neither a certificate number nor a body's code in this register: %s", shown);
	return st ? err_set(&d->office->err, st, "the record of %s cannot be read: %s", shown, status_text(st)) : OK;
}
