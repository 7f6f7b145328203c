#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "base/text.h"
#include "tools/office/xlsx_reading.h"
#include "tools/office/xlsx_value.h"

static enum status
no_memory(struct err *err)
{
	return err_set(err, ERR_SYSTEM, "out of memory for the workbook");
}

static bool
is(const char *name, const char *wanted)
{
	return strcmp(name, wanted) == 0;
}

/* A number of an attribute; absent or none: if_none. */
static size_t
number_of(const char *text, size_t if_none)
{
	uint64_t v = 0;
	return text != NULL && text_uint(bytes_str(text), &v) == OK ? (size_t)v : if_none;
}

static bool
is_true(const char *text)
{
	return text != NULL && (is(text, "1") || is(text, "true"));
}

static enum status
nothing(void *ctx, const char *name, struct err *err)
{
	(void)ctx, (void)name, (void)err;
	return OK;
}

/* ---- relations ---- */

static const char *
last_word(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

static enum status
relations_begin(void *ctx, const char *name, const char *const *attributes, struct err *err)
{
	struct xlsx_reading *r = ctx;
	struct xlsx_relations *all = &r->book->relations;
	const char *id = xml_attribute(attributes, "Id"), *type = xml_attribute(attributes, "Type"), *target = xml_attribute(attributes, "Target");
	if (!is(name, "Relationship") || id == NULL || type == NULL || target == NULL)
		return OK;
	if (all->n == XLSX_SHEETS_MAX * 2)
		return err_set(err, ERR_LIMIT, "%s has more than %u relations", r->xml.what, XLSX_SHEETS_MAX * 2);
	struct xlsx_relation *items = realloc(all->items, (all->n + 1) * sizeof(*items));
	if (items == NULL)
		return no_memory(err);
	all->items = items;
	struct xlsx_relation *x = &items[all->n];
	type = last_word(type);
	if (strlen(id) >= sizeof(x->id) || strlen(type) >= sizeof(x->type) || strlen(target) >= sizeof(x->target))
		return OK; /* none of ours */
	(void)snprintf(x->id, sizeof(x->id), "%s", id);
	(void)snprintf(x->type, sizeof(x->type), "%s", type);
	(void)snprintf(x->target, sizeof(x->target), "%s", target);
	all->n++;
	return OK;
}

const struct xml_events xlsx_relations_events = { relations_begin, nothing, NULL };

/* ---- the workbook ---- */

static enum status
sheet_begin(struct xlsx_reading *r, const char *const *attributes, struct err *err)
{
	struct xlsx_book *b = r->book;
	const char *name = xml_attribute(attributes, "name"), *relation = xml_relation(attributes, "id"), *state = xml_attribute(attributes, "state");
	if (b->sheets_n == XLSX_SHEETS_MAX)
		return err_set(err, ERR_LIMIT, "%s has more than %u sheets", r->xml.what, XLSX_SHEETS_MAX);
	struct xlsx_sheet *sheets = realloc(b->sheets, (b->sheets_n + 1) * sizeof(*sheets));
	if (sheets == NULL)
		return no_memory(err);
	b->sheets = sheets;
	struct xlsx_sheet *s = &sheets[b->sheets_n];
	if (name == NULL || relation == NULL || strlen(name) >= sizeof(s->name) || strlen(relation) >= sizeof(s->relation))
		return err_set(err, ERR_FORMAT, "%s: sheet %zu has no name or relation", r->xml.what, b->sheets_n + 1);
	(void)snprintf(s->name, sizeof(s->name), "%s", name);
	(void)snprintf(s->relation, sizeof(s->relation), "%s", relation);
	s->hidden = state != NULL && !is(state, "visible");
	b->sheets_n++;
	return OK;
}

static enum status
workbook_begin(void *ctx, const char *name, const char *const *attributes, struct err *err)
{
	struct xlsx_reading *r = ctx;
	if (is(name, "workbookPr"))
		r->book->dates_from_1904 = is_true(xml_attribute(attributes, "date1904"));
	return is(name, "sheet") ? sheet_begin(r, attributes, err) : OK;
}

const struct xml_events xlsx_workbook_events = { workbook_begin, nothing, NULL };

/* ---- styles: which of them show dates ---- */

static enum status
styles_begin(void *ctx, const char *name, const char *const *attributes, struct err *err)
{
	struct xlsx_reading *r = ctx;
	struct xlsx_book *b = r->book;
	size_t id = number_of(xml_attribute(attributes, "numFmtId"), 0);
	const char *code = xml_attribute(attributes, "formatCode");
	if (is(name, "numFmt") && code != NULL && xlsx_code_is_date(code) && r->date_formats_n < XLSX_STYLES_MAX) {
		unsigned *formats = realloc(r->date_formats, (r->date_formats_n + 1) * sizeof(*formats));
		if (formats == NULL)
			return no_memory(err);
		r->date_formats = formats;
		formats[r->date_formats_n++] = (unsigned)id;
	}
	r->in_cell_styles = r->in_cell_styles || is(name, "cellXfs");
	if (!is(name, "xf") || !r->in_cell_styles)
		return OK;
	if (b->styles_n == XLSX_STYLES_MAX)
		return err_set(err, ERR_LIMIT, "%s has more than %u cell styles", r->xml.what, XLSX_STYLES_MAX);
	if (b->styles_n == b->styles_cap) {
		size_t cap = b->styles_cap > 0 ? 2 * b->styles_cap : 64;
		bool *is_date = realloc(b->style_is_date, cap * sizeof(*is_date));
		if (is_date == NULL)
			return no_memory(err);
		b->style_is_date = is_date;
		b->styles_cap = cap;
	}
	bool date = xlsx_format_is_date((unsigned)id);
	for (size_t i = 0; i < r->date_formats_n; i++)
		date = date || r->date_formats[i] == id;
	b->style_is_date[b->styles_n++] = date;
	return OK;
}

static enum status
styles_end(void *ctx, const char *name, struct err *err)
{
	struct xlsx_reading *r = ctx;
	(void)err;
	r->in_cell_styles = r->in_cell_styles && !is(name, "cellXfs");
	return OK;
}

const struct xml_events xlsx_styles_events = { styles_begin, styles_end, NULL };

/* ---- shared strings ---- */

/* Room for n + more items.  What moves is wiped where it was. */
static void *
grown(void *p, size_t n, size_t more, size_t *cap, size_t size)
{
	size_t wanted = *cap > 0 ? *cap : 4096;
	if (p != NULL && more <= *cap - n)
		return p;
	while (wanted - n < more)
		wanted *= 2;
	void *q = malloc(wanted * size);
	if (q == NULL)
		return NULL;
	if (p != NULL) {
		memcpy(q, p, n * size);
		secret_wipe(p, n * size);
		free(p);
	}
	*cap = wanted;
	return q;
}

static enum status
string_add(struct xlsx_reading *r, struct bytes text, struct err *err)
{
	struct xlsx_book *b = r->book;
	if (b->strings_n == XLSX_STRINGS_MAX || text.len > XLSX_STRINGS_LEN_MAX - b->strings_len)
		return err_set(err, ERR_LIMIT, "%s has more than %u strings or %u bytes of them; import it in parts", r->xml.what, XLSX_STRINGS_MAX,
		    XLSX_STRINGS_LEN_MAX);
	size_t *ends = grown(b->string_ends, b->strings_n, 1, &b->strings_n_cap, sizeof(*ends));
	if (ends == NULL)
		return no_memory(err);
	b->string_ends = ends;
	uint8_t *strings = grown(b->strings, b->strings_len, text.len, &b->strings_cap, 1);
	if (strings == NULL)
		return no_memory(err);
	b->strings = strings;
	if (text.len > 0)
		memcpy(strings + b->strings_len, text.ptr, text.len);
	b->strings_len += text.len;
	ends[b->strings_n++] = b->strings_len;
	return OK;
}

struct bytes
xlsx_string(const struct xlsx_book *b, size_t i)
{
	size_t from = i > 0 ? b->string_ends[i - 1] : 0;
	return (struct bytes){ b->strings + from, b->string_ends[i] - from };
}

static enum status
strings_begin(void *ctx, const char *name, const char *const *attributes, struct err *err)
{
	struct xlsx_reading *r = ctx;
	(void)attributes, (void)err;
	if (is(name, "si"))
		r->text_len = 0;
	r->in_phonetic += is(name, "rPh");
	r->gathers = is(name, "t") && r->in_phonetic == 0;
	return OK;
}

static enum status
strings_end(void *ctx, const char *name, struct err *err)
{
	struct xlsx_reading *r = ctx;
	r->gathers = false;
	r->in_phonetic -= is(name, "rPh");
	return is(name, "si") ? string_add(r, xlsx_gathered(r), err) : OK;
}

const struct xml_events xlsx_strings_events = { strings_begin, strings_end, xlsx_gather };

/* ---- the door ---- */

enum status
xlsx_gather(void *ctx, struct bytes text, struct err *err)
{
	struct xlsx_reading *r = ctx;
	if (!r->gathers)
		return OK;
	if (text.len > sizeof(r->text) - r->text_len)
		return err_set(err, ERR_LIMIT, "%s: a cell is longer than %u bytes", r->xml.what, SHEET_CELL_LEN_MAX);
	memcpy(r->text + r->text_len, text.ptr, text.len);
	r->text_len += text.len;
	return OK;
}

struct bytes
xlsx_gathered(struct xlsx_reading *r)
{
	r->text_len = xlsx_unescape(r->text, r->text_len);
	return (struct bytes){ r->text, r->text_len };
}

enum status
xlsx_open(enum xlsx_part part, struct xlsx_book *b, struct sheet_rows *rows, const char *what, struct xlsx_reading **out, struct err *err)
{
	static const struct xml_events *const events[] = { &xlsx_relations_events, &xlsx_workbook_events, &xlsx_strings_events, &xlsx_styles_events,
		&xlsx_sheet_events };
	struct xlsx_reading *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return no_memory(err);
	r->book = b;
	r->rows = rows;
	enum status st = xml_open(&r->xml, what, events[part], r, err);
	if (st)
		free(r);
	else
		*out = r;
	return st;
}

enum status
xlsx_feed(struct xlsx_reading *r, struct bytes piece)
{
	return xml_feed(&r->xml, piece);
}

enum status
xlsx_finish(struct xlsx_reading *r)
{
	return xml_finish(&r->xml);
}

void
xlsx_close(struct xlsx_reading *r)
{
	if (r == NULL)
		return;
	xml_close(&r->xml);
	free(r->date_formats);
	secret_wipe(r->text, sizeof(r->text));
	free(r);
}

void
xlsx_book_free(struct xlsx_book *b)
{
	if (b->strings != NULL)
		secret_wipe(b->strings, b->strings_len);
	free(b->strings);
	free(b->string_ends);
	free(b->style_is_date);
	free(b->sheets);
	free(b->relations.items);
	*b = (struct xlsx_book){ .sheets_n = 0 };
}
