/* Cells of CSV files that a spreadsheet must not run (tools/shared/csvtext.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/scratch.h"
#include "tools/shared/csvtext.h"

static void
a_cell_is_quoted_and_made_inert_where_needed(void **state)
{
	(void)state;
	static const struct { const char *cell, *written; } cases[] = {
		{ "", "" },
		{ "张三", "张三" },
		{ "370102", "370102" },
		{ "'370102", "'370102" },        /* a clerk's apostrophe is no formula: it stays as it is */
		{ "a,b", "\"a,b\"" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "a\nb", "\"a\nb\"" },
		{ " a", "\" a\"" },
		{ "a\t", "\"a\t\"" },
		{ "a b", "a b" },
		{ "a=b", "a=b" },
		{ "=1+1", "\"'=1+1\"" },
		{ "=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"" },
		{ "+86", "\"'+86\"" },
		{ "-1", "\"'-1\"" },
		{ "@x", "\"'@x\"" },
		{ "\tx", "\"'\tx\"" },
		{ "\rx", "\"'\rx\"" },
		{ "\nx", "\"'\nx\"" },
		{ "'=1", "\"''=1\"" },           /* or it could not be told from =1 */
		{ "''-1", "\"'''-1\"" },
		{ "'", "'" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct textbuf t = { 0 };
		csv_add_cell(&t, bytes_str(cases[i].cell), true);
		if (!bytes_eq((struct bytes){ t.ptr, t.len }, bytes_str(cases[i].written)))
			fail_msg("case %zu: %.*s", i, (int)t.len, (const char *)t.ptr);
		textbuf_free(&t);
	}
}

/* The text of one written cell, without its quotation marks. */
static struct bytes
unquoted(struct textbuf *t)
{
	size_t n = 0;
	if (t->len == 0 || t->ptr[0] != '"')
		return (struct bytes){ t->ptr, t->len };
	for (size_t i = 1; i + 1 < t->len; i++) {
		t->ptr[n++] = t->ptr[i];
		i += t->ptr[i] == '"';
	}
	return (struct bytes){ t->ptr, n };
}

static void
what_was_made_inert_is_undone_exactly(void **state)
{
	(void)state;
	static const char letters[] = "'=+-@\t\r\n\"a,";
	enum { LETTERS = sizeof(letters) - 1, LEN = 4 };
	for (unsigned code = 0; code < LETTERS * LETTERS * LETTERS * LETTERS; code++) {
		uint8_t cell[LEN];
		unsigned rest = code;
		for (size_t i = 0; i < LEN; i++, rest /= LETTERS)
			cell[i] = (uint8_t)letters[rest % LETTERS];
		for (size_t n = 0; n <= LEN; n++) {
			struct textbuf t = { 0 };
			csv_add_cell(&t, (struct bytes){ cell, n }, true);
			assert_true(bytes_eq(csv_cell_undone(unquoted(&t)), (struct bytes){ cell, n }));
			textbuf_free(&t);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_is_quoted_and_made_inert_where_needed),
		cmocka_unit_test(what_was_made_inert_is_undone_exactly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
