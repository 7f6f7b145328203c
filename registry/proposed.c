#include "registry/proposed.h"

#include "base/text.h"
#include "crypto/credential.h"

enum { KEY_KIND = 0, KEY_SUBJECT = 1, KEY_SUBJECTS = 2, KEY_ACTION = 3, KEY_EFFECTIVE = 4, KEY_END = 5, KEY_GROUND = 6, KEY_ORGAN = 7,
	KEY_DOCUMENT = 8, KEY_BAN = 9, KEY_REVIEWER = 10 };
enum { KEY_KINDS = 1, KEY_AT_MOST = 2, KEY_UNTIL = 3, KEY_CHANGED = 4, KEY_REISSUE = 5, KEY_COMMAND = 1, KEY_ENTRY = 1 };
enum { KINDS_ALL = 1 << KIND_ENFORCEMENT | 1 << KIND_SUPERVISION | 1 << KIND_MODERATOR | 1 << 4 };

/* ---- lists ---- */

enum status
subjects_encode(const struct bytes *texts, size_t n, struct buf out, struct bytes *array)
{
	struct cbor_writer w = cbor_writer(out);
	if (n < 1 || n > PROPOSAL_SUBJECTS_MAX)
		return n < 1 ? ERR_ARGUMENT : ERR_LIMIT;
	cbor_write_array(&w, n);
	for (size_t i = 0; i < n; i++) {
		if (texts[i].len < 1 || texts[i].len > NUMBER_LEN_MAX)
			return ERR_ARGUMENT;
		for (size_t k = 0; k < i; k++)
			if (bytes_eq(texts[i], texts[k]))
				return ERR_ARGUMENT;
		cbor_write_text(&w, texts[i]);
	}
	return cbor_write_finish(&w, array);
}

static enum status
subjects_check(struct bytes array, size_t *n)
{
	struct bytes texts[PROPOSAL_SUBJECTS_MAX], again;
	uint8_t mem[PROPOSAL_ACTION_LEN_MAX];
	struct cbor_reader r = cbor_reader(array, CBOR_CANONICAL);
	*n = cbor_read_array(&r);
	if (r.status == OK && *n > PROPOSAL_SUBJECTS_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < *n; i++)
		texts[i] = cbor_read_text(&r);
	enum status st = cbor_finish(&r);
	if (st == OK)
		st = subjects_encode(texts, *n, BUF_OF(mem), &again);
	return st == ERR_ARGUMENT ? ERR_FORMAT : st;
}

struct cbor_reader
proposed_subjects(const struct proposed *p)
{
	struct cbor_reader r = cbor_reader(p->subjects, CBOR_CANONICAL);
	(void)cbor_read_array(&r);
	return r;
}

enum status
kids_encode(const uint8_t (*kids)[KID_LEN], size_t n, struct buf out, struct bytes *array)
{
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, n);
	for (size_t i = 0; i < n; i++)
		cbor_write_bytes(&w, (struct bytes){ kids[i], KID_LEN });
	return cbor_write_finish(&w, array);
}

static enum status
kids_check(struct bytes array, size_t *n)
{
	struct cbor_reader r = cbor_reader(array, CBOR_CANONICAL);
	*n = cbor_read_array(&r);
	if (r.status == OK && (*n < 1 || *n > TRUST_ROOTS_MAX * TRUST_ENTRIES_MAX))
		return ERR_FORMAT;
	for (size_t i = 0; i < *n && r.status == OK; i++)
		if (cbor_read_bytes(&r).len != KID_LEN)
			cbor_fail(&r, ERR_FORMAT);
	return cbor_finish(&r);
}

/* ---- the map ---- */

static bool
decision_is_wellformed(const struct proposed *p)
{
	const struct decision *d = &p->decision;
	bool certificate_only = d->action == ACTION_REVOKE || d->action == ACTION_WITHDRAW;
	return p->subject >= SUBJECT_HOLDER && p->subject <= SUBJECT_BODY && d->action >= ACTION_SUSPEND && d->action <= ACTION_WITHDRAW &&
	    (p->subject == SUBJECT_HOLDER || !certificate_only) && d->effective_unix_s >= 0 && d->end_unix_s >= 0 && d->ban_until_unix_s >= 0 &&
	    d->ground.len >= 1 && d->ground.len <= GROUND_LEN_MAX && d->organ.len <= GROUND_LEN_MAX && d->document.len <= GROUND_LEN_MAX &&
	    d->reviewer.len <= OPERATOR_LEN_MAX;
}

