#include "tests/unit/support/eyes.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

static const char *const names[WHO_COUNT] = { "李四", "王五", "赵六", "无名" };

struct bytes
eyes_name(enum who w)
{
	return bytes_str(names[w]);
}

struct operator_entry
eyes_entry(const struct eyes *e, enum who w, unsigned roles)
{
	return (struct operator_entry){ .name = eyes_name(w), .spki = { e->spki[w], e->spki_len[w] }, .roles = roles };
}

static void
make_key(struct eyes *e, enum who w, enum key_type type)
{
	struct private_key *key = NULL;
	struct buf spki = BUF_OF(e->spki[w]);
	assert_int_equal(private_key_generate(type, &key), OK);
	assert_int_equal(private_key_spki(key, &spki), OK);
	e->spki_len[w] = spki.len;
	assert_int_equal(signer_from_key(key, (struct bytes){ NULL, 0 }, &e->signer[w], NULL), OK);
	assert_int_equal(operator_kid(buf_view(&spki), e->signer[w]->kid), OK);
	private_key_free(key);
}

static struct batch *
begin(struct eyes *e, enum who by, struct batch *b)
{
	e->desk.err = (struct err){ .status = OK };
	return batch_begin(e->desk.registry, false, eyes_name(by), e->desk.now_unix_s * 1000, b, &e->desk.err) == OK ? b : NULL;
}

static enum status
end(struct eyes *e, struct batch *b, enum status st)
{
	if (st == OK)
		st = batch_commit(b, &e->desk.err);
	batch_end(b);
	return st;
}

void
eyes_open(struct eyes *e, const char *dir, enum profile profile)
{
	static const unsigned roles[] = { [LI] = OPERATOR_PROPOSES | OPERATOR_APPROVES, [WANG] = OPERATOR_APPROVES, [ZHAO] = OPERATOR_PROPOSES };
	static const enum key_type types[] = { KEY_P256, KEY_ED25519, KEY_SM2, KEY_P256 };
	memset(e, 0, sizeof(*e));
	desk_open(&e->desk, dir, profile, 10);
	for (int w = LI; w < WHO_COUNT; w++)
		make_key(e, (enum who)w, types[w]);
	for (int w = LI; w <= ZHAO; w++) {
		struct operator_entry entry = eyes_entry(e, (enum who)w, roles[w]);
		assert_int_equal(eyes_enter(e, LI, &entry), OK);
	}
	for (int i = 1; i <= 3; i++) {
		char number[16], idnumber[24];
		(void)snprintf(number, sizeof(number), "1500000000%u", (unsigned)i % 10);
		(void)snprintf(idnumber, sizeof(idnumber), "3701021990010100%u", (unsigned)i % 10);
		struct entries entries = desk_entries("张三", number);
		assert_int_equal(desk_enter(&e->desk, &entries, idnumber, NULL, NULL), OK);
	}
}

void
eyes_close(struct eyes *e)
{
	for (int w = LI; w < WHO_COUNT; w++)
		signer_close(e->signer[w]);
	desk_close(&e->desk);
}

enum status
eyes_enter(struct eyes *e, enum who by, const struct operator_entry *entry)
{
	struct batch b;
	return begin(e, by, &b) == NULL ? e->desk.err.status : end(e, &b, operator_enter(&b, entry, &e->desk.err));
}

enum status
eyes_policy(struct eyes *e, enum who by, bool status_changes, bool key_changes, uint64_t bulk_over)
{
	struct batch b;
	struct policy p = { .status_changes = status_changes, .key_changes = key_changes, .bulk_over = bulk_over };
	return begin(e, by, &b) == NULL ? e->desk.err.status : end(e, &b, policy_enter(&b, &p, &e->desk.err));
}

enum status
eyes_propose(struct eyes *e, enum who by, const struct proposed *p, uint64_t *sequence)
{
	struct batch b;
	uint64_t unwanted = 0;
	if (begin(e, by, &b) == NULL)
		return e->desk.err.status;
	return end(e, &b, proposal_enter(&b, e->signer[by], p, e->desk.now_unix_s + 86400, sequence != NULL ? sequence : &unwanted, &e->desk.err));
}

static void
on_refused(void *ctx, struct bytes subject, const char *why)
{
	struct eyes *e = ctx;
	if (e->refused[0] == '\0')
		(void)snprintf(e->refused, sizeof(e->refused), "%.*s: %s", BYTES_FMT(subject), why);
}

enum status
eyes_approve(struct eyes *e, enum who by, uint64_t sequence)
{
	struct batch b;
	e->refused[0] = '\0';
	e->outcome = (struct outcome){ .told = on_refused, .told_ctx = e };
	if (begin(e, by, &b) == NULL)
		return e->desk.err.status;
	return end(e, &b, proposal_approve(&b, e->signer[by], sequence, &e->outcome, &e->desk.err));
}

enum status
eyes_reject(struct eyes *e, enum who by, uint64_t sequence, const char *why)
{
	struct batch b;
	if (begin(e, by, &b) == NULL)
		return e->desk.err.status;
	return end(e, &b, proposal_reject(&b, e->signer[by], sequence, bytes_str(why), &e->desk.err));
}

enum status
eyes_retract(struct eyes *e, enum who by, uint64_t sequence)
{
	struct batch b;
	if (begin(e, by, &b) == NULL)
		return e->desk.err.status;
	return end(e, &b, proposal_retract(&b, e->signer[by], sequence, (struct bytes){ NULL, 0 }, &e->desk.err));
}

struct proposed
eyes_decision(enum action action, size_t n)
{
	static uint8_t mem[256];
	static const char *const numbers[] = { "15000000001", "15000000002", "15000000003" };
	struct bytes texts[3];
	struct proposed p = { .kind = PROPOSED_DECISION, .subject = SUBJECT_HOLDER, .subjects_n = n, .decision = { .action = action,
		.ground = BYTES_LIT("第九条"), .organ = BYTES_LIT("某省司法厅"), .document = BYTES_LIT("2026-7") } };
	for (size_t i = 0; i < n; i++)
		texts[i] = bytes_str(numbers[i]);
	assert_int_equal(subjects_encode(texts, n, BUF_OF(mem), &p.subjects), OK);
	return p;
}

enum proposal_state
eyes_state(struct eyes *e, uint64_t sequence)
{
	struct txn t;
	struct proposal p;
	assert_int_equal(txn_begin_read(registry_store(e->desk.registry), &t), OK);
	assert_int_equal(proposal_get(&t, sequence, &p), OK);
	txn_end(&t);
	return p.state;
}

enum state
eyes_standing(struct eyes *e, const char *number)
{
	struct txn t;
	struct holder h;
	assert_int_equal(txn_begin_read(registry_store(e->desk.registry), &t), OK);
	assert_int_equal(holder_by_number(&t, bytes_str(number), &h), OK);
	enum state state = standing_at(&h.standing, e->desk.now_unix_s).state;
	txn_end(&t);
	return state;
}
