#include "tools/office/lister.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tools/shared/options.h"
#include "tools/shared/terminal.h"

struct lister {
	struct office *office;
	struct list_columns columns;
	size_t chosen[LISTING_COLUMNS_MAX], chosen_n, shown_n;
	struct listing_key keys[LISTING_KEYS_MAX];
	size_t keys_n;
	enum listing_form form;
	bool chinese;
	const char *path;                      /* NULL: standard output */
	char partial[PATH_MAX_LEN];            /* "": written in place */
	FILE *f;
	struct listing *listing;
	struct textbuf cell;
};

bool
list_output_take(struct list_output *x, int c, const char *value)
{
	const char **into = c == OPT_AS ? &x->form : c == OPT_COLUMNS ? &x->columns : c == OPT_SORT ? &x->sort :
	    c == 'o' ? &x->out : c == OPT_LANGUAGE ? &x->language : NULL;
	if (into != NULL)
		*into = value;
	return into != NULL;
}

void
list_columns_print(struct list_columns columns, FILE *f)
{
	(void)fputs("columns (* unless --columns says otherwise, + in a file):", f);
	for (size_t i = 0; i < columns.n; i++) {
		const struct list_column *c = &columns.all[i];
		(void)fprintf(f, "%s%s%s", i % 8 == 0 ? "\n  " : " ", c->key, (c->shown & IN_TABLE) != 0 ? "*" : (c->shown & IN_FILE) != 0 ? "+" : "");
	}
	(void)fputs("\n", f);
}

