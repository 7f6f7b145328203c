#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/body_cache.h"
#include "registry/identifier.h"
#include "tools/office/commands.h"
#include "tools/office/refusals.h"
#include "tools/office/seen.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai import bodies|holders|moderators FILE [--errors FILE] [--strict] [--dry-run] [--operator NAME] [--json]\n"
    "Enter a spreadsheet: CSV in UTF-8, with or without BOM, Chinese headings in any order.\n"
    "  --errors FILE  write the refused rows there (mode 0600), to be mended and imported again\n"
    "  --strict       refuse the whole file if any row is wrong\n"
    "  --dry-run      enter nothing, only tell what would happen\n"
    "  --json         the summary as JSON\n"
    "Exit: 0 done, 1 some rows were refused, 2 could not (nothing of the file was entered, or what was committed stays).\n";

enum { TRANSACTION_ROWS = 65536, PROGRESS_EVERY = 4096 };

struct import {
	struct office *office;
	enum sheet sheet;
	const char *path, *errors_path;
	bool strict, dry_run, as_json;
	struct csv_file file;
	struct columns columns;
	struct divisions divisions;
	struct row_rules rules;
	struct refusals refusals;
	bool *bad;                             /* by row: refused while it was read */
	uint64_t added, updated, unchanged, name_differs, uscc_odd;
	struct batch batch;
	struct progress progress;
};

/* ---- reading every row, before anything is entered ---- */

static enum status
refuse(struct import *x, size_t i, const struct row_error *e)
{
	x->bad[i] = true;
	refusals_add(&x->refusals, &x->file.rows[i], e);
	return OK;
}

static void
refuse_twice(struct import *x, size_t i, enum column c, const char *value, size_t before)
{
	struct row_error e = { .column = c };
	(void)snprintf(e.value, sizeof(e.value), "%s", value);
	(void)err_set(&e.err, ERR_CONFLICT, "it stands in row %zu already", x->file.rows[before].number);
	(void)refuse(x, i, &e);
}

struct memory { struct seen idnumbers, numbers; char (*texts)[IDNUMBER_LEN + 1]; char (*given)[NUMBER_LEN_MAX + 1]; };

static bool
is_void(const struct entries *e)
{
	return e->carried == ACTION_CANCEL || e->carried == ACTION_REVOKE || e->carried == ACTION_WITHDRAW;
}

/* A number twice in one file, or one person twice among its live rows. */
static bool
is_doubled(struct import *x, struct memory *m, const struct holder_row *row, size_t i)
{
	char masked[IDNUMBER_LEN + 1];
	struct bytes number = row->entries.number;
	if (number.len > 0) {
		memcpy(m->given[i], row->number, sizeof(row->number));
		size_t before = seen_add(&m->numbers, (struct bytes){ (const uint8_t *)m->given[i], number.len }, i);
		if (before != 0) {
			refuse_twice(x, i, COLUMN_NUMBER, m->given[i], before);
			return true;
		}
	}
	if (is_void(&row->entries))
		return false;
	memcpy(m->texts[i], row->idnumber, sizeof(row->idnumber));
	size_t before = seen_add(&m->idnumbers, bytes_str(m->texts[i]), i);
	if (before != 0)
		refuse_twice(x, i, COLUMN_IDNUMBER, idnumber_mask(bytes_str(m->texts[i]), masked), before);
	return before != 0;
}

static enum status
memory_open(struct memory *m, size_t rows)
{
	m->texts = calloc(rows, sizeof(*m->texts));
	m->given = calloc(rows, sizeof(*m->given));
	if (m->texts == NULL || m->given == NULL || seen_open(&m->idnumbers, rows) != OK)
		return ERR_SYSTEM;
	return seen_open(&m->numbers, rows);
}

static void
memory_close(struct memory *m, size_t rows)
{
	if (m->texts != NULL)
		secret_wipe(m->texts, rows * sizeof(*m->texts));
	free(m->texts);
	free(m->given);
	seen_close(&m->idnumbers);
	seen_close(&m->numbers);
}

static enum status
check_holders(struct import *x)
{
	struct memory m = { .texts = NULL };
	struct holder_row row;
	enum status st = memory_open(&m, x->file.rows_n);
	for (size_t i = 1; st == OK && i < x->file.rows_n; i++) {
		struct row_error e = { .column = COLUMN_COUNT };
		if (row_holder(&x->columns, &x->file, &x->file.rows[i], &x->rules, &row, &e) != OK) {
			st = refuse(x, i, &e);
			continue;
		}
		x->name_differs += row.name_differs;
		x->uscc_odd += row.uscc_odd;
		(void)is_doubled(x, &m, &row, i);
	}
	secret_wipe(&row, sizeof(row));
	memory_close(&m, x->file.rows_n);
	return st ? err_set(&x->office->err, st, "out of memory") : OK;
}

