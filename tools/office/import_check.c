#include "tools/office/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "registry/identifier.h"
#include "tools/office/seen.h"

void
import_refuse(struct import *x, size_t i, const struct row_error *e)
{
	x->bad[i] = true;
	refusals_add(&x->refusals, &x->file.rows[i], e);
}

static void
refuse_twice(struct import *x, size_t i, enum column c, const char *value, size_t before)
{
	struct row_error e = { .column = c };
	(void)snprintf(e.value, sizeof(e.value), "%s", value);
	(void)err_set(&e.err, ERR_CONFLICT, "it stands in row %u already", x->file.rows[before].number);
	import_refuse(x, i, &e);
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
			import_refuse(x, i, &e);
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
	char (*codes)[USCC_LEN + 1] = calloc(x->file.rows_n, sizeof(*codes));
	enum status st = codes != NULL ? seen_open(&seen, x->file.rows_n) : ERR_SYSTEM;
	for (size_t i = 1; st == OK && i < x->file.rows_n; i++) {
		struct row_error e = { .column = COLUMN_COUNT };
		if (row_body(&x->columns, &x->file, &x->file.rows[i], &x->rules, &row, &e) != OK) {
			import_refuse(x, i, &e);
			continue;
		}
		(void)snprintf(codes[i], sizeof(codes[i]), "%.*s", BYTES_FMT(row.body.uscc));
		x->uscc_odd += row.uscc_odd;
		x->incomplete += row.is_incomplete;
		size_t before = seen_add(&seen, bytes_str(codes[i]), i);
		if (before != 0)
			refuse_twice(x, i, COLUMN_USCC, codes[i], before);
	}
	seen_close(&seen);
	free(codes);
	return st ? err_set(&x->office->err, st, "out of memory") : OK;
}

static enum status
check_devices(struct import *x)
{
	struct seen seen = { .cap = 0 };
	enum status st = seen_open(&seen, x->file.rows_n);
	x->devices = calloc(x->file.rows_n, sizeof(*x->devices));
	if (x->devices == NULL)
		st = ERR_SYSTEM;
	for (size_t i = 1; st == OK && i < x->file.rows_n; i++) {
		struct row_error e = { .column = COLUMN_COUNT };
		struct device_cells *d = &x->devices[i];
		if (row_device(&x->columns, &x->file, &x->file.rows[i], &x->rules, d, &e) != OK) {
			import_refuse(x, i, &e);
			continue;
		}
		size_t before = seen_add(&seen, d->row.number, i);
		if (before != 0)
			refuse_twice(x, i, COLUMN_NUMBER, d->number, before);
	}
	seen_close(&seen);
	return st ? err_set(&x->office->err, st, "out of memory") : OK;
}

static enum status
check_reviews(struct import *x)
{
	struct review_row row;
	for (size_t i = 1; i < x->file.rows_n; i++) {
		struct row_error e = { .column = COLUMN_COUNT };
		if (row_review(&x->columns, &x->file, &x->file.rows[i], &x->rules, &row, &e) != OK)
			import_refuse(x, i, &e);
	}
	return OK;
}

enum status
import_check(struct import *x)
{
	switch (x->sheet) {
	case SHEET_BODIES:     return check_bodies(x);
	case SHEET_HOLDERS:
	case SHEET_SUPERVISORS:
	case SHEET_MINISTRY:
	case SHEET_MODERATORS: return check_holders(x);
	case SHEET_REVIEWS:    return check_reviews(x);
	case SHEET_DEVICES:    return check_devices(x);
	}
	return ERR_ARGUMENT;
}
