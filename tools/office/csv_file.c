#include "tools/office/csv_file.h"

#include <csv.h>

#include "base/limits.h"
#include "base/text.h"
#include "tools/shared/csvtext.h"

enum { CSV_LOOSE = CSV_REPALL_NL | CSV_STRICT_FINI, CSV_EXACT = CSV_LOOSE | CSV_STRICT };

struct loading {
	struct sheet_rows f;
	struct decoder decoder;
	const char *path;
	size_t lines;                          /* rows ended so far, blank ones counted, as a spreadsheet does */
	int last_end;
	bool in_formula;                       /* within the quotation marks of ="..." */
	enum status st;                        /* of the first cell or row that could not be kept */
};

static void
on_cell(void *data, size_t len, void *ctx)
{
	struct loading *l = ctx;
	if (l->st == OK)
		l->st = sheet_cell_add(&l->f, CELL_IS_TEXT, csv_cell_undone((struct bytes){ data, len }));
	l->last_end = 0;
	l->in_formula = false;
}

static void
on_row(int end, void *ctx)
{
	struct loading *l = ctx;
	bool is_rest_of_crlf = end == '\n' && l->last_end == '\r' && sheet_cells_open(&l->f) == 0;
	l->last_end = end;
	if (is_rest_of_crlf || l->st)
		return;
	l->lines++;
	l->st = sheet_row_end(&l->f, l->lines);
}

static enum status
say_not_kept(const struct loading *l, struct err *err)
{
	if (l->st != ERR_LIMIT)
		return err_set(err, l->st, "%s: out of memory at row %zu", l->path, l->lines + 1);
	if (l->lines > SHEET_ROWS_MAX)
		return err_set(err, ERR_LIMIT, "%s has more than %u rows; import it in parts", l->path, SHEET_ROWS_MAX);
	if (sheet_cells_open(&l->f) >= SHEET_COLUMNS_MAX)
		return err_set(err, ERR_LIMIT, "%s row %zu has more than %u columns", l->path, l->lines + 1, SHEET_COLUMNS_MAX);
	return err_set(err, ERR_LIMIT, "%s row %zu: a cell is longer than %u bytes; is a quotation mark missing?", l->path, l->lines + 1,
	    SHEET_CELL_LEN_MAX);
}

/* ="123", without quotation marks around it, is how programs keep a spreadsheet from taking 123 for a number: its two marks are part of
 * the cell, though RFC 4180 has them nowhere. */
static bool
is_formula_mark(struct csv_parser *p, struct loading *l, uint8_t c)
{
	if (c != '"' || csv_error(p) != CSV_EPARSE || p->quoted || p->entry_pos == 0 || p->entry_buf[0] != '=')
		return false;
	bool opens = p->entry_pos == 1, closes = l->in_formula && !opens;
	l->in_formula = opens;
	return opens || closes;
}

static enum status
parse_piece(struct csv_parser *p, struct loading *l, struct bytes piece, struct err *err)
{
	size_t done = csv_parse(p, piece.ptr, piece.len, on_cell, on_row, l);
	while (done < piece.len && is_formula_mark(p, l, piece.ptr[done])) {
		csv_set_opts(p, CSV_LOOSE);
		done += csv_parse(p, piece.ptr + done, 1, on_cell, on_row, l);
		csv_set_opts(p, CSV_EXACT);
		done += csv_parse(p, piece.ptr + done, piece.len - done, on_cell, on_row, l);
	}
	if (done != piece.len && csv_error(p) == CSV_ENOMEM)
		l->st = ERR_SYSTEM;
	else if (done != piece.len)
		return err_set(err, ERR_FORMAT, "%s row %zu: a quotation mark stands where none may (RFC 4180); save the file anew as CSV", l->path,
		    l->lines + 1);
	if (l->st == OK && p->entry_pos > SHEET_CELL_LEN_MAX)
		l->st = ERR_LIMIT;
	return l->st ? say_not_kept(l, err) : OK;
}

