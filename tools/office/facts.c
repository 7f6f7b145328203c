#include "tools/office/facts.h"

#include <inttypes.h>

#include "base/text.h"
#include "tools/office/words.h"

static void
add_date(struct textbuf *out, struct date day)
{
	char text[DATE_TEXT_LEN + 1];
	if (day.year != 0)
		textbuf_add(out, date_text(day, text));
}

static void
add_instant(struct textbuf *out, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		textbuf_add(out, instant_text(unix_s, text));
}

static void
add_hex(struct textbuf *out, struct bytes b)
{
	char hex[2 * DIGEST_LEN + 1];
	if (b.len == 0 || b.len > DIGEST_LEN)
		return;
	hex_encode(b, hex);
	textbuf_add(out, hex);
}

static void
add_number(struct textbuf *out, uint64_t n)
{
	if (n != 0)
		textbuf_addf(out, "%" PRIu64, n);
}

#define FILL(name) static void name(const void *entries, const struct fieldset *fields, struct textbuf *out)

/* ---- certificates ---- */

#define OF_ENTRIES(name, statement) FILL(name) { const struct entries *e = entries; (void)fields; statement; }

OF_ENTRIES(fill_kind, textbuf_add(out, kind_word(e->kind, false)))
OF_ENTRIES(fill_name, textbuf_add_bytes(out, e->name))
OF_ENTRIES(fill_sex, textbuf_add(out, sex_word(e->sex, false)))
OF_ENTRIES(fill_uscc, textbuf_add_bytes(out, e->uscc))
OF_ENTRIES(fill_post, textbuf_add_bytes(out, e->post))
OF_ENTRIES(fill_staff, textbuf_add(out, staff_word(e->staff, false)))
OF_ENTRIES(fill_jurisdiction, add_number(out, e->jurisdiction))
OF_ENTRIES(fill_number, textbuf_add_bytes(out, e->number))
OF_ENTRIES(fill_issued_on, add_date(out, e->issued_on))
OF_ENTRIES(fill_valid_until, add_date(out, e->valid_until))
OF_ENTRIES(fill_carried, textbuf_add(out, action_word(e->carried, false)))
OF_ENTRIES(fill_remarks, textbuf_add_bytes(out, e->remarks))
OF_ENTRIES(fill_trained_on, add_date(out, e->trained_on))
OF_ENTRIES(fill_examined_on, add_date(out, e->examined_on))
OF_ENTRIES(fill_portrait, add_hex(out, e->portrait))
OF_ENTRIES(fill_shown_by, textbuf_add(out, e->device.len == 0 ? "" : e->policy == POLICY_LIVE ? "live code only" : "live or static code"))
OF_ENTRIES(fill_first_issued, add_date(out, e->first_issued))
OF_ENTRIES(fill_renewed_on, add_date(out, e->renewed_on))
OF_ENTRIES(fill_renewed_until, add_date(out, e->renewed_until))

FILL(fill_fields)
{
	const struct entries *e = entries;
	for (size_t i = 0; i < e->fields_n; i++)
		textbuf_addf(out, "%s%s", i > 0 ? "、" : "", fieldset_zh(fields, e->fields[i]));
}

/* The device by the beginning of its key's digest, as a signer's kid: enough to compare, and nobody takes it for the key. */
FILL(fill_device)
{
	struct digest whole;
	const struct entries *e = entries;
	(void)fields;
	if (e->device.len > 0 && sha256(e->device, &whole) == OK)
		add_hex(out, (struct bytes){ whole.b, KID_LEN });
}

static const struct fact of_entries[] = {
	{ "kind", "kind", fill_kind }, { "name", "name", fill_name }, { "sex", "sex", fill_sex }, { "body code", "body_uscc", fill_uscc },
	{ "post", "post", fill_post }, { "staff", "staff", fill_staff }, { "fields", "fields", fill_fields },
	{ "jurisdiction", "jurisdiction", fill_jurisdiction }, { "number given", "number", fill_number },
	{ "issued on", "issued_on", fill_issued_on }, { "valid until", "valid_until", fill_valid_until },
	{ "status carried", "carried", fill_carried }, { "remarks", "remarks", fill_remarks }, { "trained on", "trained_on", fill_trained_on },
	{ "examined on", "examined_on", fill_examined_on }, { "device", "device", fill_device }, { "shown by", "shown_by", fill_shown_by },
	{ "portrait", "portrait", fill_portrait }, { "first issued", "first_issued", fill_first_issued },
	{ "renewed on", "renewed_on", fill_renewed_on }, { "renewed until", "renewed_until", fill_renewed_until },
};
const struct facts entry_facts = { of_entries, sizeof(of_entries) / sizeof(of_entries[0]) };

/* ---- bodies ---- */

#define OF_BODY(name, statement) FILL(name) { const struct body *b = entries; (void)fields; statement; }

OF_BODY(body_name, textbuf_add_bytes(out, b->name))
OF_BODY(body_kind, textbuf_add(out, body_kind_word(b->kind, false)))
OF_BODY(body_division, add_number(out, b->division))
OF_BODY(body_entrusting_name, textbuf_add_bytes(out, b->entrusting_name))
OF_BODY(body_entrusting_uscc, textbuf_add_bytes(out, b->entrusting_uscc))
OF_BODY(body_from, add_instant(out, b->entrusted_from_unix_s))
OF_BODY(body_to, add_instant(out, b->entrusted_to_unix_s))
OF_BODY(body_matters, textbuf_add_bytes(out, b->matters))
OF_BODY(body_authority, textbuf_add_bytes(out, b->authority))
OF_BODY(body_document, textbuf_add_bytes(out, b->document))
OF_BODY(body_published, add_instant(out, b->published_unix_s))
OF_BODY(body_carried, textbuf_add(out, action_word(b->carried, false)))

static const struct fact of_body[] = {
	{ "name", "name", body_name }, { "kind", "kind", body_kind }, { "division", "division", body_division },
	{ "entrusted by", "entrusted_by", body_entrusting_name }, { "its code", "entrusting_uscc", body_entrusting_uscc },
	{ "from", "entrusted_from", body_from }, { "to", "entrusted_to", body_to }, { "matters", "matters", body_matters },
	{ "authority", "authority", body_authority }, { "document", "document", body_document }, { "published", "published", body_published },
	{ "status carried", "carried", body_carried },
};
const struct facts body_facts = { of_body, sizeof(of_body) / sizeof(of_body[0]) };
