#include "registry/succession.h"

enum { KEY_VERSION = 0, KEY_OLD, KEY_NEW, KEY_GROUND, KEY_ORGAN, KEY_DOCUMENT, KEY_REVIEWER, KEY_PART, KEY_OLD_BEFORE, KEY_NEW_BEFORE,
	VERSION = 1 };

static bool
succession_is_wellformed(const struct succession *s)
{
	return s->old_uscc.len == USCC_LEN && s->new_uscc.len == USCC_LEN && !bytes_eq(s->old_uscc, s->new_uscc) && s->ground.len >= 1 &&
	    s->ground.len <= GROUND_LEN_MAX && s->organ.len >= 1 && s->organ.len <= GROUND_LEN_MAX && s->document.len >= 1 &&
	    s->document.len <= GROUND_LEN_MAX && s->reviewer.len <= GROUND_LEN_MAX && s->old_before <= INT64_MAX &&
	    s->new_before <= INT64_MAX;
}

/* Compulsory ones, and those whose value is not what absence means. */
static size_t
pairs_of(const struct succession *s)
{
	return (size_t)6 + (s->reviewer.len > 0) + s->is_part + (s->old_before != 0) + (s->new_before != 0);
}

enum status
succession_encode(const struct succession *s, struct buf out, struct bytes *payload)
{
	if (!succession_is_wellformed(s))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(s));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_text_pair(&w, KEY_OLD, s->old_uscc);
	cbor_write_text_pair(&w, KEY_NEW, s->new_uscc);
	cbor_write_text_pair(&w, KEY_GROUND, s->ground);
	cbor_write_text_pair(&w, KEY_ORGAN, s->organ);
	cbor_write_text_pair(&w, KEY_DOCUMENT, s->document);
	cbor_write_text_pair(&w, KEY_REVIEWER, s->reviewer);
	cbor_write_int_pair(&w, KEY_PART, s->is_part);
	cbor_write_int_pair(&w, KEY_OLD_BEFORE, (int64_t)s->old_before);
	cbor_write_int_pair(&w, KEY_NEW_BEFORE, (int64_t)s->new_before);
	return cbor_write_finish(&w, payload);
}

enum status
succession_decode(struct bytes payload, struct succession *out)
{
	struct succession s = { .is_part = false };
	uint64_t version = 0, part = 0;
	int64_t key = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); given++) {
		switch (key) {
		case KEY_VERSION:    version = cbor_read_uint(&r); break;
		case KEY_OLD:        s.old_uscc = cbor_read_text(&r); break;
		case KEY_NEW:        s.new_uscc = cbor_read_text(&r); break;
		case KEY_GROUND:     s.ground = cbor_read_text(&r); break;
		case KEY_ORGAN:      s.organ = cbor_read_text(&r); break;
		case KEY_DOCUMENT:   s.document = cbor_read_text(&r); break;
		case KEY_REVIEWER:   s.reviewer = cbor_read_text(&r); break;
		case KEY_PART:       part = cbor_read_uint(&r); break;
		case KEY_OLD_BEFORE: s.old_before = cbor_read_uint(&r); break;
		case KEY_NEW_BEFORE: s.new_before = cbor_read_uint(&r); break;
		default:             cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || part > 1)
		return ERR_UNSUPPORTED;
	s.is_part = part == 1;
	if (given != pairs_of(&s) || !succession_is_wellformed(&s))
		return ERR_FORMAT;
	*out = s;
	return OK;
}

enum status
succession_get(struct txn *t, uint64_t sequence, struct bytes uscc, struct succession *out, int64_t *time_unix_s, uint64_t *before)
{
	struct bytes enc;
	struct event e;
	enum status st = journal_get(t, sequence, &enc);
	if (st == OK)
		st = event_decode(enc, &e);
	if (st == OK && e.kind != EVENT_BODY_SUCCEEDED)
		st = ERR_DAMAGED;
	if (st == OK)
		st = succession_decode(e.payload, out);
	if (st)
		return st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	bool is_old = bytes_eq(uscc, out->old_uscc);
	*before = is_old ? out->old_before : out->new_before;
	if ((!is_old && !bytes_eq(uscc, out->new_uscc)) || *before >= sequence) /* a chain leads back, so it ends */
		return ERR_DAMAGED;
	*time_unix_s = e.time_ms / 1000;
	return OK;
}
