#include "tools/office/list.h"

#include <inttypes.h>

#include "tools/office/words.h"

struct holder_row { const struct roll_row *r; const struct divisions *divisions; const struct fieldset *fields; };

/* ---- what stands in each column ---- */

#define FILL(name) static void name(const void *row, bool chinese, struct textbuf *out)
#define ROW const struct roll_row *r = ((const struct holder_row *)row)->r; (void)chinese
#define TEXT(name, view) FILL(name) { ROW; textbuf_add_bytes(out, (view)); }
#define WORD(name, word) FILL(name) { ROW; textbuf_add(out, (word)); }
#define DAY(name, day) FILL(name) { ROW; add_date(out, (day)); }

static void
add_date(struct textbuf *out, struct date day)
{
	char text[DATE_TEXT_LEN + 1];
	if (day.year != 0)
		textbuf_add(out, date_text(day, text));
}

static void
add_instant(struct textbuf *out, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		textbuf_add(out, instant_text(unix_s, text));
}

static struct date
first_day(const struct roll_row *r)
{
	return r->condition.from_unix_s != 0 ? date_of_unix_s(r->condition.from_unix_s) : r->entries.issued_on;
}

/* The end is 00:00 of the day after. */
static struct date
last_day(const struct roll_row *r)
{
	return r->condition.to_unix_s != 0 ? date_of_unix_s(r->condition.to_unix_s - 1) : r->entries.valid_until;
}

TEXT(fill_number, r->holder.number)
TEXT(fill_name, r->entries.name)
TEXT(fill_body, r->body->name)
TEXT(fill_body_code, r->holder.uscc)
TEXT(fill_entrusted_by, r->body->entrusting_name)
TEXT(fill_post, r->entries.post)
TEXT(fill_remarks, r->entries.remarks)
WORD(fill_kind, kind_word(r->holder.kind, chinese))
WORD(fill_sex, sex_word(r->entries.sex, chinese))
WORD(fill_staff, staff_word(r->entries.staff, chinese))
WORD(fill_status, condition_word(r->condition.is, chinese))
WORD(fill_cause, cause_word(r->condition.effective.cause, chinese))
WORD(fill_action, action_word(r->condition.effective.change.action, chinese))
DAY(fill_issued_on, first_day(r))
DAY(fill_valid_until, last_day(r))
DAY(fill_reviewed_on, r->reviewed_on)
DAY(fill_review_due, r->review_due)
DAY(fill_trained_on, r->entries.trained_on)
DAY(fill_examined_on, r->entries.examined_on)

FILL(fill_fields)
{
	ROW;
	const struct fieldset *fields = ((const struct holder_row *)row)->fields;
	for (size_t i = 0; i < r->entries.fields_n; i++) {
		unsigned field = r->entries.fields[i];
		textbuf_add(out, i > 0 ? "、" : "");
		textbuf_add(out, chinese ? fieldset_zh(fields, field) : fieldset_en(fields, field));
	}
}

FILL(fill_jurisdiction)
{
	ROW;
	textbuf_addf(out, "%" PRIu32, r->entries.jurisdiction);
}

FILL(fill_jurisdiction_name)
{
	ROW;
	const struct division *d = division_of_code(((const struct holder_row *)row)->divisions, r->entries.jurisdiction);
	if (d != NULL)
		textbuf_add_bytes(out, d->name);
}

FILL(fill_shortfall)
{
	ROW;
	textbuf_add(out, r->condition.effective.shortfall != SHORTFALL_NONE ? shortfall_text(r->condition.effective.shortfall) : "");
}

FILL(fill_since)
{
	ROW;
	if (r->condition.effective.cause != CAUSE_NONE)
		add_instant(out, r->condition.effective.change.effective_unix_s);
}

FILL(fill_until)
{
	ROW;
	add_instant(out, r->condition.effective.change.end_unix_s);
}

FILL(fill_serial)
{
	ROW;
	if (r->holder.serial != 0)
		textbuf_addf(out, "%" PRIu64, r->holder.serial);
}

FILL(fill_entered_by)
{
	ROW;
	textbuf_addf(out, "%" PRIu64, r->holder.entries_sequence);
}

