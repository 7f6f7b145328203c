/* The parts of a workbook, from the XML that programs write and that none should (tools/office/xlsx_book.h, xml_reader.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "tests/unit/support/scratch.h"
#include "tools/office/xlsx_book.h"

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define STRICT "http://purl.oclc.org/ooxml/spreadsheetml/main"
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define SHEET(rows) "<?xml version=\"1.0\"?><worksheet xmlns=\"" MAIN "\"><sheetData>" rows "</sheetData></worksheet>"
#define STRINGS(items) "<sst xmlns=\"" MAIN "\">" items "</sst>"

/* Fed in pieces of so many bytes. */
static enum status
read_part(enum xlsx_part part, struct xlsx_book *b, struct sheet_rows *rows, struct bytes xml, size_t piece, struct err *err)
{
	struct xlsx_reading *r = NULL;
	*err = (struct err){ .status = OK };
	enum status st = xlsx_open(part, b, rows, "part.xml", &r, err);
	while (st == OK && xml.len > 0) {
		size_t n = xml.len < piece ? xml.len : piece;
		st = xlsx_feed(r, (struct bytes){ xml.ptr, n });
		xml.ptr += n;
		xml.len -= n;
	}
	if (st == OK)
		st = xlsx_finish(r);
	xlsx_close(r);
	return st;
}

/* The rows as text: cells joined by |, rows by /, each with its number; an error in [], a number in (). */
static const char *
shown(const struct sheet_rows *f, char out[400])
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < f->rows_n; i++) {
		n += (size_t)snprintf(out + n, 400 - n, "%s%u:", i > 0 ? "/" : "", f->rows[i].number);
		for (size_t k = 0; k < f->rows[i].n; k++) {
			enum cell_kind kind = sheet_cell_kind(f, &f->rows[i], k);
			struct bytes t = sheet_cell_whole(f, &f->rows[i], k);
			const char *form = kind == CELL_IS_NUMBER ? "%s(%.*s)" : kind == CELL_IS_ERROR ? "%s[%.*s]" : "%s%.*s";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			n += (size_t)snprintf(out + n, 400 - n, form, k > 0 ? "|" : "", BYTES_FMT(t));
#pragma GCC diagnostic pop
		}
	}
	return out;
}

static void
book_of_example(struct xlsx_book *b)
{
	struct err err;
	struct bytes strings = BYTES_LIT(STRINGS("<si><t>姓名</t></si><si><t xml:space=\"preserve\"> 张</t><r><rPr/><t>三</t></r>"
	    "<rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></si><si/><si><r><t>a</t></r><r><t>_x000D_b</t></r></si>"));
	struct bytes styles = BYTES_LIT("<styleSheet xmlns=\"" MAIN "\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy/m/d\"/>"
	    "<numFmt numFmtId=\"165\" formatCode=\"0.0\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
	    "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>");
	*b = (struct xlsx_book){ .sheets_n = 0 };
	assert_int_equal(read_part(XLSX_STRINGS, b, NULL, strings, 7, &err), OK);
	assert_int_equal(read_part(XLSX_STYLES, b, NULL, styles, 7, &err), OK);
}

static void
shared_strings_and_styles_are_read(void **state)
{
	(void)state;
	struct xlsx_book b;
	book_of_example(&b);
	assert_int_equal(b.strings_n, 4);
	assert_true(bytes_eq(xlsx_string(&b, 0), BYTES_LIT("姓名")));
	assert_true(bytes_eq(xlsx_string(&b, 1), BYTES_LIT(" 张三")));
	assert_int_equal(xlsx_string(&b, 2).len, 0);
	assert_true(bytes_eq(xlsx_string(&b, 3), BYTES_LIT("a\rb")));
	assert_int_equal(b.styles_n, 4);
	assert_false(b.style_is_date[0]);
	assert_true(b.style_is_date[1]);
	assert_true(b.style_is_date[2]);
	assert_false(b.style_is_date[3]);
	xlsx_book_free(&b);
	xlsx_book_free(&b);
}

