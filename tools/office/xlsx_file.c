#include "tools/office/xlsx_file.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "tools/office/xlsx_book.h"
#include "tools/office/zip_file.h"

struct loading {
	const char *path, *wanted_sheet;
	struct zip_file zip;
	struct xlsx_book book;
	char workbook[XLSX_PATH_LEN_MAX + 1], strings[XLSX_PATH_LEN_MAX + 1], styles[XLSX_PATH_LEN_MAX + 1];
	struct sheet_rows rows;
	struct err *err;
};

static enum status
feed(void *ctx, struct bytes piece, struct err *err)
{
	(void)err; /* the reading has it */
	return xlsx_feed(ctx, piece);
}

static enum status
read_part(struct loading *l, enum xlsx_part part, const char *name, uint64_t len_max)
{
	struct zip_entry entry;
	struct xlsx_reading *r = NULL;
	enum status st = zip_file_find(&l->zip, name, &entry, l->err);
	if (st == ERR_NOT_FOUND)
		return st;
	if (st == OK)
		st = xlsx_open(part, &l->book, part == XLSX_SHEET ? &l->rows : NULL, name, &r, l->err);
	if (st == OK)
		st = zip_file_read(&l->zip, &entry, len_max, feed, r, l->err);
	if (st == OK)
		st = xlsx_finish(r);
	xlsx_close(r);
	return st;
}

static enum status
say_missing(struct loading *l, const char *what)
{
	return err_set(l->err, ERR_FORMAT, "there is no %s in it; open it and save it as XLSX", what);
}

/* base "xl/workbook.xml" and target "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml": xl/worksheets/sheet1.xml. */
static enum status
resolve(struct loading *l, const char *base, const char *target, char out[XLSX_PATH_LEN_MAX + 1])
{
	const char *slash = strrchr(base, '/');
	size_t dir = target[0] == '/' || slash == NULL ? 0 : (size_t)(slash - base) + 1;
	while (strncmp(target, "./", 2) == 0)
		target += 2;
	while (strncmp(target, "../", 3) == 0 && dir > 0) {
		target += 3;
		do
			dir--;
		while (dir > 0 && base[dir - 1] != '/');
	}
	int n = snprintf(out, XLSX_PATH_LEN_MAX + 1, "%.*s%s", (int)dir, base, target + (target[0] == '/'));
	return n > 0 && n <= XLSX_PATH_LEN_MAX ? OK : say_missing(l, "part of so long a name");
}

static const struct xlsx_relation *
relation_of(const struct loading *l, const char *type, const char *id)
{
	const struct xlsx_relations *all = &l->book.relations;
	for (size_t i = 0; i < all->n; i++)
		if ((type == NULL || strcmp(all->items[i].type, type) == 0) && (id == NULL || strcmp(all->items[i].id, id) == 0))
			return &all->items[i];
	return NULL;
}

static enum status
find_workbook(struct loading *l)
{
	struct zip_entry e;
	if (zip_file_find(&l->zip, "content.xml", &e, NULL) == OK)
		return err_set(l->err, ERR_FORMAT, "it is an OpenDocument spreadsheet; open it and save it as XLSX");
	enum status st = read_part(l, XLSX_RELATIONS, "_rels/.rels", XLSX_SMALL_PART_LEN_MAX);
	const struct xlsx_relation *main_part = st == OK ? relation_of(l, "officeDocument", NULL) : NULL;
	if (st == ERR_NOT_FOUND || (st == OK && main_part == NULL))
		return err_set(l->err, ERR_FORMAT, "it is a ZIP archive, but no XLSX workbook; unpack it, or save the spreadsheet as XLSX");
	if (st)
		return st;
	size_t n = strlen(main_part->target);
	if (n > 4 && strcmp(main_part->target + n - 4, ".bin") == 0)
		return err_set(l->err, ERR_FORMAT, "it is a binary workbook (.xlsb); open it and save it as XLSX");
	st = resolve(l, "", main_part->target, l->workbook);
	if (st == OK)
		st = read_part(l, XLSX_WORKBOOK, l->workbook, XLSX_SMALL_PART_LEN_MAX);
	if (st == ERR_NOT_FOUND || (st == OK && l->book.sheets_n == 0))
		st = say_missing(l, "spreadsheet");
	return st;
}

/* Of the workbook: "xl/_rels/workbook.xml.rels". */
static enum status
read_relations(struct loading *l)
{
	char name[XLSX_PATH_LEN_MAX + 16];
	const char *slash = strrchr(l->workbook, '/');
	int dir = slash != NULL ? (int)(slash - l->workbook) + 1 : 0;
	(void)snprintf(name, sizeof(name), "%.*s_rels/%s.rels", dir, l->workbook, l->workbook + dir);
	l->book.relations.n = 0;
	enum status st = read_part(l, XLSX_RELATIONS, name, XLSX_SMALL_PART_LEN_MAX);
	return st == ERR_NOT_FOUND ? say_missing(l, "table of its parts") : st;
}

