#include "tools/office/sheet_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/secret.h"
#include "tools/office/csv_file.h"
#include "tools/office/xlsx_file.h"

enum { TITLE_ROWS_MAX = 10, HEADINGS_MIN = 2 };

static size_t
known_headings(const struct sheet_rows *f, const struct sheet_row *row, const struct sheet_wanted *wanted)
{
	size_t n = 0;
	for (size_t i = 0; i < row->n; i++)
		n += wanted->is_heading(wanted->ctx, sheet_cell(f, row, i));
	return n;
}

/* The first row with so many known headings, or where the rows looked at end. */
static size_t
heading_find(const struct sheet_rows *f, const struct sheet_wanted *wanted, size_t least)
{
	size_t i = 0, looked_at = f->rows_n < TITLE_ROWS_MAX ? f->rows_n : TITLE_ROWS_MAX;
	while (i < looked_at && known_headings(f, &f->rows[i], wanted) < least)
		i++;
	return i;
}

static enum status
load_csv(const char *path, struct bytes text, const struct sheet_wanted *wanted, struct sheet_rows *out, struct err *err)
{
	enum encoding e = wanted->encoding;
	enum status st = csv_read(path, text, &e, out, err);
	if (st)
		return st;
	if (e == ENCODING_GB18030 && wanted->encoding == ENCODING_DETECT && heading_find(out, wanted, 1) == out->rows_n)
		return err_set(err, ERR_FORMAT, "%s is not UTF-8, and taken for GB18030 no known heading comes out; say what it is with --encoding, or "
		    "save it anew as \"CSV UTF-8\"", path);
	(void)snprintf(out->source, sizeof(out->source), "CSV, %s%s", encoding_name(e), wanted->encoding == e ? "" : " (detected)");
	return OK;
}

/* UTF-16, as names stand in the directory of a compound file. */
static bool
has_stream(struct bytes file, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i + 2 * n <= file.len; i += 2) {
		size_t k = 0;
		while (k < n && file.ptr[i + 2 * k] == (uint8_t)name[k] && file.ptr[i + 2 * k + 1] == 0)
			k++;
		if (k == n)
			return true;
	}
	return false;
}

static enum status
load_other(const char *path, const struct sheet_wanted *wanted, struct sheet_rows *out, struct err *err)
{
	struct buf file = { 0 };
	enum status st = file_load(path, (size_t)IMPORT_LEN_MAX, &file, err);
	if (st)
		return st;
	if (wanted->sheet != NULL)
		st = err_set(err, ERR_ARGUMENT, "%s has no sheets: --sheet is for XLSX", path);
	else if (!bytes_starts_with(buf_view(&file), BYTES_LIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
		st = load_csv(path, buf_view(&file), wanted, out, err);
	else if (has_stream(buf_view(&file), "EncryptedPackage"))
		st = err_set(err, ERR_FORMAT, "%s is encrypted with a password; open it and save it without one", path);
	else
		st = err_set(err, ERR_FORMAT, "%s is a spreadsheet of the old kind (.xls or .et); open it and save it as XLSX", path);
	secret_wipe(file.ptr, file.len);
	free(file.ptr);
	return st;
}

static bool
is_zip(const char *path)
{
	uint8_t head[4] = { 0 };
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return false; /* load_other says why */
	size_t n = fread(head, 1, sizeof(head), f);
	(void)fclose(f);
	return n == sizeof(head) && (memcmp(head, "PK\x03\x04", 4) == 0 || memcmp(head, "PK\x05\x06", 4) == 0);
}

static enum status
load_zip(const char *path, const struct sheet_wanted *wanted, struct sheet_rows *out, struct err *err)
{
	if (wanted->encoding != ENCODING_DETECT)
		return err_set(err, ERR_ARGUMENT, "%s is no CSV: --encoding is for CSV", path);
	return xlsx_load(path, wanted->sheet, out, err);
}

static enum status
check_whole(const struct sheet_rows *f, const char *path, struct err *err)
{
	if (f->rows_n == 0)
		return err_set(err, ERR_FORMAT, "%s is empty; a heading row and data rows were wanted", path);
	if (f->rows_n == 1)
		return err_set(err, ERR_FORMAT, "%s has a heading and no rows", path);
	const struct sheet_row *last = &f->rows[f->rows_n - 1];
	if (f->ends_in_row && last->n < f->rows[0].n)
		return err_set(err, ERR_FORMAT, "%s is cut off: its last row %u has %u of %u cells and no line end; export it again", path,
		    last->number, last->n, f->rows[0].n);
	return OK;
}

enum status
sheet_load(const char *path, const struct sheet_wanted *wanted, struct sheet_rows *out, struct err *err)
{
	struct sheet_rows f = { .rows_n = 0 };
	enum status st = is_zip(path) ? load_zip(path, wanted, &f, err) : load_other(path, wanted, &f, err);
	if (st == OK) {
		size_t heading = heading_find(&f, wanted, HEADINGS_MIN);
		sheet_rows_drop(&f, heading < f.rows_n && heading < TITLE_ROWS_MAX ? heading : 0);
		st = check_whole(&f, path, err);
	}
	if (st)
		sheet_rows_free(&f);
	else
		*out = f;
	return st;
}