static void
the_workbook_and_its_relations_are_read(void **state)
{
	(void)state;
	struct xlsx_book b = { .sheets_n = 0 };
	struct err err;
	struct bytes workbook = BYTES_LIT("<x:workbook xmlns:x=\"" STRICT "\" xmlns:q=\"http://purl.oclc.org/ooxml/officeDocument/relationships\">"
	    "<x:workbookPr date1904=\"true\"/><x:sheets><x:sheet name=\"说明\" sheetId=\"1\" state=\"veryHidden\" q:id=\"rId1\"/>"
	    "<x:sheet name=\"A &amp; B\" sheetId=\"2\" q:id=\"rId2\"/></x:sheets><o:other xmlns:o=\"urn:o\"><x:sheet name=\"no\" q:id=\"x\"/></o:other>"
	    "</x:workbook>");
	struct bytes relations = BYTES_LIT("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
	    "<Relationship Id=\"rId2\" Type=\"" RELATIONS "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId3\"/></Relationships>");
	assert_int_equal(read_part(XLSX_WORKBOOK, &b, NULL, workbook, 1000, &err), OK);
	assert_int_equal(read_part(XLSX_RELATIONS, &b, NULL, relations, 1000, &err), OK);
	assert_true(b.dates_from_1904);
	assert_int_equal(b.sheets_n, 2);
	assert_true(b.sheets[0].hidden);
	assert_false(b.sheets[1].hidden);
	assert_string_equal(b.sheets[1].name, "A & B");
	assert_string_equal(b.sheets[1].relation, "rId2");
	assert_int_equal(b.relations.n, 1);
	assert_string_equal(b.relations.items[0].type, "worksheet");
	xlsx_book_free(&b);
}

static void
cells_of_every_kind_are_read(void **state)
{
	(void)state;
	const struct { struct bytes xml; const char *rows; } cases[] = {
		{ BYTES_LIT(SHEET("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>")), "1:姓名| 张三" },
		{ BYTES_LIT(SHEET("<row r=\"3\"><c r=\"C3\" t=\"inlineStr\"><is><t>x</t><rPh><t>p</t></rPh><r><t>y</t></r></is></c></row>")), "3:||xy" },
		{ BYTES_LIT(SHEET("<row><c><v>1</v></c><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"e\"><v>#N/A</v></c></row>")),
		    "1:(1)|TRUE|FALSE|[#N/A]" },
		{ BYTES_LIT(SHEET("<row r=\"2\"/><row><c t=\"str\"><f>A1&amp;\"!\"</f><v>a!</v></c><c><f>1+1</f><v>2</v></c></row>")), "3:a!|(2)" },
		{ BYTES_LIT(SHEET("<row><c s=\"1\"><v>45296</v></c><c s=\"2\"><v>45296</v></c><c s=\"3\"><v>45296</v></c><c s=\"9\"><v>45296</v></c></row>")),
		    "1:2024-01-05|2024-01-05|(45296)|(45296)" },
		{ BYTES_LIT(SHEET("<row><c t=\"d\"><v>2024-01-05</v></c><c><v>3.7010219900101E+17</v></c></row>")), "1:2024-01-05|(370102199001010000)" },
		{ BYTES_LIT(SHEET("<row><c r=\"A1\"/><c r=\"D1\"><v>4</v></c><c r=\"XFD1\" s=\"1\"/></row>")), "1:|||(4)" },
		{ BYTES_LIT(SHEET("<row r=\"7\"><c r=\"A7\" t=\"s\"><v>2</v></c></row><row r=\"1048576\"><c><v>x</v></c></row>")), "1048576:x" },
		{ BYTES_LIT("<s:worksheet xmlns:s=\"" STRICT "\"><s:cols/><s:sheetData><s:row><s:c t=\"inlineStr\"><s:is><s:t>x</s:t></s:is></s:c></s:row>"
		    "</s:sheetData><s:row><s:c><s:v>9</s:v></s:c></s:row></s:worksheet>"), "1:x" },
		{ BYTES_LIT(SHEET("<row><c><v>1</v><o:x xmlns:o=\"urn:o\"><v>2</v></o:x></c><extLst><c><v>3</v></c></extLst></row>")), "1:(1)|(3)" },
		{ BYTES_LIT(SHEET("<row><c t=\"inlineStr\"><is><t>&lt;&#x59D3;&gt;</t></is></c></row>")), "1:<姓>" },
	};
	struct xlsx_book b;
	book_of_example(&b);
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t piece = 1; piece < 2000; piece += 1 + piece * 5) {
			struct sheet_rows f = { .rows_n = 0 };
			struct err err;
			char text[400];
			if (read_part(XLSX_SHEET, &b, &f, cases[i].xml, piece, &err) != OK)
				fail_msg("case %zu: %s", i, err.text);
			if (strcmp(shown(&f, text), cases[i].rows) != 0)
				fail_msg("case %zu: %s", i, text);
			sheet_rows_free(&f);
		}
	}
	xlsx_book_free(&b);
}

