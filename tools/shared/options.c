#include "tools/shared/options.h"

#include "base/text.h"

#include <inttypes.h>

enum { WORD_MAX = 32 };

enum status
option_uint(const char *name, const char *text, uint64_t least, uint64_t most, uint64_t *out, struct err *err)
{
	char shown[64];
	uint64_t value = 0;
	if (text_uint(bytes_str(text), &value) != OK || value < least || value > most)
		return err_set(err, ERR_ARGUMENT, "%s: got \"%s\", wanted a whole number from %" PRIu64 " to %" PRIu64, name,
		    text_escape(bytes_str(text), shown, sizeof(shown)), least, most);
	*out = value;
	return OK;
}

enum status
option_instant(const char *name, const char *text, int64_t *unix_s, struct err *err)
{
	char shown[64];
	if (instant_parse(bytes_str(text), unix_s) == OK)
		return OK;
	return err_set(err, ERR_ARGUMENT, "%s: got \"%s\", wanted a date like 2024-01-05 or an instant like "
	    "2024-01-05T09:30:00+08:00", name, text_escape(bytes_str(text), shown, sizeof(shown)));
}

enum status
option_duration(const char *name, const char *text, int64_t least_s, int64_t most_s, int64_t *seconds, struct err *err)
{
	static const struct { char unit; int64_t seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char shown[64];
	uint64_t value = 0;
	int64_t unit = 1;
	struct bytes number = bytes_str(text);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && number.len > 0; i++) {
		if (number.ptr[number.len - 1] == units[i].unit) {
			unit = units[i].seconds;
			number.len--;
			break;
		}
	}
	if (text_uint(number, &value) != OK || value > (uint64_t)(most_s / unit) || (int64_t)value * unit < least_s)
		return err_set(err, ERR_ARGUMENT, "%s: got \"%s\", wanted a span of %" PRId64 " to %" PRId64 " seconds, like 900, 15m, 2h or 3d", name,
		    text_escape(bytes_str(text), shown, sizeof(shown)), least_s, most_s);
	*seconds = (int64_t)value * unit;
	return OK;
}

enum status
option_ahead(const char *name, const char *text, struct date from, struct date *day, struct err *err)
{
	static const struct { char unit; int months, days; } units[] = { { 'y', 12, 0 }, { 'm', 1, 0 }, { 'w', 0, 7 }, { 'd', 0, 1 } };
	enum { YEARS_MAX = 100, DAY_S = 86400 };
	char shown[64];
	uint64_t n = 0;
	struct bytes number = bytes_str(text);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && number.len > 1; i++) {
		if (text[number.len - 1] != units[i].unit)
			continue;
		uint64_t most = (uint64_t)YEARS_MAX * (units[i].months != 0 ? 12u / (unsigned)units[i].months : 365u / (unsigned)units[i].days);
		number.len--;
		if (text_uint(number, &n) != OK || n > most)
			break;
		*day = units[i].months != 0 ? date_add_months(from, (int)n * units[i].months) :
		    date_of_unix_s(date_start_unix_s(from) + (int64_t)n * units[i].days * DAY_S);
		return OK;
	}
	return err_set(err, ERR_ARGUMENT, "%s: got \"%s\", wanted a span of at most %d years, like 6m (months), 1y, 2w or 30d", name,
	    text_escape(bytes_str(text), shown, sizeof(shown)), YEARS_MAX);
}

/* Levenshtein's distance, of words of at most WORD_MAX characters. */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[WORD_MAX + 1];
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			size_t drop = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			corner = row[j];
			row[j] = change < drop ? change : drop;
		}
	}
	return row[b_len];
}

const char *
option_nearest(const char *typed, const char *const *words, size_t n)
{
	const char *nearest = NULL;
	size_t typed_len = strlen(typed), best = typed_len / 3 + 1;
	for (size_t i = 0; i < n && typed_len <= WORD_MAX; i++) {
		size_t len = strlen(words[i]);
		size_t d = len <= WORD_MAX ? distance(typed, typed_len, words[i], len) : SIZE_MAX;
		if (d <= best && (nearest == NULL || d < best)) {
			nearest = words[i];
			best = d;
		}
	}
	return nearest;
}
