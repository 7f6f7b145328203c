#include "tools/office/reading.h"

#include <stdio.h>

#include "base/text.h"
#include "registry/identifier.h"

enum { KEY_SHOWN = 20 }; /* somebody may have pasted a private key: its beginning tells which cell it was, and no more */

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

enum status
read_text(const struct reading *r, enum column c, size_t len_max, bool compulsory, struct bytes *out)
{
	struct bytes t = cell_of(r, c);
	if (t.len == 0 && compulsory)
		return WRONG(r, c, "it is empty; it is compulsory");
	if (t.len > len_max)
		return WRONG(r, c, "it has %zu bytes; at most %zu fit", t.len, len_max);
	if (!text_is_clean(t))
		return WRONG(r, c, "it holds control, invisible or private-use characters");
	*out = t;
	return OK;
}

enum status
read_date(const struct reading *r, enum column c, bool may_be_endless, struct date *out)
{
	struct bytes t = cell_of(r, c);
	if (t.len == 0 || (may_be_endless && bytes_eq(t, BYTES_LIT("长期"))))
		return OK;
	if (date_parse(t, out) != OK)
		return WRONG(r, c, "not a date; 2026-01-31, 2026/1/31, 2026.1.31, 20260131 or 2026年1月31日 was wanted");
	return OK;
}

size_t
halfwidth(struct bytes t, char *out, size_t cap)
{
	size_t n = 0;
	for (size_t i = 0; i < t.len && n < cap; i++) {
		uint8_t c = t.ptr[i];
		if (c == 0xef && i + 2 < t.len && (t.ptr[i + 1] == 0xbc || t.ptr[i + 1] == 0xbd)) { /* U+FF01..FF5E */
			unsigned cp = 0xf000u | (t.ptr[i + 1] & 0x3fu) << 6 | (t.ptr[i + 2] & 0x3fu);
			c = (uint8_t)(cp - 0xfee0u);
			i += 2;
		} else if (c == 0xe3 && i + 2 < t.len && t.ptr[i + 1] == 0x80 && t.ptr[i + 2] == 0x80) { /* U+3000 */
			i += 2;
			continue;
		}
		if (c == ' ')
			continue;
		out[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	out[n] = '\0';
	return n;
}

enum status
read_word(const struct reading *r, enum column c, const char *const words[], size_t n, const char *wanted, size_t *out)
{
	struct bytes t = cell_of(r, c);
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq(t, bytes_str(words[i]))) {
			*out = i;
			return OK;
		}
	}
	return WRONG(r, c, "not one of: %s", wanted);
}

enum status
read_cell_count(const struct reading *r)
{
	size_t wanted = r->f->rows[0].n;
	for (size_t i = wanted; i < r->row->n; i++)
		if (sheet_cell(r->f, r->row, i).len > 0)
			return WRONG(r, COLUMN_COUNT, "it has %u cells, the heading %zu; is a comma inside a cell without quotation marks?", r->row->n, wanted);
	if (r->row->n < wanted && !r->f->may_be_short)
		return WRONG(r, COLUMN_COUNT, "it has %u cells, the heading %zu", r->row->n, wanted);
	return OK;
}
