#include "tools/office/csv_file.h"

#include <csv.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tools/shared/csvtext.h"

enum { PIECE = 64 << 10 };

struct loading {
	struct csv_file f;
	size_t row_first, blank_lines;
	bool no_memory, too_long, too_many, in_row;
};

static void *
grown(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	size_t more = *cap ? 2 * *cap : 4096;
	void *q = realloc(p, more * size);
	if (q != NULL)
		*cap = more;
	return q;
}

static void
on_cell(void *data, size_t len, void *ctx)
{
	struct loading *l = ctx;
	struct csv_file *f = &l->f;
	struct bytes cell = text_trim(csv_cell_undone((struct bytes){ data, len }));
	l->in_row = true;
	l->too_long = l->too_long || cell.len > CSV_FIELD_LEN_MAX;
	l->too_many = l->too_many || f->cells_n - l->row_first >= CSV_COLUMNS_MAX;
	if (l->no_memory || l->too_long || l->too_many)
		return;
	struct csv_cell *cells = grown(f->cells, f->cells_n, &f->cells_cap, sizeof(*cells));
	f->cells = cells != NULL ? cells : f->cells;
	while (f->text_cap - f->text_n < cell.len && cells != NULL) {
		uint8_t *text = realloc(f->text, f->text_cap ? 2 * f->text_cap : PIECE);
		if (text == NULL) {
			cells = NULL;
			break;
		}
		f->text = text;
		f->text_cap = f->text_cap ? 2 * f->text_cap : PIECE;
	}
	if (cells == NULL) {
		l->no_memory = true;
		return;
	}
	if (cell.len > 0)
		memcpy(f->text + f->text_n, cell.ptr, cell.len);
	f->cells[f->cells_n++] = (struct csv_cell){ f->text_n, (uint32_t)cell.len };
	f->text_n += cell.len;
}

static void
on_row(int terminator, void *ctx)
{
	(void)terminator;
	struct loading *l = ctx;
	struct csv_file *f = &l->f;
	struct csv_row *rows = l->no_memory ? NULL : grown(f->rows, f->rows_n, &f->rows_cap, sizeof(*rows));
	if (rows == NULL) {
		l->no_memory = true;
		return;
	}
	f->rows = rows;
	f->rows[f->rows_n] = (struct csv_row){ l->row_first, f->cells_n - l->row_first, f->rows_n + 1 + l->blank_lines };
	f->rows_n++;
	l->row_first = f->cells_n;
	l->in_row = false;
}

static size_t
row_now(const struct loading *l)
{
	return l->f.rows_n + 1 + l->blank_lines;
}

static enum status
parse_piece(struct csv_parser *p, struct loading *l, struct bytes piece, const char *path, struct err *err)
{
	size_t done = csv_parse(p, piece.ptr, piece.len, on_cell, on_row, l);
	if (l->no_memory || (done != piece.len && csv_error(p) == CSV_ENOMEM))
		return err_set(err, ERR_SYSTEM, "%s: out of memory at row %zu", path, row_now(l));
	if (done != piece.len)
		return err_set(err, ERR_FORMAT, "%s row %zu: a quotation mark stands where none may (RFC 4180); save the file anew as CSV", path,
		    row_now(l));
	if (l->too_long || p->entry_pos > CSV_FIELD_LEN_MAX)
		return err_set(err, ERR_LIMIT, "%s row %zu: a cell is longer than %u bytes; is a quotation mark missing?", path, row_now(l),
		    CSV_FIELD_LEN_MAX);
	if (l->too_many)
		return err_set(err, ERR_LIMIT, "%s row %zu has more than %u columns", path, row_now(l), CSV_COLUMNS_MAX);
	return OK;
}

static bool
is_blank(struct bytes line)
{
	return text_trim(line).len == 0;
}

