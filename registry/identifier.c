#include "registry/identifier.h"

#include "base/text.h"
#include "base/time.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

char
idnumber_check_character(const char digits[17])
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += weights[i] * (digits[i] - '0');
	return "10X98765432"[sum % 11];
}

enum status
idnumber_check(struct bytes text, struct err *err)
{
	if (text.len != IDNUMBER_LEN)
		return err_set(err, ERR_FORMAT, "an identity number has %u characters, this has %zu bytes", IDNUMBER_LEN, text.len);
	for (size_t i = 0; i < 17; i++)
		if (!is_digit(text.ptr[i]))
			return err_set(err, ERR_FORMAT, "an identity number has 17 digits before its check character; character %zu is none", i + 1);
	struct date birth = { 0 };
	if (date_parse((struct bytes){ text.ptr + 6, 8 }, &birth) != OK)
		return err_set(err, ERR_FORMAT, "characters 7 to 14 of the identity number are no date");
	char check = idnumber_check_character((const char *)text.ptr);
	if (text.ptr[17] != (uint8_t)check)
		return err_set(err, ERR_FORMAT, "the check character of the identity number does not fit (GB 11643-1999)");
	return OK;
}

const char *
idnumber_mask(struct bytes text, char out[IDNUMBER_LEN + 1])
{
	size_t n = text.len < IDNUMBER_LEN ? text.len : IDNUMBER_LEN;
	bool plain = text.len == IDNUMBER_LEN;
	for (size_t i = 0; i < text.len; i++)
		plain = plain && text.ptr[i] > 0x20 && text.ptr[i] < 0x7f;
	for (size_t i = 0; i < n; i++)
		out[i] = plain && (i < 3 || i >= IDNUMBER_LEN - 2) ? (char)text.ptr[i] : '*';
	out[n] = '\0';
	return out;
}

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int
uscc_value(uint8_t c)
{
	const char *at = c != 0 ? strchr(uscc_alphabet, c) : NULL;
	return at != NULL ? (int)(at - uscc_alphabet) : -1;
}

char
uscc_check_character(const char head[17])
{
	int sum = 0, weight = 1; /* weights 3^i mod 31 */
	for (int i = 0; i < 17; i++) {
		sum += weight * uscc_value((uint8_t)head[i]);
		weight = weight * 3 % 31;
	}
	return uscc_alphabet[(31 - sum % 31) % 31];
}

enum status
uscc_check(struct bytes text, bool *check_holds, struct err *err)
{
	if (text.len != USCC_LEN)
		return err_set(err, ERR_FORMAT, "a unified social credit code has %u characters, this has %zu bytes", USCC_LEN, text.len);
	for (size_t i = 0; i < USCC_LEN; i++)
		if (uscc_value(text.ptr[i]) < 0)
			return err_set(err, ERR_FORMAT, "character %zu of the unified social credit code is not one of %s", i + 1, uscc_alphabet);
	*check_holds = text.ptr[17] == (uint8_t)uscc_check_character((const char *)text.ptr);
	return OK;
}

enum status
number_template_check(struct bytes tmpl, struct err *err)
{
	char shown[64];
	size_t digits = 0;
	for (size_t i = 0; i < tmpl.len; i++) {
		uint8_t c = tmpl.ptr[i];
		digits += c == '#';
		if (!(c == '#' || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '-'))
			digits = SIZE_MAX / 2;
	}
	if (tmpl.len > NUMBER_LEN_MAX || digits < 1 || digits > 18)
		return err_set(err, ERR_FORMAT, "number template %s: 1 to 18 # for digits, else 0-9 A-Z and -, at most %u characters",
		    text_escape(tmpl, shown, sizeof(shown)), NUMBER_LEN_MAX);
	return OK;
}

bool
number_matches(struct bytes tmpl, struct bytes number)
{
	if (tmpl.len != number.len)
		return false;
	for (size_t i = 0; i < tmpl.len; i++)
		if (tmpl.ptr[i] == '#' ? !is_digit(number.ptr[i]) : tmpl.ptr[i] != number.ptr[i])
			return false;
	return true;
}

enum status
number_make(struct bytes tmpl, uint64_t n, char out[NUMBER_LEN_MAX + 1])
{
	char made[NUMBER_LEN_MAX + 1] = { 0 };
	if (tmpl.len > NUMBER_LEN_MAX)
		return ERR_LIMIT;
	for (size_t i = tmpl.len; i > 0; i--) {
		bool digit = tmpl.ptr[i - 1] == '#';
		made[i - 1] = digit ? (char)('0' + n % 10) : (char)tmpl.ptr[i - 1];
		n = digit ? n / 10 : n;
	}
	if (n != 0)
		return ERR_LIMIT;
	memcpy(out, made, sizeof(made));
	return OK;
}