static bool
is_wellformed(const struct proposed *p)
{
	switch (p->kind) {
	case PROPOSED_DECISION: return decision_is_wellformed(p);
	case PROPOSED_ISSUE:    return p->at_most >= 1 && p->until_unix_s > 0 && (p->kinds & ~(uint32_t)KINDS_ALL) == 0;
	case PROPOSED_KEYS:     return p->command.len >= 1 && p->command.len <= KEY_COMMAND_LEN_MAX && p->until_unix_s > 0;
	case PROPOSED_ENTRY:    return p->entry.len >= 1;
	}
	return false;
}

static size_t
pairs_of(const struct proposed *p)
{
	const struct decision *d = &p->decision;
	switch (p->kind) {
	case PROPOSED_DECISION:
		return 5u + (d->effective_unix_s != 0) + (d->end_unix_s != 0) + (d->organ.len > 0) + (d->document.len > 0) +
		    (d->ban_until_unix_s != 0) + (d->reviewer.len > 0);
	case PROPOSED_ISSUE: return 3u + (p->kinds != 0) + p->changed + (p->reissue.len > 0);
	case PROPOSED_KEYS:  return 3;
	case PROPOSED_ENTRY: return 2;
	}
	return 0;
}

static void
write_decision(struct cbor_writer *w, const struct proposed *p)
{
	const struct decision *d = &p->decision;
	cbor_write_int(w, KEY_SUBJECT);
	cbor_write_uint(w, (uint64_t)p->subject);
	cbor_write_int(w, KEY_SUBJECTS);
	cbor_write_raw(w, p->subjects);
	cbor_write_int(w, KEY_ACTION);
	cbor_write_uint(w, (uint64_t)d->action);
	cbor_write_int_pair(w, KEY_EFFECTIVE, d->effective_unix_s);
	cbor_write_int_pair(w, KEY_END, d->end_unix_s);
	cbor_write_text_pair(w, KEY_GROUND, d->ground);
	cbor_write_text_pair(w, KEY_ORGAN, d->organ);
	cbor_write_text_pair(w, KEY_DOCUMENT, d->document);
	cbor_write_int_pair(w, KEY_BAN, d->ban_until_unix_s);
	cbor_write_text_pair(w, KEY_REVIEWER, d->reviewer);
}

static void
write_issue(struct cbor_writer *w, const struct proposed *p)
{
	cbor_write_int_pair(w, KEY_KINDS, p->kinds);
	cbor_write_int(w, KEY_AT_MOST);
	cbor_write_uint(w, p->at_most);
	cbor_write_int(w, KEY_UNTIL);
	cbor_write_int(w, p->until_unix_s);
	if (p->changed) {
		cbor_write_int(w, KEY_CHANGED);
		cbor_write_bool(w, true);
	}
	if (p->reissue.len > 0) {
		cbor_write_int(w, KEY_REISSUE);
		cbor_write_raw(w, p->reissue);
	}
}

enum status
proposed_encode(const struct proposed *p, struct buf out, struct bytes *map)
{
	size_t n = 0;
	if (!is_wellformed(p) || (p->kind == PROPOSED_DECISION && subjects_check(p->subjects, &n) != OK))
		return ERR_ARGUMENT;
	if (out.cap - out.len > PROPOSAL_ACTION_LEN_MAX)
		out.cap = out.len + PROPOSAL_ACTION_LEN_MAX;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(p));
	cbor_write_int(&w, KEY_KIND);
	cbor_write_uint(&w, (uint64_t)p->kind);
	if (p->kind == PROPOSED_DECISION)
		write_decision(&w, p);
	if (p->kind == PROPOSED_ISSUE)
		write_issue(&w, p);
	if (p->kind == PROPOSED_KEYS) {
		cbor_write_text_pair(&w, KEY_COMMAND, p->command);
		cbor_write_int(&w, KEY_UNTIL);
		cbor_write_int(&w, p->until_unix_s);
	}
	if (p->kind == PROPOSED_ENTRY) {
		cbor_write_int(&w, KEY_ENTRY);
		cbor_write_raw(&w, p->entry);
	}
	return cbor_write_finish(&w, map);
}

