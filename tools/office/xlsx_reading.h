/* xlsx_reading.h -- what the readers of a workbook's parts share (xlsx_book.h is the door). */
#ifndef OFFICE_XLSX_READING_H
#define OFFICE_XLSX_READING_H

#include "base/limits.h"
#include "tools/office/xlsx_book.h"

enum xlsx_type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_TRUTH, TYPE_ERROR };

struct xlsx_reading {
	struct xml_reader xml;
	struct xlsx_book *book;
	struct sheet_rows *rows;
	/* text being gathered, of a shared string or a cell */
	bool gathers;
	unsigned in_phonetic;
	size_t text_len;
	uint8_t text[SHEET_CELL_LEN_MAX];
	/* a sheet */
	bool in_data;
	size_t row, column;                    /* the number of the row at hand; the index of the next cell */
	size_t cell;                           /* the index of the cell at hand */
	enum xlsx_type type;
	size_t style;
	/* styles */
	bool in_cell_styles;
	unsigned *date_formats; size_t date_formats_n;
};

extern const struct xml_events xlsx_relations_events, xlsx_workbook_events, xlsx_strings_events, xlsx_styles_events, xlsx_sheet_events;

/* Text of the element at hand, while gathers is set. */
MUST_CHECK enum status xlsx_gather(void *ctx, struct bytes text, struct err *err);
/* What was gathered, unescaped. */
struct bytes xlsx_gathered(struct xlsx_reading *r);

#endif