static void
what_no_program_writes_is_refused(void **state)
{
	(void)state;
	const struct { enum xlsx_part part; struct bytes xml; const char *says; } cases[] = {
		{ XLSX_SHEET, BYTES_LIT("<!DOCTYPE worksheet [<!ENTITY a \"b\">]>" SHEET("")), "declares a document type" },
		{ XLSX_SHEET, BYTES_LIT("<!DOCTYPE worksheet SYSTEM \"file:///etc/passwd\">" SHEET("")), "declares a document type" },
		{ XLSX_STRINGS, BYTES_LIT("<!DOCTYPE sst>" STRINGS("")), "declares a document type" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c t=\"str\"><v>&a;</v></c></row>")), "damaged: undefined entity" },
		{ XLSX_SHEET, BYTES_LIT("<worksheet xmlns=\"" MAIN "\"><sheetData>"), "damaged: no element found" },
		{ XLSX_SHEET, BYTES_LIT("PK"), "damaged" },
		{ XLSX_SHEET, BYTES_LIT(""), "damaged" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row r=\"2\"/><row r=\"2\"/>")), "after row 2 is numbered \"2\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row r=\"0\"/>")), "numbered \"0\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row r=\"x\"/>")), "numbered \"x\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row r=\"1048577\"/>")), "numbered \"1048577\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c r=\"B1\"/><c r=\"B1\"/></row>")), "called \"B1\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c r=\"1\"/></row>")), "called \"1\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c r=\"XFE1\"/></row>")), "called \"XFE1\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c r=\"AAAA1\"/></row>")), "called \"AAAA1\"" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c t=\"s\"><v>4</v></c></row>")), "shared string" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c t=\"s\"><v>-1</v></c></row>")), "shared string" },
		{ XLSX_SHEET, BYTES_LIT(SHEET("<row><c r=\"DY1\"><v>1</v></c></row>")), "beyond its first 128 columns" },
		{ XLSX_WORKBOOK, BYTES_LIT("<workbook xmlns=\"" MAIN "\"><sheets><sheet name=\"x\"/></sheets></workbook>"), "no name or relation" },
	};
	struct xlsx_book b;
	book_of_example(&b);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sheet_rows f = { .rows_n = 0 };
		struct err err;
		if (read_part(cases[i].part, &b, &f, cases[i].xml, 1000, &err) == OK || strstr(err.text, cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, err.text);
		sheet_rows_free(&f);
	}
	xlsx_book_free(&b);
}