/* Each returns whether the key is one of this kind's. */
static bool
read_decision(struct cbor_reader *r, int64_t k, struct proposed *p)
{
	struct decision *d = &p->decision;
	uint64_t v;
	switch (k) {
	case KEY_SUBJECT:   v = cbor_read_uint(r); p->subject = (enum subject)(v <= SUBJECT_BODY ? v : 0); return true;
	case KEY_SUBJECTS:  p->subjects = cbor_read_item(r); return true;
	case KEY_ACTION:    v = cbor_read_uint(r); d->action = (enum action)(v <= ACTION_WITHDRAW ? v : 0); return true;
	case KEY_EFFECTIVE: d->effective_unix_s = cbor_read_int(r); return true;
	case KEY_END:       d->end_unix_s = cbor_read_int(r); return true;
	case KEY_GROUND:    d->ground = cbor_read_text(r); return true;
	case KEY_ORGAN:     d->organ = cbor_read_text(r); return true;
	case KEY_DOCUMENT:  d->document = cbor_read_text(r); return true;
	case KEY_BAN:       d->ban_until_unix_s = cbor_read_int(r); return true;
	case KEY_REVIEWER:  d->reviewer = cbor_read_text(r); return true;
	default:            return false;
	}
}

static bool
read_issue(struct cbor_reader *r, int64_t k, struct proposed *p)
{
	uint64_t v;
	switch (k) {
	case KEY_KINDS:   v = cbor_read_uint(r); p->kinds = v <= KINDS_ALL ? (uint32_t)v : UINT32_MAX; return true;
	case KEY_AT_MOST: p->at_most = cbor_read_uint(r); return true;
	case KEY_UNTIL:   p->until_unix_s = cbor_read_int(r); return true;
	case KEY_CHANGED: p->changed = cbor_read_bool(r); return true;
	case KEY_REISSUE: p->reissue = cbor_read_item(r); return true;
	default:          return false;
	}
}

static bool
read_key(struct cbor_reader *r, int64_t k, struct proposed *p)
{
	switch (p->kind) {
	case PROPOSED_DECISION: return read_decision(r, k, p);
	case PROPOSED_ISSUE:    return read_issue(r, k, p);
	case PROPOSED_KEYS:
		if (k == KEY_UNTIL)
			p->until_unix_s = cbor_read_int(r);
		else if (k == KEY_COMMAND)
			p->command = cbor_read_text(r);
		return k == KEY_UNTIL || k == KEY_COMMAND;
	case PROPOSED_ENTRY:
		if (k == KEY_ENTRY && cbor_peek(r) == CBOR_MAP)
			p->entry = cbor_read_item(r);
		return k == KEY_ENTRY;
	}
	return false;
}

enum status
proposed_decode(struct bytes map, struct proposed *out)
{
	struct proposed p = { .at_most = 0 };
	int64_t k = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(map, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		if (k == KEY_KIND) { /* the first, since keys ascend */
			uint64_t kind = cbor_read_uint(&r);
			p.kind = (enum proposed_kind)(kind <= PROPOSED_ENTRY ? kind : 0);
		} else if (!read_key(&r, k, &p))
			cbor_fail(&r, ERR_UNSUPPORTED);
	}
	enum status st = cbor_finish(&r);
	if (st == OK && p.kind == PROPOSED_DECISION)
		st = subjects_check(p.subjects, &p.subjects_n);
	if (st == OK && p.kind == PROPOSED_ISSUE && p.reissue.len > 0)
		st = kids_check(p.reissue, &p.reissue_n);
	if (st)
		return st;
	if (map.len > PROPOSAL_ACTION_LEN_MAX)
		return ERR_LIMIT;
	if (given != pairs_of(&p) || !is_wellformed(&p))
		return ERR_FORMAT;
	*out = p;
	return OK;
}
