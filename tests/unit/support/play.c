#include "tests/unit/support/play.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "crypto/cose_sign.h"
#include "crypto/trustlist.h"
#include "registry/attach.h"
#include "registry/identifier.h"
#include "registry/issue_bodies.h"
#include "registry/publish.h"
#include "registry/succession.h"

enum { PEOPLE = 40, NUMBERS = 60, BODIES = 6, DAY_S = 86400, TRUST_MAX = 65536 };

static const struct bytes operator = { (const uint8_t *)"player", 6 };

uint64_t
play_below(struct play *p, uint64_t n)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return (p->random >> 11) % n;
}

/* A refusal is an answer; whatever else fails is the test's failure. */
static void
settle(struct play *p, enum status st)
{
	if (st != OK && st != ERR_CONFLICT && st != ERR_NOT_FOUND)
		fail_msg("an action failed with status %d: %s", st, p->desk->err.text);
	p->done += st == OK;
	p->refused += st != OK;
	p->desk->err = (struct err){ .status = OK };
}

static struct bytes
some_uscc(struct play *p, char mem[32])
{
	uint64_t n = play_below(p, BODIES + 2);
	if (n >= BODIES)
		return n == BODIES ? desk_body : desk_entrusted_body;
	(void)snprintf(mem, 32, "11370102MB0000%04u", (unsigned)n);
	return bytes_str(mem);
}

static struct bytes
some_number(struct play *p, char mem[32])
{
	(void)snprintf(mem, 32, "15%09u", (unsigned)play_below(p, NUMBERS) + 1);
	return bytes_str(mem);
}

static void
enter_some_body(struct play *p, struct batch *b)
{
	static const enum action carried[] = { ACTION_NONE, ACTION_NONE, ACTION_NONE, ACTION_SUSPEND, ACTION_CANCEL };
	char uscc[32], organ[32], name[64];
	enum entered what;
	bool entrusted = play_below(p, 3) == 0;
	(void)snprintf(name, sizeof(name), "某局第%u科", (unsigned)play_below(p, 3));
	struct body body = { .uscc = some_uscc(p, uscc), .name = bytes_str(name), .kind = entrusted ? BODY_ENTRUSTED : BODY_STATUTORY, .division = 370102,
		.carried = carried[play_below(p, COUNT(carried))] };
	if (entrusted) {
		body.entrusting_name = BYTES_LIT("某市某区市场监督管理局");
		if (play_below(p, 2) == 0)
			body.entrusting_uscc = some_uscc(p, organ);
		if (play_below(p, 2) == 0)
			body.matters = body.name;
		body.entrusted_from_unix_s = DESK_ENTRUSTED_FROM;
	}
	settle(p, enter_body(b, &body, &what, &p->desk->err));
}

static void
enter_some_holder(struct play *p, struct batch *b)
{
	static const enum action carried[] = { ACTION_NONE, ACTION_NONE, ACTION_NONE, ACTION_NONE, ACTION_SUSPEND, ACTION_CANCEL, ACTION_REVOKE,
		ACTION_WITHDRAW };
	static const char *const names[] = { "赵某", "钱某", "孙某" };
	char uscc[32], number[32], idnumber[32];
	enum entered what;
	uint64_t id;
	struct entries e = desk_entries(names[play_below(p, COUNT(names))], "");
	e.kind = (enum credential_kind)(play_below(p, 4) == 0 ? 1 + play_below(p, 3) : 1);
	if (play_below(p, 2) == 0)
		e.number = some_number(p, number);
	if (play_below(p, 2) == 0)
		e.uscc = some_uscc(p, uscc);
	if (play_below(p, 3) == 0)
		e.issued_on = e.valid_until = (struct date){ .year = 0 };
	e.carried = carried[play_below(p, COUNT(carried))];
	(void)snprintf(idnumber, sizeof(idnumber), "3701021990%02u%02u%03u", 1u, 1u, (unsigned)play_below(p, PEOPLE));
	idnumber[17] = idnumber_check_character(idnumber);
	settle(p, enter_holder(b, &e, (struct bytes){ (const uint8_t *)idnumber, IDNUMBER_LEN }, &what, &id, &p->desk->err));
}

static int64_t
some_time(struct play *p)
{
	return p->desk->now_unix_s + (int64_t)play_below(p, 60 * DAY_S) - (play_below(p, 4) == 0 ? 60 * DAY_S : 0);
}

static void
decide_something(struct play *p, struct batch *b)
{
	char mem[32];
	struct decision d = { .action = (enum action)(1 + play_below(p, play_below(p, 3) == 0 ? ACTION_WITHDRAW : ACTION_REINSTATE)),
		.effective_unix_s = some_time(p), .ground = BYTES_LIT("art. 9") };
	if (d.action == ACTION_SUSPEND && play_below(p, 2) == 0)
		d.end_unix_s = d.effective_unix_s + DAY_S;
	if (d.action == ACTION_REVOKE && play_below(p, 2) == 0)
		d.ban_until_unix_s = d.effective_unix_s + 30 * DAY_S;
	enum status st = ERR_CONFLICT;
	bool any = d.action <= ACTION_CANCEL;
	if (any && play_below(p, 12) == 0)
		st = decide_body(b, some_uscc(p, mem), &d, &p->desk->err);
	else if (any && play_below(p, 4) == 0)
		st = decide_person(b, some_number(p, mem), &d, &p->desk->err);
	else
		st = decide_holder(b, some_number(p, mem), &d, &p->desk->err);
	settle(p, st);
}

