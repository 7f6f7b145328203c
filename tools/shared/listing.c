#define _GNU_SOURCE /* qsort_r */
#include "tools/shared/listing.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "tools/shared/csvtext.h"
#include "tools/shared/json.h"

enum { ROWS_MEASURED = 1000, GAP = 2, SHOWN_MAX = 4096 };

/* A row is its cells, each with a zero byte behind it: no cell has one, since only clean text is entered. */
struct listing {
	struct listing_terms terms;
	struct listing_column columns[LISTING_COLUMNS_MAX];
	struct listing_key keys[LISTING_KEYS_MAX];
	struct textbuf text;                   /* rows not written yet */
	size_t *rows, rows_n, rows_cap;        /* where each begins */
	size_t cells;                          /* of the row being made */
	uint64_t whole;
	size_t widths[LISTING_COLUMNS_MAX];
	bool begun, failed;
	struct textbuf line;
	struct json json;
};

enum status
listing_open(const struct listing_terms *terms, struct listing **out, struct err *err)
{
	assert(terms->columns_n <= LISTING_COLUMNS_MAX && terms->keys_n <= LISTING_KEYS_MAX && terms->shown_n <= terms->columns_n);
	struct listing *l = calloc(1, sizeof(*l));
	if (l == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	l->terms = *terms;
	memcpy(l->columns, terms->columns, terms->columns_n * sizeof(l->columns[0]));
	if (terms->keys_n > 0)
		memcpy(l->keys, terms->keys, terms->keys_n * sizeof(l->keys[0]));
	l->json = json_open(terms->out);
	*out = l;
	return OK;
}

static struct bytes
cell_at(const struct listing *l, size_t row, size_t column)
{
	const uint8_t *at = l->text.ptr + row;
	size_t len = strlen((const char *)at);
	for (; column > 0; column--) {
		at += len + 1;
		len = strlen((const char *)at);
	}
	return (struct bytes){ at, len };
}

static void
write_line(struct listing *l)
{
	if (l->line.len > 0 && fwrite(l->line.ptr, 1, l->line.len, l->terms.out) != l->line.len)
		l->failed = true;
	l->line.len = 0;
}

/* ---- table ---- */

static struct bytes
shown(struct bytes cell, char out[SHOWN_MAX])
{
	return bytes_str(text_escape(cell, out, SHOWN_MAX));
}

static void
measure(struct listing *l)
{
	char clean[SHOWN_MAX];
	for (size_t c = 0; c < l->terms.shown_n; c++)
		l->widths[c] = text_columns(bytes_str(l->columns[c].heading));
	for (size_t i = 0; i < l->rows_n && i < ROWS_MEASURED; i++) {
		for (size_t c = 0; c < l->terms.shown_n; c++) {
			size_t width = text_columns(shown(cell_at(l, l->rows[i], c), clean));
			l->widths[c] = width > l->widths[c] ? width : l->widths[c];
		}
	}
}

static void
add_spaces(struct textbuf *t, size_t n)
{
	for (; n > 0; n--)
		textbuf_add(t, " ");
}

static void
table_cell(struct listing *l, size_t c, struct bytes cell)
{
	size_t width = text_columns(cell), missing = l->widths[c] > width ? l->widths[c] - width : 0;
	bool right = l->columns[c].type == CELL_NUMBER, last = c + 1 == l->terms.shown_n;
	if (right)
		add_spaces(&l->line, missing);
	textbuf_add_bytes(&l->line, cell);
	if (last)
		textbuf_add(&l->line, "\n");
	else
		add_spaces(&l->line, GAP + (right ? 0 : missing));
}

/* ---- CSV ---- */

static void
csv_cell_of(struct listing *l, size_t c, struct bytes cell)
{
	if (l->columns[c].type == CELL_CODE)
		csv_add_code(&l->line, cell, c == 0);
	else
		csv_add_cell(&l->line, cell, c == 0);
}

/* ---- JSON ---- */

static void
json_words(struct json *j, struct bytes cell)
{
	static const char separator[] = "、";
	json_array_begin(j);
	while (cell.len > 0) {
		const uint8_t *end = memmem(cell.ptr, cell.len, separator, sizeof(separator) - 1);
		size_t n = end != NULL ? (size_t)(end - cell.ptr) : cell.len;
		json_text(j, (struct bytes){ cell.ptr, n });
		n += end != NULL ? sizeof(separator) - 1 : 0;
		cell.ptr += n;
		cell.len -= n;
	}
	json_array_end(j);
}

static void
json_cell(struct listing *l, size_t c, struct bytes cell)
{
	uint64_t number = 0;
	json_key(&l->json, l->columns[c].key);
	if (l->columns[c].type == CELL_WORDS)
		json_words(&l->json, cell);
	else if (cell.len == 0)
		json_str(&l->json, NULL);
	else if (l->columns[c].type == CELL_NUMBER && text_uint(cell, &number) == OK)
		json_uint(&l->json, number);
	else
		json_text(&l->json, cell);
}

/* ---- rows ---- */

static void
write_row(struct listing *l, size_t row)
{
	char clean[SHOWN_MAX];
	bool json = l->terms.form == LISTING_JSON || l->terms.form == LISTING_JSONL;
	if (json)
		json_object_begin(&l->json);
	for (size_t c = 0; c < l->terms.shown_n; c++) {
		struct bytes cell = cell_at(l, row, c);
		if (json)
			json_cell(l, c, cell);
		else if (l->terms.form == LISTING_CSV)
			csv_cell_of(l, c, cell);
		else
			table_cell(l, c, shown(cell, clean));
	}
	if (json)
		json_object_end(&l->json);
	if (l->terms.form == LISTING_CSV)
		textbuf_add(&l->line, "\r\n");
	write_line(l);
}

static void
write_head(struct listing *l)
{
	l->begun = true;
	if (l->terms.form == LISTING_JSON)
		json_array_begin(&l->json);
	if (l->terms.form == LISTING_CSV)
		textbuf_add(&l->line, "\xef\xbb\xbf");
	if (l->terms.form == LISTING_TABLE)
		measure(l);
	for (size_t c = 0; c < l->terms.shown_n; c++) {
		if (l->terms.form == LISTING_CSV)
			csv_add_cell(&l->line, bytes_str(l->columns[c].heading), c == 0);
		else if (l->terms.form == LISTING_TABLE)
			table_cell(l, c, bytes_str(l->columns[c].heading));
	}
	if (l->terms.form == LISTING_CSV)
		textbuf_add(&l->line, "\r\n");
	write_line(l);
}

static int
compare(const void *a, const void *b, void *ctx)
{
	const struct listing *l = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	for (size_t k = 0; k < l->terms.keys_n; k++) {
		struct bytes one = cell_at(l, x, l->keys[k].column), other = cell_at(l, y, l->keys[k].column);
		bool by_value = l->columns[l->keys[k].column].type == CELL_NUMBER && one.len != other.len;
		int c = by_value ? (one.len > other.len ? 1 : -1) : bytes_cmp(one, other);
		if (c != 0)
			return l->keys[k].descending ? -c : c;
	}
	return x < y ? -1 : x > y;
}

static void
write_waiting(struct listing *l)
{
	if (!l->begun)
		write_head(l);
	for (size_t i = 0; i < l->rows_n; i++)
		write_row(l, l->rows[i]);
	l->rows_n = 0;
	l->text.len = 0;
}

static void
note_row(struct listing *l)
{
	if (l->rows_n == l->rows_cap) {
		size_t cap = l->rows_cap ? 2 * l->rows_cap : ROWS_MEASURED;
		size_t *grown = realloc(l->rows, cap * sizeof(*grown));
		if (grown == NULL) {
			l->failed = true;
			return;
		}
		l->rows = grown;
		l->rows_cap = cap;
	}
	l->rows[l->rows_n++] = l->text.len;
}

void
listing_cell(struct listing *l, struct bytes text)
{
	if (l->cells == 0)
		note_row(l);
	textbuf_add_bytes(&l->text, text);
	textbuf_add_bytes(&l->text, (struct bytes){ (const uint8_t *)"", 1 });
	l->failed = l->failed || l->text.failed;
	if (l->failed || ++l->cells < l->terms.columns_n)
		return;
	l->cells = 0;
	l->whole++;
	size_t wait = l->terms.form == LISTING_TABLE && !l->begun ? ROWS_MEASURED : 1;
	if (l->terms.keys_n == 0 && l->rows_n >= wait)
		write_waiting(l);
}

uint64_t
listing_rows(const struct listing *l)
{
	return l->whole;
}

void
listing_abandon(struct listing *l)
{
	if (l == NULL)
		return;
	l->json.out = NULL;
	l->json.depth = 0;
	l->json.after_key = false;
	(void)json_close(&l->json);
	textbuf_free(&l->text);
	textbuf_free(&l->line);
	free(l->rows);
	free(l);
}

enum status
listing_close(struct listing *l, struct err *err)
{
	assert(l->failed || l->cells == 0);
	if (!l->failed && l->terms.keys_n > 0 && l->rows_n > 0)
		qsort_r(l->rows, l->rows_n, sizeof(l->rows[0]), compare, l);
	if (!l->failed)
		write_waiting(l);
	if (!l->failed && l->terms.form == LISTING_JSON)
		json_array_end(&l->json);
	bool memory = l->text.failed || l->line.failed || l->json.text.failed;
	if (!l->failed && (!json_flush(&l->json) || fflush(l->terms.out) != 0))
		l->failed = true;
	bool failed = l->failed || memory;
	int why = errno;
	listing_abandon(l);
	if (!failed)
		return OK;
	return memory ? err_set(err, ERR_SYSTEM, "out of memory") : err_set(err, ERR_SYSTEM, "the list could not be written whole: %s", strerror(why));
}
