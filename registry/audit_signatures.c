#include "registry/auditing.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/cose.h"
#include "crypto/credential.h"

enum { BLOCK = 512, THREADS_MAX = 64, SIGNED_ROOM = TOKEN_LEN_MAX + 128 };

struct audit_signatures {
	struct auditing *a;
	uint64_t last;                         /* sequence: the journal's end as it was at the start */
	atomic_uint_fast64_t next, good, unknown;
	atomic_uint ended;                     /* threads */
	unsigned n;
	pthread_t threads[THREADS_MAX];
};

static const struct audit_key *
key_of(const struct audit_terms *t, struct bytes kid)
{
	for (size_t i = 0; i < t->issuers_n; i++)
		if (bytes_eq(kid, (struct bytes){ t->issuers[i].kid, KID_LEN }))
			return &t->issuers[i];
	return NULL;
}

/* Whose key is gone with its last certificate says nothing any more; whose certificate lives must be checkable. */
static void
unknown_key(struct audit_signatures *s, uint64_t serial, const struct cose *c)
{
	struct credential claims;
	char kid[2 * KID_LEN + 1] = "?";
	if (c->kid.len == KID_LEN)
		hex_encode(c->kid, kid);
	(void)atomic_fetch_add(&s->unknown, 1);
	if (credential_decode(c->payload, &claims) != OK || claims.exp_unix_s > s->a->terms->now_unix_s)
		audit_found(s->a, "signatures", "credential %llu is signed by key %s, of which this home has no certificate signed by a root",
		    (unsigned long long)serial, kid);
}

static void
check_token(struct audit_signatures *s, const struct issue_payload *p)
{
	uint8_t room[SIGNED_ROOM];
	struct cose c;
	struct bytes message;
	bool good = false;
	enum status st = cose_decode(p->token, COSE_OURS, &c);
	const struct audit_key *k = st == OK ? key_of(s->a->terms, c.kid) : NULL;
	if (st == OK && k == NULL) {
		unknown_key(s, p->serial, &c);
		return;
	}
	if (st == OK)
		st = cose_to_be_signed(c.protected_header, c.payload, BUF_OF(room), &message);
	if (st == OK)
		st = signature_check(k->key, c.alg, message, c.signature, &good);
	if (st == ERR_CRYPTO)
		audit_found(s->a, "signatures", "the signature of credential %llu could not be checked: the library failed", (unsigned long long)p->serial);
	else if (st != OK || !good)
		audit_found(s->a, "signatures", "the signature of credential %llu does not hold", (unsigned long long)p->serial);
	else
		(void)atomic_fetch_add(&s->good, 1);
}

/* Damaged events are told by the journal's pass. */
static void
check_block(struct audit_signatures *s, uint64_t from, uint64_t to)
{
	struct txn t;
	struct bytes enc;
	struct event e;
	struct issue_payload p;
	struct cursor c = { 0 };
	struct bytes key;
	bool holds = false;
	struct key64 first = key64(from);
	enum status st = txn_begin_read(s->a->store, &t);
	if (st == OK)
		st = cursor_open(&t, TABLE_EVENT, key64_view(&first), &c);
	for (uint64_t i = from; st == OK && i < to; i++) {
		st = cursor_survey(&c, &key, &enc, &holds);
		if (st == OK && holds && event_decode(enc, &e) == OK && e.kind == EVENT_CREDENTIAL_ISSUED && issue_payload_decode(e.payload, &p) == OK)
			check_token(s, &p);
	}
	if (st != OK && st != ERR_NOT_FOUND)
		audit_found(s->a, "signatures", "events %llu to %llu cannot be read: %s", (unsigned long long)from, (unsigned long long)to - 1,
		    txn_reason(&t));
	cursor_close(&c);
	txn_end(&t);
}

static void *
run(void *arg)
{
	struct audit_signatures *s = arg;
	for (;;) {
		uint64_t from = atomic_fetch_add(&s->next, BLOCK);
		if (from > s->last) {
			(void)atomic_fetch_add(&s->ended, 1);
			return NULL;
		}
		check_block(s, from, from + BLOCK <= s->last ? from + BLOCK : s->last + 1);
	}
}

enum status
audit_signatures_start(struct auditing *a, struct audit_signatures **out)
{
	struct digest head;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned wanted = a->terms->threads != 0 ? a->terms->threads : cores > 0 ? (unsigned)cores : 1;
	struct txn t;
	struct audit_signatures *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(a->err, ERR_SYSTEM, "out of memory");
	s->a = a;
	atomic_init(&s->next, 1);
	if (txn_begin_read(a->store, &t) == OK && journal_head(&t, &s->last, &head) != OK)
		s->last = 0; /* damaged at its end: told by the journal's pass, and then no register's signatures matter */
	txn_end(&t);
	*out = s;
	while (s->n < wanted && s->n < THREADS_MAX && pthread_create(&s->threads[s->n], NULL, run, s) == 0)
		s->n++;
	return s->n > 0 ? OK : err_set(a->err, ERR_SYSTEM, "no thread could be started to check signatures");
}

enum status
audit_signatures_end(struct auditing *a, struct audit_signatures *s)
{
	if (s == NULL)
		return OK;
	const struct timespec pause = { 0, 100000000 };
	while (atomic_load(&s->ended) < s->n) {
		uint64_t done = atomic_load(&s->next);
		audit_progress(a, "checking signatures", done < s->last ? done : s->last, s->last);
		(void)nanosleep(&pause, NULL);
	}
	for (unsigned i = 0; i < s->n; i++)
		(void)pthread_join(s->threads[i], NULL);
	a->result->signatures = atomic_load(&s->good);
	a->result->unknown_keys = atomic_load(&s->unknown);
	free(s);
	return OK;
}
