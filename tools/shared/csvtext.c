#include "tools/shared/csvtext.h"

static bool
is_formula_start(uint8_t c)
{
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' || c == '\n';
}

/* Apostrophes, at least so many, and then what begins a formula. */
static bool
is_marked(struct bytes cell, size_t least)
{
	size_t n = 0;
	while (n < cell.len && cell.ptr[n] == '\'')
		n++;
	return n >= least && n < cell.len && is_formula_start(cell.ptr[n]);
}

void
csv_add_cell(struct textbuf *t, struct bytes cell, bool first)
{
	bool inert = is_marked(cell, 0), quote = inert;
	if (cell.len > 0) /* outer spaces are lost without quotation marks */
		quote = quote || cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ' || cell.ptr[cell.len - 1] == '\t';
	for (size_t i = 0; i < cell.len; i++)
		quote = quote || cell.ptr[i] == '"' || cell.ptr[i] == ',' || cell.ptr[i] == '\n' || cell.ptr[i] == '\r';
	textbuf_add(t, first ? "" : ",");
	if (!quote) {
		textbuf_add_bytes(t, cell);
		return;
	}
	textbuf_add(t, inert ? "\"'" : "\"");
	for (size_t i = 0; i < cell.len; i++) {
		textbuf_add_bytes(t, (struct bytes){ cell.ptr + i, 1 });
		if (cell.ptr[i] == '"')
			textbuf_add(t, "\"");
	}
	textbuf_add(t, "\"");
}

enum { DIGITS_SHOWN = 11 }; /* Excel's format "General" */

/* Digits, perhaps with one E among them, that would not survive as a number. */
static bool
is_changed_as_number(struct bytes cell)
{
	size_t exponents = 0;
	for (size_t i = 0; i < cell.len; i++) {
		bool exponent = (cell.ptr[i] == 'E' || cell.ptr[i] == 'e') && i > 0 && i + 1 < cell.len;
		exponents += exponent;
		if (!exponent && (cell.ptr[i] < '0' || cell.ptr[i] > '9'))
			return false;
	}
	return exponents == 1 || (exponents == 0 && (cell.len > DIGITS_SHOWN || (cell.len > 1 && cell.ptr[0] == '0')));
}

void
csv_add_code(struct textbuf *t, struct bytes cell, bool first)
{
	csv_add_cell(t, cell, first);
	if (is_changed_as_number(cell))
		textbuf_add(t, "\t");
}

struct bytes
csv_cell_undone(struct bytes cell)
{
	return is_marked(cell, 1) ? (struct bytes){ cell.ptr + 1, cell.len - 1 } : cell;
}