static enum status
check_bodies(struct import *x)
{
	struct seen seen = { .cap = 0 };
	struct body_row row;
	enum status st = seen_open(&seen, x->file.rows_n);
	for (size_t i = 1; st == OK && i < x->file.rows_n; i++) {
		struct row_error e = { .column = COLUMN_COUNT };
		if (row_body(&x->columns, &x->file, &x->file.rows[i], &x->rules, &row, &e) != OK) {
			st = refuse(x, i, &e);
			continue;
		}
		char uscc[USCC_LEN + 1];
		(void)snprintf(uscc, sizeof(uscc), "%.*s", BYTES_FMT(row.body.uscc));
		x->uscc_odd += row.uscc_odd;
		size_t before = seen_add(&seen, row.body.uscc, i);
		if (before != 0)
			refuse_twice(x, i, COLUMN_USCC, uscc, before);
	}
	seen_close(&seen);
	return st ? err_set(&x->office->err, st, "out of memory") : OK;
}

/* ---- entering ---- */

static enum status
enter_row(struct import *x, const struct csv_row *row, struct row_error *e)
{
	enum entered what = ENTERED_UNCHANGED;
	struct holder_row holder;
	struct body_row body;
	uint64_t id = 0;
	enum status st;
	if (x->sheet == SHEET_BODIES) {
		st = row_body(&x->columns, &x->file, row, &x->rules, &body, e);
		if (st == OK)
			st = enter_body(&x->batch, &body.body, &what, &e->err);
	} else {
		st = row_holder(&x->columns, &x->file, row, &x->rules, &holder, e);
		if (st == OK)
			st = enter_holder(&x->batch, &holder.entries, bytes_str(holder.idnumber), &what, &id, &e->err);
		secret_wipe(holder.idnumber, sizeof(holder.idnumber));
	}
	if (st)
		return st;
	x->added += what == ENTERED_NEW;
	x->updated += what == ENTERED_UPDATED;
	x->unchanged += what == ENTERED_UNCHANGED;
	return OK;
}

static bool
is_of_the_row(enum status st)
{
	return st == ERR_CONFLICT || st == ERR_NOT_FOUND || st == ERR_FORMAT || st == ERR_ARGUMENT;
}

static enum status
begin(struct import *x)
{
	return batch_begin(x->office->registry, x->sheet != SHEET_BODIES, office_operator(x->office), clock_unix_ms(), &x->batch,
	    &x->office->err);
}

static enum status
commit_and_go_on(struct import *x, bool more)
{
	if (x->dry_run || x->strict) /* one transaction for the whole file */
		return OK;
	enum status st = batch_commit(&x->batch, &x->office->err);
	return st == OK && more ? begin(x) : st;
}

static enum status
enter_all(struct import *x)
{
	struct office *o = x->office;
	size_t in_transaction = 0;
	enum status st = begin(x);
	for (size_t i = 1; st == OK && i < x->file.rows_n; i++) {
		struct row_error e = { .column = COLUMN_COUNT };
		if (i % PROGRESS_EVERY == 0)
			progress_add(&x->progress, PROGRESS_EVERY);
		if (x->bad[i])
			continue;
		enum status row = enter_row(x, &x->file.rows[i], &e);
		if (row != OK && (!is_of_the_row(row) || x->batch.txn.status || x->batch.sealed.status))
			st = err_set(&o->err, row, "%s row %zu: %s", x->path, x->file.rows[i].number, e.err.text);
		else if (row != OK)
			st = refuse(x, i, &e);
		if (st == OK && ++in_transaction == TRANSACTION_ROWS) {
			st = commit_and_go_on(x, true);
			in_transaction = 0;
		}
	}
	if (st == OK && !x->dry_run && !(x->strict && x->refusals.n > 0))
		st = batch_commit(&x->batch, &o->err);
	batch_end(&x->batch);
	return st;
}

static enum status
say_strict(struct import *x)
{
	return err_set(&x->office->err, ERR_CONFLICT, "%s: %llu of %zu rows are wrong and --strict was given: nothing was entered", x->path,
	    (unsigned long long)x->refusals.n, x->file.rows_n - 1);
}

static enum status
load_bodies(struct import *x)
{
	struct txn t = { 0 };
	enum status st = txn_begin_read(registry_store(x->office->registry), &t);
	if (st == OK)
		st = body_cache_open(&t, clock_unix_s(), &x->rules.bodies);
	txn_end(&t);
	return st ? err_set(&x->office->err, st, "the bodies cannot be read: %s", status_text(st)) : OK;
}

