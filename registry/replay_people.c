#include "registry/replaying.h"
#include "registry/review.h"

enum status
replay_rules_set(struct replay *p, const struct event *e)
{
	struct rules r;
	enum status st = rules_decode(e->payload, &r);
	if (st)
		return replay_unreadable(p, st, "the rules");
	txn_put(&p->txn, TABLE_META, BYTES_LIT("rules"), e->payload);
	return OK;
}

enum status
replay_reviewed(struct replay *p, const struct event *e)
{
	uint8_t mem[64];
	struct review now, last;
	struct kept_holder k;
	struct bytes enc = { NULL, 0 };
	enum status st = review_payload_decode(e->payload, &now);
	if (st)
		return replay_unreadable(p, st, "the review");
	st = replay_holder(p, now.holder_id, &k);
	if (st)
		return st;
	if (standing_has_end(&k.h.standing))
		replay_fault(p, "holder %llu is void and is reviewed", (unsigned long long)now.holder_id);
	if (date_cmp(now.reviewed_on, date_of_unix_s(p->time_ms / 1000)) > 0)
		replay_fault(p, "the review of holder %llu lies in the future", (unsigned long long)now.holder_id);
	st = review_get(&p->txn, now.holder_id, &last);
	if (st != OK && st != ERR_NOT_FOUND)
		return replay_unreadable(p, st, "the record of the last review");
	if (st == OK && date_cmp(now.reviewed_on, last.reviewed_on) < 0)
		replay_fault(p, "a later review of holder %llu was recorded before", (unsigned long long)now.holder_id);
	now.sequence = p->sequence;
	struct key64 key = key64(now.holder_id);
	st = review_encode(&now, BUF_OF(mem), &enc);
	if (st)
		txn_fail(&p->txn, st);
	else
		txn_put(&p->txn, TABLE_REVIEW, key64_view(&key), enc);
	return OK;
}
