#include "tools/office/refusals.h"

#include <stdio.h>

#include "base/file.h"
#include "base/secret.h"
#include "tools/shared/csvtext.h"

enum { SHOWN_MAX = 20 };

static bool
is_ours(struct bytes heading)
{
	return bytes_eq(heading, BYTES_LIT("行号")) || bytes_eq(heading, BYTES_LIT("列")) || bytes_eq(heading, BYTES_LIT("问题"));
}

/* The cells of a row without the columns that an earlier error file added. */
static void
add_cells(struct refusals *r, const struct sheet_row *row)
{
	const struct sheet_row *heading = &r->file->rows[0];
	bool first = true;
	for (size_t i = 0; i < heading->n; i++) {
		if (is_ours(sheet_cell(r->file, heading, i)))
			continue;
		csv_add_cell(&r->text, sheet_cell_whole(r->file, row, i), first);
		first = false;
	}
}

void
refusals_open(struct refusals *r, const char *path, const struct sheet_rows *file, const struct columns *columns, bool wants_file)
{
	*r = (struct refusals){ .path = path, .file = file, .columns = columns, .wants_file = wants_file };
	if (!wants_file)
		return;
	textbuf_add(&r->text, CSV_BOM);
	add_cells(r, &file->rows[0]);
	textbuf_add(&r->text, ",行号,列,问题\r\n");
}

void
refusals_add(struct refusals *r, const struct sheet_row *row, const struct row_error *e)
{
	char where[100] = "", letters[COLUMN_LETTERS_MAX];
	int at = e->column < COLUMN_COUNT ? r->columns->at[e->column] : -1;
	if (at >= 0)
		(void)snprintf(where, sizeof(where), "%s %s", column_letters((size_t)at, letters), column_heading(r->columns->sheet, e->column));
	if (r->n++ < SHOWN_MAX) {
		(void)fprintf(stderr, "%s row %u", r->path, row->number);
		if (at >= 0)
			(void)fprintf(stderr, ", column %s \"%s\"", where, e->value);
		(void)fprintf(stderr, ": %s\n", e->err.text);
	}
	if (!r->wants_file)
		return;
	add_cells(r, row);
	textbuf_addf(&r->text, ",%u", row->number);
	csv_add_cell(&r->text, bytes_str(where), false);
	csv_add_cell(&r->text, bytes_str(e->err.text), false);
	textbuf_add(&r->text, "\r\n");
}

enum status
refusals_end(struct refusals *r, const char *errors_path, struct err *err)
{
	if (r->n > SHOWN_MAX)
		(void)fprintf(stderr, "%s: and %llu more rows were refused\n", r->path, (unsigned long long)r->n - SHOWN_MAX);
	if (r->n == 0)
		return OK;
	if (errors_path == NULL) {
		(void)fprintf(stderr, "%s: %llu rows refused; --errors FILE writes them to a file that can be mended and imported\n", r->path,
		    (unsigned long long)r->n);
		return OK;
	}
	if (r->text.failed)
		return err_set(err, ERR_SYSTEM, "out of memory for the file of refused rows");
	enum status st = file_save(errors_path, (struct bytes){ r->text.ptr, r->text.len }, 0600, err);
	if (st == OK)
		(void)fprintf(stderr, "%s: %llu rows refused, written to %s (it holds identity numbers: delete it when it is mended and imported)\n",
		    r->path, (unsigned long long)r->n, errors_path);
	return st;
}

void
refusals_close(struct refusals *r)
{
	if (r->text.ptr != NULL)
		secret_wipe(r->text.ptr, r->text.cap);
	textbuf_free(&r->text);
}
