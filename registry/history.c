#include "registry/history.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { PARTS_MAX = 64, SHARE_MIN = 4096 };     /* a thread is not worth fewer events */

/* ---- whom an event is about ---- */

enum role { ROLE_NONE, ROLE_HOLDER, ROLE_OWNER, ROLE_PERSON, ROLE_BODY, ROLE_OTHER_BODY, ROLE_SUBJECT, ROLE_KEY };
enum { PAIRS = 3 };                            /* the first keys of a payload: 0 is its version */
enum { KEY_ISSUED_TO_BODY = 7 };               /* issued.h: stands in place of the holder, behind the token */

static const enum role roles[EVENT_KIND_LAST + 1][PAIRS] = {
	[EVENT_BODY_ENTERED]      = { ROLE_NONE, ROLE_BODY },
	[EVENT_HOLDER_ENTERED]    = { ROLE_NONE, ROLE_HOLDER, ROLE_OWNER },
	[EVENT_CREDENTIAL_ISSUED] = { ROLE_NONE, ROLE_NONE, ROLE_HOLDER },
	[EVENT_STANDING_CHANGED]  = { ROLE_NONE, ROLE_SUBJECT, ROLE_KEY },
	[EVENT_BODY_SUCCEEDED]    = { ROLE_NONE, ROLE_BODY, ROLE_OTHER_BODY },
	[EVENT_REVIEWED]          = { ROLE_NONE, ROLE_HOLDER },
	[EVENT_REVEALED]          = { ROLE_NONE, ROLE_PERSON },
	[EVENT_ERASED]            = { ROLE_NONE, ROLE_PERSON },
};

struct about { uint64_t holder_id; struct bytes owner_id, person_id, uscc, other_uscc; };

static void
about_key(struct about *a, uint64_t subject, struct bytes key)
{
	if (subject == SUBJECT_HOLDER && key.len == sizeof(struct key64))
		a->holder_id = key64_value(key);
	else if (subject == SUBJECT_PERSON)
		a->person_id = key;
	else if (subject == SUBJECT_BODY)
		a->uscc = key;
}

/* So far: a credential issued without a holder. */
static bool
is_to_body(const struct event *e, const struct about *a)
{
	return e->kind == EVENT_CREDENTIAL_ISSUED && a->holder_id == 0;
}

static enum role
role_of(const struct event *e, int64_t key)
{
	if (e->kind == EVENT_CREDENTIAL_ISSUED && key == KEY_ISSUED_TO_BODY)
		return ROLE_BODY;
	return key >= 0 && key < PAIRS ? roles[e->kind][key] : ROLE_NONE;
}

static enum status
event_about(const struct event *e, struct about *out)
{
	struct about a = { 0 };
	uint64_t subject = 0;
	int64_t key = 0;
	struct cbor_reader r = cbor_reader(e->payload, CBOR_CANONICAL);
	struct cbor_map m = cbor_read_map(&r);
	while (cbor_map_next(&r, &m, &key) && (key < PAIRS || is_to_body(e, &a))) {
		switch (role_of(e, key)) {
		case ROLE_NONE:    (void)cbor_read_item(&r); break;
		case ROLE_HOLDER:  a.holder_id = cbor_read_uint(&r); break;
		case ROLE_OWNER:   a.owner_id = cbor_read_bytes(&r); break;
		case ROLE_PERSON:  a.person_id = cbor_read_bytes(&r); break;
		case ROLE_BODY:    a.uscc = cbor_read_text(&r); break;
		case ROLE_OTHER_BODY: a.other_uscc = cbor_read_text(&r); break;
		case ROLE_SUBJECT: subject = cbor_read_uint(&r); break;
		case ROLE_KEY:     about_key(&a, subject, cbor_read_bytes(&r)); break;
		}
	}
	*out = a;
	return r.status == ERR_FORMAT ? ERR_DAMAGED : r.status;
}

