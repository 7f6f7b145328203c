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

struct bytes
csv_cell_undone(struct bytes cell)
{
	return is_marked(cell, 1) ? (struct bytes){ cell.ptr + 1, cell.len - 1 } : cell;
}
