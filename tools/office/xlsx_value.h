/* xlsx_value.h -- what a cell of a workbook holds, as the text that the sheet shows. */
#ifndef OFFICE_XLSX_VALUE_H
#define OFFICE_XLSX_VALUE_H

#include "base/bytes.h"

#define XLSX_NUMBER_LEN_MAX 64u
/* A stored number in plain digits, as far as a spreadsheet keeps them (15): 3.7010219900101E+17 is 370102199001010000.
 * is_date: 2024-01-05, or 2024-01-05 08:30:00, counted from 1900 or 1904; a number that is no date stays one, and *is_date says so.
 * False: it is no number. */
bool xlsx_number_text(struct bytes v, bool *is_date, bool from_1904, char out[XLSX_NUMBER_LEN_MAX]);

/* Does a number format show a date?  Built-in ones by number (18.8.30, with those of Chinese locales), others by their code. */
bool xlsx_format_is_date(unsigned id);
bool xlsx_code_is_date(const char *code);

/* Undo _xHHHH_ (22.9.2.19) in place; returns the new length, never more. */
size_t xlsx_unescape(uint8_t *text, size_t len);

#endif
