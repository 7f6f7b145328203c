#include "tools/shared/csvtext.h"

bool
csv_is_formula_start(uint8_t c)
{
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t';
}

void
csv_add_cell(struct textbuf *t, struct bytes cell, bool first)
{
	bool inert = cell.len > 0 && csv_is_formula_start(cell.ptr[0]), quote = inert;
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
