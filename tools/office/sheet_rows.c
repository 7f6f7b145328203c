#include "tools/office/sheet_rows.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"

enum { KIND_SHIFT = 30, FIRST_CAP = 4096 };
#define END_MASK ((1u << KIND_SHIFT) - 1)

static_assert((uint64_t)SHEET_CELL_LEN_MAX * SHEET_COLUMNS_MAX <= END_MASK, "the end of a cell fits");

/* Room for n + more items.  What moves is wiped where it was. */
static void *
grown(void *p, size_t n, size_t more, size_t *cap, size_t size)
{
	size_t wanted = *cap > 0 ? *cap : FIRST_CAP;
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

static size_t
cells_of_rows(const struct sheet_rows *f)
{
	const struct sheet_row *last = f->rows_n > 0 ? &f->rows[f->rows_n - 1] : NULL;
	return last != NULL ? last->cells + last->n : 0;
}

size_t
sheet_cells_open(const struct sheet_rows *f)
{
	return f->cells_n - cells_of_rows(f);
}

/* Where the text of the row being filled begins. */
static size_t
open_row_text(const struct sheet_rows *f)
{
	size_t n = sheet_cells_open(f);
	return n > 0 ? f->text_n - (f->cells[f->cells_n - 1] & END_MASK) : f->text_n;
}

enum status
sheet_cell_add(struct sheet_rows *f, enum cell_kind kind, struct bytes text)
{
	if (text.len > SHEET_CELL_LEN_MAX || sheet_cells_open(f) >= SHEET_COLUMNS_MAX)
		return ERR_LIMIT;
	uint32_t *cells = grown(f->cells, f->cells_n, 1, &f->cells_cap, sizeof(*cells));
	if (cells == NULL)
		return ERR_SYSTEM;
	f->cells = cells;
	uint8_t *mem = grown(f->text, f->text_n, text.len, &f->text_cap, 1);
	if (mem == NULL)
		return ERR_SYSTEM;
	f->text = mem;
	size_t begin = open_row_text(f);
	if (text.len > 0)
		memcpy(f->text + f->text_n, text.ptr, text.len);
	f->text_n += text.len;
	f->cells[f->cells_n++] = (uint32_t)(f->text_n - begin) | (uint32_t)kind << KIND_SHIFT;
	return OK;
}

enum status
sheet_row_end(struct sheet_rows *f, size_t number)
{
	size_t cells = cells_of_rows(f), text = open_row_text(f);
	if (number > SHEET_ROWS_MAX)
		return ERR_LIMIT;
	if (text_trim((struct bytes){ f->text != NULL ? f->text + text : NULL, f->text_n - text }).len == 0) {
		f->cells_n = cells;
		f->text_n = text;
		return OK;
	}
	struct sheet_row *rows = grown(f->rows, f->rows_n, 1, &f->rows_cap, sizeof(*rows));
	if (rows == NULL)
		return ERR_SYSTEM;
	f->rows = rows;
	f->rows[f->rows_n++] = (struct sheet_row){ text, cells, (uint32_t)(f->cells_n - cells), (uint32_t)number };
	return OK;
}

void
sheet_rows_drop(struct sheet_rows *f, size_t n)
{
	assert(n <= f->rows_n);
	if (n > 0)
		memmove(f->rows, f->rows + n, (f->rows_n - n) * sizeof(*f->rows));
	f->rows_n -= n;
}

void
sheet_rows_free(struct sheet_rows *f)
{
	if (f->text != NULL)
		secret_wipe(f->text, f->text_n);
	free(f->rows);
	free(f->cells);
	free(f->text);
	*f = (struct sheet_rows){ .rows_n = 0 };
}

struct bytes
sheet_cell_whole(const struct sheet_rows *f, const struct sheet_row *row, size_t i)
{
	if (i >= row->n)
		return (struct bytes){ NULL, 0 };
	const uint32_t *cell = &f->cells[row->cells + i];
	size_t from = i > 0 ? cell[-1] & END_MASK : 0, to = cell[0] & END_MASK;
	return (struct bytes){ f->text + row->text + from, to - from };
}

struct bytes
sheet_cell(const struct sheet_rows *f, const struct sheet_row *row, size_t i)
{
	return text_trim(sheet_cell_whole(f, row, i));
}

enum cell_kind
sheet_cell_kind(const struct sheet_rows *f, const struct sheet_row *row, size_t i)
{
	return i < row->n ? (enum cell_kind)(f->cells[row->cells + i] >> KIND_SHIFT) : CELL_IS_TEXT;
}

const char *
column_letters(size_t i, char out[COLUMN_LETTERS_MAX])
{
	char back[COLUMN_LETTERS_MAX];
	size_t n = 0, k = 0;
	for (i++; i > 0 && n < COLUMN_LETTERS_MAX - 1; i = (i - 1) / 26)
		back[n++] = (char)('A' + (i - 1) % 26);
	while (n > 0)
		out[k++] = back[--n];
	out[k] = '\0';
	return out;
}
