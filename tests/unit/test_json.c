#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "tools/shared/json.h"

static void
expect(struct json *j, const char *wanted)
{
	struct bytes got = json_view(j);
	if (!bytes_eq(got, bytes_str(wanted)))
		fail_msg("wanted %s, got %.*s", wanted, BYTES_FMT(got));
	assert_true(json_close(j));
}

static void
an_object_has_its_commas_where_they_belong(void **state)
{
	(void)state;
	struct json j = json_open(NULL);
	json_object_begin(&j);
	json_key(&j, "a");
	json_int(&j, -1);
	json_key(&j, "b");
	json_array_begin(&j);
	json_bool(&j, true);
	json_object_begin(&j);
	json_object_end(&j);
	json_array_begin(&j);
	json_array_end(&j);
	json_str(&j, NULL);
	json_array_end(&j);
	json_key(&j, "c");
	json_uint(&j, UINT64_MAX);
	json_object_end(&j);
	expect(&j, "{\"a\":-1,\"b\":[true,{},[],null],\"c\":18446744073709551615}\n");
}

static void
values_at_the_top_stand_on_lines_of_their_own(void **state)
{
	(void)state;
	struct json j = json_open(NULL);
	json_int(&j, INT64_MIN);
	json_array_begin(&j);
	json_array_end(&j);
	json_bool(&j, false);
	expect(&j, "-9223372036854775808\n[]\nfalse\n");
}

static void
text_is_escaped_so_that_it_cannot_end_the_string_or_move_a_terminal(void **state)
{
	(void)state;
	static const struct { const char *text; size_t len; const char *json; } cases[] = {
		{ "plain", 5, "\"plain\"\n" },
		{ "\"},{\"", 5, "\"\\\"},{\\\"\"\n" },
		{ "a\\b", 3, "\"a\\\\b\"\n" },
		{ "\x1b[31m", 5, "\"\\u001b[31m\"\n" },
		{ "a\nb\0c", 5, "\"a\\u000ab\\u0000c\"\n" },
		{ "\x7f", 1, "\"\\u007f\"\n" },
		{ "\xe8\x85\xb0\xe7\x89\x8c", 6, "\"\xe8\x85\xb0\xe7\x89\x8c\"\n" },
		{ "x\xff" "y", 3, "\"x\xef\xbf\xbdy\"\n" },
		{ "\xe8\x85", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"\n" },
		{ "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"\n" },
		{ "", 0, "\"\"\n" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json j = json_open(NULL);
		json_text(&j, (struct bytes){ (const uint8_t *)cases[i].text, cases[i].len });
		expect(&j, cases[i].json);
	}
}

static void
keys_are_escaped_too(void **state)
{
	(void)state;
	struct json j = json_open(NULL);
	json_object_begin(&j);
	json_key(&j, "a\"b");
	json_bool(&j, true);
	json_object_end(&j);
	expect(&j, "{\"a\\\"b\":true}\n");
}

static void
doubles_are_short_and_never_nan(void **state)
{
	(void)state;
	static const struct { double value; const char *json; } cases[] = {
		{ 0, "0\n" }, { 0.5, "0.5\n" }, { -1.25, "-1.25\n" }, { 100, "100\n" }, { 1.0 / 3, "0.333333\n" }, { 1e15, "1000000000000000\n" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json j = json_open(NULL);
		json_double(&j, cases[i].value);
		expect(&j, cases[i].json);
	}
	struct json j = json_open(NULL);
	json_double(&j, (double)NAN);
	json_double(&j, (double)INFINITY);
	expect(&j, "null\nnull\n");
}

static void
a_stream_receives_everything_and_a_failed_write_is_told(void **state)
{
	(void)state;
	FILE *f = tmpfile();
	assert_non_null(f);
	struct json j = json_open(f);
	for (int i = 0; i < 20000; i++)
		json_int(&j, 1000 + i % 9000);
	assert_true(json_close(&j));
	assert_int_equal(ftell(f), 20000 * 5);
	(void)fclose(f);
	f = fopen("/dev/null", "r"); /* cannot be written to */
	assert_non_null(f);
	j = json_open(f);
	json_int(&j, 1);
	assert_false(json_close(&j));
	(void)fclose(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_has_its_commas_where_they_belong),
		cmocka_unit_test(values_at_the_top_stand_on_lines_of_their_own),
		cmocka_unit_test(text_is_escaped_so_that_it_cannot_end_the_string_or_move_a_terminal),
		cmocka_unit_test(keys_are_escaped_too),
		cmocka_unit_test(doubles_are_short_and_never_nan),
		cmocka_unit_test(a_stream_receives_everything_and_a_failed_write_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
