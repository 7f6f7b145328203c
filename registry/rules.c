#include "registry/rules.h"

enum { KEY_VERSION = 0, KEY_CYCLE, KEY_OVERDUE, KEY_GRACE, KEY_ENDED, KEY_COUNT, VERSION = 1, RULES_LEN_MAX = 32 };

const struct rules rules_default = { .review_cycle_months = 12, .review_overdue = OVERDUE_REPORT, .suspension_ended = ENDED_STAYS };

static bool
rules_are_wellformed(const struct rules *r)
{
	return r->review_cycle_months >= 0 && r->review_cycle_months <= REVIEW_CYCLE_MONTHS_MAX &&
	    (r->review_overdue == OVERDUE_REPORT || r->review_overdue == OVERDUE_SUSPEND) && r->review_grace_days >= 0 &&
	    r->review_grace_days <= REVIEW_GRACE_DAYS_MAX && (r->suspension_ended == ENDED_STAYS || r->suspension_ended == ENDED_REINSTATES);
}

enum status
rules_encode(const struct rules *r, struct buf out, struct bytes *payload)
{
	if (!rules_are_wellformed(r))
		return ERR_ARGUMENT;
	const int values[KEY_COUNT] = { VERSION, r->review_cycle_months, r->review_overdue, r->review_grace_days, r->suspension_ended };
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, KEY_COUNT);
	for (int key = KEY_VERSION; key < KEY_COUNT; key++) {
		cbor_write_int(&w, key);
		cbor_write_uint(&w, (uint64_t)values[key]);
	}
	return cbor_write_finish(&w, payload);
}

enum status
rules_decode(struct bytes payload, struct rules *out)
{
	int values[KEY_COUNT] = { 0 };
	int64_t key = 0;
	size_t seen = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); seen++) {
		uint64_t value = cbor_read_uint(&r);
		if (key < 0 || key >= KEY_COUNT || (key == KEY_VERSION && value != VERSION))
			return ERR_UNSUPPORTED; /* a newer program's */
		values[key] = value <= INT16_MAX ? (int)value : -1;
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	struct rules rules = { .review_cycle_months = values[KEY_CYCLE], .review_overdue = values[KEY_OVERDUE],
		.review_grace_days = values[KEY_GRACE], .suspension_ended = values[KEY_ENDED] };
	if (seen != KEY_COUNT || !rules_are_wellformed(&rules))
		return ERR_FORMAT;
	*out = rules;
	return OK;
}

enum status
rules_get(struct txn *t, struct rules *out)
{
	struct bytes enc;
	enum status st = txn_get(t, TABLE_META, BYTES_LIT("rules"), &enc);
	if (st == OK)
		return rules_decode(enc, out);
	if (st == ERR_NOT_FOUND)
		*out = rules_default;
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
rules_set(struct batch *b, const struct rules *r, struct err *err)
{
	uint8_t mem[RULES_LEN_MAX];
	struct bytes payload;
	if (b->policy.status_changes) /* they decide which certificates count */
		return err_set(err, ERR_CONFLICT, "[review] and [suspension] decide which certificates are good, and changes of status need two operators "
		    "here: put yaopai.conf back, or have the policy loosened by two first (yaopai propose policy), and tighten it again");
	enum status st = rules_encode(r, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the rules are out of their bounds: a review every 0 to %d months, 0 to %d days of grace",
		    REVIEW_CYCLE_MONTHS_MAX, REVIEW_GRACE_DAYS_MAX);
	batch_event(b, EVENT_RULES_SET, payload, NULL);
	txn_put(&b->txn, TABLE_META, BYTES_LIT("rules"), payload);
	return b->txn.status ? err_set(err, b->txn.status, "the rules cannot be written: %s", txn_reason(&b->txn)) : OK;
}

struct standing_at
standing_by_rules(const struct standing *s, int64_t unix_s, const struct rules *r)
{
	struct standing_at at = standing_at(s, unix_s);
	if (at.overdue && r->suspension_ended == ENDED_REINSTATES)
		return (struct standing_at){ .state = STATE_GOOD };
	return at;
}
