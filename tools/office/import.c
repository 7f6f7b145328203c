#include "tools/office/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "registry/body_cache.h"
#include "tools/shared/json.h"

enum { TRANSACTION_ROWS = 65536, PROGRESS_EVERY = 4096 };

void
import_count(struct import *x, enum entered what)
{
	x->added += what == ENTERED_NEW;
	x->updated += what == ENTERED_UPDATED;
	x->unchanged += what == ENTERED_UNCHANGED;
}

/* What a file of bodies without the column says nothing of. */
static void
keep_absent_of_body(const struct columns *c, const struct body *before, struct body *b)
{
	bool same_kind = before->kind == b->kind;
	enum column authority = b->kind == BODY_AUTHORISED ? COLUMN_LAW : COLUMN_AUTHORITY;
	if (c->at[COLUMN_DIVISION] < 0)
		b->division = before->division;
	if (c->at[COLUMN_MATTERS] < 0 && same_kind)
		b->matters = before->matters;
	if (c->at[authority] < 0 && same_kind)
		b->authority = before->authority;
	if (c->at[COLUMN_ENTRUSTMENT_DOCUMENT] < 0 && same_kind)
		b->document = before->document;
	if (c->at[COLUMN_ENTRUSTMENT_PUBLISHED] < 0 && same_kind)
		b->published_unix_s = before->published_unix_s;
}

static enum status
enter_body_row(struct import *x, size_t i, enum entered *what, struct row_error *e)
{
	struct body_row body;
	struct body_before before;
	enum status st = row_body(&x->columns, &x->file, &x->file.rows[i], &x->rules, &body, e);
	if (st == OK)
		import_body_before(x, body.body.uscc, &before);
	if (st == OK && before.is_known)
		keep_absent_of_body(&x->columns, &before.body, &body.body);
	if (st == OK)
		st = enter_body(&x->batch, &body.body, what, &e->err);
	if (st == OK)
		import_tell_body(x, i, *what, &before, &body.body);
	return st;
}

static enum status
enter_holder_row(struct import *x, size_t i, enum entered *what, struct row_error *e)
{
	struct holder_row holder;
	struct enter_holder_over over;
	uint64_t id = 0;
	over.absent = x->absent;
	enum status st = row_holder(&x->columns, &x->file, &x->file.rows[i], &x->rules, &holder, e);
	if (st == OK)
		st = enter_holder_over(&x->batch, &holder.entries, bytes_str(holder.idnumber), &over, what, &id, &e->err);
	secret_wipe(holder.idnumber, sizeof(holder.idnumber));
	if (st)
		return st;
	import_mark_present(x, id);
	return import_tell_holder(x, i, *what, id, over.before);
}

static enum status
enter_device_row(struct import *x, size_t i, enum entered *what, struct row_error *e)
{
	struct attached attached;
	enum status st = attach_device(&x->batch, x->owners, &x->devices[i].row, &attached, &e->err);
	if (st)
		return st;
	*what = attached.what;
	if (attached.has_old_credential)
		reissue_add(&x->reissue, attached.holder_id);
	return OK;
}

/* A name that is given must be the holder's: a slip in the number would review somebody else. */
static enum status
check_name(struct import *x, const struct review_row *r, struct row_error *e)
{
	struct holder h;
	struct entries entries;
	if (r->name.len == 0 || holder_by_number(&x->batch.txn, r->number, &h) != OK || holder_entries(&x->batch.txn, &h, &entries) != OK)
		return OK; /* what else is wrong is told by the review */
	if (bytes_eq(r->name, entries.name))
		return OK;
	return err_set(&e->err, ERR_CONFLICT, "certificate %.*s is held by someone of another name; correct the number or the name",
	    BYTES_FMT(h.number));
}

static enum status
enter_review_row(struct import *x, const struct sheet_row *row, enum entered *what, struct row_error *e)
{
	struct review_row r;
	enum status st = row_review(&x->columns, &x->file, row, &x->rules, &r, e);
	if (st == OK)
		st = check_name(x, &r, e);
	return st ? st : review_certificate(&x->batch, r.number, &r.review, what, &e->err);
}

static enum status
enter_row(struct import *x, size_t i, struct row_error *e)
{
	enum entered what = ENTERED_UNCHANGED;
	enum status st = x->sheet == SHEET_BODIES ? enter_body_row(x, i, &what, e)
	    : x->sheet == SHEET_REVIEWS ? enter_review_row(x, &x->file.rows[i], &what, e)
	    : x->sheet == SHEET_DEVICES ? enter_device_row(x, i, &what, e) : enter_holder_row(x, i, &what, e);
	if (st == OK)
		import_count(x, what);
	return st;
}

