#include "registry/standing.h"

enum { KEY_VERSION = 0, KEY_SUBJECT, KEY_KEY, KEY_ACTION, KEY_EFFECTIVE, KEY_END, KEY_GROUND, KEY_ORGAN, KEY_DOCUMENT, KEY_BAN,
	KEY_REVIEWER, KEY_NUMBER, KEY_APPROVAL = 20, VERSION = 1 };

static bool
decision_is_wellformed(enum subject kind, struct bytes key, const struct decision *d, struct bytes number)
{
	return kind >= SUBJECT_HOLDER && kind <= SUBJECT_BODY && key.len >= 1 && key.len <= USCC_LEN && d->action >= ACTION_SUSPEND &&
	    d->action <= ACTION_WITHDRAW && d->effective_unix_s >= 0 && d->end_unix_s >= 0 && d->ban_until_unix_s >= 0 && d->approval <= INT64_MAX &&
	    d->ground.len >= 1 && d->ground.len <= GROUND_LEN_MAX && d->organ.len <= GROUND_LEN_MAX &&
	    d->document.len <= GROUND_LEN_MAX && d->reviewer.len <= OPERATOR_LEN_MAX && number.len <= NUMBER_LEN_MAX;
}

/* Compulsory ones, and those whose value is not what absence means. */
static size_t
pairs_of(const struct decision *d, struct bytes number)
{
	const bool optional[] = { d->end_unix_s != 0, d->organ.len > 0, d->document.len > 0, d->ban_until_unix_s != 0,
		d->reviewer.len > 0, number.len > 0, d->approval != 0 };
	size_t pairs = 6;
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		pairs += optional[i];
	return pairs;
}

enum status
decision_encode(enum subject kind, struct bytes key, const struct decision *d, struct bytes number, struct buf out,
    struct bytes *payload)
{
	if (!decision_is_wellformed(kind, key, d, number))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(d, number));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_SUBJECT);
	cbor_write_uint(&w, (uint64_t)kind);
	cbor_write_int(&w, KEY_KEY);
	cbor_write_bytes(&w, key);
	cbor_write_int(&w, KEY_ACTION);
	cbor_write_uint(&w, (uint64_t)d->action);
	cbor_write_int(&w, KEY_EFFECTIVE);
	cbor_write_int(&w, d->effective_unix_s);
	cbor_write_int_pair(&w, KEY_END, d->end_unix_s);
	cbor_write_text_pair(&w, KEY_GROUND, d->ground);
	cbor_write_text_pair(&w, KEY_ORGAN, d->organ);
	cbor_write_text_pair(&w, KEY_DOCUMENT, d->document);
	cbor_write_int_pair(&w, KEY_BAN, d->ban_until_unix_s);
	cbor_write_text_pair(&w, KEY_REVIEWER, d->reviewer);
	cbor_write_text_pair(&w, KEY_NUMBER, number);
	cbor_write_int_pair(&w, KEY_APPROVAL, (int64_t)d->approval);
	return cbor_write_finish(&w, payload);
}

enum status
decision_decode(struct bytes payload, enum subject *kind, struct bytes *key, struct decision *d, struct bytes *number)
{
	struct decision got = { .effective_unix_s = -1 }; /* compulsory: not wellformed unless given */
	struct bytes subject_key = { NULL, 0 }, typed = { NULL, 0 };
	uint64_t version = 0, subject = 0, action = 0;
	int64_t k = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		switch (k) {
		case KEY_VERSION:   version = cbor_read_uint(&r); break;
		case KEY_SUBJECT:   subject = cbor_read_uint(&r); break;
		case KEY_KEY:       subject_key = cbor_read_bytes(&r); break;
		case KEY_ACTION:    action = cbor_read_uint(&r); break;
		case KEY_EFFECTIVE: got.effective_unix_s = cbor_read_int(&r); break;
		case KEY_END:       got.end_unix_s = cbor_read_int(&r); break;
		case KEY_GROUND:    got.ground = cbor_read_text(&r); break;
		case KEY_ORGAN:     got.organ = cbor_read_text(&r); break;
		case KEY_DOCUMENT:  got.document = cbor_read_text(&r); break;
		case KEY_BAN:       got.ban_until_unix_s = cbor_read_int(&r); break;
		case KEY_REVIEWER:  got.reviewer = cbor_read_text(&r); break;
		case KEY_NUMBER:    typed = cbor_read_text(&r); break;
		case KEY_APPROVAL:  got.approval = cbor_read_uint(&r); break;
		default:            cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || subject > SUBJECT_BODY || action > ACTION_WITHDRAW)
		return ERR_UNSUPPORTED;
	got.action = (enum action)action;
	if (given != pairs_of(&got, typed) || !decision_is_wellformed((enum subject)subject, subject_key, &got, typed))
		return ERR_FORMAT;
	*kind = (enum subject)subject;
	*key = subject_key;
	*d = got;
	*number = typed;
	return OK;
}
