#include "tools/office/reading.h"

#include <stdio.h>

#include "base/text.h"
#include "registry/identifier.h"

enum { DIGITS_KEPT = 15 };   /* of a number, by any spreadsheet: a binary64 */
enum { KEY_SHOWN = 20 };   /* somebody may have pasted a private key: its beginning tells which cell it was, and no more */

struct bytes
cell_of(const struct reading *r, enum column c)
{
	return r->c->at[c] >= 0 ? sheet_cell(r->f, r->row, (size_t)r->c->at[c]) : (struct bytes){ NULL, 0 };
}

enum status
cell_wrong(const struct reading *r, enum column c, enum status st)
{
	struct bytes value = c < COLUMN_COUNT ? cell_of(r, c) : (struct bytes){ NULL, 0 };
	char masked[IDNUMBER_LEN + 1];
	r->e->column = c;
	if (c == COLUMN_IDNUMBER)
		(void)snprintf(r->e->value, sizeof(r->e->value), "%s", idnumber_mask(value, masked));
	else
		(void)text_escape(value, r->e->value, c == COLUMN_DEVICE ? KEY_SHOWN : sizeof(r->e->value));
	return st;
}

static enum status
check_text(const struct reading *r, enum column c, struct bytes t, size_t len_max, bool compulsory, struct bytes *out)
{
	if (t.len == 0 && compulsory)
		return WRONG(r, c, "it is empty; it is compulsory");
	if (t.len > len_max)
		return WRONG(r, c, "it has %zu bytes; at most %zu fit", t.len, len_max);
	if (!text_is_clean(t))
		return WRONG(r, c, "it holds control, invisible or private-use characters; type the character anew, or another for it");
	*out = t;
	return OK;
}

enum status
read_text(const struct reading *r, enum column c, size_t len_max, bool compulsory, struct bytes *out)
{
	return check_text(r, c, repair_words(r->rules->repairs, cell_of(r, c), false), len_max, compulsory, out);
}

enum status
read_name(const struct reading *r, enum column c, bool compulsory, struct bytes *out)
{
	return check_text(r, c, repair_words(r->rules->repairs, cell_of(r, c), true), NAME_LEN_MAX, compulsory, out);
}

enum status
read_code(const struct reading *r, enum column c, struct bytes *out)
{
	struct bytes t = repair_code(r->rules->repairs, cell_of(r, c), true);
	if (cell_is_rounded(t))
		return WRONG(r, c, "the spreadsheet turned it into a rounded number; its last digits are lost. Type it anew in a cell formatted as text");
	if (t.len > DIGITS_KEPT && r->c->at[c] >= 0 && sheet_cell_kind(r->f, r->row, (size_t)r->c->at[c]) == CELL_IS_NUMBER)
		return WRONG(r, c, "it is a number in the spreadsheet, which keeps 15 digits of one: the others are lost, and 0 stands for them. Type it "
		    "anew in a cell formatted as text");
	*out = t;
	return OK;
}

enum status
read_date(const struct reading *r, enum column c, bool may_be_endless, struct date *out)
{
	static const char *const endless[] = { "长期", "长期有效", "永久", "永久有效", "无固定期限" };
	struct bytes t = repair_words(r->rules->repairs, cell_of(r, c), true);
	bool is_endless = t.len == 0;
	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]) && may_be_endless; i++)
		is_endless = is_endless || bytes_eq(t, bytes_str(endless[i]));
	if (is_endless)
		return OK;
	if (repair_date(r->rules->repairs, t, r->f->dates_from_1904, out) != OK)
		return WRONG(r, c, "not a date; 2026-01-31, 2026/1/31, 2026.1.31, 20260131 or 2026年1月31日 was wanted");
	return OK;
}

enum status
read_word(const struct reading *r, enum column c, const char *const words[], size_t n, const char *wanted, size_t *out)
{
	struct bytes t = repair_code(r->rules->repairs, cell_of(r, c), false);
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq(t, bytes_str(words[i]))) {
			*out = i;
			return OK;
		}
	}
	return WRONG(r, c, "not one of: %s", wanted);
}

static enum status
check_damage(const struct reading *r, enum column c)
{
	struct bytes t = cell_of(r, c);
	if (t.len == 0 || t.ptr[0] != '#')
		return OK;
	if (cell_is_hashes(t))
		return WRONG(r, c, "only number signs: the column was too narrow to show it when it was saved. Widen it and export again");
	if (cell_is_formula_error(t))
		return WRONG(r, c, "a formula's error stands in for the value; correct it, or type the value");
	return OK;
}

enum status
read_cell_count(const struct reading *r)
{
	size_t wanted = r->f->rows[0].n;
	enum status st = OK;
	repairs_next_row(r->rules->repairs);
	for (size_t i = wanted; i < r->row->n; i++)
		if (sheet_cell(r->f, r->row, i).len > 0)
			return WRONG(r, COLUMN_COUNT, "it has %u cells, the heading %zu; is a comma inside a cell without quotation marks?", r->row->n, wanted);
	if (r->row->n < wanted && !r->f->may_be_short)
		return WRONG(r, COLUMN_COUNT, "it has %u cells, the heading %zu", r->row->n, wanted);
	for (int c = 0; st == OK && c < COLUMN_COUNT; c++)
		st = check_damage(r, (enum column)c);
	return st;
}