static enum status
say_no_sheet(struct loading *l)
{
	char names[200] = "", shown[64], wanted[64];
	size_t at = 0;
	for (size_t i = 0; i < l->book.sheets_n; i++) {
		int n = snprintf(names + at, sizeof(names) - at, "%s%s", i > 0 ? ", " : "",
		    text_escape(bytes_str(l->book.sheets[i].name), shown, sizeof(shown)));
		at += n > 0 && (size_t)n < sizeof(names) - at ? (size_t)n : 0;
	}
	names[at] = '\0';
	if (l->wanted_sheet == NULL)
		return err_set(l->err, ERR_FORMAT, "all its sheets are hidden; name one with --sheet: %s", names);
	return err_set(l->err, ERR_NOT_FOUND, "there is no sheet \"%s\" in it; there are: %s",
	    text_escape(bytes_str(l->wanted_sheet), wanted, sizeof(wanted)), names);
}

static enum status
choose_sheet(struct loading *l, const struct xlsx_sheet **out)
{
	const struct xlsx_sheet *found = NULL;
	size_t shown = 0;
	char name[64];
	for (size_t i = 0; i < l->book.sheets_n; i++) {
		const struct xlsx_sheet *s = &l->book.sheets[i];
		bool fits = l->wanted_sheet != NULL ? strcmp(s->name, l->wanted_sheet) == 0 : !s->hidden;
		shown += !s->hidden;
		found = found == NULL && fits ? s : found;
	}
	if (found == NULL)
		return say_no_sheet(l);
	int n = snprintf(l->rows.source, sizeof(l->rows.source), "XLSX, sheet \"%s\"", text_escape(bytes_str(found->name), name, sizeof(name)));
	if (l->wanted_sheet == NULL && shown > 1)
		(void)snprintf(l->rows.source + n, sizeof(l->rows.source) - (size_t)n, ", the first of %zu", shown);
	*out = found;
	return OK;
}

/* A part that a workbook may do without. */
static enum status
read_optional(struct loading *l, enum xlsx_part part, const char *type, uint64_t len_max)
{
	char name[XLSX_PATH_LEN_MAX + 1];
	const struct xlsx_relation *r = relation_of(l, type, NULL);
	if (r == NULL)
		return OK;
	enum status st = resolve(l, l->workbook, r->target, name);
	if (st == OK)
		st = read_part(l, part, name, len_max);
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
read_all(struct loading *l)
{
	const struct xlsx_sheet *sheet = NULL;
	char name[XLSX_PATH_LEN_MAX + 1];
	enum status st = find_workbook(l);
	if (st == OK)
		st = read_relations(l);
	if (st == OK)
		st = choose_sheet(l, &sheet);
	if (st)
		return st;
	const struct xlsx_relation *r = relation_of(l, "worksheet", sheet->relation);
	if (r == NULL)
		return err_set(l->err, ERR_FORMAT, "its sheet \"%.60s\" is a chart or a macro; name another with --sheet", sheet->name);
	st = resolve(l, l->workbook, r->target, name);
	if (st == OK)
		st = read_optional(l, XLSX_STYLES, "styles", XLSX_SMALL_PART_LEN_MAX);
	if (st == OK)
		st = read_optional(l, XLSX_STRINGS, "sharedStrings", XLSX_PART_LEN_MAX);
	l->rows.may_be_short = true;
	l->rows.dates_from_1904 = l->book.dates_from_1904;
	if (st == OK)
		st = read_part(l, XLSX_SHEET, name, XLSX_PART_LEN_MAX);
	return st == ERR_NOT_FOUND ? say_missing(l, "part for that sheet") : st;
}

enum status
xlsx_load(const char *path, const char *sheet, struct sheet_rows *out, struct err *err)
{
	struct loading l = { .path = path, .wanted_sheet = sheet, .err = err };
	enum status st = zip_file_open(path, &l.zip, err);
	if (st)
		return st;
	if (l.zip.n > ZIP_ENTRIES_MAX)
		st = err_set(err, ERR_LIMIT, "it holds more than %u entries", ZIP_ENTRIES_MAX);
	if (st == OK)
		st = read_all(&l);
	zip_file_close(&l.zip);
	xlsx_book_free(&l.book);
	if (st) {
		sheet_rows_free(&l.rows);
		return err_in(err, st, "%s", path);
	}
	*out = l.rows;
	return OK;
}
