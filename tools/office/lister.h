/* lister.h -- what list, expiring and announce share: columns with names in two languages, the options that choose among them, and a
 * file that is written whole or not at all.
 *
 * Headings and words are Chinese where the user's language is, and by --language; JSON is always English. */
#ifndef OFFICE_LISTER_H
#define OFFICE_LISTER_H

#include <getopt.h>

#include "tools/office/office.h"
#include "tools/shared/listing.h"
#include "tools/shared/textbuf.h"

enum { IN_TABLE = 1, IN_FILE = 2 };            /* shown unless --columns says otherwise: on the screen, in CSV and JSON */
struct list_column {
	const char *key, *en, *zh;             /* key: for --columns, --sort and JSON */
	enum cell_type type;
	unsigned shown;
	void (*fill)(const void *row, bool chinese, struct textbuf *out);   /* nothing added: empty */
};
struct list_columns { const struct list_column *all; size_t n; };

struct list_output {                           /* as typed; zeroed = defaults */
	const char *form, *columns, *sort, *out, *language;
};
enum { OPT_AS = 1000, OPT_COLUMNS, OPT_SORT, OPT_LANGUAGE, OPT_FIRST_FREE };
#define LIST_OUTPUT_OPTIONS { "as", 1, NULL, OPT_AS }, { "columns", 1, NULL, OPT_COLUMNS }, { "sort", 1, NULL, OPT_SORT }, \
	{ "output", 1, NULL, 'o' }, { "language", 1, NULL, OPT_LANGUAGE }
#define LIST_OUTPUT_USAGE \
    "  --as FORM          table (the default), csv (for Excel), json (an array) or jsonl (an object a line)\n" \
    "  --columns A,B      which columns, in this order; all: every one\n" \
    "  --sort A,-B        by these columns, - for descending (unsorted: in order of entry, and in bounded memory)\n" \
    "  -o, --output FILE  into this file, which appears only when it is whole\n" \
    "  --language zh|en   of headings and words in a table or CSV (else by LANG)\n"
bool list_output_take(struct list_output *x, int c, const char *value);    /* false: not one of these options */

struct lister;
/* ERR_ARGUMENT names the column, form or language that there is not. */
MUST_CHECK enum status lister_open(struct office *o, struct list_columns columns, const struct list_output *output, struct lister **out);
bool lister_wants(const struct lister *l, const char *key);    /* is this column written or sorted by? */
void lister_row(struct lister *l, const void *row);
/* st != OK: what was written is thrown away, and st returned.  *rows may be NULL. */
MUST_CHECK enum status lister_close(struct lister *l, enum status st, uint64_t *rows);
void list_columns_print(struct list_columns columns, FILE *f);  /* for --help */

#endif
