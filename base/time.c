#include "base/time.h"

#include <stdio.h>

#include "base/text.h"

enum { DAY_S = 86400, ZONE_S = 8 * 3600 }; /* UTC+8, fixed */

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && is_leap(year));
}

bool
date_is_valid(struct date d)
{
	return d.year >= 1900 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	    d.day <= days_in_month(d.year, d.month);
}

/* Days since 1970-01-01 of a Gregorian date; years counted from March make the leap day the last. */
static int64_t
days_of(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static struct date
date_of_days(int64_t days)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	int month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	int year = (int)(year_of_era + era * 400) + (month <= 2);
	return (struct date){ year, month, (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1) };
}

int64_t
date_start_unix_s(struct date d)
{
	return days_of(d) * DAY_S - ZONE_S;
}

int64_t
date_end_unix_s(struct date d)
{
	return date_start_unix_s(d) + DAY_S;
}

int64_t
date_utc_start_unix_s(struct date d)
{
	return days_of(d) * DAY_S;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Seconds of UTC+8.  Instants come from outside: those beyond any year we print are brought near enough to count with. */
static int64_t
local_s(int64_t unix_s)
{
	const int64_t far = INT64_C(1000000) * 366 * DAY_S;
	return (unix_s > far ? far : unix_s < -far ? -far : unix_s) + ZONE_S;
}

struct date
date_of_unix_s(int64_t unix_s)
{
	return date_of_days(floor_div(local_s(unix_s), DAY_S));
}

struct date
date_add_months(struct date d, int months)
{
	int64_t n = (int64_t)d.year * 12 + d.month - 1 + months;
	int64_t year = floor_div(n, 12);
	struct date r = { (int)year, (int)(n - year * 12) + 1, d.day };
	int last = days_in_month(r.year, r.month);
	if (r.day > last)
		r.day = last;
	return r;
}

int
date_cmp(struct date a, struct date b)
{
	int64_t x = days_of(a), y = days_of(b);
	return (x > y) - (x < y);
}

/* Up to max digits of *text as a number; -1 if there is none.  Moves *text on. */
static int
take_number(struct bytes *text, size_t max)
{
	int n = 0;
	size_t i = 0;
	for (; i < max && i < text->len && text->ptr[i] >= '0' && text->ptr[i] <= '9'; i++)
		n = n * 10 + (text->ptr[i] - '0');
	text->ptr += i;
	text->len -= i;
	return i > 0 ? n : -1;
}

static bool
take(struct bytes *text, struct bytes what)
{
	if (what.len == 0 || !bytes_starts_with(*text, what))
		return what.len == 0;
	text->ptr += what.len;
	text->len -= what.len;
	return true;
}

static bool
parse_with(struct bytes text, struct bytes after_year, struct bytes after_month, struct bytes after_day, struct date *out)
{
	bool packed = after_year.len == 0;
	struct date d = { 0 };
	d.year = take_number(&text, 4);
	if (d.year < 1000 || !take(&text, after_year))
		return false;
	d.month = take_number(&text, 2);
	if (d.month < (packed ? 0 : 1) || !take(&text, after_month))
		return false;
	size_t before = text.len;
	d.day = take_number(&text, 2);
	if ((packed && before - text.len != 2) || !take(&text, after_day) || text.len != 0 || !date_is_valid(d))
		return false;
	*out = d;
	return true;
}

enum status
date_parse(struct bytes text, struct date *out)
{
	static const struct { const char *year, *month, *day; } styles[] = {
		{ "-", "-", "" }, { "/", "/", "" }, { ".", ".", "" }, { "年", "月", "日" },
	};
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (parse_with(text, bytes_str(styles[i].year), bytes_str(styles[i].month), bytes_str(styles[i].day), out))
			return OK;
	}
	if (text.len == 8 && parse_with(text, BYTES_LIT(""), BYTES_LIT(""), BYTES_LIT(""), out))
		return OK;
	return ERR_FORMAT;
}

const char *
date_text(struct date d, char out[DATE_TEXT_LEN + 1])
{
	if (date_is_valid(d))
		(void)snprintf(out, DATE_TEXT_LEN + 1, "%04u-%02u-%02u", (unsigned)d.year % 10000u, (unsigned)d.month % 100u,
		    (unsigned)d.day % 100u);
	else
		(void)snprintf(out, DATE_TEXT_LEN + 1, "----------");
	return out;
}

const char *
instant_text(int64_t unix_s, char out[INSTANT_TEXT_LEN + 1])
{
	char day[DATE_TEXT_LEN + 1];
	int64_t local = local_s(unix_s);
	unsigned s = (unsigned)(local - floor_div(local, DAY_S) * DAY_S);
	(void)snprintf(out, INSTANT_TEXT_LEN + 1, "%sT%02u:%02u:%02u+08:00", date_text(date_of_unix_s(unix_s), day),
	    s / 3600u % 24u, s / 60u % 60u, s % 60u);
	return out;
}

/* Exactly two digits after a mark; -1 if they are not there. */
static int
take_two(struct bytes *text, struct bytes mark)
{
	if (!take(text, mark) || text->len < 2)
		return -1;
	size_t before = text->len;
	int n = take_number(text, 2);
	return before - text->len == 2 ? n : -1;
}

enum status
instant_parse(struct bytes text, int64_t *unix_s)
{
	struct date d;
	if (date_parse(text, &d) == OK) {
		*unix_s = date_start_unix_s(d);
		return OK;
	}
	if (text.len < DATE_TEXT_LEN)
		return ERR_FORMAT;
	struct bytes day = { text.ptr, DATE_TEXT_LEN };
	if (!parse_with(day, BYTES_LIT("-"), BYTES_LIT("-"), BYTES_LIT(""), &d))
		return ERR_FORMAT;
	struct bytes rest = { text.ptr + DATE_TEXT_LEN, text.len - DATE_TEXT_LEN };
	int h = take_two(&rest, BYTES_LIT("T"));
	int m = h < 0 ? -1 : take_two(&rest, BYTES_LIT(":"));
	int s = m < 0 ? -1 : take_two(&rest, BYTES_LIT(":"));
	bool utc = bytes_eq(rest, BYTES_LIT("Z"));
	if (h > 23 || m > 59 || s < 0 || s > 59 || !(utc || bytes_eq(rest, BYTES_LIT("+08:00"))))
		return ERR_FORMAT;
	*unix_s = date_start_unix_s(d) + h * 3600 + m * 60 + s + (utc ? ZONE_S : 0);
	return OK;
}
