#include "tools/office/list.h"

#include <inttypes.h>

#include "base/text.h"
#include "registry/tally.h"
#include "tools/office/words.h"
#include "tools/shared/options.h"

struct body_row {
	const struct body *b;
	struct condition_at condition;
	const struct tally *tally;             /* only if a column asks for it */
	const struct divisions *divisions;
};

/* ---- what stands in each column ---- */

#define FILL(name) static void name(const void *row, bool chinese, struct textbuf *out)
#define ROW const struct body_row *r = row; (void)chinese
#define TEXT(name, view) FILL(name) { ROW; textbuf_add_bytes(out, (view)); }
#define WORD(name, word) FILL(name) { ROW; textbuf_add(out, (word)); }
#define COUNT(name, n) FILL(name) { ROW; textbuf_addf(out, "%" PRIu64, (n)); }
#define INSTANT(name, unix_s) FILL(name) { ROW; add_instant(out, (unix_s)); }

static void
add_instant(struct textbuf *out, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		textbuf_add(out, instant_text(unix_s, text));
}

TEXT(fill_code, r->b->uscc)
TEXT(fill_name, r->b->name)
TEXT(fill_entrusting_name, r->b->entrusting_name)
TEXT(fill_entrusting_code, r->b->entrusting_uscc)
WORD(fill_kind, body_kind_word(r->b->kind, chinese))
WORD(fill_status, body_condition_word(r->condition.is, chinese))
WORD(fill_cause, cause_word(r->condition.effective.cause, chinese))
WORD(fill_action, action_word(r->condition.effective.change.action, chinese))
INSTANT(fill_since, r->condition.effective.change.effective_unix_s)
INSTANT(fill_until, r->condition.effective.change.end_unix_s)
COUNT(fill_people, r->tally->people)
COUNT(fill_valid, r->tally->by[CONDITION_VALID])
COUNT(fill_suspended, r->tally->by[CONDITION_SUSPENDED])
COUNT(fill_expired, r->tally->by[CONDITION_EXPIRED])
COUNT(fill_event, r->b->entries_sequence)

FILL(fill_division)
{
	ROW;
	if (r->b->division != 0)
		textbuf_addf(out, "%" PRIu32, r->b->division);
}

FILL(fill_division_name)
{
	ROW;
	const struct division *d = division_of_code(r->divisions, r->b->division);
	if (d != NULL)
		textbuf_add_bytes(out, d->name);
}

FILL(fill_entrusted_from)
{
	ROW;
	char text[DATE_TEXT_LEN + 1];
	if (r->b->entrusted_from_unix_s != 0)
		textbuf_add(out, date_text(date_of_unix_s(r->b->entrusted_from_unix_s), text));
}

/* The end is 00:00 of the day after. */
FILL(fill_entrusted_to)
{
	ROW;
	char text[DATE_TEXT_LEN + 1];
	if (r->b->entrusted_to_unix_s != 0)
		textbuf_add(out, date_text(date_of_unix_s(r->b->entrusted_to_unix_s - 1), text));
}

static const struct list_column columns[] = {
	{ "code", "code", "统一社会信用代码", CELL_CODE, IN_TABLE, fill_code },
	{ "name", "name", "单位名称", CELL_TEXT, IN_TABLE, fill_name },
	{ "kind", "kind", "主体类型", CELL_TEXT, IN_TABLE, fill_kind },
	{ "division", "division", "行政区划代码", CELL_CODE, IN_TABLE, fill_division },
	{ "division_name", "division name", "行政区划", CELL_TEXT, 0, fill_division_name },
	{ "status", "status", "主体状态", CELL_TEXT, IN_TABLE, fill_status },
	{ "cause", "cause", "状态原因", CELL_TEXT, 0, fill_cause },
	{ "action", "action", "处理", CELL_TEXT, 0, fill_action },
	{ "since", "since", "状态起", CELL_TEXT, 0, fill_since },
	{ "until", "until", "状态止", CELL_TEXT, 0, fill_until },
	{ "entrusted_by", "entrusted by", "委托机关名称", CELL_TEXT, IN_FILE, fill_entrusting_name },
	{ "entrusted_by_code", "entrusted by code", "委托机关代码", CELL_CODE, IN_FILE, fill_entrusting_code },
	{ "entrusted_from", "entrusted from", "委托起始日期", CELL_TEXT, IN_FILE, fill_entrusted_from },
	{ "entrusted_to", "entrusted to", "委托截止日期", CELL_TEXT, IN_FILE, fill_entrusted_to },
	{ "people", "people", "持证人数", CELL_NUMBER, 0, fill_people },
	{ "people_valid", "valid", "有效证件数", CELL_NUMBER, 0, fill_valid },
	{ "people_suspended", "suspended", "暂停使用数", CELL_NUMBER, 0, fill_suspended },
	{ "people_expired", "expired", "已过期数", CELL_NUMBER, 0, fill_expired },
	{ "event", "event", "登记事项号", CELL_NUMBER, 0, fill_event },
};
const struct list_columns body_columns = { columns, sizeof(columns) / sizeof(columns[0]) };