/* Line by line, so that a row's number is the one a spreadsheet shows, and in pieces, so that no cell grows without end. */
static enum status
parse_all(struct csv_parser *p, struct loading *l, struct bytes text, const char *path, struct err *err)
{
	enum status st = OK;
	while (st == OK && text.len > 0) {
		const uint8_t *eol = memchr(text.ptr, '\n', text.len < PIECE ? text.len : PIECE);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 : text.len < PIECE ? text.len : PIECE;
		struct bytes piece = { text.ptr, n };
		bool at_start = !l->in_row && p->entry_pos == 0 && !p->quoted;
		if (at_start && is_blank(piece))
			l->blank_lines++;
		else
			st = parse_piece(p, l, piece, path, err);
		text.ptr += n;
		text.len -= n;
	}
	if (st == OK && csv_fini(p, on_cell, on_row, l) != 0)
		st = err_set(err, ERR_FORMAT, "%s ends inside a quoted cell (row %zu): the file is cut off; export it again", path, row_now(l));
	if (st == OK && l->no_memory)
		st = err_set(err, ERR_SYSTEM, "%s: out of memory", path);
	return st;
}

static size_t
line_of(struct bytes text, size_t at)
{
	size_t n = 1;
	for (size_t i = 0; i < at; i++)
		n += text.ptr[i] == '\n';
	return n;
}

static enum status
check_text(struct bytes text, const char *path, struct err *err)
{
	const uint8_t *nul = text.len > 0 ? memchr(text.ptr, 0, text.len) : NULL;
	if (nul != NULL)
		return err_set(err, ERR_FORMAT, "%s is not a CSV file: byte %zu is zero (an XLSX, or UTF-16? save it as CSV UTF-8)", path,
		    (size_t)(nul - text.ptr));
	if (text_is_utf8(text))
		return OK;
	size_t at = 0; /* find the line for the sentence; a bad file is rare */
	while (at < text.len) {
		const uint8_t *eol = memchr(text.ptr + at, '\n', text.len - at);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 - at : text.len - at;
		if (!text_is_utf8((struct bytes){ text.ptr + at, n }))
			break;
		at += n;
	}
	return err_set(err, ERR_FORMAT, "%s line %zu is not UTF-8; a GB18030 file is to be saved as \"CSV UTF-8\" first", path, line_of(text, at));
}

static enum status
check_whole(const struct csv_file *f, struct bytes text, const char *path, struct err *err)
{
	if (f->rows_n == 0)
		return err_set(err, ERR_FORMAT, "%s is empty; a heading row and data rows were wanted", path);
	if (f->rows_n == 1)
		return err_set(err, ERR_FORMAT, "%s has a heading and no rows", path);
	const struct csv_row *last = &f->rows[f->rows_n - 1];
	if (text.ptr[text.len - 1] != '\n' && last->n < f->rows[0].n)
		return err_set(err, ERR_FORMAT, "%s is cut off: its last row %zu has %zu of %zu cells and no line end; export it again", path,
		    last->number, last->n, f->rows[0].n);
	return OK;
}

enum status
csv_load(const char *path, struct csv_file *out, struct err *err)
{
	struct loading l = { .row_first = 0 };
	struct csv_parser p;
	struct buf file = { 0 };
	enum status st = file_load(path, (size_t)IMPORT_LEN_MAX, &file, err);
	if (st)
		return st;
	struct bytes text = buf_view(&file);
	if (bytes_starts_with(text, BYTES_LIT("\xef\xbb\xbf"))) {
		text.ptr += 3;
		text.len -= 3;
	}
	st = check_text(text, path, err);
	if (st == OK && csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		st = err_set(err, ERR_SYSTEM, "the CSV reader did not start");
	else if (st == OK) {
		st = parse_all(&p, &l, text, path, err);
		csv_free(&p);
	}
	if (st == OK)
		st = check_whole(&l.f, text, path, err);
	free(file.ptr);
	if (st)
		csv_file_free(&l.f);
	else
		*out = l.f;
	return st;
}

void
csv_file_free(struct csv_file *f)
{
	free(f->rows);
	free(f->cells);
	free(f->text);
	*f = (struct csv_file){ .rows_n = 0 };
}

struct bytes
csv_cell(const struct csv_file *f, const struct csv_row *row, size_t i)
{
	if (i >= row->n)
		return (struct bytes){ NULL, 0 };
	const struct csv_cell *c = &f->cells[row->first + i];
	return (struct bytes){ f->text + c->at, c->len };
}