static const struct list_column columns[] = {
	{ "number", "number", "证号", CELL_CODE, IN_TABLE, fill_number },
	{ "name", "name", "姓名", CELL_TEXT, IN_TABLE, fill_name },
	{ "sex", "sex", "性别", CELL_TEXT, 0, fill_sex },
	{ "kind", "kind", "证件种类", CELL_TEXT, IN_FILE, fill_kind },
	{ "body", "body", "所在单位", CELL_TEXT, IN_TABLE, fill_body },
	{ "body_code", "body code", "统一社会信用代码", CELL_CODE, IN_FILE, fill_body_code },
	{ "entrusted_by", "entrusted by", "委托机关名称", CELL_TEXT, 0, fill_entrusted_by },
	{ "post", "post", "职务", CELL_TEXT, IN_FILE, fill_post },
	{ "staff", "staff", "编制类型", CELL_TEXT, 0, fill_staff },
	{ "fields", "fields", "执法领域", CELL_WORDS, IN_FILE, fill_fields },
	{ "jurisdiction", "jurisdiction", "执法区域", CELL_CODE, IN_TABLE, fill_jurisdiction },
	{ "jurisdiction_name", "jurisdiction name", "执法区域名称", CELL_TEXT, 0, fill_jurisdiction_name },
	{ "issued_on", "issued on", "发证日期", CELL_TEXT, IN_FILE, fill_issued_on },
	{ "valid_until", "valid until", "有效期至", CELL_TEXT, IN_TABLE, fill_valid_until },
	{ "status", "status", "证件状态", CELL_TEXT, IN_TABLE, fill_status },
	{ "cause", "cause", "状态原因", CELL_TEXT, 0, fill_cause },
	{ "action", "action", "处理", CELL_TEXT, 0, fill_action },
	{ "shortfall", "shortfall", "资格欠缺", CELL_TEXT, 0, fill_shortfall },
	{ "since", "since", "状态起", CELL_TEXT, 0, fill_since },
	{ "until", "until", "状态止", CELL_TEXT, 0, fill_until },
	{ "reviewed_on", "reviewed on", "审验日期", CELL_TEXT, 0, fill_reviewed_on },
	{ "review_due", "review due", "应审验日期", CELL_TEXT, 0, fill_review_due },
	{ "trained_on", "trained on", "培训日期", CELL_TEXT, 0, fill_trained_on },
	{ "examined_on", "examined on", "考试日期", CELL_TEXT, 0, fill_examined_on },
	{ "remarks", "remarks", "备注", CELL_TEXT, 0, fill_remarks },
	{ "serial", "serial", "电子证照序号", CELL_NUMBER, 0, fill_serial },
	{ "event", "event", "登记事项号", CELL_NUMBER, 0, fill_entered_by },
};
const struct list_columns holder_columns = { columns, sizeof(columns) / sizeof(columns[0]) };

static enum status
write_rows(struct office *o, struct lister *l, struct roll *roll, const struct divisions *divisions)
{
	struct roll_row row;
	uint64_t id = 0;
	enum status st = OK;
	while ((st = roll_next(roll, &row, &id)) == OK)
		lister_row(l, &(struct holder_row){ &row, divisions, &o->config.fields });
	return st == ERR_NOT_FOUND ? OK : err_set(&o->err, st, "the record of holder %" PRIu64 " cannot be read: %s", id, status_text(st));
}

enum status
list_holders(struct office *o, const struct list_request *q, uint64_t *rows)
{
	struct txn t = { 0 };
	struct roll *roll = NULL;
	struct roll_filter filter = { 0 };
	struct lister *l = NULL;
	enum status st = selection_filter(o, &q->selection, &q->divisions, q->now_unix_s, &filter);
	if (st == OK)
		st = lister_open(o, holder_columns, &q->output, &l);
	if (st)
		return st;
	filter.with_reviews = lister_wants(l, "reviewed_on") || lister_wants(l, "review_due");
	st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = roll_open(&t, &filter, q->now_unix_s, &roll);
	if (st)
		st = err_set(&o->err, st, "the register cannot be read: %s", status_text(st));
	else
		st = write_rows(o, l, roll, &q->divisions);
	roll_close(roll);
	txn_end(&t);
	return lister_close(l, st, rows);
}
