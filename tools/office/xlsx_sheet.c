#include <stdio.h>

#include "base/text.h"
#include "tools/office/xlsx_reading.h"
#include "tools/office/xlsx_value.h"

enum { EXCEL_ROWS_MAX = 1048576, EXCEL_COLUMNS_MAX = 16384 };

static bool
is(const char *name, const char *wanted)
{
	return strcmp(name, wanted) == 0;
}

/* "BC12": the index of the column, 54; SIZE_MAX if it is no such thing. */
static size_t
column_of(const char *reference)
{
	size_t column = 0, i = 0;
	for (; reference[i] >= 'A' && reference[i] <= 'Z' && i < 3; i++)
		column = column * 26 + (size_t)(reference[i] - 'A') + 1;
	return i > 0 && reference[i] >= '0' && reference[i] <= '9' ? column - 1 : SIZE_MAX;
}

static enum status
row_begin(struct xlsx_reading *r, const char *const *attributes, struct err *err)
{
	const char *number = xml_attribute(attributes, "r");
	uint64_t n = r->row + 1;
	if (number != NULL && text_uint(bytes_str(number), &n) != OK)
		n = 0;
	if (n <= r->row || n > EXCEL_ROWS_MAX)
		return err_set(err, ERR_FORMAT, "%s: the row after row %zu is numbered \"%.12s\"; rows come in order, 1 to %u", r->xml.what, r->row,
		    number != NULL ? number : "", EXCEL_ROWS_MAX);
	r->row = (size_t)n;
	r->column = 0;
	return OK;
}

static enum xlsx_type
type_of(const char *t)
{
	static const struct { const char *t; enum xlsx_type type; } types[] = { { "s", TYPE_SHARED }, { "str", TYPE_TEXT },
		{ "inlineStr", TYPE_TEXT }, { "d", TYPE_TEXT }, { "b", TYPE_TRUTH }, { "e", TYPE_ERROR } };
	for (size_t i = 0; t != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (is(t, types[i].t))
			return types[i].type;
	return TYPE_NUMBER;
}

static enum status
cell_begin(struct xlsx_reading *r, const char *const *attributes, struct err *err)
{
	const char *reference = xml_attribute(attributes, "r"), *style = xml_attribute(attributes, "s");
	uint64_t s = 0;
	r->cell = reference != NULL ? column_of(reference) : r->column;
	if (r->cell < r->column || r->cell >= EXCEL_COLUMNS_MAX)
		return err_set(err, ERR_FORMAT, "%s row %zu: a cell is called \"%.12s\"; cells come in order, A to XFD", r->xml.what, r->row,
		    reference != NULL ? reference : "");
	r->column = r->cell + 1;
	r->type = type_of(xml_attribute(attributes, "t"));
	r->style = style != NULL && text_uint(bytes_str(style), &s) == OK ? (size_t)s : 0;
	r->text_len = 0;
	return OK;
}

static enum status
begin(void *ctx, const char *name, const char *const *attributes, struct err *err)
{
	struct xlsx_reading *r = ctx;
	r->gathers = false;
	if (is(name, "sheetData"))
		r->in_data = true;
	if (!r->in_data)
		return OK;
	if (is(name, "c"))
		return cell_begin(r, attributes, err);
	if (is(name, "row"))
		return row_begin(r, attributes, err);
	r->in_phonetic += is(name, "rPh");
	r->gathers = is(name, "v") || (is(name, "t") && r->in_phonetic == 0);
	return OK;
}

/* The cell in its place, empty ones before it. */
static enum status
put_cell(struct xlsx_reading *r, enum cell_kind kind, struct bytes text, struct err *err)
{
	enum status st = OK;
	if (text.len == 0)
		return OK;
	if (r->cell >= SHEET_COLUMNS_MAX)
		return err_set(err, ERR_LIMIT, "%s row %zu has text beyond its first %u columns", r->xml.what, r->row, SHEET_COLUMNS_MAX);
	while (st == OK && sheet_cells_open(r->rows) < r->cell)
		st = sheet_cell_add(r->rows, CELL_IS_TEXT, (struct bytes){ NULL, 0 });
	if (st == OK)
		st = sheet_cell_add(r->rows, kind, text);
	return st ? err_set(err, st, "%s row %zu cannot be kept: %s", r->xml.what, r->row, status_text(st)) : OK;
}

static enum status
put_shared(struct xlsx_reading *r, struct bytes v, struct err *err)
{
	uint64_t i = 0;
	if (v.len == 0)
		return OK;
	if (text_uint(v, &i) != OK || i >= r->book->strings_n)
		return err_set(err, ERR_FORMAT, "%s row %zu: a cell names a shared string that the workbook does not have", r->xml.what, r->row);
	return put_cell(r, CELL_IS_TEXT, xlsx_string(r->book, (size_t)i), err);
}

static enum status
cell_end(struct xlsx_reading *r, struct err *err)
{
	char number[XLSX_NUMBER_LEN_MAX];
	struct bytes v = xlsx_gathered(r);
	bool date = r->style < r->book->styles_n && r->book->style_is_date[r->style];
	switch (r->type) {
	case TYPE_SHARED: return put_shared(r, text_trim(v), err);
	case TYPE_TEXT:   return put_cell(r, CELL_IS_TEXT, v, err);
	case TYPE_ERROR:  return put_cell(r, CELL_IS_ERROR, v, err);
	case TYPE_TRUTH:  return put_cell(r, CELL_IS_TEXT, v.len == 0 ? v : bytes_str(v.ptr[0] == '1' || v.ptr[0] == 't' ? "TRUE" : "FALSE"), err);
	case TYPE_NUMBER: break;
	}
	if (!xlsx_number_text(text_trim(v), &date, r->book->dates_from_1904, number))
		return put_cell(r, CELL_IS_TEXT, v, err);
	return put_cell(r, date ? CELL_IS_TEXT : CELL_IS_NUMBER, bytes_str(number), err);
}

static enum status
end(void *ctx, const char *name, struct err *err)
{
	struct xlsx_reading *r = ctx;
	r->gathers = false;
	if (!r->in_data)
		return OK;
	if (is(name, "c"))
		return cell_end(r, err);
	r->in_phonetic -= is(name, "rPh");
	r->in_data = !is(name, "sheetData");
	if (!is(name, "row"))
		return OK;
	enum status st = sheet_row_end(r->rows, r->row);
	return st ? err_set(err, st, "%s row %zu cannot be kept: %s", r->xml.what, r->row, status_text(st)) : OK;
}

const struct xml_events xlsx_sheet_events = { begin, end, xlsx_gather };