/* ---- which bodies ---- */

struct body_filter { uint32_t kinds, conditions, division; struct bytes uscc; int64_t ends_by_unix_s; };

static enum status
read_filter(struct office *o, const struct list_request *q, struct body_filter *out)
{
	struct selection s = q->selection;
	struct roll_filter common;
	struct body_filter f = { 0 };
	enum status st = OK;
	if (s.field != NULL || s.review_overdue)
		return err_set(&o->err, ERR_ARGUMENT, "--field and --review-overdue are filters of certificates; bodies have neither");
	if (s.kind != NULL)
		st = words_read("--kind", s.kind, body_kind_word_of, BODY_KIND_WORDS, &f.kinds, &o->err);
	s.kind = NULL;
	if (st == OK && s.status != NULL)
		st = words_read("--status", s.status, body_condition_word_of, CONDITION_COUNT, &f.conditions, &o->err);
	s.status = NULL;
	if (st == OK)
		st = selection_filter(o, &s, &q->divisions, q->now_unix_s, &common);
	if (st)
		return st;
	f.division = common.division;
	f.uscc = common.uscc;
	f.ends_by_unix_s = common.expires_by_unix_s;
	*out = f;
	return OK;
}

static bool
in_set(uint32_t set, unsigned member)
{
	return set == 0 || (set >> member & 1u) != 0;
}

static bool
passes(const struct body_filter *f, const struct body_row *r)
{
	bool runs = r->condition.is == CONDITION_VALID || r->condition.is == CONDITION_SUSPENDED;
	bool ends = runs && r->condition.to_unix_s != 0 && r->condition.to_unix_s <= f->ends_by_unix_s;
	return in_set(f->kinds, (unsigned)r->b->kind) && in_set(f->conditions, (unsigned)r->condition.is) &&
	    (f->division == 0 || (r->b->division != 0 && jurisdiction_covers(f->division, r->b->division))) &&
	    (f->uscc.len == 0 || bytes_eq(f->uscc, r->b->uscc)) && (f->ends_by_unix_s == 0 || ends);
}

static enum status
write_rows(struct lister *l, struct txn *t, const struct body_filter *f, const struct list_request *q, const struct tallies *tallies)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct body b;
	struct body_row row = { .b = &b, .divisions = &q->divisions };
	enum status st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = body_decode(key, value, &b);
		if (st == OK)
			st = condition_of_body(t, &b, q->now_unix_s, &row.condition);
		if (st)
			break;
		row.tally = tallies != NULL ? tally_of(tallies, b.uscc) : NULL;
		if (passes(f, &row))
			lister_row(l, &row);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st == ERR_FORMAT ? ERR_DAMAGED : st;
}

static bool
wants_tallies(const struct lister *l)
{
	return lister_wants(l, "people") || lister_wants(l, "people_valid") || lister_wants(l, "people_suspended") ||
	    lister_wants(l, "people_expired");
}

enum status
list_bodies(struct office *o, const struct list_request *q, uint64_t *rows)
{
	struct txn t = { 0 };
	struct body_filter filter = { 0 };
	struct tallies *tallies = NULL;
	struct lister *l = NULL;
	enum status st = read_filter(o, q, &filter);
	if (st == OK)
		st = lister_open(o, body_columns, &q->output, &l);
	if (st)
		return st;
	st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK && wants_tallies(l))
		st = tallies_open(&t, q->now_unix_s, &tallies);
	if (st == OK)
		st = write_rows(l, &t, &filter, q, tallies);
	tallies_close(tallies);
	txn_end(&t);
	if (st)
		st = err_set(&o->err, st, "the register cannot be read: %s", status_text(st));
	return lister_close(l, st, rows);
}