static enum status
load_rules(struct import *x)
{
	struct office *o = x->office;
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, "divisions.csv", path);
	if (st == OK)
		st = divisions_load(access(path, F_OK) == 0 ? path : NULL, &x->divisions, &o->err);
	x->rules.divisions = &x->divisions;
	if (st == OK && x->sheet != SHEET_BODIES)
		st = load_bodies(x);
	enum credential_kind kind = x->sheet == SHEET_MODERATORS ? KIND_MODERATOR : KIND_ENFORCEMENT;
	x->rules.number_template = bytes_str(o->config.number_template[kind]);
	return st;
}

static enum status
import_rows(struct import *x)
{
	struct office *o = x->office;
	enum status st = columns_match(x->sheet, &x->file, &x->columns, &o->err);
	if (st)
		return err_in(&o->err, st, "%s", x->path);
	x->bad = calloc(x->file.rows_n, sizeof(*x->bad));
	if (x->bad == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	refusals_open(&x->refusals, x->path, &x->file, x->sheet, x->errors_path != NULL);
	st = x->sheet == SHEET_BODIES ? check_bodies(x) : check_holders(x);
	bool stop = x->strict && x->refusals.n > 0;
	progress_start(&x->progress, "importing", x->file.rows_n - 1, office_progress(o));
	if (st == OK && !stop)
		st = enter_all(x);
	progress_add(&x->progress, (x->file.rows_n - 1) % PROGRESS_EVERY);
	progress_end(&x->progress);
	enum status told = refusals_end(&x->refusals, x->errors_path, &o->err);
	if (st == OK && x->strict && x->refusals.n > 0 && !x->dry_run)
		st = say_strict(x);
	return st ? st : told;
}

static void
report(const struct import *x)
{
	if (x->as_json) {
		struct json j = json_open(stdout);
		json_object_begin(&j);
		json_key(&j, "rows"), json_uint(&j, x->file.rows_n - 1);
		json_key(&j, "new"), json_uint(&j, x->added);
		json_key(&j, "updated"), json_uint(&j, x->updated);
		json_key(&j, "unchanged"), json_uint(&j, x->unchanged);
		json_key(&j, "refused"), json_uint(&j, x->refusals.n);
		json_key(&j, "dry_run"), json_bool(&j, x->dry_run);
		json_key(&j, "body_names_differ"), json_uint(&j, x->name_differs);
		json_key(&j, "uscc_check_fails"), json_uint(&j, x->uscc_odd);
		json_object_end(&j);
		(void)json_close(&j);
		return;
	}
	(void)printf("%s%llu new, %llu updated, %llu unchanged, %llu refused\n", x->dry_run ? "dry run: " : "", (unsigned long long)x->added,
	    (unsigned long long)x->updated, (unsigned long long)x->unchanged, (unsigned long long)x->refusals.n);
	if (x->name_differs > 0)
		(void)printf("warning: in %llu rows 所在单位 differs from the registered name of the body with that code\n",
		    (unsigned long long)x->name_differs);
	if (x->uscc_odd > 0)
		(void)printf("warning: in %llu rows the check character of the unified social credit code does not fit\n",
		    (unsigned long long)x->uscc_odd);
}

static int
import(struct import *x)
{
	struct office *o = x->office;
	enum status st = office_open(o, STORE_WRITE, true);
	if (st == OK)
		st = csv_load(x->path, &x->file, &o->err);
	if (st == OK)
		st = load_rules(x);
	if (st == OK)
		st = import_rows(x);
	if (st == OK)
		report(x);
	int code = st ? office_failed(o, "import") : x->refusals.n > 0 ? EXIT_REFUSED : EXIT_DONE;
	refusals_close(&x->refusals);
	if (x->file.text != NULL)
		secret_wipe(x->file.text, x->file.text_n);
	csv_file_free(&x->file);
	body_cache_close(x->rules.bodies);
	divisions_free(&x->divisions);
	free(x->bad);
	return code;
}

int
cmd_import(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "errors", 1, NULL, 'e' }, { "strict", 0, NULL, 's' }, { "dry-run", 0, NULL, 'n' },
		{ "operator", 1, NULL, 'o' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct import x = { .office = o };
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'e': x.errors_path = optarg; break;
		case 's': x.strict = true; break;
		case 'n': x.dry_run = true; break;
		case 'j': x.as_json = true; break;
		case 'o':
			if (office_set_operator(o, optarg) != OK)
				return office_failed(o, "import");
			break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	for (int s = SHEET_BODIES; optind + 2 == argc && s <= SHEET_MODERATORS; s++)
		if (strcmp(argv[optind], sheet_name((enum sheet)s)) == 0)
			x.sheet = (enum sheet)s;
	if (x.sheet == 0)
		return office_usage(usage, false);
	x.path = argv[optind + 1];
	return import(&x);
}