bool
import_is_of_the_row(enum status st)
{
	return st == ERR_CONFLICT || st == ERR_NOT_FOUND || st == ERR_FORMAT || st == ERR_ARGUMENT;
}

static enum status
begin(struct import *x)
{
	struct office *o = x->office;
	bool needs_sealed = sheet_kind(x->sheet) != 0;
	enum status st = batch_begin(o->registry, needs_sealed, office_operator(o), clock_unix_ms(), &x->batch, &o->err);
	if (st || x->sheet != SHEET_DEVICES)
		return st;
	device_index_close(x->owners); /* another writer may have come in between two transactions */
	x->owners = NULL;
	st = device_index_open(&x->batch.txn, &x->owners);
	return st ? err_set(&o->err, st, "the devices recorded so far cannot be read: %s", status_text(st)) : OK;
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
		enum status row = enter_row(x, i, &e);
		if (row != OK && (!import_is_of_the_row(row) || x->batch.txn.status || x->batch.sealed.status))
			st = err_set(&o->err, row, "%s row %u: %s", x->path, x->file.rows[i].number, e.err.text);
		else if (row != OK)
			import_refuse(x, i, &e);
		if (st == OK && ++in_transaction == office_transaction_rows(o, TRANSACTION_ROWS)) {
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
	x->rules.fields = &o->config.fields;
	x->rules.repairs = &x->repairs;
	enum credential_kind kind = sheet_kind(x->sheet);
	if (st == OK && kind != 0)
		st = load_bodies(x);
	if (kind != 0 && kind != KIND_MINISTRY)
		x->rules.number_template = bytes_str(o->config.number_template[kind]);
	return st;
}

/* What a file without the column says nothing of. */
static unsigned
absent_columns(const struct columns *c)
{
	static const struct { enum column column; unsigned entry; } all[] = { { COLUMN_SEX, ENTRY_SEX }, { COLUMN_POST, ENTRY_POST },
		{ COLUMN_STAFF, ENTRY_STAFF }, { COLUMN_ISSUED_ON, ENTRY_ISSUED_ON }, { COLUMN_VALID_UNTIL, ENTRY_VALID_UNTIL },
		{ COLUMN_STATUS, ENTRY_STATUS }, { COLUMN_REMARKS, ENTRY_REMARKS }, { COLUMN_TRAINED_ON, ENTRY_TRAINED_ON },
		{ COLUMN_EXAMINED_ON, ENTRY_EXAMINED_ON } };
	unsigned absent = 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		absent |= c->at[all[i].column] < 0 ? all[i].entry : 0;
	return absent;
}

static enum status
import_rows(struct import *x)
{
	struct office *o = x->office;
	enum status st = columns_match(x->sheet, &x->mapping, &x->file, &x->columns, &o->err);
	if (st)
		return err_in(&o->err, st, "%s", x->path);
	x->absent = absent_columns(&x->columns);
	x->bad = calloc(x->file.rows_n, sizeof(*x->bad));
	if (x->bad == NULL)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	refusals_open(&x->refusals, x->path, &x->file, &x->columns, x->errors_path != NULL);
	st = import_check(x);
	x->repairs.silent = true;
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

enum status
import_reissue(struct import *x)
{
	if (x->no_issue || x->dry_run)
		return OK;
	enum status st = reissue_run(x->office, &x->reissue, &x->reissued);
	return err_in(&x->office->err, st, "entered, but not all is reissued (import again, or yaopai issue --changed)");
}

static void
report_json(const struct import *x, uint64_t rows, uint64_t refused)
{
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "rows"), json_uint(&j, rows);
	json_key(&j, "new"), json_uint(&j, x->added);
	json_key(&j, "updated"), json_uint(&j, x->updated);
	json_key(&j, "unchanged"), json_uint(&j, x->unchanged);
	json_key(&j, "refused"), json_uint(&j, refused);
	if (x->file.source[0] != '\0')
		json_key(&j, "read_as"), json_str(&j, x->file.source);
	json_key(&j, "dry_run"), json_bool(&j, x->dry_run);
	json_key(&j, "body_names_differ"), json_uint(&j, x->name_differs);
	json_key(&j, "uscc_check_fails"), json_uint(&j, x->uscc_odd);
	json_key(&j, "entrustments_incomplete"), json_uint(&j, x->incomplete);
	json_key(&j, "waiting_for_reissue"), json_uint(&j, x->reissue.n - x->reissued.issued);
	json_key(&j, "reissued"), json_uint(&j, x->reissued.issued);
	json_key(&j, "changed"), json_object_begin(&j);
	for (int c = 0; c < COLUMN_COUNT; c++)
		if (x->changed[c] > 0)
			json_key(&j, column_heading(x->sheet, (enum column)c)), json_uint(&j, x->changed[c]);
	json_object_end(&j);
	if (x->missing)
		json_key(&j, "missing"), json_uint(&j, x->missing_n);
	json_key(&j, "repaired"), json_object_begin(&j);
	for (int k = 0; k < REPAIR_COUNT; k++)
		json_key(&j, repair_name((enum repair)k)), json_uint(&j, x->repairs.n[k]);
	json_object_end(&j);
	json_object_end(&j);
	(void)json_close(&j);
}

void
import_report(const struct import *x, uint64_t rows, uint64_t refused)
{
	if (x->as_json) {
		report_json(x, rows, refused);
		return;
	}
	if (x->file.source[0] != '\0')
		(void)printf("read as %s\n", x->file.source);
	(void)printf("%s%llu new, %llu updated, %llu unchanged, %llu refused\n", x->dry_run ? "dry run: " : "", (unsigned long long)x->added,
	    (unsigned long long)x->updated, (unsigned long long)x->unchanged, (unsigned long long)refused);
	for (int c = 0; c < COLUMN_COUNT; c++)
		if (x->changed[c] > 0)
			(void)printf("changed: %s in %llu rows\n", column_heading(x->sheet, (enum column)c), (unsigned long long)x->changed[c]);
	if (x->missing)
		(void)printf("%llu in the register are not in the file; nothing was done about them\n", (unsigned long long)x->missing_n);
	for (int k = 0; k < REPAIR_COUNT; k++)
		if (x->repairs.n[k] > 0)
			(void)printf("repaired: %s in %llu cells\n", repair_text((enum repair)k), (unsigned long long)x->repairs.n[k]);
	if (x->name_differs > 0)
		(void)printf("warning: in %llu rows 所在单位 differs from the registered name of the body with that code\n",
		    (unsigned long long)x->name_differs);
	if (x->uscc_odd > 0)
		(void)printf("warning: in %llu rows the check character of the unified social credit code does not fit\n",
		    (unsigned long long)x->uscc_odd);
	if (x->incomplete > 0)
		(void)printf("warning: in %llu rows a 受委托组织 is without 委托机关代码, 委托事项 or 委托权限, or a 法律法规授权组织 without 授权依据\n",
		    (unsigned long long)x->incomplete);
	if (x->reissued.issued > 0)
		(void)printf("%llu certificates reissued; the old credentials are void from the next yaopai publish on\n",
		    (unsigned long long)x->reissued.issued);
	if (x->reissue.n > x->reissued.issued)
		(void)printf("%llu certificates %s\n", (unsigned long long)(x->reissue.n - x->reissued.issued),
		    x->dry_run ? "would be reissued" : "wait to be reissued; yaopai issue --changed does it");
}

static void
import_free(struct import *x)
{
	refusals_close(&x->refusals);
	sheet_rows_free(&x->file);
	mapping_free(&x->mapping);
	secret_wipe(&x->repairs, sizeof(x->repairs));
	body_cache_close(x->rules.bodies);
	device_index_close(x->owners);
	divisions_free(&x->divisions);
	reissue_free(&x->reissue);
	free(x->devices);
	free(x->present);
	free(x->bad);
}

static bool
is_heading(const void *ctx, struct bytes cell)
{
	const struct import *x = ctx;
	return heading_is_known(x->sheet, &x->mapping, cell);
}

static enum status
load_file(struct import *x)
{
	struct sheet_wanted wanted = { .encoding = x->encoding, .sheet = x->sheet_name, .is_heading = is_heading, .ctx = x };
	enum status st = OK;
	if (x->mapping_path != NULL)
		st = columns_mapping(x->sheet, x->mapping_path, &x->mapping, &x->office->err);
	return st ? st : sheet_load(x->path, &wanted, &x->file, &x->office->err);
}

int
import_sheet(struct import *x)
{
	struct office *o = x->office;
	enum status st = office_open(o, STORE_WRITE, sheet_kind(x->sheet) != 0);
	if (st == OK)
		st = load_file(x);
	if (st == OK && x->sheet == SHEET_DEVICES && !x->no_issue && !x->dry_run)
		st = reissue_check(o);
	if (st == OK)
		st = load_rules(x);
	if (st == OK)
		st = import_rows(x);
	if (st == OK)
		st = import_reissue(x);
	if (st == OK)
		st = import_tell_missing(x);
	if (st == OK)
		import_report(x, x->file.rows_n - 1, x->refusals.n);
	int code = st ? office_failed(o, "import") : x->refusals.n + x->reissued.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
	import_free(x);
	return code;
}