/* head, then so many times what, then tail. */
static struct bytes
many(const char *head, const char *what, size_t n, const char *tail)
{
	size_t len = strlen(head) + n * strlen(what) + strlen(tail), at = strlen(head);
	char *text = malloc(len + 1);
	assert_non_null(text);
	memcpy(text, head, at);
	for (size_t i = 0; i < n; i++, at += strlen(what))
		memcpy(text + at, what, strlen(what));
	memcpy(text + at, tail, strlen(tail) + 1);
	return (struct bytes){ (const uint8_t *)text, len };
}

static void
assert_limit(enum xlsx_part part, const char *head, const char *what, size_t most, const char *tail, bool whole)
{
	for (size_t past = 0; past < 2; past++) {
		struct xlsx_book b = { .sheets_n = 0 };
		struct sheet_rows f = { .rows_n = 0 };
		struct err err;
		struct bytes xml = many(head, what, most + past, tail);
		enum status st = read_part(part, &b, &f, xml, 65536, &err);
		if (past == 1 ? st != ERR_LIMIT : st == ERR_LIMIT || (whole && st != OK))
			fail_msg("%zu times %s: %d, %s", most + past, what, (int)st, err.text);
		free((void *)(uintptr_t)xml.ptr);
		sheet_rows_free(&f);
		xlsx_book_free(&b);
	}
}

static void
everything_is_bounded(void **state)
{
	(void)state;
	assert_limit(XLSX_SHEET, "<worksheet xmlns=\"" MAIN "\">", "<a>", XML_DEPTH_MAX - 1, "", false);
	assert_limit(XLSX_STRINGS, "<sst xmlns=\"" MAIN "\"><si><t>", "x", SHEET_CELL_LEN_MAX, "</t></si></sst>", true);
	assert_limit(XLSX_STYLES, "<styleSheet xmlns=\"" MAIN "\"><cellXfs>", "<xf/>", XLSX_STYLES_MAX, "</cellXfs></styleSheet>", true);
	assert_limit(XLSX_WORKBOOK, "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELATIONS "\"><sheets>", "<sheet name=\"x\" r:id=\"y\"/>", XLSX_SHEETS_MAX,
	    "</sheets></workbook>", true);
	assert_limit(XLSX_RELATIONS, "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
	    "<Relationship Id=\"a\" Type=\"b\" Target=\"c\"/>", (size_t)XLSX_SHEETS_MAX * 2, "</Relationships>", true);
	struct xlsx_book b = { .sheets_n = 0 };
	struct sheet_rows f = { .rows_n = 0 };
	struct err err;
	struct bytes xml = many("<worksheet xmlns=\"" MAIN "\" a=\"", "x", 4u * XML_TOKEN_LEN_MAX, "\"/>");
	assert_int_equal(read_part(XLSX_SHEET, &b, &f, xml, 65536, &err), ERR_LIMIT);
	assert_non_null(strstr(err.text, "a tag of more than"));
	free((void *)(uintptr_t)xml.ptr);
	xml = many("<worksheet xmlns=\"" MAIN "\" a=\"", "x", XML_TOKEN_LEN_MAX - 200, "\"/>");
	assert_int_equal(read_part(XLSX_SHEET, &b, &f, xml, 65536, &err), OK);
	free((void *)(uintptr_t)xml.ptr);
	b.strings_n = XLSX_STRINGS_MAX;
	assert_int_equal(read_part(XLSX_STRINGS, &b, NULL, BYTES_LIT(STRINGS("<si/>")), 100, &err), ERR_LIMIT);
	b.strings_n = 0;
	b.strings_len = XLSX_STRINGS_LEN_MAX;
	assert_int_equal(read_part(XLSX_STRINGS, &b, NULL, BYTES_LIT(STRINGS("<si><t>x</t></si>")), 100, &err), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_strings_and_styles_are_read),
		cmocka_unit_test(the_workbook_and_its_relations_are_read),
		cmocka_unit_test(cells_of_every_kind_are_read),
		cmocka_unit_test(what_no_program_writes_is_refused),
		cmocka_unit_test(everything_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
