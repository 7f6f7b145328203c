#include "tools/office/xlsx_value.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"

enum { DAY_S = 86400, DIGITS_PLAIN = 15, EXPONENT_MAX = 20 };
#define SERIAL_END 2958466.0              /* 10000-01-01 counted from 1900 */

static bool
is_plain_integer(struct bytes v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!isdigit(v.ptr[i]))
			return false;
	return v.len > 0 && v.len <= DIGITS_PLAIN;
}

/* 1.234e+17 in plain digits. */
static void
number_plain(double x, char out[XLSX_NUMBER_LEN_MAX])
{
	char digits[40];
	(void)snprintf(digits, sizeof(digits), "%.14e", fabs(x));
	int exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
	if (exponent < DIGITS_PLAIN || exponent > EXPONENT_MAX) {
		(void)snprintf(out, XLSX_NUMBER_LEN_MAX, "%.15g", x);
		return;
	}
	size_t n = 0;
	if (x < 0)
		out[n++] = '-';
	for (const char *p = digits; *p != 'e'; p++)
		if (*p != '.')
			out[n++] = *p;
	for (int i = DIGITS_PLAIN; i <= exponent; i++)
		out[n++] = '0';
	out[n] = '\0';
}

/* Excel's 1900 has a 29 February, so that day 60 is none and the days before it count one less. */
static bool
date_plain(double x, bool from_1904, char out[XLSX_NUMBER_LEN_MAX])
{
	double days = floor(x);
	char day[DATE_TEXT_LEN + 1];
	struct date zero = from_1904 ? (struct date){ 1904, 1, 1 } : days < 60 ? (struct date){ 1899, 12, 31 } : (struct date){ 1899, 12, 30 };
	if (x < (from_1904 ? 0 : 1) || x >= SERIAL_END - (from_1904 ? 1462 : 0) || (!from_1904 && days == 60))
		return false;
	unsigned s = (unsigned)((x - days) * DAY_S + 0.5);
	(void)date_text(date_of_unix_s(date_start_unix_s(zero) + (int64_t)days * DAY_S), day);
	if (s == 0 || s >= DAY_S)
		(void)snprintf(out, XLSX_NUMBER_LEN_MAX, "%s", day);
	else
		(void)snprintf(out, XLSX_NUMBER_LEN_MAX, "%s %02u:%02u:%02u", day, s / 3600, s / 60 % 60, s % 60);
	return true;
}

bool
xlsx_number_text(struct bytes v, bool *is_date, bool from_1904, char out[XLSX_NUMBER_LEN_MAX])
{
	char text[XLSX_NUMBER_LEN_MAX], *end;
	if (v.len == 0 || v.len >= sizeof(text))
		return false;
	memcpy(text, v.ptr, v.len);
	text[v.len] = '\0';
	if (!*is_date && is_plain_integer(v)) {
		memcpy(out, text, v.len + 1);
		return true;
	}
	double x = strtod(text, &end);
	if (*end != '\0' || strspn(text, "0123456789.eE+-") != v.len || text[0] == '+' || !isfinite(x))
		return false;
	*is_date = *is_date && date_plain(x, from_1904, out);
	if (!*is_date)
		number_plain(x, out);
	return true;
}

bool
xlsx_format_is_date(unsigned id)
{
	return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

bool
xlsx_code_is_date(const char *code)
{
	for (const char *p = code; *p != '\0'; p++) {
		if (*p == '"' || *p == '[') {
			const char *end = strchr(p + 1, *p == '"' ? '"' : ']');
			if (end == NULL)
				return false;
			p = end;
		} else if (*p == '\\' && p[1] != '\0') {
			p++;
		} else if (strchr("yYdDmMhH", *p) != NULL) {
			return true;
		}
	}
	return false;
}

static int
hex_digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code of _xHHHH_ at the beginning of t, or -1. */
static int
escape_at(struct bytes t)
{
	int code = 0;
	if (t.len < 7 || t.ptr[0] != '_' || t.ptr[1] != 'x' || t.ptr[6] != '_')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		int d = hex_digit(t.ptr[i]);
		if (d < 0)
			return -1;
		code = code << 4 | d;
	}
	return code >= 0xd800 && code <= 0xdfff ? -1 : code;
}

size_t
xlsx_unescape(uint8_t *text, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len;) {
		int c = text[i] == '_' ? escape_at((struct bytes){ text + i, len - i }) : -1;
		if (c < 0) {
			text[n++] = text[i++];
			continue;
		}
		if (c < 0x80) {
			text[n++] = (uint8_t)c;
		} else if (c < 0x800) {
			text[n++] = (uint8_t)(0xc0 | c >> 6);
			text[n++] = (uint8_t)(0x80 | (c & 0x3f));
		} else {
			text[n++] = (uint8_t)(0xe0 | c >> 12);
			text[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
			text[n++] = (uint8_t)(0x80 | (c & 0x3f));
		}
		i += 7;
	}
	return n;
}
