#include "tools/office/reading.h"

enum status
row_review(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row, const struct row_rules *rules,
    struct review_row *out, struct row_error *e)
{
	static const char *const words[] = { "合格", "不合格", "通过", "未通过" };
	struct reading r = { c, f, row, rules, e };
	struct review *v = &out->review;
	size_t word = 0;
	memset(out, 0, sizeof(*out));
	enum status st = read_cell_count(&r);
	if (st == OK)
		st = read_text(&r, COLUMN_NUMBER, NUMBER_LEN_MAX, true, &out->number);
	if (st == OK)
		st = read_text(&r, COLUMN_NAME, NAME_LEN_MAX, false, &out->name);
	if (st == OK)
		st = read_word(&r, COLUMN_REVIEW_RESULT, words, 4, "合格 不合格", &word);
	v->result = word % 2 == 0 ? REVIEW_PASSED : REVIEW_FAILED;
	if (st == OK)
		st = read_date(&r, COLUMN_REVIEWED_ON, false, &v->reviewed_on);
	if (st == OK && v->reviewed_on.year == 0)
		st = WRONG(&r, COLUMN_REVIEWED_ON, "it is empty; it is compulsory");
	if (st == OK)
		st = read_date(&r, COLUMN_REVIEW_DUE, false, &v->due);
	if (st == OK)
		st = read_text(&r, COLUMN_ORGAN, GROUND_LEN_MAX, false, &v->organ);
	if (st == OK)
		st = read_text(&r, COLUMN_DOCUMENT, GROUND_LEN_MAX, false, &v->document);
	if (st == OK)
		st = read_text(&r, COLUMN_REVIEWER, GROUND_LEN_MAX, false, &v->reviewer);
	return st == OK ? read_text(&r, COLUMN_REMARKS, GROUND_LEN_MAX, false, &v->remarks) : st;
}