static void
attach_something(struct play *p, struct batch *b)
{
	uint8_t point[DEVICE_POINT_LEN] = { 2 }, digest[PORTRAIT_DIGEST_LEN];
	char number[32];
	struct attached out;
	struct device_index *index = NULL;
	memset(point + 1, (int)play_below(p, 8), sizeof(point) - 1);
	memset(digest, (int)play_below(p, 8), sizeof(digest));
	if (play_below(p, 2) == 0) {
		settle(p, attach_portrait(b, some_number(p, number), (struct bytes){ digest, sizeof(digest) }, &out, &p->desk->err));
		return;
	}
	struct device_row row = { .number = some_number(p, number), .point = { point, play_below(p, 5) == 0 ? 0 : sizeof(point) },
		.show_by = (enum show_by)play_below(p, 3) };
	assert_int_equal(device_index_open(&b->txn, &index), OK);
	settle(p, attach_device(b, index, &row, &out, &p->desk->err));
	device_index_close(index);
}

static void
succeed_some_body(struct play *p, struct batch *b)
{
	char from[32], to[32], number[32];
	struct succeeded out;
	struct bytes only = some_number(p, number);
	struct succeeding x = { .particulars = { .old_uscc = some_uscc(p, from), .new_uscc = some_uscc(p, to), .ground = BYTES_LIT("reform"),
		.organ = BYTES_LIT("an organ"), .document = BYTES_LIT("7") } };
	if (play_below(p, 2) == 0) {
		x.only = &only;
		x.only_n = 1;
	}
	settle(p, succeed_body(b, &x, &out, &p->desk->err));
}

static void
act(struct play *p)
{
	struct batch b;
	assert_int_equal(batch_begin(p->desk->registry, true, operator, p->desk->now_unix_s * 1000 + 7, &b, &p->desk->err), OK);
	for (uint64_t n = 1 + play_below(p, 12); n > 0; n--) {
		uint64_t dice = play_below(p, 13);
		char number[32];
		if (dice >= 10)
			settle(p, play_people(p, &b, some_number(p, number)));
		else if ((dice == 0 || dice == 9) && play_below(p, 2) == 0)
			succeed_some_body(p, &b);
		else if (dice == 0)
			enter_some_body(p, &b);
		else if (dice < 5)
			enter_some_holder(p, &b);
		else if (dice < 8)
			decide_something(p, &b);
		else
			attach_something(p, &b);
	}
	assert_int_equal(batch_commit(&b, &p->desk->err), OK);
	batch_end(&b);
}

static void
issue_some(struct play *p)
{
	struct issue_terms t = desk_terms(p->desk);
	struct issue_result r;
	uint8_t kid[1][KID_LEN];
	memcpy(kid[0], p->desk->signer->kid, KID_LEN);
	t.changed = play_below(p, 2) == 0;
	t.transaction_rows = 1 + play_below(p, 8);
	if (play_below(p, 6) == 0) {
		t.reissue = (const uint8_t (*)[KID_LEN])kid;
		t.reissue_n = 1;
	}
	settle(p, issue_run(p->desk->registry, &t, &r, &p->desk->err));
}

static void
issue_to_bodies(struct play *p)
{
	struct issue_terms t = desk_terms(p->desk);
	struct body_issue_terms terms = { .terms = &t, .renew_until_unix_s = p->desk->now_unix_s + (int64_t)play_below(p, 2000 * DAY_S) };
	struct body_issue_result r;
	t.changed = play_below(p, 2) == 0;
	t.transaction_rows = 1 + play_below(p, 4);
	settle(p, issue_bodies_run(p->desk->registry, &terms, &r, &p->desk->err));
}

static void
publish_all(struct play *p)
{
	static uint8_t payload_mem[TRUST_MAX], scratch[TRUST_MAX], token_mem[TRUST_MAX];
	static struct trust_list t;
	struct bytes payload, token;
	struct publish_result r;
	int64_t end = p->desk->now_unix_s + 400 * DAY_S;
	t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = DESK_NOW - 100, .exp_unix_s = end, .issue = 1 + p->done, .window_s = 60,
		.entries_n = 1 };
	t.entries[0] = (struct trust_entry){ .certificate_der = { p->desk->der, p->desk->der_len }, .typs = 1u << TYP_STATUS_LIST,
		.state = KEY_ACTIVE, .since_unix_s = 1, .uri_n = 1, .uri = { BYTES_LIT("https://v.example.cn/s/") } };
	assert_int_equal(trust_list_encode(&t, BUF_OF(payload_mem), &payload), OK);
	assert_int_equal(cose_sign(p->desk->signer, TYP_TRUST_LIST, payload, BUF_OF(scratch), BUF_OF(token_mem), &token), OK);
	struct publish_root root = { .signer = p->desk->signer, .signer_to_unix_s = end, .trust_list = token };
	struct publish_terms terms = { .roots = &root, .roots_n = 1, .now_ms = p->desk->now_unix_s * 1000, .ttl_s = 900, .lifetime_s = 7 * DAY_S,
		.dir = p->published, .operator = operator };
	settle(p, publish_run(p->desk->registry, &terms, &r, &p->desk->err));
}

void
play_batch(struct play *p)
{
	uint64_t dice = play_below(p, 10);
	if (dice < 7)
		act(p);
	else if (dice < 9 && play_below(p, 3) == 0)
		issue_to_bodies(p);
	else if (dice < 9)
		issue_some(p);
	else
		publish_all(p);
	if (play_below(p, 3) > 0)
		p->desk->now_unix_s += (int64_t)play_below(p, 90 * DAY_S);
}
