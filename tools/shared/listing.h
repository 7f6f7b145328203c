/* listing.h -- rows of cells written as an aligned table, as CSV for a spreadsheet, or as JSON.
 *
 *	listing_open(&terms, &l);
 *	for each row: listing_cell(l, text) once for each column, in their order
 *	listing_close(l, &err)
 *
 * Rows are written as they come, in memory that does not grow: a table takes its widths from its first 1,000 rows, and a later cell
 * that is wider pushes its own row only.  With sort keys all rows are kept and written at the end.  Texts sort by code point, numbers
 * by value; equal rows keep their order.
 *
 * Table: columns two spaces apart; a Chinese character is two wide, whatever the locale (text_columns); nothing unclean is printed.
 * CSV:   UTF-8 with BOM, CRLF, cells by csvtext.h.
 * JSON:  an array of objects, or an object a line; an empty cell is null, CELL_NUMBER a number, CELL_WORDS an array. */
#ifndef SHARED_LISTING_H
#define SHARED_LISTING_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"

enum listing_form { LISTING_TABLE, LISTING_CSV, LISTING_JSON, LISTING_JSONL };
enum cell_type {
	CELL_TEXT,
	CELL_CODE,                     /* digits that are no number: a spreadsheet must not change them */
	CELL_NUMBER,
	CELL_WORDS,                    /* words with 、 between them */
};
struct listing_column { const char *key, *heading; enum cell_type type; };    /* key: of JSON */
struct listing_key { size_t column; bool descending; };

#define LISTING_COLUMNS_MAX 40u
#define LISTING_KEYS_MAX 4u

struct listing_terms {
	FILE *out;
	enum listing_form form;
	const struct listing_column *columns; size_t columns_n;   /* cells of a row, at most LISTING_COLUMNS_MAX */
	size_t shown_n;                /* the first ones are written; the others are there to sort by */
	const struct listing_key *keys; size_t keys_n;            /* none: as they come */
};

struct listing;
MUST_CHECK enum status listing_open(const struct listing_terms *terms, struct listing **out, struct err *err);
void listing_cell(struct listing *l, struct bytes text);      /* copied; a failure sticks */
uint64_t listing_rows(const struct listing *l);               /* whole rows so far */
/* Writes what is left, and frees.  ERR_SYSTEM: no memory, or a write failed. */
MUST_CHECK enum status listing_close(struct listing *l, struct err *err);
void listing_abandon(struct listing *l);                      /* frees without writing more; NULL is fine */

#endif