static size_t
line_of(struct bytes text, const uint8_t *at)
{
	size_t n = 1;
	for (const uint8_t *p = text.ptr; p < at; p++)
		n += *p == '\n';
	return n;
}

static enum status
parse_all(struct csv_parser *p, struct loading *l, struct bytes text, struct err *err)
{
	struct bytes piece = { NULL, 1 };
	enum status st = OK;
	while (st == OK && piece.len > 0) {
		st = decoder_next(&l->decoder, &piece);
		if (st)
			return err_set(err, st, "%s line %zu is not %s; save the file anew as \"CSV UTF-8\"", l->path, line_of(text, l->decoder.rest.ptr),
			    encoding_name(l->decoder.from));
		st = parse_piece(p, l, piece, err);
	}
	if (st == OK && csv_fini(p, on_cell, on_row, l) != 0)
		return err_set(err, ERR_FORMAT, "%s ends inside a quoted cell (row %zu): the file is cut off; export it again", l->path, l->lines + 1);
	return st == OK && l->st ? say_not_kept(l, err) : st;
}

/* By what the first line has. */
static unsigned char
delimiter_of(enum encoding e, struct bytes text)
{
	size_t step = e == ENCODING_UTF16LE || e == ENCODING_UTF16BE ? 2 : 1;
	bool tab = false;
	for (size_t i = e == ENCODING_UTF16BE ? 1 : 0; i < text.len && text.ptr[i] != '\n'; i += step) {
		if (text.ptr[i] == ',')
			return ',';
		tab = tab || text.ptr[i] == '\t';
	}
	return tab ? '\t' : ',';
}

static enum status
find_encoding(const char *path, struct bytes *text, enum encoding *e, struct err *err)
{
	enum encoding marked = encoding_of_mark(text);
	bool is_utf16 = marked == ENCODING_UTF16LE || marked == ENCODING_UTF16BE;
	const uint8_t *nul = text->len > 0 && !is_utf16 ? memchr(text->ptr, 0, text->len) : NULL;
	if (nul != NULL)
		return err_set(err, ERR_FORMAT, "%s is not a CSV file: byte %zu is zero; export it again, as CSV or XLSX", path, (size_t)(nul - text->ptr));
	if (marked != ENCODING_DETECT)
		*e = marked;
	else if (*e == ENCODING_DETECT)
		*e = encoding_guess(*text);
	return *e != ENCODING_DETECT ? OK : err_set(err, ERR_FORMAT, "%s is neither UTF-8 nor GB18030; save it anew as \"CSV UTF-8\"", path);
}

static bool
ends_in_row(struct bytes text, enum encoding e)
{
	return (e == ENCODING_UTF8 || e == ENCODING_GB18030) && text.len > 0 && memchr("\n\r", text.ptr[text.len - 1], 2) == NULL;
}

enum status
csv_read(const char *path, struct bytes text, enum encoding *encoding, struct sheet_rows *out, struct err *err)
{
	struct loading l = { .path = path };
	struct csv_parser p;
	enum status st = find_encoding(path, &text, encoding, err);
	if (st)
		return st;
	if (csv_init(&p, CSV_EXACT) != 0)
		return err_set(err, ERR_SYSTEM, "the CSV reader did not start");
	csv_set_delim(&p, delimiter_of(*encoding, text));
	st = decoder_open(&l.decoder, *encoding, text);
	if (st == OK)
		st = parse_all(&p, &l, text, err);
	else
		(void)err_set(err, st, "%s cannot be decoded: the C library knows no %s", path, encoding_name(*encoding));
	decoder_close(&l.decoder);
	csv_free(&p);
	l.f.ends_in_row = ends_in_row(text, *encoding);
	if (st)
		sheet_rows_free(&l.f);
	else
		*out = l.f;
	return st;
}
