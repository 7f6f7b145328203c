#include "tools/office/say.h"

#include <stdio.h>

#include "base/text.h"

void
say_text(struct describe *d, const char *label, const char *key, struct bytes value)
{
	char shown[4096];
	if (value.len == 0)
		return;
	if (d->as_json) {
		json_key(&d->json, key);
		json_text(&d->json, value);
	} else
		(void)printf("%-16s %s\n", label, text_escape(value, shown, sizeof(shown)));
}

void
say_number(struct describe *d, const char *label, const char *key, uint64_t value)
{
	if (d->as_json) {
		json_key(&d->json, key);
		json_uint(&d->json, value);
	} else
		(void)printf("%-16s %llu\n", label, (unsigned long long)value);
}

void
say_instant(struct describe *d, const char *label, const char *key, int64_t unix_s)
{
	char when[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		say_text(d, label, key, bytes_str(instant_text(unix_s, when)));
}

void
say_date(struct describe *d, const char *label, const char *key, struct date day)
{
	char text[DATE_TEXT_LEN + 1];
	if (day.year != 0)
		say_text(d, label, key, bytes_str(date_text(day, text)));
}

void
say_begin(struct describe *d)
{
	if (d->as_json)
		json_object_begin(&d->json);
}

void
say_end(struct describe *d)
{
	if (d->as_json)
		json_object_end(&d->json);
}

void
say_hex(struct describe *d, const char *label, const char *key, struct bytes value)
{
	char hex[2 * DIGEST_LEN + 1];
	hex_encode(value, hex);
	say_text(d, label, key, bytes_str(hex));
}