static bool
is_among(const uint64_t *ascending, size_t n, uint64_t wanted)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ascending[middle] == wanted)
			return true;
		if (ascending[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool
is_same(struct bytes wanted, struct bytes found)
{
	return wanted.len > 0 && bytes_eq(wanted, found);
}

static bool
concerns(const struct history_of *of, const struct about *a)
{
	return (a->holder_id != 0 && is_among(of->holder_ids, of->holders_n, a->holder_id)) || is_same(of->person_id, a->person_id) ||
	    is_same(of->owner_id, a->owner_id) || is_same(of->uscc, a->uscc) || is_same(of->uscc, a->other_uscc);
}

/* ---- one part of the journal, by one thread ---- */

struct part {
	struct store *store;
	const struct history_of *of;
	uint64_t from, to;                     /* sequences, to is not in it */
	struct history found;
	size_t cap;
	enum status status;
	pthread_t thread;
	bool started;
};

static enum status
keep(struct part *p, uint64_t sequence)
{
	if (p->found.n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 32;
		uint64_t *grown = realloc(p->found.sequences, cap * sizeof(*grown));
		if (grown == NULL)
			return ERR_SYSTEM;
		p->found.sequences = grown;
		p->cap = cap;
	}
	p->found.sequences[p->found.n++] = sequence;
	return OK;
}

static enum status
look_at(struct part *p, struct bytes enc)
{
	struct event e;
	struct about about;
	enum status st = event_skim(enc, &e);
	if (st == OK)
		st = event_about(&e, &about);
	if (st == OK && concerns(p->of, &about))
		st = keep(p, e.sequence);
	return st == ERR_FORMAT ? ERR_DAMAGED : st;
}

static enum status
look_through(struct part *p, struct txn *t)
{
	struct cursor c = { 0 };
	struct bytes key, enc;
	struct key64 from = key64(p->from);
	enum status st = cursor_open(t, TABLE_EVENT, key64_view(&from), &c);
	for (uint64_t i = p->from; st == OK && i < p->to; i++) {
		st = cursor_skim(&c, &key, &enc);
		if (st == ERR_NOT_FOUND)
			st = ERR_DAMAGED;              /* the head was there */
		if (st == OK)
			st = look_at(p, enc);
	}
	cursor_close(&c);
	return st;
}

static void *
run_part(void *arg)
{
	struct part *p = arg;
	struct txn t = { 0 };
	p->status = txn_begin_read(p->store, &t);
	if (p->status == OK)
		p->status = look_through(p, &t);
	txn_end(&t);
	return NULL;
}

/* ---- all of it ---- */

static size_t
parts_for(uint64_t events, unsigned threads)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = threads != 0 ? threads : cores > 0 ? (size_t)cores : 1;
	n = n < PARTS_MAX ? n : PARTS_MAX;
	return events / SHARE_MIN < n ? (size_t)(events / SHARE_MIN) + 1 : n;
}

static enum status
join(struct part *parts, size_t n, struct history *out)
{
	struct history all = { 0 };
	enum status st = OK;
	for (size_t i = 0; i < n; i++) {
		all.n += parts[i].found.n;
		st = st ? st : parts[i].status;
	}
	if (st == OK && (all.sequences = malloc((all.n + 1) * sizeof(*all.sequences))) == NULL)
		st = ERR_SYSTEM;
	all.n = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; st == OK && k < parts[i].found.n; k++)
			all.sequences[all.n++] = parts[i].found.sequences[k];
		history_free(&parts[i].found);
	}
	if (st == OK)
		*out = all;
	return st;
}

enum status
history_find(struct registry *r, struct txn *t, const struct history_of *of, unsigned threads, struct history *out)
{
	struct part parts[PARTS_MAX];
	uint64_t events = 0;
	struct digest head;
	enum status st = journal_head(t, &events, &head);
	if (st)
		return st;
	size_t n = parts_for(events, threads);
	for (size_t i = 0; i < n; i++) {
		parts[i] = (struct part){ .store = registry_store(r), .of = of, .from = 1 + events * i / n, .to = 1 + events * (i + 1) / n };
		parts[i].started = i > 0 && pthread_create(&parts[i].thread, NULL, run_part, &parts[i]) == 0;
	}
	for (size_t i = 0; i < n; i++) {       /* what no thread was to be had for is done here */
		if (!parts[i].started)
			(void)run_part(&parts[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (parts[i].started)
			(void)pthread_join(parts[i].thread, NULL);
	return join(parts, n, out);
}

bool
history_has(const struct history *h, uint64_t sequence)
{
	return is_among(h->sequences, h->n, sequence);
}

void
history_free(struct history *h)
{
	free(h->sequences);
	*h = (struct history){ 0 };
}

/* The certificate that an entry is about, into its place among n ascending ids. */
static enum status
add_holder(struct txn *t, uint64_t sequence, struct bytes person_id, uint64_t *ids, size_t *n)
{
	struct bytes enc, owner;
	struct event e;
	struct entries entries;
	uint64_t id = 0;
	enum status st = journal_get(t, sequence, &enc);
	if (st == OK)
		st = event_decode(enc, &e);
	if (st == OK)
		st = entries_decode(e.payload, &id, &owner, &entries);
	if (st)
		return st == ERR_FORMAT || st == ERR_NOT_FOUND ? ERR_DAMAGED : st;
	size_t at = *n;
	while (at > 0 && ids[at - 1] > id)
		at--;
	if (!bytes_eq(owner, person_id) || (at > 0 && ids[at - 1] == id))
		return OK;
	memmove(&ids[at + 1], &ids[at], (*n - at) * sizeof(*ids));
	ids[at] = id;
	++*n;
	return OK;
}

enum status
person_holders(struct registry *r, struct txn *t, struct bytes person_id, unsigned threads, uint64_t **ids, size_t *n)
{
	struct history entered = { 0 };
	size_t found = 0;
	enum status st = history_find(r, t, &(struct history_of){ .owner_id = person_id }, threads, &entered);
	uint64_t *all = st == OK ? malloc((entered.n + 1) * sizeof(*all)) : NULL;
	if (st == OK && all == NULL)
		st = ERR_SYSTEM;
	for (size_t i = 0; st == OK && i < entered.n; i++)
		st = add_holder(t, entered.sequences[i], person_id, all, &found);
	history_free(&entered);
	if (st) {
		free(all);
		return st;
	}
	*ids = all;
	*n = found;
	return OK;
}