static enum status
column_find(struct lister *l, const char *option, struct bytes name, size_t *out)
{
	char typed[48], shown[64];
	const char *words[LISTING_COLUMNS_MAX];
	for (size_t i = 0; i < l->columns.n; i++) {
		words[i] = l->columns.all[i].key;
		if (bytes_eq(name, bytes_str(l->columns.all[i].key)) || bytes_eq(name, bytes_str(l->columns.all[i].zh))) {
			*out = i;
			return OK;
		}
	}
	(void)snprintf(typed, sizeof(typed), "%.*s", (int)(name.len < 40 ? name.len : 40), (const char *)name.ptr);
	const char *near = option_nearest(typed, words, l->columns.n);
	return err_set(&l->office->err, ERR_ARGUMENT, "%s: there is no column \"%s\"%s%s%s; --help names them", option,
	    text_escape(name, shown, sizeof(shown)), near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

/* Its place among the chosen; each is chosen once, so there is room for all. */
static size_t
choose(struct lister *l, size_t column)
{
	size_t at = 0;
	while (at < l->chosen_n && l->chosen[at] != column)
		at++;
	if (at == l->chosen_n)
		l->chosen[l->chosen_n++] = column;
	return at;
}

/* The next of the names with commas between them. */
static struct bytes
next_name(const char **at)
{
	size_t n = strcspn(*at, ",");
	struct bytes name = text_trim((struct bytes){ (const uint8_t *)*at, n });
	*at += n + ((*at)[n] == ',');
	return name;
}

static enum status
choose_columns(struct lister *l, const char *names)
{
	size_t column = 0;
	enum status st = OK;
	bool all = names != NULL && strcmp(names, "all") == 0;
	unsigned wanted = l->form == LISTING_TABLE ? IN_TABLE : IN_FILE | IN_TABLE;
	for (size_t i = 0; i < l->columns.n && (names == NULL || all); i++)
		if (all || (l->columns.all[i].shown & wanted) != 0)
			(void)choose(l, i);
	while (st == OK && names != NULL && !all && *names != '\0') {
		st = column_find(l, "--columns", next_name(&names), &column);
		if (st == OK)
			(void)choose(l, column);
	}
	l->shown_n = l->chosen_n;
	return st == OK && l->shown_n == 0 ? err_set(&l->office->err, ERR_ARGUMENT, "--columns: none is named") : st;
}

static enum status
choose_order(struct lister *l, const char *names)
{
	size_t column = 0;
	enum status st = OK;
	while (st == OK && names != NULL && *names != '\0') {
		struct bytes name = next_name(&names);
		struct listing_key key = { .descending = name.len > 0 && name.ptr[0] == '-' };
		name.ptr += key.descending;
		name.len -= key.descending;
		if (l->keys_n == LISTING_KEYS_MAX)
			return err_set(&l->office->err, ERR_ARGUMENT, "--sort: at most %u columns", LISTING_KEYS_MAX);
		st = column_find(l, "--sort", name, &column);
		if (st == OK)
			key.column = choose(l, column);
		l->keys[l->keys_n++] = key;
	}
	return st;
}

static enum status
choose_form(struct lister *l, const struct list_output *x)
{
	static const char *const names[] = { [LISTING_TABLE] = "table", [LISTING_CSV] = "csv", [LISTING_JSON] = "json", [LISTING_JSONL] = "jsonl" };
	l->chinese = terminal_is_chinese();
	if (x->language != NULL) {
		l->chinese = strcmp(x->language, "zh") == 0;
		if (!l->chinese && strcmp(x->language, "en") != 0)
			return err_set(&l->office->err, ERR_ARGUMENT, "--language: zh or en was wanted");
	}
	for (int f = LISTING_TABLE; f <= LISTING_JSONL; f++) {
		if (x->form == NULL || strcmp(x->form, names[f]) == 0) {
			l->form = (enum listing_form)f;
			l->chinese = l->chinese && f <= LISTING_CSV;
			return OK;
		}
	}
	return err_set(&l->office->err, ERR_ARGUMENT, "--as: table, csv, json or jsonl was wanted");
}

/* A regular file appears whole; a pipe or device is written as it is. */
static enum status
open_file(struct lister *l)
{
	struct stat st;
	struct err *err = &l->office->err;
	l->f = stdout;
	if (l->path == NULL)
		return OK;
	bool in_place = stat(l->path, &st) == 0 && !S_ISREG(st.st_mode);
	int n = snprintf(l->partial, sizeof(l->partial), "%s.partial", l->path);
	if (n < 0 || (size_t)n >= sizeof(l->partial))
		return err_set(err, ERR_LIMIT, "the file's name is too long");
	if (in_place)
		l->partial[0] = '\0';
	l->f = fopen(in_place ? l->path : l->partial, "wb");
	if (l->f == NULL) {
		int why = errno;
		l->partial[0] = '\0';
		return err_set(err, ERR_SYSTEM, "cannot write %s: %s", l->path, strerror(why));
	}
	return OK;
}

static enum status
open_listing(struct lister *l)
{
	struct listing_column columns[LISTING_COLUMNS_MAX];
	for (size_t i = 0; i < l->chosen_n; i++) {
		const struct list_column *c = &l->columns.all[l->chosen[i]];
		columns[i] = (struct listing_column){ c->key, l->chinese ? c->zh : c->en, c->type };
	}
	struct listing_terms terms = { .out = l->f, .form = l->form, .columns = columns, .columns_n = l->chosen_n, .shown_n = l->shown_n,
		.keys = l->keys, .keys_n = l->keys_n };
	return listing_open(&terms, &l->listing, &l->office->err);
}

static void
lister_free(struct lister *l)
{
	listing_abandon(l->listing);
	if (l->f != NULL && l->f != stdout)
		(void)fclose(l->f);
	if (l->partial[0] != '\0')
		(void)remove(l->partial);
	textbuf_free(&l->cell);
	free(l);
}

enum status
lister_open(struct office *o, struct list_columns columns, const struct list_output *output, struct lister **out)
{
	assert(columns.n <= LISTING_COLUMNS_MAX);
	struct lister *l = calloc(1, sizeof(*l));
	if (l == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	l->office = o;
	l->columns = columns;
	l->path = output->out != NULL && strcmp(output->out, "-") != 0 ? output->out : NULL;
	enum status st = choose_form(l, output);
	if (st == OK)
		st = choose_columns(l, output->columns);
	if (st == OK)
		st = choose_order(l, output->sort);
	if (st == OK)
		st = open_file(l);
	if (st == OK)
		st = open_listing(l);
	if (st)
		lister_free(l);
	else
		*out = l;
	return st;
}

bool
lister_wants(const struct lister *l, const char *key)
{
	for (size_t i = 0; i < l->chosen_n; i++)
		if (strcmp(l->columns.all[l->chosen[i]].key, key) == 0)
			return true;
	return false;
}

void
lister_row(struct lister *l, const void *row)
{
	for (size_t i = 0; i < l->chosen_n; i++) {
		l->cell.len = 0;
		l->columns.all[l->chosen[i]].fill(row, l->chinese, &l->cell);
		listing_cell(l->listing, (struct bytes){ l->cell.ptr, l->cell.len });
	}
}

enum status
lister_close(struct lister *l, enum status st, uint64_t *rows)
{
	struct err *err = &l->office->err;
	if (rows != NULL)
		*rows = listing_rows(l->listing);
	if (st == OK) {
		bool memory = l->cell.failed;
		st = listing_close(l->listing, err);
		l->listing = NULL;
		if (st == OK && memory)
			st = err_set(err, ERR_SYSTEM, "out of memory");
	}
	if (l->f != stdout) {
		if (fclose(l->f) != 0 && st == OK)
			st = err_set(err, ERR_SYSTEM, "%s could not be written whole: %s", l->path, strerror(errno));
		l->f = NULL;
	}
	if (st == OK && l->partial[0] != '\0') {
		if (rename(l->partial, l->path) != 0)
			st = err_set(err, ERR_SYSTEM, "%s cannot take its place: %s", l->path, strerror(errno));
		else
			l->partial[0] = '\0';
	}
	lister_free(l);
	return st;
}
