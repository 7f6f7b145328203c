/* A row of a file of devices, cell by cell (tools/office/rows.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/text.h"
#include "tests/unit/support/scratch.h"
#include "tools/office/rows.h"
#include "tools/office/sheet_file.h"

#define POINT "03" "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define WHOLE "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define SPKI_HEX "3059301306072a8648ce3d020106082a8648ce3d030107034200" WHOLE
#define SPKI_1 "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt"
#define SPKI_2 "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
#define SPKI_2_URL "6zOg9KE5RdiYwpZP40Li_hp_m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q"

struct reading_desk { struct sheet_rows file; struct columns columns; struct device_cells cells; struct row_error e; struct repairs repairs; };

static bool
knows(const void *ctx, struct bytes cell)
{
	(void)ctx;
	return heading_is_known(SHEET_DEVICES, NULL, cell);
}

/* One row under this heading. */
static enum status
read_under(const char *dir, const char *heading, const char *row, struct reading_desk *s)
{
	char path[300];
	struct err err = { .status = OK };
	(void)snprintf(path, sizeof(path), "%s/devices.csv", dir);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	(void)fprintf(f, "%s\n%s\n", heading, row);
	assert_int_equal(fclose(f), 0);
	memset(s, 0, sizeof(*s));
	struct sheet_wanted any = { .is_heading = knows };
	if (sheet_load(path, &any, &s->file, &err) != OK || columns_match(SHEET_DEVICES, NULL, &s->file, &s->columns, &err) != OK)
		fail_msg("%s", err.text);
	s->e.column = COLUMN_COUNT;
	struct row_rules rules = { .repairs = &s->repairs };
	return row_device(&s->columns, &s->file, &s->file.rows[1], &rules, &s->cells, &s->e);
}

static enum status
read_row(void **state, const char *row, struct reading_desk *s)
{
	return read_under(*state, "证号,姓名,设备公钥,出示方式,备注", row, s);
}

static void
a_key_is_read_in_every_form_it_is_handed_in(void **state)
{
	static const char *const keys[] = { POINT, WHOLE, SPKI_1 SPKI_2, SPKI_1 SPKI_2_URL, SPKI_1 " " SPKI_2, "\"" SPKI_1 "\n" SPKI_2 "\"",
		"A2sX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW", "\"-----BEGIN PUBLIC KEY-----\n" SPKI_1 "\n" SPKI_2 "\n-----END PUBLIC KEY-----\n\"",
		"-----BEGIN PUBLIC KEY----- " SPKI_1 SPKI_2 " -----END PUBLIC KEY-----",
		SPKI_HEX };
	for (size_t i = 0; i < COUNT(keys); i++) {
		char row[600], hex[2 * DEVICE_POINT_LEN + 1];
		struct reading_desk s;
		(void)snprintf(row, sizeof(row), "15000000001,钱某,%s,动态码,", keys[i]);
		if (read_row(state, row, &s) != OK)
			fail_msg("case %zu: %s", i, s.e.err.text);
		hex_encode(s.cells.row.point, hex);
		assert_string_equal(hex, POINT);
		assert_int_equal(s.cells.row.show_by, SHOW_LIVE);
		assert_true(bytes_eq(s.cells.row.number, BYTES_LIT("15000000001")));
		assert_true(bytes_eq(s.cells.row.name, BYTES_LIT("钱某")));
		sheet_rows_free(&s.file);
	}
}

static void
what_a_row_may_choose(void **state)
{
	struct reading_desk s;
	assert_int_equal(read_row(state, "15000000001,," POINT ",,", &s), OK);
	assert_int_equal(s.cells.row.show_by, SHOW_AS_BEFORE);
	sheet_rows_free(&s.file);
	assert_int_equal(read_row(state, "15000000001,," POINT ",静态码,", &s), OK);
	assert_int_equal(s.cells.row.show_by, SHOW_STATIC);
	sheet_rows_free(&s.file);
	assert_int_equal(read_row(state, "15000000001,,,静态码,", &s), OK); /* the device is taken away */
	assert_int_equal(s.cells.row.point.len, 0);
	sheet_rows_free(&s.file);
	assert_int_equal(read_row(state, "\xef\xbc\x91" "5t00000001,,,静态码,", &s), OK); /* full-width 1, lower-case t */
	assert_true(bytes_eq(s.cells.row.number, BYTES_LIT("15T00000001")));
	sheet_rows_free(&s.file);
}

static void
the_number_has_three_headings(void **state)
{
	static const char *const headings[] = { "证号,设备公钥", "执法证号,设备公钥", "主持人证号,设备公钥", "序号,执法证号,设备公钥" };
	for (size_t i = 0; i < COUNT(headings); i++) {
		struct reading_desk s;
		assert_int_equal(read_under(*state, headings[i], i == 3 ? "1,15000000001," POINT : "15000000001," POINT, &s), OK);
		assert_true(bytes_eq(s.cells.row.number, BYTES_LIT("15000000001")));
		sheet_rows_free(&s.file);
	}
}

static void
what_is_wrong_with_a_row_is_said(void **state)
{
	static const struct { const char *row; enum column column; const char *says; } cases[] = {
		{ ",," POINT ",,", COLUMN_NUMBER, "compulsory" },
		{ "15000000001,,,,", COLUMN_DEVICE, "write 静态码" },
		{ "15000000001,,,动态码,", COLUMN_SHOW_BY, "needs a device key" },
		{ "15000000001,," POINT ",有时,", COLUMN_SHOW_BY, "动态码 静态码" },
		{ "15000000001,,not a key,,", COLUMN_DEVICE, "neither Base64 nor hex" },
		{ "15000000001,," SPKI_1 ",,", COLUMN_DEVICE, "no P-256 public key" },
		{ "15000000001,," POINT "00,,", COLUMN_DEVICE, "34 bytes" },
		{ "15000000001,,MCowBQYDK2VwAyEAaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY=,,", COLUMN_DEVICE, "Ed25519" },
		{ "15000000001,,-----BEGIN PUBLIC KEY-----" SPKI_1 SPKI_2 ",,", COLUMN_DEVICE, "last line" },
		{ "15000000001,,-----BEGIN PRIVATE KEY-----MIGHAgEAMBMGByqGSM49,,", COLUMN_DEVICE, "never leave the device" },
		{ "15000000001,,-----BEGIN CERTIFICATE-----MIIB,,", COLUMN_DEVICE, "of another kind" },
		{ "15000000001,," POINT ",", COLUMN_COUNT, "cells" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reading_desk s;
		enum status st = read_row(state, cases[i].row, &s);
		if (st == OK || s.e.column != cases[i].column || strstr(s.e.err.text, cases[i].says) == NULL)
			fail_msg("case %zu: %d, column %d, %s", i, (int)st, (int)s.e.column, s.e.err.text);
		sheet_rows_free(&s.file);
	}
}

static void
of_a_key_only_the_beginning_is_shown(void **state)
{
	struct reading_desk s;
	assert_int_not_equal(read_row(state, "15000000001,,MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSECRETSECRET,,", &s), OK);
	assert_true(strlen(s.e.value) < 24);
	assert_null(strstr(s.e.value, "SECRET"));
	assert_null(strstr(s.e.err.text, "SECRET"));
	sheet_rows_free(&s.file);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_clear)
	const struct CMUnitTest tests[] = {
		T(a_key_is_read_in_every_form_it_is_handed_in),
		T(what_a_row_may_choose),
		T(the_number_has_three_headings),
		T(what_is_wrong_with_a_row_is_said),
		T(of_a_key_only_the_beginning_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
